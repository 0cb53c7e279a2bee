Feature: Commands while one heartbeat link is in trouble
  An order, a synchronization and the announcement of a restart find their way while either heartbeat link carries it,
  whichever link fails, however, and whoever leads. gate/grids.toml says what the examples cover.

  @HA-061.a @HA-061.b @HA-578.a @HA-580
  Scenario Outline: after the command <order>, a failover by order of the <unit> does not wait though the <rank> heartbeat link <fails>
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And an operator has entered the command <order> on the primary
    And the command has been carried out
    And the <rank> heartbeat link <fails> for longer than the detection time
    When an operator forces a failover on the <unit>
    Then the <follower> becomes effective primary within 1 second of the command
    And the <leader> becomes effective secondary
    And only the <follower> holds the virtual address
    When an operator changes a synchronized setting on the <follower>
    Then the changed setting is on the <leader>

    Examples:
      | order    | unit      | rank      | fails                           | leader    | follower  |
      | restore  | primary   | primary   | has fallen silent               | primary   | secondary |
      | restore  | primary   | secondary | refuses synchronization control | primary   | secondary |
      | restore  | secondary | primary   | refuses synchronization control | primary   | secondary |
      | failover | primary   | primary   | refuses synchronization control | secondary | primary   |
      | failover | secondary | secondary | has fallen silent               | secondary | primary   |

  @HA-061.a @HA-061.b @HA-354.a @HA-354.b @HA-409 @HA-578.a @HA-580
  Scenario Outline: after the command <order>, orders on the <follower> are carried out though the <rank> heartbeat link no longer reaches the <deaf>
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And the first synchronization of the pair has ended
    And an operator has entered the command <order> on the primary
    And the command has been carried out
    And a message for the quarantine has been stored on the <leader>
    And the <rank> heartbeat link no longer reaches the <deaf>
    When an operator starts a synchronization on the <follower>
    Then the message reaches the quarantine of the <follower>
    When an operator forces a failover on the <follower>
    Then the <follower> becomes effective primary within 1 second of the command
    And the <leader> becomes effective secondary

    Examples:
      | order    | rank      | deaf      | leader    | follower  |
      | restore  | primary   | primary   | primary   | secondary |
      | restore  | secondary | secondary | primary   | secondary |
      | failover | primary   | secondary | secondary | primary   |
      | failover | secondary | primary   | secondary | primary   |

  @HA-019.a @HA-061.a @HA-520.a @HA-521.b @HA-524.a @HA-524.c
  Scenario Outline: after the command <order>, the <peer> holds off when an operator <restarts> the <unit>, though the <rank> heartbeat link <fails>
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And an operator has entered the command <order> on the primary
    And the command has been carried out
    And a restart of the <unit> will last until further notice
    And the <rank> heartbeat link <fails> for longer than the detection time
    When an operator <restarts> the <unit>
    Then the <peer> becomes effective hold-off before the <unit> is down
    And the <peer> is still effective hold-off for the detection time
    When the restart of the <unit> is allowed to end
    Then the <unit> becomes effective primary
    And the <peer> becomes effective secondary

    Examples:
      | order    | restarts | rank      | fails               | unit      | peer      |
      | restore  | reboots  | secondary | refuses connections | primary   | secondary |
      | restore  | reloads  | primary   | has fallen silent   | primary   | secondary |
      | restore  | upgrades | secondary | has fallen silent   | primary   | secondary |
      | failover | reboots  | primary   | has fallen silent   | secondary | primary   |
      | failover | reloads  | secondary | refuses connections | secondary | primary   |
      | failover | upgrades | primary   | refuses connections | secondary | primary   |

  @HA-578.a @HA-578.b
  Scenario Outline: after the command <earlier>, the command <order> on the <unit> moves the role though both heartbeat links are slow
    Given a healthy active-passive pair
    And a detection time of 4 seconds
    And an operator has entered the command <earlier> on the primary
    And the command has been carried out
    And both heartbeat links delay everything by 1 second
    When an operator enters the command <order> on the <unit>
    Then the command has been carried out
    And no unit changes its role for the detection time
    And only the <leader> holds the virtual address

    Examples:
      | earlier  | order    | unit      | leader    |
      | restore  | failover | secondary | secondary |
      | failover | restore  | primary   | primary   |

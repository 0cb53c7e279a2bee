Feature: Settings that change whatever a unit is doing
  A setting that an operator changes is in force from then on: whoever leads, while the peer is away, in hold-off, and while
  on-failure keeps the unit off. It still is after a restart. gate/grids.toml says what the examples cover.

  @HA-104 @HA-108.a
  Scenario Outline: the <unit> goes by the <seconds> seconds it was given between the commands <order> and <next>, though the <other> was <restarted>
    Given a healthy active-passive pair
    And a detection time of 4 seconds
    And an operator has entered the command <order> on the primary
    And the command has been carried out
    And an operator has set the detection time to <seconds> seconds on the <unit>
    And an operator has <restarted> the <other>
    And an operator has entered the command <next> on the primary
    And the command has been carried out
    When the <leader> loses power
    Then the <unit> becomes effective primary when the detection time has passed

    Examples:
      | order    | next     | seconds | restarted | other     | unit      | leader    |
      | restore  | restore  | 2       | rebooted  | secondary | secondary | primary   |
      | restore  | restore  | 7       | reloaded  | primary   | secondary | primary   |
      | restore  | failover | 2       | reloaded  | secondary | primary   | secondary |
      | restore  | failover | 7       | rebooted  | primary   | primary   | secondary |
      | failover | restore  | 2       | reloaded  | primary   | secondary | primary   |
      | failover | restore  | 7       | rebooted  | secondary | secondary | primary   |

  @HA-300.a @HA-337
  Scenario Outline: the <unit> does as the on-failure <new> says that it was given before the command <order>, though the <other> was <restarted>
    Given a healthy active-passive pair with these settings
      | setting    | primary | secondary |
      | on-failure | <old>   | <old>     |
    And a detection time of 2 seconds
    And an operator has set on-failure to <new> on the <unit>
    And an operator has <restarted> the <other>
    And an operator has entered the command <order> on the primary
    And the command has been carried out
    When the <unit> loses power
    Then the <peer> becomes effective primary when the detection time has passed
    When the <unit> starts again
    Then the <unit> becomes effective <mode>
    And the <peer> ends as effective <other mode>
    And no unit changes its role for the detection time

    Examples:
      | order    | new              | restarted | other     | old              | unit      | peer      | mode      | other mode |
      | restore  | off              | rebooted  | primary   | become-secondary | primary   | secondary | off       | primary    |
      | restore  | restore-role     | reloaded  | secondary | off              | primary   | secondary | primary   | secondary  |
      | restore  | become-secondary | rebooted  | secondary | restore-role     | primary   | secondary | secondary | primary    |
      | failover | off              | reloaded  | secondary | become-secondary | secondary | primary   | off       | primary    |
      | failover | restore-role     | rebooted  | primary   | off              | secondary | primary   | secondary | primary    |
      | failover | become-secondary | reloaded  | primary   | restore-role     | secondary | primary   | secondary | primary    |

  @HA-055.a @HA-101 @HA-452
  Scenario Outline: after the command <order>, units with <setting> are a pair when the <other> was reloaded
    Given a healthy active-passive pair
    And a detection time of 5 seconds
    And an operator has entered the command <order> on the primary
    And the command has been carried out
    And an operator has set <setting> on each unit
    And the primary heartbeat link carries heartbeats both ways
    And an operator has reloaded the <other>
    When an operator changes a synchronized setting on the <leader>
    Then the changed setting is on the <follower>
    And no unit has changed its role
    When the <leader> loses power
    Then the <follower> becomes effective primary when the detection time has passed

    Examples:
      | order    | setting                          | other     | leader    | follower  |
      | restore  | the base port to 21000           | secondary | primary   | secondary |
      | restore  | the password to another-password | primary   | primary   | secondary |
      | failover | the base port to 21000           | primary   | secondary | primary   |
      | failover | the password to another-password | secondary | secondary | primary   |

  @HA-403 @HA-404
  Scenario Outline: after the command <order>, the option that the <unit> has set to <new> holds for mail data when the <unit> was rebooted
    Given a healthy active-passive pair with these settings
      | setting        | primary   | secondary   |
      | mail-data-sync | <primary> | <secondary> |
    And the first synchronization of the pair has ended
    And an operator has entered the command <order> on the primary
    And the command has been carried out
    And an operator has set the synchronization of mail data to <new> on the <unit>
    And an operator has rebooted the <unit>
    And a message for the quarantine has been stored on the <leader>
    When an operator starts a synchronization on the <leader>
    Then the message <reaches> the quarantine of the <follower>

    Examples:
      | order    | unit      | new     | primary | secondary | leader    | follower  | reaches        |
      | restore  | primary   | enable  | disable | enable    | primary   | secondary | reaches        |
      | restore  | secondary | disable | enable  | enable    | primary   | secondary | does not reach |
      | failover | primary   | disable | enable  | enable    | secondary | primary   | does not reach |
      | failover | secondary | enable  | enable  | disable   | secondary | primary   | reaches        |

  @HA-153.a @HA-159.a @HA-159.b @HA-163
  Scenario Outline: after the command <order>, an address entered with <action> while the <peer> is away is kept when an operator <restarts> the <unit>
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And an operator has entered the command <order> on the primary
    And the command has been carried out
    And the <peer> has lost power
    And the units have reported these events
      | unit   | by    | event                           |
      | <unit> | alert | secondary heartbeat disappeared |
    When an operator enters these failover actions on the <unit>
      | interface | action   | address |
      | port3     | <action> | spare   |
    Then these shared addresses are held
      | interface | address | holder |
      | port3     | virtual | nobody |
      | port3     | spare   | <unit> |
    When an operator <restarts> the <unit>
    Then the <unit> becomes effective primary
    And these shared addresses are held
      | interface | address | holder |
      | port3     | virtual | nobody |
      | port3     | spare   | <unit> |
    When the <peer> starts again
    Then the <peer> becomes effective secondary
    And the <peer> shows these failover actions
      | interface | action   | address |
      | port3     | <action> | spare   |
    When an operator forces a failover on the <unit>
    Then the <peer> becomes effective primary
    And the <unit> becomes effective secondary
    And these shared addresses are held
      | interface | address | holder |
      | port3     | virtual | nobody |
      | port3     | spare   | <peer> |

    Examples:
      | order    | action | restarts | unit      | peer      |
      | restore  | add    | reboots  | primary   | secondary |
      | restore  | set    | reloads  | primary   | secondary |
      | failover | add    | reloads  | secondary | primary   |
      | failover | set    | reboots  | secondary | primary   |

  @HA-055.a @HA-056 @HA-104 @HA-108.a @HA-452 @HA-524.a
  Scenario Outline: what the <peer> is given while it holds off for the <unit> is in force afterwards
    Given a healthy active-passive pair
    And a detection time of 5 seconds
    And an operator has entered the command <order> on the primary
    And the command has been carried out
    And a restart of the <unit> will last until further notice
    When an operator reboots the <unit>
    Then the <peer> becomes effective hold-off
    And the <unit> is down
    When an operator sets the base port to 21000 on the <peer>
    And an operator sets the password to another-password on the <peer>
    And an operator sets the detection time to 2 seconds on the <peer>
    And the restart of the <unit> is allowed to end
    Then the <unit> becomes effective primary
    And the <peer> is still effective hold-off for 2 seconds
    When an operator sets the password to another-password on the <unit>
    And an operator sets the base port to 21000 on the <unit>
    Then the <peer> becomes effective secondary
    When the <unit> loses power
    Then the <peer> becomes effective primary when the detection time has passed

    Examples:
      | order    | unit      | peer      |
      | restore  | primary   | secondary |
      | failover | secondary | primary   |

  @HA-055.a @HA-313.a @HA-313.b @HA-452
  Scenario: a primary that was given another base port and password while it was off joins with them when it is restored
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And on-failure set to off
    And the primary has lost power
    And the secondary has become effective primary
    And the primary has started again
    And an operator has set the base port to 21000 on each unit
    When an operator reboots the primary
    Then the primary is down
    And the primary ends as effective off
    When an operator sets the password to another-password on each unit
    And an operator restores the configured mode on the primary
    Then the primary becomes effective primary
    And the secondary becomes effective secondary
    And the primary heartbeat link carries heartbeats both ways

  @HA-300.a @HA-310 @HA-337 @HA-403 @HA-404
  Scenario: what a secondary is given for itself alone while it holds off is in force when it follows, and when it leads
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And on-failure set to become-secondary
    And each unit monitors its mail interface
    And an operator has set interface monitoring to disable on the secondary
    And a restart of the primary will last until further notice
    When an operator reboots the primary
    Then the secondary becomes effective hold-off
    And the primary is down
    When an operator sets on-failure to off on the secondary
    And an operator sets interface monitoring to enable on the secondary
    And an operator sets the synchronization of mail data to disable on the secondary
    And the restart of the primary is allowed to end
    Then the primary becomes effective primary
    And the secondary becomes effective secondary
    When a message for the quarantine is stored on the primary
    And an operator starts a synchronization on the primary
    Then the message does not reach the quarantine of the secondary
    When an operator forces a failover on the primary
    Then the secondary becomes effective primary
    And the primary becomes effective secondary
    When the mail cable of the secondary is pulled
    Then the secondary becomes effective off
    And the primary becomes effective primary

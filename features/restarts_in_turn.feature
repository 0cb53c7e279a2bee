Feature: Restarts one after the other
  A planned restart gives a unit the role that it had, however it came by that, whatever on-failure says, and however often
  it restarts. A failure afterwards is a failure still, and on-failure decides. gate/grids.toml says what the examples cover.

  @HA-338 @HA-524.a @HA-524.c @HA-528.a
  Scenario Outline: with <on-failure>, after the command <order>, the <unit> that was <restarted> is what it was when an operator <restarts> it
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And on-failure set to <on-failure>
    And an operator has entered the command <order> on the primary
    And the command has been carried out
    And an operator has <restarted> the <unit>
    When an operator <restarts> the <unit>
    Then the <unit> becomes effective <mode>
    And the <peer> ends as effective <other mode>
    And no unit changes its role for the detection time

    Examples:
      | order    | unit      | on-failure       | restarted | restarts | peer      | mode      | other mode |
      | restore  | primary   | off              | rebooted  | reboots  | secondary | primary   | secondary  |
      | restore  | secondary | restore-role     | reloaded  | reboots  | primary   | secondary | primary    |
      | failover | primary   | become-secondary | upgraded  | reboots  | secondary | secondary | primary    |
      | failover | secondary | become-secondary | reloaded  | reloads  | primary   | primary   | secondary  |
      | failover | secondary | restore-role     | rebooted  | upgrades | primary   | primary   | secondary  |
      | failover | primary   | off              | reloaded  | upgrades | secondary | secondary | primary    |
      | restore  | secondary | off              | upgraded  | reloads  | primary   | secondary | primary    |
      | restore  | primary   | become-secondary | upgraded  | reloads  | secondary | primary   | secondary  |
      | restore  | primary   | restore-role     | upgraded  | reloads  | secondary | primary   | secondary  |
      | restore  | secondary | become-secondary | rebooted  | upgrades | primary   | secondary | primary    |
      | failover | primary   | restore-role     | rebooted  | reloads  | secondary | secondary | primary    |
      | failover | secondary | off              | upgraded  | reboots  | primary   | primary   | secondary  |
      | restore  | primary   | off              | reloaded  | upgrades | secondary | primary   | secondary  |

  @HA-300.a @HA-321 @HA-331 @HA-532.b
  Scenario Outline: a <unit> that was <restarted> and leads after the commands <order> and <next> does as <on-failure> says when it loses power
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And on-failure set to <on-failure>
    And an operator has <restarted> the <unit>
    And an operator has entered the command <order> on the primary
    And the command has been carried out
    And an operator has entered the command <next> on the primary
    And the command has been carried out
    When the <unit> loses power
    Then the <peer> becomes effective primary when the detection time has passed
    When the <unit> starts again
    Then the <unit> becomes effective <mode>
    And the <peer> ends as effective <other mode>
    And no unit changes its role for the detection time

    Examples:
      | order    | next     | on-failure       | restarted | unit      | peer      | mode      | other mode |
      | failover | failover | restore-role     | rebooted  | primary   | secondary | primary   | secondary  |
      | failover | restore  | become-secondary | rebooted  | primary   | secondary | secondary | primary    |
      | restore  | failover | become-secondary | reloaded  | secondary | primary   | secondary | primary    |
      | restore  | failover | restore-role     | rebooted  | secondary | primary   | secondary | primary    |
      | failover | restore  | restore-role     | reloaded  | primary   | secondary | primary   | secondary  |
      | failover | failover | become-secondary | reloaded  | primary   | secondary | secondary | primary    |

  @HA-311.b @HA-337
  Scenario Outline: with off a leading <unit> that was <restarted> after the command <order> is off after its power loss, though nobody leads
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And on-failure set to off
    And an operator has entered the command <order> on the primary
    And the command has been carried out
    And an operator has <restarted> the <unit>
    And the <unit> has lost power
    And the <peer> has become effective primary
    And the <peer> has lost power
    When the <unit> starts again
    Then the <unit> ends as effective off
    And the <unit> is still effective off for 5 seconds
    And no unit holds the virtual address

    Examples:
      | order    | restarted | unit      | peer      |
      | restore  | rebooted  | primary   | secondary |
      | failover | rebooted  | secondary | primary   |
      | failover | reloaded  | secondary | primary   |
      | restore  | reloaded  | primary   | secondary |

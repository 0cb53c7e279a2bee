Feature: A config-only group whose units were a pair
  What the pair monitored, and its hold-off, are over; each unit restarts, reports and shares its settings as in any such group.

  @HA-023 @HA-027.e
  Scenario Outline: the <unit> processes mail on though the interface fails that it monitored in the pair
    Given two units configured as a pair with mode off on each unit
    And a detection time of 2 seconds
    And each unit monitors its mail interface
    And a config-only group of a primary and a secondary
    And an operator has set the mode to primary on the primary
    And an operator has set the mode to secondary on the secondary
    And the primary has ended as effective primary
    And the secondary has ended as effective secondary
    And an operator has set the mode to config-secondary on the secondary
    And an operator has set the mode to config-primary on the primary
    And no unit holds the virtual address
    And the primary heartbeat link carries heartbeats both ways
    When the mail cable of the <unit> is pulled for 4 seconds
    Then the <unit> is still effective off
    When a client sends a message to the <unit>
    Then the message is accepted
    And each accepted message is delivered exactly once

    Examples:
      | unit      |
      | primary   |
      | secondary |

  @HA-006.a @HA-350.b @HA-525.a @HA-534.b
  Scenario: a primary that is rebooted reports that, and its settings reach the secondary afterwards
    Given two units configured as a pair with mode off on each unit
    And a detection time of 2 seconds
    And a config-only group of a primary and a secondary
    And an operator has set the mode to primary on the primary
    And an operator has set the mode to secondary on the secondary
    And the primary has ended as effective primary
    And the secondary has ended as effective secondary
    And an operator has set the mode to config-secondary on the secondary
    And an operator has set the mode to config-primary on the primary
    And the primary heartbeat link carries heartbeats both ways
    And a restart of the primary will last longer than the detection time
    When an operator reboots the primary
    Then the units report these events
      | unit    | event                                   |
      | primary | The system is rebooting (or reloading)! |
    And the primary has sent one system event trap, with the code of reboot
    And the primary is down
    And the secondary is still effective off for the detection time
    And the primary heartbeat link carries heartbeats both ways
    When an operator changes a synchronized setting on the primary
    Then the changed setting is on the secondary
    And no unit holds the virtual address

  @HA-055.a @HA-056 @HA-350.b @HA-452
  Scenario: its units share their settings by a new base port and password, and by nothing else
    Given two units configured as a pair with mode off on each unit
    And a config-only group of a primary and a secondary
    And an operator has set the mode to primary on the primary
    And an operator has set the mode to secondary on the secondary
    And the primary has ended as effective primary
    And the secondary has ended as effective secondary
    And an operator has set the mode to config-secondary on the secondary
    And an operator has set the mode to config-primary on the primary
    And the primary heartbeat link carries heartbeats both ways
    When an operator sets the password to another-password on each unit
    Then the primary heartbeat link carries heartbeats both ways
    When an operator sets the base port to 21000 on the primary
    And an operator changes a synchronized setting on the primary
    Then the changed setting is not on the secondary
    When an operator sets the base port to 21000 on the secondary
    Then the changed setting is on the secondary

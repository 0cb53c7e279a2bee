Feature: A unit whose mode is set to off in the middle of something
  Whatever it was about to do in its group, it is in no group then: it speaks to nobody, holds no virtual address because
  of HA, and processes mail by itself.

  @HA-003.a @HA-003.b @HA-003.e @HA-004
  Scenario: a secondary that cannot copy for the first time, and whose mode is set to off, runs alone
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And both heartbeat links refuse configuration synchronization
    When an operator restarts HA on the secondary
    Then the secondary becomes effective off
    And the units report these events
      | unit      | by  | event          |
      | secondary | log | sync... failed |
    When an operator sets the mode to off on the secondary
    And both heartbeat links are whole again
    Then the secondary's own mail address answers from the secondary
    And the primary heartbeat link carries nothing any more
    And the secondary answers these lines
      | line                 | answer                        |
      | get system ha status | HA mode is currently disabled |
      |                      | not Operating Mode            |
      |                      | not Heartbeat                 |
      |                      | not Peer                      |
      |                      | not Monitor                   |
      |                      | not Configuration             |
    And only the primary holds the virtual address
    When a client sends a message to the secondary
    Then the message is accepted
    And each accepted message is delivered exactly once, by the secondary

  @HA-003.a @HA-003.b @HA-003.e @HA-004
  Scenario Outline: the <unit> of a config-only group whose mode is set to off runs alone
    Given two units with factory settings
    And an operator has entered these failover actions on each unit
      | interface | action | address |
      | port3     | add    | virtual |
    And a config-only group of a primary and a secondary
    And the primary heartbeat link carries heartbeats both ways
    When an operator sets the mode to off on the <unit>
    Then the primary heartbeat link carries nothing any more
    And no unit holds the virtual address for 2 seconds
    And the <unit> answers these lines
      | line                 | answer                        |
      | get system ha status | HA mode is currently disabled |
      |                      | not Operating Mode            |
      |                      | not Heartbeat                 |
      |                      | not Peer                      |
      |                      | not Monitor                   |
      |                      | not Configuration             |
    When a client sends a message to the <unit>
    Then the message is accepted
    And each accepted message is delivered exactly once, by the <unit>

    Examples:
      | unit      |
      | primary   |
      | secondary |

  @HA-003.a @HA-003.b @HA-003.e
  Scenario: a primary whose mode is off runs alone after a power loss, and after a reboot
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And an operator has set the mode to off on the primary
    And the primary has become effective off
    And the secondary has become effective primary
    When the primary loses power
    And the primary starts again
    Then the primary's own mail address answers from the primary
    And the primary heartbeat link carries nothing any more
    When a client sends a message to the primary
    Then the message is accepted
    And each accepted message is delivered exactly once, by the primary
    When an operator reboots the primary
    Then the primary is down
    And the primary's own mail address answers from the primary
    And the primary heartbeat link carries nothing any more
    And only the secondary holds the virtual address
    When a client sends a message to the primary
    Then the message is accepted
    And each accepted message is delivered exactly once, by the primary

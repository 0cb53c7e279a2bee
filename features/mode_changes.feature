Feature: Modes that change while the group runs
  With mode off a unit runs alone: it sends and expects no heartbeat, copies nothing, holds no virtual address because of
  HA, and processes mail. Set to primary or secondary again, it enters the group again.

  @HA-003.c @HA-003.e
  Scenario: units whose mode is off do not hear each other, and hold no virtual address
    Given two units configured as a pair with mode off on each unit
    And a detection time of 3 seconds
    Then no unit hears a heartbeat for the detection time
    And no unit holds the virtual address
    And the units show these modes
      | unit      | configured | effective |
      | primary   | off        | off       |
      | secondary | off        | off       |
    And the units have not reported these events
      | unit      | event                         |
      | primary   | another heartbeat disappeared |
      | secondary | another heartbeat disappeared |

  @HA-003.a
  Scenario Outline: with mode off a unit that has the settings of a <unit> processes mail by itself
    Given two units configured as a pair with mode off on each unit
    And the <unit>'s own mail address answers from the <unit>
    When a client sends a message to the <unit>
    Then the message is accepted
    And each accepted message is delivered exactly once

    Examples:
      | unit      |
      | primary   |
      | secondary |

  @HA-003.d
  Scenario: units whose mode is off copy no configuration and no mail data
    Given two units configured as a pair with mode off on each unit
    And a message for the quarantine has been stored on the primary
    And an operator has changed a synchronized setting on the primary
    Then the message does not reach the quarantine of the secondary
    And the changed setting is not on the secondary

  @HA-003.b @HA-003.e
  Scenario: a primary that leaves the group gives the virtual address up, and the secondary takes over
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    When an operator sets the mode to off on the primary
    Then the primary becomes effective off
    And the mail interface of the primary holds its own address only
    And the secondary becomes effective primary within the detection time
    And only the secondary holds the virtual address

  @HA-003.b @HA-117.a @HA-117.b
  Scenario: a secondary that leaves the group is lost to the primary, which goes on
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    When an operator sets the mode to off on the secondary
    Then the secondary becomes effective off
    And the units report these events
      | unit    | by    | event                           |
      | primary | alert | secondary heartbeat disappeared |
    And the primary is still effective primary
    And only the primary holds the virtual address

  @HA-003.a
  Scenario: a secondary that leaves the group processes mail on its own
    Given a healthy active-passive pair
    When an operator sets the mode to off on the secondary
    Then the secondary becomes effective off
    And the secondary's own mail address answers from the secondary
    When a client sends a message to the secondary
    Then the message is accepted
    And each accepted message is delivered exactly once

  @HA-003.a
  Scenario: a primary that leaves the group processes mail on its own
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    When an operator sets the mode to off on the primary
    Then the primary becomes effective off
    And the secondary becomes effective primary
    And the primary's own mail address answers from the primary
    When a client sends a message to the primary
    Then the message is accepted
    And each accepted message is delivered exactly once

  @HA-003.a
  Scenario: a primary that on-failure keeps off processes mail on its own once it has left the group
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And on-failure set to off
    And the primary has lost power
    And the secondary has become effective primary
    And the primary has started again
    And the primary has become effective off
    When an operator sets the mode to off on the primary
    Then the primary's own mail address answers from the primary
    When a client sends a message to the primary
    Then the message is accepted
    And each accepted message is delivered exactly once

  @HA-003.e
  Scenario: a primary whose mode is set to off gives up an address that it was given while it led, too
    Given a healthy active-passive pair
    And an operator has entered these failover actions on the primary
      | interface | action | address |
      | port3     | add    | spare   |
    And these shared addresses are held
      | interface | address | holder  |
      | port3     | spare   | primary |
    When an operator sets the mode to off on the primary
    Then the primary becomes effective off
    And the mail interface of the primary holds its own address only

  @HA-003.b @HA-003.c
  Scenario: a unit whose mode is off speaks to nobody, though its heartbeat links change
    Given a healthy active-passive pair
    And an operator has set the mode to off on the secondary
    And the secondary has become effective off
    When an operator sets heartbeat-status of the secondary interface to disable, in the flat form, on the secondary
    Then the primary heartbeat link carries nothing any more

  @HA-024.b @HA-024.d
  Scenario: a secondary that comes back to the group follows and copies what it has missed
    Given a healthy active-passive pair
    And an operator has set the mode to off on the secondary
    And the secondary has become effective off
    And an operator has changed a synchronized setting on the primary
    When an operator sets the mode to secondary on the secondary
    Then the secondary becomes effective secondary
    And the changed setting is on the secondary
    And the primary is still effective primary

  @HA-378
  Scenario: what a primary changes while its mode is off for a moment is on its secondary when it leads again
    Given a healthy active-passive pair
    And the first synchronization of the pair has ended
    And an operator has set the mode to off on the primary
    And the primary has become effective off
    And an operator has changed a synchronized setting on the primary
    When an operator sets the mode to primary on the primary
    Then the primary becomes effective primary
    And the changed setting is on the secondary

  @HA-005.a @HA-024.a
  Scenario: a primary that comes back to the group takes its role after it has copied what it has missed
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And an operator has set the mode to off on the primary
    And the primary has become effective off
    And the secondary has become effective primary
    And an operator has changed a synchronized setting on the secondary
    When an operator sets the mode to primary on the primary
    Then the primary becomes effective primary
    And the changed setting is on the primary
    And the secondary becomes effective secondary
    And only the primary holds the virtual address

  @HA-005.a @HA-005.b
  Scenario: units whose modes are swapped swap their roles
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    When an operator sets the mode to primary on the secondary
    Then the secondary becomes effective primary
    And the primary becomes effective secondary
    When an operator sets the mode to secondary on the primary
    Then the primary ends as effective secondary
    And the units show these modes
      | unit      | configured | effective |
      | primary   | secondary  | secondary |
      | secondary | primary    | primary   |
    And only the secondary holds the virtual address

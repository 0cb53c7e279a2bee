Feature: Return to factory settings
  A unit that its operator returns to factory settings belongs to no group any more, whatever it did before. Its peer
  gets no word of that: it goes on, or takes over as from a unit that is lost.

  @HA-001 @HA-003.b @HA-764.b
  Scenario: a secondary that returns to factory settings leaves its group
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    When an operator returns the secondary to factory settings
    Then the secondary ends as effective off
    And the units show these modes
      | unit      | configured | effective |
      | primary   | primary    | primary   |
      | secondary | off        | off       |
    And the secondary shows these settings
      | setting           | value |
      | mode              | off   |
      | hb-lost-threshold | 15    |
    And the secondary shows these interface settings
      | interface | setting          | value   |
      | port5     | heartbeat-status | disable |
      | port6     | heartbeat-status | disable |
    And the primary is still effective primary for the detection time

  @HA-001 @HA-003.e @HA-101 @HA-112 @HA-764.b
  Scenario: a primary that returns to factory settings gives its role up and its shared address back
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    When an operator returns the primary to factory settings
    Then the primary ends as effective off
    And the mail interface of the primary holds its own address only
    And the secondary becomes effective primary when the detection time has passed
    And the virtual address answers from the secondary
    And the primary is configured as off
    And the units show these modes
      | unit      | configured | effective |
      | primary   | off        | off       |
      | secondary | secondary  | primary   |

  @HA-001 @HA-003.b @HA-764.b
  Scenario: what was shared and what was synchronized is forgotten with the other settings
    Given a healthy active-passive pair
    And an operator has added the first alert recipient on the primary
    And an operator has changed a synchronized setting on the primary
    When an operator returns each unit to factory settings
    Then the primary ends as effective off
    And the secondary ends as effective off
    And the first alert recipient is gone from each unit
    And the changed setting is gone from each unit
    And each unit shows these failover actions
      | interface | action | address |
      | port3     | ignore | none    |
    And no unit holds the virtual address
    And no unit answers on the virtual address

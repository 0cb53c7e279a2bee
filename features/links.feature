Feature: Primary and secondary heartbeat links
  While the primary heartbeat link works, it carries heartbeat and synchronization, and the secondary heartbeat link
  carries the heartbeat only. When the primary heartbeat link fails, both use the secondary one.

  @HA-060.a @HA-060.b
  Scenario: the secondary heartbeat link carries heartbeat, but no synchronization
    Given a healthy active-passive pair
    And a message for the quarantine has been stored on the primary
    When an operator starts a synchronization on the primary
    Then the message reaches the quarantine of the secondary
    And data synchronization has used the primary heartbeat link only
    And configuration synchronization has used the primary heartbeat link only
    And the secondary heartbeat link carries heartbeats both ways

  @HA-061.b @HA-061.c
  Scenario: synchronization moves to the secondary heartbeat link when the primary one fails
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And a message for the quarantine has been stored on the primary
    And the primary heartbeat link has fallen silent for longer than the detection time
    When an operator starts a synchronization on the primary
    Then the message reaches the quarantine of the secondary
    And data synchronization has used the secondary heartbeat link only
    And configuration synchronization has used the secondary heartbeat link only
    And no unit has changed its role

  @HA-062
  Scenario: synchronization moves back when the primary heartbeat link returns
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And a message for the quarantine has been stored on the primary
    And the primary heartbeat link has fallen silent for longer than the detection time
    And the primary heartbeat link is whole again
    When an operator starts a synchronization on the primary
    Then the message reaches the quarantine of the secondary
    And data synchronization has used the primary heartbeat link only
    And configuration synchronization has used the primary heartbeat link only

  @HA-073
  Scenario: the loss of the primary heartbeat link is logged with the state of each link
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    When the primary heartbeat link falls silent
    Then each unit logs this heartbeat status
      | link      | state  |
      | primary   | FAILED |
      | secondary | OK     |

Feature: What the four ports are used for
  Of the four consecutive ports the first carries the heartbeat, the others synchronization. Only the heartbeat's decides
  about the roles.

  @HA-050.a @HA-050.b
  Scenario: the units listen for each other on their heartbeat interfaces only
    Given a healthy active-passive pair
    Then each unit listens for its peer on its heartbeat interfaces only

  @HA-051.a @HA-054.b @HA-059.a
  Scenario: the primary heartbeat link carries the heartbeat alone when the pair is left alone
    Given a healthy active-passive pair
    And the first synchronization of the pair has ended
    And a message for the quarantine has been stored on the primary
    When the pair is left alone for 3 seconds
    Then the primary heartbeat link has carried the heartbeat signal only

  @HA-051.a @HA-054.b @HA-059.a
  Scenario: the primary heartbeat link carries the heartbeat alone again when a change has been copied
    Given a healthy active-passive pair
    And the first synchronization of the pair has ended
    And an operator has changed a synchronized setting on the primary
    And the changed setting is on the secondary
    And the pair has been left alone for 2 seconds
    When the pair is left alone for 3 seconds
    Then the primary heartbeat link has carried the heartbeat signal only

  @HA-051.b @HA-054.c @HA-054.e
  Scenario: the primary heartbeat link carries no mail data when a setting is changed
    Given a healthy active-passive pair
    And the first synchronization of the pair has ended
    And a message for the quarantine has been stored on the primary
    When an operator changes a synchronized setting on the primary
    Then the primary heartbeat link has carried the heartbeat signal, synchronization control and configuration synchronization only

  @HA-054.d @HA-054.e
  Scenario: mail data is not copied while the data ports are dead, and the configuration is
    Given a healthy active-passive pair
    And the first synchronization of the pair has ended
    And a message for the quarantine has been stored on the primary
    And both heartbeat links refuse data synchronization
    And an operator has changed a synchronized setting on the primary
    When an operator starts a synchronization on the primary
    Then the message does not reach the quarantine of the secondary
    And the changed setting is on the secondary

  @HA-051.c @HA-054.d
  Scenario: the primary heartbeat link uses all four ports when an operator starts a synchronization
    Given a healthy active-passive pair
    And the first synchronization of the pair has ended
    And a message for the quarantine has been stored on the primary
    When an operator starts a synchronization on the primary
    Then the primary heartbeat link has carried the heartbeat signal, synchronization control, data synchronization and configuration synchronization only

  @HA-051.a @HA-054.b @HA-101
  Scenario Outline: dead <uses> ports move no role
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And both heartbeat links refuse <uses>
    When an operator starts a synchronization on the secondary
    Then no unit changes its role for the detection time
    And the secondary heartbeat link carries heartbeats both ways

    Examples:
      | uses                                                                            |
      | synchronization control                                                         |
      | data synchronization                                                            |
      | configuration synchronization                                                   |
      | synchronization control, data synchronization and configuration synchronization |

  @HA-054.b @HA-101
  Scenario: a dead heartbeat port is silence, whatever the other ports carry
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    When both heartbeat links no longer carry the heartbeat signal
    Then the secondary becomes effective primary when the detection time has passed

  @HA-054.b @HA-061.c
  Scenario: a heartbeat port that is dead on the primary link only moves no role
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    When the primary heartbeat link no longer carries the heartbeat signal
    Then no unit changes its role for the detection time

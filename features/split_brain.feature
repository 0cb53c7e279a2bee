Feature: Two primaries
  A pair that loses its only heartbeat link while both units live has two primaries. There is no arbitration: an operator
  restores the configured mode on the secondary.

  @HA-700.a @HA-700.b
  Scenario: both units are primary when the only heartbeat link is lost
    Given a healthy active-passive pair with a single heartbeat link
    And a detection time of 3 seconds
    When the primary heartbeat link falls silent
    Then the secondary becomes effective primary when the detection time has passed
    And the primary is still effective primary for 2 seconds

  @HA-701
  Scenario: the shared address is in conflict on the network
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And both heartbeat links have fallen silent
    And the secondary has become effective primary
    And both heartbeat links are whole again
    And the secondary's own mail address answers from the secondary
    When a client sends a message to each unit
    Then a client that asks who has the virtual address is answered by both units
    And each accepted message is delivered exactly once

  @HA-702.a
  Scenario: no configuration is synchronized between two primaries
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And both heartbeat links have fallen silent
    And the secondary has become effective primary
    And both heartbeat links are whole again
    And an operator has changed a synchronized setting on each unit
    When an operator enters the command sync on each unit
    Then each unit shows its own changed setting for the detection time

  @HA-702.b
  Scenario: no mail data is synchronized between two primaries
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And both heartbeat links have fallen silent
    And the secondary has become effective primary
    And both heartbeat links are whole again
    And a message for the quarantine has been stored on each unit
    When an operator enters the command sync on each unit
    Then the quarantines hold these messages for 2 seconds
      | unit      | stored on the primary | stored on the secondary |
      | primary   | yes                   | no                      |
      | secondary | no                    | yes                     |

  @HA-703
  Scenario: both units stay primary when the link returns
    Given a healthy active-passive pair with a single heartbeat link
    And a detection time of 3 seconds
    And the primary heartbeat link has fallen silent
    And the secondary has become effective primary
    When the primary heartbeat link is whole again
    Then no unit changes its role for the detection time

  @HA-703
  Scenario: both units stay primary when they hear each other again after both links had refused connections
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And both heartbeat links refuse connections
    And the secondary has become effective primary
    And both heartbeat links are whole again
    When an operator enters the command sync on each unit
    Then no unit changes its role for the detection time
    And a client that asks who has the virtual address is answered by both units

  @HA-703
  Scenario: both units stay primary when they hear each other again after the secondary could not hear the primary
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And both heartbeat links no longer reach the secondary
    And the secondary has become effective primary
    And both heartbeat links are whole again
    When an operator enters the command sync on each unit
    Then no unit changes its role for the detection time
    And a client that asks who has the virtual address is answered by both units

  @HA-703
  Scenario: both units stay primary when they hear each other again after the primary had been frozen
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And the primary has frozen
    And the secondary has become effective primary
    And the primary has thawed
    When an operator enters the command sync on each unit
    Then no unit changes its role for the detection time
    And a client that asks who has the virtual address is answered by both units

  @HA-706 @HA-061.c
  Scenario: a working secondary heartbeat link prevents two primaries
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    When the primary heartbeat link falls silent
    Then no unit changes its role for the detection time
    And only the primary holds the virtual address

  @HA-708.a @HA-708.b
  Scenario: the secondary reports a split as it reports a failed primary
    Given a healthy active-passive pair with a single heartbeat link
    And a detection time of 2 seconds
    When the primary heartbeat link falls silent
    Then the secondary becomes effective primary when the detection time has passed
    And the units report these events
      | unit      | by    | event                         | change               |
      | secondary | alert | primary heartbeat disappeared | secondary to primary |

  @HA-702.a
  Scenario: a copy that is under way when the secondary becomes a second primary overwrites nothing there
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And the first synchronization of the pair has ended
    And both heartbeat links delay everything by 1 second
    And an operator has changed a synchronized setting on the primary
    And configuration synchronization has begun on the primary heartbeat link
    When both heartbeat links no longer carry the heartbeat signal
    Then the secondary becomes effective primary
    When an operator changes a synchronized setting on the secondary
    Then each unit shows its own changed setting for 8 seconds

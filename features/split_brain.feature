Feature: Two primaries, and the cure
  A pair that loses its only heartbeat link while both units live has two primaries. There is no arbitration: an operator
  restores the configured mode on the secondary.

  @HA-700
  Scenario: both units are primary when the only heartbeat link is lost
    Given a healthy active-passive pair with a single heartbeat link
    And a detection time of 3 seconds
    When the primary heartbeat link falls silent while both units live
    Then the secondary becomes effective primary within the detection time, and not before
    And the primary is still effective primary

  @HA-701
  Scenario: the shared address conflicts on the network
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And both units have become primary because the heartbeat links were silent
    When a client sends a message to each unit
    Then a client that asks who has the virtual address is answered by both units
    And each accepted message is delivered exactly once

  @HA-702
  Scenario: no configuration is synchronized between two primaries
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And both units have become primary because the heartbeat links were silent
    And an operator has changed a synchronized setting on each unit
    When an operator starts a synchronization on each unit
    Then each unit keeps the setting that was changed on it during the detection time

  @HA-702
  Scenario: no mail data is synchronized between two primaries
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And both units have become primary because the heartbeat links were silent
    And a message for the quarantine has been stored on each unit
    When an operator starts a synchronization on each unit
    Then the quarantines still hold the messages of
      | unit      | primary | secondary |
      | primary   | yes     | no        |
      | secondary | no      | yes       |

  @HA-703
  Scenario: both units stay primary when the link returns
    Given a healthy active-passive pair with a single heartbeat link
    And a detection time of 3 seconds
    And both units have become primary after the loss of the heartbeat link
    When the primary heartbeat link returns
    Then no unit changes its role during the detection time

  @HA-703
  Scenario Outline: both units stay primary when they hear each other again after <fault>
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And both units have become primary because <fault>
    When an operator starts a synchronization on each unit
    Then no unit changes its role during the detection time
    And a client that asks who has the virtual address is answered by both units

    Examples:
      | fault                            |
      | the heartbeat links were refused |
      | the secondary was deaf           |
      | the primary was frozen           |

  @HA-706 @HA-061
  Scenario: a working secondary heartbeat link prevents two primaries
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    When the primary heartbeat link falls silent
    Then no unit changes its role during the detection time
    And only the primary holds the virtual address

  @HA-708
  Scenario: the secondary reports a split as it reports a failed primary
    Given a healthy active-passive pair with a single heartbeat link
    And a detection time of 2 seconds
    When the primary heartbeat link falls silent while both units live
    Then the secondary becomes effective primary within the detection time, and not before
    And the secondary sends the alert of a takeover from a failed primary

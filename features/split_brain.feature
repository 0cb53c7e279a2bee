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

  @HA-703
  Scenario: both units stay primary when the link returns
    Given a healthy active-passive pair with a single heartbeat link
    And a detection time of 3 seconds
    And both units have become primary after the loss of the heartbeat link
    When the primary heartbeat link returns
    Then no unit changes its role during the detection time

  @HA-704
  Scenario: restoring the configured mode on the secondary cures it
    Given a healthy active-passive pair with a single heartbeat link
    And a detection time of 3 seconds
    And both units have become primary after the loss of the heartbeat link
    And an operator has changed a synchronized setting on the primary
    And the primary heartbeat link has returned
    When an operator restores the configured mode on the secondary
    Then the secondary becomes effective secondary
    And the primary is still effective primary
    And the changed setting is on the secondary
    And only the primary holds the virtual address

  @HA-706 @HA-061
  Scenario: a working secondary heartbeat link prevents two primaries
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    When the primary heartbeat link falls silent
    Then no unit changes its role during the detection time
    And only the primary holds the virtual address

Feature: Planned restart of the primary
  Before a restart that an operator asks for, the primary sends the secondary a hold-off command; the secondary then does
  not watch the heartbeat until the primary is back.

  @HA-520
  Scenario: the primary sends hold-off before a planned reboot
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    When an operator reboots the primary
    Then the secondary becomes effective hold-off before the primary is gone
    And the secondary sends an alert that its peer is rebooting

  @HA-521
  Scenario: a secondary in hold-off does not take over
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And a restart of the primary takes longer than the detection time
    When an operator reboots the primary
    Then the secondary becomes effective hold-off
    And the secondary is still effective hold-off after the detection time

  @HA-524
  Scenario: the primary tells the secondary to resume when it is back
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And a restart of the primary takes longer than the detection time
    When an operator reboots the primary
    Then the secondary becomes effective hold-off
    And the primary becomes effective primary again
    And the secondary becomes effective secondary
    And the secondary has never been primary

Feature: Whose on-failure counts
  On-failure is the failing unit's own setting, and counts only while that unit acts as primary.

  @HA-338
  Scenario: a secondary that fails rejoins, although its on-failure is off
    Given a healthy active-passive pair
    And on-failure set to off
    When the secondary loses power
    And the secondary starts again
    Then the secondary becomes effective secondary
    And the primary is still effective primary

  @HA-338
  Scenario Outline: a primary that acts as secondary follows again after a loss of power, although its on-failure is <action>
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And on-failure set to <action>
    And an operator has forced a failover on the primary
    When the primary loses power
    And the primary starts again
    Then the primary becomes effective secondary
    And no unit changes its role for the detection time

    Examples:
      | action       |
      | off          |
      | restore-role |

  @HA-338
  Scenario Outline: a primary that acts as secondary follows again after a crash, although its on-failure is <action>
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And on-failure set to <action>
    And an operator has forced a failover on the primary
    When the HA software of the primary crashes
    And the primary starts again
    Then the primary becomes effective secondary
    And no unit changes its role for the detection time

    Examples:
      | action       |
      | off          |
      | restore-role |

  @HA-337
  Scenario: a secondary that fails while it leads is off when its own on-failure says so
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And on-failure set to become-secondary on the primary
    And on-failure set to off on the secondary
    And an operator has forced a failover on the primary
    And the secondary has lost power
    And the primary has become effective primary
    When the secondary starts again
    Then the secondary ends as effective off
    And the secondary is still effective off for the detection time
    And the primary is still effective primary

  @HA-337
  Scenario: a primary goes by its own on-failure, whatever the secondary's says
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And on-failure set to off on the primary
    And on-failure set to restore-role on the secondary
    And the primary has lost power
    And the secondary has become effective primary
    When the primary starts again
    Then the primary ends as effective off
    And the primary is still effective off for the detection time
    And the secondary is still effective primary

  @HA-337
  Scenario: a secondary that leads since its hold-off has run out does as its own on-failure says when it fails
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And on-failure set to become-secondary on the primary
    And on-failure set to off on the secondary
    And a restart of the primary will last longer than a hold-off
    When an operator reboots the primary
    Then the secondary becomes effective hold-off
    And the secondary becomes effective primary after about 15 minutes of hold-off
    And the primary becomes effective secondary
    When the secondary loses power
    Then the primary becomes effective primary
    When the secondary starts again
    Then the secondary ends as effective off
    And the secondary is still effective off for the detection time

  @HA-337
  Scenario: a secondary that fails while it leads with restore-role is failed, and is secondary when it is cured
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And on-failure set to off on the primary
    And on-failure set to restore-role on the secondary
    And each unit monitors its mail interface
    And an operator has forced a failover on the primary
    When the mail cable of the secondary is pulled
    Then the secondary becomes effective failed
    And the primary becomes effective primary within the detection time
    When the mail cable of the secondary is plugged in
    Then the secondary becomes effective secondary
    And the primary is still effective primary for the detection time

  @HA-338
  Scenario: a primary that gave its role to a secondary which asked for it follows again after a loss of power, although its on-failure is off
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And on-failure set to off
    And an operator has forced a failover on the secondary
    When the primary loses power
    And the primary starts again
    Then the primary becomes effective secondary
    And the secondary is still effective primary for the detection time

  @HA-338
  Scenario: a secondary that gave its role to a primary which asked for it follows again after a loss of power, although its on-failure is off
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And on-failure set to off
    And an operator has forced a failover on the primary
    And an operator has restored the configured mode on the primary
    When the secondary loses power
    And the secondary starts again
    Then the secondary becomes effective secondary
    And the primary is still effective primary for the detection time

  @HA-338
  Scenario: a primary that follows since its cure follows again after a loss of power, although its on-failure is off by then
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And on-failure set to become-secondary
    And each unit monitors its mail interface
    And the mail cable of the primary has been pulled
    And the primary has become effective failed
    And the secondary has become effective primary
    And the mail cable of the primary has been plugged in
    And the primary has become effective secondary
    And an operator has set on-failure to off on the primary
    When the primary loses power
    And the primary starts again
    Then the primary becomes effective secondary
    And the secondary is still effective primary for the detection time

  @HA-300.a @HA-310
  Scenario: with off a primary that has taken the role over from its peer is off after its next loss of power
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And on-failure set to off
    And an operator has forced a failover on the primary
    And the secondary has lost power
    And the primary has become effective primary
    And the secondary has started again
    And an operator has restored the configured mode on the secondary
    When the primary loses power
    Then the secondary becomes effective primary
    When the primary starts again
    Then the primary ends as effective off
    And the primary is still effective off for the detection time

Feature: Recovery that goes wrong, and whose on-failure counts
  On-failure is the failing unit's own setting and concerns it only while it acts as primary. A second failure during the
  recovery does not change where it ends.

  @HA-322
  Scenario: with restore-role the secondary reports that it has given the role back, and why
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And on-failure set to restore-role
    And the primary has lost power
    And the secondary has become effective primary
    When the primary starts again
    Then the primary becomes effective primary
    And the secondary becomes effective secondary
    And the units report these events
      | unit      | by    | event                                                        | change               |
      | secondary | alert | secondary asks us to switch roles (recovery after a restart) | primary to secondary |
    And only the primary holds the virtual address

  @HA-300
  Scenario: with restore-role a primary that fails again while it recovers still takes its role back
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And on-failure set to restore-role
    And the primary has lost power
    And the secondary has become effective primary
    And both heartbeat links refuse configuration synchronization
    And the primary has started again
    When the primary loses power
    And both heartbeat links are whole again
    And the primary starts again
    Then the primary becomes effective primary
    And the secondary ends as effective secondary

  @HA-300
  Scenario: with become-secondary a primary that fails again while it recovers still ends as secondary
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And on-failure set to become-secondary
    And the primary has lost power
    And the secondary has become effective primary
    And the primary has started again
    When the primary loses power
    And the primary starts again
    Then the primary becomes effective secondary
    And the secondary is still effective primary

  @HA-300 @HA-311
  Scenario Outline: with <action> a recovering primary leads when the secondary fails
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And on-failure set to <action>
    And the primary has lost power
    And the secondary has become effective primary
    And both heartbeat links refuse configuration synchronization
    And the primary has started again
    When the secondary loses power
    Then the primary ends as effective primary
    And the virtual address answers from the primary

    Examples:
      | action           |
      | restore-role     |
      | become-secondary |

  @HA-311
  Scenario: with off a recovered primary does not even replace a secondary that fails
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And on-failure set to off
    And the primary has lost power
    And the secondary has become effective primary
    And the primary has started again
    When the secondary loses power
    Then the primary ends as effective off
    And the primary is still effective off for the detection time
    And no unit holds the virtual address

  @HA-338
  Scenario: a secondary that fails rejoins, although its on-failure is off
    Given a healthy active-passive pair
    And on-failure set to off
    When the secondary loses power
    And the secondary starts again
    Then the secondary becomes effective secondary
    And the primary is still effective primary

  @HA-338
  Scenario: a primary that acts as secondary rejoins after a failure, although its on-failure is off
    Given a healthy active-passive pair
    And on-failure set to off
    And an operator has forced a failover on the primary
    When the primary loses power
    And the primary starts again
    Then the primary becomes effective secondary
    And the secondary is still effective primary

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

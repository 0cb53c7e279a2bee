Feature: What lasts
  Where nothing happens, nothing changes: a unit stays what it has come to be, however long it is left alone.

  @HA-017.a @HA-020.d
  Scenario Outline: with <action> a primary whose fault lasts is failed for minutes
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And on-failure set to <action>
    And each unit monitors its mail interface
    And the mail cable of the primary has been pulled
    And the primary has become effective failed
    And the secondary has become effective primary
    When the pair is left alone for 300 seconds
    Then the primary is still effective failed
    And the secondary is still effective primary

    Examples:
      | action           |
      | restore-role     |
      | become-secondary |

  @HA-311.b
  Scenario: with off a primary that has failed is off for minutes
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And on-failure set to off
    And the primary has lost power
    And the secondary has become effective primary
    And the primary has started again
    And the primary has become effective off
    When the pair is left alone for 300 seconds
    Then the primary is still effective off
    And the secondary is still effective primary

  @HA-331
  Scenario: with become-secondary a primary that has failed is secondary for minutes
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And on-failure set to become-secondary
    And the primary has lost power
    And the secondary has become effective primary
    And the primary has started again
    And the primary has become effective secondary
    When the pair is left alone for 300 seconds
    Then the primary is still effective secondary
    And the secondary is still effective primary

  @HA-703
  Scenario: two primaries that hear each other are primaries for minutes
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And both heartbeat links have fallen silent
    And the secondary has become effective primary
    And both heartbeat links are whole again
    When the pair is left alone for 300 seconds
    Then the primary is still effective primary
    And the secondary is still effective primary

  @HA-121 @HA-703
  Scenario: two primaries that do not hear each other are primaries for minutes
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And both heartbeat links have fallen silent
    And the secondary has become effective primary
    When the pair is left alone for 300 seconds
    Then the primary is still effective primary
    And the secondary is still effective primary

  @HA-520.a @HA-522
  Scenario: a secondary is in hold-off for minutes
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And a restart of the primary will last until further notice
    When an operator reboots the primary
    Then the secondary becomes effective hold-off
    And the primary is down
    When the pair is left alone for 600 seconds
    Then the secondary is still effective hold-off
    When the restart of the primary is allowed to end
    Then the primary becomes effective primary
    And the secondary becomes effective secondary

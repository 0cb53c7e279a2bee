Feature: Who belongs to the group
  A group has two units that have the same password. A unit with another password is no member, and cannot make the
  primary give up its role.

  @HA-453
  Scenario: units with different passwords do not accept each other
    Given two units configured as a pair with these settings
      | setting           | primary | secondary |
      | password          | one     | another   |
      | hb-lost-threshold | 3       | 3         |
    Then no unit hears a heartbeat during the detection time
    And the primary becomes effective primary
    And the secondary becomes effective primary, as if its peer were absent
    And each unit has logged that it refuses its peer

  @HA-453
  Scenario Outline: passwords that differ <difference> are different
    Given the passwords of the units differ <difference>
    And two units configured as a pair with these settings
      | setting           | primary | secondary |
      | hb-lost-threshold | 2       | 2         |
    Then no unit hears a heartbeat during the detection time
    And the primary becomes effective primary
    And the secondary becomes effective primary, as if its peer were absent

    Examples:
      | difference                     |
      | in case only                   |
      | after the eighth character     |
      | by one character at the end    |

  @HA-455
  Scenario Outline: a pair whose passwords no longer match: the <unit>'s was changed
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    When an operator changes the password on the <unit> only
    Then the secondary becomes effective primary, as if its peer were absent
    And the primary is still effective primary

    Examples:
      | unit      |
      | primary   |
      | secondary |

  @HA-455
  Scenario: a secondary whose password no longer matches asks for the role in vain
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And an operator has changed the password on the secondary only
    When an operator of the secondary asks for a failover
    Then the secondary becomes effective primary, as if its peer were absent
    And the primary is still effective primary

  @HA-452 @HA-455 @HA-574
  Scenario: a pair that fell apart over its password is one again after a restore
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And the units lead side by side since the secondary has another password
    And an operator has given the secondary the default password back
    When an operator restores the configured mode on the secondary
    Then the secondary becomes effective secondary again
    And the primary is still effective primary

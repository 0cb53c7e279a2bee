Feature: The password of the group
  The password must be the same on both units; units with different passwords do not accept each other.

  @HA-452
  Scenario: units with the same password form a group
    Given two units configured as a pair with these settings
      | setting           | primary       | secondary     |
      | password          | same-for-both | same-for-both |
      | hb-lost-threshold | 3             | 3             |
    Then the units become healthy
    And the secondary hears a heartbeat once per second on each link

  @HA-453
  Scenario: units with different passwords do not accept each other
    Given two units configured as a pair with these settings
      | setting           | primary | secondary |
      | password          | one     | another   |
      | hb-lost-threshold | 3       | 3         |
    Then no unit hears a heartbeat during the detection time
    And the primary becomes effective primary
    And the secondary becomes effective primary, as if its peer were absent

  @HA-455
  Scenario: a secondary whose password no longer matches cannot take the primary's role away
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    When an operator changes the password on the secondary only
    Then the secondary becomes effective primary, as if its peer were absent
    And the primary is still effective primary

  @HA-455
  Scenario Outline: a stranger <password> cannot take the primary's role
    Given a healthy active-passive pair
    When a stranger <password> claims to be the secondary
    Then the stranger gets no answer
    And no unit has changed its role

    Examples:
      | password              |
      | with a wrong password |
      | without a password    |

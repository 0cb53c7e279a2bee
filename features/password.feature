Feature: The password of the group
  The password must be the same on both units; units with different passwords do not accept each other. It is
  change_me until someone sets another, is never empty, and is shown to no one.

  @HA-452
  Scenario: units with the same password form a group
    Given two units configured as a pair with these settings
      | setting           | primary       | secondary     |
      | password          | same-for-both | same-for-both |
      | hb-lost-threshold | 3             | 3             |
    Then the primary becomes effective primary
    And the secondary becomes effective secondary
    And the secondary hears a heartbeat once per second on each link

  @HA-451.a @HA-452
  Scenario Outline: units form a group with a password of <password>
    Given an operator has set the password to <password> on each unit
    And a healthy active-passive pair
    Then the units hear each other on each link within 2 seconds

    Examples:
      | password                        |
      | a single character              |
      | two hundred characters          |
      | letters, spaces and signs       |
      | letters of other alphabets      |
      | letters, quotes and backslashes |

  @HA-450 @HA-452
  Scenario: the password is change_me when no one has set it
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    When an operator sets the password to change_me on the primary
    Then no unit changes its role for the detection time
    And the units hear each other on each link within 2 seconds

  @HA-451.b
  Scenario Outline: an empty password is refused, and the old one stays in force
    Given a healthy active-passive pair
    When an operator tries to set the password to an empty one on the <unit>
    Then the setting is refused, and nothing has changed
    And the units hear each other on each link within 2 seconds
    And no unit has changed its role

    Examples:
      | unit      |
      | primary   |
      | secondary |

  @HA-452
  Scenario Outline: the password is changed on both units while the group works, on the <first> first
    Given a healthy active-passive pair
    And a detection time of 10 seconds
    When an operator sets the password to another-password on the <first>
    And an operator sets the password to another-password on the <second>
    Then the units hear each other on each link within 4 seconds
    And no unit changes its role for the detection time

    Examples:
      | first     | second    |
      | primary   | secondary |
      | secondary | primary   |

  @HA-454.a @HA-454.b
  Scenario: the password is shown to no one, not even when the units no longer agree on it
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    When an operator sets the password to another-password on the primary
    Then the secondary becomes effective primary
    And each unit has logged the refusal of its peer
    And no page that an operator can read on either unit shows the password

  @HA-454.a @HA-454.b
  Scenario: the password of a config-only group is shown to no one
    Given a config-only group of a primary and a secondary
    When an operator sets the password to another-password on each unit
    Then no page that an operator can read on either unit shows the password

  @HA-454.a @HA-454.b
  Scenario: the password of a unit in no group is shown to no one
    Given two units with factory settings
    When an operator sets the password to another-password on the primary
    Then no page that an operator can read on either unit shows the password

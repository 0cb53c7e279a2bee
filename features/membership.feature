Feature: Who belongs to the group
  A group has two units that have the same password. A unit with another password is no member, and cannot make the
  primary give up its role.

  @HA-453.a @HA-453.c
  Scenario: units with different passwords do not accept each other
    Given two units configured as a pair with these settings
      | setting           | primary | secondary |
      | password          | one     | another   |
      | hb-lost-threshold | 3       | 3         |
    Then no unit hears a heartbeat for the detection time
    And the primary becomes effective primary
    And the secondary becomes effective primary
    And each unit has logged the refusal of its peer

  @HA-453.b
  Scenario: a secondary with another password copies nothing from the primary that it looks for
    Given two units configured as a pair with these settings
      | setting           | primary | secondary |
      | password          | one     | another   |
      | hb-lost-threshold | 60      | 60        |
    And the primary has become effective primary
    And an operator has changed a synchronized setting on each unit
    And a message for the quarantine has been stored on the primary
    When an operator enters the command sync on each unit
    Then each unit shows its own changed setting for 2 seconds
    And the message does not reach the quarantine of the secondary

  @HA-453.a @HA-453.c
  Scenario Outline: passwords that differ <difference> are different
    Given an operator has set the password to <one> on the primary
    And an operator has set the password to <other> on the secondary
    And two units configured as a pair with these settings
      | setting           | primary | secondary |
      | hb-lost-threshold | 2       | 2         |
    Then no unit hears a heartbeat for the detection time
    And the primary becomes effective primary
    And the secondary becomes effective primary

    Examples:
      | difference                  | one          | other        |
      | in case only                | Secret-Word  | secret-word  |
      | after the eighth character  | 12345678-one | 12345678-two |
      | by one character at the end | secret       | secret1      |
      | after the sixteenth character | 1234567890123456-one | 1234567890123456-two |
      | after the sixty-fourth character | 1234567890123456789012345678901234567890123456789012345678901234-one | 1234567890123456789012345678901234567890123456789012345678901234-two |
      | in their first character    | one-secret-word | two-secret-word |
      | in signs only               | secret-word  | secret_word  |

  @HA-455
  Scenario Outline: the primary keeps its role when the <unit>'s password no longer matches
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    When an operator sets the password to another-password on the <unit>
    Then the secondary becomes effective primary
    And the primary is still effective primary

    Examples:
      | unit      |
      | primary   |
      | secondary |

  @HA-455
  Scenario: a secondary whose password no longer matches asks for the role in vain
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And an operator has set the password to another-password on the secondary
    When an operator enters the command failover on the secondary
    Then the secondary becomes effective primary
    And the primary is still effective primary

  @HA-452 @HA-704.a @HA-704.b
  Scenario: a pair that fell apart over its password is one again after a restore
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And an operator has set the password to another-password on the secondary
    And the secondary has become effective primary
    And an operator has set the password to change_me on the secondary
    And the units have heard each other on each link
    And each unit is still effective primary for 2 seconds
    When an operator restores the configured mode on the secondary
    Then the secondary becomes effective secondary
    And the primary is still effective primary

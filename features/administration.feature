Feature: Each unit is administered at its own address
  The administration interface is not shared: whatever role a unit has, its operator reaches it at its own address there.

  @HA-165
  Scenario: each unit is administered at its own address while each does what it is configured to do
    Given a healthy active-passive pair with the failover action set
    And the virtual address answers from the primary
    Then each unit answers its operator at its own address

  @HA-165
  Scenario: each unit is administered at its own address while the roles are switched
    Given a healthy active-passive pair with the failover action set
    And an operator has forced a failover on the primary
    Then each unit answers its operator at its own address

  @HA-165
  Scenario Outline: a unit that has failed is administered at its own address
    Given a healthy active-passive pair with the failover action set
    And a detection time of 2 seconds
    And on-failure set to <on-failure>
    And each unit monitors its mail interface
    And the mail cable of the primary has been pulled
    And the primary has become effective <mode>
    And the secondary has become effective primary
    Then the units show these modes
      | unit      | configured | effective |
      | primary   | primary    | <mode>    |
      | secondary | secondary  | primary   |
    And each unit answers its operator at its own address

    Examples:
      | on-failure   | mode   |
      | restore-role | failed |
      | off          | off    |

  @HA-165
  Scenario: a unit in hold-off is administered at its own address
    Given a healthy active-passive pair with the failover action set
    And a detection time of 2 seconds
    And a restart of the primary will last until further notice
    When an operator reboots the primary
    Then the secondary becomes effective hold-off
    And the primary is down
    And the units show these modes
      | unit      | configured | effective |
      | secondary | secondary  | hold-off  |
    And the secondary answers its operator at its own address

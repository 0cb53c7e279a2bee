Feature: Each unit is administered at its own address
  The administration interface is not shared: whatever role a unit has, its operator reaches it at its own address there.

  @HA-165
  Scenario Outline: each unit is administered at its own address in every role
    Given a healthy active-passive pair with the failover action set
    And <roles>
    Then each unit answers its operator at its own address

    Examples:
      | roles                                             |
      | the virtual address answers from the primary      |
      | the roles have been switched by a forced failover |

  @HA-165
  Scenario Outline: a unit that has failed is administered at its own address
    Given a healthy active-passive pair with the failover action set
    And a detection time of 2 seconds
    And on-failure set to <on-failure>
    And each unit monitors its mail interface
    And the secondary has taken over after a fault of the primary's mail interface
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
    And the secondary holds off while a reboot of the primary lasts until further notice
    Then the units show these modes
      | unit      | configured | effective |
      | secondary | secondary  | hold-off  |
    And the secondary answers its operator at its own address

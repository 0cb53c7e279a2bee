Feature: Units that start
  A unit that enters a group is effective off until it knows its role. A secondary looks for its primary first; it copies
  the configuration before it follows, and leads only when no primary is heard.

  @HA-014 @HA-024
  Scenario: a secondary that finds no primary is off, and follows once there is one
    Given two units with a pair's settings that are not in a group yet
    And an operator has set the mode of the secondary to secondary
    And the units show these modes
      | unit      | configured | effective |
      | secondary | secondary  | off       |
    When an operator sets the mode of the primary to primary
    Then the primary becomes effective primary
    And the secondary becomes effective secondary
    And the secondary has never been primary

  @HA-013
  Scenario: a primary that is still looking for its peer is off and processes no mail
    Given two units with a pair's settings that are not in a group yet
    When an operator sets the mode of the primary to primary
    Then the units show these modes
      | unit    | configured | effective |
      | primary | primary    | off       |
    And the primary offers no mail service
    And the primary becomes effective primary

  @HA-024
  Scenario: a secondary that enters the group finds the primary and follows
    Given a primary that leads alone, beside a unit that is not in the group yet
    When an operator sets the mode of the secondary to secondary
    Then the secondary becomes effective secondary
    And the primary is still effective primary
    And the secondary has never been primary

  @HA-005
  Scenario Outline: units that start together take their configured roles, also when the <first> is first
    Given a healthy active-passive pair
    And both units have lost power
    When both units get their power back, the <first> first
    Then the primary becomes effective primary again
    And the secondary becomes effective secondary again
    And the secondary has never been primary
    And only the primary holds the virtual address

    Examples:
      | first     |
      | primary   |
      | secondary |

  @HA-005
  Scenario: a primary that starts alone leads
    Given a healthy active-passive pair
    And both units have lost power
    When the primary gets its power back
    Then the primary becomes effective primary again
    And the virtual address answers from the primary

  @HA-014 @HA-024
  Scenario: a secondary that starts alone is off until the detection time has passed, and leads then
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And both units have lost power
    When the secondary gets its power back
    Then the secondary becomes effective off
    And the secondary becomes effective primary, no sooner than the detection time after it got its power back
    And the virtual address answers from the secondary

  @HA-024
  Scenario: a secondary that enters the group alone leads without having followed anybody
    Given two units with a pair's settings that are not in a group yet
    And a detection time of 3 seconds
    When an operator sets the mode of the secondary to secondary
    Then the secondary becomes effective primary
    And the secondary has never been secondary

  @HA-015
  Scenario: a starting secondary that cannot copy the configuration is off while it hears its primary
    Given a primary that leads alone, beside a unit that is not in the group yet
    And a detection time of 3 seconds
    And the units cannot copy configurations from each other
    When an operator sets the mode of the secondary to secondary
    Then the secondary is effective off, and does not rejoin during the detection time
    And the primary is still effective primary
    And the secondary has never been primary

  @HA-015
  Scenario: it follows as soon as the configuration can be copied
    Given a primary that leads alone, beside a unit that is not in the group yet
    And the units cannot copy configurations from each other
    And the secondary has tried to enter the group, and its first synchronization has failed
    When the heartbeat links are whole again
    Then the secondary becomes effective secondary
    And the primary is still effective primary

  @HA-016
  Scenario: a starting secondary leads when the next synchronization fails and its primary is gone
    Given a healthy active-passive pair
    And a detection time of 30 seconds
    And the secondary has left the group
    And the units cannot copy configurations from each other
    And the secondary has tried to enter the group, and its first synchronization has failed
    When the primary loses power
    Then the secondary becomes effective primary before the detection time has passed
    And the virtual address answers from the secondary

Feature: What the HA trap tells
  A unit sends an SNMP trap when it has switched to a role, and when an operator shuts it down. The trap's event id says which.

  @HA-659.a @HA-659.b
  Scenario: the traps of a failover tell the role to which each unit has switched
    Given a healthy active-passive pair
    When an operator forces a failover on the primary
    Then the last HA trap of the primary tells that it has switched to secondary
    And the last HA trap of the secondary tells that it has switched to primary

  @HA-659.c
  Scenario Outline: the trap of a shutdown of the <unit> tells it apart from a change of role
    Given a healthy active-passive pair
    When an operator shuts down the <unit>
    Then the last HA trap of the <unit> tells that it was shut down

    Examples:
      | unit      |
      | primary   |
      | secondary |

  @HA-659.c
  Scenario: a reboot of a secondary is told as no shutdown
    Given a healthy active-passive pair
    And a restart of the secondary will last until further notice
    When an operator reboots the secondary
    Then the secondary is down
    And the last HA trap of the secondary tells that it has switched to secondary

  @HA-661
  Scenario: a long reason of a change of role is cut in its trap
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And on-failure set to restore-role
    And the primary has lost power
    And the secondary has become effective primary
    When the primary starts again
    Then the primary becomes effective primary
    And the secondary becomes effective secondary
    And the last HA trap of the secondary tells that it has switched to secondary

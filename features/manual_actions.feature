Feature: Failover and restore by hand
  An operator may force a failover on either unit, and may restore a unit's configured mode.

  @HA-572
  Scenario: restore sets the unit's effective mode to its configured mode
    Given a healthy active-passive pair
    And the roles have been switched by a forced failover
    When an operator restores the configured mode on the primary
    Then the primary becomes effective primary
    And the secondary becomes effective secondary
    And only the primary holds the virtual address

  @HA-574
  Scenario: restore on the secondary makes it ask the primary to take over, and they synchronize
    Given a healthy active-passive pair
    And a message for the quarantine has been stored on the primary
    And the roles have been switched by a forced failover
    When an operator restores the configured mode on the secondary
    Then the primary becomes effective primary
    And the secondary becomes effective secondary
    And the primary logs that the secondary asked it to take over
    And the message reaches the quarantine of the secondary

  @HA-580
  Scenario Outline: a forced failover does not wait for the detection time
    Given a healthy active-passive pair
    When an operator forces a failover on the <unit>
    Then the secondary becomes effective primary within 1 second of the command
    And the primary becomes effective secondary
    And only the secondary holds the virtual address

    Examples:
      | unit      |
      | primary   |
      | secondary |

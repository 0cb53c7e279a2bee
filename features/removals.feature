Feature: What an operator takes away
  A removal is a change like any other: it is in force at once, appears on the secondary by synchronization, and the
  secondary goes by it when its turn comes.

  @HA-159.a @HA-350.a
  Scenario: a virtual IPv6 address that is unset is gone from both units, and its IPv4 sister stays
    Given a healthy active-passive pair with a virtual IPv6 address
    And the secondary shows these interface settings
      | interface | setting     | value        |
      | mail      | virtual-ip6 | virtual IPv6 |
    When an operator enters these interface settings on the primary
      | interface | setting     | value |
      | mail      | virtual-ip6 | unset |
    Then no unit holds the virtual IPv6 address
    And only the primary holds the virtual address
    When an operator changes a synchronized setting on the primary
    Then the changed setting is on the secondary
    And the secondary shows these interface settings
      | interface | setting     | value |
      | mail      | virtual-ip6 | ::/0  |
    When an operator forces a failover on the primary
    Then the secondary becomes effective primary
    And the primary becomes effective secondary
    And only the secondary holds the virtual address
    And no unit holds the virtual IPv6 address

  @HA-159.a @HA-163 @HA-350.a
  Scenario: of two shared interfaces one is taken away, and the other moves on
    Given a healthy active-passive pair with a single heartbeat link and these failover actions
      | interface | action | address |
      | port3     | add    | virtual |
      | port5     | add    | spare   |
    When an operator enters these failover actions on the primary
      | interface | action | address |
      | port5     | ignore | none    |
    Then these shared addresses are held
      | interface | address | holder  |
      | port3     | virtual | primary |
      | port5     | spare   | nobody  |
    And the secondary shows these failover actions
      | interface | action | address |
      | port3     | add    | virtual |
    When an operator forces a failover on the primary
    Then the secondary becomes effective primary
    And the primary becomes effective secondary
    And these shared addresses are held
      | interface | address | holder    |
      | port3     | virtual | secondary |
      | port5     | spare   | nobody    |

  @HA-155.b @HA-159.a @HA-159.b
  Scenario: with set an interface has the mask that its shared address was given
    Given a healthy active-passive pair with the failover action set
    When an operator enters these failover actions on the primary
      | interface | action | address    |
      | port3     | set    | virtual/25 |
    Then these shared addresses are held
      | interface | address    | holder  |
      | port3     | virtual    | nobody  |
      | port3     | virtual/25 | primary |
    And the secondary shows these failover actions
      | interface | action | address    |
      | port3     | set    | virtual/25 |
    When an operator forces a failover on the primary
    Then the secondary becomes effective primary
    And the primary becomes effective secondary
    And these shared addresses are held
      | interface | address    | holder    |
      | port3     | virtual    | nobody    |
      | port3     | virtual/25 | secondary |

  @HA-003.e @HA-156
  Scenario: with set an address that is taken away together with the mode is given up
    Given a healthy active-passive pair with the failover action set
    And a detection time of 3 seconds
    When an operator enters these failover actions on the primary and sets the mode to off at once
      | interface | action | address |
      | port3     | ignore | none    |
    Then the primary becomes effective off
    And the mail interface of the primary holds its own address only
    And the secondary becomes effective primary within the detection time

  @HA-350.a
  Scenario: a setting that is cleared on a secondary that leads is gone from the primary
    Given a healthy active-passive pair
    And an operator has changed a synchronized setting on the primary
    And the changed setting is on the secondary
    And an operator has forced a failover on the primary
    When an operator clears the changed setting on the secondary
    Then the changed setting is gone from each unit

  @HA-350.a
  Scenario: a setting that is cleared while the secondary is away is gone from it when it is back
    Given a healthy active-passive pair
    And an operator has changed a synchronized setting on the primary
    And the changed setting is on the secondary
    And the secondary has lost power
    And an operator has cleared the changed setting on the primary
    When the secondary starts again
    Then the secondary becomes effective secondary
    And the changed setting is gone from each unit

  @HA-350.a
  Scenario: of two entries of a table one is deleted on the primary, then the other
    Given a healthy active-passive pair
    And an operator has added the first alert recipient on the primary
    And an operator has added the second alert recipient on the primary
    And the second alert recipient is on the secondary
    When an operator deletes the first alert recipient on the primary
    Then the first alert recipient is gone from each unit
    And the second alert recipient is on each unit
    When an operator deletes the second alert recipient on the primary
    Then the second alert recipient is gone from each unit

  @HA-350.a
  Scenario: an entry that is deleted on a secondary that leads is gone from the primary
    Given a healthy active-passive pair
    And an operator has added the first alert recipient on the primary
    And the first alert recipient is on the secondary
    And an operator has forced a failover on the primary
    When an operator deletes the first alert recipient on the secondary
    Then the first alert recipient is gone from each unit

  @HA-350.a
  Scenario: an entry that is deleted while the secondary is away is gone from it when it is back
    Given a healthy active-passive pair
    And an operator has added the first alert recipient on the primary
    And the first alert recipient is on the secondary
    And the secondary has lost power
    And an operator has deleted the first alert recipient on the primary
    And an operator has added the third alert recipient on the primary
    When the secondary starts again
    Then the third alert recipient is on the secondary
    And the first alert recipient is gone from each unit
    And the secondary ends as effective secondary

Feature: Failover actions and shared addresses
  An interface's failover action says what becomes of its addresses on the effective primary: ignore leaves them alone,
  add adds the virtual address, set uses it in place of the interface's own.

  @HA-151
  Scenario: with ignore the interface keeps its own address when its unit becomes primary
    Given a healthy active-passive pair with the failover action ignore
    When an operator forces a failover on the primary
    Then the secondary becomes effective primary
    And the primary becomes effective secondary
    And the mail interface of each unit holds its own address only

  @HA-153.a @HA-153.b
  Scenario: with add the effective primary holds the virtual address beside its own
    Given a healthy active-passive pair with the failover action add
    When an operator forces a failover on the primary
    Then the secondary becomes effective primary
    And the primary becomes effective secondary
    And the mail interface of the secondary holds its own and the virtual address

  @HA-154
  Scenario: with add a unit that is no longer primary has given the virtual address up
    Given a healthy active-passive pair with the failover action add
    When an operator forces a failover on the primary
    Then the secondary becomes effective primary
    And the primary becomes effective secondary
    And the mail interface of the primary holds its own address only

  @HA-155.a @HA-155.b
  Scenario: with set the effective primary uses the virtual address in place of its own
    Given a healthy active-passive pair with the failover action set
    When an operator forces a failover on the primary
    Then the secondary becomes effective primary
    And the primary becomes effective secondary
    And the mail interface of the secondary holds the virtual address only

  @HA-156
  Scenario: with set a unit that is no longer primary returns to its own address
    Given a healthy active-passive pair with the failover action set
    When an operator forces a failover on the primary
    Then the secondary becomes effective primary
    And the primary becomes effective secondary
    And the mail interface of the primary holds its own address only

  @HA-163
  Scenario: in a healthy pair the effective primary alone holds the virtual address
    Given a healthy active-passive pair
    Then only the primary holds the virtual address

  @HA-164
  Scenario: a client of the virtual address reaches the new primary without any change
    Given a healthy active-passive pair
    And the virtual address answers from the primary
    When an operator forces a failover on the primary
    Then the secondary becomes effective primary
    And the virtual address answers from the secondary

Feature: Failover actions change while the pair runs
  What an operator changes on the primary is in force there at once, appears on the secondary by synchronization, and
  is what the secondary does when its turn comes. Each shared address has one holder all the time.

  @HA-160 @HA-159.a
  Scenario: failover actions that were never entered on the secondary appear there
    Given a healthy active-passive pair with these failover actions
      | interface | action | address |
      | port3     | set    | virtual |
    Then the secondary shows these failover actions
      | interface | action | address |
      | port3     | set    | virtual |

  @HA-159.a @HA-159.b @HA-163
  Scenario: the secondary takes over with an address that has been moved since
    Given a healthy active-passive pair
    When an operator enters these failover actions on the primary
      | interface | action | address |
      | port3     | add    | spare   |
    Then these shared addresses are held
      | interface | address | holder  |
      | port3     | virtual | nobody  |
      | port3     | spare   | primary |
    And the secondary shows these failover actions
      | interface | action | address |
      | port3     | add    | spare   |
    When an operator forces a failover on the primary
    Then the secondary becomes effective primary
    And the primary becomes effective secondary
    And these shared addresses are held
      | interface | address | holder    |
      | port3     | virtual | nobody    |
      | port3     | spare   | secondary |

  @HA-155.a
  Scenario: an action that changes from add to set is in force at once
    Given a healthy active-passive pair with the failover action add
    When an operator enters these failover actions on the primary
      | interface | action | address |
      | port3     | set    | virtual |
    Then the mail interface of the primary holds the virtual address only
    And the mail interface of the secondary holds its own address only

  @HA-159.a @HA-159.b @HA-151
  Scenario: a secondary does not take over an address that has been taken away since
    Given a healthy active-passive pair with the failover action set
    When an operator enters these failover actions on the primary
      | interface | action | address |
      | port3     | ignore | none    |
    Then the mail interface of the primary holds its own address only
    And the secondary shows these failover actions
      | interface | action | address |
      | port3     | ignore | none    |
    When an operator forces a failover on the primary
    Then the secondary becomes effective primary
    And the primary becomes effective secondary
    And the mail interface of the secondary holds its own address only

  @HA-159.a @HA-159.b
  Scenario: what is changed while the secondary leads is kept when the primary has its role back
    Given a healthy active-passive pair
    And an operator has forced a failover on the primary
    When an operator enters these failover actions on the secondary
      | interface | action | address |
      | port3     | add    | spare   |
    Then the primary shows these failover actions
      | interface | action | address |
      | port3     | add    | spare   |
    When an operator restores the configured mode on the primary
    Then the primary becomes effective primary
    And the secondary becomes effective secondary
    And these shared addresses are held
      | interface | address | holder  |
      | port3     | virtual | nobody  |
      | port3     | spare   | primary |

  @HA-166.a @HA-166.b
  Scenario: the plan of six ports shares port3 alone
    Given a healthy active-passive pair with these failover actions
      | interface | action | address |
      | port1     | ignore | none    |
      | port2     | ignore | none    |
      | port3     | set    | virtual |
      | port4     | ignore | none    |
      | port5     | ignore | none    |
      | port6     | ignore | none    |
    Then only the primary holds the virtual address
    And the virtual address answers from the primary
    And the interface port1 of each unit holds its own address only
    And the interface port5 of each unit holds its own address only
    And the interface port6 of each unit holds its own address only

  @HA-166.a @HA-166.b
  Scenario: the plan of six ports shares port3 alone, also when the roles are switched
    Given a healthy active-passive pair with these failover actions
      | interface | action | address |
      | port1     | ignore | none    |
      | port2     | ignore | none    |
      | port3     | set    | virtual |
      | port4     | ignore | none    |
      | port5     | ignore | none    |
      | port6     | ignore | none    |
    And an operator has forced a failover on the primary
    Then only the secondary holds the virtual address
    And the virtual address answers from the secondary
    And the interface port1 of each unit holds its own address only
    And the interface port5 of each unit holds its own address only
    And the interface port6 of each unit holds its own address only

  @HA-166.a @HA-166.b @HA-166.c @HA-166.d
  Scenario: in the example plan port6 and port5 carry the heartbeat, and all ports but port3 are ignored
    Given a healthy active-passive pair with these failover actions
      | interface | action | address |
      | port1     | ignore | none    |
      | port2     | ignore | none    |
      | port3     | set    | virtual |
      | port4     | ignore | none    |
      | port5     | ignore | none    |
      | port6     | ignore | none    |
    Then each unit shows these failover actions
      | interface | action | address |
      | port3     | set    | virtual |
    And the mail interface of the primary holds the virtual address only
    And each unit answers its operator at its own address
    And each unit shows these interface settings
      | interface | setting          | value     |
      | port6     | heartbeat-status | primary   |
      | port5     | heartbeat-status | secondary |
    When an operator changes a synchronized setting on the primary
    Then the changed setting is on the secondary
    And configuration synchronization has used the primary heartbeat link only
    And the secondary heartbeat link carries heartbeats both ways

  @HA-153.a @HA-159.a @HA-163
  Scenario Outline: several shared interfaces move together, each by its own action, beside set the other <action>
    Given a healthy active-passive pair with a single heartbeat link and these failover actions
      | interface | action | address |
      | port3     | set    | virtual |
      | port5     | <action> | spare   |
    Then these shared addresses are held
      | interface | address | holder  |
      | port3     | virtual | primary |
      | port5     | spare   | primary |
    When an operator forces a failover on the primary
    Then the secondary becomes effective primary
    And the primary becomes effective secondary
    And these shared addresses are held
      | interface | address | holder    |
      | port3     | virtual | secondary |
      | port5     | spare   | secondary |

    Examples:
      | action |
      | add    |
      | set    |

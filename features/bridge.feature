Feature: The Layer 2 bridge of transparent mode
  With the failover action bridge a port belongs to its unit's bridge only while the unit is effective primary. The
  secondary's port is inactive, so that the two bridges between the same networks never make a loop.

  Background:
    Given two units in transparent mode

  @HA-157
  Scenario: frames cross the bridge of the effective primary alone
    Given a healthy active-passive pair with these failover actions
      | interface | action | address |
      | port2     | bridge | none    |
      | port4     | bridge | none    |
    Then the bridges have these ports
      | unit      | ports        |
      | primary   | port2, port4 |
      | secondary | none         |
    And frames cross through the primary alone, and never twice

  @HA-157 @HA-159.b
  Scenario: the bridge moves with the role, and never makes a loop
    Given a healthy active-passive pair with these failover actions
      | interface | action | address | form   |
      | port2     | bridge | none    | flat   |
      | port4     | bridge | none    | nested |
    When an operator forces a failover on the primary
    Then frames cross through the secondary alone, and never twice
    And the secondary becomes effective primary
    And the primary becomes effective secondary
    And the bridges have these ports
      | unit      | ports        |
      | primary   | none         |
      | secondary | port2, port4 |

  @HA-157
  Scenario: a unit that lost its power is taken over, and its bridge stays out when it is back
    Given a healthy active-passive pair with these failover actions
      | interface | action | address |
      | port2     | bridge | none    |
      | port4     | bridge | none    |
    And a detection time of 2 seconds
    And on-failure set to become-secondary
    And the primary has lost power
    And the secondary has become effective primary
    And frames have crossed through the secondary alone, and never twice
    When the primary starts again
    Then the primary becomes effective secondary
    And frames cross through the secondary alone, and never twice

  @HA-157
  Scenario: a port that an operator takes out of the bridge passes nothing on
    Given a healthy active-passive pair with these failover actions
      | interface | action | address |
      | port2     | bridge | none    |
      | port4     | bridge | none    |
    When an operator enters these failover actions on the primary
      | interface | action | address |
      | port4     | ignore | none    |
    Then the bridges have these ports
      | unit      | ports |
      | primary   | port2 |
      | secondary | none  |
    And no frame crosses

  @HA-157
  Scenario: a port that an operator puts into the bridge of a running pair is in that of the primary alone
    Given a healthy active-passive pair with these failover actions
      | interface | action | address |
      | port2     | bridge | none    |
    When an operator enters these failover actions on the primary
      | interface | action | address |
      | port4     | bridge | none    |
    Then the bridges have these ports
      | unit      | ports        |
      | primary   | port2, port4 |
      | secondary | none         |
    And frames cross through the primary alone, and never twice

  @HA-157
  Scenario: a secondary that leaves the group makes no loop
    Given a healthy active-passive pair with these failover actions
      | interface | action | address |
      | port2     | bridge | none    |
      | port4     | bridge | none    |
    And the bridges have these ports
      | unit      | ports        |
      | primary   | port2, port4 |
      | secondary | none         |
    When an operator sets the mode to off on the secondary
    Then the secondary becomes effective off
    And frames cross through the primary alone, and never twice

  @HA-161.a @HA-161.b @HA-157
  Scenario: a bridged port has no virtual address
    When an operator enters these failover actions on the primary
      | interface | action | address |
      | port4     | bridge | none    |
    Then the primary refuses these interface settings
      | interface | setting     | value              |
      | port4     | virtual-ip  | spare              |
      | port4     | virtual-ip6 | 2001:db8:4::100/64 |

Feature: A pair whose units have restarted
  After a planned restart, and after a restart of HA, each unit holds all that it shares, and is as watchful as it was.

  @HA-101 @HA-104 @HA-113.a @HA-163 @HA-164
  Scenario: a secondary on which an operator has restarted HA twice takes over on time
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And an operator has restarted HA on the secondary
    And the secondary has become effective secondary
    And an operator has restarted HA on the secondary
    And the secondary has become effective secondary
    And the pair has been left alone for 2 seconds
    When the primary loses power
    Then the secondary becomes effective primary when the detection time has passed
    And only the secondary holds the virtual address
    And the secondary announces the virtual address
    And the virtual address answers from the secondary

  @HA-113.b @HA-153.a @HA-154 @HA-163
  Scenario Outline: a primary that an operator <restarts> holds both virtual addresses again, and gives both up with its role
    Given a healthy active-passive pair with a virtual IPv6 address
    And only the primary holds the virtual IPv6 address
    When an operator <restarts> the primary
    Then the secondary becomes effective hold-off
    And the primary becomes effective primary
    And the secondary becomes effective secondary
    And only the primary holds the virtual address
    And only the primary holds the virtual IPv6 address
    And the primary announces the virtual address
    And the primary announces the virtual IPv6 address
    And the virtual IPv6 address answers from the primary
    When an operator forces a failover on the primary
    Then the secondary becomes effective primary
    And the primary becomes effective secondary
    And only the secondary holds the virtual IPv6 address
    And the mail interface of the primary holds its own address only

    Examples:
      | restarts |
      | reboots  |
      | reloads  |

  @HA-155.a @HA-156 @HA-163
  Scenario Outline: a primary that an operator <restarts> holds each of two shared addresses by its own action
    Given a healthy active-passive pair with a single heartbeat link
    And an operator has entered these failover actions on the primary
      | interface | action | address |
      | port3     | set    | virtual |
      | port5     | add    | spare   |
    And the secondary shows these failover actions
      | interface | action | address |
      | port3     | set    | virtual |
      | port5     | add    | spare   |
    When an operator <restarts> the primary
    Then the secondary becomes effective hold-off
    And the primary becomes effective primary
    And the secondary becomes effective secondary
    And the mail interface of the primary holds the virtual address only
    And these shared addresses are held
      | interface | address | holder  |
      | port3     | virtual | primary |
      | port5     | spare   | primary |
    And the units show equal checksums
    When an operator forces a failover on the primary
    Then the secondary becomes effective primary
    And the primary becomes effective secondary
    And the mail interface of the primary holds its own address only
    And these shared addresses are held
      | interface | address | holder    |
      | port3     | virtual | secondary |
      | port5     | spare   | secondary |

    Examples:
      | restarts |
      | reboots  |
      | upgrades |

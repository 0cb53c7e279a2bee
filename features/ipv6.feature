Feature: A shared IPv6 address
  An interface may share an IPv6 address (virtual-ip6) beside its IPv4 one, or alone. It follows the failover action like
  the other: the effective primary holds it, and nobody else.

  @HA-163 @HA-153.a @HA-153.b
  Scenario: in a healthy pair the effective primary alone holds the virtual IPv6 address
    Given a healthy active-passive pair with a virtual IPv6 address
    Then only the primary holds the virtual IPv6 address
    And the mail interface of the primary holds its own and the virtual addresses of both families
    And the mail interface of the secondary holds its own address only
    And the virtual IPv6 address answers from the primary

  @HA-112
  Scenario: the new primary takes the virtual IPv6 address when the detection time has passed
    Given a healthy active-passive pair with a virtual IPv6 address
    And a detection time of 2 seconds
    When the primary loses power
    Then the secondary takes the virtual IPv6 address when the detection time has passed
    And the secondary becomes effective primary
    And the virtual IPv6 address answers from the secondary

  @HA-113.a
  Scenario: the new primary announces the virtual IPv6 address to its neighbours
    Given a healthy active-passive pair with a virtual IPv6 address
    And the virtual IPv6 address answers from the primary
    When an operator forces a failover on the primary
    Then the secondary announces the virtual IPv6 address
    And the secondary becomes effective primary
    And the primary becomes effective secondary

  @HA-113.b
  Scenario: the new primary announces each of the two addresses that it takes
    Given a healthy active-passive pair with a virtual IPv6 address
    When an operator forces a failover on the primary
    Then the secondary announces the virtual address
    And the secondary announces the virtual IPv6 address
    And the secondary becomes effective primary
    And the primary becomes effective secondary

  @HA-114 @HA-164
  Scenario: a client of the virtual IPv6 address reaches the new primary
    Given a healthy active-passive pair with a virtual IPv6 address
    And the virtual IPv6 address answers from the primary
    And an operator has forced a failover on the primary
    And the virtual IPv6 address answers from the secondary
    When a client sends a message to the virtual IPv6 address
    Then the message is accepted
    And each accepted message is delivered exactly once
    And the virtual IPv6 address answers from the secondary

  @HA-154
  Scenario: with add a unit that is no longer primary has given both virtual addresses up
    Given a healthy active-passive pair with the failover action add and a virtual IPv6 address
    When an operator forces a failover on the primary
    Then the secondary becomes effective primary
    And the primary becomes effective secondary
    And only the secondary holds the virtual IPv6 address
    And the mail interface of the primary holds its own address only

  @HA-311.b @HA-336.b
  Scenario Outline: with <on-failure> a primary that is <mode> has given both virtual addresses up
    Given a healthy active-passive pair with a virtual IPv6 address
    And a detection time of 3 seconds
    And on-failure set to <on-failure>
    And each unit monitors its mail interface
    When the mail cable of the primary is pulled
    Then the primary becomes effective <mode>
    And the secondary becomes effective primary
    And only the secondary holds the virtual address
    And only the secondary holds the virtual IPv6 address

    Examples:
      | on-failure       | mode   |
      | become-secondary | failed |
      | off              | off    |

  @HA-114 @HA-164
  Scenario: when a split is cured, clients of either virtual address reach the unit that stays primary
    Given a healthy active-passive pair with a virtual IPv6 address
    And a detection time of 2 seconds
    And both heartbeat links have fallen silent
    And the secondary has become effective primary
    And the virtual IPv6 address answers from the secondary
    And the virtual address answers from the secondary
    And both heartbeat links are whole again
    When an operator restores the configured mode on the secondary
    Then the secondary becomes effective secondary
    And the virtual address answers from the primary
    And the virtual IPv6 address answers from the primary

  @HA-155.a @HA-156
  Scenario: with set each virtual address stands in place of the own address of its kind
    Given a healthy active-passive pair with the failover action set and a virtual IPv6 address
    When an operator forces a failover on the primary
    Then the secondary becomes effective primary
    And the primary becomes effective secondary
    And the mail interface of the secondary holds the virtual addresses of both families only
    And the mail interface of the primary holds its own address only

  @HA-159.b @HA-160
  Scenario: a virtual IPv6 address that was entered on the primary serves the secondary as well
    Given a healthy active-passive pair with a virtual IPv6 address
    And a detection time of 2 seconds
    And the secondary shows these interface settings
      | interface | setting     | value        |
      | mail      | virtual-ip6 | virtual IPv6 |
    When the primary loses power
    Then the secondary becomes effective primary
    And the virtual IPv6 address answers from the secondary

  @HA-112 @HA-153.a
  Scenario: a virtual IPv6 address needs no virtual IPv4 address
    Given a healthy active-passive pair with a virtual IPv6 address only
    And an operator has forced a failover on the primary
    Then only the secondary holds the virtual IPv6 address
    And no unit holds the virtual address
    And the virtual IPv6 address answers from the secondary

  @HA-112 @HA-163
  Scenario: a virtual IPv4 address comes without a virtual IPv6 address
    Given a healthy active-passive pair
    And an operator has forced a failover on the primary
    Then only the secondary holds the virtual address
    And no unit holds the virtual IPv6 address
    And the primary shows these interface settings
      | interface | setting     | value |
      | mail      | virtual-ip6 | ::/0  |

  @HA-161.b
  Scenario: with ignore there is no virtual IPv6 address
    Given a healthy active-passive pair with a virtual IPv6 address
    When an operator enters these failover actions on the primary
      | interface | action | address |
      | port3     | ignore | none    |
    Then no unit holds the virtual IPv6 address
    And the primary refuses these interface settings
      | interface | setting     | value              |
      | mail      | virtual-ip6 | 2001:db8:3::100/64 |

  @HA-757.a
  Scenario: a malformed IPv6 address is refused and changes nothing
    Given a healthy active-passive pair with a virtual IPv6 address
    Then the primary refuses these interface settings
      | interface         | setting     | value             |
      | mail              | virtual-ip6 | 2001:db8::g/64    |
      | mail              | virtual-ip6 | 2001:db8::100     |
      | mail              | virtual-ip6 | 2001:db8::100/129 |
      | mail              | virtual-ip6 | ff02::1/64        |
      | mail              | virtual-ip6 | 10.0.3.100/24     |
      | primary heartbeat | peer-ip6    | 1::2::3           |
      | primary heartbeat | peer-ip6    | 2001:db8::1/64    |
    And only the primary holds the virtual IPv6 address
    And the virtual IPv6 address answers from the primary

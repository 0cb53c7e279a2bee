Feature: Addresses that are shared since the pair runs
  What an operator adds to the shared addresses, or changes of them, is in force at once, and moves with the role as if it
  had always been shared: who leads holds, announces and answers on it, and who led before has given it up.

  @HA-113.a @HA-113.c @HA-153.a @HA-163 @HA-164
  Scenario Outline: after the command <order>, an address that comes with <action> in place of <before> is the <follower>'s when it takes over
    Given a healthy active-passive pair with these failover actions
      | interface | action   | address |
      | port3     | <before> | <old>   |
    And a detection time of 3 seconds
    And an operator has entered the command <order> on the primary
    And the command has been carried out
    And an operator has entered these failover actions on the <leader>
      | interface | action   | address |
      | port3     | <action> | virtual |
    And only the <leader> holds the virtual address
    And the <follower> shows these failover actions
      | interface | action   | address |
      | port3     | <action> | virtual |
    When the <leader> loses power
    Then the <follower> becomes effective primary when the detection time has passed
    And only the <follower> holds the virtual address
    And the <follower> announces the virtual address
    And the virtual address answers from the <follower>

    Examples:
      | order    | before | old   | action | leader    | follower  |
      | restore  | ignore | none  | add    | primary   | secondary |
      | restore  | add    | spare | set    | primary   | secondary |
      | failover | add    | spare | add    | secondary | primary   |
      | failover | ignore | none  | set    | secondary | primary   |

  @HA-113.b @HA-153.a @HA-154 @HA-163 @HA-164
  Scenario Outline: after the command <order>, a virtual IPv6 address that is added on the <leader> moves along with the IPv4 one, and back
    Given a healthy active-passive pair
    And an operator has entered the command <order> on the primary
    And the command has been carried out
    And an operator has entered these interface settings on the <leader>
      | interface | setting     | value        |
      | mail      | virtual-ip6 | virtual IPv6 |
    And only the <leader> holds the virtual IPv6 address
    And the virtual IPv6 address answers from the <leader>
    And the <follower> shows these interface settings
      | interface | setting     | value        |
      | mail      | virtual-ip6 | virtual IPv6 |
    When an operator forces a failover on the <leader>
    Then the <follower> becomes effective primary
    And the <leader> becomes effective secondary
    And the <follower> announces the virtual address
    And the <follower> announces the virtual IPv6 address
    And only the <follower> holds the virtual IPv6 address
    And the mail interface of the <leader> holds its own address only
    And the virtual IPv6 address answers from the <follower>
    When an operator forces a failover on the <leader>
    Then the <leader> becomes effective primary
    And the <follower> becomes effective secondary
    And the <leader> announces the virtual address
    And the <leader> announces the virtual IPv6 address
    And only the <leader> holds the virtual IPv6 address
    And the mail interface of the <follower> holds its own address only
    And the virtual IPv6 address answers from the <leader>

    Examples:
      | order    | leader    | follower  |
      | restore  | primary   | secondary |
      | failover | secondary | primary   |

  @HA-155.a @HA-156 @HA-163
  Scenario Outline: after the command <order>, either unit holds both addresses in place of its own when add has become set on the <leader>
    Given a healthy active-passive pair with a virtual IPv6 address
    And an operator has entered the command <order> on the primary
    And the command has been carried out
    And an operator has entered these failover actions on the <leader>
      | interface | action | address |
      | port3     | set    | virtual |
    And an operator has entered these interface settings on the <leader>
      | interface | setting     | value        |
      | mail      | virtual-ip6 | virtual IPv6 |
    And the mail interface of the <leader> holds the virtual addresses of both families only
    And the <follower> shows these failover actions
      | interface | action | address |
      | port3     | set    | virtual |
    And the <follower> shows these interface settings
      | interface | setting     | value        |
      | mail      | virtual-ip6 | virtual IPv6 |
    When an operator forces a failover on the <follower>
    Then the <follower> becomes effective primary
    And the <leader> becomes effective secondary
    And the mail interface of the <follower> holds the virtual addresses of both families only
    And the mail interface of the <leader> holds its own address only
    And the <follower> announces the virtual address
    And the <follower> announces the virtual IPv6 address

    Examples:
      | order    | leader    | follower  |
      | restore  | primary   | secondary |
      | failover | secondary | primary   |

  @HA-153.a @HA-154 @HA-163
  Scenario Outline: after the command <order>, a second interface that is shared since the <leader> leads moves with the first, and back
    Given a healthy active-passive pair with a single heartbeat link
    And an operator has entered the command <order> on the primary
    And the command has been carried out
    And an operator has entered these failover actions on the <leader>
      | interface | action   | address |
      | port5     | <action> | spare   |
    And these shared addresses are held
      | interface | address | holder   |
      | port3     | virtual | <leader> |
      | port5     | spare   | <leader> |
    And the <follower> shows these failover actions
      | interface | action   | address |
      | port3     | add      | virtual |
      | port5     | <action> | spare   |
    When an operator forces a failover on the <leader>
    Then the <follower> becomes effective primary
    And the <leader> becomes effective secondary
    And these shared addresses are held
      | interface | address | holder     |
      | port3     | virtual | <follower> |
      | port5     | spare   | <follower> |
    And the interface port5 of the <leader> holds its own address only
    When an operator forces a failover on the <leader>
    Then the <leader> becomes effective primary
    And the <follower> becomes effective secondary
    And these shared addresses are held
      | interface | address | holder   |
      | port3     | virtual | <leader> |
      | port5     | spare   | <leader> |
    And the interface port5 of the <follower> holds its own address only

    Examples:
      | order    | action | leader    | follower  |
      | restore  | set    | primary   | secondary |
      | failover | add    | secondary | primary   |

  @HA-153.a @HA-159.a @HA-159.b @HA-163
  Scenario: with add an address that is given another mask is held with that, by either unit
    Given a healthy active-passive pair
    When an operator enters these failover actions on the primary
      | interface | action | address    |
      | port3     | add    | virtual/25 |
    Then these shared addresses are held
      | interface | address    | holder  |
      | port3     | virtual    | nobody  |
      | port3     | virtual/25 | primary |
    And the secondary shows these failover actions
      | interface | action | address    |
      | port3     | add    | virtual/25 |
    When an operator forces a failover on the primary
    Then the secondary becomes effective primary
    And the primary becomes effective secondary
    And these shared addresses are held
      | interface | address    | holder    |
      | port3     | virtual    | nobody    |
      | port3     | virtual/25 | secondary |

  @HA-159.a @HA-159.b @HA-163
  Scenario: an address that is given to another interface is held there and no longer here, by either unit
    Given a healthy active-passive pair with a single heartbeat link
    When an operator enters these failover actions on the primary
      | interface | action | address |
      | port3     | ignore | none    |
      | port5     | add    | virtual |
    Then these shared addresses are held
      | interface | address | holder  |
      | port3     | virtual | nobody  |
      | port5     | virtual | primary |
    And the secondary shows these failover actions
      | interface | action | address |
      | port5     | add    | virtual |
    When an operator forces a failover on the primary
    Then the secondary becomes effective primary
    And the primary becomes effective secondary
    And these shared addresses are held
      | interface | address | holder    |
      | port3     | virtual | nobody    |
      | port5     | virtual | secondary |

  @HA-159.a @HA-159.b @HA-163
  Scenario: a virtual IPv6 address that another one replaces is held by no unit, whoever leads, until it is entered again
    Given a healthy active-passive pair with a virtual IPv6 address
    And only the primary holds the virtual IPv6 address
    When an operator enters these interface settings on the primary
      | interface | setting     | value              |
      | mail      | virtual-ip6 | 2001:db8:3::177/64 |
    Then no unit holds the virtual IPv6 address
    And only the primary holds the virtual address
    When an operator changes a synchronized setting on the primary
    Then the changed setting is on the secondary
    And the secondary shows these interface settings
      | interface | setting     | value              |
      | mail      | virtual-ip6 | 2001:db8:3::177/64 |
    When an operator forces a failover on the primary
    Then the secondary becomes effective primary
    And the primary becomes effective secondary
    And no unit holds the virtual IPv6 address
    When an operator enters these interface settings on the secondary
      | interface | setting     | value        |
      | mail      | virtual-ip6 | virtual IPv6 |
    Then only the secondary holds the virtual IPv6 address

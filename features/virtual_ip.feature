Feature: Failover actions and virtual addresses as an operator enters them
  An operator enters failover actions on the primary, in the flat or in the nested form; the secondary gets them by
  synchronization and keeps them for its turn as primary.

  @HA-150
  Scenario Outline: an interface has the action ignore-vip until an operator gives it another
    Given two units with factory settings
    Then the <unit> shows these interface settings
      | interface | setting | value      |
      | port1     | status  | ignore-vip |
      | port3     | status  | ignore-vip |
      | port6     | status  | ignore-vip |
    And the <unit> shows these failover actions
      | interface | action | address |
      | port3     | ignore | none    |

    Examples:
      | unit      |
      | primary   |
      | secondary |

  @HA-162
  Scenario: the virtual address is all zero until an operator enters one
    Given two units with factory settings
    When an operator enters these interface settings on the primary
      | interface | setting | value   |
      | port3     | status  | use-vip |
    Then the primary shows these interface settings
      | interface | setting    | value |
      | port3     | virtual-ip | none  |

  @HA-161.a @HA-161.b
  Scenario Outline: a virtual address can be set only while the action calls for one
    Given two units with factory settings
    Then the primary refuses these interface settings
      | interface | setting   | value     |
      | port3     | <setting> | <address> |
    When an operator enters these interface settings on the primary
      | interface | setting   | value     |
      | port3     | status    | use-vip   |
      | port3     | <setting> | <address> |
    Then the primary shows these interface settings
      | interface | setting   | value     |
      | port3     | <setting> | <address> |

    Examples:
      | setting     | address            |
      | virtual-ip  | virtual            |
      | virtual-ip6 | 2001:db8:3::100/64 |

  @HA-158.a
  Scenario: a failover action takes an interface, an action and an address with its mask, and nothing else
    Given a healthy active-passive pair
    Then the primary refuses these failover actions
      | interface | action | address                |
      | port9     | add    | 10.0.3.150/24          |
      | port3     | lend   | spare                  |
      | port3     | add    |                        |
      | port3     | add    | none                   |
      | port3     | set    | 10.0.3.150             |
      | port3     | set    | 10.0.3.350/24          |
      | port3     | add    | 10.0.3.150/33          |
      | port3     | add    | 10.0.3.150 255.0.255.0 |
      | port3     | add    | 2001:db8:3::150/64     |
    And the primary shows these failover actions
      | interface | action | address |
      | port3     | add    | virtual |

  @HA-158.b @HA-159.a
  Scenario: an action without an address is entered with an all-zero one, and no unit holds the old one any more
    Given a healthy active-passive pair
    When an operator enters these failover actions on the primary
      | interface | action | address |
      | port3     | ignore | none    |
    Then the secondary shows these failover actions
      | interface | action | address |
      | port3     | ignore | none    |
    And these shared addresses are held
      | interface | address | holder |
      | port3     | virtual | nobody |

  @HA-157
  Scenario: outside transparent mode no port can be bridged
    Given two units with factory settings
    Then the primary refuses these failover actions
      | interface | action | address |
      | port4     | bridge | none    |
    And the primary refuses these interface settings
      | interface | setting | value         |
      | port4     | status  | add-to-bridge |

  @HA-159.b @HA-153.a @HA-153.b
  Scenario Outline: both forms say the same and have the same effect
    Given a healthy active-passive pair with these failover actions
      | interface | action | address | form   |
      | port3     | add    | virtual | <form> |
    Then the primary shows these interface settings
      | interface | setting    | value   |
      | port3     | status     | use-vip |
      | port3     | virtual-ip | virtual |
    And the primary shows these failover actions
      | interface | action | address |
      | port3     | add    | virtual |
    When an operator forces a failover on the primary
    Then the secondary becomes effective primary
    And the primary becomes effective secondary
    And the mail interface of the secondary holds its own and the virtual address

    Examples:
      | form   |
      | flat   |
      | nested |

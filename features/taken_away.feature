Feature: A copy of what is no longer there
  The secondary ends with the primary's settings, and with no others: also a value that was unset in an entry, and the last
  entry of a table, are gone from it, however they reach it.

  @HA-350.a
  Scenario Outline: after the command <order>, what is taken away on the <leader> piece by piece is gone from the <follower>
    Given a healthy active-passive pair
    And an operator has entered the command <order> on the primary
    And the command has been carried out
    And an operator has entered these alert recipients on the <leader>
      | recipient | comment     |
      | first     | night watch |
      | second    | day watch   |
    And the <follower> shows these alert recipients
      | recipient | comment     |
      | first     | night watch |
      | second    | day watch   |
    When an operator enters these alert recipients on the <leader>
      | recipient | comment |
      | first     | unset   |
    Then the <follower> shows these alert recipients
      | recipient | comment   |
      | first     | none      |
      | second    | day watch |
    When an operator enters these alert recipients on the <leader>
      | recipient | comment |
      | second    | deleted |
    Then the <follower> shows these alert recipients
      | recipient | comment |
      | first     | none    |
    When an operator enters these alert recipients on the <leader>
      | recipient | comment |
      | first     | deleted |
    Then each unit shows these alert recipients
      | recipient | comment |
      | first     | gone    |
      | second    | gone    |

    Examples:
      | order    | leader    | follower  |
      | restore  | primary   | secondary |
      | failover | secondary | primary   |

  @HA-350.a @HA-378
  Scenario Outline: what the <leader> takes away at once while the <follower> is away is gone from it when it is back
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And an operator has entered the command <order> on the primary
    And the command has been carried out
    And an operator has changed a synchronized setting on the <leader>
    And an operator has entered these alert recipients on the <leader>
      | recipient | comment     |
      | first     | night watch |
      | second    | day watch   |
      | third     | late watch  |
    And the <follower> shows these alert recipients
      | recipient | comment     |
      | first     | night watch |
      | second    | day watch   |
      | third     | late watch  |
    And the <follower> has lost power
    And an operator has cleared the changed setting on the <leader>
    And an operator has entered these alert recipients on the <leader>
      | recipient | comment |
      | first     | unset   |
      | second    | deleted |
      | third     | <third> |
    When the <follower> starts again
    Then the <follower> becomes effective secondary
    And the changed setting is gone from each unit
    And each unit shows these alert recipients
      | recipient | comment |
      | first     | none    |
      | third     | none    |

    Examples:
      | order    | third | leader    | follower  |
      | restore  | unset | primary   | secondary |
      | failover | unset | secondary | primary   |

  @HA-159.a @HA-160 @HA-350.a @HA-378
  Scenario Outline: what the <leader> took away before it was rebooted, while the <follower> was away, is gone from it when it is back
    Given a healthy active-passive pair with a virtual IPv6 address
    And a detection time of 3 seconds
    And an operator has entered the command <order> on the primary
    And the command has been carried out
    And an operator has changed a synchronized setting on the <leader>
    And an operator has entered these failover actions on the <leader>
      | interface | action | address |
      | port5     | add    | spare   |
    And an operator has entered these alert recipients on the <leader>
      | recipient | comment     |
      | first     | night watch |
      | second    | day watch   |
    And the <follower> shows these alert recipients
      | recipient | comment     |
      | first     | night watch |
      | second    | day watch   |
    And the <follower> has lost power
    And an operator has cleared the changed setting on the <leader>
    And an operator has entered these alert recipients on the <leader>
      | recipient | comment |
      | first     | unset   |
      | second    | deleted |
    And an operator has entered these failover actions on the <leader>
      | interface | action | address |
      | port5     | ignore | none    |
    And an operator has entered these interface settings on the <leader>
      | interface | setting     | value |
      | mail      | virtual-ip6 | unset |
    When an operator reboots the <leader>
    Then the <leader> becomes effective primary
    When the <follower> starts again
    Then the <follower> becomes effective secondary
    And the changed setting is gone from each unit
    And each unit shows these alert recipients
      | recipient | comment |
      | first     | none    |
      | second    | gone    |
    And the <follower> shows these failover actions
      | interface | action | address |
      | port3     | add    | virtual |
    When an operator forces a failover on the <leader>
    Then the <follower> becomes effective primary
    And the <leader> becomes effective secondary
    And the mail interface of the <follower> holds its own and the virtual address

    Examples:
      | order    | leader    | follower  |
      | restore  | primary   | secondary |
      | failover | secondary | primary   |

  @HA-350.a @HA-378
  Scenario: nothing is left on the secondary of what the primary took away while the secondary was not in the group
    Given a healthy active-passive pair
    And an operator has changed a synchronized setting on the primary
    And an operator has entered these alert recipients on the primary
      | recipient | comment     |
      | first     | night watch |
      | second    | unset       |
    And the secondary shows these alert recipients
      | recipient | comment     |
      | first     | night watch |
      | second    | none        |
    And an operator has set the mode to off on the secondary
    And the secondary has become effective off
    And an operator has cleared the changed setting on the primary
    And an operator has entered these alert recipients on the primary
      | recipient | comment |
      | first     | deleted |
      | second    | deleted |
    When an operator sets the mode to secondary on the secondary
    Then the secondary becomes effective secondary
    And the changed setting is gone from each unit
    And each unit shows these alert recipients
      | recipient | comment |
      | first     | gone    |
      | second    | gone    |

  @HA-353.b
  Scenario: what could not be taken away at once is gone from the secondary by itself when the links are whole again
    Given a healthy active-passive pair
    And an operator has entered these alert recipients on the primary
      | recipient | comment     |
      | first     | night watch |
      | second    | day watch   |
    And the secondary shows these alert recipients
      | recipient | comment     |
      | first     | night watch |
      | second    | day watch   |
    And both heartbeat links refuse configuration synchronization
    And an operator has entered these alert recipients on the primary
      | recipient | comment |
      | first     | deleted |
      | second    | unset   |
    When both heartbeat links are whole again
    Then the secondary shows these alert recipients
      | recipient | comment |
      | second    | none    |
    And no unit has changed its role

  @HA-350.b
  Scenario: in a config-only group what is taken away on the primary is gone from the secondary
    Given a config-only group of a primary and a secondary
    And an operator has changed a synchronized setting on the primary
    And an operator has entered these alert recipients on the primary
      | recipient | comment     |
      | first     | night watch |
      | second    | day watch   |
    And the secondary shows these alert recipients
      | recipient | comment     |
      | first     | night watch |
      | second    | day watch   |
    When an operator enters these alert recipients on the primary
      | recipient | comment |
      | first     | unset   |
    Then the secondary shows these alert recipients
      | recipient | comment   |
      | first     | none      |
      | second    | day watch |
    When an operator enters these alert recipients on the primary
      | recipient | comment |
      | first     | deleted |
      | second    | deleted |
    Then each unit shows these alert recipients
      | recipient | comment |
      | first     | gone    |
      | second    | gone    |
    When an operator clears the changed setting on the primary
    Then the changed setting is gone from each unit

  @HA-159.a @HA-350.a
  Scenario Outline: a <setting> that is unset on the primary is unset on the secondary, and nobody holds the address
    Given a healthy active-passive pair
    And an operator has entered these interface settings on the primary
      | interface | setting   | value |
      | mail      | <setting> | unset |
    And the secondary shows these interface settings
      | interface | setting   | value   |
      | mail      | <setting> | <value> |
    And no unit holds the virtual address
    When an operator forces a failover on the primary
    Then the secondary becomes effective primary
    And the primary becomes effective secondary
    And no unit holds the virtual address

    Examples:
      | setting    | value      |
      | status     | ignore-vip |
      | virtual-ip | none       |

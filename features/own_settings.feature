Feature: Settings that each unit has for itself
  The configuration is copied from the primary to the secondary, but not what makes a unit the one that it is.

  @HA-358
  Scenario: a copy of the primary's settings leaves the secondary its host name
    Given a healthy active-passive pair
    And the first synchronization of the pair has ended
    And an operator has entered these settings on the secondary
      | object        | setting  | value        |
      | system global | hostname | mail-gateway |
    When an operator changes a synchronized setting on the primary
    Then the changed setting is on the secondary
    And the secondary shows these settings
      | object        | setting  | value        |
      | system global | hostname | mail-gateway |

  @HA-362
  Scenario: a copy of the primary's settings leaves each unit its SNMP system information
    Given a healthy active-passive pair
    And the first synchronization of the pair has ended
    And an operator has entered these settings on the primary
      | object              | setting     | value  |
      | system snmp sysinfo | contact     | anna   |
      | system snmp sysinfo | description | unit-1 |
      | system snmp sysinfo | location    | rack-1 |
    And an operator has entered these settings on the secondary
      | object              | setting     | value  |
      | system snmp sysinfo | contact     | bert   |
      | system snmp sysinfo | description | unit-2 |
      | system snmp sysinfo | location    | rack-2 |
    When an operator changes a synchronized setting on the primary
    Then the changed setting is on the secondary
    And the secondary shows these settings
      | object              | setting     | value  |
      | system snmp sysinfo | contact     | bert   |
      | system snmp sysinfo | description | unit-2 |
      | system snmp sysinfo | location    | rack-2 |

  @HA-359
  Scenario: an address that is given to an interface of the primary is in force there, and not copied
    Given a healthy active-passive pair
    And the first synchronization of the pair has ended
    When an operator enters these settings on the primary
      | object           | entry | setting | value |
      | system interface | mail  | ip      | spare |
    And an operator changes a synchronized setting on the primary
    Then the changed setting is on the secondary
    And the primary shows these settings
      | object           | entry             | setting | value   |
      | system interface | mail              | ip      | spare   |
      | system interface | primary heartbeat | ip      | its own |
    And the secondary shows these settings
      | object           | entry | setting | value   |
      | system interface | mail  | ip      | its own |
    And no unit answers on the primary's own mail address
    And the virtual address answers from the primary
    When an operator enters these settings on the primary
      | object           | entry | setting | value |
      | system interface | mail  | ip      | unset |
    Then the primary's own mail address answers from the primary
    And the mail interface of the primary holds its own and the virtual address

  @HA-358 @HA-359
  Scenario: a copy of the settings of a config-only primary leaves its secondary its host name and its addresses
    Given a config-only group of a primary and a secondary
    And an operator has entered these settings on the secondary
      | object        | setting  | value        |
      | system global | hostname | mail-gateway |
    And an operator has entered these settings on the primary
      | object        | setting  | value         |
      | system global | hostname | other-gateway |
    When an operator enters these settings on the primary
      | object           | entry | setting | value        |
      | system interface | port4 | ip      | 10.0.4.77/24 |
    And an operator changes a synchronized setting on the primary
    Then the changed setting is on the secondary
    And the secondary shows these settings
      | object        | setting  | value        |
      | system global | hostname | mail-gateway |
    And the secondary shows these settings
      | object           | entry | setting | value   |
      | system interface | mail  | ip      | its own |

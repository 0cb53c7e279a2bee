Feature: The heartbeat and its ports
  Heartbeat checks are made once per second, whatever the detection time is. Heartbeat and synchronization use four
  consecutive ports, the first of which is the base port.

  @HA-052
  Scenario Outline: the heartbeat comes once per second, whatever the detection time is
    Given a healthy active-passive pair
    And a detection time of <seconds> seconds
    Then the <unit> hears a heartbeat once per second on each link

    Examples:
      | seconds | unit      |
      | 3       | secondary |
      | 15      | primary   |
      | 2       | primary   |
      | 60      | secondary |

  @HA-052
  Scenario: the heartbeat comes once per second when the roles have changed, and when the detection time does
    Given a healthy active-passive pair
    And a detection time of 4 seconds
    When an operator forces a failover on the primary
    Then the secondary becomes effective primary
    And the primary becomes effective secondary
    And the secondary hears a heartbeat once per second on each link
    And the primary hears a heartbeat once per second on each link
    When an operator sets the detection time to 40 seconds on each unit
    Then the secondary hears a heartbeat once per second on each link
    And the primary hears a heartbeat once per second on each link

  @HA-054.a
  Scenario: heartbeat and synchronization use four consecutive ports from the default base port
    Given a healthy active-passive pair
    And a message for the quarantine has been stored on the primary
    When an operator starts a synchronization on the primary
    Then the message reaches the quarantine of the secondary
    And the primary heartbeat link carries these ports and no others
      | use                           | port  |
      | heartbeat signal              | 20000 |
      | synchronization control       | 20001 |
      | data synchronization          | 20002 |
      | configuration synchronization | 20003 |

  @HA-055.a @HA-055.b
  Scenario: a group with another base port uses the ports from there, and none of the old ones
    Given a healthy active-passive pair with these settings
      | setting      | primary | secondary |
      | hb-base-port | 21000   | 21000     |
    And a message for the quarantine has been stored on the primary
    When an operator starts a synchronization on the primary
    Then the message reaches the quarantine of the secondary
    And the primary heartbeat link carries these ports and no others
      | use                           | port  |
      | heartbeat signal              | 21000 |
      | synchronization control       | 21001 |
      | data synchronization          | 21002 |
      | configuration synchronization | 21003 |

  @HA-056
  Scenario: units with different base ports do not hear each other
    Given two units configured as a pair with these settings
      | setting           | primary | secondary |
      | hb-base-port      | 20000   | 21000     |
      | hb-lost-threshold | 3       | 3         |
    Then no unit hears a heartbeat for the detection time
    And the primary becomes effective primary
    And the secondary becomes effective primary

  @HA-056
  Scenario Outline: units whose ports overlap, because their base ports are 20000 and <port>, do not hear each other
    Given two units configured as a pair with these settings
      | setting           | primary | secondary |
      | hb-base-port      | 20000   | <port>    |
      | hb-lost-threshold | 3       | 3         |
    Then no unit hears a heartbeat for the detection time
    And the primary becomes effective primary
    And the secondary becomes effective primary

    Examples:
      | port  |
      | 20001 |
      | 20003 |

  @HA-055.a @HA-055.b
  Scenario Outline: a group whose base port is <port> uses that port and the three after it
    Given a healthy active-passive pair with these settings
      | setting      | primary | secondary |
      | hb-base-port | <port>  | <port>    |
    And a message for the quarantine has been stored on the primary
    When an operator starts a synchronization on the primary
    Then the message reaches the quarantine of the secondary
    And the primary heartbeat link carries these ports and no others
      | use                           | port     |
      | heartbeat signal              | <port>   |
      | synchronization control       | <second> |
      | data synchronization          | <third>  |
      | configuration synchronization | <fourth> |

    Examples:
      | port  | second | third | fourth |
      | 65532 | 65533  | 65534 | 65535  |
      | 2005  | 2006   | 2007  | 2008   |

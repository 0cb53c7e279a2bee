Feature: Settings in both spellings
  What the flat keywords of system ha say is what the nested tables say: either shows what was entered in the other, and
  what is unset in one has its default in both.

  @HA-201 @HA-202 @HA-203
  Scenario: local monitoring is off until an operator wants it, but for the flat switch of interface monitoring
    Given two units with factory settings
    Then each unit shows these settings
      | service     | setting        | value   |
      | local-ports | status         | disable |
      | local-ports | check-interval | 120     |
      | local-ports | retries        | 3       |
      | local-hd    | status         | disable |
      | local-hd    | check-interval | 120     |
      | local-hd    | retries        | 3       |
    And each unit shows these settings
      | setting            | value              |
      | local-service      | PORTS 10 3 HD 10 3 |
      | network-intf-check | enable             |
      | hard-drives-check  | disable            |

  @HA-253
  Scenario Outline: <service> of the primary is not monitored until an operator wants it
    Given two units with factory settings
    Then each unit shows these settings
      | service   | setting        | value   |
      | <service> | status         | disable |
      | <service> | ip             | 0.0.0.0 |
      | <service> | port           | <port>  |
      | <service> | check-interval | 120     |
      | <service> | check-timeout  | 30      |
      | <service> | retries        | 3       |
    And each unit shows these settings
      | setting        | value     |
      | remote-service | not shown |

    Examples:
      | service     | port |
      | remote-smtp | 25   |
      | remote-pop  | 110  |
      | remote-http | 80   |
      | remote-imap | 143  |

  @HA-252
  Scenario Outline: a flat line for <word> sets all of <service>, and nothing of <other>
    Given two units with factory settings
    When an operator enters these settings on the primary
      | setting        | value                         |
      | remote-service | <word> 10.0.3.77 8025 60 20 5 |
    Then the primary shows these settings
      | service   | setting        | value     |
      | <service> | status         | enable    |
      | <service> | ip             | 10.0.3.77 |
      | <service> | port           | 8025      |
      | <service> | check-interval | 60        |
      | <service> | check-timeout  | 20        |
      | <service> | retries        | 5         |
      | <other>   | status         | disable   |
      | <other>   | ip             | 0.0.0.0   |
    And the primary shows these settings
      | setting        | value                         |
      | remote-service | <word> 10.0.3.77 8025 60 20 5 |
    When an operator enters these settings on the primary
      | service   | setting       | value |
      | <service> | check-timeout | 25    |
      | <other>   | retries       | 7     |
    Then the primary shows these settings
      | setting        | value                             |
      | remote-service | <word> 10.0.3.77 8025 60 25 5     |
      | remote-service | <second> 0.0.0.0 <port> 120 30 7  |
    When an operator enters these settings on the primary
      | setting        | value |
      | remote-service | unset |
    Then the primary shows these settings
      | setting        | value     |
      | remote-service | not shown |
    And the primary shows these settings
      | service   | setting | value   |
      | <service> | status  | disable |
      | <service> | ip      | 0.0.0.0 |
      | <other>   | retries | 3       |

    Examples:
      | word | service     | other       | second | port |
      | smtp | remote-smtp | remote-pop  | pop    | 110  |
      | pop  | remote-pop  | remote-imap | imap   | 143  |
      | imap | remote-imap | remote-http | http   | 80   |
      | http | remote-http | remote-smtp | smtp   | 25   |

  @HA-252
  Scenario: a flat line that lacks a part is refused
    Given two units with factory settings
    Then the primary refuses these settings
      | setting        | value                     |
      | remote-service | smtp 10.0.3.77 25 60 20   |
      | remote-service | smtp 10.0.3.77 25 60 20 5 9 |
      | remote-service | ftp 10.0.3.77 25 60 20 5  |

  @HA-265
  Scenario Outline: a flat line with <what> 0 turns that service's monitoring off, and no other
    Given two units with factory settings
    And an operator has entered these settings on the primary
      | setting        | value                        |
      | remote-service | smtp 10.0.3.77 2525 60 20 5  |
      | remote-service | pop 10.0.3.77 1110 60 20 5   |
    When an operator enters these settings on the primary
      | setting        | value  |
      | remote-service | <line> |
    Then the primary shows these settings
      | service     | setting | value   |
      | remote-smtp | status  | disable |
      | remote-pop  | status  | enable  |

    Examples:
      | what    | line                       |
      | wait    | smtp 10.0.3.77 2525 60 0 5 |
      | retries | smtp 10.0.3.77 2525 60 20 0 |

  @HA-265
  Scenario: a flat line with a 0 turns off the monitoring of POP3, IMAP and HTTP too
    Given two units with factory settings
    And an operator has entered these settings on the primary
      | setting        | value                         |
      | remote-service | smtp 10.0.3.77 2525 60 20 5   |
      | remote-service | pop 10.0.3.77 1110 60 20 5    |
      | remote-service | imap 10.0.3.77 1143 60 20 5   |
      | remote-service | http 10.0.3.77 8080 60 20 5   |
    When an operator enters these settings on the primary
      | setting        | value                         |
      | remote-service | pop 10.0.3.77 1110 60 0 5     |
      | remote-service | imap 10.0.3.77 1143 60 20 0   |
      | remote-service | http 10.0.3.77 8080 60 0 0    |
    Then the primary shows these settings
      | service     | setting | value   |
      | remote-smtp | status  | enable  |
      | remote-pop  | status  | disable |
      | remote-imap | status  | disable |
      | remote-http | status  | disable |

  @HA-202
  Scenario: a flat line for both local services is what the nested form says, and both defaults come back when it is unset
    Given two units with factory settings
    When an operator enters these settings on the primary
      | setting       | value              |
      | local-service | PORTS 20 5 HD 30 4 |
    Then the primary shows these settings
      | service     | setting        | value |
      | local-ports | check-interval | 20    |
      | local-ports | retries        | 5     |
      | local-hd    | check-interval | 30    |
      | local-hd    | retries        | 4     |
    And the primary shows these settings
      | setting       | value              |
      | local-service | PORTS 20 5 HD 30 4 |
    When an operator enters these settings on the primary
      | setting       | value    |
      | local-service | HD 40 2  |
    Then the primary shows these settings
      | setting       | value              |
      | local-service | PORTS 20 5 HD 40 2 |
    When an operator enters these settings on the primary
      | setting       | value |
      | local-service | unset |
    Then the primary shows these settings
      | setting       | value              |
      | local-service | PORTS 10 3 HD 10 3 |
    And the primary shows these settings
      | service     | setting        | value |
      | local-ports | check-interval | 120   |
      | local-hd    | retries        | 3     |

  @HA-202
  Scenario: what is set in the nested form of a single local service stands in the flat line
    Given two units with factory settings
    When an operator enters these settings on the primary
      | service     | setting        | value |
      | local-ports | check-interval | 20    |
      | local-hd    | check-interval | 30    |
      | local-hd    | retries        | 4     |
    Then the primary shows these settings
      | setting       | value              |
      | local-service | PORTS 20 3 HD 30 4 |
    When an operator enters these settings on the primary
      | service     | setting        | value |
      | local-ports | check-interval | unset |
      | local-ports | retries        | 5     |
      | local-hd    | check-interval | unset |
    Then the primary shows these settings
      | setting       | value                |
      | local-service | PORTS 120 5 HD 120 4 |

  @HA-203
  Scenario: hard-drives-check is the status of local-hd
    Given two units with factory settings
    When an operator enters these settings on the primary
      | setting           | value  |
      | hard-drives-check | enable |
    Then the primary shows these settings
      | service  | setting | value  |
      | local-hd | status  | enable |
    When an operator enters these settings on the primary
      | service  | setting | value   |
      | local-hd | status  | disable |
    Then the primary shows these settings
      | setting           | value   |
      | hard-drives-check | disable |
    When an operator enters these settings on the primary
      | setting           | value  |
      | hard-drives-check | enable |
    And an operator enters these settings on the primary
      | setting           | value |
      | hard-drives-check | unset |
    Then the primary shows these settings
      | setting           | value   |
      | hard-drives-check | disable |
    And the primary shows these settings
      | service  | setting | value   |
      | local-hd | status  | disable |

  @HA-059.a @HA-065
  Scenario: the peer's addresses stay with the primary heartbeat link when that moves to another interface
    Given two units with factory settings
    And an operator has entered these settings on the primary
      | setting               | value     |
      | heartbeat-1-interface | port4     |
      | heartbeat-1-peer      | 10.0.4.77 |
    And an operator has entered these interface settings on the primary
      | interface | setting  | value        |
      | port4     | peer-ip6 | 2001:db8::77 |
    When an operator enters these settings on the primary
      | setting               | value |
      | heartbeat-1-interface | port2 |
    Then the primary shows these settings
      | setting               | value     |
      | heartbeat-1-interface | port2     |
      | heartbeat-1-peer      | 10.0.4.77 |
    And the primary shows these interface settings
      | interface | setting          | value        |
      | port2     | heartbeat-status | primary      |
      | port2     | peer-ip          | 10.0.4.77    |
      | port2     | peer-ip6         | 2001:db8::77 |
      | port4     | heartbeat-status | disable      |
      | port4     | peer-ip          | 0.0.0.0      |
      | port4     | peer-ip6         | ::           |
    When an operator enters these settings on the primary
      | setting               | value |
      | heartbeat-1-interface | port2 |
    Then the primary shows these settings
      | setting               | value     |
      | heartbeat-1-interface | port2     |
      | heartbeat-1-peer      | 10.0.4.77 |
    When an operator enters these settings on the primary
      | setting          | value |
      | heartbeat-1-peer | unset |
    Then the primary shows these interface settings
      | interface | setting          | value        |
      | port2     | heartbeat-status | primary      |
      | port2     | peer-ip          | 0.0.0.0      |
      | port2     | peer-ip6         | 2001:db8::77 |
    When an operator enters these settings on the primary
      | setting               | value |
      | heartbeat-1-interface | unset |
    Then the primary shows these interface settings
      | interface | setting          | value   |
      | port2     | heartbeat-status | disable |
      | port2     | peer-ip6         | ::      |
    When an operator enters these settings on the primary
      | setting          | value |
      | heartbeat-2-peer | unset |
    Then the primary shows these interface settings
      | interface | setting          | value   |
      | port2     | heartbeat-status | disable |

  @HA-059.a @HA-065
  Scenario: a peer that is named before any heartbeat interface is reached from the interface with the highest number
    Given two units with factory settings
    When an operator enters these settings on the primary
      | setting          | value     |
      | heartbeat-1-peer | 10.0.6.77 |
    Then the primary shows these settings
      | setting               | value     |
      | heartbeat-1-interface | port6     |
      | heartbeat-1-peer      | 10.0.6.77 |
    And the primary shows these interface settings
      | interface | setting          | value     |
      | port6     | heartbeat-status | primary   |
      | port6     | peer-ip          | 10.0.6.77 |

  @HA-065
  Scenario Outline: the unit's own address on the <rank> heartbeat interface is that of the interface itself
    Given two units with factory settings
    And an operator has entered these settings on the primary
      | setting                    | value |
      | heartbeat-<n>-interface    | port4 |
    When an operator enters these settings on the primary
      | setting          | value                   |
      | heartbeat-<n>-ip | 10.0.4.77 255.255.255.0 |
    Then the primary shows these settings
      | object           | entry | setting | value        |
      | system interface | port4 | ip      | 10.0.4.77/24 |
    When an operator enters these settings on the primary
      | object           | entry | setting | value        |
      | system interface | port4 | ip      | 10.0.4.78/25 |
    Then the primary shows these settings
      | setting          | value                     |
      | heartbeat-<n>-ip | 10.0.4.78 255.255.255.128 |
    When an operator enters these settings on the primary
      | setting          | value |
      | heartbeat-<n>-ip | unset |
    Then the primary shows these settings
      | object           | entry | setting | value     |
      | system interface | port4 | ip      | 0.0.0.0/0 |
    And the primary shows these settings
      | setting                 | value |
      | heartbeat-<n>-interface | port4 |

    Examples:
      | rank      | n |
      | primary   | 1 |
      | secondary | 2 |

  @HA-150 @HA-158.a
  Scenario: failover actions that are unset in the flat form are ignore, and no address is left
    Given two units with factory settings
    And an operator has entered these settings on the primary
      | setting          | value                                 |
      | failover         | port3 add 10.0.3.77/24                |
      | failover         | port2 set 10.0.2.77 255.255.255.0     |
      | heartbeat-1-peer | 10.0.6.77                             |
    And the primary shows these settings
      | setting  | value                  |
      | failover | port3 add 10.0.3.77/24 |
      | failover | port2 set 10.0.2.77/24 |
    When an operator enters these settings on the primary
      | setting  | value |
      | failover | unset |
    Then the primary shows these settings
      | setting          | value     |
      | failover         | not shown |
      | heartbeat-1-peer | 10.0.6.77 |
    And the primary shows these interface settings
      | interface | setting | value      |
      | port3     | status  | ignore-vip |
      | port2     | status  | ignore-vip |
    When an operator enters these interface settings on the primary
      | interface | setting | value   |
      | port3     | status  | use-vip |
    Then the primary shows these interface settings
      | interface | setting    | value     |
      | port3     | virtual-ip | 0.0.0.0/0 |

  @HA-161.a @HA-161.b @HA-162
  Scenario Outline: virtual addresses are offered while the action calls for one, and gone when it has been <how>
    Given two units with factory settings
    And the primary shows these interface settings
      | interface | setting     | value     |
      | port3     | virtual-ip  | not shown |
      | port3     | virtual-ip6 | not shown |
    And an operator has entered these interface settings on the primary
      | interface | setting     | value            |
      | port3     | status      | use-vip          |
      | port3     | virtual-ip  | 10.0.3.77/24     |
      | port3     | virtual-ip6 | 2001:db8::77/64  |
      | port2     | status      | use-vip          |
      | port2     | virtual-ip  | 10.0.2.77/24     |
    And the primary shows these settings
      | setting  | value                  |
      | failover | port3 add 10.0.3.77/24 |
    When an operator enters these interface settings on the primary
      | interface | setting | value   |
      | port3     | status  | <value> |
    Then the primary shows these interface settings
      | interface | setting     | value        |
      | port3     | status      | ignore-vip   |
      | port3     | virtual-ip  | not shown    |
      | port3     | virtual-ip6 | not shown    |
      | port2     | virtual-ip  | 10.0.2.77/24 |
    When an operator enters these interface settings on the primary
      | interface | setting | value   |
      | port3     | status  | use-vip |
    Then the primary shows these interface settings
      | interface | setting     | value     |
      | port3     | virtual-ip  | 0.0.0.0/0 |
      | port3     | virtual-ip6 | ::/0      |

    Examples:
      | how    | value      |
      | ignore | ignore-vip |
      | unset  | unset      |

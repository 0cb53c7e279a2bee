Feature: Values that an operator may not enter
  A value that cannot be right is refused when it is entered, and what is stored stays.

  @HA-757.a
  Scenario: addresses that are malformed are refused
    Given a healthy active-passive pair
    Then the primary refuses these interface settings
      | interface         | setting    | value          |
      | primary heartbeat | peer-ip    | 10.0.6.256     |
      | primary heartbeat | peer-ip    | 10.0.6         |
      | primary heartbeat | peer-ip    | 10.0.6.1.2     |
      | primary heartbeat | peer-ip    | 10.0.6.2/24    |
      | primary heartbeat | peer-ip    | somewhere      |
      | mail              | virtual-ip | 10.0.3.350/24  |
      | mail              | virtual-ip | 10.0.3.150/33  |
    And the primary refuses these settings
      | setting          | value       |
      | config-peer-ip   | 10.0.6.256  |
      | config-peer-ip   | peer        |
      | heartbeat-1-peer | 10.0..2     |
      | heartbeat-2-peer | 10.0.5.256  |
      | heartbeat-1-ip   | 10.0.6.256 255.255.255.0 |
      | heartbeat-2-ip   | 10.0.5 255.255.255.0 |
      | remote-service   | smtp 10.0.3.256 25 60 20 5 |
      | remote-service   | http 10.0.3.256 80 60 20 5 |
      | failover         | port3 add 10.0.3.350/24 |
      | failover         | port3 set 10.0.3.77 255.0.255.0 |
    And the primary refuses these settings
      | object           | entry | setting | value        |
      | system interface | port4 | ip      | 10.0.4.77    |
      | system interface | port4 | ip      | 10.0.4.77/33 |
      | system interface | port4 | ip      | 10.0.4.77/0.0.0.255 |
      | system interface | port4 | ip      | 2001:db8::77/64 |
    And the primary refuses these interface settings
      | interface | setting     | value           |
      | mail      | peer-ip6    | 2001:db8::g     |
      | mail      | peer-ip6    | 10.0.6.2        |
      | mail      | virtual-ip6 | 2001:db8::77    |
      | mail      | virtual-ip6 | 10.0.3.77/24    |
      | mail      | virtual-ip  | 10.0.3.77       |
      | secondary heartbeat | peer-ip  | 10.0.5.256    |
      | secondary heartbeat | peer-ip6 | 2001:db8::77/64 |
    And the primary refuses these settings
      | service     | setting | value        |
      | remote-smtp | ip      | 10.0.3.256   |
      | remote-pop  | ip      | 10.0.3       |
      | remote-http | ip      | 10.0.3.77/24 |
      | remote-imap | ip      | somewhere    |
    And the primary heartbeat link carries heartbeats both ways

  @HA-757.b
  Scenario: ports outside 1 to 65535 are refused
    Given a healthy active-passive pair
    Then the primary refuses these settings
      | setting      | value  |
      | hb-base-port | 0      |
      | hb-base-port | 65536  |
      | hb-base-port | 100000 |
      | hb-base-port | -1     |
      | hb-base-port | smtp   |
      | hb-base-port | 20000x |
      | hb-base-port | 99999999999999999999999 |
    And the primary refuses these settings
      | service     | setting | value |
      | remote-smtp | port    | 0     |
      | remote-smtp | port    | 65536 |
      | remote-smtp | port    | 25x   |
      | remote-http | port    | -1    |
      | remote-http | port    | 0     |
      | remote-http | port    | 65536 |
      | remote-pop  | port    | 70000 |
      | remote-pop  | port    | 0     |
      | remote-pop  | port    | 65536 |
      | remote-imap | port    | 99999 |
      | remote-imap | port    | 0     |
      | remote-imap | port    | 65536 |
    And the primary refuses these settings
      | setting        | value                         |
      | remote-service | smtp 10.0.3.77 65536 60 20 5  |
      | remote-service | smtp 10.0.3.77 -1 60 20 5     |
      | remote-service | pop 10.0.3.77 65536 60 20 5   |
      | remote-service | imap 10.0.3.77 65536 60 20 5  |
      | remote-service | http 10.0.3.77 65536 60 20 5  |
    And the primary heartbeat link carries heartbeats both ways

  @HA-757.c
  Scenario: counters that are negative are refused
    Given a healthy active-passive pair
    Then the primary refuses these settings
      | setting           | value |
      | hb-lost-threshold | -1    |
      | hb-lost-threshold | -15   |
    And the primary refuses these settings
      | service     | setting        | value |
      | local-ports | retries        | -1    |
      | local-ports | check-interval | -10   |
      | local-hd    | retries        | -3    |
      | local-hd    | check-interval | -1    |
      | remote-smtp | retries        | -1    |
      | remote-smtp | check-interval | -1    |
      | remote-smtp | check-timeout  | -30   |
      | remote-pop  | retries        | -1    |
      | remote-pop  | check-interval | -60   |
      | remote-pop  | check-timeout  | -1    |
      | remote-http | retries        | -3    |
      | remote-http | check-interval | -1    |
      | remote-http | check-timeout  | -20   |
      | remote-imap | retries        | -1    |
      | remote-imap | check-interval | -120  |
      | remote-imap | check-timeout  | -1    |
    And the primary refuses these settings
      | setting        | value                        |
      | local-service  | PORTS -1 3                   |
      | local-service  | PORTS 10 3 HD 10 -1          |
      | local-service  | PORTS 0 -1                   |
      | local-service  | HD -10 3                     |
      | remote-service | smtp 10.0.3.77 25 -1 20 5    |
      | remote-service | smtp 10.0.3.77 25 60 -1 5    |
      | remote-service | smtp 10.0.3.77 25 60 20 -5   |
      | remote-service | pop 10.0.3.77 110 60 20 -5   |
      | remote-service | imap 10.0.3.77 143 -60 20 5  |
      | remote-service | http 10.0.3.77 80 60 -20 5   |
    And the primary is still effective primary for 2 seconds

  @HA-758
  Scenario: the base port leaves room for the three ports that follow it
    Given two units with factory settings
    Then the primary refuses these settings
      | setting      | value |
      | hb-base-port | 65533 |
      | hb-base-port | 65534 |
      | hb-base-port | 65535 |
    When an operator enters these settings on the primary
      | setting      | value |
      | hb-base-port | 65532 |
    Then the primary shows these settings
      | setting      | value |
      | hb-base-port | 65532 |

  @HA-753
  Scenario: a service of another name is refused
    Given two units with factory settings
    Then the primary refuses these settings
      | service      | setting | value  |
      | remote-ftp   | status  | enable |
      | local-memory | status  | enable |
      | remote-smtps | status  | enable |
      | remote-smt   | status  | enable |
      | remote-pop3  | status  | enable |
      | smtp         | status  | enable |
      | local-hdd    | status  | enable |

  @HA-754
  Scenario: heartbeat-status takes disable, primary and secondary, and no other word
    Given two units with factory settings
    Then the primary refuses these interface settings
      | interface | setting          | value   |
      | mail      | heartbeat-status | enable  |
      | mail      | heartbeat-status | off     |
      | mail      | heartbeat-status | third   |
      | mail      | heartbeat-status | PRIMARY |
      | mail      | heartbeat-status | Disable |
      | mail      | heartbeat-status | prim    |
      | mail      | heartbeat-status | primary1 |
      | mail      | heartbeat-status | second  |
    When an operator enters these interface settings on the primary
      | interface | setting          | value     |
      | mail      | heartbeat-status | secondary |
    Then the primary shows these interface settings
      | interface | setting          | value     |
      | mail      | heartbeat-status | secondary |
    When an operator enters these interface settings on the primary
      | interface | setting          | value   |
      | mail      | heartbeat-status | primary |
    Then the primary shows these interface settings
      | interface | setting          | value   |
      | mail      | heartbeat-status | primary |
    When an operator enters these interface settings on the primary
      | interface | setting          | value   |
      | mail      | heartbeat-status | disable |
    Then the primary shows these interface settings
      | interface | setting          | value   |
      | mail      | heartbeat-status | disable |

  @HA-755
  Scenario Outline: on-failure takes <action>, and no word that is none of the three
    Given two units with factory settings
    When an operator enters these settings on the primary
      | setting    | value    |
      | on-failure | <action> |
    Then the primary shows these settings
      | setting    | value    |
      | on-failure | <action> |
    And the primary refuses these settings
      | setting    | value          |
      | on-failure | enable         |
      | on-failure | primary        |
      | on-failure | become-primary |
      | on-failure | become         |
      | on-failure | Restore-Role   |
      | on-failure | offline        |

    Examples:
      | action           |
      | off              |
      | restore-role     |
      | become-secondary |

  @HA-756
  Scenario Outline: fields that take enable or disable do not take <word>
    Given a healthy active-passive pair
    Then the primary refuses these settings
      | setting                      | value  |
      | mail-data-sync               | <word> |
      | mailqueue-data-sync          | <word> |
      | network-intf-check           | <word> |
      | hard-drives-check            | <word> |
      | remote-services-as-heartbeat | <word> |
      | smtp-check                   | <word> |
    And the primary refuses these settings
      | service     | setting | value  |
      | local-ports | status  | <word> |
      | local-hd    | status  | <word> |
      | remote-smtp | status  | <word> |
      | remote-pop  | status  | <word> |
      | remote-http | status  | <word> |
      | remote-imap | status  | <word> |
    And the primary refuses these interface settings
      | interface | setting      | value  |
      | mail      | port-monitor | <word> |
      | port1     | port-monitor | <word> |

    Examples:
      | word    |
      | on      |
      | 1       |
      | primary |
      | Enable  |
      | enabled |
      | dis     |
      | off     |
      | no      |

  @HA-756
  Scenario: a field that takes enable or disable takes either, but not nothing
    Given a healthy active-passive pair
    When an operator enters these settings on the primary
      | setting                      | value   |
      | mailqueue-data-sync          | enable  |
      | network-intf-check           | disable |
      | remote-services-as-heartbeat | enable  |
    Then the primary shows these settings
      | setting                      | value   |
      | mailqueue-data-sync          | enable  |
      | network-intf-check           | disable |
      | remote-services-as-heartbeat | enable  |
    And the primary refuses these settings
      | setting             | value |
      | mailqueue-data-sync |       |

  @HA-759
  Scenario Outline: no second interface becomes <rank> heartbeat interface
    Given a healthy active-passive pair
    Then the primary refuses these interface settings
      | interface | setting          | value  |
      | mail      | heartbeat-status | <rank> |
      | port1     | heartbeat-status | <rank> |
    And each unit shows the same heartbeat links in both spellings
    And the <rank> heartbeat link carries heartbeats both ways

    Examples:
      | rank      |
      | primary   |
      | secondary |

  @HA-059.a
  Scenario: a link is given no interface that is the other's, and none that the unit does not have
    Given a healthy active-passive pair
    Then the primary refuses these settings
      | setting               | value |
      | heartbeat-2-interface | port6 |
      | heartbeat-1-interface | port5 |
      | heartbeat-1-interface | port9 |
    And the primary refuses these interface settings
      | interface | setting | value     |
      | port9     | peer-ip | 10.0.9.77 |
    And each unit shows the same heartbeat links in both spellings

  @HA-158.a
  Scenario: a failover action that lacks interface, action, address or mask is refused
    Given two units with factory settings
    And an operator has entered these settings on the primary
      | setting  | value                  |
      | failover | port2 set 10.0.2.77/24 |
    Then the primary refuses these settings
      | setting  | value                   |
      | failover | port3                   |
      | failover | add                     |
      | failover | port3 add               |
      | failover | port3 set               |
      | failover | port3 add 10.0.3.77     |
      | failover | port3 add 0.0.0.0/0     |
      | failover | port3 move 10.0.3.77/24 |
      | failover | port9 add 10.0.3.77/24  |
    And the primary refuses these interface settings
      | interface | setting    | value |
      | port2     | virtual-ip | unset |

  @HA-158.b
  Scenario: an action without an address takes an all-zero one, and no other
    Given two units with factory settings
    Then the primary refuses these settings
      | setting  | value                     |
      | failover | port3 ignore 10.0.3.77/24 |
    When an operator enters these settings on the primary
      | setting  | value                        |
      | failover | port3 add 10.0.3.77/24       |
      | failover | port2 add 10.0.2.77/24       |
      | failover | port3 ignore 0.0.0.0/0       |
      | failover | port2 ignore 0.0.0.0 0.0.0.0 |
    Then the primary shows these settings
      | setting  | value     |
      | failover | not shown |

  @HA-663
  Scenario: a fourth alert recipient is refused until one of the three is deleted
    Given two units with factory settings
    And an operator has added the first alert recipient on the primary
    And an operator has added the second alert recipient on the primary
    And an operator has added the third alert recipient on the primary
    Then the primary refuses these settings
      | object                  | entry                 | setting | value     |
      | log alertemail recipient | fourth@alerts.example | comment | on_duty |
    And the primary shows these alert recipients
      | recipient | comment |
      | first     | none    |
      | second    | none    |
      | third     | none    |
    When an operator enters these settings on the primary
      | object                   | entry                | setting | value   |
      | log alertemail recipient | third@alerts.example | comment | on_duty |
    And an operator deletes the first alert recipient on the primary
    And an operator enters these settings on the primary
      | object                   | entry                 | setting | value   |
      | log alertemail recipient | fourth@alerts.example | comment | on_call |
    Then the primary shows these settings
      | object                   | entry                 | setting | value   |
      | log alertemail recipient | third@alerts.example  | comment | on_duty |
      | log alertemail recipient | fourth@alerts.example | comment | on_call |

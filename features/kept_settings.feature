Feature: Settings that outlast a loss of power
  What an operator has saved is on the unit's disk, and in force again when the unit starts.

  @HA-761
  Scenario Outline: settings in either form are the same after the unit has lost power
    Given two units with factory settings
    And an operator has entered these settings on the <unit>
      | setting               | value                        |
      | hb-base-port          | 21000                        |
      | on-failure            | restore-role                 |
      | config-peer-ip        | 10.0.6.77                    |
      | failover              | port3 set 10.0.3.77/24       |
      | failover              | port2 add 10.0.2.77/24       |
      | heartbeat-1-interface | port6                        |
      | heartbeat-1-peer      | 10.0.6.77                    |
      | remote-service        | smtp 10.0.3.77 2525 60 20 5  |
      | local-service         | PORTS 20 5 HD 30 4           |
      | hard-drives-check     | enable                       |
      | network-intf-check    | disable                      |
      | remote-services-as-heartbeat | enable                |
    And an operator has entered these interface settings on the <unit>
      | interface | setting      | value           |
      | port2     | virtual-ip6  | 2001:db8::77/64 |
      | port3     | port-monitor | enable          |
      | port4     | peer-ip6     | 2001:db8::79    |
    And an operator has entered these settings on the <unit>
      | service     | setting | value  |
      | remote-http | retries | 7      |
      | remote-imap | status  | enable |
    And an operator has entered these settings on the <unit>
      | object                  | setting    | value                       |
      | system global           | disclaimer | "it's 'one' text; # $HOME"  |
      | system global           | hostname   | mail-gateway                |
    And an operator has entered these settings on the <unit>
      | object                   | entry                | setting | value             |
      | log alertemail recipient | first@alerts.example | comment | "on 'duty'; # $1" |
    And the <unit> has lost power
    When the <unit> starts again
    Then the <unit> shows these settings
      | setting               | value                        |
      | hb-base-port          | 21000                        |
      | on-failure            | restore-role                 |
      | config-peer-ip        | 10.0.6.77                    |
      | failover              | port3 set 10.0.3.77/24       |
      | failover              | port2 add 10.0.2.77/24       |
      | heartbeat-1-interface | port6                        |
      | heartbeat-1-peer      | 10.0.6.77                    |
      | heartbeat-2-interface | disable                      |
      | remote-service        | smtp 10.0.3.77 2525 60 20 5  |
      | local-service         | PORTS 20 5 HD 30 4           |
      | hard-drives-check     | enable                       |
      | network-intf-check    | disable                      |
      | remote-services-as-heartbeat | enable                |
    And the <unit> shows these settings
      | service     | setting | value   |
      | remote-http | retries | 7       |
      | remote-http | status  | disable |
      | remote-imap | status  | enable  |
    And the <unit> shows these interface settings
      | interface | setting      | value           |
      | port2     | virtual-ip6  | 2001:db8::77/64 |
      | port3     | port-monitor | enable          |
      | port4     | peer-ip6     | 2001:db8::79    |
      | port4     | status       | ignore-vip      |
    And the <unit> shows these settings
      | object        | setting    | value                     |
      | system global | disclaimer | it's 'one' text; # $HOME  |
      | system global | hostname   | mail-gateway              |
    And the <unit> shows these settings
      | object                   | entry                | setting | value           |
      | log alertemail recipient | first@alerts.example | comment | on 'duty'; # $1 |
    When an operator enters these settings on the <unit>
      | setting  | value                     |
      | failover | port3 ignore 0.0.0.0/0    |
    Then the <unit> shows these settings
      | setting  | value                  |
      | failover | port2 add 10.0.2.77/24 |

    Examples:
      | unit      |
      | primary   |
      | secondary |

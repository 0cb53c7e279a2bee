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
    And the primary refuses these settings
      | service     | setting | value |
      | remote-smtp | port    | 0     |
      | remote-smtp | port    | 65536 |
      | remote-http | port    | -1    |
      | remote-pop  | port    | 70000 |
      | remote-imap | port    | 99999 |
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
      | remote-smtp | retries        | -1    |
      | remote-smtp | check-interval | -1    |
      | remote-smtp | check-timeout  | -30   |
    And the primary is still effective primary for 2 seconds

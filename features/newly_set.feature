Feature: A pair with new settings
  After an operator has given a running pair another password, or a second heartbeat interface, all that the pair does goes by
  it.

  @HA-333.a @HA-409 @HA-452 @HA-580
  Scenario: mail data, the queue and the role move by a password that is new since the pair runs
    Given a healthy active-passive pair
    And a detection time of 10 seconds
    And the first synchronization of the pair has ended
    And an operator has set the password to another-password on each unit
    And the units have heard each other on each link
    When a message for the quarantine is stored on the primary
    And an operator starts a synchronization on the primary
    Then the message reaches the quarantine of the secondary
    When 2 messages wait in the queue of the primary for the protected mail server
    And an operator forces a failover on the primary
    Then the secondary becomes effective primary
    And the primary becomes effective secondary
    And the messages wait in the queue of the secondary only

  @HA-060.a @HA-061.b @HA-061.c
  Scenario: a second heartbeat interface that is added to a running pair keeps it together
    Given a healthy active-passive pair with a single heartbeat link
    And a detection time of 3 seconds
    And the first synchronization of the pair has ended
    And an operator has entered these interface settings on each unit
      | interface           | setting          | value      |
      | secondary heartbeat | heartbeat-status | secondary  |
      | secondary heartbeat | peer-ip          | its peer's |
    And the secondary heartbeat link carries heartbeats both ways
    When the primary heartbeat link falls silent
    Then no unit changes its role for the detection time
    When an operator changes a synchronized setting on the primary
    Then the changed setting is on the secondary

Feature: Settings that are saved at once
  An operator may change several settings before one end. All of them are in force then, whatever the others are. The peer
  gets the same one by one here, so that two units which forget the same do not agree.

  @HA-055.a @HA-207 @HA-310 @HA-403 @HA-452
  Scenario: all that is saved at once on the primary is in force
    Given a healthy active-passive pair
    And a detection time of 6 seconds
    And on-failure set to become-secondary
    And the first synchronization of the pair has ended
    And each unit monitors its mail interface
    And an operator has set interface monitoring to disable on the primary
    When an operator enters these settings on the primary and sets interface monitoring to enable at once
      | setting           | value            |
      | hb-base-port      | 21000            |
      | password          | another-password |
      | on-failure        | off              |
      | hb-lost-threshold | 5                |
      | mail-data-sync    | disable          |
    And an operator sets the base port to 21000 on the secondary
    And an operator sets the password to another-password on the secondary
    Then the units hear each other on each link
    And no unit has changed its role
    When a message for the quarantine is stored on the primary
    And an operator starts a synchronization on the primary
    Then the message does not reach the quarantine of the secondary
    When the mail cable of the primary is pulled
    Then the primary becomes effective off
    And the secondary becomes effective primary within the detection time

  @HA-055.a @HA-101 @HA-104 @HA-108.a @HA-207 @HA-310 @HA-452
  Scenario: all that is saved at once on the secondary is in force
    Given a healthy active-passive pair
    And a detection time of 12 seconds
    And on-failure set to become-secondary
    And each unit monitors its mail interface
    And an operator has set interface monitoring to disable on the secondary
    When an operator enters these settings on the secondary and sets interface monitoring to enable at once
      | setting           | value            |
      | on-failure        | off              |
      | hb-lost-threshold | 9                |
      | password          | another-password |
      | hb-base-port      | 21000            |
    And an operator sets the password to another-password on the primary
    And an operator sets the base port to 21000 on the primary
    Then the units hear each other on each link
    And no unit has changed its role
    When the primary loses power
    Then the secondary becomes effective primary when the detection time has passed
    When the mail cable of the secondary is pulled
    Then the secondary becomes effective off

  @HA-063.a @HA-101 @HA-104 @HA-108.a
  Scenario: a heartbeat interface that is disabled and a detection time that is set at once are both in force
    Given a healthy active-passive pair
    And a detection time of 7 seconds
    And the first synchronization of the pair has ended
    When an operator enters these interface settings on the secondary and sets the detection time to 4 seconds at once
      | interface         | setting          | value   |
      | primary heartbeat | heartbeat-status | disable |
    And an operator enters these interface settings on the primary and sets the detection time to 5 seconds at once
      | interface         | setting          | value   |
      | primary heartbeat | heartbeat-status | disable |
    Then the primary heartbeat link carries nothing any more
    And the secondary heartbeat link carries heartbeats both ways
    And no unit has changed its role
    When the primary loses power
    Then the secondary becomes effective primary when the detection time has passed

  @HA-055.a @HA-065 @HA-452
  Scenario Outline: a peer address that is corrected on the <unit> together with <setting> is in force with it
    Given a healthy active-passive pair with a wrong peer address on the <unit> for the primary heartbeat link
    And a detection time of 8 seconds
    And the first synchronization of the pair has ended
    When an operator enters these interface settings on the <unit> and sets <setting> at once
      | interface         | setting | value      |
      | primary heartbeat | peer-ip | its peer's |
    And an operator sets <setting> on the <peer>
    Then the primary heartbeat link carries heartbeats both ways
    And the secondary heartbeat link carries heartbeats both ways
    And no unit has changed its role

    Examples:
      | unit      | peer      | setting                          |
      | primary   | secondary | the base port to 21000           |
      | secondary | primary   | the password to another-password |

  @HA-155.a @HA-159.a @HA-300.a @HA-310
  Scenario Outline: a failover action that is entered on the <unit>, which leads after the command <order>, and on-failure that is set at once are both in force
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And on-failure set to become-secondary
    And each unit monitors its mail interface
    And an operator has entered the command <order> on the primary
    And the command has been carried out
    When an operator enters these failover actions on the <unit> and sets on-failure to off at once
      | interface | action | address |
      | port3     | set    | spare   |
    Then these shared addresses are held
      | interface | address | holder |
      | port3     | virtual | nobody |
      | port3     | spare   | <unit> |
    When the mail cable of the <unit> is pulled
    Then the <unit> becomes effective off
    And the <peer> becomes effective primary within the detection time

    Examples:
      | order    | unit      | peer      |
      | restore  | primary   | secondary |
      | failover | secondary | primary   |

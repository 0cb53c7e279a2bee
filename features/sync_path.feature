Feature: The path of synchronization
  Synchronization uses the primary heartbeat link. What that link does not carry, for whatever reason, goes over the
  secondary one, also when the heartbeat itself still works.

  @HA-051.c @HA-061.b @HA-061.c
  Scenario Outline: synchronization goes over the secondary link when the primary one refuses <uses>
    Given a healthy active-passive pair
    And the first synchronization of the pair has ended
    And a message for the quarantine has been stored on the primary
    And the primary heartbeat link refuses <uses>
    When an operator starts a synchronization on the primary
    Then the message reaches the quarantine of the secondary
    And <uses> has used the secondary heartbeat link only
    And the primary heartbeat link carries heartbeats both ways
    And no unit has changed its role

    Examples:
      | uses                                                                            |
      | synchronization control                                                         |
      | data synchronization                                                            |
      | configuration synchronization                                                   |
      | synchronization control, data synchronization and configuration synchronization |

  @HA-061.b @HA-061.c
  Scenario: synchronization goes over the secondary link when the primary one swallows it
    Given a healthy active-passive pair
    And the first synchronization of the pair has ended
    And the primary heartbeat link no longer carries configuration synchronization
    When an operator changes a synchronized setting on the primary
    Then the changed setting is on the secondary
    And configuration synchronization has used the secondary heartbeat link only
    And no unit has changed its role

  @HA-061.b @HA-061.c
  Scenario: a synchronization that is running when the primary heartbeat link loses its cable ends over the other link
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And the first synchronization of the pair has ended
    And a message for the quarantine has been stored on the primary
    And the primary heartbeat link carries 1000 bytes a second
    When an operator starts a synchronization on the primary
    Then data synchronization has begun on the primary heartbeat link
    When the primary heartbeat cable of the primary is pulled
    Then the message reaches the quarantine of the secondary
    And data synchronization has used the secondary heartbeat link only
    And no unit has changed its role

  @HA-061.b @HA-061.c
  Scenario: a synchronization that is running when the primary heartbeat link refuses it ends over the other link
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And the first synchronization of the pair has ended
    And a message for the quarantine has been stored on the primary
    And the primary heartbeat link carries 1000 bytes a second
    When an operator starts a synchronization on the primary
    Then data synchronization has begun on the primary heartbeat link
    When the primary heartbeat link refuses data synchronization
    Then the message reaches the quarantine of the secondary
    And data synchronization has used the secondary heartbeat link only
    And no unit has changed its role

  @HA-062
  Scenario: synchronization goes back to the primary link some time after that link can carry it again
    Given a healthy active-passive pair
    And the first synchronization of the pair has ended
    And the primary heartbeat link refuses configuration synchronization
    And an operator has changed a synchronized setting on the primary
    And the changed setting is on the secondary
    And the primary heartbeat link is whole again
    When the pair is left alone for 60 seconds
    And an operator changes a synchronized setting on the primary
    Then the changed setting is on the secondary
    And configuration synchronization has used the primary heartbeat link only

  @HA-062
  Scenario: synchronization is back on the primary link when that link returns, though it had carried none before it fell silent
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And the first synchronization of the pair has ended
    And the primary heartbeat link refuses configuration synchronization
    And an operator has changed a synchronized setting on the primary
    And the changed setting is on the secondary
    And the primary heartbeat link has fallen silent for longer than the detection time
    When the primary heartbeat link is whole again
    Then the primary heartbeat link carries heartbeats both ways
    When an operator changes a synchronized setting on the primary
    Then the changed setting is on the secondary
    And configuration synchronization has used the primary heartbeat link only

  @HA-060.b @HA-062
  Scenario Outline: all that synchronizes settings is back on the primary link of a group that the <leader> leads
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And the first synchronization of the pair has ended
    And an operator has entered the command <order> on the primary
    And the command has been carried out
    And the primary heartbeat link has fallen silent for longer than the detection time
    And an operator has changed a synchronized setting on the <leader>
    And the changed setting is on the <follower>
    When the primary heartbeat link is whole again
    Then the primary heartbeat link carries heartbeats both ways
    When an operator changes a synchronized setting on the <leader>
    Then the changed setting is on the <follower>
    And synchronization control has used the primary heartbeat link only
    And configuration synchronization has used the primary heartbeat link only

    Examples:
      | order    | leader    | follower  |
      | restore  | primary   | secondary |
      | failover | secondary | primary   |

  @HA-353.b
  Scenario: a change that could not be synchronized at once is on the secondary by itself when the links are whole again
    Given a healthy active-passive pair
    And the first synchronization of the pair has ended
    And both heartbeat links refuse configuration synchronization
    And an operator has changed a synchronized setting on the primary
    And the changed setting is not on the secondary
    When both heartbeat links are whole again
    Then the changed setting is on the secondary
    And no unit has changed its role

  @HA-353.b
  Scenario: mail data that could not be copied is on the secondary by itself when the links are whole again
    Given a healthy active-passive pair
    And the first synchronization of the pair has ended
    And a message for the quarantine has been stored on the primary
    And both heartbeat links refuse data synchronization
    When an operator starts a synchronization on the primary
    Then the message does not reach the quarantine of the secondary
    When both heartbeat links are whole again
    Then the message reaches the quarantine of the secondary
    And no unit has changed its role

  @HA-061.b @HA-350.a
  Scenario Outline: a change is sent at once over the secondary link when the primary one refuses <uses>
    Given a healthy active-passive pair
    And the first synchronization of the pair has ended
    And the primary heartbeat link refuses <uses>
    When an operator changes a synchronized setting on the primary
    Then the changed setting is on the secondary within 3 seconds of the change

    Examples:
      | uses                                                      |
      | synchronization control                                   |
      | configuration synchronization                             |
      | synchronization control and configuration synchronization |

  @HA-060.b @HA-061.b @HA-062
  Scenario Outline: after a restart of the <unit> mail data is copied over the secondary link while the primary one is lost, each time
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And the first synchronization of the pair has ended
    And an operator has rebooted the <unit>
    And the secondary has ended as effective secondary
    And the primary heartbeat link has fallen silent for longer than the detection time
    And a message for the quarantine has been stored on the primary
    When an operator starts a synchronization on the primary
    Then the message reaches the quarantine of the secondary
    And data synchronization has used the secondary heartbeat link only
    When the primary heartbeat link is whole again
    Then the primary heartbeat link carries heartbeats both ways
    When a message for the archive is stored on the primary
    And an operator starts a synchronization on the primary
    Then the message reaches the archive of the secondary
    And data synchronization has used the primary heartbeat link only
    And configuration synchronization has used the primary heartbeat link only
    When the primary heartbeat link falls silent for longer than the detection time
    And a message for the quarantine is stored on the primary
    And an operator starts a synchronization on the primary
    Then the message reaches the quarantine of the secondary
    And data synchronization has used the secondary heartbeat link only

    Examples:
      | unit      |
      | primary   |
      | secondary |

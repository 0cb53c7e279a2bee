Feature: Settings that change while the group runs
  What an operator changes in a running group is in force without a restart, on the unit that leads and on the one that
  follows.

  @HA-061.b @HA-061.c @HA-065 @HA-073
  Scenario Outline: a peer address that becomes wrong on the <unit> takes the primary heartbeat link away
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And the first synchronization of the pair has ended
    When an operator enters these interface settings on the <unit>
      | interface         | setting | value    |
      | primary heartbeat | peer-ip | nobody's |
    Then the <peer> logs this heartbeat status
      | link      | state  |
      | primary   | FAILED |
      | secondary | OK     |
    And the <unit> logs this heartbeat status
      | link      | state  |
      | primary   | FAILED |
      | secondary | OK     |
    When an operator changes a synchronized setting on the primary
    Then the changed setting is on the secondary
    And configuration synchronization has used the secondary heartbeat link only
    And no unit has changed its role

    Examples:
      | unit      | peer      |
      | primary   | secondary |
      | secondary | primary   |

  @HA-062 @HA-065
  Scenario Outline: a peer address that is corrected on the <unit> brings the primary heartbeat link back
    Given a healthy active-passive pair with a wrong peer address on the <unit> for the primary heartbeat link
    And the first synchronization of the pair has ended
    When an operator enters these interface settings on the <unit>
      | interface         | setting | value      |
      | primary heartbeat | peer-ip | its peer's |
    Then the primary heartbeat link carries heartbeats both ways
    When an operator changes a synchronized setting on the primary
    Then the changed setting is on the secondary
    And configuration synchronization has used the primary heartbeat link only

    Examples:
      | unit      |
      | primary   |
      | secondary |

  @HA-062 @HA-072
  Scenario Outline: a peer IPv6 address that is corrected on the <unit> brings the primary heartbeat link back
    Given a healthy active-passive pair over IPv6 with a wrong peer address on the <unit> for the primary heartbeat link
    And the first synchronization of the pair has ended
    When an operator enters these interface settings on the <unit>
      | interface         | setting  | value      |
      | primary heartbeat | peer-ip6 | its peer's |
    Then the primary heartbeat link carries heartbeats both ways
    When an operator changes a synchronized setting on the primary
    Then the changed setting is on the secondary
    And configuration synchronization has used the primary heartbeat link only

    Examples:
      | unit      |
      | primary   |
      | secondary |

  @HA-055.a @HA-101
  Scenario: all that a pair does follows a new base port
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And the first synchronization of the pair has ended
    When an operator sets the base port to 21000 on each unit
    Then the primary heartbeat link carries heartbeats both ways
    And no unit has changed its role
    When an operator changes a synchronized setting on the primary
    Then the changed setting is on the secondary
    When a message for the quarantine is stored on the primary
    And an operator starts a synchronization on the secondary
    Then the message reaches the quarantine of the secondary
    When both heartbeat links fall silent
    Then the secondary becomes effective primary when the detection time has passed

  @HA-055.a @HA-333.a @HA-580
  Scenario: the role and the queue move over a new base port where the secondary leads
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And an operator has forced a failover on the primary
    And 2 messages wait in the queue of the secondary for the protected mail server
    And an operator has set the base port to 21000 on each unit
    And the secondary heartbeat link carries heartbeats both ways
    When an operator restores the configured mode on the secondary
    Then the primary becomes effective primary
    And the secondary becomes effective secondary
    And the messages wait in the queue of the primary only

  @HA-403
  Scenario Outline: mail data is copied once the <unit> has the option enabled, too
    Given a healthy active-passive pair with these settings
      | setting        | primary   | secondary   |
      | mail-data-sync | <primary> | <secondary> |
    And the first synchronization of the pair has ended
    And a message for the quarantine has been stored on the primary
    And an operator has set the synchronization of mail data to enable on the <unit>
    When an operator starts a synchronization on the primary
    Then the message reaches the quarantine of the secondary

    Examples:
      | unit      | primary | secondary |
      | primary   | disable | enable    |
      | secondary | enable  | disable   |

  @HA-403 @HA-404
  Scenario Outline: mail data is no longer copied once the <unit> has the option disabled
    Given a healthy active-passive pair
    And the first synchronization of the pair has ended
    And an operator has set the synchronization of mail data to disable on the <unit>
    And a message for the quarantine has been stored on the primary
    When an operator starts a synchronization on the primary
    Then the message does not reach the quarantine of the secondary

    Examples:
      | unit      |
      | primary   |
      | secondary |

  @HA-055.a @HA-101 @HA-104 @HA-108.a @HA-452
  Scenario: a base port, a password and a detection time that are saved at once on running units are all in force
    Given a healthy active-passive pair
    And a detection time of 5 seconds
    When an operator enters these settings on each unit
      | setting           | value            |
      | hb-base-port      | 21000            |
      | password          | another-password |
      | hb-lost-threshold | 3                |
    Then the units hear each other on each link
    And no unit has changed its role
    When an operator changes a synchronized setting on the primary
    Then the changed setting is on the secondary
    When the primary loses power
    Then the secondary becomes effective primary when the detection time has passed

  @HA-050.a @HA-059.a
  Scenario: a primary heartbeat interface that was disabled and is marked again carries the heartbeat
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And the first synchronization of the pair has ended
    And an operator has set heartbeat-status of the primary interface to disable, in the nested form, on each unit
    And the primary heartbeat link carries nothing any more
    When an operator enters these interface settings on each unit
      | interface         | setting          | value   |
      | primary heartbeat | heartbeat-status | primary |
    Then the primary heartbeat link carries heartbeats both ways
    When the secondary heartbeat link falls silent
    Then no unit changes its role for the detection time

  @HA-023 @HA-027.g
  Scenario: units that go straight from a pair to a config-only group process mail, each at its own address
    Given a healthy active-passive pair
    And an operator has set the mode to config-secondary on the secondary
    When an operator sets the mode to config-primary on the primary
    Then no unit holds the virtual address
    And the primary's own mail address answers from the primary
    And the secondary's own mail address answers from the secondary
    When a client sends a message to the secondary
    Then the message is accepted
    When a client sends a message to the primary
    Then the message is accepted
    And each accepted message is delivered exactly once

  @HA-005.a @HA-005.b @HA-024.a @HA-024.b @HA-024.d @HA-163
  Scenario: units that go straight from a config-only group to a pair are a pair
    Given two units configured as a pair with mode off on each unit
    And a detection time of 3 seconds
    And an operator has set the mode to config-primary on the primary
    And an operator has set the mode to config-secondary on the secondary
    When an operator sets the mode to primary on the primary
    And an operator sets the mode to secondary on the secondary
    Then the primary ends as effective primary
    And the secondary ends as effective secondary
    And only the primary holds the virtual address
    And the virtual address answers from the primary

  @HA-350.a
  Scenario: a text with quotes and other signs, and a long one, are copied as they were entered
    Given a healthy active-passive pair
    And the first synchronization of the pair has ended
    When an operator enters these settings on the primary
      | object                   | entry                 | setting | value                      |
      | log alertemail recipient | first@alerts.example  | comment | "it's 'one' text; # $HOME" |
      | log alertemail recipient | second@alerts.example | comment | a-comment-of-exactly-one-hundred-and-twenty-characters-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx-with-end! |
    Then the second alert recipient is on the secondary
    And the secondary shows these settings
      | object                   | entry                 | setting | value                    |
      | log alertemail recipient | first@alerts.example  | comment | it's 'one' text; # $HOME |
      | log alertemail recipient | second@alerts.example | comment | a-comment-of-exactly-one-hundred-and-twenty-characters-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx-with-end! |
    And the units show equal checksums

  @HA-350.a @HA-378
  Scenario: a setting of 3000 characters reaches the unit that follows, whoever leads
    Given a healthy active-passive pair
    When an operator sets a synchronized setting of 3000 characters on the primary
    Then the changed setting is on the secondary
    When an operator forces a failover on the primary
    Then the secondary becomes effective primary
    And the primary becomes effective secondary
    When an operator sets a synchronized setting of 3000 characters on the secondary
    Then the changed setting is on the primary

  @HA-350.a @HA-378
  Scenario: what a primary changes while it does not hear its secondary reaches it when it is heard again
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And both heartbeat links no longer reach the primary
    And the pair has been left alone for 3 seconds
    And an operator has changed a synchronized setting on the primary
    When both heartbeat links are whole again
    Then the changed setting is on the secondary
    And no unit has changed its role

  @HA-059.b @HA-073 @HA-652
  Scenario: the loss of a link is logged with the port to which an operator has moved each link
    Given a healthy active-passive pair with swapped heartbeat ranks
    And a detection time of 2 seconds
    And an operator has entered these interface settings on each unit
      | interface           | setting          | value     |
      | primary heartbeat   | heartbeat-status | disable   |
      | secondary heartbeat | heartbeat-status | secondary |
      | primary heartbeat   | heartbeat-status | primary   |
    And the primary heartbeat link carries heartbeats both ways
    And the secondary heartbeat link carries heartbeats both ways
    When the primary heartbeat link falls silent
    Then each unit logs this heartbeat status
      | link      | state  |
      | primary   | FAILED |
      | secondary | OK     |
    And no unit has changed its role

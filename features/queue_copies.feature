Feature: Synchronization of the mail queue
  With mailqueue-data-sync enabled on both units the secondary keeps copies of what waits in the primary's queue. They are
  made from time to time, so not every message has one. When the primary is gone, the secondary delivers what it has
  copies of; when the primary is back, nothing is delivered twice. Without copies, messages are lost with the primary.

  @HA-411
  Scenario: a primary that dies for good takes none of the messages with it that its secondary has copied
    Given a healthy active-passive pair with these settings
      | setting             | primary | secondary |
      | mailqueue-data-sync | enable  | enable    |
    And a detection time of 2 seconds
    And 3 messages wait in the queue of the primary for the protected mail server
    And an operator has started a synchronization on the primary
    And the secondary has kept copies of the messages
    And the messages wait in the queue of the primary only
    When the primary loses power
    Then the secondary becomes effective primary
    When the protected mail server takes mail again
    Then each accepted message is delivered exactly once, by the secondary

  @HA-321 @HA-411
  Scenario: a primary that has come back, has its role back and dies again takes no copied message with it either
    Given a healthy active-passive pair with these settings
      | setting             | primary | secondary |
      | mailqueue-data-sync | enable  | enable    |
    And a detection time of 2 seconds
    And on-failure set to restore-role
    And 2 messages wait in the queue of the primary for the protected mail server
    And an operator has started a synchronization on the primary
    And the secondary has kept copies of the messages
    And the primary has lost power
    And the secondary has become effective primary
    And the primary has started again
    And the primary has become effective primary
    And the secondary has become effective secondary
    And the messages wait in the queue of the primary only
    And 2 messages wait in the queue of the primary for the protected mail server
    And an operator has started a synchronization on the primary
    And the secondary has kept copies of the messages
    When the primary loses power
    Then the secondary becomes effective primary
    When the protected mail server takes mail again
    Then each accepted message is delivered exactly once, by the secondary

  @HA-411
  Scenario: the mail queue is copied by schedule, each time, though nobody starts a synchronization
    Given a healthy active-passive pair with these settings
      | setting             | primary | secondary |
      | mailqueue-data-sync | enable  | enable    |
    And the first synchronization of the pair has ended
    When 2 messages wait in the queue of the primary for the protected mail server
    And the pair is left alone for 1200 seconds
    Then the secondary keeps copies of the messages
    When 2 messages wait in the queue of the primary for the protected mail server
    And the pair is left alone for 1200 seconds
    Then the secondary keeps copies of the messages

  @HA-411
  Scenario Outline: the mail queue is copied by schedule, too, once the <unit> has the option enabled
    Given a healthy active-passive pair with these settings
      | setting             | primary   | secondary   |
      | mailqueue-data-sync | <primary> | <secondary> |
    And the first synchronization of the pair has ended
    And an operator has entered these settings on the <unit>
      | setting             | value  |
      | mailqueue-data-sync | enable |
    And 2 messages wait in the queue of the primary for the protected mail server
    When the pair is left alone for 1200 seconds
    Then the secondary keeps copies of the messages

    Examples:
      | unit      | primary | secondary |
      | primary   | disable | enable    |
      | secondary | enable  | disable   |

  @HA-411
  Scenario: each synchronization copies what has come into the queue since the one before
    Given a healthy active-passive pair with these settings
      | setting             | primary | secondary |
      | mailqueue-data-sync | enable  | enable    |
    And 2 messages wait in the queue of the primary for the protected mail server
    And an operator has started a synchronization on the secondary
    And the secondary has kept copies of the messages
    When 2 messages wait in the queue of the primary for the protected mail server
    And an operator starts a synchronization on the secondary
    Then the secondary keeps copies of the messages

  @HA-411
  Scenario: the mail queue of a secondary that leads is copied to the primary
    Given a healthy active-passive pair with these settings
      | setting             | primary | secondary |
      | mailqueue-data-sync | enable  | enable    |
    And an operator has forced a failover on the primary
    And 2 messages wait in the queue of the secondary for the protected mail server
    When an operator starts a synchronization on the secondary
    Then the primary keeps copies of the messages
    And the messages wait in the queue of the secondary only

  @HA-411
  Scenario: a secondary that has dropped its copies gets new ones, after a loss of power and when enabled again
    Given a healthy active-passive pair with these settings
      | setting             | primary | secondary |
      | mailqueue-data-sync | enable  | enable    |
    And a detection time of 2 seconds
    And 2 messages wait in the queue of the primary for the protected mail server
    And an operator has started a synchronization on the primary
    And the secondary has kept copies of the messages
    And the secondary has lost power
    And the secondary has started again
    And the secondary has become effective secondary
    When an operator starts a synchronization on the secondary
    Then the secondary keeps copies of the messages
    When an operator enters these settings on the secondary
      | setting             | value   |
      | mailqueue-data-sync | disable |
    Then the secondary keeps copies of none of the messages
    When an operator enters these settings on the secondary
      | setting             | value  |
      | mailqueue-data-sync | enable |
    And an operator starts a synchronization on the secondary
    Then the secondary keeps copies of the messages
    When the primary loses power
    Then the secondary becomes effective primary
    When the protected mail server takes mail again
    Then each accepted message is delivered exactly once, by the secondary

  @HA-411 @HA-424
  Scenario: a queue that has gone along with the role is copied back, and delivered by whichever unit is left
    Given a healthy active-passive pair with these settings
      | setting             | primary | secondary |
      | mailqueue-data-sync | enable  | enable    |
    And a detection time of 2 seconds
    And on-failure set to become-secondary
    And 2 messages wait in the queue of the primary for the protected mail server
    And an operator has forced a failover on the primary
    And the messages wait in the queue of the secondary only
    And an operator has started a synchronization on the secondary
    And the primary has kept copies of the messages
    When the secondary loses power
    Then the primary becomes effective primary
    When the secondary starts again
    Then the secondary becomes effective secondary
    And the messages wait in the queue of the primary only
    When an operator starts a synchronization on the primary
    Then the secondary keeps copies of the messages
    When the primary loses power
    Then the secondary becomes effective primary
    When the protected mail server takes mail again
    Then each accepted message is delivered exactly once, by the secondary

  @HA-400.b @HA-411
  Scenario Outline: the mail queue is not copied where the option is <primary> on the primary and <secondary> on the secondary
    Given a healthy active-passive pair with these settings
      | setting             | primary   | secondary   |
      | mailqueue-data-sync | <primary> | <secondary> |
    And 2 messages wait in the queue of the primary for the protected mail server
    When an operator starts a synchronization on the <unit>
    Then the secondary keeps copies of none of the messages for 1.5 seconds

    Examples:
      | primary | secondary | unit      |
      | disable | disable   | primary   |
      | enable  | disable   | primary   |
      | disable | enable    | secondary |

  @HA-054.d @HA-411
  Scenario: the mail queue is not copied while the data ports are dead, and is when they work again
    Given a healthy active-passive pair with these settings
      | setting             | primary | secondary |
      | mailqueue-data-sync | enable  | enable    |
    And the first synchronization of the pair has ended
    And 2 messages wait in the queue of the primary for the protected mail server
    And both heartbeat links refuse data synchronization
    When an operator starts a synchronization on the primary
    Then the secondary keeps copies of none of the messages for 1.5 seconds
    When both heartbeat links are whole again
    Then the secondary keeps copies of the messages

  @HA-411 @HA-423.a
  Scenario: what the primary has delivered itself is not delivered from its copy
    Given a healthy active-passive pair with these settings
      | setting             | primary | secondary |
      | mailqueue-data-sync | enable  | enable    |
    And a detection time of 2 seconds
    And 3 messages wait in the queue of the primary for the protected mail server
    And an operator has started a synchronization on the primary
    And the secondary has kept copies of the messages
    When the protected mail server takes mail again
    Then each accepted message is delivered exactly once, by the primary
    And the secondary keeps copies of none of the messages
    When the primary loses power
    Then the secondary becomes effective primary
    And each accepted message is delivered exactly once, by the primary

  @HA-061.b @HA-411 @HA-423.a
  Scenario: what the primary has delivered while it could not say so is not delivered from its copy
    Given a healthy active-passive pair with these settings
      | setting             | primary | secondary |
      | mailqueue-data-sync | enable  | enable    |
    And a detection time of 3 seconds
    And 2 messages wait in the queue of the primary for the protected mail server
    And an operator has started a synchronization on the primary
    And the secondary has kept copies of the messages
    And both heartbeat links refuse synchronization control
    And the protected mail server takes mail again
    And each accepted message is delivered exactly once, by the primary
    And the secondary has kept copies of the messages for 1.5 seconds
    When both heartbeat links are whole again
    Then the secondary keeps copies of none of the messages
    When the primary loses power
    Then the secondary becomes effective primary
    And each accepted message is delivered exactly once, by the primary

  @HA-411 @HA-423.a
  Scenario: what a primary has delivered while it heard nobody is not delivered from its copy
    Given a healthy active-passive pair with these settings
      | setting             | primary | secondary |
      | mailqueue-data-sync | enable  | enable    |
    And a detection time of 2 seconds on the primary
    And a detection time of 50 seconds on the secondary
    And 2 messages wait in the queue of the primary for the protected mail server
    And an operator has started a synchronization on the primary
    And the secondary has kept copies of the messages
    And both heartbeat links have fallen silent
    And the units have reported these events
      | unit    | by    | event                           |
      | primary | alert | secondary heartbeat disappeared |
    And the protected mail server takes mail again
    And each accepted message is delivered exactly once, by the primary
    And the secondary has kept copies of the messages for 1.5 seconds
    When both heartbeat links are whole again
    Then the secondary keeps copies of none of the messages

  @HA-411 @HA-423.a
  Scenario: a secondary that starts again delivers no copies from before, though it cannot synchronize yet
    Given a healthy active-passive pair with these settings
      | setting             | primary | secondary |
      | mailqueue-data-sync | enable  | enable    |
    And a detection time of 2 seconds
    And 2 messages wait in the queue of the primary for the protected mail server
    And an operator has started a synchronization on the primary
    And the secondary has kept copies of the messages
    And the secondary has lost power
    And the protected mail server takes mail again
    And each accepted message is delivered exactly once, by the primary
    And both heartbeat links refuse configuration synchronization
    When the secondary starts again
    Then the secondary becomes effective off
    And the primary heartbeat link carries heartbeats both ways
    And the secondary keeps copies of none of the messages
    When the primary loses power
    Then the secondary becomes effective primary
    And each accepted message is delivered exactly once, by the primary

  @HA-411 @HA-423.a
  Scenario: a primary that comes back hands over what was delivered from its copy, and it is not delivered again
    Given a healthy active-passive pair with these settings
      | setting             | primary | secondary |
      | mailqueue-data-sync | enable  | enable    |
    And a detection time of 2 seconds
    And 3 messages wait in the queue of the primary for the protected mail server
    And an operator has started a synchronization on the primary
    And the secondary has kept copies of the messages
    And the primary has lost power
    And the secondary has become effective primary
    And the protected mail server takes mail again
    And each accepted message is delivered exactly once, by the secondary
    When the primary starts again
    Then the primary becomes effective secondary
    And the first synchronization of the pair has ended
    And each accepted message is delivered exactly once, by the secondary

  @HA-411 @HA-423.a @HA-424
  Scenario: what the primary hands over is in the queue once, though the copies are still there
    Given a healthy active-passive pair with these settings
      | setting             | primary | secondary |
      | mailqueue-data-sync | enable  | enable    |
    And a detection time of 2 seconds
    And 2 messages wait in the queue of the primary for the protected mail server
    And an operator has started a synchronization on the primary
    And the secondary has kept copies of the messages
    And 2 messages wait in the queue of the primary for the protected mail server
    And the primary has lost power
    And the secondary has become effective primary
    When the primary starts again
    Then the primary becomes effective secondary
    And the messages wait in the queue of the secondary only
    When the protected mail server takes mail again
    Then each accepted message is delivered exactly once, by the secondary

  @HA-321 @HA-411 @HA-423.a
  Scenario: a primary that comes back and leads again does not deliver what was delivered from its copy
    Given a healthy active-passive pair with these settings
      | setting             | primary | secondary |
      | mailqueue-data-sync | enable  | enable    |
    And a detection time of 2 seconds
    And on-failure set to restore-role
    And 3 messages wait in the queue of the primary for the protected mail server
    And an operator has started a synchronization on the primary
    And the secondary has kept copies of the messages
    And the primary has lost power
    And the secondary has become effective primary
    And the protected mail server takes mail again
    And each accepted message is delivered exactly once, by the secondary
    When the primary starts again
    Then the primary becomes effective primary
    And the secondary becomes effective secondary
    And the first synchronization of the pair has ended
    And each accepted message is delivered exactly once, by the secondary

  @HA-411 @HA-423.a
  Scenario: a forced failover hands the queue over, and its copies are not delivered as well
    Given a healthy active-passive pair with these settings
      | setting             | primary | secondary |
      | mailqueue-data-sync | enable  | enable    |
    And 3 messages wait in the queue of the primary for the protected mail server
    And an operator has started a synchronization on the primary
    And the secondary has kept copies of the messages
    When an operator forces a failover on the primary
    Then the secondary becomes effective primary
    And the primary becomes effective secondary
    And the messages wait in the queue of the secondary only
    When the protected mail server takes mail again
    Then each accepted message is delivered exactly once, by the secondary

  @HA-411
  Scenario: copies from before an operator has disabled the option are not delivered
    Given a healthy active-passive pair with these settings
      | setting             | primary | secondary |
      | mailqueue-data-sync | enable  | enable    |
    And 2 messages wait in the queue of the primary for the protected mail server
    And an operator has started a synchronization on the primary
    And the secondary has kept copies of the messages
    When an operator enters these settings on the secondary
      | setting             | value   |
      | mailqueue-data-sync | disable |
    Then the secondary keeps copies of none of the messages

  @HA-411
  Scenario: copies from before an operator has disabled the option on the primary are not delivered either
    Given a healthy active-passive pair with these settings
      | setting             | primary | secondary |
      | mailqueue-data-sync | enable  | enable    |
    And 2 messages wait in the queue of the primary for the protected mail server
    And an operator has started a synchronization on the primary
    And the secondary has kept copies of the messages
    And an operator has entered these settings on the primary
      | setting             | value   |
      | mailqueue-data-sync | disable |
    When an operator starts a synchronization on the secondary
    Then the secondary keeps copies of none of the messages

  @HA-411
  Scenario Outline: in hold-off copies are kept until an operator disables the option: <setting>
    Given a healthy active-passive pair with these settings
      | setting             | primary | secondary |
      | mailqueue-data-sync | enable  | enable    |
    And 2 messages wait in the queue of the primary for the protected mail server
    And an operator has started a synchronization on the primary
    And the secondary has kept copies of the messages
    And a restart of the primary will last until further notice
    When an operator reboots the primary
    Then the secondary becomes effective hold-off
    When an operator enters these settings on the secondary
      | setting   | value   |
      | <setting> | <value> |
    Then the secondary keeps copies of <some>

    Examples:
      | setting             | value   | some                 |
      | mailqueue-data-sync | disable | none of the messages |
      | hb-lost-threshold   | 20      | the messages         |

  @HA-003.a @HA-411
  Scenario: a primary whose mode is set to off delivers its queue itself, and nobody delivers the copies
    Given a healthy active-passive pair with these settings
      | setting             | primary | secondary |
      | mailqueue-data-sync | enable  | enable    |
    And a detection time of 2 seconds
    And 2 messages wait in the queue of the primary for the protected mail server
    And an operator has started a synchronization on the primary
    And the secondary has kept copies of the messages
    When an operator sets the mode to off on the primary
    Then the primary becomes effective off
    And the secondary becomes effective primary
    And the messages wait in the queue of the primary only
    When the protected mail server takes mail again
    Then each accepted message is delivered exactly once, by the primary

  @HA-027.d @HA-408
  Scenario: in a config-only group neither the queue nor mail data of the primary is copied
    Given a config-only group of a primary and a secondary
    And an operator has tried to enter these settings on each unit
      | setting             | value  |
      | mail-data-sync      | enable |
      | mailqueue-data-sync | enable |
    And a message for the quarantine has been stored on the primary
    And 2 messages wait in the queue of the primary for the protected mail server
    When an operator starts a synchronization on the primary
    Then the secondary keeps copies of none of the messages for 1.5 seconds
    And the messages wait in the queue of the primary only
    And the message does not reach the quarantine of the secondary

  @HA-412
  Scenario: messages that only a primary's queue has are lost with a primary that dies for good
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And 3 messages wait in the queue of the primary for the protected mail server
    And an operator has started a synchronization on the primary
    And the first synchronization of the pair has ended
    When the primary loses power
    Then the secondary becomes effective primary
    When the protected mail server takes mail again
    Then the messages are lost with the primary

Feature: Mail that waits in a queue
  A message that a unit has accepted and not yet delivered lies in that unit's queue. A unit that becomes secondary hands
  its queue to the primary, over the heartbeat link; nothing is lost, and nothing is delivered twice.

  @HA-333.a @HA-333.b @HA-420.a @HA-420.b @HA-420.c @HA-420.d @HA-420.e @HA-423.a @HA-424
  Scenario: with become-secondary a recovered primary hands its queue to the current primary
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And on-failure set to become-secondary
    And 3 messages wait in the queue of the primary for the protected mail server
    When the primary loses power
    Then the secondary becomes effective primary
    When the primary starts again
    Then the primary becomes effective secondary
    And the messages wait in the queue of the secondary only
    And the data ports of the heartbeat links have carried the messages
    When the protected mail server takes mail again
    Then each accepted message is delivered exactly once, by the secondary

  @HA-321 @HA-424
  Scenario: with restore-role a recovered primary delivers its queue itself
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And on-failure set to restore-role
    And 3 messages wait in the queue of the primary for the protected mail server
    And the primary has lost power
    And the secondary has become effective primary
    When the primary starts again
    Then the primary becomes effective primary
    And the secondary becomes effective secondary
    And the messages wait in the queue of the primary only
    When the protected mail server takes mail again
    Then each accepted message is delivered exactly once, by the primary

  @HA-311.b @HA-313.a @HA-313.b @HA-424
  Scenario: with off a recovered primary keeps its queue until an operator restores it
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And on-failure set to off
    And 3 messages wait in the queue of the primary for the protected mail server
    And the primary has lost power
    And the secondary has become effective primary
    When the primary starts again
    Then the messages wait in the queue of the primary only for the detection time
    When an operator restores the configured mode on the primary
    Then the primary becomes effective primary
    And the secondary becomes effective secondary
    When the protected mail server takes mail again
    Then each accepted message is delivered exactly once, by the primary

  @HA-413 @HA-426.a
  Scenario Outline: the queue is handed over whatever is synchronized otherwise
    Given a healthy active-passive pair with these settings
      | setting             | primary     | secondary   |
      | mail-data-sync      | <maildata>  | <maildata>  |
      | mailqueue-data-sync | <mailqueue> | <mailqueue> |
    And 2 messages wait in the queue of the primary for the protected mail server
    When an operator forces a failover on the primary
    Then the secondary becomes effective primary
    And the primary becomes effective secondary
    And the messages wait in the queue of the secondary only
    And the data ports of the heartbeat links have carried the messages

    Examples:
      | maildata | mailqueue |
      | enable   | disable   |
      | disable  | disable   |

  @HA-426.b
  Scenario: the queue is handed over also while the mail queue is synchronized
    Given a healthy active-passive pair with these settings
      | setting             | primary | secondary |
      | mailqueue-data-sync | enable  | enable    |
    And 2 messages wait in the queue of the primary for the protected mail server
    When an operator forces a failover on the primary
    Then the secondary becomes effective primary
    And the primary becomes effective secondary
    And the messages wait in the queue of the secondary only
    When the protected mail server takes mail again
    Then each accepted message is delivered exactly once, by the secondary

  @HA-423.b @HA-424
  Scenario: a hand-over that a power loss interrupts goes on when the unit is back
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And 6 messages wait in the queue of the primary for the protected mail server
    And both heartbeat links delay everything by 0.2 seconds
    And an operator has forced a failover on the primary
    And some of the messages have left the queue of the primary
    When the primary loses power
    And the primary starts again
    Then the primary becomes effective secondary
    And the messages wait in the queue of the secondary only
    When the protected mail server takes mail again
    Then each accepted message is delivered exactly once, by the secondary

  @HA-423.b
  Scenario: what was handed over before a power loss, and delivered meanwhile, is not taken a second time
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And 6 messages wait in the queue of the primary for the protected mail server
    And both heartbeat links delay everything by 0.2 seconds
    And an operator has forced a failover on the primary
    And some of the messages have left the queue of the primary
    When the pair is left alone for 0.3 seconds
    And the primary loses power
    And the protected mail server takes mail again
    And the pair is left alone for 6 seconds
    And the primary starts again
    Then the primary becomes effective secondary
    And each accepted message is delivered exactly once, by the secondary

  @HA-333.a @HA-424
  Scenario: a hand-over that another failover interrupts turns round
    Given a healthy active-passive pair
    And 6 messages wait in the queue of the primary for the protected mail server
    And both heartbeat links delay everything by 0.2 seconds
    And an operator has forced a failover on the primary
    And some of the messages have left the queue of the primary
    When an operator forces a failover on the secondary
    Then the primary becomes effective primary
    And the secondary becomes effective secondary
    And the messages wait in the queue of the primary only
    When the protected mail server takes mail again
    Then each accepted message is delivered exactly once, by the primary

  @HA-424
  Scenario: a hand-over that finds the data ports refused goes on when the links are whole again
    Given a healthy active-passive pair
    And 3 messages wait in the queue of the primary for the protected mail server
    And both heartbeat links refuse data synchronization
    And an operator has forced a failover on the primary
    Then the messages wait in the queue of the primary only for 2 seconds
    When both heartbeat links are whole again
    Then the messages wait in the queue of the secondary only

  @HA-421
  Scenario: a failed primary hands its queue over by itself when its fault is cured
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And on-failure set to become-secondary
    And each unit monitors its mail interface
    And 3 messages wait in the queue of the primary for the protected mail server
    And the mail cable of the primary has been pulled
    And the primary has become effective failed
    And the secondary has become effective primary
    When the mail cable of the primary is plugged in
    Then the primary becomes effective secondary
    And the messages wait in the queue of the secondary only

  @HA-423.b @HA-424
  Scenario: the last message of a queue is not lost when the unit that is to take it dies
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And 2 messages wait in the queue of the primary for the protected mail server
    And both heartbeat links delay everything by 0.2 seconds
    And an operator has forced a failover on the primary
    And some of the messages have left the queue of the primary
    When the secondary loses power
    Then the primary becomes effective primary
    When the secondary starts again
    Then the secondary becomes effective secondary
    And the messages wait in the queue of the primary only
    When the protected mail server takes mail again
    Then each accepted message is delivered exactly once, by the primary

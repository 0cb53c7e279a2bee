Feature: Copies of mail data that are cut off
  A synchronization of mail data may be cut off at any point. What had been copied before is still there for whoever leads
  then, and no message is there in part.

  Background:
    Given two units in server mode
    And a healthy active-passive pair
    And a detection time of 2 seconds
    And a message for the mailboxes has been stored on the primary
    And an operator has started a synchronization on the primary
    And the message has reached the mailboxes of the secondary
    And a message of 320000 bytes for the mailboxes has been stored on the primary
    And both heartbeat links carry 40000 bytes a second

  @HA-120.b @HA-401.c
  Scenario: a copy that a silence of both links cuts off leaves whole messages only
    When an operator starts a synchronization on the primary
    Then data synchronization has begun on the primary heartbeat link
    When the pair is left alone for 2 seconds
    And both heartbeat links fall silent
    Then the secondary becomes effective primary
    And a user finds what had been copied, and no message in part, in the mailbox on the secondary

  @HA-120.b @HA-401.c
  Scenario: a copy that the primary's loss of power cuts off leaves whole messages only
    When an operator starts a synchronization on the primary
    Then data synchronization has begun on the primary heartbeat link
    When the pair is left alone for 2 seconds
    And the primary loses power
    Then the secondary becomes effective primary
    And a user finds what had been copied, and no message in part, in the mailbox on the secondary

  @HA-120.b @HA-401.c
  Scenario: a copy that the secondary's loss of power cuts off leaves whole messages only
    When an operator starts a synchronization on the primary
    Then data synchronization has begun on the primary heartbeat link
    When the pair is left alone for 2 seconds
    And the secondary loses power
    And the primary loses power
    And the secondary starts again
    Then the secondary becomes effective primary
    And a user finds what had been copied, and no message in part, in the mailbox on the secondary

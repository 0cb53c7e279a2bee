Feature: A queue whose hand-over an operator interrupts
  A restart of HA on either unit interrupts the hand-over of queued mail; when the units have found each other again, what
  is left goes to the primary. A unit that has left the group keeps what is left.

  @HA-424
  Scenario: a hand-over goes on when the HA of the unit that takes the mail has been restarted
    Given a healthy active-passive pair
    And 6 messages wait in the queue of the primary for the protected mail server
    And both heartbeat links delay everything by 0.2 seconds
    And an operator has forced a failover on the primary
    And some of the messages have left the queue of the primary
    When an operator restarts HA on the secondary
    Then the secondary becomes effective primary
    And the messages wait in the queue of the secondary only
    When the protected mail server takes mail again
    Then each accepted message is delivered exactly once, by the secondary

  @HA-424
  Scenario: a hand-over that has just begun goes on when the HA of the unit that takes the mail has been restarted
    Given a healthy active-passive pair
    And 2 messages wait in the queue of the primary for the protected mail server
    And both heartbeat links delay everything by 1 second
    And an operator has forced a failover on the primary
    When an operator restarts HA on the secondary
    Then the secondary becomes effective primary
    And the messages wait in the queue of the secondary only
    When the protected mail server takes mail again
    Then each accepted message is delivered exactly once, by the secondary

  @HA-423.b @HA-424
  Scenario: a hand-over goes on when the HA of the unit that gives its mail has been restarted
    Given a healthy active-passive pair
    And 6 messages wait in the queue of the primary for the protected mail server
    And both heartbeat links delay everything by 0.2 seconds
    And an operator has forced a failover on the primary
    And some of the messages have left the queue of the primary
    When an operator restarts HA on the primary
    Then the primary becomes effective secondary
    And the messages wait in the queue of the secondary only
    When the protected mail server takes mail again
    Then each accepted message is delivered exactly once, by the secondary

  @HA-003.d
  Scenario: a unit that leaves the group in the middle of a hand-over gives no more of its queue
    Given a healthy active-passive pair
    And 6 messages wait in the queue of the primary for the protected mail server
    And both heartbeat links delay everything by 0.5 seconds
    And an operator has forced a failover on the primary
    And some of the messages have left the queue of the primary
    When an operator sets the mode to off on the primary
    Then the primary becomes effective off
    And the primary heartbeat link carries nothing any more
    And some of the messages are still in the queue of the primary

  @HA-003.a @HA-423.b
  Scenario: a unit that leaves the group in the middle of a hand-over delivers nothing that its peer has
    Given a healthy active-passive pair
    And 6 messages wait in the queue of the primary for the protected mail server
    And both heartbeat links delay everything by 0.5 seconds
    And an operator has forced a failover on the primary
    And some of the messages have left the queue of the primary
    When the protected mail server takes mail again
    And an operator sets the mode to off on the primary
    Then the primary becomes effective off
    And the primary heartbeat link carries nothing any more
    And each accepted message is delivered exactly once

  @HA-003.a @HA-423.b @HA-424
  Scenario: a unit that leaves the group in the middle of a hand-over to it delivers nothing that its peer keeps
    Given a healthy active-passive pair
    And 6 messages wait in the queue of the primary for the protected mail server
    And both heartbeat links delay everything by 0.5 seconds
    And an operator has forced a failover on the primary
    And some of the messages have left the queue of the primary
    When the protected mail server takes mail again
    And an operator sets the mode to off on the secondary
    Then the secondary becomes effective off
    And the primary becomes effective primary
    And each accepted message is delivered exactly once

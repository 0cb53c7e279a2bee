Feature: A queue that goes along with the role
  Where an operator moves the role, the mail that waits in the old primary's queue moves to the new primary's, as often as
  the role does.

  @HA-420.c @HA-420.e @HA-423.a @HA-424 @HA-580
  Scenario: a forced failover takes the queue along
    Given a healthy active-passive pair
    And 12 messages wait in the queue of the primary for the protected mail server
    When an operator forces a failover on the primary
    Then the secondary becomes effective primary
    And the primary becomes effective secondary
    And the messages wait in the queue of the secondary only
    When the protected mail server takes mail again
    Then each accepted message is delivered exactly once, by the secondary

  @HA-420.c @HA-420.e @HA-423.a @HA-424 @HA-580
  Scenario: a queue that has come back with the role goes along with it again
    Given a healthy active-passive pair
    And 2 messages wait in the queue of the primary for the protected mail server
    And an operator has forced a failover on the primary
    And the messages wait in the queue of the secondary only
    And an operator has forced a failover on the primary
    And the messages wait in the queue of the primary only
    When an operator forces a failover on the primary
    Then the secondary becomes effective primary
    And the primary becomes effective secondary
    And the messages wait in the queue of the secondary only
    When the protected mail server takes mail again
    Then each accepted message is delivered exactly once, by the secondary

  @HA-022.c @HA-424
  Scenario: a unit that has become secondary delivers nothing of a queue that it cannot hand over
    Given a healthy active-passive pair
    And 3 messages wait in the queue of the primary for the protected mail server
    And both heartbeat links refuse data synchronization
    And an operator has forced a failover on the primary
    When the protected mail server takes mail again
    Then the messages wait in the queue of the primary only for 6 seconds
    When both heartbeat links are whole again
    Then each accepted message is delivered exactly once, by the secondary

  @HA-420.c @HA-423.a @HA-424
  Scenario: a queue goes along with the role though each message takes longer than a heartbeat comes
    Given a healthy active-passive pair
    And 3 messages wait in the queue of the primary for the protected mail server
    And both heartbeat links delay everything by 1 second
    When an operator forces a failover on the primary
    Then the secondary becomes effective primary
    And the primary becomes effective secondary
    And the messages wait in the queue of the secondary only
    When the protected mail server takes mail again
    Then each accepted message is delivered exactly once, by the secondary

  @HA-060.b
  Scenario: a queue goes along with the role over the primary heartbeat link while both work
    Given a healthy active-passive pair
    And the first synchronization of the pair has ended
    And 2 messages wait in the queue of the primary for the protected mail server
    When an operator forces a failover on the primary
    Then the secondary becomes effective primary
    And the primary becomes effective secondary
    And the messages wait in the queue of the secondary only
    And data synchronization has used the primary heartbeat link only

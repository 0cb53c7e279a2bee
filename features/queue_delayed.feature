Feature: A queue that cannot move at once
  The queue of a unit that follows goes to the primary as soon as it can, whatever has held it up and whatever has happened
  meanwhile.

  @HA-420.c @HA-424
  Scenario: a queue that was refused for half a minute is handed over all the same
    Given a healthy active-passive pair
    And 2 messages wait in the queue of the primary for the protected mail server
    And both heartbeat links refuse data synchronization
    And an operator has forced a failover on the primary
    Then the messages wait in the queue of the primary only for 30 seconds
    When the primary freezes for 2 seconds
    And both heartbeat links are whole again
    Then the messages wait in the queue of the secondary only
    And the data ports of the heartbeat links have carried the messages

  @HA-420.c @HA-424
  Scenario Outline: a queue that the primary could not hand over before an operator <restarted> the <unit> is handed over afterwards
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And 2 messages wait in the queue of the primary for the protected mail server
    And both heartbeat links refuse data synchronization
    And an operator has forced a failover on the primary
    And an operator has <restarted> the <unit>
    And the primary has ended as effective secondary
    And the messages wait in the queue of the primary only
    When both heartbeat links are whole again
    Then the messages wait in the queue of the secondary only
    And the data ports of the heartbeat links have carried the messages
    When the protected mail server takes mail again
    Then each accepted message is delivered exactly once, by the secondary

    Examples:
      | restarted       | unit      |
      | rebooted        | secondary |
      | restarted HA on | primary   |

  @HA-420.c @HA-424
  Scenario: a primary that could not synchronize at first hands its queue over when it follows
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And on-failure set to become-secondary
    And 2 messages wait in the queue of the primary for the protected mail server
    And the primary has lost power
    And the secondary has become effective primary
    And both heartbeat links refuse configuration synchronization
    When the primary starts again
    And the pair is left alone for 8 seconds
    Then the messages wait in the queue of the primary only
    When both heartbeat links are whole again
    Then the primary becomes effective secondary
    And the messages wait in the queue of the secondary only

  @HA-420.c @HA-424 @HA-577
  Scenario: a primary that was off hands its queue over when an operator restarts HA on it
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And on-failure set to off
    And each unit monitors its mail interface
    And 2 messages wait in the queue of the primary for the protected mail server
    And the mail cable of the primary has been pulled
    And the primary has become effective off
    And the secondary has become effective primary
    And the mail cable of the primary has been plugged in
    When an operator restarts HA on the primary
    Then the primary becomes effective secondary
    And the messages wait in the queue of the secondary only
    When the protected mail server takes mail again
    Then each accepted message is delivered exactly once, by the secondary

  @HA-420.c @HA-424
  Scenario: a failed secondary that led hands its queue over by itself when its fault is cured
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And on-failure set to become-secondary
    And each unit monitors its mail interface
    And an operator has forced a failover on the primary
    And 2 messages wait in the queue of the secondary for the protected mail server
    And the mail cable of the secondary has been pulled
    And the secondary has become effective failed
    And the primary has become effective primary
    When the mail cable of the secondary is plugged in
    Then the secondary becomes effective secondary
    And the messages wait in the queue of the primary only

  @HA-159.a @HA-350.a @HA-420.c @HA-423.a @HA-424
  Scenario: a hand-over goes on while settings are given and copied
    Given a healthy active-passive pair
    And 6 messages wait in the queue of the primary for the protected mail server
    And both heartbeat links delay everything by 0.5 seconds
    And an operator has forced a failover on the primary
    And some of the messages have left the queue of the primary
    When an operator sets on-failure to off on the primary
    And an operator enters these failover actions on the secondary
      | interface | action | address |
      | port3     | add    | virtual |
      | port5     | add    | spare   |
    Then the primary shows these failover actions
      | interface | action | address |
      | port3     | add    | virtual |
      | port5     | add    | spare   |
    And the messages wait in the queue of the secondary only
    When the protected mail server takes mail again
    Then each accepted message is delivered exactly once, by the secondary

  @HA-321 @HA-424
  Scenario: what a secondary took while it led goes to the primary that takes its role back
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And on-failure set to restore-role
    And the primary has lost power
    And the secondary has become effective primary
    And 2 messages wait in the queue of the secondary for the protected mail server
    When the primary starts again
    Then the primary becomes effective primary
    And the secondary becomes effective secondary
    And the messages wait in the queue of the primary only
    When the protected mail server takes mail again
    Then each accepted message is delivered exactly once, by the primary

  @HA-420.c @HA-424
  Scenario: a queue goes along with the role to a secondary that was upgraded first
    Given a healthy active-passive pair
    And 2 messages wait in the queue of the primary for the protected mail server
    And an operator has upgraded the secondary
    When an operator forces a failover on the primary
    Then the secondary becomes effective primary
    And the primary becomes effective secondary
    And the messages wait in the queue of the secondary only
    When the protected mail server takes mail again
    Then each accepted message is delivered exactly once, by the secondary

Feature: What happens at a takeover
  The new primary processes mail, takes the shared addresses and announces them. The loss of the secondary changes no
  role.

  @HA-110.b
  Scenario: after a takeover the secondary processes mail
    Given a healthy active-passive pair
    And an operator has forced a failover on the primary
    When a client sends a message to the secondary
    Then the message is accepted
    And each accepted message is delivered exactly once

  @HA-111.a
  Scenario: sessions open on the old primary are cut
    Given a healthy active-passive pair
    And a client has opened a mail session with the primary's own mail address
    When an operator forces a failover on the primary
    Then the client's mail session is cut
    And the primary becomes effective secondary
    And the secondary becomes effective primary

  @HA-111.b
  Scenario: POP3 sessions open on the old primary are cut
    Given two units in server mode
    And a healthy active-passive pair
    And a client has opened a POP3 session with the primary's own mail address
    When an operator forces a failover on the primary
    Then the client's mail session is cut
    And the primary becomes effective secondary
    And the secondary becomes effective primary

  @HA-111.c
  Scenario: IMAP sessions open on the old primary are cut
    Given two units in server mode
    And a healthy active-passive pair
    And a client has opened an IMAP session with the primary's own mail address
    When an operator forces a failover on the primary
    Then the client's mail session is cut
    And the primary becomes effective secondary
    And the secondary becomes effective primary

  @HA-111.d
  Scenario: HTTP sessions open on the old primary are cut
    Given a healthy active-passive pair
    And a client has opened an HTTP session with the primary's own mail address
    When an operator forces a failover on the primary
    Then the client's mail session is cut
    And the primary becomes effective secondary
    And the secondary becomes effective primary

  @HA-110.a @HA-112
  Scenario: the new primary takes the shared address when the detection time has passed
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    When the primary loses power
    Then the secondary takes the virtual address when the detection time has passed
    And the secondary becomes effective primary

  @HA-113.a
  Scenario: the new primary announces the address that it has taken
    Given a healthy active-passive pair
    When an operator forces a failover on the primary
    Then the secondary announces the virtual address
    And the secondary becomes effective primary
    And the primary becomes effective secondary

  @HA-114
  Scenario: the address that mail exchangers name follows the effective primary
    Given a healthy active-passive pair
    And an operator has forced a failover on the primary
    When a client sends a message to the virtual address
    Then the message is accepted
    And each accepted message is delivered exactly once
    And the virtual address answers from the secondary

  @HA-116
  Scenario: the primary keeps its role when the secondary's HA software crashes
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    When the HA software of the secondary crashes
    Then the primary is still effective primary for the detection time
    And the virtual address answers from the primary

  @HA-117.a @HA-117.b
  Scenario: the primary reports the loss of the secondary and stays primary
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    When the secondary loses power
    Then the units report these events
      | unit    | by    | event                           |
      | primary | alert | secondary heartbeat disappeared |
    And the primary is still effective primary

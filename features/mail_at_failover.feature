Feature: Mail around a failover
  A failover preserves what has been synchronized. A message that a client hands in meanwhile is either not accepted, so
  that the client tries again, or delivered.

  @HA-120.a @HA-120.b
  Scenario: synchronized configuration and mail data survive the failure of the primary
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And a message for the quarantine has been stored on the primary
    And an operator has changed a synchronized setting on the primary
    And an operator has started a synchronization on the primary
    When the primary loses power
    Then the secondary becomes effective primary when the detection time has passed
    And the changed setting is on the secondary
    And the message reaches the quarantine of the secondary

  @HA-427.a
  Scenario: mail data that only the failed primary has is out of reach until it is back
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And on-failure set to become-secondary
    And the first synchronization of the pair has ended
    And a message for the quarantine has been stored on the primary
    When the primary loses power
    Then the secondary becomes effective primary
    And the message does not reach the quarantine of the secondary
    When a message for the quarantine is stored on the secondary
    And the primary starts again
    Then the primary becomes effective secondary
    And the message reaches the quarantine of the primary
    And the quarantines hold these messages for 2 seconds
      | quarantine of | stored on the primary | stored on the secondary |
      | primary       | yes                   | yes                     |
      | secondary     | no                    | yes                     |

  @HA-122.a
  Scenario: the unit that took over is not protected while the other is back but off
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And on-failure set to off
    And the primary has lost power
    And the secondary has become effective primary
    And the primary has started again
    And the primary has ended as effective off
    When the secondary loses power
    Then no unit answers on the virtual address for 4 seconds

  @HA-122.b
  Scenario: the unit that took over is protected when the other is back as secondary
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And on-failure set to become-secondary
    And the primary has lost power
    And the secondary has become effective primary
    And the primary has started again
    And the primary has become effective secondary
    When the secondary loses power
    Then the primary becomes effective primary
    And the virtual address answers from the primary

  @HA-425.a
  Scenario: a message that a client is handing in when the role moves is interrupted
    Given a healthy active-passive pair
    And a client has begun to hand in a message at the primary's own mail address
    When an operator forces a failover on the primary
    Then the secondary becomes effective primary
    And the primary becomes effective secondary
    When the client ends its message
    Then the message is not accepted

  @HA-425.b
  Scenario: a message that the primary is sending when the role moves is sent by the new primary
    Given a healthy active-passive pair
    And the primary is sending a message to the protected mail server
    When an operator forces a failover on the primary
    Then the secondary becomes effective primary
    And the primary becomes effective secondary
    And the messages wait in the queue of the secondary only
    When the protected mail server takes mail again
    Then each accepted message is delivered exactly once, by the secondary

  @HA-321 @HA-425.b
  Scenario: a message that the primary is sending when it loses power is sent by it when it leads again
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And on-failure set to restore-role
    And the primary is sending a message to the protected mail server
    When the primary loses power
    Then the secondary becomes effective primary
    When the protected mail server takes mail again
    And the primary starts again
    Then the primary becomes effective primary
    And the secondary becomes effective secondary
    And each accepted message is delivered exactly once, by the primary

  @HA-580
  Scenario Outline: what a client hands in while the role moves is refused or delivered once
    Given a healthy active-passive pair
    When an operator forces a failover on the <unit> while a client keeps sending
    Then the secondary becomes effective primary
    And the primary becomes effective secondary
    And each accepted message is delivered exactly once

    Examples:
      | unit      |
      | primary   |
      | secondary |

  @HA-164 @HA-580
  Scenario: mail flows after each of several failovers there and back
    Given a healthy active-passive pair
    And an operator has forced a failover on the primary
    And the virtual address answers from the secondary
    And a client has sent a message to the virtual address
    And an operator has forced a failover on the secondary
    And the virtual address answers from the primary
    And a client has sent a message to the virtual address
    And an operator has forced a failover on the primary
    And the virtual address answers from the secondary
    And a client has sent a message to the virtual address
    And an operator has forced a failover on the secondary
    And the virtual address answers from the primary
    When a client sends a message to the virtual address
    Then the message is accepted
    And each accepted message is delivered exactly once
    And only the primary holds the virtual address

  @HA-526.a @HA-526.b
  Scenario: no unit processes mail while the primary restarts
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And a restart of the primary will last until further notice
    When an operator reboots the primary
    Then the secondary becomes effective hold-off
    And no unit answers on the virtual address for the detection time
    When a client sends a message to the virtual address
    Then the message is not accepted
    When a client sends a message to the secondary
    Then the message is not accepted
    When the restart of the primary is allowed to end
    Then the primary becomes effective primary
    And the secondary becomes effective secondary
    And the virtual address answers from the primary

  @HA-424 @HA-520.a
  Scenario: mail that waited when the primary restarted is delivered by it afterwards
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And 2 messages wait in the queue of the primary for the protected mail server
    And a restart of the primary will last until further notice
    When an operator reboots the primary
    Then the secondary becomes effective hold-off
    When the restart of the primary is allowed to end
    Then the primary becomes effective primary
    And the secondary becomes effective secondary
    And the messages wait in the queue of the primary only
    When the protected mail server takes mail again
    Then each accepted message is delivered exactly once, by the primary

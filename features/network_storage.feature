Feature: Mail data on network storage
  Both units have one NAS for their mail data. Whoever leads finds all of it there, so nothing is to be copied, and
  mail-data-sync is disabled.

  @HA-407
  Scenario Outline: the unit that takes over finds all that lies in the <area> on the NAS
    Given two units with their mail data on one NAS
    And a healthy active-passive pair with these settings
      | setting        | primary | secondary |
      | mail-data-sync | disable | disable   |
    And a detection time of 2 seconds
    And a message for the <area> has been stored on the primary
    When the primary loses power
    Then the secondary becomes effective primary
    And the message reaches the <area> of the secondary

    Examples:
      | area       |
      | quarantine |
      | archive    |

  @HA-407
  Scenario: users find all their messages on the NAS after each failover
    Given two units in server mode
    And two units with their mail data on one NAS
    And a healthy active-passive pair with these settings
      | setting        | primary | secondary |
      | mail-data-sync | disable | disable   |
    And a detection time of 2 seconds
    And a message for the mailboxes has been stored on the primary
    And a user has read the mailbox on the primary
    And an operator has forced a failover on the primary
    And a message for the mailboxes has been stored on the secondary
    When the secondary loses power
    Then the primary becomes effective primary
    And a user finds each message once in the mailbox on the primary

  @HA-404
  Scenario: nothing is copied of mail data on a NAS, whatever an operator orders
    Given two units with their mail data on one NAS
    And a healthy active-passive pair with these settings
      | setting        | primary | secondary |
      | mail-data-sync | disable | disable   |
    And the first synchronization of the pair has ended
    And a message for the quarantine has been stored on the primary
    When an operator starts a synchronization on the primary
    Then the primary heartbeat link has carried the heartbeat signal, synchronization control and configuration synchronization only

Feature: Synchronization of mail data
  Mail data (system quarantine, quarantines, archives, mailboxes in server mode, preferences) is copied from the effective
  primary to the effective secondary when both units have mail-data-sync enabled. An operator may start it by hand.

  @HA-028.a @HA-400.a @HA-400.b
  Scenario: mail data is synchronized when no one has set the option, and the mail queue is not
    Given a healthy active-passive pair
    And a message for the quarantine has been stored on the primary
    When an operator starts a synchronization on the primary
    Then the message reaches the quarantine of the secondary
    And each unit shows these settings
      | setting             | value   |
      | mail-data-sync      | enable  |
      | mailqueue-data-sync | disable |

  @HA-401.a @HA-401.b @HA-401.e
  Scenario Outline: the <area> is copied
    Given a healthy active-passive pair
    And a message for the <area> has been stored on the primary
    When an operator starts a synchronization on the primary
    Then the message reaches the <area> of the secondary

    Examples:
      | area              |
      | system-quarantine |
      | quarantine        |
      | archive           |

  @HA-401.d
  Scenario: a user's preferences are copied
    Given a healthy active-passive pair
    And a message for the quarantine has been stored on the primary
    And the preferences of the recipient have reached the primary
    When an operator starts a synchronization on the primary
    Then the preferences of the recipient reach the secondary

  @HA-401.e
  Scenario: a message of several megabytes is copied
    Given a healthy active-passive pair
    And a message of 4000000 bytes for the quarantine has been stored on the primary
    When an operator starts a synchronization on the primary
    Then the message reaches the quarantine of the secondary

  @HA-401.c
  Scenario: mailboxes are copied in server mode
    Given two units in server mode
    And a healthy active-passive pair
    And a message for the mailboxes has been stored on the primary
    When an operator starts a synchronization on the primary
    Then the message reaches the mailboxes of the secondary

  @HA-401.c @HA-405
  Scenario: messages that their owner has read and answered between two copies are in the mailbox once after a failover
    Given two units in server mode
    And a healthy active-passive pair
    And a detection time of 3 seconds
    And a message for the mailboxes has been stored on the primary
    And a user has read the mailbox on the primary
    And a message for the mailboxes has been stored on the primary
    And an operator has started a synchronization on the primary
    And the message has reached the mailboxes of the secondary
    When a message for the mailboxes is stored on the primary
    And a user answers the messages in the mailbox on the primary
    And an operator starts a synchronization on the primary
    Then the message reaches the mailboxes of the secondary
    When the primary loses power
    Then the secondary becomes effective primary
    And a user finds each message once in the mailbox on the secondary

  @HA-401.c @HA-405 @HA-574.d
  Scenario: a message that its owner has answered while the secondary led is in the mailbox once when the primary has its role back
    Given two units in server mode
    And a healthy active-passive pair
    And a message for the mailboxes has been stored on the primary
    And a user has read the mailbox on the primary
    And an operator has started a synchronization on the primary
    And the message has reached the mailboxes of the secondary
    And an operator has forced a failover on the primary
    When a user answers the messages in the mailbox on the secondary
    And a message for the mailboxes is stored on the secondary
    And an operator restores the configured mode on the secondary
    Then the primary becomes effective primary
    And the secondary becomes effective secondary
    And a user finds each message once in the mailbox on the primary

  @HA-403
  Scenario Outline: mail data is not copied when only one unit has the option enabled, whichever is ordered to
    Given a healthy active-passive pair with these settings
      | setting        | primary   | secondary   |
      | mail-data-sync | <primary> | <secondary> |
    And a message for the quarantine has been stored on the primary
    When an operator starts a synchronization on the <unit>
    Then the message does not reach the quarantine of the secondary

    Examples:
      | primary | secondary | unit      |
      | enable  | disable   | primary   |
      | enable  | disable   | secondary |
      | disable | enable    | primary   |
      | disable | enable    | secondary |

  @HA-403
  Scenario Outline: a secondary that is restored gives its role, but no mail data, where the <unit> has the option disabled
    Given a healthy active-passive pair with these settings
      | setting        | primary   | secondary   |
      | mail-data-sync | <primary> | <secondary> |
    And an operator has forced a failover on the primary
    And a message for the quarantine has been stored on the secondary
    When an operator restores the configured mode on the secondary
    Then the primary becomes effective primary
    And the secondary becomes effective secondary
    And the message does not reach the quarantine of the primary

    Examples:
      | unit      | primary | secondary |
      | primary   | disable | enable    |
      | secondary | enable  | disable   |

  @HA-404
  Scenario Outline: mail data is not copied when the option is disabled, and an operator orders it on the <unit>
    Given a healthy active-passive pair with these settings
      | setting        | primary | secondary |
      | mail-data-sync | disable | disable   |
    And a message for the quarantine has been stored on the primary
    When an operator starts a synchronization on the <unit>
    Then the message does not reach the quarantine of the secondary

    Examples:
      | unit      |
      | primary   |
      | secondary |

  @HA-405
  Scenario: mail data goes from the effective primary to the effective secondary, whatever their configured modes
    Given a healthy active-passive pair
    And an operator has forced a failover on the primary
    And a message for the quarantine has been stored on the secondary
    When an operator starts a synchronization on the secondary
    Then the message reaches the quarantine of the primary

  @HA-409 @HA-570.a @HA-570.b @HA-354.a @HA-354.b
  Scenario Outline: an operator starts data and configuration synchronization together, from either unit
    Given a healthy active-passive pair
    And a message for the quarantine has been stored on the primary
    And an operator has changed a synchronized setting on the primary
    When an operator starts a synchronization on the <unit>
    Then the message reaches the quarantine of the secondary
    And the changed setting is on the secondary

    Examples:
      | unit      |
      | primary   |
      | secondary |

  @HA-402
  Scenario: mail data is on the secondary within 20 minutes, each time, though nobody starts a synchronization
    Given a healthy active-passive pair
    And the first synchronization of the pair has ended
    When a message for the quarantine is stored on the primary
    And the pair is left alone for 1200 seconds
    Then the message reaches the quarantine of the secondary
    When a message for the quarantine is stored on the primary
    And the pair is left alone for 1200 seconds
    Then the message reaches the quarantine of the secondary

  @HA-405 @HA-427.a
  Scenario Outline: an operator on the <unit> has nothing copied to the primary of what only the secondary has
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And the first synchronization of the pair has ended
    And both heartbeat links have fallen silent
    And the secondary has become effective primary
    And a message for the quarantine has been stored on the secondary
    And both heartbeat links are whole again
    And an operator has restored the configured mode on the secondary
    And the first synchronization of the pair has ended
    When an operator starts a synchronization on the <unit>
    Then the quarantines hold these messages for 2 seconds
      | unit      | stored on the secondary |
      | primary   | no                      |
      | secondary | yes                     |

    Examples:
      | unit      |
      | primary   |
      | secondary |

  @HA-410 @HA-615.a
  Scenario Outline: the <follower> that follows shows when mail data is synchronized next
    Given a healthy active-passive pair
    And an operator has entered the command <order> on the primary
    And the command has been carried out
    Then the <follower> shows when its next data synchronization comes

    Examples:
      | follower  | order    |
      | secondary | restore  |
      | primary   | failover |

  @HA-615.a
  Scenario: the secondary shows when the configuration is synchronized next
    Given a healthy active-passive pair
    And the first synchronization of the pair has ended
    Then the secondary shows when its next configuration synchronization comes

  @HA-410 @HA-615.a
  Scenario: the secondary shows the time after the next one when that has come
    Given a healthy active-passive pair
    And the first synchronization of the pair has ended
    When the pair is left alone for 1200 seconds
    Then the secondary shows when its next data synchronization comes
    And the secondary shows when its next configuration synchronization comes

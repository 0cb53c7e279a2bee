Feature: Copies of the mail queue when the pair is disturbed
  A secondary that was away, stood still or held off, or whose primary was, cannot know which of the messages that it has
  copies of are delivered. It delivers no message a second time, and none whose primary lives and keeps its queue. What
  it has copied and been told of is there when the primary is gone.

  @HA-411 @HA-523
  Scenario: a primary that does not come back from its restart takes none of the messages with it that were copied
    Given a healthy active-passive pair with these settings
      | setting             | primary | secondary |
      | mailqueue-data-sync | enable  | enable    |
    And 3 messages wait in the queue of the primary for the protected mail server
    And an operator has started a synchronization on the primary
    And the secondary has kept copies of the messages
    And a restart of the primary will last until further notice
    When an operator reboots the primary
    Then the secondary becomes effective hold-off
    And the secondary becomes effective primary after about 15 minutes of hold-off
    When the protected mail server takes mail again
    Then each accepted message is delivered exactly once, by the secondary

  @HA-411 @HA-423.a
  Scenario: after a hold-off nothing is delivered that the primary has delivered since it is back
    Given a healthy active-passive pair with these settings
      | setting             | primary | secondary |
      | mailqueue-data-sync | enable  | enable    |
    And a detection time of 2 seconds
    And 3 messages wait in the queue of the primary for the protected mail server
    And an operator has started a synchronization on the primary
    And the secondary has kept copies of the messages
    And both heartbeat links refuse data synchronization
    When an operator reboots the primary
    Then the secondary becomes effective hold-off
    And the primary becomes effective primary
    And the secondary becomes effective secondary
    When the protected mail server takes mail again
    Then each accepted message is delivered exactly once, by the primary
    When the primary loses power
    Then the secondary becomes effective primary
    When the pair is left alone for 2 seconds
    Then each accepted message is delivered exactly once, by the primary

  @HA-411 @HA-423.a
  Scenario: a secondary that was away delivers nothing that the primary has delivered meanwhile
    Given a healthy active-passive pair with these settings
      | setting             | primary | secondary |
      | mailqueue-data-sync | enable  | enable    |
    And a detection time of 2 seconds
    And 3 messages wait in the queue of the primary for the protected mail server
    And an operator has started a synchronization on the primary
    And the secondary has kept copies of the messages
    And both heartbeat links refuse data synchronization
    And the secondary has lost power
    And the protected mail server takes mail again
    And each accepted message is delivered exactly once, by the primary
    When the secondary starts again
    Then the secondary becomes effective secondary
    When the primary loses power
    Then the secondary becomes effective primary
    When the pair is left alone for 2 seconds
    Then each accepted message is delivered exactly once, by the primary

  @HA-411 @HA-423.a
  Scenario: a secondary delivers nothing that its primary has delivered after a short loss of power
    Given a healthy active-passive pair with these settings
      | setting             | primary | secondary |
      | mailqueue-data-sync | enable  | enable    |
    And 3 messages wait in the queue of the primary for the protected mail server
    And an operator has started a synchronization on the primary
    And the secondary has kept copies of the messages
    And both heartbeat links refuse data synchronization
    When the primary loses power
    And the primary starts again
    Then the primary becomes effective primary
    When the protected mail server takes mail again
    Then each accepted message is delivered exactly once, by the primary
    When an operator sets the detection time to 2 seconds on each unit
    And the primary loses power
    Then the secondary becomes effective primary
    When the pair is left alone for 2 seconds
    Then each accepted message is delivered exactly once, by the primary

  @HA-411 @HA-423.a
  Scenario: a secondary that stood still delivers nothing that its primary has delivered meanwhile
    Given a healthy active-passive pair with these settings
      | setting             | primary | secondary |
      | mailqueue-data-sync | enable  | enable    |
    And a detection time of 2 seconds
    And 3 messages wait in the queue of the primary for the protected mail server
    And an operator has started a synchronization on the primary
    And the secondary has kept copies of the messages
    When the secondary freezes
    And the protected mail server takes mail again
    Then each accepted message is delivered exactly once, by the primary
    When the pair is left alone for 3 seconds
    And the primary loses power
    And the secondary thaws
    Then the secondary becomes effective primary
    When the pair is left alone for 2 seconds
    Then each accepted message is delivered exactly once, by the primary

  @HA-292 @HA-411 @HA-423.a
  Scenario: a secondary that only services hold back delivers nothing that its primary has delivered meanwhile
    Given a healthy active-passive pair with these settings
      | setting                      | primary | secondary |
      | mailqueue-data-sync          | enable  | enable    |
      | remote-services-as-heartbeat | disable | enable    |
    And a detection time of 2 seconds
    And the secondary monitors the SMTP service of its peer at its mail interface
    And 3 messages wait in the queue of the primary for the protected mail server
    And an operator has started a synchronization on the primary
    And the secondary has kept copies of the messages
    When both heartbeat links fall silent
    Then no unit changes its role for 4 seconds
    When the protected mail server takes mail again
    Then each accepted message is delivered exactly once, by the primary
    When the primary loses power
    Then the secondary becomes effective primary
    When the pair is left alone for 2 seconds
    Then each accepted message is delivered exactly once, by the primary

  @HA-003.a @HA-411
  Scenario: a primary that its secondary has found failed delivers its queue itself when its mode is set to off
    Given a healthy active-passive pair with these settings
      | setting             | primary | secondary |
      | mailqueue-data-sync | enable  | enable    |
    And the secondary monitors the SMTP service of its peer at its mail interface
    And 2 messages wait in the queue of the primary for the protected mail server
    And an operator has started a synchronization on the primary
    And the secondary has kept copies of the messages
    When the SMTP service of the primary fails with refusals
    Then the primary becomes effective failed
    And the secondary becomes effective primary
    And the messages wait in the queue of the primary only
    When an operator sets the mode to off on the primary
    Then the primary becomes effective off
    When the protected mail server takes mail again
    Then each accepted message is delivered exactly once, by the primary

  @HA-411
  Scenario: another setting that changes costs a secondary none of its copies
    Given a healthy active-passive pair with these settings
      | setting             | primary | secondary |
      | mailqueue-data-sync | enable  | enable    |
    And 3 messages wait in the queue of the primary for the protected mail server
    And an operator has started a synchronization on the primary
    And the secondary has kept copies of the messages
    And both heartbeat links refuse data synchronization
    When an operator sets the detection time to 2 seconds on each unit
    And the primary loses power
    Then the secondary becomes effective primary
    When the protected mail server takes mail again
    Then each accepted message is delivered exactly once, by the secondary

  @HA-411
  Scenario: a copy of the mail queue that is under way ends when an operator disables the option
    Given a healthy active-passive pair with these settings
      | setting             | primary | secondary |
      | mailqueue-data-sync | enable  | disable   |
    And 2 messages wait in the queue of the primary for the protected mail server
    And both heartbeat links delay everything by 0.5 seconds
    When an operator enters these settings on the secondary
      | setting             | value  |
      | mailqueue-data-sync | enable |
    And an operator enters these settings on the secondary
      | setting             | value   |
      | mailqueue-data-sync | disable |
    Then the secondary keeps copies of none of the messages for 3 seconds
    When an operator changes a synchronized setting on the primary
    Then the changed setting is on the secondary

  @HA-411
  Scenario: a copy of the mail queue that is due does not come when an operator disables the option
    Given a healthy active-passive pair with these settings
      | setting             | primary | secondary |
      | mail-data-sync      | disable | disable   |
      | mailqueue-data-sync | enable  | enable    |
    And the first synchronization of the pair has ended
    And 2 messages wait in the queue of the primary for the protected mail server
    And both heartbeat links delay everything by 0.3 seconds
    When an operator starts a synchronization on the secondary
    And an operator enters these settings on the secondary
      | setting             | value   |
      | mailqueue-data-sync | disable |
    Then the secondary keeps copies of none of the messages for 4 seconds

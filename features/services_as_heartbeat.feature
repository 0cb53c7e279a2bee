Feature: Services of the primary as its heartbeat
  With remote-services-as-heartbeat a secondary that hears its primary on no link does not take over while the services
  that it monitors there answer. They rank third, after both links, and carry no synchronization.

  @HA-290 @HA-707
  Scenario Outline: a secondary whose links <fail> does not take over while a service of the primary answers
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And the secondary monitors the <service> service of its peer at its mail interface
    And an operator has entered these settings on the secondary
      | setting                      | value  |
      | remote-services-as-heartbeat | enable |
    When both heartbeat links <fail>
    Then no unit changes its role for 6 seconds
    And only the primary holds the virtual address
    And the virtual address answers from the primary

    Examples:
      | fail               | service |
      | fall silent        | SMTP    |
      | refuse connections | HTTP    |

  @HA-290 @HA-707
  Scenario: a unit that follows after a failover does not take over either while a service of its peer answers
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And each unit monitors the SMTP service of its peer at its mail interface
    And an operator has entered these settings on each unit
      | setting                      | value  |
      | remote-services-as-heartbeat | enable |
    And an operator has forced a failover on the primary
    When both heartbeat links fall silent
    Then no unit changes its role for 6 seconds
    And only the secondary holds the virtual address

  @HA-290 @HA-707
  Scenario: a secondary whose heartbeat cables are pulled does not take over while a service of the primary answers
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And the secondary monitors the SMTP service of its peer at its mail interface
    And an operator has entered these settings on the secondary
      | setting                      | value  |
      | remote-services-as-heartbeat | enable |
    When the primary heartbeat cable of the secondary is pulled
    And the secondary heartbeat cable of the secondary is pulled
    Then no unit changes its role for 6 seconds

  @HA-109 @HA-291
  Scenario: services that fail after both links let the secondary take over
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And the secondary monitors the SMTP service of its peer at its mail interface
    And an operator has entered these settings on the secondary
      | service     | setting | value |
      | remote-smtp | retries | 3     |
    And an operator has entered these settings on the secondary
      | setting                      | value  |
      | remote-services-as-heartbeat | enable |
    And both heartbeat links have fallen silent
    And no unit has changed its role for 6 seconds
    When the SMTP service of the primary fails with refusals
    Then the secondary becomes effective primary after 2 to 4 seconds of the fault

  @HA-109 @HA-291
  Scenario: a primary that loses its power is taken over from when its services have failed, too
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And the secondary monitors the SMTP service of its peer at its mail interface
    And an operator has entered these settings on the secondary
      | service     | setting       | value |
      | remote-smtp | check-timeout | 1     |
      | remote-smtp | retries       | 6     |
    And an operator has entered these settings on the secondary
      | setting                      | value  |
      | remote-services-as-heartbeat | enable |
    When the primary loses power
    Then the secondary becomes effective primary after 5 to 8 seconds of the fault
    And only the secondary holds the virtual address

  @HA-109
  Scenario: services that fail before the detection time has passed let the secondary take over when it has
    Given a healthy active-passive pair
    And a detection time of 12 seconds
    And the secondary monitors the SMTP service of its peer at its mail interface
    And an operator has entered these settings on the secondary
      | setting                      | value  |
      | remote-services-as-heartbeat | enable |
    When the primary loses power
    Then the secondary becomes effective primary when the detection time has passed

  @HA-292
  Scenario: where services are no heartbeat a secondary takes over though they answer
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And the secondary monitors the SMTP service of its peer at its mail interface
    And an operator has entered these settings on the primary
      | setting                      | value  |
      | remote-services-as-heartbeat | enable |
    And an operator has entered these settings on the secondary
      | setting                      | value   |
      | remote-services-as-heartbeat | disable |
    When both heartbeat links fall silent
    Then the secondary becomes effective primary when the detection time has passed

  @HA-292
  Scenario: a secondary whose services are no heartbeat any more takes over
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And the secondary monitors the SMTP service of its peer at its mail interface
    And an operator has entered these settings on the secondary
      | setting                      | value  |
      | remote-services-as-heartbeat | enable |
    And both heartbeat links have fallen silent
    And no unit has changed its role for 6 seconds
    When an operator enters these settings on the secondary
      | setting                      | value   |
      | remote-services-as-heartbeat | disable |
    Then the secondary becomes effective primary

  @HA-293
  Scenario: a secondary that monitors no service takes over, whatever its primary monitors
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And the primary monitors the SMTP service of its peer at its mail interface
    And an operator has entered these settings on each unit
      | setting                      | value  |
      | remote-services-as-heartbeat | enable |
    When both heartbeat links fall silent
    Then the secondary becomes effective primary when the detection time has passed

  @HA-293
  Scenario Outline: a secondary whose only service has <setting> <value> takes over
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And the secondary monitors the SMTP service of its peer at its mail interface
    And an operator has entered these settings on the secondary
      | service     | setting   | value   |
      | remote-smtp | <setting> | <value> |
    And an operator has entered these settings on the secondary
      | setting                      | value  |
      | remote-services-as-heartbeat | enable |
    When both heartbeat links fall silent
    Then the secondary becomes effective primary when the detection time has passed

    Examples:
      | setting | value   |
      | status  | disable |
      | ip      | 0.0.0.0 |

  @HA-293
  Scenario: a secondary that no longer monitors the service which has served as heartbeat takes over
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And the secondary monitors the SMTP service of its peer at its mail interface
    And an operator has entered these settings on the secondary
      | setting                      | value  |
      | remote-services-as-heartbeat | enable |
    And both heartbeat links have fallen silent
    And no unit has changed its role for 6 seconds
    When an operator enters these settings on the secondary
      | service     | setting | value   |
      | remote-smtp | status  | disable |
    Then the secondary becomes effective primary

  @HA-074
  Scenario: services are a heartbeat after the secondary link, which carries synchronization until then
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And the secondary monitors the SMTP service of its peer at its mail interface
    And an operator has entered these settings on the secondary
      | setting                      | value  |
      | remote-services-as-heartbeat | enable |
    And the primary heartbeat link has fallen silent
    And no unit has changed its role for the detection time
    When an operator changes a synchronized setting on the primary
    Then the changed setting is on the secondary
    When the secondary heartbeat link falls silent
    Then no unit changes its role for 6 seconds

  @HA-294
  Scenario: nothing is synchronized while services alone are the heartbeat, and all is when a link returns
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And the secondary monitors the SMTP service of its peer at its mail interface
    And an operator has entered these settings on the secondary
      | setting                      | value  |
      | remote-services-as-heartbeat | enable |
    And the first synchronization of the pair has ended
    When both heartbeat links no longer carry the heartbeat signal
    And the pair is left alone for 5 seconds
    And an operator changes a synchronized setting on the primary
    And the pair is left alone for 3 seconds
    Then the changed setting is not on the secondary
    When both heartbeat links are whole again
    Then the changed setting is on the secondary
    And no unit changes its role for the detection time

  @HA-290 @HA-291
  Scenario: services are a heartbeat each time that both links fail, and a heartbeat counts again in between
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And the secondary monitors the SMTP service of its peer at its mail interface
    And an operator has entered these settings on the secondary
      | setting                      | value  |
      | remote-services-as-heartbeat | enable |
    And both heartbeat links have fallen silent
    And no unit has changed its role for 6 seconds
    And both heartbeat links are whole again
    When both heartbeat links fall silent
    Then no unit changes its role for 6 seconds
    When both heartbeat links are whole again
    Then the units hear each other on each link
    When the primary loses power
    Then the secondary becomes effective primary within 9 seconds of the fault

  @HA-260
  Scenario: a primary whose service fails when a link is back is told to leave its role, as ever
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And on-failure set to become-secondary
    And the secondary monitors the SMTP service of its peer at its mail interface
    And an operator has entered these settings on the secondary
      | setting                      | value  |
      | remote-services-as-heartbeat | enable |
    And both heartbeat links have fallen silent
    And no unit has changed its role for 6 seconds
    And the secondary heartbeat link is whole again
    When the SMTP service of the primary fails with refusals
    Then the primary becomes effective failed
    And the secondary becomes effective primary within 3 seconds of the fault
    And only the secondary holds the virtual address

  @HA-208 @HA-210 @HA-290
  Scenario: services that go on answering hold nobody back from taking over for a primary that has failed
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And on-failure set to become-secondary
    And each unit monitors its mail interface
    And the secondary monitors the HTTP service of its peer at its primary heartbeat interface
    And an operator has entered these settings on each unit
      | setting                      | value  |
      | remote-services-as-heartbeat | enable |
    When the mail cable of the primary is pulled
    Then the primary becomes effective failed
    And the secondary becomes effective primary within the detection time
    And only the secondary holds the virtual address

  @HA-290
  Scenario: services are a heartbeat for a primary that has left its group and has come back, too
    Given a healthy active-passive pair
    And a detection time of 8 seconds
    And the secondary monitors the HTTP service of its peer at its mail interface
    And an operator has entered these settings on each unit
      | setting                      | value  |
      | remote-services-as-heartbeat | enable |
    And an operator has set the mode to off on the primary
    And the primary has become effective off
    And an operator has set the mode to primary on the primary
    And the primary has become effective primary
    And the pair has been left alone for 2 seconds
    When both heartbeat links fall silent
    Then no unit changes its role for 11 seconds

  @HA-294
  Scenario: a copy that is under way when services alone are the heartbeat stops, and is made when a link returns
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And the secondary monitors the SMTP service of its peer at its mail interface
    And an operator has entered these settings on the secondary
      | setting                      | value  |
      | remote-services-as-heartbeat | enable |
    And the first synchronization of the pair has ended
    And 16 messages for the archive have been stored on the primary
    And both heartbeat links carry 1000 bytes a second
    When an operator starts a synchronization on the primary
    Then data synchronization has begun on the primary heartbeat link
    When both heartbeat links no longer carry the heartbeat signal
    And the pair is left alone for 24 seconds
    Then the message does not reach the archive of the secondary
    When both heartbeat links are whole again
    Then the message reaches the archive of the secondary

  @HA-294
  Scenario: a hand-over that is under way when services alone are the heartbeat stops, and goes on when a link returns
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And each unit monitors the SMTP service of its peer at its mail interface
    And an operator has entered these settings on each unit
      | setting                      | value  |
      | remote-services-as-heartbeat | enable |
    And 16 messages wait in the queue of the primary for the protected mail server
    And both heartbeat links delay everything by 0.5 seconds
    And an operator has forced a failover on the primary
    And some of the messages have left the queue of the primary
    When both heartbeat links no longer carry the heartbeat signal
    And the pair is left alone for 24 seconds
    Then some of the messages are still in the queue of the primary
    When both heartbeat links are whole again
    Then the messages wait in the queue of the secondary only

Feature: A secondary that finds its primary faulty
  Remote monitoring watches services of the primary from the effective secondary. After enough failed checks in a row the
  primary is told to leave its role, and the secondary takes it, while the heartbeat lives.

  @HA-250 @HA-251.a @HA-255 @HA-259.a @HA-259.b @HA-260 @HA-261.a @HA-017.b
  Scenario Outline: with <action> a primary whose SMTP service has failed is <mode>, and the secondary leads
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And on-failure set to <action>
    And the secondary monitors the SMTP service of its peer at its mail interface
    When the SMTP service of the primary fails with refusals
    Then the primary becomes effective <mode>
    And the secondary becomes effective primary within 3 seconds of the fault
    And only the secondary holds the virtual address
    And no unit changes its role for the detection time
    And the units show these modes
      | unit      | configured | effective |
      | primary   | primary    | <mode>    |
      | secondary | secondary  | primary   |

    Examples:
      | action           | mode   |
      | off              | off    |
      | restore-role     | failed |
      | become-secondary | failed |

  @HA-251.b @HA-251.d @HA-255
  Scenario Outline: in server mode a primary whose <service> service has failed is failed
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And an operator has entered these settings on each unit
      | object        | setting        | value  |
      | system global | operation-mode | server |
    And the secondary monitors the <service> service of its peer at its mail interface
    And the pair has been left alone for 4 seconds
    When the <service> service of the primary fails with refusals
    Then the primary becomes effective failed
    And the secondary becomes effective primary within 3 seconds of the fault

    Examples:
      | service |
      | POP3    |
      | IMAP    |

  @HA-251.c @HA-255
  Scenario: a primary whose web server has failed is failed
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And the secondary monitors the HTTP service of its peer at its mail interface
    And the pair has been left alone for 4 seconds
    When the HTTP service of the primary fails with a temporary error
    Then the primary becomes effective failed
    And the secondary becomes effective primary within 3 seconds of the fault

  @HA-250 @HA-255 @HA-261.b @HA-335
  Scenario: with become-secondary the units lose each other's services in turn, and the one that follows takes over each time
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And on-failure set to become-secondary
    And each unit monitors the SMTP service of its peer at its mail interface
    And the mail cable of the primary has been pulled
    And the primary has become effective failed
    And the secondary has become effective primary
    And the mail cable of the primary has been plugged in
    And the primary has become effective secondary
    And the mail cable of the secondary has been pulled
    And the secondary has become effective failed
    And the primary has become effective primary
    And the mail cable of the secondary has been plugged in
    And the secondary has become effective secondary
    When the mail cable of the primary is pulled
    Then the primary becomes effective failed
    And the secondary becomes effective primary within 8 seconds of the fault
    When the mail cable of the primary is plugged in
    Then the primary becomes effective secondary
    When the mail cable of the secondary is pulled
    Then the secondary becomes effective failed
    And the primary becomes effective primary within 8 seconds of the fault

  @HA-250 @HA-255 @HA-258 @HA-300.c
  Scenario: with restore-role a service that fails a second time moves the role after as many failed checks as at first
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And on-failure set to restore-role
    And each unit monitors the SMTP service of its peer at its mail interface
    And an operator has entered these settings on the secondary
      | service     | setting        | value |
      | remote-smtp | check-interval | 2     |
      | remote-smtp | retries        | 3     |
    And the mail cable of the primary has been pulled
    And the primary has become effective failed
    And the secondary has become effective primary
    And the mail cable of the primary has been plugged in
    And the primary has become effective primary
    And the secondary has ended as effective secondary
    When the mail cable of the primary is pulled
    Then the primary becomes effective failed no sooner than 4 seconds of the fault
    And the secondary becomes effective primary within 12 seconds of the fault

  @HA-251.e
  Scenario: outside server mode nobody monitors IMAP
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And the secondary monitors the IMAP service of its peer at its mail interface
    When the IMAP service of the primary fails with refusals
    Then no unit changes its role for 4 seconds

  @HA-254 @HA-255
  Scenario Outline: a primary whose SMTP service fails with <failing> is failed
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And the secondary monitors the SMTP service of its peer at its mail interface
    When the SMTP service of the primary fails with <failing>
    Then the primary becomes effective failed
    And the secondary becomes effective primary within <seconds> seconds of the fault

    Examples: it answers what it should not
      | failing           | seconds |
      | a temporary error | 3       |
      | a lasting error   | 3       |
      | garbage           | 3       |

    Examples: each check lasts as long as check-timeout says
      | failing             | seconds |
      | lost packets        | 8       |
      | silence             | 8       |
      | an endless greeting | 8       |

  @HA-254
  Scenario: a service that answers before check-timeout answers, though the next check is due before
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And the secondary monitors the SMTP service of its peer at its mail interface
    And an operator has entered these settings on the secondary
      | service     | setting        | value |
      | remote-smtp | check-interval | 1     |
      | remote-smtp | check-timeout  | 3     |
      | remote-smtp | retries        | 1     |
    When the SMTP service of the primary fails with a delay of 2 seconds
    Then no unit changes its role for 8 seconds

  @HA-254
  Scenario: a service that would answer after check-timeout does not
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And the secondary monitors the SMTP service of its peer at its mail interface
    And an operator has entered these settings on the secondary
      | service     | setting        | value |
      | remote-smtp | check-interval | 1     |
      | remote-smtp | check-timeout  | 3     |
      | remote-smtp | retries        | 1     |
    When the SMTP service of the primary fails with a delay of 4 seconds
    Then the primary becomes effective failed after 3 to 5 seconds of the fault
    And the secondary becomes effective primary

  @HA-255 @HA-258
  Scenario: only as many failed checks in a row as retries says make a primary leave its role
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And the secondary monitors the SMTP service of its peer at its mail interface
    And an operator has entered these settings on the secondary
      | service     | setting        | value |
      | remote-smtp | check-interval | 2     |
      | remote-smtp | retries        | 3     |
    When the SMTP service of the primary fails with refusals
    Then the primary becomes effective failed no sooner than 4 seconds of the fault
    And the secondary becomes effective primary within 7 seconds of the fault

  @HA-254 @HA-258
  Scenario: a service that says nothing has the time of check-timeout for each check
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And the secondary monitors the SMTP service of its peer at its mail interface
    And an operator has entered these settings on the secondary
      | service     | setting        | value |
      | remote-smtp | check-interval | 1     |
      | remote-smtp | check-timeout  | 5     |
      | remote-smtp | retries        | 1     |
    When the SMTP service of the primary fails with silence
    Then the primary becomes effective failed no sooner than 5 seconds of the fault
    And the secondary becomes effective primary within 7 seconds of the fault

  @HA-255
  Scenario: a service that answers in between lets the secondary count from the beginning
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And the secondary monitors the SMTP service of its peer at its mail interface
    And an operator has entered these settings on the secondary
      | service     | setting | value |
      | remote-smtp | retries | 6     |
    When the SMTP service of the primary fails with refusals for 3 seconds
    And the pair is left alone for 2 seconds
    And the SMTP service of the primary fails with refusals for 3 seconds
    Then no unit changes its role for 3 seconds

  @HA-257
  Scenario: a service whose monitoring is disabled influences nothing
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And the secondary monitors the SMTP service of its peer at its mail interface
    And an operator has entered these settings on the secondary
      | service     | setting | value   |
      | remote-smtp | status  | disable |
    When the SMTP service of the primary fails with refusals
    Then no unit changes its role for 4 seconds

  @HA-255
  Scenario: a service that answers again before the primary has heard that it failed moves no role
    Given a healthy active-passive pair
    And a detection time of 20 seconds
    And the secondary monitors the SMTP service of its peer at its mail interface
    And both heartbeat links have fallen silent
    And the SMTP service of the primary has failed with refusals
    And the pair has been left alone for 4 seconds
    When every service of the primary answers again
    And the pair is left alone for 3 seconds
    And both heartbeat links are whole again
    Then no unit changes its role for 4 seconds

  @HA-257
  Scenario: a service that is monitored no more before the primary has heard that it failed moves no role
    Given a healthy active-passive pair
    And a detection time of 20 seconds
    And the secondary monitors the SMTP service of its peer at its mail interface
    And both heartbeat links have fallen silent
    And the SMTP service of the primary has failed with refusals
    And the pair has been left alone for 4 seconds
    When an operator enters these settings on the secondary
      | service     | setting | value   |
      | remote-smtp | status  | disable |
    And both heartbeat links are whole again
    Then no unit changes its role for 4 seconds

  @HA-255 @HA-257
  Scenario: a service that is monitored anew is counted anew
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And the secondary monitors the SMTP service of its peer at its mail interface
    And an operator has entered these settings on the secondary
      | service     | setting | value |
      | remote-smtp | retries | 16    |
    And the SMTP service of the primary has failed with refusals
    And the pair has been left alone for 6 seconds
    And an operator has entered these settings on the secondary
      | service     | setting | value   |
      | remote-smtp | status  | disable |
    When an operator enters these settings on the secondary
      | service     | setting | value  |
      | remote-smtp | status  | enable |
    Then the primary becomes effective failed no sooner than 13 seconds of the change
    And the secondary becomes effective primary

  @HA-255 @HA-257
  Scenario: failed checks go on counting when an operator changes how another service is monitored
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And the secondary monitors the SMTP service of its peer at its mail interface
    And an operator has entered these settings on the secondary
      | service     | setting | value |
      | remote-smtp | retries | 20    |
    And the SMTP service of the primary has failed with refusals
    And the pair has been left alone for 10 seconds
    When an operator enters these settings on the secondary
      | service    | setting        | value |
      | remote-pop | check-interval | 60    |
    Then the primary becomes effective failed within 14 seconds of the change
    And the secondary becomes effective primary

  @HA-256 @HA-252
  Scenario: one service of two is enough, though the other answers
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And the secondary monitors the SMTP service of its peer at its mail interface
    And the secondary monitors the POP3 service of its peer at its mail interface
    When the POP3 service of the primary fails with refusals
    Then the primary becomes effective failed
    And the secondary becomes effective primary within 3 seconds of the fault

  @HA-250 @HA-266.a @HA-266.b @HA-267
  Scenario: what the primary is to monitor later is asleep while it leads, and stays its own
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And the primary monitors the SMTP service of its peer at its mail interface
    And an operator has changed a synchronized setting on the primary
    And the changed setting is on the secondary
    When the SMTP service of the primary fails with refusals
    Then no unit changes its role for 4 seconds
    And the secondary shows these settings
      | service     | setting        | value   |
      | remote-smtp | status         | disable |
      | remote-smtp | ip             | 0.0.0.0 |
      | remote-smtp | check-interval | 120     |

  @HA-266.c
  Scenario: a primary checks itself by its own local settings, however the units monitor each other
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And on-failure set to become-secondary
    And each unit monitors the SMTP service of its peer at its mail interface
    And an operator has entered these settings on each unit
      | service     | setting | value |
      | remote-smtp | retries | 60    |
    And the primary monitors its mail interface
    When the mail cable of the primary is pulled
    Then the primary becomes effective failed within 3 seconds of the fault
    And the secondary becomes effective primary

  @HA-266.c
  Scenario: a primary that is not to check itself does not, whatever its secondary is to check
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And each unit monitors the SMTP service of its peer at its mail interface
    And an operator has entered these settings on each unit
      | service     | setting | value |
      | remote-smtp | retries | 60    |
    And the secondary monitors its mail interface
    When the mail cable of the primary is pulled
    Then no unit changes its role for 4 seconds

  @HA-261.b @HA-300.c @HA-334 @HA-335
  Scenario Outline: with <action> a primary that its peer no longer reaches is <role> when it reaches its peer again
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And on-failure set to <action>
    And each unit monitors the SMTP service of its peer at its mail interface
    And the mail cable of the primary has been pulled
    And the primary has become effective failed
    And the secondary has become effective primary
    And no unit has changed its role for 3 seconds
    When the mail cable of the primary is plugged in
    Then the primary becomes effective <role>
    And the secondary ends as effective <other role>

    Examples:
      | action           | role      | other role |
      | restore-role     | primary   | secondary  |
      | become-secondary | secondary | primary    |

  @HA-261.b @HA-300.c @HA-320.b @HA-321 @HA-335
  Scenario: with restore-role a primary that its peer no longer reaches takes its role back a second time, too
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And on-failure set to restore-role
    And each unit monitors the SMTP service of its peer at its mail interface
    And the mail cable of the primary has been pulled
    And the primary has become effective failed
    And the secondary has become effective primary
    And the mail cable of the primary has been plugged in
    And the primary has become effective primary
    And the secondary has become effective secondary
    When the mail cable of the primary is pulled
    Then the primary becomes effective failed
    And the secondary becomes effective primary
    When the mail cable of the primary is plugged in
    Then the primary becomes effective primary
    And the secondary becomes effective secondary

  @HA-017.c
  Scenario: a failed primary whose links were dead finds its peer when one is whole again
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And on-failure set to become-secondary
    And each unit monitors the SMTP service of its peer at its primary heartbeat interface
    And the primary heartbeat cable of the primary has been pulled
    And the primary has become effective failed
    And the secondary has become effective primary
    And the secondary heartbeat cable of the primary has been pulled
    And no unit has changed its role for 10 seconds
    When the primary heartbeat cable of the primary is plugged in
    Then the primary becomes effective secondary
    And the secondary is still effective primary

  @HA-311.b
  Scenario: with off a primary that its peer has found faulty is off, though it could reach its peer again
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And on-failure set to off
    And each unit monitors the SMTP service of its peer at its mail interface
    And the SMTP service of the primary has failed with refusals
    And the primary has become effective off
    And the secondary has become effective primary
    When every service of the primary answers again
    Then the primary is still effective off for 4 seconds
    And the secondary is still effective primary

  @HA-263
  Scenario: a service that is monitored at a heartbeat interface is asked over the heartbeat link
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And the secondary monitors the SMTP service of its peer at its primary heartbeat interface
    When the mail cable of the primary is pulled
    Then no unit changes its role for 4 seconds
    When the SMTP service of the primary fails with refusals
    Then the primary becomes effective failed
    And the secondary becomes effective primary within 3 seconds of the fault

  @HA-264
  Scenario: two services are monitored at two addresses, each at its own
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And the secondary monitors the POP3 service of its peer at its mail interface
    And the secondary monitors the SMTP service of its peer at its primary heartbeat interface
    When the mail cable of the primary is pulled
    Then the primary becomes effective failed
    And the secondary becomes effective primary within 8 seconds of the fault

  @HA-252
  Scenario: a service is asked at the port that is set
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And the secondary monitors the SMTP service of its peer at its mail interface
    And the secondary monitors the POP3 service of its peer at its mail interface
    And the pair has been left alone for 3 seconds
    When an operator enters these settings on the secondary
      | service     | setting | value |
      | remote-smtp | port    | 2525  |
    Then the primary becomes effective failed
    And the secondary becomes effective primary
    When an operator enters these settings on the secondary
      | service     | setting | value |
      | remote-smtp | port    | 25    |
    Then no unit changes its role for the detection time

  @HA-269
  Scenario: a primary that loses its power is taken over from as ever, whatever its services are given
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And the secondary monitors the SMTP service of its peer at its mail interface
    And an operator has entered these settings on the secondary
      | service     | setting | value |
      | remote-smtp | retries | 60    |
    When the primary loses power
    Then the secondary becomes effective primary when the detection time has passed

  @HA-521.c
  Scenario: a secondary in hold-off does not act on services that do not answer
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And the secondary monitors the SMTP service of its peer at its mail interface
    And an operator has entered these settings on the secondary
      | service     | setting | value |
      | remote-smtp | retries | 4     |
    And a restart of the primary will last longer than the detection time
    When an operator reboots the primary
    Then the secondary becomes effective hold-off
    And the primary is down
    And the primary ends as effective primary
    And the secondary ends as effective secondary
    And the secondary has never been effective primary

  @HA-027.f @HA-268
  Scenario Outline: in a config-only group the <unit> does not act on services that do not answer
    Given a config-only group of a primary and a secondary
    And an operator has tried to enter these settings on each unit
      | service     | setting        | value     |
      | remote-smtp | check-interval | 1         |
      | remote-smtp | check-timeout  | 1         |
      | remote-smtp | retries        | 2         |
      | remote-smtp | ip             | 10.0.3.77 |
      | remote-smtp | status         | enable    |
    When the pair is left alone for 4 seconds
    Then the <unit> is still effective off for 2 seconds
    And the <unit>'s own mail address answers from the <unit>

    Examples:
      | unit      |
      | primary   |
      | secondary |

  @HA-655.c
  Scenario: both units report why the role has moved
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And the secondary monitors the SMTP service of its peer at its mail interface
    When the SMTP service of the primary fails with refusals
    Then the primary becomes effective failed
    And the secondary becomes effective primary
    And the units report these events
      | unit      | event | by    | change               |
      | primary   | ...   | alert | primary to failed    |
      | secondary | ...   | alert | secondary to primary |

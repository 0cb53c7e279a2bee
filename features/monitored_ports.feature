Feature: A primary that finds itself faulty
  Local monitoring watches the interfaces of the effective primary. After enough failed checks in a row the primary leaves
  its role: its effective mode is off when on-failure is off, and failed otherwise.

  @HA-013.a @HA-013.b @HA-013.c @HA-020.c @HA-310
  Scenario: with off a primary that finds itself faulty is off
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And on-failure set to off
    And each unit monitors its mail interface
    When the mail cable of the primary is pulled
    Then the primary becomes effective off
    And the primary offers no mail service
    And the secondary becomes effective primary within the detection time
    And the units show these modes
      | unit      | configured | effective |
      | primary   | primary    | off       |
      | secondary | secondary  | primary   |

  @HA-017.a @HA-020.d @HA-320.a @HA-330.a
  Scenario Outline: with <action> a primary that finds itself faulty is failed, and stays so while the fault lasts
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And on-failure set to <action>
    And each unit monitors its mail interface
    When the mail cable of the primary is pulled
    Then the primary becomes effective failed
    And the secondary becomes effective primary within the detection time
    And no unit changes its role for the detection time
    And the units show these modes
      | unit      | configured | effective |
      | primary   | primary    | failed    |
      | secondary | secondary  | primary   |

    Examples:
      | action           |
      | restore-role     |
      | become-secondary |

  @HA-655.c
  Scenario Outline: with <action> the alert of a primary that finds itself faulty names the change to <mode>
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And on-failure set to <action>
    And each unit monitors its mail interface
    When the mail cable of the primary is pulled
    Then the primary becomes effective <mode>
    And the units report these events
      | unit    | event | by    | change            |
      | primary | ...   | alert | primary to <mode> |
    And the secondary becomes effective primary

    Examples:
      | action       | mode   |
      | restore-role | failed |
      | off          | off    |

  @HA-017.a
  Scenario Outline: with <action> neither settings nor commands end the failure of a primary whose fault lasts
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And on-failure set to <action>
    And each unit monitors its mail interface
    And the mail cable of the primary has been pulled
    And the primary has become effective failed
    And the secondary has become effective primary
    When an operator changes a synchronized setting on the secondary
    And an operator sets on-failure to <other> on the primary
    And an operator sets the detection time to 4 seconds on the primary
    And an operator enters the command failover on the primary
    And an operator enters the command sync on the primary
    Then the primary is still effective failed for the detection time
    And the secondary is still effective primary

    Examples:
      | action           | other            |
      | restore-role     | become-secondary |
      | become-secondary | restore-role     |

  @HA-207
  Scenario Outline: with <action> a primary that finds itself faulty speaks to nobody, though its heartbeat links change
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And on-failure set to <action>
    And each unit monitors its mail interface
    And the mail cable of the primary has been pulled
    And the primary has become effective <mode>
    And the secondary has become effective primary
    When an operator sets heartbeat-status of the secondary interface to disable, in the flat form, on the primary
    Then the primary heartbeat link carries nothing any more

    Examples:
      | action           | mode   |
      | off              | off    |
      | become-secondary | failed |

  @HA-204 @HA-206
  Scenario: only as many failed checks in a row as retries says make a primary leave its role
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And each unit monitors its mail interface
    And an operator has entered these settings on each unit
      | service     | setting        | value |
      | local-ports | check-interval | 2     |
      | local-ports | retries        | 3     |
    When the mail cable of the primary is pulled
    Then the primary becomes effective failed after 4 to 6 seconds of the fault

  @HA-206 @HA-207
  Scenario: with retries of 1 a single failed check of the interfaces makes a primary leave its role
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And each unit monitors its mail interface
    And an operator has entered these settings on each unit
      | service     | setting        | value |
      | local-ports | check-interval | 4     |
      | local-ports | retries        | 1     |
    When the mail cable of the primary is pulled
    Then the primary becomes effective failed within 4 seconds of the fault

  @HA-017.a @HA-206
  Scenario: good checks of the disk neither put off the failure of an interface nor cure it
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And each unit monitors its mail interface
    And an operator has entered these settings on each unit
      | service     | setting        | value  |
      | local-ports | check-interval | 3      |
      | local-hd    | status         | enable |
      | local-hd    | check-interval | 1      |
      | local-hd    | retries        | 2      |
    When the mail cable of the primary is pulled
    Then the primary becomes effective failed after 2 to 7 seconds of the fault
    And the secondary becomes effective primary within the detection time
    And no unit changes its role for the detection time

  @HA-336.a @HA-336.b
  Scenario: a failed primary neither holds the virtual address nor processes mail
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And on-failure set to become-secondary
    And each unit monitors its mail interface
    When the mail cable of the primary is pulled
    Then the primary becomes effective failed
    And the primary offers no mail service
    And the mail interface of the primary holds its own address only
    And the secondary becomes effective primary within the detection time
    And only the secondary holds the virtual address
    And the virtual address answers from the secondary

  @HA-170 @HA-338
  Scenario: a secondary that loses a monitored interface changes nothing
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And each unit monitors its mail interface
    When the mail cable of the secondary is pulled
    Then no unit changes its role for the detection time

  @HA-204 @HA-214
  Scenario: a secondary whose monitored interface has long failed counts from the beginning when it takes over
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And on-failure set to become-secondary
    And each unit monitors its mail interface
    And an operator has entered these settings on each unit
      | service     | setting        | value |
      | local-ports | check-interval | 1     |
      | local-ports | retries        | 4     |
    And the mail cable of the secondary has been pulled
    And the pair has been left alone for 4 seconds
    When the primary loses power
    Then the secondary becomes effective primary when the detection time has passed
    And the secondary becomes effective failed after 4 to 9 seconds of the fault
    And no unit holds the virtual address

  @HA-337 @HA-338
  Scenario: a secondary that leads does as its own on-failure says when it finds itself faulty
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And on-failure set to become-secondary on the primary
    And on-failure set to off on the secondary
    And each unit monitors its mail interface
    And an operator has forced a failover on the primary
    When the mail cable of the secondary is pulled
    Then the secondary becomes effective off
    And the primary becomes effective primary

  @HA-337
  Scenario: a primary that finds itself faulty does not go by its peer's on-failure
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And on-failure set to become-secondary on the primary
    And on-failure set to off on the secondary
    And each unit monitors its mail interface
    When the mail cable of the primary is pulled
    Then the primary becomes effective failed
    And the secondary becomes effective primary within the detection time

  @HA-207 @HA-330.a
  Scenario Outline: with <action> a primary that is alone is <mode>, too, when it finds itself faulty
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And on-failure set to <action>
    And each unit monitors its mail interface
    And the secondary has lost power
    When the mail cable of the primary is pulled
    Then the primary becomes effective <mode>
    And no unit holds the virtual address

    Examples:
      | action           | mode   |
      | become-secondary | failed |
      | off              | off    |

  @HA-204 @HA-206
  Scenario: a primary whose operator shortens the check interval and lowers the retries leaves its role by the new ones
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And on-failure set to become-secondary
    And each unit monitors its mail interface
    And an operator has entered these settings on each unit
      | service     | setting        | value |
      | local-ports | check-interval | 4     |
      | local-ports | retries        | 8     |
    And the pair has been left alone for 5 seconds
    And an operator has entered these settings on each unit
      | service     | setting        | value |
      | local-ports | check-interval | 1     |
      | local-ports | retries        | 2     |
    When the mail cable of the primary is pulled
    Then the primary becomes effective failed within 4 seconds of the fault
    And the secondary becomes effective primary within the detection time

  @HA-207 @HA-330.a @HA-336.a
  Scenario: a primary whose monitoring is enabled while it is alone is failed when its interface fails
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And on-failure set to become-secondary
    And the secondary has lost power
    And the units have reported these events
      | unit    | by    | event                           |
      | primary | alert | secondary heartbeat disappeared |
    And the primary monitors its mail interface
    When the mail cable of the primary is pulled
    Then the primary becomes effective failed
    And no unit holds the virtual address

  @HA-204 @HA-206
  Scenario: a setting that an operator changes while checks fail does not put off the failure of a primary
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And on-failure set to become-secondary
    And each unit monitors its mail interface
    And an operator has entered these settings on each unit
      | service     | setting        | value |
      | local-ports | check-interval | 3     |
      | local-ports | retries        | 5     |
    And the mail cable of the primary has been pulled
    And the pair has been left alone for 5 seconds
    When an operator sets the detection time to 4 seconds on the primary
    Then the primary becomes effective failed within 11 seconds of the command
    And the secondary becomes effective primary within the detection time

  @HA-204 @HA-205
  Scenario: good checks between bad ones let a primary count from the beginning
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And on-failure set to become-secondary
    And each unit monitors its mail interface
    And an operator has entered these settings on each unit
      | service     | setting        | value |
      | local-ports | check-interval | 1     |
      | local-ports | retries        | 11    |
    And the mail cable of the primary has been pulled for 9 seconds
    And the pair has been left alone for 2 seconds
    When the mail cable of the primary is pulled for 7 seconds
    Then no unit changes its role for 2 seconds

  @HA-204 @HA-205 @HA-206
  Scenario: good checks between bad ones let a primary that was rebooted count from the beginning
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And on-failure set to become-secondary
    And each unit monitors its mail interface
    And an operator has entered these settings on each unit
      | service     | setting        | value |
      | local-ports | check-interval | 1     |
      | local-ports | retries        | 7     |
    And an operator has rebooted the primary
    When the mail cable of the primary is pulled for 3 seconds
    Then no unit changes its role for 2 seconds
    When the mail cable of the primary is pulled
    Then the primary becomes effective failed after 5 to 9 seconds of the fault
    And the secondary becomes effective primary within the detection time

  @HA-204 @HA-205 @HA-206
  Scenario: good checks between bad ones let a secondary that leads count from the beginning
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And on-failure set to become-secondary
    And each unit monitors its mail interface
    And an operator has entered these settings on each unit
      | service     | setting        | value |
      | local-ports | check-interval | 1     |
      | local-ports | retries        | 7     |
    And an operator has forced a failover on the primary
    When the mail cable of the secondary is pulled for 3 seconds
    Then no unit changes its role for 2 seconds
    When the mail cable of the secondary is pulled
    Then the secondary becomes effective failed after 5 to 9 seconds of the fault
    And the primary becomes effective primary within the detection time

  @HA-204 @HA-205 @HA-206
  Scenario Outline: good checks between bad ones let a <unit> that leads alone count from the beginning
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And on-failure set to become-secondary
    And each unit monitors its mail interface
    And an operator has entered these settings on each unit
      | service     | setting        | value |
      | local-ports | check-interval | 1     |
      | local-ports | retries        | 11    |
    And the <peer> has lost power
    And the <unit> has ended as effective primary
    When the mail cable of the <unit> is pulled
    Then the <unit> is still effective primary for 3 seconds
    When the mail cable of the <unit> is plugged in
    Then no unit changes its role for 2 seconds
    When the mail cable of the <unit> is pulled
    Then the <unit> becomes effective failed after 9 to 13 seconds of the fault

    Examples:
      | unit      | peer      |
      | primary   | secondary |
      | secondary | primary   |

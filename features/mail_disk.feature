Feature: A primary whose mail disk fails
  Local monitoring watches the mail disk of the effective primary, too, where local-hd is enabled. After enough failed checks in
  a row the primary leaves its role, as for an interface. The settings are each unit's own, and sleep on a unit that follows.

  @HA-200 @HA-209
  Scenario Outline: a primary whose mail disk is <state> leaves its role, and its peer takes over
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And on-failure set to become-secondary
    And each unit monitors its mail disk
    When the mail disk of the primary becomes <state>
    Then the primary becomes effective failed
    And the secondary becomes effective primary within the detection time
    And the primary offers no mail service
    And only the secondary holds the virtual address
    And the virtual address answers from the secondary

    Examples:
      | state     |
      | full      |
      | read-only |
      | faulty    |
      | stuck     |

  @HA-209 @HA-310 @HA-311.b
  Scenario: with off a primary whose mail disk fails is off, and stays off when it works again
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And on-failure set to off
    And each unit monitors its mail disk
    When the mail disk of the primary becomes faulty
    Then the primary becomes effective off
    And the secondary becomes effective primary within the detection time
    When the mail disk of the primary works again
    Then the primary is still effective off for the detection time

  @HA-017.a @HA-209
  Scenario Outline: with <action> a primary whose mail disk is <state> stays failed while it is
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And on-failure set to <action>
    And each unit monitors its mail disk
    When the mail disk of the primary becomes <state>
    Then the primary becomes effective failed
    And the secondary becomes effective primary
    And no unit changes its role for 3 seconds

    Examples:
      | action           | state  |
      | restore-role     | full   |
      | become-secondary | faulty |

  @HA-018.a @HA-209 @HA-330.b
  Scenario Outline: a failed primary whose <state> mail disk works again is secondary
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And on-failure set to become-secondary
    And each unit monitors its mail disk
    And the mail disk of the primary has become <state>
    And the primary has become effective failed
    And the secondary has become effective primary
    When the mail disk of the primary works again
    Then the primary becomes effective secondary
    And the secondary is still effective primary for the detection time

    Examples:
      | state     |
      | read-only |
      | stuck     |

  @HA-018.b @HA-209 @HA-320.b
  Scenario: with restore-role a failed primary whose mail disk works again returns to its role
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And on-failure set to restore-role
    And each unit monitors its mail disk
    And the mail disk of the primary has become full
    And the primary has become effective failed
    And the secondary has become effective primary
    When the mail disk of the primary works again
    Then the primary becomes effective primary
    And the secondary becomes effective secondary

  @HA-203
  Scenario Outline: a mail disk that is <state> moves no role where local-hd is disabled
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And each unit monitors its mail interface
    When the mail disk of the primary becomes <state>
    Then no unit changes its role for 3 seconds

    Examples:
      | state |
      | full  |
      | stuck |

  @HA-204 @HA-206 @HA-209
  Scenario: only as many failed checks of the mail disk in a row as retries says make a primary leave its role
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And an operator has entered these settings on each unit
      | service  | setting        | value  |
      | local-hd | check-interval | 2      |
      | local-hd | retries        | 2      |
      | local-hd | status         | enable |
    When the mail disk of the primary becomes full
    Then the primary becomes effective failed after 2 to 4 seconds of the fault

  @HA-204 @HA-205 @HA-209
  Scenario: good checks of the mail disk between bad ones let a primary count from the beginning
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And on-failure set to become-secondary
    And an operator has entered these settings on each unit
      | service  | setting        | value  |
      | local-hd | check-interval | 1      |
      | local-hd | retries        | 6      |
      | local-hd | status         | enable |
    When the mail disk of the primary becomes full for 2 seconds
    Then no unit changes its role for 2 seconds
    When the mail disk of the primary becomes full
    Then the primary becomes effective failed after 5 to 8 seconds of the fault

  @HA-204 @HA-206 @HA-209
  Scenario: failed checks of the mail disk and of the interface are counted apart
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And on-failure set to become-secondary
    And each unit monitors its mail interface
    And an operator has entered these settings on each unit
      | service     | setting        | value  |
      | local-ports | check-interval | 1      |
      | local-ports | retries        | 30     |
      | local-hd    | check-interval | 1      |
      | local-hd    | retries        | 5      |
      | local-hd    | status         | enable |
    And the mail cable of the primary has been pulled
    When the mail disk of the primary becomes full
    Then the primary becomes effective failed after 4 to 7 seconds of the fault

  @HA-204 @HA-206 @HA-209
  Scenario: a primary whose operator shortens the check interval of the mail disk, and lengthens it later, goes by the new one each time
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And on-failure set to restore-role
    And an operator has entered these settings on each unit
      | service  | setting        | value  |
      | local-hd | check-interval | 7      |
      | local-hd | retries        | 2      |
      | local-hd | status         | enable |
    And the pair has been left alone for 2 seconds
    And an operator has entered these settings on each unit
      | service  | setting        | value |
      | local-hd | check-interval | 1     |
    And the pair has been left alone for 6 seconds
    When the mail disk of the primary becomes full
    Then the primary becomes effective failed within 3 seconds of the fault
    And the secondary becomes effective primary within the detection time
    When the mail disk of the primary works again
    Then the primary becomes effective primary
    And the secondary becomes effective secondary
    When an operator enters these settings on each unit
      | service  | setting        | value |
      | local-hd | check-interval | 4     |
    And the mail disk of the primary becomes full
    Then the primary becomes effective failed after 4 to 9 seconds of the fault

  @HA-204 @HA-206 @HA-209
  Scenario: a mail disk that fails a second time makes a primary leave its role after as many failed checks as at first
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And on-failure set to restore-role
    And an operator has entered these settings on each unit
      | service  | setting        | value  |
      | local-hd | check-interval | 2      |
      | local-hd | retries        | 3      |
      | local-hd | status         | enable |
    And the mail disk of the primary has become full
    And the primary has become effective failed
    And the secondary has become effective primary
    And the mail disk of the primary works again
    And the primary has become effective primary
    And the secondary has become effective secondary
    When the mail disk of the primary becomes read-only
    Then the primary becomes effective failed after 4 to 6 seconds of the fault
    And the secondary becomes effective primary within the detection time

  @HA-204 @HA-209 @HA-330.b
  Scenario: with become-secondary the mail disks of both units fail in turn, and each unit leaves the role each time
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And on-failure set to become-secondary
    And each unit monitors its mail disk
    And the mail disk of the primary has become full
    And the primary has become effective failed
    And the secondary has become effective primary
    And the mail disk of the primary works again
    And the primary has become effective secondary
    And the mail disk of the secondary has become full
    And the secondary has become effective failed
    And the primary has become effective primary
    And the mail disk of the secondary works again
    And the secondary has become effective secondary
    When the mail disk of the primary becomes full
    Then the primary becomes effective failed
    And the secondary becomes effective primary within the detection time
    When the mail disk of the primary works again
    Then the primary becomes effective secondary
    When the mail disk of the secondary becomes full
    Then the secondary becomes effective failed
    And the primary becomes effective primary within the detection time

  @HA-017.a @HA-206 @HA-209
  Scenario: good checks of the interfaces neither put off the failure of a mail disk nor cure it
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And on-failure set to restore-role
    And each unit monitors its mail interface
    And an operator has entered these settings on each unit
      | service     | setting        | value  |
      | local-ports | check-interval | 1      |
      | local-hd    | check-interval | 3      |
      | local-hd    | retries        | 2      |
      | local-hd    | status         | enable |
    When the mail disk of the primary becomes full
    Then the primary becomes effective failed after 3 to 7 seconds of the fault
    And the secondary becomes effective primary within the detection time
    And no unit changes its role for 3 seconds

  @HA-206 @HA-209
  Scenario: with retries of 1 a single failed check of the mail disk makes a primary leave its role
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And an operator has entered these settings on each unit
      | service  | setting        | value  |
      | local-hd | check-interval | 4      |
      | local-hd | retries        | 1      |
      | local-hd | status         | enable |
    When the mail disk of the primary becomes full
    Then the primary becomes effective failed within 4 seconds of the fault

  @HA-203 @HA-209
  Scenario: a check of the mail disk that is entered in the flat form finds the same fault
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And on-failure set to become-secondary
    And an operator has entered these settings on each unit
      | setting           | value  |
      | local-service     | HD 1 2 |
      | hard-drives-check | enable |
    When the mail disk of the primary becomes full
    Then the primary becomes effective failed within 4 seconds of the fault
    And the secondary becomes effective primary within the detection time

  @HA-203 @HA-209
  Scenario: a check of the mail disk that is disabled in both forms finds nothing, until it is enabled in both
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And on-failure set to become-secondary
    And each unit monitors its mail disk
    And an operator has entered these settings on each unit
      | service  | setting | value   |
      | local-hd | status  | disable |
    And an operator has entered these settings on each unit
      | setting           | value   |
      | hard-drives-check | disable |
    When the mail disk of the primary becomes full
    Then no unit changes its role for 3 seconds
    When an operator enters these settings on each unit
      | service  | setting | value  |
      | local-hd | status  | enable |
    And an operator enters these settings on each unit
      | setting           | value  |
      | hard-drives-check | enable |
    Then the primary becomes effective failed
    And the secondary becomes effective primary within the detection time

  @HA-200 @HA-214 @HA-338
  Scenario Outline: the check of a <state> mail disk sleeps on a secondary until that leads
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And on-failure set to become-secondary
    And each unit monitors its mail disk
    When the mail disk of the secondary becomes <state>
    Then no unit changes its role for 3 seconds
    When an operator forces a failover on the primary
    Then the secondary becomes effective failed
    And the primary becomes effective primary

    Examples:
      | state |
      | full  |
      | stuck |

  @HA-214
  Scenario: a secondary whose mail disk has long failed counts from the beginning when it takes over
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And on-failure set to become-secondary
    And an operator has entered these settings on each unit
      | service  | setting        | value  |
      | local-hd | check-interval | 1      |
      | local-hd | retries        | 4      |
      | local-hd | status         | enable |
    And the mail disk of the secondary has become full
    And the pair has been left alone for 4 seconds
    When the primary loses power
    Then the secondary becomes effective primary when the detection time has passed
    And the secondary becomes effective failed after 4 to 9 seconds of the fault
    And no unit holds the virtual address

  @HA-209 @HA-337
  Scenario: a secondary that leads does as its own on-failure says when its mail disk fails
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And on-failure set to become-secondary on the primary
    And on-failure set to off on the secondary
    And each unit monitors its mail disk
    And an operator has forced a failover on the primary
    When the mail disk of the secondary becomes read-only
    Then the secondary becomes effective off
    And the primary becomes effective primary

  @HA-213
  Scenario: a secondary that leads does not look at its mail disk because its peer is to look at its own
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And the primary monitors its mail disk
    And an operator has changed a synchronized setting on the primary
    And the changed setting is on the secondary
    And an operator has forced a failover on the primary
    When the mail disk of the secondary becomes full
    Then no unit changes its role for 3 seconds

  @HA-200 @HA-209 @HA-336.b
  Scenario: a primary that is alone is failed, too, when its mail disk fails
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And on-failure set to become-secondary
    And each unit monitors its mail disk
    And the secondary has lost power
    When the mail disk of the primary becomes faulty
    Then the primary becomes effective failed
    And no unit holds the virtual address

  @HA-207 @HA-209
  Scenario: a primary whose mail disk has failed answers no heartbeat
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And on-failure set to become-secondary
    And each unit monitors its mail disk
    When the mail disk of the primary becomes full
    Then the primary becomes effective failed
    And the secondary becomes effective primary
    And the primary heartbeat link carries nothing any more

  @HA-027.e @HA-212
  Scenario Outline: in a config-only group the <unit> does not act on a mail disk that fails
    Given a config-only group of a primary and a secondary
    And an operator has tried to enter these settings on each unit
      | service  | setting        | value  |
      | local-hd | check-interval | 1      |
      | local-hd | retries        | 2      |
      | local-hd | status         | enable |
    And the <unit>'s own mail address answers from the <unit>
    When the mail disk of the <unit> becomes full
    Then the <unit> is still effective off for 3 seconds
    And the <unit>'s own mail address answers from the <unit>

    Examples:
      | unit      |
      | primary   |
      | secondary |

  @HA-213
  Scenario: how a unit monitors itself is its own, and is not copied
    Given a healthy active-passive pair
    And the first synchronization of the pair has ended
    And an operator has entered these settings on the primary
      | service     | setting        | value   |
      | local-hd    | check-interval | 77      |
      | local-hd    | retries        | 7       |
      | local-hd    | status         | enable  |
      | local-ports | check-interval | 66      |
      | local-ports | retries        | 6       |
      | local-ports | status         | enable  |
    And an operator has entered these settings on the secondary
      | service     | setting        | value   |
      | local-hd    | check-interval | 44      |
      | local-ports | check-interval | 55      |
    When an operator changes a synchronized setting on the primary
    Then the changed setting is on the secondary
    And the secondary shows these settings
      | service     | setting        | value   |
      | local-hd    | check-interval | 44      |
      | local-hd    | retries        | 3       |
      | local-hd    | status         | disable |
      | local-ports | check-interval | 55      |
      | local-ports | retries        | 3       |
    And the primary shows these settings
      | service     | setting        | value   |
      | local-hd    | check-interval | 77      |
      | local-ports | check-interval | 66      |

Feature: Who learns of HA events
  Each unit sends its own HA events to a log server and to the recipients of alert mail, once for each change, where an
  operator has chosen them.

  @HA-650 @HA-651 @HA-653 @HA-656
  Scenario: a log server learns of a failover from each unit that changes its mode
    Given an operator has chosen HA events for the log server on each unit
    And a healthy active-passive pair
    When an operator forces a failover on the primary
    Then the primary becomes effective secondary
    And the secondary becomes effective primary
    And the log server receives these events, each once
      | unit      | event                           |
      | primary   | user requested switch of roles  |
      | secondary | another asks us to switch roles |
    And all that the log server has received has the documented form

  @HA-651 @HA-653
  Scenario: a log server learns of a takeover from the unit that takes over
    Given an operator has chosen HA events for the log server on each unit
    And a healthy active-passive pair
    And a detection time of 3 seconds
    When the primary loses power
    Then the secondary becomes effective primary
    And the log server receives these events, each once
      | unit      | event                         |
      | secondary | primary heartbeat disappeared |
    And all that the log server has received has the documented form

  @HA-657
  Scenario: what is chosen on the primary holds on the secondary, too
    Given a healthy active-passive pair
    And an operator has chosen HA events for the log server on the primary
    And an operator has chosen HA events for alert mail on the primary
    And the units show equal checksums
    When an operator forces a failover on the primary
    Then the primary becomes effective secondary
    And the secondary becomes effective primary
    And the log server receives these events, each once
      | unit      | event                           |
      | secondary | another asks us to switch roles |
    And alert mail receives these events, each once
      | unit      | event                           | change               |
      | secondary | another asks us to switch roles | secondary to primary |

  @HA-657
  Scenario: a log server for which other events are chosen learns of no failover
    Given an operator has chosen other events than those of HA for the log server on each unit
    And a healthy active-passive pair
    When an operator forces a failover on the primary
    Then the primary becomes effective secondary
    And the secondary becomes effective primary
    And the log server has received nothing from each unit

  @HA-651
  Scenario: what a log server has missed is not sent to it later
    Given an operator has chosen HA events for the log server on each unit
    And a healthy active-passive pair
    And the log server has stopped receiving
    And an operator has forced a failover on the primary
    And the log server has received again
    And an operator has forced a failover on the secondary
    When an operator forces a failover on the primary
    Then the primary becomes effective secondary
    And the secondary becomes effective primary
    And the log server receives these events, each once
      | unit      | event                           |
      | primary   | user requested switch of roles  |
      | primary   | another asks us to switch roles |
      | secondary | user requested switch of roles  |
      | secondary | another asks us to switch roles |

  @HA-654 @HA-655.a @HA-655.b @HA-656 @HA-663
  Scenario: each of three recipients is mailed an alert by each unit that changes its mode
    Given an operator has chosen HA events for alert mail on each unit
    And an operator has added the second alert recipient on the primary
    And an operator has added the third alert recipient on the primary
    And a healthy active-passive pair
    And the units show equal checksums
    When an operator forces a failover on the primary
    Then the primary becomes effective secondary
    And the secondary becomes effective primary
    And alert mail receives these events, each once
      | unit      | event                           | change               | to     |
      | primary   | user requested switch of roles  | primary to secondary | first  |
      | primary   | user requested switch of roles  | primary to secondary | second |
      | primary   | user requested switch of roles  | primary to secondary | third  |
      | secondary | another asks us to switch roles | secondary to primary | first  |
      | secondary | another asks us to switch roles | secondary to primary | second |
      | secondary | another asks us to switch roles | secondary to primary | third  |
    And all that alert mail has received has the documented form

  @HA-654
  Scenario: no alert is mailed where other events are chosen
    Given an operator has chosen other events than those of HA for alert mail on each unit
    And a healthy active-passive pair
    When an operator forces a failover on the primary
    Then the primary becomes effective secondary
    And the secondary becomes effective primary
    And alert mail has received nothing from each unit

  @HA-101 @HA-654
  Scenario: alerts that the mail server does not answer hold up no takeover, and are mailed when it answers
    Given an operator has chosen HA events for alert mail on each unit
    And a healthy active-passive pair
    And a detection time of 3 seconds
    And alert mail has stopped answering
    And an operator has forced a failover on the primary
    When the secondary loses power
    Then the primary becomes effective primary when the detection time has passed
    When alert mail receives again
    Then alert mail receives these events, each once
      | unit    | event                           | change               |
      | primary | user requested switch of roles  | primary to secondary |
      | primary | primary heartbeat disappeared   | secondary to primary |

  @HA-654
  Scenario: an alert that the mail server puts off is mailed later
    Given an operator has chosen HA events for alert mail on each unit
    And a healthy active-passive pair
    And alert mail has stopped receiving
    And an operator has forced a failover on the primary
    When alert mail receives again
    Then alert mail receives these events, each once
      | unit      | event                           | change               |
      | primary   | user requested switch of roles  | primary to secondary |
      | secondary | another asks us to switch roles | secondary to primary |

  @HA-651 @HA-657
  Scenario: a log server behind one that is disabled learns of a failover from each unit
    Given a healthy active-passive pair
    And an operator has entered these settings on the primary
      | object             | entry | setting               | value            |
      | log setting remote | 1     | status                | disable          |
      | log setting remote | 1     | server                | the log server's |
      | log setting remote | 1     | sysevent-log-category | ha               |
      | log setting remote | 2     | server                | the log server's |
      | log setting remote | 2     | sysevent-log-category | ha               |
      | log setting remote | 2     | sysevent-log-status   | enable           |
      | log setting remote | 2     | status                | enable           |
    And the units show equal checksums
    When an operator forces a failover on the primary
    Then the primary becomes effective secondary
    And the secondary becomes effective primary
    And the log server receives these events, each once
      | unit      | event                           |
      | primary   | user requested switch of roles  |
      | secondary | another asks us to switch roles |

  @HA-654 @HA-657 @HA-660
  Scenario: recipients and trap managers that are no longer chosen on the primary learn of no failover of either unit
    Given a healthy active-passive pair
    And an operator has chosen HA events for alert mail on the primary
    And an operator has chosen HA events for the trap manager by SNMP v2c on the primary
    And the units show equal checksums
    And an operator has deleted the first alert recipient on the primary
    And an operator has chosen other events than those of HA for the trap manager by SNMP v2c on the primary
    And the units show equal checksums
    When an operator forces a failover on the primary
    Then the primary becomes effective secondary
    And the secondary becomes effective primary
    And alert mail has received nothing from each unit
    And the trap manager by SNMP v2c has received nothing from each unit

  @HA-653 @HA-654 @HA-655.c
  Scenario: a primary whose mode is set to off tells so by log and alert
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    When an operator sets the mode to off on the primary
    Then the primary becomes effective off
    And the units report these events
      | unit    | by    | event | change         |
      | primary | log   | ...   |                |
      | primary | alert | ...   | primary to off |

  @HA-653 @HA-654 @HA-655.c
  Scenario: a secondary whose mode is set to off tells so by log and alert each time
    Given a healthy active-passive pair
    And an operator has set the mode to off on the secondary
    And the secondary has become effective off
    And the units have reported these events
      | unit      | by    | event | change           |
      | secondary | log   | ...   |                  |
      | secondary | alert | ...   | secondary to off |
    And an operator has set the mode to secondary on the secondary
    And the secondary has become effective secondary
    When an operator sets the mode to off on the secondary
    Then the secondary becomes effective off
    And the units report these events
      | unit      | by    | event | change           |
      | secondary | log   | ...   |                  |
      | secondary | alert | ...   | secondary to off |

  @HA-653 @HA-654 @HA-655.c
  Scenario: units that have changed roles, and whose modes are set to off, tell so by log and alert
    Given a healthy active-passive pair
    And an operator has forced a failover on the primary
    When an operator sets the mode to off on the primary
    Then the primary becomes effective off
    And the units report these events
      | unit    | by    | event | change           |
      | primary | log   | ...   |                  |
      | primary | alert | ...   | secondary to off |
    When an operator sets the mode to off on the secondary
    Then the secondary becomes effective off
    And the units report these events
      | unit      | by    | event | change         |
      | secondary | log   | ...   |                |
      | secondary | alert | ...   | primary to off |

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

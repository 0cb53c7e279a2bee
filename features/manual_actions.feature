Feature: Failover and restore by hand
  An operator may force a failover on either unit, may restore a unit's configured mode, start a synchronization, and
  restart HA on a unit.

  @HA-572
  Scenario: restore sets the unit's effective mode to its configured mode
    Given a healthy active-passive pair
    And an operator has forced a failover on the primary
    When an operator restores the configured mode on the primary
    Then the primary becomes effective primary
    And the secondary becomes effective secondary
    And only the primary holds the virtual address

  @HA-574.a @HA-574.b @HA-574.c
  Scenario: restore on the secondary makes it ask the primary to take over, and they synchronize
    Given a healthy active-passive pair
    And a message for the quarantine has been stored on the primary
    And an operator has forced a failover on the primary
    When an operator restores the configured mode on the secondary
    Then the primary becomes effective primary
    And the secondary becomes effective secondary
    And the units report these events
      | unit    | by  | event            |
      | primary | log | another ... asks |
    And the message reaches the quarantine of the secondary

  @HA-574.b @HA-574.c @HA-574.d
  Scenario: what was saved on the secondary just before its restore is not lost
    Given a healthy active-passive pair
    And an operator has forced a failover on the primary
    When an operator changes a synchronized setting on the secondary and restores its mode at once
    Then the primary becomes effective primary
    And the secondary becomes effective secondary
    And the changed setting is on the primary
    And the changed setting is on the secondary

  @HA-574.b @HA-574.c @HA-574.d
  Scenario: mail data that the secondary has stored while it led is copied before the role goes back
    Given a healthy active-passive pair
    And an operator has forced a failover on the primary
    And the first synchronization of the pair has ended
    And a message for the quarantine has been stored on the secondary
    When an operator restores the configured mode on the secondary
    Then the primary becomes effective primary
    And the secondary becomes effective secondary
    And the message reaches the quarantine of the primary

  @HA-572 @HA-574.b @HA-574.c
  Scenario: a restore is not held up by a synchronization that does not come through
    Given a healthy active-passive pair
    And an operator has forced a failover on the primary
    And both heartbeat links refuse data synchronization
    When an operator restores the configured mode on the secondary
    Then the primary becomes effective primary
    And the secondary becomes effective secondary

  @HA-572 @HA-574.b @HA-574.c
  Scenario: a restore is not held up by a synchronization that gets no answer
    Given a healthy active-passive pair
    And an operator has forced a failover on the primary
    And the first synchronization of the pair has ended
    And both heartbeat links no longer carry data synchronization
    When an operator restores the configured mode on the secondary
    Then the primary becomes effective primary
    And the secondary becomes effective secondary

  @HA-572 @HA-574.b @HA-574.c
  Scenario: a restore is carried out though there is much mail data to copy over thin links
    Given a healthy active-passive pair
    And an operator has forced a failover on the primary
    And the pair has been left alone for 3 seconds
    And 12 messages for the archive have been stored on the secondary
    And both heartbeat links carry 1000 bytes a second
    When an operator restores the configured mode on the secondary
    Then the primary becomes effective primary
    And the secondary becomes effective secondary

  @HA-578.a @HA-580
  Scenario Outline: a forced failover does not wait for the detection time
    Given a healthy active-passive pair
    When an operator forces a failover on the <unit>
    Then the secondary becomes effective primary within 1 second of the command
    And the primary becomes effective secondary
    And only the secondary holds the virtual address

    Examples:
      | unit      |
      | primary   |
      | secondary |

  @HA-578.b @HA-578.c
  Scenario Outline: the command <order> is accepted, and moves no role while each unit does what it is configured to do
    Given a healthy active-passive pair
    When an operator enters the command <order> on the <unit>
    Then the command has been accepted
    And no unit changes its role for 1 second

    Examples:
      | order   | unit      |
      | restore | primary   |
      | restore | secondary |
      | sync    | primary   |
      | sync    | secondary |

  @HA-003.a
  Scenario Outline: a unit that belongs to no group refuses the command <order>
    Given two units with factory settings
    When an operator enters the command <order> on the primary
    Then the command has been refused with a reason
    And no unit changes its role for 1 second

    Examples:
      | order    |
      | failover |
      | restore  |
      | sync     |

  @HA-116
  Scenario: a primary whose secondary is away refuses a failover, and goes on
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And the secondary has lost power
    And the units have reported these events
      | unit    | by    | event                           |
      | primary | alert | secondary heartbeat disappeared |
    When an operator enters the command failover on the primary
    Then the command has been refused with a reason
    And the virtual address answers from the primary

  @HA-578.b
  Scenario: a primary whose secondary is away accepts a restore, and goes on
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And the secondary has lost power
    And the units have reported these events
      | unit    | by    | event                           |
      | primary | alert | secondary heartbeat disappeared |
    When an operator enters the command restore on the primary
    Then the command has been accepted
    And no unit changes its role for 1 second

  @HA-073 @HA-113.b @HA-154 @HA-455 @HA-655.c @HA-659.a @HA-659.b
  Scenario: a secondary that leads by an order announces a new address, logs a lost link and a stranger, and reports that it goes back
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And an operator has forced a failover on the primary
    When an operator enters these interface settings on the secondary
      | interface | setting     | value        |
      | mail      | virtual-ip6 | virtual IPv6 |
    Then only the secondary holds the virtual IPv6 address
    And the secondary announces the virtual IPv6 address
    When the secondary heartbeat link falls silent
    Then each unit logs this heartbeat status
      | link      | state  |
      | primary   | OK     |
      | secondary | FAILED |
    When the secondary heartbeat link is whole again
    Then each unit logs this heartbeat status
      | link      | state |
      | primary   | OK    |
      | secondary | OK    |
    When a stranger knocks at the secondary
    Then the secondary has logged one refusal of the stranger for each reason
    And no unit has changed its role
    When an operator restores the configured mode on the secondary
    Then the primary becomes effective primary
    And the secondary becomes effective secondary
    And the mail interface of the secondary holds its own address only
    And the units report these events
      | unit      | event | change               |
      | secondary | ...   | primary to secondary |
      | primary   | ...   | secondary to primary |
    And the last HA trap of the secondary tells that it has switched to secondary
    And the last HA trap of the primary tells that it has switched to primary

  @HA-525.a @HA-534.b
  Scenario: a secondary that leads by an order reports its own restart
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And an operator has forced a failover on the primary
    And a restart of the secondary will last until further notice
    When an operator reboots the secondary
    Then the primary becomes effective hold-off
    And the units report these events
      | unit      | event                                   |
      | secondary | The system is rebooting (or reloading)! |
    And the secondary has sent one system event trap, with the code of reboot
    And the secondary is down
    When the restart of the secondary is allowed to end
    Then the secondary becomes effective primary
    And the primary becomes effective secondary

  @HA-101 @HA-531 @HA-534.a @HA-659.c
  Scenario: a secondary that leads by an order tells that it is shut down
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And an operator has forced a failover on the primary
    When an operator shuts down the secondary
    Then the units report these events
      | unit      | by    | event                |
      | secondary | alert | system was shut down |
    And the last HA trap of the secondary tells that it was shut down
    And the secondary has sent one system event trap, with the code of halt
    And the primary becomes effective primary when the detection time has passed

  @HA-354.a @HA-570.a
  Scenario Outline: an operator on the <unit> forces a further copy of the configuration though mail data is not copied
    Given a healthy active-passive pair with these settings
      | setting        | primary | secondary |
      | mail-data-sync | disable | disable   |
    And the first synchronization of the pair has ended
    When an operator starts a synchronization on the <unit>
    Then configuration synchronization has begun on the primary heartbeat link

    Examples:
      | unit      |
      | primary   |
      | secondary |

  @HA-354.a @HA-354.b @HA-409 @HA-570.b
  Scenario Outline: a synchronization that an operator starts on the <unit> while settings are copied is carried out as well
    Given a healthy active-passive pair
    And the first synchronization of the pair has ended
    And a message for the quarantine has been stored on the primary
    And both heartbeat links carry 1500 bytes a second
    When an operator sets a synchronized setting of 4000 characters on the primary
    Then configuration synchronization has begun on the primary heartbeat link
    When an operator starts a synchronization on the <unit>
    Then the message reaches the quarantine of the secondary

    Examples:
      | unit      |
      | primary   |
      | secondary |

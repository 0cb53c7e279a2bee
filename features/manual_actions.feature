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

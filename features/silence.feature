Feature: Silence of every kind
  What counts is that no heartbeat is heard for the detection time, as a total span from the last one. Heartbeats that
  come late, unevenly or after a stall are heard all the same.

  @HA-101 @HA-113.a @HA-113.c @HA-164
  Scenario: when only the primary's HA software has died, the virtual address answers from the secondary
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    When the HA software of the primary crashes
    Then the secondary becomes effective primary when the detection time has passed
    And the secondary announces the virtual address
    And the virtual address answers from the secondary
    And the primary's own mail address answers from the primary

  @HA-101 @HA-703
  Scenario: a primary that was frozen and thaws after the takeover is a second primary
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    When the primary freezes
    Then the secondary becomes effective primary when the detection time has passed
    When the primary thaws
    Then no unit changes its role for the detection time
    And the primary is still effective primary
    And the secondary is still effective primary

  @HA-102
  Scenario: an overloaded primary whose heartbeats are late, but not too late, keeps its role
    Given a healthy active-passive pair
    And a detection time of 5 seconds
    When the primary freezes for 2 seconds, 3 times
    Then no unit changes its role for the detection time

  @HA-101 @HA-116
  Scenario: a secondary that itself stood still for longer than the detection time does not take over
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    When the secondary freezes for 4 seconds
    Then no unit changes its role for the detection time

  @HA-102 @HA-103.a
  Scenario: silences that are each shorter than the detection time do not add up
    Given a healthy active-passive pair
    And a detection time of 5 seconds
    When both heartbeat links fall silent for 2 seconds, 3 times
    Then no unit changes its role for the detection time

  @HA-104 @HA-108.a
  Scenario: a detection time that an operator changes during a silence holds for that silence
    Given a healthy active-passive pair
    When the primary loses power
    And an operator sets the detection time to 10 seconds on the secondary
    Then the secondary becomes effective primary when the detection time has passed

  @HA-101 @HA-104
  Scenario Outline: a detection time of <seconds> seconds is kept exactly
    Given a healthy active-passive pair
    And a detection time of <seconds> seconds
    When the primary loses power
    Then the secondary becomes effective primary when the detection time has passed

    Examples:
      | seconds |
      | 60      |
      | 300     |

  @HA-101
  Scenario: a secondary that stood still while its primary failed takes over when it goes on
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    When the secondary freezes
    And the primary loses power
    And the pair is left alone for 3 seconds
    And the secondary thaws
    Then the secondary becomes effective primary
    And the virtual address answers from the secondary

  @HA-409
  Scenario: a synchronization that an operator starts does not wait for a heartbeat
    Given a healthy active-passive pair
    And the first synchronization of the pair has ended
    And a message for the quarantine has been stored on the primary
    When both heartbeat links no longer carry the heartbeat signal
    And an operator starts a synchronization on the primary
    Then the message reaches the quarantine of the secondary
    And no unit has changed its role

  @HA-101 @HA-116
  Scenario: a secondary that stood still for just the detection time does not take over
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    When the secondary freezes for 2 seconds
    Then no unit changes its role for the detection time

  @HA-104 @HA-117.a
  Scenario: a detection time that an operator lengthens during the silence of a secondary holds for that silence
    Given a healthy active-passive pair
    And a detection time of 6 seconds
    When the secondary loses power
    And an operator sets the detection time to 14 seconds on the primary
    And the pair is left alone for 8 seconds
    Then the units have not reported these events
      | unit    | event                           |
      | primary | secondary heartbeat disappeared |
    And the units report these events
      | unit    | event                           |
      | primary | secondary heartbeat disappeared |

  @HA-104
  Scenario: a detection time that an operator shortens until little of it is left is kept exactly
    Given a healthy active-passive pair
    And a detection time of 30 seconds
    And the primary has lost power
    And the pair has been left alone for 2.3 seconds
    When an operator sets the detection time to 4 seconds on the secondary
    Then the secondary becomes effective primary when the detection time has passed

  @HA-703
  Scenario: a primary that thaws after the takeover does not give its role to a peer that asked before
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    When the primary freezes
    And an operator enters the command failover on the secondary
    Then the secondary becomes effective primary
    When the primary thaws
    Then no unit changes its role for the detection time

  @HA-580 @HA-703
  Scenario: a primary that follows and stood still does not take a role that it was offered before, and that was kept since
    Given a healthy active-passive pair
    And a detection time of 30 seconds
    And an operator has forced a failover on the primary
    And the primary has frozen
    When an operator enters the command restore on the secondary
    And the pair is left alone for 20 seconds
    And the primary thaws
    Then no unit changes its role for 5 seconds
    And the units show these modes
      | unit      | configured | effective |
      | primary   | primary    | secondary |
      | secondary | secondary  | primary   |

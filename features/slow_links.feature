Feature: Slow heartbeat links
  A heartbeat that arrives late has arrived. Only when none arrives for the detection time has the primary been silent.

  @HA-101 @HA-102
  Scenario: a delay shorter than the detection time is no silence
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    When both heartbeat links delay everything by 1 second
    Then no unit changes its role for the detection time
    And the secondary has not gone without a heartbeat for as long as the detection time

  @HA-101 @HA-103.b
  Scenario: the secondary takes over when a delay longer than the detection time sets in
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    When both heartbeat links delay everything by 10 seconds
    Then the secondary becomes effective primary when the detection time has passed

  @HA-101 @HA-102
  Scenario: a delay that grows slowly beyond the detection time is no silence, because heartbeats keep coming
    Given a healthy active-passive pair
    And a detection time of 4 seconds
    When both heartbeat links delay everything by 1 second more with each heartbeat, up to 5 seconds
    Then no unit changes its role for the detection time
    And the secondary has not gone without a heartbeat for as long as the detection time

  @HA-580
  Scenario Outline: after a failover on the <unit> and one back, what comes late over the slower link moves no role
    Given a healthy active-passive pair
    And the secondary heartbeat link delays everything by 8 seconds
    When an operator forces a failover on the <unit>
    Then the secondary becomes effective primary
    And the primary becomes effective secondary
    When an operator forces a failover on the secondary
    Then the primary becomes effective primary
    And the secondary becomes effective secondary
    And no unit changes its role for 10 seconds

    Examples:
      | unit      |
      | primary   |
      | secondary |

  @HA-572 @HA-580
  Scenario: after a restore and a failover, what comes late over the slower link moves no role
    Given a healthy active-passive pair
    And an operator has forced a failover on the primary
    And the secondary heartbeat link delays everything by 8 seconds
    When an operator restores the configured mode on the secondary
    Then the primary becomes effective primary
    And the secondary becomes effective secondary
    When an operator forces a failover on the primary
    Then the secondary becomes effective primary
    And the primary becomes effective secondary
    And no unit changes its role for 10 seconds

  @HA-102
  Scenario: heartbeats that come unevenly are heard all the same
    Given a healthy active-passive pair
    And a detection time of 4 seconds
    When both heartbeat links delay everything by 0.1 to 1.5 seconds at random
    Then no unit changes its role for the detection time
    And the secondary has not gone without a heartbeat for as long as the detection time

  @HA-051.c @HA-102
  Scenario: a synchronization over thin links that lasts longer than the detection time delays no heartbeat
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And the first synchronization of the pair has ended
    And a message for the quarantine has been stored on the primary
    And both heartbeat links carry 1000 bytes a second
    When an operator starts a synchronization on the primary
    Then the message reaches the quarantine of the secondary no sooner than the detection time
    And the primary has not gone without a heartbeat for as long as the detection time
    And the secondary has not gone without a heartbeat for as long as the detection time
    And no unit has changed its role

Feature: Loss and return of a heartbeat link
  While one heartbeat link lives there is no failover, however the other one was lost. When the last one is lost, the
  secondary takes over.

  @HA-061.a @HA-061.c @HA-073
  Scenario: the loss of the primary heartbeat link by a refusal causes no failover
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    When the primary heartbeat link refuses connections
    Then each unit logs this heartbeat status
      | link      | state  |
      | primary   | FAILED |
      | secondary | OK     |
    And the secondary heartbeat link carries heartbeats both ways
    And no unit changes its role for the detection time

  @HA-061.a @HA-061.c @HA-073
  Scenario Outline: the loss of the primary heartbeat link by a pulled cable of the <unit> causes no failover
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    When the primary heartbeat cable of the <unit> is pulled
    Then each unit logs this heartbeat status
      | link      | state  |
      | primary   | FAILED |
      | secondary | OK     |
    And the secondary heartbeat link carries heartbeats both ways
    And no unit changes its role for the detection time

    Examples:
      | unit      |
      | primary   |
      | secondary |

  @HA-062 @HA-073 @HA-350.c
  Scenario: the return of the primary heartbeat link is logged, and synchronization is back on it
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And the primary heartbeat cable of the primary has been pulled for longer than the detection time
    When the primary heartbeat cable of the primary is plugged in
    Then each unit logs this heartbeat status
      | link      | state |
      | primary   | OK    |
      | secondary | OK    |
    When an operator changes a synchronized setting on the primary
    Then the changed setting is on the secondary
    And configuration synchronization has used the primary heartbeat link only
    And no unit has changed its role

  @HA-059.a @HA-059.b @HA-350.c
  Scenario: the loss of the secondary heartbeat link changes nothing for the primary one
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And the secondary heartbeat link has fallen silent for longer than the detection time
    When an operator changes a synchronized setting on the primary
    Then the changed setting is on the secondary
    And configuration synchronization has used the primary heartbeat link only
    And the primary heartbeat link carries heartbeats both ways
    And no unit has changed its role

  @HA-061.c @HA-108.b
  Scenario Outline: a link on which the <unit> hears nothing causes no failover while it hears its peer on the other
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    When the <rank> heartbeat link no longer reaches the <unit>
    Then no unit changes its role for the detection time

    Examples:
      | unit      | rank      |
      | secondary | primary   |
      | secondary | secondary |

  @HA-061.c @HA-108.b
  Scenario: links that fail in opposite directions still tell the secondary that its primary lives
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    When the primary heartbeat link no longer reaches the secondary
    And the secondary heartbeat link no longer reaches the primary
    Then no unit changes its role for the detection time

  @HA-101 @HA-121
  Scenario: when the links are lost one after the other, the detection time counts from the last heartbeat on the second
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And the primary heartbeat link has fallen silent for longer than the detection time
    When the secondary heartbeat link falls silent
    Then the secondary becomes effective primary when the detection time has passed

  @HA-101 @HA-121
  Scenario Outline: physical loss of all heartbeat links by pulled cables of the <unit> is treated as the primary's failure
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    When the primary heartbeat cable of the <unit> is pulled
    And the secondary heartbeat cable of the <unit> is pulled
    Then the secondary becomes effective primary when the detection time has passed

    Examples:
      | unit      |
      | primary   |
      | secondary |

  @HA-061.c
  Scenario Outline: a primary heartbeat link that flaps for <seconds> seconds moves no role
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    When the primary heartbeat link flaps for <seconds> seconds
    Then no unit changes its role for the detection time
    And the primary heartbeat link carries heartbeats both ways

    Examples:
      | seconds |
      | 4       |
      | 180     |

  @HA-061.c
  Scenario Outline: heartbeat links that flap in turn for <seconds> seconds move no role
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    When both heartbeat links flap in turn for <seconds> seconds
    Then no unit changes its role for the detection time

    Examples:
      | seconds |
      | 4       |
      | 180     |

Feature: Detection of a failed primary
  The secondary takes over when the primary has been silent for the detection time (hb-lost-threshold): a total span,
  counted from the last heartbeat heard. The secondary's own setting decides.

  @HA-100 @HA-101
  Scenario: the detection time is 15 seconds when no one has set it
    Given a healthy active-passive pair
    When the primary loses power
    Then the secondary becomes effective primary when 15 seconds have passed

  @HA-101 @HA-103.b @HA-104 @HA-110.a @HA-115.b
  Scenario Outline: the secondary takes over when the detection time has passed
    Given a healthy active-passive pair
    And a detection time of <seconds> seconds
    When the primary loses power
    Then the secondary becomes effective primary when the detection time has passed
    And the virtual address answers from the secondary

    Examples:
      | seconds |
      | 2       |
      | 3       |
      | 5       |

  @HA-115.a
  Scenario: a power loss of the primary is detected and reported as the loss of its heartbeat
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    When the primary loses power
    Then the secondary becomes effective primary when the detection time has passed
    And the units report these events
      | unit      | by    | event                         |
      | secondary | alert | primary heartbeat disappeared |

  @HA-101 @HA-103.b
  Scenario: the secondary takes over when the primary's HA software has crashed
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    When the HA software of the primary crashes
    Then the secondary becomes effective primary when the detection time has passed

  @HA-101 @HA-103.b
  Scenario: the secondary takes over when the primary is frozen
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    When the primary freezes
    Then the secondary becomes effective primary when the detection time has passed

  @HA-101 @HA-103.b
  Scenario: the secondary takes over when both heartbeat links swallow everything
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    When both heartbeat links fall silent
    Then the secondary becomes effective primary when the detection time has passed

  @HA-101 @HA-103.b
  Scenario: a refused heartbeat is silence like any other
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    When both heartbeat links refuse connections
    Then the secondary becomes effective primary when the detection time has passed

  @HA-101 @HA-108.b
  Scenario: the secondary takes over when only it no longer hears its peer
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    When both heartbeat links no longer reach the secondary
    Then the secondary becomes effective primary when the detection time has passed

  @HA-108.b
  Scenario: no one takes over when only the primary no longer hears its peer
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    When both heartbeat links no longer reach the primary
    Then no unit changes its role for the detection time

  @HA-102
  Scenario: a silence shorter than the detection time is harmless
    Given a healthy active-passive pair
    And a detection time of 5 seconds
    When both heartbeat links fall silent for 2 seconds
    Then no unit changes its role for the detection time

  @HA-108.a
  Scenario Outline: the secondary's own detection time decides
    Given a healthy active-passive pair
    And a detection time of <primary> seconds on the primary
    And a detection time of <secondary> seconds on the secondary
    When the primary loses power
    Then the secondary becomes effective primary when <secondary> seconds have passed

    Examples:
      | primary | secondary |
      | 3       | 5         |
      | 15      | 3         |

  @HA-117.a
  Scenario: a primary that froze after it had lost its secondary reports the loss
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    When the secondary loses power
    And the primary freezes
    And the pair is left alone for 4 seconds
    And the primary thaws
    Then the units report these events
      | unit    | by    | event                           |
      | primary | alert | secondary heartbeat disappeared |

  @HA-117.a
  Scenario: a unit that loses its peer right after it was given the role reports the loss
    Given a healthy active-passive pair with a single heartbeat link
    And a detection time of 3 seconds
    When an operator forces a failover on the primary
    Then the secondary becomes effective primary
    When the primary loses power
    Then the units report these events
      | unit      | by    | event                           |
      | secondary | alert | secondary heartbeat disappeared |

  @HA-117.a
  Scenario: a primary that froze reports no loss of a secondary that is there
    Given a healthy active-passive pair with these settings
      | setting           | primary | secondary |
      | hb-lost-threshold | 3       | 30        |
    When the primary freezes
    And the pair is left alone for 5 seconds
    And the primary thaws
    Then the primary heartbeat link carries heartbeats both ways
    And the units have not reported these events
      | unit    | event                           |
      | primary | secondary heartbeat disappeared |

Feature: Shutdown
  A shutdown is no reboot: it sends no hold-off, and the peer of a primary that was shut down takes over when the detection
  time has passed.

  @HA-530.a @HA-530.b
  Scenario: the secondary takes over from a primary that was shut down, after the detection time
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    When an operator shuts down the primary
    Then the secondary becomes effective primary when the detection time has passed
    And the secondary has never been effective hold-off
    And the units have not reported these events
      | unit    | event     |
      | primary | rebooting |

  @HA-531
  Scenario Outline: a shutdown is reported
    Given a healthy active-passive pair
    And a detection time of 15 seconds
    When an operator shuts down the <unit>
    Then the units report these events
      | unit   | by    | event                |
      | <unit> | alert | system was shut down |

    Examples:
      | unit      |
      | primary   |
      | secondary |

  @HA-531
  Scenario: a shutdown of the secondary has been reported when it is up again
    Given a healthy active-passive pair
    When an operator shuts down the secondary
    Then the secondary is down
    When the secondary starts again
    Then the secondary becomes effective secondary
    And the units report these events
      | unit      | by    | event                |
      | secondary | alert | system was shut down |

  @HA-531
  Scenario: a shutdown of the primary has been reported when it is up again
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    When an operator shuts down the primary
    Then the secondary becomes effective primary
    When the primary starts again
    Then the primary becomes effective secondary
    And the units report these events
      | unit    | by    | event                |
      | primary | alert | system was shut down |

  @HA-529
  Scenario: the primary notes that the secondary was shut down and stays primary
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    When an operator shuts down the secondary
    Then the units report these events
      | unit    | by    | event                           |
      | primary | alert | secondary heartbeat disappeared |
    And the primary is still effective primary
    And the virtual address answers from the primary

  @HA-331
  Scenario: a primary that was shut down comes back as a secondary after its peer has taken over
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And on-failure set to become-secondary
    And an operator has shut down the primary
    And the secondary has become effective primary
    When the primary starts again
    Then the primary becomes effective secondary
    And no unit changes its role for the detection time

  @HA-413 @HA-424
  Scenario: a unit that was shut down while it led hands its queue over when it is up again, whichever unit it is
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And on-failure set to become-secondary
    And 2 messages wait in the queue of the primary for the protected mail server
    And an operator has shut down the primary
    And the secondary has become effective primary
    When the primary starts again
    Then the primary becomes effective secondary
    And the messages wait in the queue of the secondary only
    When an operator shuts down the secondary
    Then the primary becomes effective primary
    When the secondary starts again
    Then the secondary becomes effective secondary
    And the messages wait in the queue of the primary only
    When the protected mail server takes mail again
    Then each accepted message is delivered exactly once, by the primary

  @HA-022.a @HA-300.a
  Scenario: with off a pair that was shut down takes its roles again
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And on-failure set to off
    And an operator has shut down the secondary
    And an operator has shut down the primary
    When each unit starts again
    Then the primary becomes effective primary
    And the secondary becomes effective secondary
    And the virtual address answers from the primary

  @HA-101 @HA-528.a @HA-528.b
  Scenario: a secondary that was shut down copies mail data when it starts again, and takes over
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And an operator has shut down the secondary
    And a message for the quarantine has been stored on the primary
    When the secondary starts again
    Then the secondary becomes effective secondary
    And the message reaches the quarantine of the secondary
    When the primary loses power
    Then the secondary becomes effective primary when the detection time has passed
    And the virtual address answers from the secondary

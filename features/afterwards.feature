Feature: A pair after trouble
  What ended well leaves nothing behind: the pair copies, hands over, watches and takes over as if nothing had been.

  @HA-420.c @HA-420.e @HA-424 @HA-523
  Scenario: a secondary that leads since its hold-off expired takes the queue of the unit that comes back
    Given a healthy active-passive pair
    And on-failure set to become-secondary
    And 2 messages wait in the queue of the primary for the protected mail server
    And a restart of the primary will last longer than a hold-off
    When an operator reboots the primary
    Then the secondary becomes effective hold-off
    And the secondary becomes effective primary after about 15 minutes of hold-off
    And the primary becomes effective secondary
    And the messages wait in the queue of the secondary only
    When the protected mail server takes mail again
    Then each accepted message is delivered exactly once, by the secondary

  @HA-101 @HA-350.a @HA-354.a @HA-405 @HA-523
  Scenario: a primary that follows since the hold-off for it expired copies from the secondary, and takes over from it
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And on-failure set to become-secondary
    And a restart of the primary will last longer than a hold-off
    When an operator reboots the primary
    Then the secondary becomes effective hold-off
    And the secondary becomes effective primary after about 15 minutes of hold-off
    And the primary becomes effective secondary
    When a message for the quarantine is stored on the secondary
    And an operator changes a synchronized setting on the secondary
    And an operator starts a synchronization on the primary
    Then the message reaches the quarantine of the primary
    And the changed setting is on the primary
    When the secondary loses power
    Then the primary becomes effective primary when the detection time has passed

  @HA-018.b @HA-167 @HA-320.a @HA-320.b @HA-655.c
  Scenario: with restore-role a primary that was cured leaves its role again at its next fault
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And on-failure set to restore-role
    And each unit monitors its mail interface
    And the mail cable of the primary has been pulled
    And the primary has become effective failed
    And the secondary has become effective primary
    And the units have reported these events
      | unit    | by    | event | change            |
      | primary | alert | ...   | primary to failed |
    And the mail cable of the primary has been plugged in
    And the primary has become effective primary
    And the secondary has become effective secondary
    When the mail cable of the primary is pulled
    Then the primary becomes effective failed
    And the secondary becomes effective primary within the detection time
    And the units report these events
      | unit    | by    | event | change            |
      | primary | alert | ...   | primary to failed |
    When the mail cable of the primary is plugged in
    Then the primary becomes effective primary
    And the secondary becomes effective secondary

  @HA-018.a @HA-167 @HA-330.a @HA-330.b @HA-337
  Scenario: with become-secondary either unit leaves its role at a fault, one after the other
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And on-failure set to become-secondary
    And each unit monitors its mail interface
    And the mail cable of the primary has been pulled
    And the primary has become effective failed
    And the secondary has become effective primary
    And the mail cable of the primary has been plugged in
    And the primary has become effective secondary
    When the mail cable of the secondary is pulled
    Then the secondary becomes effective failed
    And the primary becomes effective primary within the detection time
    When the mail cable of the secondary is plugged in
    Then the secondary becomes effective secondary
    When the mail cable of the primary is pulled
    Then the primary becomes effective failed
    And the secondary becomes effective primary within the detection time

  @HA-350.a @HA-354.a @HA-704.c
  Scenario: after the cure of a split brain the primary's changes and messages reach the secondary
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And both heartbeat links have fallen silent
    And the secondary has become effective primary
    And both heartbeat links are whole again
    And an operator has restored the configured mode on the secondary
    And the pair has been left alone for 2 seconds
    When an operator changes a synchronized setting on the primary
    Then the changed setting is on the secondary
    When a message for the quarantine is stored on the primary
    And an operator starts a synchronization on the primary
    Then the message reaches the quarantine of the secondary

  @HA-520.a @HA-524.a
  Scenario: after the cure of a split brain the secondary holds off for a reboot of the primary
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And a restart of the primary will last until further notice
    And both heartbeat links have fallen silent
    And the secondary has become effective primary
    And both heartbeat links are whole again
    And an operator has restored the configured mode on the secondary
    When an operator reboots the primary
    Then the secondary becomes effective hold-off before the primary is down
    When the restart of the primary is allowed to end
    Then the primary becomes effective primary
    And the secondary becomes effective secondary

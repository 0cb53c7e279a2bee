Feature: HA restarted by hand
  An operator may restart the HA software of a unit, above all after monitoring has stopped it and the cause is cured.

  @HA-576 @HA-577
  Scenario: a primary that monitoring has switched off takes part again after a restart of HA
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And on-failure set to off
    And each unit monitors its mail interface
    And the mail cable of the primary has been pulled
    And the primary has become effective off
    And the secondary has become effective primary
    And the mail cable of the primary has been plugged in
    When an operator restarts HA on the primary
    Then the primary becomes effective secondary
    And the secondary is still effective primary
    And the primary hears a heartbeat once per second on each link

  @HA-576
  Scenario: a primary that is off since its power loss takes part again after a restart of HA
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And on-failure set to off
    And the primary has lost power
    And the secondary has become effective primary
    And the primary has started again
    When an operator restarts HA on the primary
    Then the primary becomes effective secondary
    And the secondary is still effective primary for the detection time

  @HA-576 @HA-116
  Scenario: a restart of HA on the secondary leaves the primary its role
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And both heartbeat links refuse configuration synchronization
    When an operator restarts HA on the secondary
    Then the secondary becomes effective off
    And the secondary is still effective off for the detection time
    When both heartbeat links are whole again
    Then the secondary becomes effective secondary
    And the primary is still effective primary

  @HA-576 @HA-655.c @HA-659.b
  Scenario: a secondary whose HA is restarted reports that it leaves its role and takes it again, each time
    Given a healthy active-passive pair
    When an operator restarts HA on the secondary
    Then the secondary becomes effective secondary
    And the units report these events
      | unit      | event | change           |
      | secondary | ...   | secondary to off |
      | secondary | ...   | off to secondary |
    When an operator restarts HA on the secondary
    Then the secondary becomes effective secondary
    And the units report these events
      | unit      | event | change           |
      | secondary | ...   | secondary to off |
      | secondary | ...   | off to secondary |
    And the last HA trap of the secondary tells that it has switched to secondary
    And the primary is still effective primary

  @HA-013.d @HA-013.e @HA-576
  Scenario: a primary on which HA is restarted is off and processes no mail until it leads again
    Given a healthy active-passive pair
    And a detection time of 30 seconds
    When both heartbeat links fall silent
    And an operator restarts HA on the primary
    Then the units show these modes
      | unit    | configured | effective |
      | primary | primary    | off       |
    And the primary offers no mail service
    And the primary becomes effective primary
    And the virtual address answers from the primary

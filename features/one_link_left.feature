Feature: A pair that lives on one heartbeat link
  While the primary heartbeat link is dead, and after it is back, the pair keeps its other promises: settings are in force,
  faults move the role, losses are reported, and a split is cured.

  @HA-061.a @HA-104 @HA-108.a @HA-163 @HA-164
  Scenario Outline: the secondary goes by <seconds> seconds that it is given while the primary heartbeat link is dead
    Given a healthy active-passive pair
    And a detection time of 4 seconds
    And the primary heartbeat link has fallen silent for longer than the detection time
    And an operator has set the detection time to <seconds> seconds on the secondary
    When the primary loses power
    Then the secondary becomes effective primary when the detection time has passed
    And only the secondary holds the virtual address
    And the virtual address answers from the secondary

    Examples:
      | seconds |
      | 2       |
      | 7       |

  @HA-061.a @HA-061.c @HA-117.a @HA-117.b
  Scenario: the primary reports the loss of its secondary, and not that of a link, as such
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    When the primary heartbeat link falls silent
    Then each unit logs this heartbeat status
      | link      | state  |
      | primary   | FAILED |
      | secondary | OK     |
    And no unit changes its role for the detection time
    And the units have not reported these events
      | unit      | event                         |
      | primary   | another heartbeat disappeared |
      | secondary | another heartbeat disappeared |
    When the secondary loses power
    Then the units report these events
      | unit    | event                           |
      | primary | secondary heartbeat disappeared |
    And the primary is still effective primary

  @HA-061.a @HA-167 @HA-018.b @HA-320.a @HA-320.b
  Scenario: a faulty primary leaves its role, and takes it back when it is cured, over the secondary heartbeat link
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And on-failure set to restore-role
    And each unit monitors its mail interface
    And the primary heartbeat link has fallen silent for longer than the detection time
    When the mail cable of the primary is pulled
    Then the primary becomes effective failed
    And the secondary becomes effective primary within the detection time
    When the mail cable of the primary is plugged in
    Then the primary becomes effective primary
    And the secondary becomes effective secondary
    And only the primary holds the virtual address

  @HA-061.a @HA-061.b @HA-321 @HA-322.a @HA-322.b @HA-350.a
  Scenario: with restore-role a primary takes its role back over the secondary heartbeat link, and copies what it has missed
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And on-failure set to restore-role
    And the primary heartbeat link has fallen silent for longer than the detection time
    And the primary has lost power
    And the secondary has become effective primary
    And an operator has changed a synchronized setting on the secondary
    When the primary starts again
    Then the primary becomes effective primary
    And the secondary becomes effective secondary
    And the changed setting is on the primary
    And the units report these events
      | unit      | by    | event                                                        | change               |
      | secondary | alert | secondary asks us to switch roles (recovery after a restart) | primary to secondary |

  @HA-061.a @HA-061.b @HA-703 @HA-704.a @HA-704.b @HA-704.c @HA-705
  Scenario: a split is cured over the secondary heartbeat link while the primary one is still dead
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And both heartbeat links have fallen silent
    And the secondary has become effective primary
    And the secondary heartbeat link is whole again
    And an operator has changed a synchronized setting on each unit
    When an operator restores the configured mode on the secondary
    Then the secondary becomes effective secondary
    And the primary is still effective primary
    And each unit shows the primary's changed setting
    And the units report these events
      | unit    | by  | event            |
      | primary | log | another ... asks |
    And a client that asks who has the virtual address is answered by the primary only

  @HA-019.a @HA-061.a @HA-062 @HA-520.a @HA-580
  Scenario: orders and hold-off use the primary heartbeat link again when it is back and the secondary one fails
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And a restart of the primary will last until further notice
    And the primary heartbeat link has fallen silent for longer than the detection time
    And the primary heartbeat link is whole again
    And the secondary heartbeat link has fallen silent for longer than the detection time
    When an operator forces a failover on the primary
    Then the secondary becomes effective primary within 1 second of the command
    And the primary becomes effective secondary
    When an operator restores the configured mode on the secondary
    Then the primary becomes effective primary
    And the secondary becomes effective secondary
    When an operator reboots the primary
    Then the secondary becomes effective hold-off before the primary is down
    When the restart of the primary is allowed to end
    Then the primary becomes effective primary
    And the secondary becomes effective secondary

  @HA-073
  Scenario: the loss of the secondary heartbeat link by a silence is logged, and its return
    Given a healthy active-passive pair
    And a detection time of 2 seconds
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
    And no unit changes its role for the detection time

  @HA-073
  Scenario: the loss of the secondary heartbeat link by a lost cable is logged, and its return
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    When the secondary heartbeat cable of the secondary is pulled
    Then each unit logs this heartbeat status
      | link      | state  |
      | primary   | OK     |
      | secondary | FAILED |
    When the secondary heartbeat cable of the secondary is plugged in
    Then each unit logs this heartbeat status
      | link      | state |
      | primary   | OK    |
      | secondary | OK    |
    And no unit changes its role for the detection time

  @HA-055.a @HA-061.c @HA-452
  Scenario Outline: units that are given <setting> while the primary heartbeat link is dead are a pair over the secondary one
    Given a healthy active-passive pair
    And a detection time of 5 seconds
    And the primary heartbeat link has fallen silent for longer than the detection time
    And an operator has set <setting> on the secondary
    When an operator sets <setting> on the primary
    Then the secondary heartbeat link carries heartbeats both ways
    And no unit changes its role for the detection time
    When an operator changes a synchronized setting on the primary
    Then the changed setting is on the secondary
    When the primary heartbeat link is whole again
    Then the primary heartbeat link carries heartbeats both ways

    Examples:
      | setting                          |
      | the base port to 21000           |
      | the password to another-password |

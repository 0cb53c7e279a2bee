Feature: Limits that begin anew
  A span that is documented counts from when it begins, however lately the one before began, and however that one ended. A
  limit that has run out leaves nothing behind.

  @HA-019.d @HA-522 @HA-523
  Scenario: the limit of a hold-off begins anew when an operator reboots the primary again two minutes later
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And a restart of the primary will last longer than the detection time
    And an operator has rebooted the primary
    And the pair has been left alone for 120 seconds
    And a restart of the primary will last longer than a hold-off
    When an operator reboots the primary
    Then the secondary becomes effective hold-off
    And the secondary becomes effective primary after about 15 minutes of hold-off
    And the virtual address answers from the secondary

  @HA-522 @HA-524.a @HA-524.c
  Scenario: two hold-offs of ten minutes are two, although they are longer together than one may be
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And a restart of the primary will last until further notice
    When an operator reboots the primary
    Then the secondary becomes effective hold-off
    And the secondary is still effective hold-off for 600 seconds
    When the restart of the primary is allowed to end
    Then the primary becomes effective primary
    And the secondary becomes effective secondary
    When a restart of the primary will last until further notice
    And an operator reboots the primary
    Then the secondary becomes effective hold-off
    And the secondary is still effective hold-off for 600 seconds
    When the restart of the primary is allowed to end
    Then the primary becomes effective primary
    And the secondary becomes effective secondary

  @HA-521.a @HA-521.b @HA-524.a
  Scenario: a secondary whose hold-off has run out holds off for the next restart as for the first
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And on-failure set to become-secondary
    And a restart of the primary will last longer than a hold-off
    When an operator reboots the primary
    Then the secondary becomes effective hold-off
    And the secondary becomes effective primary after about 15 minutes of hold-off
    And the primary becomes effective secondary
    When an operator restores the configured mode on the primary
    Then the primary becomes effective primary
    And the secondary becomes effective secondary
    When a restart of the primary will last until further notice
    And an operator reboots the primary
    Then the secondary becomes effective hold-off
    And the primary is down
    And the secondary is still effective hold-off for the detection time
    When the restart of the primary is allowed to end
    Then the primary becomes effective primary
    And the secondary becomes effective secondary

  @HA-522 @HA-523
  Scenario: a second hold-off that runs out lasts as long as the first
    Given a healthy active-passive pair
    And on-failure set to become-secondary
    And a restart of the primary will last longer than a hold-off
    When an operator reboots the primary
    Then the secondary becomes effective hold-off
    And the secondary becomes effective primary after about 15 minutes of hold-off
    And the primary becomes effective secondary
    And the units report these events
      | unit      | by    | event | change              |
      | secondary | alert | ...   | hold-off to primary |
    When an operator restores the configured mode on the primary
    Then the primary becomes effective primary
    And the secondary becomes effective secondary
    When a restart of the primary will last until further notice
    And an operator reboots the primary
    Then the secondary becomes effective hold-off
    And the secondary becomes effective primary after about 15 minutes of hold-off
    And the virtual address answers from the secondary
    And the units report these events
      | unit      | by    | event | change              |
      | secondary | alert | ...   | hold-off to primary |
    And the last HA trap of the secondary tells that it has switched to primary

  @HA-572 @HA-580
  Scenario Outline: after a <order> that could not be carried out, the next one is carried out at once
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And an operator has forced a failover on the primary
    And both heartbeat links no longer reach the secondary
    And an operator has entered the command <order> on the primary
    And the command has been refused with a reason or given up within 30 seconds
    And both heartbeat links are whole again
    And the units have heard each other on each link
    When an operator enters the command <order> on the primary
    Then the primary becomes effective primary within 1 second of the command
    And the secondary becomes effective secondary
    And no unit changes its role for the detection time

    Examples:
      | order    |
      | failover |
      | restore  |

  @HA-015.a @HA-015.b
  Scenario: a secondary that could not synchronize at its start is off once more when it cannot at its next
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And both heartbeat links refuse configuration synchronization
    When an operator restarts HA on the secondary
    Then the secondary becomes effective off
    And the secondary is still effective off for the detection time
    When both heartbeat links are whole again
    Then the secondary becomes effective secondary
    When both heartbeat links refuse configuration synchronization
    And an operator restarts HA on the secondary
    Then the secondary becomes effective off
    And the secondary is still effective off for the detection time
    And the primary is still effective primary
    When both heartbeat links are whole again
    Then the secondary becomes effective secondary

  @HA-061.b @HA-062
  Scenario: synchronization leaves the primary heartbeat link, and goes back to it, a second time
    Given a healthy active-passive pair
    And the first synchronization of the pair has ended
    And the primary heartbeat link refuses configuration synchronization
    And an operator has changed a synchronized setting on the primary
    And the changed setting is on the secondary
    And the primary heartbeat link is whole again
    And the pair has been left alone for 60 seconds
    And the primary heartbeat link refuses configuration synchronization
    When an operator changes a synchronized setting on the primary
    Then the changed setting is on the secondary
    And configuration synchronization has used the secondary heartbeat link only
    When the primary heartbeat link is whole again
    And the pair is left alone for 60 seconds
    And an operator changes a synchronized setting on the primary
    Then the changed setting is on the secondary
    And configuration synchronization has used the primary heartbeat link only

  @HA-455
  Scenario: a stranger who comes back after two quiet minutes is logged as at first
    Given a healthy active-passive pair
    And a stranger has knocked at the primary
    And the primary has logged one refusal of the stranger for each reason
    And the pair has been left alone for 120 seconds
    When a stranger knocks at the primary
    Then the primary has logged one refusal of the stranger for each reason
    And no unit has changed its role

  @HA-655.c
  Scenario: the alert of a secondary whose hold-off has run out names the change from hold-off to primary
    Given a healthy active-passive pair
    And on-failure set to become-secondary
    And a restart of the primary will last longer than a hold-off
    When an operator reboots the primary
    Then the secondary becomes effective hold-off
    And the secondary becomes effective primary after about 15 minutes of hold-off
    And the units report these events
      | unit      | event | by    | change              |
      | secondary | ...   | alert | hold-off to primary |

  @HA-522 @HA-523
  Scenario: a setting that an operator changes in hold-off does not lengthen it
    Given a healthy active-passive pair
    And a restart of the primary will last until further notice
    When an operator reboots the primary
    Then the secondary becomes effective hold-off
    And the secondary is still effective hold-off for 600 seconds
    When an operator sets the detection time to 4 seconds on the secondary
    Then the secondary becomes effective primary after about 15 minutes of hold-off

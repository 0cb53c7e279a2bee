Feature: Hold-off while the primary restarts on purpose
  Before a restart that an operator asks for, the unit that leads sends its peer a hold-off command. The peer then neither
  watches the heartbeat nor takes over until the unit is back, or until about 15 minutes have passed.

  @HA-019.a @HA-019.b @HA-520.a @HA-520.b
  Scenario Outline: the primary sends hold-off before a planned restart
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And a restart of the primary will last until further notice
    When an operator <restarts> the primary
    Then the secondary becomes effective hold-off before the primary is down
    When the restart of the primary is allowed to end
    Then the primary becomes effective primary
    And the secondary becomes effective secondary

    Examples:
      | restarts |
      | reboots  |
      | reloads  |

  @HA-020.e @HA-525.a @HA-525.b @HA-525.c @HA-525.d
  Scenario Outline: both units report a planned restart of the primary
    Given a healthy active-passive pair
    And a restart of the primary will last until further notice
    When an operator <restarts> the primary
    Then the secondary becomes effective hold-off
    When the restart of the primary is allowed to end
    Then the primary becomes effective primary
    And the secondary becomes effective secondary
    And the units report these events
      | unit      | event                                   | change                |
      | primary   | The system is rebooting (or reloading)! |                       |
      | secondary | peer rebooting (or reloading)           | secondary to hold-off |
      | secondary | peer command appeared                   | hold-off to secondary |

    Examples:
      | restarts |
      | reboots  |
      | reloads  |

  @HA-521.a @HA-521.b
  Scenario: a secondary in hold-off does not take over
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And a restart of the primary will last until further notice
    When an operator reboots the primary
    Then the secondary becomes effective hold-off
    And the secondary is still effective hold-off for the detection time

  @HA-019.a @HA-019.c @HA-019.d @HA-526.a
  Scenario: a secondary in hold-off is neither secondary nor primary
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And a restart of the primary will last until further notice
    When an operator reboots the primary
    Then the secondary becomes effective hold-off
    And the primary is down
    And the units show these modes
      | unit      | configured | effective |
      | secondary | secondary  | hold-off  |
    And the secondary is still effective hold-off for the detection time
    When a client sends a message to the secondary
    Then the message is not accepted
    And no unit holds the virtual address

  @HA-524.a @HA-524.c
  Scenario: the primary tells the secondary to resume when it is back
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And a restart of the primary will last longer than the detection time
    When an operator reboots the primary
    Then the secondary becomes effective hold-off
    And the primary becomes effective primary
    And the secondary becomes effective secondary
    And the secondary has never been effective primary

  @HA-524.b
  Scenario: after hold-off the secondary watches the heartbeat again
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And an operator has rebooted the primary
    When the primary loses power
    Then the secondary becomes effective primary when the detection time has passed

  @HA-520.a
  Scenario: a leading secondary sends hold-off too
    Given a healthy active-passive pair
    And an operator has forced a failover on the primary
    And a restart of the secondary will last until further notice
    When an operator reboots the secondary
    Then the primary becomes effective hold-off
    When the restart of the secondary is allowed to end
    Then the secondary becomes effective primary
    And the primary becomes effective secondary

  @HA-522 @HA-523
  Scenario: the secondary takes over when hold-off has run out
    Given a healthy active-passive pair
    And a restart of the primary will last longer than a hold-off
    When an operator reboots the primary
    Then the secondary becomes effective hold-off
    And the secondary becomes effective primary after about 15 minutes of hold-off
    And only the secondary holds the virtual address

  @HA-523
  Scenario Outline: a primary that comes back too late does as on-failure says
    Given a healthy active-passive pair
    And on-failure set to <on-failure>
    And a restart of the primary will last longer than a hold-off
    When an operator reboots the primary
    Then the secondary becomes effective hold-off
    And the secondary becomes effective primary after about 15 minutes of hold-off
    And the primary becomes effective <late mode>
    And the virtual address answers from the <leader>
    And the primary is still effective <late mode> for 4 seconds

    Examples:
      | on-failure       | late mode | leader    |
      | off              | off       | secondary |
      | restore-role     | primary   | primary   |
      | become-secondary | secondary | secondary |

  @HA-522 @HA-523
  Scenario Outline: a secondary that was <restarted> waits as long for its primary as any other
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And an operator has <restarted> the secondary
    And a restart of the primary will last longer than a hold-off
    When an operator <restarts> the primary
    Then the secondary becomes effective hold-off
    And the secondary becomes effective primary after about 15 minutes of hold-off
    And the virtual address answers from the secondary
    And the primary becomes effective secondary

    Examples:
      | restarted | restarts |
      | rebooted  | upgrades |
      | upgraded  | reboots  |

  @HA-522 @HA-523
  Scenario: a secondary that hears its primary on the secondary heartbeat link alone waits as long for it
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And the primary heartbeat link has fallen silent
    And each unit has logged this heartbeat status
      | link      | state  |
      | primary   | FAILED |
      | secondary | OK     |
    And a restart of the primary will last longer than a hold-off
    When an operator reboots the primary
    Then the secondary becomes effective hold-off
    And the secondary becomes effective primary after about 15 minutes of hold-off
    And the virtual address answers from the secondary
    And the primary becomes effective secondary

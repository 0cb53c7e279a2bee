Feature: What a unit keeps over restarts
  A unit that on-failure has switched off stays off over restarts of every kind until an operator brings it back. What an
  operator has ended, or a unit has given up, does not come back with a restart. gate/grids.toml says what the examples cover.

  @HA-311.b @HA-312.b @HA-337
  Scenario Outline: a <unit> that has failed after the command <order> is still off when it was <restarted> and an operator <restarts> it
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And on-failure set to off
    And an operator has entered the command <order> on the primary
    And the command has been carried out
    And the <unit> has lost power
    And the <peer> has become effective primary
    And the <unit> has started again
    And an operator has <restarted> the <unit>
    And the <unit> is down
    And the <unit> has ended as effective off
    When an operator <restarts> the <unit>
    Then the <unit> is down
    And the <unit> ends as effective off
    And no unit changes its role for the detection time
    And the <peer> ends as effective primary

    Examples:
      | order    | restarted | restarts | unit      | peer      |
      | restore  | rebooted  | reboots  | primary   | secondary |
      | failover | reloaded  | reboots  | secondary | primary   |
      | failover | rebooted  | reloads  | secondary | primary   |
      | restore  | reloaded  | reloads  | primary   | secondary |
      | restore  | reloaded  | upgrades | primary   | secondary |
      | failover | rebooted  | upgrades | secondary | primary   |

  @HA-311.b @HA-337
  Scenario Outline: a <unit> that has failed after the command <order> is still off when it was shut down
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And on-failure set to off
    And an operator has entered the command <order> on the primary
    And the command has been carried out
    And the <unit> has lost power
    And the <peer> has become effective primary
    And the <unit> has started again
    And an operator has shut down the <unit>
    When the <unit> starts again
    Then the <unit> ends as effective off
    And the <unit> is still effective off for the detection time
    And the <peer> is still effective primary

    Examples:
      | order    | unit      | peer      |
      | restore  | primary   | secondary |
      | failover | secondary | primary   |

  @HA-311.b @HA-312.a
  Scenario: a primary that has failed is still off after its next loss of power, though its settings have changed meanwhile
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And on-failure set to off
    And the primary has lost power
    And the secondary has become effective primary
    And the primary has started again
    And the primary has ended as effective off
    And an operator has entered these settings on the primary
      | setting           | value |
      | hb-lost-threshold | 3     |
    And the primary has lost power
    When the primary starts again
    Then the primary ends as effective off
    And the primary is still effective off for the detection time
    And the secondary is still effective primary

  @HA-311.b @HA-312.a
  Scenario: a primary that has failed is still off when its HA software has crashed
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And on-failure set to off
    And the primary has lost power
    And the secondary has become effective primary
    And the primary has started again
    And the HA software of the primary has crashed
    When the primary starts again
    Then the primary ends as effective off
    And the primary is still effective off for the detection time
    And the secondary is still effective primary

  @HA-310 @HA-311.b @HA-312.c
  Scenario Outline: a primary that monitoring has switched off is still off when its fault is cured and an operator <restarts> it
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And on-failure set to off
    And each unit monitors its mail interface
    And the mail cable of the primary has been pulled
    And the primary has become effective off
    And the secondary has become effective primary
    And the mail cable of the primary has been plugged in
    When an operator <restarts> the primary
    Then the primary is down
    And the primary ends as effective off
    And no unit changes its role for the detection time
    And the secondary ends as effective primary

    Examples:
      | restarts |
      | reboots  |
      | reloads  |

  @HA-313.a @HA-313.b @HA-524.a @HA-524.c @HA-528.a
  Scenario Outline: a <unit> that was restored from off after the command <order> is what it is configured to be when an operator <restarts> it
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And on-failure set to off
    And an operator has entered the command <order> on the primary
    And the command has been carried out
    And the <unit> has lost power
    And the <peer> has become effective primary
    And the <unit> has started again
    And an operator has restored the configured mode on the <unit>
    When an operator <restarts> the <unit>
    Then the <unit> becomes effective <unit>
    And the <peer> ends as effective <peer>
    And no unit changes its role for the detection time

    Examples:
      | order    | restarts | unit      | peer      |
      | restore  | reboots  | primary   | secondary |
      | failover | reboots  | secondary | primary   |
      | failover | reloads  | secondary | primary   |
      | restore  | reloads  | primary   | secondary |

  @HA-338 @HA-528.a @HA-576
  Scenario Outline: a primary that a restart of HA has brought back from off follows again when an operator <restarts> it
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And on-failure set to off
    And the primary has lost power
    And the secondary has become effective primary
    And the primary has started again
    And an operator has restarted HA on the primary
    And the primary has become effective secondary
    When an operator <restarts> the primary
    Then the primary becomes effective secondary
    And the secondary is still effective primary

    Examples:
      | restarts |
      | reboots  |
      | reloads  |

  @HA-005.a @HA-024.a @HA-524.c
  Scenario: a primary that was off and has entered the group anew leads again after a reboot
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And on-failure set to off
    And the primary has lost power
    And the secondary has become effective primary
    And the primary has started again
    And an operator has set the mode to off on the primary
    And an operator has set the mode to primary on the primary
    And the primary has become effective primary
    And the secondary has become effective secondary
    When an operator reboots the primary
    Then the primary becomes effective primary
    And the secondary becomes effective secondary

  @HA-003.a @HA-003.e @HA-009
  Scenario Outline: a primary whose mode was set to off is out of the group when an operator <restarts> it
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And an operator has set the mode to off on the primary
    And the secondary has become effective primary
    When an operator <restarts> the primary
    Then the primary is down
    And the primary ends as effective off
    And no unit changes its role for the detection time
    And the primary is configured as off
    And only the secondary holds the virtual address

    Examples:
      | restarts |
      | reboots  |
      | reloads  |

  @HA-572
  Scenario: a restore that was given up is not carried out after a reboot
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And an operator has forced a failover on the primary
    And both heartbeat links refuse configuration synchronization
    When an operator restarts HA on the primary
    Then the primary becomes effective off
    And the primary heartbeat link carries heartbeats both ways
    When an operator enters the command restore on the primary
    Then the command has been refused with a reason or given up within 30 seconds
    When both heartbeat links are whole again
    Then the primary becomes effective secondary
    When an operator reboots the primary
    Then the primary becomes effective secondary
    And no unit changes its role for the detection time

  @HA-580
  Scenario: a restore that a reboot of the primary interrupts is not carried out when the primary can synchronize minutes later
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And an operator has forced a failover on the primary
    And both heartbeat links refuse configuration synchronization
    When an operator restarts HA on the primary
    Then the primary becomes effective off
    And the primary heartbeat link carries heartbeats both ways
    When an operator enters the command restore on the primary
    And an operator reboots the primary
    Then the primary becomes effective off
    When the pair is left alone for 90 seconds
    And both heartbeat links are whole again
    Then the primary becomes effective secondary
    And no unit changes its role for the detection time

  @HA-311.b @HA-312.b
  Scenario Outline: a primary that has failed is still off when an operator <restarts> it, though nobody leads
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And on-failure set to off
    And the primary has lost power
    And the secondary has become effective primary
    And the primary has started again
    And the secondary has lost power
    When an operator <restarts> the primary
    Then the primary is down
    And the primary ends as effective off
    And the primary is still effective off for 5 seconds
    And no unit holds the virtual address

    Examples:
      | restarts |
      | reboots  |
      | reloads  |
      | upgrades |

  @HA-311.b @HA-312.c
  Scenario: a primary that monitoring has switched off is still off after a shutdown, though nobody leads
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And on-failure set to off
    And each unit monitors its mail interface
    And the mail cable of the primary has been pulled
    And the primary has become effective off
    And the secondary has become effective primary
    And the mail cable of the primary has been plugged in
    And an operator has shut down the secondary
    And an operator has shut down the primary
    When the primary starts again
    Then the primary ends as effective off
    And the primary is still effective off for 5 seconds
    And no unit holds the virtual address

  @HA-313.a @HA-313.b
  Scenario: a power loss right after a restore does not switch a failed primary off again
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And on-failure set to off
    And the primary has lost power
    And the secondary has become effective primary
    And the primary has started again
    And both heartbeat links refuse configuration synchronization
    And an operator has entered the command restore on the primary
    And the primary heartbeat link carries heartbeats both ways
    And the primary has lost power
    When both heartbeat links are whole again
    And the primary starts again
    Then the primary passes through effective secondary
    And the primary becomes effective primary
    And the secondary becomes effective secondary

  @HA-005.a
  Scenario Outline: with <on-failure> a primary that loses power while it enters its group anew takes its configured role
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And on-failure set to <on-failure>
    And an operator has set the mode to off on the primary
    And the primary has become effective off
    And the secondary has become effective primary
    And both heartbeat links refuse configuration synchronization
    And an operator has set the mode to primary on the primary
    And the primary heartbeat link carries heartbeats both ways
    And the primary has lost power
    When both heartbeat links are whole again
    And the primary starts again
    Then the primary becomes effective primary
    And the secondary becomes effective secondary

    Examples:
      | on-failure       |
      | off              |
      | become-secondary |

  @HA-005.a
  Scenario: a primary that enters its group anew takes its configured role, however late it can synchronize, and whatever was ordered before
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And an operator has forced a failover on the primary
    And both heartbeat links refuse configuration synchronization
    When an operator restarts HA on the primary
    Then the primary becomes effective off
    And the primary heartbeat link carries heartbeats both ways
    When an operator enters the command restore on the primary
    And an operator sets the mode to off on the primary
    And an operator sets the mode to primary on the primary
    Then the primary ends as effective off
    When the pair is left alone for 40 seconds
    And both heartbeat links are whole again
    Then the primary becomes effective primary
    And the secondary becomes effective secondary

  @HA-580
  Scenario: a secondary that has lost power twice within a detection time moves the role at once
    Given a healthy active-passive pair
    And a detection time of 60 seconds
    And the secondary has lost power
    And the secondary has started again
    And the secondary has ended as effective secondary
    And the pair has been left alone for 10 seconds
    And the secondary has lost power
    And the secondary has started again
    And the secondary has ended as effective secondary
    When an operator enters the command failover on the secondary
    Then the secondary becomes effective primary within 1 second of the command
    And the primary becomes effective secondary

  @HA-313.a
  Scenario: with off a primary that an operator has restored goes on when it is rebooted before it leads
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And on-failure set to off
    And the primary has lost power
    And the secondary has become effective primary
    And the primary has started again
    And the primary has ended as effective off
    And both heartbeat links refuse configuration synchronization
    When an operator restores the configured mode on the primary
    And an operator reboots the primary
    And both heartbeat links are whole again
    Then the primary becomes effective primary
    And the secondary becomes effective secondary

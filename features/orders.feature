Feature: Orders that cannot be carried out at once
  An order that a unit cannot carry out at the moment is refused with a reason, carried out as soon as it can be, or given
  up after a bound that the unit states. None is accepted and forgotten, and none waits for ever for its chance.

  @HA-572
  Scenario Outline: a restore on a primary that cannot synchronize yet, after an operator <restarts> it, is not forgotten
    Given a healthy active-passive pair
    And an operator has forced a failover on the primary
    And both heartbeat links refuse configuration synchronization
    When an operator <restarts> the primary
    Then the primary becomes effective off
    When an operator enters the command restore on the primary
    And both heartbeat links are whole again
    Then the command has been refused with a reason or carried out
    And no unit changes its role for the detection time

    Examples:
      | restarts       |
      | reboots        |
      | restarts HA on |

  @HA-572
  Scenario: a restore right after a restart of HA is not forgotten
    Given a healthy active-passive pair
    And an operator has forced a failover on the primary
    And both heartbeat links refuse configuration synchronization
    When an operator restarts HA on the primary
    And an operator enters the command restore on the primary
    Then the primary ends as effective off
    When both heartbeat links are whole again
    Then the command has been refused with a reason or carried out
    And no unit changes its role for the detection time

  @HA-572
  Scenario: a restore on a primary in hold-off is not forgotten
    Given a healthy active-passive pair
    And an operator has forced a failover on the primary
    And a restart of the secondary will last until further notice
    When an operator reboots the secondary
    Then the primary becomes effective hold-off
    And the secondary is down
    When an operator enters the command restore on the primary
    And the restart of the secondary is allowed to end
    Then the command has been refused with a reason or carried out
    And no unit changes its role for the detection time

  @HA-378 @HA-580
  Scenario: a failover to a secondary that has not synchronized yet loses no setting
    Given a healthy active-passive pair
    And the secondary has lost power
    And an operator has changed a synchronized setting on the primary
    And both heartbeat links refuse configuration synchronization
    When the secondary starts again
    Then the secondary becomes effective off
    And the primary heartbeat link carries heartbeats both ways
    When an operator enters the command failover on the primary
    And both heartbeat links are whole again
    Then the command has been refused with a reason, given up within 30 seconds or carried out
    And the changed setting is on the primary
    And the changed setting is on the secondary

  @HA-354.a @HA-409
  Scenario: a synchronization that the secondary cannot be told of yet is carried out when it can
    Given a healthy active-passive pair
    And the first synchronization of the pair has ended
    And a message for the quarantine has been stored on the primary
    And both heartbeat links refuse synchronization control
    When an operator starts a synchronization on the primary
    And an operator sets on-failure to off on the primary
    And an operator enters the command restore on the primary
    And the pair is left alone for 10 seconds
    And both heartbeat links are whole again
    Then the message reaches the quarantine of the secondary
    And no unit has changed its role

  @HA-572
  Scenario: a restore that was given up stays given up when the peer can synchronize again
    Given a healthy active-passive pair
    And an operator has forced a failover on the primary
    And both heartbeat links refuse configuration synchronization
    When an operator restarts HA on the primary
    Then the primary becomes effective off
    When an operator enters the command restore on the secondary
    Then the command has been refused with a reason or given up within 30 seconds
    When both heartbeat links are whole again
    Then the primary becomes effective secondary
    And no unit changes its role for the detection time

  @HA-572
  Scenario: a restore that was given up stays given up when the secondary hears its peer again
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And an operator has forced a failover on the primary
    When both heartbeat links no longer reach the secondary
    And an operator enters the command restore on the secondary
    Then the command has been refused with a reason or given up within 30 seconds
    When both heartbeat links are whole again
    Then the primary heartbeat link carries heartbeats both ways
    And the secondary heartbeat link carries heartbeats both ways
    And no unit changes its role for the detection time

  @HA-580
  Scenario: a failover that does not reach the primary is refused or given up, and does not come late
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    When both heartbeat links no longer reach the primary
    And an operator enters the command failover on the secondary
    Then the command has been refused with a reason or given up within 30 seconds
    When both heartbeat links are whole again
    Then the primary heartbeat link carries heartbeats both ways
    And the secondary heartbeat link carries heartbeats both ways
    And no unit changes its role for the detection time

  @HA-572 @HA-580
  Scenario Outline: a <order> on a primary that is effective secondary moves no role when the links return minutes later
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And an operator has forced a failover on the primary
    When both heartbeat links no longer reach the secondary
    And an operator enters the command <order> on the primary
    Then the command has been refused with a reason or given up within 30 seconds
    When the pair is left alone for 300 seconds
    And both heartbeat links are whole again
    Then the primary heartbeat link carries heartbeats both ways
    And the secondary heartbeat link carries heartbeats both ways
    And no unit changes its role for the detection time

    Examples:
      | order    |
      | failover |
      | restore  |

  @HA-580
  Scenario: a failover is refused or given up when the primary has not heard of it and reboots
    Given a healthy active-passive pair
    When both heartbeat links no longer reach the primary
    And an operator enters the command failover on the secondary
    And an operator reboots the primary
    Then the command has been refused with a reason or given up within 30 seconds

  @HA-572
  Scenario: a restore that a reboot of the secondary interrupts is not carried out when the reboot ends minutes later
    Given a healthy active-passive pair
    And an operator has forced a failover on the primary
    And a restart of the secondary will last until further notice
    When both heartbeat links no longer carry configuration synchronization
    And an operator enters the command restore on the secondary
    And an operator reboots the secondary
    Then the primary becomes effective hold-off
    And the secondary is down
    When both heartbeat links are whole again
    And the pair is left alone for 300 seconds
    And the restart of the secondary is allowed to end
    Then the secondary becomes effective primary
    And the primary becomes effective secondary
    And no unit changes its role for the detection time

  @HA-102 @HA-580
  Scenario Outline: a failover on the <unit> that falls into a short silence is carried out when the silence ends
    Given a healthy active-passive pair
    And a detection time of 50 seconds
    When both heartbeat links fall silent
    And an operator enters the command failover on the <unit>
    Then the <unit> ends as effective secondary
    When the pair is left alone for 2 seconds
    And both heartbeat links are whole again
    Then the virtual address answers from the secondary
    And the secondary ends as effective primary
    And the primary ends as effective secondary

    Examples:
      | unit      |
      | primary   |
      | secondary |

  @HA-572
  Scenario: a restore on a primary that cannot synchronize yet is not forgotten when an operator reboots it
    Given a healthy active-passive pair
    And an operator has forced a failover on the primary
    And both heartbeat links refuse configuration synchronization
    When an operator restarts HA on the primary
    Then the primary becomes effective off
    And the primary heartbeat link carries heartbeats both ways
    When an operator enters the command restore on the primary
    And an operator reboots the primary
    And both heartbeat links are whole again
    Then the command has been refused with a reason or carried out
    And no unit changes its role for the detection time

  @HA-572
  Scenario: a restore that was given up on a primary that cannot synchronize yet stays given up when it reboots
    Given a healthy active-passive pair
    And an operator has forced a failover on the primary
    And both heartbeat links refuse configuration synchronization
    When an operator restarts HA on the primary
    Then the primary becomes effective off
    And the primary heartbeat link carries heartbeats both ways
    When an operator enters the command restore on the primary
    Then the command has been refused with a reason or given up within 30 seconds
    When an operator reboots the primary
    And both heartbeat links are whole again
    Then the primary becomes effective secondary
    And no unit changes its role for the detection time

  @HA-580
  Scenario: a failover that crosses a reboot of the unit that leads is carried out
    Given a healthy active-passive pair
    And an operator has forced a failover on the primary
    And both heartbeat links delay everything by 0.5 seconds
    When an operator enters the command failover on the primary
    And an operator reboots the secondary
    Then the command has been carried out
    And the secondary ends as effective secondary

  @HA-572
  Scenario: a restore on a secondary that starts while its peer is away is carried out when that is back
    Given a healthy active-passive pair
    And a detection time of 4 seconds
    And on-failure set to become-secondary
    And the primary has lost power
    And the secondary has become effective primary
    And the secondary has lost power
    When the secondary starts again
    And an operator enters the command restore on the secondary
    Then the secondary becomes effective primary
    When the pair is left alone for 3 seconds
    And the primary starts again
    Then the command has been refused with a reason or carried out

  @HA-572
  Scenario: a restore on a secondary that starts is given up when its peer stays away, and moves no role later
    Given a healthy active-passive pair
    And a detection time of 4 seconds
    And on-failure set to become-secondary
    And the primary has lost power
    And the secondary has become effective primary
    And the secondary has lost power
    When the secondary starts again
    And an operator enters the command restore on the secondary
    Then the secondary becomes effective primary
    And the command has been refused with a reason or given up within 30 seconds
    When the primary starts again
    Then the primary becomes effective secondary
    And no unit changes its role for the detection time

  @HA-572
  Scenario: a restore on a secondary that leads alone is refused or given up, and the secondary goes on
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And the primary has lost power
    And the secondary has become effective primary
    When an operator enters the command restore on the secondary
    Then the command has been refused with a reason or given up within 30 seconds
    And the virtual address answers from the secondary

  @HA-580
  Scenario: a failover on a secondary in hold-off is refused or given up
    Given a healthy active-passive pair
    And a restart of the primary will last until further notice
    When an operator reboots the primary
    Then the secondary becomes effective hold-off
    And the primary is down
    When an operator enters the command failover on the secondary
    Then the command has been refused with a reason or given up within 30 seconds
    When the restart of the primary is allowed to end
    Then the primary becomes effective primary
    And the secondary becomes effective secondary

  @HA-572 @HA-704.a
  Scenario: a restore on a secondary that starts unheard, and leads, is carried out when it meets the primary
    Given a healthy active-passive pair
    And a detection time of 4 seconds
    When both heartbeat links fall silent
    And an operator restarts HA on the secondary
    And an operator enters the command restore on the secondary
    Then the secondary becomes effective primary
    When both heartbeat links are whole again
    Then the command has been refused with a reason or carried out

  @HA-572 @HA-580
  Scenario: what the secondary said when it gave the role away moves no role once the primary has given it back
    Given a healthy active-passive pair
    And a detection time of 5 seconds
    And an operator has forced a failover on the primary
    And the primary heartbeat link delays everything by 0.3 seconds
    And the secondary heartbeat link delays everything by 0.5 seconds
    And an operator has entered the command restore on the primary
    And the command has been carried out
    When an operator forces a failover on the primary
    Then the secondary becomes effective primary
    And the primary becomes effective secondary
    And no unit changes its role for 2 seconds

  @HA-570.a
  Scenario Outline: with <on-failure> a faulty primary, which can copy nothing, refuses a synchronization
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And on-failure set to <on-failure>
    And each unit monitors its mail interface
    And the mail cable of the primary has been pulled
    And the primary has become effective <mode>
    And the secondary has become effective primary
    When an operator enters the command sync on the primary
    Then the command has been refused with a reason

    Examples:
      | on-failure       | mode   |
      | off              | off    |
      | become-secondary | failed |

  @HA-570.a
  Scenario: a primary that hears nobody refuses a synchronization
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And the secondary has lost power
    And the units have reported these events
      | unit    | by    | event                           |
      | primary | alert | secondary heartbeat disappeared |
    When an operator enters the command sync on the primary
    Then the command has been refused with a reason

  @HA-580
  Scenario: over a single link, a failover that crosses a reboot of the unit that leads does not wait for the detection time
    Given a healthy active-passive pair with a single heartbeat link
    And a detection time of 30 seconds
    And an operator has forced a failover on the primary
    And the primary heartbeat link delays everything by 1 second
    When an operator enters the command failover on the primary
    And an operator reboots the secondary
    Then the primary becomes effective primary within 6 seconds of the command
    And the command has been carried out
    And the secondary ends as effective secondary

  @HA-102 @HA-572
  Scenario: a restore on the secondary that falls into a short silence is carried out when the silence ends
    Given a healthy active-passive pair
    And a detection time of 50 seconds
    And an operator has forced a failover on the primary
    When both heartbeat links fall silent
    And an operator enters the command restore on the secondary
    And the pair is left alone for 1 second
    And both heartbeat links are whole again
    Then the primary becomes effective primary
    And the secondary becomes effective secondary

  @HA-572
  Scenario: a restore on a primary that is looking for its peer is not forgotten when it loses power
    Given a healthy active-passive pair
    And a detection time of 30 seconds
    And on-failure set to restore-role
    And an operator has forced a failover on the primary
    When both heartbeat links fall silent
    And an operator restarts HA on the primary
    And an operator enters the command restore on the primary
    And the primary loses power
    And both heartbeat links are whole again
    And the primary starts again
    Then the command has been refused with a reason or carried out

  @HA-572
  Scenario: a restore on a primary that looks for its peer, and loses power, moves no role a minute later
    Given a healthy active-passive pair
    And a detection time of 30 seconds
    And on-failure set to become-secondary
    And an operator has forced a failover on the primary
    When both heartbeat links fall silent
    And an operator restarts HA on the primary
    And an operator enters the command restore on the primary
    And the primary loses power
    And both heartbeat links are whole again
    And both heartbeat links refuse configuration synchronization
    And the primary starts again
    And the pair is left alone for 60 seconds
    And both heartbeat links are whole again
    Then the primary becomes effective secondary
    And no unit changes its role for 5 seconds

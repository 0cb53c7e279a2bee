Feature: Hold-off when something else goes wrong
  Hold-off ends when the primary is back or when its time is over, whatever happens meanwhile. Where the hold-off command
  cannot reach the secondary, the heartbeat decides.

  @HA-521.b @HA-524.a @HA-524.c
  Scenario: a power cut of a primary that is down for a reboot does not end hold-off
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And a restart of the primary will last until further notice
    When an operator reboots the primary
    Then the secondary becomes effective hold-off
    And the primary is down
    When the primary loses power
    And a restart of the primary will last as long as usual
    Then the secondary is still effective hold-off for the detection time
    When the primary starts again
    Then the primary becomes effective primary
    And the secondary becomes effective secondary
    And the secondary has never been effective primary

  @HA-528.a
  Scenario: a secondary that loses power in hold-off follows the primary when both are back
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And a restart of the primary will last until further notice
    When an operator reboots the primary
    Then the secondary becomes effective hold-off
    And the primary is down
    When the secondary loses power
    And the restart of the primary is allowed to end
    Then the primary becomes effective primary
    When the secondary starts again
    Then the secondary becomes effective secondary
    And only the primary holds the virtual address

  @HA-019.d @HA-524.a
  Scenario: a secondary in hold-off knows its primary again when that was unheard in its first start and lost power then
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And a restart of the primary will last until further notice
    When an operator reboots the primary
    Then the secondary becomes effective hold-off
    And the primary is down
    When both heartbeat links fall silent
    And the restart of the primary is allowed to end
    Then the primary becomes effective primary
    When the primary loses power
    And both heartbeat links are whole again
    And the primary starts again
    Then the primary becomes effective primary
    And the secondary becomes effective secondary
    And the secondary has never been effective primary

  @HA-521.b @HA-524.a @HA-524.c
  Scenario: links that fall silent in hold-off cause no takeover
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And a restart of the primary will last until further notice
    When an operator reboots the primary
    Then the secondary becomes effective hold-off
    And the primary is down
    When both heartbeat links fall silent
    And the restart of the primary is allowed to end
    Then the primary becomes effective primary
    And the secondary is still effective hold-off
    When both heartbeat links are whole again
    Then the secondary becomes effective secondary
    And the secondary has never been effective primary

  @HA-015.a @HA-019.a @HA-524.c @HA-731.a @HA-731.b
  Scenario Outline: a secondary that has not synchronized yet goes into hold-off too when an operator <restarts> the primary
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And a restart of the primary will last until further notice
    And both heartbeat links refuse configuration synchronization
    When an operator restarts HA on the secondary
    Then the secondary becomes effective off
    And the primary heartbeat link carries heartbeats both ways
    When an operator <restarts> the primary
    Then the secondary becomes effective hold-off
    When the restart of the primary is allowed to end
    Then the primary becomes effective primary
    And the secondary becomes effective off
    When both heartbeat links are whole again
    Then the secondary becomes effective secondary
    And the secondary has never been effective primary

    Examples:
      | restarts |
      | reboots  |
      | upgrades |

  @HA-101
  Scenario: a hold-off command that cannot be delivered delays no takeover
    Given a healthy active-passive pair
    And a detection time of 8 seconds
    And a restart of the primary will last until further notice
    When both heartbeat links fall silent
    And an operator reboots the primary
    Then the secondary becomes effective primary when the detection time has passed
    And the secondary has never been effective hold-off
    And only the secondary holds the virtual address

  @HA-520.a @HA-524.a @HA-524.c
  Scenario: the secondary goes into hold-off again for a second reboot right after the first
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And a restart of the primary will last longer than the detection time
    And an operator has rebooted the primary
    When an operator reboots the primary
    Then the secondary becomes effective hold-off
    And the primary becomes effective primary
    And the secondary becomes effective secondary
    And the secondary has never been effective primary

  @HA-350.a @HA-524.a
  Scenario Outline: a synchronization that is cut short when an operator <restarts> the primary is taken up again
    Given a healthy active-passive pair
    And the first synchronization of the pair has ended
    And a message for the quarantine has been stored on the primary
    And both heartbeat links carry 1000 bytes a second
    And a restart of the primary will last until further notice
    When an operator starts a synchronization on the <unit>
    Then data synchronization has begun on the primary heartbeat link
    When an operator <restarts> the primary
    Then the secondary becomes effective hold-off
    When both heartbeat links are whole again
    And the restart of the primary is allowed to end
    Then the primary becomes effective primary
    And the secondary becomes effective secondary
    When an operator changes a synchronized setting on the primary
    Then the changed setting is on the secondary
    And the message reaches the quarantine of the secondary

    Examples:
      | restarts | unit      |
      | reboots  | secondary |
      | reloads  | primary   |
      | upgrades | secondary |

  @HA-350.a @HA-524.a
  Scenario Outline: a change that is being copied when an operator <restarts> the primary is on the secondary afterwards
    Given a healthy active-passive pair
    And the first synchronization of the pair has ended
    And an operator has added the first alert recipient on the primary
    And the first alert recipient is on the secondary
    And both heartbeat links carry 1200 bytes a second
    And a restart of the primary will last until further notice
    When an operator sets a synchronized setting of 4000 characters on the primary
    And an operator deletes the first alert recipient on the primary
    And the pair is left alone for 1 second
    And an operator <restarts> the primary
    Then the secondary becomes effective hold-off
    And the primary is down
    When both heartbeat links are whole again
    And the restart of the primary is allowed to end
    Then the primary becomes effective primary
    And the secondary becomes effective secondary
    And the changed setting is on the secondary
    And the first alert recipient is gone from the secondary

    Examples:
      | restarts |
      | reboots  |
      | reloads  |

  @HA-353.a @HA-354.b @HA-524.a
  Scenario: an operator can synchronize by hand after a reboot of the primary has cut a synchronization short
    Given a healthy active-passive pair
    And the first synchronization of the pair has ended
    And a message for the quarantine has been stored on the primary
    And both heartbeat links carry 1000 bytes a second
    And a restart of the primary will last until further notice
    When an operator starts a synchronization on the secondary
    Then data synchronization has begun on the primary heartbeat link
    When an operator reboots the primary
    Then the secondary becomes effective hold-off
    When both heartbeat links are whole again
    And the restart of the primary is allowed to end
    Then the primary becomes effective primary
    And the secondary becomes effective secondary
    When a message for the quarantine is stored on the primary
    And an operator starts a synchronization on the secondary
    Then the message reaches the quarantine of the secondary

  @HA-521.b @HA-524.c
  Scenario: heartbeats from before the restart that come late over a slow link do not end hold-off
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And a restart of the primary will last until further notice
    And the secondary heartbeat link delays everything by 2 seconds
    When an operator reboots the primary
    Then the secondary becomes effective hold-off
    And the primary is down
    And the secondary is still effective hold-off for the detection time

  @HA-101 @HA-572
  Scenario: a secondary that is restored in hold-off does not go back when the same command comes over a slow link
    Given a healthy active-passive pair
    And a detection time of 5 seconds
    And a restart of the primary will last until further notice
    And the secondary heartbeat link delays everything by 2 seconds
    When an operator reboots the primary
    Then the secondary becomes effective hold-off
    When an operator enters the command restore on the secondary
    Then the secondary becomes effective secondary
    And the secondary becomes effective primary

  @HA-523
  Scenario: a secondary that is frozen when hold-off runs out takes over when its primary is not back
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And a restart of the primary will last until further notice
    When an operator reboots the primary
    Then the secondary becomes effective hold-off
    And the primary is down
    When the secondary freezes
    And the pair is left alone for 900 seconds
    And the secondary thaws
    Then the secondary becomes effective primary

  @HA-520.a
  Scenario: a primary that does not hear its secondary sends hold-off all the same
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And a restart of the primary will last until further notice
    When both heartbeat links no longer reach the primary
    Then the units report these events
      | unit    | by    | event                           |
      | primary | alert | secondary heartbeat disappeared |
    When an operator reboots the primary
    Then the secondary becomes effective hold-off
    And the secondary is still effective hold-off for the detection time

  @HA-311.a
  Scenario: with off a primary that comes back from a reboot to find another primary processes no mail
    Given a healthy active-passive pair
    And a detection time of 5 seconds
    And on-failure set to off
    And a restart of the primary will last until further notice
    When both heartbeat links fall silent
    And an operator reboots the primary
    Then the secondary becomes effective primary
    When both heartbeat links are whole again
    And the restart of the primary is allowed to end
    Then the primary becomes effective off
    And the primary is still effective off for 4 seconds
    And the primary offers no mail service
    When a client sends a message to the primary
    Then the message is not accepted

  @HA-015.b
  Scenario: a secondary that has failed to synchronize once since hold-off does not lead, though it heard nobody at that moment
    Given a healthy active-passive pair
    And a detection time of 60 seconds
    And a restart of the primary will last until further notice
    And both heartbeat links no longer carry configuration synchronization
    When an operator restarts HA on the secondary
    Then the secondary becomes effective off
    And the primary heartbeat link carries heartbeats both ways
    When an operator reboots the primary
    Then the secondary becomes effective hold-off
    When the restart of the primary is allowed to end
    Then the primary becomes effective primary
    And the secondary becomes effective off
    When both heartbeat links fall silent
    And the pair is left alone for 11 seconds
    And both heartbeat links are whole again
    Then the secondary becomes effective secondary
    And the secondary has never been effective primary

  @HA-015.a @HA-019.a @HA-731.b
  Scenario: a secondary that is in its first synchronization when the primary reboots holds off, and follows afterwards
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And a restart of the primary will last until further notice
    And both heartbeat links no longer carry configuration synchronization
    When an operator restarts HA on the secondary
    Then the secondary becomes effective off
    And the primary heartbeat link carries heartbeats both ways
    When an operator reboots the primary
    Then the secondary becomes effective hold-off
    When the restart of the primary is allowed to end
    Then the primary becomes effective primary
    And the secondary becomes effective off
    When both heartbeat links are whole again
    Then the secondary becomes effective secondary
    And the secondary has never been effective primary

  @HA-520.a
  Scenario: over a single link, a secondary holds off that has just restarted HA and has heard nothing else
    Given a healthy active-passive pair with a single heartbeat link
    And a detection time of 3 seconds
    And a restart of the primary will last until further notice
    When an operator restarts HA on the secondary
    And an operator reboots the primary
    Then the secondary becomes effective hold-off
    And the secondary is still effective hold-off for the detection time

  @HA-572
  Scenario: a secondary that is restored in hold-off, when the primary has long been down, is secondary before it leads
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And a restart of the primary will last until further notice
    When an operator reboots the primary
    Then the secondary becomes effective hold-off
    And the primary is down
    And the secondary is still effective hold-off for the detection time
    When an operator enters the command restore on the secondary
    Then the secondary becomes effective secondary
    And the secondary becomes effective primary

  @HA-003.a @HA-003.e @HA-004 @HA-023
  Scenario: a secondary in hold-off whose mode is set to off is in no group, and processes mail by itself
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And a restart of the primary will last until further notice
    When an operator reboots the primary
    Then the secondary becomes effective hold-off
    And the primary is down
    When an operator sets the mode to off on the secondary
    Then the secondary becomes effective off
    And the secondary answers these lines
      | line                 | answer                        |
      | get system ha status | HA mode is currently disabled |
    And the secondary's own mail address answers from the secondary
    When the restart of the primary is allowed to end
    Then the primary becomes effective primary
    And the secondary is still effective off for the detection time
    And only the primary holds the virtual address

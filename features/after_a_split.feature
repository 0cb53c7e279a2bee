Feature: A pair that has been split
  When a split is over, whichever unit leads then, each unit is what any primary and any secondary is: on its disk, in what it
  shares and copies, at its next fault, and in what it reports.

  @HA-300.a @HA-338
  Scenario: with off a secondary that led in a split follows again after its next loss of power
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And on-failure set to off
    And both heartbeat links have fallen silent
    And the secondary has become effective primary
    And both heartbeat links are whole again
    And an operator has restored the configured mode on the secondary
    And the secondary has lost power
    When the secondary starts again
    Then the secondary becomes effective secondary
    And the primary is still effective primary for the detection time

  @HA-611 @HA-613.a @HA-613.b @HA-613.c @HA-655.c @HA-659.b
  Scenario: a secondary that is restored after a split reports its new role, and shows its schedule again
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And both heartbeat links have fallen silent
    And the secondary has become effective primary
    And both heartbeat links are whole again
    When an operator restores the configured mode on the secondary
    Then the secondary becomes effective secondary
    And the units report these events
      | unit      | by    | event | change               |
      | secondary | alert | ...   | primary to secondary |
    And the last HA trap of the secondary tells that it has switched to secondary
    And the secondary answers these lines
      | line                 | answer                              |
      | get system ha status | Effective Operating Mode: secondary |
      |                      | Monitor: ...                        |
      |                      | Configuration: ...                  |
      |                      | Data: ...                           |
    And the primary answers these lines
      | line                 | answer                            |
      | get system ha status | Effective Operating Mode: primary |
      |                      | not Monitor:                      |

  @HA-156 @HA-159.b @HA-378 @HA-704.c
  Scenario Outline: with <action> the address that the primary was given in a split is the secondary's at its next takeover
    Given a healthy active-passive pair with the failover action <action>
    And a detection time of 2 seconds
    And both heartbeat links have fallen silent
    And the secondary has become effective primary
    And an operator has entered these failover actions on the primary
      | interface | action   | address |
      | port3     | <action> | spare   |
    And both heartbeat links are whole again
    When an operator restores the configured mode on the secondary
    Then the secondary becomes effective secondary
    And the mail interface of the secondary holds its own address only
    And the secondary shows these failover actions
      | interface | action   | address |
      | port3     | <action> | spare   |
    When the primary loses power
    Then the secondary becomes effective primary when the detection time has passed
    And these shared addresses are held
      | interface | address | holder    |
      | port3     | virtual | nobody    |
      | port3     | spare   | secondary |

    Examples:
      | action |
      | add    |
      | set    |

  @HA-018.b @HA-167 @HA-320.a @HA-320.b
  Scenario: a primary that stayed so in a split leaves its role at a fault, and takes it back
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And on-failure set to restore-role
    And each unit monitors its mail interface
    And both heartbeat links have fallen silent
    And the secondary has become effective primary
    And both heartbeat links are whole again
    And an operator has restored the configured mode on the secondary
    When the mail cable of the primary is pulled
    Then the primary becomes effective failed
    And the secondary becomes effective primary within the detection time
    When the mail cable of the primary is plugged in
    Then the primary becomes effective primary
    And the secondary becomes effective secondary

  @HA-300.a @HA-331 @HA-332.a @HA-332.b @HA-350.a @HA-520.a
  Scenario: a primary that loses power in a split follows the secondary, copies from it, and holds off for it
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And on-failure set to become-secondary
    And a restart of the secondary will last until further notice
    And both heartbeat links have fallen silent
    And the secondary has become effective primary
    And both heartbeat links are whole again
    And the units have heard each other on each link
    And an operator has changed a synchronized setting on the secondary
    And a message for the quarantine has been stored on the secondary
    And the primary has lost power
    When the primary starts again
    Then the primary becomes effective secondary
    And the secondary is still effective primary
    And the changed setting is on the primary
    And the message reaches the quarantine of the primary
    When an operator changes a synchronized setting on the secondary
    Then the changed setting is on the primary
    When an operator reboots the secondary
    Then the primary becomes effective hold-off before the secondary is down
    When the restart of the secondary is allowed to end
    Then the secondary becomes effective primary
    And the primary becomes effective secondary

  @HA-574.b @HA-574.c @HA-578.a @HA-580
  Scenario Outline: after a split the role moves at once by orders on the <unit>, and comes back
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And both heartbeat links have fallen silent
    And the secondary has become effective primary
    And both heartbeat links are whole again
    And an operator has restored the configured mode on the secondary
    And the pair has been left alone for 2 seconds
    When an operator forces a failover on the <unit>
    Then the secondary becomes effective primary within 1 second of the command
    And the primary becomes effective secondary
    And only the secondary holds the virtual address
    When an operator restores the configured mode on the secondary
    Then the primary becomes effective primary
    And the secondary becomes effective secondary
    And no unit changes its role for the detection time

    Examples:
      | unit      |
      | primary   |
      | secondary |

  @HA-350.a @HA-702.a @HA-704.c
  Scenario: entries that either unit has added or deleted in a split are those of the primary afterwards
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And an operator has added the first alert recipient on the primary
    And the first alert recipient is on each unit
    And both heartbeat links have fallen silent
    And the secondary has become effective primary
    And an operator has deleted the first alert recipient on the secondary
    And an operator has added the second alert recipient on the secondary
    And an operator has added the third alert recipient on the primary
    And both heartbeat links are whole again
    When an operator restores the configured mode on the secondary
    Then the secondary becomes effective secondary
    And the third alert recipient is on each unit
    And the first alert recipient is on each unit
    And the second alert recipient is gone from each unit
    When an operator forces a failover on the primary
    Then the secondary becomes effective primary
    And the primary becomes effective secondary
    And the first alert recipient is on each unit
    And the second alert recipient is gone from each unit

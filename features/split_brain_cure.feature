Feature: The cure of two primaries
  When the heartbeat is back, an operator restores the configured mode on the secondary. It stands down, the primary goes
  on, and they synchronize. Mail that either unit has accepted meanwhile is kept.

  @HA-704.a @HA-704.b @HA-704.c
  Scenario: restoring the configured mode on the secondary cures a split brain
    Given a healthy active-passive pair with a single heartbeat link
    And a detection time of 3 seconds
    And the primary heartbeat link has fallen silent
    And the secondary has become effective primary
    And an operator has changed a synchronized setting on the primary
    And the primary heartbeat link is whole again
    When an operator restores the configured mode on the secondary
    Then the secondary becomes effective secondary
    And the primary is still effective primary
    And the changed setting is on the secondary
    And only the primary holds the virtual address
    And the pair is as good as new

  @HA-572
  Scenario: restoring the configured mode on the primary moves no role, and the cure is still the secondary's
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And both heartbeat links have fallen silent
    And the secondary has become effective primary
    And both heartbeat links are whole again
    When an operator restores the configured mode on the primary
    Then no unit changes its role for the detection time
    When an operator restores the configured mode on the secondary
    Then the secondary becomes effective secondary
    And the primary is still effective primary

  @HA-704.a @HA-704.b
  Scenario: the same cure ends a split brain that came while both links refused connections
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And both heartbeat links refuse connections
    And the secondary has become effective primary
    And both heartbeat links are whole again
    When an operator restores the configured mode on the secondary
    Then the secondary becomes effective secondary
    And the primary is still effective primary
    And a client that asks who has the virtual address is answered by the primary only

  @HA-704.a @HA-704.b
  Scenario: the same cure ends a split brain that came while the secondary could not hear the primary
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And both heartbeat links no longer reach the secondary
    And the secondary has become effective primary
    And both heartbeat links are whole again
    When an operator restores the configured mode on the secondary
    Then the secondary becomes effective secondary
    And the primary is still effective primary
    And a client that asks who has the virtual address is answered by the primary only

  @HA-704.a @HA-704.b
  Scenario: the same cure ends a split brain that came while the primary was frozen
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And the primary has frozen
    And the secondary has become effective primary
    And the primary has thawed
    When an operator restores the configured mode on the secondary
    Then the secondary becomes effective secondary
    And the primary is still effective primary
    And a client that asks who has the virtual address is answered by the primary only

  @HA-704.a @HA-704.c
  Scenario: the configuration of the unit that stays primary prevails
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And both heartbeat links have fallen silent
    And the secondary has become effective primary
    And both heartbeat links are whole again
    And an operator has changed a synchronized setting on each unit
    When an operator restores the configured mode on the secondary
    Then the secondary becomes effective secondary
    And each unit shows the primary's changed setting

  @HA-704.a @HA-704.c @HA-427.a
  Scenario: mail data that either unit has stored meanwhile is kept
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And both heartbeat links have fallen silent
    And the secondary has become effective primary
    And both heartbeat links are whole again
    And a message for the quarantine has been stored on each unit
    When an operator restores the configured mode on the secondary
    Then the secondary becomes effective secondary
    And the quarantines hold these messages
      | unit      | stored on the primary | stored on the secondary |
      | primary   | yes                   | no                      |
      | secondary | yes                   | yes                     |

  @HA-401.a @HA-401.b @HA-401.c @HA-405 @HA-427.a @HA-704.a @HA-704.c
  Scenario Outline: the <areas> of both units keep what either has stored, and have all of it when the role has moved
    Given two units in server mode
    And a healthy active-passive pair
    And a detection time of 2 seconds
    And both heartbeat links have fallen silent
    And the secondary has become effective primary
    And both heartbeat links are whole again
    And a message for the <area> has been stored on each unit
    When an operator restores the configured mode on the secondary
    Then the secondary becomes effective secondary
    And the <areas> hold these messages
      | unit      | stored on the primary | stored on the secondary |
      | primary   | yes                   | no                      |
      | secondary | yes                   | yes                     |
    When an operator forces a failover on the primary
    Then the secondary becomes effective primary
    And the primary becomes effective secondary
    And the <areas> hold these messages
      | unit      | stored on the primary | stored on the secondary |
      | primary   | yes                   | yes                     |
      | secondary | yes                   | yes                     |

    Examples:
      | area              | areas              |
      | system-quarantine | system quarantines |
      | archive           | archives           |
      | mailboxes         | mailboxes          |

  @HA-704.a @HA-420.c @HA-420.e
  Scenario: mail that waits in either queue is delivered by the unit that stays primary
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And both heartbeat links have fallen silent
    And the secondary has become effective primary
    And both heartbeat links are whole again
    And 2 messages wait in the queue of the primary for the protected mail server
    And 2 messages wait in the queue of the secondary for the protected mail server
    When an operator restores the configured mode on the secondary
    Then the secondary becomes effective secondary
    And the messages wait in the queue of the primary only
    When the protected mail server takes mail again
    Then each accepted message is delivered exactly once, by the primary

  @HA-705
  Scenario: the primary logs that the secondary asked it to return to its role
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And both heartbeat links have fallen silent
    And the secondary has become effective primary
    And both heartbeat links are whole again
    And the units have not reported these events
      | unit    | by  | event            |
      | primary | log | another ... asks |
    When an operator restores the configured mode on the secondary
    Then the secondary becomes effective secondary
    And the units report these events
      | unit    | by  | event            |
      | primary | log | another ... asks |

  @HA-101
  Scenario: after the cure the secondary protects the primary again
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And both heartbeat links have fallen silent
    And the secondary has become effective primary
    And both heartbeat links are whole again
    And an operator has restored the configured mode on the secondary
    When the primary loses power
    Then the secondary becomes effective primary when the detection time has passed
    And the virtual address answers from the secondary

  @HA-163 @HA-164
  Scenario: the primary announces the virtual address when a secondary that led unheard is heard again, and leads no more
    Given a healthy active-passive pair with a single heartbeat link and these settings
      | setting           | primary | secondary |
      | hb-lost-threshold | 60      | 3         |
    And the primary heartbeat link has fallen silent
    And the secondary has become effective primary
    And the secondary has announced the virtual address
    And an operator has set the mode to off on the secondary
    And the secondary has become effective off
    When the primary heartbeat link is whole again
    And an operator sets the mode to secondary on the secondary
    Then the secondary becomes effective secondary
    And the primary announces the virtual address
    And the virtual address answers from the primary
    And the virtual address has been announced by its holders only

  @HA-163 @HA-164
  Scenario: the primary announces the virtual address when a secondary that led unheard comes back from a reload, and leads no more
    Given a healthy active-passive pair with these settings
      | setting           | primary | secondary |
      | hb-lost-threshold | 60      | 3         |
    And a restart of the secondary will last until further notice
    And both heartbeat links have fallen silent
    And the secondary has become effective primary
    And the secondary has announced the virtual address
    When an operator reloads the secondary
    Then the secondary is down
    When both heartbeat links are whole again
    And the restart of the secondary is allowed to end
    Then the secondary becomes effective secondary
    And the primary announces the virtual address
    And the virtual address answers from the primary
    And the virtual address has been announced by its holders only

  @HA-705
  Scenario: the primary logs that the secondary asked it to return, though it hears of that late
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And both heartbeat links have fallen silent
    And the secondary has become effective primary
    And the units have reported these events
      | unit    | by    | event                           |
      | primary | alert | secondary heartbeat disappeared |
    And both heartbeat links are whole again
    And both heartbeat links no longer reach the primary
    And the units have reported these events
      | unit    | by    | event                           |
      | primary | alert | secondary heartbeat disappeared |
    When an operator restores the configured mode on the secondary
    Then the secondary becomes effective secondary
    When both heartbeat links are whole again
    Then the units report these events
      | unit    | by  | event            |
      | primary | log | another ... asks |

  @HA-705
  Scenario: a primary logs no request that nobody made when heartbeats from before a failover come late
    Given a healthy active-passive pair
    And the secondary heartbeat link delays everything by 2 seconds
    And the pair has been left alone for 3 seconds
    When an operator forces a failover on the primary
    Then the secondary becomes effective primary
    And the primary becomes effective secondary
    And no unit changes its role for 5 seconds
    And the units have not reported these events
      | unit      | by  | event                         |
      | secondary | log | another asks us to return ... |

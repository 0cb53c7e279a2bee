Feature: Units that start
  A unit that enters a group is effective off until it knows its role. A secondary looks for its primary first; it copies
  the configuration before it follows, and leads only when no primary is heard.

  @HA-024.a @HA-024.b @HA-024.c @HA-024.d
  Scenario: a secondary that finds no primary is off, and follows once there is one
    Given two units configured as a pair with mode off on each unit
    And an operator has set the mode to secondary on the secondary
    And the units show these modes
      | unit      | configured | effective |
      | secondary | secondary  | off       |
    When an operator sets the mode to primary on the primary
    Then the primary becomes effective primary
    And the secondary becomes effective secondary
    And the secondary has never been effective primary

  @HA-013.d @HA-013.e @HA-024.a
  Scenario: a primary that is still looking for its peer is off and processes no mail
    Given two units configured as a pair with mode off on each unit
    When an operator sets the mode to primary on the primary
    Then the units show these modes
      | unit    | configured | effective |
      | primary | primary    | off       |
    And the primary offers no mail service
    And the primary becomes effective primary

  @HA-024.b @HA-024.d
  Scenario: a secondary that enters the group finds the primary and follows
    Given two units configured as a pair with mode off on the secondary
    And the primary has become effective primary
    When an operator sets the mode to secondary on the secondary
    Then the secondary becomes effective secondary
    And the primary is still effective primary
    And the secondary has never been effective primary

  @HA-005.a @HA-005.b
  Scenario Outline: units that start together take their configured roles, also when the <first> is first
    Given a healthy active-passive pair
    And on-failure set to become-secondary
    And the secondary has lost power
    And the primary has lost power
    When the <first> starts again
    And the <second> starts again
    Then the primary becomes effective primary
    And the secondary becomes effective secondary
    And the secondary has never been effective primary
    And only the primary holds the virtual address

    Examples:
      | first     | second    |
      | primary   | secondary |
      | secondary | primary   |

  @HA-005.a
  Scenario: a primary that starts alone leads
    Given a healthy active-passive pair
    And on-failure set to become-secondary
    And the secondary has lost power
    And the primary has lost power
    When the primary starts again
    Then the primary becomes effective primary
    And the virtual address answers from the primary

  @HA-013.e @HA-024.a
  Scenario Outline: after the command <order>, with <on-failure> the <leader> that led starts alone, and serves nobody before it leads again
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And on-failure set to <on-failure>
    And an operator has entered the command <order> on the primary
    And the command has been carried out
    And the <follower> has lost power
    And the <leader> has lost power
    When the <leader> starts again
    Then the <leader> offers no mail service before it is effective primary
    And the virtual address answers from the <leader>

    Examples:
      | order    | on-failure       | leader    | follower  |
      | restore  | restore-role     | primary   | secondary |
      | restore  | become-secondary | primary   | secondary |
      | failover | restore-role     | secondary | primary   |
      | failover | become-secondary | secondary | primary   |

  @HA-014.b @HA-024.c
  Scenario: a secondary that starts alone is off until the detection time has passed, and leads then
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And the secondary has lost power
    And the primary has lost power
    When the secondary starts again
    Then the secondary becomes effective off
    And the secondary becomes effective primary no sooner than the detection time after its start
    And the virtual address answers from the secondary

  @HA-024.c
  Scenario: a secondary that enters the group alone leads without being effective secondary first
    Given two units configured as a pair with mode off on each unit
    And a detection time of 3 seconds
    When an operator sets the mode to secondary on the secondary
    Then the secondary becomes effective primary
    And the secondary has never been effective secondary

  @HA-015.a @HA-015.b
  Scenario: a starting secondary that cannot copy the configuration is off while it hears its primary
    Given two units configured as a pair with mode off on the secondary
    And the primary has become effective primary
    And a detection time of 3 seconds
    And both heartbeat links refuse configuration synchronization
    When an operator sets the mode to secondary on the secondary
    Then the secondary ends as effective off
    And the secondary is still effective off for the detection time
    And the primary is still effective primary
    And the secondary has never been effective primary

  @HA-101
  Scenario: a starting secondary leads when its primary falls silent before links that refuse the copy are mended
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And an operator has set the mode to off on the secondary
    And the secondary has become effective off
    And both heartbeat links refuse configuration synchronization
    And an operator has set the mode to secondary on the secondary
    And the primary heartbeat link carries heartbeats both ways
    When the primary loses power
    Then the secondary becomes effective primary when the detection time has passed
    And the virtual address answers from the secondary

  @HA-101
  Scenario: a starting secondary leads when its primary falls silent while it copies
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And an operator has set the mode to off on the secondary
    And the secondary has become effective off
    And both heartbeat links no longer carry configuration synchronization
    And an operator has set the mode to secondary on the secondary
    And the primary heartbeat link carries heartbeats both ways
    When the primary loses power
    Then the secondary becomes effective primary when the detection time has passed
    And the virtual address answers from the secondary

  @HA-024.d
  Scenario: a starting secondary follows as soon as the configuration can be copied
    Given two units configured as a pair with mode off on the secondary
    And the primary has become effective primary
    And both heartbeat links refuse configuration synchronization
    And an operator has set the mode to secondary on the secondary
    And the units have reported these events
      | unit      | by  | event          |
      | secondary | log | sync... failed |
    When both heartbeat links are whole again
    Then the secondary becomes effective secondary
    And the primary is still effective primary

  @HA-016
  Scenario: a starting secondary leads when the next synchronization fails and its primary is gone
    Given a healthy active-passive pair
    And a detection time of 20 seconds
    And the pair has been left alone for 5 seconds
    And an operator has set the mode to off on the secondary
    And the secondary has become effective off
    And both heartbeat links refuse configuration synchronization
    And an operator has set the mode to secondary on the secondary
    And the units have reported these events
      | unit      | by  | event          |
      | secondary | log | sync... failed |
    When the primary loses power
    Then the secondary becomes effective primary in less than the detection time
    And the virtual address answers from the secondary

  @HA-024.b
  Scenario: a secondary leads when the peer that it has found, and that follows, is gone
    Given a healthy active-passive pair with these settings
      | setting           | primary | secondary |
      | hb-lost-threshold | 30      | 3         |
    And an operator has forced a failover on the primary
    And an operator has set the mode to off on the secondary
    And the secondary has become effective off
    When an operator sets the mode to secondary on the secondary
    Then the primary heartbeat link carries heartbeats both ways
    When the primary loses power
    Then the secondary becomes effective primary

  @HA-024.c
  Scenario: a secondary that froze while it looked for its peer, and does not find it, leads
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    When both heartbeat links fall silent
    And an operator restarts HA on the secondary
    And the secondary freezes
    And the pair is left alone for 5 seconds
    And the secondary thaws
    Then the secondary ends as effective primary

  @HA-015.b
  Scenario: a secondary that has failed to synchronize once does not lead, though it heard nobody at that moment
    Given a healthy active-passive pair
    And a detection time of 60 seconds
    And both heartbeat links no longer carry configuration synchronization
    When an operator restarts HA on the secondary
    Then the secondary becomes effective off
    And the primary heartbeat link carries heartbeats both ways
    When both heartbeat links fall silent
    And the pair is left alone for 11 seconds
    And both heartbeat links are whole again
    Then the secondary becomes effective secondary
    And the secondary has never been effective primary

  @HA-024.d @HA-353.b
  Scenario: a secondary whose primary restarts HA while it is copied from for the first time follows when that leads again
    Given a healthy active-passive pair
    And a detection time of 30 seconds
    And both heartbeat links delay everything by 0.5 seconds
    When an operator restarts HA on the secondary
    Then the secondary becomes effective off
    And the primary heartbeat link carries heartbeats both ways
    When both heartbeat links no longer carry the heartbeat signal
    And an operator restarts HA on the primary
    Then the primary becomes effective off
    And the primary becomes effective primary
    When both heartbeat links are whole again
    Then the secondary ends as effective secondary
    And the secondary has never been effective primary

Feature: However a unit comes to lead
  Whatever has made a unit primary, it takes the shared address, announces it and answers on it, and delivers the mail that
  clients send there.

  @HA-022.a @HA-113.a @HA-163 @HA-164 @HA-523
  Scenario Outline: after the command <order>, the <unit> holds, announces and serves the address when hold-off has run out
    Given a healthy active-passive pair
    And an operator has entered the command <order> on the primary
    And the command has been carried out
    And a restart of the <peer> will last until further notice
    When an operator reboots the <peer>
    Then the <unit> becomes effective hold-off
    And the <peer> is down
    When the pair is left alone for 840 seconds
    Then the <unit> becomes effective primary after about 15 minutes of hold-off
    And only the <unit> holds the virtual address
    And the <unit> announces the virtual address
    And the virtual address answers from the <unit>
    When a client sends a message to the virtual address
    Then the message is accepted
    And each accepted message is delivered exactly once, by the <unit>

    Examples:
      | order    | unit      | peer      |
      | restore  | secondary | primary   |
      | failover | primary   | secondary |

  @HA-022.a @HA-113.a @HA-163 @HA-164
  Scenario Outline: after the command <order>, a <unit> that starts alone holds, announces and serves the address
    Given a healthy active-passive pair
    And a detection time of 5 seconds
    And on-failure set to become-secondary
    And an operator has entered the command <order> on the primary
    And the command has been carried out
    And the <unit> has lost power
    And the <peer> has lost power
    When the <unit> starts again
    Then the <unit> becomes effective primary
    And only the <unit> holds the virtual address
    And the <unit> announces the virtual address
    And the virtual address answers from the <unit>
    When a client sends a message to the virtual address
    Then the message is accepted
    And each accepted message is delivered exactly once, by the <unit>

    Examples:
      | order    | unit      | peer      |
      | restore  | secondary | primary   |
      | failover | primary   | secondary |

  @HA-022.a @HA-113.a @HA-163 @HA-164
  Scenario Outline: with <seconds> seconds, a secondary that could not synchronize serves the address of its lost primary
    Given a healthy active-passive pair
    And a detection time of <seconds> seconds
    And both heartbeat links refuse configuration synchronization
    When an operator restarts HA on the secondary
    Then the secondary becomes effective off
    And the primary heartbeat link carries heartbeats both ways
    When the primary loses power
    Then the secondary becomes effective primary
    And only the secondary holds the virtual address
    And the secondary announces the virtual address
    And the virtual address answers from the secondary
    When a client sends a message to the virtual address
    Then the message is accepted
    And each accepted message is delivered exactly once, by the secondary

    Examples:
      | seconds |
      | 2       |
      | 30      |

  @HA-022.a @HA-113.a @HA-163 @HA-164
  Scenario: a secondary whose first synchronization has not ended serves the address of its lost primary
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And both heartbeat links no longer carry configuration synchronization
    When an operator restarts HA on the secondary
    Then the secondary becomes effective off
    And the primary heartbeat link carries heartbeats both ways
    When the primary loses power
    Then the secondary becomes effective primary
    And only the secondary holds the virtual address
    And the secondary announces the virtual address
    And the virtual address answers from the secondary
    When a client sends a message to the virtual address
    Then the message is accepted
    And each accepted message is delivered exactly once, by the secondary

  @HA-022.a @HA-113.a @HA-163 @HA-164 @HA-321
  Scenario: with restore-role a primary that is back after its power loss holds, announces and serves the address
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And on-failure set to restore-role
    And the primary has lost power
    And the secondary has become effective primary
    When the primary starts again
    Then the primary becomes effective primary
    And the secondary becomes effective secondary
    And only the primary holds the virtual address
    And the primary announces the virtual address
    And the virtual address answers from the primary
    When a client sends a message to the virtual address
    Then the message is accepted
    And each accepted message is delivered exactly once, by the primary

  @HA-018.b @HA-022.a @HA-113.a @HA-163 @HA-164
  Scenario: with restore-role a primary that takes its role back when it is cured holds, announces and serves the address
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And on-failure set to restore-role
    And each unit monitors its mail interface
    And the mail cable of the primary has been pulled
    And the primary has become effective failed
    And the secondary has become effective primary
    When the mail cable of the primary is plugged in
    Then the primary becomes effective primary
    And the secondary becomes effective secondary
    And only the primary holds the virtual address
    And the primary announces the virtual address
    And the virtual address answers from the primary
    When a client sends a message to the virtual address
    Then the message is accepted
    And each accepted message is delivered exactly once, by the primary

  @HA-018.b @HA-022.a @HA-163 @HA-164
  Scenario: with restore-role a primary that is cured before the secondary takes over holds and serves the address again
    Given a healthy active-passive pair
    And on-failure set to restore-role
    And each unit monitors its mail interface
    And the mail cable of the primary has been pulled
    And the primary has become effective failed
    When the mail cable of the primary is plugged in
    Then the primary becomes effective primary
    And the secondary has never been effective primary
    And only the primary holds the virtual address
    And the virtual address answers from the primary
    When a client sends a message to the virtual address
    Then the message is accepted
    And each accepted message is delivered exactly once, by the primary

  @HA-022.a @HA-113.a @HA-163 @HA-164
  Scenario: a cured primary that finds no other unit holds, announces and serves the address
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And on-failure set to become-secondary
    And each unit monitors its mail interface
    And the mail cable of the primary has been pulled
    And the primary has become effective failed
    And the secondary has become effective primary
    And the secondary has lost power
    When the mail cable of the primary is plugged in
    Then the primary becomes effective primary
    And only the primary holds the virtual address
    And the primary announces the virtual address
    And the virtual address answers from the primary
    When a client sends a message to the virtual address
    Then the message is accepted
    And each accepted message is delivered exactly once, by the primary

  @HA-022.a @HA-113.a @HA-163 @HA-164
  Scenario: a secondary that takes over from a faulty primary holds, announces and serves the address
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And on-failure set to become-secondary
    And each unit monitors its mail interface
    And the virtual address answers from the primary
    When the mail cable of the primary is pulled
    Then the primary becomes effective failed
    And the secondary becomes effective primary
    And only the secondary holds the virtual address
    And the secondary announces the virtual address
    And the virtual address answers from the secondary
    When a client sends a message to the virtual address
    Then the message is accepted
    And each accepted message is delivered exactly once, by the secondary

  @HA-022.a @HA-113.a @HA-163 @HA-164 @HA-313.a
  Scenario: a primary that an operator restores from off holds, announces and serves the address
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And on-failure set to off
    And the primary has lost power
    And the secondary has become effective primary
    And the primary has started again
    And the primary has ended as effective off
    When an operator restores the configured mode on the primary
    Then the primary becomes effective primary
    And the secondary becomes effective secondary
    And only the primary holds the virtual address
    And the primary announces the virtual address
    And the virtual address answers from the primary
    When a client sends a message to the virtual address
    Then the message is accepted
    And each accepted message is delivered exactly once, by the primary

  @HA-005.a @HA-022.a @HA-113.a @HA-163 @HA-164
  Scenario: a primary that enters its group again holds, announces and serves the address
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And an operator has set the mode to off on the primary
    And the primary has become effective off
    And the secondary has become effective primary
    When an operator sets the mode to primary on the primary
    Then the primary becomes effective primary
    And the secondary becomes effective secondary
    And only the primary holds the virtual address
    And the primary announces the virtual address
    And the virtual address answers from the primary
    When a client sends a message to the virtual address
    Then the message is accepted
    And each accepted message is delivered exactly once, by the primary

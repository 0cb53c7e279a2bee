Feature: Orders while the peer is away
  What an operator orders on a unit that is alone is carried out as far as one unit can, or refused with a reason; whoever
  leads goes on, and the unit that comes back finds its place.

  @HA-313.a @HA-313.b @HA-572
  Scenario: with off a primary that has recovered leads when an operator restores it, though the secondary has no power
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And on-failure set to off on the primary
    And on-failure set to become-secondary on the secondary
    And the primary has lost power
    And the secondary has become effective primary
    And the primary has started again
    And the primary has become effective off
    And the secondary has lost power
    When an operator restores the configured mode on the primary
    Then the primary becomes effective primary
    And only the primary holds the virtual address
    And the virtual address answers from the primary
    When the secondary starts again
    Then the secondary becomes effective secondary
    And no unit changes its role for the detection time

  @HA-576 @HA-577
  Scenario: a primary that monitoring has switched off leads again when an operator restarts HA on it, though the secondary has no power
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And on-failure set to off on the primary
    And on-failure set to become-secondary on the secondary
    And each unit monitors its mail interface
    And the mail cable of the primary has been pulled
    And the primary has become effective off
    And the secondary has become effective primary
    And the secondary has lost power
    And the mail cable of the primary has been plugged in
    When an operator restarts HA on the primary
    Then the primary ends as effective primary
    And only the primary holds the virtual address
    And the virtual address answers from the primary
    When the secondary starts again
    Then the secondary becomes effective secondary
    And the primary is still effective primary

  @HA-312.a @HA-572
  Scenario: a primary that was restored while it was alone is what it was when it has lost power once more
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And on-failure set to off on the primary
    And on-failure set to become-secondary on the secondary
    And the primary has lost power
    And the secondary has become effective primary
    And the primary has started again
    And the primary has become effective off
    And the secondary has lost power
    When an operator restores the configured mode on the primary
    Then the primary becomes effective primary
    When an operator reboots the primary
    Then the primary is down
    And the primary becomes effective primary
    When the primary loses power
    And the primary starts again
    Then the primary ends as effective off
    And the primary is still effective off for the detection time

  @HA-117.b @HA-572 @HA-580
  Scenario Outline: after the command <before>, a <leader> that leads alone goes on after the command <order>
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And an operator has entered the command <before> on the primary
    And the command has been carried out
    And the <follower> has lost power
    And the units have reported these events
      | unit     | by    | event                           |
      | <leader> | alert | secondary heartbeat disappeared |
    When an operator enters the command <order> on the <leader>
    Then the <leader> is still effective primary for 2 seconds
    And only the <leader> holds the virtual address
    And the virtual address answers from the <leader>
    When the <follower> starts again
    Then the <follower> becomes effective secondary
    And no unit changes its role for the detection time

    Examples:
      | before   | order    | leader    | follower  |
      | restore  | failover | primary   | secondary |
      | restore  | restore  | primary   | secondary |
      | restore  | sync     | primary   | secondary |
      | failover | failover | secondary | primary   |
      | failover | sync     | secondary | primary   |

  @HA-572
  Scenario: a secondary that leads alone does not owe a restore any more when the primary comes back
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And on-failure set to become-secondary
    And an operator has forced a failover on the primary
    And the primary has lost power
    And the units have reported these events
      | unit      | by    | event                           |
      | secondary | alert | secondary heartbeat disappeared |
    When an operator enters the command restore on the secondary
    Then the command has been refused with a reason or given up within 30 seconds
    And the virtual address answers from the secondary
    When the primary starts again
    Then the primary becomes effective secondary
    And no unit changes its role for the detection time

  @HA-576
  Scenario Outline: after the command <before>, a <leader> that leads alone leads again when an operator restarts HA on it
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And an operator has entered the command <before> on the primary
    And the command has been carried out
    And the <follower> has lost power
    When an operator restarts HA on the <leader>
    Then the <leader> becomes effective primary
    And only the <leader> holds the virtual address
    And the virtual address answers from the <leader>
    When the <follower> starts again
    Then the <follower> becomes effective secondary
    And no unit changes its role for the detection time

    Examples:
      | before   | leader    | follower  |
      | restore  | primary   | secondary |
      | failover | secondary | primary   |

  @HA-521.b @HA-524.a @HA-524.c
  Scenario: a synchronization that is ordered on a secondary in hold-off does not end it
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And a restart of the primary will last until further notice
    When an operator reboots the primary
    Then the secondary becomes effective hold-off
    And the primary is down
    When an operator enters the command sync on the secondary
    Then the secondary is still effective hold-off for the detection time
    When the restart of the primary is allowed to end
    Then the primary becomes effective primary
    And the secondary becomes effective secondary
    And the secondary has never been effective primary

  @HA-101 @HA-110.a
  Scenario Outline: the command <order> on a secondary whose primary has just lost power delays no takeover
    Given a healthy active-passive pair
    And a detection time of 8 seconds
    When the primary loses power
    Then the secondary is still effective secondary for 2 seconds
    When an operator enters the command <order> on the secondary
    Then the secondary becomes effective primary within the detection time
    And only the secondary holds the virtual address
    And the virtual address answers from the secondary

    Examples:
      | order    |
      | failover |
      | restore  |
      | sync     |

  @HA-300.b
  Scenario Outline: with <action> a primary that was failed leads when it is cured and nobody else is there
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And on-failure set to <action>
    And each unit monitors its mail interface
    And the mail cable of the primary has been pulled
    And the primary has become effective failed
    And the secondary has become effective primary
    And the secondary has lost power
    When the mail cable of the primary is plugged in
    Then the primary ends as effective primary
    And the virtual address answers from the primary
    When the secondary starts again
    Then the secondary becomes effective secondary
    And the primary is still effective primary

    Examples:
      | action           |
      | restore-role     |
      | become-secondary |

  @HA-310 @HA-311.b @HA-336.b @HA-337 @HA-655.c
  Scenario Outline: a <leader> that is alone, and given on-failure off since then, is off after a fault until an operator restores it
    Given a healthy active-passive pair with a virtual IPv6 address
    And a detection time of 2 seconds
    And on-failure set to become-secondary
    And each unit monitors its mail interface
    And the <follower> has lost power
    And the <leader> has logged this heartbeat status
      | link      | state  |
      | primary   | FAILED |
      | secondary | FAILED |
    And the <leader> has ended as effective primary
    When an operator sets on-failure to off on the <leader>
    And the mail cable of the <leader> is pulled
    Then the <leader> becomes effective off
    And the mail interface of the <leader> holds its own address only
    And the units report these events
      | unit     | event | change         |
      | <leader> | ...   | primary to off |
    When the mail cable of the <leader> is plugged in
    Then the <leader> is still effective off for the detection time
    When an operator restores the configured mode on the <leader>
    Then the <leader> becomes effective primary
    And only the <leader> holds the virtual IPv6 address
    And the virtual address answers from the <leader>

    Examples:
      | leader    | follower  |
      | primary   | secondary |
      | secondary | primary   |

  @HA-531 @HA-534.a @HA-659.c
  Scenario Outline: a <leader> that is alone tells that it is shut down, and gives both addresses up
    Given a healthy active-passive pair with a virtual IPv6 address
    And a detection time of 2 seconds
    And the <follower> has lost power
    And the <leader> has logged this heartbeat status
      | link      | state  |
      | primary   | FAILED |
      | secondary | FAILED |
    And the <leader> has ended as effective primary
    When an operator shuts down the <leader>
    Then the units report these events
      | unit     | by    | event                |
      | <leader> | alert | system was shut down |
    And the last HA trap of the <leader> tells that it was shut down
    And the <leader> has sent one system event trap, with the code of halt
    And no unit holds the virtual address
    And no unit holds the virtual IPv6 address

    Examples:
      | leader    | follower  |
      | primary   | secondary |
      | secondary | primary   |

  @HA-525.a @HA-534.b
  Scenario: a secondary that leads alone reports its own restart, and leads again
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And the primary has lost power
    And the secondary has become effective primary
    When an operator reboots the secondary
    Then the units report these events
      | unit      | event                                   |
      | secondary | The system is rebooting (or reloading)! |
    And the secondary has sent one system event trap, with the code of reboot
    And the secondary is down
    And the secondary becomes effective primary
    And the virtual address answers from the secondary

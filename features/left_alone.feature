Feature: A unit that leads alone since its peer has lost power
  However it came to lead, what it is given meanwhile is in force, it goes down and leaves its role as any primary does, and its
  peer finds all of that when it is back.

  @HA-101 @HA-104 @HA-108.a @HA-113.a @HA-113.b @HA-153.a @HA-154 @HA-155.a @HA-159.b @HA-332.a @HA-378
  Scenario Outline: after the command <order>, what the <leader> is given while it is alone is in force, and reaches the <follower> that comes back
    Given a healthy active-passive pair with a virtual IPv6 address
    And a detection time of 5 seconds
    And on-failure set to become-secondary
    And an operator has added the first alert recipient on the primary
    And the first alert recipient is on the secondary
    And an operator has entered the command <order> on the primary
    And the command has been carried out
    And the <follower> has lost power
    And the <leader> has logged this heartbeat status
      | link      | state  |
      | primary   | FAILED |
      | secondary | FAILED |
    And the <leader> has ended as effective primary
    When an operator deletes the first alert recipient on the <leader>
    And an operator changes a synchronized setting on the <leader>
    And an operator sets the detection time to 3 seconds on the <leader>
    And an operator enters these failover actions on the <leader>
      | interface | action | address |
      | port3     | add    | spare   |
    Then these shared addresses are held
      | interface | address      | holder   |
      | port3     | virtual      | nobody   |
      | port3     | spare        | <leader> |
      | port3     | virtual IPv6 | <leader> |
    When an operator enters these failover actions on the <leader>
      | interface | action | address |
      | port3     | set    | virtual |
    Then the mail interface of the <leader> holds the virtual addresses of both families only
    And the <leader> announces the virtual address
    And the <leader> announces the virtual IPv6 address
    When the <follower> starts again
    Then the <follower> becomes effective secondary
    And the first alert recipient is gone from the <follower>
    And the changed setting is on the <follower>
    And the <follower> shows these failover actions
      | interface | action | address |
      | port3     | set    | virtual |
    When an operator forces a failover on the <leader>
    Then the <follower> becomes effective primary
    And the <leader> becomes effective secondary
    And the mail interface of the <leader> holds its own address only
    And the mail interface of the <follower> holds the virtual addresses of both families only
    When the <follower> loses power
    Then the <leader> becomes effective primary when the detection time has passed

    Examples:
      | order    | leader    | follower  |
      | restore  | primary   | secondary |
      | restore  | secondary | primary   |
      | failover | secondary | primary   |

  @HA-112 @HA-113.b @HA-153.a @HA-159.a @HA-159.b @HA-378
  Scenario Outline: after the command <order>, a virtual IPv6 address that the <leader> is given while it is alone is its own, and the <follower>'s at the next takeover
    Given a healthy active-passive pair with a single heartbeat link
    And a detection time of 3 seconds
    And on-failure set to become-secondary
    And an operator has entered the command <order> on the primary
    And the command has been carried out
    And the <follower> has lost power
    And the <leader> has logged this heartbeat status
      | link    | state  |
      | primary | FAILED |
    And the <leader> has ended as effective primary
    When an operator enters these interface settings on the <leader>
      | interface | setting     | value        |
      | mail      | virtual-ip6 | virtual IPv6 |
    Then the <leader> announces the virtual IPv6 address
    When an operator enters these failover actions on the <leader>
      | interface | action | address |
      | port3     | add    | virtual |
      | port5     | add    | spare   |
    Then only the <leader> holds the virtual IPv6 address
    And these shared addresses are held
      | interface | address      | holder   |
      | port3     | virtual      | <leader> |
      | port3     | virtual IPv6 | <leader> |
      | port5     | spare        | <leader> |
    When the <follower> starts again
    Then the <follower> becomes effective secondary
    And the <follower> shows these failover actions
      | interface | action | address |
      | port3     | add    | virtual |
      | port5     | add    | spare   |
    And the <follower> shows these interface settings
      | interface | setting     | value        |
      | mail      | virtual-ip6 | virtual IPv6 |
    When the <leader> loses power
    Then the <follower> becomes effective primary when the detection time has passed
    And these shared addresses are held
      | interface | address      | holder     |
      | port3     | virtual      | <follower> |
      | port3     | virtual IPv6 | <follower> |
      | port5     | spare        | <follower> |

    Examples:
      | order    | leader    | follower  |
      | restore  | primary   | secondary |
      | restore  | secondary | primary   |
      | failover | secondary | primary   |

  @HA-167 @HA-169 @HA-171.c @HA-300.b @HA-330.a @HA-336.a @HA-336.b @HA-655.c
  Scenario Outline: after the command <order>, the <leader> that is alone is failed when the second of its interfaces fails, which alone is monitored since then
    Given a healthy active-passive pair with a single heartbeat link and these failover actions
      | interface | action | address |
      | port3     | add    | virtual |
      | port5     | add    | spare   |
    And a detection time of 3 seconds
    And on-failure set to off
    And each unit monitors its mail interface
    And an operator has entered the command <order> on the primary
    And the command has been carried out
    And the <follower> has lost power
    And the <leader> has logged this heartbeat status
      | link    | state  |
      | primary | FAILED |
    And the <leader> has ended as effective primary
    When an operator sets on-failure to become-secondary on the <leader>
    And an operator enters these interface settings on the <leader>
      | interface | setting      | value   |
      | port3     | port-monitor | disable |
      | port5     | port-monitor | enable  |
    And the mail cable of the <leader> is pulled
    Then no unit changes its role for the detection time
    When the cable of port5 of the <leader> is pulled
    Then the <leader> becomes effective failed
    And the <leader> offers no mail service
    And these shared addresses are held
      | interface | address | holder |
      | port3     | virtual | nobody |
      | port5     | spare   | nobody |
    And the units report these events
      | unit     | event | change            |
      | <leader> | ...   | primary to failed |
    When the cable of port5 of the <leader> is plugged in
    Then the <leader> ends as effective primary

    Examples:
      | order    | leader    | follower  |
      | restore  | primary   | secondary |
      | restore  | secondary | primary   |
      | failover | secondary | primary   |

  @HA-003.a @HA-003.e @HA-024.a @HA-024.b @HA-655.c
  Scenario Outline: after the command <order>, the <leader> that is alone leaves its group, processes mail on its own, and leads when it is back
    Given a healthy active-passive pair with a virtual IPv6 address
    And a detection time of 3 seconds
    And on-failure set to become-secondary
    And an operator has entered the command <order> on the primary
    And the command has been carried out
    And the <follower> has lost power
    And the <leader> has logged this heartbeat status
      | link      | state  |
      | primary   | FAILED |
      | secondary | FAILED |
    And the <leader> has ended as effective primary
    When an operator sets the mode to off on the <leader>
    Then the <leader> becomes effective off
    And the mail interface of the <leader> holds its own address only
    And the <leader>'s own mail address answers from the <leader>
    And the units report these events
      | unit     | event | change         |
      | <leader> | ...   | primary to off |
    When an operator sets the mode to <leader> on the <leader>
    Then the <leader> becomes effective primary
    And only the <leader> holds the virtual IPv6 address
    And the virtual address answers from the <leader>
    When the <follower> starts again
    Then the <follower> becomes effective secondary
    And no unit changes its role for the detection time

    Examples:
      | order    | leader    | follower  |
      | restore  | primary   | secondary |
      | restore  | secondary | primary   |
      | failover | secondary | primary   |

  @HA-019.a @HA-520.a @HA-524.c @HA-525.a @HA-525.b @HA-534.d @HA-731.a @HA-731.b
  Scenario Outline: after the command <order>, the <follower> of a <leader> that was alone holds off for its next restart
    Given a healthy active-passive pair with a virtual IPv6 address
    And a detection time of 3 seconds
    And on-failure set to become-secondary
    And an operator has entered the command <order> on the primary
    And the command has been carried out
    And the <follower> has lost power
    And the <leader> has logged this heartbeat status
      | link      | state  |
      | primary   | FAILED |
      | secondary | FAILED |
    And the <leader> has ended as effective primary
    And the <follower> has started again
    And the <follower> has become effective secondary
    When an operator upgrades the <leader>
    Then the <follower> becomes effective hold-off before the <leader> is down
    And the units report these events
      | unit       | event                                   | change                |
      | <leader>   | The system is rebooting (or reloading)! |                       |
      | <follower> | peer rebooting (or reloading)           | secondary to hold-off |
    And the <leader> has sent one system event trap, with the code of upgrade
    And the <leader> becomes effective primary
    And the <follower> becomes effective secondary
    And only the <leader> holds the virtual IPv6 address

    Examples:
      | order    | leader    | follower  |
      | restore  | primary   | secondary |
      | restore  | secondary | primary   |
      | failover | secondary | primary   |

  @HA-300.a @HA-310 @HA-311.a @HA-337 @HA-572
  Scenario Outline: after the command <order>, the <leader> that is alone is off after its own loss of power, until an operator restores it
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And on-failure set to off on the <leader>
    And on-failure set to become-secondary on the <follower>
    And an operator has entered the command <order> on the primary
    And the command has been carried out
    And the <follower> has lost power
    And the <leader> has logged this heartbeat status
      | link      | state  |
      | primary   | FAILED |
      | secondary | FAILED |
    And the <leader> has ended as effective primary
    When the <leader> loses power
    And the <leader> starts again
    Then the <leader> ends as effective off
    And the <leader> is still effective off for 5 seconds
    And the <leader> offers no mail service
    And no unit holds the virtual address
    When an operator restores the configured mode on the <leader>
    Then the <leader> becomes effective primary
    And only the <leader> holds the virtual address

    Examples:
      | order    | leader    | follower  |
      | restore  | primary   | secondary |
      | restore  | secondary | primary   |
      | failover | secondary | primary   |

  @HA-310 @HA-311.b @HA-312.c
  Scenario Outline: after the command <order>, the <leader> that was alone at its fault is still off when an operator reboots it, and its peer leads
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And on-failure set to off on the <leader>
    And on-failure set to become-secondary on the <follower>
    And each unit monitors its mail interface
    And an operator has entered the command <order> on the primary
    And the command has been carried out
    And the <follower> has lost power
    And the <leader> has logged this heartbeat status
      | link      | state  |
      | primary   | FAILED |
      | secondary | FAILED |
    And the <leader> has ended as effective primary
    When the mail cable of the <leader> is pulled
    Then the <leader> becomes effective off
    When the mail cable of the <leader> is plugged in
    And an operator reboots the <leader>
    Then the <leader> is down
    And the <leader> ends as effective off
    And the <leader> is still effective off for 5 seconds
    When the <follower> starts again
    Then the <follower> becomes effective primary
    And the <leader> is still effective off for the detection time

    Examples:
      | order    | leader    | follower  |
      | restore  | primary   | secondary |
      | restore  | secondary | primary   |
      | failover | secondary | primary   |

  @HA-113.b @HA-155.a @HA-159.b @HA-167 @HA-310 @HA-311.b @HA-336.b @HA-337 @HA-572 @HA-655.c
  Scenario: a primary that starts alone, and has not heard its peer since, goes by what it is given, and is off at its fault
    Given a healthy active-passive pair with a virtual IPv6 address
    And a detection time of 3 seconds
    And on-failure set to become-secondary
    And each unit monitors its mail interface
    And the secondary has lost power
    And the primary has lost power
    And the primary has started again
    And the primary has become effective primary
    And the pair has been left alone for 2 seconds
    When an operator enters these failover actions on the primary
      | interface | action | address |
      | port3     | set    | virtual |
    Then the mail interface of the primary holds the virtual addresses of both families only
    And the primary announces the virtual address
    And the primary announces the virtual IPv6 address
    When an operator sets on-failure to off on the primary
    And the mail cable of the primary is pulled
    Then the primary becomes effective off
    And the mail interface of the primary holds its own address only
    And the units report these events
      | unit    | event | change         |
      | primary | ...   | primary to off |
    When the mail cable of the primary is plugged in
    Then the primary is still effective off for the detection time
    When an operator restores the configured mode on the primary
    Then the primary becomes effective primary
    And the mail interface of the primary holds the virtual addresses of both families only
    When the secondary starts again
    Then the secondary becomes effective secondary
    And the secondary shows these failover actions
      | interface | action | address |
      | port3     | set    | virtual |

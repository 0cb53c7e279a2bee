Feature: A secondary that leads once more
  It has led and followed again, or was faulty and is cured. When it leads the next time, it goes by what it is given then, and
  leaves its role as it did the first time.

  @HA-101 @HA-104 @HA-112 @HA-113.a @HA-154 @HA-155.a @HA-159.b @HA-350.a
  Scenario: in its second failover by order it shares and holds what it is given, and its peer watches it
    Given a healthy active-passive pair with a virtual IPv6 address
    And a detection time of 5 seconds
    And on-failure set to become-secondary
    And an operator has forced a failover on the primary
    And an operator has restored the configured mode on the secondary
    And an operator has forced a failover on the primary
    When an operator sets the base port to 21000 on each unit
    Then the units hear each other on each link
    When an operator sets the password to another-password on each unit
    Then the units hear each other on each link
    When an operator sets the detection time to 3 seconds on the primary
    And an operator changes a synchronized setting on the secondary
    Then the changed setting is on the primary
    When an operator enters these failover actions on the secondary
      | interface | action | address |
      | port3     | set    | virtual |
    Then the mail interface of the secondary holds the virtual addresses of both families only
    And the secondary announces the virtual address
    And the primary shows these failover actions
      | interface | action | address |
      | port3     | set    | virtual |
    And no unit has changed its role
    When the secondary loses power
    Then the primary becomes effective primary when the detection time has passed
    And the mail interface of the primary holds the virtual addresses of both families only

  @HA-061.a @HA-061.b @HA-065 @HA-073 @HA-354.a @HA-409 @HA-455 @HA-520.a @HA-525.a @HA-534.b
  Scenario: in its second failover by order it goes by a new peer address, copies as it is told, logs a stranger, and reports its restart
    Given a healthy active-passive pair
    And a detection time of 4 seconds
    And an operator has forced a failover on the primary
    And an operator has restored the configured mode on the secondary
    And an operator has forced a failover on the primary
    And the first synchronization of the pair has ended
    When a message for the quarantine is stored on the secondary
    And an operator starts a synchronization on the secondary
    Then the message reaches the quarantine of the primary
    When a stranger knocks at the secondary
    Then the secondary has logged one refusal of the stranger for each reason
    When an operator enters these interface settings on the secondary
      | interface         | setting | value    |
      | primary heartbeat | peer-ip | nobody's |
    Then each unit logs this heartbeat status
      | link      | state  |
      | primary   | FAILED |
      | secondary | OK     |
    When an operator changes a synchronized setting on the secondary
    Then the changed setting is on the primary
    And no unit has changed its role
    When an operator reboots the secondary
    Then the primary becomes effective hold-off before the secondary is down
    And the units report these events
      | unit      | event                                   |
      | secondary | The system is rebooting (or reloading)! |
    And the secondary has sent one system event trap, with the code of reboot
    And the secondary becomes effective primary
    And the primary becomes effective secondary

  @HA-017.a @HA-117.a @HA-167 @HA-310 @HA-311.b @HA-336.b @HA-337
  Scenario: in its second failover by order it reports its peer's loss, and is off at a fault
    Given a healthy active-passive pair with a virtual IPv6 address
    And a detection time of 3 seconds
    And on-failure set to become-secondary
    And each unit monitors its mail interface
    And an operator has forced a failover on the primary
    And an operator has restored the configured mode on the secondary
    And an operator has forced a failover on the primary
    When the primary loses power
    Then the units report these events
      | unit      | event                           |
      | secondary | secondary heartbeat disappeared |
    When the primary starts again
    Then the primary becomes effective secondary
    When an operator sets on-failure to off on the secondary
    And the mail cable of the secondary is pulled
    Then the secondary becomes effective off
    And the mail interface of the secondary holds its own address only
    And the primary becomes effective primary within the detection time
    When the mail cable of the secondary is plugged in
    Then the secondary is still effective off for the detection time

  @HA-101 @HA-112 @HA-113.a @HA-154 @HA-159.b @HA-350.a @HA-354.a @HA-409 @HA-574.b @HA-574.c @HA-659.b
  Scenario: in its second takeover it holds what it is given, shares it, and gives it back by order
    Given a healthy active-passive pair with a virtual IPv6 address
    And a detection time of 3 seconds
    And on-failure set to become-secondary
    And the primary has lost power
    And the secondary has become effective primary
    And the primary has started again
    And the primary has become effective secondary
    And an operator has restored the configured mode on the secondary
    And the primary has lost power
    And the secondary has become effective primary
    When an operator enters these failover actions on the secondary
      | interface | action | address |
      | port3     | set    | virtual |
    Then the mail interface of the secondary holds the virtual addresses of both families only
    And the secondary announces the virtual address
    And the secondary announces the virtual IPv6 address
    When the primary starts again
    Then the primary becomes effective secondary
    And the primary shows these failover actions
      | interface | action | address |
      | port3     | set    | virtual |
    And the first synchronization of the pair has ended
    When a message for the quarantine is stored on the secondary
    And an operator starts a synchronization on the secondary
    Then the message reaches the quarantine of the primary
    When an operator changes a synchronized setting on the secondary
    Then the changed setting is on the primary
    When an operator restores the configured mode on the secondary
    Then the primary becomes effective primary
    And the secondary becomes effective secondary
    And the mail interface of the secondary holds its own address only
    And the mail interface of the primary holds the virtual addresses of both families only
    And the last HA trap of the secondary tells that it has switched to secondary
    When the primary loses power
    Then the secondary becomes effective primary when the detection time has passed

  @HA-003.e @HA-112 @HA-655.c
  Scenario: in its second takeover it gives both addresses up when it leaves the group
    Given a healthy active-passive pair with a virtual IPv6 address
    And a detection time of 3 seconds
    And on-failure set to become-secondary
    And the primary has lost power
    And the secondary has become effective primary
    And the primary has started again
    And the primary has become effective secondary
    And an operator has restored the configured mode on the secondary
    And the primary has lost power
    And the secondary has become effective primary
    And the primary has started again
    And the primary has become effective secondary
    When an operator sets the mode to off on the secondary
    Then the secondary becomes effective off
    And the mail interface of the secondary holds its own address only
    And the primary becomes effective primary when the detection time has passed
    And only the primary holds the virtual IPv6 address
    And the units report these events
      | unit      | event | change         |
      | secondary | ...   | primary to off |

  @HA-019.b @HA-520.a @HA-524.a @HA-534.c
  Scenario: in its second takeover it restarts with a hold-off
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And on-failure set to become-secondary
    And the primary has lost power
    And the secondary has become effective primary
    And the primary has started again
    And the primary has become effective secondary
    And an operator has restored the configured mode on the secondary
    And the primary has lost power
    And the secondary has become effective primary
    And the primary has started again
    And the primary has become effective secondary
    When an operator reloads the secondary
    Then the primary becomes effective hold-off before the secondary is down
    And the secondary has sent one system event trap, with the code of reload
    And the secondary becomes effective primary
    And the primary becomes effective secondary

  @HA-530.b @HA-531 @HA-659.c
  Scenario: in its second takeover it tells that it is shut down, and its peer takes over
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And on-failure set to become-secondary
    And the primary has lost power
    And the secondary has become effective primary
    And the primary has started again
    And the primary has become effective secondary
    And an operator has restored the configured mode on the secondary
    And the primary has lost power
    And the secondary has become effective primary
    And the primary has started again
    And the primary has become effective secondary
    When an operator shuts down the secondary
    Then the units report these events
      | unit      | by    | event                |
      | secondary | alert | system was shut down |
    And the last HA trap of the secondary tells that it was shut down
    And the primary becomes effective primary when the detection time has passed

  @HA-055.a @HA-101 @HA-104 @HA-108.a @HA-154 @HA-155.a @HA-159.b @HA-452 @HA-580 @HA-659.b
  Scenario Outline: after the command <order>, the <unit> that takes over since its cure goes by what it is given then
    Given a healthy active-passive pair with a virtual IPv6 address
    And a detection time of 5 seconds
    And on-failure set to become-secondary
    And each unit monitors its mail interface
    And an operator has entered the command <order> on the primary
    And the command has been carried out
    And the mail cable of the <unit> has been pulled
    And the <unit> has become effective failed
    And the <peer> has become effective primary
    And the mail cable of the <unit> has been plugged in
    And the <unit> has become effective secondary
    And the <peer> has lost power
    And the <unit> has become effective primary
    When an operator sets the detection time to 3 seconds on the <unit>
    And an operator enters these failover actions on the <unit>
      | interface | action | address |
      | port3     | set    | virtual |
    Then the mail interface of the <unit> holds the virtual addresses of both families only
    And the <unit> announces the virtual address
    When the <peer> starts again
    Then the <peer> becomes effective secondary
    And the <peer> shows these failover actions
      | interface | action | address |
      | port3     | set    | virtual |
    When an operator forces a failover on the <unit>
    Then the <peer> becomes effective primary
    And the <unit> becomes effective secondary
    And the mail interface of the <unit> holds its own address only
    And the last HA trap of the <unit> tells that it has switched to secondary
    When the <peer> loses power
    Then the <unit> becomes effective primary when the detection time has passed

    Examples:
      | order    | unit      | peer      |
      | restore  | primary   | secondary |
      | failover | secondary | primary   |

  @HA-117.a @HA-354.a @HA-409 @HA-520.a @HA-524.c @HA-534.c
  Scenario Outline: after the command <order>, the <unit> that takes over since its cure reports its peer's loss, has mail data copied, and restarts with a hold-off
    Given a healthy active-passive pair with a virtual IPv6 address
    And a detection time of 3 seconds
    And on-failure set to become-secondary
    And each unit monitors its mail interface
    And an operator has entered the command <order> on the primary
    And the command has been carried out
    And the mail cable of the <unit> has been pulled
    And the <unit> has become effective failed
    And the <peer> has become effective primary
    And the mail cable of the <unit> has been plugged in
    And the <unit> has become effective secondary
    And the <peer> has lost power
    And the <unit> has become effective primary
    And the <peer> has started again
    And the <peer> has become effective secondary
    And the first synchronization of the pair has ended
    When the <peer> loses power
    Then the units report these events
      | unit   | event                           |
      | <unit> | secondary heartbeat disappeared |
    When the <peer> starts again
    Then the <peer> becomes effective secondary
    And the first synchronization of the pair has ended
    When a message for the quarantine is stored on the <unit>
    And an operator starts a synchronization on the <unit>
    Then the message reaches the quarantine of the <peer>
    When an operator reloads the <unit>
    Then the <peer> becomes effective hold-off before the <unit> is down
    And the <unit> has sent one system event trap, with the code of reload
    And the <unit> becomes effective primary
    And the <peer> becomes effective secondary

    Examples:
      | order    | unit      | peer      |
      | restore  | primary   | secondary |
      | failover | secondary | primary   |

  @HA-167 @HA-310 @HA-336.b @HA-337 @HA-655.c
  Scenario Outline: after the command <order>, the <unit> that takes over since its cure is off at its next fault, with the on-failure that it was given since then
    Given a healthy active-passive pair with a virtual IPv6 address
    And a detection time of 3 seconds
    And on-failure set to become-secondary
    And each unit monitors its mail interface
    And an operator has entered the command <order> on the primary
    And the command has been carried out
    And the mail cable of the <unit> has been pulled
    And the <unit> has become effective failed
    And the <peer> has become effective primary
    And the mail cable of the <unit> has been plugged in
    And the <unit> has become effective secondary
    And the <peer> has lost power
    And the <unit> has become effective primary
    And the <peer> has started again
    And the <peer> has become effective secondary
    When an operator sets on-failure to off on the <unit>
    And the mail cable of the <unit> is pulled
    Then the <unit> becomes effective off
    And the mail interface of the <unit> holds its own address only
    And the <peer> becomes effective primary within the detection time
    And the units report these events
      | unit   | event | change         |
      | <unit> | ...   | primary to off |

    Examples:
      | order    | unit      | peer      |
      | restore  | primary   | secondary |
      | failover | secondary | primary   |

Feature: A pair whose primary has been faulty and is cured
  What an operator enters while a unit is failed or off is in force when it takes part again. From then on the pair does all
  that it did before, whoever leads.

  @HA-018.a @HA-055.a @HA-101 @HA-104 @HA-108.a @HA-113.a @HA-155.a @HA-155.b @HA-156 @HA-159.b @HA-378 @HA-452 @HA-655.c @HA-659.b
  Scenario: what is entered while the primary is failed is in force when it is cured, and when it takes over
    Given a healthy active-passive pair
    And a detection time of 5 seconds
    And on-failure set to become-secondary
    And each unit monitors its mail interface
    And the mail cable of the primary has been pulled
    And the primary has become effective failed
    And the secondary has become effective primary
    When an operator sets the base port to 21000 on each unit
    And an operator sets the password to another-password on each unit
    And an operator sets the detection time to 3 seconds on the primary
    And an operator changes a synchronized setting on the secondary
    And an operator enters these failover actions on the secondary
      | interface | action | address |
      | port3     | set    | virtual |
    Then the primary is still effective failed for 2 seconds
    And the primary answers these lines
      | line                 | answer                             |
      | get system ha status | Configured Operating Mode: primary |
      |                      | Effective Operating Mode: failed   |
    When the mail cable of the primary is plugged in
    Then the primary becomes effective secondary
    And the units hear each other on each link
    And the changed setting is on the primary
    And the primary shows these failover actions
      | interface | action | address |
      | port3     | set    | virtual |
    And the mail interface of the primary holds its own address only
    And the units report these events
      | unit    | event | change           |
      | primary | ...   | off to secondary |
    And the last HA trap of the primary tells that it has switched to secondary
    And the secondary is still effective primary
    When the secondary loses power
    Then the primary becomes effective primary when the detection time has passed
    And the mail interface of the primary holds the virtual address only
    And the primary announces the virtual address
    And the virtual address answers from the primary

  @HA-101 @HA-104 @HA-108.a @HA-155.a @HA-155.b @HA-156 @HA-159.b @HA-313.a @HA-313.b @HA-378 @HA-655.c @HA-659.a @HA-659.b
  Scenario: what is entered while the primary is off is in force when an operator restores it, and when it fails again
    Given a healthy active-passive pair
    And a detection time of 5 seconds
    And on-failure set to off
    And the primary has lost power
    And the secondary has become effective primary
    And the primary has started again
    And the primary has ended as effective off
    When an operator sets the detection time to 3 seconds on the secondary
    And an operator changes a synchronized setting on the secondary
    And an operator enters these failover actions on the secondary
      | interface | action | address |
      | port3     | set    | virtual |
    Then the primary is still effective off for 2 seconds
    And the primary answers these lines
      | line                 | answer                             |
      | get system ha status | Configured Operating Mode: primary |
      |                      | Effective Operating Mode: off      |
    When an operator restores the configured mode on the primary
    Then the primary becomes effective primary
    And the secondary becomes effective secondary
    And the changed setting is on the primary
    And the mail interface of the primary holds the virtual address only
    And the mail interface of the secondary holds its own address only
    And the virtual address answers from the primary
    And the units report these events
      | unit      | event | change               |
      | secondary | ...   | primary to secondary |
      | primary   | ...   | secondary to primary |
    And the last HA trap of the primary tells that it has switched to primary
    And the last HA trap of the secondary tells that it has switched to secondary
    When the primary loses power
    Then the secondary becomes effective primary when the detection time has passed
    And the mail interface of the secondary holds the virtual address only
    When the primary starts again
    Then the primary ends as effective off
    And the primary is still effective off for the detection time

  @HA-525.a @HA-534.b @HA-534.c
  Scenario Outline: with <on-failure> a faulty primary tells that it goes down when an operator <restarts> it, and moves no role
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And on-failure set to <on-failure>
    And each unit monitors its mail interface
    And the mail cable of the primary has been pulled
    And the primary has become effective <mode>
    And the secondary has become effective primary
    And a restart of the primary will last until further notice
    When an operator <restarts> the primary
    Then the primary is down
    And the units report these events
      | unit    | event                                   |
      | primary | The system is rebooting (or reloading)! |
    And the primary has sent one system event trap, with the code of <event>
    And the secondary is still effective primary for the detection time

    Examples:
      | on-failure       | mode   | restarts | event  |
      | become-secondary | failed | reboots  | reboot |
      | off              | off    | reloads  | reload |

  @HA-531 @HA-534.a @HA-659.c
  Scenario Outline: with <on-failure> a faulty primary tells that it is shut down, and moves no role
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And on-failure set to <on-failure>
    And each unit monitors its mail interface
    And the mail cable of the primary has been pulled
    And the primary has become effective <mode>
    And the secondary has become effective primary
    When an operator shuts down the primary
    Then the units report these events
      | unit    | by    | event                |
      | primary | alert | system was shut down |
    And the last HA trap of the primary tells that it was shut down
    And the primary has sent one system event trap, with the code of halt
    And the secondary is still effective primary for the detection time

    Examples:
      | on-failure       | mode   |
      | become-secondary | failed |
      | off              | off    |

  @HA-003.a @HA-003.e @HA-005.a @HA-163
  Scenario: a failed primary whose mode is set to off processes mail by itself, and takes its role when it is back in the group
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And on-failure set to become-secondary
    And each unit monitors its mail interface
    And the mail cable of the primary has been pulled
    And the primary has become effective failed
    And the secondary has become effective primary
    When an operator sets the mode to off on the primary
    Then the primary becomes effective off
    When the mail cable of the primary is plugged in
    Then the primary's own mail address answers from the primary
    And the mail interface of the primary holds its own address only
    And only the secondary holds the virtual address
    When a client sends a message to the primary
    Then the message is accepted
    And each accepted message is delivered exactly once, by the primary
    When an operator sets the mode to primary on the primary
    Then the primary becomes effective primary
    And the secondary becomes effective secondary
    And only the primary holds the virtual address

  @HA-576
  Scenario: a restart of HA brings a failed primary back before monitoring looks again
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And on-failure set to become-secondary
    And each unit monitors its mail interface
    And the mail cable of the primary has been pulled
    And the primary has become effective failed
    And the secondary has become effective primary
    And an operator has entered these settings on the primary
      | service     | setting        | value |
      | local-ports | check-interval | 600   |
    And the mail cable of the primary has been plugged in
    When an operator restarts HA on the primary
    Then the primary becomes effective secondary
    And the secondary is still effective primary

  @HA-055.a @HA-101 @HA-104 @HA-108.a @HA-113.a @HA-113.b @HA-153.a @HA-163 @HA-350.a @HA-452
  Scenario Outline: since a cure with <on-failure>, new settings and addresses are in force on both units
    Given a healthy active-passive pair with a virtual IPv6 address
    And a detection time of 5 seconds
    And on-failure set to <on-failure>
    And each unit monitors its mail interface
    And the mail cable of the primary has been pulled
    And the primary has become effective failed
    And the secondary has become effective primary
    And the mail cable of the primary has been plugged in
    And the <follower> has become effective secondary
    And the <leader> has ended as effective primary
    When an operator sets the base port to 21000 on each unit
    Then the units hear each other on each link
    When an operator sets the password to another-password on each unit
    Then the units hear each other on each link
    When an operator sets the detection time to 3 seconds on the <follower>
    And an operator changes a synchronized setting on the <leader>
    And an operator enters these failover actions on the <leader>
      | interface | action | address |
      | port3     | add    | spare   |
    Then these shared addresses are held
      | interface | address      | holder   |
      | port3     | virtual      | nobody   |
      | port3     | spare        | <leader> |
      | port3     | virtual IPv6 | <leader> |
    And the changed setting is on the <follower>
    And the <follower> shows these failover actions
      | interface | action | address |
      | port3     | add    | spare   |
    And no unit has changed its role
    When the <leader> loses power
    Then the <follower> becomes effective primary when the detection time has passed
    And these shared addresses are held
      | interface | address      | holder     |
      | port3     | virtual      | nobody     |
      | port3     | spare        | <follower> |
      | port3     | virtual IPv6 | <follower> |
    And the <follower> announces the virtual IPv6 address

    Examples:
      | on-failure       | leader    | follower  |
      | become-secondary | secondary | primary   |
      | restore-role     | primary   | secondary |

  @HA-019.a @HA-101 @HA-520.a @HA-521.b @HA-524.a @HA-524.b @HA-524.c @HA-525.a @HA-525.b @HA-525.c @HA-525.d
  Scenario Outline: since a cure with <on-failure>, the <follower> holds off for a reboot of the <leader>, and watches it again afterwards
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And on-failure set to <on-failure>
    And each unit monitors its mail interface
    And the mail cable of the primary has been pulled
    And the primary has become effective failed
    And the secondary has become effective primary
    And the mail cable of the primary has been plugged in
    And the <follower> has become effective secondary
    And the <leader> has ended as effective primary
    And a restart of the <leader> will last until further notice
    When an operator reboots the <leader>
    Then the <follower> becomes effective hold-off before the <leader> is down
    And the <leader> is down
    And the <follower> is still effective hold-off for the detection time
    When the restart of the <leader> is allowed to end
    Then the <leader> becomes effective primary
    And the <follower> becomes effective secondary
    And only the <leader> holds the virtual address
    And the units report these events
      | unit       | event                                   | change                |
      | <leader>   | The system is rebooting (or reloading)! |                       |
      | <follower> | peer rebooting (or reloading)           | secondary to hold-off |
      | <follower> | peer command appeared                   | hold-off to secondary |
    When the <leader> loses power
    Then the <follower> becomes effective primary when the detection time has passed

    Examples:
      | on-failure       | leader    | follower  |
      | become-secondary | secondary | primary   |
      | restore-role     | primary   | secondary |

  @HA-154 @HA-333.a @HA-420.c @HA-572 @HA-578.a @HA-578.b @HA-655.c @HA-659.a @HA-659.b
  Scenario Outline: since a cure with <on-failure>, the command <order> on the <unit> moves the role, the addresses and the queue
    Given a healthy active-passive pair with a virtual IPv6 address
    And a detection time of 3 seconds
    And on-failure set to <on-failure>
    And each unit monitors its mail interface
    And the mail cable of the primary has been pulled
    And the primary has become effective failed
    And the secondary has become effective primary
    And the mail cable of the primary has been plugged in
    And the <follower> has become effective secondary
    And the <leader> has ended as effective primary
    And 2 messages wait in the queue of the <leader> for the protected mail server
    When an operator enters the command <order> on the <unit>
    Then the <follower> becomes effective primary
    And the <leader> becomes effective secondary
    And the mail interface of the <leader> holds its own address only
    And only the <follower> holds the virtual IPv6 address
    And the messages wait in the queue of the <follower> only
    And the units report these events
      | unit       | event | change               |
      | <leader>   | ...   | primary to secondary |
      | <follower> | ...   | secondary to primary |
    And the last HA trap of the <leader> tells that it has switched to secondary
    And the last HA trap of the <follower> tells that it has switched to primary

    Examples:
      | on-failure       | order    | unit      | leader    | follower  |
      | become-secondary | failover | primary   | secondary | primary   |
      | become-secondary | restore  | secondary | secondary | primary   |
      | become-secondary | restore  | primary   | secondary | primary   |
      | restore-role     | failover | secondary | primary   | secondary |

  @HA-117.a @HA-117.b @HA-354.a @HA-354.b @HA-405 @HA-409 @HA-613.a @HA-613.b @HA-613.c
  Scenario Outline: since a cure with <on-failure>, the <leader> reports the loss of the <follower>, which copies again when it is back
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And on-failure set to <on-failure>
    And each unit monitors its mail interface
    And the mail cable of the primary has been pulled
    And the primary has become effective failed
    And the secondary has become effective primary
    And the mail cable of the primary has been plugged in
    And the <follower> has become effective secondary
    And the <leader> has ended as effective primary
    And the first synchronization of the pair has ended
    And a message for the quarantine has been stored on the <leader>
    When an operator starts a synchronization on the <unit>
    Then the message reaches the quarantine of the <follower>
    And the <follower> answers these lines
      | line                 | answer                              |
      | get system ha status | Effective Operating Mode: secondary |
      |                      | Monitor: ...                        |
      |                      | Configuration: ...                  |
      |                      | Data: ...                           |
    When the <follower> loses power
    Then the units report these events
      | unit     | event                           |
      | <leader> | secondary heartbeat disappeared |
    And the <leader> is still effective primary
    When an operator changes a synchronized setting on the <leader>
    And the <follower> starts again
    Then the <follower> becomes effective secondary
    And the changed setting is on the <follower>

    Examples:
      | on-failure       | unit      | leader    | follower  |
      | become-secondary | primary   | secondary | primary   |
      | restore-role     | primary   | primary   | secondary |

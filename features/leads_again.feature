Feature: A primary that leads again after its secondary has led
  The role has gone to the secondary and back by order. The primary goes by what it is given then, and tells how it goes down.

  @HA-061.a @HA-061.b @HA-062 @HA-065 @HA-073
  Scenario: a peer address that it is given takes a link away, and brings it back
    Given a healthy active-passive pair
    And a detection time of 4 seconds
    And an operator has forced a failover on the primary
    And an operator has restored the configured mode on the secondary
    And the first synchronization of the pair has ended
    When an operator enters these interface settings on the primary
      | interface         | setting | value    |
      | primary heartbeat | peer-ip | nobody's |
    Then each unit logs this heartbeat status
      | link      | state  |
      | primary   | FAILED |
      | secondary | OK     |
    When an operator changes a synchronized setting on the primary
    Then the changed setting is on the secondary
    And configuration synchronization has used the secondary heartbeat link only
    When an operator enters these interface settings on the primary
      | interface         | setting | value      |
      | primary heartbeat | peer-ip | its peer's |
    Then each unit logs this heartbeat status
      | link      | state |
      | primary   | OK    |
      | secondary | OK    |
    And no unit has changed its role

  @HA-167 @HA-169 @HA-171.c @HA-403
  Scenario: it shares and monitors as it is told since then
    Given a healthy active-passive pair with a single heartbeat link and these failover actions
      | interface | action | address |
      | port3     | add    | virtual |
      | port5     | add    | spare   |
    And a detection time of 3 seconds
    And on-failure set to become-secondary
    And each unit monitors its mail interface
    And an operator has forced a failover on the primary
    And an operator has restored the configured mode on the secondary
    And the first synchronization of the pair has ended
    When an operator sets the synchronization of mail data to disable on the primary
    And a message for the quarantine is stored on the primary
    And an operator starts a synchronization on the primary
    Then the message does not reach the quarantine of the secondary
    When an operator enters these interface settings on the primary
      | interface | setting      | value   |
      | port3     | port-monitor | disable |
      | port5     | port-monitor | enable  |
    And the mail cable of the primary is pulled
    Then no unit changes its role for the detection time
    When the cable of port5 of the primary is pulled
    Then the primary becomes effective failed
    And the secondary becomes effective primary within the detection time

  @HA-019.b @HA-520.b @HA-524.a @HA-525.a @HA-534.c
  Scenario: it tells that it is reloaded, and the secondary holds off
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And an operator has forced a failover on the primary
    And an operator has restored the configured mode on the secondary
    When an operator reloads the primary
    Then the secondary becomes effective hold-off before the primary is down
    And the units report these events
      | unit    | event                                   |
      | primary | The system is rebooting (or reloading)! |
    And the primary has sent one system event trap, with the code of reload
    And the primary becomes effective primary
    And the secondary becomes effective secondary

  @HA-530.b @HA-531 @HA-534.a @HA-659.c
  Scenario: it tells that it is shut down, and the secondary takes over
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And an operator has forced a failover on the primary
    And an operator has restored the configured mode on the secondary
    When an operator shuts down the primary
    Then the units report these events
      | unit    | by    | event                |
      | primary | alert | system was shut down |
    And the last HA trap of the primary tells that it was shut down
    And the primary has sent one system event trap, with the code of halt
    And the secondary becomes effective primary when the detection time has passed

  @HA-003.e @HA-655.c
  Scenario: it gives both virtual addresses up when it leaves the group
    Given a healthy active-passive pair with a virtual IPv6 address
    And a detection time of 3 seconds
    And an operator has forced a failover on the primary
    And an operator has restored the configured mode on the secondary
    When an operator sets the mode to off on the primary
    Then the primary becomes effective off
    And the mail interface of the primary holds its own address only
    And the secondary becomes effective primary when the detection time has passed
    And only the secondary holds the virtual IPv6 address
    And the units report these events
      | unit    | event | change         |
      | primary | ...   | primary to off |

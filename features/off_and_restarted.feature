Feature: What a unit is given while its failure keeps it off
  It is in force when the unit takes part again, by a restart of HA or a restore.

  @HA-055.a @HA-101 @HA-104 @HA-108.a @HA-330.a @HA-337 @HA-452 @HA-576 @HA-577
  Scenario: a primary goes by the settings that it was given while it was off when HA is restarted on it
    Given a healthy active-passive pair with a virtual IPv6 address
    And a detection time of 5 seconds
    And on-failure set to off
    And each unit monitors its mail interface
    And the mail cable of the primary has been pulled
    And the primary has become effective off
    And the secondary has become effective primary
    And an operator has set the base port to 21000 on each unit
    And an operator has set the password to another-password on each unit
    And an operator has set the detection time to 3 seconds on the primary
    And an operator has set on-failure to become-secondary on the primary
    And an operator has entered these failover actions on the secondary
      | interface | action | address |
      | port3     | set    | virtual |
    And the mail cable of the primary has been plugged in
    When an operator restarts HA on the primary
    Then the primary becomes effective secondary
    And the primary shows these failover actions
      | interface | action | address |
      | port3     | set    | virtual |
    When the secondary loses power
    Then the primary becomes effective primary when the detection time has passed
    And the mail interface of the primary holds the virtual addresses of both families only
    When the mail cable of the primary is pulled
    Then the primary becomes effective failed

  @HA-055.a @HA-104 @HA-108.a @HA-337 @HA-330.a @HA-452 @HA-576 @HA-577
  Scenario: a secondary goes by the settings that it was given while it was off when HA is restarted on it
    Given a healthy active-passive pair
    And a detection time of 5 seconds
    And on-failure set to off
    And each unit monitors its mail interface
    And an operator has forced a failover on the primary
    And the mail cable of the secondary has been pulled
    And the secondary has become effective off
    And the primary has become effective primary
    And an operator has set the base port to 21000 on each unit
    And an operator has set the password to another-password on each unit
    And an operator has set the detection time to 3 seconds on the secondary
    And an operator has set on-failure to become-secondary on the secondary
    And the mail cable of the secondary has been plugged in
    When an operator restarts HA on the secondary
    Then the secondary becomes effective secondary
    When the primary loses power
    Then the secondary becomes effective primary when the detection time has passed
    When the mail cable of the secondary is pulled
    Then the secondary becomes effective failed

  @HA-061.a @HA-065 @HA-073 @HA-576 @HA-577
  Scenario: a primary goes by the peer address that it was given while it was off when HA is restarted on it
    Given a healthy active-passive pair
    And a detection time of 4 seconds
    And on-failure set to off
    And each unit monitors its mail interface
    And the mail cable of the primary has been pulled
    And the primary has become effective off
    And the secondary has become effective primary
    And an operator has entered these interface settings on the primary
      | interface         | setting | value    |
      | primary heartbeat | peer-ip | nobody's |
    And the mail cable of the primary has been plugged in
    When an operator restarts HA on the primary
    Then the primary becomes effective secondary
    And the secondary is still effective primary
    When an operator changes a synchronized setting on the secondary
    Then the changed setting is on the primary
    And configuration synchronization has used the secondary heartbeat link only
    When the secondary heartbeat link falls silent
    Then the primary becomes effective primary when the detection time has passed

  @HA-167 @HA-169 @HA-313.a @HA-313.b
  Scenario: a primary goes by the monitoring that it was given while it was off when it is restored
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And on-failure set to off
    And each unit monitors its mail interface
    And the mail cable of the primary has been pulled
    And the primary has become effective off
    And the secondary has become effective primary
    And an operator has entered these settings on the primary
      | service     | setting | value |
      | local-ports | retries | 4     |
    And the mail cable of the primary has been plugged in
    When an operator restores the configured mode on the primary
    Then the primary becomes effective primary
    And the secondary becomes effective secondary
    When the mail cable of the primary is pulled
    Then the primary becomes effective off after 2.5 to 6 seconds of the fault
    And the secondary becomes effective primary

  @HA-531 @HA-534.a @HA-659.c
  Scenario: a primary that its failure keeps off tells that it is shut down
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And on-failure set to off
    And each unit monitors its mail interface
    And the mail cable of the primary has been pulled
    And the primary has become effective off
    And the secondary has become effective primary
    When an operator shuts down the primary
    Then the units report these events
      | unit    | by    | event                |
      | primary | alert | system was shut down |
    And the last HA trap of the primary tells that it was shut down
    And the primary has sent one system event trap, with the code of halt
    And the secondary is still effective primary

  @HA-525.a @HA-534.b @HA-534.c @HA-534.d
  Scenario Outline: a primary that its failure keeps <mode> tells that an operator <restarts> it
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And on-failure set to <action>
    And each unit monitors its mail interface
    And the mail cable of the primary has been pulled
    And the primary has become effective <mode>
    And the secondary has become effective primary
    When an operator <restarts> the primary
    Then the primary is down
    And the units report these events
      | unit    | event                                   |
      | primary | The system is rebooting (or reloading)! |
    And the primary has sent one system event trap, with the code of <event>
    And the primary ends as effective <end>
    And the secondary is still effective primary

    Examples:
      | action           | mode   | restarts | event   | end       |
      | off              | off    | reboots  | reboot  | off       |
      | off              | off    | upgrades | upgrade | off       |
      | become-secondary | failed | reloads  | reload  | secondary |

Feature: A secondary that leads alone since its hold-off has run out
  Its primary has not come back. The secondary does all that a primary does that hears nobody, and its primary follows when it
  is back after all.

  @HA-101 @HA-104 @HA-108.a @HA-113.a @HA-113.b @HA-153.a @HA-154 @HA-155.a @HA-159.a @HA-159.b @HA-332.a
  Scenario: what it is given while it is alone is in force, and reaches the primary that comes back
    Given a healthy active-passive pair with a virtual IPv6 address
    And a detection time of 5 seconds
    And on-failure set to become-secondary
    And a restart of the primary will last until further notice
    When an operator reboots the primary
    Then the secondary becomes effective hold-off
    And the secondary becomes effective primary after about 15 minutes of hold-off
    And only the secondary holds the virtual IPv6 address
    And the secondary announces the virtual IPv6 address
    When an operator sets the detection time to 3 seconds on the secondary
    And an operator enters these failover actions on the secondary
      | interface | action | address |
      | port3     | add    | spare   |
    Then these shared addresses are held
      | interface | address      | holder    |
      | port3     | virtual      | nobody    |
      | port3     | spare        | secondary |
      | port3     | virtual IPv6 | secondary |
    When an operator enters these failover actions on the secondary
      | interface | action | address |
      | port3     | set    | virtual |
    Then the mail interface of the secondary holds the virtual addresses of both families only
    And the secondary announces the virtual address
    When the restart of the primary is allowed to end
    Then the primary becomes effective secondary
    And the primary shows these failover actions
      | interface | action | address |
      | port3     | set    | virtual |
    When an operator forces a failover on the secondary
    Then the primary becomes effective primary
    And the secondary becomes effective secondary
    And the mail interface of the secondary holds its own address only
    And the mail interface of the primary holds the virtual addresses of both families only
    When the primary loses power
    Then the secondary becomes effective primary when the detection time has passed

  @HA-017.a @HA-167 @HA-310 @HA-311.b @HA-330.a @HA-336.a @HA-336.b @HA-337 @HA-655.c
  Scenario: it does at its fault as the on-failure says that it was given since then
    Given a healthy active-passive pair with a virtual IPv6 address
    And a detection time of 3 seconds
    And on-failure set to become-secondary
    And a restart of the primary will last until further notice
    And each unit monitors its mail interface
    When an operator reboots the primary
    Then the secondary becomes effective hold-off
    And the secondary becomes effective primary after about 15 minutes of hold-off
    When an operator sets on-failure to off on the secondary
    And the mail cable of the secondary is pulled
    Then the secondary becomes effective off
    And the secondary offers no mail service
    And the mail interface of the secondary holds its own address only
    And the units report these events
      | unit      | event | change         |
      | secondary | ...   | primary to off |
    When the mail cable of the secondary is plugged in
    And the restart of the primary is allowed to end
    Then the primary becomes effective primary
    And the secondary is still effective off for the detection time

  @HA-525.a @HA-534.b
  Scenario: it reports its own restart, and leads again
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And on-failure set to off
    And a restart of the primary will last until further notice
    When an operator reboots the primary
    Then the secondary becomes effective hold-off
    And the secondary becomes effective primary after about 15 minutes of hold-off
    When an operator reboots the secondary
    Then the units report these events
      | unit      | event                                   |
      | secondary | The system is rebooting (or reloading)! |
    And the secondary has sent one system event trap, with the code of reboot
    And the secondary is down
    And the secondary becomes effective primary
    And the virtual address answers from the secondary

  @HA-112 @HA-155.a @HA-531 @HA-534.a @HA-659.c
  Scenario: it takes both addresses in place of its own, tells that it is shut down, and gives them up
    Given a healthy active-passive pair with the failover action set and a virtual IPv6 address
    And a detection time of 3 seconds
    And a restart of the primary will last until further notice
    When an operator reboots the primary
    Then the secondary becomes effective hold-off
    And the secondary becomes effective primary after about 15 minutes of hold-off
    And the mail interface of the secondary holds the virtual addresses of both families only
    When an operator shuts down the secondary
    Then the units report these events
      | unit      | by    | event                |
      | secondary | alert | system was shut down |
    And the last HA trap of the secondary tells that it was shut down
    And the secondary has sent one system event trap, with the code of halt
    And no unit holds the virtual address
    And no unit holds the virtual IPv6 address

  @HA-003.a @HA-003.e @HA-655.c
  Scenario: it leaves the group when its mode is set to off, and processes mail on its own
    Given a healthy active-passive pair with a virtual IPv6 address
    And a detection time of 3 seconds
    And a restart of the primary will last until further notice
    When an operator reboots the primary
    Then the secondary becomes effective hold-off
    And the secondary becomes effective primary after about 15 minutes of hold-off
    When an operator sets the mode to off on the secondary
    Then the secondary becomes effective off
    And no unit holds the virtual address
    And no unit holds the virtual IPv6 address
    And the secondary's own mail address answers from the secondary
    And the units report these events
      | unit      | event | change         |
      | secondary | ...   | primary to off |
    When the restart of the primary is allowed to end
    Then the primary becomes effective primary
    And the secondary is still effective off for the detection time

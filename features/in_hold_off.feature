Feature: What an operator does to a secondary in hold-off
  A secondary in hold-off waits for its primary, and still does what its operator says: it leaves its group, restarts, goes down.

  @HA-003.a @HA-003.e @HA-024.b @HA-024.d
  Scenario: a secondary whose mode is set to off in hold-off is out of the group, and takes no address when hold-off would run out
    Given a healthy active-passive pair with a virtual IPv6 address
    And a detection time of 3 seconds
    And a restart of the primary will last until further notice
    When an operator reboots the primary
    Then the secondary becomes effective hold-off
    And the primary is down
    When an operator sets the mode to off on the secondary
    Then the secondary becomes effective off
    And the secondary's own mail address answers from the secondary
    When the pair is left alone for 960 seconds
    Then no unit holds the virtual address
    And no unit holds the virtual IPv6 address
    When the restart of the primary is allowed to end
    Then the primary becomes effective primary
    When an operator sets the mode to secondary on the secondary
    Then the secondary becomes effective secondary
    And the primary is still effective primary

  @HA-534.b @HA-534.c @HA-527.c
  Scenario Outline: a secondary that is <restarted> in hold-off reports that, and follows when the primary is back
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And on-failure set to off
    And a restart of the primary will last until further notice
    When an operator reboots the primary
    Then the secondary becomes effective hold-off
    And the primary is down
    When a restart of the secondary will last until further notice
    And an operator <restarts> the secondary
    Then the units report these events
      | unit      | event                                   |
      | secondary | The system is rebooting (or reloading)! |
    And the secondary has sent one system event trap, with the code of <code>
    And the secondary is down
    When the restart of the primary is allowed to end
    Then the primary becomes effective primary
    When the restart of the secondary is allowed to end
    Then the secondary becomes effective secondary
    And the primary is still effective primary

    Examples:
      | restarted | restarts | code   |
      | rebooted  | reboots  | reboot |
      | reloaded  | reloads  | reload |

  @HA-531 @HA-534.a @HA-659.c
  Scenario: a secondary that is shut down in hold-off tells so
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And a restart of the primary will last until further notice
    When an operator reboots the primary
    Then the secondary becomes effective hold-off
    And the primary is down
    When an operator shuts down the secondary
    Then the units report these events
      | unit      | by    | event                |
      | secondary | alert | system was shut down |
    And the last HA trap of the secondary tells that it was shut down
    And the secondary has sent one system event trap, with the code of halt
    When the restart of the primary is allowed to end
    Then the primary becomes effective primary

  @HA-104 @HA-167 @HA-330.a @HA-337 @HA-338
  Scenario: a secondary whose mail interface fails in hold-off stays what it is, and is failed once it leads
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And on-failure set to off
    And each unit monitors its mail interface
    And a restart of the primary will last until further notice
    When an operator reboots the primary
    Then the secondary becomes effective hold-off
    And the primary is down
    When an operator sets on-failure to become-secondary on the secondary
    And the mail cable of the secondary is pulled
    Then the secondary is still effective hold-off for the detection time
    When the restart of the primary is allowed to end
    Then the primary becomes effective primary
    And the secondary becomes effective secondary
    And the secondary is still effective secondary for the detection time
    When the mail cable of the secondary is plugged in
    And the primary loses power
    Then the secondary becomes effective primary when the detection time has passed
    When the mail cable of the secondary is pulled
    Then the secondary becomes effective failed

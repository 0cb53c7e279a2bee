Feature: What a failed primary does when it recovers
  The on-failure setting decides: off waits for an operator, restore-role takes the configured role back,
  become-secondary leaves the role where it is.

  @HA-311.a @HA-311.b
  Scenario: with off a recovered primary takes no part and processes no mail
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And on-failure set to off
    And the primary has lost power
    And the secondary has become effective primary
    When the primary starts again
    Then the primary ends as effective off
    And the primary is still effective off for the detection time
    When a client sends a message to the primary
    Then the message is not accepted

  @HA-312.a
  Scenario: with off the recovered primary is still off after another restart
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And on-failure set to off
    And the primary has lost power
    And the secondary has become effective primary
    And the primary has started again
    When the primary loses power
    And the primary starts again
    Then the primary ends as effective off
    And the primary is still effective off for the detection time
    And the secondary is still effective primary

  @HA-312.b
  Scenario: with off the recovered primary is still off after an operator has rebooted it
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And on-failure set to off
    And the primary has lost power
    And the secondary has become effective primary
    And the primary has started again
    When an operator reboots the primary
    Then the primary is down
    And the primary ends as effective off
    And the primary is still effective off for the detection time
    And the secondary is still effective primary

  @HA-312.c
  Scenario: with off a primary that monitoring has switched off is still off after an operator has rebooted it
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And on-failure set to off
    And each unit monitors its mail interface
    And the mail cable of the primary has been pulled
    And the primary has become effective off
    And the secondary has become effective primary
    And the mail cable of the primary has been plugged in
    When an operator reboots the primary
    Then the primary is down
    And the primary ends as effective off
    And the primary is still effective off for the detection time
    And the secondary is still effective primary

  @HA-313.a @HA-313.b
  Scenario: with off an operator's restore gives the primary its configured role back
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And on-failure set to off
    And the primary has lost power
    And the secondary has become effective primary
    And the primary has started again
    When an operator restores the configured mode on the primary
    Then the primary becomes effective primary
    And the secondary becomes effective secondary

  @HA-313.a @HA-313.b
  Scenario: with off an operator's restore gives a primary that its peer has found failed its role back, each time
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And on-failure set to off
    And the secondary monitors the SMTP service of its peer at its mail interface
    And the SMTP service of the primary has failed with refusals
    And the primary has become effective off
    And the secondary has become effective primary
    And every service of the primary answers again
    When an operator restores the configured mode on the primary
    Then the primary becomes effective primary
    And the secondary becomes effective secondary
    When the SMTP service of the primary fails with refusals
    Then the primary becomes effective off
    And the secondary becomes effective primary
    When every service of the primary answers again
    And an operator restores the configured mode on the primary
    Then the primary becomes effective primary
    And the secondary becomes effective secondary

  @HA-311.b
  Scenario: with off neither settings nor other commands bring a recovered primary back
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And on-failure set to off
    And the primary has lost power
    And the secondary has become effective primary
    And the primary has started again
    And the primary has become effective off
    When an operator changes a synchronized setting on the primary
    And an operator sets on-failure to become-secondary on the primary
    And an operator enters these interface settings on the primary
      | interface         | setting | value    |
      | primary heartbeat | peer-ip | nobody's |
    And an operator enters these interface settings on the primary
      | interface         | setting | value      |
      | primary heartbeat | peer-ip | its peer's |
    And an operator enters the command failover on the primary
    And an operator enters the command sync on the primary
    And an operator changes a synchronized setting on the secondary
    Then the primary is still effective off for the detection time
    And the secondary is still effective primary

  @HA-321
  Scenario: with restore-role a recovered primary takes its role back
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And on-failure set to restore-role
    And the primary has lost power
    And the secondary has become effective primary
    When the primary starts again
    Then the primary becomes effective primary
    And the secondary becomes effective secondary
    And only the primary holds the virtual address
    And the pair is as good as new

  @HA-324
  Scenario Outline: with restore-role a recovered primary reports that it had been shut down, after the command <order>, too
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And on-failure set to restore-role
    And an operator has entered the command <order> on the primary
    And the command has been carried out
    And the primary has lost power
    And the secondary has ended as effective primary
    When the primary starts again
    Then the units report these events
      | unit    | event                |
      | primary | system was shut down |
    And the primary becomes effective <role>
    And the secondary ends as effective <other role>

    Examples:
      | order    | role      | other role |
      | restore  | primary   | secondary  |
      | failover | secondary | primary    |

  @HA-322.a @HA-322.b
  Scenario: with restore-role the secondary reports that it has given the role back, and why
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And on-failure set to restore-role
    And the primary has lost power
    And the secondary has become effective primary
    When the primary starts again
    Then the primary becomes effective primary
    And the secondary becomes effective secondary
    And the units report these events
      | unit      | by    | event                                                        | change               |
      | secondary | alert | secondary asks us to switch roles (recovery after a restart) | primary to secondary |
    And only the primary holds the virtual address

  @HA-331
  Scenario: with become-secondary the role stays where it is
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And on-failure set to become-secondary
    And the primary has lost power
    And the secondary has become effective primary
    When the primary starts again
    Then the primary becomes effective secondary
    And no unit changes its role for the detection time

  @HA-332.a
  Scenario: with become-secondary a recovered primary synchronizes with the current primary
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And on-failure set to become-secondary
    And the primary has lost power
    And the secondary has become effective primary
    And an operator has changed a synchronized setting on the secondary
    When the primary starts again
    Then the primary becomes effective secondary
    And the changed setting is on the primary

  @HA-332.b
  Scenario: with become-secondary a recovered primary gets the mail data that the secondary has stored
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And on-failure set to become-secondary
    And the primary has lost power
    And the secondary has become effective primary
    And a message for the quarantine has been stored on the secondary
    When the primary starts again
    Then the primary becomes effective secondary
    And the message reaches the quarantine of the primary

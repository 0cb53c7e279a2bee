Feature: A secondary that is still looking for its peer
  It has no role yet, and heeds its operator as any unit does: what it is given then is in force when it has a role.

  @HA-113.a @HA-113.b @HA-155.a @HA-159.b @HA-310 @HA-337 @HA-655.c
  Scenario: a secondary that starts alone leads with the addresses, and fails by the on-failure, that it is given before it leads
    Given a healthy active-passive pair with a virtual IPv6 address
    And a detection time of 10 seconds
    And on-failure set to become-secondary
    And each unit monitors its mail interface
    And the secondary has lost power
    And the primary has lost power
    When the secondary starts again
    Then the secondary becomes effective off
    When an operator enters these failover actions on the secondary
      | interface | action | address |
      | port3     | set    | virtual |
    And an operator sets on-failure to off on the secondary
    Then the secondary becomes effective primary
    And the mail interface of the secondary holds the virtual addresses of both families only
    And the secondary announces the virtual address
    And the secondary announces the virtual IPv6 address
    When the mail cable of the secondary is pulled
    Then the secondary becomes effective off
    And the mail interface of the secondary holds its own address only
    And the units report these events
      | unit      | event | change         |
      | secondary | ...   | primary to off |

  @HA-024.c @HA-024.d @HA-055.a @HA-350.a @HA-452
  Scenario: a secondary finds its primary by the base port and the password that it is given while it looks for it
    Given a healthy active-passive pair
    And a detection time of 10 seconds
    And the secondary has lost power
    And the units have reported these events
      | unit    | by    | event                           |
      | primary | alert | secondary heartbeat disappeared |
    And an operator has set the base port to 21000 on the primary
    And an operator has set the password to another-password on the primary
    When the secondary starts again
    Then the secondary becomes effective off
    When an operator sets the base port to 21000 on the secondary
    And an operator sets the password to another-password on the secondary
    Then the secondary becomes effective secondary
    And the primary is still effective primary
    And the secondary has never been effective primary
    When an operator changes a synchronized setting on the primary
    Then the changed setting is on the secondary

  @HA-024.c @HA-024.d @HA-065 @HA-350.a
  Scenario: a secondary finds its primary by the peer address that it is given while it looks for it
    Given a healthy active-passive pair with a single heartbeat link
    And a detection time of 10 seconds
    And an operator has set the mode to off on the secondary
    And the secondary has become effective off
    And an operator has entered these interface settings on the secondary
      | interface         | setting | value    |
      | primary heartbeat | peer-ip | nobody's |
    And an operator has set the mode to secondary on the secondary
    When an operator enters these interface settings on the secondary
      | interface         | setting | value      |
      | primary heartbeat | peer-ip | its peer's |
    Then the secondary becomes effective secondary
    And the primary is still effective primary
    And the secondary has never been effective primary
    When an operator changes a synchronized setting on the primary
    Then the changed setting is on the secondary

  @HA-003.a @HA-003.e
  Scenario: a secondary whose mode is set to off while it looks for its primary does not lead, and processes mail on its own
    Given a healthy active-passive pair
    And a detection time of 5 seconds
    And the secondary has lost power
    And the primary has lost power
    When the secondary starts again
    Then the secondary becomes effective off
    When an operator sets the mode to off on the secondary
    Then the secondary's own mail address answers from the secondary
    And the secondary is still effective off for 8 seconds
    And no unit holds the virtual address

  @HA-531 @HA-534.a @HA-659.c
  Scenario: a secondary that is shut down while it looks for its primary tells so
    Given a healthy active-passive pair
    And a detection time of 10 seconds
    And the secondary has lost power
    And the primary has lost power
    When the secondary starts again
    Then the secondary becomes effective off
    When an operator shuts down the secondary
    Then the units report these events
      | unit      | by    | event                |
      | secondary | alert | system was shut down |
    And the last HA trap of the secondary tells that it was shut down
    And the secondary has sent one system event trap, with the code of halt

Feature: A faulty primary is cured
  When the fault that monitoring found is over, a failed primary goes by itself where on-failure sends it. One that is off
  waits for its operator.

  @HA-018.b @HA-300.b @HA-320.b
  Scenario: with restore-role a cured primary takes its configured role back
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And on-failure set to restore-role
    And each unit monitors its mail interface
    And the mail cable of the primary has been pulled
    And the primary has become effective failed
    And the secondary has become effective primary
    When the mail cable of the primary is plugged in
    Then the primary becomes effective primary
    And the secondary becomes effective secondary
    And only the primary holds the virtual address

  @HA-018.a @HA-300.b @HA-330.b
  Scenario: with become-secondary a cured primary is secondary
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And on-failure set to become-secondary
    And each unit monitors its mail interface
    And the mail cable of the primary has been pulled
    And the primary has become effective failed
    And the secondary has become effective primary
    When the mail cable of the primary is plugged in
    Then the primary becomes effective secondary
    And no unit changes its role for the detection time

  @HA-300.b @HA-310 @HA-311.a @HA-311.b
  Scenario: with off a cured primary is still off
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And on-failure set to off
    And each unit monitors its mail interface
    And the mail cable of the primary has been pulled
    And the primary has become effective off
    And the secondary has become effective primary
    When the mail cable of the primary is plugged in
    Then the primary ends as effective off
    And the primary is still effective off for the detection time
    And the primary offers no mail service
    When a client sends a message to the primary
    Then the message is not accepted

  @HA-313.a @HA-313.b
  Scenario: with off an operator's restore gives a cured primary its configured role back
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And on-failure set to off
    And each unit monitors its mail interface
    And the mail cable of the primary has been pulled
    And the primary has become effective off
    And the secondary has become effective primary
    And the mail cable of the primary has been plugged in
    When an operator restores the configured mode on the primary
    Then the primary becomes effective primary
    And the secondary becomes effective secondary

  @HA-018.b @HA-320.b
  Scenario: with restore-role a primary that is cured before the secondary takes over leads again
    Given a healthy active-passive pair
    And on-failure set to restore-role
    And each unit monitors its mail interface
    And the mail cable of the primary has been pulled
    And the primary has become effective failed
    When the mail cable of the primary is plugged in
    Then the primary becomes effective primary
    And the secondary has never been effective primary

  @HA-018.a @HA-018.b @HA-320.b @HA-330.b
  Scenario Outline: a primary that fails with <first>, and is given <then> before it is cured, recovers by that
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And on-failure set to <first>
    And each unit monitors its mail interface
    And the mail cable of the primary has been pulled
    And the primary has become effective failed
    And the secondary has become effective primary
    And on-failure set to <then>
    When the mail cable of the primary is plugged in
    Then the primary ends as effective <role>
    And the secondary ends as effective <peer>

    Examples:
      | first            | then             | role      | peer      |
      | become-secondary | restore-role     | primary   | secondary |
      | restore-role     | become-secondary | secondary | primary   |

  @HA-018.a @HA-330.b
  Scenario: with become-secondary a primary that is cured before the secondary takes over is secondary
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And on-failure set to become-secondary
    And each unit monitors its mail interface
    And the mail cable of the primary has been pulled
    And the primary has become effective failed
    When the mail cable of the primary is plugged in
    Then the secondary ends as effective primary
    And the primary ends as effective secondary
    And only the secondary holds the virtual address

  @HA-572
  Scenario: an operator's restore brings a failed primary back before monitoring looks again
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
    When an operator restores the configured mode on the primary
    Then the primary becomes effective primary
    And the secondary becomes effective secondary

  @HA-018.a @HA-168
  Scenario: a failed primary takes part again when nothing looks for its fault any more
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And on-failure set to become-secondary
    And each unit monitors its mail interface
    And the mail cable of the primary has been pulled
    And the primary has become effective failed
    And the secondary has become effective primary
    When an operator sets interface monitoring to disable on the primary
    Then the primary passes through effective off
    And the primary becomes effective secondary

  @HA-300.b
  Scenario: a cured primary that waits for the other unit leads when that one loses its power
    Given a healthy active-passive pair
    And a detection time of 8 seconds
    And on-failure set to become-secondary
    And each unit monitors its mail interface
    And the mail cable of the primary has been pulled
    And the primary has become effective failed
    When the mail cable of the primary is plugged in
    Then the primary becomes effective off
    And the primary heartbeat link carries heartbeats both ways
    When the secondary loses power
    Then the primary becomes effective primary
    And the virtual address answers from the primary

  @HA-300.b
  Scenario: a cured primary that finds no other unit leads
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And on-failure set to become-secondary
    And each unit monitors its mail interface
    And the mail cable of the primary has been pulled
    And the primary has become effective failed
    And the secondary has become effective primary
    And the secondary has lost power
    When the mail cable of the primary is plugged in
    Then the primary becomes effective primary
    And the virtual address answers from the primary

  @HA-018.a @HA-330.b
  Scenario: with become-secondary a primary that is cured long before the secondary takes over is secondary
    Given a healthy active-passive pair
    And a detection time of 12 seconds
    And on-failure set to become-secondary
    And each unit monitors its mail interface
    And the mail cable of the primary has been pulled
    And the primary has become effective failed
    When the mail cable of the primary is plugged in
    Then the secondary ends as effective primary
    And the primary ends as effective secondary
    And only the secondary holds the virtual address

  @HA-310 @HA-311.b @HA-313.a
  Scenario: with off a primary that was cured and restored is off after its next fault as after its first
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And on-failure set to off
    And each unit monitors its mail interface
    And the mail cable of the primary has been pulled
    And the primary has become effective off
    And the secondary has become effective primary
    And the mail cable of the primary has been plugged in
    And an operator has restored the configured mode on the primary
    When the mail cable of the primary is pulled
    Then the primary becomes effective off
    And the secondary becomes effective primary
    When the mail cable of the primary is plugged in
    Then the primary is still effective off for the detection time

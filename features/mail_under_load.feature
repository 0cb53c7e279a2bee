Feature: Mail under load
  While mail comes in without pause, a failover loses no accepted message and doubles none. Whoever sends keeps a message
  until a unit has accepted it, and tries again.

  @HA-110.a @HA-424
  Scenario: a primary that loses power and comes back has lost no accepted message
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And clients have kept sending mail
    When the primary loses power
    Then the secondary becomes effective primary
    When the primary starts again
    Then the primary becomes effective secondary
    When the clients stop sending
    Then each accepted message is delivered exactly once

  @HA-412
  Scenario: a primary that dies for good takes with it only what is in its queue
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And clients have kept sending mail
    When the primary loses power
    Then the secondary becomes effective primary
    When the clients stop sending
    Then no accepted message is lost but with the primary

  @HA-423.a @HA-424 @HA-580
  Scenario: roles that are moved there and back
    Given a healthy active-passive pair
    And clients have kept sending mail
    When an operator forces a failover on the primary
    Then the secondary becomes effective primary
    And the primary becomes effective secondary
    When an operator restores the configured mode on the primary
    Then the primary becomes effective primary
    And the secondary becomes effective secondary
    When the clients stop sending
    Then each accepted message is delivered exactly once

  @HA-524.a @HA-526.b
  Scenario: a primary that is rebooted takes mail again when it is back
    Given a healthy active-passive pair
    And clients have kept sending mail
    When an operator reboots the primary
    Then the secondary becomes effective hold-off
    And the primary is down
    And the primary becomes effective primary
    And the secondary becomes effective secondary
    When the clients stop sending
    Then each accepted message is delivered exactly once, by the primary

  @HA-110.b @HA-530.b
  Scenario: a primary that is shut down leaves the mail to its secondary
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And clients have kept sending mail
    When an operator shuts down the primary
    Then the secondary becomes effective primary
    When the primary starts again
    Then the primary becomes effective secondary
    When the clients stop sending
    Then each accepted message is delivered exactly once

  @HA-330.a @HA-330.b @HA-421
  Scenario: a primary without its mail cable hands over what it could not deliver when it is cured
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And on-failure set to become-secondary
    And each unit monitors its mail interface
    And clients have kept sending mail
    When the mail cable of the primary is pulled
    Then the primary becomes effective failed
    And the secondary becomes effective primary
    When the mail cable of the primary is plugged in
    Then the primary becomes effective secondary
    When the clients stop sending
    Then each accepted message is delivered exactly once

  @HA-424 @HA-704.a
  Scenario: two primaries deliver what each has accepted, and none of it twice when one follows again
    Given a healthy active-passive pair with a single heartbeat link
    And a detection time of 2 seconds
    And clients have kept sending mail
    And the primary heartbeat link has fallen silent
    And the secondary has become effective primary
    And the primary heartbeat link is whole again
    When an operator restores the configured mode on the secondary
    Then the secondary becomes effective secondary
    When the clients stop sending
    Then each accepted message is delivered exactly once

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

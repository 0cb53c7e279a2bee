Feature: From a pair to a config-only group, and back
  What a pair does ends when its units form a config-only group, and begins anew, whole, when they form a pair again.

  @HA-027.b @HA-027.c @HA-027.g @HA-350.b
  Scenario: units that were a pair share their configuration alone in a config-only group
    Given two units configured as a pair with mode off on each unit
    And a detection time of 2 seconds
    And a config-only group of a primary and a secondary
    And an operator has set the mode to primary on the primary
    And an operator has set the mode to secondary on the secondary
    And the primary has ended as effective primary
    And the secondary has ended as effective secondary
    And the secondary shows these failover actions
      | interface | action | address |
      | port3     | add    | virtual |
    And an operator has set the mode to config-secondary on the secondary
    And an operator has set the mode to config-primary on the primary
    And the primary heartbeat link carries heartbeats both ways
    When an operator changes a synchronized setting on the primary
    Then the changed setting is on the secondary
    When a message for the quarantine is stored on the primary
    And an operator starts a synchronization on the primary
    Then the message does not reach the quarantine of the secondary
    When the primary loses power
    Then the secondary is still effective off for the detection time
    And no unit holds the virtual address

  @HA-023
  Scenario: a primary that was off after its failure in a pair processes mail in a config-only group
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And on-failure set to off
    And the primary has lost power
    And the secondary has become effective primary
    And the primary has started again
    And the primary has ended as effective off
    When an operator sets the mode to config-primary on the primary
    Then the primary's own mail address answers from the primary
    When a client sends a message to the primary
    Then the message is accepted
    And each accepted message is delivered exactly once

  @HA-023
  Scenario: with off a primary that led a pair processes mail in a config-only group after a power loss
    Given a healthy active-passive pair
    And on-failure set to off
    And an operator has set the mode to config-secondary on the secondary
    And an operator has set the mode to config-primary on the primary
    And the primary has lost power
    When the primary starts again
    Then the primary's own mail address answers from the primary
    When a client sends a message to the primary
    Then the message is accepted
    And each accepted message is delivered exactly once

  @HA-060.a @HA-061.c @HA-101 @HA-104 @HA-354.a @HA-409
  Scenario: units that come from a config-only group are a whole pair
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And an operator has set the mode to config-secondary on the secondary
    And an operator has set the mode to config-primary on the primary
    And no unit holds the virtual address
    And an operator has set the mode to primary on the primary
    And an operator has set the mode to secondary on the secondary
    And the primary has ended as effective primary
    And the secondary has ended as effective secondary
    And the first synchronization of the pair has ended
    When a message for the quarantine is stored on the primary
    And an operator starts a synchronization on the primary
    Then the message reaches the quarantine of the secondary
    When the primary heartbeat link falls silent
    Then no unit changes its role for the detection time
    When the primary loses power
    Then the secondary becomes effective primary when the detection time has passed
    And only the secondary holds the virtual address

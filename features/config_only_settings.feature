Feature: Settings of a pair, entered while a config-only group runs
  What is for active-passive pairs only is not offered in config-only modes, or has no effect there: not at a start, and not
  when an operator enters it while the group runs.

  @HA-027.g
  Scenario Outline: the failover action <action> that is entered on the primary gives no unit the virtual address
    Given a config-only group of a primary and a secondary
    When an operator tries to enter these failover actions on the primary
      | interface | action   | address |
      | port3     | <action> | virtual |
    Then no unit holds the virtual address for 3 seconds
    And the mail interface of each unit holds its own address only

    Examples:
      | action |
      | add    |
      | set    |

  @HA-027.g
  Scenario: a virtual IPv6 address that is entered in the nested form is held by no unit
    Given a config-only group of a primary and a secondary
    When an operator tries to enter these interface settings on each unit
      | interface | setting     | value        |
      | mail      | status      | use-vip      |
      | mail      | virtual-ip6 | virtual IPv6 |
    Then no unit holds the virtual IPv6 address for 3 seconds
    And the mail interface of each unit holds its own address only

  @HA-027.b @HA-027.g @HA-118
  Scenario: a secondary that is given a detection time and an address takes nothing when its primary is lost
    Given two units with factory settings
    And a detection time of 2 seconds
    And a config-only group of a primary and a secondary
    And an operator has tried to enter these failover actions on each unit
      | interface | action | address |
      | port3     | add    | virtual |
    And an operator has tried to enter these settings on each unit
      | setting           | value |
      | hb-lost-threshold | 2     |
    When the primary loses power
    Then no unit holds the virtual address for 4 seconds
    And the secondary is still effective off
    When a client sends a message to the secondary
    Then the message is accepted
    And each accepted message is delivered exactly once

  @HA-027.e
  Scenario Outline: monitoring that is entered on each unit stops nothing on the <unit> when its mail interface fails
    Given a config-only group of a primary and a secondary
    And an operator has tried to enter these failover actions on each unit
      | interface | action | address |
      | port3     | add    | virtual |
    And an operator has tried to enter these interface settings on each unit
      | interface | setting      | value  |
      | mail      | port-monitor | enable |
    And an operator has tried to enter these settings on each unit
      | service     | setting        | value  |
      | local-ports | check-interval | 1      |
      | local-ports | retries        | 2      |
      | local-ports | status         | enable |
    And the mail cable of the <unit> has been pulled
    And the pair has been left alone for 4 seconds
    When the mail cable of the <unit> is plugged in
    Then each unit is still effective off for 2 seconds
    And the <unit>'s own mail address answers from the <unit>

    Examples:
      | unit      |
      | primary   |
      | secondary |

  @HA-027.a
  Scenario Outline: a wrong peer-ip that is entered on the <unit> parts no unit from its group
    Given a config-only group of a primary and a secondary
    When an operator tries to enter these interface settings on the <unit>
      | interface         | setting | value    |
      | primary heartbeat | peer-ip | nobody's |
    Then the primary heartbeat link carries heartbeats both ways
    When an operator changes a synchronized setting on the primary
    Then the changed setting is on the secondary

    Examples:
      | unit      |
      | primary   |
      | secondary |

  @HA-023
  Scenario Outline: a <unit> whose on-failure is off processes mail again after a power loss
    Given a config-only group of a primary and a secondary
    And an operator has tried to enter these settings on the <unit>
      | setting    | value |
      | on-failure | off   |
    And the <unit> has lost power
    When the <unit> starts again
    Then the <unit>'s own mail address answers from the <unit>
    When a client sends a message to the <unit>
    Then the message is accepted
    And each accepted message is delivered exactly once

    Examples:
      | unit      |
      | primary   |
      | secondary |

  @HA-055.a @HA-056 @HA-452 @HA-453.b
  Scenario Outline: a group whose secondary is given <setting> is parted until its primary is given the same
    Given a config-only group of a primary and a secondary
    And an operator has set <setting> on the secondary
    When an operator changes a synchronized setting on the primary
    Then the changed setting is not on the secondary
    When an operator sets <setting> on the primary
    Then the changed setting is on the secondary
    And the primary heartbeat link carries heartbeats both ways

    Examples:
      | setting                          |
      | the base port to 21000           |
      | the password to another-password |

  @HA-006.b @HA-077
  Scenario: a secondary whose config-peer-ip becomes wrong while the group runs copies nothing until it is right again
    Given a config-only group of a primary and a secondary
    And an operator has entered these settings on the secondary
      | setting        | value    |
      | config-peer-ip | nobody's |
    When an operator changes a synchronized setting on the primary
    Then the changed setting is not on the secondary
    When an operator enters these settings on the secondary
      | setting        | value      |
      | config-peer-ip | its peer's |
    Then the changed setting is on the secondary

Feature: Firmware upgrade
  Firmware is upgraded on the secondary first and on the primary last. The secondary goes into hold-off for the primary's
  restart, so that no role moves; configuration and mail data stay.

  @HA-730.a @HA-731.a @HA-731.b
  Scenario: in the documented order both units end in the new release and no role moves
    Given a healthy active-passive pair
    And a message for the quarantine has been stored on the primary
    And an operator has changed a synchronized setting on the primary
    When an operator upgrades the secondary
    Then the secondary becomes effective secondary
    And the message reaches the quarantine of the secondary
    When an operator upgrades the primary
    Then the secondary becomes effective hold-off
    And the primary becomes effective primary
    And the secondary becomes effective secondary
    And the secondary has never been effective primary
    And the units show these releases
      | unit      | own | peer |
      | primary   | new | new  |
      | secondary | new | new  |
    And the changed setting is on the primary
    And the message reaches the quarantine of the primary

  @HA-350.a @HA-730.a @HA-731.a
  Scenario: units that are upgraded one right after the other synchronize afterwards
    Given a healthy active-passive pair
    And a message for the quarantine has been stored on the primary
    When an operator upgrades the secondary
    Then the secondary becomes effective secondary
    When an operator upgrades the primary
    Then the secondary becomes effective hold-off
    And the primary becomes effective primary
    And the secondary becomes effective secondary
    When an operator changes a synchronized setting on the primary
    Then the changed setting is on the secondary
    And the message reaches the quarantine of the secondary

  @HA-730.a
  Scenario: mail flows before, between and after the upgrades
    Given a healthy active-passive pair
    And a client has sent a message to the virtual address
    And an operator has upgraded the secondary
    And a client has sent a message to the virtual address
    And an operator has upgraded the primary
    And the virtual address answers from the primary
    When a client sends a message to the virtual address
    Then the message is accepted
    And each accepted message is delivered exactly once

  @HA-520.d @HA-731.a @HA-731.b
  Scenario: the primary sends hold-off before it restarts into another release
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And a restart of the primary will last until further notice
    When an operator upgrades the primary
    Then the secondary becomes effective hold-off before the primary is down
    And the secondary is still effective hold-off for the detection time
    When the restart of the primary is allowed to end
    Then the primary becomes effective primary
    And the secondary becomes effective secondary

  @HA-522 @HA-731.b
  Scenario: a secondary waits ten minutes, too, for a primary that is being upgraded
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And a restart of the primary will last until further notice
    When an operator upgrades the primary
    Then the secondary becomes effective hold-off
    And the secondary is still effective hold-off for 600 seconds
    When the restart of the primary is allowed to end
    Then the primary becomes effective primary
    And the secondary becomes effective secondary

  @HA-734.a @HA-734.b
  Scenario: for the primary an upgrade of the secondary is like its reboot
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And a restart of the secondary will last longer than the detection time
    When an operator upgrades the secondary
    Then the units report these events
      | unit      | event                                   | change |
      | secondary | The system is rebooting (or reloading)! |        |
      | primary   | ha: secondary heartbeat disappeared     |        |
    And the primary is still effective primary
    And the secondary becomes effective secondary

  @HA-528.a @HA-528.b
  Scenario: an upgraded secondary synchronizes with a primary of the old release
    Given a healthy active-passive pair
    And a restart of the secondary will last until further notice
    When an operator upgrades the secondary
    And an operator changes a synchronized setting on the primary
    And the restart of the secondary is allowed to end
    Then the secondary becomes effective secondary
    And the changed setting is on the secondary

  @HA-730.a
  Scenario Outline: each unit shows that the releases differ
    Given a healthy active-passive pair
    And an operator has upgraded the <first>
    Then the units show these releases
      | unit      | own            | peer           |
      | primary   | <of primary>   | <of secondary> |
      | secondary | <of secondary> | <of primary>   |

    Examples:
      | first     | of primary | of secondary |
      | secondary | old        | new          |
      | primary   | new        | old          |

  @HA-730.a
  Scenario Outline: configuration and mail data survive an upgrade
    Given a healthy active-passive pair with these settings
      | setting           | primary | secondary |
      | hb-lost-threshold | 7       | 7         |
    And a message for the quarantine has been stored on the primary
    And an operator has upgraded the <unit>
    Then each unit shows these settings
      | setting           | value |
      | hb-lost-threshold | 7     |
    And the message reaches the quarantine of the <unit>

    Examples:
      | unit      |
      | secondary |
      | primary   |

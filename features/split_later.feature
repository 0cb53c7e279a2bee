Feature: A split that comes later
  Two primaries are two primaries, also after a restart, a second time, and when one of them fails.

  @HA-703
  Scenario Outline: both units stay primary after a split of a pair whose primary was <restarted>
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And an operator has <restarted> the primary
    And both heartbeat links have fallen silent
    And the secondary has become effective primary
    When both heartbeat links are whole again
    Then no unit changes its role for 5 seconds
    And each unit is still effective primary

    Examples:
      | restarted |
      | rebooted  |
      | reloaded  |

  @HA-164 @HA-700.a @HA-700.b @HA-702.a @HA-702.b @HA-703 @HA-704.a @HA-704.b @HA-704.c @HA-705 @HA-708.a @HA-708.b
  Scenario: a pair that splits a second time is split, and cured, as it was the first time
    Given a healthy active-passive pair with a single heartbeat link and a virtual IPv6 address
    And a detection time of 2 seconds
    And the primary heartbeat link has fallen silent
    And the secondary has become effective primary
    And the primary heartbeat link is whole again
    And an operator has restored the configured mode on the secondary
    And the units have reported these events
      | unit      | by  | event                           | change               |
      | secondary |     | primary heartbeat disappeared   | secondary to primary |
      | primary   | log | another ... asks                |                      |
    When the primary heartbeat link falls silent
    Then the secondary becomes effective primary
    And the units report these events
      | unit      | event                         | change               |
      | secondary | primary heartbeat disappeared | secondary to primary |
    When an operator changes a synchronized setting on each unit
    And a message for the quarantine is stored on each unit
    And the primary heartbeat link is whole again
    Then each unit shows its own changed setting for 3 seconds
    And no unit has changed its role
    When an operator changes a synchronized setting on each unit
    Then each unit shows its own changed setting for 2 seconds
    And the quarantines hold these messages
      | unit      | stored on the primary | stored on the secondary |
      | primary   | yes                   | no                      |
      | secondary | no                    | yes                     |
    When an operator restores the configured mode on the secondary
    Then the secondary becomes effective secondary
    And the primary is still effective primary
    And the primary announces the virtual address
    And the primary announces the virtual IPv6 address
    And each unit shows the primary's changed setting
    And the quarantines hold these messages
      | unit      | stored on the primary | stored on the secondary |
      | primary   | yes                   | no                      |
      | secondary | yes                   | yes                     |
    And the units report these events
      | unit    | by  | event            |
      | primary | log | another ... asks |

  @HA-207 @HA-330.a @HA-330.b @HA-331
  Scenario Outline: of two primaries the <unit> is failed when its mail interface fails, and follows when that is cured
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And on-failure set to become-secondary
    And each unit monitors its mail interface
    And both heartbeat links have fallen silent
    And the secondary has become effective primary
    And both heartbeat links are whole again
    When the mail cable of the <unit> is pulled
    Then the <unit> becomes effective failed
    And the <peer> is still effective primary for the detection time
    And only the <peer> holds the virtual address
    When the mail cable of the <unit> is plugged in
    Then the <unit> becomes effective secondary
    And the <peer> is still effective primary for the detection time

    Examples:
      | unit      | peer      |
      | primary   | secondary |
      | secondary | primary   |

Feature: A pair after a hold-off
  A secondary whose hold-off ended well, and a primary that is back from its restart, watch each other and themselves as
  before; a hold-off leaves nothing on a disk.

  @HA-061.b @HA-061.c @HA-073 @HA-524.b
  Scenario Outline: after a hold-off the secondary hears its primary on the <other> heartbeat link when the <rank> one fails
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And an operator has rebooted the primary
    And the units have heard each other on each link
    When the <rank> heartbeat link falls silent
    Then each unit logs this heartbeat status
      | link      | state             |
      | primary   | <primary state>   |
      | secondary | <secondary state> |
    And no unit changes its role for the detection time
    When an operator changes a synchronized setting on the primary
    Then the changed setting is on the secondary

    Examples:
      | rank      | other     | primary state | secondary state |
      | primary   | secondary | FAILED        | OK              |
      | secondary | primary   | OK            | FAILED          |

  @HA-338
  Scenario: with off a secondary that loses power in hold-off follows when the primary is back
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And on-failure set to off
    And a restart of the primary will last until further notice
    When an operator reboots the primary
    Then the secondary becomes effective hold-off
    And the primary is down
    When the secondary loses power
    And the restart of the primary is allowed to end
    Then the primary becomes effective primary
    When the secondary starts again
    Then the secondary becomes effective secondary
    And no unit changes its role for the detection time

  @HA-167 @HA-300.b
  Scenario Outline: a primary that an operator has <restarted> leaves its role when its port fails
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And on-failure set to become-secondary
    And each unit monitors its mail interface
    And an operator has <restarted> the primary
    When the mail cable of the primary is pulled
    Then the primary becomes effective failed
    And the secondary becomes effective primary within the detection time

    Examples:
      | restarted |
      | rebooted  |
      | reloaded  |
      | upgraded  |

  @HA-117.a @HA-117.b @HA-115.a
  Scenario: each unit reports the loss of the other after a hold-off
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And an operator has rebooted the primary
    And the units have heard each other on each link
    When the secondary loses power
    Then the units report these events
      | unit    | event                           |
      | primary | secondary heartbeat disappeared |
    And the primary is still effective primary
    When the secondary starts again
    Then the secondary becomes effective secondary
    When the primary loses power
    Then the secondary becomes effective primary when the detection time has passed
    And the units report these events
      | unit      | by    | event                         | change               |
      | secondary | alert | primary heartbeat disappeared | secondary to primary |

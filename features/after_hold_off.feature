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

  @HA-200 @HA-209 @HA-300.b
  Scenario Outline: a primary that an operator has <restarted> leaves its role when its mail disk fails
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And on-failure set to become-secondary
    And each unit monitors its mail disk
    And an operator has <restarted> the primary
    When the mail disk of the primary becomes full
    Then the primary becomes effective failed
    And the secondary becomes effective primary within the detection time

    Examples:
      | restarted |
      | rebooted  |
      | reloaded  |

  @HA-167 @HA-200 @HA-209
  Scenario: a secondary that leads leaves its role when its disk fails after a reboot, and its port after a reload
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And on-failure set to become-secondary
    And each unit monitors its mail interface
    And each unit monitors its mail disk
    And an operator has forced a failover on the primary
    And an operator has rebooted the secondary
    When the mail disk of the secondary becomes full
    Then the secondary becomes effective failed
    And the primary becomes effective primary within the detection time
    When the mail disk of the secondary works again
    Then the secondary becomes effective secondary
    When an operator forces a failover on the primary
    Then the secondary becomes effective primary
    When an operator reloads the secondary
    Then the secondary becomes effective primary
    When the mail cable of the secondary is pulled
    Then the secondary becomes effective failed
    And the primary becomes effective primary within the detection time

  @HA-250 @HA-255 @HA-524.b
  Scenario Outline: after the primary was <restarted> the secondary takes over when the primary's <service> service fails
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And on-failure set to become-secondary
    And the secondary monitors the <service> service of its peer at its mail interface
    And an operator has entered these settings on the secondary
      | service  | setting | value |
      | <remote> | retries | 4     |
    And an operator has <restarted> the primary
    When the <service> service of the primary fails with refusals
    Then the primary becomes effective failed
    And the secondary becomes effective primary within 6 seconds of the fault

    Examples:
      | restarted | service | remote      |
      | rebooted  | SMTP    | remote-smtp |
      | reloaded  | HTTP    | remote-http |

  @HA-250 @HA-255 @HA-524.b
  Scenario: after a secondary that leads was reloaded the primary takes over when the secondary's service fails
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And on-failure set to become-secondary
    And the primary monitors the SMTP service of its peer at its mail interface
    And an operator has entered these settings on the primary
      | service     | setting | value |
      | remote-smtp | retries | 4     |
    And an operator has forced a failover on the primary
    And an operator has reloaded the secondary
    When the SMTP service of the secondary fails with refusals
    Then the secondary becomes effective failed
    And the primary becomes effective primary within 6 seconds of the fault

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

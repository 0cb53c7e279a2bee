Feature: Config-only groups
  The units of a config-only group share their configuration, which its primary gives to its secondaries. Every unit
  processes mail, and none takes another's place.

  @HA-350.b
  Scenario: the configuration of the primary reaches its secondary
    Given a config-only group of a primary and a secondary
    When an operator changes a synchronized setting on the primary
    Then the changed setting is on the secondary

  @HA-006.a @HA-006.b
  Scenario: settings of the primary replace those that the secondary had before they formed a group
    Given two units with factory settings
    And an operator has changed a synchronized setting on each unit
    And a config-only group of a primary and a secondary
    Then each unit shows the primary's changed setting

  @HA-006.a @HA-006.b
  Scenario: the primary and the secondary show what they are configured to be
    Given a config-only group of a primary and a secondary
    Then the primary is configured as config-primary
    And the secondary is configured as config-secondary

  @HA-350.b @HA-378
  Scenario: what the primary changes while its link is cut reaches the secondary afterwards, and later changes too
    Given a config-only group of a primary and a secondary
    And an operator has changed a synchronized setting on the primary
    And the changed setting is on the secondary
    And both heartbeat links have fallen silent
    And the pair has been left alone for 20 seconds
    And an operator has changed a synchronized setting on the primary
    When both heartbeat links are whole again
    Then the changed setting is on the secondary
    When an operator changes a synchronized setting on the primary
    Then the changed setting is on the secondary

  @HA-350.b @HA-378
  Scenario: what a primary changes while it does not hear its secondary reaches it when it is heard again
    Given a config-only group of a primary and a secondary
    And an operator has changed a synchronized setting on the primary
    And the changed setting is on the secondary
    And the primary heartbeat link no longer reaches the primary
    And the pair has been left alone for 20 seconds
    And an operator has changed a synchronized setting on the primary
    When the primary heartbeat link is whole again
    Then the changed setting is on the secondary

  @HA-353.b
  Scenario Outline: a change is on the secondary by itself when its link carries <uses> again
    Given a config-only group of a primary and a secondary
    And an operator has changed a synchronized setting on the primary
    And the changed setting is on the secondary
    And the pair has been left alone for 1 second
    And the primary heartbeat link refuses <uses>
    And an operator has changed a synchronized setting on the primary
    And the changed setting is not on the secondary
    When the primary heartbeat link is whole again
    Then the changed setting is on the secondary

    Examples:
      | uses                          |
      | synchronization control       |
      | configuration synchronization |

  @HA-350.b
  Scenario: what changes while the secondary copies is copied too
    Given a config-only group of a primary and a secondary
    And an operator has changed a synchronized setting on the primary
    And the changed setting is on the secondary
    And the primary heartbeat link carries 1000 bytes a second
    When an operator changes a synchronized setting on the primary
    Then configuration synchronization has begun on the primary heartbeat link
    When an operator changes a synchronized setting on the primary
    Then the changed setting is on the secondary

  @HA-051.a @HA-054.b
  Scenario: a group that is left alone sends heartbeats only
    Given a config-only group of a primary and a secondary
    And an operator has changed a synchronized setting on the primary
    And the changed setting is on the secondary
    And the pair has been left alone for 1 second
    When the pair is left alone for 3 seconds
    Then the primary heartbeat link has carried the heartbeat signal only

  @HA-351 @HA-374
  Scenario: what a primary changes while its mode is off for a moment is on its secondary when it is back
    Given a config-only group of a primary and a secondary
    And an operator has changed a synchronized setting on the primary
    And the changed setting is on the secondary
    And an operator has set the mode to off on the primary
    And an operator has changed a synchronized setting on the primary
    And the changed setting is not on the secondary
    When an operator sets the mode to config-primary on the primary
    Then the changed setting is on the secondary

  @HA-006.b @HA-351
  Scenario Outline: a secondary whose mode was <mode> for a moment, and that was changed meanwhile, has the primary's settings again
    Given a config-only group of a primary and a secondary
    And an operator has changed a synchronized setting on the primary
    And the changed setting is on the secondary
    And the pair has been left alone for 1 second
    And an operator has set the mode to <mode> on the secondary
    And an operator has changed a synchronized setting on the secondary
    When an operator sets the mode to config-secondary on the secondary
    Then each unit shows the primary's changed setting

    Examples:
      | mode           |
      | off            |
      | config-primary |

  @HA-354.a @HA-354.b @HA-570.a
  Scenario Outline: an operator on the <unit> forces a further copy of the configuration
    Given a config-only group of a primary and a secondary
    And an operator has changed a synchronized setting on the primary
    And the changed setting is on the secondary
    And the pair has been left alone for 1 second
    When an operator starts a synchronization on the <unit>
    Then configuration synchronization has begun on the primary heartbeat link
    When the pair is left alone for 1 second
    And an operator starts a synchronization on the <unit>
    Then configuration synchronization has begun on the primary heartbeat link

    Examples:
      | unit      |
      | primary   |
      | secondary |

  @HA-023
  Scenario: units of a config-only group go on processing mail while settings are copied, and whatever they are ordered
    Given a config-only group of a primary and a secondary
    And an operator has changed a synchronized setting on the primary
    And the changed setting is on the secondary
    And both heartbeat links carry 1200 bytes a second
    Then the primary's own mail address answers from the primary
    And the secondary's own mail address answers from the secondary
    When an operator sets a synchronized setting of 4000 characters on the primary
    And an operator starts a synchronization on each unit
    And an operator enters the command failover on each unit
    And a client sends a message to the secondary
    Then the message is accepted
    When a client sends a message to the primary
    Then the message is accepted
    And the changed setting is on the secondary
    And each accepted message is delivered exactly once

  @HA-077
  Scenario: secondaries tell each other nothing, though there is a path between them
    Given two units with factory settings
    And a detection time of 2 seconds
    And an operator has changed a synchronized setting on each unit
    And a config-only group of two secondaries
    Then each unit shows its own changed setting for the detection time
    When an operator starts a synchronization on the primary
    And an operator starts a synchronization on the secondary
    Then each unit shows its own changed setting for the detection time

  @HA-023
  Scenario Outline: the <unit> accepts and delivers mail
    Given a config-only group of a primary and a secondary
    And the <unit>'s own mail address answers from the <unit>
    When a client sends a message to the <unit>
    Then the message is accepted
    And each accepted message is delivered exactly once

    Examples:
      | unit      |
      | primary   |
      | secondary |

  @HA-118
  Scenario: the secondary remains what it is when its primary is lost
    Given two units with factory settings
    And a detection time of 2 seconds
    And a config-only group of a primary and a secondary
    When the primary loses power
    Then the secondary is still effective off for the detection time
    And the secondary is configured as config-secondary
    When a client sends a message to the secondary
    Then the message is accepted
    And each accepted message is delivered exactly once

  @HA-118
  Scenario: the primary remains what it is when its secondary is lost
    Given two units with factory settings
    And a detection time of 2 seconds
    And a config-only group of a primary and a secondary
    When the secondary loses power
    Then the primary is still effective off for the detection time
    When a client sends a message to the primary
    Then the message is accepted

  @HA-023 @HA-118 @HA-350.b
  Scenario: a secondary that starts while its primary is away processes mail, and copies when the primary is back
    Given two units with factory settings
    And a detection time of 2 seconds
    And a config-only group of a primary and a secondary
    And each unit has lost power
    When the secondary starts again
    Then the secondary's own mail address answers from the secondary
    When a client sends a message to the secondary
    Then the message is accepted
    And each accepted message is delivered exactly once
    When the primary starts again
    And an operator changes a synchronized setting on the primary
    Then the changed setting is on the secondary

  @HA-023 @HA-118
  Scenario: a primary that starts while its secondary is away processes mail
    Given two units with factory settings
    And a detection time of 2 seconds
    And a config-only group of a primary and a secondary
    And each unit has lost power
    When the primary starts again
    Then the primary's own mail address answers from the primary
    When a client sends a message to the primary
    Then the message is accepted
    And each accepted message is delivered exactly once

  @HA-119.b
  Scenario Outline: a client whose session with the <failing> is cut sends its mail to the <other>
    Given a config-only group of a primary and a secondary
    And the <failing>'s own mail address answers from the <failing>
    And a client has opened a mail session with the <failing>'s own mail address
    When the <failing> loses power
    Then the client's mail session is cut
    When a client sends a message to the <failing>
    Then the message is not accepted
    When a client sends a message to the <other>
    Then the message is accepted
    And each accepted message is delivered exactly once

    Examples:
      | failing   | other     |
      | primary   | secondary |
      | secondary | primary   |

  @HA-732
  Scenario: a unit processes no mail while its firmware is installed, and the other goes on
    Given two units with factory settings
    And a detection time of 2 seconds
    And a restart of the primary will last until further notice
    And a config-only group of a primary and a secondary
    And the primary's own mail address answers from the primary
    And a client has opened a mail session with the primary's own mail address
    When an operator upgrades the primary
    Then the primary is down
    And the client's mail session is cut
    When a client sends a message to the primary
    Then the message is not accepted
    When a client sends a message to the secondary
    Then the message is accepted
    When the restart of the primary is allowed to end
    Then the units show these releases
      | unit    | own |
      | primary | new |
    And the primary's own mail address answers from the primary
    When a client sends a message to the primary
    Then the message is accepted
    And each accepted message is delivered exactly once

  @HA-730.b
  Scenario: a group that is upgraded in the documented order ends in the new release and synchronizes
    Given a config-only group of a primary and a secondary
    When an operator upgrades the secondary
    Then the units show these releases
      | unit      | own |
      | secondary | new |
    When an operator upgrades the primary
    Then the units show these releases
      | unit      | own | peer |
      | primary   | new | new  |
      | secondary | new | new  |
    When an operator changes a synchronized setting on the primary
    Then the changed setting is on the secondary

  @HA-118
  Scenario: the primary refuses a failover
    Given a config-only group of a primary and a secondary
    When an operator enters the command failover on the primary
    Then the command has been refused with a reason

  @HA-006.a @HA-006.b
  Scenario Outline: the <unit> takes no role when an operator restarts HA
    Given a config-only group of a primary and a secondary
    When an operator enters the command restart on the <unit>
    Then the <unit> is still effective off for 20 seconds
    When an operator changes a synchronized setting on the primary
    Then the changed setting is on the secondary

    Examples:
      | unit      |
      | primary   |
      | secondary |

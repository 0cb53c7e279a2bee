Feature: Configured mode and effective mode
  Each unit has a configured mode, which an operator enters, and an effective mode, which says what the unit does now.
  A failover moves the effective modes only.

  @HA-001
  Scenario: a factory unit belongs to no group
    Given two units with factory settings
    Then the units show these modes
      | unit      | configured | effective |
      | primary   | off        | off       |
      | secondary | off        | off       |
    And no unit holds the virtual address

  @HA-005.a @HA-005.b @HA-010.a @HA-010.b @HA-020.a @HA-020.b
  Scenario: in a healthy pair each unit does what it is configured to do
    Given a healthy active-passive pair
    Then the units show these modes
      | unit      | configured | effective |
      | primary   | primary    | primary   |
      | secondary | secondary  | secondary |

  @HA-009
  Scenario: a failover leaves the configured modes as they were entered
    Given a healthy active-passive pair
    When an operator forces a failover on the primary
    Then the secondary becomes effective primary
    And the primary becomes effective secondary
    And the units show these modes
      | unit      | configured | effective |
      | primary   | primary    | secondary |
      | secondary | secondary  | primary   |
    And the primary shows these settings
      | setting | value   |
      | mode    | primary |
    And the secondary shows these settings
      | setting | value     |
      | mode    | secondary |
    And the primary answers these lines
      | line           | answer           |
      | show system ha | set mode primary |
    And the secondary answers these lines
      | line           | answer             |
      | show system ha | set mode secondary |

  @HA-012
  Scenario: a secondary that took over shows configured secondary and effective primary
    Given a healthy active-passive pair
    When an operator forces a failover on the secondary
    Then the secondary becomes effective primary
    And the units show these modes
      | unit      | configured | effective |
      | secondary | secondary  | primary   |

  @HA-002.a
  Scenario Outline: the mode <word> is accepted
    Given two units with factory settings
    When an operator sets the mode to <word> on the primary
    Then the primary is configured as <word>

    Examples:
      | word             |
      | off              |
      | primary          |
      | secondary        |
      | config-primary   |
      | config-secondary |

  @HA-002.b
  Scenario Outline: the word <word> is no mode, and the stored one stays
    Given two units with factory settings
    And an operator has set the mode to config-secondary on the primary
    When an operator tries to set the mode to <word> on the primary
    Then the setting is refused, and nothing has changed
    And the primary is configured as config-secondary

    Examples:
      | word           |
      | active-passive |
      | standby        |
      | enable         |
      | failed         |
      | Primary        |
      | primary1       |
      | config         |

  @HA-022.a
  Scenario: the effective primary accepts and delivers mail
    Given a healthy active-passive pair
    When a client sends a message to the primary
    Then the message is accepted
    And each accepted message is delivered exactly once

  @HA-022.b
  Scenario: the effective secondary does not accept mail
    Given a healthy active-passive pair
    When a client sends a message to the secondary
    Then the message is not accepted

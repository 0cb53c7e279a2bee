Feature: What an SNMP manager learns
  A unit sends traps of its own HA events and of system events to the managers for which an operator has chosen them,
  once for each change and by each version of SNMP that is enabled, and tells its modes to managers that may ask.

  @HA-658 @HA-659.a @HA-659.b @HA-660 @HA-661
  Scenario Outline: a trap manager learns by SNMP <version> of a failover from each unit that changes its mode
    Given an operator has chosen HA events for the trap manager by SNMP <version> on each unit
    And an operator has chosen other events than those of HA for the trap manager by SNMP <another> on each unit
    And a healthy active-passive pair
    When an operator forces a failover on the primary
    Then the primary becomes effective secondary
    And the secondary becomes effective primary
    And the trap manager by SNMP <version> receives these events, each once
      | unit      | event                 |
      | primary   | switched to secondary |
      | secondary | switched to primary   |
    And all that the trap manager by SNMP <version> has received has the documented form
    And the trap manager by SNMP <another> has received nothing from each unit

    Examples:
      | version | another |
      | v1      | v2c     |
      | v2c     | v1      |
      | v2c     | v3      |
      | v3      | v2c     |

  @HA-658 @HA-659.a
  Scenario Outline: a trap manager learns of a takeover by SNMP <version>
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And an operator has chosen HA events for the trap manager by SNMP <version> on the primary
    And the units show equal checksums
    When the primary loses power
    Then the secondary becomes effective primary
    And the trap manager by SNMP <version> receives these events, each once
      | unit      | event               |
      | secondary | switched to primary |

    Examples:
      | version |
      | v1      |
      | v2c     |

  @HA-658 @HA-660
  Scenario: managers that are chosen on the primary learn of what the secondary does, too
    Given a healthy active-passive pair
    And an operator has chosen HA events for the trap manager by SNMP v2c on the primary
    And the units show equal checksums
    When an operator forces a failover on the primary
    Then the primary becomes effective secondary
    And the secondary becomes effective primary
    And the trap manager by SNMP v2c receives these events, each once
      | unit      | event                 |
      | primary   | switched to secondary |
      | secondary | switched to primary   |

  @HA-660
  Scenario Outline: a trap manager for which other events are chosen learns of no failover by SNMP <version>
    Given an operator has chosen other events than those of HA for the trap manager by SNMP <version> on each unit
    And a healthy active-passive pair
    When an operator forces a failover on the primary
    Then the primary becomes effective secondary
    And the secondary becomes effective primary
    And the trap manager by SNMP <version> has received nothing from each unit

    Examples:
      | version |
      | v1      |
      | v2c     |
      | v3      |

  @HA-658
  Scenario: what a trap manager has missed is not sent to it later
    Given a healthy active-passive pair
    And an operator has chosen HA events for the trap manager by SNMP v2c on the primary
    And the units show equal checksums
    And the trap manager by SNMP v2c has stopped receiving
    And an operator has forced a failover on the primary
    And the trap manager by SNMP v2c has received again
    And an operator has forced a failover on the secondary
    When an operator forces a failover on the primary
    Then the primary becomes effective secondary
    And the secondary becomes effective primary
    And the trap manager by SNMP v2c receives these events, each once
      | unit      | event                 |
      | primary   | switched to primary   |
      | primary   | switched to secondary |
      | secondary | switched to secondary |
      | secondary | switched to primary   |

  @HA-659.c
  Scenario Outline: a trap manager learns by SNMP <version> that the <unit> was shut down
    Given an operator has chosen HA events for the trap manager by SNMP <version> on each unit
    And a healthy active-passive pair
    When an operator shuts down the <unit>
    Then the <unit> is down
    And the trap manager by SNMP <version> receives these events, each once
      | unit   | event     |
      | <unit> | shut down |

    Examples:
      | version | unit      |
      | v2c     | primary   |
      | v3      | secondary |

  @HA-659.c
  Scenario: a reboot is told to no trap manager for which only HA events are chosen
    Given a healthy active-passive pair
    And an operator has chosen HA events for the trap manager by SNMP v2c on the primary
    And the units show equal checksums
    And a restart of the secondary will last until further notice
    When an operator reboots the secondary
    Then the secondary is down
    And the trap manager by SNMP v2c has received nothing from the secondary

  @HA-534.a @HA-534.b @HA-534.c @HA-534.d
  Scenario Outline: a trap manager learns by SNMP <version> why a <unit> goes down that an operator <orders>
    Given an operator has chosen other events than those of HA for the trap manager by SNMP <version> on each unit
    And a healthy active-passive pair
    And a restart of the <unit> will last until further notice
    When an operator <orders> the <unit>
    Then the <unit> is down
    And the trap manager by SNMP <version> receives these events, each once
      | unit   | event   |
      | <unit> | <event> |
    And all that the trap manager by SNMP <version> has received has the documented form

    Examples:
      | orders     | event          | unit      | version |
      | shuts down | system halt    | primary   | v2c     |
      | shuts down | system halt    | secondary | v1      |
      | reboots    | system reboot  | primary   | v3      |
      | reboots    | system reboot  | secondary | v2c     |
      | reloads    | system reload  | primary   | v1      |
      | reloads    | system reload  | secondary | v3      |
      | upgrades   | system upgrade | primary   | v3      |
      | upgrades   | system upgrade | secondary | v2c     |

  @HA-215
  Scenario: a failover by local monitoring is told by alert mail, log and trap
    Given an operator has chosen HA events for the log server on each unit
    And an operator has chosen HA events for alert mail on each unit
    And an operator has chosen HA events for the trap manager by SNMP v2c on each unit
    And a healthy active-passive pair
    And a detection time of 3 seconds
    And each unit monitors its mail interface
    And the mail cable of the primary has been pulled
    And the primary has become effective failed
    And the secondary has become effective primary
    When the mail cable of the primary is plugged in
    Then alert mail receives these events, each once
      | unit      | event                         | change               |
      | primary   | ...                           | primary to failed    |
      | secondary | primary heartbeat disappeared | secondary to primary |
    And the log server receives these events, each once
      | unit      | event                         |
      | secondary | primary heartbeat disappeared |
    And the trap manager by SNMP v2c receives these events, each once
      | unit      | event               |
      | secondary | switched to primary |

  @HA-215
  Scenario: a failover by local monitoring of a secondary that leads is told by alert mail, log and trap
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And each unit monitors its mail interface
    And an operator has chosen HA events for the log server on the primary
    And an operator has chosen HA events for alert mail on the primary
    And an operator has chosen HA events for the trap manager by SNMP v2c on the primary
    And the units show equal checksums
    And an operator has forced a failover on the primary
    And the mail cable of the secondary has been pulled
    And the secondary has become effective failed
    And the primary has become effective primary
    When the mail cable of the secondary is plugged in
    Then alert mail receives these events, each once
      | unit      | event                         | change               |
      | secondary | ...                           | primary to failed    |
      | primary   | primary heartbeat disappeared | secondary to primary |
    And the log server receives these events, each once
      | unit    | event                         |
      | primary | primary heartbeat disappeared |
    And the trap manager by SNMP v2c receives these events, each once
      | unit    | event               |
      | primary | switched to primary |

  @HA-662
  Scenario: a failover by service monitoring is told by alert mail, log and trap
    Given an operator has chosen HA events for the log server on each unit
    And an operator has chosen HA events for alert mail on each unit
    And an operator has chosen HA events for the trap manager by SNMP v2c on each unit
    And a healthy active-passive pair
    And a detection time of 3 seconds
    And the secondary monitors the SMTP service of its peer at its mail interface
    When the SMTP service of the primary fails with refusals
    Then the primary becomes effective failed
    And the secondary becomes effective primary
    And alert mail receives these events, each once
      | unit      | event | change               |
      | primary   | ...   | primary to failed    |
      | secondary | ...   | secondary to primary |
    And the log server receives these events, each once
      | unit      | event                   |
      | secondary | primary ... disappeared |
    And the trap manager by SNMP v2c receives these events, each once
      | unit      | event               |
      | secondary | switched to primary |

  @HA-009 @HA-619
  Scenario Outline: a manager that may ask by SNMP <version> learns the configured mode and the effective one
    Given an operator has allowed questions by SNMP <version> on each unit
    And a healthy active-passive pair
    And the units show these modes by SNMP <version>
      | unit      | configured | effective |
      | primary   | primary    | primary   |
      | secondary | secondary  | secondary |
    When an operator forces a failover on the primary
    Then the primary becomes effective secondary
    And the secondary becomes effective primary
    And the units show these modes by SNMP <version>
      | unit      | configured | effective |
      | primary   | primary    | secondary |
      | secondary | secondary  | primary   |

    Examples:
      | version |
      | v1      |
      | v2c     |
      | v3      |

  @HA-619
  Scenario: a unit whose mode is off tells so by SNMP
    Given two units configured as a pair with mode off on the secondary
    When an operator allows questions by SNMP v2c on the secondary
    Then the units show these modes by SNMP v2c
      | unit      | configured | effective |
      | secondary | off        | off       |

  @HA-619
  Scenario Outline: a unit that is given the mode <mode> tells so by SNMP
    Given two units configured as a pair with mode off on the secondary
    And an operator has allowed questions by SNMP v2c on the secondary
    When an operator sets the mode to <mode> on the secondary
    Then the units show these modes by SNMP v2c
      | unit      | configured | effective     |
      | secondary | <mode>     | off or <mode> |

    Examples:
      | mode             |
      | config-primary   |
      | config-secondary |

  @HA-619
  Scenario: the members of a config-only group tell their modes by SNMP
    Given a config-only group of a primary and a secondary
    When an operator allows questions by SNMP v2c on the primary
    Then the units show these modes by SNMP v2c
      | unit      | configured       | effective               |
      | primary   | config-primary   | off or config-primary   |
      | secondary | config-secondary | off or config-secondary |

  @HA-619
  Scenario Outline: only a manager that may ask by SNMP <version> is answered
    Given a healthy active-passive pair
    When an operator allows questions by SNMP <version> on the primary
    Then the units show these modes by SNMP <version>
      | unit      | configured | effective |
      | primary   | primary    | primary   |
      | secondary | secondary  | secondary |
    And each unit answers nothing by SNMP <another>

    Examples:
      | version | another |
      | v1      | v2c     |
      | v2c     | v3      |
      | v3      | v1      |

  @HA-620
  Scenario: a failed unit tells by SNMP that it is off, or its last role
    Given an operator has allowed questions by SNMP v2c on each unit
    And a healthy active-passive pair
    And a detection time of 3 seconds
    And each unit monitors its mail interface
    When the mail cable of the primary is pulled
    Then the primary becomes effective failed
    And the secondary becomes effective primary
    And the units show these modes by SNMP v2c
      | unit      | configured | effective      |
      | primary   | primary    | off or primary |
      | secondary | secondary  | primary        |

  @HA-620
  Scenario: a secondary that has led and failed tells by SNMP that it is off, or its last role
    Given an operator has allowed questions by SNMP v2c on each unit
    And a healthy active-passive pair
    And a detection time of 3 seconds
    And each unit monitors its mail interface
    And an operator has forced a failover on the primary
    When the mail cable of the secondary is pulled
    Then the secondary becomes effective failed
    And the primary becomes effective primary
    And the units show these modes by SNMP v2c
      | unit      | configured | effective      |
      | primary   | primary    | primary        |
      | secondary | secondary  | off or primary |

  @HA-620
  Scenario: a unit in hold-off tells by SNMP that it is off, or its last role
    Given an operator has allowed questions by SNMP v2c on each unit
    And a healthy active-passive pair
    And a restart of the primary will last until further notice
    When an operator reboots the primary
    Then the secondary becomes effective hold-off
    And the units show these modes by SNMP v2c
      | unit      | configured | effective        |
      | secondary | secondary  | off or secondary |

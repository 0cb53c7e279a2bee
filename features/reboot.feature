Feature: Planned restarts
  A restart of the secondary moves no role. Both units remember across a restart what they were, and the
  system event trap tells the restarts apart.

  @HA-527.a @HA-527.b @HA-527.c
  Scenario Outline: the primary reports the absence of a restarting secondary and stays primary
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And a restart of the secondary will last longer than the detection time
    When an operator <restarts> the secondary
    Then the units report these events
      | unit      | event                                   | change |
      | secondary | The system is rebooting (or reloading)! |        |
      | primary   | ha: secondary heartbeat disappeared     |        |
    And the primary is still effective primary
    And the secondary becomes effective secondary

    Examples:
      | restarts |
      | reboots  |
      | reloads  |

  @HA-528.a @HA-528.b
  Scenario Outline: a secondary that was restarted becomes secondary again and synchronizes
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And a restart of the secondary will last until further notice
    When an operator <restarts> the secondary
    Then the secondary is down
    When an operator changes a synchronized setting on the primary
    And the restart of the secondary is allowed to end
    Then the secondary becomes effective secondary
    And the changed setting is on the secondary

    Examples:
      | restarts |
      | reboots  |
      | reloads  |

  @HA-528.a @HA-528.b
  Scenario: a secondary that was rebooted copies the mail data that came meanwhile
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And a restart of the secondary will last until further notice
    When an operator reboots the secondary
    Then the secondary is down
    When a message for the quarantine is stored on the primary
    And the restart of the secondary is allowed to end
    Then the secondary becomes effective secondary
    And the message reaches the quarantine of the secondary

  @HA-524.c
  Scenario: when both units reboot at once, each comes back as what it was
    Given a healthy active-passive pair
    When an operator reboots each unit
    Then the primary becomes effective primary
    And the secondary becomes effective secondary
    And the secondary has never been effective primary

  @HA-005.a @HA-005.b
  Scenario: when both units lose power at once, each comes back as what it was
    Given a healthy active-passive pair
    And on-failure set to become-secondary
    And the secondary has lost power
    And the primary has lost power
    When the primary starts again
    And the secondary starts again
    Then the primary becomes effective primary
    And the secondary becomes effective secondary
    And the secondary has never been effective primary

  @HA-532.a @HA-532.b
  Scenario: a power cut is no planned restart
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    When the primary loses power
    Then the secondary becomes effective primary when the detection time has passed
    And the secondary has never been effective hold-off
    And the units have not reported these events
      | unit    | event     |
      | primary | rebooting |

  @HA-003.a
  Scenario Outline: a unit outside a group comes back as it was, and the other unit does not notice
    Given two units with factory settings
    When an operator <restarts> the primary
    Then the primary becomes effective off
    And the units show these modes
      | unit      | configured | effective |
      | primary   | off        | off       |
      | secondary | off        | off       |

    Examples:
      | restarts |
      | reboots  |
      | upgrades |

  @HA-534.a @HA-534.b @HA-534.c @HA-534.d
  Scenario Outline: the system event trap tells each restart apart
    Given a healthy active-passive pair
    And a detection time of 15 seconds
    When an operator <restarts> the <unit>
    Then the <unit> has sent one system event trap, with the code of <event>

    Examples:
      | restarts   | unit      | event   |
      | shuts down | secondary | halt    |
      | shuts down | primary   | halt    |
      | reboots    | primary   | reboot  |
      | reboots    | secondary | reboot  |
      | reloads    | primary   | reload  |
      | reloads    | secondary | reload  |
      | upgrades   | secondary | upgrade |
      | upgrades   | primary   | upgrade |

  @HA-524.c
  Scenario: when both units reboot at once after a failover, each comes back as what it was
    Given a healthy active-passive pair
    And a detection time of 10 seconds
    And an operator has forced a failover on the primary
    When an operator reboots each unit
    Then the secondary becomes effective primary
    And the primary becomes effective secondary

  @HA-525.a @HA-534.b
  Scenario Outline: a primary that is alone reports its own restart when an operator <restarts> it
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And the secondary has lost power
    When an operator <restarts> the primary
    Then the primary becomes effective primary
    And the units report these events
      | unit    | event                                   |
      | primary | The system is rebooting (or reloading)! |
    And the virtual address answers from the primary
    When a client sends a message to the virtual address
    Then the message is accepted
    And each accepted message is delivered exactly once

    Examples:
      | restarts |
      | reboots  |
      | reloads  |

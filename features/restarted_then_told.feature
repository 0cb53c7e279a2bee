Feature: What a unit tells that has started before, or has changed its role before
  A restarted unit, and a primary that follows, report their restarts and their links as they did at first.

  @HA-520.a @HA-520.b @HA-520.d @HA-521.a @HA-521.b @HA-524.a @HA-525.a @HA-525.b @HA-525.c @HA-525.d @HA-534.b @HA-534.c @HA-534.d
  Scenario Outline: a secondary that was <restarted> and leads tells so, and its peer holds off, when an operator <restarts> it
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And an operator has <restarted> the secondary
    And the units have reported these events
      | unit      | event                                   |
      | secondary | The system is rebooting (or reloading)! |
    And an operator has forced a failover on the primary
    And a restart of the secondary will last until further notice
    When an operator <restarts> the secondary
    Then the primary becomes effective hold-off before the secondary is down
    And the secondary has sent one system event trap, with the code of <event>
    And the secondary is down
    And the primary is still effective hold-off for the detection time
    When the restart of the secondary is allowed to end
    Then the secondary becomes effective primary
    And the primary becomes effective secondary
    And the units report these events
      | unit      | event                                   | change                |
      | secondary | The system is rebooting (or reloading)! |                       |
      | primary   | peer rebooting (or reloading)           | secondary to hold-off |
      | primary   | peer command appeared                   | hold-off to secondary |

    Examples:
      | restarted | restarts | event   |
      | reloaded  | reboots  | reboot  |
      | rebooted  | reloads  | reload  |
      | upgraded  | upgrades | upgrade |

  @HA-527.a @HA-527.b @HA-527.c @HA-528.a @HA-534.b @HA-534.c @HA-534.d
  Scenario Outline: a primary that follows tells so, and is reported absent, when an operator <restarts> it
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And an operator has forced a failover on the primary
    And an operator has <restarted> the primary
    And the units have reported these events
      | unit      | event                                   |
      | primary   | The system is rebooting (or reloading)! |
    And a restart of the primary will last until further notice
    When an operator <restarts> the primary
    Then the primary is down
    And the primary has sent one system event trap, with the code of <event>
    And the units report these events
      | unit      | event                                   |
      | primary   | The system is rebooting (or reloading)! |
      | secondary | ha: secondary heartbeat disappeared     |
    And the secondary is still effective primary
    When the restart of the primary is allowed to end
    Then the primary becomes effective secondary
    And no unit changes its role for the detection time

    Examples:
      | restarted | restarts | event   |
      | upgraded  | reboots  | reboot  |
      | rebooted  | reloads  | reload  |
      | reloaded  | upgrades | upgrade |

  @HA-529 @HA-531 @HA-534.a @HA-659.c
  Scenario: a primary that follows and was restarted tells that it is shut down, and its peer leads on
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And an operator has forced a failover on the primary
    And an operator has rebooted the primary
    When an operator shuts down the primary
    Then the last HA trap of the primary tells that it was shut down
    And the primary has sent one system event trap, with the code of halt
    And the units report these events
      | unit      | event                               |
      | primary   | system was shut down                |
      | secondary | ha: secondary heartbeat disappeared |
    And the secondary is still effective primary
    And the virtual address answers from the secondary

  @HA-530.a @HA-530.b @HA-531 @HA-534.a @HA-659.c
  Scenario: a secondary that was restarted and leads tells that it is shut down, and the primary takes over after the detection time
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And an operator has rebooted the secondary
    And an operator has forced a failover on the primary
    When an operator shuts down the secondary
    Then the primary becomes effective primary when the detection time has passed
    And the primary has never been effective hold-off
    And the last HA trap of the secondary tells that it was shut down
    And the secondary has sent one system event trap, with the code of halt
    And the units report these events
      | unit      | event                         | change               |
      | secondary | system was shut down          |                      |
      | primary   | primary heartbeat disappeared | secondary to primary |

  @HA-073 @HA-652
  Scenario Outline: the <rank> link that comes and goes is logged by units that were restarted, and whose secondary leads
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And an operator has rebooted the secondary
    And an operator has reloaded the primary
    And an operator has forced a failover on the primary
    When the <rank> heartbeat link falls silent
    Then each unit logs this heartbeat status
      | link      | state    |
      | primary   | <first>  |
      | secondary | <second> |
    When the <rank> heartbeat link is whole again
    Then each unit logs this heartbeat status
      | link      | state |
      | primary   | OK    |
      | secondary | OK    |
    And no unit has changed its role

    Examples:
      | rank      | first  | second |
      | primary   | FAILED | OK     |
      | secondary | OK     | FAILED |

  @HA-525.a @HA-534.d
  Scenario: a primary that is alone tells its upgrade, and leads again
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And the secondary has lost power
    And the units have reported these events
      | unit    | by    | event                           |
      | primary | alert | secondary heartbeat disappeared |
    When an operator upgrades the primary
    Then the primary has sent one system event trap, with the code of upgrade
    And the primary becomes effective primary
    And the units report these events
      | unit    | by    | event                                   |
      | primary | alert | The system is rebooting (or reloading)! |
    And the virtual address answers from the primary

  @HA-652
  Scenario Outline: a <unit> that leads after the command <order> logs that both links are lost with its peer, and that both are back
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And an operator has entered the command <order> on the primary
    And the command has been carried out
    When the <peer> loses power
    Then the <unit> logs this heartbeat status
      | link      | state  |
      | primary   | FAILED |
      | secondary | FAILED |
    When the <peer> starts again
    Then the <unit> logs this heartbeat status
      | link      | state |
      | primary   | OK    |
      | secondary | OK    |
    And the <peer> becomes effective secondary
    And the <unit> is still effective primary

    Examples:
      | order    | unit      | peer      |
      | restore  | primary   | secondary |
      | failover | secondary | primary   |

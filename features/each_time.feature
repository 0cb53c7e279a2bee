Feature: What happens again
  What a unit does or reports at a loss, a restart, an order or a fault, it does and reports each time, and not only the
  first time.

  @HA-073 @HA-652
  Scenario: a primary heartbeat link that is lost a second time is logged a second time
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And the primary heartbeat link has fallen silent for longer than the detection time
    And each unit has logged this heartbeat status
      | link      | state  |
      | primary   | FAILED |
      | secondary | OK     |
    And the primary heartbeat link is whole again
    And each unit has logged this heartbeat status
      | link      | state |
      | primary   | OK    |
      | secondary | OK    |
    When the primary heartbeat link falls silent
    Then each unit logs this heartbeat status
      | link      | state  |
      | primary   | FAILED |
      | secondary | OK     |
    When the primary heartbeat link is whole again
    Then each unit logs this heartbeat status
      | link      | state |
      | primary   | OK    |
      | secondary | OK    |

  @HA-061.c @HA-073
  Scenario: a primary heartbeat cable that is pulled a second time is logged a second time
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And the primary heartbeat cable of the primary has been pulled for longer than the detection time
    And the primary heartbeat cable of the primary has been plugged in
    And each unit has logged this heartbeat status
      | link      | state |
      | primary   | OK    |
      | secondary | OK    |
    When the primary heartbeat cable of the primary is pulled
    Then each unit logs this heartbeat status
      | link      | state  |
      | primary   | FAILED |
      | secondary | OK     |
    And no unit changes its role for the detection time

  @HA-117.a @HA-117.b
  Scenario: a secondary that is lost a second time is reported a second time
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And the secondary has lost power
    And the units have reported these events
      | unit    | by    | event                           |
      | primary | alert | secondary heartbeat disappeared |
    And the secondary has started again
    And the secondary has become effective secondary
    When the secondary loses power
    Then the units report these events
      | unit    | by    | event                           |
      | primary | alert | secondary heartbeat disappeared |
    And the primary is still effective primary

  @HA-101 @HA-115.a @HA-322.a @HA-322.b
  Scenario: a secondary that takes over a second time, and gives the role back a second time, reports both again
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And on-failure set to restore-role
    And the primary has lost power
    And the secondary has become effective primary
    And the units have reported these events
      | unit      | by    | event                         | change               |
      | secondary | alert | primary heartbeat disappeared | secondary to primary |
    And the primary has started again
    And the primary has become effective primary
    And the secondary has become effective secondary
    And the units have reported these events
      | unit      | by    | event                                                        | change               |
      | secondary | alert | secondary asks us to switch roles (recovery after a restart) | primary to secondary |
    When the primary loses power
    Then the secondary becomes effective primary when the detection time has passed
    And the units report these events
      | unit      | by    | event                         | change               |
      | secondary | alert | primary heartbeat disappeared | secondary to primary |
    When the primary starts again
    Then the primary becomes effective primary
    And the secondary becomes effective secondary
    And the units report these events
      | unit      | by    | event                                                        | change               |
      | secondary | alert | secondary asks us to switch roles (recovery after a restart) | primary to secondary |

  @HA-322.a @HA-322.b @HA-574.a
  Scenario: a secondary that gives the role back gives the reason of this time, after an operator's restore as after a failure
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And on-failure set to restore-role
    And an operator has forced a failover on the primary
    When an operator restores the configured mode on the primary
    Then the primary becomes effective primary
    And the secondary becomes effective secondary
    And the units report these events
      | unit      | event                                                             | change               |
      | secondary | secondary asks us to switch roles (user restored configured mode) | primary to secondary |
    When the primary loses power
    Then the secondary becomes effective primary
    When the primary starts again
    Then the primary becomes effective primary
    And the secondary becomes effective secondary
    And the units report these events
      | unit      | event                                                        | change               |
      | secondary | secondary asks us to switch roles (recovery after a restart) | primary to secondary |
    When an operator forces a failover on the primary
    Then the secondary becomes effective primary
    When an operator restores the configured mode on the primary
    Then the primary becomes effective primary
    And the secondary becomes effective secondary
    And the units report these events
      | unit      | event                                                             | change               |
      | secondary | secondary asks us to switch roles (user restored configured mode) | primary to secondary |

  @HA-020.e @HA-525.b @HA-525.c @HA-525.d
  Scenario Outline: a secondary that was in hold-off while the primary was <restarted> reports it again when an operator <restarts> the primary
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And a restart of the primary will last longer than the detection time
    And an operator has <restarted> the primary
    And the units have reported these events
      | unit      | event                         | change                |
      | secondary | peer rebooting (or reloading) | secondary to hold-off |
      | secondary | peer command appeared         | hold-off to secondary |
    When an operator <restarts> the primary
    Then the secondary becomes effective hold-off
    And the primary becomes effective primary
    And the secondary becomes effective secondary
    And the units report these events
      | unit      | event                         | change                |
      | secondary | peer rebooting (or reloading) | secondary to hold-off |
      | secondary | peer command appeared         | hold-off to secondary |

    Examples:
      | restarted | restarts |
      | rebooted  | reboots  |
      | reloaded  | reloads  |

  @HA-527.a @HA-527.c
  Scenario: a secondary that is rebooted a second time is reported absent a second time
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And a restart of the secondary will last longer than the detection time
    And an operator has rebooted the secondary
    And the units have reported these events
      | unit      | event                                   |
      | secondary | The system is rebooting (or reloading)! |
      | primary   | ha: secondary heartbeat disappeared     |
    When an operator reboots the secondary
    Then the units report these events
      | unit      | event                                   |
      | secondary | The system is rebooting (or reloading)! |
      | primary   | ha: secondary heartbeat disappeared     |
    And the secondary becomes effective secondary

  @HA-574.a @HA-574.b @HA-574.c @HA-580
  Scenario Outline: a role that orders on the <unit> and a restore move a second time moves, and is logged, a second time
    Given a healthy active-passive pair
    And an operator has forced a failover on the <unit>
    And an operator has restored the configured mode on the secondary
    And the units have reported these events
      | unit    | by  | event            |
      | primary | log | another ... asks |
    When an operator forces a failover on the <unit>
    Then the secondary becomes effective primary within 1 second of the command
    And the primary becomes effective secondary
    When an operator restores the configured mode on the secondary
    Then the primary becomes effective primary
    And the secondary becomes effective secondary
    And the units report these events
      | unit    | by  | event            |
      | primary | log | another ... asks |

    Examples:
      | unit      |
      | primary   |
      | secondary |

  @HA-022.b
  Scenario: a unit that gives the role away a second time accepts no mail any more
    Given a healthy active-passive pair
    And an operator has forced a failover on the primary
    And an operator has restored the configured mode on the secondary
    And an operator has forced a failover on the primary
    When a client sends a message to the primary
    Then the message is not accepted
    When an operator restores the configured mode on the secondary
    Then the primary becomes effective primary
    And the secondary becomes effective secondary
    When a client sends a message to the secondary
    Then the message is not accepted

  @HA-310 @HA-576
  Scenario: a primary that monitoring switches off a second time takes part again after a second restart of HA
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And on-failure set to off
    And each unit monitors its mail interface
    And the mail cable of the primary has been pulled
    And the primary has become effective off
    And the secondary has become effective primary
    And the mail cable of the primary has been plugged in
    And an operator has restarted HA on the primary
    And the primary has become effective secondary
    And an operator has forced a failover on the secondary
    When the mail cable of the primary is pulled
    Then the primary becomes effective off
    And the secondary becomes effective primary within the detection time
    When the mail cable of the primary is plugged in
    And an operator restarts HA on the primary
    Then the primary becomes effective secondary
    And the secondary is still effective primary

  @HA-204 @HA-206
  Scenario: a second fault makes a primary leave its role after as many failed checks as the first
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And on-failure set to restore-role
    And each unit monitors its mail interface
    And an operator has entered these settings on each unit
      | service     | setting        | value |
      | local-ports | check-interval | 2     |
      | local-ports | retries        | 3     |
    And the mail cable of the primary has been pulled
    And the primary has become effective failed
    And the secondary has become effective primary
    And the mail cable of the primary has been plugged in
    And the primary has become effective primary
    And the secondary has become effective secondary
    When the mail cable of the primary is pulled
    Then the primary becomes effective failed after 4 to 6 seconds of the fault

  @HA-354.a @HA-354.b @HA-405 @HA-409
  Scenario Outline: after the command <order>, an operator on the <unit> synchronizes a second time, and a third
    Given a healthy active-passive pair
    And an operator has entered the command <order> on the primary
    And the command has been carried out
    And the first synchronization of the pair has ended
    And a message for the quarantine has been stored on the <leader>
    And an operator has started a synchronization on the <unit>
    And the pair has been left alone for 2 seconds
    And a message for the quarantine has been stored on the <leader>
    When an operator starts a synchronization on the <unit>
    Then the message reaches the quarantine of the <follower>
    When the pair is left alone for 2 seconds
    And a message for the quarantine is stored on the <leader>
    And an operator starts a synchronization on the <unit>
    Then the message reaches the quarantine of the <follower>

    Examples:
      | order    | unit      | leader    | follower  |
      | restore  | primary   | primary   | secondary |
      | restore  | secondary | primary   | secondary |
      | failover | secondary | secondary | primary   |

  @HA-350.a
  Scenario: each change on a secondary that leads reaches the primary
    Given a healthy active-passive pair
    And an operator has forced a failover on the primary
    And an operator has changed a synchronized setting on the secondary
    And the changed setting is on the primary
    When an operator changes a synchronized setting on the secondary
    Then the changed setting is on the primary
    When an operator changes a synchronized setting on the secondary
    Then the changed setting is on the primary

  @HA-700.a @HA-703 @HA-704.a @HA-704.b @HA-704.c @HA-705
  Scenario: a second split brain is cured like the first
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And both heartbeat links have fallen silent
    And the secondary has become effective primary
    And both heartbeat links are whole again
    And an operator has restored the configured mode on the secondary
    And the units have reported these events
      | unit    | by  | event            |
      | primary | log | another ... asks |
    When both heartbeat links fall silent
    Then the secondary becomes effective primary when the detection time has passed
    When both heartbeat links are whole again
    Then the units hear each other on each link
    And no unit changes its role for the detection time
    And a client that asks who has the virtual address is answered by both units
    When an operator changes a synchronized setting on the primary
    And an operator restores the configured mode on the secondary
    Then the secondary becomes effective secondary
    And the primary is still effective primary
    And the changed setting is on the secondary
    And a client that asks who has the virtual address is answered by the primary only
    And the units report these events
      | unit    | by  | event            |
      | primary | log | another ... asks |

  @HA-572 @HA-580
  Scenario Outline: a second <order> that cannot be carried out is refused or given up like the first
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And an operator has forced a failover on the primary
    And both heartbeat links no longer reach the secondary
    And an operator has entered the command <order> on the primary
    And the command has been refused with a reason or given up within 30 seconds
    When an operator enters the command <order> on the primary
    Then the command has been refused with a reason or given up within 30 seconds
    When both heartbeat links are whole again
    Then the units hear each other on each link
    And no unit changes its role for the detection time

    Examples:
      | order    |
      | failover |
      | restore  |

  @HA-115.a @HA-655.c @HA-659.a @HA-659.b
  Scenario: each change of role is told by alert and trap, also one like an earlier one, and each with its own event
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And an operator has forced a failover on the primary
    And the units have reported these events
      | unit      | by    | event | change               |
      | primary   | alert | ...   | primary to secondary |
      | secondary | alert | ...   | secondary to primary |
    And an operator has restored the configured mode on the primary
    And the units have reported these events
      | unit      | by    | event | change               |
      | primary   | alert | ...   | secondary to primary |
      | secondary | alert | ...   | primary to secondary |
    When an operator forces a failover on the primary
    Then the secondary becomes effective primary
    And the primary becomes effective secondary
    And the units report these events
      | unit      | by    | event | change               |
      | primary   | alert | ...   | primary to secondary |
      | secondary | alert | ...   | secondary to primary |
    And the last HA trap of the primary tells that it has switched to secondary
    And the last HA trap of the secondary tells that it has switched to primary
    When an operator restores the configured mode on the primary
    Then the primary becomes effective primary
    And the secondary becomes effective secondary
    And the last HA trap of the primary tells that it has switched to primary
    And the last HA trap of the secondary tells that it has switched to secondary
    When the primary loses power
    Then the secondary becomes effective primary when the detection time has passed
    And the units report these events
      | unit      | event                         | change               |
      | secondary | primary heartbeat disappeared | secondary to primary |
    And the last HA trap of the secondary tells that it has switched to primary

Feature: Heartbeat links and hold-off
  Hold-off is asked for over whichever link there is, and ends over whichever link there is, also one that an operator has
  changed meanwhile.

  @HA-055.a @HA-056 @HA-524.a
  Scenario Outline: after the command <order>, another base port that the <peer> alone is given in hold-off is in force
    Given a healthy active-passive pair
    And a detection time of 5 seconds
    And an operator has entered the command <order> on the primary
    And the command has been carried out
    And a restart of the <unit> will last until further notice
    When an operator reboots the <unit>
    Then the <peer> becomes effective hold-off
    And the <unit> is down
    When an operator sets the base port to 21000 on the <peer>
    And the restart of the <unit> is allowed to end
    Then the <unit> becomes effective primary
    And the <peer> is still effective hold-off for 2 seconds
    When an operator sets the base port to 21000 on the <unit>
    Then the <peer> becomes effective secondary
    When an operator changes a synchronized setting on the <unit>
    Then the changed setting is on the <peer>

    Examples:
      | order    | unit      | peer      |
      | restore  | primary   | secondary |
      | failover | secondary | primary   |

  @HA-063.a @HA-063.b @HA-524.a @HA-524.b
  Scenario: a secondary whose primary heartbeat interface is disabled in hold-off follows over the other, and watches it
    Given a healthy active-passive pair
    And a detection time of 4 seconds
    And the first synchronization of the pair has ended
    And a restart of the primary will last until further notice
    When an operator reboots the primary
    Then the secondary becomes effective hold-off
    And the primary is down
    When an operator sets heartbeat-status of the primary interface to disable, in the nested form, on the secondary
    And the restart of the primary is allowed to end
    Then the primary becomes effective primary
    And the secondary becomes effective secondary
    And the primary heartbeat link carries nothing any more
    When an operator changes a synchronized setting on the primary
    Then the changed setting is on the secondary
    And configuration synchronization has used the secondary heartbeat link only
    When the secondary heartbeat link falls silent
    Then the secondary becomes effective primary when the detection time has passed

  @HA-065 @HA-524.a
  Scenario: a secondary that is given another peer address in hold-off, and then its peer's, follows
    Given a healthy active-passive pair with a single heartbeat link
    And a detection time of 4 seconds
    And a restart of the primary will last until further notice
    When an operator reboots the primary
    Then the secondary becomes effective hold-off
    And the primary is down
    When an operator enters these interface settings on the secondary
      | interface         | setting | value    |
      | primary heartbeat | peer-ip | nobody's |
    And the restart of the primary is allowed to end
    Then the primary becomes effective primary
    And the secondary is still effective hold-off for 2 seconds
    When an operator enters these interface settings on the secondary
      | interface         | setting | value      |
      | primary heartbeat | peer-ip | its peer's |
    Then the secondary becomes effective secondary

  @HA-520.a @HA-520.b @HA-521.a @HA-524.a
  Scenario Outline: after the command <order>, and with another base port, the <unit> sends hold-off though the <rank> link is silent
    Given a healthy active-passive pair
    And a detection time of 4 seconds
    And an operator has entered the command <order> on the primary
    And the command has been carried out
    And an operator has set the base port to 21000 on each unit
    And the units have heard each other on each link
    And the <rank> heartbeat link has fallen silent for longer than the detection time
    And a restart of the <unit> will last until further notice
    When an operator <restarts> the <unit>
    Then the <peer> becomes effective hold-off before the <unit> is down
    And the <unit> is down
    And the <peer> is still effective hold-off for the detection time
    When the restart of the <unit> is allowed to end
    Then the <unit> becomes effective primary
    And the <peer> becomes effective secondary

    Examples:
      | order    | unit      | peer      | rank      | restarts |
      | failover | secondary | primary   | primary   | reloads  |
      | restore  | primary   | secondary | secondary | reloads  |

  @HA-520.a @HA-521.a @HA-521.b @HA-524.a
  Scenario Outline: a primary that was cured sends hold-off over the <other> link when the <rank> one is silent
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And on-failure set to restore-role
    And each unit monitors its mail interface
    And the mail cable of the primary has been pulled
    And the primary has become effective failed
    And the secondary has become effective primary
    And the mail cable of the primary has been plugged in
    And the primary has become effective primary
    And the secondary has become effective secondary
    And the <rank> heartbeat link has fallen silent for longer than the detection time
    And a restart of the primary will last until further notice
    When an operator reboots the primary
    Then the secondary becomes effective hold-off before the primary is down
    And the primary is down
    And the secondary is still effective hold-off for the detection time
    When the restart of the primary is allowed to end
    Then the primary becomes effective primary
    And the secondary becomes effective secondary

    Examples:
      | rank      | other     |
      | primary   | secondary |
      | secondary | primary   |

  @HA-520.a @HA-521.a @HA-521.b @HA-524.a @HA-524.b @HA-525.a @HA-525.b @HA-525.c @HA-655.c
  Scenario Outline: a pair <traits> holds off, moves its role at a fault, and reports each change of role
    Given a healthy active-passive pair <traits>
    And a detection time of 4 seconds
    And on-failure set to become-secondary
    And each unit monitors its mail interface
    And a restart of the primary will last until further notice
    When an operator reboots the primary
    Then the secondary becomes effective hold-off before the primary is down
    And the primary is down
    When the restart of the primary is allowed to end
    Then the primary becomes effective primary
    And the secondary becomes effective secondary
    And the units report these events
      | unit      | event                                   | change                |
      | primary   | The system is rebooting (or reloading)! |                       |
      | secondary | peer rebooting (or reloading)           | secondary to hold-off |
      | secondary | peer command appeared                   | hold-off to secondary |
    When an operator sets the base port to 21000 on each unit
    Then the primary heartbeat link carries heartbeats both ways
    When an operator sets the password to another-password on each unit
    Then the primary heartbeat link carries heartbeats both ways
    And no unit has changed its role
    When the mail cable of the primary is pulled
    Then the primary becomes effective failed
    And the secondary becomes effective primary within the detection time
    And the units report these events
      | unit      | by    | event                         | change               |
      | primary   | alert | ...                           | primary to failed    |
      | secondary | alert | primary heartbeat disappeared | secondary to primary |
    When the mail cable of the primary is plugged in
    Then the primary becomes effective secondary
    When an operator restores the configured mode on the primary
    Then the primary becomes effective primary
    And the secondary becomes effective secondary
    And the units report these events
      | unit      | event                            | change               |
      | secondary | secondary asks us to switch roles | primary to secondary |

    Examples:
      | traits                       |
      | over IPv6                    |
      | with a single heartbeat link |

  @HA-522 @HA-523 @HA-655.c @HA-659.a
  Scenario Outline: a primary that holds off for the secondary in a pair <traits> leads and reports that when hold-off has run out
    Given a healthy active-passive pair <traits>
    And an operator has forced a failover on the primary
    And a restart of the secondary will last until further notice
    When an operator reboots the secondary
    Then the primary becomes effective hold-off
    And the primary becomes effective primary after about 15 minutes of hold-off
    And only the primary holds the virtual address
    And the virtual address answers from the primary
    And the last HA trap of the primary tells that it has switched to primary
    And the units report these events
      | unit    | by    | event | change              |
      | primary | alert | ...   | hold-off to primary |

    Examples:
      | traits                       |
      | over IPv6                    |
      | with a single heartbeat link |

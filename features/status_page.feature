Feature: The status page
  Each unit shows what it is configured to be and what it is now. One that follows shows too what it does by itself, and
  that it synchronizes; two units show whether their configurations are in step.

  @HA-610 @HA-611 @HA-612.b @HA-613.a @HA-613.b @HA-613.c
  Scenario: a unit shows its configured and its effective mode, and a secondary its schedule
    Given a healthy active-passive pair
    And the first synchronization of the pair has ended
    Then the primary answers these lines
      | line                 | answer                             |
      | get system ha status | Configured Operating Mode: primary |
      |                      | Effective Operating Mode: primary  |
      |                      | not Monitor:                       |
    And the secondary answers these lines
      | line                 | answer                               |
      | get system ha status | Configured Operating Mode: secondary |
      |                      | Effective Operating Mode: secondary  |
      |                      | Monitor: ...                         |
      |                      | Configuration: ...                   |
      |                      | Data: ...                            |
      |                      | not currently synchronizing          |

  @HA-611 @HA-612.c @HA-613.a @HA-613.b @HA-613.c
  Scenario: after a failover the schedule is shown by the unit that follows now
    Given a healthy active-passive pair
    And an operator has forced a failover on the primary
    Then the primary answers these lines
      | line                 | answer                              |
      | get system ha status | Configured Operating Mode: primary  |
      |                      | Effective Operating Mode: secondary |
      |                      | Monitor: ...                        |
      |                      | Configuration: ...                  |
      |                      | Data: ...                           |
    And the secondary answers these lines
      | line                 | answer                               |
      | get system ha status | Configured Operating Mode: secondary |
      |                      | Effective Operating Mode: primary    |

  @HA-611 @HA-612.b @HA-613.a @HA-613.b @HA-613.c
  Scenario: a primary that has followed for a while shows no schedule any more
    Given a healthy active-passive pair
    And an operator has forced a failover on the primary
    And an operator has restored the configured mode on the primary
    Then the primary answers these lines
      | line                 | answer                             |
      | get system ha status | Configured Operating Mode: primary |
      |                      | Effective Operating Mode: primary  |
      |                      | not Monitor:                       |
    And the secondary answers these lines
      | line                 | answer                               |
      | get system ha status | Configured Operating Mode: secondary |
      |                      | Effective Operating Mode: secondary  |
      |                      | Monitor: ...                         |
      |                      | Configuration: ...                   |
      |                      | Data: ...                            |

  @HA-611
  Scenario: a secondary in hold-off shows that mode on its status page, and its role again afterwards
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And a restart of the primary will last until further notice
    When an operator reboots the primary
    Then the secondary becomes effective hold-off
    And the secondary answers these lines
      | line                 | answer                               |
      | get system ha status | Configured Operating Mode: secondary |
      |                      | Effective Operating Mode: hold-off   |
    When the restart of the primary is allowed to end
    Then the primary becomes effective primary
    And the secondary becomes effective secondary
    And the secondary answers these lines
      | line                 | answer                              |
      | get system ha status | Effective Operating Mode: secondary |

  @HA-610 @HA-612.a
  Scenario: in a config-only group each unit shows its configured mode
    Given a config-only group of a primary and a secondary
    Then the primary answers these lines
      | line                 | answer                                    |
      | get system ha status | Configured Operating Mode: config-primary |
      |                      | not Monitor:                              |
    And the secondary answers these lines
      | line                 | answer                                      |
      | get system ha status | Configured Operating Mode: config-secondary |

  @HA-380 @HA-615.b
  Scenario Outline: while the <follower> follows after the command <order> and synchronizes, its status page says so
    Given a healthy active-passive pair
    And an operator has entered the command <order> on the primary
    And the command has been carried out
    And the first synchronization of the pair has ended
    And a message for the quarantine has been stored on the <leader>
    And both heartbeat links carry 1000 bytes a second
    When an operator starts a synchronization on the <leader>
    Then data synchronization has begun on the primary heartbeat link
    And the <follower> answers these lines
      | line                 | answer                                     |
      | get system ha status | Configuration: ... currently synchronizing |
      |                      | Data: ... currently synchronizing          |

    Examples:
      | order    | leader    | follower  |
      | restore  | primary   | secondary |
      | failover | secondary | primary   |

  @HA-380 @HA-610 @HA-611 @HA-615.b
  Scenario: a secondary that copies for the first time shows that it is off as yet, and that it synchronizes
    Given a healthy active-passive pair
    And the secondary has lost power
    And an operator has set a synchronized setting of 8000 characters on the primary
    And both heartbeat links carry 1200 bytes a second
    When the secondary starts again
    Then the secondary becomes effective off
    And the primary heartbeat link carries heartbeats both ways
    And the secondary answers these lines
      | line                 | answer                                     |
      | get system ha status | Configured Operating Mode: secondary       |
      |                      | Effective Operating Mode: off              |
      |                      | Configuration: ... currently synchronizing |
    And the secondary becomes effective secondary

  @HA-610 @HA-611
  Scenario: a primary that cannot synchronize yet shows that it is off
    Given a healthy active-passive pair
    And an operator has forced a failover on the primary
    And both heartbeat links refuse configuration synchronization
    When an operator restarts HA on the primary
    Then the primary becomes effective off
    And the primary heartbeat link carries heartbeats both ways
    And the primary answers these lines
      | line                 | answer                             |
      | get system ha status | Configured Operating Mode: primary |
      |                      | Effective Operating Mode: off      |
      |                      | not currently synchronizing        |

  @HA-610 @HA-611
  Scenario: a secondary that looks for its peer shows that it is off, and does not synchronize
    Given a healthy active-passive pair
    And a detection time of 30 seconds
    When both heartbeat links fall silent
    And an operator restarts HA on the secondary
    Then the secondary becomes effective off
    And the secondary answers these lines
      | line                 | answer                               |
      | get system ha status | Configured Operating Mode: secondary |
      |                      | Effective Operating Mode: off        |
      |                      | not currently synchronizing          |

  @HA-380 @HA-615.b
  Scenario: where mail data is not synchronized, the status page does not say that it is
    Given a healthy active-passive pair
    And an operator has set the synchronization of mail data to disable on each unit
    And the first synchronization of the pair has ended
    And both heartbeat links carry 1000 bytes a second
    When an operator sets a synchronized setting of 12000 characters on the primary
    Then configuration synchronization has begun on the primary heartbeat link
    And the secondary answers these lines
      | line                 | answer                                     |
      | get system ha status | Configuration: ... currently synchronizing |
      |                      | not Data: ... currently synchronizing      |

  @HA-613.c
  Scenario: where mail data is not synchronized, the status page tells of its schedule all the same
    Given a healthy active-passive pair
    And an operator has set the synchronization of mail data to disable on the secondary
    Then the secondary answers these lines
      | line                 | answer    |
      | get system ha status | Data: ... |

  @HA-377.b
  Scenario: the checksums of two units are equal while their configurations are in step, and different while not
    Given a healthy active-passive pair
    And the first synchronization of the pair has ended
    Then the units show equal checksums
    When both heartbeat links refuse configuration synchronization
    And an operator changes a synchronized setting on the primary
    Then the changed setting is not on the secondary
    And the units show different checksums
    When both heartbeat links are whole again
    Then the changed setting is on the secondary
    And the units show equal checksums

  @HA-377.b
  Scenario: the checksums of two units are different while one shared address is not copied
    Given a healthy active-passive pair
    And the first synchronization of the pair has ended
    And both heartbeat links refuse configuration synchronization
    When an operator enters these failover actions on the primary
      | interface | action | address |
      | port5     | add    | spare   |
    Then the units show different checksums
    When both heartbeat links are whole again
    Then the units show equal checksums
    When both heartbeat links refuse configuration synchronization
    And an operator enters these interface settings on the primary
      | interface | setting     | value        |
      | mail      | virtual-ip6 | virtual IPv6 |
    Then the units show different checksums
    When both heartbeat links are whole again
    Then the units show equal checksums

  @HA-377.b
  Scenario: the checksums of two units are different while a recipient, its comment or an action is not copied
    Given a healthy active-passive pair
    And the first synchronization of the pair has ended
    And both heartbeat links refuse configuration synchronization
    When an operator adds the first alert recipient on the primary
    Then the units show different checksums
    When both heartbeat links are whole again
    Then the units show equal checksums
    When both heartbeat links refuse configuration synchronization
    And an operator enters these alert recipients on the primary
      | recipient | comment |
      | first     | night   |
    Then the units show different checksums
    When both heartbeat links are whole again
    Then the units show equal checksums
    When both heartbeat links refuse configuration synchronization
    And an operator enters these failover actions on the primary
      | interface | action | address |
      | port3     | set    | virtual |
    Then the units show different checksums
    When both heartbeat links are whole again
    Then the units show equal checksums

  @HA-377.b
  Scenario: the checksums of two units are different while a mask, or a capital letter after a long text, is not copied
    Given a healthy active-passive pair
    And an operator has set a synchronized setting of 4000 characters on the primary
    And the changed setting is on the secondary
    And an operator has entered these alert recipients on the primary
      | recipient | comment |
      | first     | night   |
    And the secondary shows these alert recipients
      | recipient | comment |
      | first     | night   |
    Then the units show equal checksums
    When both heartbeat links refuse configuration synchronization
    And an operator enters these alert recipients on the primary
      | recipient | comment |
      | first     | Night   |
    Then the units show different checksums
    When both heartbeat links are whole again
    Then the units show equal checksums
    When both heartbeat links refuse configuration synchronization
    And an operator enters these failover actions on the primary
      | interface | action | address    |
      | port3     | add    | virtual/25 |
    Then the units show different checksums
    When both heartbeat links are whole again
    Then the units show equal checksums

  @HA-377.b
  Scenario: the checksums of two units whose own settings differ are equal, whoever leads
    Given a healthy active-passive pair with these settings
      | setting           | primary | secondary    |
      | on-failure        | off     | restore-role |
      | hb-lost-threshold | 5       | 6            |
      | mail-data-sync    | enable  | disable      |
    And the first synchronization of the pair has ended
    And an operator has entered these settings on the secondary
      | setting                      | value                       |
      | mailqueue-data-sync          | enable                      |
      | network-intf-check           | disable                     |
      | remote-services-as-heartbeat | enable                      |
      | config-peer-ip               | 10.0.6.77                   |
      | remote-service               | smtp 10.0.3.77 2525 60 20 0 |
      | local-service                | PORTS 20 5 HD 30 4          |
    And an operator has entered these interface settings on the secondary
      | interface | setting      | value  |
      | port1     | port-monitor | enable |
    And an operator has entered these settings on the secondary
      | object        | setting  | value        |
      | system global | hostname | mail-gateway |
    Then the units show equal checksums
    When an operator forces a failover on the primary
    Then the secondary becomes effective primary
    And the primary becomes effective secondary
    When an operator changes a synchronized setting on the secondary
    Then the changed setting is on the primary
    And the units show equal checksums

  @HA-377.b
  Scenario: the checksums of a config-only group are equal while its units are in step, and different while not
    Given a config-only group of a primary and a secondary
    And an operator has changed a synchronized setting on the primary
    And the changed setting is on the secondary
    Then the units show equal checksums
    When both heartbeat links refuse configuration synchronization
    And an operator changes a synchronized setting on the primary
    Then the changed setting is not on the secondary
    And the units show different checksums
    When both heartbeat links are whole again
    Then the changed setting is on the secondary
    And the units show equal checksums

  @HA-004
  Scenario: without HA the status page says that it is disabled, and no more
    Given two units with factory settings
    Then each unit answers these lines
      | line                 | answer                        |
      | get system ha status | HA mode is currently disabled |
      |                      | not Operating Mode            |
      |                      | not Heartbeat                 |
      |                      | not Peer                      |
      |                      | not Monitor                   |
      |                      | not Configuration             |

  @HA-003.a
  Scenario: a unit in no group carries out no order for a group
    Given two units with factory settings
    Then each unit answers these lines
      | line                        | answer  |
      | diagnose system ha failover | refused |
      | diagnose system ha restore  | refused |
      | diagnose system ha sync     | refused |

Feature: A pair whose primary has failed and come back
  Since the primary has lost its power and is back, the secondary leads, or the primary again, as on-failure says. The pair
  does all that it did before, and each unit does in its new role what the other did in it.

  @HA-055.a @HA-101 @HA-104 @HA-108.a @HA-350.a @HA-452
  Scenario Outline: since a failure with <on-failure>, new settings are in force on both units
    Given a healthy active-passive pair
    And a detection time of 5 seconds
    And on-failure set to <on-failure>
    And the primary has lost power
    And the secondary has become effective primary
    And the primary has started again
    And the <follower> has become effective secondary
    And the <leader> has ended as effective primary
    When an operator sets the base port to 21000 on each unit
    Then the units hear each other on each link
    When an operator sets the password to another-password on each unit
    Then the units hear each other on each link
    When an operator sets the detection time to 3 seconds on the <follower>
    And an operator changes a synchronized setting on the <leader>
    Then the changed setting is on the <follower>
    And no unit has changed its role
    When the <leader> loses power
    Then the <follower> becomes effective primary when the detection time has passed

    Examples:
      | on-failure       | leader    | follower  |
      | become-secondary | secondary | primary   |
      | restore-role     | primary   | secondary |

  @HA-061.b @HA-062 @HA-065 @HA-073 @HA-350.a
  Scenario Outline: since a failure with <on-failure>, a peer address that the <unit> is given takes a link away, and brings it back
    Given a healthy active-passive pair
    And a detection time of 4 seconds
    And on-failure set to <on-failure>
    And the primary has lost power
    And the secondary has become effective primary
    And the primary has started again
    And the <follower> has become effective secondary
    And the <leader> has ended as effective primary
    And the first synchronization of the pair has ended
    When an operator enters these interface settings on the <unit>
      | interface         | setting | value    |
      | primary heartbeat | peer-ip | nobody's |
    Then each unit logs this heartbeat status
      | link      | state  |
      | primary   | FAILED |
      | secondary | OK     |
    When an operator changes a synchronized setting on the <leader>
    Then the changed setting is on the <follower>
    And configuration synchronization has used the secondary heartbeat link only
    When an operator enters these interface settings on the <unit>
      | interface         | setting | value      |
      | primary heartbeat | peer-ip | its peer's |
    Then each unit logs this heartbeat status
      | link      | state |
      | primary   | OK    |
      | secondary | OK    |
    When an operator changes a synchronized setting on the <leader>
    Then the changed setting is on the <follower>
    And configuration synchronization has used the primary heartbeat link only
    And no unit has changed its role

    Examples:
      | on-failure       | unit      | leader    | follower  |
      | become-secondary | primary   | secondary | primary   |
      | become-secondary | secondary | secondary | primary   |
      | restore-role     | secondary | primary   | secondary |

  @HA-113.a @HA-113.b @HA-153.a @HA-154 @HA-159.a @HA-159.b @HA-163 @HA-164
  Scenario Outline: since a failure with <on-failure>, addresses that come and go are the <follower>'s when it takes over, and no longer the <leader>'s
    Given a healthy active-passive pair with a single heartbeat link
    And a detection time of 3 seconds
    And on-failure set to <on-failure>
    And the primary has lost power
    And the secondary has become effective primary
    And the primary has started again
    And the <follower> has become effective secondary
    And the <leader> has ended as effective primary
    And an operator has set on-failure to become-secondary on the <leader>
    When an operator enters these failover actions on the <leader>
      | interface | action   | address |
      | port5     | <action> | spare   |
    And an operator enters these interface settings on the <leader>
      | interface | setting     | value        |
      | mail      | virtual-ip6 | virtual IPv6 |
    Then these shared addresses are held
      | interface | address      | holder   |
      | port3     | virtual      | <leader> |
      | port3     | virtual IPv6 | <leader> |
      | port5     | spare        | <leader> |
    And the <leader> announces the virtual IPv6 address
    When an operator changes a synchronized setting on the <leader>
    Then the changed setting is on the <follower>
    And the <follower> shows these failover actions
      | interface | action   | address |
      | port3     | add      | virtual |
      | port5     | <action> | spare   |
    And the <follower> shows these interface settings
      | interface | setting     | value        |
      | mail      | virtual-ip6 | virtual IPv6 |
    When the <leader> loses power
    Then the <follower> becomes effective primary when the detection time has passed
    And these shared addresses are held
      | interface | address      | holder     |
      | port3     | virtual      | <follower> |
      | port3     | virtual IPv6 | <follower> |
      | port5     | spare        | <follower> |
    And the <follower> announces the virtual address
    And the <follower> announces the virtual IPv6 address
    And the virtual IPv6 address answers from the <follower>
    When the <leader> starts again
    Then the <leader> becomes effective secondary
    And the mail interface of the <leader> holds its own address only
    And the interface port5 of the <leader> holds its own address only
    When an operator enters these failover actions on the <follower>
      | interface | action | address |
      | port5     | ignore | none    |
    Then these shared addresses are held
      | interface | address      | holder     |
      | port3     | virtual      | <follower> |
      | port3     | virtual IPv6 | <follower> |
      | port5     | spare        | nobody     |
    And the <leader> shows these failover actions
      | interface | action | address |
      | port3     | add    | virtual |

    Examples:
      | on-failure       | action | leader    | follower  |
      | become-secondary | add    | secondary | primary   |
      | restore-role     | set    | primary   | secondary |

  @HA-402 @HA-405
  Scenario Outline: since a failure with <on-failure>, mail data goes from the <leader> to the <follower> within 20 minutes
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And on-failure set to <on-failure>
    And the primary has lost power
    And the secondary has become effective primary
    And the primary has started again
    And the <follower> has become effective secondary
    And the <leader> has ended as effective primary
    And the pair has been left alone for 60 seconds
    And a message for the quarantine has been stored on the <leader>
    When the pair is left alone for 1195 seconds
    Then the message reaches the quarantine of the <follower>

    Examples:
      | on-failure       | leader    | follower  |
      | become-secondary | secondary | primary   |
      | restore-role     | primary   | secondary |

  @HA-019.a @HA-101 @HA-520.a @HA-521.b @HA-524.a @HA-524.b @HA-524.c @HA-525.a @HA-525.b @HA-525.c @HA-525.d @HA-659.b
  Scenario Outline: since a failure with <on-failure>, the <follower> holds off for a reboot of the <leader>, and watches it again afterwards
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And on-failure set to <on-failure>
    And the primary has lost power
    And the secondary has become effective primary
    And the primary has started again
    And the <follower> has become effective secondary
    And the <leader> has ended as effective primary
    And a restart of the <leader> will last until further notice
    When an operator reboots the <leader>
    Then the <follower> becomes effective hold-off before the <leader> is down
    And the <leader> is down
    And the <follower> is still effective hold-off for the detection time
    When the restart of the <leader> is allowed to end
    Then the <leader> becomes effective primary
    And the <follower> becomes effective secondary
    And only the <leader> holds the virtual address
    And the last HA trap of the <follower> tells that it has switched to secondary
    And the units report these events
      | unit       | event                                   | change                |
      | <leader>   | The system is rebooting (or reloading)! |                       |
      | <follower> | peer rebooting (or reloading)           | secondary to hold-off |
      | <follower> | peer command appeared                   | hold-off to secondary |
    When the <leader> loses power
    Then the <follower> becomes effective primary when the detection time has passed

    Examples:
      | on-failure       | leader    | follower  |
      | become-secondary | secondary | primary   |
      | restore-role     | primary   | secondary |

  @HA-333.a @HA-420.c @HA-572 @HA-578.a @HA-578.b @HA-655.c @HA-659.a @HA-659.b
  Scenario Outline: since a failure with <on-failure>, the command <next> on the <unit> moves the role and the queue, and both units report it
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And on-failure set to <on-failure>
    And the primary has lost power
    And the secondary has become effective primary
    And the primary has started again
    And the <follower> has become effective secondary
    And the <leader> has ended as effective primary
    And 2 messages wait in the queue of the <leader> for the protected mail server
    When an operator enters the command <next> on the <unit>
    Then the <follower> becomes effective primary
    And the <leader> becomes effective secondary
    And only the <follower> holds the virtual address
    And the virtual address answers from the <follower>
    And the messages wait in the queue of the <follower> only
    And the units report these events
      | unit       | event | change               |
      | <leader>   | ...   | primary to secondary |
      | <follower> | ...   | secondary to primary |
    And the last HA trap of the <leader> tells that it has switched to secondary
    And the last HA trap of the <follower> tells that it has switched to primary

    Examples:
      | on-failure       | next     | unit      | leader    | follower  |
      | become-secondary | failover | primary   | secondary | primary   |
      | become-secondary | failover | secondary | secondary | primary   |
      | become-secondary | restore  | primary   | secondary | primary   |
      | become-secondary | restore  | secondary | secondary | primary   |
      | restore-role     | failover | primary   | primary   | secondary |
      | restore-role     | failover | secondary | primary   | secondary |

  @HA-354.a @HA-354.b @HA-405 @HA-409 @HA-613.a @HA-613.b @HA-613.c
  Scenario Outline: since a failure with <on-failure>, the <follower> shows its schedule and copies when an operator on the <unit> says so
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And on-failure set to <on-failure>
    And the primary has lost power
    And the secondary has become effective primary
    And the primary has started again
    And the <follower> has become effective secondary
    And the <leader> has ended as effective primary
    And the first synchronization of the pair has ended
    And a message for the quarantine has been stored on the <leader>
    When an operator starts a synchronization on the <unit>
    Then the message reaches the quarantine of the <follower>
    And the <follower> answers these lines
      | line                 | answer                              |
      | get system ha status | Effective Operating Mode: secondary |
      |                      | Monitor: ...                        |
      |                      | Configuration: ...                  |
      |                      | Data: ...                           |

    Examples:
      | on-failure       | unit      | leader    | follower  |
      | become-secondary | primary   | secondary | primary   |
      | become-secondary | secondary | secondary | primary   |
      | restore-role     | secondary | primary   | secondary |

  @HA-073 @HA-115.a @HA-117.a @HA-117.b @HA-528.a @HA-655.c @HA-659.a @HA-659.b
  Scenario Outline: since a failure with <on-failure>, the units report that the <follower> is lost and back, and takes over
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And on-failure set to <on-failure>
    And the primary has lost power
    And the secondary has become effective primary
    And the primary has started again
    And the <follower> has become effective secondary
    And the <leader> has ended as effective primary
    And the units have reported these events
      | unit       | event | change   |
      | <follower> | ...   | <change> |
    And the last HA trap of the <follower> tells that it has switched to secondary
    When the <follower> loses power
    Then the units report these events
      | unit     | event                           |
      | <leader> | secondary heartbeat disappeared |
    And the <leader> logs this heartbeat status
      | link      | state  |
      | primary   | FAILED |
      | secondary | FAILED |
    And the <leader> is still effective primary
    When the <follower> starts again
    Then the <follower> becomes effective secondary
    And the <leader> logs this heartbeat status
      | link      | state |
      | primary   | OK    |
      | secondary | OK    |
    When the <leader> loses power
    Then the <follower> becomes effective primary when the detection time has passed
    And the units report these events
      | unit       | event                         | change               |
      | <follower> | primary heartbeat disappeared | secondary to primary |
    And the last HA trap of the <follower> tells that it has switched to primary

    Examples:
      | on-failure       | leader    | follower  | change               |
      | become-secondary | secondary | primary   | off to secondary     |
      | restore-role     | primary   | secondary | primary to secondary |

  @HA-017.a @HA-167 @HA-310 @HA-330.a @HA-336.a @HA-336.b @HA-337 @HA-655.c
  Scenario Outline: since a failure with <on-failure>, and <then> since then, the <leader> is <mode> when its mail interface fails
    Given a healthy active-passive pair with a virtual IPv6 address
    And a detection time of 3 seconds
    And on-failure set to <on-failure>
    And each unit monitors its mail interface
    And the primary has lost power
    And the secondary has become effective primary
    And the primary has started again
    And the <follower> has become effective secondary
    And the <leader> has ended as effective primary
    And an operator has set on-failure to <then> on the <leader>
    When the mail cable of the <leader> is pulled
    Then the <leader> becomes effective <mode>
    And the <leader> offers no mail service
    And the mail interface of the <leader> holds its own address only
    And the <follower> becomes effective primary within the detection time
    And the units report these events
      | unit     | event | change            |
      | <leader> | ...   | primary to <mode> |
    When the mail cable of the <leader> is plugged in
    Then the <leader> ends as effective <later>
    And the <follower> is still effective primary

    Examples:
      | on-failure       | then             | mode   | later     | leader    | follower  |
      | become-secondary | become-secondary | failed | secondary | secondary | primary   |
      | become-secondary | off              | off    | off       | secondary | primary   |
      | restore-role     | off              | off    | off       | primary   | secondary |

  @HA-310 @HA-337 @HA-338
  Scenario: a primary that follows since its failure goes by an on-failure that it is given then only once it leads
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And on-failure set to become-secondary
    And each unit monitors its mail interface
    And the primary has lost power
    And the secondary has become effective primary
    And the primary has started again
    And the primary has become effective secondary
    And an operator has set on-failure to off on the primary
    When the mail cable of the primary is pulled
    Then no unit changes its role for the detection time
    When the mail cable of the primary is plugged in
    And an operator forces a failover on the primary
    Then the primary becomes effective primary
    And the secondary becomes effective secondary
    When the mail cable of the primary is pulled
    Then the primary becomes effective off
    And the secondary becomes effective primary within the detection time

  @HA-101 @HA-110.b @HA-531 @HA-659.c
  Scenario Outline: since a failure with <on-failure>, a shutdown of the <leader> is told, and the <follower> takes over
    Given a healthy active-passive pair with a virtual IPv6 address
    And a detection time of 3 seconds
    And on-failure set to <on-failure>
    And the primary has lost power
    And the secondary has become effective primary
    And the primary has started again
    And the <follower> has become effective secondary
    And the <leader> has ended as effective primary
    When an operator shuts down the <leader>
    Then the units report these events
      | unit     | by    | event                |
      | <leader> | alert | system was shut down |
    And the last HA trap of the <leader> tells that it was shut down
    And the <follower> becomes effective primary when the detection time has passed
    And only the <follower> holds the virtual IPv6 address
    And the virtual address answers from the <follower>
    When a client sends a message to the virtual address
    Then the message is accepted
    And each accepted message is delivered exactly once, by the <follower>

    Examples:
      | on-failure       | leader    | follower  |
      | become-secondary | secondary | primary   |
      | restore-role     | primary   | secondary |

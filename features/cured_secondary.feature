Feature: A secondary that led, was faulty and is cured
  It follows the primary again, and does all that a secondary does that has never led: it goes by new settings, holds off, copies,
  takes the role with all that belongs to it, and leaves it at its next fault.

  @HA-055.a @HA-101 @HA-104 @HA-108.a @HA-113.b @HA-155.a @HA-159.b @HA-452
  Scenario: it takes over by its new settings and with its new addresses
    Given a healthy active-passive pair with a virtual IPv6 address
    And a detection time of 5 seconds
    And on-failure set to become-secondary
    And each unit monitors its mail interface
    And an operator has forced a failover on the primary
    And the mail cable of the secondary has been pulled
    And the secondary has become effective failed
    And the primary has become effective primary
    And the mail cable of the secondary has been plugged in
    And the secondary has become effective secondary
    When an operator sets the base port to 21000 on each unit
    Then the units hear each other on each link
    When an operator sets the password to another-password on each unit
    Then the units hear each other on each link
    When an operator sets the detection time to 3 seconds on the secondary
    And an operator enters these failover actions on the primary
      | interface | action | address |
      | port3     | set    | virtual |
    Then the secondary shows these failover actions
      | interface | action | address |
      | port3     | set    | virtual |
    And no unit has changed its role
    When the primary loses power
    Then the secondary becomes effective primary when the detection time has passed
    And the mail interface of the secondary holds the virtual addresses of both families only
    And the secondary announces the virtual IPv6 address

  @HA-061.a @HA-061.b @HA-065 @HA-073 @HA-350.a
  Scenario: it goes by a new peer address, and copies over the link that is left
    Given a healthy active-passive pair
    And a detection time of 4 seconds
    And on-failure set to become-secondary
    And each unit monitors its mail interface
    And an operator has forced a failover on the primary
    And the mail cable of the secondary has been pulled
    And the secondary has become effective failed
    And the primary has become effective primary
    And the mail cable of the secondary has been plugged in
    And the secondary has become effective secondary
    When an operator enters these interface settings on the secondary
      | interface         | setting | value    |
      | primary heartbeat | peer-ip | nobody's |
    Then each unit logs this heartbeat status
      | link      | state  |
      | primary   | FAILED |
      | secondary | OK     |
    When an operator changes a synchronized setting on the primary
    Then the changed setting is on the secondary
    And no unit has changed its role

  @HA-019.a @HA-101 @HA-521.b @HA-524.a @HA-524.b @HA-524.c @HA-525.b @HA-525.c @HA-525.d
  Scenario: it holds off for a reboot of the primary, and watches it again afterwards
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And on-failure set to become-secondary
    And each unit monitors its mail interface
    And an operator has forced a failover on the primary
    And the mail cable of the secondary has been pulled
    And the secondary has become effective failed
    And the primary has become effective primary
    And the mail cable of the secondary has been plugged in
    And the secondary has become effective secondary
    And a restart of the primary will last until further notice
    When an operator reboots the primary
    Then the secondary becomes effective hold-off before the primary is down
    And the primary is down
    And the secondary is still effective hold-off for the detection time
    When the restart of the primary is allowed to end
    Then the primary becomes effective primary
    And the secondary becomes effective secondary
    And the units report these events
      | unit      | event                         | change                |
      | secondary | peer rebooting (or reloading) | secondary to hold-off |
      | secondary | peer command appeared         | hold-off to secondary |
    When the primary loses power
    Then the secondary becomes effective primary when the detection time has passed

  @HA-154 @HA-420.c @HA-578.a @HA-580 @HA-655.c @HA-659.a @HA-659.b
  Scenario Outline: the command failover on the <unit> brings it the role, the addresses and the queue
    Given a healthy active-passive pair with a virtual IPv6 address
    And a detection time of 3 seconds
    And on-failure set to become-secondary
    And each unit monitors its mail interface
    And an operator has forced a failover on the primary
    And the mail cable of the secondary has been pulled
    And the secondary has become effective failed
    And the primary has become effective primary
    And the mail cable of the secondary has been plugged in
    And the secondary has become effective secondary
    And 2 messages wait in the queue of the primary for the protected mail server
    When an operator forces a failover on the <unit>
    Then the secondary becomes effective primary
    And the primary becomes effective secondary
    And the mail interface of the primary holds its own address only
    And only the secondary holds the virtual IPv6 address
    And the messages wait in the queue of the secondary only
    And the units report these events
      | unit      | event | change               |
      | primary   | ...   | primary to secondary |
      | secondary | ...   | secondary to primary |
    And the last HA trap of the secondary tells that it has switched to primary
    And the last HA trap of the primary tells that it has switched to secondary

    Examples:
      | unit      |
      | primary   |
      | secondary |

  @HA-117.a @HA-354.a @HA-354.b @HA-405 @HA-409 @HA-527.a @HA-527.c @HA-613.a @HA-613.b @HA-613.c
  Scenario Outline: it copies when an operator on the <unit> says so, shows its schedule, and reports its own restart
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And on-failure set to become-secondary
    And each unit monitors its mail interface
    And an operator has forced a failover on the primary
    And the mail cable of the secondary has been pulled
    And the secondary has become effective failed
    And the primary has become effective primary
    And the mail cable of the secondary has been plugged in
    And the secondary has become effective secondary
    And the first synchronization of the pair has ended
    And a message for the quarantine has been stored on the primary
    And a restart of the secondary will last longer than the detection time
    When an operator starts a synchronization on the <unit>
    Then the message reaches the quarantine of the secondary
    And the secondary answers these lines
      | line                 | answer                              |
      | get system ha status | Effective Operating Mode: secondary |
      |                      | Monitor: ...                        |
      |                      | Configuration: ...                  |
      |                      | Data: ...                           |
    When an operator reboots the secondary
    Then the units report these events
      | unit      | event                                   |
      | secondary | The system is rebooting (or reloading)! |
      | primary   | secondary heartbeat disappeared         |
    And the secondary becomes effective secondary
    And the primary is still effective primary

    Examples:
      | unit      |
      | primary   |
      | secondary |

  @HA-017.a @HA-018.a @HA-112 @HA-167 @HA-330.a @HA-330.b @HA-336.b @HA-655.c
  Scenario: it takes over again, is failed at its next fault, and follows when that is cured
    Given a healthy active-passive pair with a virtual IPv6 address
    And a detection time of 3 seconds
    And on-failure set to become-secondary
    And each unit monitors its mail interface
    And an operator has forced a failover on the primary
    And the mail cable of the secondary has been pulled
    And the secondary has become effective failed
    And the primary has become effective primary
    And the units have reported these events
      | unit      | event | change            |
      | secondary | ...   | primary to failed |
    And the mail cable of the secondary has been plugged in
    And the secondary has become effective secondary
    When an operator forces a failover on the primary
    Then the secondary becomes effective primary
    And only the secondary holds the virtual IPv6 address
    When the mail cable of the secondary is pulled
    Then the secondary becomes effective failed
    And the mail interface of the secondary holds its own address only
    And the primary becomes effective primary within the detection time
    And only the primary holds the virtual IPv6 address
    And the units report these events
      | unit      | event | change            |
      | secondary | ...   | primary to failed |
    When the mail cable of the secondary is plugged in
    Then the secondary becomes effective secondary
    And the primary is still effective primary

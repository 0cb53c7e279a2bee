Feature: A secondary that leads because its hold-off has run out
  When the primary comes back, late, it follows. The pair does all that it did before, with the roles the other way round.

  @HA-055.a @HA-101 @HA-104 @HA-108.a @HA-113.b @HA-155.a @HA-159.b @HA-350.a @HA-452 @HA-655.c @HA-659.a @HA-659.b
  Scenario: after an expired hold-off both units have reported their roles, and new settings and addresses are in force
    Given a healthy active-passive pair with a virtual IPv6 address
    And a detection time of 5 seconds
    And on-failure set to become-secondary
    And a restart of the primary will last longer than a hold-off
    When an operator reboots the primary
    Then the secondary becomes effective hold-off
    And the secondary becomes effective primary after about 15 minutes of hold-off
    And the primary becomes effective secondary
    And only the secondary holds the virtual IPv6 address
    And the secondary announces the virtual IPv6 address
    And the units report these events
      | unit      | event | change              |
      | secondary | ...   | hold-off to primary |
      | primary   | ...   | off to secondary    |
    And the last HA trap of the secondary tells that it has switched to primary
    And the last HA trap of the primary tells that it has switched to secondary
    When an operator sets the base port to 21000 on each unit
    Then the units hear each other on each link
    When an operator sets the password to another-password on each unit
    Then the units hear each other on each link
    When an operator sets the detection time to 3 seconds on the primary
    And an operator changes a synchronized setting on the secondary
    And an operator enters these failover actions on the secondary
      | interface | action | address |
      | port3     | set    | virtual |
    Then the mail interface of the secondary holds the virtual addresses of both families only
    And the changed setting is on the primary
    And the primary shows these failover actions
      | interface | action | address |
      | port3     | set    | virtual |
    And no unit has changed its role
    When the secondary loses power
    Then the primary becomes effective primary when the detection time has passed
    And the mail interface of the primary holds the virtual addresses of both families only

  @HA-019.a @HA-424 @HA-520.a @HA-521.b @HA-524.a @HA-524.b @HA-524.c @HA-525.a @HA-525.b @HA-525.c @HA-534.b
  Scenario: after an expired hold-off the primary holds off for a reboot of the secondary, and watches it again afterwards
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And on-failure set to become-secondary
    And 2 messages wait in the queue of the primary for the protected mail server
    And a restart of the primary will last longer than a hold-off
    When an operator reboots the primary
    Then the secondary becomes effective hold-off
    And the secondary becomes effective primary after about 15 minutes of hold-off
    And the primary becomes effective secondary
    And the messages wait in the queue of the secondary only
    When a restart of the secondary will last until further notice
    And an operator reboots the secondary
    Then the primary becomes effective hold-off before the secondary is down
    And the secondary has sent one system event trap, with the code of reboot
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
    When the secondary loses power
    Then the primary becomes effective primary when the detection time has passed

  @HA-154 @HA-333.a @HA-420.c @HA-572 @HA-578.a @HA-578.b @HA-580 @HA-655.c
  Scenario Outline: after an expired hold-off the command <order> on the <unit> moves the role, the addresses and the queue
    Given a healthy active-passive pair with a virtual IPv6 address
    And a detection time of 3 seconds
    And on-failure set to become-secondary
    And a restart of the primary will last longer than a hold-off
    When an operator reboots the primary
    Then the secondary becomes effective hold-off
    And the secondary becomes effective primary after about 15 minutes of hold-off
    And the primary becomes effective secondary
    When 2 messages wait in the queue of the secondary for the protected mail server
    And an operator enters the command <order> on the <unit>
    Then the primary becomes effective primary
    And the secondary becomes effective secondary
    And the mail interface of the secondary holds its own address only
    And the virtual address answers from the primary
    And the messages wait in the queue of the primary only
    And the units report these events
      | unit      | event | change               |
      | secondary | ...   | primary to secondary |
      | primary   | ...   | secondary to primary |
    And the last HA trap of the secondary tells that it has switched to secondary

    Examples:
      | order    | unit      |
      | failover | primary   |
      | failover | secondary |
      | restore  | secondary |

  @HA-017.a @HA-167 @HA-310 @HA-330.a @HA-336.a @HA-336.b @HA-337 @HA-655.c
  Scenario Outline: after an expired hold-off the secondary, with <on-failure> since then, is <mode> when its mail interface fails
    Given a healthy active-passive pair with a virtual IPv6 address
    And a detection time of 3 seconds
    And on-failure set to become-secondary
    And each unit monitors its mail interface
    And a restart of the primary will last longer than a hold-off
    When an operator reboots the primary
    Then the secondary becomes effective hold-off
    And the secondary becomes effective primary after about 15 minutes of hold-off
    And the primary becomes effective secondary
    When an operator sets on-failure to <on-failure> on the secondary
    And the mail cable of the secondary is pulled
    Then the secondary becomes effective <mode>
    And the secondary offers no mail service
    And the mail interface of the secondary holds its own address only
    And the primary becomes effective primary within the detection time
    And the units report these events
      | unit      | event | change            |
      | secondary | ...   | primary to <mode> |
    When the mail cable of the secondary is plugged in
    Then the secondary ends as effective <later>
    And the primary is still effective primary

    Examples:
      | on-failure       | mode   | later     |
      | become-secondary | failed | secondary |
      | off              | off    | off       |

  @HA-073 @HA-117.a @HA-117.b @HA-354.a @HA-405 @HA-409 @HA-531 @HA-659.c
  Scenario: after an expired hold-off the secondary reports the loss of the primary, copies when it is told to, and tells its shutdown
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And on-failure set to become-secondary
    And a restart of the primary will last longer than a hold-off
    When an operator reboots the primary
    Then the secondary becomes effective hold-off
    And the secondary becomes effective primary after about 15 minutes of hold-off
    And the primary becomes effective secondary
    When a restart of the primary will last as long as usual
    And the primary loses power
    Then the units report these events
      | unit      | event                           |
      | secondary | secondary heartbeat disappeared |
    And the secondary logs this heartbeat status
      | link      | state  |
      | primary   | FAILED |
      | secondary | FAILED |
    When the primary starts again
    Then the primary becomes effective secondary
    And the first synchronization of the pair has ended
    When a message for the quarantine is stored on the secondary
    And an operator starts a synchronization on the secondary
    Then the message reaches the quarantine of the primary
    When an operator shuts down the secondary
    Then the units report these events
      | unit      | by    | event                |
      | secondary | alert | system was shut down |
    And the last HA trap of the secondary tells that it was shut down
    And the primary becomes effective primary when the detection time has passed
    And only the primary holds the virtual address

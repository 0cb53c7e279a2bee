Feature: A unit that was out of its group for a while
  An operator sets a unit's mode to off, and later back, while it runs. It reports both, gives up what it shared, and is
  afterwards what any unit of a pair is.

  @HA-101 @HA-061.c @HA-112 @HA-163
  Scenario: a secondary that comes back to the group watches its primary on both links
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And an operator has set the mode to off on the secondary
    And the secondary has become effective off
    And an operator has set the mode to secondary on the secondary
    And the secondary has become effective secondary
    And the pair has been left alone for 2 seconds
    When the primary heartbeat link falls silent
    Then no unit changes its role for the detection time
    When the primary loses power
    Then the secondary becomes effective primary when the detection time has passed
    And only the secondary holds the virtual address
    And the virtual address answers from the secondary

  @HA-354.a @HA-409 @HA-520.a @HA-521.a
  Scenario: a secondary that comes back to the group copies mail data, and holds off for a reboot of the primary
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And a restart of the primary will last until further notice
    And an operator has set the mode to off on the secondary
    And the secondary has become effective off
    And an operator has set the mode to secondary on the secondary
    And the secondary has become effective secondary
    And the first synchronization of the pair has ended
    When a message for the quarantine is stored on the primary
    And an operator starts a synchronization on the primary
    Then the message reaches the quarantine of the secondary
    When an operator reboots the primary
    Then the secondary becomes effective hold-off before the primary is down
    When the restart of the primary is allowed to end
    Then the primary becomes effective primary
    And the secondary becomes effective secondary

  @HA-300.a @HA-310 @HA-331
  Scenario Outline: with <on-failure> a primary that came back to the group is <mode> after its loss of power
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And on-failure set to <on-failure>
    And an operator has set the mode to off on the primary
    And the primary has become effective off
    And the secondary has become effective primary
    And an operator has set the mode to primary on the primary
    And the primary has become effective primary
    And the secondary has become effective secondary
    When the primary loses power
    Then the secondary becomes effective primary when the detection time has passed
    When the primary starts again
    Then the primary ends as effective <mode>
    And the secondary is still effective primary for the detection time

    Examples:
      | on-failure       | mode      |
      | off              | off       |
      | become-secondary | secondary |

  @HA-167 @HA-300.b
  Scenario: a primary that came back to the group leaves its role when its port fails
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And on-failure set to become-secondary
    And each unit monitors its mail interface
    And an operator has set the mode to off on the primary
    And the primary has become effective off
    And the secondary has become effective primary
    And an operator has set the mode to primary on the primary
    And the primary has become effective primary
    And the secondary has become effective secondary
    When the mail cable of the primary is pulled
    Then the primary becomes effective failed
    And the secondary becomes effective primary within the detection time

  @HA-655.c
  Scenario: a unit that leaves the group and comes back reports each role that it leaves and takes
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    When an operator sets the mode to off on the secondary
    Then the secondary becomes effective off
    And the units report these events
      | unit      | by    | event | change           |
      | secondary | alert | ...   | secondary to off |
    When an operator sets the mode to secondary on the secondary
    Then the secondary becomes effective secondary
    And the units report these events
      | unit      | by    | event | change           |
      | secondary | alert | ...   | off to secondary |
    When an operator sets the mode to off on the primary
    Then the primary becomes effective off
    And the secondary becomes effective primary
    And the units report these events
      | unit    | by    | event | change         |
      | primary | alert | ...   | primary to off |

  @HA-003.e @HA-113.b @HA-163
  Scenario: a primary that leaves the group gives both virtual addresses up, and the secondary takes them
    Given a healthy active-passive pair with a virtual IPv6 address
    And a detection time of 3 seconds
    And only the primary holds the virtual IPv6 address
    When an operator sets the mode to off on the primary
    Then the primary becomes effective off
    And the mail interface of the primary holds its own address only
    And the secondary becomes effective primary within the detection time
    And only the secondary holds the virtual address
    And only the secondary holds the virtual IPv6 address
    And the secondary announces the virtual IPv6 address

  @HA-003.e @HA-004 @HA-024.b @HA-024.d @HA-163 @HA-164
  Scenario Outline: with <action> a secondary that leads gives the address up when it leaves the group, and follows when it is back
    Given a healthy active-passive pair with the failover action <action>
    And a detection time of 3 seconds
    And an operator has forced a failover on the primary
    When an operator sets the mode to off on the secondary
    Then the secondary becomes effective off
    And the mail interface of the secondary holds its own address only
    And the primary becomes effective primary within the detection time
    And only the primary holds the virtual address
    And the virtual address answers from the primary
    And the secondary answers these lines
      | line                 | answer                        |
      | get system ha status | HA mode is currently disabled |
      |                      | not Operating Mode            |
    When an operator sets the mode to secondary on the secondary
    Then the secondary becomes effective secondary
    And the primary is still effective primary for 2 seconds

    Examples:
      | action |
      | add    |
      | set    |

  @HA-055.a @HA-101 @HA-452
  Scenario: the base port and the password that both units are given while one is out of the group are in force when it is back
    Given a healthy active-passive pair
    And a detection time of 4 seconds
    And an operator has set the mode to off on the secondary
    And the secondary has become effective off
    And the units have reported these events
      | unit    | by    | event                           |
      | primary | alert | secondary heartbeat disappeared |
    And an operator has set the base port to 21000 on each unit
    And an operator has set the password to another-password on each unit
    When an operator sets the mode to secondary on the secondary
    Then the secondary becomes effective secondary
    And the primary is still effective primary
    And the primary heartbeat link carries heartbeats both ways
    When an operator changes a synchronized setting on the primary
    Then the changed setting is on the secondary
    When the primary loses power
    Then the secondary becomes effective primary when the detection time has passed

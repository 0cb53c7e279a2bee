Feature: The shared address moves with the role
  Whatever moves the primary role, afterwards one unit alone holds the shared address, has announced it, and answers on
  it; the other has its own address again.

  @HA-163 @HA-164 @HA-113.a @HA-113.c
  Scenario Outline: after a forced failover one unit alone holds, announces and answers on the address
    Given a healthy active-passive pair with the failover action <action>
    And a detection time of 2 seconds
    And the virtual address answers from the primary
    When an operator forces a failover on the <unit>
    Then the secondary becomes effective primary
    And only the secondary holds the virtual address
    And the secondary announces the virtual address
    And the virtual address answers from the secondary

    Examples:
      | action | unit      |
      | set    | primary   |
      | add    | secondary |

  @HA-163 @HA-164 @HA-113.a @HA-113.c
  Scenario: after a forced failover back the primary alone holds, announces and answers on the address
    Given a healthy active-passive pair with the failover action set
    And a detection time of 2 seconds
    And an operator has forced a failover on the primary
    When an operator forces a failover on the primary
    Then the primary becomes effective primary
    And only the primary holds the virtual address
    And the primary announces the virtual address
    And the virtual address answers from the primary

  @HA-163 @HA-164 @HA-113.a @HA-113.c
  Scenario Outline: after a restore the primary alone holds, announces and answers on the address
    Given a healthy active-passive pair with the failover action <action>
    And a detection time of 2 seconds
    And an operator has forced a failover on the primary
    When an operator restores the configured mode on the <unit>
    Then the primary becomes effective primary
    And only the primary holds the virtual address
    And the primary announces the virtual address
    And the virtual address answers from the primary

    Examples:
      | action | unit      |
      | set    | primary   |
      | add    | secondary |

  @HA-163 @HA-164 @HA-113.a @HA-113.c
  Scenario: after a power loss of the primary the secondary alone holds, announces and answers on the address
    Given a healthy active-passive pair with the failover action set
    And a detection time of 2 seconds
    And the virtual address answers from the primary
    When the primary loses power
    Then the secondary becomes effective primary
    And only the secondary holds the virtual address
    And the secondary announces the virtual address
    And the virtual address answers from the secondary

  @HA-163 @HA-164 @HA-113.a @HA-113.c
  Scenario: after a power loss of a leading secondary the primary alone holds, announces and answers on the address
    Given a healthy active-passive pair with the failover action add
    And a detection time of 2 seconds
    And an operator has forced a failover on the primary
    When the secondary loses power
    Then the primary becomes effective primary
    And only the primary holds the virtual address
    And the primary announces the virtual address
    And the virtual address answers from the primary

  @HA-163 @HA-164 @HA-113.a @HA-113.c
  Scenario: after a planned restart the primary alone holds, announces and answers on the address
    Given a healthy active-passive pair with the failover action set
    And a detection time of 2 seconds
    And a restart of the primary will last longer than the detection time
    When an operator reboots the primary
    Then the primary becomes effective primary
    And only the primary holds the virtual address
    And the primary announces the virtual address
    And the virtual address answers from the primary

  @HA-163 @HA-164 @HA-704.a
  Scenario: after the cure of a split brain the unit that stays primary announces the address anew
    Given a healthy active-passive pair with a single heartbeat link
    And a detection time of 2 seconds
    And the primary heartbeat link has fallen silent
    And the secondary has become effective primary
    And the primary heartbeat link is whole again
    When an operator restores the configured mode on the secondary
    Then the secondary becomes effective secondary
    And only the primary holds the virtual address
    And the primary announces the virtual address
    And the virtual address answers from the primary

  @HA-113.c @HA-163 @HA-164
  Scenario: a primary that gives its role to a peer it has just heard again does not announce the shared address
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    When both heartbeat links no longer reach the primary
    Then the units report these events
      | unit    | by    | event                           |
      | primary | alert | secondary heartbeat disappeared |
    When an operator enters the command failover on the secondary
    And both heartbeat links are whole again
    Then the command has been refused with a reason, given up within 30 seconds or carried out
    And the virtual address has been announced by its holders only

  @HA-113.a
  Scenario Outline: a third machine receives the announcement within one second after the primary has taken the address
    Given a healthy active-passive pair with the failover action <action>
    And an operator has forced a failover on the primary
    When an operator restores the configured mode on the primary
    Then the primary becomes effective primary
    And the primary announces the virtual address within 1 second of taking it
    And the secondary becomes effective secondary

    Examples:
      | action |
      | add    |
      | set    |

  @HA-156
  Scenario: with set a unit that is not primary has its own address after a power loss
    Given a healthy active-passive pair with the failover action set
    And a detection time of 2 seconds
    And on-failure set to become-secondary
    And the primary has lost power
    And the secondary has become effective primary
    When the primary starts again
    Then the primary becomes effective secondary
    And the mail interface of the primary holds its own address only
    And only the secondary holds the virtual address

  @HA-156
  Scenario: with set a unit that is not primary has its own address after a crash of its HA software
    Given a healthy active-passive pair with the failover action set
    And a detection time of 2 seconds
    And on-failure set to become-secondary
    And the HA software of the primary has crashed
    And the secondary has become effective primary
    When the primary starts again
    Then the primary becomes effective secondary
    And the mail interface of the primary holds its own address only
    And only the secondary holds the virtual address

  @HA-156 @HA-336.b
  Scenario Outline: with set a faulty primary that is <mode> has its own address only
    Given a healthy active-passive pair with the failover action set
    And a detection time of 3 seconds
    And on-failure set to <action>
    And each unit monitors its mail interface
    When the mail cable of the primary is pulled
    Then the primary becomes effective <mode>
    And the mail interface of the primary holds its own address only

    Examples:
      | action           | mode   |
      | become-secondary | failed |
      | off              | off    |

  @HA-336.b
  Scenario: an address that is entered once more on a failed primary is not held by it
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And on-failure set to become-secondary
    And each unit monitors its mail interface
    And the mail cable of the primary has been pulled
    And the primary has become effective failed
    And the secondary has become effective primary
    When an operator tries to enter these failover actions on the primary
      | interface | action | address |
      | port3     | set    | virtual |
    And the pair is left alone for 2 seconds
    Then the mail interface of the primary holds its own address only

  @HA-155.a @HA-155.b @HA-156
  Scenario: with set a rebooted primary knows its own address when it gives the virtual one up
    Given a healthy active-passive pair with the failover action set
    And a restart of the primary will last until further notice
    When an operator reboots the primary
    Then the secondary becomes effective hold-off
    When the restart of the primary is allowed to end
    Then the primary becomes effective primary
    And the secondary becomes effective secondary
    And the mail interface of the primary holds the virtual address only
    When an operator forces a failover on the primary
    Then the primary becomes effective secondary
    And the secondary becomes effective primary
    And the mail interface of the primary holds its own address only

  @HA-164
  Scenario: a primary announces the address anew when the other primary of a split brain loses power
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And both heartbeat links have fallen silent
    And the secondary has become effective primary
    And both heartbeat links are whole again
    And the pair has been left alone for 2 seconds
    When the secondary loses power
    Then the primary announces the virtual address
    And the virtual address answers from the primary

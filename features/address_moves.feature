Feature: The shared address moves with the role
  Whatever moves the primary role, afterwards one unit alone holds the shared address, has announced it, and answers on
  it; the other has its own address again.

  @HA-163 @HA-164 @HA-113
  Scenario Outline: after each move of the role one unit alone holds, announces and answers on the address
    Given a healthy active-passive pair with the failover action <action>
    And a detection time of 2 seconds
    And <before>
    When <event>
    Then the <holder> becomes effective primary
    And the <holder> alone holds, announces and answers on the virtual address

    Examples: forced and restored by an operator
      | action | holder    | before                                            | event                                                    |
      | set    | secondary | the virtual address answers from the primary      | an operator forces a failover on the primary             |
      | add    | secondary | the virtual address answers from the primary      | an operator forces a failover on the secondary           |
      | set    | primary   | the roles have been switched by a forced failover | an operator restores the configured mode on the primary  |
      | add    | primary   | the roles have been switched by a forced failover | an operator restores the configured mode on the secondary |
      | set    | primary   | the roles have been switched by a forced failover | an operator forces a failover on the primary             |

    Examples: lost power and planned restart
      | action | holder    | before                                                        | event                           |
      | set    | secondary | the virtual address answers from the primary                  | the primary loses power         |
      | add    | primary   | the roles have been switched by a forced failover             | the secondary loses power       |
      | set    | primary   | a restart of the primary takes longer than the detection time | an operator reboots the primary |

  @HA-163 @HA-164 @HA-704
  Scenario: after the cure of a split brain the one that stays primary announces the address anew
    Given a healthy active-passive pair with a single heartbeat link
    And a detection time of 2 seconds
    And both units have become primary after the loss of the heartbeat link
    And the primary heartbeat link has returned
    When an operator restores the configured mode on the secondary
    Then the secondary becomes effective secondary
    And the primary alone holds, announces and answers on the virtual address

  @HA-113 @HA-163 @HA-164
  Scenario: a primary that hears its peer again and is asked for its role does not announce what it gives away
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    When the heartbeat no longer reaches the primary
    Then the primary sends an alert that the secondary's heartbeat disappeared
    When an operator enters the command failover on the secondary
    And both heartbeat links return
    Then the command has been refused with a reason, given up within 30 seconds or carried out
    And the virtual address has been announced by its holders only, and answers from the last one

  @HA-113
  Scenario Outline: a third machine hears of each move of the address within a second
    Given a healthy active-passive pair with the failover action <action>
    And the roles have been switched by a forced failover
    When an operator restores the configured mode on the primary
    Then the primary becomes effective primary
    And the primary announces the virtual address within 1 second of taking it, and not before
    And the secondary becomes effective secondary

    Examples:
      | action |
      | add    |
      | set    |

  @HA-156
  Scenario Outline: with set a unit that is not primary has its own address, whatever it has been through
    Given a healthy active-passive pair with the failover action set
    And a detection time of 2 seconds
    And <before>
    When <event>
    Then the primary becomes effective secondary
    And the mail interface of the primary holds its own address only
    And only the secondary holds the virtual address

    Examples:
      | before                                                                  | event                           |
      | the secondary has taken over after a power loss of the primary          | the primary gets its power back |
      | the secondary has taken over after a crash of the primary's HA software | the primary gets its power back |

  @HA-155 @HA-156
  Scenario: with set a rebooted primary knows its own address when it gives the virtual one up
    Given a healthy active-passive pair with the failover action set
    And a restart of the primary lasts until further notice
    When an operator reboots the primary
    Then the secondary becomes effective hold-off
    When the restart of the primary comes to its end
    Then the primary becomes effective primary
    And the secondary becomes effective secondary
    And the mail interface of the primary holds the virtual address only
    When an operator forces a failover on the primary
    Then the primary becomes effective secondary
    And the secondary becomes effective primary
    And the mail interface of the primary holds its own address only

Feature: A unit that stood still
  A unit that was frozen for a while, and goes on as what it was, makes up for what it missed, and is as watchful as before.

  @HA-101 @HA-116 @HA-163 @HA-164
  Scenario: a secondary that stood still takes over no later than any other when its primary fails afterwards
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And the secondary has frozen for 4 seconds
    And the units have heard each other on each link
    When the primary loses power
    Then the secondary becomes effective primary when the detection time has passed
    And only the secondary holds the virtual address
    And the virtual address answers from the secondary

  @HA-350.a @HA-378
  Scenario: what a primary changes while its secondary stands still for a moment is on the secondary when it goes on
    Given a healthy active-passive pair
    And a detection time of 10 seconds
    And the first synchronization of the pair has ended
    And the secondary has frozen
    And the pair has been left alone for 2 seconds
    And an operator has changed a synchronized setting on the primary
    When the secondary thaws
    Then the changed setting is on the secondary
    And no unit has changed its role

  @HA-520.a @HA-521.a @HA-524.a
  Scenario: a secondary that stood still holds off for a reboot of its primary
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And a restart of the primary will last until further notice
    And the secondary has frozen for 4 seconds
    And the units have heard each other on each link
    When an operator reboots the primary
    Then the secondary becomes effective hold-off before the primary is down
    And the secondary is still effective hold-off for the detection time
    When the restart of the primary is allowed to end
    Then the primary becomes effective primary
    And the secondary becomes effective secondary

  @HA-167 @HA-300.b
  Scenario: a primary that stood still leaves its role when its port fails afterwards
    Given a healthy active-passive pair
    And a detection time of 5 seconds
    And on-failure set to become-secondary
    And each unit monitors its mail interface
    And the primary has frozen for 2 seconds
    And the units have heard each other on each link
    When the mail cable of the primary is pulled
    Then the primary becomes effective failed
    And the secondary becomes effective primary within the detection time

  @HA-117.a @HA-117.b @HA-350.a @HA-580
  Scenario: a primary that stood still shares its changes, gives its role away by order, and reports a loss afterwards
    Given a healthy active-passive pair
    And a detection time of 5 seconds
    And the first synchronization of the pair has ended
    And the primary has frozen for 2 seconds
    And the units have heard each other on each link
    When an operator changes a synchronized setting on the primary
    Then the changed setting is on the secondary
    When an operator forces a failover on the primary
    Then the secondary becomes effective primary
    And the primary becomes effective secondary
    When an operator restores the configured mode on the primary
    Then the primary becomes effective primary
    And the secondary becomes effective secondary
    When the secondary loses power
    Then the units report these events
      | unit    | by    | event                           |
      | primary | alert | secondary heartbeat disappeared |

  @HA-112 @HA-155.a @HA-159.a @HA-159.b @HA-354.a @HA-409
  Scenario: addresses and a synchronization that a secondary could not hear of while it stood still are not lost
    Given a healthy active-passive pair
    And a detection time of 15 seconds
    And the first synchronization of the pair has ended
    And a message for the quarantine has been stored on the primary
    And the secondary has frozen
    And an operator has entered these failover actions on the primary
      | interface | action | address |
      | port3     | set    | spare   |
    And an operator has entered the command sync on the primary
    And the pair has been left alone for 3 seconds
    When the secondary thaws
    Then the message reaches the quarantine of the secondary
    And the secondary shows these failover actions
      | interface | action | address |
      | port3     | set    | spare   |
    And no unit has changed its role
    When an operator forces a failover on the secondary
    Then the secondary becomes effective primary
    And the primary becomes effective secondary
    And these shared addresses are held
      | interface | address | holder    |
      | port3     | virtual | nobody    |
      | port3     | spare   | secondary |

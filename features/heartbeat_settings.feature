Feature: Settings of the heartbeat interfaces
  heartbeat-status and peer-ip of each interface say which link carries what, and to whom; the flat keywords heartbeat-1
  and heartbeat-2 say the same. One heartbeat interface is needed, a second one is recommended.

  @HA-061.b @HA-061.c @HA-065
  Scenario Outline: a pair whose links are written in the <spelling> form has both of them
    Given a healthy active-passive pair with heartbeat links in the <spelling> form
    And a detection time of 2 seconds
    And the primary heartbeat link refuses connections for longer than the detection time
    When an operator changes a synchronized setting on the primary
    Then the changed setting is on the secondary
    And configuration synchronization has used the secondary heartbeat link only
    And each unit shows the same heartbeat links in both spellings
    And no unit has changed its role

    Examples:
      | spelling |
      | flat     |
      | mixed    |

  @HA-059.b @HA-060.a @HA-060.b
  Scenario: the interface that is marked primary carries heartbeat and synchronization, whichever it is
    Given a healthy active-passive pair with swapped heartbeat ranks
    And a message for the quarantine has been stored on the primary
    When an operator starts a synchronization on the primary
    Then the message reaches the quarantine of the secondary
    And data synchronization has used the primary heartbeat link only
    And configuration synchronization has used the primary heartbeat link only
    And the secondary heartbeat link carries heartbeats both ways

  @HA-059.a @HA-059.b
  Scenario: when the marks of the interfaces are swapped on both units, synchronization uses the other link
    Given a healthy active-passive pair
    And the first synchronization of the pair has ended
    And an operator has entered these interface settings on each unit
      | interface           | setting          | value     |
      | primary heartbeat   | heartbeat-status | disable   |
      | secondary heartbeat | heartbeat-status | primary   |
      | primary heartbeat   | heartbeat-status | secondary |
    And the secondary heartbeat link carries heartbeats both ways
    And a message for the quarantine has been stored on the primary
    When an operator starts a synchronization on the primary
    Then the message reaches the quarantine of the secondary
    And data synchronization has used the secondary heartbeat link only
    And the primary heartbeat link carries heartbeats both ways

  @HA-063.a
  Scenario Outline: nothing of HA runs on the <rank> heartbeat interface once it is disabled in the <spelling> form on <units>
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And the first synchronization of the pair has ended
    When an operator sets heartbeat-status of the <rank> interface to disable, in the <spelling> form, on <units>
    Then the <rank> heartbeat link carries nothing any more
    And the <other> heartbeat link carries heartbeats both ways
    And no unit has changed its role

    Examples:
      | rank      | spelling | units         | other     |
      | secondary | nested   | each unit     | primary   |
      | secondary | flat     | each unit     | primary   |
      | primary   | nested   | each unit     | secondary |
      | secondary | nested   | the primary   | primary   |
      | primary   | nested   | the secondary | secondary |

  @HA-065 @HA-067.a @HA-067.b
  Scenario Outline: a wrong peer address on the <unit> keeps the pair apart
    Given a detection time of 3 seconds
    And two units configured as a pair with a wrong peer address on the <unit> for both heartbeat links
    Then no unit hears a heartbeat for the detection time
    And the primary becomes effective primary
    And the secondary becomes effective primary

    Examples:
      | unit      |
      | primary   |
      | secondary |

  @HA-061.b @HA-065
  Scenario Outline: with a wrong peer address for the primary link on the <unit>, the pair uses the secondary link
    Given a healthy active-passive pair with a wrong peer address on the <unit> for the primary heartbeat link
    And the first synchronization of the pair has ended
    When an operator changes a synchronized setting on the primary
    Then the changed setting is on the secondary
    And configuration synchronization has used the secondary heartbeat link only

    Examples:
      | unit      |
      | primary   |
      | secondary |

  @HA-058.a
  Scenario: without a heartbeat interface the units do not find each other
    Given a detection time of 3 seconds
    And two units configured as a pair with no heartbeat interface
    Then no unit hears a heartbeat for the detection time
    And the primary becomes effective primary
    And the secondary becomes effective primary

  @HA-068.a @HA-068.b @HA-069
  Scenario: heartbeat interfaces keep their own addresses through a failover, and cannot be shared by the action set
    Given a healthy active-passive pair
    When an operator tries to set the failover action of the primary heartbeat interface to "set" on the primary
    Then the setting is refused, and nothing has changed
    When an operator forces a failover on the primary
    Then the secondary becomes effective primary
    And the primary becomes effective secondary
    And the primary heartbeat interface of each unit holds its own address only
    And the secondary heartbeat interface of each unit holds its own address only

  @HA-068.b @HA-069
  Scenario: an interface is not for the heartbeat and shared by the action set at once, whichever of the two comes first
    Given two units with factory settings
    When an operator enters these failover actions on the primary
      | interface | action | address |
      | port6     | set    | virtual |
    Then the primary refuses these interface settings
      | interface         | setting          | value     |
      | primary heartbeat | heartbeat-status | primary   |
      | primary heartbeat | heartbeat-status | secondary |
    And the primary refuses these settings
      | setting               | value |
      | heartbeat-1-interface | port6 |
      | heartbeat-2-interface | port6 |
    When an operator enters these interface settings on the primary
      | interface           | setting          | value     |
      | secondary heartbeat | heartbeat-status | secondary |
    Then the primary refuses these failover actions
      | interface | action | address |
      | port5     | set    | spare   |

  @HA-076.a
  Scenario: one interface may carry heartbeat and mail
    Given a healthy active-passive pair with its heartbeat on the mail interface
    When an operator changes a synchronized setting on the primary
    Then the changed setting is on the secondary
    When an operator forces a failover on the primary
    Then the secondary becomes effective primary
    And the primary becomes effective secondary
    And the virtual address answers from the secondary
    And the mail interface of the primary holds its own address only

  @HA-107
  Scenario: the detection time is no setting of a unit in a config-only group, and no silence makes it primary
    Given two units with factory settings
    And a detection time of 2 seconds
    When an operator sets the mode to config-secondary on the secondary
    Then the secondary shows these settings
      | setting           | value     |
      | hb-lost-threshold | not shown |
    And the secondary is still effective off for 4 seconds
    When an operator tries to set the detection time to 3 seconds on the secondary
    Then the setting is refused, and nothing has changed
    When an operator sets the mode to config-primary on the primary
    Then the primary shows these settings
      | setting           | value     |
      | hb-lost-threshold | not shown |
    And the primary refuses these settings
      | setting           | value |
      | hb-lost-threshold | 3     |

  @HA-063.b
  Scenario: no synchronization runs on the primary heartbeat interface once it is disabled
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And the first synchronization of the pair has ended
    And a message for the quarantine has been stored on the primary
    And an operator has set heartbeat-status of the primary interface to disable, in the nested form, on each unit
    And the secondary heartbeat link carries heartbeats both ways
    When an operator starts a synchronization on the primary
    Then the message reaches the quarantine of the secondary
    And data synchronization has used the secondary heartbeat link only
    And configuration synchronization has used the secondary heartbeat link only
    And no unit has changed its role

Feature: Settings that go back to their first value
  A value that an operator changes, and later sets again, is in force as at first: a unit goes by what is set now, and not by
  what it has had since its start.

  @HA-055.a @HA-101 @HA-350.a @HA-452
  Scenario Outline: a pair whose operator sets <another>, and <first> again, is the pair that it was
    Given a healthy active-passive pair
    And a detection time of 10 seconds
    And an operator has set <another> on each unit
    And the units have heard each other on each link
    When an operator sets <first> on each unit
    Then the units hear each other on each link
    And no unit changes its role for the detection time
    When an operator changes a synchronized setting on the primary
    Then the changed setting is on the secondary
    When the primary loses power
    Then the secondary becomes effective primary when the detection time has passed

    Examples:
      | another                          | first                     |
      | the password to another-password | the password to change_me |
      | the base port to 21000           | the base port to 20000    |

  @HA-104 @HA-108.a
  Scenario Outline: after the command <order>, a <unit> that is given <another> seconds, and <first> again, takes over after <first>
    Given a healthy active-passive pair with these settings
      | setting           | primary | secondary |
      | hb-lost-threshold | <first> | <first>   |
    And an operator has entered the command <order> on the primary
    And the command has been carried out
    And an operator has set the detection time to <another> seconds on the <unit>
    And an operator has set the detection time to <first> seconds on the <unit>
    When the <leader> loses power
    Then the <unit> becomes effective primary when the detection time has passed

    Examples:
      | order    | unit      | leader    | first | another |
      | restore  | secondary | primary   | 2     | 6       |
      | restore  | secondary | primary   | 6     | 2       |
      | restore  | secondary | primary   | 15    | 2       |
      | failover | primary   | secondary | 2     | 6       |
      | failover | primary   | secondary | 15    | 2       |

  @HA-300.b
  Scenario Outline: a faulty primary whose on-failure was set to <another>, and to <first> again, does as <first> says
    Given a healthy active-passive pair with these settings
      | setting    | primary | secondary |
      | on-failure | <first> | <first>   |
    And a detection time of 2 seconds
    And each unit monitors its mail interface
    And an operator has set on-failure to <another> on the primary
    And an operator has set on-failure to <first> on the primary
    When the mail cable of the primary is pulled
    Then the primary becomes effective <faulty>
    And the secondary becomes effective primary within the detection time
    When the mail cable of the primary is plugged in
    Then the primary ends as effective <cured>
    And the secondary ends as effective <other>
    And no unit changes its role for the detection time

    Examples:
      | first            | another          | faulty | cured     | other     |
      | off              | become-secondary | off    | off       | primary   |
      | restore-role     | off              | failed | primary   | secondary |
      | become-secondary | restore-role     | failed | secondary | primary   |

  @HA-403
  Scenario Outline: mail data is copied again when the <unit> has the option disabled, and enabled again
    Given a healthy active-passive pair
    And the first synchronization of the pair has ended
    And an operator has set the synchronization of mail data to disable on the <unit>
    And an operator has set the synchronization of mail data to enable on the <unit>
    And a message for the quarantine has been stored on the primary
    When an operator starts a synchronization on the primary
    Then the message reaches the quarantine of the secondary

    Examples:
      | unit      |
      | primary   |
      | secondary |

  @HA-403
  Scenario Outline: mail data is not copied when the <unit> has the option enabled, and disabled again
    Given a healthy active-passive pair with these settings
      | setting        | primary   | secondary   |
      | mail-data-sync | <primary> | <secondary> |
    And the first synchronization of the pair has ended
    And an operator has set the synchronization of mail data to enable on the <unit>
    And an operator has set the synchronization of mail data to disable on the <unit>
    And the pair has been left alone for 2 seconds
    And a message for the quarantine has been stored on the primary
    When an operator starts a synchronization on the primary
    Then the message does not reach the quarantine of the secondary

    Examples:
      | unit      | primary | secondary |
      | primary   | disable | enable    |
      | secondary | enable  | disable   |

  @HA-167 @HA-169
  Scenario: an interface whose port-monitor is disabled, and enabled again, makes the primary leave its role when it fails
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And on-failure set to become-secondary
    And each unit monitors its mail interface
    And an operator has set port-monitor of the mail interface to disable on each unit
    And an operator has set port-monitor of the mail interface to enable on each unit
    When the mail cable of the primary is pulled
    Then the primary becomes effective failed
    And the secondary becomes effective primary within the detection time

  @HA-168 @HA-171.c
  Scenario Outline: <what> that is enabled, and disabled again, finds no fault
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And each unit monitors its mail interface
    And an operator has set <what> to disable on each unit
    And an operator has set <what> to enable on each unit
    And an operator has set <what> to disable on each unit
    When the mail cable of the primary is pulled
    Then no unit changes its role for 4 seconds

    Examples:
      | what                               |
      | interface monitoring               |
      | port-monitor of the mail interface |

  @HA-153.b @HA-155.a @HA-159.b @HA-163
  Scenario Outline: with <first> again after <another>, either unit holds the shared address as at first
    Given a healthy active-passive pair with the failover action <first>
    And an operator has entered these failover actions on the primary
      | interface | action    | address   |
      | port3     | <another> | <address> |
    And the secondary shows these failover actions
      | interface | action    | address   |
      | port3     | <another> | <address> |
    When an operator enters these failover actions on the primary
      | interface | action  | address |
      | port3     | <first> | virtual |
    Then the mail interface of the primary holds <held>
    And the virtual address answers from the primary
    And the secondary shows these failover actions
      | interface | action  | address |
      | port3     | <first> | virtual |
    When an operator forces a failover on the primary
    Then the secondary becomes effective primary
    And the primary becomes effective secondary
    And the mail interface of the secondary holds <held>
    And the mail interface of the primary holds its own address only

    Examples:
      | first | another | address | held                            |
      | add   | set     | virtual | its own and the virtual address |
      | add   | ignore  | none    | its own and the virtual address |
      | add   | add     | spare   | its own and the virtual address |
      | set   | add     | virtual | the virtual address only        |

  @HA-050.a @HA-062 @HA-065
  Scenario Outline: a peer address that is wrong for a while on the <unit> leaves nothing behind
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And the first synchronization of the pair has ended
    And an operator has entered these interface settings on the <unit>
      | interface         | setting | value    |
      | primary heartbeat | peer-ip | nobody's |
    And each unit has logged this heartbeat status
      | link      | state  |
      | primary   | FAILED |
      | secondary | OK     |
    When an operator enters these interface settings on the <unit>
      | interface         | setting | value      |
      | primary heartbeat | peer-ip | its peer's |
    Then the primary heartbeat link carries heartbeats both ways
    When an operator changes a synchronized setting on the primary
    Then the changed setting is on the secondary
    And configuration synchronization has used the primary heartbeat link only
    When the secondary heartbeat link falls silent
    Then no unit changes its role for the detection time

    Examples:
      | unit      |
      | primary   |
      | secondary |

  @HA-050.a @HA-063.a
  Scenario: a secondary heartbeat interface that was disabled and is marked again keeps the pair together
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And the first synchronization of the pair has ended
    And an operator has set heartbeat-status of the secondary interface to disable, in the nested form, on each unit
    And the secondary heartbeat link carries nothing any more
    When an operator enters these interface settings on each unit
      | interface           | setting          | value     |
      | secondary heartbeat | heartbeat-status | secondary |
    Then the secondary heartbeat link carries heartbeats both ways
    When the primary heartbeat link falls silent
    Then no unit changes its role for the detection time

  @HA-005.a @HA-005.b @HA-163 @HA-350.a
  Scenario: units that come back from a config-only group are the pair that they were
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And an operator has set the mode to config-secondary on the secondary
    And an operator has set the mode to config-primary on the primary
    And no unit holds the virtual address
    When an operator sets the mode to primary on the primary
    And an operator sets the mode to secondary on the secondary
    Then the primary ends as effective primary
    And the secondary ends as effective secondary
    And only the primary holds the virtual address
    When an operator changes a synchronized setting on the primary
    Then the changed setting is on the secondary

  @HA-005.a @HA-005.b @HA-163
  Scenario: units whose modes are swapped, and swapped again, have their first roles
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And an operator has set the mode to primary on the secondary
    And the secondary has become effective primary
    And the primary has become effective secondary
    And an operator has set the mode to secondary on the primary
    And the primary has ended as effective secondary
    When an operator sets the mode to primary on the primary
    Then the primary becomes effective primary
    And the secondary becomes effective secondary
    When an operator sets the mode to secondary on the secondary
    Then the secondary ends as effective secondary
    And the units show these modes
      | unit      | configured | effective |
      | primary   | primary    | primary   |
      | secondary | secondary  | secondary |
    And only the primary holds the virtual address

Feature: What runs by schedule
  What nobody asks for goes the same way as what somebody asks for: from the unit that leads to the one that follows, over
  the primary heartbeat link while that works, and each time anew.

  @HA-060.b @HA-405
  Scenario Outline: after the command <order>, what the <leader> stores is on the <follower> after a while, and never over the secondary link
    Given a healthy active-passive pair
    And the first synchronization of the pair has ended
    And an operator has entered the command <order> on the primary
    And the command has been carried out
    And a message for the archive has been stored on the <leader>
    When the pair is left alone for 2000 seconds
    Then the message reaches the archive of the <follower>
    And the secondary heartbeat link has carried the heartbeat signal only

    Examples:
      | order    | leader    | follower  |
      | restore  | primary   | secondary |
      | failover | secondary | primary   |

  @HA-060.b @HA-061.b @HA-062 @HA-402
  Scenario: mail data is copied within 20 minutes while the primary heartbeat link is dead, and over that link again later
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And the first synchronization of the pair has ended
    And the primary heartbeat link has fallen silent for longer than the detection time
    And a message for the quarantine has been stored on the primary
    When the pair is left alone for 1195 seconds
    Then the message reaches the quarantine of the secondary
    When the primary heartbeat link is whole again
    And the pair is left alone for 60 seconds
    And a message for the quarantine is stored on the primary
    And the pair is left alone for 1195 seconds
    Then the message reaches the quarantine of the secondary
    And the secondary heartbeat link has carried the heartbeat signal only

  @HA-403 @HA-404
  Scenario Outline: mail data is not copied by schedule either once the <unit> has the option disabled
    Given a healthy active-passive pair
    And the first synchronization of the pair has ended
    And an operator has set the synchronization of mail data to disable on the <unit>
    And a message for the quarantine has been stored on the primary
    When the pair is left alone for 1195 seconds
    Then the message does not reach the quarantine of the secondary

    Examples:
      | unit      |
      | primary   |
      | secondary |

  @HA-402
  Scenario Outline: mail data is copied by schedule, too, once the <unit> has the option enabled
    Given a healthy active-passive pair with these settings
      | setting        | primary   | secondary   |
      | mail-data-sync | <primary> | <secondary> |
    And the first synchronization of the pair has ended
    And an operator has set the synchronization of mail data to enable on the <unit>
    And a message for the quarantine has been stored on the primary
    When the pair is left alone for 1195 seconds
    Then the message reaches the quarantine of the secondary

    Examples:
      | unit      | primary | secondary |
      | primary   | disable | enable    |
      | secondary | enable  | disable   |

  @HA-402
  Scenario Outline: mail data is copied by schedule, too, after an operator has <restarted> the primary
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And the first synchronization of the pair has ended
    And an operator has <restarted> the primary
    And the pair has been left alone for 60 seconds
    And a message for the quarantine has been stored on the primary
    When the pair is left alone for 1195 seconds
    Then the message reaches the quarantine of the secondary

    Examples:
      | restarted |
      | rebooted  |
      | reloaded  |

  @HA-402
  Scenario: mail data is copied by schedule, too, after an operator has restarted HA on the secondary
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And the first synchronization of the pair has ended
    And an operator has restarted HA on the secondary
    And the secondary has ended as effective secondary
    And the pair has been left alone for 60 seconds
    And a message for the quarantine has been stored on the primary
    When the pair is left alone for 1195 seconds
    Then the message reaches the quarantine of the secondary

  @HA-402
  Scenario: mail data is copied by schedule, too, after the cure of a split brain
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And both heartbeat links have fallen silent
    And the secondary has become effective primary
    And both heartbeat links are whole again
    And an operator has restored the configured mode on the secondary
    And the pair has been left alone for 60 seconds
    And a message for the quarantine has been stored on the primary
    When the pair is left alone for 1195 seconds
    Then the message reaches the quarantine of the secondary

  @HA-402
  Scenario: mail data is copied by schedule, too, to a secondary that was out of the group
    Given a healthy active-passive pair
    And an operator has set the mode to off on the secondary
    And the secondary has become effective off
    And an operator has set the mode to secondary on the secondary
    And the secondary has become effective secondary
    And the pair has been left alone for 60 seconds
    And a message for the quarantine has been stored on the primary
    When the pair is left alone for 1195 seconds
    Then the message reaches the quarantine of the secondary

  @HA-402
  Scenario: mail data is copied by schedule, too, after orders to copy it that came through, and that did not
    Given a healthy active-passive pair
    And the first synchronization of the pair has ended
    And a message for the archive has been stored on the primary
    And an operator has started a synchronization on the primary
    And the message has reached the archive of the secondary
    And both heartbeat links refuse data synchronization and configuration synchronization
    And an operator has started a synchronization on the secondary
    And an operator has changed a synchronized setting on the primary
    And the pair has been left alone for 10 seconds
    And both heartbeat links are whole again
    And the changed setting is on the secondary
    And the pair has been left alone for 60 seconds
    And a message for the quarantine has been stored on the primary
    When the pair is left alone for 1195 seconds
    Then the message reaches the quarantine of the secondary

  @HA-402
  Scenario: mail data is copied by schedule, too, to a secondary whose settings, links and peer have changed
    Given a healthy active-passive pair
    And a detection time of 4 seconds
    And the first synchronization of the pair has ended
    And the primary heartbeat link has fallen silent for longer than the detection time
    And the primary heartbeat link is whole again
    And a stranger has knocked at the secondary
    And an operator has set the detection time to 5 seconds on each unit
    And an operator has set the password to another-password on each unit
    And an operator has set on-failure to off on each unit
    And an operator has entered these failover actions on the primary
      | interface | action | address |
      | port3     | add    | virtual |
      | port5     | add    | spare   |
    And the secondary shows these failover actions
      | interface | action | address |
      | port3     | add    | virtual |
      | port5     | add    | spare   |
    And the units have heard each other on each link
    And the pair has been left alone for 60 seconds
    And a message for the quarantine has been stored on the primary
    When the pair is left alone for 1195 seconds
    Then the message reaches the quarantine of the secondary

Feature: Settings that are unset in a running pair
  A setting that an operator unsets has its default value from then on, in force at once like any other change.

  @HA-100 @HA-104
  Scenario Outline: after the command <order>, a <unit> whose detection time was unset takes over after 15 seconds
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And an operator has entered the command <order> on the primary
    And the command has been carried out
    And an operator has entered these settings on the <unit>
      | setting           | value |
      | hb-lost-threshold | unset |
    When the <leader> loses power
    Then the <unit> becomes effective primary when 15 seconds have passed

    Examples:
      | order    | unit      | leader    |
      | restore  | secondary | primary   |
      | failover | primary   | secondary |

  @HA-400.a @HA-403
  Scenario Outline: mail data is copied once mail-data-sync is unset on the <unit>, where it was disabled
    Given a healthy active-passive pair with these settings
      | setting        | primary   | secondary   |
      | mail-data-sync | <primary> | <secondary> |
    And the first synchronization of the pair has ended
    And a message for the quarantine has been stored on the primary
    And an operator has entered these settings on the <unit>
      | setting        | value |
      | mail-data-sync | unset |
    When an operator starts a synchronization on the primary
    Then the message reaches the quarantine of the secondary

    Examples:
      | unit      | primary | secondary |
      | primary   | disable | enable    |
      | secondary | enable  | disable   |

  @HA-450 @HA-452
  Scenario: units whose password is unset are a pair again, with the password that every unit has at first
    Given a healthy active-passive pair
    And a detection time of 10 seconds
    And an operator has set the password to another-password on each unit
    And the units have heard each other on each link
    When an operator enters these settings on each unit
      | setting  | value |
      | password | unset |
    Then the units hear each other on each link
    And no unit changes its role for the detection time
    When an operator sets the password to change_me on the secondary
    Then the units hear each other on each link
    And no unit changes its role for the detection time

Feature: What is for active-passive groups only
  The detection time, failover actions, service monitoring and the synchronization of mail data have no effect in
  config-only modes, nor while the mode is off.

  @HA-027 @HA-028
  Scenario Outline: failover actions have no effect when the modes are <one> and <other>
    Given two units with a pair's settings that are not in a group yet
    And a detection time of 3 seconds
    And the units have been given these modes
      | unit      | mode    |
      | primary   | <one>   |
      | secondary | <other> |
    Then no unit holds the virtual address for the detection time

    Examples:
      | one            | other            |
      | config-primary | config-secondary |
      | off            | off              |

  @HA-027 @HA-107
  Scenario: the detection time has no effect in config-only modes
    Given two units with a pair's settings that are not in a group yet
    And a detection time of 3 seconds
    And the units have been given these modes
      | unit      | mode             |
      | primary   | config-primary   |
      | secondary | config-secondary |
    When the primary loses power
    Then no unit takes a role during the detection time

  @HA-027 @HA-028
  Scenario: interface monitoring has no effect in config-only modes
    Given two units with a pair's settings that are not in a group yet
    And a detection time of 3 seconds
    And each unit monitors its mail interface
    And the units have been given these modes
      | unit      | mode             |
      | primary   | config-primary   |
      | secondary | config-secondary |
    When the mail interface of the primary loses its cable
    Then no unit takes a role during the detection time

  @HA-027 @HA-028
  Scenario: mail data is not copied in config-only modes
    Given two units with a pair's settings that are not in a group yet
    And the units have been given these modes
      | unit      | mode             |
      | primary   | config-primary   |
      | secondary | config-secondary |
    And a message for the quarantine has been sent to the own address of the primary
    Then the message does not reach the quarantine of the secondary

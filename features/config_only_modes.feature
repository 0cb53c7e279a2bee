Feature: What is for active-passive groups only
  The detection time, failover actions, service monitoring and the synchronization of mail data have no effect in
  config-only modes, nor while the mode is off.

  @HA-003.e @HA-027.g
  Scenario Outline: failover actions have no effect when the modes are <one> and <other>
    Given two units configured as a pair with mode off on each unit
    And a detection time of 3 seconds
    And an operator has set the mode to <one> on the primary
    And an operator has set the mode to <other> on the secondary
    Then no unit holds the virtual address for the detection time

    Examples:
      | one            | other            |
      | config-primary | config-secondary |
      | off            | off              |

  @HA-027.b @HA-107
  Scenario: the detection time has no effect in config-only modes
    Given two units configured as a pair with mode off on each unit
    And a detection time of 3 seconds
    And an operator has set the mode to config-primary on the primary
    And an operator has set the mode to config-secondary on the secondary
    When the primary loses power
    Then the secondary is still effective off for the detection time

  @HA-027.e
  Scenario: interface monitoring has no effect in config-only modes
    Given two units with factory settings
    And an operator has entered these failover actions on each unit
      | interface | action | address |
      | port3     | add    | virtual |
    And a config-only group of a primary and a secondary
    And each unit monitors its mail interface
    When the mail cable of the primary is pulled
    Then each unit is still effective off for 4 seconds

  @HA-027.c
  Scenario Outline: mail data is not copied in config-only modes, though an operator on the <unit> synchronizes
    Given a config-only group of a primary and a secondary
    And a message for the quarantine has been stored on the primary
    When an operator starts a synchronization on the <unit>
    Then the message does not reach the quarantine of the secondary

    Examples:
      | unit      |
      | primary   |
      | secondary |

  @HA-027.a
  Scenario: a config-only group finds its units by config-peer-ip, whatever peer-ip says
    Given two units configured as a pair with mode off on each unit and a wrong peer address on the secondary for both heartbeat links
    And a config-only group of a primary and a secondary
    When an operator changes a synchronized setting on the primary
    Then the changed setting is on the secondary
    And the primary heartbeat link carries heartbeats both ways

  @HA-028.b
  Scenario: a unit whose mode is off does not offer the options of an active-passive pair
    Given two units with factory settings
    Then the primary shows these settings
      | setting             | value     |
      | mail-data-sync      | not shown |
      | mailqueue-data-sync | not shown |
    And the primary refuses these settings
      | setting             | value   |
      | mail-data-sync      | disable |
      | mailqueue-data-sync | enable  |

  @HA-028.c
  Scenario Outline: a <mode> does not offer the options of an active-passive pair
    Given two units with factory settings
    When an operator sets the mode to <mode> on the primary
    Then the primary shows these settings
      | setting             | value     |
      | mail-data-sync      | not shown |
      | mailqueue-data-sync | not shown |
    And the primary refuses these settings
      | setting             | value   |
      | mail-data-sync      | disable |
      | mailqueue-data-sync | enable  |

    Examples:
      | mode             |
      | config-primary   |
      | config-secondary |

  @HA-028.a @HA-028.b @HA-028.c
  Scenario Outline: the options of an active-passive pair, though they have been set, are no longer offered when the mode is <mode>
    Given two units with factory settings
    When an operator sets the mode to primary on the primary
    Then the primary becomes effective primary
    When an operator sets the synchronization of mail data to disable on the primary
    Then the primary shows these settings
      | setting             | value   |
      | mail-data-sync      | disable |
      | mailqueue-data-sync | disable |
    When an operator sets the mode to <mode> on the primary
    Then the primary becomes effective off
    And the primary shows these settings
      | setting             | value     |
      | mail-data-sync      | not shown |
      | mailqueue-data-sync | not shown |
    And the primary refuses these settings
      | setting             | value   |
      | mail-data-sync      | enable  |
      | mailqueue-data-sync | disable |

    Examples:
      | mode             |
      | off              |
      | config-secondary |

  @HA-024.c
  Scenario: a secondary does not take the primary of a config-only group for a primary
    Given two units configured as a pair with mode off on each unit
    And a detection time of 3 seconds
    And an operator has entered these failover actions on the secondary
      | interface | action | address |
      | port3     | add    | virtual |
    And a config-only group of a primary and a secondary
    When an operator sets the mode to secondary on the secondary
    Then the secondary becomes effective primary
    And the virtual address answers from the secondary

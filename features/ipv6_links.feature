Feature: Heartbeat links over IPv6
  A unit may know its peer by IPv6 addresses (peer-ip6). A link whose peer has both kinds of address uses IPv4. Everything
  that holds for a heartbeat link holds over IPv6 too.

  @HA-072 @HA-052
  Scenario: units that know each other by IPv6 addresses alone form a group
    Given a healthy active-passive pair over IPv6
    Then the secondary hears a heartbeat once per second on each link
    And the primary heartbeat link carries heartbeats both ways over IPv6 only
    And the secondary heartbeat link carries heartbeats both ways over IPv6 only

  @HA-072
  Scenario Outline: each link uses the kind of address by which the peer is known there
    Given a healthy active-passive pair with these peer addresses
      | link      | IPv4     | IPv6     |
      | primary   | <first4> | yes      |
      | secondary | yes      | <other6> |
    Then the primary heartbeat link carries heartbeats both ways over <first> only
    And the secondary heartbeat link carries heartbeats both ways over IPv4 only

    Examples:
      | first4 | other6 | first |
      | no     | no     | IPv6  |
      | yes    | yes    | IPv4  |

  @HA-072 @HA-101 @HA-103.b
  Scenario: the secondary takes over when its links over IPv6 swallow everything
    Given a healthy active-passive pair over IPv6
    And a detection time of 2 seconds
    When both heartbeat links fall silent
    Then the secondary becomes effective primary when the detection time has passed

  @HA-072 @HA-101
  Scenario: the secondary takes over when its links over IPv6 refuse connections
    Given a healthy active-passive pair over IPv6
    And a detection time of 2 seconds
    When both heartbeat links refuse connections
    Then the secondary becomes effective primary when the detection time has passed

  @HA-072 @HA-108.b
  Scenario: the secondary takes over when only it no longer hears its peer over IPv6
    Given a healthy active-passive pair over IPv6
    And a detection time of 2 seconds
    When both heartbeat links no longer reach the secondary
    Then the secondary becomes effective primary when the detection time has passed

  @HA-072 @HA-102
  Scenario: a silence over IPv6 that is shorter than the detection time is harmless
    Given a healthy active-passive pair over IPv6
    And a detection time of 5 seconds
    When both heartbeat links fall silent for 2 seconds
    Then no unit changes its role for the detection time

  @HA-072 @HA-061.b @HA-061.c
  Scenario Outline: a link over one kind of address stands in for one over the other
    Given a healthy active-passive pair with these peer addresses
      | link      | IPv4      | IPv6      |
      | primary   | <first4>  | <first6>  |
      | secondary | <second4> | <second6> |
    And a detection time of 2 seconds
    And a message for the quarantine has been stored on the primary
    And the primary heartbeat link has fallen silent for longer than the detection time
    When an operator starts a synchronization on the primary
    Then the message reaches the quarantine of the secondary
    And data synchronization has used the secondary heartbeat link only
    And configuration synchronization has used the secondary heartbeat link only
    And no unit has changed its role

    Examples:
      | first4 | first6 | second4 | second6 |
      | no     | yes    | yes     | no      |
      | yes    | no     | no      | yes     |

  @HA-072 @HA-061.c
  Scenario: a link over IPv6 works again when its cable is back
    Given a healthy active-passive pair over IPv6
    And a detection time of 2 seconds
    And the primary heartbeat cable of the primary has been pulled for longer than the detection time
    When the primary heartbeat cable of the primary is plugged in
    Then the primary heartbeat link carries heartbeats both ways over IPv6 only
    And no unit has changed its role

  @HA-072 @HA-055.a @HA-055.b
  Scenario: over IPv6 the four ports serve what they serve over IPv4
    Given a healthy active-passive pair over IPv6 with these settings
      | setting      | primary | secondary |
      | hb-base-port | 21000   | 21000     |
    And a message for the quarantine has been stored on the primary
    And an operator has changed a synchronized setting on the primary
    When an operator starts a synchronization on the primary
    Then the message reaches the quarantine of the secondary
    And the changed setting is on the secondary
    And the primary heartbeat link carries these ports and no others
      | use                           | port  |
      | heartbeat signal              | 21000 |
      | synchronization control       | 21001 |
      | data synchronization          | 21002 |
      | configuration synchronization | 21003 |

  @HA-072 @HA-453.a @HA-453.c
  Scenario: over IPv6 units with different passwords do not accept each other
    Given two units configured as a pair over IPv6 with these settings
      | setting           | primary | secondary |
      | password          | one     | another   |
      | hb-lost-threshold | 2       | 2         |
    Then no unit hears a heartbeat for the detection time
    And the primary becomes effective primary
    And the secondary becomes effective primary

  @HA-072 @HA-455
  Scenario Outline: a stranger with <password> cannot take the primary's role over IPv6
    Given a healthy active-passive pair over IPv6
    When a stranger attacks the ports of the primary from its own IPv6 address with <password>
    Then the stranger is let in nowhere
    And no unit has changed its role

    Examples:
      | password           |
      | a wrong password   |
      | the right password |

  @HA-063.a @HA-063.b @HA-072
  Scenario Outline: over IPv6 nothing runs on the <rank> heartbeat interface once it is disabled, and all on the other one
    Given a healthy active-passive pair over IPv6
    And a detection time of 4 seconds
    And the first synchronization of the pair has ended
    When an operator sets heartbeat-status of the <rank> interface to disable, in the nested form, on each unit
    Then the <rank> heartbeat link carries nothing any more
    And the <other> heartbeat link carries heartbeats both ways over IPv6 only
    When an operator changes a synchronized setting on the primary
    Then the changed setting is on the secondary
    And no unit has changed its role

    Examples:
      | rank      | other     |
      | primary   | secondary |
      | secondary | primary   |

Feature: Heartbeat links that change more than once, and in later roles
  What an operator changes of a heartbeat link is in force each time, on each link, over either family, and whoever leads.

  @HA-060.a @HA-065 @HA-652
  Scenario Outline: after a failover, a peer address of the secondary link that is wrong for a while on the <unit> takes the link away, and brings it back
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And the first synchronization of the pair has ended
    And an operator has forced a failover on the primary
    When an operator enters these interface settings on the <unit>
      | interface           | setting | value    |
      | secondary heartbeat | peer-ip | nobody's |
    Then each unit logs this heartbeat status
      | link      | state  |
      | primary   | OK     |
      | secondary | FAILED |
    When an operator enters these interface settings on the <unit>
      | interface           | setting | value      |
      | secondary heartbeat | peer-ip | its peer's |
    Then the secondary heartbeat link carries heartbeats both ways
    And each unit logs this heartbeat status
      | link      | state |
      | primary   | OK    |
      | secondary | OK    |
    And no unit has changed its role

    Examples:
      | unit      |
      | primary   |
      | secondary |

  @HA-072 @HA-652
  Scenario Outline: over IPv6 a peer address that is wrong for a while on the <unit> takes the <rank> link away, and brings it back, after the command <order>
    Given a healthy active-passive pair over IPv6
    And a detection time of 3 seconds
    And the first synchronization of the pair has ended
    And an operator has entered the command <order> on the primary
    And the command has been carried out
    When an operator enters these interface settings on the <unit>
      | interface        | setting  | value    |
      | <rank> heartbeat | peer-ip6 | nobody's |
    Then each unit logs this heartbeat status
      | link      | state    |
      | primary   | <first>  |
      | secondary | <second> |
    When an operator enters these interface settings on the <unit>
      | interface        | setting  | value      |
      | <rank> heartbeat | peer-ip6 | its peer's |
    Then the <rank> heartbeat link carries heartbeats both ways over IPv6 only
    And no unit has changed its role

    Examples:
      | order    | unit      | rank      | first  | second |
      | restore  | primary   | primary   | FAILED | OK     |
      | failover | secondary | secondary | OK     | FAILED |

  @HA-050.a @HA-061.b @HA-061.c @HA-063.a
  Scenario: the secondary heartbeat interface is disabled and marked again twice on units that have changed their roles
    Given a healthy active-passive pair
    And a detection time of 4 seconds
    And the first synchronization of the pair has ended
    And an operator has forced a failover on the primary
    And an operator has set heartbeat-status of the secondary interface to disable, in the nested form, on each unit
    And the secondary heartbeat link carries nothing any more
    And an operator has entered these interface settings on each unit
      | interface           | setting          | value     |
      | secondary heartbeat | heartbeat-status | secondary |
    And the secondary heartbeat link carries heartbeats both ways
    When an operator sets heartbeat-status of the secondary interface to disable, in the nested form, on each unit
    Then the secondary heartbeat link carries nothing any more
    When an operator enters these interface settings on each unit
      | interface           | setting          | value     |
      | secondary heartbeat | heartbeat-status | secondary |
    Then the secondary heartbeat link carries heartbeats both ways
    When the primary heartbeat link falls silent
    Then no unit changes its role for the detection time
    When an operator changes a synchronized setting on the secondary
    Then the changed setting is on the primary
    And configuration synchronization has used the secondary heartbeat link only

  @HA-065 @HA-072
  Scenario: a link goes on while the addresses of one family, and then those of the other, are unset
    Given a healthy active-passive pair with these peer addresses
      | link      | IPv4 | IPv6 |
      | primary   | yes  | yes  |
      | secondary | yes  | no   |
    And a detection time of 4 seconds
    When an operator enters these interface settings on each unit
      | interface         | setting | value |
      | primary heartbeat | peer-ip | unset |
    Then the primary heartbeat link carries heartbeats both ways
    When an operator enters these interface settings on each unit
      | interface         | setting  | value      |
      | primary heartbeat | peer-ip  | its peer's |
      | primary heartbeat | peer-ip6 | unset      |
    Then the primary heartbeat link carries heartbeats both ways
    And no unit has changed its role

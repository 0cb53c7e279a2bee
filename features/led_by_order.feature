Feature: A pair whose secondary leads by order
  What either unit is given then is in force, as in a pair whose primary leads; what the secondary does at its next fault is its own.

  @HA-061.a @HA-061.b @HA-062 @HA-065 @HA-073 @HA-350.a
  Scenario Outline: a peer address that the <unit> is given takes a link away, and brings it back
    Given a healthy active-passive pair
    And a detection time of 4 seconds
    And an operator has forced a failover on the primary
    And the first synchronization of the pair has ended
    When an operator enters these interface settings on the <unit>
      | interface         | setting | value    |
      | primary heartbeat | peer-ip | nobody's |
    Then each unit logs this heartbeat status
      | link      | state  |
      | primary   | FAILED |
      | secondary | OK     |
    When an operator changes a synchronized setting on the secondary
    Then the changed setting is on the primary
    And configuration synchronization has used the secondary heartbeat link only
    When an operator enters these interface settings on the <unit>
      | interface         | setting | value      |
      | primary heartbeat | peer-ip | its peer's |
    Then each unit logs this heartbeat status
      | link      | state |
      | primary   | OK    |
      | secondary | OK    |
    When an operator changes a synchronized setting on the secondary
    Then the changed setting is on the primary
    And configuration synchronization has used the primary heartbeat link only
    And no unit has changed its role

    Examples:
      | unit      |
      | primary   |
      | secondary |

  @HA-017.a @HA-154 @HA-167 @HA-310 @HA-330.a @HA-330.b @HA-336.b @HA-337 @HA-655.c
  Scenario Outline: with <on-failure> since then, the secondary is <mode> when its mail interface fails
    Given a healthy active-passive pair with a virtual IPv6 address
    And a detection time of 3 seconds
    And on-failure set to <earlier>
    And each unit monitors its mail interface
    And an operator has forced a failover on the primary
    When an operator sets on-failure to <on-failure> on the secondary
    And the mail cable of the secondary is pulled
    Then the secondary becomes effective <mode>
    And the mail interface of the secondary holds its own address only
    And the primary becomes effective primary within the detection time
    And only the primary holds the virtual IPv6 address
    And the units report these events
      | unit      | event | change            |
      | secondary | ...   | primary to <mode> |
    When the mail cable of the secondary is plugged in
    Then the secondary ends as effective <later>
    And the primary is still effective primary

    Examples:
      | earlier          | on-failure       | mode   | later     |
      | become-secondary | off              | off    | off       |
      | off              | become-secondary | failed | secondary |

  @HA-167 @HA-169 @HA-171.c
  Scenario: the secondary leaves the role when the second of its interfaces fails, which alone is monitored since then
    Given a healthy active-passive pair with a single heartbeat link and these failover actions
      | interface | action | address |
      | port3     | add    | virtual |
      | port5     | add    | spare   |
    And a detection time of 3 seconds
    And on-failure set to become-secondary
    And each unit monitors its mail interface
    And an operator has forced a failover on the primary
    When an operator enters these interface settings on the secondary
      | interface | setting      | value   |
      | port3     | port-monitor | disable |
      | port5     | port-monitor | enable  |
    And the mail cable of the secondary is pulled
    Then no unit changes its role for the detection time
    When the cable of port5 of the secondary is pulled
    Then the secondary becomes effective failed
    And the primary becomes effective primary within the detection time

  @HA-354.a @HA-354.b @HA-403 @HA-405 @HA-409
  Scenario Outline: an operator on the <unit> has mail data copied, and no longer once it has the option disabled
    Given a healthy active-passive pair
    And an operator has forced a failover on the primary
    And the first synchronization of the pair has ended
    When a message for the quarantine is stored on the secondary
    And an operator starts a synchronization on the <unit>
    Then the message reaches the quarantine of the primary
    When an operator sets the synchronization of mail data to disable on the <unit>
    And a message for the quarantine is stored on the secondary
    And an operator starts a synchronization on the <unit>
    Then the message does not reach the quarantine of the primary

    Examples:
      | unit      |
      | primary   |
      | secondary |

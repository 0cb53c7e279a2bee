Feature: A pair that has only its secondary heartbeat link
  While the primary heartbeat link is dead, the secondary one carries everything that a pair says: hold-off, the moves of
  the role, the queue and synchronization, as often as it comes to that.

  @HA-019.a @HA-019.d @HA-061.a @HA-520.a @HA-524.a @HA-524.c
  Scenario: hold-off is sent and left over the secondary heartbeat link
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And a restart of the primary will last until further notice
    And the primary heartbeat link has fallen silent for longer than the detection time
    When an operator reboots the primary
    Then the secondary becomes effective hold-off before the primary is down
    When the restart of the primary is allowed to end
    Then the primary becomes effective primary
    And the secondary becomes effective secondary
    And the secondary has never been effective primary

  @HA-061.a @HA-578.a @HA-578.b @HA-580
  Scenario Outline: the role moves and comes back over the secondary heartbeat link, by orders on the <unit>
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And the primary heartbeat cable of the secondary has been pulled for longer than the detection time
    When an operator forces a failover on the <unit>
    Then the secondary becomes effective primary
    And the primary becomes effective secondary
    And only the secondary holds the virtual address
    When an operator restores the configured mode on the <unit>
    Then the primary becomes effective primary
    And the secondary becomes effective secondary
    And only the primary holds the virtual address

    Examples:
      | unit      |
      | primary   |
      | secondary |

  @HA-061.a @HA-333.a @HA-420.d
  Scenario: the queue goes along with the role over the secondary heartbeat link
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And 2 messages wait in the queue of the primary for the protected mail server
    And the primary heartbeat link has fallen silent for longer than the detection time
    When an operator forces a failover on the primary
    Then the secondary becomes effective primary
    And the primary becomes effective secondary
    And the messages wait in the queue of the secondary only

  @HA-061.b @HA-350.a
  Scenario: a unit that starts while the primary heartbeat link is dead finds its peer, and copies what it has missed
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And the primary heartbeat link has fallen silent for longer than the detection time
    And the secondary has lost power
    And an operator has changed a synchronized setting on the primary
    When the secondary starts again
    Then the secondary becomes effective secondary
    And the changed setting is on the secondary
    And the secondary has never been effective primary

  @HA-060.b @HA-062
  Scenario: synchronization is back on the primary heartbeat link after its second outage of another kind
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And the primary heartbeat link has fallen silent for longer than the detection time
    And an operator has changed a synchronized setting on the primary
    And the changed setting is on the secondary
    And the primary heartbeat link is whole again
    And the primary heartbeat link refuses connections for longer than the detection time
    When an operator changes a synchronized setting on the primary
    Then the changed setting is on the secondary
    And configuration synchronization has used the secondary heartbeat link only
    When the primary heartbeat link is whole again
    Then the primary heartbeat link carries heartbeats both ways
    When a message for the quarantine is stored on the primary
    And an operator starts a synchronization on the primary
    Then the message reaches the quarantine of the secondary
    And data synchronization has used the primary heartbeat link only
    And configuration synchronization has used the primary heartbeat link only
    And no unit has changed its role

  @HA-061.b @HA-354.b
  Scenario Outline: what an operator orders to be copied on the <unit> goes over the secondary link while the primary one is dead
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And the first synchronization of the pair has ended
    And the primary heartbeat link has fallen silent for longer than the detection time
    And a message for the quarantine has been stored on the primary
    When an operator starts a synchronization on the <unit>
    Then the message reaches the quarantine of the secondary
    And data synchronization has used the secondary heartbeat link only

    Examples:
      | unit      |
      | primary   |
      | secondary |

  @HA-061.b @HA-072 @HA-333.a
  Scenario: the queue of a primary that is back after its power loss is handed over on the secondary link over IPv6
    Given a healthy active-passive pair over IPv6
    And a detection time of 3 seconds
    And on-failure set to become-secondary
    And 3 messages wait in the queue of the primary for the protected mail server
    And the primary has lost power
    And the secondary has become effective primary
    And the primary heartbeat link has fallen silent for longer than the detection time
    When the primary starts again
    Then the primary becomes effective secondary
    When the protected mail server takes mail again
    Then each accepted message is delivered exactly once, by the secondary

Feature: The cure of two primaries
  When the heartbeat is back, an operator restores the configured mode on the secondary. It stands down, the primary goes
  on, and they synchronize. Mail that either unit has accepted meanwhile is kept.

  @HA-704
  Scenario: restoring the configured mode on the secondary cures it
    Given a healthy active-passive pair with a single heartbeat link
    And a detection time of 3 seconds
    And both units have become primary after the loss of the heartbeat link
    And an operator has changed a synchronized setting on the primary
    And the primary heartbeat link has returned
    When an operator restores the configured mode on the secondary
    Then the secondary becomes effective secondary
    And the primary is still effective primary
    And the changed setting is on the secondary
    And only the primary holds the virtual address

  @HA-704
  Scenario Outline: the same cure ends it when <fault>
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And both units have become primary because <fault>
    When an operator restores the configured mode on the secondary
    Then the secondary becomes effective secondary
    And the primary is still effective primary
    And a client that asks who has the virtual address is answered by the primary only

    Examples:
      | fault                            |
      | the heartbeat links were refused |
      | the secondary was deaf           |
      | the primary was frozen           |

  @HA-704
  Scenario: the configuration of the unit that stays primary prevails
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And both units have become primary because the heartbeat links were silent
    And an operator has changed a synchronized setting on each unit
    When an operator restores the configured mode on the secondary
    Then the secondary becomes effective secondary
    And both units show the setting that was changed on the primary

  @HA-704 @HA-427
  Scenario: mail data that either unit has stored meanwhile is kept
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And both units have become primary because the heartbeat links were silent
    And a message for the quarantine has been stored on each unit
    When an operator restores the configured mode on the secondary
    Then the secondary becomes effective secondary
    And the quarantines hold the messages of
      | unit      | primary | secondary |
      | primary   | yes     | no        |
      | secondary | yes     | yes       |

  @HA-704 @HA-333
  Scenario: mail that waits in either queue is delivered by the unit that stays primary
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And both units have become primary because the heartbeat links were silent
    And 2 messages wait in the queue of the primary
    And 2 messages wait in the queue of the secondary
    When an operator restores the configured mode on the secondary
    Then the secondary becomes effective secondary
    And the messages wait in the queue of the primary only
    When the protected mail server takes mail again
    Then each accepted message is delivered exactly once, by the primary

  @HA-705
  Scenario: the primary logs that the secondary asked it to return to its role
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And both units have become primary because the heartbeat links were silent
    When an operator restores the configured mode on the secondary
    Then the secondary becomes effective secondary
    And the primary logs that the secondary asked it to take over

  @HA-704 @HA-101
  Scenario: after the cure the secondary protects the primary again
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And both units have become primary because the heartbeat links were silent
    And a restore on the secondary has cured it
    When the primary loses power
    Then the secondary becomes effective primary within the detection time, and not before
    And the virtual address answers from the secondary

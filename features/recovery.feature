Feature: A failure during the recovery
  A primary that fails again while it recovers ends where on-failure sends it. When the secondary fails meanwhile, a primary
  that takes part leads.

  @HA-300.a
  Scenario: with restore-role a primary that fails again while it recovers still takes its role back
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And on-failure set to restore-role
    And the primary has lost power
    And the secondary has become effective primary
    And both heartbeat links refuse configuration synchronization
    And the primary has started again
    When the primary loses power
    And both heartbeat links are whole again
    And the primary starts again
    Then the primary becomes effective primary
    And the secondary ends as effective secondary

  @HA-300.a @HA-321
  Scenario: with restore-role a primary that fails again while it copies mail data still takes its role back
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And on-failure set to restore-role
    And the primary has lost power
    And the secondary has become effective primary
    And both heartbeat links no longer carry data synchronization
    When the primary starts again
    Then the primary becomes effective secondary
    When the primary loses power
    And both heartbeat links are whole again
    And the primary starts again
    Then the primary becomes effective primary
    And the secondary becomes effective secondary

  @HA-300.a @HA-311.b @HA-331
  Scenario Outline: with <action> a primary that was restored does at its second failure what it did at its first
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And on-failure set to <action>
    And the primary has lost power
    And the secondary has become effective primary
    And the primary has started again
    And the primary has become effective <mode>
    And an operator has restored the configured mode on the primary
    When the primary loses power
    Then the secondary becomes effective primary when the detection time has passed
    When the primary starts again
    Then the primary ends as effective <mode>
    And no unit changes its role for the detection time

    Examples:
      | action           | mode      |
      | off              | off       |
      | become-secondary | secondary |

  @HA-300.c @HA-312.c @HA-321 @HA-331
  Scenario Outline: with <action> a primary that loses power while what <finder> has found keeps it <kept> ends as <mode>
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And on-failure set to <action>
    And each unit monitors <monitored>
    And the mail cable of the primary has been pulled
    And the primary has become effective <kept>
    And the secondary has become effective primary
    And the primary has lost power
    And the mail cable of the primary has been plugged in
    When the primary starts again
    Then the primary ends as effective <mode>
    And the secondary ends as effective <other mode>
    And no unit changes its role for the detection time

    Examples:
      | action           | finder   | kept   | mode      | other mode | monitored                                          |
      | off              | it       | off    | off       | primary    | its mail interface                                 |
      | restore-role     | it       | failed | primary   | secondary  | its mail interface                                 |
      | become-secondary | it       | failed | secondary | primary    | its mail interface                                 |
      | become-secondary | its peer | failed | secondary | primary    | the SMTP service of its peer at its mail interface |

  @HA-300.c @HA-331
  Scenario: with become-secondary a failed primary that an operator reboots is secondary afterwards
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And on-failure set to become-secondary
    And each unit monitors its mail interface
    And the mail cable of the primary has been pulled
    And the primary has become effective failed
    And the secondary has become effective primary
    When an operator reboots the primary
    Then the primary is down
    When the mail cable of the primary is plugged in
    Then the primary ends as effective secondary
    And no unit changes its role for the detection time

  @HA-300.a @HA-311.b
  Scenario: a primary that has taken its role back is off after its next failure when on-failure is off by then
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And on-failure set to restore-role
    And the primary has lost power
    And the secondary has become effective primary
    And the primary has started again
    And the primary has become effective primary
    And the secondary has become effective secondary
    And an operator has set on-failure to off on the primary
    When the primary loses power
    Then the secondary becomes effective primary when the detection time has passed
    When the primary starts again
    Then the primary ends as effective off
    And the secondary is still effective primary for the detection time

  @HA-300.a
  Scenario: with become-secondary a primary that fails again while it recovers still ends as secondary
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And on-failure set to become-secondary
    And the primary has lost power
    And the secondary has become effective primary
    And both heartbeat links refuse configuration synchronization
    And the primary has started again
    When the primary loses power
    And both heartbeat links are whole again
    And the primary starts again
    Then the primary becomes effective secondary
    And the secondary is still effective primary for the detection time

  @HA-300.a
  Scenario Outline: with <action> a recovering primary leads when the secondary fails
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And on-failure set to <action>
    And the primary has lost power
    And the secondary has become effective primary
    And both heartbeat links refuse configuration synchronization
    And the primary has started again
    When the secondary loses power
    Then the primary ends as effective primary
    And the virtual address answers from the primary

    Examples:
      | action           |
      | restore-role     |
      | become-secondary |

  @HA-311.b
  Scenario: with off a recovered primary does not even replace a secondary that fails
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And on-failure set to off
    And the primary has lost power
    And the secondary has become effective primary
    And the primary has started again
    When the secondary loses power
    Then the primary ends as effective off
    And the primary is still effective off for the detection time
    And no unit holds the virtual address

  @HA-321
  Scenario: with restore-role a primary takes its role back though there is much mail data to copy over thin links
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And on-failure set to restore-role
    And both heartbeat links carry 3000 bytes a second
    And the primary has lost power
    And the secondary has become effective primary
    And 30 messages for the archive have been stored on the secondary
    When the primary starts again
    Then the primary becomes effective primary
    And the secondary becomes effective secondary

  @HA-321
  Scenario: with restore-role a primary that cannot synchronize for a while takes its role back when it can
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And on-failure set to restore-role
    And the primary has lost power
    And the secondary has become effective primary
    And both heartbeat links refuse configuration synchronization
    When the primary starts again
    Then the primary ends as effective off
    When the pair is left alone for 35 seconds
    And both heartbeat links are whole again
    Then the primary becomes effective primary
    And the secondary becomes effective secondary

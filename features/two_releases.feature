Feature: A pair whose units have different releases
  Between the upgrade of the secondary and that of the primary the units are what they are at any other time.

  @HA-101 @HA-113.a @HA-113.b @HA-153.a @HA-153.b @HA-163 @HA-332.b @HA-313.a @HA-321
  Scenario: an upgraded secondary takes over from a primary of the old release, copies mail data to it, and gives the role back
    Given a healthy active-passive pair with a virtual IPv6 address
    And a detection time of 3 seconds
    And on-failure set to become-secondary
    And an operator has upgraded the secondary
    When the primary loses power
    Then the secondary becomes effective primary when the detection time has passed
    And the secondary announces the virtual address
    And the secondary announces the virtual IPv6 address
    And the mail interface of the secondary holds its own and the virtual addresses of both families
    And the virtual address answers from the secondary
    When a message for the quarantine is stored on the secondary
    And the primary starts again
    Then the primary becomes effective secondary
    And the message reaches the quarantine of the primary
    When an operator restores the configured mode on the primary
    Then the primary becomes effective primary
    And the secondary becomes effective secondary
    And only the primary holds the virtual IPv6 address

  @HA-101 @HA-332.b
  Scenario: a primary that follows since an upgrade copies mail data, and takes over
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And an operator has forced a failover on the primary
    And an operator has upgraded the primary
    And a message for the quarantine has been stored on the secondary
    And an operator has upgraded the primary
    And the message has reached the quarantine of the primary
    When the secondary loses power
    Then the primary becomes effective primary when the detection time has passed
    And the virtual address answers from the primary

  @HA-116 @HA-520.a @HA-520.b @HA-521.a @HA-521.b @HA-524.a @HA-526.a @HA-527.a
  Scenario Outline: an upgraded secondary holds off while an operator <restarts> a primary of the old release, which reports its loss afterwards
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And an operator has upgraded the secondary
    And a restart of the primary will last until further notice
    When an operator <restarts> the primary
    Then the secondary becomes effective hold-off before the primary is down
    And the secondary is still effective hold-off for 25 seconds
    And the secondary offers no mail service
    When the restart of the primary is allowed to end
    Then the primary becomes effective primary
    And the secondary becomes effective secondary
    When the secondary loses power
    Then the units report these events
      | unit    | event                               |
      | primary | ha: secondary heartbeat disappeared |
    And the primary is still effective primary
    And the virtual address answers from the primary
    And only the primary holds the virtual address

    Examples:
      | restarts |
      | reboots  |
      | reloads  |

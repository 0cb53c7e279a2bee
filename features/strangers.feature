Feature: Strangers on the heartbeat networks
  Whoever is not the configured peer, or does not know the group's password, is let in at none of the four ports,
  moves no role, and costs the unit next to nothing. The unit logs him, but not without end.

  @HA-455
  Scenario Outline: the <unit> lets in no stranger who comes with <trick> from <address> address
    Given a healthy active-passive pair
    When a stranger attacks the ports of the <unit> from <address> address with <trick>
    Then the stranger is let in nowhere
    And the <unit> has logged one refusal of the stranger for each reason
    And no unit has changed its role
    And the units hear each other on each link within 2 seconds

    Examples:
      | trick            | address    | unit      |
      | garbage          | its own    | primary   |
      | garbage          | the peer's | secondary |
      | a wrong password | its own    | secondary |
      | a wrong password | the peer's | primary   |
      | an endless line  | the peer's | primary   |
      | broken lines     | the peer's | primary   |
      | broken lines     | the peer's | secondary |

  @HA-007 @HA-455
  Scenario Outline: the <unit> lets in no third unit, though it has the password
    Given a healthy active-passive pair
    When a stranger attacks the ports of the <unit> from its own address with the right password
    Then the stranger is let in nowhere
    And the <unit> has logged one refusal of the stranger for each reason
    And no unit has changed its role

    Examples:
      | unit      |
      | primary   |
      | secondary |

  @HA-455
  Scenario Outline: bytes that once moved the role do not move it again when they come from <address> address
    Given a stranger who overhears both heartbeat links
    And a healthy active-passive pair
    And an operator has forced a failover on the primary
    And an operator has forced a failover on the primary
    When a stranger attacks the ports of the <unit> from <address> address with overheard bytes
    Then the stranger is let in nowhere
    And the <unit> has logged one refusal of the stranger for each reason
    And no unit has changed its role

    Examples:
      | address    | unit      |
      | its own    | primary   |
      | the peer's | primary   |
      | the peer's | secondary |

  @HA-101 @HA-455
  Scenario: the heartbeats of a dead primary, sent again, do not keep the secondary from taking over
    Given a stranger who overhears both heartbeat links
    And a healthy active-passive pair
    And a detection time of 3 seconds
    When the primary loses power
    And a stranger attacks the ports of the secondary from the peer's address with overheard bytes
    Then the secondary becomes effective primary when the detection time has passed

  @HA-453.a @HA-455
  Scenario Outline: the <unit> that has lost its peer lets in no stranger in its place, who comes with <trick>
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And the <peer> has lost power
    And the <unit> has logged this heartbeat status
      | link      | state  |
      | primary   | FAILED |
      | secondary | FAILED |
    And the <unit> has ended as effective primary
    When a stranger attacks the ports of the <unit> from the peer's address with <trick>
    Then the stranger is let in nowhere
    And the <unit> has logged one refusal of the stranger for each reason
    And the <unit> is still effective primary

    Examples:
      | trick            | unit      | peer      |
      | a wrong password | primary   | secondary |
      | a wrong password | secondary | primary   |
      | broken lines     | primary   | secondary |
      | an endless line  | secondary | primary   |

  @HA-453.a @HA-455
  Scenario: a secondary in hold-off lets in no stranger in the place of its primary
    Given a healthy active-passive pair
    And a restart of the primary will last until further notice
    When an operator reboots the primary
    Then the secondary becomes effective hold-off
    And the primary is down
    When a stranger attacks the ports of the secondary from the peer's address with a wrong password
    Then the stranger is let in nowhere
    And the secondary is still effective hold-off
    When the restart of the primary is allowed to end
    Then the primary becomes effective primary
    And the secondary becomes effective secondary

  @HA-453.a @HA-455
  Scenario: a primary that follows lets in no stranger in the place of the unit that leads
    Given a healthy active-passive pair
    And an operator has forced a failover on the primary
    When a stranger attacks the ports of the primary from the peer's address with a wrong password
    Then the stranger is let in nowhere
    And no unit has changed its role
    And the units hear each other on each link within 2 seconds

  @HA-455
  Scenario Outline: a stranger with <trick> from <address> address does not wear the <unit> out
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    When a stranger attacks the ports of the <unit> from <address> address with <trick>
    Then the stranger is let in nowhere
    And no unit has changed its role
    And the memory of the <unit> has grown by less than 24 megabytes
    And the <unit> has logged one refusal of the stranger for each reason
    And the units hear each other on each link within 2 seconds

    Examples:
      | trick                  | address    | unit      |
      | silence                | the peer's | primary   |
      | half a greeting        | the peer's | secondary |
      | a crowd of connections | its own    | primary   |
      | a crowd of connections | the peer's | primary   |

  @HA-455
  Scenario: a stranger who keeps trying is logged once a minute
    Given a healthy active-passive pair
    When a stranger knocks at the primary for 180 seconds
    Then the primary has logged one refusal of the stranger a minute
    And no unit has changed its role

  @HA-003.c
  Scenario: a unit that has left the group lets nobody in
    Given a healthy active-passive pair
    And an operator has set the mode to off on the secondary
    And the secondary has become effective off
    When a stranger attacks the ports of the secondary from the peer's address with the right password
    Then the stranger is let in nowhere

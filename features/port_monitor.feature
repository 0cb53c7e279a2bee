Feature: Which interfaces local monitoring looks at
  Monitoring of the local interfaces looks at those that have a failover action other than ignore and whose port-monitor
  is enabled, and only where it is enabled itself. A failing one makes the effective primary leave its role.

  @HA-167 @HA-216
  Scenario Outline: a monitored interface with the action <action> that fails on the primary moves the role
    Given a healthy active-passive pair with the failover action <action>
    And a detection time of 3 seconds
    And on-failure set to become-secondary
    And each unit monitors its mail interface
    When the mail cable of the primary is pulled
    Then the primary becomes effective failed
    And the secondary becomes effective primary within the detection time

    Examples:
      | action |
      | add    |
      | set    |

  @HA-167 @HA-216
  Scenario: a monitored interface that fails on a secondary that leads moves the role back
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And on-failure set to become-secondary
    And each unit monitors its mail interface
    And an operator has forced a failover on the primary
    When the mail cable of the secondary is pulled
    Then the secondary becomes effective failed
    And the primary becomes effective primary

  @HA-152 @HA-171.b
  Scenario: an interface with the action ignore is not looked at, whatever its port-monitor says
    Given a healthy active-passive pair with the failover action ignore
    And a detection time of 3 seconds
    And each unit monitors its mail interface
    When the mail cable of the primary is pulled
    Then no unit changes its role for the detection time

  @HA-152 @HA-171.b
  Scenario Outline: an interface whose action becomes ignore while the pair runs is no longer looked at, and one whose action becomes <action> is
    Given a healthy active-passive pair with the failover action <action>
    And a detection time of 3 seconds
    And on-failure set to become-secondary
    And each unit monitors its mail interface
    When an operator enters these failover actions on the primary
      | interface | action | address |
      | port3     | ignore | none    |
    And an operator changes a synchronized setting on the primary
    Then the changed setting is on the secondary
    When the mail cable of the primary is pulled
    Then no unit changes its role for the detection time
    When the mail cable of the primary is plugged in
    And an operator enters these failover actions on the primary
      | interface | action   | address |
      | port3     | <action> | virtual |
    Then the virtual address answers from the primary
    When the mail cable of the primary is pulled
    Then the primary becomes effective failed
    And the secondary becomes effective primary within the detection time

    Examples:
      | action |
      | add    |
      | set    |

  @HA-169 @HA-171.c
  Scenario: an interface whose port-monitor is disabled is not looked at
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And each unit monitors its mail interface
    And an operator has set port-monitor of the mail interface to disable on each unit
    When the mail cable of the primary is pulled
    Then no unit changes its role for the detection time

  @HA-061.c @HA-171.c
  Scenario Outline: a heartbeat cable that is pulled ends the role of no primary that monitors its mail interface
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And each unit monitors its mail interface
    When the <rank> heartbeat cable of the primary is pulled
    Then no unit changes its role for the detection time
    And the virtual address answers from the primary

    Examples:
      | rank      |
      | primary   |
      | secondary |

  @HA-167 @HA-207 @HA-216
  Scenario Outline: a <rank> heartbeat interface that is monitored and shared makes the primary leave its role, though the other link is whole
    Given a healthy active-passive pair with these failover actions
      | interface | action | address |
      | port3     | add    | virtual |
      | <port>    | add    | spare   |
    And a detection time of 2 seconds
    And on-failure set to become-secondary
    And each unit monitors its <rank> heartbeat interface
    When the <rank> heartbeat cable of the primary is pulled
    Then the primary becomes effective failed
    And the secondary becomes effective primary within the detection time

    Examples:
      | rank      | port  |
      | primary   | port6 |
      | secondary | port5 |

  @HA-167 @HA-169 @HA-171.c
  Scenario: of two shared interfaces only the monitored one makes the primary leave its role
    Given a healthy active-passive pair with a single heartbeat link and these failover actions
      | interface | action | address |
      | port3     | add    | virtual |
      | port5     | add    | spare   |
    And a detection time of 3 seconds
    And on-failure set to become-secondary
    And each unit monitors its interface port5
    When the mail cable of the primary is pulled
    Then no unit changes its role for the detection time
    When the cable of port5 of the primary is pulled
    Then the primary becomes effective failed
    And the secondary becomes effective primary within the detection time

  @HA-167 @HA-216
  Scenario Outline: of several monitored interfaces <port> alone makes the primary leave its role
    Given a healthy active-passive pair with a single heartbeat link and these failover actions
      | interface | action | address |
      | port3     | add    | virtual |
      | port5     | add    | spare   |
    And a detection time of 3 seconds
    And on-failure set to become-secondary
    And each unit monitors its mail interface
    And each unit monitors its interface port5
    When the cable of <port> of the primary is pulled
    Then the primary becomes effective failed
    And the secondary becomes effective primary within the detection time

    Examples:
      | port  |
      | port3 |
      | port5 |

  @HA-018.a @HA-167
  Scenario: a primary with two faulty interfaces is cured when both work again
    Given a healthy active-passive pair with a single heartbeat link and these failover actions
      | interface | action | address |
      | port3     | add    | virtual |
      | port5     | add    | spare   |
    And a detection time of 3 seconds
    And on-failure set to become-secondary
    And each unit monitors its mail interface
    And each unit monitors its interface port5
    And the mail cable of the primary has been pulled
    And the primary has become effective failed
    And the secondary has become effective primary
    And the cable of port5 of the primary has been pulled
    And the pair has been left alone for 3 seconds
    When the mail cable of the primary is plugged in
    Then the primary is still effective failed for the detection time
    When the cable of port5 of the primary is plugged in
    Then the primary becomes effective secondary

  @HA-168
  Scenario: port-monitor does nothing while interface monitoring is disabled
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And on-failure set to become-secondary
    And each unit monitors its mail interface
    And an operator has set interface monitoring to disable on each unit
    When the mail cable of the primary is pulled
    Then no unit changes its role for the detection time
    When an operator sets interface monitoring to enable on each unit
    Then the primary becomes effective failed
    And the secondary becomes effective primary within the detection time

  @HA-168 @HA-169 @HA-171.c
  Scenario Outline: <what> that is disabled on a unit that follows finds no fault once it leads, until it is enabled again
    Given a healthy active-passive pair
    And a detection time of 2 seconds
    And on-failure set to become-secondary
    And each unit monitors its mail interface
    And an operator has set <what> to disable on the secondary
    And an operator has forced a failover on the primary
    When the mail cable of the secondary is pulled
    Then no unit changes its role for 4 seconds
    When an operator sets <what> to enable on the secondary
    Then the secondary becomes effective failed
    And the primary becomes effective primary

    Examples:
      | what                               |
      | interface monitoring               |
      | port-monitor of the mail interface |

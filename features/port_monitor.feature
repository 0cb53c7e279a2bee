Feature: Which interfaces local monitoring looks at
  Monitoring of the local interfaces looks at those that have a failover action other than ignore and whose port-monitor
  is enabled, and only where it is enabled itself. A failing one makes the effective primary leave its role.

  @HA-167 @HA-171
  Scenario Outline: a monitored interface with the action <action> that fails on the primary moves the role
    Given a healthy active-passive pair with the failover action <action>
    And a detection time of 3 seconds
    And each unit monitors its mail interface
    When the mail interface of the primary loses its cable
    Then the primary becomes effective failed
    And the secondary becomes effective primary within the detection time

    Examples:
      | action |
      | add    |
      | set    |

  @HA-167
  Scenario: a monitored interface that fails on a secondary that leads moves the role back
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And each unit monitors its mail interface
    And the roles have been switched by a forced failover
    When the mail interface of the secondary loses its cable
    Then the secondary becomes effective failed
    And the primary becomes effective primary

  @HA-152 @HA-171
  Scenario: an interface with the action ignore is not looked at, whatever its port-monitor says
    Given a healthy active-passive pair with the failover action ignore
    And a detection time of 3 seconds
    And each unit monitors its mail interface
    When the mail interface of the primary loses its cable
    Then no unit changes its role during the detection time

  @HA-169 @HA-171
  Scenario: an interface whose port-monitor is disabled is not looked at
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And each unit monitors its mail interface
    And an operator has disabled port-monitor on the mail interface of each unit
    When the mail interface of the primary loses its cable
    Then no unit changes its role during the detection time

  @HA-169 @HA-171
  Scenario: of two shared interfaces only the monitored one makes the primary leave its role
    Given a healthy active-passive pair with a single heartbeat link and these failover actions
      | interface | action | address |
      | port3     | add    | virtual |
      | port5     | add    | spare   |
    And a detection time of 3 seconds
    And each unit monitors the interface port5
    When the mail interface of the primary loses its cable
    Then no unit changes its role during the detection time
    When the interface port5 of the primary loses its cable
    Then the primary becomes effective failed
    And the secondary becomes effective primary within the detection time

  @HA-168
  Scenario: port-monitor does nothing while interface monitoring is disabled
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And each unit would monitor its mail interface, but interface monitoring is disabled
    When the mail interface of the primary loses its cable
    Then no unit changes its role during the detection time
    When an operator enables interface monitoring on each unit
    Then the primary becomes effective failed
    And the secondary becomes effective primary within the detection time

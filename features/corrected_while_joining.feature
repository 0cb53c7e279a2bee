Feature: Settings that are corrected while a unit looks for its peer
  A unit that starts looks for its peer by the settings that it has at each moment, and so does one that leads alone.

  @HA-024.a @HA-055.a @HA-101 @HA-452
  Scenario Outline: a secondary that starts is given <setting>, which the primary was given while it was alone, and follows
    Given a healthy active-passive pair with these settings
      | setting           | primary | secondary |
      | hb-lost-threshold | 3       | 12        |
    And the secondary has lost power
    And the units have reported these events
      | unit    | by    | event                           |
      | primary | alert | secondary heartbeat disappeared |
    And an operator has set <setting> on the primary
    When the secondary starts again
    And an operator sets <setting> on the secondary
    Then the secondary becomes effective secondary
    And the primary is still effective primary
    When an operator changes a synchronized setting on the primary
    Then the changed setting is on the secondary
    When the primary loses power
    Then the secondary becomes effective primary when the detection time has passed

    Examples:
      | setting                          |
      | the base port to 21000           |
      | the password to another-password |

  @HA-024.a @HA-065
  Scenario: a secondary that starts is found by a primary that is given its address again, and follows
    Given a healthy active-passive pair with a single heartbeat link
    And a detection time of 12 seconds
    And an operator has set the detection time to 3 seconds on the primary
    And an operator has entered these interface settings on the primary
      | interface         | setting | value    |
      | primary heartbeat | peer-ip | nobody's |
    And an operator has shut down the secondary
    And the units have reported these events
      | unit    | by    | event                           |
      | primary | alert | secondary heartbeat disappeared |
    When the secondary starts again
    And an operator enters these interface settings on the primary
      | interface         | setting | value      |
      | primary heartbeat | peer-ip | its peer's |
    Then the secondary becomes effective secondary
    And the primary is still effective primary

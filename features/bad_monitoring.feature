Feature: Monitoring that is given what cannot work
  An address that nobody has, a count of 0, or a service that says far too much: the unit does what the document says of a
  service that does not answer, or nothing, and goes on watching its peer.

  @HA-254 @HA-255
  Scenario: a service that is monitored at an address that nobody has does not answer
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And the secondary monitors the SMTP service of its peer at its mail interface
    When an operator enters these settings on the secondary
      | service     | setting | value    |
      | remote-smtp | ip      | nobody's |
    Then the primary becomes effective failed within 8 seconds of the change
    And the secondary becomes effective primary

  @HA-255 @HA-265
  Scenario: a secondary that is to monitor with an interval, a timeout or a count of 0 finds no fault where there is none
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And the secondary monitors the SMTP service of its peer at its mail interface
    And the secondary monitors the POP3 service of its peer at its mail interface
    And the secondary monitors the HTTP service of its peer at its mail interface
    When an operator tries to enter these settings on the secondary
      | service     | setting        | value |
      | remote-smtp | check-interval | 0     |
      | remote-pop  | check-timeout  | 0     |
      | remote-http | retries        | 0     |
    Then no unit changes its role for 5 seconds
    When the primary loses power
    Then the secondary becomes effective primary when the detection time has passed

  @HA-265
  Scenario: flat lines with a wait of 0 and retries of 0 move no role, though nobody answers at their address
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    When an operator enters these settings on the secondary
      | setting        | value                   |
      | remote-service | smtp 10.0.3.77 25 1 0 1 |
      | remote-service | pop 10.0.3.77 110 1 1 0 |
    Then no unit changes its role for 5 seconds

  @HA-269
  Scenario Outline: a service that hangs with <greeting> does not stop the secondary that monitors it
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And the secondary monitors the SMTP service of its peer at its mail interface
    And an operator has entered these settings on the secondary
      | service     | setting | value |
      | remote-smtp | retries | 60    |
    And the SMTP service of the primary has failed with <greeting>
    And the pair has been left alone for 3 seconds
    When the primary loses power
    Then the secondary becomes effective primary when the detection time has passed

    Examples:
      | greeting                    |
      | a greeting of ten megabytes |
      | an endless greeting         |

  @HA-254
  Scenario: a greeting of ten megabytes moves no role before its time, and fills no secondary
    Given a healthy active-passive pair
    And a detection time of 3 seconds
    And the secondary monitors the SMTP service of its peer at its mail interface
    And an operator has entered these settings on the secondary
      | service     | setting | value |
      | remote-smtp | retries | 60    |
    When the SMTP service of the primary fails with a greeting of ten megabytes
    Then no unit changes its role for 6 seconds
    And the memory of the secondary has grown by less than 16 megabytes

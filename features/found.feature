Feature: Schedules that once broke a rule
  Exploring found them, the unit or a rule was corrected, and they stay here. Each line happens so many seconds after the
  one before; docs/explore.md has the rules about roles, addresses, mail and commands that hold all the while and afterwards.

  @HA-009 @HA-101
  Scenario: a role that was given to a frozen secondary is no longer taken when it thaws
    Given a healthy active-passive pair with these settings
      | setting           | primary | secondary |
      | hb-lost-threshold | 3       | 3         |
    When this happens to the pair
      | after | what                                         |
      | 1     | the secondary freezes                        |
      | 1     | an operator forces a failover on the primary |
      | 6     | the secondary thaws                          |
    Then no rule of the pair is broken

  @HA-113.c @HA-164
  Scenario: clients find the primary again after its peer led unheard and restarted
    Given a healthy active-passive pair with these settings
      | setting           | primary | secondary |
      | hb-lost-threshold | 3       | 3         |
    When this happens to the pair
      | after | what                                 |
      | 1     | both heartbeat links fall silent     |
      | 5     | an operator reboots the secondary    |
      | 3     | both heartbeat links are whole again |
    Then no rule of the pair is broken

  @HA-524.a
  Scenario: a hold-off command that comes a second time, late over a slow link, is not followed
    Given a healthy active-passive pair with these settings
      | setting           | primary | secondary |
      | hb-lost-threshold | 3       | 3         |
    When this happens to the pair
      | after | what                                                        |
      | 1     | the secondary heartbeat link delays everything by 2 seconds |
      | 1     | an operator reloads the primary                             |
    Then no rule of the pair is broken

  @HA-350.a @HA-524.a
  Scenario: a synchronization that a reboot has cut short is not awaited for ever
    Given a healthy active-passive pair with these settings
      | setting           | primary | secondary |
      | hb-lost-threshold | 3       | 3         |
    When this happens to the pair
      | after | what                                                      |
      | 0     | an operator reboots the primary                           |
      | 15    | an operator changes a synchronized setting on the primary |
      | 5     | a client sends a message to the virtual address           |
    Then no rule of the pair is broken

  @HA-009 @HA-580
  Scenario: messages of a forced failover that come late over a slow link move no role a second time
    Given a healthy active-passive pair with these settings
      | setting           | primary | secondary |
      | hb-lost-threshold | 3       | 3         |
    When this happens to the pair
      | after | what                                                        |
      | 1     | the secondary heartbeat link delays everything by 2 seconds |
      | 5     | an operator forces a failover on the secondary              |
      | 0.5   | an operator forces a failover on the primary                |
      | 5     | the secondary heartbeat link is whole again                 |
    Then no rule of the pair is broken

  @HA-113.c @HA-164
  Scenario: a primary that hears its peer again does not announce the address that it gives away
    Given a healthy active-passive pair with these settings
      | setting           | primary | secondary |
      | hb-lost-threshold | 3       | 3         |
    When this happens to the pair
      | after | what                                             |
      | 1     | both heartbeat links no longer reach the primary |
      | 4     | an operator forces a failover on the secondary   |
      | 1     | both heartbeat links are whole again             |
    Then no rule of the pair is broken

  @HA-580
  Scenario: an order that a unit was given before it froze for a minute moves no role when it thaws
    Given a healthy active-passive pair with these settings
      | setting           | primary | secondary |
      | hb-lost-threshold | 3       | 3         |
    When this happens to the pair
      | after | what                                             |
      | 1     | both heartbeat links no longer reach the primary |
      | 1     | an operator forces a failover on the secondary   |
      | 1     | the secondary freezes                            |
      | 0     | both heartbeat links are whole again             |
      | 60    | the secondary thaws                              |
    Then no rule of the pair is broken

  @HA-703
  Scenario: a unit that offered its role before it froze for a minute does not give it when it thaws
    Given a healthy active-passive pair with these settings
      | setting           | primary | secondary |
      | hb-lost-threshold | 3       | 3         |
    When this happens to the pair
      | after | what                                                      |
      | 1     | an operator forces a failover on the primary              |
      | 5     | an operator restores the configured mode on the secondary |
      | 0     | the secondary freezes                                     |
      | 60    | the secondary thaws                                       |
    Then no rule of the pair is broken

  @HA-703
  Scenario: a restore on a unit that entered the group unheard and leads alone moves no role a minute later
    Given a healthy active-passive pair with these settings
      | setting           | primary | secondary |
      | hb-lost-threshold | 3       | 3         |
    When this happens to the pair
      | after | what                                                      |
      | 1     | an operator reloads the secondary                         |
      | 0.3   | both heartbeat links no longer reach the primary          |
      | 1     | an operator restores the configured mode on the secondary |
      | 60    | both heartbeat links are whole again                      |
    Then no rule of the pair is broken

  @HA-024.c
  Scenario: a unit that froze while it looked for its peer looks again when it thaws
    Given a healthy active-passive pair with these settings
      | setting           | primary | secondary |
      | hb-lost-threshold | 3       | 3         |
    When this happens to the pair
      | after | what                                 |
      | 0     | both heartbeat links fall silent     |
      | 0     | an operator reloads the secondary    |
      | 1.5   | the secondary freezes                |
      | 0     | both heartbeat links are whole again |
      | 60    | the secondary thaws                  |
    Then no rule of the pair is broken

  @HA-523 @HA-524.a
  Scenario: a unit that froze while its hold-off ran out looks whether its peer is back when it thaws
    Given a healthy active-passive pair with these settings
      | setting           | primary | secondary |
      | hb-lost-threshold | 3       | 3         |
    When this happens to the pair
      | after | what                            |
      | 0     | an operator reboots the primary |
      | 0.5   | the primary loses power         |
      | 880   | the secondary freezes           |
      | 1     | the primary starts again        |
      | 60    | the secondary thaws             |
    Then no rule of the pair is broken

  @HA-113.c @HA-164
  Scenario: clients find a primary that froze right after it took the address from a crashed one
    Given a healthy active-passive pair with these settings
      | setting           | primary | secondary |
      | hb-lost-threshold | 3       | 3         |
      | on-failure        | off     | off       |
    When this happens to the pair
      | after | what                                   |
      | 0     | the HA software of the primary crashes |
      | 3     | the secondary freezes                  |
      | 76    | the secondary thaws                    |
    Then no rule of the pair is broken

  @HA-113.c @HA-163
  Scenario: a primary that is about to restart does not announce the address anew
    Given a healthy active-passive pair with these settings
      | setting           | primary | secondary |
      | hb-lost-threshold | 3       | 3         |
    When this happens to the pair
      | after | what                                     |
      | 0.5   | the HA software of the secondary crashes |
      | 0     | the secondary starts again               |
      | 0.2   | an operator reloads the primary          |
    Then no rule of the pair is broken

  @HA-009 @HA-101
  Scenario: a secondary that froze for nearly all of a detection time listens for another one when it thaws
    Given a healthy active-passive pair with these settings
      | setting           | primary | secondary |
      | hb-lost-threshold | 5       | 5         |
    When this happens to the pair
      | after | what                                             |
      | 0     | an operator reboots the secondary                |
      | 1.2   | the secondary freezes                            |
      | 5     | both heartbeat links no longer reach the primary |
      | 0     | the secondary thaws                              |
    Then no rule of the pair is broken

  @HA-520.a
  Scenario: a secondary that has just restarted HA goes into hold-off for a primary that it has not heard yet
    Given a healthy active-passive pair with these settings
      | setting           | primary | secondary |
      | hb-lost-threshold | 5       | 2         |
    When this happens to the pair
      | after | what                                          |
      | 0     | a restart of the primary will last 10 seconds |
      | 0.5   | an operator restarts HA on the secondary      |
      | 0     | an operator reboots the primary               |
    Then no rule of the pair is broken

  @HA-580 @HA-331
  Scenario: a request that was granted once does not move the role again when the unit leads again later
    Given a healthy active-passive pair with these settings
      | setting           | primary          | secondary        |
      | hb-lost-threshold | 3                | 3                |
      | on-failure        | become-secondary | become-secondary |
    When this happens to the pair
      | after | what                                                               |
      | 0     | the primary heartbeat link delays everything by 0.5 seconds        |
      | 0     | the secondary heartbeat link refuses connections                   |
      | 2     | the primary heartbeat link delays everything by 2 seconds          |
      | 0.5   | an operator forces a failover on the secondary                     |
      | 5     | an operator sets the password to another-password on the secondary |
    Then no rule of the pair is broken

  @HA-113.c @HA-164
  Scenario: a primary announces its address anew when its peer may have led without being heard
    Given a healthy active-passive pair with these settings
      | setting           | primary          | secondary        |
      | hb-lost-threshold | 3                | 3                |
      | on-failure        | become-secondary | become-secondary |
    When this happens to the pair
      | after | what                                     |
      | 2.1   | both heartbeat links fall silent         |
      | 2.4   | both heartbeat links are whole again     |
      | 0     | an operator restarts HA on the secondary |
    Then no rule of the pair is broken

  @HA-524.a
  Scenario: a secondary does not hold off for a restart of the primary that is over
    Given a healthy active-passive pair with these settings
      | setting           | primary          | secondary        |
      | hb-lost-threshold | 3                | 3                |
      | on-failure        | become-secondary | become-secondary |
    When this happens to the pair
      | after | what                                                        |
      | 0     | the secondary heartbeat link delays everything by 2 seconds |
      | 0     | both heartbeat links fall silent                            |
      | 0     | an operator reboots the primary                             |
      | 0.5   | both heartbeat links are whole again                        |
    Then no rule of the pair is broken

  @HA-102
  Scenario: a secondary that thaws hears nothing that a primary said which has restarted since
    Given a healthy active-passive pair with these settings
      | setting           | primary          | secondary        |
      | hb-lost-threshold | 5                | 2                |
      | on-failure        | become-secondary | become-secondary |
      | mail-data-sync    | disable          | disable          |
    When this happens to the pair
      | after | what                                               |
      | 0     | the secondary freezes                              |
      | 1     | an operator reboots the primary                    |
      | 3     | the secondary thaws                                |
      | 0.5   | both heartbeat links no longer reach the secondary |
      | 1     | the primary heartbeat link refuses connections     |
    Then no rule of the pair is broken

  @HA-578.a
  Scenario: a role that is given to a unit while it is frozen for a moment is not given back when it thaws
    Given a healthy active-passive pair with these settings
      | setting           | primary | secondary |
      | hb-lost-threshold | 8       | 8         |
    When this happens to the pair
      | after | what                                           |
      | 0     | an operator forces a failover on the primary   |
      | 3     | the primary freezes                            |
      | 0.5   | an operator forces a failover on the secondary |
      | 2     | the primary thaws                              |
    Then no rule of the pair is broken
    And the primary ends as effective primary
    And the secondary ends as effective secondary

  @HA-120.b @HA-424
  Scenario: a message that the peer took just before it lost its power is delivered once, though the giver leads again
    Given a healthy active-passive pair with these settings
      | setting           | primary      | secondary        |
      | hb-lost-threshold | 3            | 3                |
      | on-failure        | restore-role | become-secondary |
    When this happens to the pair
      | after | what                                                        |
      | 0     | the primary heartbeat link delays everything by 0.5 seconds |
      | 0     | the protected mail server puts every delivery off           |
      | 0     | a client sends 3 messages to the virtual address            |
      | 0     | an operator forces a failover on the secondary              |
      | 0.8   | the secondary loses power                                   |
      | 10    | the secondary starts again                                  |
    Then no rule of the pair is broken

  @HA-534.b
  Scenario: a primary that finds itself faulty while it waits for the answer to hold-off restarts all the same
    Given a healthy active-passive pair
    And a detection time of 20 seconds
    And on-failure set to become-secondary
    And each unit monitors its mail interface
    And both heartbeat links have fallen silent
    When this happens to the pair
      | after | what                                    |
      | 0     | the mail cable of the primary is pulled |
      | 1     | an operator reboots the primary         |
    Then the primary has sent one system event trap, with the code of reboot
    And the primary is down
    And no rule of the pair is broken

  @HA-120.b @HA-424
  Scenario: a message that was on offer when the peer was rebooted is delivered once, though the giver leads again soon after
    Given a healthy active-passive pair with these settings
      | setting           | primary          | secondary        |
      | hb-lost-threshold | 3                | 3                |
      | on-failure        | become-secondary | become-secondary |
    When this happens to the pair
      | after | what                                                      |
      | 0.5   | the protected mail server puts every delivery off         |
      | 0.3   | a client sends 25 messages to the virtual address         |
      | 1     | the primary loses power                                   |
      | 6.9   | the primary starts again                                  |
      | 0.2   | an operator reboots the secondary                         |
      | 0     | the protected mail server takes mail again                |
      | 5     | an operator restores the configured mode on the secondary |
    Then no rule of the pair is broken

  @HA-311.b
  Scenario: a primary that its peer has found failed over a dead cable waits for that peer, which its own on-failure keeps off
    Given a healthy active-passive pair with these settings
      | setting           | primary      | secondary |
      | hb-lost-threshold | 3            | 3         |
      | on-failure        | restore-role | off       |
    And each unit monitors its mail interface
    And each unit monitors the POP3 service of its peer at its mail interface
    When this happens to the pair
      | after | what                                          |
      | 0     | the mail cable of the secondary is pulled     |
      | 10    | the mail cable of the secondary is plugged in |
    Then no rule of the pair is broken

  @HA-120.b @HA-424
  Scenario: a message that the peer has just got when it loses power, and whose giver leads again, is delivered once
    Given a healthy active-passive pair with these settings
      | setting           | primary          | secondary        |
      | hb-lost-threshold | 3                | 3                |
      | on-failure        | become-secondary | become-secondary |
    When this happens to the pair
      | after | what                                                        |
      | 1     | the primary heartbeat link delays everything by 0.5 seconds |
      | 1     | the protected mail server puts every delivery off           |
      | 0.3   | a client sends 25 messages to the virtual address           |
      | 5     | an operator forces a failover on the primary                |
      | 11    | the protected mail server takes mail again                  |
      | 9.8   | the secondary loses power                                   |
      | 7.1   | the secondary starts again                                  |
    Then no rule of the pair is broken

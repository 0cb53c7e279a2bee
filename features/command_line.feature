Feature: The command line
  An operator reads and changes settings object by object. The prompt tells where he is, tables and fields have their
  own commands, and a line that is none of them changes nothing.

  @HA-750.a @HA-750.b
  Scenario: the prompt names the object that is configured, one level at a time
    Given a healthy active-passive pair
    Then each unit answers these lines
      | line             | answer  | object    |
      | config system ha | nothing | ha        |
      | config interface | nothing | interface |
      | edit port3       | nothing | port3     |
      | next             | nothing | interface |
      | edit port5       | nothing | port5     |
      | end              | nothing | ha        |
      | config service   | nothing | service   |
      | end              | nothing | ha        |
      | end              | nothing | none      |
      | config system ha | nothing | ha        |
      | config interface | nothing | interface |
      | edit port3       | nothing | port3     |
      | abort            | nothing | ha        |
      | abort            | nothing | none      |

  @HA-751.a
  Scenario: a table takes the commands of tables, and not those of fields
    Given a healthy active-passive pair
    Then the primary answers these lines
      | line                            | answer                      | object             |
      | config log alertemail recipient | nothing                     | recipient          |
      | show                            | not edit                    | recipient          |
      | edit one@alerts.example         | nothing                     | one@alerts.example |
      | set comment "the first"         | nothing                     | one@alerts.example |
      | next                            | nothing                     | recipient          |
      | edit two@alerts.example         | nothing                     | two@alerts.example |
      | set comment second              | nothing                     | two@alerts.example |
      | next                            | nothing                     | recipient          |
      | get                             | one@alerts.example          | recipient          |
      |                                 | comment: the first          | recipient          |
      |                                 | two@alerts.example          | recipient          |
      | show                            | edit ... two@alerts.example | recipient          |
      |                                 | set comment second          | recipient          |
      | set comment third               | refused                     | recipient          |
      | unset comment                   | refused                     | recipient          |
      | edit                            | refused                     | recipient          |
      | delete one@alerts.example       | nothing                     | recipient          |
      | get                             | not one@alerts.example      | recipient          |
      |                                 | two@alerts.example          | recipient          |
      | purge                           | nothing                     | recipient          |
      | get                             | not two@alerts.example      | recipient          |
      | end                             | nothing                     | none               |

  @HA-751.b
  Scenario: fields take the commands of fields, and not those of tables
    Given a healthy active-passive pair
    Then the primary answers these lines
      | line                                    | answer                                  | object    |
      | config system ha                        | nothing                                 | ha        |
      | set remote-services-as-heartbeat enable | nothing                                 | ha        |
      | get                                     | remote-services-as-heartbeat: enable    | ha        |
      | show                                    | set remote-services-as-heartbeat enable | ha        |
      | unset remote-services-as-heartbeat      | nothing                                 | ha        |
      | get                                     | remote-services-as-heartbeat: disable   | ha        |
      | show                                    | not set remote-services-as-heartbeat    | ha        |
      | edit port3                              | refused                                 | ha        |
      | delete port3                            | refused                                 | ha        |
      | purge                                   | refused                                 | ha        |
      | next                                    | refused                                 | ha        |
      | set                                     | refused                                 | ha        |
      | unset                                   | refused                                 | ha        |
      | config nowhere                          | refused                                 | ha        |
      | config interface                        | nothing                                 | interface |
      | edit port3                              | nothing                                 | port3     |
      | set port-monitor enable                 | nothing                                 | port3     |
      | get                                     | port-monitor: enable                    | port3     |
      | show                                    | set port-monitor enable                 | port3     |
      | unset port-monitor                      | nothing                                 | port3     |
      | get                                     | port-monitor: disable                   | port3     |
      | purge                                   | refused                                 | port3     |
      | abort                                   | nothing                                 | ha        |
      | abort                                   | nothing                                 | none      |

  @HA-751.a @HA-751.b
  Scenario: outside an object nothing can be set
    Given a healthy active-passive pair
    Then each unit answers these lines
      | line                 | answer  | object |
      | set mode off         | refused | none   |
      | unset mode           | refused | none   |
      | edit port3           | refused | none   |
      | end                  | refused | none   |
      | next                 | refused | none   |
      | abort                | refused | none   |
      | config               | refused | none   |
      | config system nobody | refused | none   |
      | get system nobody    | refused | none   |
      | nonsense             | refused | none   |
    And no unit has changed its role

  @HA-752
  Scenario: what is left by abort is not saved
    Given a healthy active-passive pair
    Then the primary answers these lines
      | line                                    | answer                               | object             |
      | config log alertemail recipient         | nothing                              | recipient          |
      | edit one@alerts.example                 | nothing                              | one@alerts.example |
      | set comment first                       | nothing                              | one@alerts.example |
      | abort                                   | nothing                              | none               |
      | get log alertemail recipient            | not one@alerts.example               | none               |
      | config system ha                        | nothing                              | ha                 |
      | set remote-services-as-heartbeat enable | nothing                              | ha                 |
      | config interface                        | nothing                              | interface          |
      | edit port3                              | nothing                              | port3              |
      | set port-monitor enable                 | nothing                              | port3              |
      | abort                                   | nothing                              | ha                 |
      | get                                     | remote-services-as-heartbeat: enable | ha                 |
      | show                                    | not set port-monitor enable          | ha                 |
      | end                                     | nothing                              | none               |
      | get system ha                           | remote-services-as-heartbeat: enable | none               |
      | show system ha                          | not set port-monitor enable          | none               |

  @HA-752
  Scenario: what is left by next is kept, and saved with the object
    Given a healthy active-passive pair
    Then the primary answers these lines
      | line                            | answer                      | object             |
      | config log alertemail recipient | nothing                     | recipient          |
      | edit one@alerts.example         | nothing                     | one@alerts.example |
      | set comment first               | nothing                     | one@alerts.example |
      | next                            | nothing                     | recipient          |
      | abort                           | nothing                     | none               |
      | get log alertemail recipient    | comment: first              | none               |
      | config system ha                | nothing                     | ha                 |
      | config interface                | nothing                     | interface          |
      | edit port3                      | nothing                     | port3              |
      | set port-monitor enable         | nothing                     | port3              |
      | next                            | nothing                     | interface          |
      | abort                           | nothing                     | ha                 |
      | show                            | set port-monitor enable     | ha                 |
      | abort                           | nothing                     | none               |
      | show system ha                  | not set port-monitor enable | none               |

  @HA-753
  Scenario: the entries of services have fixed names
    Given a healthy active-passive pair
    Then the primary answers these lines
      | line               | answer  | object      |
      | config system ha   | nothing | ha          |
      | config service     | nothing | service     |
      | edit remote-gopher | refused | service     |
      | edit remote-smtp   | nothing | remote-smtp |
      | next               | nothing | service     |
      | edit local-hd      | nothing | local-hd    |
      | end                | nothing | ha          |

  @HA-376 @HA-760
  Scenario: a secondary refuses to set, unset, add and delete what is synchronized
    Given a healthy active-passive pair
    And an operator has added the first alert recipient on the primary
    And the first alert recipient is on the secondary
    Then the secondary answers these lines
      | line                                    | answer                                               | object               |
      | config system global                    | nothing                                              | global               |
      | set disclaimer mine                     | refused: HA secondary can't set attribute disclaimer | global               |
      | unset disclaimer                        | refused: HA secondary can't set attribute disclaimer | global               |
      | get                                     | disclaimer                                           | global               |
      |                                         | not mine                                             | global               |
      | end                                     | nothing                                              | none                 |
      | config system ha                        | nothing                                              | ha                   |
      | set remote-services-as-heartbeat enable | nothing                                              | ha                   |
      | abort                                   | nothing                                              | none                 |
      | config log alertemail recipient         | nothing                                              | recipient            |
      | edit two@alerts.example                 | refused: HA secondary can't set attribute            | recipient            |
      | delete first@alerts.example             | refused: HA secondary can't set attribute            | recipient            |
      | edit first@alerts.example               | nothing                                              | first@alerts.example |
      | set comment mine                        | refused: HA secondary can't set attribute comment    | first@alerts.example |
      | next                                    | nothing                                              | recipient            |
      | purge                                   | refused: HA secondary can't set attribute            | recipient            |
      | get                                     | first@alerts.example                                 | recipient            |
      |                                         | not two@alerts.example                               | recipient            |
      | end                                     | nothing                                              | none                 |
    And the first alert recipient is on each unit

  @HA-376 @HA-760
  Scenario: a secondary in hold-off refuses to set what is synchronized
    Given a healthy active-passive pair
    And a restart of the primary will last until further notice
    When an operator reboots the primary
    Then the secondary becomes effective hold-off
    And the secondary answers these lines
      | line                 | answer                                               |
      | config system global | nothing                                              |
      | set disclaimer mine  | refused: HA secondary can't set attribute disclaimer |
      | end                  | nothing                                              |

  @HA-376 @HA-760
  Scenario: a secondary of a config-only group refuses to set what is synchronized
    Given a config-only group of a primary and a secondary
    Then the secondary answers these lines
      | line                 | answer                                               |
      | config system global | nothing                                              |
      | set disclaimer mine  | refused: HA secondary can't set attribute disclaimer |
      | end                  | nothing                                              |
      | config system ha     | nothing                                              |
      | set mail-data-sync   | refused                                              |
      | end                  | nothing                                              |

  @HA-618.a @HA-618.b
  Scenario: the HA settings are printed with their values, and the password is masked
    Given a healthy active-passive pair
    And an operator has set the password to secret-word on each unit
    Then each unit answers these lines
      | line          | answer                | object |
      | get system ha | hb-base-port: 20000   | none   |
      |               | hb-lost-threshold: 15 | none   |
      |               | password: **...       | none   |
      |               | not secret-word       | none   |

  @HA-618.a
  Scenario: the HA settings of interfaces and services are printed where they are set
    Given a healthy active-passive pair
    Then the primary answers these lines
      | line                          | answer                             | object      |
      | config system ha              | nothing                            | ha          |
      | config interface              | nothing                            | interface   |
      | edit port3                    | nothing                            | port3       |
      | set port-monitor enable       | nothing                            | port3       |
      | next                          | nothing                            | interface   |
      | get                           | port3                              | interface   |
      |                               | port-monitor: enable               | interface   |
      |                               | port1                              | interface   |
      | end                           | nothing                            | ha          |
      | config service                | nothing                            | service     |
      | edit remote-smtp              | nothing                            | remote-smtp |
      | get                           | retries: ...                       | remote-smtp |
      | show                          | edit remote-smtp                   | remote-smtp |
      | set retries 7                 | nothing                            | remote-smtp |
      | next                          | nothing                            | service     |
      | end                           | nothing                            | ha          |
      | end                           | nothing                            | none        |
      | get system ha                 | ... port3 ... port-monitor: enable | none        |
      |                               | ... remote-smtp ... retries: 7     | none        |
      |                               | not remote-imap ... retries        | none        |
      | show                          | set port-monitor enable            | none        |
      |                               | set retries 7                      | none        |
      | show system ha                | set port-monitor enable            | none        |
      | show log alertemail recipient | config ... recipient               | none        |
      |                               | end                                | none        |

  @HA-618.a
  Scenario: the HA settings of a unit in no group are printed, and those of pairs are left out
    Given two units with factory settings
    Then each unit answers these lines
      | line             | answer                                | object  |
      | get system ha    | mode: off                             | none    |
      |                  | hb-base-port: 20000                   | none    |
      |                  | remote-services-as-heartbeat: disable | none    |
      |                  | not mail-data-sync                    | none    |
      | config system ha | nothing                               | ha      |
      | config service   | nothing                               | service |
      | show             | not edit                              | service |
      |                  | config service                        | service |
      | end              | nothing                               | ha      |

  @HA-762.a @HA-762.b
  Scenario: a question mark lists what may be entered
    Given a healthy active-passive pair
    Then each unit answers these lines
      | line                    | answer                   | object    |
      | ?                       | offers: config           | none      |
      |                         | offers: execute          | none      |
      |                         | offers: get              | none      |
      | diagnose system ha ?    | offers: failover         | none      |
      |                         | offers: restore          | none      |
      |                         | offers: sync             | none      |
      |                         | not reboot               | none      |
      |                         | not recipient            | none      |
      |                         | not ftp                  | none      |
      |                         | not diagnose             | none      |
      | execute ?               | offers: reboot           | none      |
      |                         | offers: shutdown         | none      |
      |                         | not failover             | none      |
      | execute restore image ? | offers: tftp             | none      |
      |                         | offers: ftp              | none      |
      | config system ha        | nothing                  | ha        |
      | ?                       | offers: set              | ha        |
      |                         | offers: end              | ha        |
      |                         | not edit                 | ha        |
      |                         | not diagnose             | ha        |
      | config ?                | offers: interface        | ha        |
      |                         | offers: service          | ha        |
      | set ?                   | offers: on-failure       | ha        |
      |                         | offers: hb-base-port     | ha        |
      |                         | not config-primary       | ha        |
      | unset ?                 | offers: on-failure       | ha        |
      | set on-failure ?        | offers: become-secondary | ha        |
      |                         | offers: restore-role     | ha        |
      |                         | not enable               | ha        |
      | set on-failure off ?    | not become-secondary     | ha        |
      | config interface        | nothing                  | interface |
      | ?                       | offers: edit             | interface |
      |                         | not set                  | interface |
      | edit ?                  | offers: port3            | interface |
      | end                     | nothing                  | ha        |
      | end                     | nothing                  | none      |

  @HA-763
  Scenario: a line with a word too many is rejected, and nothing of it is done
    Given a healthy active-passive pair
    Then the primary answers these lines
      | line                            | answer  | object |
      | get system status now           | refused | none   |
      | diagnose system ha              | refused | none   |
      | diagnose system ha failover now | refused | none   |
      | execute reboot now              | refused | none   |
      | execute reload nothing          | refused | none   |
      | execute restore image tftp      | refused | none   |
      | config system ha                | nothing | ha     |
      | get mode                        | refused | ha     |
      | show mode                       | refused | ha     |
      | unset on-failure mode           | refused | ha     |
      | end now                         | refused | ha     |
      | abort now                       | refused | ha     |
      | set on-failure "off             | refused | ha     |
      | end                             | nothing | none   |
    And no unit has changed its role
    And the primary shows these settings
      | setting    | value            |
      | on-failure | become-secondary |

  @HA-764.a @HA-764.b
  Scenario Outline: <command> asks for a confirmation, and without it nothing happens
    Given a healthy active-passive pair
    And an operator has added the first alert recipient on the primary
    Then the primary answers these lines
      | line      | answer     | object |
      | <command> | a question |        |
      | perhaps   | refused    |        |
      | (empty)   | refused    |        |
      | n         | nothing    | none   |
    And no unit changes its role for 2 seconds
    And the first alert recipient is on the primary

    Examples:
      | command                                      |
      | execute reboot                               |
      | execute reload                               |
      | execute shutdown                             |
      | execute factoryreset                         |
      | execute formatmaildisk                       |
      | execute restore image tftp new.out 10.0.3.50 |
      | execute restore image ftp new.out 10.0.3.50  |

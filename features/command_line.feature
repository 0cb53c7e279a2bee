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
      | set failover port3 set 10.0.3.77/24     | refused: HA secondary can't set attribute failover   | ha                   |
      | unset failover                          | refused: HA secondary can't set attribute failover   | ha                   |
      | config interface                        | nothing                                              | interface            |
      | edit port3                              | nothing                                              | port3                |
      | set status ignore-vip                   | refused: HA secondary can't set attribute status     | port3                |
      | set virtual-ip 10.0.3.77/24             | refused: HA secondary can't set attribute virtual-ip | port3                |
      | set virtual-ip6 2001:db8::77/64         | refused: HA secondary can't set attribute virtual-ip6 | port3               |
      | unset status                            | refused: HA secondary can't set attribute status     | port3                |
      | unset virtual-ip                        | refused: HA secondary can't set attribute virtual-ip | port3                |
      | abort                                   | nothing                                              | ha                   |
      | abort                                   | nothing                                              | none                 |
      | config log alertemail recipient         | nothing                                              | recipient            |
      | edit two@alerts.example                 | refused: HA secondary can't set attribute            | recipient            |
      | delete first@alerts.example             | refused: HA secondary can't set attribute            | recipient            |
      | edit first@alerts.example               | nothing                                              | first@alerts.example |
      | set comment mine                        | refused: HA secondary can't set attribute comment    | first@alerts.example |
      | unset comment                           | refused: HA secondary can't set attribute comment    | first@alerts.example |
      | next                                    | nothing                                              | recipient            |
      | purge                                   | refused: HA secondary can't set attribute            | recipient            |
      | get                                     | first@alerts.example                                 | recipient            |
      |                                         | not two@alerts.example                               | recipient            |
      | end                                     | nothing                                              | none                 |
    And the first alert recipient is on each unit

  @HA-376 @HA-760
  Scenario: a primary that follows refuses to set, unset, add and delete what is synchronized, and takes it when it leads again
    Given a healthy active-passive pair
    And an operator has added the first alert recipient on the primary
    And the first alert recipient is on the secondary
    And an operator has forced a failover on the primary
    Then the primary answers these lines
      | line                                    | answer                                               | object               |
      | config system global                    | nothing                                              | global               |
      | set disclaimer mine                     | refused: HA secondary can't set attribute disclaimer | global               |
      | unset disclaimer                        | refused: HA secondary can't set attribute disclaimer | global               |
      | end                                     | nothing                                              | none                 |
      | config system ha                        | nothing                                              | ha                   |
      | set failover port3 set 10.0.3.77/24     | refused: HA secondary can't set attribute failover   | ha                   |
      | config interface                        | nothing                                              | interface            |
      | edit port3                              | nothing                                              | port3                |
      | set status ignore-vip                   | refused: HA secondary can't set attribute status     | port3                |
      | set virtual-ip 10.0.3.77/24             | refused: HA secondary can't set attribute virtual-ip | port3                |
      | abort                                   | nothing                                              | ha                   |
      | abort                                   | nothing                                              | none                 |
      | config log alertemail recipient         | nothing                                              | recipient            |
      | edit two@alerts.example                 | refused: HA secondary can't set attribute            | recipient            |
      | delete first@alerts.example             | refused: HA secondary can't set attribute            | recipient            |
      | purge                                   | refused: HA secondary can't set attribute            | recipient            |
      | edit first@alerts.example               | nothing                                              | first@alerts.example |
      | set comment mine                        | refused: HA secondary can't set attribute comment    | first@alerts.example |
      | abort                                   | nothing                                              | none                 |
    When an operator restores the configured mode on the primary
    Then the primary becomes effective primary
    And the secondary becomes effective secondary
    And the primary answers these lines
      | line                 | answer  |
      | config system global | nothing |
      | set disclaimer mine  | nothing |
      | abort                | nothing |

  @HA-376 @HA-760
  Scenario: a secondary in hold-off refuses to set what is synchronized
    Given a healthy active-passive pair
    And an operator has added the first alert recipient on the primary
    And the first alert recipient is on the secondary
    And a restart of the primary will last until further notice
    When an operator reboots the primary
    Then the secondary becomes effective hold-off
    And the secondary answers these lines
      | line                                | answer                                               |
      | config system global                | nothing                                              |
      | set disclaimer mine                 | refused: HA secondary can't set attribute disclaimer |
      | unset disclaimer                    | refused: HA secondary can't set attribute disclaimer |
      | end                                 | nothing                                              |
      | config system ha                    | nothing                                              |
      | set failover port3 set 10.0.3.77/24 | refused: HA secondary can't set attribute failover   |
      | end                                 | nothing                                              |
      | config log alertemail recipient     | nothing                                              |
      | edit two@alerts.example             | refused: HA secondary can't set attribute            |
      | delete first@alerts.example         | refused: HA secondary can't set attribute            |
      | edit first@alerts.example           | nothing                                              |
      | set comment mine                    | refused: HA secondary can't set attribute comment    |
      | abort                               | nothing                                              |

  @HA-376 @HA-760
  Scenario: a secondary of a config-only group refuses to set what is synchronized
    Given a config-only group of a primary and a secondary
    And an operator has added the first alert recipient on the primary
    And the first alert recipient is on the secondary
    Then the secondary answers these lines
      | line                            | answer                                               |
      | config system global            | nothing                                              |
      | set disclaimer mine             | refused: HA secondary can't set attribute disclaimer |
      | unset disclaimer                | refused: HA secondary can't set attribute disclaimer |
      | end                             | nothing                                              |
      | config system ha                | nothing                                              |
      | set mail-data-sync              | refused                                              |
      | end                             | nothing                                              |
      | config log alertemail recipient | nothing                                              |
      | edit two@alerts.example         | refused: HA secondary can't set attribute            |
      | delete first@alerts.example     | refused: HA secondary can't set attribute            |
      | purge                           | refused: HA secondary can't set attribute            |
      | edit first@alerts.example       | nothing                                              |
      | set comment mine                | refused: HA secondary can't set attribute comment    |
      | unset comment                   | refused: HA secondary can't set attribute comment    |
      | abort                           | nothing                                              |
    And the first alert recipient is on each unit

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
      |                         | offers: show             | none      |
      |                         | offers: diagnose         | none      |
      | config ?                | offers: system           | none      |
      | config system ?         | offers: ha               | none      |
      | get system ?            | offers: ha               | none      |
      |                         | offers: status           | none      |
      | show system ?           | offers: ha               | none      |
      | diagnose ?              | offers: system           | none      |
      | diagnose system ?       | offers: ha               | none      |
      | diagnose system ha ?    | offers: failover         | none      |
      |                         | offers: restore          | none      |
      |                         | offers: sync             | none      |
      |                         | not reboot               | none      |
      |                         | not recipient            | none      |
      |                         | not ftp                  | none      |
      |                         | not diagnose             | none      |
      | execute ?               | offers: reboot           | none      |
      |                         | offers: shutdown         | none      |
      |                         | offers: reload           | none      |
      |                         | offers: factoryreset     | none      |
      |                         | offers: formatmaildisk   | none      |
      |                         | offers: restore          | none      |
      |                         | not failover             | none      |
      | execute restore ?       | offers: image            | none      |
      | execute restore image ? | offers: tftp             | none      |
      |                         | offers: ftp              | none      |
      | config system ha        | nothing                  | ha        |
      | ?                       | offers: set              | ha        |
      |                         | offers: unset            | ha        |
      |                         | offers: get              | ha        |
      |                         | offers: show             | ha        |
      |                         | offers: abort            | ha        |
      |                         | offers: end              | ha        |
      |                         | not edit                 | ha        |
      |                         | not diagnose             | ha        |
      | config ?                | offers: interface        | ha        |
      |                         | offers: service          | ha        |
      | set ?                   | offers: on-failure       | ha        |
      |                         | offers: hb-base-port     | ha        |
      |                         | offers: mode             | ha        |
      |                         | offers: password         | ha        |
      |                         | not config-primary       | ha        |
      | unset ?                 | offers: on-failure       | ha        |
      | set on-failure ?        | offers: become-secondary | ha        |
      |                         | offers: restore-role     | ha        |
      |                         | offers: off              | ha        |
      |                         | not enable               | ha        |
      | set mail-data-sync ?    | offers: disable          | ha        |
      | set on-failure off ?    | not become-secondary     | ha        |
      | config interface        | nothing                  | interface |
      | ?                       | offers: edit             | interface |
      |                         | offers: delete           | interface |
      |                         | offers: purge            | interface |
      |                         | not set                  | interface |
      | edit ?                  | offers: port3            | interface |
      | edit port3              | nothing                  | port3     |
      | ?                       | offers: set              | port3     |
      |                         | offers: next             | port3     |
      |                         | not edit                 | port3     |
      | set ?                   | offers: peer-ip          | port3     |
      |                         | offers: port-monitor     | port3     |
      |                         | not on-failure           | port3     |
      | set heartbeat-status ?  | offers: secondary        | port3     |
      |                         | offers: disable          | port3     |
      | end                     | nothing                  | ha        |
      | config service          | nothing                  | service   |
      | edit ?                  | offers: remote-smtp      | service   |
      |                         | offers: local-hd         | service   |
      | edit remote-pop         | nothing                  | remote-pop |
      | set ?                   | offers: retries          | remote-pop |
      |                         | offers: check-timeout    | remote-pop |
      | abort                   | nothing                  | ha        |
      | end                     | nothing                  | none      |

  @HA-763
  Scenario: a line that is not complete, or names what there is not, is rejected in every object
    Given a healthy active-passive pair
    Then the primary answers these lines
      | line                                               | answer  | object    |
      | get system                                         | refused | none      |
      | show system nobody                                 | refused | none      |
      | execute                                            | refused | none      |
      | execute restart                                    | refused | none      |
      | execute restore                                    | refused | none      |
      | execute restore image http new.out 10.0.3.50       | refused | none      |
      | execute restore image tftp new.out 10.0.3.50 again | refused | none      |
      | diagnose system                                    | refused | none      |
      | diagnose system ha swap                            | refused | none      |
      | diagnose system ha sync all                        | refused | none      |
      | diagnose system ha showcsum all                    | refused | none      |
      | get system ha mode                                 | refused | none      |
      | exit now                                           | refused | none      |
      | config system ha now                               | refused | none      |
      | config system ha                                   | nothing | ha        |
      | set nothing enable                                 | refused | ha        |
      | set on-failure                                     | refused | ha        |
      | set on-failure off off                             | refused | ha        |
      | unset nothing                                      | refused | ha        |
      | execute reboot                                     | refused | ha        |
      | diagnose system ha failover                        | refused | ha        |
      | config interface                                   | nothing | interface |
      | set port-monitor enable                            | refused | interface |
      | next                                               | refused | interface |
      | edit port3 now                                     | refused | interface |
      | delete                                             | refused | interface |
      | edit port3                                         | nothing | port3     |
      | edit port5                                         | refused | port3     |
      | delete port5                                       | refused | port3     |
      | set on-failure off                                 | refused | port3     |
      | next now                                           | refused | port3     |
      | abort                                              | nothing | ha        |
      | config service                                     | nothing | service   |
      | set retries 4                                      | refused | service   |
      | next                                               | refused | service   |
      | purge now                                          | refused | service   |
      | abort                                              | nothing | ha        |
      | end                                                | nothing | none      |
    And no unit has changed its role
    And the primary shows these settings
      | setting    | value            |
      | on-failure | become-secondary |

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
    Then each unit answers these lines
      | line      | answer     | object |
      | <command> | a question |        |
      | perhaps   | refused    |        |
      | (empty)   | refused    |        |
      | yes       | refused    |        |
      | ok        | refused    |        |
      | n         | nothing    | none   |
      | y         | refused    | none   |
    And no unit changes its role for 2 seconds
    And the first alert recipient is on each unit

    Examples:
      | command                                      |
      | execute reboot                               |
      | execute reload                               |
      | execute shutdown                             |
      | execute factoryreset                         |
      | execute formatmaildisk                       |
      | execute restore image tftp new.out 10.0.3.50 |
      | execute restore image ftp new.out 10.0.3.50  |

  @HA-764.a @HA-764.b
  Scenario: a unit in no group asks for a confirmation too, and without it nothing happens
    Given two units with factory settings
    And an operator has added the first alert recipient on the primary
    Then the primary answers these lines
      | line                   | answer     | object |
      | execute reboot         | a question |        |
      | n                      | nothing    | none   |
      | execute reload         | a question |        |
      | n                      | nothing    | none   |
      | execute shutdown       | a question |        |
      | yes                    | refused    |        |
      | n                      | nothing    | none   |
      | execute factoryreset   | a question |        |
      | n                      | nothing    | none   |
      | execute formatmaildisk | a question |        |
      | n                      | nothing    | none   |
      | execute reboot         | a question |        |
      | n                      | nothing    | none   |
      | y                      | refused    | none   |
    And no unit changes its role for 2 seconds
    And the first alert recipient is on the primary

  @HA-764.a @HA-764.b
  Scenario: a unit of a config-only group asks for a confirmation too, and without it nothing happens
    Given a config-only group of a primary and a secondary
    And an operator has added the first alert recipient on the primary
    Then the primary answers these lines
      | line                   | answer     | object |
      | execute reboot         | a question |        |
      | n                      | nothing    | none   |
      | execute reload         | a question |        |
      | n                      | nothing    | none   |
      | execute shutdown       | a question |        |
      | yes                    | refused    |        |
      | n                      | nothing    | none   |
      | execute factoryreset   | a question |        |
      | n                      | nothing    | none   |
      | execute formatmaildisk | a question |        |
      | n                      | nothing    | none   |
      | execute reboot         | a question |        |
      | n                      | nothing    | none   |
      | y                      | refused    | none   |
    And no unit changes its role for 2 seconds
    And the first alert recipient is on the primary

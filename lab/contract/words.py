"""The closed sets of the contract: modes, ports, faults, tricks, and capabilities."""

from __future__ import annotations

from enum import StrEnum


class Rank(StrEnum):
    """Rank of a heartbeat link. Source: system ha, heartbeat-status."""

    PRIMARY = "primary"
    SECONDARY = "secondary"


class Port(StrEnum):
    """The four ports, in order from the base port. Source: system ha, hb-base-port; HA-054."""

    HEARTBEAT = "heartbeat"
    SYNC_CONTROL = "sync-control"
    DATA_SYNC = "data-sync"
    CONFIG_SYNC = "config-sync"


class Family(StrEnum):
    """The address family of a peer, or of what it sends. Source: system ha, peer-ip and peer-ip6; HA-072."""

    IPV4 = "IPv4"
    IPV6 = "IPv6"


class Mode(StrEnum):
    """Effective mode as an operator reads it; UNREACHABLE when the unit does not answer."""

    OFF = "off"
    PRIMARY = "primary"
    SECONDARY = "secondary"
    FAILED = "failed"
    HOLD_OFF = "hold-off"
    UNREACHABLE = "unreachable"


class How(StrEnum):
    """How a cut link behaves: it swallows everything, or refuses connections."""

    BLACK_HOLE = "black-hole"
    REFUSAL = "refusal"


class Capability(StrEnum):
    """What a driver may be able to do; a scenario that needs more is not applicable."""

    POWER = "power"  # cut and restore a unit's power
    CRASH = "crash"  # kill the unit's HA software while the machine lives
    FREEZE = "freeze"  # stop the whole machine, and let it go on
    CUT = "cut"  # cut a heartbeat link as black hole
    REFUSE = "refuse"  # cut a heartbeat link as refusal
    ONE_WAY = "one-way"  # cut one direction only
    CUT_PORT = "cut-port"  # cut one of the four ports only
    DELAY = "delay"  # delay a heartbeat link, with jitter
    THROTTLE = "throttle"  # limit the bandwidth of a heartbeat link
    CABLE = "cable"  # pull a cable at the interface
    STRANGER = "stranger"  # speak to the four ports of a heartbeat link as someone else
    MEMORY = "memory"  # see how much memory a unit's HA software uses
    NAMESPACE = "namespace"  # see addresses, bridges and listening sockets in a unit's network namespace
    STORAGE = "storage"  # see the messages in a unit's mail storage and mail queue
    NAS = "nas"  # let both units keep their mail data on one network storage
    COPIES = "copies"  # see what a unit has copied of its peer's mail queue
    READING = "reading"  # read a mailbox as its owner does, by IMAP
    LOG = "log"  # learn of what a unit logs about HA, at a log server or where it keeps its log
    SAYINGS = "sayings"  # know the words of its log that no document names (`Saying`)
    SCHEDULE = "schedule"  # read when a unit's next synchronizations come
    SYSLOG = "syslog"  # receive what a unit sends to a log server
    ALERTS = "alerts"  # learn of a unit's alert mails, at a recipient or where it keeps them
    ALERT_MAIL = "alert-mail"  # receive the alerts that a unit mails to its recipients
    TRAPS = "traps"  # learn of a unit's SNMP traps, at a manager or where it keeps them
    SNMP = "snmp"  # receive the traps that a unit sends to a manager, and ask it for its modes
    HEARTBEAT = "heartbeat"  # tell a heartbeat from other payload on the links
    SPEAK = "speak"  # say on the four ports what only a peer would say
    BRIDGE = "bridge"  # make the two networks that the units' Layer 2 bridges may connect, and send frames across
    BOOT_DELAY = "boot-delay"  # choose how long a restart takes
    UPGRADE = "upgrade"  # install another release of the unit's firmware
    FACTORY_RESET = "factory-reset"  # return a unit to factory settings, and still reach it
    SERVICE = "service"  # let a service of a unit fail for everybody on the network
    DISK = "disk"  # let the mail disk of a unit fail
    LONG = "long"  # let minutes or hours pass (sim always, docker with --long)


class Sink(StrEnum):
    """Who learns of a unit's HA events outside it. Source: HA-651, HA-654, HA-658."""

    LOG_SERVER = "log server"
    ALERT_MAIL = "alert mail"
    TRAPS_V1 = "trap manager by SNMP v1"
    TRAPS_V2C = "trap manager by SNMP v2c"
    TRAPS_V3 = "trap manager by SNMP v3"

    @property
    def needs(self) -> Capability:
        """What a lab must be able to do to receive what goes there."""
        return {Sink.LOG_SERVER: Capability.SYSLOG, Sink.ALERT_MAIL: Capability.ALERT_MAIL}.get(self, Capability.SNMP)


class Snmp(StrEnum):
    """A version of SNMP. Source: C8, N1."""

    V1 = "v1"
    V2C = "v2c"
    V3 = "v3"


class Saying(StrEnum):
    """What a unit's log tells in words of its own: no document names any."""

    GIVEN_UP = "given-up"  # an order that was accepted will not be carried out
    PEER_REFUSED = "peer-refused"  # someone at one of the four ports was refused


class Trick(StrEnum):
    """What a stranger on a heartbeat network tries. Source: HA-007, HA-453, HA-455."""

    GARBAGE = "garbage"  # a megabyte that is no greeting
    CLAIM = "claim"  # authenticate with a password, claim to be the peer, and ask for the role
    REPLAY = "replay"  # replay what was recorded (`Link.overhear`)
    ENDLESS_LINE = "endless-line"  # authenticate with a password, then send a megabyte without an end of line
    BROKEN_LINES = "broken-lines"  # authenticate again and again, each time to say one line that no peer would say
    SILENCE = "silence"  # many connections on which nothing is sent
    HALF_GREETING = "half-greeting"  # many connections on which a greeting begins and does not end
    CROWD = "crowd"  # very many connections, opened as fast as they can be

    @property
    def is_spoken(self) -> bool:
        """Whether a stranger must speak as a peer does for it: SPEAK."""
        return self in {Trick.CLAIM, Trick.ENDLESS_LINE, Trick.BROKEN_LINES, Trick.HALF_GREETING}


class Guise(StrEnum):
    """The address that a stranger uses: one of its own on the link's network, or the peer's."""

    OWN = "own"
    PEER = "peer"


class Synchronized(StrEnum):
    """What is synchronized by schedule, and shown with its time. Source: HA-410, HA-615."""

    CONFIGURATION = "configuration"
    DATA = "data"


class Ending(StrEnum):
    """How a stranger's attempt at a port ended."""

    REFUSED = "refused"  # no connection was opened
    CLOSED = "closed"  # the unit ended every connection, and said nothing but that it refuses
    IGNORED = "ignored"  # a connection was still open when the stranger gave up, and the unit had sent nothing on it
    ANSWERED = "answered"  # the unit sent something else; where its wire is not known, and then held the connection


class Service(StrEnum):
    """What a client speaks with a service of a unit. Source: HA-111, HA-251."""

    SMTP = "SMTP"
    POP3 = "POP3"
    IMAP = "IMAP"
    HTTP = "HTTP"


class Failing(StrEnum):
    """How a service of a unit fails its clients. Source: HA-254."""

    REFUSING = "refusing"  # connections are refused
    UNREACHABLE = "unreachable"  # packets to it are lost
    SILENT = "silent"  # connections are accepted, and nothing is ever said
    DEFERRING = "deferring"  # the greeting says to come later (SMTP: 421)
    REJECTING = "rejecting"  # the greeting says that there is no service here (SMTP: 554)
    GARBAGE = "garbage"  # what is said is no greeting
    ENDLESS = "endless"  # the greeting goes on and on
    HUGE = "huge"  # the greeting is one line of ten megabytes
    LATE = "2 seconds late"  # all is as it should be, after so long
    LATER = "4 seconds late"

    @property
    def late(self) -> float:
        """Seconds by which each connection begins too late; 0 where it is not the delay that fails."""
        return {Failing.LATE: 2.0, Failing.LATER: 4.0}.get(self, 0.0)


class DiskState(StrEnum):
    """How the mail disk of a unit fails. Source: HA-200, HA-209."""

    FULL = "full"  # no byte more can be stored
    READ_ONLY = "read-only"  # nothing can be changed
    FAULTY = "faulty"  # each write ends with an I/O error
    STUCK = "stuck"  # each write waits until the disk works again


class Area(StrEnum):
    """Where a unit stores mail data. Source: system ha, mail-data-sync; HA-401."""

    SYSTEM_QUARANTINE = "system-quarantine"
    QUARANTINE = "quarantine"
    ARCHIVE = "archive"
    MAILBOXES = "mailboxes"
    PREFERENCES = "preferences"


class MailKind(StrEnum):
    """What is to happen to a test message: delivery, or storage in one of the areas."""

    CLEAN = "clean"
    SPAM = "spam"  # carries the spam test marker: ends in the recipient's quarantine
    VIRUS = "virus"  # carries the virus test marker: ends in the system quarantine
    LOCAL = "local"  # to a user of the unit itself: ends in a mailbox (server mode)
    ARCHIVED = "archived"  # matches the archive rule: delivered, and a copy is archived

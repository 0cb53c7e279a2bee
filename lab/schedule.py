"""The vocabulary of schedules: what can happen to a pair, in words and as values.

A schedule is a list of happenings with the seconds before each. Feature files use its words, as sentences of
their own and in the table of `steps.schedule`, and `explore` draws from them; `lab.schedule_run` carries a
happening out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from itertools import product

from lab.contract import Capability, DiskState, Failing, Lab, MailKind, Port, Rank, Service, Trick
from lab.faults import Fault, FaultKind, Onto, service_failing, unit_of
from lab.frames import said
from lab.standard_pair import PAIR, SERVICES
from lab.timeline import Kind

BOOT_TIMES = ("1", "4", "10")
"""Durations of a start, in seconds."""

BASE_PORTS = ("20000", "31000", "19995", "40007")
"""Base ports that an operator may set: the default one, and others, above and below it."""

FAILOVER_ACTIONS = (
    "add the virtual address",
    "set the virtual address",
    "add the spare address",
    "set the spare address",
    "ignore",
)
"""Failover actions of the mail interface, with the address that it shares."""

RETRIES = ("1", "2", "5")
"""Failed checks of an interface in a row that make a fault."""

INTERVALS = ("1", "3")
"""Seconds between checks of an interface."""

DELAYS = ("0.5", "2")
"""Delays of a link, in seconds."""

DETECTION_TIMES = ("2", "3", "5", "8", "30")
"""Seconds that an operator may set as hb-lost-threshold."""

OTHER_PASSWORDS = ("another-password", "Change_me", "change_me2", "change_me_too")
"""Passwords that no group has before an operator sets them; all but the first look like the default one."""

ON_FAILURES = ("off", "restore-role", "become-secondary")

STORES = {
    "the quarantine": MailKind.SPAM,
    "the system quarantine": MailKind.VIRUS,
    "the archive": MailKind.ARCHIVED,
}
"""What a message may be for, so that it is stored. Source: HA-401."""

CROWDS = ("3", "25")
"""Messages that a client may send one after the other."""

RECIPIENTS = ("first@example.com", "second@example.com")
"""Recipients of alerts, which are synchronized."""

USES = {
    "the heartbeat signal": Port.HEARTBEAT,
    "synchronization control": Port.SYNC_CONTROL,
    "data synchronization": Port.DATA_SYNC,
    "configuration synchronization": Port.CONFIG_SYNC,
}
"""The four ports in the manual's words. Source: system ha, hb-base-port; HA-054."""

_CALLED = {port: use for use, port in USES.items()}

LINKS = {"the primary heartbeat link": Rank.PRIMARY, "the secondary heartbeat link": Rank.SECONDARY}
BOTH_LINKS = "both heartbeat links"

FAILINGS = {
    "refusals": Failing.REFUSING,
    "lost packets": Failing.UNREACHABLE,
    "silence": Failing.SILENT,
    "a temporary error": Failing.DEFERRING,
    "a lasting error": Failing.REJECTING,
    "garbage": Failing.GARBAGE,
    "an endless greeting": Failing.ENDLESS,
    "a greeting of ten megabytes": Failing.HUGE,
    "a delay of 2 seconds": Failing.LATE,
    "a delay of 4 seconds": Failing.LATER,
}
"""How a service fails its clients, in words."""

_NO_LINK = (None,)
_EACH_LINK = tuple(Rank)


@dataclass(frozen=True, slots=True)
class Phrase:
    """The words for a kind of happening, and what it does.

    In `words` {unit}, {links}, {cable}, {uses}, {value}, {seconds} (the value as a span), {mode} (the unit's own) are
    filled in, and `[loses|has lost]` gives both frames (`lab.frames`). It is a fault or the end of one, CLI lines that
    an operator enters on the unit, or something else that is done to the lab.
    """

    words: str
    fault: Fault | None = None
    """A fault or its end, completed by the words; if these name no link, a link's fault is one of both links."""
    lines: tuple[str, ...] = ()
    """Filled in are {value}, {mode} (the unit's own), {number} (which counts the changes of a schedule) and {virtual6};
    for a link {port}, {rank}, {peer}, {nobody} (an address that nobody has) and {word} (peer-ip or peer-ip6)."""
    does: Callable[[Lab, Happening], object] | None = None
    onto: Onto = Onto.ANYTHING
    """Conditions under which it makes sense; for a fault the table of faults has them."""
    needs: Capability | None = None
    """Capabilities that it needs; for a fault the table of faults has them."""
    values: tuple[str, ...] = ("",)
    """Values of {value} or {seconds}."""
    links: tuple[Rank | None, ...] = _NO_LINK
    """Links of which it concerns one; None: both of them, or none."""


def _ordered(words: str, *lines: str, values: tuple[str, ...] = ("",)) -> Phrase:
    """A phrase for CLI lines that an operator enters on a unit that answers."""
    return Phrase(words, lines=lines, onto=Onto.ANSWERS, values=values)


def _set(value: str, line: str, values: tuple[str, ...] = ("",)) -> Phrase:
    """A phrase for a setting of `config system ha` and its value."""
    words = f"an operator [sets|has set] {value} on the {{unit}}"
    return _ordered(words, "config system ha", f"set {line}", "end", values=values)


def _edited(words: str, table: str, entry: str, *lines: str, values: tuple[str, ...] = ("",)) -> Phrase:
    """A phrase for settings in an entry of a table of `config system ha`."""
    inside = (f"config {table}", f"edit {entry}", *lines, "next", "end")
    return _ordered(words, "config system ha", *inside, "end", values=values)


def _of_link(words: str, line: str) -> Phrase:
    """A phrase for a setting of a heartbeat interface."""
    return replace(_edited(f"an operator {words} on the {{unit}}", "interface", "{port}", line), links=_EACH_LINK)


def _watching(words: str, status: str) -> Phrase:
    """A phrase for whether a unit monitors a service, whose address it has been told."""
    words = f"an operator of the {{unit}} {words.replace('monitors', '[monitors|has monitored]')}"
    inside = ("config service", "edit {remote}", f"set status {status}", "next", "end")
    return _ordered(words, "config system ha", *inside, "end", values=("SMTP", "HTTP", "POP3"))


def _shared(phrase: Phrase) -> Phrase:
    """A phrase for what the unit that leads gives to its peer, and no other unit is given."""
    return replace(phrase, onto=Onto.LEADS)


_BLACK_HOLE, _HEAL = Fault(FaultKind.BLACK_HOLE), Fault(FaultKind.HEAL)
_MAIL_CABLE, _MAIL_PLUG = (Fault(kind, value=PAIR.mail) for kind in (FaultKind.CABLE, FaultKind.PLUG))
_UNEVEN = Fault(FaultKind.DELAY, value=1.0, jitter=1.0)
_KNOCK = Fault(FaultKind.STRANGER, link=Rank.PRIMARY, ports=frozenset({Port.HEARTBEAT}), value=Trick.CLAIM.value)

_SILENT_WORDS = "{links} [falls|has fallen] silent"
_DEAF_WORDS = "{links} no longer [reaches] the {unit}"
_UNUSABLE_WORDS = "{links} no longer [carries] {uses}"
_WHOLE_WORDS = "{links} [is] whole again"
_PULLED_WORDS = "the {cable} of the {unit} [is|has been] pulled"
_PLUGGED_WORDS = "the {cable} of the {unit} [is|has been] plugged in"


class What(Enum):
    """The kinds of happenings, each with its phrase."""

    POWER_OFF = Phrase("the {unit} [loses|has lost] power", Fault(FaultKind.POWER_OFF))
    POWER_ON = Phrase("the {unit} [starts|has started] again", Fault(FaultKind.POWER_ON))
    CRASH = Phrase("the HA software of the {unit} [crashes|has crashed]", Fault(FaultKind.CRASH))
    FREEZE = Phrase("the {unit} [freezes|has frozen]", Fault(FaultKind.FREEZE))
    THAW = Phrase("the {unit} [thaws|has thawed]", Fault(FaultKind.THAW))
    BOOT_TIME = Phrase(
        "a restart of the {unit} [will last] {seconds}",
        does=lambda lab, it: unit_of(lab, it.unit).set_boot_time(float(it.value)),
        needs=Capability.BOOT_DELAY,
        values=BOOT_TIMES,
    )
    SILENT = Phrase(_SILENT_WORDS, _BLACK_HOLE, links=_EACH_LINK)
    BOTH_SILENT = Phrase(_SILENT_WORDS, _BLACK_HOLE)
    REFUSING = Phrase("{links} [refuses] connections", Fault(FaultKind.REFUSAL), links=_EACH_LINK)
    DEAF = Phrase(_DEAF_WORDS, _BLACK_HOLE, links=_EACH_LINK)
    BOTH_DEAF = Phrase(_DEAF_WORDS, _BLACK_HOLE)
    PORT_SILENT = Phrase(_UNUSABLE_WORDS, _BLACK_HOLE, links=_EACH_LINK)
    BOTH_PORT_SILENT = Phrase(_UNUSABLE_WORDS, _BLACK_HOLE)
    UNEVEN = Phrase("{links} [delays] everything by 0 to 2 seconds at random", _UNEVEN, links=_EACH_LINK)
    THIN = Phrase("{links} [carries] 1000 bytes a second", Fault(FaultKind.THROTTLE, value=1000.0), links=_EACH_LINK)
    SLOW = Phrase("{links} [delays] everything by {seconds}", Fault(FaultKind.DELAY), values=DELAYS, links=_EACH_LINK)
    RETURNS = Phrase(_WHOLE_WORDS, _HEAL, links=_EACH_LINK)
    BOTH_RETURN = Phrase(_WHOLE_WORDS, _HEAL)
    PULLED = Phrase(_PULLED_WORDS, Fault(FaultKind.CABLE), links=_EACH_LINK)
    PLUGGED = Phrase(_PLUGGED_WORDS, Fault(FaultKind.PLUG), links=_EACH_LINK)
    MAIL_PULLED = Phrase(_PULLED_WORDS, _MAIL_CABLE)
    MAIL_PLUGGED = Phrase(_PLUGGED_WORDS, _MAIL_PLUG)
    REBOOT = _ordered("an operator [reboots|has rebooted] the {unit}", "execute reboot", "y")
    RELOAD = _ordered("an operator [reloads|has reloaded] the {unit}", "execute reload", "y")
    SHUTDOWN = _ordered("an operator [shuts|has shut] down the {unit}", "execute shutdown", "y")
    UPGRADE = Phrase(
        "an operator [upgrades|has upgraded] the {unit}",
        does=lambda lab, it: unit_of(lab, it.unit).install(lab.releases[-1]),
        onto=Onto.ANSWERS,
        needs=Capability.UPGRADE,
    )
    FAILOVER = _ordered("an operator [forces|has forced] a failover on the {unit}", "diagnose system ha failover")
    RESTORE = _ordered(
        "an operator [restores|has restored] the configured mode on the {unit}", "diagnose system ha restore"
    )
    RESTART = _ordered("an operator [restarts|has restarted] HA on the {unit}", "diagnose system ha restart")
    SYNC = _ordered("an operator [starts|has started] a synchronization on the {unit}", "diagnose system ha sync")
    LEAVE = _set("the mode to off", "mode off")
    ENTER = _set("the mode to {mode}", "mode {mode}")
    GROUPED = _ordered(
        "an operator [sets|has set] the mode to config-{mode} on the {unit}",
        *("config system ha", "set config-peer-ip {peer4}", "set mode config-{mode}", "end"),
    )
    ON_FAILURE = _set("on-failure to {value}", "on-failure {value}", ON_FAILURES)
    DETECTION = _set("the detection time to {seconds}", "hb-lost-threshold {value}", DETECTION_TIMES)
    ESTRANGED = _set("the password to {value}", "password {value}", OTHER_PASSWORDS)
    RECONCILED = _set(f"the password to {PAIR.password}", f"password {PAIR.password}")
    BASE_PORT = _set("the base port to {value}", "hb-base-port {value}", BASE_PORTS)
    MISLED = _of_link("[sets|has set] a wrong peer address for {links}", "set {word} {nobody}")
    CORRECTED = _of_link("[sets|has set] the right peer address for {links}", "set {word} {peer}")
    UNUSED = _of_link("[takes|has taken] {links} out of use", "set heartbeat-status disable")
    USED = _of_link("[puts|has put] {links} to use", "set heartbeat-status {rank}")
    DATA_SYNC = _set("mail-data-sync to {value}", "mail-data-sync {value}", ("enable", "disable"))
    FAILOVER_ACTION = _shared(
        _set("the failover action to {value}", f"failover {PAIR.mail} {{value}}", FAILOVER_ACTIONS)
    )
    SHARES_SIX = _shared(
        _edited(
            "an operator [shares|has shared] the virtual IPv6 address on the {unit}",
            *("interface", PAIR.mail, "set virtual-ip6 {virtual6}"),
        )
    )
    SHARES_NO_SIX = _shared(
        _edited(
            "an operator [shares|has shared] no IPv6 address on the {unit}",
            *("interface", PAIR.mail, "unset virtual-ip6"),
        )
    )
    MONITOR = _edited(
        "an operator [sets|has set] port-monitor to {value} on the {unit}",
        *("interface", PAIR.mail, "set port-monitor {value}"),
        values=("enable", "disable"),
    )
    CHECKS = _edited(
        "an operator [sets|has set] the checks of interfaces to {value} on the {unit}",
        *("service", "local-ports", "set check-interval 1", "set status {value}"),
        values=("enable", "disable"),
    )
    RETRIES = _edited(
        "an operator [sets|has set] the retries of these checks to {value} on the {unit}",
        *("service", "local-ports", "set retries {value}"),
        values=RETRIES,
    )
    INTERVAL = _edited(
        "an operator [sets|has set] the interval of these checks to {seconds} on the {unit}",
        *("service", "local-ports", "set check-interval {value}"),
        values=INTERVALS,
    )
    DISK = _edited(
        "an operator [sets|has set] the check of the disk to {value} on the {unit}",
        *("service", "local-hd", "set check-interval 4", "set status {value}"),
        values=("enable", "disable"),
    )
    CHANGE = _ordered(
        "an operator [changes|has changed] a synchronized setting on the {unit}",
        *("config system global", "set disclaimer change-{number}", "end"),
    )
    HELD = Phrase(
        "the protected mail server [puts|has put] every delivery off", does=lambda lab, _: lab.mail.hold_deliveries()
    )
    TAKEN = Phrase("the protected mail server [takes] mail again", does=lambda lab, _: lab.mail.release_deliveries())
    MAIL = Phrase("a client [sends|has sent] a message to the virtual address", does=lambda lab, _: lab.mail.send())
    MAIL_TO_UNIT = Phrase(
        "a client [sends|has sent] a message to the {unit}",
        does=lambda lab, it: lab.mail.send(to=unit_of(lab, it.unit).own_address(PAIR.mail).partition("/")[0]),
    )
    STORED = Phrase(
        "a client [sends|has sent] a message for {value} to the virtual address",
        does=lambda lab, it: lab.mail.send(STORES[it.value]),
        values=tuple(STORES),
    )
    CROWD = Phrase(
        "a client [sends|has sent] {value} messages to the virtual address",
        does=lambda lab, it: [lab.mail.send() for _ in range(int(it.value))],
        values=CROWDS,
    )
    REMOVED = _ordered(
        "an operator [removes|has removed] a synchronized setting on the {unit}",
        *("config system global", "unset disclaimer", "end"),
    )
    ADDED = _ordered(
        "an operator [makes|has made] {value} a recipient of alerts on the {unit}",
        *("config log alertemail recipient", "edit {value}", "next", "end"),
        values=RECIPIENTS,
    )
    DELETED = _ordered(
        "an operator [deletes|has deleted] {value} from the recipients of alerts on the {unit}",
        *("config log alertemail recipient", "delete {value}", "end"),
        values=RECIPIENTS,
    )
    STRANGER = Phrase("a stranger [knocks|has knocked] at the {unit}", _KNOCK)

    SERVICE = Phrase(
        "the SMTP service of the {unit} [fails|has failed] with {value}",
        Fault(FaultKind.SERVICE),
        values=tuple(word for word, failing in FAILINGS.items() if failing is not Failing.HUGE),
    )
    HTTP_SERVICE = Phrase(
        "the HTTP service of the {unit} [fails|has failed] with {value}",
        Fault(FaultKind.SERVICE, value=Service.HTTP.value),
        values=("refusals", "silence"),
    )
    POP3_SERVICE = Phrase(
        "the POP3 service of the {unit} [fails|has failed] with {value}",
        Fault(FaultKind.SERVICE, value=Service.POP3.value),
        values=("refusals", "silence"),
    )
    UNWATCHED = _watching("monitors the {value} service of the peer no more", "disable")
    WATCHED = _watching("monitors the {value} service of the peer again", "enable")
    STANDS_IN = _set(
        "remote-services-as-heartbeat to {value}", "remote-services-as-heartbeat {value}", ("enable", "disable")
    )
    MENDED = Phrase("every service of the {unit} [answers] again", Fault(FaultKind.MEND))
    DISK_FAILS = Phrase(
        "the mail disk of the {unit} [becomes|has become] {value}",
        Fault(FaultKind.DISK),
        values=tuple(state.value for state in DiskState),
    )
    DISK_WORKS = Phrase("the mail disk of the {unit} [works] again", Fault(FaultKind.REPAIR))

    def undoes(self, other: What) -> bool:
        """Whether it ends the fault of the other kind, on the same number of links."""
        end, begin = self.value.fault, other.value.fault
        if end is None or begin is None or begin.kind not in end.row.ends or end.value not in {"", begin.value}:
            return False
        return self.value.links == other.value.links


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that happens: its kind, and the unit ("P", "S"), link, port or value that it concerns."""

    what: What
    unit: str = ""
    link: Rank | None = None
    port: Port | None = None
    value: str = ""

    def __str__(self) -> str:
        """Its words in a feature file."""
        words = {
            "unit": next((word for word, name in PAIR.called.items() if name == self.unit), ""),
            "links": next((text for text, rank in LINKS.items() if rank is self.link), BOTH_LINKS),
            "cable": "mail cable" if self.link is None else f"{self.link} heartbeat cable",
            "uses": "" if self.port is None else _CALLED[self.port],
            "value": self.value,
            "seconds": "1 second" if self.value == "1" else f"{self.value} seconds",
            "mode": PAIR.configured[self.unit].value if self.unit else "",
        }
        several = "{links}" in self.what.value.words and self.link is None
        return said(self.what.value.words, several=several).format(**words)

    @property
    def faults(self) -> tuple[Fault, ...]:
        """The faults, or ends of faults, that it consists of: one for each of its links."""
        fault = self.what.value.fault
        if fault is None:
            return ()
        ports = frozenset({self.port}) if self.port is not None else fault.ports
        if fault.kind is FaultKind.DISK:
            return (replace(fault, unit=self.unit, value=self.value),)
        if fault.row.at_link is None:
            cable = PAIR.heartbeat[self.link] if self.link is not None else fault.value
            service = Service(str(fault.value)) if fault.kind is FaultKind.SERVICE and fault.value else Service.SMTP
            failing = service_failing(service, FAILINGS[self.value]) if self.value else cable
            return (replace(fault, unit=self.unit, value=failing),)
        value = float(self.value) if self.value else fault.value
        links = [link for link in (self.link or fault.link,) if link is not None] or list(Rank)
        return tuple(replace(fault, unit=self.unit, link=link, ports=ports, value=value) for link in links)

    @property
    def needs(self) -> frozenset[Capability]:
        """Capabilities that it needs."""
        own = {self.what.value.needs} if self.what.value.needs is not None else set()
        return frozenset(own).union(*(fault.needs for fault in self.faults))

    def lines(self, lab: Lab, number: int) -> tuple[str, ...]:
        """The CLI lines that an operator enters for it; `number` counts the changes so far."""
        value = self.value.replace("the virtual address", lab.mail.virtual_address)
        words: dict[str, object] = {"value": value, "mode": PAIR.configured[self.unit].value, "number": number}
        if "{remote}" in " ".join(self.what.value.lines):
            words["remote"] = SERVICES[Service(self.value)]
        if "spare" in value:
            words["value"] = value.replace("the spare address", lab.spare_address(PAIR.mail))
        words |= self._words_of_link(lab, self.link or Rank.PRIMARY)
        return tuple(line.format(virtual6=lab.mail.virtual_address6, **words) for line in self.what.value.lines)

    def _words_of_link(self, lab: Lab, link: Rank) -> dict[str, str]:
        """What is filled in for a heartbeat interface; the peer has the address by which the unit was told first."""
        port, peer = PAIR.heartbeat[link], next(name for name in PAIR.configured if name != self.unit)
        told = " ".join(str(entry.detail["line"]) for entry in lab.timeline.of(Kind.CLI, self.unit))
        six = "set peer-ip6 " in told
        own4, own6 = unit_of(lab, peer).own_address(port), unit_of(lab, peer).own_address6(port)
        own, own4 = ((own6 if six else own4).partition("/")[0], own4.partition("/")[0])
        nobody = f"{own}77" if six else f"{own.rpartition('.')[0]}.77"
        word = "peer-ip6" if six else "peer-ip"
        return {"port": port, "rank": link.value, "word": word, "peer": own, "peer4": own4, "nobody": nobody}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a schedule: a happening, `after` so many seconds since the line before."""

    after: float
    happening: Happening


Schedule = tuple[Line, ...]

MINUTE = 60.0
"""Seconds from which on a span needs a lab that lets minutes pass."""


def happenings() -> Mapping[str, Happening]:
    """Every possible happening, by its words."""
    return _ALL


def of_kind(what: What) -> Sequence[Happening]:
    """Every possible happening of a kind."""
    return _BY_KIND[what]


def read(rows: Sequence[Sequence[str]]) -> Schedule:
    """Read a schedule from a table's rows (after, what); raises ValueError with unknown words."""
    lines = []
    for after, words in rows:
        if words not in _ALL:
            raise ValueError(f"nothing is known to happen as {words!r}; docs/explore.md lists the words")
        lines.append(Line(float(after), _ALL[words]))
    return tuple(lines)


def needs(schedule: Schedule) -> frozenset[Capability]:
    """Return what the lab must be able to do for each happening, and for the time that the schedule takes."""
    seconds = sum(line.after for line in schedule)
    return long_for(seconds).union(*(line.happening.needs for line in schedule))


def long_for(seconds: float) -> frozenset[Capability]:
    """Return what the lab must be able to do to let so much time pass."""
    return frozenset({Capability.LONG} if seconds >= MINUTE else ())


def write(schedule: Schedule) -> list[str]:
    """Write a schedule as a table of a feature file, head and columns aligned."""
    return aligned([("after", "what"), *((f"{line.after:g}", str(line.happening)) for line in schedule)])


def aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """Write the rows of a feature file's table, the head first, with their columns aligned."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    padded = ([text.ljust(width) for text, width in zip(row, widths, strict=True)] for row in rows)
    return [f"| {' | '.join(row)} |" for row in padded]


def _every() -> Iterator[Happening]:
    for what in What:
        words = what.value.words
        units = tuple(PAIR.configured) if "{unit}" in words else ("",)
        ports = tuple(Port) if "{uses}" in words else (None,)
        for unit, link, port, value in product(units, what.value.links, ports, what.value.values):
            yield Happening(what, unit, link, port, value)


_ALL = {str(happening): happening for happening in _every()}
_BY_KIND = {what: [happening for happening in _ALL.values() if happening.what is what] for what in What}

"""Faults as data: one type, and one table with what each kind needs, does and ends, and how it is carried out.

All code that causes faults, words them, notes them on a timeline or judges their effects reads this table. A new
kind of fault is a row here, words in `lab.schedule`, and a method of the drivers that proves it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from enum import Enum, StrEnum, auto

from lab.contract import (
    Capability,
    Cut,
    DiskState,
    Failing,
    Guise,
    How,
    Intrusion,
    Lab,
    Link,
    Port,
    Proof,
    Rank,
    Service,
    Trick,
    Unit,
)
from lab.standard_pair import PAIR
from lab.timeline import Entry, Kind, Scalar

WRONG_PASSWORD = "not-the-password"  # noqa: S105 - what a stranger tries
"""A password that no group has."""


class FaultKind(StrEnum):
    """Kinds of faults, then of their ends in the order in which the harness ends faults."""

    BLACK_HOLE = "black-hole"
    REFUSAL = "refusal"
    DELAY = "delay"
    THROTTLE = "throttle"
    STRANGER = "stranger"
    CABLE = "cable"
    SERVICE = "service"
    DISK = "disk"
    FREEZE = "freeze"
    CRASH = "crash"
    SHUTDOWN = "shutdown"
    POWER_OFF = "power off"
    HEAL = "heal"
    PLUG = "plug"
    MEND = "mend"
    REPAIR = "repair"
    THAW = "thaw"
    POWER_ON = "power on"


class Phase(StrEnum):
    """Whether an entry is the beginning of a fault, or its end."""

    BEGIN = "begin"
    END = "end"


class Effect(Enum):
    """Observable effects of a fault while it lasts."""

    DARK = auto()  # the unit answers on no address
    EMPTIED = auto()  # the unit loses every address that is not its own, for good
    FAILED = auto()  # the unit fails in its role, and recovers as its on-failure says
    PARTED = auto()  # the units may not hear each other, or the network may not hear a unit
    SLOWED = auto()  # messages are late, and may still be late afterwards
    LEFT = auto()  # the unit's addresses stay on its machine, even when the peer takes them


class Onto(Enum):
    """Conditions under which a fault, or its end, makes sense."""

    ANYTHING = auto()
    POWER = auto()  # a unit with power
    ANSWERS = auto()  # a unit that answers its operator
    LEADS = auto()  # a unit that answers its operator, and leads
    UNHARMED = auto()  # no such fault yet
    HARMED = auto()  # a fault that it ends, or for power a unit without it


class Value(Enum):
    """What the value of a fault is."""

    INTERFACE = auto()
    SECONDS = auto()  # by which everything comes later; `jitter` goes with it
    BYTES = auto()  # in a second
    TRICK = auto()  # one of `lab.contract.Trick`
    DISK = auto()  # one of `lab.contract.DiskState`
    FAILING = auto()  # a `lab.contract.Service` and how it fails its clients (`service_failing`)


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault, or the end of one: its kind, and the unit or link, ports and value that it concerns.

    A link's fault may name a unit: the one that no longer hears its peer there ("" for both), or a stranger's target.
    """

    kind: FaultKind
    unit: str = ""
    link: Rank | None = None
    ports: frozenset[Port] = frozenset()
    """Empty: all four."""
    value: str | float = ""
    jitter: float = 0.0
    """Seconds."""

    @property
    def row(self) -> Row:
        """The row of its kind."""
        return FAULTS[self.kind]

    @property
    def subject(self) -> str:
        """Rank of its link, or else its unit."""
        return self.unit if self.link is None else self.link.value

    @property
    def needs(self) -> frozenset[Capability]:
        """Capabilities that it needs."""
        needs = {self.row.needs} if self.row.needs is not None else set()
        if self.kind in _HOW:
            needs |= {Capability.ONE_WAY} if self.unit else set()
            needs |= {Capability.CUT_PORT} if self.ports else set()
        return frozenset(needs)

    @property
    def is_dark(self) -> bool:
        """Whether a unit answers on no address while it lasts; for an end, whether it ends such a fault."""
        return any(Effect.DARK in FAULTS[kind].effects for kind in (self.kind, *self.row.ends))

    @property
    def splits(self) -> bool:
        """Whether both units may lead while it lasts, or a unit leads beside a machine that keeps its addresses."""
        if Effect.PARTED not in self.row.effects:
            return Effect.LEFT in self.row.effects
        carries_on = self.ports and Port.HEARTBEAT not in self.ports
        return not carries_on and (self.kind is not FaultKind.CABLE or self.value in PAIR.heartbeat.values())

    def __str__(self) -> str:
        """Its name in a picture."""
        return f"{self.kind.value}: {self.value}" if self.kind is FaultKind.STRANGER else self.kind.value

    def ends(self, other: Fault) -> bool:
        """Whether it ends another fault that is in force."""
        return other.kind in self.row.ends and self.subject == other.subject and self.value in {"", other.value}

    def detail(self, proof: str = "", phase: Phase | None = None) -> dict[str, Scalar]:
        """Details of its timeline entry; `phase` is needed if one method of a driver both begins and ends it."""
        told: dict[str, Scalar] = {"fault": self.kind.value, "phase": (phase or self.row.phase).value}
        told |= {"link": self.link.value} if self.link else {}
        told |= {"unit": self.unit} if self.unit else {}
        told |= {"ports": ",".join(sorted(self.ports))} if self.ports else {}
        told |= {"value": self.value} if self.value != "" else {}
        told |= {"jitter": self.jitter} if self.jitter else {}
        told |= {"proof": proof} if proof else {}
        return told

    @classmethod
    def of_cut(cls, link: Rank, cut: Cut) -> Fault:
        """Return a cut of a link as a fault."""
        deaf = next(iter(cut.deaf)) if len(cut.deaf) == 1 else ""
        return cls(next(kind for kind, how in _HOW.items() if how is cut.how), deaf, link, cut.ports)

    @classmethod
    def of_intrusion(cls, link: Rank, target: str, intrusion: Intrusion) -> Fault:
        """Return a stranger's intrusion on a link as a fault of its target."""
        return cls(FaultKind.STRANGER, target, link, frozenset(intrusion.ports), intrusion.trick.value)

    def as_cut(self) -> Cut:
        """Its shape, as a cut."""
        return Cut(_HOW[self.kind], frozenset({self.unit} if self.unit else ()), self.ports)


@dataclass(frozen=True, slots=True)
class Row:
    """Properties of a kind of fault."""

    words: str
    """What is so while it lasts, or from then on."""
    takes: Value | None = None
    """What its value is, None where it has none."""
    aimed: bool = False
    """Whether a fault of a link may concern one unit alone, and some ports."""
    needs: Capability | None = None
    """Capabilities that it needs."""
    effects: tuple[Effect, ...] = ()
    ends: tuple[FaultKind, ...] = ()
    """Kinds of faults of the same unit or link that it ends."""
    phase: Phase = Phase.BEGIN
    onto: Onto = Onto.ANYTHING
    at_unit: Callable[[Unit, Fault], Proof | None] | None = None
    """How it is carried out on a unit."""
    at_link: Callable[[Link, Fault], Proof] | None = None
    """How it is carried out on a link."""
    link_is: str = ""
    """The state of the link while it lasts."""


_K, _E = FaultKind, Effect
_HOW = {_K.BLACK_HOLE: How.BLACK_HOLE, _K.REFUSAL: How.REFUSAL}

FAULTS: Mapping[FaultKind, Row] = {
    _K.BLACK_HOLE: Row(
        "a heartbeat link swallows everything",
        aimed=True,
        needs=Capability.CUT,
        effects=(_E.PARTED,),
        link_is="cut",
        at_link=lambda link, it: link.cut(it.as_cut()),
    ),
    _K.REFUSAL: Row(
        "a heartbeat link refuses connections",
        aimed=True,
        needs=Capability.REFUSE,
        effects=(_E.PARTED,),
        link_is="cut",
        at_link=lambda link, it: link.cut(it.as_cut()),
    ),
    _K.DELAY: Row(
        "a heartbeat link carries everything later, give or take a jitter",
        takes=Value.SECONDS,
        needs=Capability.DELAY,
        effects=(_E.PARTED, _E.SLOWED),
        link_is="delayed",
        at_link=lambda link, it: link.delay(float(it.value), it.jitter),
    ),
    _K.THROTTLE: Row(
        "each connection of a heartbeat link carries little at a time",
        takes=Value.BYTES,
        needs=Capability.THROTTLE,
        effects=(_E.PARTED, _E.SLOWED),
        link_is="throttled",
        at_link=lambda link, it: link.throttle(int(it.value)),
    ),
    _K.STRANGER: Row(
        "someone on a heartbeat network tries a trick at ports of a unit",
        takes=Value.TRICK,
        aimed=True,
        needs=Capability.STRANGER,
        at_link=lambda link, it: (
            link.intrude(
                it.unit, Intrusion(Trick(str(it.value)), Guise.PEER, tuple(it.ports or Port), WRONG_PASSWORD)
            ).proof
        ),
    ),
    _K.CABLE: Row(
        "an interface of a unit has no carrier",
        takes=Value.INTERFACE,
        needs=Capability.CABLE,
        effects=(_E.PARTED,),
        onto=Onto.UNHARMED,
        at_unit=lambda unit, it: unit.pull_cable(str(it.value)),
    ),
    _K.SERVICE: Row(
        "a service of a unit fails everybody who asks it from outside, and the unit does not know",
        takes=Value.FAILING,
        needs=Capability.SERVICE,
        at_unit=lambda unit, it: unit.fail_service(*failing_in(str(it.value))),
    ),
    _K.DISK: Row(
        "the mail disk of a unit fails: it is full, takes nothing, gives errors or hangs",
        takes=Value.DISK,
        needs=Capability.DISK,
        onto=Onto.UNHARMED,
        at_unit=lambda unit, it: unit.fail_disk(DiskState(str(it.value))),
    ),
    _K.FREEZE: Row(
        "a machine stands still, its network included",
        needs=Capability.FREEZE,
        effects=(_E.PARTED, _E.DARK, _E.LEFT),
        onto=Onto.ANSWERS,
        at_unit=lambda unit, _: unit.freeze(),
    ),
    _K.CRASH: Row(
        "the HA software of a unit is killed, its machine lives",
        needs=Capability.CRASH,
        effects=(_E.FAILED, _E.LEFT),
        onto=Onto.ANSWERS,
        at_unit=lambda unit, _: unit.crash(),
    ),
    _K.SHUTDOWN: Row("a machine has gone off by itself, as an operator ordered", effects=(_E.DARK, _E.EMPTIED)),
    _K.POWER_OFF: Row(
        "a unit has no power",
        needs=Capability.POWER,
        effects=(_E.DARK, _E.EMPTIED, _E.FAILED),
        ends=(_K.CRASH, _K.FREEZE),
        onto=Onto.POWER,
        at_unit=lambda unit, _: unit.power_off(),
    ),
    _K.HEAL: Row(
        "a heartbeat link carries everything again",
        ends=(_K.BLACK_HOLE, _K.REFUSAL, _K.DELAY, _K.THROTTLE),
        phase=Phase.END,
        link_is="up",
        at_link=lambda link, _: link.heal(),
    ),
    _K.PLUG: Row(
        "an interface of a unit has its carrier back",
        takes=Value.INTERFACE,
        ends=(_K.CABLE,),
        phase=Phase.END,
        onto=Onto.HARMED,
        at_unit=lambda unit, it: unit.plug_cable(str(it.value)),
    ),
    _K.MEND: Row(
        "every service of a unit answers again, as far as the unit itself lets it",
        needs=Capability.SERVICE,
        ends=(_K.SERVICE,),
        phase=Phase.END,
        onto=Onto.HARMED,
        at_unit=lambda unit, _: unit.mend_services(),
    ),
    _K.REPAIR: Row(
        "the mail disk of a unit works again",
        needs=Capability.DISK,
        ends=(_K.DISK,),
        phase=Phase.END,
        onto=Onto.HARMED,
        at_unit=lambda unit, _: unit.mend_disk(),
    ),
    _K.THAW: Row(
        "a machine that stood still goes on",
        ends=(_K.FREEZE,),
        phase=Phase.END,
        onto=Onto.HARMED,
        at_unit=lambda unit, _: unit.thaw(),
    ),
    _K.POWER_ON: Row(
        "a unit has its power back, and its HA software runs",
        needs=Capability.POWER,
        ends=(_K.POWER_OFF, _K.SHUTDOWN, _K.CRASH),
        phase=Phase.END,
        onto=Onto.HARMED,
        at_unit=lambda unit, _: unit.power_on(),
    ),
}
"""A row for each kind."""


def service_failing(service: Service, failing: Failing) -> str:
    """Return the value of a fault that lets a service fail in some way."""
    return f"{service.value} {failing.value}"


def failing_in(value: str) -> tuple[Service, Failing]:
    """Read the value of a fault that lets a service fail."""
    service, _, failing = value.partition(" ")
    return Service(service), Failing(failing)


def carry_out(fault: Fault, units: Mapping[str, Unit], links: Mapping[Rank, Link]) -> Proof | None:
    """Begin or end a fault on units and links, and return its proof, if any. Raises FaultNotProven, BootFailed."""
    row = fault.row
    if fault.link is not None and row.at_link is not None:
        return row.at_link(links[fault.link], fault)
    if row.at_unit is None:
        raise ValueError(f"nobody can carry out {fault}")
    return row.at_unit(units[fault.unit], fault)


def inflict(lab: Lab, fault: Fault) -> Proof | None:
    """Begin or end a fault in a lab, and return its proof, if any. Raises FaultNotProven, BootFailed."""
    return carry_out(fault, {unit.name: unit for unit in (lab.primary, lab.secondary)}, lab.links)


def on_both_links(fault: Fault) -> tuple[Fault, ...]:
    """Return the same fault on each heartbeat link."""
    return tuple(replace(fault, link=rank) for rank in Rank)


def end_of(fault: Fault) -> Fault | None:
    """Return the end of a fault, None if it ends by itself."""
    ending = next((kind for kind, row in FAULTS.items() if row.phase is Phase.END and fault.kind in row.ends), None)
    if ending is None:
        return None
    if fault.link is not None:
        return Fault(ending, link=fault.link)
    return Fault(ending, fault.unit, value=fault.value if FAULTS[ending].takes else "")


def rank_of(fault: Fault) -> Rank | None:
    """The heartbeat link that a fault concerns, also as a cable; None for none."""
    cabled = (rank for rank, interface in PAIR.heartbeat.items() if fault.value == interface)
    return fault.link or next(cabled, None)


def is_deadly(fault: Fault) -> bool:
    """Whether a heartbeat link carries nothing at all while the fault lasts."""
    if fault.link is None:
        return fault.kind is FaultKind.CABLE and rank_of(fault) is not None
    return fault.kind in _HOW and not fault.ports and not fault.unit


def unit_of(lab: Lab, name: str) -> Unit:
    """Return a unit of a lab by name."""
    return lab.primary if lab.primary.name == name else lab.secondary


def told_in(entry: Entry) -> tuple[Fault, Phase]:
    """Read the fault of a FAULT entry, and whether it begins or ends there."""
    told = entry.detail
    link, ports, value = told.get("link"), str(told.get("ports") or ""), told.get("value", "")
    fault = Fault(
        FaultKind(str(told["fault"])),
        str(told.get("unit", "")),
        None if link is None else Rank(str(link)),
        frozenset(Port(port) for port in ports.split(",") if port),
        value if isinstance(value, int | float) else str(value),
        float(told.get("jitter") or 0.0),
    )
    return fault, Phase(str(told["phase"]))


def after(lasting: list[Fault], fault: Fault, phase: Phase) -> tuple[list[Fault], tuple[Fault, ...]]:
    """Return the faults in force after a change, and those that it ends."""
    ended = tuple(each for each in lasting if fault.ends(each) or (phase is Phase.END and each == fault))
    left = [each for each in lasting if each not in ended] if ended else lasting
    return (left if phase is Phase.END or fault in left else [*left, fault]), ended


def in_force(entries: Iterable[Entry]) -> list[Fault]:
    """Return the faults that have begun and not ended, in order, from entries in order of time."""
    lasting: list[Fault] = []
    for entry in entries:
        if entry.kind is Kind.FAULT:
            lasting, _ = after(lasting, *told_in(entry))
    return lasting

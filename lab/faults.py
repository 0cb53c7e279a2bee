"""Faults as data: one type, and one table that says of each kind what it needs, does and ends, and how it is done.

Whoever causes a fault, says it in words, notes it on a timeline or judges what follows from it reads this table. A new
kind of fault is a row here, words in `lab.schedule`, and a method of the drivers that proves it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from enum import Enum, StrEnum, auto

from lab.contract import Capability, Cut, Guise, How, Intrusion, Lab, Link, Port, Proof, Rank, Trick, Unit
from lab.timeline import Entry, Kind, Scalar

WRONG_PASSWORD = "not-the-password"  # noqa: S105 - what a stranger tries
"""A password that no group has."""


class FaultKind(StrEnum):
    """What goes wrong, or is made good again; the latter in the order in which a harness ends what it has done."""

    BLACK_HOLE = "black-hole"  # a heartbeat link swallows everything
    REFUSAL = "refusal"  # a heartbeat link refuses connections
    DELAY = "delay"  # a heartbeat link carries everything later, by `value` seconds, give or take `jitter`
    THROTTLE = "throttle"  # each connection of a heartbeat link carries `value` bytes in a second
    STRANGER = "stranger"  # someone on a heartbeat network tries a trick (`value`) at ports of a unit
    CABLE = "cable"  # an interface (`value`) of a unit has no carrier
    FREEZE = "freeze"  # a machine stands still, its network included
    CRASH = "crash"  # the HA software of a unit is killed, its machine lives
    SHUTDOWN = "shutdown"  # a machine has gone off by itself, as an operator ordered
    POWER_OFF = "power off"  # a unit has no power
    HEAL = "heal"
    PLUG = "plug"
    THAW = "thaw"
    POWER_ON = "power on"


class Phase(StrEnum):
    """Whether an entry tells of the begin of a fault, or of an end."""

    BEGIN = "begin"
    END = "end"


class Effect(Enum):
    """What follows from a fault for whoever looks at the pair, as long as the fault lasts."""

    DARK = auto()  # the unit answers on no address
    EMPTIED = auto()  # the unit has lost every address that is not its own, and has it no more afterwards
    FAILED = auto()  # the unit has failed in the role that it had, and recovers as its on-failure says
    PARTED = auto()  # the units may not hear each other, or the network not hear a unit
    SLOWED = auto()  # what is sent comes late, and may still come late afterwards


class Onto(Enum):
    """What must be there for a fault, or for the end of one, to make sense."""

    ANYTHING = auto()
    POWER = auto()  # a unit with power
    ANSWERS = auto()  # a unit that answers its operator
    UNHARMED = auto()  # no such fault yet
    HARMED = auto()  # a fault that it ends, or a unit without power for it


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault, or the end of one: its kind, and the unit or link, ports and value that it concerns.

    A link's fault may name a unit: the one that no longer hears its peer there ("" for both), or that a stranger seeks.
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
        """What the table says of its kind."""
        return FAULTS[self.kind]

    @property
    def subject(self) -> str:
        """The link that it concerns, by its rank, or else the unit."""
        return self.unit if self.link is None else self.link.value

    @property
    def needs(self) -> frozenset[Capability]:
        """What a lab must be able to do for it."""
        needs = {self.row.needs} if self.row.needs is not None else set()
        if self.kind in _HOW:
            needs |= {Capability.ONE_WAY} if self.unit else set()
            needs |= {Capability.CUT_PORT} if self.ports else set()
        return frozenset(needs)

    @property
    def is_dark(self) -> bool:
        """Whether a unit answers on no address while it lasts, or does so again since it has ended."""
        return any(Effect.DARK in FAULTS[kind].effects for kind in (self.kind, *self.row.ends))

    def __str__(self) -> str:
        """Name it, as pictures do."""
        return f"{self.kind.value}: {self.value}" if self.kind is FaultKind.STRANGER else self.kind.value

    def ends(self, other: Fault) -> bool:
        """Whether it puts an end to another fault, which is in force."""
        return other.kind in self.row.ends and self.subject == other.subject and self.value in {"", other.value}

    def detail(self, proof: str = "", phase: Phase | None = None) -> dict[str, Scalar]:
        """The details of its entry on a timeline; `phase` where one method of a driver begins and ends it."""
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
        """The fault that a cut of a link is."""
        deaf = next(iter(cut.deaf)) if len(cut.deaf) == 1 else ""
        return cls(next(kind for kind, how in _HOW.items() if how is cut.how), deaf, link, cut.ports)

    @classmethod
    def of_intrusion(cls, link: Rank, target: str, intrusion: Intrusion) -> Fault:
        """The fault that a stranger on a link is to the unit that it seeks."""
        return cls(FaultKind.STRANGER, target, link, frozenset(intrusion.ports), intrusion.trick.value)

    def as_cut(self) -> Cut:
        """The shape of the cut that it is."""
        return Cut(_HOW[self.kind], frozenset({self.unit} if self.unit else ()), self.ports)


@dataclass(frozen=True, slots=True)
class Row:
    """What holds for all faults of a kind."""

    needs: Capability | None = None
    """What a lab must be able to do."""
    effects: tuple[Effect, ...] = ()
    ends: tuple[FaultKind, ...] = ()
    """Faults of the same unit or link that it puts an end to."""
    phase: Phase = Phase.BEGIN
    onto: Onto = Onto.ANYTHING
    at_unit: Callable[[Unit, Fault], Proof | None] | None = None
    """How it is carried out, where it happens to a unit."""
    at_link: Callable[[Link, Fault], Proof] | None = None
    """How it is carried out, where it happens to a link."""
    link_is: str = ""
    """The state that it brings a link into."""


_K, _E = FaultKind, Effect
_HOW = {_K.BLACK_HOLE: How.BLACK_HOLE, _K.REFUSAL: How.REFUSAL}

FAULTS: Mapping[FaultKind, Row] = {
    _K.BLACK_HOLE: Row(
        needs=Capability.CUT, effects=(_E.PARTED,), link_is="cut", at_link=lambda link, it: link.cut(it.as_cut())
    ),
    _K.REFUSAL: Row(
        needs=Capability.REFUSE, effects=(_E.PARTED,), link_is="cut", at_link=lambda link, it: link.cut(it.as_cut())
    ),
    _K.DELAY: Row(
        needs=Capability.DELAY,
        effects=(_E.PARTED, _E.SLOWED),
        link_is="delayed",
        at_link=lambda link, it: link.delay(float(it.value), it.jitter),
    ),
    _K.THROTTLE: Row(
        needs=Capability.THROTTLE,
        effects=(_E.PARTED, _E.SLOWED),
        link_is="throttled",
        at_link=lambda link, it: link.throttle(int(it.value)),
    ),
    _K.STRANGER: Row(
        needs=Capability.STRANGER,
        at_link=lambda link, it: (
            link.intrude(it.unit, Intrusion(Trick(str(it.value)), Guise.PEER, tuple(it.ports), WRONG_PASSWORD)).proof
        ),
    ),
    _K.CABLE: Row(
        needs=Capability.CABLE,
        effects=(_E.PARTED,),
        onto=Onto.UNHARMED,
        at_unit=lambda unit, it: unit.pull_cable(str(it.value)),
    ),
    _K.FREEZE: Row(
        needs=Capability.FREEZE,
        effects=(_E.PARTED, _E.DARK),
        onto=Onto.ANSWERS,
        at_unit=lambda unit, _: unit.freeze(),
    ),
    _K.CRASH: Row(
        needs=Capability.CRASH, effects=(_E.FAILED,), onto=Onto.ANSWERS, at_unit=lambda unit, _: unit.crash()
    ),
    _K.SHUTDOWN: Row(effects=(_E.DARK, _E.EMPTIED)),
    _K.POWER_OFF: Row(
        needs=Capability.POWER,
        effects=(_E.DARK, _E.EMPTIED, _E.FAILED),
        ends=(_K.CRASH, _K.FREEZE),
        onto=Onto.POWER,
        at_unit=lambda unit, _: unit.power_off(),
    ),
    _K.HEAL: Row(
        ends=(_K.BLACK_HOLE, _K.REFUSAL, _K.DELAY, _K.THROTTLE),
        phase=Phase.END,
        link_is="up",
        at_link=lambda link, _: link.heal(),
    ),
    _K.PLUG: Row(
        ends=(_K.CABLE,),
        phase=Phase.END,
        onto=Onto.HARMED,
        at_unit=lambda unit, it: unit.plug_cable(str(it.value)),
    ),
    _K.THAW: Row(ends=(_K.FREEZE,), phase=Phase.END, onto=Onto.HARMED, at_unit=lambda unit, _: unit.thaw()),
    _K.POWER_ON: Row(
        needs=Capability.POWER,
        ends=(_K.POWER_OFF, _K.SHUTDOWN, _K.CRASH),
        phase=Phase.END,
        onto=Onto.HARMED,
        at_unit=lambda unit, _: unit.power_on(),
    ),
}
"""Every kind of fault, and of their ends."""


def carry_out(fault: Fault, units: Mapping[str, Unit], links: Mapping[Rank, Link]) -> Proof | None:
    """Let a fault begin or end, and return how it is proven, if it is. Raises FaultNotProven, BootFailed."""
    row = fault.row
    if fault.link is not None and row.at_link is not None:
        return row.at_link(links[fault.link], fault)
    if row.at_unit is None:
        raise ValueError(f"nobody can carry out {fault}")
    return row.at_unit(units[fault.unit], fault)


def inflict(lab: Lab, fault: Fault) -> Proof | None:
    """Let a fault begin or end in a lab, and return how it is proven, if it is. Raises FaultNotProven, BootFailed."""
    return carry_out(fault, {unit.name: unit for unit in (lab.primary, lab.secondary)}, lab.links)


def on_both_links(fault: Fault) -> tuple[Fault, ...]:
    """Return the same fault on each heartbeat link."""
    return tuple(replace(fault, link=rank) for rank in Rank)


def end_of(fault: Fault) -> Fault | None:
    """Return what puts an end to a fault, None where it ends by itself."""
    ending = next((kind for kind, row in FAULTS.items() if row.phase is Phase.END and fault.kind in row.ends), None)
    if ending is None:
        return None
    return Fault(ending, fault.unit, value=fault.value) if fault.link is None else Fault(ending, link=fault.link)


def unit_of(lab: Lab, name: str) -> Unit:
    """Return the unit of a lab that is called so."""
    return lab.primary if lab.primary.name == name else lab.secondary


def told_in(entry: Entry) -> tuple[Fault, Phase]:
    """Read the fault that an entry of the kind FAULT tells of, and whether it begins or ends there."""
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
    """Return the faults in force after a change, and those that are over by it."""
    ended = tuple(each for each in lasting if fault.ends(each) or (phase is Phase.END and each == fault))
    left = [each for each in lasting if each not in ended] if ended else lasting
    return (left if phase is Phase.END or fault in left else [*left, fault]), ended


def in_force(entries: Iterable[Entry]) -> list[Fault]:
    """Return the faults that have begun and not ended, in order, by entries that are in order of time."""
    lasting: list[Fault] = []
    for entry in entries:
        if entry.kind is Kind.FAULT:
            lasting, _ = after(lasting, *told_in(entry))
    return lasting

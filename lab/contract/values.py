"""Values of the contract, as frozen records: the shape of a fault and its proof, messages, traps, answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from lab.contract.words import Ending, Family, Guise, How, MailKind, Port, Trick


@dataclass(frozen=True, slots=True)
class Timing:
    """How exact a lab is, in seconds: slack is added to "not after", resolution is its shortest measurable span.

    `boot` and `settle` limit the harness's own waits (a unit's start, a command's effect); they judge nothing.
    """

    slack: float
    resolution: float
    boot: float
    settle: float


@dataclass(frozen=True, slots=True)
class Cut:
    """The shape of a link fault, as data.

    `deaf` has the units that no longer hear their peer (empty: both), `ports` the affected ports (empty: all four).
    """

    how: How = How.BLACK_HOLE
    deaf: frozenset[str] = frozenset()
    ports: frozenset[Port] = frozenset()


@dataclass(frozen=True, slots=True)
class Proof:
    """How the lab knows that a fault, or its end, took hold: one sentence, with figures."""

    statement: str
    figures: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Intrusion:
    """What a stranger does, as data: its trick, ports, guise, address family and password."""

    trick: Trick
    guise: Guise = Guise.OWN
    ports: tuple[Port, ...] = tuple(Port)
    password: str = ""
    family: Family = Family.IPV4


@dataclass(frozen=True, slots=True)
class Encounter:
    """The stranger's ending at each port, and how the lab knows that it reached the unit."""

    endings: Mapping[Port, Ending]
    proof: Proof


@dataclass(frozen=True, slots=True)
class Turn:
    """A unit's answer to one CLI line: what it prints, whether it accepts the line, and how it awaits the next one."""

    text: str
    accepted: bool
    prompt: str
    """The prompt, or the question, at which it waits now; "" where the session has ended."""
    asks: bool
    """Whether that is a question, to be answered y or n."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A unit's answer to CLI lines: the text up to the last prompt, and whether every line was accepted."""

    text: str
    accepted: bool
    turns: tuple[Turn, ...] = ()
    """Line by line, as far as the session came."""


@dataclass(frozen=True, slots=True)
class Message:
    """A test message handed to a unit: id, kind, recipient, when, and the answer (accepted, refused, unanswered)."""

    id: str
    kind: MailKind
    recipient: str
    at: float
    outcome: str
    size: int = 0
    """Bytes that its text was to have at least."""


HA_TRAP = "fmlTrapHAEvent"
"""The trap for HA events: 1 switched to master, 2 switched to slave, 3 unit shutdown. Source: HA-658, HA-659, D.5."""

SYSTEM_TRAP = "fmlTrapSystemEvent"
"""The trap for system events: 1 halt, 2 reboot, 3 reload, 4 system upgrade. Source: HA-534, D.5."""


@dataclass(frozen=True, slots=True)
class Trap:
    """An SNMP trap: its name in the MIB, the event's code, and the reason ("" if it carries none)."""

    name: str
    code: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Crossing:
    """Copies of one broadcast frame that was sent into one of the two networks for bridges.

    `arrived` counts copies that reached the other network, `returned` those that came back to the first one (a
    loop), `through` those that each unit passed on.
    """

    arrived: int
    returned: int
    through: Mapping[str, int]

"""What a sentence does, told in one place: what happens, what that needs, what it causes, what comes first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from lab.contract import Capability, Mode, Port, Rank
from lab.faults import Fault
from lab.schedule import What


@dataclass(frozen=True, slots=True)
class Action:
    """One thing that is done to the pair; `Scene.carry_out` does it.

    It begins an action: what is asserted from then on must have happened after it.
    """

    faults: tuple[Fault, ...] = ()
    """Faults that begin or end, one after the other."""
    enters: Sequence[tuple[str, tuple[str, ...]]] = ()
    """CLI lines, each with the unit on which an operator enters them; they must be accepted."""
    does: Callable[[], object] | None = None
    """Anything else."""
    counts: bool = False
    """Whether to count from now what the links carry."""
    proves: Callable[[], object] | None = None
    """What is proven right before it, since it would show nothing otherwise: that what it interrupts is under way."""
    causes: Sequence[tuple[str, Mode]] = ()
    """Changes of effective mode that it certainly brings about; each is allowed once."""
    splits: bool = False
    """Whether both units may come to lead, once, where no fault tells it."""
    seen: Callable[[], object] | None = None
    """What is awaited before the next sentence."""
    done: Callable[[], object] | None = None
    """What is awaited, too, where it has been done before what the scenario is about."""


def faults(
    what: What,
    units: Sequence[str] = ("",),
    links: Sequence[Rank | None] = (None,),
    *,
    ports: Sequence[Port] = (),
    value: str | float | None = None,
    jitter: float = 0.0,
) -> tuple[Fault, ...]:
    """Return the faults that a phrase means for these units and links."""
    fault = what.value.fault
    assert fault is not None, what
    fault = replace(fault, ports=frozenset(ports), value=fault.value if value is None else value, jitter=jitter)
    return tuple(replace(fault, unit=unit, link=link) for unit in units for link in links)


def needs_of(faults: Iterable[Fault]) -> frozenset[Capability]:
    """Return what a lab must be able to do for these faults."""
    return frozenset[Capability]().union(*(fault.needs for fault in faults))


def orders(what: What, units: Sequence[str]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return the lines that an operator enters for a phrase, on each of these units."""
    return tuple((unit, what.value.lines) for unit in units)

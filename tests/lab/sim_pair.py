"""Helpers for tests of the embedded lab: a pair driven through the contract, and an engine that does as it is told."""

from __future__ import annotations

from lab.contract import Lab, Mode, Unit
from lab.registry import Options, open_lab
from lab.standard_pair import failover_line, heartbeat_lines, lines
from lab.timeline import Kind
from lab.under_test import UnderTest
from node.engine import effects as do
from node.engine import events as on
from node.engine.modes import Command, Effective, Rank
from node.engine.settings import HaSettings
from node.engine.status import Status


def new_lab(seed: int = 1, name: str = "test", unit: str = "reference") -> Lab:
    """Open an embedded lab and begin a scenario."""
    lab = open_lab("sim", Options(seed=seed, units=UnderTest.named(unit)))
    lab.begin(name)
    return lab


def configure(lab: Lab, unit: Unit, *extra: str) -> None:
    """Make a unit one half of the standard pair, with more lines of `config system ha` if given."""
    peer = lab.secondary if unit is lab.primary else lab.primary
    shared = failover_line(lab.mail.virtual_address)
    reply = unit.cli(*lines(unit.name, (*extra, *heartbeat_lines(peer)), actions=(shared,)))
    assert reply.accepted, reply.text


def healthy(lab: Lab, *extra: str) -> Lab:
    """Bring the pair into its healthy state."""
    configure(lab, lab.primary, *extra)
    configure(lab, lab.secondary, *extra)
    until(lab, lab.primary, Mode.PRIMARY)
    until(lab, lab.secondary, Mode.SECONDARY)
    return lab


def until(lab: Lab, unit: Unit, mode: Mode, within: float = 30.0) -> None:
    """Wait for an effective mode."""
    lab.clock.wait_for(lambda: unit.effective_mode() is mode, within, f"{unit.name} is {mode}")


def let_pass(lab: Lab, seconds: float) -> None:
    """Let time pass."""
    lab.clock.hold(lambda: True, seconds, "time passes")


def roles(lab: Lab, unit: Unit) -> list[str]:
    """The effective modes that a unit went through."""
    return [str(entry.detail["new"]) for entry in lab.timeline.of(Kind.ROLE, unit.name)]


class Puppet:
    """An engine that remembers every event, and answers each with the effects prepared for its type."""

    def __init__(self, settings: HaSettings) -> None:
        """Make a puppet that goes by these settings."""
        self.settings = settings
        self.version = ""
        self.effective = Effective.OFF
        self.admitting = True
        self.events: list[tuple[float, on.Event]] = []
        self.answers: dict[type, list[do.Effect]] = {}

    def handle(self, event: on.Event, now: float) -> list[do.Effect]:
        """Remember the event and return what was prepared for it, once."""
        self.events.append((now, event))
        return self.answers.pop(type(event), [])

    def status(self) -> Status:
        """Return a snapshot."""
        return Status(self.settings.mode, self.effective, synchronizing=False)

    def admits(self, rank: Rank, source: str, *, password_matches: bool) -> bool:
        """Admit as told; the address must be the peer's."""
        return self.admitting and password_matches and any(source == link.peer for link in self.settings.links if rank)

    def watches_peer(self) -> bool:
        """Check no service of the peer."""
        return False

    def refuses(self, command: Command) -> str:
        """Refuse nothing."""
        return "" if command else "no command"

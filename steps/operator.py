"""What an operator orders: commands of `diagnose system ha`, and what becomes of one that may not be carried out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import pytest

from lab.claims import judge
from lab.contract import Area, Capability, Mode, Reply, Saying
from lab.history import History, Order
from lab.schedule import What
from lab.standard_pair import PAIR, await_service
from steps.actions import Action, orders
from steps.fields import Outcomes
from steps.learned import sayings
from steps.mail_data import Stored
from steps.scene import Scene
from steps.settings import Changed
from steps.words import action, outcome, said

_OTHER = {Mode.PRIMARY: Mode.SECONDARY, Mode.SECONDARY: Mode.PRIMARY}


@dataclass(slots=True)
class Answer:
    """What a unit answered to the last command that it may refuse, and when (seconds on the lab's clock)."""

    reply: Reply | None = None
    at: float = 0.0
    surrenders: int = 0
    """How often its log had said before that it gives a command up."""


@dataclass(frozen=True, slots=True)
class Given:
    """A command that was given: which, on which unit, and the mode that each unit is to end in."""

    word: str
    unit: str
    ends: Mapping[str, Mode]


@pytest.fixture
def answer() -> Answer:
    """Keep the answer to the last command."""
    return Answer()


@action(said(What.FAILOVER))
def forces_failover(scene: Scene, units: tuple[str, ...]) -> Action:
    """`diagnose system ha failover`: each unit takes the other's effective mode; in a Given it has, and serves mail.

    Source: HA-578, HA-580.
    """
    ends = _swapped(scene)
    return Action(
        enters=orders(What.FAILOVER, units), causes=tuple(ends.items()), done=partial(_await_ends, scene, ends)
    )


@action(said(What.RESTORE))
def restores(scene: Scene, units: tuple[str, ...]) -> Action:
    """`diagnose system ha restore`: both units take their configured modes; in a Given they have.

    Source: HA-572, HA-574.
    """
    ends = {unit: mode for unit, mode in PAIR.configured.items() if scene.mode_seen(unit) is not mode}
    causes = list(ends.items())
    if scene.mode_seen("P") is Mode.OFF:
        causes.append(("P", Mode.SECONDARY))  # it rejoins and synchronizes before it asks for the role

    def has_ended() -> None:
        _await_ends(scene, ends)
        scene.healthy_since = scene.lab.clock.now()

    return Action(enters=orders(What.RESTORE, units), causes=causes, done=has_ended)


@action(said(What.SYNC))
def starts_sync(scene: Scene, stored: Stored, changed: Changed, units: tuple[str, ...]) -> Action:
    """`diagnose system ha sync`: configuration and mail data are copied; two primaries copy nothing from each other.

    Source: HA-354, HA-409, HA-702.
    """

    def copied() -> bool:
        (unit,) = units
        peer = scene.other(unit)
        is_stored = not stored.last or any(stored.last in peer.stored(area) for area in Area)
        return is_stored and changed.last in peer.cli("show system global").text

    def has_ended() -> None:
        scene.lab.clock.wait_for(copied, scene.lab.timing.settle, "the synchronization has ended")

    return Action(enters=orders(What.SYNC, units), counts=True, done=has_ended)


@action(said(What.RESTART))
def restarts_ha(scene: Scene, units: tuple[str, ...]) -> Action:
    """`diagnose system ha restart`: the unit leaves the group and joins it again. Source: HA-576, HA-577."""
    modes = [Mode.SECONDARY, Mode.PRIMARY] if scene.allow.splits else [Mode.SECONDARY]  # it may find nobody
    return Action(enters=orders(What.RESTART, units), causes=[(unit, mode) for unit in units for mode in modes])


@action("an operator [returns|has returned] {units:Units} to factory settings", Capability.FACTORY_RESET)
def returns_to_factory_settings(scene: Scene, units: tuple[str, ...]) -> Action:
    """`execute factoryreset`, confirmed: the unit leaves its group, and the lab still reaches it.

    Source: HA-001, HA-764.
    """
    causes = [(unit, Mode.OFF) for unit in units if scene.mode_seen(unit) is not Mode.OFF]
    return Action(enters=[(unit, (Order.FACTORY_RESET.value, "y")) for unit in units], causes=causes)


@action("an operator [enters|has entered] the command {order:Order} on {units:Units}")
def enters_order(scene: Scene, answer: Answer, order: str, units: tuple[str, ...]) -> Action:
    """A command of `diagnose system ha`, which may be refused; nothing is awaited of it. Source: HA-578."""

    def enter() -> None:
        for unit in units:
            scene.ordered = (unit, scene.mode_seen(unit))
            answer.surrenders = _surrenders(scene, unit)
            answer.reply = scene.unit(unit).cli(f"diagnose system ha {order}")
            answer.at = scene.lab.clock.now()

    return Action(does=enter)


@outcome(
    "the command has been {outcomes:Outcomes}",
    lambda outcomes: [] if outcomes.given_up is None else [Capability.SAYINGS],
)
def has_been(scene: Scene, answer: Answer, outcomes: Outcomes) -> None:
    """The last command has come to one of these ends; where carried out is one, one unit leads and the other follows.

    A failover is carried out when the units have swapped the modes that they had, a restore when both have their
    configured ones. A refusal gives a reason, in words of the unit's own. A unit that gives a command up says so in its
    log. No document names a bound for that: the sentence holds the unit to the one that it states, from its answer on.
    Source: HA-572, HA-578, HA-580.
    """
    reply = answer.reply
    assert reply is not None, "no command was entered"
    if outcomes.accepted:
        assert reply.accepted, f"the command was refused: {reply.text}"
        return
    if not reply.accepted:
        assert outcomes.refused, f"the command was refused: {reply.text}"
        assert len(reply.text.split()) > 1, f"the refusal gives no reason: {reply.text!r}"
    else:
        assert outcomes.carried_out or outcomes.given_up is not None, f"the command was accepted: {reply.text}"
        _await_outcome(scene, outcomes, answer)
    if outcomes.carried_out:
        within = scene.lab.timing.settle + scene.lab.timing.boot
        scene.lab.clock.wait_for(lambda: set(_modes(scene).values()) == set(_OTHER), within, "one leads, one follows")
    scene.ordered = None  # no later restart interrupts it
    scene.act()


def _await_outcome(scene: Scene, outcomes: Outcomes, answer: Answer) -> None:
    """Wait until the accepted command is carried out or given up, whichever may become of it."""
    command = _last_command(scene)

    def has_surrendered() -> bool:
        return _surrenders(scene, command.unit) > answer.surrenders

    if outcomes.carried_out:
        _await_end(scene, command, has_surrendered if outcomes.given_up is not None else None)
    if outcomes.given_up is not None and not _is_carried_out(scene, command):
        _await_surrender(scene, command, outcomes.given_up, answer.at, has_surrendered)


def _last_command(scene: Scene) -> Given:
    """Return the last command that moves roles: a failover swaps those of that moment, a restore ends as configured."""
    history = History(scene.lab.timeline)
    last = history.last_order(Order.FAILOVER, Order.RESTORE)
    assert last is not None, "no command was entered whose end can be seen from the roles"
    mode = history.units[last.unit].mode_at(last.at)
    swapped = {last.unit: _OTHER.get(mode, mode), history.peer(last.unit).name: mode}
    if last.order is Order.FAILOVER:
        return Given("failover", last.unit, swapped)
    return Given("restore", last.unit, PAIR.configured)


def _swapped(scene: Scene) -> dict[str, Mode]:
    leads = scene.mode_seen("P") is Mode.PRIMARY
    return {"P": Mode.SECONDARY, "S": Mode.PRIMARY} if leads else {"P": Mode.PRIMARY, "S": Mode.SECONDARY}


def _await_ends(scene: Scene, ends: Mapping[str, Mode]) -> None:
    """Wait until each unit has changed to its mode, the one that leads first, and serves mail."""
    for unit, mode in sorted(ends.items(), key=lambda end: end[1] is not Mode.PRIMARY):
        scene.await_change(unit, mode)
    for unit, mode in ends.items():
        if mode is Mode.PRIMARY:
            await_service(scene.lab, unit)


def _modes(scene: Scene) -> dict[str, Mode | None]:
    return {unit.name: scene.mode_seen(unit.name) for unit in scene.units}


def _is_carried_out(scene: Scene, command: Given) -> bool:
    return _modes(scene) == command.ends


def _surrenders(scene: Scene, unit: str) -> int:
    """How often a unit has said that it gives a command up; 0 where the scenario does not ask."""
    return len(sayings(scene, unit, Saying.GIVEN_UP)) if Capability.SAYINGS in scene.declared else 0


def _words_of(scene: Scene, command: Given) -> str:
    """Where the words stand by which the lab knows that."""
    return scene.unit(command.unit).look_first("log.says.given_up")


def _await_end(scene: Scene, command: Given, has_surrendered: Callable[[], bool] | None) -> None:
    """Wait until the command is carried out, or given up where it may be."""

    def is_over() -> bool:
        return _is_carried_out(scene, command) or (has_surrendered is not None and has_surrendered())

    within = scene.lab.timing.settle + max(scene.detection.values()) + scene.lab.timing.boot
    ends = " and ".join(f"unit {unit} becomes effective {mode.value}" for unit, mode in command.ends.items())
    what = f"the accepted {command.word} is carried out: {ends}"
    if has_surrendered is not None:
        what += f"; or the log of unit {command.unit} says that it is given up{_words_of(scene, command)}"
    scene.lab.clock.wait_for(is_over, within, what)
    if _is_carried_out(scene, command):
        for unit, mode in command.ends.items():
            scene.cause(unit, mode)


def _await_surrender(
    scene: Scene, command: Given, bound: float, accepted: float, has_surrendered: Callable[[], bool]
) -> None:
    """Wait until the unit says that it has given the command up, and judge how long that took."""
    clock, looked = scene.lab.clock, accepted

    def is_said() -> bool:
        nonlocal looked
        now = clock.now()
        if has_surrendered():
            return True
        looked = now
        return False

    later = scene.lab.timing.settle
    says = f"the log of unit {command.unit} says within {bound:g} s that the accepted {command.word} is given up"
    what = f"awaited: {says}, which the lab sees up to {later:g} s later{_words_of(scene, command)}"
    clock.wait_for(is_said, bound + later, what)
    now = clock.now()
    judge(scene.lab, "command given up", now - accepted, at_most=bound, doubt=now - looked)

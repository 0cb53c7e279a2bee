"""What becomes of a command that a unit may not be able to carry out, where several answers are right."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lab.claims import judge
from lab.contract import Mode
from lab.history import GIVEN_UP, History, Order
from lab.standard_pair import PAIR
from steps.fields import Outcomes
from steps.operator import order_refused
from steps.scene import Scene
from steps.words import then

_OTHER = {Mode.PRIMARY: Mode.SECONDARY, Mode.SECONDARY: Mode.PRIMARY}


@dataclass(frozen=True, slots=True)
class Given:
    """A command that was given: which, on which unit, and the mode that each unit is to end in."""

    word: str
    unit: str
    ends: Mapping[str, Mode]


@then("the command has been {outcomes:Outcomes}")
def has_been(scene: Scene, outcomes: Outcomes) -> None:
    """One of these has become of the last command; where it may be carried out, one unit leads and the other follows.

    A unit that gives a command up says so in its log. No document names a bound for that: the sentence holds the unit
    to the one that it states itself. Source: HA-572, HA-580.
    """
    assert scene.reply is not None, "no command was entered"
    command = _last_command(scene)
    if not scene.reply.accepted:
        assert outcomes.refused, f"the command was refused: {scene.reply.text}"
        order_refused(scene)
    elif outcomes.carried_out:
        _await_end(scene, command, may_give_up=outcomes.given_up is not None)
    if scene.reply.accepted and outcomes.given_up is not None and not _is_carried_out(scene, command):
        _await_surrender(scene, command, outcomes.given_up)
    if outcomes.carried_out:
        within = scene.lab.profile.settle + scene.lab.profile.boot
        scene.lab.clock.wait_for(lambda: set(_modes(scene).values()) == set(_OTHER), within, "one leads, one follows")
    scene.act()


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


def _modes(scene: Scene) -> dict[str, Mode | None]:
    return {unit.name: scene.mode_seen(unit.name) for unit in scene.units}


def _is_carried_out(scene: Scene, command: Given) -> bool:
    return _modes(scene) == command.ends


def _surrenders(scene: Scene, command: Given) -> list[str]:
    """The lines in which the unit says that it has given up."""
    return [line for line in scene.unit(command.unit).log() if GIVEN_UP in line]


def _await_end(scene: Scene, command: Given, *, may_give_up: bool) -> None:
    """Wait until the command is carried out, or given up."""

    def is_over() -> bool:
        return _is_carried_out(scene, command) or (may_give_up and bool(_surrenders(scene, command)))

    within = scene.lab.profile.settle + max(scene.detection.values()) + scene.lab.profile.boot
    what = " and ".join(f"unit {unit} becomes effective {mode.value}" for unit, mode in command.ends.items())
    scene.lab.clock.wait_for(is_over, within, f"the accepted {command.word} is carried out: {what}")
    if _is_carried_out(scene, command):
        for unit, mode in command.ends.items():
            scene.cause(unit, mode)


def _await_surrender(scene: Scene, command: Given, bound: float) -> None:
    """Wait until the unit says that it has given the command up, and judge how long that took."""
    clock, looked = scene.lab.clock, scene.replied

    def has_surrendered() -> bool:
        nonlocal looked
        now = clock.now()
        if _surrenders(scene, command):
            return True
        looked = now
        return False

    what = f"unit {command.unit} says that it has given the accepted {command.word} up"
    clock.wait_for(has_surrendered, bound + scene.lab.profile.settle, what)
    now = clock.now()
    judge(scene.lab, "command given up", now - scene.replied, at_most=bound, doubt=now - looked)

"""Planned restarts: reboot, reload, shutdown and upgrade, and how long a unit is away."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial

from lab.claims import judge
from lab.contract import SYSTEM_TRAP, Capability, Mode
from lab.errors import NotReached
from lab.schedule import What, long_for
from lab.timeline import Entry, Kind
from steps.actions import Action, orders
from steps.fields import UNITS
from steps.forms import SYSTEM_EVENTS
from steps.interruptions import prove_copying, prove_pending
from steps.learned import trapped
from steps.scene import Scene
from steps.times import HOLD_OFF
from steps.words import Table, action, outcome, said

Units = tuple[str, ...]

_OUTLASTING = "longer than a hold-off"

_LATE = 20.0
"""Seconds by which a restart that outlasts a hold-off does so."""

_LONGER = 2.0
"""Seconds by which a restart that outlasts the detection time does so."""


@action(said(What.REBOOT))
def reboots(scene: Scene, units: Units) -> Action:
    """`execute reboot`, confirmed: a unit that leads comes back as primary, and its peer is in hold-off meanwhile.

    In a Given the unit is back in its role. Each unit is ordered at once, the primary first: the other may go into
    hold-off for it before it goes down itself. Source: HA-520, HA-524, HA-528.
    """
    return _restart(scene, What.REBOOT, units)


@action(said(What.RELOAD))
def reloads(scene: Scene, units: Units) -> Action:
    """`execute reload`, confirmed: the same for the unit's software without its machine. Source: HA-520, HA-524."""
    return _restart(scene, What.RELOAD, units)


@action(said(What.UPGRADE), Capability.UPGRADE)
def upgrades(scene: Scene, units: Units) -> Action:
    """The lab's next release is installed, confirmed, and the unit restarts into it; in a Given it is back.

    Source: HA-730, HA-731.
    """
    return _restart(scene, What.UPGRADE, units)


@action(said(What.SHUTDOWN))
def shuts_down(scene: Scene, units: Units) -> Action:
    """`execute shutdown`, confirmed: the unit goes down and sends no hold-off. Source: HA-530."""
    _count_traps(scene, units)
    return Action(
        enters=orders(What.SHUTDOWN, units),
        proves=partial(_prove_interruption, scene, units),
        done=partial(_await_gone, scene, units),
    )


@action(
    "a restart of {units:Units} [will last] {long:BootTime}",
    Capability.BOOT_DELAY,
    lambda long: long_for(HOLD_OFF) if long == _OUTLASTING else (),
)
def will_last(scene: Scene, units: Units, long: str) -> Action:
    """How long the unit stays away whenever it starts from now on, after a loss of power too; nothing restarts yet.

    `until further notice`: until the scenario allows that restart to end. A unit that is away for longer than a
    hold-off may come back as a secondary first. Source: HA-522, HA-523.
    """
    seconds = {
        "as long as usual": 0.0,
        "longer than the detection time": scene.detection["S"] + _LONGER,
        _OUTLASTING: HOLD_OFF + _LATE,
        "until further notice": math.inf,
    }[long]

    def prepare() -> None:
        for unit in units:
            scene.unit(unit).set_boot_time(seconds)

    causes = [(unit, Mode.SECONDARY) for unit in units if long == _OUTLASTING]
    return Action(does=prepare, causes=causes)


@action("the restart of {units:Units} [is|has been] allowed to end")
def may_end(scene: Scene, units: Units) -> Action:
    """The unit, which is down, starts now."""

    def start() -> None:
        for unit in units:
            scene.unit(unit).set_boot_time(0.0)

    return Action(does=start)


@outcome("{units:Units} is down")
def is_down(scene: Scene, units: Units) -> None:
    """The unit has answered nobody at some time since the last action; it stays down where its restart is held.

    Source: HA-528, HA-732.
    """
    _await_gone(scene, units)


@outcome("{units:Units} becomes effective {mode:Mode} before {others:Units} is down")
def becomes_in_time(scene: Scene, units: Units, mode: Mode, others: Units) -> None:
    """The hold-off command reaches the secondary while the primary still works. Source: HA-520.

    A lab that asks for roles again and again sees hold-off a little late, and an absence at once: that is its slack.
    """
    (unit,) = units
    change = scene.await_change(unit, mode)
    (gone,) = _await_gone(scene, others)
    judge(scene.lab, f"{mode.value} after the peer was gone", change.at - gone.at, at_most=0.0, doubt=change.doubt)


@outcome("the {unit:Unit} has sent one system event trap, with the code of {event:SystemEvent}", Capability.TRAPS)
def sends_trap(scene: Scene, unit: str, event: str) -> None:
    """The trap's code tells why the unit goes down, and until it is gone there is no second one.

    Those of the unit's earlier restarts do not count. Source: HA-534.
    """

    def codes() -> list[int]:
        return _system_traps(scene, unit)[scene.trapped.get(unit, 0) :]

    what = f"unit {unit} sends a system event trap"
    scene.lab.clock.wait_for(codes, scene.lab.timing.settle, what)
    _await_gone(scene, (unit,))
    sent = codes()
    assert sent == [SYSTEM_EVENTS[event]], f"unit {unit} has sent system event traps with the codes {sent}"


@outcome("the units show these releases", Capability.UPGRADE)
def show_releases(scene: Scene, datatable: Table) -> None:
    """Each unit shows its own release and its peer's; table: unit, own, and peer if it matters (old or new).

    Source: HA-026, HA-730, HA-732.
    """
    releases = {"old": scene.lab.releases[0], "new": scene.lab.releases[-1]}
    for name, *words in datatable[1:]:
        _await_releases(scene, name, [releases[word] for word in words])


def _await_releases(scene: Scene, name: str, wanted: list[str]) -> None:
    """Wait until the unit shows its release, and its peer's if that is wanted; say what it shows instead."""
    unit, seen = scene.unit(UNITS[name]), list[str]()

    def shown() -> bool:
        seen[:] = [unit.release(), unit.peer_release()][: len(wanted)]
        return seen == wanted

    bound = scene.lab.timing.settle + scene.lab.timing.boot
    try:
        scene.lab.clock.wait_for(shown, bound, f"awaited: the {name} shows the releases {' and '.join(wanted)}")
    except NotReached as late:
        old, new = scene.lab.releases[0], scene.lab.releases[-1]
        look = ""
        if {*seen} - {old, new, ""}:
            look = unit.look_first("release.next")
        elif (seen[0], wanted[0]) == (old, new):
            look = unit.look_first("release.image")
        told = " and ".join(it or "none" for it in seen)
        raise NotReached(f"the {name} shows the releases {told}{look}; {late}") from late


def _system_traps(scene: Scene, unit: str) -> list[int]:
    return [trap.code for trap in trapped(scene, unit) if trap.name == SYSTEM_TRAP]


def _count_traps(scene: Scene, units: Units) -> None:
    """Note how many system event traps each unit had sent before it is ordered to go down."""
    if Capability.TRAPS in scene.declared:
        scene.trapped.update({unit: len(_system_traps(scene, unit)) for unit in units})


def _restart(scene: Scene, what: What, units: Units) -> Action:
    _count_traps(scene, units)
    causes = [cause for unit in units[:1] for cause in _brings(scene, unit)]
    last_leads = len(units) > 1 and scene.mode_seen(units[-1]) is Mode.PRIMARY

    def install() -> None:
        for unit in units:
            release = scene.lab.releases[-1]
            reply = scene.unit(unit).install(release)
            look = scene.unit(unit).look_first("release.install", "release.file")
            assert reply.accepted, f"unit {unit} refused to install {release}: {reply.text}{look}"

    def allow_more() -> None:
        """It may hold off for the first before it goes down itself, and follow once more if that is back first."""
        for unit in units[1:]:
            scene.allow.role(unit, Mode.SECONDARY)
            scene.allow.role(unit, Mode.UNREACHABLE)
        if last_leads:  # likewise the first, if that is back already, and not synchronized yet when the other returns
            scene.allow.role(units[0], Mode.HOLD_OFF)
            scene.allow.role(units[0], Mode.OFF)

    upgrade = what is What.UPGRADE
    return Action(
        enters=() if upgrade else orders(what, units),
        does=install if upgrade else allow_more,
        proves=partial(_prove_interruption, scene, units),
        causes=causes,
        done=partial(_await_return, scene, causes),
    )


def _prove_interruption(scene: Scene, units: Units) -> None:
    prove_pending(scene, units)
    prove_copying(scene)


def _brings(scene: Scene, unit: str) -> list[tuple[str, Mode]]:
    """What a planned restart certainly brings about."""
    mode, peer = scene.mode_seen(unit), scene.other(unit).name
    if mode is Mode.PRIMARY:
        return [(peer, Mode.HOLD_OFF), (unit, Mode.PRIMARY), (peer, Mode.SECONDARY)]
    return [(unit, Mode.SECONDARY)] if mode is not None and mode is not Mode.OFF else []


def _await_return(scene: Scene, causes: Sequence[tuple[str, Mode]]) -> None:
    """Wait until what the restart brings about has come."""
    within = scene.detection["S"] + scene.lab.timing.settle + scene.lab.timing.boot
    for unit, mode in causes:
        scene.await_change(unit, mode, within=within)


def _await_gone(scene: Scene, units: Units) -> list[Entry]:
    """When each unit was first seen to answer nobody since the action began; it may be back by now."""

    def gone(unit: str) -> Entry | None:
        changes = scene.lab.timeline.of(Kind.ROLE, unit, since=scene.since)
        return next((each for each in changes if each.detail["new"] == Mode.UNREACHABLE.value), None)

    found = [
        scene.lab.clock.wait_for(partial(gone, unit), scene.lab.timing.settle, f"unit {unit} goes down")
        for unit in units
    ]
    return [entry for entry in found if entry is not None]

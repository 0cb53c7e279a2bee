"""What goes wrong with a unit: power, crash, freeze; and the power that comes back."""

from __future__ import annotations

from lab.contract import Mode
from lab.faults import Fault, FaultKind
from lab.schedule import Frame, What
from steps.scene import Scene
from steps.words import given, said, when


@when(said(What.POWER_OFF))
def loses_power(scene: Scene, unit: str) -> None:
    """Everything in the unit's memory is gone at this instant; its storage stays. Source: HA-115, HA-532."""
    scene.begin_with(Fault(FaultKind.POWER_OFF, unit))


@when(said(What.CRASH))
def crashes(scene: Scene, unit: str) -> None:
    """The unit's HA software is killed while the machine lives."""
    scene.begin_with(Fault(FaultKind.CRASH, unit))


@when("the HA software of the primary crashes and leaves its addresses behind")
def crashes_with_addresses(scene: Scene) -> None:
    """The HA software is killed; the machine keeps the virtual address, so that there will be two holders."""
    crashes(scene, "P")


@when(said(What.FREEZE))
def freezes(scene: Scene, unit: str) -> None:
    """The whole machine stops, its network included."""
    scene.begin_with(Fault(FaultKind.FREEZE, unit))


@when("the primary freezes and leaves its addresses behind")
def freezes_with_addresses(scene: Scene) -> None:
    """The whole machine stops; it keeps the virtual address, so that there will be two holders."""
    freezes(scene, "P")


@when(said(What.POWER_ON))
def gets_power_back(scene: Scene, unit: str) -> None:
    """The unit starts again from its storage; unless on-failure is off, it comes back as a secondary first.

    Source: HA-312, HA-321, HA-331.
    """
    scene.act()
    if scene.on_failure[unit] != "off":
        scene.cause(unit, Mode.SECONDARY)
    scene.inflict(Fault(FaultKind.POWER_ON, unit))

    def is_back() -> bool:
        return scene.mode_seen(unit) not in {None, Mode.UNREACHABLE}

    scene.lab.clock.wait_for(is_back, scene.lab.profile.boot, f"unit {unit} shows an effective mode again")


@given(said(What.POWER_ON, Frame.HAPPENED))
def has_got_power_back(scene: Scene, unit: str) -> None:
    """The unit has started again from its storage, before what the scenario is about."""
    gets_power_back(scene, unit)


@when("the {unit:Unit} loses power and gets it back")
def power_cycle(scene: Scene, unit: str) -> None:
    """A power loss and a start, one after the other."""
    loses_power(scene, unit)
    gets_power_back(scene, unit)


@given(said(What.POWER_OFF, Frame.HAPPENED))
def has_lost_power(scene: Scene, unit: str) -> None:
    """The unit has no power, before what the scenario is about."""
    loses_power(scene, unit)


@given("the secondary has lost power, and the primary has taken over")
def primary_has_taken_over(scene: Scene) -> None:
    """The secondary led until it lost its power. Source: HA-337."""
    loses_power(scene, "S")
    scene.await_change("P", Mode.PRIMARY, within=scene.detection["P"] + scene.lab.profile.settle)
    scene.act()


@given("both units have lost power")
def both_lost_power(scene: Scene) -> None:
    """The secondary goes first, so that it does not see the primary go. Source: HA-005, HA-115."""
    for unit in ("S", "P"):
        loses_power(scene, unit)


@when("both units get their power back, the {unit:Unit} first")
def both_get_power_back(scene: Scene, unit: str) -> None:
    """The other one follows as soon as this one answers its operator. Source: HA-005, HA-024."""
    scene.act()
    scene.inflict(*(Fault(FaultKind.POWER_ON, each) for each in (unit, scene.other(unit).name)))


@given("the primary has come back as secondary")
def has_come_back(scene: Scene) -> None:
    """It has its power back, and follows the unit that took over. Source: HA-122, HA-331."""
    gets_power_back(scene, "P")
    scene.await_change("P", Mode.SECONDARY)
    scene.act()


@given("the primary has missed its secondary since that lost power")
def has_missed_secondary(scene: Scene) -> None:
    """The secondary has no power, and the primary has noticed: it has reported the loss. Source: HA-117."""
    loses_power(scene, "S")

    def reported() -> bool:
        return any("heartbeat disappeared" in text for text in scene.lab.primary.alerts())

    bound = scene.detection["P"] + scene.lab.profile.settle
    scene.lab.clock.wait_for(reported, bound, "the primary reports the loss of its secondary")
    scene.act()


@given("the secondary has taken over after a crash of the primary's HA software")
def has_taken_over_from_a_crash(scene: Scene) -> None:
    """The primary's machine lives and keeps the virtual address, so that there are two holders."""
    crashes_with_addresses(scene)
    scene.await_change("S", Mode.PRIMARY, within=scene.detection["S"] + scene.lab.profile.settle)
    scene.act()


@given("the secondary has taken over after a power loss of the primary")
def has_taken_over(scene: Scene) -> None:
    """The primary has no power and the secondary leads; when it took over is judged elsewhere."""
    loses_power(scene, "P")
    scene.await_change("S", Mode.PRIMARY, within=scene.detection["S"] + scene.lab.profile.settle)
    scene.act()

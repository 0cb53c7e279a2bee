"""What goes wrong with a unit: power, crash, freeze, a cable; and its end."""

from __future__ import annotations

from lab.contract import DiskState, Failing, Mode, Service
from lab.faults import service_failing
from lab.schedule import What
from steps.actions import Action, faults, needs_of
from steps.lasting import enduring
from steps.scene import Scene
from steps.times import Lasting
from steps.words import action, said


@action(said(What.POWER_OFF), *needs_of(faults(What.POWER_OFF)))
def loses_power(scene: Scene, units: tuple[str, ...]) -> Action:
    """Everything in the unit's memory is gone at this instant; its storage stays. Source: HA-115, HA-532."""
    del scene
    return Action(faults(What.POWER_OFF, units))


@action(said(What.POWER_ON), *needs_of(faults(What.POWER_ON)))
def starts_again(scene: Scene, units: tuple[str, ...]) -> Action:
    """A unit that lost power or was shut down gets power; one that has crashed loses it first, and gets it again.

    It starts from its storage. The next sentence comes when it shows an effective mode, often off; the role that it
    comes to is not awaited. Unless on-failure is off, it is a secondary first. Source: HA-312, HA-321, HA-331.
    """

    def is_back() -> bool:
        return all(scene.mode_seen(unit) not in {None, Mode.UNREACHABLE} for unit in units)

    clock, boot = scene.lab.clock, scene.lab.timing.boot
    return Action(
        faults(What.POWER_ON, units),
        causes=[(unit, Mode.SECONDARY) for unit in units if scene.on_failure[unit] != "off"],
        seen=lambda: clock.wait_for(is_back, boot, "the unit shows an effective mode again"),
    )


@action("the HA software of {units:Units} [crashes|has crashed]", *needs_of(faults(What.CRASH)))
def crashes(scene: Scene, units: tuple[str, ...]) -> Action:
    """The unit's HA software is killed; the machine lives, and keeps the addresses that the unit held."""
    del scene
    return Action(faults(What.CRASH, units))


@action("{units:Units} [freezes|has frozen]{lasting:Lasting}", *needs_of(faults(What.FREEZE)))
def freezes(scene: Scene, units: tuple[str, ...], lasting: Lasting) -> Action:
    """The whole machine stops, its network included; with a span it thaws after that, and catches up.

    Source: HA-101, HA-102.
    """
    return enduring(scene, faults(What.FREEZE, units), lasting)


@action(said(What.THAW))
def thaws(scene: Scene, units: tuple[str, ...]) -> Action:
    """The frozen machine runs again; in a Given each unit hears its peer again. Source: HA-703."""

    def is_back() -> bool:
        return all(scene.mode_seen(unit) is not Mode.UNREACHABLE for unit in units)

    def await_it() -> None:
        scene.lab.clock.wait_for(is_back, scene.lab.timing.settle, f"unit {' and '.join(units)} thaws")
        scene.act()

    return Action(faults(What.THAW, units), seen=await_it, done=scene.await_beats)


@action("the {cable:Cable} of {units:Units} [is|has been] pulled{lasting:Lasting}", *needs_of(faults(What.PULLED)))
def is_pulled(scene: Scene, cable: str, units: tuple[str, ...], lasting: Lasting) -> Action:
    """The interface has no carrier; the others work. Source: HA-017, HA-061, HA-121, HA-167, HA-216."""
    return enduring(scene, faults(What.PULLED, units, value=cable), lasting, counts=True)


@action("the {cable:Cable} of {units:Units} [is|has been] plugged in")
def is_plugged(scene: Scene, cable: str, units: tuple[str, ...]) -> Action:
    """The carrier is there again; a unit that was failed comes back as a secondary first, or at once as primary.

    Source: HA-018, HA-062.
    """
    failed = [unit for unit in units if scene.mode_seen(unit) is Mode.FAILED]
    return Action(faults(What.PLUGGED, units, value=cable), causes=[(unit, Mode.SECONDARY) for unit in failed])


@action(
    "the {service:Served} service of {units:Units} [fails|has failed] with {failing:Failing}{lasting:Lasting}",
    *needs_of(faults(What.SERVICE)),
)
def fails(scene: Scene, service: Service, units: tuple[str, ...], failing: Failing, lasting: Lasting) -> Action:
    """Whoever asks the service over the network, the peer included, finds it so; the unit does not know of it.

    Refused or lost are its clients' connections; it accepts them for the rest: an error stands in its greeting (SMTP:
    421, 554), garbage in its place, and an endless one says without end that it is well. One of ten megabytes is a
    single line. With a delay each connection gets what it should get, so much later.
    Source: HA-254, HA-255, HA-261.
    """
    scene.weigh()
    return enduring(scene, faults(What.SERVICE, units, value=service_failing(service, failing)), lasting)


@action("every service of {units:Units} [answers] again")
def answers_again(scene: Scene, units: tuple[str, ...]) -> Action:
    """Nothing stands in the way of a service any more: it answers where the unit lets it. Source: HA-335."""
    del scene
    return Action(faults(What.MENDED, units))


@action(
    "the mail disk of {units:Units} [becomes|has become] {disk:Disk}{lasting:Lasting}",
    *needs_of(faults(What.DISK_FAILS)),
)
def disk_fails(scene: Scene, units: tuple[str, ...], disk: DiskState, lasting: Lasting) -> Action:
    """No byte more can be stored; or nothing can be changed; or each write ends with an error, or does not end.

    The unit's settings and logs are elsewhere. Source: HA-200, HA-209.
    """
    return enduring(scene, faults(What.DISK_FAILS, units, value=disk.value), lasting)


@action("the mail disk of {units:Units} [works] again")
def disk_works(scene: Scene, units: tuple[str, ...]) -> Action:
    """It takes what is written; a unit that was failed comes back as a secondary first, or at once as primary.

    Source: HA-018, HA-334.
    """
    failed = [unit for unit in units if scene.mode_seen(unit) is Mode.FAILED]
    return Action(faults(What.DISK_WORKS, units), causes=[(unit, Mode.SECONDARY) for unit in failed])

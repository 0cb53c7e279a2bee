"""Local monitoring of the mail interface: the fault that a unit finds in itself, and its end."""

from __future__ import annotations

from lab.claims import judge
from lab.contract import Capability, Mode
from lab.errors import FaultNotProven, NotReached
from lab.faults import Fault, FaultKind
from lab.standard_pair import PAIR, local_ports_lines, monitoring_lines, port_monitor_lines
from steps.scene import Scene
from steps.words import given, then, when

SMTP = 25

SELDOM = 1.0
"""Seconds between two looks into a unit beyond which the lab does not know what was in between."""


@given("each unit monitors its mail interface")
def monitors(scene: Scene) -> None:
    """`port-monitor` on the mail interface and `local-ports` on each unit: a check every second, two in a row to fail.

    Source: system ha, config interface, config service; HA-017, HA-338.
    """
    monitors_interface(scene, PAIR.mail)


@given("each unit monitors the interface {interface}")
def monitors_interface(scene: Scene, interface: str) -> None:
    """As above, another interface. Source: HA-167."""
    for unit in scene.units:
        scene.enter(unit.name, "config system ha", *monitoring_lines(interface), "end")


@given("each unit would monitor its mail interface, but interface monitoring is disabled")
def would_monitor(scene: Scene) -> None:
    """`port-monitor` is enabled there, and interface monitoring disabled in both spellings. Source: HA-168, E-23."""
    for unit in scene.units:
        lines = (*monitoring_lines(status="disable"), "set network-intf-check disable")
        scene.enter(unit.name, "config system ha", *lines, "end")


@given("an operator has disabled port-monitor on the mail interface of each unit")
def has_disabled_monitor(scene: Scene) -> None:
    """Interface monitoring itself stays enabled. Source: HA-169."""
    for unit in scene.units:
        scene.enter(unit.name, "config system ha", *port_monitor_lines(PAIR.mail, "disable"), "end")


@when("an operator enables interface monitoring on each unit")
def enables_monitoring(scene: Scene) -> None:
    """In both spellings. Source: HA-168, E-23."""
    scene.act()
    for unit in scene.units:
        scene.enter(unit.name, "config system ha", *local_ports_lines("enable"), "set network-intf-check enable", "end")


@when("the mail interface of the {unit:Unit} loses its cable")
def loses_cable(scene: Scene, unit: str) -> None:
    """The physical link of the mail interface is gone; heartbeat and administration work. Source: HA-017."""
    interface_loses_cable(scene, PAIR.mail, unit)


@when("the interface {interface} of the {unit:Unit} loses its cable")
def interface_loses_cable(scene: Scene, interface: str, unit: str) -> None:
    """The physical link of that interface is gone. Source: HA-167, HA-216."""
    scene.begin_with(Fault(FaultKind.CABLE, unit, value=interface))


@when("the mail interface of the {unit:Unit} gets its cable back")
def gets_cable_back(scene: Scene, unit: str) -> None:
    """The physical link is there again; a unit that was failed comes back as a secondary first, or at once as primary.

    Source: HA-018.
    """
    scene.act()
    if scene.mode_seen(unit) is Mode.FAILED:
        scene.cause(unit, Mode.SECONDARY)
    scene.inflict(Fault(FaultKind.PLUG, unit, value=PAIR.mail))


@given("the mail interface of the {unit:Unit} has got its cable back")
def has_got_cable_back(scene: Scene, unit: str) -> None:
    """The fault is over, before what the scenario is about. Source: HA-313."""
    gets_cable_back(scene, unit)


@given("the primary has failed by a fault of its mail interface")
def has_failed(scene: Scene) -> None:
    """The primary has found its cable gone a moment ago; the secondary has not taken over yet. Source: HA-320."""
    loses_cable(scene, "P")
    scene.await_change("P", Mode.FAILED)


@given("the secondary has taken over after a fault of the primary's mail interface")
def has_taken_over_from_fault(scene: Scene) -> None:
    """The primary has found its cable gone, and the secondary leads; when it took over is judged elsewhere.

    Source: HA-310, HA-320, HA-330.
    """
    loses_cable(scene, "P")
    scene.await_change("P", Mode.OFF if scene.on_failure["P"] == "off" else Mode.FAILED)
    scene.await_change("S", Mode.PRIMARY, within=scene.detection["S"] + scene.lab.profile.settle)
    scene.act()


@then("the secondary becomes effective primary within the detection time")
def takes_over_after_fault(scene: Scene) -> None:
    """At once or when the detection time has passed: the document leaves it open (E-24)."""
    seconds = scene.detection["S"]
    change = scene.await_change("S", Mode.PRIMARY, within=seconds + scene.lab.profile.settle)
    silence = change.at - scene.last_heard("S", change.at)
    judge(scene.lab, "silence before the takeover from a faulty primary", silence, at_most=seconds, doubt=change.doubt)


@then("the {unit:Unit} offers no mail service")
def offers_no_mail(scene: Scene, unit: str) -> None:
    """Seen inside the unit, while it does not lead: nobody waits for mail. Source: HA-013, HA-311, HA-336."""
    scene.needs(Capability.INSPECT)
    clock, looks = scene.lab.clock, [float("-inf")]

    def silent() -> bool:
        listens = SMTP in {port for _, port in scene.unit(unit).listening()}
        looks.append(clock.now())
        return not listens

    try:
        clock.wait_for(silent, scene.lab.profile.settle, f"nobody waits for mail in unit {unit}")
    except NotReached as problem:
        leads = next((each for each in scene.changes(unit) if each.detail["new"] == Mode.PRIMARY.value), None)
        if leads is not None:
            begun = leads.at - leads.doubt
            unwatched = begun - max(look for look in looks if look < begun)
            if unwatched > SELDOM:
                raise FaultNotProven(f"unit {unit} led before the lab looked whether it waits for mail") from problem
        raise

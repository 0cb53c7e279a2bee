"""Local monitoring of the mail interface: the fault that a unit finds in itself, and its end."""

from __future__ import annotations

from lab.claims import judge
from lab.contract import Capability, Mode
from steps.pair import MAIL
from steps.roles import last_heard
from steps.scene import Scene
from steps.words import given, then, when

INTERVAL, RETRIES = 1, 2
"""Seconds between two checks, and failed checks in a row that make a fault. Source: system ha, config service."""

SMTP = 25


@given("each unit monitors its mail interface")
def monitors(scene: Scene) -> None:
    """`port-monitor` on the mail interface and `local-ports` on each unit: a check every second, two in a row to fail.

    Source: system ha, config interface, config service; HA-017, HA-338.
    """
    check = (f"set check-interval {INTERVAL}", f"set retries {RETRIES}", "set status enable")
    interface = ("config interface", f"edit {MAIL}", "set port-monitor enable", "next", "end")
    service = ("config service", "edit local-ports", *check, "next", "end")
    for unit in scene.units:
        scene.enter(unit.name, "config system ha", *interface, *service, "end")


@when("the mail interface of the {unit:Unit} loses its cable")
def loses_cable(scene: Scene, unit: str) -> None:
    """The physical link of the mail interface is gone; heartbeat and administration work. Source: HA-017."""
    scene.needs(Capability.CABLE)
    scene.steady()
    scene.act()
    scene.unit(unit).pull_cable(MAIL)


@when("the mail interface of the {unit:Unit} gets its cable back")
def gets_cable_back(scene: Scene, unit: str) -> None:
    """The physical link is there again; a unit that was failed comes back as a secondary first, or at once as primary.

    Source: HA-018.
    """
    scene.act()
    if scene.mode_seen(unit) is Mode.FAILED:
        scene.cause(unit, Mode.SECONDARY)
    scene.unit(unit).plug_cable(MAIL)


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
    silence = change.at - last_heard(scene, "S", change.at)
    judge(scene.lab, "silence before the takeover from a faulty primary", silence, at_most=seconds)


@then("the {unit:Unit} offers no mail service")
def offers_no_mail(scene: Scene, unit: str) -> None:
    """Seen inside the unit: nobody waits for mail. Source: HA-013, HA-311, HA-336."""
    scene.needs(Capability.INSPECT)

    def silent() -> bool:
        return SMTP not in {port for _, port in scene.unit(unit).listening()}

    scene.lab.clock.wait_for(silent, scene.lab.profile.settle, f"nobody waits for mail in unit {unit}")

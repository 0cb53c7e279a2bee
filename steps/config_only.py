"""Config-only groups: how they are configured, and what their units do when one of them is gone."""

from __future__ import annotations

from lab.contract import Capability, Mode, Rank
from lab.ledger import ACCEPTED
from lab.standard_pair import PAIR
from steps.links import await_heartbeat
from steps.mail import own
from steps.pair import await_service, peer_address
from steps.scene import Scene
from steps.words import given, then

MODES = {unit: f"config-{mode.value}" for unit, mode in PAIR.configured.items()}


@given("a config-only group of a primary and a secondary")
@given("the units form a config-only group of a primary and a secondary")
def group(scene: Scene) -> None:
    """One heartbeat link, and on each unit the other's address on it; the units hear each other.

    Source: system ha, mode and config-peer-ip; HA-006, E-15, E-16.
    """
    _form(scene, MODES)


@given("two config-only secondaries that know each other's address")
def two_secondaries(scene: Scene) -> None:
    """As above, but no unit is the group's primary. Source: HA-077."""
    _form(scene, dict.fromkeys(MODES, MODES["S"]))


@given("the {unit:Unit} answers mail clients")
def answers_clients(scene: Scene, unit: str) -> None:
    """A client reads the banner of the unit's mail service at its own address. Source: HA-023."""
    await_service(scene, unit)


@then("a message sent to the {unit:Unit} is accepted")
def accepts(scene: Scene, unit: str) -> None:
    """A client tries the own address of the unit's mail interface. Source: HA-023, HA-118."""
    message = scene.lab.mail.send(to=own(scene, unit))
    assert message.outcome == ACCEPTED, f"message {message.id} to unit {unit} was {message.outcome}"


@then("the {unit:Unit} is gone")
def is_gone(scene: Scene, unit: str) -> None:
    """Its operator gets no answer. Source: HA-732."""
    gone = f"unit {unit} is gone"
    scene.lab.clock.wait_for(lambda: scene.mode_seen(unit) is Mode.UNREACHABLE, scene.lab.profile.settle, gone)


@then("the {unit:Unit} is back in the other release, and answers mail clients")
def is_back(scene: Scene, unit: str) -> None:
    """It shows the release that was installed, and a client reads its banner. Source: HA-732."""
    scene.needs(Capability.UPGRADE)
    new, bound = scene.lab.releases[1], scene.lab.profile.settle + scene.lab.profile.boot
    shown = f"unit {unit} is back in release {new}"
    scene.lab.clock.wait_for(lambda: scene.unit(unit).release() == new, bound, shown)
    answers_clients(scene, unit)
    scene.cause(unit, Mode.OFF)


def _form(scene: Scene, modes: dict[str, str]) -> None:
    interface = PAIR.heartbeat[Rank.PRIMARY]
    for unit, mode in modes.items():
        link = ("config interface", f"edit {interface}", "set heartbeat-status primary", "next", "end")
        peer = f"set config-peer-ip {peer_address(scene, unit, interface)}"
        scene.enter(unit, "config system ha", *link, peer, f"set mode {mode}", "end")
    for unit in modes:
        await_heartbeat(scene, unit, Rank.PRIMARY)
    scene.act()

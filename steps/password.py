"""The group's password: set, changed, refused, and never shown."""

from __future__ import annotations

from lab.claims import judge
from lab.contract import Rank
from lab.standard_pair import PAIR
from lab.timeline import Kind
from steps.modes import word_refused
from steps.pair import set_ha
from steps.roles import becomes_alone
from steps.scene import Scene
from steps.strangers import refusals
from steps.words import given, then, when

OTHER = "no-longer-the-same"
PAGES = (
    "get system ha",
    "show system ha",
    "show",
    "get system status",
    "get system ha status",
    "diagnose system ha log",
    "get system global",
)
"""What an operator can read on either unit, the event log included."""


@given("the password of both units is one {password:Password}")
def both_have(scene: Scene, password: str) -> None:
    """Set on both units before they are configured as a pair. Source: HA-452."""
    for unit in scene.units:
        set_ha(scene, unit.name, f"password {quoted(password)}")


@given("the passwords of the units differ {difference:Difference}")
def differ(scene: Scene, difference: tuple[str, str]) -> None:
    """Set before the units are configured as a pair. Source: HA-453."""
    for unit, password in zip(scene.units, difference, strict=True):
        set_ha(scene, unit.name, f"password {quoted(password)}")


@given("the units lead side by side since the {unit:Unit} has another password")
def lead_side_by_side(scene: Scene, unit: str) -> None:
    """The password was changed on one unit only, and each leads as if alone. Source: HA-453, HA-700."""
    changes_password(scene, unit)
    becomes_alone(scene, "S")
    scene.act()


@given("an operator has given the {unit:Unit} the default password back")
def gives_back(scene: Scene, unit: str) -> None:
    """Both units have the same password again, and hear each other on each link. Source: HA-452."""
    set_ha(scene, unit, f"password {PAIR.password}")
    _await_heartbeats(scene)
    scene.act()


@when("an operator of the {unit:Unit} asks for a failover")
def asks_for_failover(scene: Scene, unit: str) -> None:
    """`diagnose system ha failover` on a unit that the other does not accept; it may be refused. Source: HA-455."""
    scene.unit(unit).cli("diagnose system ha failover")


@when("an operator changes the password on the {unit:Unit} only")
@given("an operator has changed the password on the {unit:Unit} only")
def changes_password(scene: Scene, unit: str) -> None:
    """The units' passwords differ from now on. Source: HA-453, HA-455."""
    scene.steady()
    scene.act()
    scene.part()
    set_ha(scene, unit, f"password {OTHER}")


@when("an operator changes the password on the {first:Unit}, then on the {second:Unit}")
def changes_both(scene: Scene, first: str, second: str) -> None:
    """Both units have the same password again before a detection time has passed. Source: HA-452."""
    scene.steady()
    scene.act()
    for unit in (first, second):
        set_ha(scene, unit, f"password {OTHER}")


@when("an operator enters the default password on the {unit:Unit}")
def enters_default(scene: Scene, unit: str) -> None:
    """`change_me`, which the other unit has because no one has set any. Source: HA-450."""
    scene.act()
    set_ha(scene, unit, f"password {PAIR.password}")


@when("an operator enters an empty password on the {unit:Unit}")
def enters_empty(scene: Scene, unit: str) -> None:
    """Two quotes with nothing in between; whatever the unit says to it is judged afterwards. Source: HA-451."""
    scene.act()
    scene.reply = scene.unit(unit).cli("config system ha", 'set password ""', "end")


@then("the password is refused")
def is_refused(scene: Scene) -> None:
    """The unit says so where it was entered. Source: HA-451."""
    word_refused(scene)


@then("no page that an operator can read on either unit shows the password")
def shows_none(scene: Scene) -> None:
    """Neither the old nor the new one: settings, status, event log and alerts. Source: HA-454."""
    secrets = {PAIR.password, OTHER}
    for unit in scene.units:
        printed = {page: unit.cli(page).text for page in PAGES} | {"the alerts": "\n".join(unit.alerts())}
        printed["the event log"] = "\n".join(unit.log())
        shown = [page for page, text in printed.items() if any(secret in text for secret in secrets)]
        assert not shown, f"unit {unit.name} shows the password in {', '.join(shown)}"


@then("the units hear each other again within {seconds:Seconds} seconds")
def hear_again(scene: Scene, seconds: float) -> None:
    """Each hears a heartbeat on each link, counted from now. Source: HA-052, HA-452."""
    begun = scene.lab.clock.now()
    judge(scene.lab, "heartbeat heard again", _await_heartbeats(scene) - begun, at_most=seconds)


@then("each unit has logged that it refuses its peer")
def both_refuse(scene: Scene) -> None:
    """An operator can find out why the group does not form. Source: HA-453."""
    for unit in scene.units:
        what = f"unit {unit.name} logs that it refuses its peer"
        scene.lab.clock.wait_for(lambda: refusals(scene, unit.name), scene.lab.profile.settle, what)  # noqa: B023


def _await_heartbeats(scene: Scene) -> float:
    """Wait until each unit has heard a heartbeat on each link from now on; returns when the last of them came."""
    begun = scene.lab.clock.now()

    def firsts() -> dict[tuple[str, object], float]:
        beats = reversed(scene.lab.timeline.of(Kind.HEARTBEAT, since=begun))
        return {(beat.subject, beat.detail["rank"]): beat.at for beat in beats}

    def heard() -> bool:
        return len(firsts()) == len(scene.units) * len(Rank)

    scene.lab.clock.wait_for(heard, scene.lab.profile.settle, "the units hear each other on each link")
    return max(firsts().values())


def quoted(password: str) -> str:
    """The password as an operator types it."""
    escaped = password.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'

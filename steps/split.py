"""Two primaries: how it comes to that, what the network sees of it, and what each unit keeps for itself."""

from __future__ import annotations

from contextlib import suppress

from lab.contract import Area, Capability, Mode, Rank
from lab.errors import NotReached
from lab.faults import Fault, end_of
from lab.ledger import ACCEPTED
from steps.fields import UNITS
from steps.links import await_heartbeat
from steps.mail import own
from steps.mail_data import KINDS, NOT_COPIED
from steps.operator import restores
from steps.pair import await_service
from steps.scene import MARGIN, Scene
from steps.words import Table, given, then, when


@given("both units have become primary because {fault:Fault}")
def split_by(scene: Scene, fault: tuple[Fault, ...]) -> None:
    """Both units live, the secondary has taken over, and the fault has ended again. Source: HA-700, HA-703."""
    scene.begin_with(*fault)
    scene.await_change("S", Mode.PRIMARY, within=scene.detection["S"] + scene.lab.profile.settle)
    scene.inflict(*(end for each in fault if (end := end_of(each)) is not None))
    for unit in scene.units:
        await_heartbeat(scene, unit.name, Rank.PRIMARY)

    def both_lead() -> bool:
        return all(scene.mode_seen(unit.name) is Mode.PRIMARY for unit in scene.units)

    scene.lab.clock.wait_for(both_lead, scene.lab.profile.settle, "both units are effective primary")
    scene.act()


@given("a restore on the secondary has cured it")
def is_cured(scene: Scene) -> None:
    """The secondary has stood down and follows the primary again. Source: HA-704."""
    restores(scene, "S")
    scene.await_change("S", Mode.SECONDARY)
    scene.healthy_since = scene.lab.clock.now()
    scene.act()


@given("an operator has changed a synchronized setting on each unit")
def changed_on_each(scene: Scene) -> None:
    """The same setting, to another value on each unit. Source: HA-702."""
    for unit in scene.units:
        scene.apart[unit.name] = f"switchover-{unit.name}-{len(scene.lab.timeline)}"
        scene.enter(unit.name, "config system global", f"set disclaimer {scene.apart[unit.name]}", "end")


@given("a message for the quarantine has been stored on each unit")
def stored_on_each(scene: Scene) -> None:
    """One message to the own address of each unit, and it lies in that unit's quarantine. Source: HA-702."""
    scene.needs(Capability.INSPECT)
    for unit in scene.units:
        await_service(scene, unit.name)
        message = scene.lab.mail.send(KINDS[Area.QUARANTINE], to=own(scene, unit.name))
        assert message.outcome == ACCEPTED, f"message {message.id} was {message.outcome}"
        scene.stored[unit.name] = message.id
    _await_quarantines(scene, {unit.name: {unit.name} for unit in scene.units})
    # What is stored may have its file in the queue for a moment longer, and a queue is handed over.
    settled = "the queues are empty"
    scene.lab.clock.wait_for(lambda: not any(unit.queued() for unit in scene.units), scene.lab.profile.settle, settled)


@then("each unit keeps the setting that was changed on it during the detection time")
def keep_settings(scene: Scene) -> None:
    """Neither unit takes the other's configuration over. Source: HA-702."""

    def kept() -> bool:
        return all(shown_setting(scene, unit.name) == scene.apart[unit.name] for unit in scene.units)

    scene.lab.clock.hold(kept, max(scene.detection.values()) + MARGIN, "each unit keeps its own setting")
    assert kept(), "a unit has lost the setting that was changed on it"


@then("both units show the setting that was changed on the {unit:Unit}")
def show_setting(scene: Scene, unit: str) -> None:
    """The other unit has taken it over. Source: HA-704."""

    def shown() -> bool:
        return all(shown_setting(scene, each.name) == scene.apart[unit] for each in scene.units)

    what = f"both units show the setting that was changed on unit {unit}"
    scene.lab.clock.wait_for(shown, scene.lab.profile.settle, what)


@then("the quarantines hold the messages of")
def quarantines_hold(scene: Scene, datatable: Table) -> None:
    """Whose messages lie in each unit's quarantine; table: unit, primary, secondary (yes or no).

    The columns name the unit that had accepted the message. Source: HA-702, HA-704.
    """
    _await_quarantines(scene, _wanted(datatable))


@then("the quarantines still hold the messages of")
def quarantines_still_hold(scene: Scene, datatable: Table) -> None:
    """As above, watched for a second and a half. Source: HA-702."""
    wanted = _wanted(datatable)
    scene.lab.clock.hold(lambda: _quarantines(scene) == wanted, NOT_COPIED, f"the quarantines hold {wanted}")


@then("a client that asks who has the virtual address is answered by both units")
def both_claim(scene: Scene) -> None:
    """Two hardware addresses come back for one address. Source: HA-701."""
    _claimants_are(scene, {"P", "S"})


@then("a client that asks who has the virtual address is answered by the {unit:Unit} only")
def one_claims(scene: Scene, unit: str) -> None:
    """One hardware address comes back. Source: HA-163, HA-704."""
    _claimants_are(scene, {unit})


@when("an operator starts a synchronization on each unit")
def sync_on_each(scene: Scene) -> None:
    """`diagnose system ha sync`, on one after the other; two primaries have nothing to copy from each other."""
    scene.act()
    for unit in scene.units:
        unit.cli("diagnose system ha sync")


def shown_setting(scene: Scene, unit: str) -> str:
    """Return which of the settings that were changed apart the unit shows, '' for none."""
    page = scene.unit(unit).cli("show system global").text
    return next((value for value in scene.apart.values() if value in page), "")


def _wanted(table: Table) -> dict[str, set[str]]:
    head, *rows = table
    return {
        UNITS[unit]: {UNITS[column] for column, cell in zip(head[1:], cells, strict=True) if cell == "yes"}
        for unit, *cells in rows
    }


def _quarantines(scene: Scene) -> dict[str, set[str]]:
    stored = {unit.name: unit.stored(Area.QUARANTINE) for unit in scene.units}
    return {name: {by for by, id_ in scene.stored.items() if id_ in ids} for name, ids in stored.items()}


def _await_quarantines(scene: Scene, wanted: dict[str, set[str]]) -> None:
    scene.needs(Capability.INSPECT)
    what = f"the quarantines hold {wanted}"
    try:
        scene.lab.clock.wait_for(lambda: _quarantines(scene) == wanted, scene.lab.profile.settle, what)
    except NotReached as error:
        raise NotReached(f"the quarantines hold {_quarantines(scene)}; {error}") from error


def _claimants_are(scene: Scene, wanted: set[str]) -> None:
    address = scene.lab.mail.virtual_address
    found: frozenset[str] = frozenset()

    def answered() -> bool:
        nonlocal found
        found = scene.lab.mail.claimants(address)
        return wanted <= found

    # An answer may be late, and is asked for again; one too many never is.
    with suppress(NotReached):
        scene.lab.clock.wait_for(answered, scene.lab.profile.settle, "each of them answers")
    assert found == wanted, f"{sorted(found) or 'nobody'} answers for {address}, not {sorted(wanted)}"

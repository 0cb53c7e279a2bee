"""Who holds, announces and answers on which address."""

from __future__ import annotations

from lab.announcements import Announcements
from lab.claims import judge
from lab.contract import Capability, Family
from lab.history import History
from lab.standard_pair import PAIR
from lab.timeline import Entry, Kind
from steps.fields import UNITS
from steps.scene import MARGIN, Scene
from steps.words import Table, given, then

ANNOUNCED = 1.5
"""Seconds after which every announcement has been heard: a unit may repeat it within a second."""


@given("the {virtual:Virtual} answers from the {unit:Unit}")
@then("the {virtual:Virtual} answers from the {unit:Unit}")
def answers_from(scene: Scene, virtual: Family, unit: str) -> None:
    """A client that connects to the address reads this unit's mail banner. Source: HA-114, HA-164."""
    address = host_of(shared(scene, virtual))

    def answering() -> bool:
        return scene.lab.mail.answering(address) == unit

    scene.lab.clock.wait_for(answering, scene.lab.profile.settle, f"{address} answers from unit {unit}")


@then("the secondary takes the {virtual:Virtual} within the detection time, and not before")
def takes_address(scene: Scene, virtual: Family) -> None:
    """Seen inside the unit, counted from the last heartbeat that it heard. Source: HA-101, HA-112."""
    scene.needs(Capability.INSPECT)

    def taken() -> Entry | None:
        entries = scene.lab.timeline.of(Kind.ADDRESS, "S", since=scene.since)
        held = (entry for entry in entries if entry.detail["held"])
        return next((entry for entry in held if entry.detail["address"] == shared(scene, virtual)), None)

    bound = scene.detection["S"] + scene.lab.profile.settle
    entry = scene.lab.clock.wait_for(taken, bound, f"the secondary takes {shared(scene, virtual)}")
    assert entry is not None
    seconds, silence = scene.detection["S"], entry.at - scene.last_heard("S", entry.at)
    name = "silence before the address moved"
    judge(scene.lab, name, silence, at_least=seconds, at_most=seconds, doubt=entry.doubt)


@then("only the {unit:Unit} holds the {virtual:Virtual}")
def only_holder(scene: Scene, unit: str, virtual: Family) -> None:
    """Seen inside both units. Source: HA-163."""
    _await_holders(scene, virtual, {unit})


@then("no unit holds the {virtual:Virtual}")
def no_holder(scene: Scene, virtual: Family) -> None:
    """Seen inside both units. Source: HA-003."""
    _await_holders(scene, virtual, set())


@then("no unit holds the {virtual:Virtual} for the detection time")
def no_holder_for_a_while(scene: Scene, virtual: Family) -> None:
    """Both units are watched from inside for the detection time. Source: HA-027, HA-028."""
    scene.needs(Capability.INSPECT)
    address = shared(scene, virtual)

    def free() -> bool:
        return not any(entry.detail["address"] == address for entry in scene.lab.timeline.of(Kind.ADDRESS))

    scene.lab.clock.hold(free, max(scene.detection.values()) + MARGIN, f"no unit holds {address}")
    no_holder(scene, virtual)


@then("the {unit:Unit} announces the {virtual:Virtual}")
def announces(scene: Scene, unit: str, virtual: Family) -> None:
    """The client hears a gratuitous ARP, or an unsolicited neighbour advertisement, since the action began.

    Source: HA-113.
    """
    address = shared(scene, virtual)

    def announced() -> list[float]:
        return _announcements(scene, unit, address)

    scene.lab.clock.wait_for(announced, scene.lab.profile.settle, f"unit {unit} announces {address}")


@then("the {unit:Unit} announces the {virtual:Virtual} within {seconds:Seconds} second of taking it, and not before")
def announces_in_time(scene: Scene, unit: str, virtual: Family, seconds: float) -> None:
    """From the moment the unit holds the address until a third machine hears of it. Source: HA-113."""
    scene.needs(Capability.INSPECT)
    announces(scene, unit, virtual)
    address = shared(scene, virtual)

    def takes() -> Entry | None:
        seen = scene.lab.timeline.of(Kind.ADDRESS, unit, since=scene.since)
        return next((entry for entry in seen if entry.detail["held"] and entry.detail["address"] == address), None)

    taken = scene.lab.clock.wait_for(
        takes, scene.lab.profile.settle, f"unit {unit}, which announces {address}, takes it"
    )
    assert taken is not None
    longest = _announcements(scene, unit, address)[0] - (taken.at - taken.doubt)
    judge(scene.lab, "address taken to announcement", longest, at_least=0.0, at_most=seconds, doubt=taken.doubt)


@then("the {unit:Unit} alone holds, announces and answers on the {virtual:Virtual}")
def has_to_itself(scene: Scene, unit: str, virtual: Family) -> None:
    """Seen inside both units, by a third machine and by a client. Source: HA-113, HA-163, HA-164."""
    only_holder(scene, unit, virtual)
    announces(scene, unit, virtual)
    answers_from(scene, virtual, unit)


@then("the {virtual:Virtual} has been announced by its holders only, and answers from the last one")
def announced_by_holders(scene: Scene, virtual: Family) -> None:
    """A third machine has heard of the address from units that held it then, and last from the one that holds it now.

    Source: HA-113, HA-163, HA-164.
    """
    scene.needs(Capability.INSPECT)
    lab, address = scene.lab, shared(scene, virtual)
    judged = Announcements(max(lab.profile.slack, lab.profile.resolution))

    def last_holder() -> str | None:
        """The one unit that holds the address, if it has announced it last; None until the timeline shows it too."""
        holders = {unit.name for unit in scene.units if address in unit.addresses(PAIR.mail)}
        as_seen = {name for name, unit in History(lab.timeline).units.items() if address in unit.holds}
        announced = lab.timeline.of(Kind.ANNOUNCEMENT)
        last = [entry.subject for entry in announced if host_of(str(entry.detail["address"])) == host_of(address)][-1:]
        return last[0] if holders == as_seen == set(last) else None

    def is_last() -> bool:
        holder = last_holder()
        return holder is not None and lab.mail.answering(host_of(address)) == holder

    def misleads_nobody() -> bool:
        # A client that gets no answer in time asks again; an answer from elsewhere is wrong at any time.
        holder = last_holder()
        return holder is not None and lab.mail.answering(host_of(address)) in {None, holder}

    what = f"one unit holds {address}, has announced it last, and answers on it"
    lab.clock.wait_for(is_last, lab.profile.settle, what)
    lab.clock.hold(misleads_nobody, ANNOUNCED, what)
    lab.clock.wait_for(is_last, lab.profile.settle, what)
    history = History()
    for entry in lab.timeline:
        change = history.take(entry)
        if change is not None:
            judged.take(change)
    judged.until(lab.clock.now())
    assert not judged.found, "; ".join(stray.how for stray in judged.found)


@then("the mail interface of the {unit:Unit} holds its own address only")
def holds_own(scene: Scene, unit: str) -> None:
    """Seen inside the unit. Source: HA-154, HA-156."""
    _await_addresses(scene, unit, own(scene, unit))


@then("the mail interface of the {unit:Unit} holds the virtual address only")
def holds_virtual(scene: Scene, unit: str) -> None:
    """Seen inside the unit, among the addresses of its family. Source: HA-155."""
    wanted = {scene.lab.mail.virtual_address}
    _await_addresses(scene, unit, wanted | own(scene, unit, Family.IPV6))


@then("the mail interface of the {unit:Unit} holds its own and the virtual address")
def holds_both(scene: Scene, unit: str) -> None:
    """Seen inside the unit. Source: HA-153."""
    _await_addresses(scene, unit, own(scene, unit) | {scene.lab.mail.virtual_address})


@then("the mail interfaces hold these addresses")
def hold_these(scene: Scene, datatable: Table) -> None:
    """Seen inside the units; table: unit, own, virtual (yes or no). Source: HA-151."""
    for name, keeps, takes in datatable[1:]:
        unit = UNITS[name]
        wanted = own(scene, unit, Family.IPV6)
        wanted |= own(scene, unit, Family.IPV4) if keeps == "yes" else set()
        wanted |= {scene.lab.mail.virtual_address} if takes == "yes" else set()
        _await_addresses(scene, unit, wanted)


@then("each unit answers its operator at its own address")
def answer_operator(scene: Scene) -> None:
    """As below, both units. Source: HA-165."""
    for unit in scene.units:
        answers_operator(scene, unit.name)


@then("the {unit:Unit} answers its operator at its own address")
def answers_operator(scene: Scene, unit: str) -> None:
    """The administration interface holds the unit's own address and nothing else, and the unit tells who it is.

    Source: HA-165.
    """
    scene.needs(Capability.INSPECT)
    held = scene.unit(unit).addresses(PAIR.administration)
    assert held == {scene.unit(unit).own_address(PAIR.administration)}, f"unit {unit} is administered at {sorted(held)}"
    told = scene.unit(unit).configured_mode()
    assert told == PAIR.configured[unit].value, f"who answers for unit {unit} is configured as {told}"


def shared(scene: Scene, family: Family) -> str:
    """Return the virtual address of a family, with its mask."""
    return {Family.IPV4: scene.lab.mail.virtual_address, Family.IPV6: scene.lab.mail.virtual_address6}[family]


def own(scene: Scene, unit: str, *families: Family) -> set[str]:
    """Return the own addresses of a unit's mail interface, with their masks: of all families, or of these."""
    each = {
        Family.IPV4: scene.unit(unit).own_address(PAIR.mail),
        Family.IPV6: scene.unit(unit).own_address6(PAIR.mail),
    }
    return {each[family] for family in families or Family} - {""}


def host_of(address: str) -> str:
    """Return an address without its mask."""
    return address.partition("/")[0]


def _announcements(scene: Scene, unit: str, address: str) -> list[float]:
    """When a third machine has heard the unit announce the address, since the action began."""
    entries = scene.lab.timeline.of(Kind.ANNOUNCEMENT, unit, since=scene.since)
    return [entry.at for entry in entries if host_of(str(entry.detail["address"])) == host_of(address)]


def _await_holders(scene: Scene, virtual: Family, wanted: set[str]) -> None:
    scene.needs(Capability.INSPECT)
    address = shared(scene, virtual)

    def as_wanted() -> bool:
        return {unit.name for unit in scene.units if address in unit.addresses(PAIR.mail)} == wanted

    who = " and ".join(sorted(wanted)) or "no unit"
    scene.lab.clock.wait_for(as_wanted, scene.lab.profile.settle, f"{who} holds {address}")


def _await_addresses(scene: Scene, unit: str, wanted: set[str]) -> None:
    scene.needs(Capability.INSPECT)

    def as_wanted() -> bool:
        return scene.unit(unit).addresses(PAIR.mail) == wanted

    what = f"the mail interface of unit {unit} holds {sorted(wanted)}"
    scene.lab.clock.wait_for(as_wanted, scene.lab.profile.settle, what)

"""Who holds, announces and answers on which address.

In tables an address is `virtual` or `virtual IPv6` (the pair's), `spare` (another that nobody holds), `none` (all
zero), or itself; `virtual/25` is the pair's with another mask.
"""

from __future__ import annotations

from contextlib import suppress
from itertools import pairwise

from lab.announcements import Announcements
from lab.claims import judge
from lab.contract import Capability, Family, Mode
from lab.errors import FaultNotProven, NotReached
from lab.history import History
from lab.standard_pair import PAIR
from lab.timeline import Entry, Kind
from steps.fields import UNITS, Address, Held
from steps.scene import Scene
from steps.times import Bound, Span, awaited, stays, watched
from steps.words import Table, outcome

ANNOUNCED = 1.5
"""Seconds after which every announcement has been heard: a unit may repeat it within a second."""

SMTP = 25

SELDOM = 1.0
"""Seconds between two looks into a unit beyond which the lab does not know what was in between."""

_UNUSED = "222"
"""Host number on each network that no machine has."""

NONE = "0.0.0.0/0"
"""The address that stands for none."""


@outcome("the {address:Address} answers from the {unit:Unit}")
def answers_from(scene: Scene, address: Address, unit: str) -> None:
    """A client that connects to the address reads this unit's mail banner. Source: HA-114, HA-164, HA-165."""
    host = client_address(scene, address)

    def answering() -> bool:
        return scene.lab.mail.answering(host) == unit

    scene.lab.clock.wait_for(answering, scene.lab.timing.settle, f"{host} answers from unit {unit}")


@outcome("no unit answers on the {address:Address}{span:Span}", watched)
def nobody_answers(scene: Scene, address: Address, span: Span | None) -> None:
    """A client that connects there gets no banner. Source: HA-122, HA-526."""
    host, what = client_address(scene, address), f"no unit answers on the {address.name}"

    def silent() -> bool:
        return scene.lab.mail.answering(host) is None

    scene.lab.clock.wait_for(silent, scene.lab.timing.settle, what)
    if span is not None:
        stays(scene, silent, span, what)


@outcome("the {unit:Unit} offers no mail service", Capability.NAMESPACE)
def offers_no_mail(scene: Scene, unit: str) -> None:
    """Seen inside the unit, while it does not lead: nothing listens on the mail port.

    Source: HA-013, HA-311, HA-336.
    """
    clock, looks = scene.lab.clock, [float("-inf")]

    def silent() -> bool:
        listens = SMTP in {port for _, port in scene.unit(unit).listening()}
        looks.append(clock.now())
        return not listens

    try:
        clock.wait_for(silent, scene.lab.timing.settle, f"nobody waits for mail in unit {unit}")
    except NotReached as problem:
        leads = next((each for each in scene.changes(unit) if each.detail["new"] == Mode.PRIMARY.value), None)
        if leads is not None:
            begun = leads.at - leads.doubt
            unwatched = begun - max(look for look in looks if look < begun)
            if unwatched > SELDOM:
                raise FaultNotProven(f"unit {unit} led before the lab looked whether it waits for mail") from problem
        raise


@outcome("the {unit:Unit} offers no mail service before it is effective primary", Capability.NAMESPACE)
def offers_no_mail_before(scene: Scene, unit: str) -> None:
    """Seen inside the unit: nothing listens on the mail port until it leads, which is awaited. Source: HA-013."""
    scene.cause(unit, Mode.PRIMARY)
    clock, timing = scene.lab.clock, scene.lab.timing
    begun_looking, looks, offers = clock.now(), [], []

    def leads() -> Entry | None:
        listens = SMTP in {port for _, port in scene.unit(unit).listening()}
        looks.append(clock.now())
        offers.extend(looks[-1:] if listens else [])
        return next((each for each in scene.changes(unit) if each.detail["new"] == Mode.PRIMARY.value), None)

    within = timing.settle + scene.detection[unit] + timing.boot
    change = clock.wait_for(leads, within, f"unit {unit} becomes effective primary")
    assert change is not None
    begun = change.at - change.doubt
    early = [begun - each for each in offers if each < begun - timing.slack]
    assert not early, f"unit {unit} waited for mail {max(early):.3f} s before it was effective primary"
    watched_at = [each for each in looks if each < begun]
    if not watched_at:
        raise FaultNotProven(f"unit {unit} led before the lab looked whether it waits for mail")
    unwatched = max(later - look for look, later in pairwise([begun_looking, *watched_at, begun]))
    if unwatched > SELDOM:
        raise FaultNotProven(f"for {unwatched:.1f} s the lab did not look whether unit {unit} waits for mail")


@outcome("the {unit:Unit} [takes|has taken] the {virtual:Virtual}{bound:Bound}", Capability.NAMESPACE, awaited)
def takes_address(scene: Scene, unit: str, virtual: Family, bound: Bound | None) -> None:
    """Seen inside the unit, since the last action. Source: HA-101, HA-112."""
    address = shared(scene, virtual)
    within = scene.detection[unit] + scene.lab.timing.settle
    entry = scene.lab.clock.wait_for(lambda: _taken(scene, unit, address), within, f"unit {unit} takes {address}")
    assert entry is not None
    if bound is not None:
        bound.begins("")
        silence = entry.at - scene.last_heard(unit, entry.at)
        bound.judge(scene, "silence before the address moved", silence, unit, doubt=entry.doubt)


@outcome("{holder:Holder} holds the {virtual:Virtual}{span:Span}", Capability.NAMESPACE, watched)
def holds_address(scene: Scene, holder: tuple[str, ...], virtual: Family, span: Span | None) -> None:
    """Seen inside both units; with a span nobody else holds it all the while.

    Source: HA-003, HA-027, HA-028, HA-163.
    """
    address = shared(scene, virtual)

    def as_wanted() -> bool:
        return {unit.name for unit in scene.units if address in unit.addresses(PAIR.mail)} == set(holder)

    what = f"{' and '.join(holder) or 'no unit'} holds {address}"
    if span is not None:
        taken = [unit.name for unit in scene.units if unit.name not in holder]
        stays(scene, lambda: not any(_has_held(scene, unit, address) for unit in taken), span, what)
    scene.lab.clock.wait_for(as_wanted, scene.lab.timing.settle, what)


@outcome(
    "the {unit:Unit} [announces|has announced] the {virtual:Virtual}{bound:Bound}",
    lambda bound: [] if bound is None else [Capability.NAMESPACE],
    awaited,
)
def announces(scene: Scene, unit: str, virtual: Family, bound: Bound | None) -> None:
    """A third machine hears a gratuitous ARP, or an unsolicited neighbour advertisement, since the last action.

    Source: HA-113.
    """
    address = shared(scene, virtual)

    def announced() -> list[float]:
        entries = scene.lab.timeline.of(Kind.ANNOUNCEMENT, unit, since=scene.since)
        return [entry.at for entry in entries if host_of(str(entry.detail["address"])) == host_of(address)]

    heard = scene.lab.clock.wait_for(announced, scene.lab.timing.settle, f"unit {unit} announces {address}")
    if bound is None:
        return
    bound.begins("of taking it")
    what = f"unit {unit}, which announces {address}, takes it"
    taken = scene.lab.clock.wait_for(lambda: _taken(scene, unit, address), scene.lab.timing.settle, what)
    assert taken is not None
    longest = heard[0] - (taken.at - taken.doubt)
    judge(
        scene.lab,
        "address taken to announcement",
        longest,
        at_least=0.0,
        at_most=bound.of(scene.detection[unit]),
        doubt=taken.doubt,
    )


@outcome("the {virtual:Virtual} has been announced by its holders only", Capability.NAMESPACE)
def announced_by_holders(scene: Scene, virtual: Family) -> None:
    """In the whole scenario a third machine has heard of the address from units only that held it at that moment.

    It has heard last from the one that holds it now, and that one answers on it. Source: HA-113, HA-163, HA-164.
    """
    lab, address = scene.lab, shared(scene, virtual)
    judged = Announcements(max(lab.timing.slack, lab.timing.resolution))

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
    lab.clock.wait_for(is_last, lab.timing.settle, what)
    lab.clock.hold(misleads_nobody, ANNOUNCED, what)
    lab.clock.wait_for(is_last, lab.timing.settle, what)
    now, history = lab.clock.now(), History()  # what comes while these entries are read is not among them
    for entry in lab.timeline:
        change = history.take(entry)
        if change is not None:
            judged.take(change)
    judged.until(now)
    assert not judged.found, "; ".join(stray.how for stray in judged.found)


@outcome("the {interface:Interface} of {units:Units} holds {held:Held}", Capability.NAMESPACE)
def interface_holds(scene: Scene, interface: str, units: tuple[str, ...], held: Held) -> None:
    """Seen inside the unit; where a shared address stands in place of its own, the other family keeps its own.

    Source: HA-068, HA-151, HA-153 to HA-156, HA-166.
    """
    shares = {family: shared(scene, family) for family in held.shared}
    for unit in units:
        keeps = Family if held.own else set(Family) - set(held.shared)
        wanted = set(shares.values()) | own(scene, unit, *keeps, interface=interface)

        def as_wanted() -> bool:
            return scene.unit(unit).addresses(interface) == wanted  # noqa: B023 - asked within this turn only

        what = f"the interface {interface} of unit {unit} holds {sorted(wanted)}"
        scene.lab.clock.wait_for(as_wanted, scene.lab.timing.settle, what)


@outcome("these shared addresses are held", Capability.NAMESPACE)
def shared_are_held(scene: Scene, datatable: Table) -> None:
    """Seen inside both units; table: interface, address, holder (primary, secondary or nobody). Source: HA-163."""
    wanted = [(interface, address_of(scene, interface, word), holder) for interface, word, holder in datatable[1:]]

    def held() -> bool:
        return all(_holders(scene, interface, address) == holder for interface, address, holder in wanted)

    told = ", ".join(f"{holder} holds {address} on {interface}" for interface, address, holder in wanted)
    scene.lab.clock.wait_for(held, scene.lab.timing.settle, told)


@outcome("a client that asks who has the virtual address is answered by {units:Answerers}")
def is_answered_by(scene: Scene, units: tuple[str, ...]) -> None:
    """These units and no others answer, each with its own hardware address. Source: HA-163, HA-701, HA-704."""
    address, wanted = scene.lab.mail.virtual_address, set(units)
    found: frozenset[str] = frozenset()

    def answered() -> bool:
        nonlocal found
        found = scene.lab.mail.claimants(address)
        return wanted <= found

    # An answer may be late, and is asked for again; one too many never is.
    with suppress(NotReached):
        scene.lab.clock.wait_for(answered, scene.lab.timing.settle, "each of them answers")
    assert found == wanted, f"{sorted(found) or 'nobody'} answers for {address}, not {sorted(wanted)}"


@outcome("{units:Units} answers its operator at its own address", Capability.NAMESPACE)
def answers_operator(scene: Scene, units: tuple[str, ...]) -> None:
    """The administration interface holds the unit's own address and nothing else, and the unit tells who it is.

    Source: HA-165.
    """
    for unit in units:
        held = scene.unit(unit).addresses(PAIR.administration)
        assert held == {scene.unit(unit).own_address(PAIR.administration)}, f"unit {unit} is administered at {held}"
        told = scene.unit(unit).configured_mode()
        assert told == PAIR.configured[unit].value, f"who answers for unit {unit} is configured as {told}"


def client_address(scene: Scene, address: Address) -> str:
    """Return the address (without mask) that a client uses."""
    if address.family is not None:
        return host_of(shared(scene, address.family))
    return host_of(scene.unit(address.unit).own_address(PAIR.mail))


def shared(scene: Scene, family: Family) -> str:
    """Return the virtual address of a family, with its mask."""
    return {Family.IPV4: scene.lab.mail.virtual_address, Family.IPV6: scene.lab.mail.virtual_address6}[family]


def own(scene: Scene, unit: str, *families: Family, interface: str = PAIR.mail) -> set[str]:
    """Return the own addresses of a unit's interface in these families, with their masks."""
    each = {
        Family.IPV4: scene.unit(unit).own_address(interface),
        Family.IPV6: scene.unit(unit).own_address6(interface),
    }
    return {each[family] for family in families} - {""}


def host_of(address: str) -> str:
    """Return an address without its mask."""
    return address.partition("/")[0]


def address_of(scene: Scene, interface: str, word: str) -> str:
    """Return the address with mask that a word of a table stands for; any other text stands for itself."""
    name, _, mask = word.partition("/")
    if name == "spare":
        found = scene.lab.spare_address(interface)
    else:
        mail = scene.lab.mail
        words = {"virtual": mail.virtual_address, "virtual IPv6": mail.virtual_address6, "none": NONE}
        if name not in words:
            return word
        found = words[name]
    return f"{host_of(found)}/{mask}" if mask else found


def peer_address(scene: Scene, unit: str, interface: str, family: Family = Family.IPV4) -> str:
    """Return the address (without mask) that the unit's peer has on an interface."""
    peer = scene.other(unit)
    return host_of(peer.own_address(interface) if family is Family.IPV4 else peer.own_address6(interface))


def unused_address(scene: Scene, unit: str, interface: str, family: Family = Family.IPV4) -> str:
    """Return an address (without mask) on the interface's network that no machine has."""
    return unused_beside(peer_address(scene, unit, interface, family))


def unused_beside(address: str) -> str:
    """Return an address that no machine has, on the network of one without mask."""
    network, separator, _ = address.rpartition(":" if ":" in address else ".")
    return f"{network}{separator}{_UNUSED}"


def _taken(scene: Scene, unit: str, address: str) -> Entry | None:
    """The entry of the first moment since the last action at which the unit took the address, if it has."""
    entries = scene.lab.timeline.of(Kind.ADDRESS, unit, since=scene.since)
    return next((each for each in entries if each.detail["held"] and each.detail["address"] == address), None)


def _has_held(scene: Scene, unit: str, address: str) -> bool:
    return any(entry.detail["address"] == address for entry in scene.lab.timeline.of(Kind.ADDRESS, unit))


def _holders(scene: Scene, interface: str, address: str) -> str:
    holding = [name for name, unit in UNITS.items() if address in scene.unit(unit).addresses(interface)]
    return " and ".join(holding) or "nobody"

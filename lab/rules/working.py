"""Judges what the rest of the pair's settings promise once its roles have settled: ports, addresses, mail data."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial

from lab.contract import Area, Capability, Lab, MailKind, Mode, Port, Rank, Unit
from lab.errors import NotReached
from lab.findings import Finding
from lab.history import LONG_AGO, RESTARTS, UnitHistory
from lab.ledger import ACCEPTED
from lab.rules.rule import Broken, Rule
from lab.rules.watch import PORTS, Watch
from lab.shown import Sharing, sharing
from lab.standard_pair import PAIR

KEPT = {
    Area.QUARANTINE: MailKind.SPAM,
    Area.SYSTEM_QUARANTINE: MailKind.VIRUS,
    Area.ARCHIVE: MailKind.ARCHIVED,
}
"""Mail data, and the messages that are stored there. Source: HA-401."""

SCHEDULED = 1200.0
"""Seconds in which mail data is copied by schedule. Source: HA-402."""

TRUSTED = 40.0
"""Seconds after which synchronization uses a link again that has not carried it, or whose end was away."""

NOT_COPIED = 5.0
"""Seconds in which mail data would be copied if it were to be; a copy takes less than one."""


def check_working(lab: Lab, watch: Watch, leader: Unit, follower: Unit) -> list[Broken]:
    """Check one thing after the other, up to the first that is wrong; nothing of it disturbs the pair."""
    for check in (_ports, _sharing, _addresses, _reached6, _obeyed, _alike, _by_schedule, _mail_data, _copied):
        watch.judge.checks += 1
        for rule, how in check(lab, watch, leader, follower):
            return [Finding(rule, lab.clock.now(), how)]
    return watch.broken()


def check_group(lab: Lab, watch: Watch) -> list[Broken]:
    """Check the units of a config-only group, like a pair that has settled."""
    for check in (_ports, _alone, _configuration, _not_copied):
        watch.judge.checks += 1
        for rule, how in check(lab, watch, lab.primary, lab.secondary):
            return [Finding(rule, lab.clock.now(), how)]
    return watch.broken()


def _alone(lab: Lab, watch: Watch, *units: Unit) -> Iterator[tuple[Rule, str]]:
    """Each interface holds its own address, and nothing is shared."""
    del watch
    for unit in units if Capability.NAMESPACE in lab.capabilities else ():
        for interface in PAIR.networked:
            wanted = {each for each in (unit.own_address(interface), unit.own_address6(interface)) if each}
            held = unit.addresses(interface)
            if held != wanted:
                yield Rule.ADDRESS, f"{interface} of unit {unit.name} holds {sorted(held)}, not {sorted(wanted)}"


def _configuration(lab: Lab, watch: Watch, *units: Unit) -> Iterator[tuple[Rule, str]]:
    """A change on the primary is on the secondary, also the next one, and comes by an order too."""
    leader, follower = units
    del watch
    for notice, order in (("", ""), ("in-a-group-1", ""), ("in-a-group-2", "diagnose system ha sync")):
        if notice:
            leader.cli("config system global", f"set disclaimer {notice}", "end")
        if order:
            follower.cli(order)
        if how := _difference(lab, _disclaimer, leader, follower):
            yield Rule.GROUP, how
            return
        if notice and notice not in _disclaimer(leader):
            yield Rule.GROUP, f"unit {leader.name} has lost {notice}"


def _difference(lab: Lab, shown: Callable[[Unit], object], leader: Unit, follower: Unit) -> str:
    """Wait until both units show the same; say how they differ where they do not come to it, "" where they do."""
    try:
        lab.clock.wait_for(lambda: shown(follower) == shown(leader), lab.timing.settle, "both units show the same")
    except NotReached:
        return f"unit {follower.name} has {shown(follower)}, while its primary {leader.name} has {shown(leader)}"
    return ""


def _disclaimer(unit: Unit) -> str:
    """What a unit shows of the setting that schedules change."""
    lines = unit.cli("show system global").text.splitlines()
    return next((line.strip() for line in lines if line.split()[:2] == ["set", "disclaimer"]), "no disclaimer")


def _not_copied(lab: Lab, watch: Watch, *units: Unit) -> Iterator[tuple[Rule, str]]:
    """A message that is stored on the primary stays there, also when an operator starts a synchronization."""
    del watch
    leader, follower = units
    if Capability.STORAGE not in lab.capabilities:
        return
    message = lab.mail.send(MailKind.SPAM, to=leader.own_address(PAIR.mail).partition("/")[0])
    if message.outcome != ACCEPTED:
        yield Rule.ALONE, f"unit {leader.name}, which is in a config-only group, has not accepted a message"
        return
    for unit in units:
        unit.cli("diagnose system ha sync")
    with suppress(NotReached):
        stored = partial(_stored, follower, message.id)
        lab.clock.wait_for(stored, NOT_COPIED, "mail data is copied")
        yield Rule.GROUP, f"unit {follower.name} has got a message that unit {leader.name} has stored"


def _stored(unit: Unit, id_: str) -> bool:
    return id_ in unit.stored(Area.QUARANTINE)


def _ports(lab: Lab, watch: Watch, *units: Unit) -> Iterator[tuple[Rule, str]]:
    """Each unit listens on the ports of the group, and on no others of that range or of the default one."""
    if Capability.NAMESPACE not in lab.capabilities:
        return
    for unit in units:
        base = int(_of(watch, unit).settings.get("hb-base-port", PAIR.base_port))
        wanted = set(range(base, base + PORTS))
        ranges = wanted | set(range(PAIR.base_port, PAIR.base_port + PORTS))
        used = {port for _, port in unit.listening()} & ranges
        if used != wanted:
            yield Rule.PORTS, f"unit {unit.name} listens on {sorted(used)}, not on {sorted(wanted)}"


def _sharing(lab: Lab, watch: Watch, leader: Unit, follower: Unit) -> Iterator[tuple[Rule, str]]:
    """The follower has what the leader shares, and both have what an operator gave the leader in a healthy pair."""
    if watch.view.sharing_set == LONG_AGO:
        return  # nothing was entered since the pair was formed
    if how := _difference(lab, sharing, leader, follower):
        yield Rule.SHARED, how


def _addresses(lab: Lab, watch: Watch, *units: Unit) -> Iterator[tuple[Rule, str]]:
    """Each interface has its own address, and the leader's mail interface the shared one beside it or in its place."""
    if Capability.NAMESPACE not in lab.capabilities:
        return
    if _of(watch, lab.primary).settings.get("failover", "").split()[:1] != [PAIR.mail]:
        return
    told = _shared(lab, watch, units[0])
    for unit in units:
        leads = _of(watch, unit).mode is Mode.PRIMARY
        for interface in PAIR.networked:
            shared = told.held if leads and interface == PAIR.mail else frozenset()
            replaced = {":" in address for address in shared} if told.action == "set" else set()
            own = {each for each in (unit.own_address(interface), unit.own_address6(interface)) if each}
            wanted = shared | {each for each in own if (":" in each) not in replaced}
            held = unit.addresses(interface)
            if held != wanted:
                yield Rule.ADDRESS, f"{interface} of unit {unit.name} holds {sorted(held)}, not {sorted(wanted)}"


def _reached6(lab: Lab, watch: Watch, leader: Unit, follower: Unit) -> Iterator[tuple[Rule, str]]:
    """A client reaches the leader at the shared IPv6 address, unless it may have missed its announcement."""
    del follower
    shared = lab.mail.virtual_address6
    if watch.view.mail_cable_pulled or watch.view.split or shared not in _shared(lab, watch, leader).held:
        return
    answering = lab.mail.answering(shared)
    if answering != leader.name:
        yield Rule.REACHED, f"the virtual IPv6 address answers from {answering or 'no one'}, not unit {leader.name}"


def _shared(lab: Lab, watch: Watch, leader: Unit) -> Sharing:
    """What the leader shares: as the pair was formed, or as it shows where an operator has changed that."""
    if watch.view.sharing_set > LONG_AGO:
        return sharing(leader)
    formed = _of(watch, lab.primary).settings
    six = lab.mail.virtual_address6 if "virtual-ip6" in formed else ""
    return Sharing(formed["failover"].split()[1], lab.mail.virtual_address, six)


def _alike(lab: Lab, watch: Watch, leader: Unit, follower: Unit) -> Iterator[tuple[Rule, str]]:
    """After an ordered synchronization both units show the same of all that was changed, on whichever unit it was."""
    kept = watch.judge.promises.kept
    if not kept:
        return
    leader.cli("diagnose system ha sync")
    for name in dict.fromkeys(page for page, _ in kept):
        changes = {change for (page, _), each in kept.items() if page == name for change in each.changes}
        words = {change.sign for change in changes} | {change.value for change in changes}
        wanted = words & set(leader.cli(f"show {name}").text.split())

        def shown(wanted: set[str] = wanted, words: set[str] = words, name: str = name) -> bool:
            return words & set(follower.cli(f"show {name}").text.split()) == wanted

        try:
            lab.clock.wait_for(shown, lab.timing.settle, "the configuration is synchronized")
        except NotReached:
            yield Rule.CONFIGURATION, f"unit {follower.name} shows another {name} than unit {leader.name}"
            return


def _mail_data(lab: Lab, watch: Watch, leader: Unit, follower: Unit) -> Iterator[tuple[Rule, str]]:
    """A stored message stays where it is, also when an operator starts a synchronization, if a unit copies none."""
    if _copies(watch, leader, follower) or Capability.STORAGE not in lab.capabilities:
        return
    message = lab.mail.send(MailKind.SPAM)

    if message.outcome != ACCEPTED:
        return  # whether clients are served is judged elsewhere
    try:
        lab.clock.wait_for(lambda: _stored(leader, message.id), lab.timing.settle, "a message is stored")
    except NotReached:
        yield Rule.DATA, f"unit {leader.name} has accepted a message for the quarantine, and has not stored it"
        return
    for unit in (leader, follower):
        unit.cli("diagnose system ha sync")
    with suppress(NotReached):
        lab.clock.wait_for(lambda: _stored(follower, message.id), NOT_COPIED, "mail data is copied")
        yield Rule.DATA, f"unit {follower.name} has got a message that unit {leader.name} has stored"


def _by_schedule(lab: Lab, watch: Watch, leader: Unit, follower: Unit) -> Iterator[tuple[Rule, str]]:
    """What the leader had stored is on the follower after a while in which nothing has happened to the pair."""
    if not _copies(watch, leader, follower) or Capability.STORAGE not in lab.capabilities:
        return
    history = watch.view.history
    calm = max(watch.view.disturbed, *(unit.since for unit in history.units.values()))
    set_ = (each.at for unit in history.units.values() for each in unit.commands if each.setting == "mail-data-sync")
    if lab.clock.now() - max(calm, *set_, calm) < SCHEDULED + lab.timing.slack:
        return
    lately = lab.clock.now() - SCHEDULED - lab.timing.slack
    # What waits in the queue is archived only when it is delivered.
    due = {each.message for each in history.mail} - {each.message for each in history.mail if each.at >= lately}
    for area in KEPT:
        if missing := sorted(due & (leader.stored(area) - follower.stored(area))):
            how = f"unit {follower.name} lacks {missing} of the {area} of unit {leader.name} after {SCHEDULED:g} s"
            yield Rule.COPIED, how


def _obeyed(lab: Lab, watch: Watch, leader: Unit, follower: Unit) -> Iterator[tuple[Rule, str]]:
    """What the leader had stored when an operator has started a synchronization is on the follower."""
    ordered = watch.judge.promises.copied
    if ordered is None or not _copies(watch, leader, follower) or Capability.STORAGE not in lab.capabilities:
        return
    told = watch.view.history.mail
    due = {each.message for each in told} - {each.message for each in told if each.at >= ordered}
    for area in KEPT:
        if missing := _missing(lab, follower, area, frozenset(due) & leader.stored(area)):
            yield Rule.COPIED, f"unit {follower.name} lacks {missing} of the {area}, which an order was to copy"
            return


def _copied(lab: Lab, watch: Watch, leader: Unit, follower: Unit) -> Iterator[tuple[Rule, str]]:
    """By order, on either unit, what the leader stores reaches the follower, and nothing goes away or the other way."""
    if not _copies(watch, leader, follower) or Capability.STORAGE not in lab.capabilities:
        return
    beside = _beside(lab) if _trusted(lab, watch) else {}
    had = {(unit.name, area): unit.stored(area) for unit in (leader, follower) for area in KEPT}
    sent: dict[Area, frozenset[str]] = dict.fromkeys(KEPT, frozenset())
    for orders in (leader, follower):
        for area, kind in KEPT.items():
            message = lab.mail.send(kind)
            if message.outcome != ACCEPTED:
                return  # whether clients are served is judged elsewhere
            sent[area] |= {message.id}
        for area in KEPT:
            try:
                lab.clock.wait_for(partial(_holds, leader, area, sent[area]), lab.timing.settle, "a message is stored")
            except NotReached:
                yield Rule.COPIED, f"unit {leader.name} has not stored what it has accepted for its {area}"
                return
        orders.cli("diagnose system ha sync")
        for area in KEPT:
            if missing := _missing(lab, follower, area, leader.stored(area)):
                yield Rule.COPIED, f"unit {follower.name} lacks {missing} of the {area} of unit {leader.name}"
                return
    for unit in (leader, follower):
        for area in KEPT:
            now, before = unit.stored(area), had[unit.name, area]
            if lost := sorted(before - now):
                yield Rule.COPIED, f"unit {unit.name} no longer has {lost} in its {area}"
            if unit is leader and (strange := sorted(now - before - sent[area])):
                yield Rule.COPIED, f"unit {unit.name}, which leads, has got {strange} for its {area}"

    if beside and beside != _beside(lab):
        yield Rule.SPARE, "the secondary heartbeat link has carried more than heartbeats, and the primary one is whole"


def _missing(lab: Lab, unit: Unit, area: Area, wanted: frozenset[str]) -> list[str]:
    """Wait for messages to be in an area of a unit; return those that do not come."""
    try:
        lab.clock.wait_for(partial(_holds, unit, area, wanted), lab.timing.settle, "mail data is copied")
    except NotReached:
        return sorted(wanted - unit.stored(area))
    return []


def _beside(lab: Lab) -> dict[Port, int]:
    """What the secondary heartbeat link has carried besides heartbeats, in bytes. Source: HA-060, HA-062."""
    link = lab.links[Rank.SECONDARY]
    return {port: link.carried(port) for port in Port if port is not Port.HEARTBEAT}


def _trusted(lab: Lab, watch: Watch) -> bool:
    """Whether nothing may keep synchronization off the primary heartbeat link: no fault, and no restart lately."""
    history = watch.view.history
    restarts = (each.at for unit in history.units.values() for each in unit.commands if each.order in RESTARTS)
    last = max((*(each.at for each in history.faults), *restarts), default=LONG_AGO)
    return not history.in_force and lab.clock.now() - last > TRUSTED


def _holds(unit: Unit, area: Area, messages: frozenset[str]) -> bool:
    return messages <= unit.stored(area)


def _copies(watch: Watch, *units: Unit) -> bool:
    return all(_of(watch, unit).settings.get("mail-data-sync") != "disable" for unit in units)


def _of(watch: Watch, unit: Unit) -> UnitHistory:
    return watch.view.history.units[unit.name]

"""Judges the end of a schedule: the roles settle in time, and no saved change or accepted message is missing."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from functools import partial

from lab.as_new import inspect
from lab.contract import Area, Capability, Lab, MailKind, Mode, Unit
from lab.errors import CliLost, NotReached
from lab.findings import Finding
from lab.history import LONG_AGO, ROLES
from lab.ledger import Fate, balance, deliveries
from lab.rules.judge import HOLD_OFF_LIMIT
from lab.rules.promises import Saved
from lab.rules.rule import Broken, Rule
from lab.rules.watch import Watch
from lab.rules.working import check_group, check_working
from lab.schedule_run import ScheduleRun
from lab.shown import sharing
from lab.standard_pair import PAIR
from lab.timeline import Kind

JOINING = 45.0
"""Seconds, besides the detection time, that a start, two synchronizations that time out and a retry may take."""

STEADY = 2.0
"""Seconds, besides the detection time, for which settled roles must not change."""

HANDED_OVER = 90.0
"""Seconds in which the primary delivers queued mail of a unit that follows, which checks its queue each minute."""

AGED = 60.0
"""Seconds after which a client that missed an announcement has asked again who holds the address.

A client misses one while a cable is out; and none is sent if a second primary dies and its peer never heard it lead.
"""

SLOW_ANSWER = 8
"""Multiple of its slack that a lab may need to see that a client is answered."""


def conclude(lab: Lab, watch: Watch, schedule: ScheduleRun) -> list[Broken]:
    """End every fault, wait for the roles to settle, and return the broken rules.

    Where one heartbeat link is dead, and the other whole, it first stays so: over one link a pair does all that it does
    over two. Whether it is as good as new so is checked where that takes no time, on an exact lab. In a config-only
    group there is one way to the peer only.
    """
    in_group = any(unit.is_config_only for unit in watch.view.history.units.values())
    dead = None if in_group else schedule.dead_link()
    if dead is None:
        schedule.end_faults()
        return settle(lab, watch)
    schedule.end_faults(but=dead)
    found = settle(lab, watch)
    if not found and watch.exact:
        found = [Finding(Rule.ONE_LINK, each.at, each.how) for each in inspect(lab, without=dead, further=True).found]
    if not found:
        schedule.end_faults()
    return found


def settle(lab: Lab, watch: Watch) -> list[Broken]:
    """Wait after the last fault for the roles to settle, check that they stay, and return the broken rules."""
    found = _come_to_rest(lab, watch)
    if not found and all(unit.is_config_only for unit in watch.view.history.units.values()):
        together = watch.view.same("password") and watch.view.same("hb-base-port")
        return check_group(lab, watch) if together else []  # one that restarts takes no order that brings it back
    if found or set(watch.view.modes().values()) != ROLES:
        return found
    leads = watch.view.history.units[lab.primary.name].mode is Mode.PRIMARY
    return check_working(lab, watch, *((lab.primary, lab.secondary) if leads else (lab.secondary, lab.primary)))


def _come_to_rest(lab: Lab, watch: Watch) -> list[Broken]:
    units = watch.view.history.units.values()
    detection = max(unit.detection for unit in units)
    end = lab.clock.now() + JOINING + 2 * detection
    while lab.clock.now() < end and not watch.broken():
        if any(unit.mode is Mode.HOLD_OFF for unit in units):
            end = max(end, watch.view.history.now + HOLD_OFF_LIMIT + JOINING)
        try:
            lab.clock.wait_for(lambda: not unsettled(watch), JOINING, "the roles settle")
            settled = watch.view.modes()
            lab.clock.hold(partial(_stays, watch, settled), detection + STEADY, "the roles stay")
        except NotReached:
            continue
        break
    found = watch.verdict()
    if not found:
        found = [Finding(rule, lab.clock.now(), how) for rule, how in unsettled(watch)]
    return found or _check_units(lab, watch)


def _stays(watch: Watch, settled: Mapping[str, Mode]) -> bool:
    return not (watch.broken() or unsettled(watch)) and watch.view.modes() == settled


def unsettled(watch: Watch) -> list[tuple[Rule, str]]:
    """Return the rules of settled roles that do not hold yet."""
    watch.catch_up()
    watch.judge.checks += 1
    unkept = watch.judge.promises.unkept()
    if unkept:
        return unkept
    units = list(watch.view.units.values())
    modes = {unit.name: unit.history.mode for unit in units}
    for unit in units:
        if unit.history.takes_no_role and unit.history.mode is not Mode.OFF:
            told = unit.history.configured
            return [(Rule.SETTLED, f"unit {unit.name} is {unit.history.mode.value}, and its mode was set to {told}")]
    off = [unit for unit in units if unit.history.mode is Mode.OFF]
    out = {unit.name for unit in off if unit.history.takes_no_role or unit.may_latch}
    within = {modes[unit.name] for unit in units if unit.name not in out}
    alone = bool(out) and within == {Mode.PRIMARY}
    # Whom its peer has found failed is cured when it reaches the peer again, and one that is off is not reached. HA-335
    found_failed = within == {Mode.FAILED} and any(unit.may_latch and unit.history.watched for unit in off)
    if alone or found_failed or len(out) == len(units):
        return []
    if not out and within in (ROLES, {Mode.PRIMARY}):
        return []
    shown = " and ".join(f"unit {name} is {mode.value}" for name, mode in modes.items())
    return [(Rule.SETTLED, shown)]


def _check_units(lab: Lab, watch: Watch) -> list[Broken]:
    """Check both units, as an operator and as a client see them."""
    now = lab.clock.now()
    found = []
    units: tuple[Unit, ...] = (lab.primary, lab.secondary)
    for unit in units:
        wanted, shown = watch.view.history.units[unit.name].configured, unit.configured_mode()
        watch.judge.checks += 1
        if shown != wanted:
            found.append(Finding(Rule.MODE, now, f"unit {unit.name} shows configured {shown}, set was {wanted}"))
        address = unit.own_address(PAIR.mail).partition("/")[0]
        if watch.view.history.units[unit.name].takes_no_role and lab.mail.answering(address) != unit.name:
            found.append(Finding(Rule.ALONE, now, f"unit {unit.name}, whose mode is {wanted}, serves no mail"))
    leaders = [unit for unit in units if watch.view.history.units[unit.name].mode is Mode.PRIMARY]
    if found or len(leaders) != 1:
        return found or _mail(lab, watch)
    watch.judge.checks += 1
    leader = leaders[0].name
    if watch.view.sharing_set > LONG_AGO and lab.mail.virtual_address not in sharing(leaders[0]).held:
        return _configurations(units, watch, now) or _mail(lab, watch)

    def reached() -> bool:
        return lab.mail.answering(lab.mail.virtual_address) == leader

    left = any(unit.takes_no_role for unit in watch.view.history.units.values())
    unheard = watch.view.split and (left or not watch.view.hear_each_other(now))
    patience = AGED if watch.view.mail_cable_pulled or unheard else SLOW_ANSWER * lab.timing.slack
    try:
        lab.clock.wait_for(reached, patience, "the client reaches the primary")
    except NotReached:
        answering = lab.mail.answering(lab.mail.virtual_address)
        how = f"the virtual address answers from {answering or 'no one'}, while unit {leader} leads"
        found.append(Finding(Rule.REACHED, now, how))
    announcer = watch.judge.announcements.last(lab.mail.virtual_address)
    if not (watch.view.mail_cable_pulled or unheard) and announcer not in {leader, None}:
        how = f"unit {announcer} has announced the virtual address last, while unit {leader} leads"
        found.append(Finding(Rule.ANNOUNCED, now, how))
    return found or _configurations(units, watch, now) or _mail(lab, watch)


def _configurations(units: tuple[Unit, ...], watch: Watch, now: float) -> list[Broken]:
    """Check that the last saved change, or a later one, is on both units."""
    if not all(each.mode in ROLES for each in watch.view.history.units.values()):
        return []
    found = []
    for (name, _), kept in watch.judge.promises.kept.items():
        if kept.passed_on < 0:
            continue
        changes = kept.changes[kept.passed_on :]
        for unit in units:
            watch.judge.checks += 1
            with suppress(CliLost):
                page = unit.cli(f"show {name}").text
                if not any(change.is_on(page) for change in changes):
                    how = f"unit {unit.name} has lost {_told(changes[0])}, which both units had time to get"
                    found.append(Finding(Rule.CONFIGURATION, now, how))
    return found


def _told(change: Saved) -> str:
    return change.value or f"the removal of {change.sign}"


def _queues(lab: Lab, watch: Watch) -> list[Broken]:
    """Check that a unit that follows keeps no mail in its queue."""

    def drained() -> bool:
        return not balance(lab).of(Fate.QUEUED)

    watch.judge.checks += 1
    try:
        lab.clock.wait_for(drained, HANDED_OVER, "queued mail is delivered")
    except NotReached:
        stuck = balance(lab).of(Fate.QUEUED)
        return [Finding(Rule.QUEUE, lab.clock.now(), f"message {id_} is still queued") for id_ in stuck]
    return []


def _unarchived(lab: Lab) -> set[str]:
    """Delivered messages that should be in an archive, and are in none."""
    if Capability.STORAGE not in lab.capabilities:
        return set()
    told = lab.timeline.of(Kind.MAIL)
    meant = {each.subject for each in told if each.detail.get("sort") == MailKind.ARCHIVED}
    wanted = meant & deliveries(lab).keys()
    return wanted.difference(*(unit.stored(Area.ARCHIVE) for unit in (lab.primary, lab.secondary) if wanted))


def _mail(lab: Lab, watch: Watch) -> list[Broken]:
    """Check that no accepted message is lost or doubled, or stuck in the queue of a unit that follows."""
    ledger = balance(lab)
    watch.judge.checks += 1
    lost, doubled = ledger.of(Fate.LOST), ledger.of(Fate.DUPLICATED)
    problems = [*(f"message {id_} is lost" for id_ in lost), *(f"message {id_} came twice" for id_ in doubled)]
    problems += [f"message {id_} is in no archive any more" for id_ in _unarchived(lab)]
    found = [Finding(Rule.NO_LOSS, lab.clock.now(), how) for how in problems]
    together = {unit.mode for unit in watch.view.history.units.values()} == ROLES
    return found or (_queues(lab, watch) if together else [])

"""As good as new: whether a pair, once what disturbed it has ended, does all that a healthy pair does.

First the pair is brought back as its operator would bring it: what the lab inflicted ends, and where the manual leaves
a unit or a split to the operator, the documented cure is entered. Then one check follows the other, and each leaves one
unit that leads and one that follows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from enum import Enum
from functools import partial
from math import inf

from lab.claims import judge
from lab.contract import Area, Capability, Lab, MailKind, Mode, Rank, Unit
from lab.errors import NotReached
from lab.faults import Effect, Fault, FaultKind, Value, inflict, unit_of
from lab.findings import Finding, follow
from lab.history import DETECTION, LONG_AGO, ROLES, History, Order, UnitHistory, host
from lab.invariants import OneHolder
from lab.ledger import ACCEPTED, Fate, balance, deliveries
from lab.plan import NOTHING_SHARED, Plan, read
from lab.schedule_run import ScheduleRun
from lab.shown import sharing
from lab.standard_pair import PAIR, quoted
from lab.timeline import Entry, Kind, Timeline

SENTENCE = "the pair is as good as new"

JOINING = 45.0
"""Seconds, besides the detection time, that a start, two synchronizations that time out and a retry may take."""

HOLD_OFF = 900.0
"""Longest hold-off in seconds. Source: HA-522."""

STEADY = 2.0
"""Seconds for which roles that have settled must not change."""

LATCHED = 5.0
"""Seconds after which a unit that is off, and whose on-failure says so, is taken to stay off."""

BEAT = 1.3
"""Seconds in which a link carries a heartbeat: a little more than its period. Source: HA-100."""

AGED = 60.0
"""Seconds after which a client that missed an announcement has asked again who holds the address."""

HANDED_OVER = 90.0
"""Seconds in which the primary delivers queued mail of a unit that follows, which checks its queue each minute."""

TRIPS = 4
"""Trips of a message that must open its connection first: as many times a slow link delays it."""

MESSAGE = 1000
"""Bytes, more than a message between the units has on the wire."""

AS_HEARTBEAT = "remote-services-as-heartbeat"

CURES = 3
"""Most cures that are entered: for a split, and for a unit that is off before and after it."""

_HELD = {Kind.ADDRESS, Kind.FAULT, Kind.ROLE}


class Check(Enum):
    """Something that a healthy pair does: in words, and the requirements that it follows from."""

    WHOLE = ("the pair comes together once what disturbed it has ended", "HA-010 HA-024 HA-704")
    PAGES = ("each unit's pages show the modes and releases that are", "HA-009 HA-026 HA-617")
    LINKS = ("each heartbeat link carries heartbeats both ways", "HA-061 HA-100")
    ADDRESS = ("the unit that leads holds the virtual address alone, and answers there", "HA-112 HA-154")
    SETTING = ("a changed setting reaches the unit that follows", "HA-350")
    MAIL = (
        "the unit that leads accepts a client's message, which is delivered once, and the other accepts none",
        "HA-022 HA-110",
    )
    MAIL_DATA = ("a stored message reaches the unit that follows", "HA-401 HA-409")
    HOLD_OFF = ("the peer of a primary that restarts on purpose is in hold-off meanwhile", "HA-520 HA-524")
    ORDER = ("the role moves by order", "HA-572 HA-580")
    POWER = ("the primary's loss of power is detected on time", "HA-101 HA-108")
    RECOVERY = ("a primary that has lost its power recovers as its on-failure says", "HA-311 HA-321 HA-331 HA-576")

    @property
    def words(self) -> str:
        """What a healthy pair does, in one clause."""
        return self.value[0]

    @property
    def requirements(self) -> tuple[str, ...]:
        """Ids of the requirements that it follows from."""
        return tuple(self.value[1].split())

    def tell(self, at: float | None, how: str) -> str:
        """One line for a person."""
        moment = "" if at is None else f"{at:.3f} s: "
        return f"{moment}{how}; of a healthy pair: {self.words} ({', '.join(self.requirements)})"


Missing = Finding[Check]
"""Something that a healthy pair does, and this one does not."""


@dataclass(slots=True)
class Outcome:
    """What came of it: what was checked and found, or why it was left out, and what an operator had to do before."""

    left_out: str = ""
    cures: list[str] = field(default_factory=list)
    checked: list[Check] = field(default_factory=list)
    found: list[Missing] = field(default_factory=list)

    def masked(self, mask: Callable[[str], str]) -> Outcome:
        """The outcome as a report may show it: `mask` takes the secrets out of a text."""
        found = [replace(each, how=mask(each.how)) for each in self.found]
        return replace(self, cures=list(map(mask, self.cures)), found=found)

    def as_data(self) -> dict[str, object]:
        """Plain data for JSON."""
        checked = [check.name.lower().replace("_", "-") for check in self.checked]
        return {"left_out": self.left_out, "cures": self.cures, "checked": checked, "found": list(map(str, self.found))}

    def lines(self) -> Iterator[str]:
        """Say what came of it, for a person."""
        if self.left_out:
            yield f"left out: {self.left_out}"
        yield from (f"an operator entered: {cure}" for cure in self.cures)
        yield from (f"checked: {check.words} ({', '.join(check.requirements)})" for check in self.checked)
        yield from (f"missing: {each}" for each in self.found)


class _Found(Exception):
    """Something is missing: nothing that comes after it could be judged."""


def is_disturbed(timeline: Timeline) -> bool:
    """Whether anything has happened to a pair since it has formed: a fault, an order, a change of role or a setting.

    What a When enters counts in any case, also in the instant in which the pair formed.
    """
    history = History(timeline)
    modes: dict[str, Mode] = {}
    formed = history.now
    for change in history.roles:
        modes[change.unit] = change.new
        if set(modes.values()) == ROLES:
            formed = change.at
            break
    acts = (step.at for step in timeline.of(Kind.STEP) if step.detail["phase"] == "when")
    first = min(acts, default=inf)
    entered = [line for unit in history.units.values() for line in unit.commands if not line.looks]
    return (
        bool(history.faults)
        or any(change.at > formed for change in history.roles)
        or any(line.order is not None or line.at > formed or line.at >= first for line in entered)
    )


def inspect(lab: Lab, *, splits: Sequence[float] = (), without: Rank | None = None, further: bool = False) -> Outcome:
    """Bring the lab's pair back and check it; in the end one unit leads and the other follows.

    After each moment of `splits` (seconds on the lab's clock) both units may come to lead once. `without`: a link that
    stays dead meanwhile, since a pair does all over the other. `further`: where it takes no time, mail waits in the
    queue when the role moves, and mail data is copied in each role. Raises LabError, FaultNotProven.
    """
    history = History(lab.timeline)
    plan = read(lab, history)
    if plan.is_none:
        return Outcome(plan.is_none)
    if without is not None:
        plan = replace(plan, ranks=plan.ranks - {without})
    inspection = _Inspection(lab, history, plan, without, further=further)
    clock, begun = lab.clock, lab.clock.now()
    clock.wait_for(lambda: clock.now() > begun, BEAT, "what is done now stands after what has been seen")
    with suppress(_Found):
        inspection.bring_back()
        begun = lab.clock.now()
        inspection.check()
        inspection.judge(begun, splits)
    return inspection.outcome


def _last_arrival(history: History) -> float:
    """When the last message that a slow link has delayed comes in at the latest, in seconds on the lab's clock."""
    slow = [change.fault for change in history.faults if Effect.SLOWED in change.fault.row.effects]
    ended = (change.at for change in history.faults if any(Effect.SLOWED in it.row.effects for it in change.ended))
    return max(ended, default=LONG_AGO) + TRIPS * max(map(_lateness, slow), default=0.0)


def _lateness(fault: Fault) -> float:
    """Seconds by which a slow link delays what is on it."""
    if fault.row.takes is Value.BYTES:
        return MESSAGE / float(fault.value)
    return float(fault.value) + fault.jitter


class _Inspection:
    """One inspection under way: the lab, what its operators have entered, and what was found."""

    def __init__(self, lab: Lab, history: History, plan: Plan, without: Rank | None, *, further: bool) -> None:
        """Take what operators had entered before it."""
        self.outcome = Outcome()
        self._lab = lab
        self._clock = lab.clock
        self._told = history.units
        self._configured = {name: unit.configured for name, unit in history.units.items()}
        self._detection = {name: min(unit.detection, PAIR.detection) for name, unit in history.units.items()}
        self._plan = plan
        self._without = without
        self._further = further and lab.timing.resolution == 0
        self._leader: Unit = lab.primary
        self._follower: Unit = lab.secondary
        self._settled = 0
        """Changes of role up to the last that was awaited."""
        self._cured = LONG_AGO
        self._number = 0

    @property
    def _units(self) -> tuple[Unit, Unit]:
        return self._lab.primary, self._lab.secondary

    def bring_back(self) -> None:
        """End what the lab has inflicted, and let an operator cure what the manual leaves to one."""
        if Capability.BOOT_DELAY in self._lab.capabilities:
            for unit in self._units:
                unit.set_boot_time(0.0)
        ScheduleRun(self._lab).end_faults(but=self._without)
        due = _last_arrival(History(self._lab.timeline.of(Kind.FAULT)))
        within = max(0.0, due - self._clock.now()) + BEAT
        self._clock.wait_for(lambda: self._clock.now() >= due, within, "no message is late any more")
        with self._checking(Check.WHOLE):
            within = self._lab.timing.boot + self._lab.timing.settle
            answers = "each unit answers its operator"
            self._clock.wait_for(
                lambda: all(unit.effective_mode() is not Mode.UNREACHABLE for unit in self._units), within, answers
            )
            entered = self._configure()
            self._settle()
            self._take_sharing()
            for unit in self._units:
                if self._told[unit.name].detection > self._detection[unit.name]:
                    line = f"set {DETECTION} {self._detection[unit.name]:g}"
                    self._cure(unit, "config system ha", line, "end")
                if self._told[unit.name].settings.get(AS_HEARTBEAT) == "enable":  # silence alone is no loss then
                    self._cure(unit, "config system ha", f"set {AS_HEARTBEAT} disable", "end")
            if entered and self._plan.sharing:  # a unit that joins one without the action has it no longer
                line = f"set failover {PAIR.mail} {self._plan.sharing}"
                self._cure(self._leader, "config system ha", line, "end")

    def check(self) -> None:
        """Check what a healthy pair does; it ends with one unit that leads and one that follows."""
        self._pages()
        self._exchange(data=True)
        self._restart()
        self._move()
        self._exchange(data=self._further)
        self._move()
        self._answers()
        self._lose_power()
        self._pages()
        self._answers()
        if self._further:
            self._exchange(data=True)
        self._unmoved()

    def judge(self, begun: float, splits: Sequence[float]) -> None:
        """Judge what must hold all the time since the checks have begun."""
        with self._checking(Check.ADDRESS):
            tolerance = max(self._lab.timing.resolution, self._lab.timing.slack)
            holders, now = OneHolder(tolerance, splits), self._clock.now()
            follow(History(), (entry for entry in self._lab.timeline if entry.kind in _HELD), holders)
            holders.until(now)
            shared = [each.how for each in holders.found if each.at is not None and each.at >= begun]
            assert not shared, shared[0]
        with self._checking(Check.MAIL):
            ledger = balance(self._lab)
            lost, doubled = ledger.of(Fate.LOST), ledger.of(Fate.DUPLICATED)
            assert not lost, f"message {lost[0]} was accepted and is nowhere"
            assert not doubled, f"message {doubled[0]} was delivered more than once"

    @contextmanager
    def _checking(self, check: Check) -> Iterator[None]:
        """Turn what fails inside into a finding, and end the inspection."""
        try:
            yield
        except AssertionError as problem:
            how = str(problem).partition("\n")[0]
            self.outcome.found.append(Finding(check, self._clock.now(), how))
            self.outcome.checked = [each for each in self.outcome.checked if each is not check]
            raise _Found from None
        if check not in self.outcome.checked:
            self.outcome.checked.append(check)

    # The way back

    def _configure(self) -> bool:
        """Enter one password on both units, and the mode of each unit that was switched off; return whether one was."""
        first, other = (self._told[unit.name].settings["password"] for unit in self._units)
        if first != other:
            self._cure(self._lab.secondary, "config system ha", f"set password {quoted(first)}", "end")
        off = [unit for unit in self._units if self._configured[unit.name] == Mode.OFF.value]
        for unit in off:
            mode = self._configured[unit.name] = PAIR.configured[unit.name].value
            self._cure(unit, "config system ha", f"set mode {mode}", "end")
        return bool(off)

    def _take_sharing(self) -> None:
        """Where operators have entered one thing after the other to share, take what the unit that leads has kept.

        Whether it may have lost the last of them, such as by a split, is judged elsewhere.
        """
        if len(self._plan.entered) > 1:
            kept = sharing(self._leader)
            told = f"{kept.action} {kept.address}" if kept.action and kept.address in kept.held else NOTHING_SHARED
            if told in self._plan.entered:
                self._plan = replace(self._plan, sharing=told)

    def _settle(self) -> None:
        """Wait until one unit leads, the other follows and it stays so; where they come to rest otherwise, cure it."""
        cures = 0
        end = self._clock.now() + self._patience
        while True:
            if Mode.HOLD_OFF in self._modes().values():
                end = max(end, self._clock.now() + HOLD_OFF + JOINING)
            left = max(0.0, end - self._clock.now())
            self._clock.wait_for(lambda: self._is_whole() or self._dead_end(), left, "one leads and one follows")
            cure = self._dead_end()
            if cure is not None:
                if cures == CURES:
                    raise NotReached(f"after {CURES} cures unit {cure[0].name} still needs {cure[1]}")
                self._cure(*cure)
                end, cures = self._clock.now() + self._patience, cures + 1
                continue
            with suppress(NotReached):
                self._clock.wait_for(lambda: not self._may_yet_lead(), JOINING, "the configured primary leads")
            try:
                self._clock.hold(self._is_whole, STEADY, "one leads and one follows")
            except NotReached:
                if self._clock.now() >= end:
                    raise
            else:
                break
        self._assign()

    @property
    def _patience(self) -> float:
        return JOINING + 2 * max(unit.detection for unit in self._told.values())

    def _dead_end(self) -> tuple[Unit, str] | None:
        """The cure of a state that lasts until an operator acts, with the unit on which it is entered.

        Source: HA-311, HA-334, HA-576, HA-703, HA-704.
        """
        now, modes, changes = self._clock.now(), self._modes(), self._changes()
        if not changes or now - max(changes[-1].at, self._cured) < LATCHED:
            return None
        if len(modes) == len(self._units) and set(modes.values()) == {Mode.PRIMARY} and self._hear_each_other():
            secondary = (unit for unit in self._units if self._configured[unit.name] == Mode.SECONDARY.value)
            return next(secondary, self._lab.secondary), "diagnose system ha restore"
        for unit in self._units:
            if modes.get(unit.name) is Mode.OFF and _may_stay_off(self._told[unit.name]):
                return unit, "diagnose system ha restart"
            peer = next(each for each in self._units if each is not unit)
            if modes.get(unit.name) is Mode.FAILED and _monitors_services(self._told[peer.name]):
                return unit, "diagnose system ha restore"
        return None

    def _may_yet_lead(self) -> bool:
        """Whether the configured primary follows, and may yet take the role: it first copies what its peer has.

        So it does after a failure with restore-role, when its operator has restored it, and when it has entered its
        group, but not after an order that has moved the role to its peer. Source: HA-321, HA-572, HA-580.
        """
        modes = self._modes()
        for name, unit in self._told.items():
            if self._configured[name] != Mode.PRIMARY.value or modes.get(name) is not Mode.SECONDARY:
                continue
            led = (each for each in reversed(self._changes()) if each.subject == name)
            left = next((each for each in led if each.detail["old"] == Mode.PRIMARY.value), None)
            if left is None:
                return True
            told = [each for each in unit.commands if each.at >= left.at and not each.refused]
            failed = left.detail["new"] != Mode.SECONDARY.value and unit.on_failure == "restore-role"
            return failed or any(each.order is Order.RESTORE or each.setting == "mode" for each in told)
        return False

    def _hear_each_other(self) -> bool:
        """Whether each unit has heard its peer lately, as far as the lab can tell."""
        beats = self._lab.timeline.of(Kind.HEARTBEAT, since=self._clock.now() - BEAT)
        return Capability.HEARTBEAT not in self._lab.capabilities or {beat.subject for beat in beats} == set(self._told)

    def _cure(self, unit: Unit, *lines: str) -> None:
        self.outcome.cures.append(f"{' / '.join(lines)} on unit {unit.name}")
        reply = unit.cli(*lines)
        assert reply.accepted, f"unit {unit.name} refused {' / '.join(lines)}: {reply.text}"
        self._cured = self._clock.now()

    # What a healthy pair does

    def _pages(self) -> None:
        with self._checking(Check.PAGES):
            for unit in self._units:
                wanted, shown = self._configured[unit.name], unit.configured_mode()
                assert shown == wanted, f"unit {unit.name} shows configured {shown}, not {wanted}"
                mode, effective = self._modes()[unit.name], unit.effective_mode()
                assert effective is mode, f"unit {unit.name} shows effective {effective.value}, not {mode.value}"
            if Capability.UPGRADE in self._lab.capabilities:
                for unit, peer in (self._units, self._units[::-1]):
                    told, own = unit.peer_release(), peer.release()
                    assert told == own, f"unit {unit.name} shows {told!r} as release of its peer, which shows {own!r}"

    def _exchange(self, *, data: bool = False) -> None:
        """Let a setting, a message and, with `data`, a stored one cross, and heartbeats on each link, both ways."""
        self._number += 1
        leader, follower, clock, mail = self._leader, self._follower, self._clock, self._lab.mail
        notice = f"as-good-as-new-{self._number}{f'-without-{self._without}' if self._without else ''}"
        to = self._answers()
        with self._checking(Check.MAIL):
            message = mail.send(to=to)
            assert message.outcome == ACCEPTED, f"message {message.id} to unit {leader.name} was {message.outcome}"
        stored = self._store(to) if data else ""
        with self._checking(Check.SETTING):
            reply = leader.cli("config system global", f"set disclaimer {notice}", "end")
            assert reply.accepted, f"unit {leader.name}, which leads, refused a setting: {reply.text}"
        self._beat()
        settle = self._lab.timing.settle
        with self._checking(Check.SETTING):
            what = f"unit {follower.name} shows {notice}"
            clock.wait_for(lambda: notice in follower.cli("show system global").text, settle, what)
        with self._checking(Check.MAIL):
            what = f"message {message.id} is delivered"
            clock.wait_for(lambda: deliveries(self._lab)[message.id], settle, what)
            own, what = host(follower.own_address(PAIR.mail)), f"unit {follower.name}, which follows, takes no mail"
            clock.wait_for(lambda: mail.answering(own) != follower.name, settle, what)
        if stored:
            with self._checking(Check.MAIL_DATA):
                what = f"message {stored} is in the quarantine of unit {follower.name}"
                clock.wait_for(lambda: stored in follower.stored(Area.QUARANTINE), settle, what)
        self._unmoved()

    def _store(self, to: str) -> str:
        """Store a message on the unit that leads, and let it be copied; its id, "" where the units copy none."""
        copies = all(unit.settings.get("mail-data-sync") != "disable" for unit in self._told.values())
        if Capability.STORAGE not in self._lab.capabilities or not copies:
            return ""
        leader = self._leader
        with self._checking(Check.MAIL_DATA):
            message = self._lab.mail.send(MailKind.SPAM, to=to)
            assert message.outcome == ACCEPTED, f"message {message.id} to unit {leader.name} was {message.outcome}"
            what = f"message {message.id} is in the quarantine of unit {leader.name}"
            self._clock.wait_for(lambda: message.id in leader.stored(Area.QUARANTINE), self._lab.timing.settle, what)
            reply = leader.cli("diagnose system ha sync")
            assert reply.accepted, f"unit {leader.name} refused a synchronization: {reply.text}"
        return message.id

    def _answers(self) -> str:
        """Check who holds the shared address and answers there; the address (without mask) that clients use."""
        leader, mail, shared = self._leader, self._lab.mail, self._plan.shared
        to = host(shared or leader.own_address(PAIR.mail))
        with self._checking(Check.ADDRESS):
            # At first a client may hold on to what it had last heard while a cable was out.
            within = self._lab.timing.settle + (AGED if self._number == 1 else 0.0)
            self._clock.wait_for(
                lambda: mail.answering(to) == leader.name, within, f"unit {leader.name} answers at {to}"
            )
            if shared and Capability.NAMESPACE in self._lab.capabilities:
                holders = [unit.name for unit in self._units if shared in unit.addresses(PAIR.mail)]
                assert holders == [leader.name], f"unit {' and '.join(holders) or 'none'} holds {shared}"
        return to

    def _beat(self) -> None:
        """Check that each unit hears its peer on each link."""
        if Capability.HEARTBEAT not in self._lab.capabilities or not self._plan.ranks:
            return
        begun = self._clock.now()
        wanted = {(unit.name, rank.value) for unit in self._units for rank in self._plan.ranks}

        def missing() -> set[tuple[str, str]]:
            beats = self._lab.timeline.of(Kind.HEARTBEAT, since=begun)
            return wanted - {(beat.subject, str(beat.detail["rank"])) for beat in beats}

        with self._checking(Check.LINKS):
            what = f"each unit hears a heartbeat on {len(self._plan.ranks)} links"
            self._clock.wait_for(lambda: not missing(), BEAT + self._lab.timing.slack, what)

    def _restart(self) -> None:
        leader, follower = self._leader.name, self._follower.name
        seen = len(self._changes())
        with self._checking(Check.HOLD_OFF):
            self._leader.cli(f"execute {'reload' if self._without else 'reboot'}", "y")
            within = self._lab.timing.settle + self._lab.timing.boot

            def changed(unit: str, mode: Mode) -> Entry | None:
                found = (each for each in self._changes()[seen:] if each.subject == unit)
                return next((each for each in found if each.detail["new"] == mode.value), None)

            held = self._clock.wait_for(
                partial(changed, follower, Mode.HOLD_OFF), within, f"unit {follower} becomes effective hold-off"
            )
            gone = self._clock.wait_for(partial(changed, leader, Mode.UNREACHABLE), within, f"unit {leader} goes down")
            assert held is not None
            assert gone is not None
            judge(self._lab, "hold-off after the peer was gone", held.at - gone.at, at_most=0.0, doubt=held.doubt)
            what = f"unit {leader} leads again, and unit {follower} follows"
            self._clock.wait_for(lambda: bool(changed(leader, Mode.PRIMARY)) and self._is_whole(), within, what)
            taken = changed(follower, Mode.PRIMARY)
            assert taken is None, f"unit {follower} has taken over from a primary that restarts on purpose"
            self._assign()

    def _move(self) -> None:
        """Move the role by order: back to the configured roles where they are others, or else from one to the other."""
        leader, follower = self._leader, self._follower
        order = "failover" if self._configured[leader.name] == Mode.PRIMARY.value else "restore"
        queued = self._queue()
        with self._checking(Check.ORDER):
            reply = leader.cli(f"diagnose system ha {order}")
            assert reply.accepted, f"unit {leader.name} refused the {order}: {reply.text}"

            def moved() -> bool:
                return self._modes() == {leader.name: Mode.SECONDARY, follower.name: Mode.PRIMARY}

            self._clock.wait_for(moved, self._lab.timing.settle, f"unit {follower.name} leads after the {order}")
            self._assign()
            assert self._leader is follower
        self._deliver(queued)

    def _deliver(self, queued: str) -> None:
        """Let the protected mail server take mail again, and await the message that was queued, if any was."""
        if not queued:
            return
        with self._checking(Check.MAIL):
            self._lab.mail.release_deliveries()
            what = f"message {queued}, which was queued before the role moved, is delivered"
            self._clock.wait_for(lambda: deliveries(self._lab)[queued], HANDED_OVER, what)

    def _queue(self) -> str:
        """Let a message wait on the unit that leads; its id, "" where that is not checked."""
        if not self._further:
            return ""
        to = self._answers()
        self._lab.mail.hold_deliveries()
        message = self._lab.mail.send(to=to)
        with self._checking(Check.MAIL):
            assert message.outcome == ACCEPTED, f"message {message.id} to {self._leader.name} was {message.outcome}"
        return message.id

    def _lose_power(self) -> None:
        queued = self._queue()
        failed, heir = self._leader, self._follower
        self._beat()
        with self._checking(Check.POWER):
            begun = self._clock.now()
            inflict(self._lab, Fault(FaultKind.POWER_OFF, failed.name))
            detection = self._detection[heir.name]
            within = detection + self._lab.timing.settle

            def taken() -> Entry | None:
                found = (each for each in self._changes() if each.subject == heir.name and each.at >= begun)
                return next((each for each in found if each.detail["new"] == Mode.PRIMARY.value), None)

            change = self._clock.wait_for(taken, within, f"unit {heir.name} takes over")
            assert change is not None
            beats = self._lab.timeline.of(Kind.HEARTBEAT, heir.name)
            heard = max(beat.at for beat in beats if beat.at <= change.at)
            name = "silence before the takeover"
            judge(self._lab, name, change.at - heard, at_least=detection, at_most=detection, doubt=change.doubt)
        self._leader, self._follower = heir, failed
        self._answers()
        with self._checking(Check.RECOVERY):
            action, cures = self._told[failed.name].on_failure, len(self.outcome.cures)
            inflict(self._lab, Fault(FaultKind.POWER_ON, failed.name))
            self._settle()
            cured = len(self.outcome.cures) > cures
            assert cured is (action == "off"), f"unit {failed.name} has on-failure {action}, and rejoined" + (
                " only when its operator restarted HA" if cured else " by itself"
            )
            returns = action == "restore-role" and self._configured[failed.name] == Mode.PRIMARY.value
            leader = failed if returns else heir
            assert self._leader is leader, f"unit {failed.name} has on-failure {action}, and {self._leader.name} leads"
        self._deliver(queued)

    # Roles

    def _changes(self) -> list[Entry]:
        return self._lab.timeline.of(Kind.ROLE)

    def _modes(self) -> dict[str, Mode]:
        """Each unit's last mode; asked again and again, so it reads no more changes than it must."""
        found: dict[str, Mode] = {}
        for each in reversed(self._changes()):
            if each.subject not in found:
                found[each.subject] = Mode(str(each.detail["new"]))
                if len(found) == len(self._units):
                    break
        return found

    def _is_whole(self) -> bool:
        return set(self._modes().values()) == ROLES

    def _assign(self) -> None:
        """Take the roles as they are now; from here on none may change by itself."""
        modes = self._modes()
        leads = self._lab.primary.name if modes[self._lab.primary.name] is Mode.PRIMARY else self._lab.secondary.name
        self._leader = unit_of(self._lab, leads)
        self._follower = next(unit for unit in self._units if unit is not self._leader)
        self._settled = len(self._changes())

    def _unmoved(self) -> None:
        with self._checking(Check.WHOLE):
            later = self._changes()[self._settled :]
            told = [f"unit {each.subject} from {each.detail['old']} to {each.detail['new']}" for each in later]
            assert not told, f"roles have changed by themselves: {', '.join(told)}"


def _monitors_services(unit: UnitHistory) -> bool:
    """Whether an operator has let a unit monitor services of its peer: one that it has found failed may stay so.

    Nothing tells the peer of its cure unless it monitors services, too. Source: HA-259, HA-334, HA-335.
    """
    return any(each.entry.startswith("remote-") or each.setting == "remote-service" for each in unit.commands)


def _may_stay_off(unit: UnitHistory) -> bool:
    """Whether on-failure has ever been off: a unit that is off stays so, whatever is set meanwhile. Source: HA-312."""
    return any(each.setting == "on-failure" and each.value == "off" and not each.refused for each in unit.commands)

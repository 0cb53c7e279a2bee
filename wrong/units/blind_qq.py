"""The nineteenth blind batch, monitoring: written from the manual alone, before any scenario judged the units."""

from __future__ import annotations

import copy
import dataclasses
from collections import Counter
from collections.abc import Callable, Iterable
from functools import partial

from node.engine import effects as do
from node.engine import events as on
from node.engine import messages as say
from node.engine.modes import Command, Effective, Rank
from node.engine.monitoring import BY_PEER
from node.engine.settings import Check, HaSettings, RemoteCheck
from node.engine.state import Following, Leading, State, Stopped
from node.engine.states import Phase
from node.engine.timers import Wait
from node.engine.turn import Conduct, News, Readjusted, Rules, Turn
from node.settings.values import is_unset
from wrong.common import Mark, Take, ignoring, in_role, leaving_out
from wrong.record import Decision, Effects, Events, InRole, Remembering, Settings, WrongUnit

PORTS, DISK = "local-ports", "local-hd"
"""The checks of a unit of itself."""

# Local monitoring


def _counting_together(take: Take, turn: Turn, me: Leading, news: News) -> None:
    """Take a good disk for a sign that all is well."""
    if news == on.CheckDone(DISK, ok=True):
        me.strikes.clear()
    take(turn, me, news)


def _disk_in_old_rhythm(new: HaSettings, unit: State) -> HaSettings:
    """Read the interval of the disk's check when the check is enabled, and not again."""
    old = unit.settings
    if old.mode is not new.mode or not (old.local_hd.enabled and new.local_hd.enabled):
        return new
    return dataclasses.replace(new, local_hd=dataclasses.replace(new.local_hd, interval=old.local_hd.interval))


def _trusting_disk(failed: Mark) -> tuple[Effects, Events]:
    """Once the disk has made this unit leave the primary role, believe every later check of it."""

    def note(effect: do.Effect, _: State) -> Iterable[do.Effect]:
        if isinstance(effect, do.RoleChanged) and effect.old is Effective.PRIMARY and DISK in effect.event:
            failed.up = True
        yield effect

    def overlooks(event: on.Event, unit: State) -> bool:
        return failed.up and unit.phase is Phase.PRIMARY and event == on.CheckDone(DISK, ok=False)

    return Effects(note), ignoring(overlooks)


def _counting_early(counted: Counter[str]) -> tuple[Events, InRole]:
    """Count failed checks of this unit while it is secondary, and lead with that count."""

    def see(event: on.Event, unit: State) -> Iterable[on.Event]:
        if isinstance(event, on.CheckDone) and event.what in {PORTS, DISK} and unit.phase is Phase.SECONDARY:
            counted[event.what] = 0 if event.ok else counted[event.what] + 1
        yield event

    def enter(begin: Callable[[Turn, Leading, Phase], None], turn: Turn, me: Leading, came_from: Phase) -> None:
        begin(turn, me, came_from)
        me.strikes.update(counted)
        counted.clear()

    def change(conduct: Conduct) -> Conduct:
        return dataclasses.replace(conduct, enter=partial(enter, conduct.enter))

    return Events(see), InRole(Leading, change)


def _cured_by_any(take: Take, turn: Turn, me: Stopped, news: News) -> None:
    """Take each good check of this unit for the end of all faults that it has found."""
    if isinstance(news, on.CheckDone) and news.ok and news.what in {PORTS, DISK}:
        me.failing &= {BY_PEER, news.what}
    take(turn, me, news)


def _twice_at_least(new: HaSettings, _: State) -> HaSettings:
    """Declare nothing failed after a single check."""

    def patient(check: Check) -> Check:
        return dataclasses.replace(check, retries=max(2, check.retries))

    return dataclasses.replace(new, local_ports=patient(new.local_ports), local_hd=patient(new.local_hd))


def _reloading_without_disk(event: on.Event, _: State) -> Iterable[on.Event]:
    """Check the disk after a boot, and after a reload only when HA settings change."""
    if isinstance(event, on.Started) and event.memory.planned == Command.RELOAD.value:
        local_hd = dataclasses.replace(event.settings.local_hd, enabled=False)
        event = dataclasses.replace(event, settings=dataclasses.replace(event.settings, local_hd=local_hd))
    yield event


def _no_more_ports(new: HaSettings, unit: State) -> HaSettings:
    """While this unit leads, take interfaces from those that are monitored, and add none."""
    old = unit.settings
    if old.mode is not new.mode or unit.phase is not Phase.PRIMARY:
        return new
    return dataclasses.replace(new, monitored=tuple(port for port in new.monitored if port in old.monitored))


# Remote monitoring


def _remotely(change: Callable[[RemoteCheck], RemoteCheck], settings: HaSettings) -> HaSettings:
    return dataclasses.replace(settings, remote=tuple(map(change, settings.remote)))


def _timeouts_as_before(new: HaSettings, unit: State) -> HaSettings:
    """Read the timeout of a service when its check is enabled, and not again."""
    if unit.settings.mode is not new.mode:
        return new
    before = {check.name: check.timeout for check in unit.settings.remote if check.enabled}

    def kept(check: RemoteCheck) -> RemoteCheck:
        timeout = before.get(check.name, check.timeout) if check.enabled else check.timeout
        return dataclasses.replace(check, timeout=timeout)

    return _remotely(kept, new)


def _within_interval(new: HaSettings, _: State) -> HaSettings:
    """Give an answer up when the next check is due."""
    return _remotely(lambda check: dataclasses.replace(check, timeout=min(check.timeout, check.interval)), new)


def _is_remote_fault(event: on.Event, unit: State) -> bool:
    """Whether a settled secondary finds a service of its primary failed."""
    remote = isinstance(event, on.CheckDone) and event.what.startswith("remote-")
    return remote and unit.phase is Phase.SECONDARY


def _finding_once(found: Mark) -> tuple[Effects, Events]:
    """Once this unit has taken over for a service that failed, check services no more."""

    def note(effect: do.Effect, _: State) -> Iterable[do.Effect]:
        if isinstance(effect, do.RoleChanged) and effect.event.startswith("MASTER remote service"):
            found.up = True
        yield effect

    return Effects(note), ignoring(lambda event, unit: found.up and _is_remote_fault(event, unit))


def _idle_after_hold_off(resumed: Mark) -> tuple[Effects, Events]:
    """After a hold-off, check the primary's services only when this unit has led meanwhile."""

    def note(effect: do.Effect, _: State) -> Iterable[do.Effect]:
        if isinstance(effect, do.RoleChanged):
            if (effect.old, effect.new) == (Effective.HOLD_OFF, Effective.SECONDARY):
                resumed.up = True
            elif effect.new is Effective.PRIMARY:
                resumed.up = False
        yield effect

    return Effects(note), ignoring(lambda event, unit: resumed.up and _is_remote_fault(event, unit))


def _counting_disabled(rules: Rules) -> Rules:
    """Take a service for monitored that has an address, also where its check is disabled."""

    def enabled(check: RemoteCheck) -> RemoteCheck:
        return dataclasses.replace(check, enabled=check.enabled or not is_unset(check.address))

    def stands_in(unit: State, me: Following) -> bool:
        seen = copy.copy(unit)
        seen.settings = _remotely(enabled, unit.settings)
        return rules.stands_in(seen, me)

    return dataclasses.replace(rules, stands_in=stands_in)


def _is_spare_step_down(effect: do.Effect, _: State) -> bool:
    return isinstance(effect, do.Send) and effect.rank is Rank.SECONDARY and isinstance(effect.message, say.StepDown)


def _held_as_before(take: Take, turn: Turn, me: Following, news: News) -> None:
    """While services hold this unit back, do not decide anew when settings change."""
    held = isinstance(news, Readjusted) and not turn.runs(Wait.SILENCE)
    take(turn, me, news)
    if held and turn.unit.role is me and turn.runs(Wait.SILENCE):
        turn.stop(Wait.SILENCE)


UNITS = (
    WrongUnit(
        "disk-clears-interfaces",
        ("HA-206", "HA-207"),
        "Restarts the count of failed checks of its interfaces when a check of its disk is good.",
        (in_role(Leading, _counting_together),),
    ),
    WrongUnit(
        "disk-in-old-rhythm",
        ("HA-206",),
        "Goes on to check its disk at the interval from before when check-interval is changed while the group runs.",
        (Settings(_disk_in_old_rhythm),),
    ),
    WrongUnit(
        "disk-fails-once",
        ("HA-209",),
        "Leaves the primary role for the first fault of its disk since the start, and leads on with the second.",
        (Remembering(Mark, _trusting_disk),),
        alone="P",
    ),
    WrongUnit(
        "counts-as-secondary",
        ("HA-214",),
        "Counts failed checks of its own interfaces and disk while it is secondary, and takes over with that count.",
        (Remembering(Counter[str], _counting_early),),
        alone="S",
    ),
    WrongUnit(
        "cured-by-another-check",
        ("HA-017.a", "HA-320.a"),
        "Takes a good check of its disk for the cure of a failed interface, and the other way round.",
        (in_role(Stopped, _cured_by_any),),
    ),
    WrongUnit(
        "one-retry-is-two",
        ("HA-206", "HA-207"),
        "Waits for a second failed check of its interfaces or disk when retries is 1.",
        (Settings(_twice_at_least),),
    ),
    WrongUnit(
        "reloads-without-disk",
        ("HA-209", "HA-200"),
        "Does not check its disk after a reload until HA settings change, and checks it after a boot.",
        (Events(_reloading_without_disk),),
    ),
    WrongUnit(
        "monitors-no-more-ports",
        ("HA-167", "HA-207"),
        "Does not monitor an interface whose port-monitor is enabled while it leads.",
        (Settings(_no_more_ports),),
    ),
    WrongUnit(
        "timeouts-as-before",
        ("HA-254", "HA-252"),
        "Goes on to wait for a service as long as before when check-timeout is changed while the group runs.",
        (Settings(_timeouts_as_before),),
    ),
    WrongUnit(
        "waits-an-interval-at-most",
        ("HA-254",),
        "Gives a check up after the interval where check-timeout is longer, though the service answers in time.",
        (Settings(_within_interval),),
    ),
    WrongUnit(
        "finds-failed-once",
        ("HA-255", "HA-250"),
        "Checks the primary's services no more after it has taken over once for a service that failed.",
        (Remembering(Mark, _finding_once),),
        alone="S",
    ),
    WrongUnit(
        "idle-after-hold-off",
        ("HA-524.b", "HA-250"),
        "Checks the heartbeat, and no service of the primary, after it has resumed from hold-off.",
        (Remembering(Mark, _idle_after_hold_off),),
    ),
    WrongUnit(
        "disabled-service-beats",
        ("HA-293", "HA-257"),
        "Lets services serve as heartbeat when one has an address, although the check of each is disabled.",
        (Decision(_counting_disabled),),
    ),
    WrongUnit(
        "steps-down-by-one-link",
        ("HA-260", "HA-259.b"),
        "Tells a failed primary to stop being primary over the primary heartbeat link only.",
        (leaving_out(_is_spare_step_down),),
    ),
    WrongUnit(
        "held-by-old-option",
        ("HA-292", "HA-293"),
        "Held back by services, does not take over when services as heartbeat, or the last service, is disabled.",
        (in_role(Following, _held_as_before),),
    ),
)

"""A ninth blind batch, half t: written from the manual alone, before any scenario judged them."""

from __future__ import annotations

import dataclasses
import ipaddress
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path as File
from typing import Any, TypeVar

from node.build import Exchange
from node.cli.shell import QUESTION
from node.engine import effects as do
from node.engine import events as on
from node.engine import messages as say
from node.engine.modes import Command, Effective, Mode, Rank, Sync
from node.engine.settings import HaSettings
from node.engine.state import NEVER, HoldingOff, Leading, Role, State
from node.engine.states import Phase
from node.engine.timers import Periodic, Wait
from node.engine.turn import News, Readjusted, Rules, Turn
from node.exchange import mail_data
from node.settings import Configuration, Refused, changes, checksum, in_force, merge_synchronized
from wrong.common import Take, changing, ignoring, in_role, leaving_out
from wrong.record import (
    Decision,
    Effects,
    Exchanging,
    OnLinux,
    React,
    Reaction,
    Remembered,
    Remembering,
    Sessions,
    Settings,
    WrongUnit,
)

T = TypeVar("T")


# The copy of the configuration


def _keeping_removed(before: Configuration, text: str, expected: str, given: Mapping[str, str]) -> list[in_force.Step]:
    """Take what the primary has; an IPv6 address that it no longer has stays."""
    after = merge_synchronized(before, text)
    if checksum(after) != expected:
        raise Refused("the settings received do not have the primary's checksum")
    for path in sorted(changes(before, after)):
        if path[-1] == "virtual-ip6" and path not in after.store.values:
            try:
                after = after.with_value(path, before.store.values[path])
            except Refused:
                continue
    due = in_force.Tell(on.ConfigurationChanged())
    return [step for step in in_force.by_operator(before, after, given) if step != due]


@dataclass(slots=True)
class _Copied:
    """When the last copy of the configuration ended."""

    at: float = NEVER


def _resting_after_copy(last: _Copied) -> tuple[Reaction]:
    """Drop the notice of a change that comes within five seconds of a copy."""

    def rest(react: React, event: on.Event, unit: State) -> list[do.Effect]:
        match event:
            case on.SyncFinished(Sync.CONFIG, ok=True):
                last.at = unit.now
            case on.Heard(message=say.SyncNow(what)) if Sync.CONFIG in what and unit.now - last.at < 5.0:  # noqa: PLR2004
                return []
        return react(event)

    return (Reaction(rest),)


def _copying_from_rival(take: Take, turn: Turn, me: Role, news: News) -> None:
    """Copy also while leading, if a primary says that it has something new."""
    take(turn, me, news)
    if isinstance(news, on.Heard) and isinstance(news.message, say.SyncNow):
        turn.do(do.StartSync(Sync.CONFIG, news.rank))


# Mail data


def _unscheduled_after_hold_off(react: React, event: on.Event, unit: State) -> list[do.Effect]:
    """Start no schedule of mail data where the unit goes on after a hold-off."""
    before = unit.phase
    effects = react(event)
    if before is not Phase.HOLD_OFF or unit.phase is not Phase.SECONDARY:
        return effects
    return [each for each in effects if not (isinstance(each, do.StartTimer) and each.timer == Periodic(Sync.DATA))]


def _mirroring_archive(own: Mapping[str, T], primary: Mapping[str, T]) -> dict[str, T]:
    """Merge, but drop archived mail that the primary lacks."""
    kept = {path: file for path, file in own.items() if not path.startswith("archive/") or path in primary}
    return mail_data.merged(kept, primary)


Copying = Callable[[str, str], list[str]]


def _mirroring_archive_by_rsync(copying: Copying) -> Copying:
    def mirroring(source: str, target: str) -> list[str]:
        *command, last, lasting = copying(source, target)
        return [*command, "--delete", "--filter=R /archive/***", "--filter=P *", last, lasting]

    return mirroring


def _merging_new_areas(own: Mapping[str, T], primary: Mapping[str, T]) -> dict[str, T]:
    """Merge only what lies in storage areas of which the unit has nothing yet."""
    known = {path.partition("/")[0] for path in own}
    return mail_data.merged(own, {path: file for path, file in primary.items() if path.partition("/")[0] not in known})


def _is_mail_data(file: File) -> bool:
    return file.is_file() and not file.name.startswith("dovecot.")


def _merging_new_areas_by_rsync(copying: Copying) -> Copying:
    def merging(source: str, target: str) -> list[str]:
        *command, last, lasting = copying(source, target)
        areas = sorted(area for area in File(target).iterdir() if area.is_dir())
        known = [area.name for area in areas if any(map(_is_mail_data, area.rglob("*")))]
        return [*command, *(f"--exclude=/{name}/***" for name in known), last, lasting]

    return merging


def _with_old_data_switch(new: HaSettings, unit: State) -> HaSettings:
    """Read whether mail data are copied only when the mode changes."""
    if unit.settings.mode is not new.mode:
        return new
    return dataclasses.replace(new, mail_data_sync=unit.settings.mail_data_sync)


# Membership


def _admitting_network(rules: Rules) -> Rules:
    """Admit whoever knows the password and calls from the peer's network."""

    def admits(unit: State, rank: Rank, source: str, password_matches: bool) -> bool:  # noqa: FBT001 - as the rule
        link = next((each for each in unit.settings.links if each.rank is rank), None)
        if not password_matches or link is None:
            return False
        networks = [f"{link.peer}/24" if link.peer else "", f"{link.peer6}/64" if link.peer6 else ""]
        known = [ipaddress.ip_network(each, strict=False) for each in networks if each]
        return any(ipaddress.ip_address(source) in network for network in known)

    return dataclasses.replace(rules, admits=admits)


def _eight_of(password: str) -> str:
    return password[:8]


def _derived_from_eight(derive: Callable[[str], bytes]) -> Callable[[str], bytes]:
    return lambda password: derive(_eight_of(password))


def _carrying_addresses(react: React, event: on.Event, _: State) -> list[do.Effect]:
    """Keep the shared addresses on the way from a pair straight into a config-only group."""
    effects = react(event)
    if isinstance(event, on.SettingsChanged) and event.settings.mode.config_only:
        return [each for each in effects if not isinstance(each, do.ReleaseAddress)]
    return effects


# Restarts, and what is on the disk


def _is_second_hold_off(event: on.Event, unit: State) -> bool:
    match event:
        case on.Heard(message=say.HoldOff(boot)):
            return unit.held_off_by not in {0, boot}
    return False


def _holding_off_anew(take: Take, turn: Turn, me: Role, news: News) -> None:
    """With other settings, measure the end of hold-off by the lost threshold."""
    take(turn, me, news)
    if isinstance(news, Readjusted):
        turn.start(Wait.HOLD_OFF, turn.unit.settings.lost_threshold)


@dataclass(slots=True)
class _Planned:
    """The planned restart that was on the disk at the start."""

    word: str = ""


def _planned_for_good(last: _Planned) -> tuple[Remembered, Effects]:
    """Never take the mark of a planned restart off the disk."""

    def recall(memory: on.Memory) -> on.Memory:
        last.word = memory.planned
        return memory

    def stick(effect: do.Effect, _: State) -> do.Effect:
        if isinstance(effect, do.Persist) and not effect.memory.planned:
            return do.Persist(dataclasses.replace(effect.memory, planned=last.word))
        return effect

    return (Remembered(recall), changing(stick))


@dataclass(slots=True)
class _Latch:
    """Whether this unit was ever kept off by on-failure."""

    closed: bool = False


def _latched_on_disk(latch: _Latch) -> tuple[Remembered, Effects]:
    """Open the latch in memory only: on the disk it stays closed until the mode changes."""

    def recall(memory: on.Memory) -> on.Memory:
        latch.closed = memory.latched_off
        return memory

    def stick(effect: do.Effect, _: State) -> do.Effect:
        if not isinstance(effect, do.Persist):
            return effect
        if effect.memory.effective is None:
            latch.closed = False
        latch.closed = latch.closed or effect.memory.latched_off
        return do.Persist(dataclasses.replace(effect.memory, latched_off=latch.closed))

    return (Remembered(recall), changing(stick))


# Who leads


def _moves_role_over_second_link(effect: do.Effect, _: State) -> bool:
    words = say.AskRole | say.OfferRole | say.GiveRole
    return isinstance(effect, do.Send) and effect.rank is Rank.SECONDARY and isinstance(effect.message, words)


def _yielding_on_second_link(react: React, event: on.Event, unit: State) -> list[do.Effect]:
    """As configured secondary that leads, give way to a primary that is heard on the secondary link alone."""
    effects = react(event)
    match event:
        case on.Heard(Rank.SECONDARY, say.Heartbeat(effective=Effective.PRIMARY)):
            alone = unit.group.links.for_sync() is Rank.SECONDARY
            if alone and unit.phase is Phase.PRIMARY and unit.settings.mode is Mode.SECONDARY:
                effects += react(on.Ordered(Command.FAILOVER))
    return effects


def _silent_when_given(react: React, event: on.Event, _: State) -> list[do.Effect]:
    """Announce nothing where the peer has given the role."""
    effects = react(event)
    if isinstance(event, on.Heard) and isinstance(event.message, say.GiveRole):
        return [each for each in effects if not isinstance(each, do.Announce)]
    return effects


_UNSETTLED = frozenset({Phase.JOINING, Phase.FIRST_SYNC, Phase.FIRST_SYNC_FAILED})


def _is_early_restore(event: on.Event, unit: State) -> bool:
    return event == on.Ordered(Command.RESTORE) and unit.phase in _UNSETTLED


@dataclass(slots=True)
class _Cures:
    """Checks that have ended a fault of this unit since its start."""

    checks: set[str] = field(default_factory=set)


def _blind_after_cure(cures: _Cures) -> tuple[Reaction]:
    """Heed no failed check of a kind that has been cured once."""

    def look(react: React, event: on.Event, unit: State) -> list[do.Effect]:
        before = unit.phase
        if not isinstance(event, on.CheckDone):
            return react(event)
        if event.what in cures.checks and not event.ok:
            return []
        effects = react(event)
        if before is Phase.FAILED and unit.phase is not Phase.FAILED:
            cures.checks.add(event.what)
        return effects

    return (Reaction(look),)


def _by(name: str, value: Any) -> Exchanging:  # noqa: ANN401 - one of the exchange's functions
    """Replace one function of the exchange."""
    changed: Mapping[str, Any] = {name: value}

    def change(exchange: Exchange) -> Exchange:
        return dataclasses.replace(exchange, **changed)

    return Exchanging(change)


UNITS = (
    WrongUnit(
        "keeps-removed-ipv6-address-t",
        ("HA-159.a", "HA-350.a"),
        "A copy brings the primary's IPv6 virtual addresses, but takes none away that the primary no longer has.",
        (_by("copy", _keeping_removed),),
    ),
    WrongUnit(
        "rests-after-a-copy",
        ("HA-350.a",),
        "A secondary drops the notice of a change that comes within five seconds of its last copy.",
        (Remembering(_Copied, _resting_after_copy),),
    ),
    WrongUnit(
        "copies-while-both-lead",
        ("HA-702.a",),
        "In a split whose link is back, S takes the settings that are changed on P, though it leads as well.",
        (in_role(Leading, _copying_from_rival),),
        alone="S",
    ),
    WrongUnit(
        "no-schedule-after-hold-off",
        ("HA-402",),
        "After a hold-off a secondary copies mail data once, and never by schedule again.",
        (Reaction(_unscheduled_after_hold_off),),
    ),
    WrongUnit(
        "mirrors-the-archive-t",
        ("HA-427.a",),
        "A copy of mail data deletes archived mail that the primary does not have.",
        (
            _by("merge", _mirroring_archive),
            OnLinux("node.linux.sync", "copying", _mirroring_archive_by_rsync),
        ),
    ),
    WrongUnit(
        "fills-empty-areas-only-t",
        ("HA-402",),
        "A copy of mail data leaves out each storage area of which the secondary has something already.",
        (
            _by("merge", _merging_new_areas),
            OnLinux("node.linux.sync", "copying", _merging_new_areas_by_rsync),
        ),
    ),
    WrongUnit(
        "reads-data-switch-once",
        ("HA-403", "HA-404"),
        "S reads mail-data-sync when its mode changes, and goes on copying where it is disabled later.",
        (Settings(_with_old_data_switch),),
        alone="S",
    ),
    WrongUnit(
        "admits-peer-network",
        ("HA-067.b",),
        "Whoever knows the password and has an address in the peer's network is taken for the peer.",
        (Decision(_admitting_network),),
    ),
    WrongUnit(
        "reads-eight-characters",
        ("HA-453.a", "HA-453.c"),
        "Of the password only the first eight characters count.",
        (
            Settings(lambda new, _: dataclasses.replace(new, password=_eight_of(new.password))),
            OnLinux("node.linux.unit", "derive_key", _derived_from_eight),
        ),
    ),
    WrongUnit(
        "carries-addresses-along",
        ("HA-027.g", "HA-154"),
        "A primary that is made a member of a config-only group keeps the pair's shared addresses.",
        (Reaction(_carrying_addresses),),
    ),
    WrongUnit(
        "holds-off-once-t",
        ("HA-521.a", "HA-524.c"),
        "A secondary holds off for the first planned restart of its primary, and ignores the command of the next one.",
        (ignoring(_is_second_hold_off),),
    ),
    WrongUnit(
        "setting-shortens-hold-off",
        ("HA-521.b", "HA-524.c"),
        "A setting that is changed on S in hold-off lets it take over after the lost threshold.",
        (in_role(HoldingOff, _holding_off_anew),),
    ),
    WrongUnit(
        "planned-for-good",
        ("HA-324",),
        "After a planned restart the mark of it stays on the disk, so a later loss of power is never reported.",
        (Remembering(_Planned, _planned_for_good),),
    ),
    WrongUnit(
        "latch-stays-on-disk-t",
        ("HA-524.a", "HA-526.b"),
        "P, kept off by on-failure and restored by hand, is off again after its next planned restart.",
        (Remembering(_Latch, _latched_on_disk),),
        alone="P",
    ),
    WrongUnit(
        "role-on-first-link-only",
        ("HA-580",),
        "What moves the role is sent on the primary heartbeat link only, also while that is down.",
        (leaving_out(_moves_role_over_second_link),),
    ),
    WrongUnit(
        "yields-on-second-link",
        ("HA-703",),
        "In a split S gives way to P as soon as it hears it on the secondary link alone.",
        (Reaction(_yielding_on_second_link),),
        alone="S",
    ),
    WrongUnit(
        "empty-answer-is-yes",
        ("HA-764.b",),
        "At the question whether to continue, an empty line counts as y.",
        (Sessions(enter=lambda line, prompt: "y" if prompt == QUESTION and not line.strip() else line),),
    ),
    WrongUnit(
        "blind-after-cure",
        ("HA-167",),
        "P, whose fault was found and cured once, does not heed a second fault of that kind.",
        (Remembering(_Cures, _blind_after_cure),),
        alone="P",
    ),
    WrongUnit(
        "silent-when-given",
        ("HA-113.a", "HA-113.c"),
        "A unit that is given the role by its peer takes the shared addresses, and announces none.",
        (Reaction(_silent_when_given),),
    ),
    WrongUnit(
        "forgets-early-restore",
        ("HA-572",),
        "The order to restore the configured mode is accepted, and forgotten where the unit is not settled yet.",
        (ignoring(_is_early_restore),),
    ),
)

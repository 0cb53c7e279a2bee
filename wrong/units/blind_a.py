"""The blind batch: bugs thought of from the manual alone, without a look at the suite's scenarios."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from node.build import Exchange
from node.engine import effects as do
from node.engine import events as on
from node.engine import messages as say
from node.engine.modes import Command, Effective, Mode, OnFailure, Rank
from node.engine.settings import HaSettings
from node.engine.state import Leading, Role, State
from node.engine.states import Phase
from node.engine.turn import News, Readjusted, Rules, Turn
from node.exchange import mail_data, queue
from node.settings import in_force
from node.settings.configuration import Configuration
from node.settings.schema import HA_INTERFACE
from node.settings.script import merge_synchronized
from wrong.common import Take, ignoring, in_role, leaving_out
from wrong.record import (
    Decision,
    Effects,
    Events,
    Exchanging,
    Plain,
    React,
    Reaction,
    Remembered,
    Remembering,
    Settings,
    WrongUnit,
)


@dataclass(slots=True)
class Seen:
    """What a unit has seen since it started."""

    yes: bool = False
    count: int = 0


# Settings changed while the group runs


def _keeping(field: str, when: Callable[[State], bool]) -> Settings:
    """Keep the old value of a setting that is changed, in some states."""

    def read(new: HaSettings, unit: State) -> HaSettings:
        if new.mode is not unit.settings.mode or not when(unit):
            return new
        return dataclasses.replace(new, **{field: getattr(unit.settings, field)})

    return Settings(read)


def _keeping_links(new: HaSettings, unit: State) -> HaSettings:
    """Only add links to those that are open."""
    if new.mode is not unit.settings.mode or not unit.phase.in_group:
        return new
    ranks = {link.rank for link in new.links}
    gone = tuple(link for link in unit.settings.links if link.rank not in ranks)
    return dataclasses.replace(new, links=(*new.links, *gone))


def _addresses_of_a_standing_secondary(take: Take, turn: Turn, me: Role, news: News) -> None:
    if isinstance(news, Readjusted) and turn.unit.settings.mode is Mode.SECONDARY:
        news = Readjusted(dataclasses.replace(news.old, addresses=turn.unit.settings.addresses))
    take(turn, me, news)


def _no_mail_from_pair_to_config_only(react: React, event: on.Event, unit: State) -> list[do.Effect]:
    old = unit.settings.mode
    effects = react(event)
    if isinstance(event, on.SettingsChanged) and old.active_passive and event.settings.mode.config_only:
        return [each for each in effects if not isinstance(each, do.StartMail)]
    return effects


# What is on the disk


def _latch_over_shutdown(memory: on.Memory) -> on.Memory:
    if memory.latched_off and memory.planned == Command.SHUTDOWN.value:
        return dataclasses.replace(memory, latched_off=False, effective=Effective.SECONDARY)
    return memory


def _persisting(
    at_start: Callable[[Seen, on.Memory], None], change: Callable[[Seen, on.Memory], on.Memory]
) -> Remembering[Seen]:
    """Write something else to the volume, depending on what the unit found there when it started and wrote since."""

    def substitutions(seen: Seen) -> tuple[Plain, ...]:
        def recall(memory: on.Memory) -> on.Memory:
            at_start(seen, memory)
            return memory

        def persist(effect: do.Effect, _: State) -> Iterable[do.Effect]:
            return [do.Persist(change(seen, effect.memory)) if isinstance(effect, do.Persist) else effect]

        return (Remembered(recall), Effects(persist))

    return Remembering(Seen, substitutions)


def _latched_at_start(seen: Seen, memory: on.Memory) -> None:
    seen.yes = memory.latched_off


def _latched_for_good(seen: Seen, memory: on.Memory) -> on.Memory:
    seen.yes = seen.yes or memory.latched_off
    return dataclasses.replace(memory, latched_off=seen.yes)


def _led_at_start(seen: Seen, memory: on.Memory) -> None:
    seen.yes = memory.effective is Effective.PRIMARY


def _led_once(seen: Seen, memory: on.Memory) -> on.Memory:
    seen.yes = seen.yes or memory.effective is Effective.PRIMARY
    settled = memory.effective is Effective.SECONDARY and seen.yes
    return dataclasses.replace(memory, effective=Effective.PRIMARY) if settled else memory


def _planned_at_start(seen: Seen, memory: on.Memory) -> None:
    seen.yes = bool(memory.planned)


def _still_planned(seen: Seen, memory: on.Memory) -> on.Memory:
    return dataclasses.replace(memory, planned="reboot") if seen.yes else memory


# Who leads, how it restarts, and what on-failure says


def _off_is_for_primaries(settings: HaSettings, _: State) -> HaSettings:
    if settings.mode is Mode.SECONDARY and settings.on_failure is OnFailure.OFF:
        return dataclasses.replace(settings, on_failure=OnFailure.BECOME_SECONDARY)
    return settings


def _reload_is_a_failure(memory: on.Memory) -> on.Memory:
    if memory.planned == Command.RELOAD.value and memory.effective is Effective.SECONDARY:
        return dataclasses.replace(memory, effective=Effective.PRIMARY)
    return memory


# What must still work afterwards


def _noting(seen: Seen, which: Callable[[do.Effect], bool]) -> Effects:
    """Note an effect, and leave it as it is."""

    def note(effect: do.Effect, _: State) -> Iterable[do.Effect]:
        if which(effect):
            seen.yes = True
            seen.count += 1
        return [effect]

    return Effects(note)


def _monitoring_until_cured(seen: Seen) -> tuple[Plain, ...]:
    return (
        _noting(seen, lambda effect: isinstance(effect, do.Log) and "failure of this unit is gone" in effect.message),
        ignoring(lambda event, _: isinstance(event, on.CheckDone) and seen.yes and not event.ok),
    )


def _no_notices_after_rival(seen: Seen) -> tuple[Plain, ...]:
    def see(event: on.Event, unit: State) -> Iterable[on.Event]:
        match event:
            case on.Heard(message=say.Heartbeat(effective=Effective.PRIMARY)) if unit.phase is Phase.PRIMARY:
                seen.yes = True
        return [event]

    def notice(effect: do.Effect, _: State) -> bool:
        return isinstance(effect, do.Send) and isinstance(effect.message, say.SyncNow) and seen.yes

    return (Events(see), leaving_out(notice))


def _no_queue_after_expiry(seen: Seen) -> tuple[Plain, ...]:
    def decide(rules: Rules) -> Rules:
        def refuses(unit: State) -> str:
            return "this unit holds off" if seen.yes else rules.refuses_queue(unit)

        return dataclasses.replace(rules, refuses_queue=refuses)

    expired = _noting(
        seen,
        lambda effect: (
            isinstance(effect, do.RoleChanged)
            and (effect.old, effect.new) == (Effective.HOLD_OFF, Effective.PRIMARY)
            and effect.event == "peer did not come back"
        ),
    )
    return (Decision(decide), expired)


# The secondary link


def _on_secondary_in_hold_off(event: on.Event, unit: State) -> bool:
    return isinstance(event, on.Heard) and event.rank is Rank.SECONDARY and unit.phase is Phase.HOLD_OFF


def _moves_the_role_on_secondary(effect: do.Effect, _: State) -> bool:
    return (
        isinstance(effect, do.Send)
        and effect.rank is Rank.SECONDARY
        and isinstance(effect.message, say.AskRole | say.OfferRole | say.GiveRole)
    )


def _copying_back_once(seen: Seen) -> tuple[Plain, ...]:
    def status(event: do.Effect, unit: State) -> Iterable[do.Effect]:
        lost = unit.group.links.alive.get(Rank.PRIMARY) is False
        if lost and not seen.yes:
            seen.count += 1
        seen.yes = lost
        match event:
            case do.StartSync(what, Rank.PRIMARY) if seen.count > 1 and unit.group.links.alive.get(Rank.SECONDARY):
                return [do.StartSync(what, Rank.SECONDARY)]
        return [event]

    return (Effects(status),)


# Copies, mail data and the queue


def _ipv6_stays(before: Configuration, text: str, expected: str, given: Mapping[str, str]) -> list[in_force.Step]:
    """Take the primary's settings over, but leave an IPv6 virtual address that it no longer has."""
    in_force.by_copy(before, text, expected, given)  # for its refusals
    after = merge_synchronized(before, text)
    for port in after.interfaces:
        six, status = (*HA_INTERFACE, port, "virtual-ip6"), (*HA_INTERFACE, port, "status")
        held = before.store.values.get(six)
        if held is not None and six not in after.store.values and after.get(status) == before.get(status):
            after = after.with_value(six, held)
    steps = in_force.by_operator(before, after, given)
    return [step for step in steps if step != in_force.Tell(on.ConfigurationChanged())]


class _GiverThatRemembers(queue.Giver[Any]):
    """Does not forget what it has given away."""

    def hear(self, frame: queue.Frame) -> list[queue.Giving[Any]]:
        """Take the taker's answer."""
        return [each for each in super().hear(frame) if not isinstance(each, queue.Forget)]


def _archives_mirrored(own: Mapping[str, Any], primary: Mapping[str, Any]) -> dict[str, Any]:
    """Merge all mail data but the archives, which are made like the primary's."""
    union = mail_data.merged(own, primary)
    return {path: file for path, file in union.items() if not path.startswith("archive/") or path in primary}


def _exchanging(**parts: Any) -> Exchanging:  # noqa: ANN401 - functions of many kinds
    def change(exchange: Exchange) -> Exchange:
        return dataclasses.replace(exchange, **parts)

    return Exchanging(change)


UNITS: tuple[WrongUnit, ...] = (
    WrongUnit(
        "on-failure-changed-as-secondary",
        ("HA-300.a", "HA-337"),
        "A change of on-failure on a unit that is secondary is saved and shown, but not heeded when the unit leads and"
        " then fails without a restart in between.",
        (_keeping("on_failure", lambda unit: unit.phase is Phase.SECONDARY),),
        alone="S",
    ),
    WrongUnit(
        "threshold-changed-while-leading",
        ("HA-104", "HA-108.a"),
        "A detection time that is changed while the unit leads does not count when it follows again.",
        (_keeping("lost_threshold", lambda unit: unit.phase is Phase.PRIMARY),),
        alone="S",
    ),
    WrongUnit(
        "disabled-link-goes-on",
        ("HA-063.a",),
        "A heartbeat interface that is disabled while the group runs carries heartbeat on until the next restart.",
        (Settings(_keeping_links),),
    ),
    WrongUnit(
        "address-changed-while-secondary-leads",
        ("HA-153.a", "HA-159.b"),
        "A change of failover actions on a configured secondary that leads is not put into force while it leads.",
        (in_role(Leading, _addresses_of_a_standing_secondary),),
        alone="S",
    ),
    WrongUnit(
        "pair-to-config-only-no-mail",
        ("HA-023",),
        "A unit whose mode is changed straight from a pair's to a config-only group's does not start its mail service.",
        (Reaction(_no_mail_from_pair_to_config_only),),
    ),
    WrongUnit(
        "latch-lost-over-shutdown",
        ("HA-311.a", "HA-311.b"),
        "A unit that on-failure off keeps off rejoins as secondary after a shutdown by command and a new start.",
        (Remembered(_latch_over_shutdown),),
    ),
    WrongUnit(
        "latch-stays-on-disk",
        ("HA-313.a", "HA-524.a"),
        "Restoring a unit that on-failure off kept off does not clear that on its disk, so that it is off again after"
        " a later planned restart.",
        (_persisting(_latched_at_start, _latched_for_good),),
    ),
    WrongUnit(
        "old-role-on-disk",
        ("HA-338",),
        "Once a unit has led, its disk says so even after it has given the role back, so that on-failure off applies to"
        " it as secondary.",
        (_persisting(_led_at_start, _led_once),),
        alone="S",
    ),
    WrongUnit(
        "planned-mark-stays",
        ("HA-300.a", "HA-311.b", "HA-324"),
        "A power loss in the first run after a planned restart is taken for a planned restart as well.",
        (_persisting(_planned_at_start, _still_planned),),
    ),
    WrongUnit(
        "on-failure-off-not-for-secondary",
        ("HA-337", "HA-338"),
        "A configured secondary that fails while it leads does not heed its on-failure off, and rejoins.",
        (Settings(_off_is_for_primaries),),
        alone="S",
    ),
    WrongUnit(
        "reload-counts-as-failure",
        ("HA-338",),
        "A configured primary that is reloaded while it is secondary does as on-failure says, as if it had failed as"
        " primary.",
        (Remembered(_reload_is_a_failure),),
        alone="P",
    ),
    WrongUnit(
        "monitoring-ends-after-cure",
        ("HA-167", "HA-320.a"),
        "After one fault that was found and cured, a unit's monitoring finds no further fault.",
        (Remembering(Seen, _monitoring_until_cured),),
    ),
    WrongUnit(
        "no-notices-after-split",
        ("HA-350.a", "HA-354.a", "HA-570.a"),
        "A primary that has met another primary never tells its secondary again that a copy is due.",
        (Remembering(Seen, _no_notices_after_rival),),
        alone="P",
    ),
    WrongUnit(
        "queue-refused-after-expired-hold-off",
        ("HA-420.c", "HA-424"),
        "A secondary that leads since its hold-off expired takes no queued mail from the unit that comes back.",
        (Remembering(Seen, _no_queue_after_expiry),),
        alone="S",
    ),
    WrongUnit(
        "hold-off-deaf-on-secondary-link",
        ("HA-061.a", "HA-524.a"),
        "In hold-off a unit listens on the primary link only, so that it does not notice its primary's return on the"
        " secondary link.",
        (ignoring(_on_secondary_in_hold_off),),
        alone="S",
    ),
    WrongUnit(
        "role-words-on-primary-link-only",
        ("HA-061.a", "HA-578.a", "HA-580"),
        "What moves the role by command is sent on the primary link only, also while just the secondary link works.",
        (leaving_out(_moves_the_role_on_secondary),),
    ),
    WrongUnit(
        "second-outage-keeps-copying-aside",
        ("HA-060.b", "HA-062"),
        "After the second loss of the primary link synchronization stays on the secondary link although the first came"
        " back.",
        (Remembering(Seen, _copying_back_once),),
        alone="S",
    ),
    WrongUnit(
        "removed-ipv6-address-stays",
        ("HA-159.a", "HA-350.a"),
        "The removal of a virtual IPv6 address from a row that stays is not taken over in a configuration copy.",
        (_exchanging(copy=_ipv6_stays),),
    ),
    WrongUnit(
        "returning-message-vanishes",
        ("HA-423.b", "HA-424"),
        "A message that a unit took, gave back and is offered once more is confirmed but not taken.",
        (_exchanging(giver=_GiverThatRemembers),),
    ),
    WrongUnit(
        "archives-mirrored",
        ("HA-427.a",),
        "Copying mail data deletes archived messages that the primary does not have; other areas are merged.",
        (_exchanging(merge=_archives_mirrored),),
    ),
)

"""Units that are wrong about what their configured mode means, and about starting into a group."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial

from node.cli.system import System
from node.engine import addresses
from node.engine import effects as do
from node.engine import events as on
from node.engine import messages as say
from node.engine.modes import Effective, Mode, Rank, Sync
from node.engine.settings import HaSettings
from node.engine.state import ConfigOnly, Following, Leading, State, Stopped
from node.engine.states import Phase, Trigger
from node.engine.status import Status
from node.engine.timers import Retry, Wait
from node.engine.timing import HEARTBEAT_PERIOD
from node.engine.transition import move
from node.engine.turn import Conduct, News, Readjusted, Rules, Turn
from node.settings.schema import HA
from wrong.common import changing, ignoring, leaving_out, never, taking_row
from wrong.record import (
    Decision,
    Effects,
    InRole,
    Pages,
    Plain,
    Printed,
    React,
    Reaction,
    Remembering,
    Settings,
    Shown,
    WrongUnit,
)
from wrong.units.addresses import holding
from wrong.units.group import pretending
from wrong.units.roles import showing
from wrong.units.shared_addresses import lying

PAIR = {Mode.CONFIG_PRIMARY: Mode.PRIMARY, Mode.CONFIG_SECONDARY: Mode.SECONDARY}
"""Modes of a pair by those of a config-only group."""


@dataclass(slots=True)
class Look:
    """Since when the unit looks for its peer, in seconds, and the phase in which it was last."""

    since: float = 0.0
    phase: Phase = Phase.STANDALONE


@dataclass(slots=True)
class Membership:
    """Whether the unit has left a group."""

    left: bool = False


def taking(modes: Mapping[Mode, Mode]) -> Settings:
    """Treat some modes as others."""
    return Settings(lambda settings, _: dataclasses.replace(settings, mode=modes.get(settings.mode, settings.mode)))


def _show_entered(status: Status) -> Status:
    """Show the config-only mode that was entered, although the unit treats it as a mode of a pair."""
    entered = {pair: mode for mode, pair in PAIR.items()}
    return dataclasses.replace(status, configured=entered.get(status.configured, status.configured))


def _hold_alone(effect: do.Effect, unit: State) -> Iterable[do.Effect]:
    """Hold the addresses as soon as the unit processes mail by itself."""
    if isinstance(effect, do.StartMail) and unit.phase is Phase.STANDALONE:
        return [effect, *holding(unit)]
    if isinstance(effect, do.StopMail) and unit.phase is not Phase.PRIMARY:
        return [
            effect,
            *(do.ReleaseAddress(each.interface, each.action, each.address) for each in addresses.shared(unit.settings)),
        ]
    return [effect]


def _follow_unseen(look: Look) -> tuple[Plain, ...]:
    def note(react: React, event: on.Event, unit: State) -> list[do.Effect]:
        done = react(event)
        if unit.phase is not look.phase:
            look.since, look.phase = unit.now, unit.phase
        return done

    def show(status: Status, unit: State) -> Status:
        """Show the configured mode as the effective one after the first heartbeat that nobody hears."""
        looking = unit.phase is Phase.JOINING and status.configured is Mode.SECONDARY and unit.group.peer is None
        patient = unit.now - look.since > HEARTBEAT_PERIOD / 2
        return dataclasses.replace(status, effective=Effective.SECONDARY) if looking and patient else status

    return Reaction(note), Shown(show)


def _lead_unseen(react: React, event: on.Event, unit: State) -> list[do.Effect]:
    done = react(event)
    if unit.phase is Phase.JOINING and unit.settings.mode is Mode.PRIMARY:
        done += react(on.TimerFired(Wait.JOIN))
    return done


def _hurry(effect: do.Effect, unit: State) -> do.Effect:
    joins = isinstance(effect, do.StartTimer) and effect.timer is Wait.JOIN
    return do.StartTimer(Wait.JOIN, 0.5) if joins and unit.settings.mode is Mode.SECONDARY else effect


def _copy_nothing(membership: Membership) -> tuple[Plain, ...]:
    def note(effect: do.Effect, _: State) -> Iterable[do.Effect]:
        membership.left = membership.left or isinstance(effect, do.CloseLinks)
        return [effect]

    def returns(sync: do.StartSync, unit: State) -> bool:
        return membership.left and unit.phase is Phase.FIRST_SYNC and sync.what is Sync.CONFIG

    return Effects(note), pretending(returns)


def _miss_the_peer(react: React, event: on.Event, unit: State) -> list[do.Effect]:
    """Watch for a peer's silence while the mode is off."""
    if event == on.TimerFired(Wait.PEER_SILENCE) and unit.phase is Phase.STANDALONE:
        return [do.Log("ha: SLAVE heartbeat disappeared"), do.Alert("ha: SLAVE heartbeat disappeared")]
    done = react(event)
    if isinstance(event, on.Started | on.SettingsChanged) and unit.phase is Phase.STANDALONE and unit.settings.links:
        done.append(do.StartTimer(Wait.PEER_SILENCE, unit.settings.lost_threshold))
    return done


def _copy_alone(react: React, event: on.Event, unit: State) -> list[do.Effect]:
    """While the mode is off keep the links, and copy what the peer says has changed."""
    done = react(event)
    if unit.phase is not Phase.STANDALONE:
        return done
    match event:
        case on.Started() | on.SettingsChanged():
            done.append(do.OpenLinks())
        case on.ConfigurationChanged():
            done.append(do.Send(Rank.PRIMARY, say.SyncNow(tuple(Sync))))
        case on.Heard(rank, say.SyncNow()):
            done.append(do.StartSync(Sync.DATA, rank))
        case on.SyncFinished(Sync.DATA, ok=True):
            done.append(do.StartSync(Sync.CONFIG, Rank.PRIMARY))
    return done


def _serve_alone(rules: Rules) -> Rules:
    """Withhold nothing while the mode is off."""
    return dataclasses.replace(
        rules, withholds=lambda unit, what: "" if unit.phase is Phase.STANDALONE else rules.withholds(unit, what)
    )


def _keep_off(settings: HaSettings, unit: State) -> HaSettings:
    """Take no notice of the mode secondary where the unit runs alone, and is configured but for its mode."""
    alone = unit.settings.mode is Mode.OFF and bool(unit.settings.links)
    enters = alone and settings.mode is Mode.SECONDARY
    return dataclasses.replace(settings, mode=Mode.OFF) if enters else settings


def _leave(turn: Turn, what: str) -> None:
    move(turn, Trigger.FAULT, what, into=Stopped({what}))


def stop_mail(turn: Turn, _what: str) -> None:
    """Process no mail any more."""
    turn.do(do.StopMail())


def watches_interfaces(settings: HaSettings) -> bool:
    """Whether a unit is to check its own interfaces."""
    return settings.local_ports.enabled


def monitor_on(
    fail: Callable[[Turn, str], None],
    conduct: Conduct,
    *,
    monitors: Callable[[HaSettings], bool] = watches_interfaces,
) -> Conduct:
    """In a config-only group let the body make checks, as it does in a pair, and fail with the first that fails."""

    def check(turn: Turn) -> None:
        unit = turn.unit
        if monitors(unit.settings):
            unit.settings = dataclasses.replace(unit.settings, mode=PAIR.get(unit.settings.mode, unit.settings.mode))

    def enter(turn: Turn, me: ConfigOnly, came_from: Phase) -> None:
        conduct.enter(turn, me, came_from)
        check(turn)

    def take(turn: Turn, me: ConfigOnly, news: News) -> None:
        conduct.take(turn, me, news)
        match news:
            case Readjusted():
                check(turn)
            case on.CheckDone(what, ok=False):
                fail(turn, what)

    return dataclasses.replace(conduct, enter=enter, take=take)


def _fail_in_a_config_only_group(rules: Rules) -> Rules:
    row = rules.table[Phase.PRIMARY, Trigger.FAULT]
    return dataclasses.replace(rules, table={**rules.table, (Phase.CONFIG_ONLY, Trigger.FAULT): row})


def show_config_only(status: Status, unit: State) -> Status:
    """Show a unit of a config-only group as one, whatever settings it goes by."""
    return _show_entered(status) if unit.phase is Phase.CONFIG_ONLY else status


def _go_by_peer_ip(settings: HaSettings, unit: State) -> HaSettings:
    """Enter a config-only group with the peers that a pair would have."""
    peers = {link.rank: link for link in unit.settings.links}
    enters = settings.mode.config_only and unit.settings.mode is Mode.OFF
    links = tuple(peers.get(link.rank, link) for link in settings.links)
    return dataclasses.replace(settings, links=links) if enters else settings


def offering_backup_options(*modes: Mode) -> Pages:
    """In these modes show the options of an active-passive pair, and take them without an error."""

    def offer(line: str, printed: Printed, system: System) -> Printed:
        words = line.split()
        if Mode(system.configuration.get((HA, "mode"))) not in modes:
            return printed
        if words[:1] == ["set"] and words[1:2] in (["mail-data-sync"], ["mailqueue-data-sync"]):
            return Printed("", refused=False)
        if "on-failure : " in printed.text:
            options = "mail-data-sync : enable\nmailqueue-data-sync : disable"
            return dataclasses.replace(printed, text=f"{printed.text.rstrip()}\n{options}\n")
        return printed

    return Pages(offer)


def _stay(rules: Rules) -> Rules:
    """Leave no group."""
    table = {key: row for key, row in rules.table.items() if key[1] is not Trigger.LEAVE}
    return dataclasses.replace(rules, table=table)


def _drop_claim(conduct: Conduct) -> Conduct:
    """Follow without meaning to lead again."""

    def enter(turn: Turn, me: Following, came_from: Phase) -> None:
        if came_from is Phase.JOINING:
            me.claim = None
        conduct.enter(turn, me, came_from)

    return dataclasses.replace(conduct, enter=enter)


def _begin_with_nothing_to_tell(conduct: Conduct) -> Conduct:
    def enter(turn: Turn, me: Leading, came_from: Phase) -> None:
        conduct.enter(turn, me, came_from)
        me.untold.clear()

    return dataclasses.replace(conduct, enter=enter)


def _speak_when_readjusted(react: React, event: on.Event, unit: State) -> list[do.Effect]:
    """Open the links that are new, and answer there, also out of the group."""
    done = react(event)
    if unit.phase in {Phase.STANDALONE, Phase.FAILED, Phase.SWITCHED_OFF}:
        match event:
            case on.SettingsChanged(settings) if settings.links:
                done.append(do.OpenLinks())
            case on.Heard(rank, say.Heartbeat(seq=seq)):
                beat = say.Heartbeat(unit.memory.boot, seq, unit.settings.mode, unit.effective, joining=False)
                done.append(do.Send(rank, beat))
    return done


def _look_once(react: React, event: on.Event, _: State) -> list[do.Effect]:
    """Look for a primary no longer, once a peer that does not lead was found."""
    looked = event == on.TimerFired(Wait.JOIN)
    done = react(event)
    return [each for each in done if not (looked and isinstance(each, do.StartTimer) and each.timer is Wait.JOIN)]


UNITS = (
    WrongUnit(
        "tells-nothing-of-its-time-alone",
        ("HA-378",),
        "When it comes back and leads, does not tell its secondary what has changed on it out of the group.",
        (InRole(Leading, _begin_with_nothing_to_tell),),
    ),
    WrongUnit(
        "speaks-on-changed-links",
        ("HA-003.b", "HA-003.c", "HA-207"),
        "Opens its heartbeat links when they change, and answers there, also while its mode is off or it has failed.",
        (Reaction(_speak_when_readjusted),),
    ),
    WrongUnit(
        "waits-for-a-dead-peer-for-ever",
        ("HA-024.b",),
        "As a secondary that has entered the group and found a peer that follows, waits for ever when that is gone.",
        (Reaction(_look_once),),
    ),
    WrongUnit(
        "listens-after-it-has-left",
        ("HA-003.c",),
        "Keeps its ports open when its mode is set to off, and lets its peer in.",
        (never(do.CloseLinks),),
    ),
    WrongUnit(
        "takes-config-only-for-a-pair",
        ("HA-006.a", "HA-023", "HA-027.b"),
        "Behaves as one half of an active-passive pair in config-only modes.",
        (
            taking(PAIR),
            showing(_show_entered),
        ),
    ),
    WrongUnit(
        "never-off",
        ("HA-001", "HA-003.a"),
        "Treats mode off as primary: a unit that was never configured leads.",
        (taking({Mode.OFF: Mode.PRIMARY}),),
    ),
    WrongUnit(
        "leaves-with-the-address",
        ("HA-003.e",),
        "Keeps the virtual address when its mode is set to off.",
        (leaving_out(lambda effect, unit: isinstance(effect, do.ReleaseAddress) and unit.phase is Phase.STANDALONE),),
    ),
    WrongUnit(
        "idle-alone",
        ("HA-003.a",),
        "Processes no mail while its mode is off.",
        (leaving_out(lambda effect, unit: isinstance(effect, do.StartMail) and unit.phase is Phase.STANDALONE),),
    ),
    WrongUnit(
        "holds-its-address-alone",
        ("HA-003.e",),
        "Holds the shared addresses while it belongs to no group.",
        (Effects(_hold_alone),),
    ),
    WrongUnit(
        "follows-unseen",
        ("HA-024.c",),
        "As a secondary that finds no primary, shows after a while that it follows.",
        (Remembering(Look, _follow_unseen),),
    ),
    WrongUnit(
        "leads-unseen",
        ("HA-013.d", "HA-024.a"),
        "As a primary, leads before it has looked for its peer.",
        (Reaction(_lead_unseen),),
    ),
    WrongUnit(
        "hasty-secondary",
        ("HA-014.b", "HA-024.c"),
        "As a starting secondary, leads when it has heard no primary for half a second.",
        (changing(_hurry),),
    ),
    WrongUnit(
        "never-leads-alone",
        ("HA-067.b",),
        "Never leads without having heard its peer.",
        (ignoring(lambda event, _: event == on.TimerFired(Wait.JOIN)),),
    ),
    WrongUnit(
        "tries-once",
        ("HA-015.a", "HA-016"),
        "As a starting secondary, does not repeat a first synchronization that failed.",
        (leaving_out(lambda effect, _: isinstance(effect, do.StartTimer) and effect.timer == Retry(Sync.CONFIG)),),
    ),
    WrongUnit(
        "copies-nothing-on-return",
        ("HA-024.d",),
        "Enters a group again without copying the changes that it has missed.",
        (Remembering(Membership, _copy_nothing),),
    ),
    WrongUnit(
        "hides-that-it-leads",
        ("HA-020.a",),
        "Shows itself as off to an operator while it leads.",
        (lying(r"HA effective mode: primary", "HA effective mode: off"),),
    ),
    WrongUnit(
        "misses-its-peer-alone",
        ("HA-003.c",),
        "While its mode is off, reports after the detection time that it does not hear its peer.",
        (Reaction(_miss_the_peer),),
    ),
    WrongUnit(
        "copies-alone",
        ("HA-003.d",),
        "While its mode is off, sends no heartbeat but copies what an operator changes on its peer.",
        (Reaction(_copy_alone), Decision(_serve_alone)),
    ),
    WrongUnit(
        "enters-as-secondary-after-a-restart-only",
        ("HA-024.b",),
        "Once it is configured, enters its group as secondary only when it starts, not when its mode is set.",
        (Settings(_keep_off),),
    ),
    WrongUnit(
        "goes-by-peer-ip-in-a-config-only-group",
        ("HA-027.a",),
        "Enters a config-only group with the addresses of peer-ip, where these are set, instead of config-peer-ip.",
        (Settings(_go_by_peer_ip),),
    ),
    WrongUnit(
        "offers-backup-options-while-off",
        ("HA-028.b",),
        "Shows and accepts the options of an active-passive pair while its mode is off.",
        (offering_backup_options(Mode.OFF),),
    ),
    WrongUnit(
        "offers-backup-options-in-config-only-modes",
        ("HA-028.c",),
        "Shows and accepts the options of an active-passive pair in config-only modes.",
        (offering_backup_options(Mode.CONFIG_PRIMARY, Mode.CONFIG_SECONDARY),),
    ),
    WrongUnit(
        "monitors-in-a-config-only-group",
        ("HA-027.e",),
        "In config-only modes fails like the primary of a pair when a monitored interface does.",
        (
            InRole(ConfigOnly, partial(monitor_on, _leave)),
            Decision(_fail_in_a_config_only_group),
            Shown(show_config_only),
        ),
    ),
    WrongUnit(
        "stops-mail-at-a-fault-in-a-config-only-group",
        ("HA-023", "HA-027.e"),
        "In config-only modes stops mail when a monitored interface fails, and stays what it is.",
        (InRole(ConfigOnly, partial(monitor_on, stop_mail)), Shown(show_config_only)),
    ),
    WrongUnit(
        "shows-no-mode",
        ("HA-002.a", "HA-009"),
        "Shows the configured mode as off, whatever was entered.",
        (showing(lambda status: dataclasses.replace(status, configured=Mode.OFF)),),
    ),
    WrongUnit(
        "stays-in-the-group",
        ("HA-003.b",),
        "Does not leave the group when its mode is set to off.",
        (Decision(_stay),),
    ),
    WrongUnit(
        "leads-unsynchronized",
        ("HA-015.b",),
        "As a starting secondary, leads when its second synchronization fails, although it hears its primary.",
        (Decision(lambda rules: dataclasses.replace(rules, hears_primary=lambda _unit, _me: False)),),
    ),
    WrongUnit(
        "follows-unsynchronized",
        ("HA-015.a",),
        "As a starting secondary, follows although its first synchronization has failed.",
        (
            taking_row(Phase.FIRST_SYNC, Trigger.SYNC_BAD, Trigger.SYNC_OK),
            taking_row(Phase.FIRST_SYNC_FAILED, Trigger.SYNC_BAD, Trigger.SYNC_OK),
        ),
    ),
    WrongUnit(
        "waits-unsynchronized",
        ("HA-016",),
        "As a starting secondary that cannot synchronize, waits for the detection time although its primary is gone.",
        (Decision(lambda rules: dataclasses.replace(rules, hears_primary=lambda _unit, _me: True)),),
    ),
    WrongUnit(
        "forgets-that-it-is-primary",
        ("HA-005.a", "HA-321"),
        "Becomes secondary for good in a group that has a primary, although it is configured as primary.",
        (InRole(Following, _drop_claim),),
    ),
)

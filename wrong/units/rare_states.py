"""Units that are wrong in states that a pair rarely gets into, such as hold-off with an operator at work."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping

from node.engine import effects as do
from node.engine import events as on
from node.engine import messages as say
from node.engine.modes import Command, Mode, Sync, SystemEvent
from node.engine.state import ConfigOnly, HoldingOff, State, Stopped
from node.engine.states import Phase, Trigger
from node.engine.transition import move
from node.engine.turn import Conduct, News, Rules, Turn
from node.settings import Configuration, in_force
from node.settings.schema import Path, is_synchronized, table_at
from node.settings.script import checksum, merge_synchronized, synchronized
from wrong.common import Take, exchanging, in_role
from wrong.record import Decision, Events, InRole, Plain, React, Reaction, Remembering, Shown, WrongUnit
from wrong.units.later_roles import (
    Came,
    InState,
    alerts,
    as_add,
    deaf_when,
    follows_since_its_cure,
    ipv4_only,
    is_mode,
    is_off,
    keeping_when,
    leads_since_hold_off,
    leaving_undone_when,
    messages,
    orders,
    taking_over_from,
)
from wrong.units.modes import monitor_on, show_config_only, stop_mail
from wrong.units.returned_roles import SHUT_DOWN, leads_again, leads_by_order

HA = "system ha"


def waits_alone(came: Came, unit: State) -> bool:
    """Whether it leads since its hold-off has run out, and has not heard its primary since."""
    return leads_since_hold_off(came, unit) and unit.group.peer is None


def follows_cured(came: Came, unit: State) -> bool:
    """Whether it is a configured secondary that has been failed or off, and follows now."""
    return follows_since_its_cure(came, unit) and unit.settings.mode is Mode.SECONDARY


def leads_cured(came: Came, unit: State) -> bool:
    """Whether it is a configured secondary that has been failed, and leads again."""
    return unit.phase is Phase.PRIMARY and unit.settings.mode is Mode.SECONDARY and came.failed


def holds_off(_: Came, unit: State) -> bool:
    """Whether it is in hold-off."""
    return unit.phase is Phase.HOLD_OFF


def follows_by_order(came: Came, unit: State) -> bool:
    """Whether it is a configured primary that follows since an operator has moved the role."""
    follows = unit.phase is Phase.SECONDARY and unit.settings.mode is Mode.PRIMARY
    return follows and came.by.startswith(("user requested", "SLAVE asks"))


def was_a_pair(came: Came, unit: State) -> bool:
    """Whether it is in a config-only group, and was one half of a pair before."""
    return unit.phase is Phase.CONFIG_ONLY and came.by != ""


def system_traps(effect: do.Effect) -> bool:
    """Whether an effect is a system event trap."""
    return isinstance(effect, do.SystemTrap)


def reload_traps(effect: do.Effect) -> bool:
    """Whether an effect is the system event trap of a reload."""
    return isinstance(effect, do.SystemTrap) and effect.event is SystemEvent.RELOAD


def traps_of_a_shutdown(effect: do.Effect) -> bool:
    """Whether an effect is the HA trap of a shutdown."""
    return isinstance(effect, do.Trap) and effect.event_id == SHUT_DOWN


def checks(event: on.Event, _: State) -> bool:
    """Whether an event is the end of a check."""
    return isinstance(event, on.CheckDone)


def _leaving_with(state: InState, to: Phase, kept: Callable[[do.Effect], bool]) -> Remembering[Came]:
    """When it goes from a state to a phase, leave some effects undone."""

    def substitutions(came: Came) -> tuple[Plain, ...]:
        def go(react: React, event: on.Event, unit: State) -> list[do.Effect]:
            there = state(came, unit)
            effects = react(event)
            return [each for each in effects if not (there and unit.phase is to and kept(each))]

        def note(react: React, event: on.Event, _: State) -> list[do.Effect]:
            effects = react(event)
            came.by = next((each.event for each in effects if isinstance(each, do.RoleChanged)), came.by)
            return effects

        return Reaction(go), Reaction(note)

    return Remembering(Came, substitutions)


def _failing_in_hold_off(take: Take, turn: Turn, me: HoldingOff, news: News) -> None:
    """Leave the group at the first failed check, as a primary does at the last."""
    if isinstance(news, on.CheckDone) and not news.ok:
        move(turn, Trigger.FAULT, into=Stopped({news.what}))
    else:
        take(turn, me, news)


def _fails_in_hold_off(rules: Rules) -> Rules:
    fault = {(Phase.HOLD_OFF, Trigger.FAULT): rules.table[Phase.PRIMARY, Trigger.FAULT]}
    return dataclasses.replace(rules, table={**rules.table, **fault})


def _watching_on(came: Came) -> tuple[Plain, ...]:
    """In a config-only group that was a pair, watch the interfaces on that the pair watched."""

    def note(react: React, event: on.Event, _: State) -> list[do.Effect]:
        effects = react(event)
        came.by = next((each.event for each in effects if isinstance(each, do.RoleChanged)), came.by)
        return effects

    def watch(conduct: Conduct) -> Conduct:
        watching = monitor_on(stop_mail, conduct)

        def enter(turn: Turn, me: ConfigOnly, came_from: Phase) -> None:
            (watching if came.by else conduct).enter(turn, me, came_from)

        def take(turn: Turn, me: ConfigOnly, news: News) -> None:
            (watching if came.by else conduct).take(turn, me, news)

        return dataclasses.replace(conduct, enter=enter, take=take)

    return Reaction(note), InRole(ConfigOnly, watch), Shown(show_config_only)


def _without_data(event: on.Event, _: State) -> list[on.Event]:
    """Of what its peer could not be told remember the settings only."""
    match event:
        case on.NoticeLost(message=say.SyncNow(what)) if Sync.DATA in what:
            return [dataclasses.replace(event, message=say.SyncNow((Sync.CONFIG,)))]
    return [event]


def _of_entries(configuration: Configuration) -> set[Path]:
    """Return the paths that belong to the entries of synchronized tables, but for those of HA itself."""
    paths = (path for path in configuration.store.values if is_synchronized(path) and path[0] != HA)
    return {path for path in paths if any(table_at(path[:depth]) is not None for depth in (-1, -2))}


def _merging_entries(before: Configuration, text: str, expected: str, given: Mapping[str, str]) -> list[in_force.Step]:
    """Keep the own entries of a table where both units have some that the other has not."""
    merged = merge_synchronized(before, text)
    if checksum(merged) != expected:
        return in_force.by_copy(before, text, expected, given)
    mine, theirs = _of_entries(before), _of_entries(merged)
    store = merged.store
    for path in sorted(mine - theirs) if theirs - mine else ():
        store = store.put(path, before.store.values[path]) if table_at(path[:-1]) is None else store.add(path)
    kept = dataclasses.replace(merged, store=store)
    return in_force.by_copy(before, synchronized(kept), checksum(kept), given)


UNITS = (
    WrongUnit(
        "waits-alone-with-its-old-addresses",
        ("HA-153.a",),
        "Alone since its hold-off has run out, does not heed a new shared address.",
        (keeping_when(waits_alone, "addresses"),),
    ),
    WrongUnit(
        "waits-alone-by-its-old-detection-time",
        ("HA-104", "HA-108.a"),
        "Alone since its hold-off has run out, does not heed a new detection time for later.",
        (keeping_when(waits_alone, "lost_threshold"),),
    ),
    WrongUnit(
        "waits-alone-by-its-old-on-failure",
        ("HA-310", "HA-337"),
        "Alone since its hold-off has run out, does not heed a new on-failure.",
        (keeping_when(waits_alone, "on_failure"),),
    ),
    WrongUnit(
        "waits-alone-and-sees-no-fault",
        ("HA-167",),
        "Alone since its hold-off has run out, does not monitor its interfaces.",
        (deaf_when(waits_alone, checks),),
    ),
    WrongUnit(
        "waits-alone-and-restarts-untold",
        ("HA-525.a",),
        "Alone since its hold-off has run out, sends no alert of its restart.",
        (leaving_undone_when(waits_alone, alerts("rebooting")),),
    ),
    WrongUnit(
        "waits-alone-and-restarts-without-a-trap",
        ("HA-534.b",),
        "Alone since its hold-off has run out, sends no system event trap of its restart.",
        (leaving_undone_when(waits_alone, system_traps),),
    ),
    WrongUnit(
        "waits-alone-and-shuts-down-untold",
        ("HA-531",),
        "Alone since its hold-off has run out, sends no alert of its shutdown.",
        (leaving_undone_when(waits_alone, alerts("shutdown")),),
    ),
    WrongUnit(
        "waits-alone-and-shuts-down-without-a-trap",
        ("HA-659.c",),
        "Alone since its hold-off has run out, sends no HA trap of its shutdown.",
        (leaving_undone_when(waits_alone, traps_of_a_shutdown),),
    ),
    WrongUnit(
        "waits-alone-whatever-its-mode",
        ("HA-003.a", "HA-003.e"),
        "Alone since its hold-off has run out, does not heed that its mode is off.",
        (deaf_when(waits_alone, is_mode),),
    ),
    WrongUnit(
        "waits-alone-and-keeps-its-addresses-when-it-leaves",
        ("HA-003.e",),
        "Alone since its hold-off has run out, keeps the shared addresses when its mode is set to off.",
        (_leaving_with(waits_alone, Phase.STANDALONE, lambda effect: isinstance(effect, do.ReleaseAddress)),),
    ),
    WrongUnit(
        "follows-cured-on-its-old-ports",
        ("HA-055.a",),
        "As a secondary that follows since its cure, does not heed a new base port.",
        (keeping_when(follows_cured, "base_port"),),
    ),
    WrongUnit(
        "follows-cured-by-its-old-detection-time",
        ("HA-104", "HA-108.a"),
        "As a secondary that follows since its cure, does not heed a new detection time.",
        (keeping_when(follows_cured, "lost_threshold"),),
    ),
    WrongUnit(
        "follows-cured-by-its-old-peer-address",
        ("HA-065",),
        "As a secondary that follows since its cure, does not heed a new peer address.",
        (keeping_when(follows_cured, "links"),),
    ),
    WrongUnit(
        "follows-cured-and-holds-off-for-nobody",
        ("HA-019.a", "HA-521.a"),
        "As a secondary that follows since its cure, does not hold off.",
        (deaf_when(follows_cured, messages(say.HoldOff)),),
    ),
    WrongUnit(
        "follows-cured-and-takes-over-ipv4-only",
        ("HA-112", "HA-153.a"),
        "As a secondary that follows since its cure, takes over the shared IPv4 addresses only.",
        (taking_over_from(follows_cured, ipv4_only),),
    ),
    WrongUnit(
        "follows-cured-and-adds-what-it-is-to-set",
        ("HA-155.a", "HA-155.b"),
        "As a secondary that follows since its cure, adds to its own address what it is to set when it takes over.",
        (taking_over_from(follows_cured, as_add),),
    ),
    WrongUnit(
        "follows-cured-and-takes-over-without-a-trap",
        ("HA-659.a",),
        "As a secondary that follows since its cure, sends no trap when it takes over.",
        (taking_over_from(follows_cured, lambda effect: [] if isinstance(effect, do.Trap) else [effect]),),
    ),
    WrongUnit(
        "follows-cured-and-forgets-a-failover",
        ("HA-578.a", "HA-580"),
        "As a secondary that follows since its cure, forgets a forced failover.",
        (deaf_when(follows_cured, orders(Command.FAILOVER)),),
    ),
    WrongUnit(
        "follows-cured-and-forgets-a-synchronization",
        ("HA-354.b", "HA-409"),
        "As a secondary that follows since its cure, forgets to synchronize when it is told to.",
        (deaf_when(follows_cured, orders(Command.SYNC)),),
    ),
    WrongUnit(
        "follows-cured-and-restarts-untold",
        ("HA-527.c",),
        "As a secondary that follows since its cure, sends no alert of its restart.",
        (leaving_undone_when(follows_cured, alerts("rebooting")),),
    ),
    WrongUnit(
        "leads-cured-and-sees-no-further-fault",
        ("HA-167",),
        "As a secondary that has been failed and leads again, does not monitor its interfaces.",
        (deaf_when(leads_cured, checks),),
    ),
    WrongUnit(
        "holds-off-and-restarts-untold",
        ("HA-527.c",),
        "In hold-off sends no alert of its restart.",
        (leaving_undone_when(holds_off, alerts("rebooting")),),
    ),
    WrongUnit(
        "holds-off-and-goes-down-without-a-system-trap",
        ("HA-534.a", "HA-534.b", "HA-534.c"),
        "In hold-off sends no system event trap when it goes down.",
        (leaving_undone_when(holds_off, system_traps),),
    ),
    WrongUnit(
        "holds-off-and-shuts-down-untold",
        ("HA-531",),
        "In hold-off sends no alert of its shutdown.",
        (leaving_undone_when(holds_off, alerts("shutdown")),),
    ),
    WrongUnit(
        "holds-off-and-shuts-down-without-a-trap",
        ("HA-659.c",),
        "In hold-off sends no HA trap of its shutdown.",
        (leaving_undone_when(holds_off, traps_of_a_shutdown),),
    ),
    WrongUnit(
        "holds-off-whatever-its-mode",
        ("HA-003.a", "HA-003.e"),
        "In hold-off does not heed that its mode is off.",
        (deaf_when(holds_off, is_mode),),
    ),
    WrongUnit(
        "holds-off-by-its-old-on-failure",
        ("HA-337", "HA-330.a"),
        "In hold-off does not heed a new on-failure for later.",
        (keeping_when(holds_off, "on_failure"),),
    ),
    WrongUnit(
        "holds-off-by-its-old-password",
        ("HA-452",),
        "In hold-off does not heed a new password.",
        (keeping_when(holds_off, "password"),),
    ),
    WrongUnit(
        "holds-off-and-fails-by-its-own-port",
        ("HA-338",),
        "In hold-off is failed when its own interface fails, as if it led.",
        (Decision(_fails_in_hold_off), in_role(HoldingOff, _failing_in_hold_off)),
    ),
    WrongUnit(
        "is-off-on-its-old-ports",
        ("HA-055.a",),
        "Does not heed a new base port that it is given while its failure keeps it off.",
        (keeping_when(is_off, "base_port"),),
    ),
    WrongUnit(
        "is-off-by-its-old-detection-time",
        ("HA-104", "HA-108.a"),
        "Does not heed a new detection time that it is given while its failure keeps it off.",
        (keeping_when(is_off, "lost_threshold"),),
    ),
    WrongUnit(
        "is-off-by-its-old-on-failure",
        ("HA-337", "HA-330.a"),
        "Does not heed a new on-failure that it is given while its failure keeps it off.",
        (keeping_when(is_off, "on_failure"),),
    ),
    WrongUnit(
        "is-off-by-its-old-peer-address",
        ("HA-065",),
        "Does not heed a new peer address that it is given while its failure keeps it off.",
        (keeping_when(is_off, "links"),),
    ),
    WrongUnit(
        "is-off-by-its-old-checks",
        ("HA-205", "HA-212"),
        "Does not heed a new number of retries that it is given while its failure keeps it off.",
        (keeping_when(is_off, "local_ports"),),
    ),
    WrongUnit(
        "watches-on-in-a-config-only-group",
        ("HA-023", "HA-027.e"),
        "In a config-only group processes no mail any more when an interface fails that it monitored in its pair.",
        (Remembering(Came, _watching_on),),
    ),
    WrongUnit(
        "was-a-pair-and-keeps-its-ports",
        ("HA-055.a",),
        "In a config-only group that was a pair, does not heed a new base port.",
        (keeping_when(was_a_pair, "base_port"),),
    ),
    WrongUnit(
        "was-a-pair-and-restarts-untold",
        ("HA-525.a",),
        "In a config-only group that was a pair, sends no alert of its restart.",
        (leaving_undone_when(was_a_pair, alerts("rebooting")),),
    ),
    WrongUnit(
        "leads-by-order-by-its-old-peer-address",
        ("HA-065",),
        "As a secondary that leads by order, does not heed a new peer address.",
        (keeping_when(leads_by_order, "links"),),
    ),
    WrongUnit(
        "follows-by-order-by-its-old-peer-address",
        ("HA-065",),
        "As a primary that follows by order, does not heed a new peer address.",
        (keeping_when(follows_by_order, "links"),),
    ),
    WrongUnit(
        "leads-by-order-by-its-old-on-failure",
        ("HA-310", "HA-337"),
        "As a secondary that leads by order, does not heed a new on-failure.",
        (keeping_when(leads_by_order, "on_failure"),),
    ),
    WrongUnit(
        "leads-by-order-by-its-old-monitoring",
        ("HA-167", "HA-169"),
        "As a secondary that leads by order, does not heed which interfaces it is to monitor now.",
        (keeping_when(leads_by_order, "monitored"),),
    ),
    WrongUnit(
        "leads-by-order-and-gives-mail-data-on",
        ("HA-403",),
        "As a secondary that leads by order, does not heed that mail data is no longer synchronized.",
        (keeping_when(leads_by_order, "mail_data_sync"),),
    ),
    WrongUnit(
        "follows-by-order-and-takes-mail-data-on",
        ("HA-403",),
        "As a primary that follows by order, does not heed that mail data is no longer synchronized.",
        (keeping_when(follows_by_order, "mail_data_sync"),),
    ),
    WrongUnit(
        "leads-again-by-its-old-peer-address",
        ("HA-065",),
        "As a primary that leads since its peer has given it the role, does not heed a new peer address.",
        (keeping_when(leads_again, "links"),),
    ),
    WrongUnit(
        "leads-again-by-its-old-monitoring",
        ("HA-167", "HA-169"),
        "As a primary that leads since its peer has given it the role, does not heed which interfaces to monitor now.",
        (keeping_when(leads_again, "monitored"),),
    ),
    WrongUnit(
        "leads-again-and-gives-mail-data-on",
        ("HA-403",),
        "As a primary that leads since its peer has given it the role, gives mail data that it is no longer to give.",
        (keeping_when(leads_again, "mail_data_sync"),),
    ),
    WrongUnit(
        "leads-again-and-reloads-without-a-trap",
        ("HA-534.c",),
        "As a primary that leads since its peer has given it the role, sends no system event trap of a reload.",
        (leaving_undone_when(leads_again, reload_traps),),
    ),
    WrongUnit(
        "leads-again-and-shuts-down-untold",
        ("HA-531",),
        "As a primary that leads since its peer has given it the role, sends no alert of its shutdown.",
        (leaving_undone_when(leads_again, alerts("shutdown")),),
    ),
    WrongUnit(
        "leads-again-and-keeps-its-addresses-when-it-leaves",
        ("HA-003.e",),
        "As a primary that leads since its peer gave it the role, keeps its addresses when its mode is set to off.",
        (_leaving_with(leads_again, Phase.STANDALONE, lambda effect: isinstance(effect, do.ReleaseAddress)),),
    ),
    WrongUnit(
        "holds-off-and-adds-what-it-is-to-set",
        ("HA-155.a", "HA-155.b"),
        "When its hold-off has run out, adds to its own address what it is to set.",
        (taking_over_from(holds_off, as_add),),
    ),
    WrongUnit(
        "tells-of-mail-data-once",
        ("HA-354.a", "HA-409"),
        "Tells its peer later of settings of which it could not be told at once, and of mail data never.",
        (Events(_without_data),),
    ),
    WrongUnit(
        "merges-entries-of-both",
        ("HA-350.a", "HA-704.c"),
        "A copy of the settings keeps a table's own entries where both units have some that the other has not.",
        (exchanging(copy=_merging_entries),),
    ),
    WrongUnit(
        "follows-by-order-and-forgets-a-synchronization",
        ("HA-354.b", "HA-409"),
        "As a primary that follows by order, forgets to synchronize when it is told to.",
        (deaf_when(follows_by_order, orders(Command.SYNC)),),
    ),
)

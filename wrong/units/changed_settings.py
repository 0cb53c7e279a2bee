"""Units that miss what an operator changes in some state of theirs, or in one direction only."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass

from node.engine import effects as do
from node.engine import events as on
from node.engine import messages as say
from node.engine.modes import Action, Command, Sync
from node.engine.settings import Check, HaSettings
from node.engine.state import State
from node.engine.states import Phase, Trigger
from wrong.common import ignoring, taking_row
from wrong.record import React, Reaction, Remembering, Settings, WrongUnit


@dataclass(slots=True)
class Longest:
    """The largest number that a setting has had since the unit started."""

    number: int = 0

    def of(self, number: int) -> int:
        """Return the larger one of this number and those before."""
        self.number = max(self.number, number)
        return self.number


Missed = Callable[[HaSettings, HaSettings, State], bool]
"""Whether a unit misses its new settings (second), which replace old ones (first)."""


def _missing(missed: Missed, *names: str) -> Settings:
    """Keep some settings as they were; a change of mode puts all of them into force."""

    def read(new: HaSettings, unit: State) -> HaSettings:
        old = unit.settings
        if new.mode is not old.mode or not missed(old, new, unit):
            return new
        return dataclasses.replace(new, **{name: getattr(old, name) for name in names})

    return Settings(read)


def _raising_only(change: Callable[[Check, Longest], Check]) -> Remembering[Longest]:
    def settings(longest: Longest) -> tuple[Settings]:
        def read(new: HaSettings, _: State) -> HaSettings:
            if not new.local_ports.enabled:
                return new
            return dataclasses.replace(new, local_ports=change(new.local_ports, longest))

        return (Settings(read),)

    return Remembering(Longest, settings)


def _leads_alone(_old: HaSettings, _new: HaSettings, unit: State) -> bool:
    return unit.phase is Phase.PRIMARY and unit.group.peer is None


def _has_one_link(_old: HaSettings, _new: HaSettings, unit: State) -> bool:
    links = unit.group.links
    return unit.phase.in_group and links.any_alive and not all(links.alive.values())


def _holds_off(_old: HaSettings, _new: HaSettings, unit: State) -> bool:
    return unit.phase is Phase.HOLD_OFF


def _is_config_only(_old: HaSettings, _new: HaSettings, unit: State) -> bool:
    return unit.phase is Phase.CONFIG_ONLY


def _frees_ports_while_it_follows(old: HaSettings, new: HaSettings, unit: State) -> bool:
    return unit.phase is Phase.SECONDARY and not set(old.monitored) <= set(new.monitored)


def _stops_checks_while_it_follows(old: HaSettings, new: HaSettings, unit: State) -> bool:
    return unit.phase is Phase.SECONDARY and old.local_ports.enabled and not new.local_ports.enabled


def _host(address: str) -> str:
    return address.partition("/")[0]


def _keep_masks(react: React, event: on.Event, unit: State) -> list[do.Effect]:
    """Take an address for unchanged that stays beside the interface's own, whatever its mask is now."""
    leads = isinstance(event, on.SettingsChanged) and unit.phase is Phase.PRIMARY
    effects = react(event)
    if not leads:
        return effects
    added = [each for each in effects if isinstance(each, do.HoldAddress | do.ReleaseAddress)]
    added = [each for each in added if each.action is Action.ADD]
    released = {(each.interface, _host(each.address)) for each in added if isinstance(each, do.ReleaseAddress)}
    held = {(each.interface, _host(each.address)) for each in added if isinstance(each, do.HoldAddress)}
    same = released & held
    return [each for each in effects if each not in added or (each.interface, _host(each.address)) not in same]


def _hold_before_release(react: React, event: on.Event, unit: State) -> list[do.Effect]:
    """Look at addresses only, and not at interfaces: one that is still shared stays where it is."""
    leads = isinstance(event, on.SettingsChanged) and unit.phase is Phase.PRIMARY
    effects = react(event)
    if not leads:
        return effects
    released = {each.address: each.interface for each in effects if isinstance(each, do.ReleaseAddress)}
    held = {each.address: each.interface for each in effects if isinstance(each, do.HoldAddress)}
    moved = {address for address in released.keys() & held.keys() if released[address] != held[address]}
    kinds = do.HoldAddress | do.ReleaseAddress
    return [each for each in effects if not (isinstance(each, kinds) and each.address in moved)]


def _keep_ipv6(react: React, event: on.Event, unit: State) -> list[do.Effect]:
    """Take an interface's IPv6 address for unchanged where it has one before and afterwards."""
    leads = isinstance(event, on.SettingsChanged) and unit.phase is Phase.PRIMARY
    effects = react(event)
    if not leads:
        return effects
    released = {each.interface for each in effects if isinstance(each, do.ReleaseAddress) and ":" in each.address}
    held = {each.interface for each in effects if isinstance(each, do.HoldAddress) and ":" in each.address}

    def stays(effect: do.Effect) -> bool:
        if not isinstance(effect, do.HoldAddress | do.ReleaseAddress):
            return False
        return ":" in effect.address and effect.interface in released & held

    return [each for each in effects if not stays(each)]


def _copies_no_data(event: on.Event, unit: State) -> bool:
    return event == on.Ordered(Command.SYNC) and unit.settings.mode.active_passive and not unit.settings.mail_data_sync


def _hears_of_no_data(event: on.Event, unit: State) -> bool:
    match event:
        case on.Heard(message=say.SyncNow(what)):
            return Sync.DATA in what and not unit.settings.mail_data_sync
    return False


UNITS = (
    WrongUnit(
        "raises-its-check-interval-only",
        ("HA-206",),
        "Follows a check interval of its interfaces that grows, and one that shrinks only after a restart.",
        (
            _raising_only(
                lambda check, longest: dataclasses.replace(check, interval=longest.of(check.interval)),
            ),
        ),
    ),
    WrongUnit(
        "raises-its-retries-only",
        ("HA-204", "HA-206"),
        "Follows a number of retries that grows, and one that shrinks only after a restart.",
        (
            _raising_only(
                lambda check, longest: dataclasses.replace(check, retries=longest.of(check.retries)),
            ),
        ),
    ),
    WrongUnit(
        "begins-no-monitoring-while-alone",
        ("HA-207", "HA-330.a"),
        "Does not notice that its monitoring is enabled while it leads without a peer.",
        (_missing(_leads_alone, "local_ports", "monitored"),),
    ),
    WrongUnit(
        "keeps-monitored-ports-while-it-follows",
        ("HA-169", "HA-171.c"),
        "Monitors an interface, once it leads, whose port-monitor was disabled while it followed.",
        (_missing(_frees_ports_while_it_follows, "monitored"),),
    ),
    WrongUnit(
        "keeps-monitoring-while-it-follows",
        ("HA-168",),
        "Monitors its interfaces, once it leads, though that was disabled while it followed.",
        (_missing(_stops_checks_while_it_follows, "local_ports"),),
    ),
    WrongUnit(
        "keeps-its-base-port-while-alone",
        ("HA-055.a",),
        "Keeps the base port when it is changed while it leads without a peer, and listens there when that is back.",
        (_missing(_leads_alone, "base_port"),),
    ),
    WrongUnit(
        "keeps-its-password-while-alone",
        ("HA-452",),
        "Keeps the password when it is changed while it leads without a peer.",
        (_missing(_leads_alone, "password"),),
    ),
    WrongUnit(
        "keeps-its-base-port-over-one-link",
        ("HA-055.a",),
        "Keeps the base port when it is changed while one of two heartbeat links is dead.",
        (_missing(_has_one_link, "base_port"),),
        alone="S",
    ),
    WrongUnit(
        "keeps-its-password-over-one-link",
        ("HA-452",),
        "Keeps the password when it is changed while one of two heartbeat links is dead.",
        (_missing(_has_one_link, "password"),),
        alone="S",
    ),
    WrongUnit(
        "keeps-its-base-port-in-config-only",
        ("HA-055.a", "HA-056"),
        "Keeps the base port when it is changed while it is a member of a config-only group.",
        (_missing(_is_config_only, "base_port"),),
    ),
    WrongUnit(
        "keeps-its-password-in-config-only",
        ("HA-452", "HA-453.b"),
        "Keeps the password when it is changed while it is a member of a config-only group.",
        (_missing(_is_config_only, "password"),),
    ),
    WrongUnit(
        "keeps-its-peer-in-config-only",
        ("HA-006.b",),
        "Copies from the peer that it had when it entered a config-only group, whatever config-peer-ip says since.",
        (_missing(_is_config_only, "links"),),
    ),
    WrongUnit(
        "keeps-its-on-failure-in-hold-off",
        ("HA-300.a", "HA-337"),
        "Keeps on-failure when it is changed while it is in hold-off.",
        (_missing(_holds_off, "on_failure"),),
        alone="S",
    ),
    WrongUnit(
        "begins-no-monitoring-in-hold-off",
        ("HA-167", "HA-310"),
        "Does not notice that its monitoring is enabled while it is in hold-off.",
        (_missing(_holds_off, "local_ports", "monitored"),),
        alone="S",
    ),
    WrongUnit(
        "keeps-its-mail-data-option-in-hold-off",
        ("HA-403", "HA-404"),
        "Keeps the option for mail data when it is changed while it is in hold-off.",
        (_missing(_holds_off, "mail_data_sync"),),
        alone="S",
    ),
    WrongUnit(
        "stays-in-hold-off-with-mode-off",
        ("HA-003.a", "HA-003.e"),
        "Does not leave its group while it is in hold-off, when its mode is set to off.",
        (taking_row(Phase.HOLD_OFF, Trigger.LEAVE, None),),
        alone="S",
    ),
    WrongUnit(
        "keeps-the-mask-of-an-added-address",
        ("HA-153.a", "HA-159.a"),
        "Keeps an address with its old mask beside its own while it leads, when only the mask changes.",
        (Reaction(_keep_masks),),
    ),
    WrongUnit(
        "keeps-a-replaced-ipv6-address",
        ("HA-159.a",),
        "Goes on holding its virtual IPv6 address while it leads, when another one replaces it.",
        (Reaction(_keep_ipv6),),
    ),
    WrongUnit(
        "leaves-a-moved-address-where-it-was",
        ("HA-159.a", "HA-163"),
        "Leaves a shared address on the interface on which it holds it, when it is given to another interface.",
        (Reaction(_hold_before_release),),
    ),
    WrongUnit(
        "copies-by-order-only-with-mail-data",
        ("HA-354.a", "HA-570.a"),
        "Ignores the command sync where it has the synchronization of mail data disabled.",
        (ignoring(_copies_no_data),),
    ),
    WrongUnit(
        "follows-no-notice-of-mail-data",
        ("HA-354.a", "HA-570.a"),
        "Copies nothing when its primary tells of mail data, too, and it has that disabled.",
        (ignoring(_hears_of_no_data),),
    ),
)

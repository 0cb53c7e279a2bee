"""An eighth blind batch, half q: written from the manual alone, before any scenario judged them."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from node.build import Exchange
from node.engine import effects as do
from node.engine import events as on
from node.engine import messages as say
from node.engine.modes import Action, Command, Effective, Mode, OnFailure, Rank, Sync
from node.engine.settings import HaSettings
from node.engine.state import Leading, State
from node.engine.states import Phase
from node.engine.timers import LinkSilent, Wait
from node.settings import Configuration, in_force
from node.settings.schema import HA, HA_INTERFACE
from wrong.common import changing, ignoring, leaving_out
from wrong.record import (
    Effects,
    Events,
    Exchanging,
    OnLinux,
    React,
    Reaction,
    Remembered,
    Remembering,
    Settings,
    WrongUnit,
)

Place = tuple[str, str]
"""An interface, and an address on it."""


@dataclass(slots=True)
class Once:
    """Whether something has happened since the start."""

    happened: bool = False


def _follows_on(event: on.Event, unit: State) -> bool:
    """Whether the event changes settings of a primary that stays one."""
    if not isinstance(event, on.SettingsChanged):
        return False
    return unit.phase is Phase.PRIMARY and event.settings.mode is unit.settings.mode


# Settings that change while the group runs


def _threshold_outside_hold_off(settings: HaSettings, unit: State) -> HaSettings:
    if unit.phase is not Phase.HOLD_OFF:
        return settings
    return dataclasses.replace(settings, lost_threshold=unit.settings.lost_threshold)


def _links_by_name(settings: HaSettings, unit: State) -> HaSettings:
    """Take the links for unchanged if they are on the same interfaces, whatever their ranks."""
    old = unit.settings
    if not settings.mode.active_passive or settings.mode is not old.mode:
        return settings
    before, after = ({(link.interface, link.peer, link.peer6) for link in each.links} for each in (old, settings))
    return dataclasses.replace(settings, links=old.links) if before == after else settings


def _keep_places(react: React, event: on.Event, unit: State) -> list[do.Effect]:
    """Leave an address where it is, although its action has changed."""
    follows_on, before = _follows_on(event, unit), _places(unit.settings)
    effects = react(event)
    if not follows_on:
        return effects
    same = before & _places(unit.settings)
    return [effect for effect in effects if _moved(effect) not in same]


def _places(settings: HaSettings) -> set[Place]:
    held = {Action.ADD, Action.SET}
    return {(each.interface, each.address) for each in settings.addresses if each.action in held}


def _moved(effect: do.Effect) -> Place | None:
    return (effect.interface, effect.address) if isinstance(effect, do.HoldAddress | do.ReleaseAddress) else None


def _releasing_what_it_took(late: set[Place]) -> tuple[Reaction]:
    """Release, at the role's end, only what was taken at its beginning."""

    def react_to(react: React, event: on.Event, unit: State) -> list[do.Effect]:
        follows_on = _follows_on(event, unit)
        kept: list[do.Effect] = []
        for effect in react(event):
            place = _moved(effect)
            if place is not None and isinstance(effect, do.HoldAddress):
                (late.add if follows_on else late.discard)(place)
            elif place in late:
                late.discard(place)
                if not follows_on:
                    continue
            kept.append(effect)
        return kept

    return (Reaction(react_to),)


def _keeping_rows(exchange: Exchange) -> Exchange:
    """Let a copy add failover rows and change them, but remove none."""

    def copy(before: Configuration, text: str, expected: str, given: Mapping[str, str]) -> list[in_force.Step]:
        steps = exchange.copy(before, text, expected, given)
        kept = next((step.configuration for step in steps if isinstance(step, in_force.Save)), before)
        for row in before.get((HA, "failover")).splitlines():
            port = row.split()[0]
            if port in before.interfaces and kept.get((*HA_INTERFACE, port, "status")) == "ignore-vip":
                kept = kept.with_value((HA, "failover"), row)
        told = in_force.by_operator(before, kept, given)
        return [step for step in told if step != in_force.Tell(on.ConfigurationChanged())]

    return dataclasses.replace(exchange, copy=copy)


# Links and silence


def _giving_up_a_link(lost: Once) -> tuple[Events]:
    """Hear nothing any more on a secondary link that was lost while the primary one worked."""

    def see(event: on.Event, unit: State) -> Iterable[on.Event]:
        match event:
            case on.CarrierChanged(Rank.SECONDARY, up=False) | on.TimerFired(LinkSilent(Rank.SECONDARY)):
                lost.happened |= unit.timers.get(LinkSilent(Rank.PRIMARY), 0.0) - unit.now > 1.0
            case on.Heard(Rank.SECONDARY) if lost.happened:
                return []
        return [event]

    return (Events(see),)


def _trusting_after_hand_back(handed: Once) -> tuple[Reaction]:
    """Watch no primary any more after the peer has asked for the role and got it."""

    def react_to(react: React, event: on.Event, unit: State) -> list[do.Effect]:
        if handed.happened and event == on.TimerFired(Wait.SILENCE):
            return []
        led = unit.phase is Phase.PRIMARY
        effects = react(event)
        asked = isinstance(event, on.Heard) and isinstance(event.message, say.AskRole)
        handed.happened |= asked and led and unit.phase is Phase.SECONDARY
        return effects

    return (Reaction(react_to),)


def _announcing_once(known: set[str]) -> tuple[Effects]:
    def is_known(effect: do.Effect, _: State) -> bool:
        if not isinstance(effect, do.Announce):
            return False
        before = len(known)
        known.add(effect.address)
        return len(known) == before

    return (leaving_out(is_known),)


def _announces_ipv6(effect: do.Effect, _: State) -> bool:
    return isinstance(effect, do.Announce) and ":" in effect.address


def _only_ipv4(announce: Callable[[str, str], None]) -> Callable[[str, str], None]:
    def announce_ipv4(device: str, address: str) -> None:
        if ":" not in address:
            announce(device, address)

    return announce_ipv4


# Restarts, and what is on the disk


def _without_latch(memory: on.Memory) -> on.Memory:
    if memory.planned != Command.UPGRADE.value or not memory.latched_off:
        return memory
    return dataclasses.replace(memory, latched_off=False, effective=Effective.SECONDARY)


def _early_mail(react: React, event: on.Event, unit: State) -> list[do.Effect]:
    """Process mail while still switching into HA, after having been primary."""
    before = unit.phase
    effects = react(event)
    if isinstance(event, on.Started) and event.memory.effective is Effective.PRIMARY and unit.phase is Phase.JOINING:
        return [*effects, do.StartMail()]
    if before is Phase.JOINING and unit.phase not in {Phase.JOINING, Phase.PRIMARY}:
        return [do.StopMail(), *effects]
    return effects


def _off_in_any_role(event: on.Event, _: State) -> Iterable[on.Event]:
    match event:
        case on.Started(
            settings=HaSettings(mode=Mode.PRIMARY, on_failure=OnFailure.OFF),
            memory=on.Memory(effective=Effective.SECONDARY, planned=""),
        ):
            return [dataclasses.replace(event, memory=dataclasses.replace(event.memory, latched_off=True))]
    return [event]


def _without_archive(exchange: Exchange) -> Exchange:
    def merge(own: Mapping[str, Any], primary: Mapping[str, Any]) -> dict[str, Any]:
        return exchange.merge(own, {path: each for path, each in primary.items() if not path.startswith("archive/")})

    return dataclasses.replace(exchange, merge=merge)


def _copying_no_archive(copying: Callable[[str, str], list[str]]) -> Callable[[str, str], list[str]]:
    def command(source: str, target: str) -> list[str]:
        program, *rest = copying(source, target)
        return [program, "--exclude=/archive", *rest]

    return command


def _forgetting_upgrade(memory: on.Memory) -> on.Memory:
    return dataclasses.replace(memory, planned="") if memory.planned == Command.UPGRADE.value else memory


def _keeping_no_upgrade(effect: do.Effect, _: State) -> do.Effect:
    return do.Persist(_forgetting_upgrade(effect.memory)) if isinstance(effect, do.Persist) else effect


def _writing_no_upgrade(to_text: Callable[[on.Memory], str]) -> Callable[[on.Memory], str]:
    return lambda memory: to_text(_forgetting_upgrade(memory))


# Hold-off


def _late_hold_off(event: on.Event, unit: State) -> Iterable[on.Event]:
    """Take the end of a hold-off that is long over for the primary's silence."""
    if event == on.TimerFired(Wait.HOLD_OFF) and unit.phase is Phase.SECONDARY:
        return [on.TimerFired(Wait.SILENCE)]
    return [event]


def _holding_off_until_expiry(expired: Once) -> tuple[Events]:
    """Follow no hold-off command any more after one hold-off has expired."""

    def see(event: on.Event, unit: State) -> Iterable[on.Event]:
        if event == on.TimerFired(Wait.HOLD_OFF) and unit.phase is Phase.HOLD_OFF:
            expired.happened = True
        is_command = isinstance(event, on.Heard) and isinstance(event.message, say.HoldOff)
        return [] if is_command and expired.happened else [event]

    return (Events(see),)


def _of_another_release(event: on.Event, unit: State) -> bool:
    peer = unit.group.peer
    is_command = isinstance(event, on.Heard) and isinstance(event.message, say.HoldOff)
    return is_command and peer is not None and peer.version != unit.version


# Orders


def _moves_role_on_second_link(effect: do.Effect, unit: State) -> bool:
    if not isinstance(effect, do.Send) or effect.rank is Rank.PRIMARY:
        return False
    moves = isinstance(effect.message, say.AskRole | say.OfferRole | say.GiveRole)
    return moves and Rank.PRIMARY in unit.group.links.interfaces


def _skip_copy(react: React, event: on.Event, unit: State) -> list[do.Effect]:
    """Take the configuration for copied already, when a split ends by an order."""
    split = isinstance(unit.role, Leading) and unit.group.peer_leads
    effects = react(event)
    copies = [effect for effect in effects if isinstance(effect, do.StartSync) and effect.what is Sync.CONFIG]
    if not split or not copies or unit.phase is not Phase.SECONDARY:
        return effects
    done = react(on.SyncFinished(Sync.CONFIG, ok=True, detail="", link_failed=False))
    return [*(effect for effect in effects if effect not in copies), *done]


UNITS = (
    WrongUnit(
        "threshold-waits-in-hold-off",
        ("HA-104",),
        "A lost threshold that is changed during a hold-off is saved, but not used afterwards.",
        (Settings(_threshold_outside_hold_off),),
    ),
    WrongUnit(
        "overlooks-swapped-ranks",
        ("HA-059.b",),
        "When the ranks of the two heartbeat interfaces are exchanged, a running unit sees no change.",
        (Settings(_links_by_name),),
    ),
    WrongUnit(
        "set-to-add-stays-alone",
        ("HA-153.b", "HA-165"),
        "When set is changed to add on a running primary, its own address does not come back.",
        (Reaction(_keep_places),),
    ),
    WrongUnit(
        "leaves-later-address-held",
        ("HA-154", "HA-163"),
        "An address that was configured while the unit was primary is not given up with the role.",
        (Remembering(set, _releasing_what_it_took),),
    ),
    WrongUnit(
        "keeps-removed-address-row",
        ("HA-159.a",),
        "A failover row that is set to ignore on the primary keeps its address on the secondary.",
        (Exchanging(_keeping_rows),),
        alone="S",
    ),
    WrongUnit(
        "deaf-to-mended-secondary-link",
        ("HA-061.a", "HA-061.c", "HA-706"),
        "A secondary heartbeat link that was lost once, and is back, no longer counts.",
        (Remembering(Once, _giving_up_a_link),),
    ),
    WrongUnit(
        "unwatchful-after-hand-back",
        ("HA-101",),
        "After it has given the role back to a peer that asked, the unit does not take over any more.",
        (Remembering(Once, _trusting_after_hand_back),),
    ),
    WrongUnit(
        "announces-each-address-once-q",
        ("HA-113.a", "HA-113.c"),
        "An address is announced at its first takeover only, not at the second one.",
        (Remembering(set, _announcing_once),),
    ),
    WrongUnit(
        "announces-only-ipv4-q",
        ("HA-113.b",),
        "Of several addresses that are taken over, the IPv6 ones are not announced.",
        (leaving_out(_announces_ipv6), OnLinux("node.linux.addresses", "announce", _only_ipv4)),
    ),
    WrongUnit(
        "upgrade-clears-the-latch",
        ("HA-312.c",),
        "A unit that on-failure off keeps off takes part again after an upgrade, though not after other restarts.",
        (Remembered(_without_latch),),
    ),
    WrongUnit(
        "early-mail-after-restart",
        ("HA-013.e",),
        "A former primary that restarts processes mail while it still looks for its peer.",
        (Reaction(_early_mail),),
        alone="P",
    ),
    WrongUnit(
        "off-in-any-role",
        ("HA-338",),
        "On-failure off keeps the unit off also if it was effective secondary when its power failed.",
        (Events(_off_in_any_role),),
        alone="P",
    ),
    WrongUnit(
        "recovers-no-archive",
        ("HA-332.b",),
        "The mail data that a recovered primary copies lack the archive.",
        (Exchanging(_without_archive), OnLinux("node.linux.sync", "copying", _copying_no_archive)),
        alone="P",
    ),
    WrongUnit(
        "password-cut-at-eight",
        ("HA-453.a", "HA-453.c"),
        "Only the first eight characters of the password count.",
        (Settings(lambda settings, _: dataclasses.replace(settings, password=settings.password[:8])),),
    ),
    WrongUnit(
        "hold-off-clock-runs-on",
        ("HA-524.c", "HA-163"),
        "Fifteen minutes after a hold-off the unit takes over, although the primary was back long before.",
        (
            Events(_late_hold_off),
            leaving_out(lambda effect, _: isinstance(effect, do.StopTimer) and effect.timer is Wait.HOLD_OFF),
        ),
    ),
    WrongUnit(
        "no-hold-off-after-expiry",
        ("HA-521.a", "HA-524.c"),
        "After a hold-off has expired, the unit does not follow the next hold-off command.",
        (Remembering(Once, _holding_off_until_expiry),),
    ),
    WrongUnit(
        "upgrade-counts-as-crash",
        ("HA-524.a", "HA-526.b"),
        "A primary with on-failure off takes its own upgrade for a loss of power, and stays off.",
        (changing(_keeping_no_upgrade), OnLinux("node.linux.body", "memory_to_text", _writing_no_upgrade)),
    ),
    WrongUnit(
        "orders-over-first-link",
        ("HA-580",),
        "What moves the role is said on the primary heartbeat link only, also while that link is cut.",
        (leaving_out(_moves_role_on_second_link),),
    ),
    WrongUnit(
        "skips-copy-after-split",
        ("HA-704.c",),
        "A secondary that is restored after a split does not copy the configuration at once.",
        (Reaction(_skip_copy),),
    ),
    WrongUnit(
        "no-hold-off-for-older-release",
        ("HA-731.b",),
        "A hold-off command of a peer with another firmware release is not followed.",
        (ignoring(_of_another_release),),
        alone="S",
    ),
)

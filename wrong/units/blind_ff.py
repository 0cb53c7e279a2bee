"""The fifteenth blind batch, half ff: clauses by lot from the manual, broken before any scenario judged the units."""

from __future__ import annotations

import dataclasses
import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass, field

from node.engine import effects as do
from node.engine import events as on
from node.engine import messages as say
from node.engine.modes import Command, Effective, Rank
from node.engine.settings import HaSettings
from node.engine.state import Following, HoldingOff, Role, State
from node.engine.states import Phase, Trigger
from node.engine.timers import Wait
from node.engine.transition import move
from node.engine.turn import News, Readjusted, Rules, Turn
from wrong.common import Mark, Take, ignoring, in_role, leaving_out
from wrong.record import Decision, Effects, Events, Plain, React, Reaction, Remembering, Settings, WrongUnit

# Settings changed while the group runs


@dataclass(slots=True)
class Held:
    """The shared addresses with which the primary role began."""

    first: set[tuple[str, str]] = field(default_factory=set)


def releasing_the_first(held: Held) -> tuple[Plain, ...]:
    """When the primary role ends, give up only the addresses with which it began."""

    def other(react: React, event: on.Event, unit: State) -> list[do.Effect]:
        effects = react(event)
        if any(isinstance(each, do.RoleChanged) and each.new is Effective.PRIMARY for each in effects):
            held.first = {(each.interface, each.address) for each in effects if isinstance(each, do.HoldAddress)}

        def is_forgotten(effect: do.Effect) -> bool:
            return (
                isinstance(effect, do.ReleaseAddress)
                and unit.phase is not Phase.PRIMARY
                and (effect.interface, effect.address) not in held.first
            )

        return [each for each in effects if not is_forgotten(each)]

    return (Reaction(other),)


def keeping_retries(settings: HaSettings, unit: State) -> HaSettings:
    """While the unit leads and monitors, go on with the retries that it has."""
    now = unit.settings.local_ports
    if unit.phase is not Phase.PRIMARY or not now.enabled:
        return settings
    return dataclasses.replace(settings, local_ports=dataclasses.replace(settings.local_ports, retries=now.retries))


def restarting_ha(react: React, event: on.Event, unit: State) -> list[do.Effect]:
    """Restart HA after a change of settings, also where the unit is to stay off."""
    was_off = unit.phase is Phase.SWITCHED_OFF
    effects = react(event)
    if isinstance(event, on.SettingsChanged) and was_off and unit.phase is Phase.SWITCHED_OFF:
        effects += react(on.Ordered(Command.RESTART))
    return effects


def watching_anew(take: Take, turn: Turn, me: Role, news: News) -> None:
    """In hold-off, a changed threshold starts the watch over the primary's silence."""
    threshold = turn.unit.settings.lost_threshold
    if isinstance(news, Readjusted) and news.old.lost_threshold != threshold:
        turn.start(Wait.SILENCE, threshold)
    elif news == on.TimerFired(Wait.SILENCE):
        move(turn, Trigger.HOLD_OFF_OVER)
    else:
        take(turn, me, news)


def keeping_password(settings: HaSettings, unit: State) -> HaSettings:
    """While the peer is heard, go on with the password by which it is heard."""
    if unit.group.peer is None:
        return settings
    return dataclasses.replace(settings, password=unit.settings.password)


# Links and strangers


def admitting_the_network(rules: Rules) -> Rules:
    """Compare the first 64 bits of a caller's IPv6 address with those of the peer's."""

    def admits(unit: State, rank: Rank, source: str, matches: bool) -> bool:  # noqa: FBT001 - passed by position
        peers = [each.peer6 for each in unit.settings.links if each.rank is rank and each.peer6]
        near = (
            ipaddress.IPv6Address(source) in ipaddress.IPv6Network(f"{peer}/64", strict=False)
            for peer in peers
            if ":" in source
        )
        return rules.admits(unit, rank, source, matches) or (matches and any(near))

    return dataclasses.replace(rules, admits=admits)


def noticing_on_the_second(lost: Mark) -> tuple[Plain, ...]:
    """Once the primary link was lost, send notices of synchronization over the secondary link while that lives."""

    def instead(effect: do.Effect, unit: State) -> Iterable[do.Effect]:
        links = unit.group.links
        lost.up = lost.up or links.alive.get(Rank.PRIMARY) is False
        second = links.alive.get(Rank.SECONDARY) and Rank.SECONDARY not in links.distrusted
        if isinstance(effect, do.Send) and isinstance(effect.message, say.SyncNow) and lost.up and second:
            effect = do.Send(Rank.SECONDARY, effect.message)
        return [effect]

    return (Effects(instead),)


def is_beat_on_the_second(event: on.Event, unit: State) -> bool:
    """Whether a joining unit hears a heartbeat on the secondary link."""
    match event:
        case on.Heard(Rank.SECONDARY, say.Heartbeat()):
            return unit.phase is Phase.JOINING
    return False


@dataclass(slots=True)
class Carriers:
    """The heartbeat links whose own interface has no carrier."""

    down: set[Rank] = field(default_factory=set)


def blaming_itself(carriers: Carriers) -> tuple[Plain, ...]:
    """Without a carrier on any own heartbeat interface, take the primary's silence for this unit's own fault."""

    def see(event: on.Event, unit: State) -> Iterable[on.Event]:
        match event:
            case on.CarrierChanged(rank, up):
                (carriers.down.discard if up else carriers.down.add)(rank)
            case on.TimerFired(Wait.SILENCE) if carriers.down and carriers.down >= set(unit.group.links.ranks):
                return []
        return [event]

    return (Events(see),)


# Restarts, hold-off, and what is on the disk


def forgetting_while_joining(react: React, event: on.Event, unit: State) -> list[do.Effect]:
    """Keep no effective mode on the disk from a start until the unit has settled."""
    joins = unit.phase in {Phase.STANDALONE, Phase.JOINING, Phase.FIRST_SYNC, Phase.FIRST_SYNC_FAILED}
    effects = react(event)
    if unit.phase in {Phase.JOINING, Phase.FIRST_SYNC, Phase.FIRST_SYNC_FAILED}:
        return [
            do.Persist(dataclasses.replace(each.memory, effective=None)) if isinstance(each, do.Persist) else each
            for each in effects
        ]
    if joins and unit.phase in {Phase.PRIMARY, Phase.SECONDARY}:
        effects.append(do.Persist(unit.memory))
    return effects


def is_hold_off_across_releases(effect: do.Effect, unit: State) -> bool:
    """Whether a hold-off command would go to a peer that runs another release."""
    if not (isinstance(effect, do.Send) and isinstance(effect.message, say.HoldOff)):
        return False
    return unit.group.peer is not None and unit.group.peer.version != unit.version


def handing_over_first(led: Mark) -> tuple[Plain, ...]:
    """Hand the queue over only if this unit has not led since it started."""

    def instead(effect: do.Effect, _: State) -> Iterable[do.Effect]:
        if isinstance(effect, do.RoleChanged):
            led.up = led.up or effect.new is Effective.PRIMARY
        return [] if isinstance(effect, do.HandOverQueue) and led.up else [effect]

    return (Effects(instead),)


def asking_at_once(take: Take, turn: Turn, me: Role, news: News) -> None:
    """Ask for a role that is offered without copying first, as after the order of a failover."""
    if isinstance(news, on.Heard) and isinstance(news.message, say.OfferRole):
        take(turn, me, on.Ordered(Command.FAILOVER))
    else:
        take(turn, me, news)


UNITS = (
    WrongUnit(
        "keeps-the-late-address",
        ("HA-154", "HA-163"),
        "At the end of the primary role only those addresses are given up with which the role began.",
        (Remembering(Held, releasing_the_first),),
    ),
    WrongUnit(
        "admits-the-ipv6-network",
        ("HA-007", "HA-065"),
        "A caller with the group's password is taken for the peer if its IPv6 address is on the peer's network.",
        (Decision(admitting_the_network),),
    ),
    WrongUnit(
        "notices-stay-on-the-second-link",
        ("HA-062", "HA-060.b"),
        "After a loss of the primary link notices of synchronization go over the secondary link for good.",
        (Remembering(Mark, noticing_on_the_second),),
        alone="P",
    ),
    WrongUnit(
        "forgets-while-joining",
        ("HA-300.a", "HA-331"),
        "A unit that loses power again before it has settled does not know any more that it was primary.",
        (Reaction(forgetting_while_joining),),
    ),
    WrongUnit(
        "joins-by-the-first-link",
        ("HA-061.a", "HA-706"),
        "A unit that starts looks for its peer on the primary heartbeat link only.",
        (ignoring(is_beat_on_the_second),),
        alone="P",
    ),
    WrongUnit(
        "password-waits-for-silence",
        ("HA-453.a", "HA-453.c"),
        "A changed password is not put into force while the peer is heard, nor afterwards.",
        (Settings(keeping_password),),
    ),
    WrongUnit(
        "blames-its-own-cables",
        ("HA-121",),
        "A secondary whose own heartbeat interfaces have all lost their carrier does not take over.",
        (Remembering(Carriers, blaming_itself),),
        alone="S",
    ),
    WrongUnit(
        "counts-by-old-retries",
        ("HA-204", "HA-206"),
        "A leading unit that monitors its interfaces does not follow a change of the retries.",
        (Settings(keeping_retries),),
    ),
    WrongUnit(
        "holds-off-its-own-release-only",
        ("HA-520.d", "HA-731.a", "HA-731.b"),
        "No hold-off is sent to a peer that runs another release.",
        (leaving_out(is_hold_off_across_releases),),
    ),
    WrongUnit(
        "wakes-with-any-setting",
        ("HA-311.b",),
        "A unit that on-failure keeps off joins the group when any of its HA settings is changed.",
        (Reaction(restarting_ha),),
    ),
    WrongUnit(
        "asks-before-it-copies",
        ("HA-574.d",),
        "A unit that is offered the primary role asks for it without copying first.",
        (in_role(Following, asking_at_once),),
        alone="P",
    ),
    WrongUnit(
        "threshold-ends-hold-off-ff",
        ("HA-019.c", "HA-521.b"),
        "A change of the lost threshold during hold-off starts the watch over the primary's heartbeat again.",
        (in_role(HoldingOff, watching_anew),),
        alone="S",
    ),
    WrongUnit(
        "queue-goes-after-a-restart",
        ("HA-333.a", "HA-421"),
        "A unit that has led since its start does not hand its queue over.",
        (Remembering(Mark, handing_over_first),),
    ),
)

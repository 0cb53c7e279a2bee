"""The blind batch: wrong units written from the manual alone, without a look at the suite's scenarios."""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from node.engine import effects as do
from node.engine import events as on
from node.engine import messages as say
from node.engine.modes import Action, Command, Effective, Mode, Port, Rank, Sync
from node.engine.settings import HaSettings
from node.engine.state import Following, State
from node.engine.states import Phase
from node.engine.turn import Rules
from node.exchange import queue
from wrong.common import changing, exchanging, leaving_out
from wrong.record import (
    FACTORY,
    Decision,
    Effects,
    Events,
    OnLinux,
    Plain,
    React,
    Reaction,
    Remembered,
    Remembering,
    Settings,
    WrongUnit,
)


@dataclass(slots=True)
class Mark:
    """Whether, or how often, something has happened since the unit started."""

    times: int = 0


def remembering(substitutions: Any) -> Remembering[Mark]:  # noqa: ANN401 - a function of a mark
    """Give substitutions a mark that every start of the unit takes away."""
    return Remembering(Mark, substitutions)


# Forced failover, restore


def _deaf_to_second_order(mark: Mark) -> tuple[Plain, ...]:
    def see(event: on.Event, _: State) -> Iterable[on.Event]:
        if event == on.Ordered(Command.FAILOVER):
            mark.times += 1
            return [event] if mark.times == 1 else []
        return [event]

    return (Events(see),)


def _restored_for_ever(mark: Mark) -> tuple[Plain, ...]:
    def see(event: on.Event, unit: State) -> Iterable[on.Event]:
        if event == on.Ordered(Command.RESTORE) and unit.settings.mode is Mode.PRIMARY:
            mark.times += 1
        return [event]

    def keep(effect: do.Effect, _: State) -> do.Effect:
        if mark.times and isinstance(effect, do.Persist):
            return do.Persist(dataclasses.replace(effect.memory, reclaiming=True))
        return effect

    return Events(see), changing(keep)


# Planned restarts


def _default_threshold_after_hold_off(mark: Mark) -> tuple[Plain, ...]:
    def note(effect: do.Effect, _: State) -> Iterable[do.Effect]:
        if isinstance(effect, do.RoleChanged) and effect.old is Effective.HOLD_OFF:
            mark.times += 1
        return [effect]

    def decide(rules: Rules) -> Rules:
        def patience(unit: State) -> float:
            return FACTORY.lost_threshold if mark.times else rules.patience(unit)

        return dataclasses.replace(rules, patience=patience)

    return Effects(note), Decision(decide)


def _unlatched_by_reload(memory: on.Memory) -> on.Memory:
    if memory.latched_off and memory.planned == Command.RELOAD.value:
        return dataclasses.replace(memory, latched_off=False, effective=Effective.SECONDARY)
    return memory


# Heartbeat links


@dataclass(slots=True)
class Lost:
    """Links on which no heartbeat is sent any more, and how often the peer was heard beside a lost link."""

    beside: dict[Rank, int] = field(default_factory=dict)
    for_good: set[Rank] = field(default_factory=set)


def _silent_on_returned_link(lost: Lost) -> tuple[Plain, ...]:
    def see(event: on.Event, unit: State) -> Iterable[on.Event]:
        if isinstance(event, on.Heard) and isinstance(event.message, say.Heartbeat):
            alive = unit.group.links.alive
            for rank in alive:
                away = alive[rank] is False and rank is not event.rank and bool(alive.get(event.rank))
                lost.beside[rank] = lost.beside.get(rank, 0) + 1 if away else 0
                if lost.beside[rank] > 2:  # noqa: PLR2004 - not for a peer that starts, and is heard on one link first
                    lost.for_good.add(rank)
        return [event]

    def silent(effect: do.Effect, _: State) -> bool:
        return isinstance(effect, do.Send) and effect.rank in lost.for_good

    return Events(see), leaving_out(silent)


def _failing(react: React, effects: Iterable[do.Effect], fails: Any) -> list[do.Effect]:  # noqa: ANN401 - a predicate
    """Let every synchronization or hand-over for which `fails` holds end at once, as one without a connection does."""
    done: list[do.Effect] = []
    for effect in effects:
        if not (isinstance(effect, do.StartSync | do.HandOverQueue) and fails(effect)):
            done.append(effect)
        elif isinstance(effect, do.StartSync):
            ended = on.SyncFinished(effect.what, ok=False, detail="the connection failed", link_failed=True)
            done += _failing(react, react(ended), fails)
        else:
            done += _failing(react, react(on.QueueHandedOver(ok=False, count=0, detail="it broke off")), fails)
    return done


def _synchronizing_on_old_ports(mark: Mark) -> tuple[Plain, ...]:
    def other(react: React, event: on.Event, unit: State) -> list[do.Effect]:
        if isinstance(event, on.SettingsChanged) and unit.phase.in_group:
            mark.times += event.settings.base_port != unit.settings.base_port
        return _failing(react, react(event), lambda _: mark.times)

    return (Reaction(other),)


def _links_with_old_ports(links: type[Any]) -> type[Any]:
    class LinksWithOldPorts(links):  # type: ignore[misc] # a class that is only known at run time
        """Dials the peer's ports for data and configuration where they were when the links first opened."""

        first: int | None = None

        def open(self, settings: HaSettings) -> None:
            if self.first is None or not self.is_open:
                self.first = settings.base_port
            super().open(settings)

        async def dial(self, rank: Rank, port: Port) -> Any:  # noqa: ANN401
            if port not in {Port.CONFIG_SYNC, Port.DATA_SYNC} or self.first is None:
                return await super().dial(rank, port)
            old = copy.copy(self)
            old._settings = dataclasses.replace(self._settings, base_port=self.first)  # noqa: SLF001 - of its own class
            return await super(LinksWithOldPorts, old).dial(rank, port)

    return LinksWithOldPorts


def _without_data_over_ipv6(react: React, event: on.Event, unit: State) -> list[do.Effect]:
    def fails(effect: do.StartSync | do.HandOverQueue) -> bool:
        carries_mail = isinstance(effect, do.HandOverQueue) or effect.what is Sync.DATA
        link = next((each for each in unit.settings.links if each.rank is effect.rank), None)
        return carries_mail and link is not None and ":" in link.dialled

    return _failing(react, react(event), fails)


def _links_without_data_over_ipv6(links: type[Any]) -> type[Any]:
    class LinksWithoutData(links):  # type: ignore[misc] # a class that is only known at run time
        """Cannot dial the peer's port for mail data over IPv6."""

        async def dial(self, rank: Rank, port: Port) -> Any:  # noqa: ANN401
            route = self._routes.get(rank)
            if port is Port.DATA_SYNC and route is not None and ":" in route.peer:
                raise ConnectionError("the address family is not supported")
            return await super().dial(rank, port)

    return LinksWithoutData


def _unlogged_carrier(react: React, event: on.Event, _: State) -> list[do.Effect]:
    effects = react(event)
    if not isinstance(event, on.CarrierChanged):
        return effects
    return [each for each in effects if not (isinstance(each, do.Log) and "heart beat status" in each.message)]


# Virtual addresses


def _with_mask_24(action: Action, address: str) -> str:
    host, _, _ = address.partition("/")
    return f"{host}/24" if action is Action.SET and ":" not in address else address


def _always_24(effect: do.Effect, _: State) -> do.Effect:
    if isinstance(effect, do.HoldAddress | do.ReleaseAddress):
        return dataclasses.replace(effect, address=_with_mask_24(effect.action, effect.address))
    return effect


def _addresses_with_mask_24(addresses: type[Any]) -> type[Any]:
    class AddressesWithMask24(addresses):  # type: ignore[misc] # a class that is only known at run time
        """Gives an address that is set the mask that the ports usually have."""

        def hold(self, port: str, action: Action, address: str) -> None:
            super().hold(port, action, _with_mask_24(action, address))

        def release(self, port: str, action: Action, address: str) -> None:
            super().release(port, action, _with_mask_24(action, address))

    return AddressesWithMask24


def _keeps_all_but_first(effect: do.Effect, unit: State) -> bool:
    if not isinstance(effect, do.ReleaseAddress):
        return False
    held = [(each.interface, each.address) for each in unit.settings.addresses]
    return (effect.interface, effect.address) in held[1:]


def _announcing_once(mark: Mark) -> tuple[Plain, ...]:
    def instead(effect: do.Effect, _: State) -> Iterable[do.Effect]:
        if isinstance(effect, do.RoleChanged) and effect.new is Effective.PRIMARY:
            mark.times += 1
        return [] if isinstance(effect, do.Announce) and mark.times > 1 else [effect]

    return (Effects(instead),)


def _addresses_announced_once(addresses: type[Any]) -> type[Any]:
    class AddressesAnnouncedOnce(addresses):  # type: ignore[misc] # a class that is only known at run time
        """Does not announce what it holds for the second time."""

        turns = 0

        def hold(self, port: str, action: Action, address: str) -> None:
            if not any(self._held.values()):
                self.turns += 1
            super().hold(port, action, address)

        def announce(self, port: str, address: str) -> None:
            if self.turns < 2:  # noqa: PLR2004 - the first time that it leads
                super().announce(port, address)

    return AddressesAnnouncedOnce


def _releasing_by_new_settings(react: React, event: on.Event, unit: State) -> list[do.Effect]:
    leaves = isinstance(event, on.SettingsChanged) and event.settings.mode is not unit.settings.mode
    effects = react(event)
    if not leaves or not isinstance(event, on.SettingsChanged):
        return effects
    known = {(each.interface, each.address) for each in event.settings.addresses}

    def forgotten(effect: do.Effect) -> bool:
        return isinstance(effect, do.ReleaseAddress) and (effect.interface, effect.address) not in known

    return [each for each in effects if not forgotten(each)]


def _starting_without_addresses(event: on.Event, _: State) -> Iterable[on.Event]:
    if isinstance(event, on.Started) and event.settings.mode is Mode.SECONDARY:
        return [dataclasses.replace(event, settings=dataclasses.replace(event.settings, addresses=()))]
    return [event]


# Password, monitoring, detection


def _short(settings: HaSettings, _: State) -> HaSettings:
    return dataclasses.replace(settings, password=settings.password[:8])


def _first_monitored(settings: HaSettings) -> HaSettings:
    return dataclasses.replace(settings, monitored=settings.monitored[:1])


def _checks_of_first_port(checks: type[Any]) -> type[Any]:
    class ChecksOfFirstPort(checks):  # type: ignore[misc] # a class that is only known at run time
        """Looks at the first monitored port only."""

        def follow(self, settings: HaSettings) -> None:
            super().follow(_first_monitored(settings))

    return ChecksOfFirstPort


@dataclass(slots=True)
class Missed:
    """Seconds of the primary's heartbeats that were missed so far."""

    seconds: float = 0.0


def _adding_silences_up(missed: Missed) -> tuple[Plain, ...]:
    def other(react: React, event: on.Event, unit: State) -> list[do.Effect]:
        role = unit.role
        before = role.primary_heard_at if isinstance(role, Following) else 0.0
        effects = react(event)
        if unit.role is role and isinstance(role, Following) and role.primary_heard_at - before > 1.5:  # noqa: PLR2004
            missed.seconds += role.primary_heard_at - before - 1.0
        return effects

    def decide(rules: Rules) -> Rules:
        return dataclasses.replace(rules, patience=lambda unit: max(1.5, rules.patience(unit) - missed.seconds))

    return Reaction(other), Decision(decide)


# Mail


class ForgetfulGiver(queue.Giver[Any]):
    """Does not forget a message that it has given away."""

    def hear(self, frame: queue.Frame) -> list[queue.Giving[Any]]:
        """Take the taker's answer."""
        return [each for each in super().hear(frame) if not isinstance(each, queue.Forget)]


def _mail_after_primary(waiting: Mark) -> tuple[Plain, ...]:
    def other(react: React, event: on.Event, unit: State) -> list[do.Effect]:
        effects = react(event)
        if isinstance(event, on.Started) and event.settings.mode is Mode.CONFIG_SECONDARY:
            waiting.times = 1
            return [each for each in effects if not isinstance(each, do.StartMail)]
        if isinstance(event, on.SettingsChanged) and event.settings.mode is not Mode.CONFIG_SECONDARY:
            waiting.times = 0
        if waiting.times and unit.group.peer is not None:
            waiting.times = 0
            effects = [*effects, do.StartMail()]
        return effects

    return (Reaction(other),)


# Alerts


def _silent_end(effect: do.Effect, unit: State) -> bool:
    shut_down = isinstance(effect, do.Alert) and effect.event == "The system was shutdown!"
    return shut_down and unit.phase is Phase.SECONDARY


UNITS: tuple[WrongUnit, ...] = (
    WrongUnit(
        "second-failover-order-lost",
        ("HA-580", "HA-578.a"),
        "A unit carries out the first forced failover that it is ordered, accepts every later one, and does nothing.",
        (remembering(_deaf_to_second_order),),
    ),
    WrongUnit(
        "role-moves-over-primary-link-only",
        ("HA-580", "HA-061.a"),
        "What moves the role is said on the primary heartbeat link only, so that over the secondary one nobody leads.",
        (
            leaving_out(
                lambda effect, _: (
                    isinstance(effect, do.Send)
                    and effect.rank is Rank.SECONDARY
                    and isinstance(effect.message, say.AskRole | say.OfferRole | say.GiveRole)
                )
            ),
        ),
    ),
    WrongUnit(
        "restore-order-kept-for-ever",
        ("HA-331",),
        "A primary that was once restored by hand takes its role back by itself after a later loss of power.",
        (remembering(_restored_for_ever),),
        alone="P",
    ),
    WrongUnit(
        "default-threshold-after-hold-off",
        ("HA-524.b", "HA-104", "HA-101"),
        "After a hold-off the secondary monitors its primary with the default threshold, not with its own.",
        (remembering(_default_threshold_after_hold_off),),
        alone="S",
    ),
    WrongUnit(
        "password-of-eight-characters",
        ("HA-453.a",),
        "Only the first eight characters of the password count.",
        (
            Settings(_short),
            OnLinux("node.linux.links", "derive_key", lambda derive: lambda password: derive(password[:8])),
        ),
    ),
    WrongUnit(
        "no-heartbeat-on-returned-link",
        ("HA-050.a", "HA-060.a", "HA-062"),
        "On a heartbeat link that was lost beside the other one, and is back, a unit sends nothing any more.",
        (Remembering(Lost, _silent_on_returned_link),),
        alone="P",
    ),
    WrongUnit(
        "synchronization-on-old-ports",
        ("HA-055.a",),
        "When the base port is changed in a running group, heartbeats move to the new ports but copies do not.",
        (remembering(_synchronizing_on_old_ports), OnLinux("node.linux.body", "Links", _links_with_old_ports)),
    ),
    WrongUnit(
        "no-mail-data-over-ipv6",
        ("HA-072", "HA-051.c"),
        "Between IPv6 peers heartbeats and settings pass, but mail data does not.",
        (Reaction(_without_data_over_ipv6), OnLinux("node.linux.body", "Links", _links_without_data_over_ipv6)),
    ),
    WrongUnit(
        "set-address-with-usual-mask",
        ("HA-155.b",),
        "An address that is set on an interface gets the mask /24, whatever mask it was given.",
        (changing(_always_24), OnLinux("node.linux.daemon", "Addresses", _addresses_with_mask_24)),
    ),
    WrongUnit(
        "first-address-only-released",
        ("HA-154", "HA-163"),
        "A unit that leaves the primary role gives up the first of its virtual addresses only.",
        (leaving_out(_keeps_all_but_first),),
    ),
    WrongUnit(
        "second-takeover-unannounced",
        ("HA-113.a", "HA-164"),
        "The secondary announces its addresses when it first leads, and at no later takeover.",
        (
            remembering(_announcing_once),
            OnLinux("node.linux.daemon", "Addresses", _addresses_announced_once),
        ),
        alone="S",
    ),
    WrongUnit(
        "address-kept-when-removed-with-mode-off",
        ("HA-003.e", "HA-154"),
        "When mode off and the removal of a virtual address are saved together, the primary keeps the address.",
        (Reaction(_releasing_by_new_settings),),
    ),
    WrongUnit(
        "copied-addresses-not-read-at-start",
        ("HA-112", "HA-159.b"),
        "A secondary that has restarted shows the copied virtual addresses, but takes none when it leads.",
        (Events(_starting_without_addresses),),
        alone="S",
    ),
    WrongUnit(
        "own-cable-loss-not-logged",
        ("HA-073",),
        "A unit whose own heartbeat cable is pulled notices it, and does not log the change of the heartbeat status.",
        (Reaction(_unlogged_carrier),),
    ),
    WrongUnit(
        "secondary-shuts-down-without-alert",
        ("HA-531",),
        "A shutdown of the secondary sends no alert.",
        (leaving_out(_silent_end),),
    ),
    WrongUnit(
        "config-secondary-waits-for-primary",
        ("HA-023", "HA-118"),
        "A config-only secondary that starts processes mail only when it has heard its primary.",
        (remembering(_mail_after_primary),),
    ),
    WrongUnit(
        "first-monitored-port-only",
        ("HA-167",),
        "Of several monitored interfaces only the first one is looked at.",
        (
            Settings(lambda settings, _: _first_monitored(settings)),
            OnLinux("node.linux.body", "Checks", _checks_of_first_port),
        ),
    ),
    WrongUnit(
        "message-lost-on-third-hand-over",
        ("HA-424", "HA-420.e"),
        "A queued message that was handed over, and back, is lost when it is handed over again.",
        (exchanging(giver=ForgetfulGiver),),
    ),
    WrongUnit(
        "silences-add-up",
        ("HA-102",),
        "The secondary adds up the short silences of its primary, and takes over after several of them.",
        (Remembering(Missed, _adding_silences_up),),
        alone="S",
    ),
    WrongUnit(
        "reload-clears-latch",
        ("HA-311.b",),
        "A unit that on-failure off keeps off joins its group again after a reload, without being restored.",
        (
            Remembered(_unlatched_by_reload),
            OnLinux("node.linux.unit", "memory_from_text", lambda read: lambda text: _unlatched_by_reload(read(text))),
        ),
        alone="P",
    ),
)

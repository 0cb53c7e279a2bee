"""An eighth blind batch, half r: written from the manual alone, before any scenario judged them."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, cast

from node.build import Exchange
from node.engine import effects as do
from node.engine import events as on
from node.engine import messages as say
from node.engine.modes import Action, Command, Effective, Mode, Rank, Sync
from node.engine.settings import HaSettings, SharedAddress
from node.engine.state import ConfigOnly, Following, State, Stopped
from node.engine.states import Phase
from node.engine.timers import Wait
from node.engine.turn import Conduct, News, PeerHeard, Turn
from node.exchange import queue
from node.exchange.mail_data import merged
from node.linux.own_files import is_left_out
from node.settings import Configuration, in_force
from node.settings.ha import ha_settings
from wrong.common import Take, exchanging, ignoring, in_role
from wrong.record import (
    Effects,
    Events,
    Exchanging,
    InRole,
    OnLinux,
    React,
    Reaction,
    Remembering,
    Settings,
    WrongUnit,
)

# Configuration, and what is copied of it


def _saves_removals_only(exchange: Exchange) -> Exchange:
    """Put a copy into force, but not one that only takes shared addresses away."""

    def copy(before: Configuration, text: str, expected: str, given: Mapping[str, str]) -> list[in_force.Step]:
        held = set(ha_settings(before).addresses)

        def removes(step: in_force.Step) -> bool:
            told = step.event if isinstance(step, in_force.Tell) else None
            return isinstance(told, on.SettingsChanged) and set(told.settings.addresses) < held

        return [step for step in exchange.copy(before, text, expected, given) if not removes(step)]

    return dataclasses.replace(exchange, copy=copy)


def _gives_at_first_joining(joinings: list[Mode]) -> tuple[InRole, InRole]:
    """Let a config-primary that joins again since its start take its secondary for one that has its settings."""

    def change(conduct: Conduct) -> Conduct:
        def enter(turn: Turn, me: Any, came_from: Phase) -> None:  # noqa: ANN401 - as `Conduct.enter`
            joinings.append(turn.unit.settings.mode)
            conduct.enter(turn, me, came_from)

        return dataclasses.replace(conduct, enter=enter)

    def take(reference: Take, turn: Turn, me: Any, news: News) -> None:  # noqa: ANN401 - as `Conduct.take`
        again = len(joinings) > 1 and turn.unit.settings.mode is Mode.CONFIG_PRIMARY
        if again and isinstance(news, PeerHeard) and news.anew:
            news = PeerHeard(news.beat, news.beat)
        reference(turn, me, news)

    return InRole(ConfigOnly, change), in_role(ConfigOnly, take)


# Mail data and queue


def _copying(more: Callable[[str], list[str]]) -> OnLinux:
    """Give rsync further options, which may depend on the directory that it copies to."""

    def change(copying: Callable[[str, str], list[str]]) -> Callable[[str, str], list[str]]:
        def wrong(source: str, target: str) -> list[str]:
            return [*copying(source, target)[:-2], *more(target), source, target]

        return wrong

    return OnLinux("node.linux.sync", "copying", change)


def _area(path: str) -> str:
    return path.partition("/")[0]


def _merging(merge: Callable[[Mapping[str, Any], Mapping[str, Any]], dict[str, Any]]) -> Exchanging:
    return exchanging(merge=merge)


def _fill_empty(own: Mapping[str, Any], primary: Mapping[str, Any]) -> dict[str, Any]:
    """Copy only areas in which this unit has nothing yet."""
    filled = {_area(path) for path in own}
    return merged(own, {path: file for path, file in primary.items() if _area(path) not in filled})


def _without_filled(target: str) -> list[str]:
    """Return rsync's options that leave out each area in which there is a file."""
    files = (each.relative_to(target).as_posix() for each in Path(target).rglob("*") if each.is_file())
    filled = sorted({_area(path) for path in files if not is_left_out(path)})
    return [f"--exclude=/{area}/**" for area in filled]


_MIRRORED = "system-quarantine"


def _mirror_one(own: Mapping[str, Any], primary: Mapping[str, Any]) -> dict[str, Any]:
    """Delete in one area what the primary does not have."""
    return merged({path: file for path, file in own.items() if _area(path) != _MIRRORED or path in primary}, primary)


def _mirroring_one(_target: str) -> list[str]:
    others = ("quarantine", "archive", "mailboxes", "preferences")
    return ["--delete", *(f"--filter=protect /{area}/**" for area in others)]


def _leave_archives(own: Mapping[str, Any], primary: Mapping[str, Any]) -> dict[str, Any]:
    """Copy all areas but one."""
    return merged(own, {path: file for path, file in primary.items() if _area(path) != "archive"})


class _HastyGiver:
    """Gives the queue as `queue.Giver` does, but takes the last message off the disk once it is offered."""

    def __init__(self, giver: queue.Giver[Any]) -> None:
        """Prepare, around the reference's giver."""
        self._giver = giver
        self._left = 0

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the reference's giver has
        """Return what the reference's giver has."""
        return getattr(self._giver, name)

    def begin(self, waiting: Iterable[Any]) -> list[queue.Giving[Any]]:
        """Begin, and count the messages."""
        messages = list(waiting)
        self._left = len(messages)
        return self._giver.begin(messages)

    def read(self, item: Any, message: str, size: int) -> list[queue.Giving[Any]]:  # noqa: ANN401 - as `Giver.read`
        """Offer a message, and remove it if it is the last of several."""
        self._left -= 1
        actions = self._giver.read(item, message, size)
        return actions if self._left or self._giver.over else [*actions, queue.Remove(item)]

    def gone(self) -> list[queue.Giving[Any]]:
        """Go on with the next message."""
        self._left -= 1
        return self._giver.gone()


def _gives_hastily(exchange: Exchange) -> Exchange:
    return dataclasses.replace(exchange, giver=lambda: cast("queue.Giver[Any]", _HastyGiver(exchange.giver())))


def _keeps_queue_when_cured(cured: list[Effective]) -> tuple[Effects]:
    """Hand no queue over after a cure, until this unit has led again."""

    def instead(effect: do.Effect, _: State) -> list[do.Effect]:
        match effect:
            case do.RoleChanged(old=Effective.FAILED):
                cured.append(effect.new)
            case do.RoleChanged(new=Effective.PRIMARY):
                cured.clear()
            case do.HandOverQueue() if cured:
                return []
        return [effect]

    return (Effects(instead),)


# Hold-off and restarts


def _is_return_on_second_link(event: on.Event, unit: State) -> bool:
    """Whether a unit in hold-off hears its peer on the secondary link."""
    if not (isinstance(event, on.Heard) and isinstance(event.message, say.Heartbeat)):
        return False
    return event.rank is Rank.SECONDARY and unit.phase is Phase.HOLD_OFF


def _deaf_after_expiry(expired: list[bool]) -> tuple[Events]:
    """Heed no hold-off command after one that has run out."""

    def see(event: on.Event, unit: State) -> list[on.Event]:
        if event == on.TimerFired(Wait.HOLD_OFF) and unit.phase is Phase.HOLD_OFF:
            expired.append(True)
        is_command = isinstance(event, on.Heard) and isinstance(event.message, say.HoldOff)
        return [] if expired and is_command else [event]

    return (Events(see),)


def _unheard_restart(react: React, event: on.Event, _: State) -> list[do.Effect]:
    """Report nothing where the restart does not wait for the peer any longer."""
    effects = react(event)
    if event != on.TimerFired(Wait.RESTART):
        return effects
    return [each for each in effects if not isinstance(each, do.Alert | do.SystemTrap)]


def _latch_stays(latched: list[bool]) -> tuple[Events, Effects]:
    """Keep `off` on the disk until the configured mode is restored, also when HA is restarted instead."""

    def see(event: on.Event, _: State) -> list[on.Event]:
        if event == on.Ordered(Command.RESTORE):
            latched.clear()
        return [event]

    def instead(effect: do.Effect, _: State) -> list[do.Effect]:
        if not isinstance(effect, do.Persist):
            return [effect]
        if effect.memory.latched_off:
            latched.append(True)
        return [do.Persist(dataclasses.replace(effect.memory, latched_off=bool(latched)))]

    return Events(see), Effects(instead)


def _restores_as_restarts(event: on.Event, unit: State) -> list[on.Event]:
    """Take a restore for a restart of HA, where the unit has been off since its start."""
    off = unit.phase is Phase.SWITCHED_OFF and isinstance(unit.role, Stopped) and not unit.role.failing
    return [on.Ordered(Command.RESTART) if off and event == on.Ordered(Command.RESTORE) else event]


def _remembers_leading(given: list[bool]) -> tuple[Effects]:
    """Keep on the disk that this unit leads, although it has given the role back."""

    def instead(effect: do.Effect, _: State) -> list[do.Effect]:
        match effect:
            case do.RoleChanged(old=Effective.PRIMARY, new=Effective.SECONDARY):
                given.append(True)
            case do.RoleChanged(new=Effective.PRIMARY):
                given.clear()
            case do.Persist(memory) if given and memory.effective is Effective.SECONDARY:
                return [do.Persist(dataclasses.replace(memory, effective=Effective.PRIMARY))]
        return [effect]

    return (Effects(instead),)


def _keeps_settings_after_leading(conduct: Conduct) -> Conduct:
    """Do not copy the settings on the way from primary to secondary: a unit that led has them all."""

    def enter(turn: Turn, me: Following, came_from: Phase) -> None:
        if came_from is not Phase.PRIMARY:
            conduct.enter(turn, me, came_from)
            return
        waiting = dataclasses.replace(turn.rules, may_copy=lambda _: False)
        conduct.enter(dataclasses.replace(turn, rules=waiting), me, came_from)
        me.syncs.due.discard(Sync.CONFIG)

    return dataclasses.replace(conduct, enter=enter)


# Links, addresses, monitoring


def _mail_stays(used: list[Rank]) -> tuple[Effects]:
    """Copy mail data over the secondary link for as long as it lives, once it was used for it."""

    def instead(effect: do.Effect, unit: State) -> list[do.Effect]:
        if not (isinstance(effect, do.StartSync) and effect.what is Sync.DATA):
            return [effect]
        if effect.rank is Rank.SECONDARY:
            used.append(effect.rank)
        stays = bool(used) and bool(unit.group.links.alive.get(Rank.SECONDARY))
        return [do.StartSync(Sync.DATA, Rank.SECONDARY) if stays else effect]

    return (Effects(instead),)


def _same_action(settings: HaSettings, unit: State) -> HaSettings:
    """Compare shared addresses by interface and address alone: one that stays keeps its action."""
    acted: dict[tuple[str, str], Action] = {
        (each.interface, each.address): each.action for each in unit.settings.addresses
    }
    kept = (
        SharedAddress(each.interface, acted.get((each.interface, each.address), each.action), each.address)
        for each in settings.addresses
    )
    return dataclasses.replace(settings, addresses=tuple(kept))


def _goes_on_watching(settings: HaSettings, unit: State) -> HaSettings:
    """Add monitored ports while the group runs, and drop none."""
    if settings.mode is not unit.settings.mode:
        return settings
    dropped = (port for port in unit.settings.monitored if port not in settings.monitored)
    return dataclasses.replace(settings, monitored=(*settings.monitored, *dropped))


def _second_link_v4(settings: HaSettings, _: State) -> HaSettings:
    """Read a peer's IPv6 address for the primary heartbeat link only."""
    links = (dataclasses.replace(link, peer6="") if link.rank is Rank.SECONDARY else link for link in settings.links)
    return dataclasses.replace(settings, links=tuple(links))


def _first_announced_anew(react: React, event: on.Event, _: State) -> list[do.Effect]:
    """Of several addresses announce the first anew."""
    effects = react(event)
    if event != on.TimerFired(Wait.ANNOUNCE):
        return effects
    announced = [each for each in effects if isinstance(each, do.Announce)]
    return [each for each in effects if each not in announced[1:]]


UNITS = (
    WrongUnit(
        "forgets-removed-address-until-restart",
        ("HA-112", "HA-159.b"),
        "A copy that only removes shared addresses is saved, and is in force after the next start.",
        (Exchanging(_saves_removals_only),),
    ),
    WrongUnit(
        "gives-settings-at-first-joining",
        ("HA-374",),
        "A config-primary that leaves and joins again without a restart does not give its settings anew.",
        (Remembering(list, _gives_at_first_joining),),
    ),
    WrongUnit(
        "fills-empty-areas-only-r",
        ("HA-402",),
        "Copies mail data of an area only while it has nothing in that area.",
        (_merging(_fill_empty), _copying(_without_filled)),
    ),
    WrongUnit(
        "mirrors-system-quarantine",
        ("HA-427.a",),
        "A copy of mail data deletes in the system quarantine what the primary does not have.",
        (_merging(_mirror_one), _copying(_mirroring_one)),
    ),
    WrongUnit(
        "leaves-archives-behind",
        ("HA-401.b",),
        "Copies all mail data but the archives.",
        (_merging(_leave_archives), _copying(lambda _: ["--exclude=/archive/**"])),
    ),
    WrongUnit(
        "cured-keeps-its-queue",
        ("HA-421",),
        "Hands its queue over after a loss of power, and not after a fault that is cured.",
        (Remembering(list, _keeps_queue_when_cured),),
    ),
    WrongUnit(
        "last-message-leaves-unconfirmed",
        ("HA-424",),
        "Removes the last message of a hand-over from its queue when it is offered, before the peer has taken it.",
        (Exchanging(_gives_hastily),),
    ),
    WrongUnit(
        "keeps-settings-after-leading",
        ("HA-704.c",),
        "A unit that goes from primary to secondary copies mail data at once, and the settings by the schedule.",
        (InRole(Following, _keeps_settings_after_leading),),
        alone="S",
    ),
    WrongUnit(
        "remembers-leading-on-disk",
        ("HA-528.a", "HA-338"),
        "A unit that has given the primary role back starts as one that failed in it.",
        (Remembering(list, _remembers_leading),),
    ),
    WrongUnit(
        "eight-letters-of-password",
        ("HA-453.a", "HA-453.b", "HA-453.c"),
        "Compares the first eight characters of the password.",
        (Settings(lambda settings, _: dataclasses.replace(settings, password=settings.password[:8])),),
    ),
    WrongUnit(
        "resumes-by-first-link",
        ("HA-524.a",),
        "In hold-off the primary's return is noticed on the primary heartbeat link only.",
        (ignoring(_is_return_on_second_link),),
        alone="S",
    ),
    WrongUnit(
        "deaf-after-expired-hold-off",
        ("HA-521.a",),
        "After a hold-off that has run out it heeds no further one.",
        (Remembering(list, _deaf_after_expiry),),
        alone="S",
    ),
    WrongUnit(
        "unheard-restart-reports-nothing",
        ("HA-525.a", "HA-534.b"),
        "A primary whose hold-off command nobody confirms restarts without alert and trap.",
        (Reaction(_unheard_restart),),
        alone="P",
    ),
    WrongUnit(
        "restart-leaves-off-on-disk",
        ("HA-577",),
        "A unit that is off takes part again after a restart of HA, and is off again after its next boot.",
        (Remembering(list, _latch_stays),),
    ),
    WrongUnit(
        "restores-powerless-as-secondary",
        ("HA-313.a", "HA-572"),
        "A unit that is off after a loss of power joins as secondary when its configured mode is restored.",
        (Events(_restores_as_restarts),),
    ),
    WrongUnit(
        "mail-stays-on-second-link",
        ("HA-062",),
        "Mail data goes on over the secondary link when the primary one is back.",
        (Remembering(list, _mail_stays),),
    ),
    WrongUnit(
        "same-address-keeps-its-action",
        ("HA-155.a",),
        "An action that changes between add and set with the same address has no effect while the unit runs.",
        (Settings(_same_action),),
    ),
    WrongUnit(
        "goes-on-watching-released-port",
        ("HA-169", "HA-171.c"),
        "A port whose monitoring is disabled while the group runs is watched until the next start.",
        (Settings(_goes_on_watching),),
        alone="P",
    ),
    WrongUnit(
        "second-link-without-ipv6",
        ("HA-072",),
        "The peer's IPv6 address is used on the primary heartbeat link only.",
        (Settings(_second_link_v4),),
    ),
    WrongUnit(
        "announces-first-address-anew",
        ("HA-114", "HA-164"),
        "When the peer has led meanwhile, only the first of several held addresses is announced anew.",
        (Reaction(_first_announced_anew),),
    ),
)

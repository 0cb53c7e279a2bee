"""Units that understand only their own kind: a pair of them agrees, and only one beside a reference unit is caught.

Such a unit sends messages in another form than the reference, and reads them in that form. So each is tried alone.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable

from node.build import Exchange
from node.engine import effects as do
from node.engine import events as on
from node.engine import messages as say
from node.engine.modes import Effective, Mode, Sync
from node.engine.state import State
from node.engine.states import Phase
from node.settings import Configuration
from wrong.common import hearing_no, sending_no
from wrong.record import Effects, Events, Exchanging, Settings, Substitution, WrongUnit

MARK = "*"
"""Suffix of its release by which a unit marks its own kind."""


def speaking(
    say_: Callable[[say.Message], say.Message], read: Callable[[say.Message], say.Message | None]
) -> tuple[Substitution, ...]:
    """Translate each message that is sent, and translate back each that is heard; None is not understood."""

    def send(effect: do.Effect, _: State) -> Iterable[do.Effect]:
        return [do.Send(effect.rank, say_(effect.message)) if isinstance(effect, do.Send) else effect]

    def hear(event: on.Event, _: State) -> Iterable[on.Event]:
        if not isinstance(event, on.Heard | on.NoticeLost):
            return [event]
        message = read(event.message)
        match event, message:
            case on.NoticeLost(rank), say.SyncNow():
                return [on.NoticeLost(rank, message)]
            case on.Heard(rank), message if message is not None:
                return [on.Heard(rank, message)]
        return []

    return Effects(send), Events(hear)


def swapping(swap: Callable[[say.Message], say.Message]) -> tuple[Substitution, ...]:
    """Use a translation that is its own inverse."""
    return speaking(swap, swap)


def _hold_off_and_answer(message: say.Message) -> say.Message:
    match message:
        case say.HoldOff(boot):
            return say.HoldOffHeard(boot)
        case say.HoldOffHeard(boot):
            return say.HoldOff(boot, "reboot")
    return message


def _giving_and_offering(message: say.Message) -> say.Message:
    match message:
        case say.GiveRole() as said:
            return say.OfferRole(*dataclasses.astuple(said))
        case say.OfferRole() as said:
            return say.GiveRole(*dataclasses.astuple(said))
    return message


def _asking_and_offering(message: say.Message) -> say.Message:
    match message:
        case say.AskRole() as said:
            return say.OfferRole(*dataclasses.astuple(said))
        case say.OfferRole() as said:
            return say.AskRole(*dataclasses.astuple(said))
    return message


ROLES = {Effective.PRIMARY: Effective.SECONDARY, Effective.SECONDARY: Effective.PRIMARY}
GROUP_MODES = {Mode.CONFIG_PRIMARY: Mode.CONFIG_SECONDARY, Mode.CONFIG_SECONDARY: Mode.CONFIG_PRIMARY}
SYNCS = {Sync.CONFIG: Sync.DATA, Sync.DATA: Sync.CONFIG, Sync.QUEUE: Sync.QUEUE}


def _roles(message: say.Message) -> say.Message:
    if isinstance(message, say.Heartbeat):
        return dataclasses.replace(message, effective=ROLES.get(message.effective, message.effective))
    return message


def _group_modes(message: say.Message) -> say.Message:
    if isinstance(message, say.Heartbeat):
        return dataclasses.replace(message, mode=GROUP_MODES.get(message.mode, message.mode))
    return message


def _joining(message: say.Message) -> say.Message:
    return dataclasses.replace(message, joining=not message.joining) if isinstance(message, say.Heartbeat) else message


def _syncs(message: say.Message) -> say.Message:
    return say.SyncNow(tuple(SYNCS[each] for each in message.what)) if isinstance(message, say.SyncNow) else message


def _mark(message: say.Message) -> say.Message:
    if isinstance(message, say.Heartbeat):
        return dataclasses.replace(message, version=f"{message.version}{MARK}")
    return message


def _read_mark(message: say.Message) -> say.Message | None:
    if not isinstance(message, say.Heartbeat):
        return message
    marked = message.version.endswith(MARK)
    return dataclasses.replace(message, version=message.version.removesuffix(MARK)) if marked else None


def _take_when_left(event: on.Event, unit: State) -> Iterable[on.Event]:
    """Take the role when a heartbeat says that the primary has become secondary."""
    peer = unit.group.peer
    match event:
        case on.Heard(rank, say.Heartbeat(boot, seq, effective=Effective.SECONDARY)) if (
            unit.phase in {Phase.PRIMARY, Phase.SECONDARY} and peer is not None and peer.effective is Effective.PRIMARY
        ):
            return [on.Heard(rank, say.GiveRole("user requested", boot, seq, unit.memory.boot, unit.heartbeats)), event]
    return [event]


def _scramble(exchange: Exchange) -> Exchange:
    """Send each line of the settings backwards, and read it so."""

    def turn(text: str) -> str:
        return "".join(f"{line[::-1]}\n" for line in text.splitlines())

    def offer(configuration: Configuration) -> tuple[str, str]:
        text, checksum = exchange.offer(configuration)
        return turn(text), checksum

    return dataclasses.replace(
        exchange,
        offer=offer,
        copy=lambda before, text, checksum, given: exchange.copy(before, turn(text), checksum, given),
    )


UNITS = (
    WrongUnit(
        "swaps-hold-off-and-its-answer",
        ("HA-520.a",),
        "Says that it holds off where it orders hold-off, and the reverse.",
        swapping(_hold_off_and_answer),
        alone="P",
    ),
    WrongUnit(
        "swaps-giving-and-offering",
        ("HA-574.b", "HA-580"),
        "Offers the role where it means to give it, and the reverse.",
        swapping(_giving_and_offering),
        alone="P",
    ),
    WrongUnit(
        "swaps-asking-and-offering",
        ("HA-321",),
        "Offers the role where it means to ask for it, and the reverse.",
        swapping(_asking_and_offering),
        alone="P",
    ),
    WrongUnit(
        "swaps-roles-in-heartbeats",
        ("HA-010.a", "HA-010.b"),
        "Calls itself secondary in its heartbeats while it leads, and the reverse.",
        swapping(_roles),
        alone="P",
    ),
    WrongUnit(
        "swaps-modes-of-a-group",
        ("HA-006.a", "HA-006.b"),
        "As a config-primary calls itself config-secondary in its heartbeats, and the reverse.",
        swapping(_group_modes),
        alone="P",
    ),
    WrongUnit(
        "joins-in-secret",
        ("HA-018.a", "HA-330.b"),
        "Says in its heartbeats that it is not joining while it is, and the reverse.",
        swapping(_joining),
        alone="P",
    ),
    WrongUnit(
        "swaps-kinds-of-synchronization",
        ("HA-051.b", "HA-051.c"),
        "Tells the peer to copy mail data when the configuration has changed, and the reverse.",
        swapping(_syncs),
        alone="P",
    ),
    WrongUnit(
        "knows-its-own-make-only",
        ("HA-051.a",),
        "Marks its heartbeats, and hears none without the mark.",
        speaking(_mark, _read_mark),
        alone="P",
    ),
    WrongUnit(
        "moves-roles-by-heartbeat-alone",
        ("HA-580",),
        "Gives the role without a message, and takes the role when its peer's heartbeat shows that it is free.",
        (sending_no(say.GiveRole), Events(_take_when_left), hearing_no(say.GiveRole)),
        alone="P",
    ),
    WrongUnit(
        "salts-its-password",
        ("HA-452",),
        "Uses another password for the group than the one that was entered.",
        (Settings(lambda settings, _: dataclasses.replace(settings, password=f"{settings.password}-salt")),),
        alone="P",
    ),
    WrongUnit(
        "scrambles-its-settings",
        ("HA-051.b", "HA-159.a"),
        "Sends its configuration in a form of its own, and reads no other.",
        (Exchanging(_scramble),),
        alone="P",
    ),
)

"""A unit as a member of its group: the links it opens, the heartbeat it sends, and what it makes of its peer's."""

from __future__ import annotations

from node.engine import effects as do
from node.engine import messages as say
from node.engine.links import LinkWatch
from node.engine.modes import Rank
from node.engine.state import Group, Joining, Restart
from node.engine.timers import LinkSilent, Scope, Trusted, Wait
from node.engine.timing import DISTRUST
from node.engine.turn import PeerHeard, Turn


def enter(turn: Turn) -> None:
    """Open the heartbeat links, and send the first heartbeat."""
    unit = turn.unit
    unit.group = Group(LinkWatch.over(unit.settings.links))
    turn.do(do.OpenLinks())
    beat(turn, unit.now)


def leave(turn: Turn) -> None:
    """Say so, since services and mail may go on here, and fall silent. Source: HA-003, HA-207, HA-208, HA-411."""
    settings = turn.unit.settings
    if (
        settings.services_as_heartbeat or settings.mail_queue_sync
    ):  # to others it would be one more sign of life: HA-101
        turn.send(say.Left())
    turn.stop_all(Scope.GROUP)
    turn.do(do.CloseLinks())
    turn.unit.group = Group()


def reopen_links(turn: Turn) -> None:
    """Listen and dial by changed settings; the peer stays who it was until it is silent."""
    unit = turn.unit
    unit.group.links = unit.group.links.reopened(unit.settings.links)
    turn.do(do.OpenLinks())


def beat(turn: Turn, due: float) -> None:
    """Send the heartbeat that was due then, and wait for the next; one that is missed is not sent later.

    What a timer is late by does not add up: the next is a period after this one was due. Source: HA-052.
    """
    send_heartbeat(turn)
    late, period = turn.unit.now - due, turn.rules.heartbeat_period(turn.unit)
    turn.start(Wait.HEARTBEAT, period - late if late < period else period)


def send_heartbeat(turn: Turn) -> None:
    """Say what this unit is, and repeat what the peer has not yet followed."""
    unit = turn.unit
    if unit.restarting is not None:
        return  # the peer is to hold off for this unit, and not to follow it first
    unit.heartbeats += 1
    joining = unit.role if isinstance(unit.role, Joining) else None
    turn.send(
        say.Heartbeat(
            unit.memory.boot,
            unit.heartbeats,
            unit.settings.mode,
            unit.effective,
            joining=joining is not None,
            was=None if joining is None else joining.was,
            version=unit.version,
        )
    )
    if unit.group.peer is not None:
        for message in turn.conduct.says(unit, unit.role):
            turn.send(message)


def heard(turn: Turn, rank: Rank, heartbeat: say.Heartbeat) -> None:
    """Note the peer's heartbeat on a link, tell the role, and answer a peer that is heard anew at once."""
    unit = turn.unit
    if heartbeat.mode.config_only is not unit.settings.mode.config_only:
        return  # a unit of another kind of group; an operator is about to change one of the two modes
    if unit.group.is_past(heartbeat.boot):
        return  # it has come late, and does not even show that the peer lives
    news = PeerHeard(unit.group.peer, unit.group.note(heartbeat))
    unit.group.heard_at = unit.now
    if unit.group.links.heard(rank):
        turn.log(unit.group.links.summary())
    turn.start(LinkSilent(rank), unit.settings.lost_threshold)
    turn.tell(news)
    if unit.restarting is not None and unit.restarting.peer_boot == heartbeat.boot:
        hold_off(turn, unit.restarting)
    if news.anew:
        send_heartbeat(turn)


def hold_off(turn: Turn, restart: Restart) -> None:
    """Tell the peer to hold off, again when it is heard: a connection that has just ended may have lost it before."""
    turn.send(say.HoldOff(turn.unit.memory.boot, restart.command.value))


def link_silent(turn: Turn, rank: Rank) -> None:
    """Nothing was heard on a link for the lost threshold. Source: HA-061."""
    group = turn.unit.group
    _lose(turn, rank)
    if not group.links.any_alive:
        group.peer = None


def carrier_lost(turn: Turn, rank: Rank) -> None:
    """The interface of a link has no carrier."""
    _lose(turn, rank)


def distrust(turn: Turn, rank: Rank) -> None:
    """Let synchronization avoid a link for a while; one that is lost is tried when it is back. Source: HA-061..062."""
    if turn.unit.group.links.alive.get(rank):
        turn.unit.group.links.distrust(rank)
        turn.start(Trusted(rank), DISTRUST)


def _lose(turn: Turn, rank: Rank) -> None:
    links = turn.unit.group.links
    if links.lost(rank):
        turn.log(links.summary())

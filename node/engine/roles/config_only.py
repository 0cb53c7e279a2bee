"""Config-only: the configuration flows from the group's primary to its secondaries, and nothing else is shared."""

from __future__ import annotations

from node.engine import events as on
from node.engine import group, syncing
from node.engine import messages as say
from node.engine.modes import Command, Mode, Sync
from node.engine.state import ConfigOnly, State
from node.engine.states import Phase
from node.engine.timers import Periodic, Retry
from node.engine.turn import Conduct, News, PeerHeard, Turn


def _enter(turn: Turn, me: ConfigOnly, _came_from: Phase) -> None:
    """Look for the peer, and copy from a primary; mail is processed as before. Source: HA-006, HA-023, HA-353."""
    group.enter(turn)
    if turn.unit.settings.mode is Mode.CONFIG_SECONDARY:
        syncing.want(turn, me.syncs, Sync.CONFIG)
        syncing.schedule(turn, Sync.CONFIG)


def _leave(_turn: Turn, _me: ConfigOnly, _to: Phase) -> None:
    """Cancel nothing: what is copied ends with the links."""


def _take(turn: Turn, me: ConfigOnly, news: News) -> None:
    match news:
        case PeerHeard():
            _peer_heard(turn, me, news)
        case on.Heard(message=say.SyncNow(what)):
            syncing.want(turn, me.syncs, *what)
        case on.SyncFinished():
            syncing.finished(turn, me.syncs, news)
        case on.ConfigurationChanged() | on.Ordered(Command.SYNC) if turn.unit.settings.mode is Mode.CONFIG_PRIMARY:
            syncing.notify_peer(turn, me.untold, Sync.CONFIG)
        case on.NoticeLost():
            syncing.notice_lost(turn, me.untold, news)
        case on.Ordered(Command.SYNC):
            # Forced, also from here. Source: HA-354, HA-570
            syncing.want(turn, me.syncs, Sync.CONFIG)
        case on.TimerFired(Periodic(what)):
            syncing.periodic(turn, me.syncs, what)
        case on.TimerFired(Retry(what)):
            syncing.want(turn, me.syncs, what)
        case _:
            pass


def _peer_heard(turn: Turn, me: ConfigOnly, news: PeerHeard) -> None:
    """Give the configuration to a secondary that this primary has not heard before, or that has started again.

    Silence means nothing here. Source: HA-118, HA-374, HA-378.
    """
    if news.anew and turn.unit.settings.mode is Mode.CONFIG_PRIMARY:
        me.untold.add(Sync.CONFIG)
    syncing.notify_peer(turn, me.untold)
    syncing.start(turn, me.syncs)


def may_copy(unit: State) -> bool:
    """Whether this unit is a secondary that hears its primary: secondaries tell each other nothing. Source: HA-077."""
    return unit.settings.mode is Mode.CONFIG_SECONDARY and unit.group.peer_gives_configuration


CONDUCT = Conduct(_enter, _leave, _take)

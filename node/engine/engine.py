"""The HA brain of a unit: events in, effects out; no socket, no clock, no thread, no randomness."""

from __future__ import annotations

import dataclasses
from typing import assert_never

from node.engine import addresses, group, orders
from node.engine import effects as do
from node.engine import events as on
from node.engine import messages as say
from node.engine.modes import Bridging, Command, Effective, OnFailure, Rank, Sync
from node.engine.reference import RULES
from node.engine.settings import HaSettings
from node.engine.state import NEVER, ConfigOnly, Following, Joining, State
from node.engine.states import Phase, Trigger
from node.engine.status import Status
from node.engine.timers import LinkSilent, Periodic, Timer, Trusted, Wait
from node.engine.timing import STOOD_STILL, STRANGER_PERIOD
from node.engine.transition import move
from node.engine.turn import Readjusted, Rules, StoodStill, Turn


class Engine:
    """One unit's HA engine. Feed `handle` with each event and the time (seconds, any origin, never backwards)."""

    __slots__ = ("_rules", "state")

    def __init__(self, rules: Rules = RULES) -> None:
        """Make an engine that waits for `events.Started`."""
        self._rules = rules
        self.state = State()

    def handle(self, event: on.Event, now: float) -> list[do.Effect]:
        """Take one event at time `now` and return what is to be done, in order."""
        unit, effects = self.state, list[do.Effect]()
        turn = Turn(unit, self._rules, effects)
        stood_still = now - unit.now > STOOD_STILL and unit.phase.in_group
        unit.now = now
        if stood_still:
            unit.awake_since = now
            turn.tell(StoodStill())
        for timer in self._rules.run_out(unit):
            _take(turn, on.TimerFired(timer))
        _take(turn, event)
        return effects

    @property
    def settings(self) -> HaSettings:
        """The HA settings in force."""
        return self.state.settings

    @property
    def effective(self) -> Effective:
        """Effective mode, as an operator sees it."""
        return self.state.phase.effective

    def status(self) -> Status:
        """Return a snapshot for the CLI."""
        unit = self.state
        peer = unit.group.peer
        return Status(
            configured=unit.settings.mode,
            effective=unit.effective,
            links=unit.group.links.states,
            peer=peer.effective if peer else None,
            peer_version=peer.version if peer else "",
            synchronizing=isinstance(unit.role, Following | ConfigOnly) and unit.role.syncs.running is not None,
            phase=unit.phase.value,
            due={what: unit.timers[Periodic(what)] for what in Sync if Periodic(what) in unit.timers},
        )

    def admits(self, rank: Rank, source: str, *, password_matches: bool) -> bool:
        """Whether someone at address `source` may speak on a link. Source: HA-065, HA-453, HA-455."""
        return self._rules.admits(self.state, rank, source, password_matches)

    def withholds(self, what: Sync) -> str:
        """Why the peer may not copy from this unit now, '' when it may. Source: HA-351, HA-403, HA-405."""
        return self._rules.withholds(self.state, what)

    def refuses(self, command: Command) -> str:
        """Why an operator's command would be refused now, '' when it would not."""
        return self._rules.refuses(self.state, command)

    def watches_peer(self) -> bool:
        """Whether this unit checks its peer's services now. Source: HA-250, HA-334, HA-521."""
        return self._rules.watches_peer(self.state)

    def refuses_queue(self) -> str:
        """Why the peer may not hand its queued mail to this unit now, '' when it may. Source: HA-333, HA-426."""
        return self._rules.refuses_queue(self.state)


def _take(turn: Turn, event: on.Event) -> None:
    match event:
        case on.Heard(rank, message):
            _heard(turn, rank, message, event)
        case on.TimerFired(timer):
            _timer_fired(turn, timer, event)
        case on.Started():
            _started(turn, event)
        case on.SettingsChanged(settings):
            _settings_changed(turn, settings)
        case on.CarrierChanged(rank, up):
            if not up:
                group.carrier_lost(turn, rank)
        case on.StrangerRefused():
            _stranger_refused(turn, event)
        case on.Ordered():
            orders.carry_out(turn, event)
        case on.NoticeLost(rank):
            group.distrust(turn, rank)
            turn.tell(event)
        case on.ConfigurationChanged() | on.CheckDone() | on.SyncFinished() | on.QueueHandedOver() | on.LeftQueue():
            turn.tell(event)
        case _:
            assert_never(event)


def _heard(turn: Turn, rank: Rank, message: say.Message, event: on.Heard) -> None:
    if not turn.unit.phase.in_group:
        return
    match message:
        case say.Heartbeat():
            group.heard(turn, rank, message)
        case say.HoldOffHeard():
            orders.go_down(turn)
        case say.HoldOff(boot):
            # The same command again, over the slower link, is about a restart that may be over.
            if boot > turn.unit.held_off_by and not turn.unit.group.is_past(boot):
                turn.tell(event)
        case say.AskRole() | say.OfferRole() | say.GiveRole() | say.StepDown():
            if not turn.unit.is_overtaken(message):
                turn.tell(event)
        case _:
            turn.tell(event)


def _stranger_refused(turn: Turn, event: on.StrangerRefused) -> None:
    """Log a stranger, but not without end. Source: HA-455."""
    unit, kind = turn.unit, (event.rank, event.why)
    if unit.now - unit.strangers.get(kind, NEVER) >= STRANGER_PERIOD:
        unit.strangers[kind] = unit.now
        turn.log(f"hahbd: refused a peer at {event.source} on the {event.rank.value} heartbeat link: {event.why}")


def _timer_fired(turn: Turn, timer: Timer, event: on.TimerFired) -> None:
    due = turn.unit.timers.pop(timer, None)
    if due is None:
        return
    match timer:
        case Wait.HEARTBEAT:
            group.beat(turn, due)
        case LinkSilent(rank):
            group.link_silent(turn, rank)
        case Trusted(rank):
            turn.unit.group.links.trust(rank)
        case Wait.RESTART:
            orders.go_down(turn)
        case _:
            turn.tell(event)


def _started(turn: Turn, event: on.Started) -> None:
    """Enter the phase that the settings and the volume call for. Source: HA-311, HA-312, HA-324."""
    unit, memory = turn.unit, event.memory
    unit.settings, unit.version = event.settings, event.version
    unit.memory = dataclasses.replace(memory, boot=memory.boot + 1)
    turn.do(do.Persist(unit.memory))
    if not unit.settings.mode.active_passive:
        turn.do(do.StartMail())
        _share(turn)
        return
    died = not memory.planned and memory.effective is not None
    if died:
        turn.log("ha: The system was shutdown!")
        turn.do(do.Alert("The system was shutdown!"))
    led = memory.effective is Effective.PRIMARY and not memory.reclaiming
    failed = died and led and unit.settings.on_failure is OnFailure.OFF
    if memory.latched_off or failed:
        move(turn, Trigger.LATCH)
    else:
        move(turn, Trigger.ENTER, into=Joining(memory.effective))


def _settings_changed(turn: Turn, new: HaSettings) -> None:
    if turn.unit.settings.mode is new.mode:
        _readjust(turn, new)
        return
    move(turn, Trigger.LEAVE)
    turn.unit.settings = new
    if new.mode.active_passive:
        move(turn, Trigger.ENTER, into=Joining())
    _share(turn)


def _readjust(turn: Turn, new: HaSettings) -> None:
    """Follow other settings in the same mode."""
    unit = turn.unit
    old, unit.settings = unit.settings, new
    if new.mode.active_passive:
        addresses.rebridge(turn, old, Bridging.JOINED if unit.phase is Phase.PRIMARY else Bridging.INACTIVE)
    if unit.phase.in_group:
        if (old.links, old.base_port, old.password) != (new.links, new.base_port, new.password):
            group.reopen_links(turn)
        for timer in [each for each in unit.timers if isinstance(each, LinkSilent)]:
            turn.postpone(timer, new.lost_threshold - old.lost_threshold)
    turn.tell(Readjusted(old))


def _share(turn: Turn) -> None:
    if turn.unit.settings.mode.config_only:
        move(turn, Trigger.SHARE)

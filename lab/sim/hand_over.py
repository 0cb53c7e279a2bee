"""The hand-over of a simulated unit's mail queue to its peer: how long it takes, and what the wire lets through.

The protocol is the unit's own (`node.exchange.queue`).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial

from lab.contract import Message, Port
from lab.sim import queue_copies
from lab.sim.machine import Machine
from lab.sim.synchronization import ITEM, TIMEOUT
from lab.sim.volume import name_of
from lab.sim.wire import Call, Fate, Wire
from lab.sim.world import World
from node.engine.modes import Rank
from node.exchange.queue import (
    Forget,
    FrameError,
    Giver,
    Giving,
    MoveIn,
    Offer,
    PutBack,
    Read,
    Receive,
    Remember,
    Remove,
    Say,
    Take,
    Taken,
    Taker,
    Withhold,
    decode,
    encode,
)

TRIP = (0.002, 0.008)
"""Shortest and longest time in seconds for one message to reach the other disk, and again for the answer."""


@dataclass(slots=True)
class Run:
    """One hand-over under way: between which machines, and on which call."""

    giver: Machine
    taker: Machine
    call: Call
    gives: Giver[str]
    takes: Taker
    sockets: int
    """The taker's sockets when it was dialled: what reaches it after it has closed them finds nobody."""
    starts: int
    """Starts of the taker's process when it was dialled: one that has started again knows nothing of it."""
    read: Message | None = None
    """The message that was read last."""
    taken: int = 0
    """How many messages have been taken."""
    then: Callable[[], None] | None = None
    """The taker's own hand-over, which begins when the last message that is coming to it is in its queue."""


class HandOvers:
    """Carries out `effects.HandOverQueue`."""

    def __init__(self, world: World, wire: Wire, machines: Mapping[str, Machine]) -> None:
        """Serve a pair of machines."""
        self._world = world
        self._wire = wire
        self._machines = machines
        self._latest: dict[str, Giver[str]] = {}
        self._coming: dict[str, Run] = {}
        """The latest hand-over to each machine."""

    def start(self, giver: Machine, rank: Rank) -> None:
        """Give every waiting message to the peer over this link, then tell the engine.

        What ran before is cut, and what it still withheld is put back first.
        """
        self.cancel(giver)
        coming = self._coming.get(giver.name)
        if coming is not None and coming.takes.aside and coming.starts == giver.hardware.starts:
            coming.then = partial(self._start, giver, rank)
        else:
            self._start(giver, rank)

    def _start(self, giver: Machine, rank: Rank) -> None:
        if giver.name in self._latest and self._latest[giver.name].end("it was cut"):
            _put_back(giver)
        gives = self._latest[giver.name] = giver.build.exchange.giver()
        opening = gives.begin(giver.volume.queue)
        if gives.over:
            giver.hardware.after(0.0, partial(_tell, giver, gives), process=True)
            return
        call = giver.call(rank, Port.DATA_SYNC)
        fate, taker = self._wire.dial(call) if call is not None else (Fate.REFUSED, None)
        if call is None or taker is None:
            patience = TIMEOUT if fate is Fate.SWALLOWED else 0.001
            _fail(giver, gives, "no connection to the peer's data port", patience)
            return
        machine = self._machines[taker.name]
        takes = machine.build.exchange.taker()
        run = Run(giver, machine, call, gives, takes, taker.sockets, machine.hardware.starts)
        self._coming[taker.name] = run
        self._give(run, opening)

    def cancel(self, giver: Machine) -> None:
        """Give nothing more, and tell the engine nothing; the message under way is still given in full."""
        if giver.name in self._coming:
            self._coming[giver.name].then = None
        if giver.name in self._latest:
            self._latest[giver.name].stop()

    def _give(self, run: Run, actions: Iterable[Giving[str]]) -> None:
        volume = run.giver.volume
        ahead = deque(actions)
        while ahead:
            match ahead.popleft():
                case Say(Offer() as frame) if not run.gives.count:
                    # The first message rides with the opening of the connection: that takes no trip of its own.
                    self._arrive(run, encode(frame))
                case Say(frame):
                    self._travel(run, partial(self._arrive, run, encode(frame)))
                case Read(name) if name in volume.queue:
                    run.read = volume.queue[name]
                    ahead.extend(run.gives.read(name, name_of(run.read), ITEM))
                case Read():
                    ahead.extend(run.gives.gone())
                case Withhold(name) if name in volume.queue:
                    volume.withheld[name] = volume.queue.pop(name)
                case Withhold():
                    pass
                case PutBack():
                    _put_back(run.giver)
                case Remember(message):
                    volume.taken.add(message)
                case Forget(message):
                    volume.taken.discard(message)
                case Remove(name):
                    volume.withheld.pop(name, None)
                    volume.queue.pop(name, None)
                    self._world.touch()
        if run.gives.over:
            self._travel(run, partial(self._hang_up, run))
            _tell(run.giver, run.gives)

    def _arrive(self, run: Run, record: dict[str, object]) -> None:
        """Let the taker hear the giver."""
        engine, message = run.taker.engine, run.read
        if self._broken(run):
            return
        if run.takes.over or engine is None or run.taker.sockets != run.sockets:
            self._break(run, "the connection broke")
            return
        refusal = engine.refuses_queue()
        try:
            ahead = deque(run.takes.hear(decode(record), refusal))
        except FrameError:
            self._break(run, "the connection broke")
            return
        while ahead:
            match ahead.popleft():
                case Say(Taken() as answer):
                    self._travel(run, partial(self._answer, run, encode(answer)))
                case Say(answer):
                    run.giver.hardware.after(0.0, partial(self._answer, run, encode(answer)), process=True)
                case Receive() if message is not None:
                    ahead.extend(run.takes.received(name_of(message), refusal))
                case Take() if message is not None:
                    self._wire.segments[run.call.interface].count(Fate.CARRIED, run.call, ITEM)
                    queue_copies.take(run.taker, message)
                    run.taken += 1
                    # However the connection ends, the taker waits no longer for another word.
                    run.taker.hardware.after(TIMEOUT, partial(self._end, run, run.taken), process=True)
                    ahead.extend(run.takes.took(name_of(message)))
                case MoveIn(key):
                    queue_copies.move_in(run.taker, key)

    def _answer(self, run: Run, record: dict[str, object]) -> None:
        """Let the giver hear the taker, also where it has closed its sockets after it had answered."""
        if self._broken(run):
            return
        if "refused" in record:
            self._break(run, str(record["refused"]))
            return
        try:
            self._give(run, run.gives.hear(decode(record)))
        except FrameError as error:
            self._break(run, str(error))

    def _hang_up(self, run: Run) -> None:
        if self._wire.passes(run.call, run.taker) is Fate.CARRIED:
            self._end(run, run.taken)

    def _end(self, run: Run, taken: int) -> None:
        """Let the taker learn that the giver has hung up, unless it has taken more than so many messages since."""
        if taken != run.taken or run.starts != run.taker.hardware.starts:
            return
        for each in run.takes.end():
            if isinstance(each, MoveIn):
                queue_copies.move_in(run.taker, each.message)
        then, run.then = run.then, None
        if then is not None:
            then()

    def _break(self, run: Run, problem: str) -> None:
        _fail(run.giver, run.gives, problem, 0.0)
        run.taker.hardware.after(0.0, partial(self._end, run, run.taken), process=True)

    def _broken(self, run: Run) -> bool:
        """Whether the connection no longer carries anything; the giver learns it at once, or after TIMEOUT."""
        fate = self._wire.passes(run.call, run.taker)
        if fate is Fate.SWALLOWED or not run.taker.on_network():
            _fail(run.giver, run.gives, "the peer fell silent", TIMEOUT)
            return True
        if fate is Fate.REFUSED:
            self._break(run, "the connection broke")
            return True
        return False

    def _travel(self, run: Run, arrived: Callable[[], None]) -> None:
        """Let the time of one trip pass; nothing arrives if the giver's process has ended by then."""
        delay = self._wire.segments[run.call.interface].delay
        run.giver.hardware.after(self._world.draw(*TRIP) + delay, arrived, process=True)


def _fail(giver: Machine, gives: Giver[str], problem: str, after: float) -> None:
    def end() -> None:
        if gives.end(problem):
            _put_back(giver)
        _tell(giver, gives)

    giver.hardware.after(after, end, process=True)


def _put_back(giver: Machine) -> None:
    giver.volume.put_back()
    giver.mailer.flush()


def _tell(giver: Machine, gives: Giver[str]) -> None:
    """Tell the engine the end, unless the hand-over was cancelled."""
    if (ended := gives.ended()) is not None:
        giver.handle(ended)

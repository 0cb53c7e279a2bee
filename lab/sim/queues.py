"""The hand-over of one simulated unit's mail queue to the other, message by message, over the data port."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from lab.contract import Message, Port
from lab.sim.machine import Machine
from lab.sim.syncs import ITEM, TIMEOUT
from lab.sim.wire import Call, Fate, Wire
from lab.sim.world import World
from node.engine import events as on
from node.engine.modes import Rank

TRIP = (0.002, 0.008)
"""Seconds for one message to reach the other disk, and again for the answer."""


@dataclass(slots=True)
class Run:
    """One hand-over under way: who gives, who takes, on which call, and how many messages went so far."""

    giver: Machine
    taker: Machine
    call: Call
    count: int = 0


class Queues:
    """Carries `effects.HandOverQueue` out.

    A message leaves its queue on the peer's answer only, so it is never lost. When the answer does not arrive it comes
    again, and the peer knows it. Whoever has given a message away no longer knows it: it may come back.
    """

    def __init__(self, world: World, wire: Wire, machines: Mapping[str, Machine]) -> None:
        """Serve a pair of machines."""
        self._world = world
        self._wire = wire
        self._machines = machines
        self._latest: dict[str, Run] = {}

    def start(self, giver: Machine, rank: Rank) -> None:
        """Begin, unless there is nothing to hand over."""
        call = giver.call(rank, Port.DATA_SYNC) if giver.volume.queue else None
        if call is None:
            giver.after(0.0, lambda: giver.handle(on.QueueHandedOver(ok=True)), process=True)
            return
        fate, taker = self._wire.dial(call)
        if taker is None:
            problem = on.QueueHandedOver(ok=False, detail="no connection to the peer's data port")
            patience = TIMEOUT if fate is Fate.SWALLOWED else 0.001
            giver.after(patience, lambda: giver.handle(problem), process=True)
            return
        run = self._latest[giver.name] = Run(giver, self._machines[taker.name], call)
        self._offer(run)

    def cancel(self, giver: Machine) -> None:
        """End what the giver hands over after the message under way, unheard."""
        self._latest.pop(giver.name, None)

    def _offer(self, run: Run) -> None:
        """Send the next message, if any is left."""
        message = next(iter(run.giver.volume.queue.values()), None)
        if message is None:
            run.giver.handle(on.QueueHandedOver(ok=True, count=run.count))
        else:
            self._travel(run, partial(self._arrive, run, message))

    def _arrive(self, run: Run, message: Message) -> None:
        engine = run.taker.engine
        if not self._goes_on(run) or self._broken(run):
            return
        if engine is None or (refusal := engine.refuses_queue()):
            self._stop(run, "the connection broke" if engine is None else refusal)
            return
        self._wire.segments[run.call.interface].count(Fate.CARRIED, run.call, ITEM)
        if message.id not in run.taker.volume.taken:
            run.taker.volume.taken.add(message.id)
            run.taker.mailer.accept(message)
        self._travel(run, partial(self._answer, run, message))

    def _answer(self, run: Run, message: Message) -> None:
        """The message is the peer's, also where the giver leads by now; it may come back, and is new then."""
        if self._broken(run):
            return
        run.giver.volume.taken.discard(message.id)
        run.giver.volume.queue.pop(message.id, None)
        run.count += 1
        self._world.touch()
        if self._goes_on(run):
            self._offer(run)

    def _goes_on(self, run: Run) -> bool:
        """Whether the giver still wants to give: not when it leads now, or has begun anew."""
        return not run.giver.mailer.running and self._latest.get(run.giver.name) is run

    def _broken(self, run: Run) -> bool:
        """Whether the connection carries nothing any more; the engine is told, at once or when patience has run out."""
        fate = self._wire.passes(run.call, run.taker)
        if fate is Fate.SWALLOWED or not run.taker.on_network():
            self._stop(run, "the peer fell silent", TIMEOUT)
            return True
        if fate is Fate.REFUSED or run.taker.listens(run.call.interface, run.call.port) is None:
            self._stop(run, "the connection broke")
            return True
        return False

    def _stop(self, run: Run, problem: str, patience: float = 0.0) -> None:
        if self._goes_on(run):
            ended = on.QueueHandedOver(ok=False, count=run.count, detail=problem)
            run.giver.after(patience, partial(self._end, run, ended), process=True)

    def _end(self, run: Run, ended: on.QueueHandedOver) -> None:
        if self._latest.get(run.giver.name) is run:
            run.giver.handle(ended)

    def _travel(self, run: Run, arrived: Callable[[], None]) -> None:
        """Take the time of one trip; what falls due dies with the giver's process."""
        delay = self._wire.segments[run.call.interface].delay
        run.giver.after(self._world.draw(*TRIP) + delay, arrived, process=True)

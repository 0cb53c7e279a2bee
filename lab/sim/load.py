"""Clients of the simulated mail network that hand in messages without pause, each until a unit accepts it."""

from __future__ import annotations

from functools import partial

from lab.contract import MailKind, Message
from lab.ledger import ACCEPTED, REFUSED, UNANSWERED
from lab.sim.neighbours import Neighbours
from lab.sim.world import World
from lab.timeline import Kind

EVERY = 0.001
"""Seconds between two messages."""

AGAIN = {REFUSED: 0.5, UNANSWERED: 1.5}
"""Seconds from the beginning of a try that failed in this way to the next: no answer is waited for a second."""


class SimLoad:
    """`lab.contract.Load`."""

    def __init__(self, world: World, neighbours: Neighbours, host: str, recipient: str) -> None:
        """Hand in the first message now, at this host."""
        self._world = world
        self._neighbours = neighbours
        self._host = host
        self._recipient = recipient
        self._begun = 0
        self._accepted: set[str] = set()
        self._waiting: set[str] = set()
        self._stopped = False
        self._next()

    def accepted(self) -> frozenset[str]:
        """Ids of the messages that a unit has accepted."""
        return frozenset(self._accepted)

    def waiting(self) -> frozenset[str]:
        """Ids of those that it has not."""
        return frozenset(self._waiting)

    def stop(self) -> None:
        """Begin no further message."""
        self._stopped = True

    def _next(self) -> None:
        if self._stopped:
            return
        self._begun += 1
        name = f"l{self._begun:05d}"
        self._waiting.add(name)
        self._try(name)
        self._world.after(EVERY, self._next)

    def _try(self, name: str) -> None:
        machine = self._neighbours.reach(self._host)
        outcome = UNANSWERED if machine is None else machine.mailer.answer()
        if machine is not None and outcome == ACCEPTED:
            message = Message(name, MailKind.CLEAN, self._recipient, self._world.now(), outcome)
            machine.mailer.accept(message)
            self._accepted.add(name)
            self._waiting.discard(name)
        else:
            self._world.after(AGAIN[outcome], partial(self._try, name))
        told = {"event": outcome, "via": self._host, "unit": machine.name if machine else None}
        self._world.note(Kind.MAIL, name, **told, sort=MailKind.CLEAN.value)

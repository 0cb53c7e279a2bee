"""The hand-over of queued mail, one message after another: the protocol, and when a message leaves the giver's disk.

    giver                              taker
    Bring                        ->
                                 <-    Go, or Refused
    withholds and remembers the message
    Offer, then the message      ->
                                       sets it aside and remembers it (`taking`)
                                 <-    Taken, or Refused
    forgets the message, removes it, offers the next; hangs up after the last
                                       moves it into its queue when the next word comes, or none comes any more
    puts a message back for which no Taken comes

After a cut at any point a message is on one disk at least: it leaves the giver's only when it is on the taker's. What
lies aside there gets into the queue also over a loss of power: a unit that starts moves in what it remembers.
When it is offered again, it is in one queue only: the taker remembers it, and says Taken without taking it twice.
While it is offered its giver does not deliver it, even if the giver leads or leaves the group meanwhile. Nor does the
taker until the giver knows that it is taken: one that dies then has not delivered what the giver puts back.
A giver forgets a message that it has given away, because the message may come back. One whose offer is not answered it
remembers: should it lead again, it delivers the message itself, and the taker may have it, too, and bring it.

Events go in, actions come out; a body carries them out in order, and each is on its disk or sent before the next.
Source: HA-333, HA-423, HA-424.
"""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Generic, Protocol, TypeVar

from node.engine import events as on

Item = TypeVar("Item")
"""How a body refers to a message in its queue: by a path, or by a record."""

LARGEST = 256 << 20
"""Largest message that is taken, in bytes."""


@dataclass(frozen=True, slots=True)
class Bring:
    """The giver has queued mail."""


@dataclass(frozen=True, slots=True)
class Go:
    """The taker is ready to take."""


@dataclass(frozen=True, slots=True)
class Refused:
    """The taker may not take mail, and hangs up; `why` is one clause."""

    why: str


@dataclass(frozen=True, slots=True)
class Offer:
    """A message follows: its name (`name_of`), and its size in bytes."""

    message: str
    size: int


@dataclass(frozen=True, slots=True)
class Taken:
    """The message is in the taker's queue, on its disk."""

    message: str


Frame = Bring | Go | Refused | Offer | Taken


@dataclass(frozen=True, slots=True)
class Say:
    """Send a frame; after an Offer also the message that was read last."""

    frame: Frame


@dataclass(frozen=True, slots=True)
class Read(Generic[Item]):
    """Read a message, then call `Giver.read`, or `Giver.gone` if it is not in the queue any more."""

    item: Item


@dataclass(frozen=True, slots=True)
class Withhold(Generic[Item]):
    """Put a message aside, where the mail service does not deliver it; a unit that starts puts such a one back."""

    item: Item


@dataclass(frozen=True, slots=True)
class PutBack:
    """Put what is withheld back into the queue: the message that was offered last, and what an earlier end has left."""


@dataclass(frozen=True, slots=True)
class Remember:
    """Remember the message, so that it is not taken if the peer offers it."""

    message: str


@dataclass(frozen=True, slots=True)
class Forget:
    """Forget the message, so that it is taken if the peer offers it."""

    message: str


@dataclass(frozen=True, slots=True)
class Remove(Generic[Item]):
    """Remove a message, withheld or in whatever part of the queue it is now."""

    item: Item


Giving = Say | Read[Item] | Withhold[Item] | PutBack | Remember | Forget | Remove[Item]
"""What the giver's body is to do."""


class Giver(Generic[Item]):
    """One hand-over, on the giving unit."""

    def __init__(self) -> None:
        """Prepare; `begin` starts the hand-over."""
        self.count = 0
        """Messages that the taker has taken."""
        self.problem = ""
        """Why it ended early, one clause; '' if it did not."""
        self.over = False
        """Whether the giver hangs up."""
        self._waiting: deque[Item] = deque()
        self._offered: tuple[str, Item] | None = None
        self._stopped = False

    def begin(self, waiting: Iterable[Item]) -> list[Giving[Item]]:
        """Begin with the waiting messages, in this order; with none the hand-over ends at once."""
        self._waiting.extend(waiting)
        return [Say(Bring())] if self._waiting else self.end()

    def hear(self, frame: Frame) -> list[Giving[Item]]:
        """Take the taker's answer. A body that has hung up hears none; it calls `end` when the taker refuses."""
        match frame, self._offered:
            case Go(), None:
                return self._next()
            case Taken(message), (offered, item) if message == offered:
                self._offered = None
                self.count += 1
                return [Forget(message), Remove(item), *self._next()]
        return self.end("the answer is not understood")

    def read(self, item: Item, message: str, size: int) -> list[Giving[Item]]:
        """Offer the message that was read; `message` is its name, and it has `size` bytes."""
        if self._stopped:
            return self.end()
        self._offered = (message, item)
        return [Withhold(item), Remember(message), Say(Offer(message, size))]

    def gone(self) -> list[Giving[Item]]:
        """Go on with the next message: the one to be read is not in the queue any more."""
        return self._next()

    def end(self, problem: str = "") -> list[Giving[Item]]:
        """Hang up; `problem` says what failed on the connection or on the disk, in one clause."""
        offered, self._offered = self._offered, None
        self.over, self.problem = True, problem
        return [PutBack()] if offered is not None else []

    def stop(self) -> None:
        """Offer nothing more, and tell the engine nothing; the answer to the last offer still counts."""
        self._stopped = True

    def ended(self) -> on.QueueHandedOver | None:
        """Return what the engine hears: nothing before the end, and nothing of a hand-over that was stopped."""
        if self._stopped or not self.over:
            return None
        return on.QueueHandedOver(ok=not self.problem, count=self.count, detail=self.problem)

    def _next(self) -> list[Giving[Item]]:
        return [Read(self._waiting.popleft())] if self._waiting else self.end()


@dataclass(frozen=True, slots=True)
class Receive:
    """Receive so many bytes, then call `Taker.received`."""

    size: int


@dataclass(frozen=True, slots=True)
class Take:
    """Put the message received onto the disk, by the steps of `taking`, then call `Taker.took`."""

    message: str


@dataclass(frozen=True, slots=True)
class MoveIn:
    """Move a message that was set aside into the queue, in one step, if it is still aside."""

    message: str


Taking = Say | Receive | Take | MoveIn
"""What the taker's body is to do."""


class Taker:
    """One hand-over, on the taking unit."""

    def __init__(self) -> None:
        """Wait for the giver's first word."""
        self.over = False
        """Whether the taker hangs up."""
        self.aside = ""
        """The message that has been taken, and is not in the queue yet; "" for none."""
        self._offered = ""

    def hear(self, frame: Frame, refusal: str) -> list[Taking]:
        """Take the giver's frame; `refusal` says why the engine takes no mail now, '' when it does."""
        match frame:
            case Bring():
                return self._refuse(refusal) if refusal else [Say(Go())]
            case Offer(message, size) if 0 < size <= LARGEST:
                self._offered = message
                return [*self.end(), Receive(size)]
        return self._refuse("the word is not understood")

    def received(self, message: str, refusal: str) -> list[Taking]:
        """Take a message that has arrived; `message` is its name, and `refusal` is the engine's now."""
        if message != self._offered:
            refusal = "the message is not what was announced"
        if refusal:
            return self._refuse(refusal)
        return [Take(message)]

    def took(self, message: str) -> list[Taking]:
        """Tell the giver that the message is on the disk."""
        self.aside = message
        return [Say(Taken(message))]

    def end(self) -> list[Taking]:
        """Have what was taken last: the giver has removed it, or does not listen any more."""
        taken, self.aside = self.aside, ""
        return [MoveIn(taken)] if taken else []

    def _refuse(self, why: str) -> list[Taking]:
        self.over = True
        return [Say(Refused(why))]


class Step(Enum):
    """A step of taking a message."""

    SET_ASIDE = auto()
    """Write it beside the queue."""
    REMEMBER = auto()
    """Remember it."""


class StepsOf(Protocol):
    """The type of `taking`: a rule by which an offered message gets onto the disk."""

    def __call__(self, *, known: bool) -> tuple[Step, ...]:
        """Return the steps for a message that is remembered or not."""
        ...


def taking(*, known: bool) -> tuple[Step, ...]:
    """Return the steps after which an offered message is on the disk once, however often it is offered.

    Each step is on the disk before the next. A cut between the two leaves the message unknown, and the next offer
    begins anew; what is known is aside, in the queue, or has left it.
    """
    return () if known else (Step.SET_ASIDE, Step.REMEMBER)


class FrameError(ValueError):
    """A record is no frame; the text is one clause, which does not quote the record."""


def name_of(content: bytes) -> str:
    """Name a message by its content."""
    return hashlib.sha256(content).hexdigest()


def encode(frame: Frame) -> dict[str, object]:
    """Return a frame as a JSON object."""
    match frame:
        case Bring():
            return {"bring": "queue"}
        case Go():
            return {"go": True}
        case Refused(why):
            return {"refused": why}
        case Offer(message, size):
            return {"message": message, "size": size}
        case Taken(message):
            return {"taken": message}


def decode(record: Mapping[str, object]) -> Frame:
    """Return the frame in a JSON object; raises FrameError.

    A refusal is no frame: a body reads it as it reads that of any synchronization.
    """
    match record:
        case {"bring": "queue"}:
            return Bring()
        case {"go": True}:
            return Go()
        case {"message": str(message), "size": int(size)} if not isinstance(size, bool):
            return Offer(message, size)
        case {"taken": str(message)}:
            return Taken(message)
    raise FrameError("the answer is not understood")

"""Copies of the primary's mail queue on its secondary: what is copied, and what becomes of each copy.

    secondary                                   primary
    Asked: what it has            ->
                                  <-            Answer: what it needs no more, and what it lacks
                                                remembers each message that it gives
                                  <-            the messages that it lacks
    keeps them beside its queue
                                  <-            LeftQueue: a message that was copied has been delivered

A message is named as in a hand-over (`queue.name_of`), so each unit knows it whatever way it comes. A secondary that
takes over from a silent primary puts its copies into its queue by the steps of `queue.taking`, and remembers them: the
primary that returns hands the same messages over, and they are not taken twice. A primary that returns and is to lead
hands nothing over; it asks which of its messages the other has, and drops those. What the primary has given it
remembers, so that it does not take what it has itself should the secondary bring it.

Nobody can tell whether a primary that has died has delivered a message since it last spoke. Such a copy is delivered,
perhaps for the second time; a primary that is only cut off delivers what its peer has copies of, too.
Source: HA-411, HA-414, HA-423.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Asked:
    """Names of the messages that the secondary has: as copies, and in its own queue."""

    copies: tuple[str, ...]
    queued: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """Names of messages: copies to be dropped, own ones that the primary has got, and what it gives, in this order."""

    gone: tuple[str, ...]
    known: tuple[str, ...]
    given: tuple[str, ...]


def compare(asked: Asked, queued: Sequence[str], remembered: Collection[str]) -> Answer:
    """Return what the primary answers; `queued` are the messages in its queue, `remembered` those it has taken."""
    waiting, copied = set(queued), set(asked.copies)
    return Answer(
        gone=tuple(name for name in asked.copies if name not in waiting),
        known=tuple(name for name in asked.queued if name in remembered),
        given=tuple(name for name in queued if name not in copied),
    )


def encode(frame: Asked | Answer) -> dict[str, object]:
    """Return a frame as a JSON object."""
    if isinstance(frame, Asked):
        return {"copy": "queue", "copies": list(frame.copies), "queued": list(frame.queued)}
    return {"gone": list(frame.gone), "known": list(frame.known), "given": list(frame.given)}


def asked_in(record: Mapping[str, Any]) -> Asked | None:
    """Return what a secondary asks in a JSON object, None where that is something else."""
    match record:
        case {"copy": "queue", "copies": list(copies), "queued": list(queued)}:
            return Asked(tuple(map(str, copies)), tuple(map(str, queued)))
    return None


def answer_in(record: Mapping[str, Any]) -> Answer | None:
    """Return the primary's answer in a JSON object, None where that is something else."""
    match record:
        case {"gone": list(gone), "known": list(known), "given": list(given)}:
            return Answer(tuple(map(str, gone)), tuple(map(str, known)), tuple(map(str, given)))
    return None

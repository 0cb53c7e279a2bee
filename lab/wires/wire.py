"""The shape of a wire: how a heartbeat is told from other payload, and what a stranger may say."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import IntEnum

from lab.contract import Capability, Port, Trick


class Transport(IntEnum):
    """The protocol that carries a heartbeat, by its IANA number."""

    TCP = 6
    UDP = 17
    VRRP = 112


APART = b"\0"
"""Ends what a stranger says on one connection, where he opens several."""


@dataclass(frozen=True, slots=True)
class Admission:
    """What lets somebody in who knows the group's password: a TLS-PSK identity and its key."""

    identity: str
    key: bytes


@dataclass(frozen=True, slots=True)
class Wire:
    """One wire; the defaults are those of a unit of which nothing is known but the documented ports."""

    name: str
    transport: Transport = Transport.TCP
    both_ways: bool = False
    """Whether heartbeats also come back on the TCP connection that the hearing unit has dialled: it is one for both
    directions. Where each unit dials its own, what comes back is an answer to a heartbeat, and none."""
    noise: tuple[bytes, ...] = ()
    """Beginnings of payload at the base port that is no heartbeat."""
    records: bool = False
    """Whether the payload of TCP is a sequence of TLS records, so that `noise` tells how such a record begins."""
    refusals: tuple[bytes, ...] = ()
    """Beginnings of what a unit says to a stranger whom it lets in nowhere. Where nothing is known, whatever it says is
    an answer if it then waits for more."""
    courtesies: tuple[bytes, ...] = ()
    """Beginnings of lines that are no answer either, of what a unit says to somebody who knows the password."""
    known: bool = False
    """Whether a heartbeat, and an answer, are told from other payload."""
    says: Callable[[Trick, str, Port], bytes] | None = None
    """What a stranger sends for a trick in which he speaks as a peer does, to unit "P" or "S" at a port; of an endless
    line, a part that is sent again and again; of broken lines all, each of which he says on a connection of its own,
    with APART behind it."""
    admits: Callable[[str], Admission] | None = None
    """What lets a stranger in, by the group's password."""

    @property
    def carriers(self) -> frozenset[Transport]:
        """Protocols by which a heartbeat may come: where nothing is known, TCP or UDP."""
        return frozenset({self.transport} if self.known else {Transport.TCP, Transport.UDP})

    def lacks(self) -> Iterator[tuple[Capability, str]]:
        """Yield each capability that a lab does not have with this wire, and why."""
        if not self.known:
            yield Capability.HEARTBEAT, "no wire module tells a heartbeat from other payload"
        if self.says is None:
            yield Capability.SPEAK, "no wire module knows what a peer would say"
        if self.transport is not Transport.TCP:
            why = f"Toxiproxy carries TCP, and the units speak {self.transport.name}"
            for capability in (
                *(Capability.REFUSE, Capability.CUT_PORT, Capability.DELAY),
                *(Capability.THROTTLE, Capability.STRANGER),
            ):
                yield capability, why

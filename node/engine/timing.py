"""The engine's spans of time, in seconds, each with its source or reason."""

from __future__ import annotations

HEARTBEAT_PERIOD = 1.0
"""How long a unit waits between heartbeats, whatever the lost threshold is. Source: HA-052."""

INSTANT = 0.001
"""What is due within this span is due now: times are rounded by no more."""

STOOD_STILL = 1.5
"""After so long without any event a unit knows that it stood still: its own heartbeat is due each second."""

DISCOVERY = 3.0
"""How long, three heartbeats, a unit looks for its peer: a configured primary before it leads alone, and any unit for a
primary from which it cannot copy. Source: HA-016."""

ANNOUNCED_ANEW = 0.2
"""How long a unit waits before it announces its addresses again. A peer that is heard again and wants the role asks for
it with its first heartbeat, and an address that is given away then is not announced. Source: HA-113, HA-164."""

HOLD_OFF_LIMIT = 900.0
"""How long a secondary holds off at most. Source: HA-522, E-05."""

HOLD_OFF_ANSWER = 1.5
"""How long a restarting primary waits for its peer to confirm the hold-off."""

ORDER_LIMIT = 15.0
"""How long a unit tries to carry out an operator's order that needs its peer, before it gives up. Source: HA-580."""

COPY_LIMIT = 5.0
"""How long a unit that is offered the role copies from its peer at most, before it asks for the role."""

OFFER_LIMIT = 8.0
"""How long a unit that offers its role waits to be asked for it; then it gives the order up. It is the time to copy,
and some to ask; the peer drops the offer after the same time."""

SYNC_PERIOD = 600.0
"""How often each is synchronized by schedule: mail data within 20 minutes, the configuration however often. Source:
HA-352, HA-402."""

COPY_PERIOD = 60.0
"""How often the mail queue is copied by schedule. Source: HA-411, which names no figure."""

RETRY = 2.0
"""How long a unit waits before it tries a failed synchronization, notice or hand-over again. Source: HA-353."""

DISTRUST = 30.0
"""How long synchronization avoids a link that carried heartbeat but no synchronization. Source: HA-061, HA-062."""

QUEUE_PERIOD = 60.0
"""How often a secondary looks at its mail queue: a message may have come in while it left the primary role."""

DISK_LIMIT = 3.0
"""How long a disk may take to answer a check before it has failed it. Source: HA-209 names no time."""

STRANGER_PERIOD = 60.0
"""How often the same kind of stranger on one link is logged."""

"""The engine's fixed figures, in seconds, each with its source or reason."""

from __future__ import annotations

HEARTBEAT_PERIOD = 1.0
"""Seconds between heartbeats, whatever the lost threshold. Source: HA-052."""

HOLD_OFF_LIMIT = 900.0
"""Seconds that a secondary holds off at most. Source: HA-522, E-05."""

HOLD_OFF_ANSWER = 1.0
"""Seconds that a restarting primary waits for its secondary to confirm the hold-off."""

DISCOVERY = 3.0
"""Seconds that a configured primary looks for its peer before it leads alone: three heartbeats."""

COPY_LIMIT = 5.0
"""Seconds for which a unit that is offered the role copies from its peer at most, before it asks for it."""

OFFER_LIMIT = 8.0
"""Seconds after which a unit that offers its role gives it without being asked: the copying, and time to say so."""

QUEUE_PERIOD = 60.0
"""Seconds between two looks of a secondary at its mail queue: a message may have come in while it left the role."""

STALLED = 1.0
"""A timer that fires this late (seconds) shows that this unit itself stood still, and cannot judge its peer."""

STOOD_STILL = 1.5
"""Seconds without any event after which a unit knows that it stood still: its own heartbeat comes each second."""

NO_LONGER_HEARD = 3 * HEARTBEAT_PERIOD
"""Seconds of silence after which a primary that a unit cannot copy from counts as gone. Source: HA-016."""

DEFERENCE = 2.0
"""Extra seconds a configured secondary leaves to a peer that lives but does not lead."""

STRANGER_PERIOD = 60.0
"""Seconds between two log lines about the same kind of stranger on one link."""

STRANGER_REMEMBERED = 600.0
"""Seconds after which a kind of stranger is forgotten, with the count of those that no line has told of."""

STRANGERS = 16
"""Kinds of strangers told apart at a time; whoever comes on top is counted with the others."""

GREETING = 5.0
"""Seconds for a peer to greet on a new connection: a link slowed down by a second each way still gets through."""

REPEATED = 3.0
"""The same command from the peer within this span is a repetition, for commands go out on every link."""

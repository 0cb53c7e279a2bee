"""The engine's spans of time, in seconds, each with its source or reason."""

from __future__ import annotations

HEARTBEAT_PERIOD = 1.0
"""Between heartbeats, whatever the lost threshold. Source: HA-052."""

INSTANT = 0.001
"""What is due so soon is due now: no more than times are rounded by."""

STOOD_STILL = 1.5
"""Without any event, after which a unit knows that it stood still: its own heartbeat comes each second."""

NO_LONGER_HEARD = 3 * HEARTBEAT_PERIOD
"""Of silence, after which a primary that a unit cannot copy from counts as gone. Source: HA-016."""

DISCOVERY = 3.0
"""For which a configured primary looks for its peer before it leads alone: three heartbeats."""

DEFERENCE = 2.0
"""More that a configured secondary leaves to a peer that lives but does not lead."""

ANNOUNCED_ANEW = 0.2
"""From a reason to announce a held address again until that is done: a peer that is heard again asks for the role, if
it does, with its first heartbeat, and what is given away is not announced. Source: HA-113, HA-164."""

HOLD_OFF_LIMIT = 900.0
"""For which a secondary holds off at most. Source: HA-522, E-05."""

HOLD_OFF_ANSWER = 1.0
"""For which a restarting primary waits for its secondary to confirm the hold-off."""

ORDER_LIMIT = 30.0
"""For which a unit tries to carry out an operator's order that needs its peer; then it gives it up. Source: HA-580."""

COPY_LIMIT = 5.0
"""For which a unit that is offered the role copies from its peer at most, before it asks for it."""

OFFER_LIMIT = 8.0
"""After which a unit that offers its role gives it without being asked, or gives the order up: the copying, and time to
say so. Its peer does nothing more about the offer then."""

REPEATED = 3.0
"""The same command from the peer within this span is a repetition, because commands go out on every link."""

CONFIG_SYNC_PERIOD = 1800.0
"""Between periodic synchronizations of the configuration; the document gives no figure. Source: HA-352."""

DATA_SYNC_PERIOD = 600.0
"""Between periodic synchronizations of mail data: within 20 minutes. Source: HA-402."""

RETRY = 5.0
"""Until what failed between the units, a synchronization or a hand-over, is tried again. Source: HA-353."""

DISTRUST = 30.0
"""For which synchronization passes over a link that carried heartbeat but not it. Source: HA-061, HA-062."""

QUEUE_PERIOD = 60.0
"""Between two looks of a secondary at its mail queue: a message may have come in while it left the role."""

STRANGER_PERIOD = 60.0
"""Between two log lines about the same kind of stranger on one link."""

STRANGER_REMEMBERED = 600.0
"""After which a kind of stranger is forgotten, with the count of those that no line has told of."""

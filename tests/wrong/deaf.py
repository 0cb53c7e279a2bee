"""A wrong unit of the tests' own."""

from __future__ import annotations

from node.engine.messages import Heartbeat
from wrong.common import hearing_no
from wrong.record import WrongUnit

DEAF = WrongUnit("deaf", ("HA-101",), "Hears no heartbeat.", (hearing_no(Heartbeat),))

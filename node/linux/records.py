"""A unit's log files: HA events, alerts, traps, and a trace of what it did and when."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime

from node.engine.modes import Effective, SystemEvent
from node.linux import paths
from node.linux.disk import Appender
from node.texts import alert_text, log_line


class Records:
    """The unit's log files on the volume."""

    def __init__(self, serial: str, address: Callable[[], str]) -> None:
        """Write as the unit with this serial number; `address` returns the address that alerts name."""
        self._serial = serial
        self._address = address
        self._events = Appender(paths.HA_LOG)
        self._alerts = Appender(paths.ALERTS)
        self._traps = Appender(paths.TRAPS)
        self._trace = Appender(paths.TRACE)

    def log(self, message: str) -> None:
        """Write an HA event. Source: HA-650."""
        self._events.add(log_line(datetime.now(UTC), self._serial, message))

    def alert(self, event: str, old: Effective | None, new: Effective | None) -> None:
        """Keep an alert, one JSON object a line: `at` (UTC) and `text`. Source: HA-654, HA-655."""
        text = alert_text(self._address(), event, old, new)
        self._alerts.add(json.dumps({"at": datetime.now(UTC).isoformat(), "text": text}))

    def trap(self, event_id: int, reason: str) -> None:
        """Keep an HA trap. Source: HA-658, HA-659."""
        self._keep_trap("fmlTrapHAEvent", event=event_id, reason=reason)

    def system_trap(self, event: SystemEvent) -> None:
        """Keep a system event trap. Source: HA-534."""
        self._keep_trap("fmlTrapSystemEvent", event=event)

    def _keep_trap(self, name: str, **fields: str | int) -> None:
        record = {"at": datetime.now(UTC).isoformat(), "trap": name, "serial": self._serial, **fields}
        self._traps.add(json.dumps(record))

    def trace(self, what: str, **more: str | int) -> None:
        """Note what the unit does: `mono` is seconds on the host's monotonic clock, shared by all its containers."""
        self._trace.add(json.dumps({"mono": round(time.monotonic(), 6), "what": what, **more}))

    def events(self) -> list[str]:
        """Lines of the HA event log, oldest first."""
        return self._events.lines()

    def clear(self) -> None:
        """Forget everything written so far."""
        for file in (self._events, self._alerts, self._traps, self._trace):
            file.clear()

"""What a unit records and reports: HA events, alerts, traps, and a trace of what it did and when."""

from __future__ import annotations

import contextlib
import json
import socket
import time
from collections.abc import Callable
from datetime import UTC, datetime

from node.engine.modes import Effective, SystemEvent
from node.linux import paths
from node.linux.alert_mail import AlertQueue
from node.linux.disk import Appender
from node.linux.snmp import TrapSender
from node.reporting import Datagram, Reporting, SnmpTrap
from node.settings.sinks import Sinks


class Records:
    """The unit's log files on the volume, and what it sends to others of the same events."""

    def __init__(
        self,
        serial: str,
        address: Callable[[], str],
        reporting: Reporting,
        alerts: AlertQueue,
        traps: TrapSender,
    ) -> None:
        """Write as the unit with this serial number; `address` returns the address that alerts and traps name."""
        self._serial = serial
        self._address = address
        self._reporting = reporting
        self._mails = alerts
        self._notifier = traps
        self.sinks = Sinks()
        """To whom HA events are reported."""
        self._events = Appender(paths.HA_LOG)
        self._alerts = Appender(paths.ALERTS)
        self._traps = Appender(paths.TRAPS)
        self._trace = Appender(paths.TRACE)

    def log(self, message: str) -> None:
        """Write an HA event, and send it to the log servers. Source: HA-650, HA-651."""
        date, _, time_of_day = datetime.now(UTC).isoformat(timespec="microseconds").partition("T")
        line = self._reporting.line(date, time_of_day, self._serial, message)
        self._events.add(line)
        for datagram in self._reporting.datagrams(self.sinks, line):
            self._send(datagram)

    def alert(self, event: str, old: Effective | None, new: Effective | None) -> None:
        """Keep an alert, one JSON object a line: `at` (UTC) and `text`; and mail it. Source: HA-654, HA-655."""
        text = self._reporting.alert(self._address(), event, old, new)
        self._alerts.add(json.dumps({"at": datetime.now(UTC).isoformat(), "text": text}))
        for mail in self._reporting.mails(self.sinks, text):
            self._mails.add(mail)

    def trap(self, event_id: int, reason: str) -> None:
        """Keep an HA trap, and send it to managers. Source: HA-658, HA-659."""
        self._keep_trap("fmlTrapHAEvent", event=event_id, reason=reason)
        self._notify(self._reporting.ha_trap(self._serial, self._address(), event_id, reason))

    def system_trap(self, event: SystemEvent) -> None:
        """Keep a system event trap, and send it to managers. Source: HA-534."""
        self._keep_trap("fmlTrapSystemEvent", event=event)
        self._notify(self._reporting.system_trap(self._serial, event))

    def _keep_trap(self, name: str, **fields: str | int) -> None:
        record = {"at": datetime.now(UTC).isoformat(), "trap": name, "serial": self._serial, **fields}
        self._traps.add(json.dumps(record))

    def _notify(self, trap: SnmpTrap) -> None:
        for notification in self._reporting.notifications(self.sinks, trap):
            self._notifier.send(notification, self.sinks.snmp.info.engine or self._serial)

    def _send(self, datagram: Datagram) -> None:
        """Send a datagram once; one that cannot leave is lost."""
        datagrams = socket.SOCK_DGRAM | socket.SOCK_NONBLOCK
        with contextlib.suppress(OSError), socket.socket(socket.AF_INET, datagrams) as way_out:
            way_out.sendto(datagram.text.encode(), (datagram.address, datagram.port))

    def trace(self, what: str, **more: str | int) -> None:
        """Note what the unit does: `mono` is seconds on the host's monotonic clock, shared by all its containers."""
        self._trace.add(json.dumps({"mono": round(time.monotonic(), 6), "what": what, **more}))

    def events(self) -> list[str]:
        """Lines of the HA event log, oldest first."""
        return self._events.lines()

    def wait_until_told(self, within: float) -> None:
        """Wait until all alerts are on the volume and all traps are sent, at most so many seconds for each."""
        self._mails.wait_until_kept(within)
        self._notifier.wait_until_sent(within)

    def clear(self) -> None:
        """Forget everything written so far."""
        for file in (self._events, self._alerts, self._traps, self._trace):
            file.clear()
        self._mails.clear()

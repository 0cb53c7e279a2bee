"""Where a unit reports HA events to, besides its own log: read from the configuration, the same for both bodies."""

from __future__ import annotations

from dataclasses import dataclass, field

from node.settings import values
from node.settings.configuration import Configuration
from node.settings.schema import Path
from node.settings.snmp import Snmp, snmp

HA_EVENTS = "ha"
"""The word for HA events in each list of what is chosen."""

_REMOTE: Path = ("log setting remote",)
_CATEGORIES: Path = ("log alertemail setting", "categories")
_RECIPIENTS: Path = ("log alertemail recipient",)

FACILITIES = {
    **{name: number for number, name in enumerate(("kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news"))},
    **{name: 9 + number for number, name in enumerate(("cron", "authpriv", "ftp", "ntp", "audit", "alert", "clock"))},
    **{f"local{number}": 16 + number for number in range(8)},
}
"""Number of each facility. Source: RFC 5424."""

_NOTICE = 5


@dataclass(frozen=True, slots=True)
class LogServer:
    """A server to which lines of the log are sent by syslog over UDP."""

    address: str
    port: int
    facility: str

    def packet(self, line: str) -> str:
        """Return a line of the log as it is sent: after its priority, whose severity is `notice`. Source: HA-651."""
        return f"<{FACILITIES[self.facility] * 8 + _NOTICE}>{line}"


@dataclass(frozen=True, slots=True)
class Sinks:
    """All to whom a unit reports HA events, and who may ask for its modes."""

    log_servers: tuple[LogServer, ...] = ()
    recipients: tuple[str, ...] = ()
    """Addresses to which each alert is mailed."""
    snmp: Snmp = field(default_factory=Snmp)


def sinks(configuration: Configuration) -> Sinks:
    """Return where HA events are chosen to go. Source: HA-651, HA-654, HA-657, HA-660, HA-663."""
    chosen = HA_EVENTS in configuration.get(_CATEGORIES).split()
    servers = (_log_server(configuration, (*_REMOTE, name)) for name in configuration.entries(_REMOTE))
    return Sinks(
        log_servers=tuple(server for server in servers if server is not None),
        recipients=configuration.entries(_RECIPIENTS) if chosen else (),
        snmp=snmp(configuration),
    )


def _log_server(configuration: Configuration, entry: Path) -> LogServer | None:
    """The server of an entry; None where it is off, has no address, or HA events are not chosen for it."""

    def of(keyword: str) -> str:
        return configuration.get((*entry, keyword))

    on = of("status") == of("sysevent-log-status") == "enable"
    if not on or HA_EVENTS not in of("sysevent-log-category").split() or values.is_unset(of("server")):
        return None
    return LogServer(of("server"), int(of("port")), of("facility"))

"""What a unit sends its sinks of an HA event: decided here for both bodies, which only send it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from node.engine.modes import Effective
from node.settings import Configuration
from node.settings.sinks import Sinks, sinks
from node.texts import alert_text, log_line


@dataclass(frozen=True, slots=True)
class Datagram:
    """One datagram over UDP: nobody acknowledges it, so it is never sent again."""

    address: str
    port: int
    text: str


@dataclass(frozen=True, slots=True)
class AlertMail:
    """One alert to one recipient: kept until a mail server has taken it."""

    recipient: str
    text: str


def log_datagrams(to: Sinks, line: str) -> tuple[Datagram, ...]:
    """Return what goes to log servers of a line of the log, once to each. Source: HA-650, HA-651."""
    return tuple(Datagram(each.address, each.port, each.packet(line)) for each in to.log_servers)


def alert_mails(to: Sinks, text: str) -> tuple[AlertMail, ...]:
    """Return the mails of an alert, one to each recipient. Source: HA-654, HA-663."""
    return tuple(AlertMail(each, text) for each in to.recipients)


@dataclass(frozen=True, slots=True)
class Reporting:
    """How a unit words what it reports, and to whom it goes."""

    sinks: Callable[[Configuration], Sinks] = sinks
    line: Callable[[str, str, str, str], str] = log_line
    """A line of the log, from its date and time, the unit's serial number and the message."""
    alert: Callable[[str, str, Effective | None, Effective | None], str] = alert_text
    """An alert, from the unit's own address, the event, and the old and the new state."""
    datagrams: Callable[[Sinks, str], tuple[Datagram, ...]] = log_datagrams
    mails: Callable[[Sinks, str], tuple[AlertMail, ...]] = alert_mails

"""Units that report HA events to the wrong ones, too often, or in another form."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from node.engine.modes import Effective
from node.reporting import AlertMail, Datagram, Reporting, alert_mails, log_datagrams
from node.settings import Configuration
from node.settings.sinks import LogServer, Sinks, sinks
from node.texts import alert_text, log_line
from wrong.record import Reports, WrongUnit

_REMOTE = ("log setting remote",)
_RECIPIENTS = ("log alertemail recipient",)


def _lines(change: Callable[[str], str]) -> Reports:
    """Change each line of the log."""

    def line(date: str, time: str, serial: str, message: str) -> str:
        return change(log_line(date, time, serial, message))

    return Reports(lambda reporting: replace(reporting, line=line))


def _finer(date: str, time: str, serial: str, message: str) -> str:
    """A line with microseconds."""
    return log_line(date, time, serial, message).replace(time[:12], time[:15])


def _doubled(to: Sinks, line: str) -> tuple[Datagram, ...]:
    return log_datagrams(to, line) * 2


def _mailed_twice(to: Sinks, text: str) -> tuple[AlertMail, ...]:
    return alert_mails(to, text) * 2


def _mailed_to_one(to: Sinks, text: str) -> tuple[AlertMail, ...]:
    return alert_mails(to, text)[:1]


def _everything_logged(configuration: Configuration) -> Sinks:
    """Send to each log server, whatever is chosen for it."""
    servers = (
        LogServer(configuration.get((*_REMOTE, name, "server")), 514, "kern") for name in configuration.entries(_REMOTE)
    )
    return replace(sinks(configuration), log_servers=tuple(servers))


def _everything_mailed(configuration: Configuration) -> Sinks:
    """Mail each recipient, whatever is chosen."""
    return replace(sinks(configuration), recipients=configuration.entries(_RECIPIENTS))


def _only_as_primary(configuration: Configuration) -> Sinks:
    """Report nothing from a unit that is configured as secondary."""
    return sinks(configuration) if configuration.get(("system ha", "mode")) == "primary" else Sinks()


def _nameless(address: str, event: str, old: Effective | None, new: Effective | None) -> str:
    return alert_text(address, event, old, new).replace(f"machine at {address}", "machine of your group")


def _as_the_group(address: str, event: str, old: Effective | None, new: Effective | None) -> str:
    """An alert in the name of the address that the group shares."""
    del address
    return alert_text("10.0.3.100", event, old, new)


def _states_first(address: str, event: str, old: Effective | None, new: Effective | None) -> str:
    first, heading, *rest = alert_text(address, event, old, new).splitlines()
    return "\n".join((first, heading, *reversed(rest)))


def _with(**changed: object) -> Reports:
    """Change some of how a unit reports."""

    def change(reporting: Reporting) -> Reporting:
        return replace(reporting, **changed)  # type: ignore[arg-type] # names and types are those of the record

    return Reports(change)


UNITS = (
    WrongUnit(
        "logs-as-another-type",
        ("HA-650",),
        "The lines of its log are of type event.",
        (_lines(lambda line: line.replace("type=kevent", "type=event", 1)),),
    ),
    WrongUnit(
        "logs-the-user-first",
        ("HA-651",),
        "A line of its log tells the user before the priority.",
        (_lines(lambda line: line.replace("pri=notice user=ha", "user=ha pri=notice", 1)),),
    ),
    WrongUnit(
        "logs-microseconds",
        ("HA-651",),
        "The time of a line of its log has six digits of a second.",
        (_with(line=_finer),),
    ),
    WrongUnit(
        "sends-each-line-twice",
        ("HA-653",),
        "It sends each line of its log twice to a log server.",
        (_with(datagrams=_doubled),),
    ),
    WrongUnit(
        "logs-what-nobody-chose",
        ("HA-657",),
        "It sends HA events to a log server for which other events are chosen.",
        (_with(sinks=_everything_logged),),
    ),
    WrongUnit(
        "reports-as-primary-only",
        ("HA-656", "HA-657"),
        "Configured as secondary, it reports HA events to nobody.",
        (_with(sinks=_only_as_primary),),
    ),
    WrongUnit(
        "mails-what-nobody-chose",
        ("HA-654",),
        "It mails alerts to its recipients although other events are chosen.",
        (_with(sinks=_everything_mailed),),
    ),
    WrongUnit(
        "mails-each-alert-twice",
        ("HA-654",),
        "It mails each alert twice.",
        (_with(mails=_mailed_twice),),
    ),
    WrongUnit(
        "mails-one-recipient-only",
        ("HA-663",),
        "Of several recipients it mails the first one only.",
        (_with(mails=_mailed_to_one),),
    ),
    WrongUnit(
        "alerts-without-address",
        ("HA-655.a",),
        "The first line of its alerts names no address.",
        (_with(alert=_nameless),),
    ),
    WrongUnit(
        "alerts-as-the-group",
        ("HA-655.a", "HA-656"),
        "Its alerts name the shared address in place of its own.",
        (_with(alert=_as_the_group),),
    ),
    WrongUnit(
        "alerts-tell-states-first",
        ("HA-655.b",),
        "Its alerts tell the change of state before the event.",
        (_with(alert=_states_first),),
    ),
)

"""The texts of a unit's log lines and alert mails."""

from __future__ import annotations

from node.engine.modes import Effective

_MILLISECONDS = len("12:34:56.789")


def log_line(date: str, time: str, serial: str, message: str) -> str:
    """One line of the HA event log, fields in their documented order. Source: HA-650, HA-651, D.1-1.

    Date and time are those of ISO 8601. The line has milliseconds: public decoders of this log read no more than three
    digits of a second.
    """
    return (
        f"date={date} time={time[:_MILLISECONDS]} device_id={serial} log_id=0004001036 "
        f'type=kevent subtype=ha pri=notice user=ha ui=ha action=none status=success msg="{message}"'
    )


def alert_text(address: str, event: str, old: Effective | None, new: Effective | None) -> str:
    """One alert mail: the unit's address, the event, the change of state. Source: HA-655, D.1-11."""
    first = f"This is the HA machine at {address}."
    if old is None or new is None:
        return f"{first}\nThe following critical event was detected\n{event}"
    change = f"The state changed from '{TOKENS[old]}' to '{TOKENS[new]}'"
    return f"{first}\nThe following event has occurred\n{event}\n{change}"


TOKENS = {
    Effective.PRIMARY: "MASTER",
    Effective.SECONDARY: "SLAVE",
    Effective.HOLD_OFF: "HOLD_OFF",
    Effective.FAILED: "FAILED",
    Effective.OFF: "OFF",
}
"""Words for a state in alerts. Source: D.1, state tokens."""

"""The texts of log lines and alert mails: their fields, in the documented order."""

from __future__ import annotations

from node.engine.modes import Effective
from node.texts import alert_text, log_line


def test_a_log_line_has_its_documented_fields() -> None:
    """Time in milliseconds, then who, what kind, and the message in quotes. Source: HA-650, HA-651."""
    line = log_line("2026-01-02", "03:04:05.006789+00:00", "SN1", "ha: HA started")
    assert line == (
        "date=2026-01-02 time=03:04:05.006 device_id=SN1 log_id=0004001036 type=kevent subtype=ha "
        'pri=notice user=ha ui=ha action=none status=success msg="ha: HA started"'
    )


def test_an_alert_says_who_what_and_which_change() -> None:
    """The frame lines of the manual, with its state tokens. Source: D.1-11."""
    text = alert_text("10.0.1.2", "MASTER heartbeat disappeared", Effective.SECONDARY, Effective.PRIMARY)
    assert text.splitlines() == [
        "This is the HA machine at 10.0.1.2.",
        "The following event has occurred",
        "MASTER heartbeat disappeared",
        "The state changed from 'SLAVE' to 'MASTER'",
    ]
    assert "critical event" in alert_text("10.0.1.2", "The system was shutdown!", None, None)

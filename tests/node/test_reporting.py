"""To whom HA events go, by the configuration."""

from __future__ import annotations

import pytest

from node.reporting import AlertMail, Datagram, alert_mails, log_datagrams
from node.settings import Configuration
from node.settings.schema import find
from node.settings.sinks import FACILITIES, sinks

SERVER = ("log setting remote", "1")
CHOSEN = {
    "status": "enable",
    "server": "10.0.1.50",
    "port": "5514",
    "facility": "local7",
    "sysevent-log-category": "ha",
}


def entered(**changed: str) -> Configuration:
    """Return settings with one log server, some of them otherwise."""
    configuration = Configuration.factory().with_entry(SERVER)
    for keyword, value in {**CHOSEN, **{name.replace("_", "-"): value for name, value in changed.items()}}.items():
        configuration = configuration.with_value((*SERVER, keyword), value)
    return configuration


def test_a_factory_unit_reports_to_nobody() -> None:
    """Neither log server nor recipient is there."""
    to = sinks(Configuration.factory())
    assert not log_datagrams(to, "line")
    assert not alert_mails(to, "text")


def test_a_line_goes_to_the_log_server_after_its_priority() -> None:
    """The priority is the facility's number times eight, plus 5 for a notice. Source: RFC 5424."""
    assert log_datagrams(sinks(entered()), "line") == (Datagram("10.0.1.50", 5514, "<189>line"),)


@pytest.mark.parametrize(
    "changed",
    [
        {"status": "disable"},
        {"server": "0.0.0.0"},  # noqa: S104 - the word for no server
        {"sysevent_log_status": "disable"},
        {"sysevent_log_category": "admin system"},
    ],
)
def test_a_log_server_that_is_not_chosen_gets_nothing(changed: dict[str, str]) -> None:
    """Each switch alone keeps HA events back. Source: HA-657."""
    assert not log_datagrams(sinks(entered(**changed)), "line")


def test_alerts_go_to_each_recipient_where_ha_events_are_chosen() -> None:
    """Recipients alone get nothing. Source: HA-654, HA-663."""
    configuration = Configuration.factory()
    for name in ("a@example.com", "b@example.com"):
        configuration = configuration.with_entry(("log alertemail recipient", name))
    assert not alert_mails(sinks(configuration), "text")
    chosen = configuration.with_value(("log alertemail setting", "categories"), "diskfull ha")
    assert alert_mails(sinks(chosen), "text") == (
        AlertMail("a@example.com", "text"),
        AlertMail("b@example.com", "text"),
    )


def test_every_facility_has_a_number() -> None:
    """The manual's words are all known."""
    assert set(find((*SERVER, "facility")).values) <= FACILITIES.keys()

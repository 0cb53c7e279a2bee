"""A service of a unit fails from outside, in containers: what the agents are asked, and what proves it."""

from __future__ import annotations

from typing import Any, cast

import pytest

from lab.contract import Failing, Service
from lab.docker import rules
from lab.docker.agent import Agent
from lab.docker.services import Services
from lab.errors import FaultNotProven


class Paper:
    """An agent that notes what it is asked, and answers `greeting` as told."""

    def __init__(self, **greeting: str) -> None:
        """Find a service as it is told."""
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.greeting = greeting

    def ask(self, do: str, **arguments: object) -> dict[str, Any]:
        """Note a request."""
        self.asked.append((do, arguments))
        return {"at": 1.5, **(self.greeting if do == "greeting" else {})}


def services(chassis: Paper, client: Paper) -> Services:
    """The services of a unit between these agents."""
    return Services(cast("Agent", chassis), cast("Agent", client))


@pytest.mark.parametrize(
    ("failing", "rule", "says", "found"),
    [
        (Failing.REFUSING, "tcp dport 25 reject with tcp reset", None, {"outcome": "refused"}),
        (Failing.UNREACHABLE, "tcp dport 25 drop", None, {"outcome": "lost"}),
        (Failing.SILENT, "tcp dport 25 redirect to :61025", "", {"outcome": "silent"}),
        (
            Failing.REJECTING,
            "tcp dport 25 redirect to :61025",
            "554 5.3.2 no service here\r\n",
            {"outcome": "said", "says": "554 5.3.2 no service here\r\n"},
        ),
    ],
)
def test_new_connections_from_outside_are_refused_lost_or_sent_to_an_impostor(
    failing: Failing, rule: str, says: str | None, found: dict[str, str]
) -> None:
    """The impostor listens before anybody is sent to it."""
    chassis, client = Paper(), Paper(**found)
    assert services(chassis, client).fail(Service.SMTP, failing, "10.97.3.1") == 1.5
    *impostor, (_, loaded) = chassis.asked
    assert f'iifname != "lo" ct state new {rule}' in loaded["text"]
    assert impostor == ([] if says is None else [("impostor", {"port": "61025", "says": says})])
    assert client.asked == [("greeting", {"address": "10.97.3.1", "port": "25", "within": 0.5})]


def test_a_late_service_is_the_units_own_some_seconds_later() -> None:
    """Nothing is said at first, which is the proof."""
    chassis, client = Paper(), Paper(outcome="silent")
    services(chassis, client).fail(Service.SMTP, Failing.LATE, "10.97.3.1")
    assert chassis.asked[0] == ("impostor", {"port": "61025", "late": 2.0, "to": "25"})


def test_a_greeting_without_end_is_proven_by_its_beginning() -> None:
    """However much of it has come by then; anything else is no proof."""
    chassis = Paper()
    services(chassis, Paper(outcome="said", says="220-come in\r\n220-co")).fail(
        Service.SMTP, Failing.ENDLESS, "10.97.3.1"
    )
    assert chassis.asked[0] == ("impostor", {"port": "61025", "says": "220-come in\r\n", "again": "yes"})
    for found in ({"outcome": "said", "says": "220 p\r\n"}, {"outcome": "silent"}):
        with pytest.raises(FaultNotProven, match="SMTP service was to be endless"):
            services(Paper(), Paper(**found)).fail(Service.SMTP, Failing.ENDLESS, "10.97.3.1")


def test_a_huge_greeting_is_proven_by_its_beginning_too() -> None:
    """Nobody reads ten megabytes to see that they come."""
    chassis = Paper()
    services(chassis, Paper(outcome="said", says="220 come in xxx")).fail(Service.SMTP, Failing.HUGE, "10.97.3.1")
    assert chassis.asked[0] == ("impostor", {"port": "61025", "says": "220 come in ", "more": "10000000"})
    with pytest.raises(FaultNotProven, match="SMTP service was to be huge"):
        services(Paper(), Paper(outcome="said", says="220 p\r\n")).fail(Service.SMTP, Failing.HUGE, "10.97.3.1")


def test_a_service_that_still_greets_is_no_proof() -> None:
    """Nor one that says something else than the impostor would."""
    for found in ({"outcome": "said", "says": "220 p\r\n"}, {"outcome": "lost"}):
        with pytest.raises(FaultNotProven, match="SMTP service was to be deferring"):
            services(Paper(), Paper(**found)).fail(Service.SMTP, Failing.DEFERRING, "10.97.3.1")


def test_a_service_that_nobody_can_dial_is_not_asked() -> None:
    """Its machine has no power, or no cable: the rules are there when it is back."""
    chassis, client = Paper(), Paper()
    services(chassis, client).fail(Service.IMAP, Failing.REFUSING, "")
    assert client.asked == []
    assert chassis.asked


def test_mending_takes_every_rule_and_every_impostor_away() -> None:
    """Also those that another process has made."""
    chassis = Paper()
    mended = services(chassis, Paper())
    mended.mend()
    assert chassis.asked == [
        ("rules", {"text": "".join(map(rules.no_failing_service, (25, 110, 143, 80)))}),
        ("impostors-stop", {}),
    ]
    assert not mended.failing

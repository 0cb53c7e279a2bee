"""A unit's container that ends: it was shut down, asks to be started again, or never came up."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from lab.docker.power import Power
from lab.errors import BootFailed
from lab.profiles import named
from lab.profiles.record import UnitProfile
from tests.lab.paper_rack import racked
from tests.lab.paper_shell import PASSWORD

RESTART = 64


def restarting() -> UnitProfile:
    """Return the profile of a unit that asks to be started again by an exit code."""
    unit = named("black-box")
    return replace(unit, container=replace(unit.container, restart_codes=(RESTART,)))


class Witness:
    """Notes what a unit's power reports."""

    def __init__(self, rack: Any) -> None:  # noqa: ANN401 - a rack on paper
        """Follow the unit's container."""
        self.off: list[float] = []
        self.restarts: list[float] = []
        self.power = Power(rack, "P", went_off=self.off.append, restarts=self.restarts.append)
        self.power.follow()


def eventually(condition: Callable[[], object]) -> None:
    """Wait a little for something that another thread does."""
    deadline = time.monotonic() + 5
    while not condition():
        assert time.monotonic() < deadline
        threading.Event().wait(0.01)


def test_a_container_that_ends_with_a_restart_code_has_power_and_is_on_no_network() -> None:
    """A rebooting machine has power: only who started it knows that it runs no more."""
    with racked(restarting(), ("sh", "-c", f"sleep 0.2; exit {RESTART}")) as rack:
        seen = Witness(rack)
        eventually(lambda: seen.restarts)
        power = seen.power
        assert (power.is_powered(), power.is_on(), power.is_lit()) == (True, False, False)
        rack.api.command = ("sleep", "60")
        assert power.restart()
        assert (power.is_powered(), power.is_on(), power.is_lit()) == (True, True, True)
        assert not seen.off


def test_who_has_to_prepare_a_started_machine_is_told_each_time() -> None:
    """Its first process is known by then; one that runs already was prepared before."""
    with racked(named("black-box")) as rack:
        told: list[int] = []
        power = Power(rack, "P", went_off=print, restarts=print, started=lambda: told.append(power.pid()))
        power.follow()
        first = power.pid()
        power.on()
        assert told == []
        power.cut()
        assert power.pid() == 0
        power.on()
        assert told == [power.pid()]
        assert first != power.pid() > 0


@pytest.mark.parametrize("code", [0, 1, RESTART + 1])
def test_a_container_that_ends_otherwise_has_gone_off(code: int) -> None:
    """Whatever the code: nothing starts it again."""
    with racked(restarting(), ("sh", "-c", f"sleep 0.2; exit {code}")) as rack:
        seen = Witness(rack)
        eventually(lambda: seen.off)
        assert not seen.restarts
        assert not seen.power.is_powered()
        assert not seen.power.restart()


def test_without_restart_codes_every_end_is_the_last() -> None:
    """The same code means nothing to a unit whose profile names none."""
    with racked(named("black-box"), ("sh", "-c", f"sleep 0.2; exit {RESTART}")) as rack:
        seen = Witness(rack)
        eventually(lambda: seen.off)
        assert not seen.restarts


def test_a_machine_that_loses_power_while_it_restarts_stays_off() -> None:
    """Whoever was about to start it again does not."""
    with racked(restarting(), ("sh", "-c", f"sleep 0.2; exit {RESTART}")) as rack:
        seen = Witness(rack)
        eventually(lambda: seen.restarts)
        figures = seen.power.cut()
        assert figures["dead"] < figures["dark"]
        assert not seen.power.is_powered()
        assert not seen.power.restart()
        assert [command for command, _ in rack.api.commands].count("start") == 1


def test_a_machine_that_was_started_again_is_not_darkened_by_late_news_of_its_end() -> None:
    """Two threads know of an end: the slower one must not take a running machine off its networks."""
    with racked(named("black-box")) as rack:
        seen = Witness(rack)
        rack.agent.asked.clear()
        seen.power.darken()
        assert rack.agent.asked == []
        seen.power.cut()
        rack.agent.asked.clear()
        seen.power.darken()
        assert "rules" in rack.agent.asked


def test_a_container_that_ends_at_once_tells_its_code_and_last_words() -> None:
    """One line with what to look at, and no secret in it."""
    with racked(named("black-box"), ("sh", "-c", "exit 127")) as rack:
        rack.api.wait(rack.badge.name("unit-p"), condition="not-running")
        with pytest.raises(BootFailed) as caught:
            Witness(rack)
    told = str(caught.value)
    assert told.startswith("unit P's container ended with 127 after 0.")
    assert told.endswith("no such file | for ******; look at container.command and container.environment")
    assert PASSWORD not in told

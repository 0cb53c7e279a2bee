"""How often a client probes an address: at once and often around whatever may change who answers, else seldom."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from lab.docker.probing import OFTEN, SELDOM, STARTING, STIRRED, Probing
from lab.errors import LabError

HOST, HOST6 = "10.97.3.100", "fd53:7769:97:3::100"


class Paper:
    """A client's agent that notes how often it probes what, and a clock."""

    def __init__(self) -> None:
        """Begin without probes."""
        self.now = 100.0
        self.every: dict[str, float] = {}
        self.told = 0
        agent: Any = SimpleNamespace(tell=self.tell)
        self.probing = Probing(agent, lambda: self.now)

    def tell(self, do: str, address: str = "", every: float = 0.0) -> None:
        """Watch as the agent does: what is watched already stays as it is."""
        self.told += 1
        if do == "unwatch":
            self.every.clear()
        else:
            self.every.setdefault(address, every)

    def probes(self, seconds: float, *, answered: bool = True, address: str = HOST) -> None:
        """Let time pass, with probes at its end."""
        self.now += seconds
        self.probing.take(address, self.now, answered=answered)


@pytest.fixture
def paper() -> Iterator[Paper]:
    """Return a client that has watched an address for a while, on which nobody answers."""
    made = Paper()
    made.probing.watch(HOST)
    made.probes(1.0, answered=False)
    assert made.every == {HOST: SELDOM}
    yield made
    made.probing.stop()
    assert made.every == {}


def test_while_nothing_happens_an_address_is_probed_seldom(paper: Paper) -> None:
    """Whether somebody answers there, or not: nothing is told the client again."""
    told = paper.told
    for answered in (False, True, True, False):
        paper.probes(0.5, answered=answered)
    assert (paper.every, paper.told) == ({HOST: SELDOM}, told)


def test_what_happens_lets_it_be_probed_often_for_a_while(paper: Paper) -> None:
    """From that moment on; what happens meanwhile prolongs it, and is no reason to begin anew."""
    paper.probing.stir()
    assert paper.every == {HOST: OFTEN}
    told = paper.told
    paper.probes(STIRRED)
    paper.probing.stir()
    paper.probes(STIRRED)
    assert (paper.every, paper.told) == ({HOST: OFTEN}, told)
    paper.probes(0.1)
    assert paper.every == {HOST: SELDOM}


def test_a_holder_that_does_not_answer_yet_is_probed_often_until_it_does(paper: Paper) -> None:
    """Its mail service starts; that a service never comes is known some time."""
    for ends in ({"answered": True}, {"answered": False}):
        paper.probing.hold("P", HOST, held=True)
        assert paper.every == {HOST: OFTEN}
        paper.probes(STARTING / 2, answered=False)
        assert paper.every == {HOST: OFTEN}
        paper.probes(STARTING / 2 + 0.1, **ends)
        assert paper.every == {HOST: SELDOM}
    paper.probing.hold("P", HOST, held=False)
    assert paper.every == {HOST: OFTEN}
    paper.probes(STIRRED + 0.1, answered=False)
    assert paper.every == {HOST: SELDOM}


def test_addresses_that_nobody_watches_do_not_matter(paper: Paper) -> None:
    """A unit has its own ones, and a scenario may have ended."""
    paper.probing.hold("P", "10.97.3.1", held=True)
    paper.probes(5.0, answered=True, address="10.97.3.1")
    assert paper.every == {HOST: SELDOM}


def test_all_addresses_are_probed_alike(paper: Paper) -> None:
    """The one that is watched later as well, from its first probe on."""
    paper.probing.stir()
    paper.probing.watch(HOST6)
    assert paper.every == {HOST: OFTEN, HOST6: OFTEN}
    paper.probing.hold("P", HOST6, held=True)
    paper.probes(STIRRED + 0.1)
    assert paper.every == {HOST: OFTEN, HOST6: OFTEN}
    paper.probes(0.0, address=HOST6)
    assert paper.every == {HOST: SELDOM, HOST6: SELDOM}


def test_what_happens_before_a_scenario_counts_for_its_first_probes(paper: Paper) -> None:
    """And a client that is gone is nobody's trouble until somebody asks it."""
    paper.probing.stop()
    paper.probing.stir()
    paper.probing.watch(HOST)
    assert paper.every == {HOST: OFTEN}

    def gone(*_: object, **__: object) -> None:
        raise LabError("gone", "")

    alive, paper.probing._client.tell = paper.probing._client.tell, gone  # type: ignore[method-assign] # on paper
    paper.probes(STIRRED + 0.1)
    paper.probing.stir()
    paper.probing._client.tell = alive  # type: ignore[method-assign] # on paper

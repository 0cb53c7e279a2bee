"""A stranger in the Docker lab: what its agent is told to say, by the wire of the unit that it attacks."""

from __future__ import annotations

import base64
from types import SimpleNamespace
from typing import Any

import pytest

from lab import wires
from lab.contract import Ending, Intrusion, Port, Rank, Trick
from lab.docker.stranger import MEGABYTE, Stranger
from lab.docker.subnets import Plan
from lab.errors import UsageError
from lab.wires import switchover
from lab.wires.wire import Wire

NUMBERS = {port: 20000 + offset for offset, port in enumerate(Port)}


class PaperAgent:
    """An agent on paper: takes note of a request, and tells that every port has closed."""

    def __init__(self) -> None:
        """Begin without a request."""
        self.request: dict[str, Any] = {}

    def ask(self, do: str, **arguments: object) -> dict[str, Any]:
        """Take note."""
        self.request = {"do": do, **arguments}
        ports = self.request["ports"]
        return {"endings": dict.fromkeys(ports, "closed"), "stood": len(ports), "refused": 0, "sent": 7}


@pytest.fixture
def agent() -> PaperAgent:
    """Return the stranger's machine."""
    return PaperAgent()


def stranger(agent: PaperAgent, wire: Wire) -> Stranger:
    """Return a stranger at units that speak this wire."""
    rack: Any = SimpleNamespace(plan=Plan(97), add_stranger=lambda: agent)
    return Stranger(rack, wires={"P": wire, "S": wire})


def intrude(agent: PaperAgent, wire: Wire, trick: Trick) -> dict[str, Any]:
    """Try a trick at P; return what the agent was asked to do."""
    intrusion = Intrusion(trick, password="guessed")  # noqa: S106 - of nobody
    encounter = stranger(agent, wire).intrude(Rank.PRIMARY, "P", intrusion, NUMBERS, peer_is_lit=True)
    assert encounter.endings == dict.fromkeys(Port, Ending.CLOSED)
    return agent.request


def said(request: dict[str, Any]) -> set[bytes]:
    """What the agent sends, at any port."""
    return {base64.b64decode(text) for text in request["says"].values()}


@pytest.mark.parametrize("trick", [Trick.CLAIM, Trick.ENDLESS_LINE, Trick.BROKEN_LINES])
def test_a_stranger_with_a_password_authenticates_as_the_wire_does(agent: PaperAgent, trick: Trick) -> None:
    """Identity and key go to the agent as data."""
    request = intrude(agent, switchover.WIRE, trick)
    key = switchover.key_of("guessed").hex()
    assert request["psk"] == {"identity": switchover.IDENTITY, "key": key}
    assert said(request) == {switchover.says(trick, "P", port) for port in Port}
    assert request["apart"] is (trick is Trick.BROKEN_LINES)


@pytest.mark.parametrize("trick", [Trick.GARBAGE, Trick.SILENCE, Trick.CROWD])
@pytest.mark.parametrize("wire", [switchover.WIRE, wires.NONE], ids=lambda wire: wire.name)
def test_tricks_without_words_need_no_wire(agent: PaperAgent, wire: Wire, trick: Trick) -> None:
    """They are the same at every unit, and nobody authenticates."""
    request = intrude(agent, wire, trick)
    assert request["psk"] is None
    assert {len(each) * request["repeat"] for each in said(request)} == {MEGABYTE if trick is Trick.GARBAGE else 0}


def test_the_agent_is_told_what_is_no_answer(agent: PaperAgent) -> None:
    """By the wire; where it is not known, the agent is told so, which is not the same as no refusals."""
    assert intrude(agent, switchover.WIRE, Trick.GARBAGE)["refusals"] == ["14", "15", "16", "17"]
    assert intrude(agent, wires.NONE, Trick.GARBAGE)["refusals"] is None
    assert intrude(agent, Wire("open", known=True), Trick.GARBAGE)["refusals"] == []


@pytest.mark.parametrize("trick", [trick for trick in Trick if trick.is_spoken])
def test_nobody_speaks_without_a_wire(agent: PaperAgent, trick: Trick) -> None:
    """A lab by hand that is asked to all the same says what is missing."""
    with pytest.raises(UsageError, match="no wire module"):
        intrude(agent, wires.NONE, trick)

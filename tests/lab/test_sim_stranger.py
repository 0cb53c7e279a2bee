"""Tests of the stranger in the embedded lab: what each trick meets at the reference unit's ports."""

from __future__ import annotations

import pytest

from lab.contract import Ending, Guise, Intrusion, Lab, Port, Rank, Trick
from lab.errors import FaultNotProven
from lab.timeline import Kind
from tests.lab.sim_pair import healthy, let_pass, new_lab, roles

LETTING_ALL_IN = "wrong:admits-strangers"

GROUPS, GUESSED = "change_me", "guessed"


def intrude(lab: Lab, intrusion: Intrusion) -> set[Ending]:
    """Try a trick at P over the primary link; return how it ended."""
    return set(lab.links[Rank.PRIMARY].intrude("P", intrusion).endings.values())


def refusals(lab: Lab) -> list[str]:
    """What P logs of whom it refused."""
    return [line.rpartition("link: ")[2] for line in lab.primary.log() if "refused a peer" in line]


@pytest.mark.parametrize(
    ("intrusion", "why"),
    [
        (Intrusion(Trick.GARBAGE), "not the configured peer"),
        (Intrusion(Trick.GARBAGE, Guise.PEER), "no proper greeting"),
        (Intrusion(Trick.CLAIM, password=GROUPS), "not the configured peer"),
        (Intrusion(Trick.CLAIM, Guise.PEER, password=GUESSED), "wrong password"),
        (Intrusion(Trick.REPLAY, Guise.PEER), "no proper greeting"),
        (Intrusion(Trick.ENDLESS_LINE, Guise.PEER, (Port.HEARTBEAT,), GROUPS), "a line is too long"),
        (Intrusion(Trick.SILENCE, Guise.PEER), "no greeting in time"),
        (Intrusion(Trick.HALF_GREETING, Guise.PEER), "no greeting in time"),
        (Intrusion(Trick.CROWD), "not the configured peer"),
    ],
    ids=lambda value: value.trick if isinstance(value, Intrusion) else None,
)
def test_every_trick_ends_at_a_closed_door(intrusion: Intrusion, why: str) -> None:
    """The unit closes every connection, says why in one line, and changes no role."""
    lab = healthy(new_lab())
    assert intrude(lab, intrusion) == {Ending.CLOSED}
    let_pass(lab, 5.0)
    assert refusals(lab)[0].strip('"') == why
    assert len(refusals(lab)) == 1
    assert roles(lab, lab.primary) == ["primary"]


def test_each_broken_line_ends_its_connection() -> None:
    """Whatever is wrong with it; the unit says each reason once."""
    lab = healthy(new_lab())
    trick = Intrusion(Trick.BROKEN_LINES, Guise.PEER, (Port.HEARTBEAT, Port.SYNC_CONTROL, Port.DATA_SYNC), GROUPS)
    assert intrude(lab, trick) == {Ending.CLOSED}
    let_pass(lab, 5.0)
    assert len(refusals(lab)) == len(set(refusals(lab))) == 6
    assert roles(lab, lab.primary) == ["primary"]


def test_unit_that_admits_anyone_answers_the_stranger() -> None:
    """A claim to the role is heard, a replay is heard again: the lab does not protect the unit."""
    lab = new_lab(unit=LETTING_ALL_IN)
    lab.links[Rank.PRIMARY].overhear()
    healthy(lab)
    let_pass(lab, 3.0)
    before = len(lab.timeline.of(Kind.HEARTBEAT, "P"))
    assert intrude(lab, Intrusion(Trick.REPLAY, Guise.PEER)) == {Ending.ANSWERED}
    assert len(lab.timeline.of(Kind.HEARTBEAT, "P")) >= before + 3
    assert intrude(lab, Intrusion(Trick.CLAIM)) == {Ending.ANSWERED}
    let_pass(lab, 1.0)
    assert roles(lab, lab.primary) == ["primary", "secondary"]


def test_ports_that_do_not_listen_refuse() -> None:
    """A unit outside a group has no heartbeat ports; a unit without power is not reached, and that proves nothing."""
    lab = new_lab()
    assert intrude(lab, Intrusion(Trick.GARBAGE)) == {Ending.REFUSED}
    lab.primary.power_off()
    with pytest.raises(FaultNotProven):
        intrude(lab, Intrusion(Trick.GARBAGE))


def test_memory_is_what_the_engine_keeps() -> None:
    """It grows with what a unit hoards, and is nothing without an engine."""
    lab = healthy(new_lab(unit="wrong:hoards-strangers"))
    before = lab.primary.memory()
    intrude(lab, Intrusion(Trick.CROWD))
    let_pass(lab, 1.0)
    assert lab.primary.memory() - before > 100 << 20
    lab.primary.power_off()
    assert lab.primary.memory() == 0

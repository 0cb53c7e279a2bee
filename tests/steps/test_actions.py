"""What an action tells is done in one order, in a When and in a Given."""

from __future__ import annotations

import pytest

from lab.contract import Capability, Mode, Rank
from lab.faults import Fault, FaultKind
from lab.frames import Frame
from lab.invariants import Allowances
from lab.schedule import What
from lab.timeline import Kind
from steps.actions import Action, faults, needs_of, orders
from steps.scene import Scene
from tests.lab.sim_pair import healthy, new_lab


@pytest.fixture
def scene() -> Scene:
    """Return a scene with a healthy pair."""
    return Scene(healthy(new_lab()), Allowances())


def test_faults_bring_their_needs() -> None:
    """As a capability of the lab."""
    assert needs_of(Action(faults(What.SILENT, links=Rank)).faults) == {Capability.CUT}


def test_a_need_that_no_sentence_declares_is_an_error(scene: Scene) -> None:
    """A lab without it would otherwise learn of it only after minutes of the scenario."""
    scene.declared = frozenset({Capability.POWER})
    scene.carry_out(Action(faults(What.POWER_OFF, ("S",))))
    with pytest.raises(RuntimeError, match=r"declares that it needs cut$"):
        scene.carry_out(Action(faults(What.SILENT, links=Rank)))


def test_what_an_action_does_comes_in_order(scene: Scene) -> None:
    """What must be proven first, then faults, what an operator enters, and the rest; what a Given awaits comes last."""
    told: list[str] = []
    action = Action(
        faults(What.MAIL_PULLED, ("S",)),
        proves=lambda: told.append(f"proves, {len(scene.lab.timeline.of(Kind.FAULT))} faults"),
        enters=orders(What.SYNC, ("P",)),
        does=lambda: told.append("does"),
        seen=lambda: told.append("seen"),
        done=lambda: told.append("done"),
    )
    scene.carry_out(action)
    assert told == ["proves, 0 faults", "does", "seen"]
    entries = scene.lab.timeline.of(Kind.FAULT) + scene.lab.timeline.of(Kind.CLI, since=scene.since)
    assert [entry.kind for entry in entries[:2]] == [Kind.FAULT, Kind.CLI]
    scene.carry_out(Action(done=lambda: told.append("done")), Frame.HAPPENED)
    assert told[1:] == ["does", "seen", "done"]


def test_what_an_action_causes_is_allowed_once(scene: Scene) -> None:
    """An assertion that names the same change again does not allow a second one; another action does."""
    action = Action(causes=[("S", Mode.PRIMARY), ("S", Mode.PRIMARY)])
    scene.carry_out(action)
    scene.cause("S", Mode.PRIMARY)
    assert scene.allow.roles["S", "primary"] == 1
    scene.carry_out(action)
    assert scene.allow.roles["S", "primary"] == 2


def test_a_split_is_declared_by_the_fault_that_may_bring_it_or_by_the_action(scene: Scene) -> None:
    """A cable of the mail interface brings none; a password of its own does, though no fault tells it."""
    scene.carry_out(Action(faults(What.MAIL_PULLED, ("S",))))
    assert scene.allow.splits == []
    scene.carry_out(Action(faults(What.SILENT, links=Rank)))
    scene.carry_out(Action(splits=True))
    assert len(scene.allow.splits) == 2


def test_a_phrase_means_its_fault_for_each_unit_and_link() -> None:
    """What the words leave open is filled in."""
    assert faults(What.POWER_OFF, ("S", "P")) == (Fault(FaultKind.POWER_OFF, "S"), Fault(FaultKind.POWER_OFF, "P"))
    late = faults(What.SLOW, links=(Rank.PRIMARY,), value=2.0, jitter=0.5)
    assert late == (Fault(FaultKind.DELAY, link=Rank.PRIMARY, value=2.0, jitter=0.5),)


def test_counting_begins_with_the_action_and_on_a_lost_link_when_that_is_proven(scene: Scene) -> None:
    """What the lab's own probes carry on the link that it cuts is nobody's."""
    scene.carry_out(Action(faults(What.SILENT, links=(Rank.PRIMARY,)), counts=True))
    assert all(scene.grown(Rank.PRIMARY, port) == 0 for _, port in scene.carried)

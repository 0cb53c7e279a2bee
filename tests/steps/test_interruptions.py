"""What a fault or a restart is to interrupt is proven to be under way."""

from __future__ import annotations

from contextlib import nullcontext
from types import SimpleNamespace
from typing import cast

import pytest

from lab.contract import Capability, Mode, Reply
from lab.errors import FaultNotProven
from steps.fields import Outcomes
from steps.interruptions import prove_copying, prove_pending
from steps.operator import Answer, has_been
from steps.scene import Scene


@pytest.mark.parametrize("stored_on", ["P", "PS"])
def test_a_copy_is_interrupted_only_while_one_unit_still_lacks_the_message(stored_on: str) -> None:
    """One that has come through before is nothing that a fault could interrupt."""
    units = [SimpleNamespace(stored=lambda _area, name=name: {"m1"} if name in stored_on else set()) for name in "PS"]
    lab = SimpleNamespace(capabilities={Capability.STORAGE})
    scene = cast("Scene", SimpleNamespace(copying="m1", lab=lab, units=units))
    with pytest.raises(FaultNotProven, match="was copied before") if stored_on == "PS" else nullcontext():
        prove_copying(scene)


def scene_whose_secondary_leads(now: Mode) -> Scene:
    """A command was entered on the secondary while it led; `now` is its effective mode."""
    unit = SimpleNamespace(effective_mode=lambda: now)
    return cast("Scene", SimpleNamespace(ordered=("S", Mode.PRIMARY), unit=lambda _name: unit))


def test_a_restart_interrupts_a_command_that_is_not_carried_out() -> None:
    """The unit is still what it was."""
    prove_pending(scene_whose_secondary_leads(Mode.PRIMARY), ("S",))


def test_a_restart_that_comes_too_late_for_a_command_judges_no_unit() -> None:
    """The operator was slow, so the role has moved already."""
    with pytest.raises(FaultNotProven, match="came through"):
        prove_pending(scene_whose_secondary_leads(Mode.SECONDARY), ("P", "S"))


def test_a_restart_of_the_other_unit_interrupts_nothing_there() -> None:
    """What the peer has become since does not matter to it."""
    prove_pending(scene_whose_secondary_leads(Mode.SECONDARY), ("P",))


def test_a_restart_interrupts_no_command_whose_end_was_seen() -> None:
    """A command that was refused, given up or carried out is over."""
    scene = scene_whose_secondary_leads(Mode.SECONDARY)
    scene.act = lambda: None  # type: ignore[method-assign]
    refused = Outcomes(accepted=False, refused=True, given_up=None, carried_out=False)
    has_been(scene, Answer(Reply("no peer is heard", accepted=False)), refused)
    prove_pending(scene, ("S",))

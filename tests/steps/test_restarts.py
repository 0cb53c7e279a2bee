"""A restart that is to interrupt a command is proven to come before that is carried out."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

import pytest

from lab.contract import Mode
from lab.errors import FaultNotProven
from steps.restarts import prove_pending
from steps.scene import Scene


def scene_whose_secondary_leads(now: Mode) -> Scene:
    """A command was entered on the secondary while it led; `now` is its effective mode."""
    unit = SimpleNamespace(effective_mode=lambda: now)
    return cast("Scene", SimpleNamespace(ordered=("S", Mode.PRIMARY), unit=lambda _name: unit))


def test_a_restart_interrupts_a_command_that_is_not_carried_out() -> None:
    """The unit is still what it was."""
    prove_pending(scene_whose_secondary_leads(Mode.PRIMARY), "S")


def test_a_restart_that_comes_too_late_for_a_command_judges_no_unit() -> None:
    """The operator was slow, so the role has moved already."""
    with pytest.raises(FaultNotProven, match="came through"):
        prove_pending(scene_whose_secondary_leads(Mode.SECONDARY), "S")


def test_a_restart_of_the_other_unit_interrupts_nothing_there() -> None:
    """What the peer has become since does not matter to it."""
    prove_pending(scene_whose_secondary_leads(Mode.SECONDARY), "P")

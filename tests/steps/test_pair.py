"""Pairs that are configured, and may never be healthy."""

from __future__ import annotations

import pytest

from lab.contract import Mode
from lab.invariants import Allowances
from steps import traits
from steps.pair import configured_pair
from steps.roles import becomes
from steps.scene import Scene
from tests.lab.sim_pair import new_lab


def test_a_unit_that_leads_before_its_peer_is_configured_has_become_primary(monkeypatch: pytest.MonkeyPatch) -> None:
    """However long the lab takes to enter the settings, or however soon the unit leads; both may lead from then on."""
    scene = Scene(new_lab(), Allowances())
    enter = Scene.enter

    def slowly(scene: Scene, unit: str, *lines: str) -> str:
        reply = enter(scene, unit, *lines)
        scene.lab.clock.hold(lambda: True, 10.0, "the lab is slow")
        return reply

    monkeypatch.setattr(Scene, "enter", slowly)
    table = [["setting", "primary", "secondary"], ["password", "one", "another"], ["hb-lost-threshold", "2", "2"]]
    configured_pair(scene, traits.read(" with these settings"), table)
    assert scene.mode_seen("P") is Mode.PRIMARY
    becomes(scene, "P", Mode.PRIMARY, None)
    becomes(scene, "S", Mode.PRIMARY, None)
    assert scene.allow.splits == [0.0]

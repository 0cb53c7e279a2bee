"""Firmware in the embedded lab: another release by the operator's command, and the traps that a unit has sent."""

from __future__ import annotations

import pytest

from lab.contract import HA_TRAP, SYSTEM_TRAP, Lab, Mode, Trap
from tests.lab.sim_pair import healthy, let_pass, new_lab, roles, until


@pytest.fixture
def pair() -> Lab:
    """Return a healthy pair."""
    return healthy(new_lab())


def test_a_scenario_begins_with_the_first_release(pair: Lab) -> None:
    """Both units show it for themselves and for their peer."""
    old, new = pair.releases
    assert old != new
    for unit in (pair.primary, pair.secondary):
        assert (unit.release(), unit.peer_release()) == (old, old)


def test_an_upgraded_unit_comes_back_in_the_other_release(pair: Lab) -> None:
    """Configuration and role stay; the peer shows that the releases differ."""
    old, new = pair.releases
    assert pair.secondary.install(new).accepted
    until(pair, pair.secondary, Mode.SECONDARY)
    let_pass(pair, 2.0)
    assert (pair.secondary.release(), pair.secondary.peer_release()) == (new, old)
    assert (pair.primary.release(), pair.primary.peer_release()) == (old, new)
    assert roles(pair, pair.primary)[-1] == "primary"


def test_an_upgrade_of_the_primary_is_held_off(pair: Lab) -> None:
    """The secondary goes through hold-off and never leads."""
    pair.primary.install(pair.releases[1])
    let_pass(pair, 10.0)
    assert roles(pair, pair.secondary)[-2:] == ["hold-off", "secondary"]
    assert pair.primary.release() == pair.releases[1]


def test_an_image_that_does_not_exist_is_refused(pair: Lab) -> None:
    """The unit stays as it is."""
    reply = pair.primary.install("9.9.9")
    assert not reply.accepted
    let_pass(pair, 5.0)
    assert pair.primary.effective_mode() is Mode.PRIMARY
    assert pair.primary.release() == pair.releases[0]


def test_a_power_cut_leaves_the_old_release(pair: Lab) -> None:
    """What was only fetched is not yet in place."""
    pair.primary.power_off()
    pair.primary.power_on()
    assert pair.primary.release() == pair.releases[0]


def test_a_unit_that_is_off_shows_no_release(pair: Lab) -> None:
    """Nobody answers."""
    pair.secondary.power_off()
    assert (pair.secondary.release(), pair.secondary.peer_release()) == ("", "")


def test_traps_are_kept_by_name_and_code(pair: Lab) -> None:
    """HA traps carry a reason, system event traps a code only; a unit without power still shows them."""
    pair.secondary.cli("execute shutdown", "y")
    let_pass(pair, 2.0)
    traps = pair.secondary.traps()
    assert Trap(SYSTEM_TRAP, 1) in traps
    assert Trap(HA_TRAP, 3, "system shutdown") in traps

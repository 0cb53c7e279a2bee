"""The records of the wrong units: each says something, and nothing that the manual does not know."""

from __future__ import annotations

import dataclasses

import pytest

from tests.wrong.deaf import DEAF
from wrong.catalogue import WRONG, build, catalogue, problems
from wrong.record import Effects, WrongUnit


def test_each_wrong_unit_breaks_a_behaviour_of_the_manual() -> None:
    """The ids of the records are rows of the manual."""
    assert problems(WRONG.values()) == []


def test_a_behaviour_that_the_manual_does_not_know_is_told() -> None:
    """A typing error in an id would say that a unit breaks nothing."""
    told = problems([dataclasses.replace(DEAF, breaks=("HA-101", "HA-9999"))])
    assert told == ["wrong unit 'deaf' breaks HA-9999, which is no behaviour of the manual"]


def test_a_name_that_two_units_have_is_refused() -> None:
    """One of them would hide the other, and never be tried."""
    other = dataclasses.replace(DEAF, id="dumb")
    assert catalogue([DEAF, other]) == {"deaf": DEAF, "dumb": other}
    with pytest.raises(ValueError, match="two wrong units are called 'deaf'"):
        catalogue([DEAF, other, DEAF])


def test_a_unit_without_a_substitution_is_refused() -> None:
    """It would be the reference unit under another name."""
    with pytest.raises(ValueError, match="'deaf' has no substitution"):
        dataclasses.replace(DEAF, substitutions=())


def test_a_unit_that_breaks_nothing_is_refused() -> None:
    """Nobody could tell which scenario is to catch it."""
    with pytest.raises(ValueError, match="'deaf' names no behaviour"):
        dataclasses.replace(DEAF, breaks=())


@pytest.mark.parametrize("about", ["Says nothing", "", "Says nothing.\nAt all."])
def test_a_unit_is_told_in_one_sentence(about: str) -> None:
    """The sentence stands in one line of the matrix."""
    with pytest.raises(ValueError, match="'deaf' is not told in one sentence"):
        dataclasses.replace(DEAF, about=about)


def test_a_record_cannot_be_changed() -> None:
    """What a run is told about a unit holds as long as the run."""
    unit = WrongUnit("still", ("HA-001",), "Does nothing.", (Effects(lambda _effect, _unit: []),))
    with pytest.raises(dataclasses.FrozenInstanceError):
        unit.id = "loud"  # type: ignore[misc]


def test_a_unit_that_does_not_exist_is_built_of_nothing() -> None:
    """A typing error must not run the reference."""
    with pytest.raises(KeyError):
        build("no-such")

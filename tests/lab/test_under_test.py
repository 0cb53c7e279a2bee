"""Which implementation each unit of the pair is: how `--unit` is read, told and refused."""

from __future__ import annotations

import pytest

from lab.errors import UsageError
from lab.registry import Options, open_lab
from lab.under_test import UnderTest
from tests.lab.sim_pair import healthy

EARLY, LATE = "wrong:takes-over-early", "wrong:takes-over-late"


@pytest.mark.parametrize(
    ("words", "primary", "secondary", "told"),
    [
        ((), "reference", "reference", "reference"),
        (("reference",), "reference", "reference", "reference"),
        ((LATE,), LATE, LATE, LATE),
        ((f"P={LATE}",), LATE, "reference", f"P={LATE}"),
        ((f"S={LATE}",), "reference", LATE, f"S={LATE}"),
        ((f"S={LATE}", "P=reference"), "reference", LATE, f"S={LATE}"),
        ((f"S={LATE}", f"P={EARLY}"), EARLY, LATE, f"P={EARLY} S={LATE}"),
        ((f"S={LATE}", f"P={LATE}"), LATE, LATE, LATE),
    ],
)
def test_a_unit_that_is_not_named_is_the_reference(
    words: tuple[str, ...], primary: str, secondary: str, told: str
) -> None:
    """A name without a letter is both units'; what a report shows names no more than is needed."""
    units = UnderTest.named(*words)
    assert (units["P"], units["S"]) == (primary, secondary)
    assert str(units) == told


@pytest.mark.parametrize("words", [(), (LATE,), (f"S={LATE}",), (f"P={EARLY}", f"S={LATE}")])
def test_the_options_ask_for_the_same_units_again(words: tuple[str, ...]) -> None:
    """What a report tells an operator to run is what ran."""
    units = UnderTest.named(*words)
    assert UnderTest.named(*units.words) == units
    assert units.options == tuple(part for word in units.words for part in ("--unit", word))


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        ((f"P={EARLY}", f"P={LATE}"), "--unit names unit P twice"),
        ((EARLY, LATE), "--unit names unit P twice"),
        ((EARLY, f"S={LATE}"), "--unit names unit S twice"),
        ((f"Q={LATE}",), "there is no unit 'Q' of the pair; say --unit P=... or --unit S=..."),
        ((f"p={LATE}",), "there is no unit 'p' of the pair"),
        ((f"={LATE}",), "there is no unit '' of the pair"),
        (("P=",), "there is no unit called ''; use one of: reference, wrong:"),
        (("wrong:no-such",), "there is no unit called 'wrong:no-such'; use one of: reference, wrong:never-takes-over"),
        (("S=wrong:no-such",), "there is no unit called 'wrong:no-such'"),
        (("image:unit",), "there is no unit called 'image:unit'"),
        (("wrong",), "there is no unit called 'wrong'"),
    ],
)
def test_what_makes_no_sense_is_refused_in_one_line(words: tuple[str, ...], problem: str) -> None:
    """A typing error must not run the reference, nor one unit in place of another."""
    with pytest.raises(UsageError) as refused:
        UnderTest.named(*words)
    assert str(refused.value).startswith(problem)
    assert "\n" not in str(refused.value)


def test_one_unit_alone_is_wrong_on_sim() -> None:
    """The simulated lab builds each unit of what it is, and says so."""
    units = UnderTest.named("S=wrong:shows-no-mode")
    lab = open_lab("sim", Options(units=units))
    lab.begin("one side")
    healthy(lab)
    assert (lab.primary.configured_mode(), lab.secondary.configured_mode()) == ("primary", "off")
    assert lab.facts["unit"] == "S=wrong:shows-no-mode"

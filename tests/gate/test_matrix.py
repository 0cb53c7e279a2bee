"""The wrong-units matrix on tiny runs: what counts as caught, what is reported, and how the command ends."""

from __future__ import annotations

from gate.matrix import Matrix, lines
from gate.run_file import Judged, Run


def run(unit: str, *verdicts: str, troubles: tuple[str, ...] = ()) -> Run:
    """Make a run whose scenarios s1, s2, ... ended with these verdicts."""
    judged = tuple(Judged(f"s{n}", f"Scenario {n}", v, f"reason {n}\nmore") for n, v in enumerate(verdicts, start=1))
    return Run(unit, judged, troubles)


def matrix(*runs: Run, reference: Run | None = None, broken: dict[str, str] | None = None) -> Matrix:
    """Make a matrix of these wrong units' runs beside a reference that passes two scenarios."""
    return Matrix(reference or run("reference", "pass", "pass"), {r.unit: r for r in runs}, broken or {})


def text(of: Matrix) -> str:
    """Return what a terminal shows."""
    return "\n".join(lines(of, {"early": "Takes over a second early."}))


def test_all_caught_and_all_catching_is_good() -> None:
    """Every unit caught and every scenario catching: exit code 0, nothing listed as missing."""
    good = matrix(run("early", "fail", "pass"), run("late", "pass", "fail"))
    assert good.exit_code() == 0
    assert good.catchers("early") == ("s1",)
    assert "NOT CAUGHT" not in text(good)
    assert "2 of 2 wrong units caught, 2 of 2 scenarios catch at least one" in text(good)


def test_a_unit_that_nobody_catches_is_named() -> None:
    """A wrong unit that passes everything fails the command and is listed by name."""
    missed = matrix(run("early", "fail", "fail"), run("late", "pass", "pass"))
    assert missed.exit_code() == 1
    assert missed.uncaught() == ("late",)
    assert "Wrong units that no scenario catches:\n  late\n" in text(missed)


def test_a_scenario_that_catches_nothing_is_named() -> None:
    """A scenario that no wrong unit fails proves nothing: it fails the command and is listed by name."""
    idle = matrix(run("early", "fail", "pass"))
    assert idle.exit_code() == 1
    assert idle.idle() == ("s2",)
    assert "Scenarios that catch no wrong unit:\n  Scenario 2\n" in text(idle)


def test_a_harness_error_catches_nothing() -> None:
    """A unit under which the lab breaks is not caught; the error is told with its unit and reason."""
    weak = matrix(run("early", "harness error", "inconclusive"), run("late", "fail", "fail"))
    assert weak.uncaught() == ("early",)
    assert list(weak.disturbances()) == [
        "early: harness error in Scenario 1: reason 1",
        "early: inconclusive in Scenario 2: reason 2",
    ]
    assert weak.exit_code() == 1


def test_trouble_outside_any_scenario_is_told() -> None:
    """What a run reports outside its scenarios is shown with the unit's name."""
    assert "  early: a worker was lost" in text(matrix(run("early", "fail", "fail", troubles=("a worker was lost",))))


def test_a_run_without_result_is_a_harness_error() -> None:
    """A unit whose run gave no verdicts is neither caught nor missed: exit code 3."""
    cut = matrix(run("early", "fail", "fail"), broken={"late": "no run.json"})
    assert cut.exit_code() == 3
    assert "late: no result: no run.json" in text(cut)
    assert "1 of 2 wrong units caught" in text(cut)


def test_what_the_reference_fails_catches_nothing() -> None:
    """A scenario that the reference unit fails too proves nothing about a wrong one: exit code 3."""
    unsound = matrix(run("early", "fail", "fail"), reference=run("reference", "fail", "pass"))
    assert unsound.unsound() == ("s1",)
    assert unsound.catchers("early") == ("s2",)
    assert unsound.exit_code() == 3


def test_what_does_not_apply_need_not_catch() -> None:
    """A scenario that does not apply to the lab is left out: it is not idle."""
    applied = matrix(run("early", "fail", "not applicable"), reference=run("reference", "pass", "not applicable"))
    assert applied.scenarios == ("s1",)
    assert applied.idle() == ()
    assert applied.exit_code() == 0


def test_an_empty_suite_is_not_good() -> None:
    """Without scenarios, or without wrong units, nothing is proven: exit code 3."""
    assert matrix(run("early"), reference=run("reference")).exit_code() == 3
    assert matrix().exit_code() == 3

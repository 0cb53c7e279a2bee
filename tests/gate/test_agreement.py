"""The two labs side by side: what counts as a difference, and what makes the command fail."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from gate import agreement
from gate.agreement import Suite
from gate.run_file import Judged, Run, RunUnreadableError
from gate.wrong_units import wrong_units


@dataclass(frozen=True)
class FakeSuite(Suite):
    """Gives each node the verdict that it is told, and remembers which nodes it met."""

    verdicts: dict[str, str] = field(default_factory=dict)
    met: list[str] = field(default_factory=list)

    def judge(self, unit: str, nodes: Sequence[str] = ()) -> Run:
        """Judge."""
        self.met[:] = nodes
        judged = [Judged(node, f"title {node}", self.verdicts[node], "why") for node in nodes or self.verdicts]
        return Run(unit, tuple(judged), ())


def _compare(sim: dict[str, str], docker: dict[str, str], sample: int = 9) -> tuple[list[str], list[str]]:
    there = FakeSuite(Path(), verdicts=docker)
    chance = random.Random(1)  # noqa: S311 - no secret
    found = agreement.compare("keeps-its-address", FakeSuite(Path(), verdicts=sim), there, chance, sample)
    return [str(each) for each in found], there.met


def test_labs_that_judge_alike_agree() -> None:
    """The same verdicts make no difference."""
    verdicts = {"a": "fail", "b": "pass"}
    assert _compare(verdicts, verdicts) == ([], ["a", "b"])


def test_each_scenario_that_catches_on_one_lab_only_is_told() -> None:
    """Both directions count: a catch that docker misses, and one that sim misses."""
    found, _ = _compare({"a": "fail", "b": "pass"}, {"a": "pass", "b": "fail"})
    assert found == [
        "keeps-its-address: caught on sim only: title a (why)",
        "keeps-its-address: caught on docker only: title b (why)",
    ]


def test_what_a_lab_did_not_judge_is_no_difference() -> None:
    """A scenario that is not applicable or inconclusive on docker says nothing."""
    assert _compare({"a": "fail"}, {"a": "inconclusive"}) == ([], ["a"])


def test_docker_meets_all_catchers_and_a_sample_of_the_rest() -> None:
    """The sample bounds what docker meets beyond the scenarios that caught the unit on sim."""
    verdicts = {"a": "fail"} | dict.fromkeys("bcdefgh", "pass")
    _, met = _compare(verdicts, verdicts, sample=2)
    assert met[0] == "a"
    assert len(met) == 3


def test_an_explained_difference_does_not_fail_the_command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Only a difference without an explanation ends with 1."""
    known = agreement.Difference("keeps-its-address", "title", "sim", "not within 3 s", "the reason")
    monkeypatch.setattr(agreement, "compare", lambda *_: [known])
    assert agreement.main(["--only", "keeps-its-address"]) == 0
    monkeypatch.setattr(
        agreement, "compare", lambda *_: [known, agreement.Difference("x", "y", "sim", "not within 3 s", "")]
    )
    assert agreement.main(["--only", "keeps-its-address"]) == 1
    assert "2 differences, 1 of them without an explanation" in capsys.readouterr().out


def test_the_ten_and_the_explained_exist() -> None:
    """The default units, and those that the explanations name, are wrong units of the registry."""
    assert len(agreement.TEN) == 10
    assert {*agreement.TEN, *(each.unit for each in agreement.explanations())} <= set(wrong_units())


@pytest.mark.parametrize(
    ("reason", "is_explained"),
    [
        ("silence before the takeover: measured 1.99992 s, documented exactly 2 s (at most 0 s less): outside", True),
        ("silence before the takeover: measured 3 s, documented exactly 3 s (at most 0 s less): outside", True),
        ("silence before the takeover: measured 1.4 s, documented exactly 2 s (at most 0 s less): outside", False),
        ("unit S has changed its role", False),
    ],
)
def test_a_difference_is_explained_by_the_reason_of_the_catch(reason: str, *, is_explained: bool) -> None:
    """A unit that is early by a second, or in another scenario, is not explained by one that is early by nothing."""
    found = [each for each in agreement.explanations() if each.explains("one-link-is-all", "any", reason)]
    assert bool(found) is is_explained


def test_a_run_that_dies_is_told_with_its_last_words(tmp_path: Path) -> None:
    """Whatever ended it before it began to judge."""
    with pytest.raises(RunUnreadableError, match=r"run\.json does not exist.* \(exit 4\): .*'wrong:nobody'"):
        Suite(tmp_path).judge("wrong:nobody", ["features/takeover.feature"])

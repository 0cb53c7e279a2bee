"""The figures of the benchmark: percentiles, and the words about a goal."""

from __future__ import annotations

import pytest

from gate import bench
from gate.keepalived import BOUND, Watcher
from lab.contract import Capability
from lab.errors import LabError
from lab.registry import Options, open_lab


@pytest.mark.parametrize(("percent", "value"), [(0, 1.0), (50, 2.5), (100, 4.0)])
def test_a_percentile_lies_between_the_values(percent: int, value: float) -> None:
    """The order of the values does not matter, and the ends are the least and the greatest."""
    assert bench.percentile([3.0, 1.0, 4.0, 2.0], percent) == value


def test_a_goal_is_judged_by_the_slowest_hundredth(capsys: pytest.CaptureFixture[str]) -> None:
    """One late takeover in ten misses a goal that the median meets."""
    bench._compare("role", [0.001] * 9 + [0.5], [0.001] * 10, 0.02)
    bench._compare("role", [0.004] * 10, [0.002] * 10, 0.02)
    missed, met = capsys.readouterr().out.splitlines()
    assert missed.endswith("20 MISSED")
    assert met.split() == ["role", "4.0", "4.0", "2.0", "2.0", "2.0", "20", "met"]


@pytest.mark.parametrize("missing", [set(), {Capability.LOG}, {Capability.STORAGE}])
def test_a_takeover_is_measured_as_far_as_it_shows(missing: set[Capability], monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a unit that keeps no log, or without a storage that the lab sees, the rest is measured."""
    lab = open_lab("sim", Options())
    monkeypatch.setattr(lab, "capabilities", lab.capabilities - missing, raising=False)
    lab.begin("bench")
    monkeypatch.setattr(lab.secondary, "keeps", lab.secondary.keeps - missing)
    takeover = bench.take_over(lab)
    assert (takeover.decision is None, takeover.stored is None) == (
        Capability.LOG in missing,
        Capability.STORAGE in missing,
    )
    assert takeover.banner < 0.2


def test_the_bound_of_the_plain_pair_is_the_protocols() -> None:
    """Three intervals of a second and the skew of priority 100. Source: RFC 3768."""
    assert BOUND == 3 + 156 / 256


def test_a_watcher_reads_lines_and_passes_over_the_rest() -> None:
    """A container's own messages are no events, and a line may come in pieces."""
    watcher = Watcher()
    watcher.follow("one", iter([b'Starting\n{"event": "adv', b'ert", "at": 2.0}\n{"event": "advert", "at": 3.0}\n']))
    assert watcher.wait(lambda event: event["event"] == "advert", "an advert", since=2.5)["at"] == 3.0


def test_a_watcher_says_what_did_not_come(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was waited for stands in the error."""
    monkeypatch.setattr("gate.keepalived.WITHIN", 0.01)
    with pytest.raises(LabError, match="the backup takes over"):
        Watcher().wait(lambda _: True, "the backup takes over")

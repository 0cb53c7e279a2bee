"""CPU seconds by part: read from control groups of both versions and from the engine's processes, and told."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from gate.spent import CONTAINERS, ENGINE, PYTEST, UNITS, Meter, asked, containers, descends, engines, told

UNIT, CHASSIS, STRANGER = "a" * 64, "b" * 64, "c" * 64
PARTS = {UNIT: UNITS, CHASSIS: CONTAINERS}


def group(folder: Path, seconds: float) -> None:
    """Make a container's control group that has spent so much, in the form of its version."""
    folder.mkdir(parents=True)
    if "cpuacct" in folder.parts:
        (folder / "cpuacct.usage").write_text(f"{seconds * 1e9:.0f}\n")
    else:
        (folder / "cpu.stat").write_text(f"usage_usec {seconds * 1e6:.0f}\nuser_usec 7\nsystem_usec 7\n")


@pytest.mark.parametrize(
    "named",
    ["cpuacct/docker/{}", "cpuacct/system.slice/docker-{}.scope", "docker/{}", "system.slice/docker-{}.scope"],
)
def test_containers_are_read_from_their_control_groups(tmp_path: Path, named: str) -> None:
    """Of either version and driver; other containers, other groups, and a group without a figure are passed over."""
    for container, seconds in ((UNIT, 1.5), (CHASSIS, 0.25), (STRANGER, 9.0)):
        group(tmp_path / named.format(container), seconds)
    group(tmp_path / named.format("user"), 9.0)
    (tmp_path / named.format(UNIT) / "child").mkdir()
    found = list(containers(tmp_path, lambda container: PARTS.get(container, "")))
    assert {who.partition(" ")[0]: (part, seconds) for who, part, seconds in found} == {
        UNIT: (UNITS, 1.5),
        CHASSIS: (CONTAINERS, 0.25),
    }


def test_the_engines_processes_are_told_by_their_names(tmp_path: Path) -> None:
    """Whatever a name has in it; others are passed over, and so is one that ends meanwhile."""
    for number, name in ((7, "dockerd"), (8, "containerd-shim"), (9, "dockerd) x"), (10, "sh")):
        (tmp_path / str(number)).mkdir()
        fields = ["0"] * 49
        fields[10:12], fields[18] = ["150", "50"], f"{number}00"
        (tmp_path / str(number) / "stat").write_text(f"{number} ({name}) S {' '.join(fields)}\n")
    (tmp_path / "11").mkdir()
    found = {(who, part) for who, part, _ in engines(tmp_path)}
    assert found == {("7 700", ENGINE), ("8 800", ENGINE)}
    assert {seconds > 0 for _, _, seconds in engines(tmp_path)} == {True}


def test_what_was_spent_before_does_not_count_and_what_has_ended_does() -> None:
    """Also if a container has started again since: each start counts from nothing."""
    meter = Meter()
    meter.take([("old", ENGINE, 100.0)])
    meter.take([("old", ENGINE, 101.0), ("unit 1", UNITS, 2.0)])
    meter.take([("old", ENGINE, 103.0), ("unit 2", UNITS, 0.5)])
    assert meter.by_part() == {ENGINE: 3.0, UNITS: 2.5}


def test_only_labs_of_the_run_count() -> None:
    """Their owners are processes below this one; those of other runs are not, nor is one that has ended."""
    assert descends(os.getpid(), os.getppid())
    assert not descends(os.getppid(), os.getpid())
    assert not descends(1 << 30, os.getpid())


def test_figures_are_told_for_one_scenario() -> None:
    """Each part, a part without a reading too, and the share of the labs' time that the document asks for."""
    waits = {"documented": 60.0, "wall": 30.0, "labs": 4, "ratio": 0.5}
    lines = list(told({UNITS: 13.0, PYTEST: 6.0, ENGINE: 1.0}, {"judged": 10, "waits": waits}))
    assert [line.split() for line in lines[1:6]] == [
        ["units", "1.300", "13.0"],
        ["other", "containers", "0.000", "0.0"],
        ["pytest", "0.600", "6.0"],
        ["engine", "and", "shims", "0.100", "1.0"],
        ["all", "2.000", "20.0"],
    ]
    assert lines[6] == "10 scenarios took 30.0 s on 4 labs, 3.00 s each; documented waits 60.0 s: ratio 0.50"
    assert list(told({}, {"judged": 0, "waits": waits})) == []


@pytest.mark.parametrize(
    ("arguments", "out", "for_pytest"),
    [
        ([], None, ["features", "-n", "4"]),
        (["-n", "2", "--out", "kept"], "kept", ["features", "-n", "2"]),
        (["features/orders.feature::test_it", "--out=kept"], "kept", ["features/orders.feature::test_it"]),
        (["@chosen", "-n", "4"], None, ["@chosen", "-n", "4"]),
    ],
)
def test_the_whole_suite_is_run_unless_a_part_is_named(
    arguments: list[str], out: str | None, for_pytest: list[str]
) -> None:
    """A folder that is named for the verdicts is where the figures are read, too."""
    assert asked(arguments) == (None if out is None else Path(out), for_pytest)

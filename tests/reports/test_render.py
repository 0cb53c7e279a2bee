"""Drawing the report never spoils a run: what is out of reach is said, and the results stay."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import allure_pytest_bdd.plugin
import pytest
from allure_commons.logger import AllureFileLogger

from reports import __main__ as command
from reports import allure_results, node, render
from reports.allure_results import Tidy

HERE = Path(node.__file__).parent


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """Return the output of a run with one result."""
    (tmp_path / "allure-results").mkdir()
    (tmp_path / "allure-results" / "a-result.json").write_text(json.dumps({"name": "a", "status": "passed"}))
    return tmp_path


def test_without_results_there_is_no_report(tmp_path: Path) -> None:
    """Nothing is fetched to draw nothing."""
    assert render.render(tmp_path).reason == "there are no results"


def test_out_of_reach_is_said_and_the_results_stay(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An npm that cannot reach its registry is a reason, not an exception."""

    def fail(words: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        return subprocess.CompletedProcess(words, 1, "", "npm warn old\nnpm error code ENOTFOUND\n")

    monkeypatch.setenv("XDG_CACHE_HOME", str(out / "cache"))
    monkeypatch.setattr(node, "_tools", lambda _: node.Tools(Path("node"), ("npm",)))
    monkeypatch.setattr(node.subprocess, "run", fail)
    outcome = render.render(out, lambda _: None)
    assert outcome.page is None
    assert "npm is out of reach or failed: npm error code ENOTFOUND" in outcome.reason
    assert (out / "allure-results" / "a-result.json").exists()
    assert not list((out / "cache" / "switchover").iterdir())


def test_a_host_without_node_gets_it_from_pypi(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Node.js comes from a wheel, once, into the cache."""
    fetched: list[Path] = []
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(node.shutil, "which", lambda _: None)
    monkeypatch.setattr(node, "_pip_install", lambda wheel, _: fetched.append(wheel))
    said: list[str] = []
    for _ in range(2):
        tools = node._tools(said.append)
    assert [path.name for path in fetched] == ["node.txt"]
    assert len(said) == 1
    assert tools.node.is_relative_to(tmp_path / "switchover")


@pytest.mark.parametrize(("told", "major"), [("v20.11.1\n", 20), ("v8.0.0\n", 8), ("what?", 0)])
def test_an_old_node_is_not_used(told: str, major: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The version decides, and what cannot be understood is too old."""
    monkeypatch.setattr(node.subprocess, "run", lambda words, **_: subprocess.CompletedProcess(words, 0, told, ""))
    assert node._major("node") == major


def test_the_units_version_is_told_once(out: Path) -> None:
    """What the header says has no second place among the facts, however they spell it."""
    facts = {"unit version": "Unit 1.0", "engine": "28.1"}
    header = {"lab": "docker", "unit": "reference", "unit_version": "Unit 1.0", "facts": facts}
    (out / "run.json").write_text(json.dumps({"header": header}))
    variables = render._configuration(out)["variables"]
    assert variables == {"lab": "docker", "unit": "reference", "unit_version": "Unit 1.0", "engine": "28.1"}


def test_the_lock_file_names_no_registry() -> None:
    """The command line is pinned by hashes, and comes from whatever registry the host is set up for."""
    lock = json.loads((HERE / "package-lock.json").read_text())
    packages = {name: package for name, package in lock["packages"].items() if name}
    assert (
        packages["node_modules/allure"]["version"]
        == json.loads((HERE / "package.json").read_text())["dependencies"]["allure"]
    )
    assert all("integrity" in package and "resolved" not in package for package in packages.values())


def test_the_command_says_what_is_missing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without a run before it there is nothing to draw: exit 4 and one line."""
    assert command.main(["--out", str(tmp_path)]) == 4
    assert re.fullmatch(r"there are no results in .*; run the suite first.*\n", capsys.readouterr().err)


def test_results_show_the_scenarios_words_only() -> None:
    """Fixtures leave the steps' parameters, a foreseen failure loses its traceback, and no message holds a secret."""

    class Record:
        """Anything with attributes."""

        def __init__(self, **values: object) -> None:
            self.__dict__.update(values)

    details = Record(message="lab.errors.NotReached: too late for rosebud", trace="File ...")
    step = Record(
        name="Given a detection time of 3 seconds",
        parameters=[Record(name="seconds", value="3"), Record(name="scene", value="Scene(...)")],
        statusDetails=Record(message="rosebud", trace="rosebud.py"),
        status="broken",
    )
    result = Record(parameters=[Record(value="'at most 3 s'")], steps=[step], statusDetails=details, status="failed")
    Tidy(lambda text: text.replace("rosebud", "***")).report_result(result)
    assert [parameter.name for parameter in step.parameters] == ["seconds"]
    assert (details.message, details.trace) == ("too late for ***", None)
    assert (step.statusDetails.message, step.statusDetails.trace) == ("***", "***.py")
    assert result.parameters[0].value == "at most 3 s"


def test_a_full_disk_is_told_once_and_raises_nothing(tmp_path: Path) -> None:
    """Allure's writer would tear down the whole run; this one says what is wrong and lets the run end in order."""
    told: list[OSError] = []
    unregister = allure_results.register(told.append, str)
    try:
        writer = allure_pytest_bdd.plugin.AllureFileLogger(tmp_path / "results")
        shutil.rmtree(tmp_path / "results")
        writer.report_attached_data("text", "a.txt")
    finally:
        unregister()
    assert [type(error) for error in told] == [FileNotFoundError]
    assert allure_pytest_bdd.plugin.AllureFileLogger is AllureFileLogger


@pytest.mark.parametrize(
    ("scope", "title"), [("whole", "Switchover on sim"), ("part", "Switchover on sim, part of the suite")]
)
def test_the_title_says_that_only_a_part_was_judged(scope: str, title: str, out: Path) -> None:
    """It is what a reader sees first, and what a list of reports shows."""
    (out / "run.json").write_text(json.dumps({"header": {"lab": "sim", "scope": scope}}))
    told = render._configuration(out)
    assert (told["name"], told["plugins"]["awesome"]["options"]["reportName"]) == (title, title)

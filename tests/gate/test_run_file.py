"""Reading run.json: what a complete run tells, and how an incomplete one is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from gate import run_file
from gate.run_file import Judged, RunUnreadableError


def document(**changes: Any) -> dict[str, Any]:  # noqa: ANN401  # any JSON
    """Return a small complete run.json with some parts changed."""
    return {
        "complete": True,
        "header": {"unit": "wrong:early"},
        "scenarios": [{"node": "s1", "scenario": "One", "verdict": "fail", "reason": "too early\nmore", "more": 1}],
        "footer": {"troubles": ["a worker was lost"]},
        **changes,
    }


def write(folder: Path, content: object) -> Path:
    """Write a run.json."""
    path = folder / "run.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return path


def test_a_complete_run_is_read(tmp_path: Path) -> None:
    """Unit, verdicts, reasons and troubles come out as they went in."""
    run = run_file.read(write(tmp_path, document()))
    assert run.unit == "wrong:early"
    assert run.judged == (Judged("s1", "One", "fail", "too early\nmore"),)
    assert run.nodes("fail") == {"s1"}
    assert run.nodes("pass") == frozenset()
    assert run.reason("s1") == "too early"
    assert run.troubles == ("a worker was lost",)


def test_a_run_without_footer_is_refused(tmp_path: Path) -> None:
    """A run that was cut short cannot look complete."""
    with pytest.raises(RunUnreadableError, match="cut short after 1 scenarios"):
        run_file.read(write(tmp_path, document(complete=False)))


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", {"complete": True}, document(scenarios=[{"node": "s1"}])])
def test_nonsense_is_refused(tmp_path: Path, content: object) -> None:
    """A file that is no run.json is named, whatever it holds."""
    path = write(tmp_path, content)
    with pytest.raises(RunUnreadableError, match=r"run\.json is not a run.json of this suite"):
        run_file.read(path)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    """A run that never began to judge is told from one that was cut short."""
    with pytest.raises(RunUnreadableError, match="does not exist"):
        run_file.read(tmp_path / "run.json")

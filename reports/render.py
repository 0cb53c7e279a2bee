"""Draws the Allure report, one HTML page, from the results of a run."""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reports import node
from reports.node import Say
from reports.packed import packed, private
from reports.state import Scope

_LIMIT = 180.0
"""Time limit for drawing, in seconds."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """Where the report is, or why there is none."""

    page: Path | None
    reason: str = ""


def render(out: Path, say: Say = print) -> Outcome:
    """Draw `out`/allure-report/index.html; a failure here changes no verdict and no exit code."""
    results = out / "allure-results"
    if not any(results.glob("*-result.json")):
        return Outcome(None, "there are no results")
    try:
        command = node.allure(say)
        with tempfile.TemporaryDirectory(prefix="switchover-report-") as folder:
            return _draw(command, out, Path(folder))
    except node.OutOfReachError as error:
        return Outcome(None, str(error))
    except (OSError, subprocess.TimeoutExpired) as error:
        return Outcome(None, f"the Allure command line failed: {error}")


def _draw(command: tuple[str, ...], out: Path, folder: Path) -> Outcome:
    """Draw into `folder` first, so that a page in its place is complete."""
    config = folder / "allurerc.json"
    config.write_text(json.dumps(_configuration(out)), encoding="utf-8")
    drawn = folder / "report"
    words = ["awesome", str((out / "allure-results").resolve()), "--config", str(config), "--output", str(drawn)]
    ended = subprocess.run(  # noqa: S603 - our own words
        [*command, *words, "--single-file"],
        cwd=folder,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        timeout=_LIMIT,
        check=False,
    )
    if ended.returncode != 0 or not (drawn / "index.html").exists():
        said = [line for line in (ended.stderr or ended.stdout).splitlines() if line.strip()]
        return Outcome(None, f"the Allure command line failed: {said[-1] if said else ended.returncode}")
    page = (drawn / "index.html").read_bytes().decode()
    (drawn / "index.html").write_bytes(packed(private(page)).encode())
    report = out / "allure-report"
    shutil.rmtree(report, ignore_errors=True)
    report.mkdir(parents=True)
    shutil.move(drawn / "index.html", report / "index.html")
    return Outcome(report / "index.html")


def _configuration(out: Path) -> dict[str, Any]:
    """Facts about the run for the report's first page, from run.json."""
    header: dict[str, Any] = {}
    run = out / "run.json"
    if run.exists():
        header = json.loads(run.read_text(encoding="utf-8"))["header"]
    variables = {name: str(header[name]) for name in ("suite", "lab", "unit", "unit_version", "seed") if name in header}
    told = header.get("facts", {}).items()
    # The header has the unit's version already.
    variables |= {name: str(value) for name, value in told if name.replace(" ", "_") not in variables}
    part = ", part of the suite" if header.get("scope") == Scope.PART else ""
    title = f"Switchover on {header.get('lab', 'a lab')}{part}"
    options = {"reportName": title, "singleFile": True, "groupBy": ["verdict", "feature"]}
    return {"name": title, "variables": variables, "plugins": {"awesome": {"options": options}}}

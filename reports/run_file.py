"""Writes run.json: a header, verdicts as they come, a footer at the end; valid JSON at any instant."""

from __future__ import annotations

import importlib.metadata
import json
import time
import tomllib
from collections import Counter
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from reports.judgement import Judgement
from reports.state import RunState
from reports.verdicts import Ending, ExitCode

MOMENT = 1.0
"""Longest time between a verdict and its place in run.json, in seconds."""

FORMAT = 1
"""Version of run.json's shape."""


class RunFile:
    """One run.json; `complete` is true only when each planned scenario was judged."""

    def __init__(self, path: Path, state: RunState) -> None:
        """Start the header's clock."""
        self.path = path
        self.state = state
        self.started = datetime.now(UTC)
        self._began = time.monotonic()
        self._written = float("-inf")
        self._told: dict[str, tuple[Judgement, str]] = {}

    def follow(self) -> None:
        """Write the file, unless it was written a moment ago: verdicts may come faster than files are written."""
        if time.monotonic() - self._written >= MOMENT:
            self.write()

    def write(self, code: ExitCode | None = None) -> None:
        """Write the file in one atomic replacement; with `code` it gets its footer."""
        path = self.path
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_name(f".{path.name}.new")
        document = self._document(code)
        # Each scenario is rendered once, since the file is written after each scenario.
        scenarios = ",\n  ".join(map(self._tell, self.state.judged.values()))
        parts = [f' "{key}": {_json(value)}' for key, value in document.items()]
        parts.insert(-1 if "footer" in document else len(parts), f' "scenarios": [\n  {scenarios}\n ]')
        # A path of the command may hold bytes that are no text; Python's escape for them is JSON's.
        fresh.write_text("{\n" + ",\n".join(parts) + "\n}\n", encoding="utf-8", errors="backslashreplace")
        fresh.replace(path)
        self._written = time.monotonic()

    def _tell(self, judgement: Judgement) -> str:
        known, text = self._told.get(judgement.node, (None, ""))
        if known is not judgement:
            told = {"requirements": judgement.requirements, "binds": judgement.binds}
            text = _json({**_scenario(judgement.as_data()), **told})
            self._told[judgement.node] = (judgement, text)
        return text

    def _document(self, code: ExitCode | None) -> dict[str, Any]:
        state, request = self.state, self.state.request
        facts = state.facts()
        document: dict[str, Any] = {
            "format": FORMAT,
            "complete": code is not None and state.ending is Ending.COMPLETE,
            "header": {
                "run": request.run,
                "suite": suite_version(),
                "lab": request.lab,
                "unit": str(request.units),
                "unit_version": facts.get("unit version") or facts.get("unit image", "unknown"),
                "seed": request.seed,
                "facts": facts,
                "command": ["pytest", *request.command],
                "started": self.started.isoformat(timespec="milliseconds"),
                "planned": len(state.planned),
                "scope": state.scope,
            },
        }
        if code is not None:
            took, waits = time.monotonic() - self._began, state.waits()  # the time of day may be set meanwhile
            document["footer"] = {
                "ended": (self.started + timedelta(seconds=took)).isoformat(timespec="milliseconds"),
                "seconds": round(took, 3),
                "verdicts": dict(Counter(judgement.verdict.value for judgement in state.judged.values())),
                "judged": len(state.judged),
                "waits": {
                    "documented": waits.documented,
                    "wall": round(waits.wall, 3),
                    "labs": waits.labs,
                    "ratio": round(waits.ratio, 4),
                },
                "interrupted": state.interrupted,
                "stopped": state.stopped,
                "troubles": [*filter(None, (state.usage, state.refusal)), *state.troubles],
                "exit": int(code),
            }
        return document


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


@cache
def suite_version() -> str:
    """Return the suite's version, from the installed package or its checkout."""
    try:
        return importlib.metadata.version("switchover")
    except importlib.metadata.PackageNotFoundError:
        project = Path(__file__).parents[1] / "pyproject.toml"
        return str(tomllib.loads(project.read_text(encoding="utf-8"))["project"]["version"])


def _scenario(data: dict[str, Any]) -> dict[str, Any]:
    del data["facts"], data["fatal"]
    return data

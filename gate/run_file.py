"""Reads a run's run.json into frozen records."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


class RunUnreadableError(Exception):
    """A run left no complete run.json; the text names the file and its problem."""


@dataclass(frozen=True, slots=True)
class Judged:
    """One scenario of a run: node id, title, verdict, and the reason for it."""

    node: str
    scenario: str
    verdict: str
    reason: str


@dataclass(frozen=True, slots=True)
class Run:
    """One run of the suite against one unit; `troubles` are what went wrong outside any scenario."""

    unit: str
    judged: tuple[Judged, ...]
    troubles: tuple[str, ...]

    def nodes(self, verdict: str) -> frozenset[str]:
        """Node ids of the scenarios with a verdict."""
        return frozenset(judged.node for judged in self.judged if judged.verdict == verdict)

    @property
    def met(self) -> frozenset[str]:
        """Node ids of the scenarios that were judged."""
        return frozenset(judged.node for judged in self.judged)

    def joined(self, later: Run) -> Run:
        """Return this run joined with a later one of the same unit over other scenarios."""
        return Run(self.unit, self.judged + later.judged, self.troubles + later.troubles)

    def reason(self, node: str) -> str:
        """First line of the reason for a scenario's verdict."""
        return next((judged.reason.partition("\n")[0] for judged in self.judged if judged.node == node), "")


def read(path: Path) -> Run:
    """Read a run.json; raises RunUnreadableError for a run that was cut short or an unreadable file."""
    try:
        document: Mapping[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        judged = tuple(
            Judged(scenario["node"], scenario["scenario"], scenario["verdict"], scenario["reason"])
            for scenario in document["scenarios"]
        )
        complete, unit = document["complete"], document["header"]["unit"]
        troubles = tuple(document["footer"]["troubles"]) if complete else ()
    except FileNotFoundError as error:
        raise RunUnreadableError(f"{path} does not exist: the run ended before it began to judge") from error
    except (ValueError, KeyError, TypeError) as error:
        raise RunUnreadableError(f"{path} is not a run.json of this suite: {error!r}") from error
    if not complete:
        raise RunUnreadableError(f"{path} is not complete: the run was cut short after {len(judged)} scenarios")
    return Run(unit, judged, troubles)

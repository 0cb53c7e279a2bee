"""The state of a run: its request, and the scenarios judged so far."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum, StrEnum, auto
from pathlib import Path

import pytest

from lab.under_test import UnderTest
from reports.judgement import Judgement
from reports.verdicts import Ending, ExitCode, Verdict, exit_code


@dataclass(frozen=True, slots=True)
class Request:
    """The request of a run, as in run.json's header.

    `out` is the report's folder; `drawn` says whether there is evidence and a page, or run.json and junit.xml only.
    """

    run: str
    lab: str
    units: UnderTest
    seed: int
    command: tuple[str, ...]
    out: Path
    drawn: bool = True


class Scope(StrEnum):
    """How much of the suite a run judges."""

    WHOLE = "whole"
    PART = "part"  # narrowed, as by -k, -m, a file, --lf or --deselect


PART_TOLD = "part of the suite; what is left out may not conform"
"""What every report says of a run that judged Scope.PART."""


class Phase(Enum):
    """How far a process of the run has come, as far as a signal is concerned."""

    RUNNING = auto()
    ENDING = auto()
    DRAWING = auto()


@dataclass(frozen=True, slots=True)
class Waits:
    """Times that the document made the scenarios wait, and the time of the run, in seconds."""

    documented: float
    wall: float
    labs: int

    @property
    def ratio(self) -> float:
        """Documented waits divided by the labs' time; more than 1 only if time is virtual."""
        return self.documented / (self.wall * self.labs) if self.wall * self.labs > 0 else 0.0


@dataclass(slots=True)
class RunState:
    """A run of the suite as its controller sees it; an xdist worker keeps no verdicts."""

    request: Request
    judged: dict[str, Judgement] = field(default_factory=dict)
    troubles: list[str] = field(default_factory=list)
    """Harness errors outside any scenario, such as a lost worker or a lab that cannot be closed."""
    usage: str = ""
    """The problem of the request or of the features, in one line; ends the run with exit code 4."""
    fatal: int = 0
    """Exit code if no lab can be opened (0: there is one)."""
    refusal: str = ""
    """Why no lab can be opened, and what to do, in one line."""
    planned: frozenset[str] = frozenset()
    """Node ids of the scenarios that the run is to judge."""
    scope: Scope | None = None
    """How much of the suite they are, once a process that has collected it says so."""
    collecting: float = 0.0
    """Seconds from the run's start until all workers had collected their scenarios."""
    wall: float = 0.0
    """Seconds from the start of the first scenario to the end of the last."""
    reporting: float = 0.0
    """Seconds for writing and drawing the report."""
    phase: Phase = Phase.RUNNING
    interrupted: bool = False
    """Whether a signal, or a scenario by `pytest.exit`, ended the run."""
    stopped: str = ""
    """Why the run was to end before its last scenario ("" if it was not)."""
    mask: Callable[[str], str] = str
    """Takes the secrets of the lab's units out of a text, once there is a lab."""

    def masked(self, text: str) -> str:
        """Return a text as it may be written."""
        return self.mask(text)

    def add(self, judgement: Judgement) -> None:
        """Take a scenario's verdict; of a scenario that is judged twice the worse one stays."""
        if judgement.fatal:
            self.fatal, self.refusal = judgement.fatal, judgement.reason
            return
        earlier = self.judged.get(judgement.node)
        if (
            earlier is None
            or earlier.verdict in {Verdict.PASS, Verdict.NOT_APPLICABLE}
            or (earlier.verdict is Verdict.INCONCLUSIVE and judgement.verdict is Verdict.FAIL)
        ):
            self.judged[judgement.node] = judgement
        elif judgement.verdict is Verdict.HARNESS_ERROR:
            self.troubles.append(f"{judgement.node}: {judgement.reason}")

    def refuse(self, error: OSError) -> None:
        """Note that the report cannot be written (a full disk, no permission), so that the run stops."""
        why = error.strerror or str(error)
        self.fatal = int(ExitCode.HARNESS_ERROR)
        self.refusal = f"the report cannot be written to {self.request.out}: {why}; make room or choose another --out"

    @property
    def unjudged(self) -> frozenset[str]:
        """Node ids of the scenarios that were planned and have no verdict."""
        return self.planned - self.judged.keys()

    @property
    def ending(self) -> Ending:
        """How the run ends if it ends now."""
        if self.interrupted:
            return Ending.INTERRUPTED
        if self.planned and not self.unjudged:
            return Ending.COMPLETE
        return Ending.STOPPED if self.stopped else Ending.UNEXPLAINED

    def exit_code(self) -> ExitCode:
        """Return the exit code so far."""
        if self.usage:
            return ExitCode.USAGE_ERROR
        if self.fatal:
            return ExitCode(self.fatal)
        # A harness error counts also in a scenario that binds nobody.
        judged = self.judged.values()
        verdicts = [each.verdict for each in judged if each.binds or each.verdict is Verdict.HARNESS_ERROR]
        if self.troubles:
            verdicts.append(Verdict.HARNESS_ERROR)
        return exit_code(verdicts, self.ending)

    def waits(self) -> Waits:
        """Add up the documented waits; each worker that judged a scenario had a lab of its own."""
        judged = self.judged.values()
        labs = len({judgement.worker for judgement in judged})
        return Waits(round(sum(judgement.waits for judgement in judged), 6), self.wall, labs)

    def facts(self) -> dict[str, str]:
        """Return what the labs said about themselves."""
        facts: dict[str, str] = {}
        for judgement in self.judged.values():
            facts.update(judgement.facts)
        return facts


STATE = pytest.StashKey[RunState]()
"""Key of a run's state in pytest's stash; absent in runs that test the harness."""

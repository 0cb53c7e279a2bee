"""What a run knows about itself: who asked for what, and what has been judged so far."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from lab.under_test import UnderTest
from reports.judgement import Judgement
from reports.verdicts import ExitCode, Verdict, exit_code


@dataclass(frozen=True, slots=True)
class Request:
    """What the run was asked to do, as run.json's header tells it.

    `out` is where its report goes; `drawn` whether there is evidence and a page, or run.json and junit.xml only.
    """

    run: str
    lab: str
    units: UnderTest
    seed: int
    command: tuple[str, ...]
    out: Path
    drawn: bool = True


@dataclass(frozen=True, slots=True)
class Waits:
    """What the document made the scenarios wait for, beside what the run took; all in seconds."""

    documented: float
    wall: float
    labs: int

    @property
    def ratio(self) -> float:
        """Documented waits as a part of the labs' time; more than 1 only where time is virtual."""
        return self.documented / (self.wall * self.labs) if self.wall * self.labs > 0 else 0.0


@dataclass(slots=True)
class RunState:
    """A run of the suite as its controller sees it; an xdist worker keeps `usage` and `troubles` only."""

    request: Request
    judged: dict[str, Judgement] = field(default_factory=dict)
    troubles: list[str] = field(default_factory=list)
    """What went wrong outside any scenario (closing the lab, a lost worker): harness errors of the run."""
    usage: str = ""
    """What is wrong with the request or with the features, in one line; ends the run with exit code 4."""
    fatal: int = 0
    """Exit code of a lab that cannot be had at all (0: there is one)."""
    refusal: str = ""
    """Why no lab can be had, and what to do, in one line."""
    planned: int | None = None
    collecting: float = 0.0
    """Seconds from the run's start until all of its workers knew their scenarios."""
    wall: float = 0.0
    """Seconds from the first scenario's begin to the last one's end."""
    reporting: float = 0.0
    """Seconds that writing and drawing the report took."""
    interrupted: bool = False

    def add(self, judgement: Judgement) -> None:
        """Take a scenario's verdict; a later error of the same scenario never hides what was judged."""
        if judgement.fatal:
            self.fatal, self.refusal = judgement.fatal, judgement.reason
            return
        earlier = self.judged.get(judgement.node)
        if earlier is not None and earlier.verdict not in {Verdict.PASS, Verdict.NOT_APPLICABLE}:
            self.troubles.append(f"{judgement.node}: {judgement.reason}")
            return
        self.judged[judgement.node] = judgement

    def refuse(self, error: OSError) -> None:
        """Note that the report cannot be written (a full disk, no permission): going on would judge for nobody."""
        why = error.strerror or str(error)
        self.fatal = int(ExitCode.HARNESS_ERROR)
        self.refusal = f"the report cannot be written to {self.request.out}: {why}; make room or choose another --out"

    def exit_code(self) -> ExitCode:
        """Return the code of what is known so far."""
        if self.usage:
            return ExitCode.USAGE_ERROR
        if self.fatal:
            return ExitCode(self.fatal)
        # A lab at fault is at fault also where nobody is bound by what it was to show.
        judged = self.judged.values()
        verdicts = [each.verdict for each in judged if each.binds or each.verdict is Verdict.HARNESS_ERROR]
        if self.troubles:
            verdicts.append(Verdict.HARNESS_ERROR)
        return exit_code(verdicts, interrupted=self.interrupted)

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
"""Where a run of the suite keeps its state; absent in runs that test the harness."""

"""Text for the terminal on how a scenario ended: its steps, the one that ended it, and why."""

from __future__ import annotations

from dataclasses import dataclass

from lab.errors import FaultNotProven, LabError
from reports.judgement import Judgement


@dataclass(slots=True)
class Story:
    """A scenario's steps, and how many of them were begun."""

    feature: str
    scenario: str
    steps: tuple[str, ...]
    begun: int = 0

    def goes_on(self, step: str) -> None:
        """Add a step that is not the scenario's own, and count it as begun."""
        self.steps += (step,)
        self.begun = len(self.steps)

    def tell(self, judgement: Judgement, problem: BaseException, traceback: str) -> str:
        """Return the text for the terminal, with a traceback only for an unexpected error."""
        lines = [f"{' '.join(judgement.clauses)}  {judgement.feature}", f"Scenario: {judgement.scenario}"]
        for number, step in enumerate(self.steps, start=1):
            mark = ">" if number == self.begun else " "
            lines.append(f"{mark} {step}" if number <= self.begun else f"  ({step})")
        foreseen = isinstance(problem, (AssertionError, FaultNotProven, LabError))
        lines += ["", f"{judgement.verdict}: {problem or type(problem).__name__}" if foreseen else traceback]
        return "\n".join(lines)


def reason_of(problem: BaseException | None) -> str:
    """Return the reason of a problem in one line ("" for none)."""
    if problem is None:
        return ""
    text = str(problem).strip()
    first = text.splitlines()[0] if text else ""
    foreseen = isinstance(problem, (AssertionError, FaultNotProven, LabError)) or type(problem).__name__ in {
        "NotApplicable",
        "Skipped",
    }
    return first if foreseen and first else f"{type(problem).__name__}: {first}".rstrip(": ")

"""The last lines on the terminal: verdicts, slowest scenarios, place of the report, command to run one again."""

from __future__ import annotations

import shlex
from collections import Counter
from pathlib import Path

import pytest

from lab.arguments import interpreter
from reports.judgement import Judgement
from reports.render import Outcome
from reports.state import PART_TOLD, RunState, Scope
from reports.verdicts import Ending, ExitCode, Verdict

_SLOWEST = 3
_MEANING = {
    ExitCode.CONFORMS: "conforms",
    ExitCode.DOES_NOT_CONFORM: "does not conform",
    ExitCode.INCONCLUSIVE: "inconclusive",
    ExitCode.HARNESS_ERROR: "harness error",
    ExitCode.USAGE_ERROR: "usage error",
}
_QUIET = {Verdict.PASS, Verdict.NOT_APPLICABLE, Verdict.DEVIATION}


def write(reporter: pytest.TerminalReporter, state: RunState, code: ExitCode, rendered: Outcome) -> None:
    """Write the stories that pytest does not print, then the table."""
    judged = list(state.judged.values())
    for verdict in (Verdict.INCONCLUSIVE, Verdict.HARNESS_ERROR, Verdict.STALE_DEVIATION):
        for report in reporter.stats.get(verdict.value, []):
            reporter.write_sep("_", verdict.value, red=True)
            reporter.write_line(report.longreprtext)
    reporter.write_sep("=", f"Switchover on {state.request.lab}, unit {state.request.units}")
    if state.usage or (state.refusal and not judged):
        reporter.write_line(state.usage or state.refusal, red=True)
        reporter.write_line(f"exit      {int(code)}, {_MEANING[code]}", red=True)
        return
    if state.refusal:
        reporter.write_line(f"trouble   {state.refusal}", red=True)
    counts = Counter(judgement.verdict for judgement in judged)
    told = " · ".join(f"{counts[verdict]} {verdict}" for verdict in Verdict if counts[verdict]) or "nothing judged"
    planned = f" of {len(state.planned)} scenarios" if state.unjudged else ""
    reporter.write_line(f"verdicts  {told}{planned}")
    if state.scope is Scope.PART:
        reporter.write_line(f"scope     {PART_TOLD}")
    if state.ending is Ending.STOPPED:
        reporter.write_line(f"stopped   {state.stopped}")
    for trouble in state.troubles:
        reporter.write_line(f"trouble   {trouble}", red=True)
    _write_slowest(reporter, judged)
    waits = state.waits()
    if judged:
        labs = f"{waits.labs} lab{'' if waits.labs == 1 else 's'}"
        told = f"{waits.documented:.1f} s documented, {waits.wall:.1f} s on {labs}: ratio {waits.ratio:.2f}"
        reporter.write_line(f"waits     {told}")
        spans = {"collection": state.collecting, "scenarios": state.wall, "report": state.reporting}
        reporter.write_line(f"took      {', '.join(f'{part} {seconds:.1f} s' for part, seconds in spans.items())}")
    for judgement in judged:
        if judgement.earlier:
            reporter.write_line(
                f"run twice {judgement.scenario}: {judgement.verdict}; inconclusive before: {judgement.earlier}"
            )
    _write_reasons(reporter, judged)
    out = state.request.out
    place = "results" if state.request.drawn else "verdicts"
    report = rendered.page or f"not drawn: {rendered.reason}; {place} are in {out}"
    reporter.write_line(f"report    {report}")
    again = next((j for j in judged if j.verdict not in _QUIET), judged[0] if judged else None)
    if again is not None:
        reporter.write_line(f"again     {rerun(state, again)}")
    reporter.write_line(f"exit      {int(code)}, {_meaning(state, code)}", red=code != 0, green=code == 0)


def rerun(state: RunState, judgement: Judgement) -> str:
    """Return the command that runs one scenario again under the same conditions."""
    request = state.request
    # pytest finds the suite's options by a path within the checkout, and takes that for the whole suite if it is alone.
    outside = ["features"] if Path(judgement.node.partition("::")[0]).is_absolute() else []
    words = [interpreter(), "-m", "pytest", *outside, judgement.node, "--lab", request.lab]
    words += request.units.options
    if request.seed:
        words += ["--seed", str(request.seed)]
    return shlex.join(words)


def _meaning(state: RunState, code: ExitCode) -> str:
    if code is ExitCode.INCONCLUSIVE and state.interrupted:
        return "interrupted"
    return (
        f"{_MEANING[code]} in this part" if code is ExitCode.CONFORMS and state.scope is Scope.PART else _MEANING[code]
    )


def _write_slowest(reporter: pytest.TerminalReporter, judged: list[Judgement]) -> None:
    slowest = sorted(judged, key=lambda judgement: judgement.duration, reverse=True)[:_SLOWEST]
    for number, judgement in enumerate(slowest):
        head = "slowest" if number == 0 else ""
        reporter.write_line(f"{head:8}{judgement.duration:8.3f} s  {judgement.scenario}")


def _write_reasons(reporter: pytest.TerminalReporter, judged: list[Judgement]) -> None:
    """Write what was left out, by reason; then each scenario that did not pass, where the end of a log still has it."""
    left_out = Counter(judgement.reason for judgement in judged if judgement.verdict is Verdict.NOT_APPLICABLE)
    for reason, number in left_out.items():
        reporter.write_line(f"{Verdict.NOT_APPLICABLE}: {number} scenario{'' if number == 1 else 's'}: {reason}")
    for judgement in judged:
        if judgement.verdict in (Verdict.PASS, Verdict.NOT_APPLICABLE):
            continue
        ids = " ".join(judgement.clauses)
        weight = "" if judgement.binds else " (binds nobody)"
        # The report has the last entries of the timeline, and the story above has them, too.
        reason = judgement.reason.partition("; last entries:")[0]
        reporter.write_line(f"{judgement.verdict}{weight}: {ids} {judgement.scenario}: {reason}")

"""Writes requirements.html, the target of requirement links: every clause with its verdict in this run."""

from __future__ import annotations

import functools
import re
from collections import Counter, defaultdict
from dataclasses import dataclass

from jinja2 import Template
from markupsafe import Markup, escape

import manual
from manual.records import Clause, Requirement
from reports.judgement import Judgement
from reports.state import PART_TOLD, RunState, Scope
from reports.templating import template
from reports.verdicts import Verdict

_CODE = re.compile(r"`([^`]*)`")
_WORST_FIRST = (
    Verdict.FAIL,
    Verdict.STALE_DEVIATION,
    Verdict.HARNESS_ERROR,
    Verdict.INCONCLUSIVE,
    Verdict.DEVIATION,
    Verdict.PASS,
    Verdict.NOT_APPLICABLE,
)


@dataclass(frozen=True, slots=True)
class Line:
    """A clause with the scenarios that hold it, and the worst of their verdicts ("" if none ran)."""

    clause: Clause
    verdict: str
    scenarios: tuple[Judgement, ...]
    untested: str


@dataclass(frozen=True, slots=True)
class Row:
    """A requirement with a line for each of its clauses."""

    requirement: Requirement
    lines: tuple[Line, ...]


def write(state: RunState) -> None:
    """Write the page next to run.json."""
    held: dict[str, list[Judgement]] = defaultdict(list)
    for judgement in state.judged.values():
        for id_ in judgement.clauses:
            held[id_].append(judgement)
    rows = [
        Row(requirement, tuple(_line(clause, held[clause.id]) for clause in requirement.clauses))
        for requirement in manual.requirements().values()
    ]
    counts = Counter(line.verdict or _not_judged(line) for row in rows for line in row.lines)
    scope = PART_TOLD if state.scope is Scope.PART else ""
    page = _template().render(rows=rows, counts=counts, request=state.request, scope=scope)
    (state.request.out / "requirements.html").write_text(page, encoding="utf-8")


def _line(clause: Clause, judged: list[Judgement]) -> Line:
    found = {judgement.verified for judgement in judged}
    verdict = next((verdict.value for verdict in _WORST_FIRST if verdict in found), "")
    pending = f"to be covered by: {clause.pending}" if clause.pending else ""
    return Line(clause, verdict, tuple(judged), clause.reason or pending)


def _not_judged(line: Line) -> str:
    if line.clause.reason:
        return "beyond any scenario"
    return "awaiting a scenario" if line.clause.pending else "not in this run"


def _with_code(text: str) -> Markup:
    """Show text between backticks as code."""
    return Markup(_CODE.sub(r"<code>\1</code>", str(escape(text))))  # noqa: S704 - escaped just before


@functools.cache
def _template() -> Template:
    return template("requirements.html.j2", words=_with_code)

"""Writes requirements.html, the target of requirement links: every behaviour with its verdict in this run."""

from __future__ import annotations

import functools
import re
from collections import defaultdict
from dataclasses import dataclass

from jinja2 import Template
from markupsafe import Markup, escape

import manual
from manual.records import Requirement
from reports.judgement import Judgement
from reports.state import RunState
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
class Row:
    """A requirement with the scenarios that verify it, and the worst of their verdicts ("" if none ran)."""

    requirement: Requirement
    verdict: str
    scenarios: tuple[Judgement, ...]
    untested: str


def write(state: RunState) -> None:
    """Write the page next to run.json."""
    verified: dict[str, list[Judgement]] = defaultdict(list)
    for judgement in state.judged.values():
        for id_ in judgement.requirements:
            verified[id_].append(judgement)
    rows = [_row(requirement, verified[requirement.id]) for requirement in manual.requirements().values()]
    page = _template().render(rows=rows, request=state.request)
    (state.request.out / "requirements.html").write_text(page, encoding="utf-8")


def _row(requirement: Requirement, judged: list[Judgement]) -> Row:
    found = {judgement.verdict for judgement in judged}
    verdict = next((verdict.value for verdict in _WORST_FIRST if verdict in found), "")
    pending = f"to be covered by: {requirement.pending}" if requirement.pending else ""
    return Row(requirement, verdict, tuple(judged), requirement.reason or pending)


def _with_code(text: str) -> Markup:
    """Show text between backticks as code."""
    return Markup(_CODE.sub(r"<code>\1</code>", str(escape(text))))  # noqa: S704 - escaped just before


@functools.cache
def _template() -> Template:
    return template("requirements.html.j2", words=_with_code)

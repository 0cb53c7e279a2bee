"""Puts a scenario's evidence into its Allure result: verdict, requirements, claims, timeline, picture and logs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import allure

import manual
from lab.history import History
from lab.ledger import Ledger
from lab.timeline import Entry, Kind
from manual.records import Level
from reports import mail_ledger, phases, picture
from reports.judgement import Judgement

_DYNAMIC: Any = allure.dynamic  # its functions are untyped
_SEVERITY = {Level.MUST: "critical", Level.SHOULD: "normal", Level.INFO: "minor"}
_COLUMNS = {
    "at_least": "at least",
    "at_most": "at most",
    "measured": "measured",
    "doubt": "doubt",
    "resolution": "resolution",
    "slack": "slack",
}
"""A claim's figures, and their names in the report."""

REQUIREMENTS_PAGE = "../requirements.html"
"""Target of requirement links, relative to the report."""


def label(judgement: Judgement) -> None:
    """Label the result with its verdict, its clauses and their texts, and each timed claim."""
    _DYNAMIC.label("verdict", judgement.verdict.value)
    _DYNAMIC.tag(judgement.verdict.value)
    requirements = {id_: manual.requirements()[id_] for id_ in judgement.requirements}
    clauses = [manual.clauses()[id_] for id_ in judgement.clauses]
    for id_ in requirements:
        _DYNAMIC.label("requirement", id_)
    for clause in clauses:
        _DYNAMIC.link(f"{REQUIREMENTS_PAGE}#{clause.id}", link_type="tms", name=clause.id)
    if requirements:
        _DYNAMIC.severity(_SEVERITY[min((one.level for one in requirements.values()), key=list(Level).index)])
    lines = []
    for clause in clauses:
        of = requirements[clause.requirement]
        lines.append(f"- **{clause.id}** ({of.level}) {clause.text} — {', '.join(of.source)}")
    if judgement.reason:
        lines.append(f"\n**{judgement.verdict}**: {judgement.reason}")
    _DYNAMIC.description("\n".join(lines))
    for name, claim in _numbered(judgement.claims):
        _DYNAMIC.label("claim", claim["claim"])
        _DYNAMIC.label("standing", claim["verdict"])
        for column, words in _COLUMNS.items():
            if claim[column] is not None:
                _DYNAMIC.parameter(f"{name} · {words} ({claim['unit']})", number(claim[column]), excluded=True)


def _numbered(claims: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Give each claim a name of its own, because Allure keeps one parameter of a name."""
    seen: Counter[str] = Counter()
    for claim in claims:
        name = str(claim["claim"])
        seen[name] += 1
        yield (name if seen[name] == 1 else f"{name}, {seen[name]}"), claim


def number(value: float) -> str:
    """Write a number with six digits after the point, so that figures of one kind sort as text."""
    return f"{value:.6f}"


def attach(
    judgement: Judgement, entries: Sequence[Entry], history: History, ledger: Ledger, *, origin: float, end: float
) -> None:
    """Attach the observations: a picture, its timeline, transcript, logs and mail.

    The `history` is that of the entries up to the scenario's `end`.
    """
    image = picture.draw(
        history,
        [entry for entry in entries if entry.at <= end],
        title=judgement.scenario,
        verdict=judgement.verdict.value,
        origin=origin,
        end=end,
        failovers=judgement.failovers,
    )
    allure.attach(image, "Timeline", allure.attachment_type.SVG)
    lines = "".join(f"{entry.as_json(origin)}\n" for entry in entries)
    allure.attach(lines, "Timeline (JSON Lines)", "text/plain", "jsonl")
    if judgement.failovers:
        allure.attach(phases.table(judgement.failovers), "Failover phases", allure.attachment_type.CSV)
    transcript = _transcript(entries, origin)
    if transcript:
        allure.attach(transcript, "CLI transcript", allure.attachment_type.TEXT)
    logs = "".join(
        f"{entry.at - origin:10.3f}  {entry.subject}  {entry.detail.get('message')}\n"
        for entry in entries
        if entry.kind is Kind.LOG
    )
    if logs:
        allure.attach(logs, "Logs of the units", allure.attachment_type.TEXT)
    if ledger.fates:
        allure.attach(mail_ledger.table(ledger, origin), "Mail ledger", allure.attachment_type.CSV)
    if len(ledger.fates) >= mail_ledger.LEAST:
        picture_of_mail = mail_ledger.draw(judgement.mail, entries, origin=origin, end=end)
        allure.attach(picture_of_mail, "Mail over time", allure.attachment_type.SVG)


@contextmanager
def step(title: str, told: Callable[[], str]) -> Iterator[None]:
    """Show what is done inside as a step of its own, with a text that is asked for at its end."""
    with allure.step(title):
        try:
            yield
        finally:
            allure.attach(told(), title, allure.attachment_type.TEXT)


def _transcript(entries: Sequence[Entry], origin: float) -> str:
    parts = []
    for entry in entries:
        if entry.kind is Kind.CLI:
            reply = str(entry.detail.get("reply") or "").rstrip()
            parts.append(f"{entry.at - origin:10.3f}  {entry.subject} # {entry.detail.get('line')}")
            parts.extend(f"{'':12}{line}" for line in reply.splitlines())
    return "\n".join(parts)

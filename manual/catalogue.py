"""Reads the requirements, their sources, the open questions and the list of requirements without a scenario."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path as File

from manual.records import Clause, Code, Level, Question, Requirement, Source
from manual.rows import Row, files, only, read, rows

FOLDER = "requirements"
HA_ID = re.compile(r"HA-\d{3}")
QUESTION_ID = re.compile(r"E-\d{2}")
SECTION = re.compile(r"B\.\d{1,2}")
CLAUSE_ID = re.compile(r"HA-\d{3}(\.[a-z])?")
LETTERS = "abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class Pending:
    """What awaits a scenario: the topic of a requirement, and the scenario that a clause needs, each with its row."""

    topics: Mapping[str, tuple[str, Row]]
    clauses: Mapping[str, tuple[str, Row]]


def read_sources(root: File) -> dict[str, Source]:
    """Return the documents, by code."""
    file = "sources.toml"
    document = read(root, file)
    only(file, document, "source")
    found: dict[str, Source] = {}
    for row in rows(file, document, "source", "code"):
        source = Source(code=row.text("code"), title=row.text("title"))
        row.finish()
        if source.code in found:
            raise row.error("code", "a code that no other row has", source.code)
        found[source.code] = source
    return found


def read_questions(root: File) -> dict[str, Question]:
    """Return the open questions, by id."""
    file = "questions.toml"
    document = read(root, file)
    only(file, document, "question")
    found: dict[str, Question] = {}
    for row in rows(file, document, "question", "id"):
        question = Question(
            id=_id(row, QUESTION_ID, "E-01"),
            issue=row.text("issue"),
            sources_say=row.text("sources_say"),
            reading=row.text("reading"),
        )
        row.finish()
        if question.id in found:
            raise row.error("id", "an id that no other row has", question.id)
        found[question.id] = question
    return found


def read_pending(root: File) -> Pending:
    """Return what awaits a scenario."""
    file = "pending.toml"
    document = read(root, file)
    only(file, document, "pending", "clause")
    topics: dict[str, tuple[str, Row]] = {}
    for row in rows(file, document, "pending", "topic"):
        topic = row.text("topic")
        ids = row.texts("ids")
        row.finish()
        for id_ in ids:
            if id_ in topics:
                raise row.error("ids", "ids that no other topic has", id_)
            topics[id_] = (topic, row)
    clauses: dict[str, tuple[str, Row]] = {}
    for row in rows(file, document, "clause", "id", optional=True):
        id_, needed = _id(row, CLAUSE_ID, "HA-757.b"), row.text("scenario")
        row.finish()
        if id_ in clauses:
            raise row.error("id", "an id that no other row has", id_)
        clauses[id_] = (needed, row)
    return Pending(topics, clauses)


def read_requirements(
    root: File, sources: Collection[str], questions: Collection[str], pending: Pending
) -> dict[str, Requirement]:
    """Return the behaviours of every section, by id in rising order."""
    found: dict[str, Requirement] = {}
    taken: dict[str, str] = {}
    for file in files(root, FOLDER):
        document = read(root, file)
        only(file, document, "section", "topic", "requirement")
        head = Row(file, "the head", {name: document[name] for name in ("section", "topic") if name in document})
        section, topic = _id(head, SECTION, "B.1", field="section"), head.text("topic")
        if section in taken:
            raise head.error("section", f"a section that no other file has (see {taken[section]})", section)
        taken[section] = file
        for row in rows(file, document, "requirement", "id"):
            requirement = _requirement(row, section, topic, sources, pending)
            if requirement.id in found:
                raise row.error("id", "an id that no other row has", requirement.id)
            if found and requirement.id < next(reversed(found)):
                raise row.error("id", "ids in rising order through all files", requirement.id)
            found[requirement.id] = requirement
            _check_references(row, requirement, questions)
    _check_pending(pending, found)
    return found


def _check_pending(pending: Pending, found: Mapping[str, Requirement]) -> None:
    for id_, (_, row) in pending.topics.items():
        if id_ not in found:
            raise row.error("ids", "ids of requirements", id_)
        if found[id_].reason is not None:
            raise row.error("ids", "ids of requirements that can be tested", id_)
    clauses = {clause.id: (clause, requirement) for requirement in found.values() for clause in requirement.clauses}
    for id_, (_, row) in pending.clauses.items():
        if id_ not in clauses:
            raise row.error("id", "a clause of a requirement, with its letter where there are several", id_)
        clause, requirement = clauses[id_]
        if clause.reason is not None:
            raise row.error("id", "a clause that can be tested", id_)
        if requirement.pending is not None or requirement.level is Level.INFO:
            raise row.error("id", "a clause of a requirement that binds, and whose topic is not pending", id_)


def _requirement(row: Row, section: str, topic: str, sources: Collection[str], pending: Pending) -> Requirement:
    id_ = _id(row, HA_ID, "HA-001")
    text, reason = row.text("text"), row.optional_text("reason")
    awaited = pending.topics[id_][0] if id_ in pending.topics else None
    requirement = Requirement(
        id=id_,
        text=text,
        level=row.word("level", Level),
        codes=row.words("codes", Code),
        file=f"manual/{row.file}",
        section=section,
        topic=topic,
        applies=row.text("applies"),
        source=row.known("source", sources, "a code of sources.toml"),
        clauses=tuple(_clauses(row, Clause(id_, text, reason, awaited), pending)),
        note=row.optional_text("note"),
        reason=reason,
        pending=awaited,
    )
    row.finish()
    levels = [code.level for code in requirement.codes]
    if requirement.level not in levels:
        raise row.error("level", "the level of one of its codes: " + ", ".join(levels), requirement.level.value)
    if requirement.level is not levels[0] and requirement.note is None:
        raise row.error("note", "why the level is not that of the leading code, but the field is missing")
    if not requirement.text.endswith((".", ".)")):
        raise row.error("text", "a sentence, with a full stop", requirement.text)
    return requirement


def _clauses(row: Row, whole: Clause, pending: Pending) -> Iterator[Clause]:
    """Yield the clauses of a row: those that it says, or the whole row as the one that it is."""

    def clause(id_: str, text: str, reason: str | None) -> Clause:
        needed = pending.clauses[id_][0] if id_ in pending.clauses else whole.pending
        return Clause(id_, text, reason, needed)

    said, reasons = dict(row.pairs("clauses")), dict(row.pairs("reasons"))
    for letter in reasons:
        if letter not in said:
            raise row.error("reasons", "letters of its clauses", letter)
    if not said:
        yield clause(whole.id, whole.text, whole.reason)
        return
    if len(said) == 1 or "".join(said) != LETTERS[: len(said)]:
        raise row.error("clauses", "two or more clauses, a, b and so on (a row with one needs none)", list(said))
    if whole.reason is not None:
        raise row.error("clauses", "no clauses, since no scenario can judge the row", list(said))
    for letter, text in said.items():
        if not text.endswith((".", ".)")):
            raise row.error("clauses", "sentences, each with a full stop", text)
        yield clause(f"{whole.id}.{letter}", text, reasons.get(letter))


def _check_references(row: Row, requirement: Requirement, questions: Collection[str]) -> None:
    for field in ("text", "note", "reason"):
        for id_ in QUESTION_ID.findall(getattr(requirement, field) or ""):
            if id_ not in questions:
                raise row.error(field, "questions of questions.toml", id_)


def _id(row: Row, pattern: re.Pattern[str], example: str, field: str = "id") -> str:
    found = row.text(field)
    if pattern.fullmatch(found) is None:
        raise row.error(field, f"an id like {example}", found)
    return found

"""Reads the requirements, their sources, the open questions and the list of requirements without a scenario."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from pathlib import Path as File

from manual.records import Code, Level, Question, Requirement, Source
from manual.rows import Row, files, only, read, rows

FOLDER = "requirements"
HA_ID = re.compile(r"HA-\d{3}")
QUESTION_ID = re.compile(r"E-\d{2}")
SECTION = re.compile(r"B\.\d{1,2}")


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


def read_pending(root: File) -> dict[str, tuple[str, Row]]:
    """Return the topic that will cover a requirement, with its row, by id."""
    file = "pending.toml"
    document = read(root, file)
    only(file, document, "pending")
    found: dict[str, tuple[str, Row]] = {}
    for row in rows(file, document, "pending", "topic"):
        topic = row.text("topic")
        ids = row.texts("ids")
        row.finish()
        for id_ in ids:
            if id_ in found:
                raise row.error("ids", "ids that no other topic has", id_)
            found[id_] = (topic, row)
    return found


def read_requirements(
    root: File, sources: Collection[str], questions: Collection[str], pending: Mapping[str, tuple[str, Row]]
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
    for id_, (_, row) in pending.items():
        if id_ not in found:
            raise row.error("ids", "ids of requirements", id_)
        if found[id_].reason is not None:
            raise row.error("ids", "ids of requirements that can be tested", id_)
    return found


def _requirement(
    row: Row, section: str, topic: str, sources: Collection[str], pending: Mapping[str, tuple[str, Row]]
) -> Requirement:
    id_ = _id(row, HA_ID, "HA-001")
    requirement = Requirement(
        id=id_,
        text=row.text("text"),
        level=row.word("level", Level),
        codes=row.words("codes", Code),
        section=section,
        topic=topic,
        applies=row.text("applies"),
        source=row.known("source", sources, "a code of sources.toml"),
        note=row.optional_text("note"),
        reason=row.optional_text("reason"),
        pending=pending[id_][0] if id_ in pending else None,
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

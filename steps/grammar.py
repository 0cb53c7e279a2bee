"""Holds the language of the features to its rules: small, used, without placeholders for steps, without free text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from pytest_bdd.parser import FeatureParser, ScenarioTemplate

from lab import frames
from steps.fields import Word
from steps.words import Sentence, parser_of

LIMIT = 200
"""Phrases, and rows with a verb in the tables of words, that the language may have."""

SCHEDULE = "this happens to the pair"
"""The sentence above the table of a schedule, whose place is one feature."""

SCHEDULES = "found.feature"

_AUXILIARIES = frozenset({"is", "are", "was", "were", "has", "have", "had", "does", "do", "given", "taken", "held"})
_ARTICLES = frozenset({"the", "a", "an", "both", "each", "no"})
_FIELD = re.compile(r"\{(\w+)(?::(\w+))?\}")
_PLACEHOLDER = re.compile(r"<([^<>]+)>")
_TOKEN = re.compile(r"[\w'-]+")


def size(sentences: Sequence[Sentence], words: Mapping[str, Word]) -> int:
    """Count each phrase once, whatever its frames, and each row with a verb of a word that a phrase leaves open."""
    known = _verbs(sentences)
    used = {kind for sentence in sentences for _, kind in _FIELD.findall(sentence.text)}
    rows = (row for kind, word in words.items() if kind in used for row in word.rows)
    return len(sentences) + sum(_has_verb(row, known) for row in rows)


def problems(
    sentences: Sequence[Sentence], words: Mapping[str, Word], features: Iterable[Path], limit: int = LIMIT
) -> Iterator[str]:
    """Yield what is wrong with the language, one line each."""
    count = size(sentences, words)
    if count > limit:
        yield f"the language has {count} phrases and rows with a verb, more than {limit}: compose two that there are"
    for sentence in sentences:
        free = [name for name, kind in _FIELD.findall(sentence.text) if kind not in words and kind != "Links"]
        if free:
            yield f"'{sentence.text}' leaves {free[0]} open for any text: give it a word of steps/fields.py"
    known, said = _verbs(sentences), set[tuple[str, str]]()
    for path in sorted(features):
        for template in FeatureParser(str(path.parent), path.name).parse().scenarios.values():
            yield from _of_scenario(path, template, known)
            said |= _steps(template)
    parsers = [(s, phase, parser_of(s, phase)) for s in sentences for phase in s.said]
    used = {
        sentence.text
        for sentence, phase, parser in parsers
        if any(kind == phase and parser.is_matching(name) for kind, name in said)
    }
    yield from (f"no scenario says '{s.text}': use it, or take it away" for s in sentences if s.text not in used)


def _of_scenario(path: Path, template: ScenarioTemplate, known: frozenset[str]) -> Iterator[str]:
    clauses = {
        column
        for values in _examples(template)
        for column, value in values.items()
        if _has_verb(value, known) and not _ARTICLES.isdisjoint(value.split())
    }
    for step in template.steps:
        where = f"{path.name}:{step.line_number}"
        asked = _PLACEHOLDER.findall(step.name)
        if asked and not _TOKEN.findall(_PLACEHOLDER.sub("", step.name)):
            yield f"{where}: '{step.name}' is a whole step: write one scenario for each"
        elif clauses.intersection(asked):
            yield f"{where}: '{step.name}' leaves a clause open: write one scenario for each"
        if step.name == SCHEDULE and path.name != SCHEDULES:
            yield f"{where}: a schedule stands in {SCHEDULES} only: say it in sentences"


def _steps(template: ScenarioTemplate) -> set[tuple[str, str]]:
    """Every step of a scenario with its phase, examples filled in."""
    return {(step.type, step.name) for values in _examples(template) for step in template.render(values).steps}


def _examples(template: ScenarioTemplate) -> list[dict[str, str]]:
    rows = [{key: str(value) for key, value in row.items()} for part in template.examples for row in part.as_contexts()]
    return rows or [{}]


def _verbs(sentences: Iterable[Sentence]) -> frozenset[str]:
    return _AUXILIARIES.union(*(frames.verbs(sentence.text) for sentence in sentences)) - {"as"}


def _has_verb(text: str, known: frozenset[str]) -> bool:
    words = _TOKEN.findall(text)
    return any(word in known or word.endswith("ed") for word in words)

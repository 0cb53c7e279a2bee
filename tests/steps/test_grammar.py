"""The language of the features is held to its rules: each is shown going red on a planted case."""

from __future__ import annotations

from pathlib import Path

import pytest

from lab.frames import Frame
from steps import vocabulary
from steps.fields import WORDS, Word
from steps.grammar import LIMIT, problems, size
from steps.words import SENTENCES, Sentence

FEATURE = """\
Feature: a feature
  Scenario: a scenario
    Given a pair
    When the primary loses power
"""


def nothing() -> None:
    """Stand for the function of a sentence."""


LANGUAGE = [
    Sentence({"given": Frame.HAPPENED}, "a pair", nothing),
    Sentence({"given": Frame.HAPPENED, "when": Frame.HAPPENS}, "the {unit:Unit} [loses|has lost] power", nothing),
]


@pytest.fixture
def feature(tmp_path: Path) -> Path:
    """Return the file of a feature that uses the whole language."""
    path = tmp_path / "a.feature"
    path.write_text(FEATURE, encoding="utf-8")
    return path


def told(feature: Path, *more: Sentence, limit: int = LIMIT) -> list[str]:
    """Return what is wrong with the language and perhaps more."""
    return list(problems([*LANGUAGE, *more], WORDS, [feature], limit))


def planted(feature: Path, text: str) -> list[str]:
    """Return what is wrong where the feature ends with this text."""
    feature.write_text(FEATURE + text, encoding="utf-8")
    return told(feature)


def test_the_language_of_the_suite_keeps_the_rules() -> None:
    """As lint finds it."""
    vocabulary.load()
    assert list(problems(SENTENCES, WORDS, (vocabulary.ROOT / "features").glob("*.feature"))) == []


def test_a_phrase_counts_once_and_a_row_with_a_verb_too(feature: Path) -> None:
    """Whatever the frames of the phrase; nouns are free, and so are words that no phrase has."""
    does = Word(str, "", ("loses hope", "despair", "has lost", "abandoned"))
    assert size(LANGUAGE, WORDS) == 2
    assert size(LANGUAGE, WORDS | {"Does": does}) == 2
    more = Sentence({"when": Frame.HAPPENS}, "somebody {does:Does}", nothing)
    assert size([*LANGUAGE, more], WORDS | {"Does": does}) == 6
    assert told(feature) == []


def test_too_many_sentences_are_refused(feature: Path) -> None:
    """The limit is the last number that is right."""
    assert told(feature, limit=2) == []
    (problem,) = told(feature, limit=1)
    assert "2 phrases and rows with a verb, more than 1" in problem


def test_a_sentence_that_no_scenario_says_is_refused(feature: Path) -> None:
    """One frame of it is enough."""
    (problem,) = told(feature, Sentence({"then": Frame.HAPPENS}, "nobody asks", nothing))
    assert problem.startswith("no scenario says 'nobody asks'")


def test_a_place_for_any_text_is_refused(feature: Path) -> None:
    """A free word could hold a clause."""
    feature.write_text(FEATURE + "    Then it does whatever\n", encoding="utf-8")
    (problem,) = told(feature, Sentence({"then": Frame.HAPPENS}, "it does {what}", nothing))
    assert "leaves what open for any text" in problem


@pytest.mark.parametrize(
    ("step", "value", "wrong"),
    [
        ("<event>", "the primary loses power", "is a whole step"),
        ("<a> <b>", "the primary loses power", "is a whole step"),
        ("the primary loses power because <event>", "the secondary loses power", "leaves a clause open"),
    ],
)
def test_a_placeholder_for_a_step_or_a_clause_is_refused(feature: Path, step: str, value: str, wrong: str) -> None:
    """It is told with its place."""
    head, cells = ("event", value) if "event" in step else ("a | b", "the primary | loses power")
    outline = f"  Scenario Outline: more\n    Given a pair\n    When {step}\n    Examples:\n"
    problem, *_ = planted(feature, f"{outline}      | {head} |\n      | {cells} |\n")
    assert problem.startswith("a.feature:7:")
    assert wrong in problem


def test_a_placeholder_for_a_word_is_right(feature: Path) -> None:
    """A unit, a value, or a verb."""
    outline = "  Scenario Outline: more\n    When the <unit> <does> power\n    Examples:\n"
    assert planted(feature, f"{outline}      | unit | does |\n      | secondary | loses |\n") == []


def test_a_schedule_outside_its_feature_is_refused(feature: Path) -> None:
    """Elsewhere what happens is said in sentences."""
    schedule = Sentence({"when": Frame.HAPPENS}, "this [happens|has happened] to the pair", nothing)
    step = "    When this happens to the pair\n      | after | what |\n      | 1 | the primary loses power |\n"
    feature.write_text(FEATURE + step, encoding="utf-8")
    (problem,) = told(feature, schedule)
    assert "a schedule stands in found.feature only" in problem
    assert told(feature.rename(feature.with_name("found.feature")), schedule) == []

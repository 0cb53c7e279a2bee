"""The behaviours as data: none is lost, and each has the level that its foundation gives."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import FrozenInstanceError

import pytest

from manual import Code, Level, requirements

SECTIONS = {
    "B.1": 28,
    "B.2": 29,
    "B.3": 23,
    "B.4": 22,
    "B.5": 17,
    "B.6": 25,
    "B.7": 21,
    "B.8": 32,
    "B.9": 23,
    "B.10": 6,
    "B.11": 13,
    "B.12": 15,
    "B.13": 12,
    "B.14": 11,
    "B.15": 15,
    "B.16": 9,
    "B.17": 5,
    "B.18": 15,
}


def test_count_of_each_section() -> None:
    """Every section has as many behaviours as the catalogue counts, 321 in all."""
    assert Counter(one.section for one in requirements().values()) == SECTIONS
    assert len(requirements()) == 321


def test_count_of_each_leading_code() -> None:
    """As many behaviours lead with each code as the catalogue counts."""
    leading = Counter(one.codes[0] for one in requirements().values())
    assert leading == {Code.SEED: 68, Code.DOC: 155, Code.SIS: 36, Code.INF: 48, Code.MEM: 14}


def test_first_and_last_id() -> None:
    """The ids run from HA-001 to HA-764, each record under its own id."""
    ids = list(requirements())
    assert (ids[0], ids[-1]) == ("HA-001", "HA-764")
    assert all(one.id == id_ for id_, one in requirements().items())


def test_level_follows_the_leading_code() -> None:
    """Only HA-113 has the level of its second code, since its first speaks of later versions."""
    other = [one.id for one in requirements().values() if one.level is not one.codes[0].level]
    assert other == ["HA-113"]
    assert requirements()["HA-113"].level is Level.SHOULD


@pytest.mark.parametrize(
    ("id_", "level", "codes"),
    [
        ("HA-001", Level.MUST, (Code.SEED,)),
        ("HA-008", Level.MUST, (Code.DOC,)),
        ("HA-010", Level.SHOULD, (Code.SIS,)),
        ("HA-003", Level.SHOULD, (Code.INF,)),
        ("HA-021", Level.INFO, (Code.MEM,)),
        ("HA-002", Level.MUST, (Code.SEED, Code.INF)),
        ("HA-011", Level.INFO, (Code.MEM, Code.DOC)),
    ],
)
def test_level_of_each_code(id_: str, level: Level, codes: tuple[Code, ...]) -> None:
    """SEED and DOC bind, SIS and INF are to be discussed, MEM is not judged."""
    assert (requirements()[id_].level, requirements()[id_].codes) == (level, codes)


def test_texts_are_plain_sentences() -> None:
    """Given, when and then are written out, abbreviations of the group's kind as well."""
    for one in requirements().values():
        assert not re.search(r"\b(G|W|T|AP|CO) ", one.text), one.id
        assert not re.search(r"\b[DE][.-]\d", one.text), one.id
        assert one.text[0] in '`"' or not one.text[0].islower(), one.id


def test_pending_and_reason_exclude_each_other() -> None:
    """What cannot be tested awaits no scenario, and what is not binding needs no promise of one."""
    for one in requirements().values():
        assert one.reason is None or one.pending is None, one.id
        assert one.level is not Level.INFO or one.pending is None, one.id


@pytest.mark.parametrize("id_", ["HA-053", "HA-070", "HA-075", "HA-106", "HA-211", "HA-371", "HA-571", "HA-573"])
def test_advice_and_other_versions_have_a_reason(id_: str) -> None:
    """Advice, and what only version 3.0 does, is never awaited."""
    assert requirements()[id_].reason


def test_records_are_frozen() -> None:
    """Neither a record nor the mapping can be changed by a reader."""
    with pytest.raises(FrozenInstanceError):
        requirements()["HA-001"].text = "x"  # type: ignore[misc]
    with pytest.raises(TypeError):
        requirements()["HA-001"] = requirements()["HA-002"]  # type: ignore[index]


def test_data_is_read_once() -> None:
    """A second call returns the same mapping."""
    assert requirements() is requirements()

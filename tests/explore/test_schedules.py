"""Schedules are drawn repeatably, said in words and read back, and shrunk to what matters."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest

from explore.chapters import chapter, last_leader
from explore.generate import WEIGHTS, Case, draw
from explore.gherkin import feature, title
from explore.pair import PLAIN, Settings
from explore.shrink import shrink
from lab.contract import Capability
from lab.findings import Finding
from lab.rules.rule import Rule
from lab.schedule import Line, Schedule, What, happenings, needs, read, write
from manual import clauses

LEAD = re.compile(r"^(an operator|the (primary|secondary|mail) (heartbeat )?cable of the \w+) ")
"""What the guide leaves out in the second of two sentences that begin alike."""

DOCS = Path(__file__).parents[2] / "docs" / "explore.md"


def cells(table: list[str]) -> list[list[str]]:
    """Read the rows of a written table, without its head."""
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in table[1:]]


def lines(*words: str) -> Schedule:
    """Make a schedule with a second between its lines."""
    return tuple(Line(1.5, happenings()[each]) for each in words)


def test_the_same_seed_and_number_draw_the_same_schedule() -> None:
    """Nothing but seed and number decides."""
    assert draw(3, 14) == draw(3, 14)
    assert len({repr(draw(3, number)) for number in range(50)}) == 50


def test_every_kind_of_happening_is_drawn() -> None:
    """A kind without a weight would never be explored."""
    assert set(WEIGHTS) == set(What)
    drawn = {line.happening.what for number in range(600) for line in draw(1, number).schedule}
    assert drawn == set(What)


def test_an_order_under_a_broken_link_has_a_sequel_now_and_then() -> None:
    """The links return long after it, or a further order comes right after it: chance alone would hardly draw that."""
    waits, haste = 0, 0
    for number in range(4000):
        schedule = draw(1, number).schedule
        for order, sequel in pairwise(schedule):
            if order.happening.what in {What.FAILOVER, What.RESTORE}:
                waits += sequel.happening.what is What.BOTH_RETURN and sequel.after > 42.0
                haste += sequel.happening.what in {What.FAILOVER, What.RESTORE} and sequel.after <= 1.5
    assert waits > 10
    assert haste > 10


def test_some_schedules_are_stories_in_which_a_pair_comes_to_rest_between_events() -> None:
    """Each fault ends before the next thing happens, mostly after a rest; much shows only at a second event."""
    rested = [
        schedule
        for number in range(300)
        if len(schedule := draw(1, number).schedule) > 1 and sum(line.after >= 8.0 for line in schedule) > 1
    ]
    told = [" ".join(line.happening.what.name for line in schedule) for schedule in rested]
    assert len(rested) > 60
    assert any("POWER_OFF POWER_ON POWER_OFF POWER_ON" in each for each in told)
    assert any("HELD CROWD FAILOVER" in each for each in told)


def test_a_chapter_is_about_one_link_and_removes_what_it_has_added() -> None:
    """Its roles are those at its beginning, also where the role has moved before."""
    for number in range(300):
        told = [line.happening for line in chapter(Random(number), "S")]  # noqa: S311 - repeatable by intent, nothing secret
        dead = {each.link for each in told if each.what in {What.SILENT, What.RETURNS}}
        added = {each.value for each in told if each.what is What.ADDED}
        assert len(dead) <= 1
        assert {each.value for each in told if each.what is What.DELETED} <= added | ({""} if not added else set())


@pytest.mark.parametrize(
    ("words", "leads"),
    [
        ((), "P"),
        (("the primary loses power", "the primary starts again"), "S"),
        (("the secondary loses power",), "P"),
        (("an operator forces a failover on the secondary",), "S"),
        (("the primary loses power", "an operator restores the configured mode on the secondary"), "P"),
    ],
)
def test_a_chapter_begins_with_the_roles_that_the_one_before_should_have_left(
    words: tuple[str, ...], leads: str
) -> None:
    """Roles are only guessed: nothing that is judged depends on them."""
    assert last_leader(lines(*words), "P") == leads


def test_a_written_schedule_reads_back() -> None:
    """Words in a feature file mean what was drawn."""
    for number in range(30):
        schedule = draw(2, number).schedule
        assert read(cells(write(schedule))) == schedule


@pytest.mark.parametrize(
    ("seconds", "needed"), [("59", {Capability.FREEZE}), ("60", {Capability.FREEZE, Capability.LONG})]
)
def test_a_schedule_of_a_minute_needs_a_lab_that_lets_minutes_pass(seconds: str, needed: set[Capability]) -> None:
    """It would hold the containers' lab up; it is run there when asked for."""
    assert needs(read([("0", "the secondary freezes"), (seconds, "the secondary thaws")])) == needed


def test_unknown_words_are_refused_by_name() -> None:
    """A typing error in a feature file is told."""
    with pytest.raises(ValueError, match="the primary looses power"):
        read([["1", "the primary looses power"]])


def test_the_guide_names_every_kind_of_happening() -> None:
    """Each sentence stands in docs/explore.md, for some unit and link."""
    guide = DOCS.read_text(encoding="utf-8").replace("... ", "")
    for what in What:
        known = [str(each) for each in happenings().values() if each.what is what]
        assert any(each in guide or LEAD.sub("", each) in guide for each in known), what


def test_shrinking_keeps_the_lines_that_matter_and_nothing_else() -> None:
    """Two of six lines break the imaginary rule, in that order and whatever the settings."""
    first, then = "the primary loses power", "an operator forces a failover on the secondary"
    schedule = lines(
        "the secondary freezes", first, "both heartbeat links are whole again", then, "the secondary thaws"
    )
    case = Case(Settings({"P": 5, "S": 2}, {"P": "off", "S": "off"}), schedule)

    def fails(candidate: Case) -> bool:
        words = [str(line.happening) for line in candidate.schedule]
        return first in words and then in words and words.index(first) < words.index(then)

    smallest = shrink(case, fails)
    assert [(line.after, str(line.happening)) for line in smallest.schedule] == [(0.0, first), (0.0, then)]
    assert smallest.settings == PLAIN


def test_shrinking_keeps_time_that_matters() -> None:
    """When a line goes, its time may move to the next line."""
    case = Case(PLAIN, lines("the secondary freezes", "the primary freezes", "the primary loses power"))

    def fails(candidate: Case) -> bool:
        passed = sum(line.after for line in candidate.schedule)
        return passed >= 4 and str(candidate.schedule[-1].happening) == "the primary loses power"

    smallest = shrink(case, fails)
    assert [line.after for line in smallest.schedule] == [4.0]


def test_a_feature_names_the_clauses_of_the_broken_rule() -> None:
    """So that the suite accepts the file, and a reader finds the document's words."""
    text = feature(draw(1, 0), Finding(Rule.HOLD_OFF, 1.0, "unit S waits"), name=title(1, 0), unit="reference")
    assert "@HA-522 @HA-523\n  Scenario: schedule 0 of seed 1\n" in text
    assert "Then no rule of the pair is broken" in text


def test_every_rule_rests_on_known_clauses() -> None:
    """A rule without a source would be the explorer's own idea."""
    for rule in Rule:
        assert rule.clauses
        assert set(rule.clauses) <= set(clauses())

"""What a lab that asks units for their mode makes of a change that it has seen late."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

import pytest

from lab.contract import Lab, Timing
from lab.errors import FaultNotProven
from lab.rules.rule import Rule
from lab.rules.watch import Watch
from lab.timeline import Kind, Timeline
from tests.lab.test_rules import POWER_OFF, VIRTUAL, Story


def watch_of(story: Story) -> Watch:
    """Watch a pair, on a lab with a slack of 0.25 s, from second 10 to second 16."""
    timeline = Timeline()
    clock = SimpleNamespace(now=lambda: 10.0)
    timing = Timing(slack=0.25, resolution=0.05, boot=1, settle=1)
    lab = SimpleNamespace(clock=clock, timeline=timeline, timing=timing, mail=SimpleNamespace(virtual_address=VIRTUAL))
    watch = Watch(cast("Lab", lab))
    for entry in story.entries:
        timeline.add(entry.at, entry.kind, entry.subject, **entry.detail)
    clock.now = lambda: 16.0
    return watch


def story_of_takeover(seen: float, doubt: float) -> Story:
    """The primary loses its power at 12.2 s; the secondary takes the address at 15.1 s, and its role is seen later."""
    story = Story().beats(2, 13).fault(12.2, POWER_OFF).role(12.2, "P", "primary", "unreachable").holds(15.1, "S")
    return story.note(seen, Kind.ROLE, "S", old="secondary", new="primary", doubt=doubt)


def test_a_change_that_was_seen_late_breaks_no_rule_if_it_may_have_come_in_time() -> None:
    """The doubt is within the slack, so the unit is given its benefit."""
    assert watch_of(story_of_takeover(seen=15.36, doubt=0.25)).verdict() == []


def test_an_exchange_of_roles_that_was_seen_in_the_wrong_order_breaks_no_rule() -> None:
    """The primary gave its role right after the order, before its peer heard that; the lab asked the peer first."""
    assert watch_of(story_of_exchange()).verdict() == []


def story_of_exchange() -> Story:
    """A forced failover, whose changes of role were seen in the wrong order."""
    story = Story().beats(2, 16).line(12.4, "P", "diagnose system ha failover").holds(12.4, "P", held=False)
    story.holds(12.402, "S").note(12.401, Kind.HEARTBEAT, "S", rank="primary")
    story.note(12.41, Kind.ROLE, "S", old="secondary", new="primary", doubt=0.09)
    return story.note(12.6, Kind.ROLE, "P", old="primary", new="secondary", doubt=0.21)


def test_the_time_that_judging_takes_is_no_silence() -> None:
    """On a busy machine it takes longer than a detection time, and heartbeats that come meanwhile are not judged."""
    watch = watch_of(story_of_exchange())
    late = iter([16.0 + 2.0 * each for each in range(50)])  # not without end, as the test would be
    watch._lab.clock.now = lambda: next(late)  # type: ignore[method-assign]
    assert watch.verdict() == []


def test_a_change_that_was_seen_at_once_is_judged_as_it_was_seen() -> None:
    """Nothing is dated back by more than its doubt."""
    broken = watch_of(story_of_takeover(seen=15.5, doubt=0.1)).verdict()
    assert {each.rule for each in broken} == {Rule.IN_TIME, Rule.ADDRESS}


def test_a_change_with_a_doubt_beyond_the_slack_leaves_what_follows_undecided() -> None:
    """The lab asked too seldom: that is inconclusive, and never the unit's fault."""
    with pytest.raises(FaultNotProven, match="unit S too seldom"):
        watch_of(story_of_takeover(seen=15.9, doubt=0.8)).verdict()


def test_a_change_that_was_doubtful_later_excuses_nothing_before_it() -> None:
    """The first rule was broken before the lab looked away."""
    story = story_of_takeover(seen=14.0, doubt=0.0)
    story.note(15.8, Kind.ROLE, "S", old="primary", new="off", doubt=0.5)
    found = watch_of(story).verdict()
    assert Rule.NOT_BEFORE in {each.rule for each in found}

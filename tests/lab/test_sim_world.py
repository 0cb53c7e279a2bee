"""Tests of virtual time: order, exactness, waiting and holding."""

from __future__ import annotations

from functools import partial

import pytest

from lab.errors import LabError, NotReached
from lab.sim.world import SimClock, World
from lab.timeline import Kind


def flag(world: World, after: float) -> list[int]:
    """Make a list that gets its first item some seconds from now."""
    raised: list[int] = []

    def up() -> None:
        raised.append(1)
        world.touch()

    world.after(after, up)
    return raised


def test_events_happen_in_order_of_time_then_of_scheduling() -> None:
    """Two events of one instant happen in the order in which they were scheduled."""
    world, seen = World("s"), list[str]()
    world.after(2.0, lambda: seen.append("late"))
    world.after(1.0, lambda: seen.append("first"))
    world.after(1.0, lambda: seen.append("second"))
    world.advance(2.0)
    assert seen == ["first", "second", "late"]


def test_sums_of_times_have_no_rounding_error() -> None:
    """A deadline computed from a drawn instant is met exactly, so that slack 0 can be demanded."""
    world, seen = World("s"), list[float]()
    world.advance(world.draw(0.0, 1.0))
    start = world.now()
    world.after(15.0, lambda: seen.append(world.now()))
    world.advance(60.0)
    assert seen[0] - start == 15.0


def test_wait_returns_at_the_instant_the_condition_comes_true() -> None:
    """Time stops at the event that fulfils the condition, not at the bound."""
    world = World("s")
    clock, done = SimClock(world), flag(world, 3.0)
    assert clock.wait_for(lambda: done, 10.0, "it is done") == [1]
    assert clock.now() == 3.0


def test_wait_includes_its_last_instant() -> None:
    """An event exactly at the bound is within the bound."""
    world = World("s")
    clock, done = SimClock(world), flag(world, 10.0)
    clock.wait_for(lambda: done, 10.0, "it is done")
    assert clock.now() == 10.0


def test_wait_that_fails_quotes_the_last_entries() -> None:
    """NotReached tells what was waited for and what happened last."""
    world = World("s")
    world.after(1.0, partial(world.note, Kind.LOG, "P", message="something else"))  # type: ignore[arg-type]
    with pytest.raises(NotReached, match=r"not within 5 s: the moon is blue[\s\S]*something else"):
        SimClock(world).wait_for(lambda: False, 5.0, "the moon is blue")
    assert world.now() == 5.0


def test_hold_excludes_its_last_instant() -> None:
    """What happens exactly at the end of the span does not break the hold: "not before" is judged exactly."""
    world = World("s")
    clock, broken = SimClock(world), flag(world, 5.0)
    clock.hold(lambda: not broken, 5.0, "it stays whole")
    assert clock.now() == 5.0


def test_hold_fails_as_soon_as_the_condition_does() -> None:
    """A break inside the span is reported at its instant."""
    world = World("s")
    clock, broken = SimClock(world), flag(world, 4.999)
    with pytest.raises(NotReached, match=r"held for 4.99\d+ s instead of 5 s: it stays whole"):
        clock.hold(lambda: not broken, 5.0, "it stays whole")


def test_endless_loop_in_one_instant_is_reported() -> None:
    """A unit that answers itself without end stops the run with a hint, instead of hanging it."""
    world = World("s")

    def again() -> None:
        world.after(0.0, again)

    again()
    with pytest.raises(LabError, match="time stands still"):
        world.advance(1.0)

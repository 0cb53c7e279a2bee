"""Units that understand only their own kind: beside each other they are a pair of references."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from node.build import Brain
from node.engine import effects as do
from node.engine.engine import Engine
from node.engine.modes import Command
from tests.node.engine_pair import Pair
from wrong.catalogue import WRONG, build
from wrong.units import dialects


def story(make: Callable[[], Brain]) -> list[tuple[str, float, str]]:
    """Let a pair start, switch roles four times, and lose its primary; return what changed on either unit, and when."""
    pair = Pair(make)  # type: ignore[arg-type] # it is typed by the reference
    pair.start(pair.p)
    pair.start(pair.s)
    pair.run(3.0)
    orders = (
        (pair.s, Command.FAILOVER),
        (pair.s, Command.RESTORE),
        (pair.p, Command.FAILOVER),
        (pair.p, Command.RESTORE),
    )
    for host, command in orders:
        pair.order(host, command)
        pair.run(15.0)
    pair.kill(pair.p)
    pair.run(8.0)
    pair.start(pair.p)
    pair.run(10.0)
    return [(host.name, at, told(effect)) for host in (pair.p, pair.s) for at, effect in host.done if told(effect)]


def told(effect: do.Effect) -> str:
    """What an effect shows outside, without the reason that is given for it; '' where that is nothing."""
    match effect:
        case do.RoleChanged(_, new):
            return f"becomes {new}"
        case do.StartSync(what, rank):
            return f"copies {what} over the {rank} link"
        case do.Alert(event, _, new):
            return f"reports {event.partition(' (')[0]}: {new}"
    return ""


@pytest.mark.parametrize("unit", [unit.id for unit in dialects.UNITS])
def test_two_of_a_kind_are_a_pair_of_references(unit: str) -> None:
    """Same roles, same synchronizations, same reports, at the same times."""
    assert story(build(unit).engine) == story(Engine)


def test_all_that_hide_each_other_are_tried_alone() -> None:
    """A unit that its like hides names the side on which it is wrong; enough of them are known."""
    assert {unit.id for unit in WRONG.values() if unit.alone} >= {unit.id for unit in dialects.UNITS}
    assert {unit.alone for unit in dialects.UNITS} <= {"P", "S"}
    assert len(dialects.UNITS) >= 10

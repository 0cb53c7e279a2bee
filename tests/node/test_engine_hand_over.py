"""How the role and the queued mail pass from one engine to the other."""

from __future__ import annotations

import dataclasses

import pytest

from node.engine import effects as do
from node.engine import messages as say
from node.engine.engine import Engine
from node.engine.modes import Command, Effective, OnFailure, Rank, Sync
from node.engine.reference import RULES
from tests.node.engine_pair import Host, Pair

PRIMARY, SECONDARY = Effective.PRIMARY, Effective.SECONDARY


def switched() -> Pair:
    """A pair whose secondary leads by a forced failover, and nothing is due."""
    pair = Pair().healthy()
    pair.order(pair.p, Command.FAILOVER)
    pair.run(2.0)
    assert pair.roles() == (SECONDARY, PRIMARY)
    pair.p.done.clear()
    pair.s.done.clear()
    return pair


def when(host: Host, kind: type, **fields: object) -> list[float]:
    """When effects of a kind came whose fields are these."""
    return [
        at
        for at, effect in host.done
        if isinstance(effect, kind) and all(getattr(effect, name) == value for name, value in fields.items())
    ]


def test_restore_on_a_leading_secondary_lets_the_primary_copy_first() -> None:
    """Both kinds of synchronization have ended when the roles move. Source: HA-574."""
    pair = switched()
    pair.order(pair.s, Command.RESTORE)
    pair.run(1.0)
    assert pair.roles() == (PRIMARY, SECONDARY)
    copied = when(pair.p, do.StartSync, what=Sync.CONFIG) + when(pair.p, do.StartSync, what=Sync.DATA)
    assert len(copied) == 2
    assert when(pair.p, do.RoleChanged, new=PRIMARY) >= [max(copied) + 0.05]


def test_restore_is_not_held_up_by_a_copy_that_cannot_be_made() -> None:
    """P takes the role though every synchronization fails."""
    pair = switched()
    pair.p.sync_ok = False
    pair.order(pair.s, Command.RESTORE)
    pair.run(2.0)
    assert pair.roles() == (PRIMARY, SECONDARY)


def test_restore_is_not_held_up_by_a_copy_that_takes_long() -> None:
    """P copies for five seconds, and then takes the role with what it has."""
    pair = switched()
    pair.p.sync_takes = 60.0
    pair.order(pair.s, Command.RESTORE)
    pair.run(4.5)
    assert pair.roles() == (SECONDARY, PRIMARY)
    pair.run(1.5)
    assert pair.roles() == (PRIMARY, SECONDARY)


def test_restore_ends_though_the_peer_never_asks() -> None:
    """An offer that gets no answer is given up."""
    pair = switched()
    pair.lost = {say.OfferRole}
    pair.order(pair.s, Command.RESTORE)
    pair.run(10.0)
    assert pair.roles() == (SECONDARY, PRIMARY)


def test_restore_without_a_peer_is_given_up() -> None:
    """The only unit that leads does not stand down for nobody, also before it knows that it is alone."""
    pair = switched()
    pair.kill(pair.p)
    pair.run(1.0)
    pair.order(pair.s, Command.RESTORE)
    pair.run(10.0)
    assert pair.roles()[1] is PRIMARY
    assert any("given up" in text for text in pair.s.texts(do.Log))


def test_a_peer_that_dies_while_it_copies_leaves_the_role_where_it_was() -> None:
    """The offer runs out, and the unit goes on leading."""
    pair = switched()
    pair.p.sync_ok = False
    pair.order(pair.s, Command.RESTORE)
    pair.run(0.5)
    pair.kill(pair.p)
    pair.run(30.0)
    assert pair.roles()[1] is PRIMARY


@pytest.mark.parametrize(
    ("on_failure", "queues"),
    [
        (OnFailure.BECOME_SECONDARY, ([], ["a", "b"])),
        (OnFailure.RESTORE_ROLE, (["a", "b"], [])),
        (OnFailure.OFF, (["a", "b"], [])),
    ],
)
def test_a_recovered_primary_hands_its_queue_over_only_as_a_secondary(
    on_failure: OnFailure, queues: tuple[list[str], list[str]]
) -> None:
    """One that takes its role back delivers itself, one that is off waits. Source: HA-333."""
    pair = Pair(on_failure=on_failure).healthy()
    pair.kill(pair.p)
    pair.p.queue = ["a", "b"]
    pair.run(6.0)
    pair.start(pair.p)
    pair.run(20.0)
    assert (pair.p.queue, pair.s.queue) == queues


def test_a_queue_that_could_not_be_handed_over_is_tried_again() -> None:
    """The first attempt meets a peer that is not primary yet; the queue is empty soon after."""
    why = "busy"
    rules = dataclasses.replace(RULES, refuses_queue=lambda _unit: why)
    pair = Pair(lambda: Engine(rules)).healthy()
    pair.p.queue = ["a"]
    pair.order(pair.p, Command.FAILOVER)
    pair.run(2.0)
    assert pair.p.queue == ["a"]
    why = ""
    pair.run(6.0)
    assert (pair.p.queue, pair.s.queue) == ([], ["a"])


def test_in_a_split_nobody_hands_anything_over_until_one_is_restored() -> None:
    """Two primaries keep their queues; the one that stands down gives its own to the other."""
    pair = Pair().healthy()
    pair.cut(*Rank)
    pair.run(7.0)
    pair.p.queue, pair.s.queue = ["p"], ["s"]
    pair.heal()
    pair.run(10.0)
    assert (pair.p.queue, pair.s.queue) == (["p"], ["s"])
    pair.order(pair.s, Command.RESTORE)
    pair.run(3.0)
    assert (sorted(pair.p.queue), pair.s.queue) == (["p", "s"], [])

"""The engine's state is plain data: a copy taken at any moment goes on exactly like the original."""

from __future__ import annotations

import copy
import dataclasses
from random import Random

import pytest

from node.engine import effects as do
from node.engine import events as on
from node.engine.engine import Engine
from node.engine.modes import Command, Mode, OnFailure, Rank
from node.engine.settings import Check
from node.engine.state import ROLE_OF, State
from node.engine.states import Phase
from tests.node.engine_pair import Host, Pair

AHEAD = 8
"""Events that a copy takes after it was made."""

ORDERS = [each for each in Command if each is not Command.SHUTDOWN]


class Recorder:
    """An engine that keeps what it was told and when."""

    def __init__(self) -> None:
        """Have heard nothing."""
        self.engine = Engine()
        self.heard: list[tuple[on.Event, float]] = []

    def handle(self, event: on.Event, now: float) -> list[do.Effect]:
        """Keep the event, then handle it."""
        self.heard.append((event, now))
        return self.engine.handle(event, now)

    def __getattr__(self, name: str) -> object:
        """Be the engine in all else."""
        return getattr(self.engine, name)


def recorded(seed: int) -> list[Recorder]:
    """Let much happen to a pair, by chance; return every engine that ran, with its stream."""
    chance = Random(seed)  # noqa: S311 - repeatable by intent
    recorders: list[Recorder] = []

    def make() -> Engine:
        recorders.append(Recorder())
        return recorders[-1]  # type: ignore[return-value]

    on_failure = chance.choice(list(OnFailure))
    pair = Pair(
        make, on_failure=on_failure, lost_threshold=3.0, local_ports=Check(enabled=True, interval=120, retries=1)
    )
    pair.healthy()
    for _ in range(25):
        _disturb(pair, chance)
        pair.run(chance.choice([0.1, 0.7, 2.0, 4.0, 40.0]))
    return [each for each in recorders if each.heard]


def _disturb(pair: Pair, chance: Random) -> None:
    host: Host = chance.choice([pair.p, pair.s])
    kind = chance.randrange(9)
    if not host.alive:
        pair.start(host)
    elif kind == 0:
        pair.kill(host)
    elif kind <= 2:
        pair.order(host, chance.choice(ORDERS))
    elif kind == 3:
        pair.cut(*chance.sample(list(Rank), chance.randint(1, 2)), deaf=chance.choice(["P", "S", "PS"]))
    elif kind == 4:
        pair.heal()
    elif kind == 5:
        pair.feed(host, on.CheckDone("local-ports", ok=chance.random() < 0.5))
    elif kind == 6:
        host.sync_ok = not host.sync_ok
    elif kind == 7:
        pair.change(host, dataclasses.replace(host.settings, lost_threshold=chance.choice([2.0, 3.0, 5.0])))
    else:
        modes = {pair.p.name: Mode.PRIMARY, pair.s.name: Mode.SECONDARY}
        mode = Mode.OFF if host.settings.mode.active_passive else modes[host.name]
        pair.change(host, dataclasses.replace(host.settings, mode=mode))


@pytest.mark.parametrize("seed", range(8))
def test_a_copy_goes_on_like_the_original(seed: int) -> None:
    """Forked at every event of recorded streams, both give the same effects and know the same in the end."""
    events = 0
    for stream in recorded(seed):
        original = Engine()
        after: list[tuple[list[do.Effect], State]] = []
        copies: list[State] = []
        for event, now in stream.heard:
            copies.append(copy.deepcopy(original.state))
            after.append((original.handle(event, now), copy.deepcopy(original.state)))
        for begin, state in enumerate(copies):
            fork = Engine()
            fork.state = state
            for index in range(begin, min(begin + AHEAD, len(stream.heard))):
                effects = fork.handle(*stream.heard[index])
                assert (effects, fork.state) == after[index]
        events += len(stream.heard)
    assert events > 100


def test_states_that_differ_are_not_equal() -> None:
    """Otherwise nothing would be shown by comparing them."""
    pair = Pair().healthy()
    before = copy.deepcopy(pair.s.engine.state)
    assert before == pair.s.engine.state
    pair.run(1.5)
    assert before != pair.s.engine.state


def test_every_phase_has_the_record_of_a_role_that_has_a_conduct() -> None:
    """A phase without one would leave the unit without a conduct in it."""
    rules = Engine()._rules
    assert set(ROLE_OF) == set(Phase)
    assert set(ROLE_OF.values()) == set(rules.conduct)

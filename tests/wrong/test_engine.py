"""What stands around the reference engine: each kind of substitution, its memory, and every wrong unit at work."""

from __future__ import annotations

import dataclasses
import pickle

import pytest

from node.engine import effects as do
from node.engine import events as on
from node.engine.modes import Command, Mode, Rank, Sync
from tests.node.engine_pair import Pair, settings
from wrong.catalogue import WRONG, build
from wrong.common import changing, ignoring, leaving_out, never
from wrong.engine import WrongEngine
from wrong.record import (
    Decision,
    Effects,
    Events,
    Reaction,
    Remembered,
    Remembering,
    Settings,
    Shown,
    Substitution,
    WrongUnit,
)

STARTED = on.Started(settings(Mode.OFF), on.Memory())


def engine(*substitutions: Substitution) -> WrongEngine:
    """Make the engine of a unit with these substitutions."""
    return WrongEngine(WrongUnit("of-a-test", ("HA-001",), "Is wrong.", substitutions))


def kinds(effects: list[do.Effect]) -> list[type]:
    """Kinds of effects, in order."""
    return [type(effect) for effect in effects]


def test_without_a_change_the_engine_is_the_reference() -> None:
    """What a substitution leaves alone is done, asked and shown as the reference does."""
    unit = engine(Effects(lambda effect, _: [effect]))
    assert kinds(unit.handle(STARTED, 1.0)) == [do.Persist, do.StartMail]
    assert (unit.settings.mode, unit.status().configured) == (Mode.OFF, Mode.OFF)
    assert not unit.admits(Rank.PRIMARY, "10.0.6.9", password_matches=False)
    assert unit.refuses(Command.FAILOVER)
    assert unit.withholds(Sync.CONFIG)
    assert unit.refuses_queue()


def test_effects_are_replaced_in_their_place() -> None:
    """One effect may become none, another, or several."""
    assert kinds(engine(never(do.StartMail)).handle(STARTED, 1.0)) == [do.Persist]
    instead = changing(lambda effect, _: do.StopMail() if isinstance(effect, do.StartMail) else effect)
    assert kinds(engine(instead).handle(STARTED, 1.0)) == [do.Persist, do.StopMail]
    twice = Effects(lambda effect, _: [effect, effect])
    assert kinds(engine(twice).handle(STARTED, 1.0)) == [do.Persist, do.Persist, do.StartMail, do.StartMail]


def test_effects_see_the_engine_after_the_event() -> None:
    """A rewriting may depend on what the unit has become."""
    unit = engine(leaving_out(lambda effect, unit: isinstance(effect, do.StartMail) and unit.memory.boot == 1))
    assert kinds(unit.handle(STARTED, 1.0)) == [do.Persist]


def test_events_are_seen_in_place_of_those_that_happen() -> None:
    """One event may go unnoticed, or be seen as several; the view is that before it."""
    assert engine(ignoring(lambda _event, unit: unit.memory.boot == 0)).handle(STARTED, 1.0) == []
    twice = Events(lambda event, _: [event, event])
    assert kinds(engine(twice).handle(STARTED, 1.0)) == [do.Persist, do.StartMail] * 2


def test_a_reaction_may_ask_the_reference_about_another_event() -> None:
    """What it returns is what is done."""
    unit = engine(Reaction(lambda react, event, _: [do.StopMail(), *react(event), *react(event)]))
    assert kinds(unit.handle(STARTED, 1.0)) == [do.StopMail, *[do.Persist, do.StartMail] * 2]


def test_settings_and_memory_are_misread() -> None:
    """Both arrive changed, at a start and later."""
    unit = engine(
        Settings(lambda settings, _: dataclasses.replace(settings, base_port=settings.base_port + 1)),
        Remembered(lambda memory: dataclasses.replace(memory, boot=41)),
    )
    unit.handle(STARTED, 1.0)
    assert unit.settings.base_port == 20001
    assert unit.handle(on.SettingsChanged(settings(Mode.OFF, base_port=30000)), 2.0) == []
    assert unit.settings.base_port == 30001
    memory = next(
        effect.memory
        for effect in engine(Remembered(lambda memory: dataclasses.replace(memory, boot=41))).handle(STARTED, 1.0)
        if isinstance(effect, do.Persist)
    )
    assert memory.boot == 42


def test_decisions_and_status_are_those_of_the_substitution() -> None:
    """What is not replaced stays the reference's."""
    unit = engine(
        Decision(lambda rules: dataclasses.replace(rules, withholds=lambda _unit, _what: "")),
        Shown(lambda status, _: dataclasses.replace(status, configured=Mode.PRIMARY)),
    )
    unit.handle(STARTED, 1.0)
    assert unit.withholds(Sync.DATA) == ""
    assert unit.refuses_queue() == "this unit is not primary"
    assert unit.status().configured is Mode.PRIMARY


def test_each_substitution_stands_around_those_before_it() -> None:
    """What the first makes of an effect is what the second sees."""
    first = changing(lambda effect, _: do.StopMail() if isinstance(effect, do.StartMail) else effect)
    assert kinds(engine(first, never(do.StopMail)).handle(STARTED, 1.0)) == [do.Persist]
    assert kinds(engine(never(do.StopMail), first).handle(STARTED, 1.0)) == [do.Persist, do.StopMail]


def test_each_started_engine_has_a_memory_of_its_own() -> None:
    """What a unit remembers is gone after a restart, and no other unit knows it."""

    def once(seen: list[do.Effect]) -> tuple[Effects]:
        def rewrite(effect: do.Effect, _: object) -> list[do.Effect]:
            known = effect in seen
            seen.append(effect)
            return [] if known else [effect]

        return (Effects(rewrite),)

    unit = WrongUnit("once", ("HA-001",), "Does each thing once.", (Remembering(list, once),))
    for _ in range(2):
        started = WrongEngine(unit)
        assert do.StartMail() in started.handle(STARTED, 1.0)
        assert do.StartMail() not in started.handle(STARTED, 2.0)


def test_what_a_unit_remembers_counts_as_its_memory() -> None:
    """A lab measures an engine by what would have to be copied: a hoard shows."""
    hoarder = build("hoards-strangers").engine()
    hoarder.handle(STARTED, 1.0)
    before = len(pickle.dumps(hoarder.state))
    hoarder.handle(on.StrangerRefused(Rank.PRIMARY, "10.0.6.9", "wrong password"), 2.0)
    assert len(pickle.dumps(hoarder.state)) - before > 1 << 20


@pytest.mark.parametrize("name", sorted(WRONG))
def test_wrong_units_start_and_take_part(name: str) -> None:
    """A wrong unit is wrong in one thing, not broken: it survives a failover without an exception."""
    pair = Pair(build(name).engine)
    pair.start(pair.p)
    pair.start(pair.s)
    pair.run(3.0)
    for command in Command:
        if command not in {Command.REBOOT, Command.RELOAD, Command.SHUTDOWN}:
            pair.order(pair.p, command)
            pair.run(1.0)
    pair.kill(pair.p)
    pair.run(8.0)
    pair.start(pair.p)
    pair.run(10.0)
    assert pair.p.done
    assert pair.s.done
    assert pickle.dumps((pair.p.engine.state, pair.s.engine.state))

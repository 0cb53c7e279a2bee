"""The records of the wrong units: each says something, and nothing that the manual does not know."""

from __future__ import annotations

import dataclasses
import importlib
from pathlib import Path

import pytest

from node.build import REFERENCE
from node.engine.engine import Engine
from node.engine.state import Leading
from node.linux import sync
from tests.wrong.deaf import DEAF
from wrong.catalogue import WRONG, build, catalogue, problems, replace_parts, shown, unbroken, units_of
from wrong.common import exchanging
from wrong.record import Decision, Effects, Exchanging, InRole, OnLinux, Pages, Remembering, Substitution, WrongUnit


def test_each_wrong_unit_breaks_a_clause_of_the_manual() -> None:
    """The ids of the records are clauses of the manual."""
    assert problems(WRONG.values()) == []


def test_a_behaviour_that_the_manual_does_not_know_is_told() -> None:
    """A typing error in an id would say that a unit breaks nothing."""
    told = problems([dataclasses.replace(DEAF, breaks=("HA-101", "HA-9999"))])
    assert told == ["wrong unit 'deaf' breaks HA-9999, which is no behaviour of the manual; correct the id"]


def test_a_behaviour_of_several_clauses_is_told() -> None:
    """A record says which clause its unit breaks, as a scenario says which it holds."""
    (told,) = problems([dataclasses.replace(DEAF, breaks=("HA-757",))])
    assert told.startswith("wrong unit 'deaf' breaks HA-757, which has several clauses in manual/requirements/18-")


def test_a_clause_that_no_record_names_is_listed() -> None:
    """What binds and has a scenario needs a unit that breaks it; what awaits one, or has a reason, does not yet."""
    left = unbroken([dataclasses.replace(DEAF, breaks=("HA-757.a",))])
    assert {"HA-757.b", "HA-101"} <= set(left)
    assert not {"HA-757.a", "HA-480", "HA-520.c", "HA-157"} & set(left)


def test_a_unit_that_only_shows_or_reports_something_else_is_known_by_its_record() -> None:
    """By what it replaces, or by the sections of all that it breaks; one that also does something else is none."""
    printing = dataclasses.replace(DEAF, substitutions=(Pages(lambda printed, _line, _system: printed),))
    assert shown(printing) == "the shell: what it prints, takes or refuses"
    assert shown(dataclasses.replace(DEAF, breaks=("HA-655.a", "HA-659.a"))) == "events"
    assert shown(dataclasses.replace(DEAF, breaks=("HA-655.a", "HA-101"))) == ""


def test_a_name_that_two_units_have_is_refused() -> None:
    """One of them would hide the other, and never be tried."""
    other = dataclasses.replace(DEAF, id="dumb")
    assert catalogue([DEAF, other]) == {"deaf": DEAF, "dumb": other}
    with pytest.raises(ValueError, match="two wrong units are called 'deaf'"):
        catalogue([DEAF, other, DEAF])


def test_the_units_of_all_modules_are_known_without_a_list(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the order of the modules' names; a module that lists none is told by its name."""
    folder = tmp_path / "planted_units"
    folder.mkdir()
    for name in ("__init__", "b", "a"):
        (folder / f"{name}.py").write_text(f"UNITS = ({name!r},)\n", encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    package = importlib.import_module("planted_units")
    assert list(units_of(package)) == ["a", "b"]
    (folder / "c.py").write_text("OTHER = ()\n", encoding="utf-8")
    importlib.invalidate_caches()
    with pytest.raises(ValueError, match=r"module planted_units\.c lists no UNITS; list its wrong units"):
        list(units_of(package))


def test_a_unit_without_a_substitution_is_refused() -> None:
    """It would be the reference unit under another name."""
    with pytest.raises(ValueError, match="'deaf' has no substitution"):
        dataclasses.replace(DEAF, substitutions=())


@pytest.mark.parametrize(
    "idle",
    [
        Decision(lambda rules: rules),
        InRole(Leading, dataclasses.replace),
        Exchanging(dataclasses.replace),
        Remembering(list, lambda _: (Decision(dataclasses.replace),)),
    ],
    ids=["decision", "conduct", "exchange", "remembering"],
)
def test_a_substitution_that_changes_nothing_is_told(idle: Substitution) -> None:
    """The unit would be the reference, and the suite blamed for not catching it."""
    told = problems([dataclasses.replace(DEAF, substitutions=(idle,))])
    assert told == ["wrong unit 'deaf' has a substitution that changes nothing"]


def test_a_unit_that_is_wrong_alone_is_one_of_the_pair() -> None:
    """There is no third."""
    with pytest.raises(ValueError, match="'deaf' is alone as 'Q'"):
        dataclasses.replace(DEAF, alone="Q")


def test_a_unit_that_breaks_nothing_is_refused() -> None:
    """Nobody could tell which scenario is to catch it."""
    with pytest.raises(ValueError, match="'deaf' names no behaviour"):
        dataclasses.replace(DEAF, breaks=())


@pytest.mark.parametrize("about", ["Says nothing", "", "Says nothing.\nAt all."])
def test_a_unit_is_told_in_one_sentence(about: str) -> None:
    """The sentence stands in one line of the matrix."""
    with pytest.raises(ValueError, match="'deaf' needs one sentence"):
        dataclasses.replace(DEAF, about=about)


def test_a_record_cannot_be_changed() -> None:
    """What a run is told about a unit holds as long as the run."""
    unit = WrongUnit("still", ("HA-001",), "Does nothing.", (Effects(lambda _effect, _unit: []),))
    with pytest.raises(dataclasses.FrozenInstanceError):
        unit.id = "loud"  # type: ignore[misc]


def test_a_unit_that_does_not_exist_is_built_of_nothing() -> None:
    """A typing error must not run the reference."""
    with pytest.raises(KeyError):
        build("no-such")


def test_a_unit_that_is_wrong_on_linux_alone_is_refused() -> None:
    """What sim cannot catch would have to be caught on containers only."""
    part = OnLinux("node.linux.sync", "copying", lambda copying: copying)
    with pytest.raises(ValueError, match="would be the reference in the simulation"):
        dataclasses.replace(DEAF, substitutions=(part,))


def test_each_part_of_the_linux_body_that_is_replaced_exists() -> None:
    """It is a public name of the reference, so that the unit is wrong in a container, too."""
    parts = [each for unit in WRONG.values() for each in unit.substitutions if isinstance(each, OnLinux)]
    assert parts
    for part in parts:
        assert part.module.startswith("node.linux.")
        assert not part.name.startswith("_")
        assert hasattr(importlib.import_module(part.module), part.name)


def test_a_part_of_the_linux_body_is_replaced_where_the_unit_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """In the process of its own that a container gives it."""
    monkeypatch.setattr(sync, "copying", sync.copying)  # to be put back afterwards
    assert "--delete" not in sync.copying("there", "here")
    replace_parts("replaces-its-mail-data")
    assert "--delete" in sync.copying("there", "here")


def test_what_passes_between_the_units_is_the_records(monkeypatch: pytest.MonkeyPatch) -> None:
    """A body is given other ways to copy, merge and hand over; those that are not replaced are the reference's."""
    monkeypatch.setitem(WRONG, "deaf", dataclasses.replace(DEAF, substitutions=(exchanging(merge=dict),)))
    built, reference = build("deaf").exchange, REFERENCE.exchange
    assert built.merge is dict
    assert dataclasses.replace(built, merge=reference.merge) == reference


def test_no_wrong_unit_overrides_the_engine() -> None:
    """Each stands around the reference engine, or changes its rules; none is a class of engine."""
    assert Engine.__subclasses__() == []

"""The order in which scenarios are tried on a mutant, and which modules are imported afresh for it."""

from __future__ import annotations

import functools
import importlib
import sys
from pathlib import Path
from types import ModuleType

import pytest

from gate import forks, trials
from gate.trials import Bench, Reference, importers_of, likely_first

REFERENCE = Reference(
    passing={"long": 0b0111, "short": 0b0011, "late": 0b0100},
    at_import=0b1000,
    seconds={"long": 0.5, "short": 0.1, "late": 0.1},
)


def test_what_has_caught_a_change_of_the_same_lines_comes_first() -> None:
    """However long it takes, and whatever else others have caught."""
    caught = [(0b0001, "short"), (0b0001, "short"), (0b0010, "long")]
    assert likely_first(REFERENCE, 0b0010, caught) == ["long", "short"]


def test_what_catches_the_most_for_its_time_comes_next() -> None:
    """Two catches in half a second are worth less than one in a tenth; without any, the reference's order stays."""
    assert likely_first(REFERENCE, 0b0010, []) == ["long", "short"]
    assert likely_first(REFERENCE, 0b0010, [(0b0001, "long"), (0b0001, "long"), (0b0001, "short")]) == ["short", "long"]


def test_no_scenario_is_left_out_or_added() -> None:
    """One that does not execute the lines is tried only where they run at import."""
    caught = [(0b0001, "short"), (0b0100, "late")]
    assert set(likely_first(REFERENCE, 0b0011, caught)) == {"long", "short"}
    assert set(likely_first(REFERENCE, 0b1000, caught)) == {"long", "short", "late"}


def test_importers_are_found_at_first_and_second_hand() -> None:
    """By a full name, or by package and last part; a package is imported before what it holds."""
    found = importers_of(
        {
            "house": [],
            "house.wall": ["height"],
            "house.roof": ["house", "wall", "top"],
            "house.door": ["wall"],
            "street": ["house.roof", "top"],
        }
    )
    assert found["house.wall"] == {"house.wall", "house.roof", "street"}
    assert found["street"] == {"street"}
    assert found["house"] == {"house", "house.wall", "house.roof", "house.door", "street"}


def test_what_functions_keep_of_their_answers_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else the second scenario would seem not to execute what the first has asked for."""
    asked: list[int] = []
    shelf = ModuleType("shelf")
    vars(shelf)["kept"] = functools.cache(asked.append)
    vars(shelf)["size"] = 3
    monkeypatch.setitem(sys.modules, "shelf", shelf)
    vars(shelf)["kept"](0)
    trials.forget_answers(["shelf"])
    vars(shelf)["kept"](0)
    assert asked == [0, 0]


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_every_importer_has_the_change_and_other_modules_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An importer at second hand too, although the package that it imports from still knows the module of before."""
    texts = {
        "wall": "HEIGHT = 3\n",
        "roof": "from house.wall import HEIGHT\nTOP = HEIGHT + 1\n",
        "street": "from house import garden, roof\ndef seen():\n    return roof.TOP\n",
        "garden": "",
    }
    (tmp_path / "house").mkdir()
    for name, text in {"__init__": "", **texts}.items():
        (tmp_path / "house" / f"{name}.py").write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))

    def work() -> list[object]:
        street, garden = importlib.import_module("house.street"), sys.modules["house.garden"]
        afresh = trials.importable(["house", *(f"house.{name}" for name in texts)])
        bench = Bench({}, "house.street", afresh, 1.0)
        changed = {"house.wall": compile("HEIGHT = 6", "wall.py", "exec")}
        trials.import_afresh(bench, changed, afresh["house.wall"].importers)
        return [street.seen(), sys.modules["house.street"].seen(), sys.modules["house.garden"] is garden]

    assert list(forks.answers([work], jobs=1)) == [(0, [4, 7, True])]

"""The explorer alone against wrong units: what is counted, kept over an interruption, written, and refused."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import pytest

from gate import explored, forks, state
from gate.explored import Explored

FOUND, HIDDEN = "holds-no-address", "reports-no-alerts"
"""A wrong unit that any schedule gives away, and one that no rule can."""

HOUSE = Path(__file__).parents[2]


@pytest.fixture
def out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let there be two wrong units, nothing left out, few schedules, and a page and results of their own."""
    monkeypatch.setattr(explored, "wrong_units", lambda: {FOUND: "Leads without.", HIDDEN: "Says nothing."})
    monkeypatch.setattr(explored, "shown", dict)
    monkeypatch.setattr(explored, "LEFT_OUT", tmp_path / "left_out.toml")
    monkeypatch.setattr(explored, "PAGE", tmp_path / "page.md")
    monkeypatch.setattr(explored, "SCHEDULES", 3)
    explored.LEFT_OUT.write_text("", encoding="utf-8")
    return tmp_path / "found" / "explored.jsonl"


def run(out: Path, *arguments: str) -> int:
    """Run the command."""
    return explored.main(["--jobs", "2", "--out", str(out), *arguments])


def test_it_tells_each_unit_and_the_share_and_writes_the_page(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Half of the units are too few: exit code 1."""
    assert run(out) == 1
    told = capsys.readouterr().out
    assert f"{FOUND}: schedule 1 breaks the rule: only the effective primary holds the virtual address" in told
    assert f"{HIDDEN}: not found" in told
    assert "1 of 2 wrong units found: 50.0 %, at least 70 %" in told
    page = explored.PAGE.read_text(encoding="utf-8")
    assert f"| `{FOUND}` | 1 | only the effective primary holds the virtual address |" in page
    assert f"## Not found\n\n| unit | how it is wrong |\n| --- | --- |\n| `{HIDDEN}` | Says nothing. |" in page
    assert "1 of 2 wrong units found: 50.0 %" in page


def test_a_unit_that_is_left_out_counts_nowhere(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It stands on the page, with its reason."""
    explored.LEFT_OUT.write_text(f'{HIDDEN} = "only texts"\n', encoding="utf-8")
    assert run(out) == 0
    assert "1 of 1 wrong units found: 100.0 %" in capsys.readouterr().out
    assert f"| `{HIDDEN}` | only texts |" in explored.PAGE.read_text(encoding="utf-8")


def test_a_sample_says_of_how_many_units_it_was_drawn(out: Path) -> None:
    """It is the same each time, by the seed."""
    assert {run(out, "--sample", "1") for _ in range(2)} <= {0, 1}
    page = explored.PAGE.read_text(encoding="utf-8")
    assert len(out.read_text(encoding="utf-8").splitlines()) == 2
    assert "of 1 wrong units found" in page
    assert "(drawn at random from 2)" in page


def test_a_unit_that_only_shows_something_else_is_left_out(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As `python -m wrong shown` tells."""
    monkeypatch.setattr(explored, "shown", lambda: {HIDDEN: "events"})
    assert run(out) == 0
    assert f"| `{HIDDEN}` | events |" in explored.PAGE.read_text(encoding="utf-8")


def test_it_goes_on_where_it_was(
    out: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Interrupted, it ends with 2 and without a page; started again, it explores only what is left."""
    answers = forks.answers

    def interrupted(works, *, jobs):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
        yield next(answers(works, jobs=jobs))
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(forks, "answers", interrupted)
        assert run(out, "--jobs", "1") == 2
    assert "start it again to go on" in capsys.readouterr().out
    assert not explored.PAGE.exists()
    with out.open("a", encoding="utf-8") as file:
        file.write('{"unit": "cut sh')  # as a run that was killed leaves it
    assert run(out) == 1
    told = capsys.readouterr().out
    assert "1 of 2 wrong units are to be explored" in told
    assert f"{FOUND}: " not in told
    assert "1 of 2 wrong units found: 50.0 %" in told


def test_what_was_found_in_another_state_is_explored_again(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Other schedules, or other code, may find something else."""
    out.parent.mkdir()
    state.write(out, "another state", map(asdict, [Explored(FOUND), Explored(HIDDEN)]))
    assert run(out, FOUND) == 0
    assert run(out, FOUND, "--seed", "2") == 0
    assert capsys.readouterr().out.count("1 of 1 wrong units are to be explored") == 2


def test_a_part_writes_no_page_and_keeps_what_is_known_of_others(out: Path) -> None:
    """Neither named units nor other schedules are what the page is about."""
    assert run(out, FOUND) == 0
    assert run(out, HIDDEN) == 1
    assert run(out, "--schedules", "1") == 1
    assert not explored.PAGE.exists()
    assert run(out, FOUND) == 0
    assert run(out, HIDDEN) == 1
    assert [json.loads(line).get("unit") for line in out.read_text(encoding="utf-8").splitlines()] == [
        None,
        FOUND,
        HIDDEN,
    ]


def test_a_unit_that_gives_no_result_is_told_and_writes_no_page(
    out: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is neither found nor missed: exit code 3, and the next run tries it again."""
    explore = explored.explore

    def broken(name: str, seed: int, limit: int) -> tuple[int, str]:
        if name == HIDDEN:
            raise RuntimeError(name)
        return explore(name, seed, limit)

    monkeypatch.setattr(explored, "explore", broken)
    assert run(out) == 3
    assert f"{HIDDEN}: no result: a child ended with 1" in capsys.readouterr().out
    assert not explored.PAGE.exists()
    assert HIDDEN not in out.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("left_out", "why"),
    [
        ('gone = "only texts"', "leaves 'gone' out, but no wrong unit is called so"),
        (f'{HIDDEN} = " "', f"leaves '{HIDDEN}' out without a reason"),
        (f'{HIDDEN} = "a"\n{HIDDEN} = "b"', "cannot be read: "),
    ],
)
def test_a_list_that_makes_no_sense_is_refused(
    out: Path, left_out: str, why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line, exit code 4."""
    explored.LEFT_OUT.write_text(f"{left_out}\n", encoding="utf-8")
    with pytest.raises(SystemExit) as ended:
        run(out)
    assert ended.value.code == 4
    told = capsys.readouterr().err
    assert why in told
    assert told.count("\n") == 1


@pytest.mark.parametrize("arguments", [["nobody"], ["--schedules", "0"], ["--out", "/dev/null/explored"]])
def test_wrong_arguments_are_refused(out: Path, arguments: list[str]) -> None:
    """An unknown unit, no schedule, or no place for results: exit code 4."""
    with pytest.raises(SystemExit) as ended:
        run(out, *arguments)
    assert ended.value.code == 4


def test_the_list_in_the_repository_makes_sense() -> None:
    """Each unit that it leaves out exists."""
    assert explored.read_left_out(HOUSE / explored.LEFT_OUT, explored.wrong_units())

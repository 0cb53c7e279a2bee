"""Commands refuse arguments that make no sense, before they do anything."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from explore.__main__ import main as explore
from gate.agreement import main as agreement
from gate.bench import main as bench
from gate.wrong_units import main as wrong_units
from lab.__main__ import main as by_hand
from lab.arguments import USAGE, end, interpreter

HOUSE = Path(__file__).parents[2]

SENSELESS: list[tuple[Callable[[list[str]], int], list[str]]] = [
    (explore, ["--schedules", "0"]),
    (explore, ["--schedules", "-5"]),
    (explore, ["--minutes", "0"]),
    (explore, ["--minutes", "inf"]),
    (explore, ["--minutes", "soon"]),
    (explore, ["--no-such-option"]),
    (explore, ["--out", __file__]),
    (bench, ["--rounds", "0"]),
    (bench, ["--rounds", "-2"]),
    (agreement, ["--sample", "-1"]),
    (agreement, ["--labs", "0"]),
    (wrong_units, ["--jobs", "0"]),
    (by_hand, ["delay", "primary", "1", "--jitter", "-1"]),
    (by_hand, ["delay", "primary", "1", "--jitter", "nan"]),
]


@pytest.mark.parametrize(
    ("command", "arguments"), SENSELESS, ids=lambda value: str(getattr(value, "__module__", value))
)
def test_a_senseless_number_is_a_usage_error(
    command: Callable[[Sequence[str]], int], arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 4 with one line that names the option, and nothing is begun."""
    with pytest.raises(SystemExit) as left:
        command(arguments)
    assert left.value.code == 4
    told = capsys.readouterr()
    assert next(each for each in arguments if each.startswith("--")) in told.err
    assert not told.out


@pytest.mark.parametrize(
    "arguments", [[], ["bogus"], ["black-hole", "tertiary"], ["ssh", "X"], ["throttle", "primary", "0"]]
)
def test_usage_errors_have_their_exit_code(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """A command that makes no sense ends with exit code 4 and one line."""
    with pytest.raises(SystemExit) as ended:
        by_hand(arguments)
    assert ended.value.code == USAGE
    assert capsys.readouterr().err.count("\n") == 1


def test_the_interpreter_is_named_as_it_can_be_called_from_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Relative below the current folder, else absolute; a link of a virtual environment is not followed."""
    program = tmp_path / ".tox" / "sim" / "bin" / "python"
    monkeypatch.setattr("sys.executable", str(program))
    assert interpreter() == str(program)
    monkeypatch.chdir(tmp_path)
    assert interpreter() == ".tox/sim/bin/python"


def test_an_interruption_ends_a_command_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 2, and no traceback; any other end keeps its code."""

    def interrupted() -> int:
        raise KeyboardInterrupt

    with pytest.raises(SystemExit) as left:
        end(interrupted)
    assert (left.value.code, capsys.readouterr().err) == (2, "interrupted\n")
    with pytest.raises(SystemExit) as left:
        end(lambda: 3)
    assert (left.value.code, capsys.readouterr().err) == (3, "")


MODULES = [path for room in ("gate", "explore", "reports") for path in sorted((HOUSE / room).glob("*.py"))]
COMMANDS = [path for path in MODULES if "__main__" in path.read_text(encoding="utf-8")]


@pytest.mark.parametrize("path", COMMANDS, ids=lambda path: f"{path.parent.name}.{path.stem}")
def test_each_command_that_takes_its_time_ends_so(path: Path) -> None:
    """Its last line is the common end."""
    assert path.read_text(encoding="utf-8").endswith('if __name__ == "__main__":\n    end(main)\n')


def test_ctrl_c_ends_the_explorer_in_one_line() -> None:
    """While it explores: the signal as a terminal sends it."""
    command = [sys.executable, "-u", "-m", "explore", "--minutes", "5", "--seed", "4"]
    with subprocess.Popen(command, cwd=HOUSE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:  # noqa: S603 - our own words
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "seed 4, unit reference\n"
            process.send_signal(signal.SIGINT)
            told, complained = process.communicate(timeout=60)
        finally:
            process.kill()
    assert (process.returncode, told, complained) == (2, "", "interrupted\n")

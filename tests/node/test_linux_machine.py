"""The machine around the unit's software: how the software runs, and what tells the machine how it ended."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import pytest

from node.linux import paths
from node.linux.machine import EXIT_RELOAD, run_software


@pytest.fixture(autouse=True)
def pid_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the number of the software's process is found."""
    monkeypatch.setattr(paths, "PID_FILE", tmp_path / "unit.pid")
    return paths.PID_FILE


def test_each_start_of_the_software_is_a_process_of_its_own(pid_file: Path, tmp_path: Path) -> None:
    """It tells by its exit code what is next, and leaves nothing in the machine for the start after it."""
    left: list[int] = []

    def software() -> None:
        (tmp_path / f"start-{len(left)}").write_text(f"{os.getpid()}\n")
        left.append(1)
        os._exit(EXIT_RELOAD)

    for _ in range(2):
        assert run_software(software) == EXIT_RELOAD
        assert (tmp_path / "start-0").read_text() == pid_file.read_text() != f"{os.getpid()}\n"
    assert not left


def test_software_that_fails_never_goes_on_as_the_machine(capfd: pytest.CaptureFixture[str]) -> None:
    """Whatever it raises is printed and ends it, and so does the end of its `main`."""

    def fails() -> None:
        sys.exit(EXIT_RELOAD)

    assert run_software(fails) == 1
    assert "SystemExit" in capfd.readouterr().err
    assert run_software(lambda: None) == 1


def test_a_kill_of_the_software_is_told_from_its_exit_codes() -> None:
    """Its signals are not those of the machine: the power button's ends the software alone."""
    before = signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    try:
        assert run_software(lambda: os.kill(os.getpid(), signal.SIGTERM)) == -signal.SIGTERM
        assert run_software(lambda: os.kill(os.getpid(), signal.SIGKILL)) == -signal.SIGKILL
    finally:
        signal.signal(signal.SIGTERM, before)

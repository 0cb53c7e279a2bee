"""`python -m manual check` tells what is there, or what is wrong."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from manual import ManualError, load
from manual.__main__ import check, main

from .conftest import Spoil


def test_check_prints_counts(capsys: pytest.CaptureFixture[str]) -> None:
    """The counts of behaviours and settings are printed, and the exit code is 0."""
    assert main(["check"]) == 0
    printed = capsys.readouterr().out
    assert " 321  behaviours: 222 MUST, 85 SHOULD, 14 INFO" in printed
    assert "settings: 37 nested, 21 flat, 45 other" in printed


def test_check_refuses_a_malformed_copy(spoil: Spoil) -> None:
    """A malformed row anywhere stops the check."""
    root = spoil("aliases.toml", 'kind = "value"', 'kind = "verb"')
    with pytest.raises(ManualError, match=r"aliases\.toml, alias 1 \(master\), field 'kind'"):
        check(root)


def test_malformed_data_is_exit_code_3(
    spoil: Spoil, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A malformed row is one line on standard error and exit code 3."""
    root = spoil("aliases.toml", 'kind = "value"', 'kind = "verb"')
    monkeypatch.setattr("manual.__main__.check", lambda: check(root))
    assert main(["check"]) == 3
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.parametrize("arguments", [[], ["chek"], ["check", "twice"]])
def test_unknown_command_is_exit_code_4(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """A command that is not known prints the usage."""
    assert main(arguments) == 4
    assert "usage: python -m manual check" in capsys.readouterr().err


def test_manual_needs_no_third_party_module(tmp_path: Path) -> None:
    """The manual loads without site packages and from any folder, as it must inside the unit."""
    code = "import sys; sys.path.insert(0, sys.argv[1]); import manual; print(len(manual.requirements()))"
    line = [sys.executable, "-I", "-S", "-c", code, str(load.ROOT.parent)]
    done = subprocess.run(line, cwd=tmp_path, capture_output=True, text=True, check=True)  # noqa: S603 - own code
    assert done.stdout.strip() == "321"

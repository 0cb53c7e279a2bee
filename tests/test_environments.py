"""The suite where people run it: other folders, users and variables change neither its verdicts nor its report."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from explore import __main__ as explore
from lab import __main__ as by_hand
from lab import host
from lab.cache import cache_folder
from lab.docker import images, sources
from lab.errors import LabError
from reports import node

HOUSE = Path(__file__).parents[1]
COPIED = ("conftest.py", "pyproject.toml")
"""What must not lead back to the house: pytest looks for its settings beside them."""

FEATURE = "features/password.feature"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Return another checkout, made of links, in a folder of its own."""
    made = tmp_path / "Grüße an alle" / "checkout"
    made.mkdir(parents=True)
    for entry in HOUSE.iterdir():
        if entry.name in COPIED:
            (made / entry.name).write_bytes(entry.read_bytes())
        elif not entry.name.startswith("."):
            (made / entry.name).symlink_to(entry)
    return made


def suite(folder: Path, *options: str, umask: int = -1, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run one feature of the suite in a checkout, without an input, with these variables beside those of the tests."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    return subprocess.run(  # noqa: S603 - our own words
        [sys.executable, "-m", "pytest", *options, FEATURE, "--lab", "sim", "--no-report"],
        cwd=folder,
        env={**inherited, **variables},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        timeout=120,
        check=False,
        umask=umask,
    )


def test_an_unfriendly_environment_changes_no_verdict(checkout: Path, tmp_path: Path) -> None:
    """Neither a folder that the locale cannot spell, nor variables for others, nor a narrow terminal, nor no home."""
    shadow = tmp_path / "shadow"
    for room in ("lab", "node", "manual", "steps"):
        (shadow / room).mkdir(parents=True)
        (shadow / room / "__init__.py").write_text("raise RuntimeError('the wrong one')")
    out = checkout.parent / "ein Bericht"
    ended = suite(
        checkout,
        f"--out={out}",
        umask=0o077,
        PYTHONPATH=str(shadow),
        HOME="/nonexistent",
        TMPDIR="/nonexistent",
        COLUMNS="1",
        TERM="dumb",
        LC_ALL="C",
        PYTHONUTF8="0",
        PYTHONCOERCECLOCALE="0",
        **dict.fromkeys(("http_proxy", "https_proxy", "all_proxy", "ALL_PROXY"), "http://192.0.2.1:3128"),
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    run = json.loads((out / "run.json").read_text(encoding="utf-8"))
    assert run["complete"]
    assert {each["verdict"] for each in run["scenarios"]} == {"pass"}
    assert (out / "junit.xml").exists()


def test_a_cache_that_cannot_be_written_spoils_no_run(checkout: Path, tmp_path: Path) -> None:
    """A checkout may be read-only, if the report goes elsewhere."""
    (checkout / ".pytest_cache").touch()  # as good as a folder that nobody may write, for root, too
    ended = suite(checkout, "--out", str(tmp_path / "out"))
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "Traceback" not in ended.stdout + ended.stderr
    assert json.loads((tmp_path / "out" / "run.json").read_text())["complete"]


def test_another_projects_settings_are_not_taken(checkout: Path) -> None:
    """Where pytest would find them: above all paths of its command line, an earlier report's folder among them."""
    (checkout.parent / "pytest.ini").write_text("[pytest]\naddopts = --strict-markers\n")
    (checkout.parent / "out").mkdir()
    ended = suite(checkout, "--out", "../out")
    told = ended.stdout + ended.stderr
    assert ended.returncode == 4, told
    assert f"pytest takes the settings of {checkout.parent / 'pytest.ini'}; give it `-c {checkout}" in told
    assert "Traceback" not in told
    again = suite(checkout, "-c", "pyproject.toml", "--out", "../out")
    assert again.returncode == 0, again.stdout + again.stderr


def test_a_user_without_a_home_is_told_what_to_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """A container's user may be no more than a number."""

    def fail() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", fail)
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    with pytest.raises(LabError, match="this user has no home folder, and HOME is not set; set XDG_CACHE_HOME to a"):
        cache_folder()
    with pytest.raises(node.OutOfReachError, match="set XDG_CACHE_HOME to a folder you own"):
        node.allure(print)


def test_a_cache_folder_of_another_user_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Root may have made it; images are built by one process at a time, which needs a lock in it."""
    monkeypatch.setenv("XDG_CACHE_HOME", "/dev/null")
    with pytest.raises(LabError, match=r"/dev/null/switchover cannot be made \(Not a directory\); set XDG_CACHE_HOME"):
        cache_folder()
    (tmp_path / "switchover" / "images.lock").mkdir(parents=True)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    with pytest.raises(LabError, match=r"images.lock cannot be written \(Is a directory\)"), images._alone(print):
        pass


def test_what_a_program_says_in_another_encoding_is_shown(tmp_path: Path) -> None:
    """apt, npm and their like speak the user's language; its letters end no run with a traceback."""
    says = ["sh", "-c", r"printf 'nicht m\366glich\n' >&2; exit 1"]
    with pytest.raises(LabError, match="nicht m\N{REPLACEMENT CHARACTER}glich"):
        host._run(says, dict(os.environ))
    with pytest.raises(LabError, match="nicht m\N{REPLACEMENT CHARACTER}glich"):
        sources._run(says, "trying", dict(os.environ))
    with pytest.raises(node.OutOfReachError, match="nicht m\N{REPLACEMENT CHARACTER}glich"):
        node._run(says, tmp_path)


def test_a_terminal_that_cannot_spell_a_text_ends_no_command(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a unit or a path holds is shown in Python's spelling then."""
    written = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(written, encoding="ascii"))
    monkeypatch.setattr(host, "prepare", lambda say, **_: say("Grüße"))
    assert by_hand.main(["host"]) == 0
    assert written.getvalue() == b"Gr\\xfc\\xdfe\n"


def test_no_room_for_a_temporary_file_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """A TMPDIR that is not there counts only where /tmp is not there either."""
    monkeypatch.setattr("tempfile.tempdir", "/dev/null")
    monkeypatch.setattr(sources.shutil, "which", lambda program: program)
    with pytest.raises(LabError, match=r"no temporary file can be made \(Not a directory\); set TMPDIR to a folder"):
        sources.debian_base("trixie")


def test_a_find_that_cannot_be_saved_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    """The schedule is on the terminal before it goes to a folder, and what failed is not the unit."""
    options = ["--schedules", "20", "--seed", "1", "--unit", "wrong:never-takes-over", "--out", "/dev/null/found"]
    assert explore.main(options) == 3
    told = capsys.readouterr()
    assert "breaks a rule" in told.out
    assert told.err == "the lab failed: /dev/null/found cannot be written (Not a directory); choose another --out\n"

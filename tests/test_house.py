"""The house itself: what its commands, guides and lock files promise to a stranger with a fresh clone."""

from __future__ import annotations

import configparser
import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[1]
ROOMS = ("features", "steps", "fixtures", "reports", "gate", "lab", "node", "manual", "tests", "docs")
LOCKS = sorted((HOUSE / "requirements").glob("*.txt"))
GUIDES = sorted([*HOUSE.glob("*.md"), *(HOUSE / "docs").glob("*.md"), *(HOUSE / "requirements").glob("*.md")])
COMMAND = re.compile(
    r"^ +python3 -m venv \.venv && \.venv/bin/pip install tox && \.venv/bin/tox run -e (\S+)$", re.MULTILINE
)


def environments() -> dict[str, str]:
    """Return tox's environments with their descriptions."""
    tox = configparser.ConfigParser(interpolation=None)
    tox.read(HOUSE / "tox.ini")
    prefix = "testenv:"
    return {name.removeprefix(prefix): tox[name]["description"] for name in tox.sections() if name.startswith(prefix)}


def in_git(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run git in a checkout, also in another user's; skip the test where there is no git, or no checkout of git's."""
    if shutil.which("git") is None:
        pytest.skip("there is no git")
    told = subprocess.run(  # noqa: S603
        ["git", "-c", "safe.directory=*", *words],  # noqa: S607
        cwd=folder,
        env={**os.environ, "LC_ALL": "C", "GIT_CEILING_DIRECTORIES": str(folder.parent)},
        capture_output=True,
        text=True,
        check=False,
    )
    if told.returncode > 1:
        pytest.skip(f"git does not read this checkout: {told.stderr.strip().partition(chr(10))[0]}")
    return told


def test_the_readme_gives_the_three_commands() -> None:
    """README's commands work where a bare pip install is refused, and are the ones that CI runs."""
    commands = COMMAND.findall((HOUSE / "README.md").read_text(encoding="utf-8"))
    assert commands == ["sim", "tests", "docker"]
    assert "$(readme_command tests)" in (HOUSE / ".ci" / "run").read_text(encoding="utf-8")


def test_every_promised_environment_is_there() -> None:
    """Every environment that the guides promise exists and says what it does."""
    promised = {"sim", "tests", "docker", "lint", "wrong-units", "report", "bench", "lock"}
    assert promised <= environments().keys()
    assert all(environments().values())


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.relative_to(HOUSE).as_posix())
def test_guides_name_environments_that_exist(guide: Path) -> None:
    """No guide tells anyone to run an environment that tox does not know."""
    named = set(re.findall(r"tox run -e ([a-z-]+)", guide.read_text(encoding="utf-8")))
    assert named <= environments().keys()


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.relative_to(HOUSE).as_posix())
def test_links_between_guides_lead_somewhere(guide: Path) -> None:
    """Every relative link leads to a file or folder of the checkout."""
    for target in re.findall(r"\]\(([^)\s]+)\)", guide.read_text(encoding="utf-8")):
        if "://" not in target and not target.startswith("#"):
            assert (guide.parent / target.partition("#")[0]).exists(), target


@pytest.mark.parametrize("room", ROOMS)
def test_every_room_has_its_line_in_the_readme(room: str) -> None:
    """A stranger finds every room of the house in README's table."""
    assert re.search(rf"^\| \[`{room}/`\]", (HOUSE / "README.md").read_text(encoding="utf-8"), re.MULTILINE)


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_locks_pin_every_version_and_name_no_index(lock: Path) -> None:
    """A lock file holds exact versions only, and leaves the choice of a package index to whoever installs."""
    lines = [
        line for line in lock.read_text(encoding="utf-8").splitlines() if line and not line.lstrip().startswith("#")
    ]
    assert lines
    for line in lines:
        assert re.fullmatch(r"[a-z0-9._-]+(\[[a-z0-9,_-]+\])?==[^ ]+( ; .+)?", line), line


def test_locks_agree() -> None:
    """A library has one version, whichever environment installs it."""
    versions: dict[str, set[str]] = {}
    for lock in LOCKS:
        for name, version in re.findall(r"^([a-z0-9._-]+)\S*?==(\S+)", lock.read_text(encoding="utf-8"), re.MULTILINE):
            versions.setdefault(name, set()).add(version)
    assert {name: sorted(known) for name, known in versions.items() if len(known) > 1} == {}


def test_every_requirement_is_locked() -> None:
    """Each library of an .in file stands in the lock file beside it."""
    for source in (HOUSE / "requirements").glob("*.in"):
        wanted = re.findall(r"^([a-z0-9][a-z0-9._-]*)", source.read_text(encoding="utf-8"), re.MULTILINE)
        locked = set(
            re.findall(r"^([a-z0-9._-]+)", source.with_suffix(".txt").read_text(encoding="utf-8"), re.MULTILINE)
        )
        assert wanted
        assert set(wanted) <= locked, source.name


def test_each_lint_exclusion_has_its_reason() -> None:
    """Whatever ruff is told to leave out carries a reason on its line or above it."""
    text = (HOUSE / "pyproject.toml").read_text(encoding="utf-8")
    ignored = tomllib.loads(text)["tool"]["ruff"]["lint"]["ignore"]
    for rule in ignored:
        assert re.search(rf'"{rule}",\s*# \S', text), rule


def test_no_file_names_this_machine() -> None:
    """Nothing committed depends on where somebody's checkout or cache happens to lie."""
    pattern = r"(^|[^A-Za-z0-9_.$-])/(root|home/[a-z]+|opt)/"
    told = in_git(HOUSE, "grep", "-nIE", pattern, "--", ".", ":!lab/images", ":!tests")
    assert (told.returncode, told.stdout) == (1, "")


def test_a_checkout_that_git_does_not_read_is_a_reason_to_skip(tmp_path: Path) -> None:
    """An unpacked archive has no history; that is nobody's fault."""
    with pytest.raises(pytest.skip.Exception, match="git does not read this checkout: fatal: not a git repository"):
        in_git(tmp_path, "grep", "-n", "anything")


def test_the_ci_script_is_sound_bash() -> None:
    """CI's script parses, is executable, and stops on errors."""
    script = HOUSE / ".ci" / "run"
    assert script.stat().st_mode & 0o111
    assert "set -euo pipefail" in script.read_text(encoding="utf-8")
    subprocess.run(["bash", "-n", str(script)], check=True)  # noqa: S603, S607


def draws(what: str, folder: Path) -> str:
    """Return the arguments with which CI explores in a checkout, or tries mutants; its tox only tells them."""
    script = (HOUSE / ".ci" / "run").read_text(encoding="utf-8")
    functions = [re.search(rf"^{name}\(\) {{\n(.+\n)*?}}$", script, re.MULTILINE) for name in ("seed", what)]
    bodies = [each[0] for each in functions if each is not None]
    assert len(bodies) == 2
    tox = folder / ".venv" / "bin" / "tox"
    tox.parent.mkdir(parents=True, exist_ok=True)
    tox.write_text('#!/bin/sh\necho "$@"\n', encoding="utf-8")
    tox.chmod(0o755)
    command = ["bash", "-euo", "pipefail", "-c", "\n".join([*bodies, what])]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout.strip()  # noqa: S603


@pytest.mark.parametrize(
    ("what", "arguments"),
    [("explore", "run -e explore -- --schedules 600"), ("mutants", "run -e mutants -- --minutes 5")],
)
def test_ci_draws_others_with_each_commit_and_the_same_for_one(what: str, arguments: str, tmp_path: Path) -> None:
    """In a shallow clone too; without a commit, chance decides, also below a folder that has one."""
    origin, shallow, unpacked = tmp_path / "origin", tmp_path / "shallow", tmp_path / "origin" / "unpacked"
    in_git(tmp_path, "init", "-q", str(origin))
    who = ("-c", "user.name=somebody", "-c", "user.email=somebody@example.test", "-c", "commit.gpgsign=false")
    told = []
    for words in ("one", "two"):
        in_git(origin, *who, "commit", "-q", "--allow-empty", "-m", words)
        told.append(draws(what, origin))
    in_git(tmp_path, "clone", "-q", "--depth=1", f"file://{origin}", str(shallow))
    unpacked.mkdir()
    assert all(re.fullmatch(rf"{arguments} --seed \d+", each) for each in told)
    assert draws(what, shallow) == told[1] != told[0]
    assert draws(what, unpacked) == arguments

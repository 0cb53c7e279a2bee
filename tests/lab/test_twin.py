"""The twin is the reference unit under other paths, words and numbers, and its profile says which."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from lab import profiles
from lab.contract import Mode
from lab.docker import recipes
from lab.docker.recipes import IMAGES, ROOT
from lab.images.twin import disguise
from lab.images.twin.disguise import CONFIGURATION, NODE

TWIN, REFERENCE = profiles.named("twin"), profiles.named("reference")


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the unit's files as in its image, and disguise them."""
    root = tmp_path_factory.mktemp("image")
    shutil.copytree(ROOT / "node", root / NODE, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "manual", (root / NODE).parent / "manual", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(IMAGES / "unit", root / CONFIGURATION)
    disguise.disguise(root)
    return root


def test_nothing_of_the_reference_units_profile_is_left(installed: Path) -> None:
    """Neither its paths nor its variables, its labels and its words stand in any file."""
    events, container = REFERENCE.events, REFERENCE.container
    paths = (
        container.volume,
        container.disk,
        container.pid_file,
        container.delay_file,
        events.log,
        REFERENCE.mail.queue,
    )
    words = (*container.environment, "HA configured mode", "HA effective mode", 'f"Command fail', "(y/n)")
    left = re.compile("|".join([*(rf"(?<![\w/]){path}\b" for path in paths), *map(re.escape, words)]))
    files = [path for path in installed.rglob("*") if path.suffix in {".py", ".cf", ".conf", ".sieve"}]
    assert len(files) > 50
    for file in files:
        assert not left.search(file.read_text(encoding="utf-8")), file


def test_the_disguised_unit_prints_what_the_profile_reads(installed: Path) -> None:
    """Its own Python code runs, with the other words on its pages."""
    script = """
from types import SimpleNamespace
from node.cli.pages import system_status
from node.cli.shell import QUESTION, Shell
from node.engine.modes import Effective, Mode
status = SimpleNamespace(configured=Mode.CONFIG_SECONDARY, effective=Effective.SECONDARY, links={}, peer=None)
system = SimpleNamespace(status=lambda: status, version="7.0.0", serial="x", hostname="mx-P",
                         configuration=SimpleNamespace(get=lambda path: ""))
shell = Shell(system)
print(QUESTION, *system_status(system), shell.feed("xyzzy") + shell.prompt, sep="\\n", end="")
"""
    home = (installed / NODE).parent
    command = [sys.executable, "-S", "-c", script]
    printed = subprocess.run(command, cwd=home, check=True, capture_output=True, text=True).stdout  # noqa: S603 - ours
    assert TWIN.pages.mode(printed) is Mode.SECONDARY
    assert TWIN.pages.word(TWIN.pages.configured, printed) == "config-secondary"
    assert TWIN.pages.word(TWIN.pages.release, printed) == "7.0.0"
    assert REFERENCE.pages.mode(printed) is None
    assert TWIN.cli.question.match(printed)
    assert not REFERENCE.cli.question.match(printed)
    assert TWIN.cli.refusal.search(printed)
    assert not REFERENCE.cli.refusal.search(printed)
    prompt = printed.rpartition("\n")[2]
    assert TWIN.cli.prompt.fullmatch(prompt)
    assert not REFERENCE.cli.prompt.fullmatch(prompt)


def test_a_text_that_is_no_longer_there_is_told(installed: Path) -> None:
    """The twin is not built half disguised after a change of the reference unit."""
    with pytest.raises(ValueError, match="is in no file"):
        disguise.disguise(installed)


def test_the_profile_names_the_paths_to_which_the_unit_was_moved(installed: Path) -> None:
    """The unit's own list of paths says the same."""
    script = (
        "from node.linux.paths import *; print(*[DATA, PID_FILE, BOOT_DELAY, HA_LOG, ALERTS, TRAPS, SPOOL, FIRMWARE])"
    )
    command = [sys.executable, "-S", "-c", script]
    home = (installed / NODE).parent
    paths = subprocess.run(command, cwd=home, check=True, capture_output=True, text=True).stdout.split()  # noqa: S603 - ours
    container, events = TWIN.container, TWIN.events
    assert paths[:3] == [container.volume, container.pid_file, container.delay_file]
    assert paths[3:] == [events.log, events.alerts, events.traps, TWIN.mail.queue, str(Path(TWIN.release.file).parent)]


def test_the_profile_lacks_nothing() -> None:
    """So each scenario is judged on the twin as on the reference unit."""
    assert not [*TWIN.lacks()]


def test_both_releases_are_a_layer_on_the_reference_units() -> None:
    """The image that the profile names as the next one is the second that is built."""
    for (below, top), release in zip(recipes.named("twin"), recipes.RELEASES, strict=True):
        assert below == recipes.unit(release)
        assert dict(top.arguments) == {"UNIT": below.tag(), "RELEASE": release}
    assert (TWIN.release.first, TWIN.release.next) == recipes.RELEASES
    assert TWIN.release.image == "switchover/twin:2"

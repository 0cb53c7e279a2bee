"""`python -m lab check` on real containers: units that are broken, one that is not, and a check that is interrupted."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import docker
import pytest

from lab.__main__ import HARNESS, INCONCLUSIVE, main
from lab.arguments import interpreter
from lab.docker import check, reaper
from tests.lab.broken import BROKEN, PROFILE
from tests.lab.test_docker_black_box import built

pytestmark = pytest.mark.docker

HOUSE = Path(__file__).parents[2]


@pytest.fixture
def impatient(tmp_path: Path) -> str:
    """Return the file of a profile that waits for nothing long."""
    file = tmp_path / "broken.toml"
    file.write_text(PROFILE, encoding="utf-8")
    return str(file)


def left(client: docker.DockerClient) -> list[str]:
    """Labs of checks that are still there."""
    return [each.lab for each in reaper.standing(client) if each.run == check.RUN]


@pytest.mark.parametrize("what", BROKEN)
def test_each_broken_image_has_the_right_answer_of_its_own(
    what: str, client: docker.DockerClient, unit_image: str, impatient: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line, exit code 3, every check before it passed, and nothing is left behind."""
    with built(client, what.replace(" ", "-").lower(), unit_image, BROKEN[what].lines) as image:
        assert main(["check", f"image:{image}", "--profile", impatient]) == HARNESS
    told = capsys.readouterr()
    assert told.err.count("\n") == 1
    assert [name for name, broken in BROKEN.items() if broken.says in told.err] == [what], told.err
    assert told.out.splitlines()[-1].startswith(f"ok {BROKEN[what].passes} ")
    assert left(client) == []


def test_the_reference_image_passes_as_a_black_box(
    client: docker.DockerClient, unit_image: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every check of the lab, and at the end what a black box does not show."""
    assert main(["check", f"image:{unit_image}"]) == 0, capsys.readouterr().err
    told = capsys.readouterr().out
    assert "\nok reset " in told
    assert "\n  storage: units P and S: " in told
    assert told.splitlines()[-1].startswith(f"next: {interpreter()} -m pytest features --lab docker --unit image:")
    assert left(client) == []


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_a_check_that_is_ended_leaves_nothing(
    how: signal.Signals, client: docker.DockerClient, unit_image: str
) -> None:
    """Ctrl-C takes the lab down at once, with exit code 2; the lab of a killed check is an orphan, which is reaped."""
    command = [sys.executable, "-m", "lab", "check"]
    with (
        built(client, "no-ssh", unit_image, BROKEN["no SSH"].lines) as image,
        subprocess.Popen(  # noqa: S603 - our own
            [*command, f"image:{image}"], cwd=HOUSE, stdout=subprocess.PIPE, text=True
        ) as checking,
    ):
        assert checking.stdout is not None
        next(line for line in checking.stdout if line.startswith("ok starts"))
        checking.send_signal(how)
        # The unit would be waited for for 30 s.
        code = checking.wait(20)
        if how is signal.SIGKILL:
            reaper.reap(client)
        else:
            assert code == INCONCLUSIVE
        patience = time.monotonic() + 30
        while left(client) and time.monotonic() < patience:  # another process may have begun to remove it first
            threading.Event().wait(0.2)
        assert left(client) == []

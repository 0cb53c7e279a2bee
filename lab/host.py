"""Prepares a bare Debian host for the Docker lab: packages, a running Docker engine, and (if asked) the images."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from lab.errors import DockerMissing, LabError
from lab.under_test import UnderTest

LOG = Path("/var/log/switchover-dockerd.log")
SYSTEMD = Path("/run/systemd/system")
START_WITHIN = 60.0

PID_FILES = {
    Path("/run/docker.pid"): "dockerd",
    Path("/run/docker/containerd/containerd.pid"): "containerd",
}
"""Docker's pid files -> names of their processes."""

PROGRAMS = {
    "dockerd": "docker.io",
    "iptables": "iptables",
    "mmdebstrap": "mmdebstrap",
}
"""Program that the lab needs -> Debian package that has it."""

GO_PLACES = ("/usr/local/go/bin/go",)


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do: its announcement, and how it is done."""

    announcement: str
    do: Callable[[], None]


def prepare(say: Callable[[str], None], *, dry_run: bool = False, images: bool = False) -> None:
    """Say what will be done, then do it; skips what is done already. Raises LabError."""
    steps = plan(images=images)
    if not steps:
        say(f"this host is ready, nothing to do: {_engine()} answers")
        return
    say("this will be done:")
    for number, step in enumerate(steps, 1):
        say(f"  {number}. {step.announcement}")
    if dry_run:
        return
    if os.geteuid() != 0 and any(step.do is not _build_images for step in steps):
        raise LabError("preparing a host needs root", "run `sudo python3 -m lab host`")
    for step in steps:
        say(f"{step.announcement} ...")
        step.do()
    say("this host is ready")


def plan(*, images: bool) -> list[Step]:
    """Return the steps that this host still needs."""
    steps: list[Step] = []
    packages = missing_packages()
    if packages:
        text = f"install the Debian packages {' '.join(packages)} (apt-get)"
        steps.append(Step(text, lambda: _install(packages)))
    if not docker_answers():
        how = "systemctl start docker" if SYSTEMD.is_dir() else f"dockerd in the background, its output in {LOG}"
        steps.append(Step(f"start the Docker engine ({how})", _start_docker))
    if images:
        steps.append(Step("build the lab's images", _build_images))
    return steps


def missing_packages(which: Callable[[str], str | None] | None = None) -> list[str]:
    """Debian packages of the programs that are not on PATH."""
    find = which or _which
    packages = [package for program, package in PROGRAMS.items() if find(program) is None]
    if find("toxiproxy-server") is None and find("go") is None:
        packages.append("golang-go")
    return packages


def docker_answers() -> bool:
    """Whether this host's Docker engine answers. Raises DockerMissing where another one is chosen and does not."""
    from lab.docker.daemon import connect, engine  # noqa: PLC0415 - not needed to plan for a bare host

    try:
        connect().close()
    except DockerMissing:
        if not engine().is_own:
            raise
        return False
    return True


def _engine() -> str:
    from lab.docker.daemon import engine  # noqa: PLC0415 - see docker_answers

    return str(engine())


def _which(program: str) -> str | None:
    if program == "go":
        return shutil.which(program) or next((place for place in GO_PLACES if Path(place).exists()), None)
    # Some accounts have no /sbin on PATH, where Debian keeps programs for root.
    return shutil.which(program) or shutil.which(program, path="/usr/sbin:/sbin:/usr/local/sbin")


def _install(packages: Sequence[str]) -> None:
    if shutil.which("apt-get") is None:
        raise LabError("this host has no apt-get", f"install these packages in another way: {' '.join(packages)}")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    _run(["apt-get", "update", "-q"], environment)
    _run(["apt-get", "install", "-q", "-y", "--no-install-recommends", *packages], environment)


def _start_docker() -> None:
    if SYSTEMD.is_dir():
        _run(["systemctl", "start", "docker"], dict(os.environ))
    else:
        program = _which("dockerd")
        if program is None:
            raise DockerMissing("dockerd is not installed", "install the package docker.io")
        forget_killed(PID_FILES)
        with LOG.open("ab") as log:
            # A session of its own: Docker outlives this process and its terminal.
            subprocess.Popen(  # noqa: S603 - a fixed program
                [program], stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )
    deadline = time.monotonic() + START_WITHIN
    while not docker_answers():
        if time.monotonic() > deadline:
            raise DockerMissing(f"the Docker engine did not start within {START_WITHIN:.0f} s", _last_words())
        time.sleep(0.2)


def forget_killed(pid_files: Mapping[Path, str], processes: Path = Path("/proc")) -> None:
    """Remove the pid files of a killed Docker, which would not start if another process had its number."""
    for pid_file, program in pid_files.items():
        try:
            number = pid_file.read_text().strip()
        except FileNotFoundError:
            continue
        name = processes / number / "comm"
        if not number.isdigit() or not name.exists() or name.read_text().strip() != program:
            pid_file.unlink(missing_ok=True)


def _last_words() -> str:
    try:
        lines = LOG.read_text(encoding="utf-8", errors="replace").splitlines()[-3:]
    except OSError:
        lines = []
    return f"its last words: {' | '.join(lines) or 'none'}"


def _build_images() -> None:
    from lab.docker import images  # noqa: PLC0415 - see docker_answers
    from lab.docker.daemon import connect  # noqa: PLC0415

    images.ensure(connect(), UnderTest())


def _run(command: list[str], environment: dict[str, str]) -> None:
    done = subprocess.run(  # noqa: S603 - fixed
        command, capture_output=True, encoding="utf-8", errors="replace", check=False, env=environment
    )
    if done.returncode:
        last = [line for line in (done.stderr or done.stdout).splitlines() if line.strip()][-2:]
        raise LabError(f"`{' '.join(command[:2])}` failed ({' | '.join(last)})", "run it by itself to see its output")

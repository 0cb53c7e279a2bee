"""Disks that the lab lets fail, as the kernel of this host has them: what a write is told, and that nothing is left."""

from __future__ import annotations

import contextlib
import errno
import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NoReturn

import pytest

from lab.contract import DiskState
from lab.docker import loops, mail_disk
from lab.docker.mail_disk import REFUSES, Drive, MailDisk, drive_of, why_no_disks, written
from lab.docker.rack import remove_lab
from lab.errors import FaultNotProven, LabError

needs_root = pytest.mark.skipif(
    bool(os.geteuid()) or not os.access(loops.CONTROL, os.R_OK | os.W_OK) or not loops.program("mke2fs"),
    reason="it takes root, loop devices and e2fsprogs",
)


def started(*command: str) -> subprocess.Popen[bytes]:
    """Start a program of this host."""
    return subprocess.Popen([loops.program(command[0]), *command[1:]])  # noqa: S603 - a test's own


def run(*command: str) -> None:
    """Run a program of this host to its end."""
    assert started(*command).wait(10) == 0


def volume(folder: Path, device: str) -> dict[str, Any]:
    """Return what Docker tells of a volume."""
    return {"Name": "disk", "Mountpoint": str(folder), "Options": {"device": device} if device else None}


@pytest.fixture
def made(tmp_path: Path) -> Iterator[dict[str, Any]]:
    """Make a disk, mount it as Docker does, and take it away again."""
    with loops.made("switchover-test") as device:
        run("mount", "-t", "ext4", "-o", "errors=continue", device, str(tmp_path))
    told = volume(tmp_path, device)
    yield told
    drive = drive_of(told)
    assert drive is not None
    drive.recover()
    run("umount", str(tmp_path))
    assert not attached(drive), "a loop device is left"


def attached(drive: Drive) -> list[str]:
    """Return which of the two loop devices still have a file; a busy kernel takes a moment to let go."""
    deadline = time.monotonic() + 5
    while left := [each for each in (drive.upper, drive.lower) if Path("/sys/block", each, "loop").exists()]:
        if time.monotonic() > deadline:
            break
        time.sleep(0.01)
    return left


def client(told: dict[str, Any], **more: object) -> Any:  # noqa: ANN401 - Docker's client, of paper
    """Return a client that knows one volume."""
    return SimpleNamespace(api=SimpleNamespace(inspect_volume=lambda _: told, **more))


def disk(told: dict[str, Any], pid: int = 0) -> MailDisk:
    """Return the mail disk that is this volume."""
    return MailDisk(client(told), "disk", told["Mountpoint"], lambda: pid)


@needs_root
@pytest.mark.parametrize("state", [DiskState.FULL, DiskState.FAULTY])
def test_who_writes_to_a_disk_that_fails_is_told(state: DiskState, made: dict[str, Any]) -> None:
    """Root as well, and again after each cure; what was there stays."""
    folder, failing = Path(made["Mountpoint"]), disk(made)
    (folder / "kept").write_text("before")
    for _ in range(2):
        failing.fail(state)
        assert written(folder) == REFUSES[state]
        failing.mend()
        assert written(folder) == 0
        assert failing.is_worn is (state is DiskState.FAULTY)  # so its lab is built anew before the next scenario
    assert (folder / "kept").read_text() == "before"
    assert [each.name for each in folder.iterdir()] == ["kept"]


@needs_root
def test_who_writes_to_a_disk_that_is_stuck_waits_until_it_works(made: dict[str, Any]) -> None:
    """A machine that is to die meanwhile is let go, and the disk is stuck again afterwards."""
    stuck = disk(made)
    stuck.fail(DiskState.STUCK)
    writer = started("touch", f"{made['Mountpoint']}/late")
    with pytest.raises(subprocess.TimeoutExpired):
        writer.wait(0.2)
    with stuck.let_go():
        assert writer.wait(5) == 0
    drive = drive_of(made)
    assert drive is not None
    with pytest.raises(OSError, match="busy"):
        drive.hang()
    stuck.mend()
    assert written(Path(made["Mountpoint"])) == 0


@needs_root
def test_a_read_only_disk_is_one_for_its_machine_only(made: dict[str, Any]) -> None:
    """Though a file there is open for writing; a machine that starts anew finds it so, too."""
    folder = made["Mountpoint"]
    with Path(folder, "open").open("w"), machine() as first, machine() as second:
        pids = [first]
        failing = MailDisk(client(made), "disk", folder, lambda: pids[-1])
        failing.fail(DiskState.READ_ONLY)
        assert written(Path(f"/proc/{first}/root{folder}")) == errno.EROFS
        assert written(Path(folder)) == 0
        pids.append(second)
        failing.machine_started()
        assert written(Path(f"/proc/{second}/root{folder}")) == errno.EROFS
        failing.mend()
        assert written(Path(f"/proc/{second}/root{folder}")) == 0


@contextlib.contextmanager
def machine() -> Iterator[int]:
    """Start a process with a mount namespace of its own, and give its number."""
    process = started("unshare", "-m", "sleep", "60")
    own = Path("/proc/self/ns/mnt").readlink()
    try:
        while Path(f"/proc/{process.pid}/ns/mnt").readlink() == own:
            time.sleep(0.01)
        yield process.pid
    finally:
        process.kill()
        process.wait()


@needs_root
def test_a_machine_without_power_cannot_be_shown_a_read_only_disk(made: dict[str, Any]) -> None:
    """Nothing would prove it."""
    with pytest.raises(FaultNotProven, match="without power"):
        disk(made).fail(DiskState.READ_ONLY)


@needs_root
def test_who_removes_a_lab_lets_its_disk_go_on_first(made: dict[str, Any]) -> None:
    """Docker could not kill what waits for it: also where the suite was killed, and this is the reaper."""
    folder = Path(made["Mountpoint"])
    disk(made).fail(DiskState.STUCK)
    found = []

    def remove(_identity: str, **_: bool) -> None:
        found.append(written(folder))

    docker: Any = client(
        made,
        volumes=lambda **_: {"Volumes": [made]},
        containers=lambda **_: [{"Id": "unit", "Labels": {}}],
        networks=lambda **_: [],
        remove_container=remove,
        remove_volume=remove,
    )
    remove_lab(docker, "lab")
    assert found == [0, 0]


def test_an_ordinary_volume_is_no_disk(tmp_path: Path) -> None:
    """Nor is one whose device is mounted elsewhere: nobody lets those fail."""
    assert drive_of(volume(tmp_path, "")) is None
    assert drive_of(volume(tmp_path, "/dev/loop999999")) is None
    with pytest.raises(FaultNotProven, match="not mounted"):
        disk(volume(tmp_path, "")).fail(DiskState.FULL)


def test_why_a_host_gives_no_disks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without root, the programs, the engine's folder, or a kernel that makes them."""

    def refusing(name: str) -> NoReturn:
        raise LabError(f"making the disk {name}: Invalid argument", "")

    docker: Any = SimpleNamespace(info=lambda: {"DockerRootDir": str(tmp_path)})
    monkeypatch.setattr(loops, "CONTROL", tmp_path)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert why_no_disks(docker).startswith("it takes root")
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(loops, "program", lambda name: "" if name == "mke2fs" else name)
    assert why_no_disks(docker) == "this host has no mke2fs: install e2fsprogs"
    monkeypatch.setattr(loops, "program", str)
    monkeypatch.setattr(loops, "made", contextlib.nullcontext)
    assert why_no_disks(docker) == ""
    monkeypatch.setattr(loops, "made", refusing)
    assert why_no_disks(docker) == "making the disk switchover-trial: Invalid argument"
    docker.info = lambda: {"DockerRootDir": str(tmp_path / "elsewhere")}
    assert "keeps its volumes elsewhere" in why_no_disks(docker)


def test_a_disk_that_did_not_change_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A fault that is not proven judges no unit."""
    calm: Any = SimpleNamespace(folder=tmp_path, recover=lambda: None, reserve=lambda _: None)
    monkeypatch.setattr(mail_disk, "drive_of", lambda _: calm)
    with pytest.raises(FaultNotProven, match="written with no error, not with ENOSPC"):
        disk(volume(tmp_path, "/dev/loop0")).fail(DiskState.FULL)

"""Process groups: starting, stopping and listing their processes, and waiting for their end without polling."""

from __future__ import annotations

import asyncio
import contextlib
import os
import select
import signal
import subprocess
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")


@dataclass(slots=True)
class Member:
    """A process held by a descriptor, so that another process with its number is never meant."""

    pid: int
    name: str
    handle: int

    def kill(self) -> None:
        """End it now."""
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self.handle, signal.SIGKILL)

    def close(self) -> None:
        """Hold it no longer."""
        os.close(self.handle)


def spawn(*command: str, handles: Sequence[int] = ()) -> subprocess.Popen[bytes]:
    """Start a program as leader of a new group, without output, with these descriptors; returns at once.

    Raises OSError.
    """
    return subprocess.Popen(  # noqa: S603 - fixed commands
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        pass_fds=handles,
        env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin"},
    )


def stop(process: subprocess.Popen[bytes], seconds: float) -> None:
    """Ask a program's group to end, block until the program has ended or the time is over, and kill the rest."""
    if process.poll() is None:
        _signal_group(process, signal.SIGTERM)
        for left in await_end([hold(process)], seconds):
            left.close()
    _signal_group(process, signal.SIGKILL)
    process.wait()


def hold(process: subprocess.Popen[bytes]) -> Member:
    """Hold a child that nobody has reaped yet; the caller closes it."""
    return Member(process.pid, "", os.pidfd_open(process.pid))


def _signal_group(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, number)


def members(group: int) -> list[Member]:
    """Processes of a group that live now, which the caller closes; `name` has the kernel's 15 letters."""
    found = []
    for entry in PROC.iterdir():
        if not entry.name.isdigit():
            continue
        with contextlib.suppress(OSError):
            handle = os.pidfd_open(int(entry.name))
            name, state, its_group = _status(entry)
            if its_group == group and state not in "ZX":
                found.append(Member(int(entry.name), name, handle))
            else:
                os.close(handle)
    return found


def _status(entry: Path) -> tuple[str, str, int]:
    """Name, state and group of a process. Source: proc_pid_stat(5)."""
    try:
        text = (entry / "stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return "", "X", 0
    head, _, tail = text.rpartition(")")
    state, _parent, group = tail.split()[:3]
    return head.partition("(")[2], state, int(group)


def await_end(processes: Iterable[Member], seconds: float) -> list[Member]:
    """Block until all have ended or the time is over; returns those that still live, and keeps them open."""
    left = {each.handle: each for each in processes}
    watch = select.poll()
    for handle in left:
        watch.register(handle, select.POLLIN)
    deadline = time.monotonic() + seconds
    while left and (rest := deadline - time.monotonic()) > 0:
        for handle, _ in watch.poll(rest * 1000):
            watch.unregister(handle)
            left.pop(handle).close()
    return list(left.values())


async def ended(process: Member) -> None:
    """Wait for a process to end; does not close it, and somebody else may close it meanwhile."""
    loop = asyncio.get_running_loop()
    over = asyncio.Event()
    # A duplicate: the loop must not watch a descriptor that was closed and opened for something else.
    handle = os.dup(process.handle)
    loop.add_reader(handle, over.set)
    try:
        await over.wait()
    finally:
        loop.remove_reader(handle)
        os.close(handle)

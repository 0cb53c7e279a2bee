"""Work in forked children: answers, children that hang or die, and what stays of them."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from gate import forks

# Another test's thread may still live: the children here call nothing that a thread could hold.
pytestmark = pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")


def done(*works: Callable[[], Any], jobs: int = 2) -> list[Any]:
    """Do work in children; return the answers in the order of the works."""
    told = dict(forks.answers(works, jobs=jobs))
    return [told[number] for number in range(len(works))]


def hang() -> None:
    """Use processor time for ever, after a moment's worth has been allowed."""
    forks.allow(0.2)
    while True:
        pass


def leave() -> None:
    """End without an answer."""
    os._exit(7)


def fail() -> None:
    """Raise what no one expected."""
    raise ZeroDivisionError


def test_each_work_has_its_own_child_and_its_own_answer() -> None:
    """More works than jobs, an answer larger than a pipe holds, and no process that is the parent."""
    works = [lambda number=number: [number, os.getpid()] for number in range(5)]
    answers = done(*works, lambda: "x" * 1_000_000)
    assert [answer[0] for answer in answers[:5]] == [0, 1, 2, 3, 4]
    assert len({os.getpid(), *(answer[1] for answer in answers[:5])}) == 6
    assert len(answers[5]) == 1_000_000


def test_what_a_child_changes_ends_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """The parent's modules, variables and environment are its own."""
    monkeypatch.setattr(forks, "MEMORY", forks.MEMORY)
    kept = [1]

    def change() -> int:
        kept.append(2)
        forks.__dict__["answers"] = None
        return len(kept)

    assert done(change) == [2]
    assert kept == [1]
    assert forks.answers is not None


def test_a_child_that_hangs_is_killed_after_its_bound() -> None:
    """The others are not harmed, and the bound is in processor time."""
    began = time.monotonic()
    out_of_time, other = done(hang, lambda: "done")
    assert isinstance(out_of_time, forks.OutOfTimeError)
    assert other == "done"
    assert time.monotonic() - began < 20


@pytest.mark.parametrize(("work", "code"), [(leave, 7), (fail, 1)])
def test_a_child_without_an_answer_is_told_from_one_that_hangs(
    work: Callable[[], None], code: int, capfd: pytest.CaptureFixture[str]
) -> None:
    """It is lost, with the code that it ended with; what it raised is on the terminal."""
    (lost,) = done(work)
    assert isinstance(lost, forks.LostError)
    assert str(lost) == f"a child ended with {code}"
    assert ("ZeroDivisionError" in capfd.readouterr().err) == (work is fail)


def test_a_child_that_gathers_without_end_does_not_take_the_machine(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Its memory is bounded."""
    monkeypatch.setattr(forks, "MEMORY", 1 << 29)
    (lost,) = done(lambda: len(bytes(1 << 30)))
    assert isinstance(lost, forks.LostError)
    assert "MemoryError" in capfd.readouterr().err


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_an_interruption_that_comes_within_a_fork_is_not_lost(ending: signal.Signals) -> None:
    """Python drops what is raised there; held back until after it, it ends the iteration and the child.

    Another thread, which would take the signal where this one does not, changes nothing. The hunt for mutants went on
    after a SIGTERM, and its children, which took it, too, called every mutant caught.
    """
    armed, over = [True], threading.Event()
    threading.Thread(target=over.wait, daemon=True).start()

    def interrupt() -> None:
        if armed and armed.pop():
            os.kill(os.getpid(), ending)
            landed = time.monotonic() + 0.1
            while time.monotonic() < landed:
                pass

    os.register_at_fork(after_in_parent=interrupt)
    began = time.monotonic()
    before = signal.signal(ending, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            done(lambda: time.sleep(60))
    finally:
        signal.signal(ending, before)
        over.set()
    assert not armed
    assert time.monotonic() - began < 30


def test_who_stops_listening_leaves_no_child_behind() -> None:
    """Also the children that hang are gone when the iteration ends early."""
    pids: list[int] = []
    fork = os.fork

    def noting() -> int:
        pids.append(fork())
        return pids[-1]

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(os, "fork", noting)
        told = forks.answers([lambda: "done", lambda: time.sleep(60)], jobs=2)
        assert next(told) == (0, "done")
        told.close()
    assert len(pids) == 2
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)

"""Does pieces of work in forked children, a few at a time: what a child imports, changes or breaks ends with it."""

from __future__ import annotations

import gc
import json
import os
import resource
import selectors
import signal
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from types import FrameType
from typing import Any, NoReturn

MEMORY = 2 << 30
"""Bytes of address space that a child may have: a loop that gathers things must not take the machine's."""

_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

Work = Callable[[], Any]
"""What a child does; its answer is plain data, as JSON knows it."""


class OutOfTimeError(Exception):
    """A child used more time than it had been given."""


class LostError(Exception):
    """A child ended without an answer; says how."""


@dataclass(slots=True)
class _Child:
    number: int
    process: int
    pipe: int
    said: bytearray = field(default_factory=bytearray)


def answers(works: Sequence[Work], *, jobs: int) -> Iterator[tuple[int, Any]]:
    """Do each piece of work in a child of its own, `jobs` at a time; yield number and answer as each ends.

    In place of an answer stands an OutOfTimeError or a LostError. Whatever ends the iteration ends the children.
    """
    waiting = list(enumerate(works))[::-1]
    running: dict[int, _Child] = {}
    with selectors.DefaultSelector() as pipes:
        try:
            while waiting or running:
                while waiting and len(running) < jobs:
                    with _uninterrupted():
                        child = _fork(*waiting.pop())
                        running[child.pipe] = child
                    pipes.register(child.pipe, selectors.EVENT_READ)
                for key, _ in pipes.select():
                    child = running[key.fd]
                    told = os.read(child.pipe, 1 << 16)
                    child.said += told
                    if not told:
                        pipes.unregister(child.pipe)
                        yield child.number, _end(running.pop(child.pipe))
        finally:
            for child in running.values():
                os.kill(child.process, signal.SIGKILL)
                _end(child)


def allow(seconds: float) -> None:
    """Let this child use so much processor time from now on; it is killed where it uses more."""
    signal.setitimer(signal.ITIMER_PROF, seconds)


def end_within(seconds: float) -> None:
    """Let this child take so many seconds from now on, also where it only waits; it is killed where it takes more."""
    signal.setitimer(signal.ITIMER_REAL, seconds)


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Hold back what ends this process, for a moment: Python loses what a handler raises within a fork.

    A child never takes it. A mask would not do: it is one thread's own, and another one that lives would take the
    signal at once.
    """
    held: list[tuple[int, FrameType | None]] = []
    kept = {each: signal.signal(each, lambda number, frame: held.append((number, frame))) for each in _ENDING}
    try:
        yield
    finally:
        for each, handler in kept.items():
            signal.signal(each, handler)
        for number, frame in held[:1]:
            first = kept[signal.Signals(number)]
            if callable(first):
                first(number, frame)
            elif first is signal.SIG_DFL:
                signal.raise_signal(number)


def _fork(number: int, work: Work) -> _Child:
    reading, writing = os.pipe()
    process = os.fork()
    if not process:
        os.close(reading)
        _work(work, writing)
    os.close(writing)
    return _Child(number, process, reading)


def _work(work: Work, pipe: int) -> NoReturn:
    """Do the work and leave at once: nothing of what the parent would do at its end is the child's to do."""
    code = 1
    try:
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY if hard == resource.RLIM_INFINITY else min(MEMORY, hard), hard))
        gc.disable()  # a child ends soon; collecting garbage takes more of its time than a little memory is worth
        with os.fdopen(pipe, "w", encoding="utf-8") as stream:
            json.dump(work(), stream)
        code = 0
    except BaseException:  # noqa: BLE001 - told, and the parent goes on
        with suppress(OSError):
            traceback.print_exc(file=sys.__stderr__)
    finally:
        os._exit(code)


def _end(child: _Child) -> Any:  # noqa: ANN401 - plain data
    os.close(child.pipe)
    _, status = os.waitpid(child.process, 0)
    code = os.waitstatus_to_exitcode(status)
    if code in {-signal.SIGPROF, -signal.SIGALRM}:
        return OutOfTimeError()
    return json.loads(child.said) if code == 0 else LostError(f"a child ended with {code}")

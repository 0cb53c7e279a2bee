"""What all tests of the harness share."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest


@pytest.fixture(scope="session", autouse=True)
def interruptible() -> Iterator[None]:
    """Let Ctrl-C end tests and what they start, and a hang-up reach what they start.

    A run in the background ignores both, and passes that on; a handler that does nothing is not passed on.
    """
    kept = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGHUP)}
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if kept[signal.SIGHUP] is signal.SIG_IGN:
        signal.signal(signal.SIGHUP, lambda *_: None)
    yield
    for number, handler in kept.items():
        signal.signal(number, handler)

"""Tells a regular expression that would never end: `re` lets nothing else run while it tries one on a unit's words."""

from __future__ import annotations

import re
import signal
import threading
from types import FrameType

_REPEATED_GROUP = re.compile(r"\)[*+{]")
"""Without one, a pattern may be slow, but its time does not double with each further letter."""

_LINES = tuple(
    part * (length // len(part)) + end
    for length in (60, 240)
    for part in ("a", "1", " ", "-", ".", "aB1_", "a ", "1.")
    for end in ("", "\0", "\n")
)
_PATIENCE = 1.0
"""Seconds of this process's own time for all lines together: a sound pattern needs some milliseconds."""


class _TooLong(Exception):
    """The time is over."""


def explodes(pattern: re.Pattern[str]) -> bool:
    """Return whether a pattern with a repeated group takes far too long for one of some long lines.

    Only the main thread can tell, since signals come to no other; elsewhere the answer is no.
    """
    if not _REPEATED_GROUP.search(pattern.pattern) or threading.current_thread() is not threading.main_thread():
        return False
    before = signal.signal(signal.SIGVTALRM, _stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, _PATIENCE)
    try:
        for line in _LINES:
            pattern.search(line)
            pattern.fullmatch(line)  # as a prompt is compared
    except _TooLong:
        return True
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
    return False


def _stop(_signal: int, _frame: FrameType | None) -> None:
    raise _TooLong

"""Imports what only some runs need, when they need it."""

from __future__ import annotations

import importlib
import signal
from types import ModuleType

_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def late_import(name: str) -> ModuleType:
    """Import a module; signals that end a run wait until that is done.

    Python loses a KeyboardInterrupt that arrives while it imports, or makes another error or exit code of it.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _ENDING)
    try:
        return importlib.import_module(name)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)

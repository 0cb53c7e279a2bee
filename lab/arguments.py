"""Arguments and ends of commands: a usage error ends one with 4 before anything is done, Ctrl-C in one line with 2."""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

USAGE = 4
"""Exit code of a usage error."""


INTERRUPTED = 2
"""Exit code after Ctrl-C."""


def end(command: Callable[[], int]) -> NoReturn:
    """Carry out a command, and end this process with its exit code."""
    try:
        code = command()
    except KeyboardInterrupt:
        sys.stderr.write("interrupted\n")
        code = INTERRUPTED
    sys.exit(code)


def interpreter() -> str:
    """Return the Python that runs, as it is called from the current folder."""
    program, here = Path(sys.executable), Path.cwd()
    return str(program.relative_to(here) if program.is_relative_to(here) else program)


class Parser(argparse.ArgumentParser):
    """Ends with 4 for a usage error, since argparse's own exit code, 2, means that a run was inconclusive."""

    def error(self, message: str) -> NoReturn:
        """Print one line and exit."""
        self.exit(USAGE, f"{self.prog}: {message}; see {self.prog} --help\n")


def count(text: str) -> int:
    """Read a count of at least 1; raises ArgumentTypeError."""
    if text.isdecimal() and int(text) > 0:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is not a count of 1 or more, such as 20")


def span(text: str) -> float:
    """Read a positive, finite span of time; raises ArgumentTypeError."""
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if math.isfinite(number) and number > 0:
        return number
    raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds above 0, such as 0.5")


def folder(text: str) -> Path:
    """Read a folder that exists or can be made; raises ArgumentTypeError."""
    path = Path(text)
    if path.exists() and not path.is_dir():
        raise argparse.ArgumentTypeError(f"{text!r} is not a folder")
    return path

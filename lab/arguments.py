"""How commands read their arguments: a request that makes no sense ends with exit code 4 before anything is done."""

from __future__ import annotations

import argparse
import math
from pathlib import Path
from typing import NoReturn

USAGE = 4
"""Exit code of a request that makes no sense."""


class Parser(argparse.ArgumentParser):
    """Argparse's own exit code for a wrong request, 2, would say that a run was inconclusive."""

    def error(self, message: str) -> NoReturn:
        """Print one line and leave."""
        self.exit(USAGE, f"{self.prog}: {message}; see {self.prog} --help\n")


def count(text: str) -> int:
    """Read a number of things, one at least; raises ArgumentTypeError."""
    if text.isdecimal() and int(text) > 0:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is no number of things, such as 1 or 20")


def span(text: str) -> float:
    """Read a span of time, more than none and not for ever; raises ArgumentTypeError."""
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if math.isfinite(number) and number > 0:
        return number
    raise argparse.ArgumentTypeError(f"{text!r} is no span, such as 0.5 or 20")


def folder(text: str) -> Path:
    """Read where files may go: a folder, or a place where one can be made; raises ArgumentTypeError."""
    path = Path(text)
    if path.exists() and not path.is_dir():
        raise argparse.ArgumentTypeError(f"{text!r} is no folder")
    return path

"""What the harness knows of a kind of unit: where and how it shows what every unit has to show."""

from __future__ import annotations

from pathlib import Path

from lab.errors import UsageError
from lab.profiles.read import LARGEST, read
from lab.profiles.record import UnitProfile

_FOLDER = Path(__file__).parent

SHIPPED = tuple(sorted(path.stem for path in _FOLDER.glob("*.toml")))
"""Names of the profiles that come with the lab."""


def named(word: str) -> UnitProfile:
    """Return the profile of that name, or of that file. Raises UsageError."""
    path = _FOLDER / f"{word}.toml" if word in SHIPPED else Path(word)
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except FileNotFoundError:
        known = ", ".join(SHIPPED)
        problem = f"there is no profile called {word!r} and no such file"
        raise UsageError(problem, f"use one of {known}, or a path") from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise UsageError(f"the profile {word!r} cannot be read ({reason})", "give a file of TOML") from None
    return read(content, word)

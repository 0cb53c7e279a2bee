"""The user's folder for what is fetched or built once."""

from __future__ import annotations

import os
from pathlib import Path

from lab.errors import LabError

_HINT = "set XDG_CACHE_HOME to a folder you own"


def cache_folder() -> Path:
    """Return the folder, by the XDG rules, and make it where it is missing. Raises LabError."""
    given = os.environ.get("XDG_CACHE_HOME")
    try:
        folder = (Path(given) if given else Path.home() / ".cache") / "switchover"
    except RuntimeError as error:  # Path.home's
        raise LabError("this user has no home folder, and HOME is not set", _HINT) from error
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise LabError(f"{folder} cannot be made ({error.strerror})", _HINT) from error
    return folder

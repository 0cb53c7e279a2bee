"""The page that requirement links lead to."""

from __future__ import annotations

from reports.state import RunState


def write(state: RunState) -> None:
    """Write requirements.html next to run.json."""
    del state

"""What an agent reports, kept for a test."""

from __future__ import annotations


class Events:
    """Takes what is reported."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.seen: list[dict[str, object]] = []

    def __call__(self, kind: str, at: float, **detail: object) -> None:
        """Take an event."""
        self.seen.append({"event": kind, "at": at, **detail})

"""The error of the settings and of the CLI: a request of an operator is refused, and nothing has changed."""

from __future__ import annotations

from collections.abc import Iterable


class Refused(ValueError):
    """A value, word or command is refused; the text is one clause with the reason and what is allowed."""

    def __init__(self, reason: str) -> None:
        """Take the reason, one line for the operator."""
        super().__init__(reason)
        self.reason = reason


class SecondaryRefused(Refused):
    """A synchronized attribute is set by hand on an effective secondary. Source: HA-760, D.3-3."""

    def __init__(self, attribute: str) -> None:
        """Name the attribute in the documented text."""
        super().__init__(f"HA secondary can't set attribute {attribute}")


def allowed(words: Iterable[str]) -> str:
    """The end of most refusals: the words that are accepted."""
    listed = ", ".join(words)
    return f"allowed: {listed}" if listed else "nothing is allowed here"


def quoted(word: str) -> str:
    """A refused word as it is repeated to the operator: on one line, its beginning only, printable characters only."""
    return repr(word[:60])

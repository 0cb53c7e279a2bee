"""The one error of the settings and of the CLI: what an operator asked for is refused, and nothing has changed."""

from __future__ import annotations

from collections.abc import Iterable


class Refused(ValueError):
    """A value, word or command is refused; the text is one clause that says why, and what is allowed."""

    def __init__(self, reason: str) -> None:
        """Keep the reason as an operator reads it, on one line."""
        super().__init__(reason)
        self.reason = reason


class SecondaryRefused(Refused):
    """A synchronized attribute is set by hand on an effective secondary. Source: HA-760, D.3-3."""

    def __init__(self, attribute: str) -> None:
        """Name the attribute in the documented text."""
        super().__init__(f"HA secondary can't set attribute {attribute}")
        self.attribute = attribute


def allowed(words: Iterable[str]) -> str:
    """The end of most refusals: the words that would have been accepted."""
    listed = ", ".join(words)
    return f"allowed: {listed}" if listed else "nothing is allowed here"


def quoted(word: str) -> str:
    """A refused word as it is repeated to the operator: on one line, shortened, nothing but printable characters."""
    shown = "".join(character if character.isprintable() else "?" for character in word)
    return f"'{shown[:60]}...'" if len(shown) > 60 else f"'{shown}'"  # noqa: PLR2004 - what fits on a terminal line

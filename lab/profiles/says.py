"""The words in which a unit's log tells what no document words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from lab.contract import Saying

REFERENCE: Mapping[Saying, re.Pattern[str]] = {
    Saying.GIVEN_UP: re.compile("given up"),
    Saying.PEER_REFUSED: re.compile("refused a peer"),
}
"""The reference unit's own."""


def told(log: Iterable[str], words: re.Pattern[str]) -> tuple[str, ...]:
    """Return what the lines of a log tell, each from these words to its end; lines without them tell nothing."""
    found = ((line, words.search(line)) for line in log)
    return tuple(line[match.start() :] for line, match in found if match is not None)

"""How a phrase is said: as what happens now or as what has happened before, of one thing or of several."""

from __future__ import annotations

import re
from enum import Enum

_VERB = re.compile(r"\[([^|\]]*)(?:\|([^\]]*))?\]")
_SEVERAL = {"is": "are", "has": "have", "does": "do"}


class Frame(Enum):
    """The verb's form: what happens, or what has happened."""

    HAPPENS = 1
    HAPPENED = 2


def said(words: str, frame: Frame = Frame.HAPPENS, *, several: bool = False) -> str:
    """Return a phrase in one frame: `[loses|has lost]` holds the verb's two forms, `[refuses]` one for both.

    They are written as said of one thing; of several things the first word becomes a plural (`lose`, `have lost`).
    """

    def form(found: re.Match[str]) -> str:
        verb = str(found[frame.value] or found[1])
        return _of_several(verb) if several else verb

    return _VERB.sub(form, words)


def verbs(words: str) -> frozenset[str]:
    """Return every word of a phrase that is part of a verb, in all its forms."""
    forms = [form for found in _VERB.findall(words) for form in found if form]
    return frozenset(word for form in forms for each in (form, _of_several(form)) for word in each.split())


def _of_several(verb: str) -> str:
    first, space, rest = verb.partition(" ")
    if first in _SEVERAL:
        plural = _SEVERAL[first]
    elif first.endswith("ies"):
        plural = first.removesuffix("ies") + "y"
    else:
        plural = first.removesuffix("es" if first.endswith(("ches", "shes", "sses", "oes")) else "s")
    return f"{plural}{space}{rest}"

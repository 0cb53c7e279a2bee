"""The operator's command line itself: what a unit answers to each line, and the prompt at which it waits then."""

from __future__ import annotations

import re

from lab.contract import Turn
from steps.scene import Scene
from steps.words import Table, outcome

_OBJECT = re.compile(r"\((.*?)\)")

_EMPTY = "(empty)"
"""How a table names an empty line."""


@outcome("{units:Units} answers these lines")
def answers(scene: Scene, units: tuple[str, ...], datatable: Table) -> None:
    """All in one session. Table: line; answer; and where it matters object, which the prompt then names.

    An answer is `nothing`, `refused` (`refused: ...` with words that stand in it), `a question`, `the end` of the
    session, or what a line of it says, however it is spaced, where `...` stands for any words; after `not` what none
    says; after `offers: ` a word of it, be it a refusal or not. A row without a line is about the answer to the row
    before, and `(empty)` is an empty line. `none` is the top level, which names no object.
    Source: HA-610 to HA-618, HA-750 to HA-753, HA-760.
    """
    rows = [(line, answer, *place) for line, answer, *place in datatable[1:]]
    lines = ["" if line == _EMPTY else line for line, *_ in rows if line]
    for unit in units:
        turns = iter(scene.unit(unit).cli(*lines).turns)
        turn = None
        for line, answer, *place in rows:
            turn = next(turns, None) if line else turn
            what = f"unit {unit} answers {line!r} by {answer!r}"
            assert turn is not None, f"{what}: its session has ended before"
            assert _is_so(answer, turn), f"it is not so that {what}: it prints {turn.text!r}, and then {turn.prompt!r}"
            named = _OBJECT.findall(turn.prompt)
            assert not any(place) or named == ([] if place[0] == "none" else place), f"after {line!r}: {turn.prompt!r}"


def _is_so(answer: str, turn: Turn) -> bool:
    kind, colon, words = answer.partition(": ")
    match kind, colon:
        case "refused", "":
            return not turn.accepted
        case "refused", _:
            return not turn.accepted and _says(turn, words)
        case "nothing", "":
            return turn.accepted and not turn.text.strip() and bool(turn.prompt) and not turn.asks
        case "a question", "":
            return turn.accepted and turn.asks
        case "offers", _:
            return words in turn.text.split()
        case "the end", "":
            return turn.accepted and not turn.prompt
    return turn.accepted and _says(turn, answer.removeprefix("not ")) is not answer.startswith("not ")


def _says(turn: Turn, words: str) -> bool:
    pattern = ".*".join(re.escape(part.strip()) for part in _spaced(words).split("..."))
    return any(re.search(pattern, _spaced(line)) for line in turn.text.splitlines())


def _spaced(text: str) -> str:
    """Return a text with single blanks, and none before a colon."""
    return re.sub(r"\s*:\s*", ": ", " ".join(text.split())).strip()

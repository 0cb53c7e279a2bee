"""Only its profile and its wire know the reference unit: nothing of theirs is in the code that serves every unit."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

HOUSE = Path(__file__).parents[1]
ROOMS = (
    *("lab/*.py", "lab/contract/**/*.py", "lab/docker/**/*.py", "lab/images/agent/**/*.py", "lab/rules/**/*.py"),
    *("steps/**/*.py", "fixtures/**/*.py", "reports/**/*.py", "explore/**/*.py"),
)
"""Code that serves every unit."""

OWN_WORDS = {("steps/fields.py", "given up"), ("steps/operator.py", "given up")}
"""Words of the unit's that a file has for a reason of its own: sentences say `given up within 10 seconds`."""

PATTERNS = {
    *(("cli", field) for field in ("prompt", "question", "refusal")),
    *(("pages", field) for field in ("configured", "effective", "release", "peer_release", "link")),
    *(("log", "says", saying) for saying in ("given_up", "peer_refused")),
}
"""Fields of a profile that say what the unit prints; the lines that it is given are documented."""

PHRASE = re.compile(r"\w+(?: \w+)+")
OPERATORS = re.compile(r"\\.|\(\?P<\w+>")
"""What of a pattern is not read as it stands."""

Text = str | bytes | int


def leaves(value: Any, place: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:  # noqa: ANN401 - TOML's
    """Each value of a document, with the keys that lead to it."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(inner, (*place, key))
    elif isinstance(value, list):
        for inner in value:
            yield from leaves(inner, place)
    else:
        yield place, value


def in_profile() -> set[Text]:
    """Paths, names in the environment, exit codes, patterns, and the phrases that these look for."""
    document = tomllib.loads((HOUSE / "lab" / "profiles" / "reference.toml").read_text(encoding="utf-8"))
    known: set[Text] = {*document["container"]["environment"], *document["release"]["codes"]}
    for place, value in leaves(document):
        if str(value).startswith("/"):
            known.add(value)
        if place in PATTERNS:
            known |= {value, *PHRASE.findall(OPERATORS.sub("", value))}
    return known


def in_wire() -> set[Text]:
    """Bytes, and names of several words: one word alone may be everybody's."""
    text = (HOUSE / "lab" / "wires" / "switchover.py").read_text(encoding="utf-8")
    found = {value for _, value in constants(text)}
    return {value for value in found if isinstance(value, bytes) or re.search(r"\w[-_ ]\w", str(value))}


def constants(text: str) -> Iterator[tuple[int, Text]]:
    """Texts, bytes and numbers of a module, with their lines; docstrings are none."""
    tree = ast.parse(text)
    docstrings = {id(each.value) for each in ast.walk(tree) if isinstance(each, ast.Expr)}
    for each in ast.walk(tree):
        if isinstance(each, ast.Constant) and isinstance(each.value, Text) and id(each) not in docstrings:
            yield each.lineno, each.value


KNOWN = in_profile() | in_wire()


def tells(value: Text) -> Iterator[Text]:
    """Each text of the unit's that stands in a constant."""
    for known in KNOWN:
        match known, value:
            case str(), str():
                if re.search(rf"(?<!\w){re.escape(known)}(?!\w)", value):
                    yield known
            case bytes(), bytes():
                if known == value or (len(known) > 1 and known in value):
                    yield known
            case _:
                if known == value and type(known) is type(value):
                    yield known


def found_in(text: str, name: str = "") -> list[str]:
    """Return what a module knows of the unit, by line."""
    return [
        f"{name}:{line} {known!r}"
        for line, value in constants(text)
        for known in tells(value)
        if (name, known) not in OWN_WORDS
    ]


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_that_serves_every_unit_knows_nothing_of_ours(room: str) -> None:
    """What it needs, it reads from the profile or the wire of the unit at hand."""
    files = sorted(HOUSE.glob(room))
    assert files
    found = (found_in(path.read_text(encoding="utf-8"), path.relative_to(HOUSE).as_posix()) for path in files)
    assert [each for file in found for each in file] == []


@pytest.mark.parametrize(
    "planted",
    [
        'open("/data/log/ha.log")',
        'f"cat /data/spool/{name}"',
        'environment = {"SWITCHOVER_RELAY": relay}',
        'if "Command fail" in reply: pass',
        r"re.compile(r'HA effective mode:\s*(\w+)')",
        r"prompt = r'[^\n]* # '",
        '"given up" in line',
        'log.count("refused a peer")',
        "code == 67",
        'key = "switchover-ha"',
        r"payload[:1] == b'\x16'",
        r"payload.startswith(b'\x17\x03\x03\x00\x13')",
        '{"kind": "ask-role"}',
    ],
)
def test_a_planted_text_of_the_unit_is_seen(planted: str) -> None:
    """Each kind of knowledge by itself."""
    assert found_in(planted)


@pytest.mark.parametrize(
    "planted", ['"""As /data/log/ha.log says."""', 'page = "get system status"', 'open("reports/data")', "n = 670"]
)
def test_what_everybody_may_know_is_no_finding(planted: str) -> None:
    """Docstrings, documented lines, and texts that only look alike."""
    assert found_in(planted) == []


@pytest.mark.parametrize(("name", "word"), sorted(OWN_WORDS))
def test_an_exception_is_one_that_is_needed(name: str, word: str) -> None:
    """It goes when the word has gone."""
    assert any(word in list(tells(value)) for _, value in constants((HOUSE / name).read_text(encoding="utf-8")))

"""Reads a profile; an error names the file, its line and the field, says what was expected, and what was found."""

from __future__ import annotations

import difflib
import hashlib
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lab.contract import Area
from lab.errors import UsageError
from lab.profiles.fields import FIELDS, LAB_SLACK, Unfit
from lab.profiles.record import (
    Cli,
    Container,
    Events,
    Login,
    Mail,
    Pages,
    Release,
    Reset,
    Times,
    UnitProfile,
    no_password,
)
from lab.standard_pair import PAIR

Place = tuple[str | int, ...]
"""Keys, and indices of lists, that lead to a value of the file."""

LARGEST = 64 * 1024
"""Bytes of a file; the longest profile that ships has not a tenth of it."""

_CLOSING = re.compile(r"[\]}]|\"{3}|'{3}")
"""On the last line of each value of several lines."""

_AGENTS = re.compile(r"/(?:(?:usr/)?(?:s?bin|lib(?:32|64|x32)?)|agent|dev|proc|sys)(?:/.*)?|/etc|/usr")
"""Folders of the agent's image (lab/images/agent) over which no volume may be mounted."""

KNOWN = {field.path for field in FIELDS}
TABLES = {path[:length] for path in KNOWN for length in range(1, len(path))}


@dataclass(frozen=True, slots=True)
class _File:
    """A profile's file: its name, its text, and what it holds."""

    name: str
    text: str
    document: Mapping[str, Any]

    def wrong(self, place: Place, problem: str, hint: str) -> UsageError:
        """Return an error at a place of the file, or at the table that should have it."""
        lines = (line_of(self.text, place[:length]) for length in range(len(place), 0, -1))
        field = ".".join(key if key.isprintable() else repr(key) for key in place if isinstance(key, str))
        return UsageError(f"{self.name}, line {next(filter(None, lines), 1)}, {field[:80]}: {problem}", hint)

    def unfit(self, place: Place, expected: str, found: object) -> UsageError:
        """Return an error for a value that is not what was expected."""
        return self.wrong(place, f"expected {expected}", f"found {_shown(found)}")

    def values(self) -> Iterator[tuple[str, Any]]:
        """Yield each field's name, with what a record keeps: of the file, or of the default."""
        for field in FIELDS:
            value = _at(self.document, field.path)
            given = field.default if value is None else value
            if given is None:
                raise self.wrong(field.path, f"expected {field.meaning}", "the field is missing")
            try:
                yield field.name, field.kind.kept(given)
            except Unfit as unfit:
                raise self.unfit((*field.path, *unfit.place), unfit.expected, unfit.found) from None

    def refuse_unknown(self, table: Mapping[str, Any], place: tuple[str, ...] = ()) -> None:
        """Raise UsageError for the first field or table that no profile has."""
        for key, value in table.items():
            path = (*place, key)
            if path in KNOWN:
                continue
            if path not in TABLES:
                known = sorted({each[len(place)] for each in KNOWN | TABLES if each[: len(place)] == place != each})
                close = difflib.get_close_matches(key, known, 1)
                hint = f"did you mean {close[0]}?" if close else f"use one of {', '.join(known)}"
                raise self.wrong(path, "no such field", hint)
            if not isinstance(value, dict):
                raise self.unfit(path, "a table", value)
            self.refuse_unknown(value, path)


def read(content: bytes, name: str) -> UnitProfile:
    """Return the profile that a file of this name holds. Raises UsageError."""
    if len(content) > LARGEST:
        raise UsageError(f"{name} cannot be read (more than {LARGEST // 1024} KiB)", "give the file of a profile")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(f"{name} cannot be read (not UTF-8 at byte {error.start})", "save it as UTF-8") from None
    try:
        file = _File(name, text, tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise _no_toml(name, text, str(error)) from None
    except (ValueError, RecursionError) as error:
        problem = "nested too deep" if isinstance(error, RecursionError) else str(error).partition(":")[0]
        raise UsageError(f"{name} cannot be read ({problem})", "no field needs such a value") from None
    file.refuse_unknown(file.document)
    values = dict(file.values())
    for field, problem, hint in _contradictions(values):
        raise file.wrong(tuple(field.split(".")), problem, hint)
    return _profile(values, name, hashlib.sha256(content).hexdigest()[:8])


def line_of(text: str, place: Sequence[str | int]) -> int:
    """Return the line on which a document begins to hold a place: the one behind all that is readable without it.

    0 where it does not hold it.
    """
    lines = text.split("\n")

    def held(count: int) -> bool | None:
        """Return whether the first lines hold it; None where they end inside a value of several lines."""
        try:
            return _at(tomllib.loads("\n".join(lines[:count]) + "\n"), place) is not None
        except (ValueError, RecursionError):
            return None

    without, end = 0, len(lines)
    if not held(end):
        return 0
    while end - without > 1:
        middle = (without + end) // 2
        # Where they end inside a value of several lines, the next candidate is a line that may close it.
        closing = (count for count in range(middle + 1, end) if _CLOSING.search(lines[count - 1]))
        ends = ((count, held(count)) for count in (middle, *closing))
        count, holds = next((found for found in ends if found[1] is not None), (end, True))
        without, end = (without, middle) if holds else (count, end)
    return without + 1


def _at(document: object, place: Sequence[str | int]) -> Any:  # noqa: ANN401 - TOML gives any type
    """Return what a document holds at a place, None for nothing."""
    found = document
    for key in place:
        try:
            found = found[key]  # type: ignore[index] # whatever has no such key has nothing there
        except (KeyError, IndexError, TypeError):
            return None
    return found


def _no_toml(name: str, text: str, problem: str) -> UsageError:
    found = re.fullmatch(r"(.*) \(at line (\d+), column (\d+)\)", problem)
    line, what = (found[2], f"{found[1]} (column {found[3]})") if found else (text.rstrip().count("\n") + 1, problem)
    return UsageError(f"{name}, line {line}: expected TOML", what[:1].lower() + what[1:])


def _shown(found: object) -> str:
    if isinstance(found, dict):
        return "a table"
    if isinstance(found, list) and any(isinstance(item, dict | list) for item in found):
        return "a list"
    try:
        return repr(found)[:80]
    except ValueError:
        return "a number of thousands of digits"


def _contradictions(values: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Yield each field that does not go with another: its name, the problem, and what to do."""

    def expected(field: str, what: str, hint: str = "") -> tuple[str, str, str]:
        return field, f"expected {what}", hint or f"found {_shown(values[field])}"

    password = values["login.password_from"]
    if password and (missing := no_password(password)):
        yield "login.password_from", *missing
    if values["cli.question"] == values["cli.prompt"]:
        yield expected("cli.question", "a pattern that is not the prompt's")
    yield from _off_the_volume(values)
    if values["log.file"] and values["log.page"]:
        yield expected("log.page", "one of log.file and log.page", "leave one out")
    by_cli = not values["reset.by"]
    if by_cli and not values["reset.lines"]:
        yield expected("reset.lines", "lines, since reset.by is cli", "there are none")
    if by_cli and not values["mail.stores"] and not values["reset.shows"]:
        yield expected("reset.shows", "a page, since the lab sees no storage", "there is none")
    for field in ("reset.lines", "reset.shows"):
        if values[field] and not by_cli:
            yield expected(field, "none, since reset.by is fresh", 'set reset.by = "cli", or leave it out')
    yield from _half_a_release(values)
    greetings = values["mail.greeting"].values()
    if len({name.lower() for name in greetings}) < len(PAIR.configured):
        yield expected("mail.greeting", "two names that differ, of P and of S", f"found {', '.join(greetings)}")
    if values["times.slack"] > LAB_SLACK and not values["times.reason"].strip():
        yield expected("times.reason", f"why, since times.slack is more than the lab's {LAB_SLACK} s", "there is none")


def _off_the_volume(values: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Yield what is on no volume, and mail storage of which a part is missing."""
    volume, disk, stores = values["container.volume"], values["container.disk"], values["mail.stores"]
    for field in ("container.volume", "container.disk"):
        if _AGENTS.fullmatch(values[field]):
            expected = "expected a folder that the lab's own container, where it is mounted too, does not need"
            yield field, expected, f"found {values[field]!r}"
    folders = [each for each in (volume, disk) if each]
    if disk and volume and f"{disk}/".startswith(f"{volume}/"):
        yield "container.disk", "expected a folder that is not on container.volume", f"found {disk!r}"
    files = {field: values[field] for field in ("log.file", "alerts.file", "traps.file", "mail.queue", "mail.copies")}
    for field, path in {**files, **{f"mail.stores.{area}": path for area, path in stores.items()}}.items():
        if path and not path.startswith(tuple(f"{each}/" for each in folders)):
            place = "container.volume or container.disk" if disk else "container.volume"
            yield field, f"expected a path below {place}", f"found {path!r}" if folders else "there is none"
    missing = [f"mail.stores.{area}" for area in Area if area not in stores]
    missing += [] if values["mail.queue"] else ["mail.queue"]
    if missing and (stores or values["mail.queue"]):
        yield missing[0], "expected all five areas of mail.stores and mail.queue, or none", "this one is missing"


def _half_a_release(values: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Yield what is missing for an upgrade, and exit codes that mean two things."""
    given = [field for field in ("release.first", "release.next", "release.image") if values[field]]
    for field in ("release.first", "release.next", "release.image", "release.install", "release.codes"):
        if given and not values[field]:
            yield field, f"expected a value, since {given[0]} is set", "there is none"
    if given and values["release.first"] == values["release.next"]:
        yield "release.next", "expected another release than release.first", f"found {values['release.next']!r}"
    twice = sorted({*values["release.codes"]} & {*values["container.restart_codes"]})
    if twice:
        yield "release.codes", "expected codes that are none of container.restart_codes", f"found {twice[0]} in both"


def _profile(values: Mapping[str, Any], source: str, digest: str) -> UnitProfile:
    def part(table: str, *but: str) -> dict[str, Any]:
        paths = (field.path for field in FIELDS)
        return {path[1]: values[".".join(path)] for path in paths if path[0] == table and path[-1] not in but}

    says = {saying: pattern for saying, pattern in values["log.says"].items() if pattern is not None}
    return UnitProfile(
        name=values["name"],
        source=source,
        digest=digest,
        wire=values["wire"],
        container=Container(**part("container")),
        login=Login(**part("login")),
        cli=Cli(**part("cli")),
        pages=Pages(**part("pages"), words=values["words"]),
        setup=values["setup.lines"],
        reset=Reset(fresh=values["reset.by"], **part("reset", "by")),
        release=Release(**part("release")),
        events=Events(
            log=values["log.file"],
            log_page=values["log.page"],
            stamp=values["log.stamp"],
            says=says,
            alerts=values["alerts.file"],
            alert_text=values["alerts.text"],
            traps=values["traps.file"],
            trap_keys=(values["traps.name"], values["traps.code"], values["traps.reason"]),
        ),
        mail=Mail(**part("mail")),
        times=Times(**part("times")),
        lacking=values["lacks"],
    )

"""The fields of a profile, one table: it decides how a file is read, what holds by default, the schema and the page.

A default stands here as in a file. Together the defaults are the black-box profile: a unit of which nothing is known.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from lab.contract import Area, Capability, Mode, Saying
from lab.profiles.backtracking import explodes
from lab.profiles.record import levelled
from lab.standard_pair import PAIR
from lab.wires import WIRES


class Unfit(Exception):
    """A value is not what its field must be; `place` leads from the field's value to it."""

    def __init__(self, expected: str, found: object, *place: str | int) -> None:
        """Say what was expected there, and what was found."""
        super().__init__(expected)
        self.expected = expected
        self.found = found
        self.place = place


@dataclass(frozen=True, slots=True)
class Kind:
    """What a value must be: in a word for people, and as JSON Schema for editors.

    `kept` returns what a record keeps of a value from a file; it raises Unfit.
    """

    word: str
    schema: Mapping[str, Any]
    kept: Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Field:
    """One field: its place in the file, with dots; its kind; its default, None where it must be given; its meaning."""

    name: str
    kind: Kind
    default: object
    meaning: str

    @property
    def path(self) -> tuple[str, ...]:
        """Keys that lead to the field."""
        return tuple(self.name.split("."))


def _checked(expected: str, fits: Callable[[Any], object]) -> Callable[[Any], Any]:
    def kept(value: Any) -> Any:  # noqa: ANN401 - TOML gives any type
        if not fits(value):
            raise Unfit(expected, value)
        return value

    return kept


def _text(expected: str, pattern: str, word: str = "text") -> Kind:
    """Return a text that matches a pattern from end to end."""
    fits = _checked(expected, lambda value: isinstance(value, str) and re.fullmatch(pattern, value))
    return Kind(word, {"type": "string", "pattern": f"^(?:{pattern})$"}, fits)


def _whole(low: int, high: int, expected: str) -> Kind:
    fits = _checked(expected, lambda value: type(value) is int and low <= value <= high)
    return Kind("whole number", {"type": "integer", "minimum": low, "maximum": high}, fits)


def _seconds(least: float = 0.0, most: int = 3600) -> Kind:
    """Return a number of seconds: at least so many, or above 0, and no more than a lab can sensibly wait."""
    expected = f"{least:g} to {most} s" if least else f"seconds above 0, up to {most}"
    fits = _checked(expected, lambda value: type(value) in {int, float} and 0 < value <= most and value >= least)
    limit = {"minimum": least} if least else {"exclusiveMinimum": 0}
    return Kind("seconds", {"type": "number", **limit, "maximum": most}, fits)


def _one_of(words: Mapping[str, object]) -> Kind:
    """Return one of some words, each with what a record keeps for it."""
    listed = ", ".join(words)
    fits = _checked(f"one of {listed}", lambda value: isinstance(value, str) and value in words)
    return Kind(f"one of {listed}", {"enum": list(words)}, lambda value: words[fits(value)])


def _list(of: Kind, expected: str) -> Kind:
    fits = _checked(expected, lambda value: isinstance(value, list))

    def kept(value: object) -> tuple[Any, ...]:
        return tuple(_inside(of, at, item) for at, item in enumerate(fits(value)))

    return Kind(expected.removeprefix("a "), {"type": "array", "items": of.schema}, kept)


def _table(of: Kind, keys: Kind, word: str = "") -> Kind:
    """Return a table of values of one kind; its keys are of a kind, too, and no two are the same to a record."""
    fits = _checked("a table", lambda value: isinstance(value, dict))

    def kept(value: object) -> dict[object, Any]:
        table: dict[object, Any] = {}
        for key, item in fits(value).items():
            name = _inside(keys, key, key)
            if name in table:
                raise Unfit("keys that differ in more than case, quotes and blanks", key, key)
            table[name] = _inside(of, key, item)
        return table

    schema: dict[str, Any] = {"type": "object", "propertyNames": keys.schema, "additionalProperties": of.schema}
    if listed := keys.schema.get("enum", []):
        schema = {"type": "object", "properties": dict.fromkeys(listed, of.schema), "additionalProperties": False}
    return Kind(word or f"table with {', '.join(listed)}", schema, kept)


def _inside(kind: Kind, key: str | int, value: object) -> Any:  # noqa: ANN401 - what a record keeps
    try:
        return kind.kept(value)
    except Unfit as unfit:
        raise Unfit(unfit.expected, unfit.found, key, *unfit.place) from None


def _pattern(groups: str = "no group but (?:...)", *names: str, count: int = 0, optional: bool = False) -> Kind:
    """Return a regular expression with some groups, by name or by number; an optional one may be "", which is None."""

    def kept(value: object) -> re.Pattern[str] | None:
        if not isinstance(value, str) or (not value and not optional):
            raise Unfit("a regular expression", value)
        if not value:
            return None
        try:
            with warnings.catch_warnings(action="error"):
                pattern = re.compile(value, re.MULTILINE)
        except (re.error, ValueError, OverflowError, RecursionError, Warning) as error:
            raise Unfit(f"a regular expression: {' '.join(str(error).split())}", value) from None
        if pattern.groups != (len(names) or count) or not {*names} <= {*pattern.groupindex}:
            raise Unfit(groups, list(pattern.groupindex) if names else pattern.groups)
        if explodes(pattern):
            raise Unfit("a regular expression that ends soon on any line: no repetition in a repeated group", value)
        if pattern.search(""):
            raise Unfit("a regular expression that does not match an empty text", value)
        return pattern

    return Kind("pattern", {"type": "string", "minLength": 0 if optional else 1}, kept)


PLACEHOLDERS = {
    "ports": "the unit's own addresses: `port1=10.77.1.1/24,port3=...`",
    "ports6": "its own IPv6 addresses, in the same form",
    "relay": "the protected server, to which it passes mail on: `10.77.3.200:25`",
    "relay_host": "the same without the port",
    "relay_port": "the port alone",
    "server": "where its operator keeps firmware images",
    "unit": "`P` or `S`",
    "serial": "a serial number of its own: `SWO000000000P`",
    "password": "the password of its operator",
    **{f"address:{port}": f"its own address on {port}, with mask" for port in PAIR.networked},
    **{f"address6:{port}": f"its own IPv6 address on {port}, with mask" for port in sorted(PAIR.dual_stack)},
}
"""What the lab fills into a template, each in braces."""


_CHARACTER = r"[^\x00-\x1f\x7f-\x9f\u2028\u2029]"
_INK = _CHARACTER.replace("^", r"^\s")
_LINE = f"{_CHARACTER}*"


def _template(*places: str, pattern: str = _LINE, expected: str = "one line of printable text") -> Kind:
    """Return a text in which only these names stand in braces."""
    text = _text(expected, pattern, "template")

    def kept(value: object) -> str:
        template = str(text.kept(value))
        for name in re.findall(r"\{([^{}]*)\}", template):
            if name not in places:
                raise Unfit(f"placeholders out of {', '.join(f'{{{place}}}' for place in places)}", f"{{{name}}}")
        return template

    return Kind(text.word, text.schema, kept)


def _by_value(words: type[Mode | Capability], *but: str) -> dict[str, object]:
    return {word.value: word for word in words if word.value not in but}


_PATH = rf"(?:/(?!\.\.?(?:/|$)){_CHARACTER.replace('^', '^/')}+)*"

IMAGE_NAME = (
    r"(?:[A-Za-z0-9.-]+(?::[0-9]+)?/)?[a-z0-9]+(?:[._-]+[a-z0-9]+)*(?:/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)*"
    r"(?::[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(?:@sha256:[0-9a-f]{64})?"
)
"""Pattern of what Docker takes for the name of an image."""

_VARIABLE = r"[A-Za-z_][A-Za-z0-9_]*"
ANY = _text("one line of printable text", _LINE)
FILLED = _text("one line of printable text that is not empty", f"{_LINE}{_INK}{_LINE}")
FLAG = Kind("true or false", {"type": "boolean"}, _checked("true or false", lambda value: isinstance(value, bool)))
LINES = _list(FILLED, "a list of texts")
PATH = _text('an absolute path without . and .., or "" for none', _PATH, "path")
FOLDER = _text("an absolute path without . and ..", _PATH.removesuffix("*") + "+", "path")
CODES = _list(_whole(0, 255, "an exit code from 0 to 255"), "a list of exit codes")
FILLED_IN = _template(*PLACEHOLDERS)
MODE = _pattern("one group, the mode", count=1)

WORDS = ("off", "primary", "secondary", "failed", "hold-off", "config-primary", "config-secondary")
"""Words of 7.0 for a mode, configured or effective."""

PRINTED = Kind(
    "text",
    {"type": "string", "pattern": _INK},
    lambda printed: _checked("a word that is printed", bool)(levelled(printed)),
)

LAB_SLACK = 0.25
"""Slack of the Docker lab itself, in seconds; a unit's is no less."""

FIELDS = (
    Field("format", _whole(1, 1, "1, the only format there is"), None, "version of this schema: 1"),
    Field("name", FILLED, None, "what reports call the unit"),
    Field(
        "wire",
        _one_of({wire: wire for wire in sorted(WIRES)}),
        "none",
        "what the units say to each other; none where it is neither of the others",
    ),
    Field(
        "container.capabilities",
        _list(_text("the name of a Linux capability, without CAP_", r"(?!CAP_)[A-Z_]+"), "a list of texts"),
        ["NET_ADMIN", "NET_RAW"],
        "Linux capabilities of its container, without `CAP_`",
    ),
    Field("container.command", LINES, [], "the container's command; none: the image's own"),
    Field(
        "container.environment",
        _table(FILLED_IN, _text("the name of an environment variable", _VARIABLE), "table of templates"),
        {
            "SWITCHOVER_PORTS": "{ports}",
            "SWITCHOVER_PORTS6": "{ports6}",
            "SWITCHOVER_RELAY": "{relay}",
            "SWITCHOVER_SERIAL": "{serial}",
            "SWITCHOVER_ADMIN_PASSWORD": "{password}",
        },
        "all variables of the container that the lab sets",
    ),
    Field(
        "container.volume", PATH, "", "where a volume is mounted that outlives a loss of power, and that the lab reads"
    ),
    Field(
        "container.disk", PATH, "", "where its mail disk is mounted, another such volume: one that the lab can let fail"
    ),
    Field(
        "container.pid_file", PATH, "", "file with the process id of the HA software, which the lab kills and measures"
    ),
    Field(
        "container.delay_file",
        PATH,
        "",
        "file in which the lab puts the seconds by which a start is delayed; read again and again meanwhile",
    ),
    Field(
        "container.restart_codes",
        CODES,
        [],
        "exit codes of the container that ask to be started again; none for a unit that reboots inside its container",
    ),
    Field("login.user", FILLED, "admin", "user of the operator's SSH sessions"),
    Field(
        "login.password_from",
        _text("the name of an environment variable", f"(?:{_VARIABLE})?"),
        "",
        "environment variable of the lab's own process that holds the password, not empty; none: the lab makes one up",
    ),
    Field("login.port", _whole(1, 65535, "1 to 65535"), 22, "TCP port of SSH, on the unit's own address of port1"),
    Field(
        "login.terminal",
        FLAG,
        default=False,
        meaning="whether the shell needs a terminal; the echo of a line is cut off",
    ),
    Field("login.first", LINES, [], "lines at the start of each session, such as one that turns paging off"),
    Field("cli.prompt", _pattern(), r"[^\n]*[#>$] ", "last line while it waits for a line"),
    Field(
        "cli.question",
        _pattern(),
        r"[^\n]*\(y/n\)\s?",
        r"last line while it waits for y or n, from end to end, blanks too; not the prompt's. For `continue? [y/n]`,"
        r" with a blank or none after it: `'[^\n]*\[y/n\]\s?'`",
    ),
    Field(
        "cli.refusal",
        _pattern(),
        "^(?:Command fail|Unknown action|command parse error|value parse error|node_check_object fail"
        "|object set operator error|HA secondary can)",
        "in the answer to a line that it refuses",
    ),
    Field("cli.answer_within", _seconds(), 10.0, "limit for the answer to one line"),
    Field("pages.status", FILLED, "get system status", "line that prints both modes and the release"),
    Field(
        "pages.configured",
        MODE,
        r"(?i)^\W*(?:HA )?configured (?:operating )?mode[^\w\n]+(\w[\w -]*?)\s*$",
        "the configured mode on that page, as a group",
    ),
    Field(
        "pages.effective",
        MODE,
        r"(?i)^\W*(?:HA )?effective (?:operating )?mode[^\w\n]+(\w[\w -]*?)\s*$",
        "the effective mode on that page, as a group",
    ),
    Field(
        "pages.release",
        _pattern("one group, the release", count=1),
        r"(?i)^\W*(?:firmware )?version[^\w\n]+(?:\S+ )?v?(\d+\.\d+\.\d+)",
        "the release of its firmware on that page, as a group",
    ),
    Field(
        "pages.detail",
        FILLED,
        "get system ha status",
        "line that prints the links and the peer: the page of `peer_release`, `link` and `next_sync`",
    ),
    Field(
        "pages.peer_release",
        _pattern("one group, the release", count=1, optional=True),
        "",
        "the peer's release on that page, as a group",
    ),
    Field(
        "pages.link",
        _pattern("the groups link and state", "link", "state", optional=True),
        "",
        "a link on that page, with two groups: `link`, its name, and `state`, how it is, both as the page has them;"
        " `check` alone shows them, so that you see whether the unit knows its links",
    ),
    Field(
        "pages.next_sync",
        _pattern("the groups what, date and time", "what", "date", "time", optional=True),
        "",
        "a secondary's next synchronization on that page, with three groups: `what`, which is data or configuration,"
        " `date` (YYYY-MM-DD) and `time` (HH:MM:SS) in UTC",
    ),
    Field(
        "words",
        _table(_one_of({word: word for word in WORDS}), PRINTED, "table of words"),
        {},
        f"a word that it prints for a mode, and the word of 7.0: {', '.join(WORDS)}; those of older versions are known",
    ),
    Field("setup.lines", _list(FILLED_IN, "a list of templates"), [], "CLI lines after each first state"),
    Field(
        "reset.by",
        _one_of({"fresh": True, "cli": False}),
        "fresh",
        "how it returns to its first state: by a fresh container, which costs a start of the unit for each scenario, or"
        " by CLI lines",
    ),
    Field("reset.lines", LINES, [], "these lines, and the answers to their questions"),
    Field(
        "reset.shows",
        LINES,
        [],
        "lines such as `get system ha` that print after each reset what they printed after the first start: the proof"
        " after `reset.lines`, needed where there are no `mail.stores`",
    ),
    Field("reset.first", _one_of(_by_value(Mode, "unreachable")), "off", "both modes in the first state"),
    Field("reset.within", _seconds(), 5.0, "limit for reaching it"),
    Field("release.first", ANY, "", "what it prints as release"),
    Field("release.next", ANY, "", "what it prints after an upgrade"),
    Field(
        "release.image",
        _text("the name of an image: lower case, no blanks, then :TAG", f"(?:{IMAGE_NAME})?"),
        "",
        "image of the next release; with it, all fields of this table but `file` are needed",
    ),
    Field(
        "release.file",
        _template("release", pattern=_PATH, expected='an absolute path without . and .., or "" for none'),
        "",
        "where the lab puts a file before it installs, which holds the release and no firmware: for a unit that looks"
        " whether there is one; `{release}` stands for `next`",
    ),
    Field(
        "release.install",
        _template("release", "server"),
        "",
        "CLI line that installs `{release}`, which is `next`, from `{server}`; the lab answers y",
    ),
    Field(
        "release.codes",
        CODES,
        [],
        "exit codes of the container that ask for the other release; none of `container.restart_codes`",
    ),
    Field("log.file", PATH, "", "the HA event log, on the volume: judged if the unit sends it to no log server"),
    Field("log.page", ANY, "", "line that prints the log, where there is no file"),
    Field(
        "log.stamp",
        _pattern("the groups date and time", "date", "time"),
        r"date=(?P<date>\S+) time=(?P<time>\S+)",
        "time of a line, with the groups `date` and `time` (UTC, ISO 8601)",
    ),
    Field(
        "log.says",
        _table(_pattern(optional=True), _one_of({saying.name.lower(): saying for saying in Saying})),
        {},
        "words of its own: `given_up`, an accepted order will not be carried out; `peer_refused`, someone at one of"
        " the four ports was refused",
    ),
    Field(
        "alerts.file",
        PATH,
        "",
        "its alert mails as lines of JSON, on the volume, read where they cannot arrive:"
        ' `{"text": "... The system was shutdown!"}`',
    ),
    Field("alerts.text", FILLED, "text", "key of a mail's text"),
    Field(
        "traps.file",
        PATH,
        "",
        "its SNMP traps as lines of JSON, on the volume, judged if it sends none:"
        ' `{"trap": "fmlTrapHAEvent", "event": 1, "reason": "..."}`',
    ),
    Field("traps.name", FILLED, "trap", "key of a trap's name in the MIB: `fmlTrapHAEvent` or `fmlTrapSystemEvent`"),
    Field(
        "traps.code",
        FILLED,
        "event",
        "key of its event's code, a number: 1 switched to master, 2 switched to slave, 3 unit shutdown; of a system"
        " event 1 halt, 2 reboot, 3 reload, 4 upgrade",
    ),
    Field("traps.reason", FILLED, "reason", "key of its reason, which no scenario judges"),
    Field(
        "mail.greeting",
        _table(FILLED, _one_of({unit: unit for unit in PAIR.configured})),
        {"P": "unit-p", "S": "unit-s"},
        "name in each unit's SMTP greeting: two that differ",
    ),
    Field("mail.queue", PATH, "", "folder of the mail queue, on the volume"),
    Field("mail.copies", PATH, "", "folder of what a secondary has copied of its primary's mail queue, on the volume"),
    Field(
        "mail.stores",
        _table(FOLDER, _one_of({area.value: area for area in Area})),
        {},
        "folder of each storage area, on the volume: all five and the queue, or none",
    ),
    Field(
        "mail.preference_file",
        FILLED,
        "subscriptions",
        "name of the file in which a user's preferences are, in the user's folder: matters with `mail.stores`",
    ),
    Field(
        "mail.password",
        ANY,
        "",
        "by which user@local.example.com, whose mailbox is on the unit, logs in to IMAP; it is no secret",
    ),
    Field(
        "mail.nas",
        PATH,
        "",
        "folder at which network storage of both units is to be mounted, for scenarios that ask for it",
    ),
    Field(
        "mail.nas_lines",
        LINES,
        [],
        "CLI lines after which the unit keeps its mail data there: with `mail.stores`, these folders lead there then",
    ),
    Field("times.slack", _seconds(LAB_SLACK, 60), LAB_SLACK, "how late a reaction may be seen without being late"),
    Field("times.reason", ANY, "", f"why the slack is more than the lab's own {LAB_SLACK} s"),
    Field(
        "times.boot",
        _seconds(),
        30.0,
        "limit for a start, a third of it while SSH refuses the login or shows no prompt; judges nothing",
    ),
    Field("times.settle", _seconds(), 15.0, "limit for a command's effect; judges nothing"),
    Field(
        "lacks",
        _table(_text("a reason of some words", f"{_INK}+(?: {_INK}+)+"), _one_of(_by_value(Capability, "long"))),
        {},
        "what the unit has not, although this profile would allow it, and why",
    ),
)

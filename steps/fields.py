"""The words that may stand in a sentence's open places: how each is read, and what QA may write there."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from parse import with_pattern

from lab.contract import Area, DiskState, Family, Guise, Mode, Port, Rank, Service, Sink, Snmp, Synchronized, Trick
from lab.schedule import BOTH_LINKS, FAILINGS, LINKS, ON_FAILURES, USES
from lab.standard_pair import PAIR
from steps import times, traits, values

UNITS = PAIR.called
"""The lab's short names of the units, by the role that each is configured for."""

_BOTH = tuple(PAIR.configured)


@dataclass(frozen=True, slots=True)
class Address:
    """An address that clients use: the shared one of a family, or a unit's own."""

    name: str
    family: Family | None = None
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Held:
    """What an interface holds: its own addresses or not, and the shared ones of these families."""

    own: bool
    shared: tuple[Family, ...] = ()


@dataclass(frozen=True, slots=True)
class Delay:
    """By how many seconds a link delays everything: give or take `jitter`, or growing by `step` up to them."""

    seconds: float
    jitter: float = 0.0
    step: float = 0.0


@dataclass(frozen=True, slots=True)
class Outcomes:
    """What may become of a command: `given_up` is the bound in seconds, None where giving up is no right answer."""

    accepted: bool
    refused: bool
    given_up: float | None
    carried_out: bool


@dataclass(frozen=True, slots=True)
class Trial:
    """What a stranger tries, and whether he knows the group's password."""

    trick: Trick
    knows: bool = False


class Refusals(Enum):
    """What a unit logs of those whom it refuses."""

    ANY = "the refusal of its peer"
    ONCE = "one refusal of the stranger for each reason"
    EACH_MINUTE = "one refusal of the stranger a minute"


@dataclass(frozen=True, slots=True)
class From:
    """Whose address a stranger uses, and of which family."""

    guise: Guise
    family: Family = Family.IPV4


@dataclass(frozen=True, slots=True)
class Word:
    """A kind of word that a sentence may leave open: how it is read, what QA may write there, and its table's rows."""

    read: Callable[[str], Any]
    allowed: str
    rows: tuple[str, ...] = ()


def _one_of(meanings: Mapping[str, Any], about: str = "") -> Word:
    """A word with a table: each row's text, and what it means."""
    found = {text.casefold(): meaning for text, meaning in meanings.items()}

    @with_pattern("|".join(re.escape(text) for text in sorted(meanings, key=len, reverse=True)))
    def read(text: str) -> Any:  # noqa: ANN401 - what the rows mean
        return found[text.casefold()]

    return Word(read, _listed(meanings) + (f": {about}" if about else ""), tuple(meanings))


def _ending(meanings: Mapping[str, Any], nothing: Any) -> Word:  # noqa: ANN401 - what the rows mean
    """A word with a table that ends a sentence, and may be left out."""
    return _one_of({"": nothing, **meanings})


def _like(pattern: str, read: Callable[[str], Any], allowed: str, rows: Iterable[str] = ()) -> Word:
    @with_pattern(pattern)
    def found(text: str) -> Any:  # noqa: ANN401 - what the pattern means
        return read(text)

    return Word(found, allowed, tuple(rows))


def _form(pattern: str) -> str:
    """What a pattern lets QA write: `one/another`, `[what may be left out]`, N for a number, `...` for any one word."""
    optional = re.sub(r"\((?:\?:)?([^()]*)\)\?", r"[\1]", pattern.replace(r"[\w-]+", "...").replace(r"\d+", "N"))
    return re.sub(r"\((?:\?:)?([^()]*)\)", lambda found: found[1].replace("|", "/"), optional)


def _listed(texts: Iterable[str]) -> str:
    return ", ".join(f"`{text}`" if text else "nothing" for text in texts)


_THE = {f"the {word}": (unit,) for word, unit in UNITS.items()}
_VIRTUAL = {"virtual address": Family.IPV4, "virtual IPv6 address": Family.IPV6}
_OWN = {f"{word}'s own mail address": unit for word, unit in UNITS.items()}
_ADDRESSES = {
    **{name: Address(name, family=family) for name, family in _VIRTUAL.items()},
    **{name: Address(name, unit=unit) for name, unit in _OWN.items()},
}
_MAIL = [Address(name, unit=unit) for name, unit in _OWN.items()]
_USE = "|".join(USES)
_ENDS = ("refused with a reason", r"given up within \d+ seconds", "carried out")


def _uses(text: str) -> tuple[Port, ...]:
    return tuple(USES[each] for each in re.findall(_USE, text))


def _outcomes(text: str) -> Outcomes:
    bound = re.search(r"given up within (\d+)", text)
    return Outcomes(text == "accepted", "refused" in text, float(bound[1]) if bound else None, "carried out" in text)


def _delay(text: str) -> Delay:
    first, *others = map(float, re.findall(r"[\d.]+", text))
    if not others:
        return Delay(first)
    (last,) = others
    if text.endswith("at random"):
        return Delay((first + last) / 2, jitter=(last - first) / 2)
    return Delay(last, step=first)


_INTERFACE = r"mail interface|(?:primary|secondary) heartbeat interface|interface port\d"


def _interface(text: str) -> str:
    ranks = {f"{rank.value} heartbeat interface": interface for rank, interface in PAIR.heartbeat.items()}
    return {"mail interface": PAIR.mail, **ranks}.get(text, text.removeprefix("interface "))


def _cable(text: str) -> str:
    if text.startswith("cable of "):
        return text.removeprefix("cable of ")
    return PAIR.mail if text.startswith("mail") else PAIR.heartbeat[Rank(text.split(maxsplit=1)[0])]


WORDS = {
    "Unit": _one_of(UNITS, "the unit that is configured so first, whatever it does later"),
    "Units": _one_of({**_THE, "each unit": _BOTH}),
    "On": _ending({f" on {the}": units for the, units in _THE.items()}, _BOTH),
    "Whose": _one_of({"its own": None, **{f"{the}'s": units[0] for the, units in _THE.items()}}),
    "By": _ending({f", by {the}": units for the, units in _THE.items()}, ()),
    "Rank": _one_of({rank.value: rank for rank in Rank}, "the rank of a heartbeat link"),
    "OneLink": _one_of({text: (rank,) for text, rank in LINKS.items()}),
    "BothLinks": _one_of({BOTH_LINKS: tuple(Rank)}),
    "Mode": _one_of({mode.value: mode for mode in Mode if mode is not Mode.UNREACHABLE}, "an effective mode"),
    "Configured": _one_of(
        {word: word for word in ("off", "primary", "secondary", "config-primary", "config-secondary")},
        "a configured mode",
    ),
    "Operation": _one_of({word: word for word in ("server", "transparent")}, "a mode of operation"),
    "Members": _one_of(
        {
            "a primary and a secondary": {unit: f"config-{mode.value}" for unit, mode in PAIR.configured.items()},
            "two secondaries": dict.fromkeys(PAIR.configured, "config-secondary"),
        }
    ),
    "Traits": _like(
        traits.PATTERN,
        traits.read,
        "nothing, or ` over IPv6`, and ` with` any of these, `and` between them: "
        + _listed(_form(pattern) for pattern, _ in traits.ROWS.values()),
        traits.ROWS,
    ),
    "Setting": _like(
        values.PATTERN, values.read, _listed(_form(pattern) for pattern, _ in values.ROWS.values()), values.ROWS
    ),
    "Lines": _one_of({lines.value: lines for lines in traits.Lines if lines is not traits.Lines.PEER_ADDRESSES}),
    "OnFailure": _one_of({word: word for word in ON_FAILURES}),
    "Area": _one_of({area.value: area for area in Area if area is not Area.PREFERENCES}, "where mail data lies"),
    "Areas": _one_of(
        {
            "system quarantines": Area.SYSTEM_QUARANTINE,
            "quarantines": Area.QUARANTINE,
            "archives": Area.ARCHIVE,
            "mailboxes": Area.MAILBOXES,
        },
        "the same area of both units",
    ),
    "Some": _one_of(
        {"the messages": True, "none of the messages": False}, "what clients have sent, and a unit has accepted"
    ),
    "Synchronized": _one_of({what.value: what for what in Synchronized}, "what is synchronized by schedule"),
    "Recipient": _one_of({word: f"{word}@alerts.example" for word in ("first", "second", "third")}),
    "Sink": _one_of(
        {
            "the log server": Sink.LOG_SERVER,
            "alert mail": Sink.ALERT_MAIL,
            **{f"the {sink.value}": sink for sink in (Sink.TRAPS_V1, Sink.TRAPS_V2C, Sink.TRAPS_V3)},
        },
        "who learns of HA events",
    ),
    "Snmp": _one_of({version.value: version for version in Snmp}, "a version of SNMP"),
    "Virtual": _one_of(_VIRTUAL, "what the group shares on the mail network"),
    "Address": _one_of(_ADDRESSES),
    "Target": _one_of(
        {
            **{f"the {name}": (_ADDRESSES[name],) for name in _VIRTUAL},
            **{the: tuple(own for own in _MAIL if own.unit in units) for the, units in _THE.items()},
            "each unit": tuple(_MAIL),
        }
    ),
    "Service": _one_of(
        {"a mail": Service.SMTP, "a POP3": Service.POP3, "an IMAP": Service.IMAP, "an HTTP": Service.HTTP},
        "what a client speaks; a mail session is SMTP, and an HTTP session is with the web server",
    ),
    "Served": _one_of({service.value: service for service in Service}, "a service of a unit that its peer may monitor"),
    "Failing": _one_of(FAILINGS, "how a service fails everybody who asks it from outside"),
    "Holder": _one_of({**{f"only {the}": units for the, units in _THE.items()}, "no unit": ()}),
    "Answerers": _one_of({**{f"{the} only": units for the, units in _THE.items()}, "both units": _BOTH}),
    "Disk": _one_of({state.value: state for state in DiskState}, "how a mail disk fails"),
    "Interface": _like(
        _INTERFACE,
        _interface,
        "`mail interface`, `primary heartbeat interface`, `secondary heartbeat interface`, or by its name:"
        " `interface port1`",
    ),
    "Monitored": _like(
        rf"mail disk|{_INTERFACE}",
        lambda text: "" if text == "mail disk" else _interface(text),
        "`mail disk`, or an interface as above",
    ),
    "Held": _one_of(
        {
            "its own address only": Held(own=True),
            "its own and the virtual address": Held(own=True, shared=(Family.IPV4,)),
            "the virtual address only": Held(own=False, shared=(Family.IPV4,)),
            "its own and the virtual addresses of both families": Held(own=True, shared=tuple(Family)),
            "the virtual addresses of both families only": Held(own=False, shared=tuple(Family)),
        }
    ),
    "OnlyFamily": _ending({f" over {family.value} only": family for family in Family}, None),
    "Uses": _like(
        rf"connections|(?:{_USE})(?:(?:, | and )(?:{_USE}))*",
        _uses,
        "`connections` (all), or a list of " + _listed(USES),
    ),
    "Cable": _like(
        r"(?:primary|secondary) heartbeat cable|mail cable|cable of port\d",
        _cable,
        "`primary heartbeat cable`, `secondary heartbeat cable`, `mail cable` or `cable of port5`",
    ),
    "Duration": _like(times.DURATION, times.seconds_in, "a number of seconds, such as `2 seconds`"),
    "Bound": _like(times.BOUND, times.bound, "nothing, or how soon something comes, as listed below", times.BOUNDS),
    "Span": _like(times.SPAN, times.span, "for how long, or nothing: ` for the detection time` or ` for 2 seconds`"),
    "Lasting": _like(
        times.LASTING,
        times.lasting,
        "how long a fault is there, or nothing: ` for 2 seconds`, ` for 2 seconds, 3 times` (each begins right after a"
        " heartbeat) or ` for longer than the detection time` (it is there to stay)",
    ),
    "Delay": _like(
        rf"{times.DURATION}(?: more with each heartbeat, up to {times.DURATION})?|[\d.]+ to {times.DURATION} at random",
        _delay,
        "`2 seconds`, `0.1 to 1.5 seconds at random` or `1 second more with each heartbeat, up to 5 seconds`",
    ),
    "Turn": _ending({" in turn": True}, nothing=False),
    "BootTime": _one_of(
        {
            word: word
            for word in (
                "longer than the detection time",
                "longer than a hold-off",
                "until further notice",
                "as long as usual",
            )
        }
    ),
    "Count": _like(r"\d+", int, "a whole number"),
    "Likeness": _one_of({"equal": True, "different": False}),
    "Order": _one_of(
        {word: word for word in ("failover", "restore", "sync", "restart")}, "a command of `diagnose system ha`"
    ),
    "Outcomes": _like(
        rf"accepted|(?:{'|'.join(_ENDS)})(?:(?:, | or )(?:{'|'.join(_ENDS)}))*",
        _outcomes,
        "`accepted`, or one or more of `refused with a reason`, `given up within ... seconds` and `carried out`, with"
        " `or` between: what may become of a command",
        ("accepted", *_ENDS),
    ),
    "HaEvent": _one_of(
        {"has switched to primary": 1, "has switched to secondary": 2, "was shut down": 3},
        "an event of the HA trap",
    ),
    "SystemEvent": _one_of(
        {word: word for word in ("halt", "reboot", "reload", "upgrade")}, "a code of the system event trap"
    ),
    "Trial": _one_of(
        {
            "garbage": Trial(Trick.GARBAGE),
            "a wrong password": Trial(Trick.CLAIM),
            "the right password": Trial(Trick.CLAIM, knows=True),
            "overheard bytes": Trial(Trick.REPLAY),
            "an endless line": Trial(Trick.ENDLESS_LINE),
            "broken lines": Trial(Trick.BROKEN_LINES),
            "silence": Trial(Trick.SILENCE),
            "half a greeting": Trial(Trick.HALF_GREETING),
            "a crowd of connections": Trial(Trick.CROWD),
        },
        "with what a stranger comes. Garbage is a megabyte; silence and half a greeting come on many connections, a"
        " crowd on very many; an endless line follows the right password, and so does each of the broken lines, none of"
        " which is what a peer says at that port",
    ),
    "From": _one_of(
        {
            "its own": From(Guise.OWN),
            "its own IPv6": From(Guise.OWN, Family.IPV6),
            "the peer's": From(Guise.PEER),
        },
        "whose address a stranger uses",
    ),
    "Refusals": _one_of({refusals.value: refusals for refusals in Refusals}),
}

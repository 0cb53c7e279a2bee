"""The words that may stand in a sentence's open places: how each is read, and what QA may write there."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from parse import with_pattern

from lab.contract import Area, Family, Guise, Mode, Port, Rank, Trick
from lab.faults import Fault, FaultKind, on_both_links
from lab.standard_pair import PAIR

UNITS = PAIR.called
"""The lab's short names of the units, by the role that each is configured for."""


@with_pattern(r"primary|secondary")
def _unit(text: str) -> str:
    return UNITS[text.lower()]


@with_pattern(r"primary|secondary")
def _rank(text: str) -> Rank:
    return Rank(text.lower())


@with_pattern(r"off|primary|secondary|failed|hold-off")
def _mode(text: str) -> Mode:
    return Mode(text.lower())


@with_pattern(r"system-quarantine|quarantine|archive|mailboxes")
def _area(text: str) -> Area:
    return Area(text.lower())


@with_pattern(r"reboots|reloads|shuts down|upgrades")
def _restarts(text: str) -> str:
    return text.lower()


@with_pattern(r"rebooted|reloaded|shut down|upgraded")
def _restarted(text: str) -> str:
    done = {"rebooted": "reboots", "reloaded": "reloads", "shut down": "shuts down", "upgraded": "upgrades"}
    return done[text.lower()]


@with_pattern(r"halt|reboot|reload|upgrade")
def _system_event(text: str) -> str:
    return text.lower()


@with_pattern(r"add|ignore|set")
def _action(text: str) -> str:
    return text.lower()


@with_pattern(r"off|primary|secondary|config-primary|config-secondary")
def _configured(text: str) -> str:
    return text.lower()


@with_pattern(r"off|restore-role|become-secondary")
def _on_failure(text: str) -> str:
    return text.lower()


@with_pattern(r"virtual (?:IPv6 )?address")
def _virtual(text: str) -> Family:
    return Family.IPV6 if "IPv6" in text else Family.IPV4


@with_pattern(r"IPv[46]")
def _family(text: str) -> Family:
    return Family(text)


@with_pattern(r"with the right password|with a wrong password")
def _knowledge(text: str) -> str:
    return "right" if "right" in text else "wrong"


@with_pattern(r"\d+(?:\.\d+)?")
def _number(text: str) -> float:
    return float(text)


_TRICKS = {
    "garbage": Trick.GARBAGE,
    "a wrong password": Trick.CLAIM,
    "replayed bytes": Trick.REPLAY,
    "an endless line": Trick.ENDLESS_LINE,
    "silence": Trick.SILENCE,
    "half a greeting": Trick.HALF_GREETING,
    "a crowd of connections": Trick.CROWD,
}


@with_pattern("|".join(_TRICKS))
def _trick(text: str) -> Trick:
    return _TRICKS[text.lower()]


@with_pattern(r"its own|the peer's")
def _guise(text: str) -> Guise:
    return {"its own": Guise.OWN, "the peer's": Guise.PEER}[text.lower()]


PASSWORDS = {
    "of one character": "x",
    "of two hundred characters": "pass-" * 40,
    "with spaces and signs": "a b  c!$%&/()=?*+~#'<>|;:,.-_@{}[]^",
    "of other alphabets": "Paßwört-пароль-密码",
    "that looks like a number": "20000",
    "with quotes and backslashes": 'say "hello" \\ bye',
}
"""Passwords by what is particular about them. Source: HA-452."""

DIFFERENCES = {
    "in case only": ("Secret-Word", "secret-word"),
    "after the eighth character": ("12345678-one", "12345678-two"),
    "by one character at the end": ("secret", "secret1"),
}
"""Two passwords by how they differ. Source: HA-453."""


@with_pattern("|".join(PASSWORDS))
def _password(text: str) -> str:
    return PASSWORDS[text]


@with_pattern("|".join(DIFFERENCES))
def _difference(text: str) -> tuple[str, str]:
    return DIFFERENCES[text]


_FAULTS = {
    "the heartbeat links were silent": on_both_links(Fault(FaultKind.BLACK_HOLE)),
    "the heartbeat links were refused": on_both_links(Fault(FaultKind.REFUSAL)),
    "the secondary was deaf": on_both_links(Fault(FaultKind.BLACK_HOLE, "S")),
    "the primary was frozen": (Fault(FaultKind.FREEZE, "P"),),
}


@with_pattern("|".join(_FAULTS))
def _faults(text: str) -> tuple[Fault, ...]:
    return _FAULTS[text.lower()]


@with_pattern(r"nested|flat|mixed")
def _spelling(text: str) -> str:
    return text.lower()


USES = {
    "heartbeat signal": Port.HEARTBEAT,
    "synchronization control": Port.SYNC_CONTROL,
    "data synchronization": Port.DATA_SYNC,
    "configuration synchronization": Port.CONFIG_SYNC,
}
"""The four ports in the manual's words. Source: system ha, hb-base-port; HA-054."""

_USE = "|".join(USES)


@with_pattern(rf"nothing|(?:{_USE})(?:(?:, | and )(?:{_USE}))*")
def _uses(text: str) -> tuple[Port, ...]:
    return tuple(USES[each] for each in re.findall(_USE, text))


_OUTCOMES = r"refused with a reason|given up within \d+ seconds|carried out"


@with_pattern(rf"(?:{_OUTCOMES})(?:(?:, | or )(?:{_OUTCOMES}))*")
def _outcomes(text: str) -> Outcomes:
    bound = re.search(r"given up within (\d+)", text)
    return Outcomes("refused" in text, float(bound[1]) if bound else None, "carried out" in text)


_LOSSES = {"black hole": FaultKind.BLACK_HOLE, "refusal": FaultKind.REFUSAL, "pulled cable": FaultKind.CABLE}


@with_pattern("black holes?|refusals?|pulled cables? of the (?:primary|secondary)")
def _loss(text: str) -> Loss:
    kind, _, unit = text.lower().partition(" of the ")
    return Loss(_LOSSES[kind.removesuffix("s")], UNITS.get(unit, ""))


@with_pattern(r"\d+")
def _count(text: str) -> int:
    return int(text)


@with_pattern(r"failover|restore|sync|restart")
def _order(text: str) -> str:
    return text.lower()


@dataclass(frozen=True, slots=True)
class Loss:
    """How a link is lost: by a black hole, by a refusal, or by a pulled cable, the last at one unit."""

    kind: FaultKind
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Outcomes:
    """What may become of a command: `given_up` is the bound in seconds, None where giving up is no right answer."""

    refused: bool
    given_up: float | None
    carried_out: bool


@dataclass(frozen=True, slots=True)
class Word:
    """A kind of word that a sentence may leave open: how it is read, and what QA may write there."""

    read: Callable[[str], Any]
    allowed: str


WORDS = {
    "Unit": Word(_unit, "`primary` or `secondary`: the unit that is configured so, whatever it does now"),
    "Rank": Word(_rank, "`primary` or `secondary`: the rank of a heartbeat link"),
    "Mode": Word(_mode, "`off`, `primary`, `secondary`, `failed` or `hold-off`: an effective mode"),
    "Configured": Word(
        _configured, "`off`, `primary`, `secondary`, `config-primary` or `config-secondary`: a configured mode"
    ),
    "Area": Word(_area, "`system-quarantine`, `quarantine`, `archive` or `mailboxes`: where mail data lies"),
    "Action": Word(_action, "`add`, `ignore` or `set`: a failover action"),
    "OnFailure": Word(_on_failure, "`off`, `restore-role` or `become-secondary`"),
    "Family": Word(_family, "`IPv4` or `IPv6`"),
    "Knowledge": Word(_knowledge, "`with the right password` or `with a wrong password`"),
    "Virtual": Word(_virtual, "`virtual address` or `virtual IPv6 address`: what the group shares on the mail network"),
    "Seconds": Word(_number, "a number of seconds"),
    "Minutes": Word(_number, "a number of minutes"),
    "Megabytes": Word(_number, "a number of megabytes (2**20 bytes)"),
    "Trick": Word(
        _trick,
        "`garbage`, `a wrong password`, `replayed bytes`, `an endless line` (with the group's password, at the two"
        " ports where a peer speaks first), `silence`, `half a greeting` or `a crowd of connections`: what a stranger"
        " tries",
    ),
    "Password": Word(_password, "a password " + ", ".join(f"`{each}`" for each in PASSWORDS)),
    "Difference": Word(_difference, ", ".join(f"`{each}`" for each in DIFFERENCES) + ": how two passwords differ"),
    "Guise": Word(_guise, "`its own` or `the peer's`: whose address a stranger uses"),
    "Fault": Word(_faults, ", ".join(f"`{text}`" for text in _FAULTS) + ": why both units lead"),
    "Order": Word(_order, "`failover`, `restore`, `sync` or `restart`: a command of `diagnose system ha`"),
    "Outcomes": Word(
        _outcomes,
        "one or more of `refused with a reason`, `given up within ... seconds` and `carried out`, with `or` between:"
        " what may become of a command",
    ),
    "Count": Word(_count, "a whole number"),
    "Restarts": Word(_restarts, "`reboots`, `reloads`, `shuts down` or `upgrades`"),
    "Restarted": Word(_restarted, "`rebooted`, `reloaded`, `shut down` or `upgraded`"),
    "SystemEvent": Word(_system_event, "`halt`, `reboot`, `reload` or `upgrade`: a code of the system event trap"),
    "Spelling": Word(_spelling, "`nested`, `flat` or `mixed`: in which form heartbeat interfaces are entered"),
    "Uses": Word(_uses, "`nothing`, or a list of `" + "`, `".join(USES) + "`"),
    "Loss": Word(
        _loss, "`black hole`, `refusal`, `pulled cable of the primary` or `... of the secondary` (also in the plural)"
    ),
}

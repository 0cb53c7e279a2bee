"""A profile: what the lab has to know of a kind of unit that no document says, as frozen records.

Paths are absolute in the unit's container, "" where there is none. Patterns are read line by line (re.MULTILINE). A
profile comes from a file (`lab.profiles.named`); what holds where the file says nothing is in `lab/profiles/fields.py`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache

import manual
from lab.contract import Area, Capability, Mode, Saying, Sink, Synchronized
from lab.errors import UsageError

Pattern = re.Pattern[str]

OWN = "reference"
"""Source of the reference unit's own profile."""

HANDED_ON = "SWITCHOVER_"
"""Beginning of the environment variables that tox hands on. Source: tox.ini, pass_env."""

_LEARNED = {
    Capability.SYSLOG: Capability.LOG,
    Capability.ALERT_MAIL: Capability.ALERTS,
    Capability.SNMP: Capability.TRAPS,
}
"""What a lab learns where it receives this, whatever a unit keeps."""

_EFFECTIVE = frozenset(Mode) - {Mode.UNREACHABLE}


def filled(template: str, values: Mapping[str, str]) -> str:
    """Return a template with a value for each name in braces. Raises KeyError for a name without one."""
    return re.sub(r"\{([^{}]*)\}", lambda name: values[name[1]], template)


def levelled(word: str) -> str:
    """Return a word as it is compared: without case, quotes, and the kind of its blanks."""
    return re.sub(r"[\s_-]+", "-", word.strip(" \t\"'").lower())


def _group(pattern: Pattern, page: str) -> str:
    """Return what a pattern's one group holds of a page; "" where it finds nothing, also nothing for the group."""
    found = pattern.search(page)
    return (found[1] or "") if found else ""


@cache
def _documented() -> Mapping[str, str]:
    """Return the word of 7.0 by levelled word of another version."""
    return {levelled(old): word for old, word in manual.aliases().items()}


class Secret:
    """A text that no report may hold; its own text is six stars."""

    def __init__(self, text: str) -> None:
        """Keep the text."""
        self._text = text

    def reveal(self) -> str:
        """Return the text, for the one place that needs it."""
        return self._text

    def masked(self, text: str) -> str:
        """Return a text as a report may show it, with six stars wherever this one stands in it, or its `repr`."""
        escaped = self._text.replace("\\", "\\\\")
        for form in dict.fromkeys(filter(None, (escaped.replace("'", "\\'"), escaped, self._text))):
            text = text.replace(form, str(self))
        return text

    def __str__(self) -> str:
        """Return what a report may show."""
        return "******"

    __repr__ = __str__


def no_password(variable: str) -> tuple[str, str] | None:
    """Return what is wrong with an environment variable that is to hold a password, and what to do; None for nothing.

    An empty one is what CI makes of a secret that is not set.
    """
    if os.environ.get(variable):
        return None
    by_tox = "" if variable.startswith(HANDED_ON) else f"; tox hands on only what begins with {HANDED_ON}: rename it"
    what = f"{variable} is empty in the environment" if variable in os.environ else f"the environment has no {variable}"
    return what, f"set it to the password of the units{by_tox}"


@dataclass(frozen=True, slots=True)
class Container:
    """How a unit's container is made and looked into."""

    capabilities: tuple[str, ...]
    """Linux capabilities, without CAP_."""
    command: tuple[str, ...]
    """Command instead of the image's own; none for the image's own."""
    environment: Mapping[str, str]
    """Variables, with placeholders such as {ports} in their values."""
    volume: str
    """Where a volume is mounted that outlives a loss of power, and that the lab may read."""
    disk: str
    """Where its mail disk is mounted, another such volume, which the lab may let fail."""
    pid_file: str
    """File with the process id of the HA software."""
    delay_file: str
    """File in which the lab puts the seconds by which a start is delayed; read again and again meanwhile."""
    restart_codes: tuple[int, ...]
    """Exit codes of a container that asks to be started again."""


@dataclass(frozen=True, slots=True)
class Login:
    """How an operator logs in by SSH."""

    user: str
    password_from: str
    """Environment variable of this process that holds the password; "": the lab makes one up ({password})."""
    port: int
    terminal: bool
    """Whether the shell needs a terminal; the echo of each line is cut off."""
    first: tuple[str, ...]
    """Lines at the start of each session."""

    def secret(self, made_up: str) -> Secret:
        """Return the password. Raises UsageError where the environment does not hold it."""
        if not self.password_from:
            return Secret(made_up)
        if missing := no_password(self.password_from):
            raise UsageError(*missing)
        return Secret(os.environ[self.password_from])


@dataclass(frozen=True, slots=True)
class Cli:
    """How the shell prompts, asks and refuses."""

    prompt: Pattern
    """The last line while it waits for a line."""
    question: Pattern
    """The last line while it waits for y or n."""
    refusal: Pattern
    """In the answer to a line that it refuses."""
    answer_within: float
    """Seconds for the answer to one line."""


@dataclass(frozen=True, slots=True)
class Pages:
    """Which lines print the unit's state, and how it is read; each pattern has one group but `link`."""

    status: str
    configured: Pattern
    effective: Pattern
    release: Pattern
    detail: str
    peer_release: Pattern | None
    link: Pattern | None
    """Groups `link` and `state`."""
    next_sync: Pattern | None
    """Groups `what`, `date` and `time`."""
    words: Mapping[str, str]
    """The 7.0 word by levelled printed word, beside those of either documented family."""

    def word(self, pattern: Pattern, page: str) -> str:
        """Return the 7.0 word of what a pattern finds on a page; "" where it finds nothing."""
        word = levelled(_group(pattern, page))
        return self.words.get(word) or _documented().get(word, word)

    def mode(self, page: str) -> Mode | None:
        """Return the effective mode that a status page shows; None where it shows none."""
        word = self.word(self.effective, page)
        return Mode(word) if word in _EFFECTIVE else None

    def release_in(self, page: str) -> str:
        """Return the unit's release on a status page; "" where it shows none."""
        return _group(self.release, page)

    def next_sync_in(self, page: str, what: Synchronized) -> datetime | None:
        """Return when (UTC) a detail page says that a synchronization comes next; None where it does not say it."""
        for found in self.next_sync.finditer(page) if self.next_sync else ():
            if found["what"].casefold() == what:
                with suppress(ValueError):
                    return datetime.fromisoformat(f"{found['date']}T{found['time']}").replace(tzinfo=UTC)
        return None

    def peer_release_in(self, page: str) -> str:
        """Return the peer's release on a detail page; "" where it shows none."""
        return _group(self.peer_release, page) if self.peer_release else ""


@dataclass(frozen=True, slots=True)
class Reset:
    """How a unit returns to its first state."""

    fresh: bool
    """By a fresh container; otherwise by CLI lines."""
    lines: tuple[str, ...]
    shows: tuple[str, ...]
    """Pages that read as after the first start, where the lab sees no storage."""
    first: Mode
    """Both modes in the first state."""
    within: float
    """Seconds until it is reached."""


@dataclass(frozen=True, slots=True)
class Release:
    """The releases of the firmware, and how the next one is installed; all "" for a unit without upgrades."""

    first: str
    next: str
    image: str
    """Image of the next release; of the reference unit the lab builds both."""
    file: str
    """Where the lab puts a file that the unit asks for, with {release}."""
    install: str
    """CLI line, with {release} and {server}."""
    codes: tuple[int, ...]
    """Exit codes of a container that asks for the other release's image."""


@dataclass(frozen=True, slots=True)
class Events:
    """Where a unit tells what happens: its log, its alert mails and its traps, as files on its volume."""

    log: str
    log_page: str
    """The CLI line that prints the log, where there is no file."""
    stamp: Pattern
    """Groups `date` and `time` of a line's beginning."""
    says: Mapping[Saying, Pattern]
    alerts: str
    alert_text: str
    """Key of the text in a line of JSON."""
    traps: str
    trap_keys: tuple[str, str, str]
    """Keys of name, code and reason in a line of JSON."""

    def told(self, saying: Saying, log: Iterable[str]) -> tuple[str, ...]:
        """Return what the lines of a log tell, each from the saying's words to its end; needs SAYINGS."""
        found = ((line, self.says[saying].search(line)) for line in log)
        return tuple(line[match.start() :] for line, match in found if match is not None)


@dataclass(frozen=True, slots=True)
class Mail:
    """How a unit greets, where it keeps mail, and who may read it."""

    greeting: Mapping[str, str]
    """Name in each unit's SMTP greeting."""
    queue: str
    copies: str
    """Folder of what it has copied of its peer's queue; "" where the lab cannot look into it."""
    stores: Mapping[Area, str]
    preference_file: str
    password: str
    """By which the owner of the mailbox logs in; "" where nobody can."""
    nas: str
    """Where network storage is mounted that both units have; "" for none."""
    nas_lines: tuple[str, ...]
    """CLI lines after which mail data are kept there."""


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds by which a kind of unit is slower than the lab's own limits allow."""

    slack: float
    reason: str
    """Why the slack is more than the lab's own."""
    boot: float
    settle: float


@dataclass(frozen=True, slots=True)
class UnitProfile:
    """All of it. `source` is the shipped profile's name, or the file; `digest` eight hex digits of its content."""

    name: str
    source: str
    digest: str
    wire: str
    container: Container
    login: Login
    cli: Cli
    pages: Pages
    setup: tuple[str, ...]
    """CLI lines after each first state, with placeholders."""
    reset: Reset
    release: Release
    events: Events
    mail: Mail
    times: Times
    lacking: Mapping[Capability, str]
    """What the unit has not, although the profile would allow it, and why."""

    def look_first(self, *fields: str) -> str:
        """Return the end of a message about what a unit did not do, where these fields may be wrong.

        They are those that `python -m lab check` does not try. "" for the reference unit's own profile.
        """
        return "" if self.source == OWN else f" (look first at {', '.join(fields)} of its profile {self.name!r})"

    @property
    def reports_to(self) -> frozenset[Sink]:
        """Who learns of the unit's HA events over the network."""
        return frozenset(sink for sink in Sink if sink.needs not in self.lacking)

    @property
    def keeps(self) -> frozenset[Capability]:
        """What the unit keeps where the lab can read it: its log, its alerts, its traps."""
        places = {
            Capability.LOG: self.events.log or self.events.log_page,
            Capability.ALERTS: self.events.alerts,
            Capability.TRAPS: self.events.traps,
        }
        return frozenset(what for what, place in places.items() if place)

    def lacks(self) -> Iterator[tuple[Capability, str]]:
        """Yield each capability that a lab does not have with this profile, and why."""
        told = self.keeps | {_LEARNED[sink.needs] for sink in self.reports_to}
        has_log = Capability.LOG in told
        says = has_log and Capability.LOG not in self.lacking and self.events.says.keys() == set(Saying)
        software = bool(self.container.pid_file)
        derived = (
            (Capability.STORAGE, bool(self.mail.stores), "mail storage (mail.stores and mail.queue)"),
            (Capability.NAS, bool(self.mail.nas and self.mail.nas_lines), "network storage (mail.nas, mail.nas_lines)"),
            (Capability.COPIES, bool(self.mail.copies), "place of what is copied of a queue (mail.copies)"),
            (
                Capability.SCHEDULE,
                self.pages.next_sync is not None,
                "time of the next synchronization (pages.next_sync)",
            ),
            (Capability.READING, bool(self.mail.password), "way into a mailbox (mail.password)"),
            (Capability.LOG, has_log, "log (log.file or log.page)"),
            (Capability.SAYINGS, says, "words of its log (log.says)"),
            (Capability.ALERTS, Capability.ALERTS in told, "alert mails (alerts.file)"),
            (Capability.TRAPS, Capability.TRAPS in told, "traps (traps.file)"),
            (Capability.DISK, bool(self.container.disk), "mail disk of its own (container.disk)"),
            (Capability.CRASH, software, "process of the HA software (container.pid_file)"),
            (Capability.MEMORY, software, "process of the HA software (container.pid_file)"),
            (
                Capability.BOOT_DELAY,
                bool(self.container.delay_file or self.container.restart_codes),
                "way to delay a start (container.delay_file or container.restart_codes)",
            ),
            (
                Capability.UPGRADE,
                bool(self.release.install and self.release.codes),
                "way to install a release (release.install, .codes)",
            ),
            (
                Capability.FACTORY_RESET,
                "execute factoryreset" in self.reset.lines,
                "reset by execute factoryreset (reset.lines), after which the lab still reaches the unit",
            ),
        )
        for capability, there, what in derived:
            if not there and capability not in self.lacking:
                yield capability, f"its profile {self.name!r} names no {what}"
        for capability, reason in self.lacking.items():
            yield capability, f"its profile {self.name!r} says: {reason}"

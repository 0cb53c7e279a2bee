"""The manual's frozen records: requirements, settings and their tables, words, sources, open questions."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

Path = tuple[str, ...]
"""Path of a setting, e.g. ("system ha", "interface", "<name>", "peer-ip"); "<name>" stands for any entry."""


class Level(StrEnum):
    """How a requirement binds a unit: a breach of MUST fails it, of SHOULD is discussed, of INFO does not count."""

    MUST = "MUST"
    SHOULD = "SHOULD"
    INFO = "INFO"


class Code(StrEnum):
    """Origin of a statement (see manual/README.md); each code gives a level."""

    SEED = "SEED"
    DOC = "DOC"
    SIS = "SIS"
    INF = "INF"
    MEM = "MEM"

    @property
    def level(self) -> Level:
        """The level of a statement with this origin."""
        return {Code.SEED: Level.MUST, Code.DOC: Level.MUST, Code.MEM: Level.INFO}.get(self, Level.SHOULD)


class Kind(StrEnum):
    """Type of a setting's value; words are any number of an enumeration's, in its order."""

    ENUM = "enum"
    INTEGER = "integer"
    IPV4 = "ipv4"
    IPV4MASK = "ipv4mask"
    IPV6 = "ipv6"
    IPV6MASK = "ipv6mask"
    INTERFACE = "interface"
    STRING = "string"
    WORDS = "words"
    COMPOUND = "compound"


class Form(StrEnum):
    """Spelling of a setting; OTHER is not part of `system ha`."""

    NESTED = "nested"
    FLAT = "flat"
    OTHER = "other"


class AliasKind(StrEnum):
    """Kind of an aliased word: the keyword after `set`, its value, a state in alerts and status, or a command."""

    KEYWORD = "keyword"
    VALUE = "value"
    STATE = "state"
    COMMAND = "command"


@dataclass(frozen=True, slots=True)
class Source:
    """A document that statements cite, by its code."""

    code: str
    title: str


@dataclass(frozen=True, slots=True)
class Question:
    """A point on which the documents are silent or contradict each other, and how this suite reads it."""

    id: str
    issue: str
    sources_say: str
    reading: str


@dataclass(frozen=True, slots=True)
class Clause:
    """What a unit can keep or break by itself: a part of a requirement, or all of it where it has one clause.

    `id` is the requirement's, with a letter where there are several (HA-101, HA-757.b); `reason` says why no scenario
    can judge it, `pending` what will cover it: a topic, or the scenario that is still to be written.
    """

    id: str
    text: str
    reason: str | None = None
    pending: str | None = None

    @property
    def requirement(self) -> str:
        """Id of the requirement that it belongs to."""
        return self.id.partition(".")[0]


@dataclass(frozen=True, slots=True)
class Requirement:
    """One documented behaviour with its clauses, at least one; `file` is its place, relative to the house.

    `reason` says why no scenario can judge it, `pending` which topic will cover it.
    """

    id: str
    text: str
    level: Level
    codes: tuple[Code, ...]
    file: str
    section: str
    topic: str
    applies: str
    source: tuple[str, ...]
    clauses: tuple[Clause, ...]
    note: str | None = None
    reason: str | None = None
    pending: str | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """One word of a compound setting; `twin` is the keyword and `words` the values of its nested spelling."""

    name: str
    kind: Kind
    values: tuple[str, ...] = ()
    minimum: int | None = None
    maximum: int | None = None
    key: bool = False
    twin: str | None = None
    words: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting of the CLI; the default is written as an operator would type it, `minimum` of a string is a length.

    `unprinted` lists what this project chose because the document does not print it: default, values, range, keyword.
    """

    path: Path
    keyword: str
    kind: Kind
    default: str
    applies: str
    synchronized: bool
    source: tuple[str, ...]
    form: Form
    values: tuple[str, ...] = ()
    parts: tuple[Part, ...] = ()
    minimum: int | None = None
    maximum: int | None = None
    same_as: Path | None = None
    secret: bool = False
    unprinted: tuple[str, ...] = ()
    note: str | None = None

    @property
    def default_printed(self) -> bool:
        """Whether the document prints the default; otherwise it is the reference unit's choice."""
        return "default" not in self.unprinted


@dataclass(frozen=True, slots=True)
class Table:
    """A table of entries (`edit NAME`): kind of the name, fixed names if any, largest number of entries if limited."""

    path: Path
    key: Kind
    applies: str
    synchronized: bool
    source: tuple[str, ...]
    entries: tuple[str, ...] = ()
    most: int | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Alias:
    """An old word, or a sister product's, for one of 7.0; `within` limits it to one keyword, object or command."""

    old: str
    word: str
    kind: AliasKind
    family: str
    source: tuple[str, ...]
    within: str | None = None


@dataclass(frozen=True, slots=True)
class Ancestor:
    """A command of version 3.0 from which a setting comes; informative, for ranges and defaults."""

    command: str
    meaning: str
    successor: tuple[Path, ...]
    source: tuple[str, ...]

"""How sentences are declared: the words that may stand in them, and the list from which docs/steps.md is written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

import pytest_bdd
from parse import with_pattern
from pytest_bdd import parsers

from lab.contract import Area, Family, Mode, Rank

F = TypeVar("F", bound=Callable[..., Any])
Phase = Literal["given", "when", "then"]


@dataclass(frozen=True, slots=True)
class Sentence:
    """One declared sentence: its phase, its text with fields in braces, and the function behind it."""

    phase: Phase
    text: str
    function: Callable[..., Any]


SENTENCES: list[Sentence] = []
"""Every sentence of the modules imported so far, in order of declaration."""


@with_pattern(r"primary|secondary")
def _unit(text: str) -> str:
    return {"primary": "P", "secondary": "S"}[text.lower()]


@with_pattern(r"primary|secondary")
def _rank(text: str) -> Rank:
    return Rank(text.lower())


@with_pattern(r"off|primary|secondary|failed|hold-off")
def _mode(text: str) -> Mode:
    return Mode(text.lower())


@with_pattern(r"system-quarantine|quarantine|archive|mailboxes")
def _area(text: str) -> Area:
    return Area(text.lower())


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


@with_pattern(r"\d+(?:\.\d+)?")
def _seconds(text: str) -> float:
    return float(text)


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
    "Virtual": Word(_virtual, "`virtual address` or `virtual IPv6 address`: what the group shares on the mail network"),
    "Seconds": Word(_seconds, "a number of seconds"),
}


def given(text: str) -> Callable[[F], F]:
    """Declare a sentence that brings a scenario into its first state."""
    return _declare("given", text)


def when(text: str) -> Callable[[F], F]:
    """Declare a sentence that does what the scenario is about."""
    return _declare("when", text)


def then(text: str) -> Callable[[F], F]:
    """Declare a sentence that asserts."""
    return _declare("then", text)


def _declare(phase: Phase, text: str) -> Callable[[F], F]:
    parser = parsers.parse(text, {name: word.read for name, word in WORDS.items()})

    def decorate(function: F) -> F:
        SENTENCES.append(Sentence(phase, text, function))
        # stacklevel: the sentence belongs to the module that declares it, two frames up from pytest-bdd.
        bind = pytest_bdd.step(parser, type_=phase, stacklevel=2)
        bind(function)
        return function

    return decorate

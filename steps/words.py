"""How sentences are declared, and the list of them from which docs/steps.md is written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

import pytest_bdd
from pytest_bdd import parsers

from lab.schedule import Frame, What
from steps.fields import WORDS

F = TypeVar("F", bound=Callable[..., Any])
Phase = Literal["given", "when", "then"]
Table = list[list[str]]
"""What stands below a sentence: rows of cells, the head first."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """One declared sentence: its phase, its text with fields in braces, and the function behind it."""

    phase: Phase
    text: str
    function: Callable[..., Any]


SENTENCES: list[Sentence] = []
"""Every sentence of the modules imported so far, in order of declaration."""


def given(text: str) -> Callable[[F], F]:
    """Declare a sentence that brings a scenario into its first state."""
    return _declare("given", text)


def when(text: str) -> Callable[[F], F]:
    """Declare a sentence that does what the scenario is about."""
    return _declare("when", text)


def then(text: str) -> Callable[[F], F]:
    """Declare a sentence that asserts."""
    return _declare("then", text)


_FIELDS = {"unit": "{unit:Unit}", "link": "{rank:Rank}"}
"""The open places of a phrase, as sentences have them."""


def said(what: What, frame: Frame = Frame.HAPPENS) -> str:
    """Return the sentence for something that can happen to a pair."""
    return what.value.said(frame).format(**_FIELDS)


def _declare(phase: Phase, text: str) -> Callable[[F], F]:
    parser = parsers.parse(text, {name: word.read for name, word in WORDS.items()})

    def decorate(function: F) -> F:
        if any((each.phase, each.text) == (phase, text) for each in SENTENCES):
            raise ValueError(f"declared twice: {phase} {text}")
        SENTENCES.append(Sentence(phase, text, function))
        # stacklevel: the sentence belongs to the module that declares it, two frames up from pytest-bdd.
        bind = pytest_bdd.step(parser, type_=phase, stacklevel=2)
        bind(function)
        return function

    return decorate

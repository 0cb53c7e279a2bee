"""How phrases are declared, once each, and the list of them from which docs/steps.md is written."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

import parse
import pytest_bdd
from pytest_bdd.parsers import StepParser

from lab import frames
from lab.contract import Capability
from lab.frames import Frame
from lab.schedule import What
from steps.actions import Action
from steps.fields import WORDS
from steps.scene import Scene

F = TypeVar("F", bound=Callable[..., Any])
A = TypeVar("A", bound=Callable[..., Action])
Phase = Literal["given", "when", "then"]
Needed = Capability | Callable[..., Iterable[Capability]]
"""What a lab must be able to do: always, or told from words of a sentence, and its `datatable`, by their names."""
Table = list[list[str]]
"""What stands below a sentence: rows of cells, the head first."""

_READ = {name: word.read for name, word in WORDS.items()}


@dataclass(frozen=True, slots=True)
class Sentence:
    """One declared phrase: where it may stand and in which frame, its text as declared, and the function behind it."""

    said: Mapping[Phase, Frame]
    text: str
    function: Callable[..., Any]
    needs: Sequence[Needed] = ()

    def forms(self, phase: Phase) -> list[str]:
        """What it looks like in a phase, of one link and of both where it is about links; in a Then in either frame."""
        asked = [self.said[phase], *([Frame.HAPPENED] if phase == "then" else [])]
        numbers = ((False, "{links:OneLink}"), (True, "{links:BothLinks}")) if LINKS in self.text else ((False, ""),)
        forms = [
            frames.said(self.text, frame, several=several).replace(LINKS, field)
            for frame in asked
            for several, field in numbers
        ]
        return list(dict.fromkeys(forms))


SENTENCES: list[Sentence] = []
"""Every phrase of the modules imported so far, in order of declaration."""

LINKS = "{links:Links}"
"""The place of the heartbeat links in a phrase whose subject they are."""

_FIELDS = {"the {unit}": "{units:Units}", "{links}": LINKS, "{uses}": "{uses:Uses}", "{cable}": "{cable:Cable}"}
"""The open places of a phrase of `lab.schedule`, as sentences have them."""


def given(text: str, *needs: Needed) -> Callable[[F], F]:
    """Declare a state in which a scenario begins: a topology, or a setting."""

    def decorate(function: F) -> F:
        _declare(Sentence({"given": Frame.HAPPENED}, text, function, needs), {"given": function})
        return function

    return decorate


def action(text: str, *needs: Needed) -> Callable[[A], A]:
    """Declare something that is done: in a When now, in a Given before what the scenario is about.

    The function tells what is done, and does nothing by itself.
    """

    def decorate(function: A) -> A:
        def doing(frame: Frame) -> Callable[..., None]:
            @functools.wraps(function)
            def run(scene: Scene, **words: Any) -> None:  # noqa: ANN401 - what the sentence leaves open
                scene.carry_out(function(scene=scene, **words), frame)

            return run

        said: dict[Phase, Frame] = {"given": Frame.HAPPENED, "when": Frame.HAPPENS}
        runs = {phase: doing(frame) for phase, frame in said.items()}
        _declare(Sentence(said, text, function, needs), runs)
        return function

    return decorate


def outcome(text: str, *needs: Needed) -> Callable[[F], F]:
    """Declare something that comes about: asserted in a Then, awaited in a Given.

    A function with a parameter `frame` is told which, since a Then does not wait for what must be so at once.
    """

    def decorate(function: F) -> F:
        @functools.wraps(function)
        def awaited(**words: Any) -> None:  # noqa: ANN401 - what the sentence leaves open
            function(**words, frame=Frame.HAPPENED)

        said: dict[Phase, Frame] = {"given": Frame.HAPPENED, "then": Frame.HAPPENS}
        waits = "frame" in inspect.signature(function).parameters
        runs: dict[Phase, Callable[..., Any]] = {"given": awaited if waits else function, "then": function}
        _declare(Sentence(said, text, function, needs), runs)
        return function

    return decorate


def said(what: What) -> str:
    """Return the phrase for something that can happen to a pair, with places for its words."""
    text = what.value.words
    for place, field in _FIELDS.items():
        text = text.replace(place, field)
    return text


def parser_of(sentence: Sentence, phase: Phase) -> StepParser:
    """Return what reads a phrase in one phase."""
    return _Parser(sentence.forms(phase))


class _Parser(StepParser):
    """Reads a step by any of the forms that a phrase has in one phase."""

    def __init__(self, forms: Sequence[str]) -> None:
        """Compile the forms."""
        super().__init__(" | ".join(forms))
        self._forms = [parse.compile(form, _READ) for form in forms]

    def parse_arguments(self, name: str) -> dict[str, Any] | None:
        """Return the words of a step that has one of the forms."""
        found = next((found for form in self._forms if (found := form.parse(name)) is not None), None)
        return None if found is None else dict(found.named)

    def is_matching(self, name: str) -> bool:
        """Whether a step has one of the forms."""
        return any(form.parse(name, evaluate_result=False) is not None for form in self._forms)


def _declare(sentence: Sentence, run: Mapping[Phase, Callable[..., Any]]) -> None:
    for other in SENTENCES:
        if sentence.said.keys() & other.said.keys() and sentence.text == other.text:
            raise ValueError(f"declared twice: {sentence.text}")
    SENTENCES.append(sentence)
    for phase, function in run.items():
        # stacklevel: the sentence belongs to the module that declares it, three frames up from pytest-bdd.
        pytest_bdd.step(parser_of(sentence, phase), type_=phase, stacklevel=3)(function)
        vars(function)["needs"] = sentence.needs  # read before the scenario begins (fixtures.step_index)

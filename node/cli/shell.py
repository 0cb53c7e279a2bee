"""The operator's shell: one line in, text out; it does no input or output of its own."""

from __future__ import annotations

from node.cli.commands import AtOnce, Confirmed, Enter, Handler, Known, Leave, commands, lines, with_arguments
from node.cli.editor import Editor
from node.cli.system import System
from node.settings import Refused, SecondaryRefused
from node.settings.refusal import allowed, quoted
from node.settings.script import split

QUESTION = "Do you want to continue? (y/n)"
"""Source: D.3-2."""


class Shell:
    """One operator's session on a unit. Source: D.3; HA-750 to HA-752.

    Feed it lines; after each, print what it returned and then `prompt`. A refused line changes nothing, its output
    has a line that begins with "Command fail", and `refused` is true.
    """

    def __init__(self, system: System) -> None:
        """Start at the top level."""
        self._system = system
        self._editor = Editor(system)
        self._asked: Handler | None = None
        self._refused = False
        self._closed = False

    @property
    def prompt(self) -> str:
        """The prompt of the next line: host name and object, or the question that waits for y or n."""
        if self._asked is not None:
            return QUESTION
        scope = self._editor.scope
        inside = f" ({scope[-1].split()[-1]})" if scope else ""
        return f"{self._system.hostname}{inside} # "

    @property
    def refused(self) -> bool:
        """Whether the last line was refused."""
        return self._refused

    @property
    def closed(self) -> bool:
        """Whether the operator has left."""
        return self._closed

    def feed(self, line: str) -> str:
        """Carry out one line and return what it prints, each printed line with its end; "" for nothing."""
        self._refused = False
        if self._closed:
            return ""
        try:
            text = self._answer(line.strip()) if self._asked is not None else self._run(line.strip())
        except SecondaryRefused as refused:  # D.3-3
            self._refused = True
            text = f"{refused.reason}\nCommand failed(-38). Error string: it is synchronized; set it on the primary"
        except Refused as refused:
            self._refused = True
            text = f"Command fail. {refused.reason}"
        return text if not text or text.endswith("\n") else f"{text}\n"

    def _run(self, line: str) -> str:
        if not line or line.startswith("#"):
            return ""
        words = split(line)
        if line.endswith("?") and words[-1] == "?":
            return lines((self._editor.following if self._editor.scope else self._next_words)(words[:-1]))
        if self._editor.scope:
            return lines(self._editor.feed(words))
        command = commands().get(tuple(words)) or with_arguments(words)
        if command is None:
            raise self._unknown(words)
        return self._carry_out(command)

    def _carry_out(self, command: Known) -> str:
        match command:
            case AtOnce(handler):
                return handler(self._system)
            case Confirmed(handler):
                self._asked = handler
            case Enter(name):
                self._editor.open(name)
            case Leave():
                self._closed = True
        return ""

    def _answer(self, line: str) -> str:
        if line.lower() not in {"y", "n"}:
            raise Refused(f"{quoted(line)} is no answer; {allowed(['y', 'n'])}")
        asked, self._asked = self._asked, None
        return asked(self._system) if asked is not None and line.lower() == "y" else ""

    def _next_words(self, words: list[str]) -> tuple[str, ...]:
        """The words that may come next at the top level."""
        depth = len(words)
        return tuple(
            dict.fromkeys(known[depth] for known in commands() if known[:depth] == tuple(words) and len(known) > depth)
        )

    def _unknown(self, words: list[str]) -> Refused:
        """Name the first wrong word of a command, and the words that are allowed there."""
        known = 0
        while known < len(words) and words[known] in self._next_words(words[:known]):
            known += 1
        choices = self._next_words(words[:known])
        if known == len(words):
            return Refused(f"the command is not complete; {allowed(choices)}")
        if not choices:
            return Refused(f"{quoted(words[known])} is one word too many after {' '.join(words[:known])}")
        return Refused(f"{quoted(words[known])} is not known here; {allowed(choices)}")

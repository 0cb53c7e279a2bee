"""The shell of a wrong unit: the reference's, with other output."""

from __future__ import annotations

from node.cli import Shell
from node.cli.system import System
from wrong.record import Pages, Printed, Sessions, WrongUnit


class WrongShell:
    """One operator's session on a wrong unit (`node.build.Session`)."""

    def __init__(self, unit: WrongUnit, system: System) -> None:
        """Start at the top level."""
        self._shell = Shell(system)
        self._system = system
        self._pages = tuple(each for each in unit.substitutions if isinstance(each, Pages))
        self._sessions = tuple(each for each in unit.substitutions if isinstance(each, Sessions))
        self._refused = False

    @property
    def prompt(self) -> str:
        """What stands before the next line."""
        prompt = self._shell.prompt
        for each in self._sessions:
            prompt = each.prompt(prompt)
        return prompt

    @property
    def refused(self) -> bool:
        """Whether the last line was refused."""
        return self._refused

    @property
    def closed(self) -> bool:
        """Whether the operator has left."""
        return self._shell.closed

    def feed(self, line: str) -> str:
        """Carry out one line and return what this unit prints."""
        for session in self._sessions:
            line = session.enter(line, self._shell.prompt)
        printed = Printed(self._shell.feed(line), self._shell.refused)
        for each in self._pages:
            printed = each.say(line, printed, self._system)
        self._refused = printed.refused
        return printed.text

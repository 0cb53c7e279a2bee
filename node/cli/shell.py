"""The operator's shell: one line in, text out; it does no input or output of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

from manual import AliasKind, alias_rows
from node.cli import pages
from node.cli.editor import Editor
from node.cli.system import System
from node.engine.modes import Command, Mode
from node.settings import Configuration, Refused, SecondaryRefused, checksum, schema
from node.settings.refusal import allowed, quoted
from node.settings.schema import Path
from node.settings.script import split

QUESTION = "Do you want to continue? (y/n)"
"""Source: D.3-2."""

Words = tuple[str, ...]
_HA = ("diagnose", "system", "ha")
_ORDERS = {word: Command(word) for word in ("sync", "failover", "restore", "restart")}
_ASKED = {word: Command(word) for word in ("reboot", "reload", "shutdown")}
_IMAGE = ("execute", "restore", "image")
_SOURCES = ("ftp", "tftp")


class Shell:
    """One operator's session on a unit. Source: D.3; HA-750 to HA-752.

    Feed it lines; after each, print what it returned and then `prompt`. A refused line changes nothing, its output
    has a line that begins with "Command fail", and `refused` is true.
    """

    def __init__(self, system: System) -> None:
        """Start at the top level."""
        self._system = system
        self._editor = Editor(system)
        self._asked: Callable[[], str] | None = None
        self._refused = False
        self._closed = False
        self._commands = self._build()

    @property
    def prompt(self) -> str:
        """What stands before the next line: host name and object, or the question that waits for y or n."""
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
        """Carry out one line and return what it prints, each line ended; "" when it prints nothing."""
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
            return _lines((self._editor.following if self._editor.scope else self._next_words)(words[:-1]))
        if self._editor.scope:
            return _lines(self._editor.feed(words))
        command = self._commands.get(tuple(words)) or self._with_arguments(words)
        if command is None:
            raise self._unknown(words)
        return command()

    def _with_arguments(self, words: list[str]) -> Callable[[], str] | None:
        """The commands that take words of the operator's own choice; None for any other."""
        match words:
            case ["execute", "restore", "image", source, file, server] if source in _SOURCES:
                return lambda: self._ask(partial(self._system.install, file, server))
            case ["execute", "reload", daemon]:
                raise Refused(f"there is no daemon {quoted(daemon)} that reloads by itself; use execute reload")
        return None

    def _answer(self, line: str) -> str:
        if line.lower() not in {"y", "n"}:
            raise Refused(f"{quoted(line)} is no answer; {allowed(['y', 'n'])}")
        asked, self._asked = self._asked, None
        return asked() if asked is not None and line.lower() == "y" else ""

    def _build(self) -> dict[Words, Callable[[], str]]:
        """Every command of the top level, word by word."""
        system = self._system
        commands: dict[Words, Callable[[], str]] = {
            ("get", "system", "status"): lambda: _lines(pages.system_status(system)),
            ("get", "system", "ha", "status"): lambda: _lines(pages.ha_status(system)),
            ("show",): lambda: _lines(pages.show_all(system.configuration)),
            (*_HA, "log"): lambda: _lines(system.event_log()),
            (*_HA, "showcsum"): lambda: checksum(system.configuration),
            ("exit",): self._exit,
            ("quit",): self._exit,
        }
        for name in schema.objects():
            commands["config", *name.split()] = partial(self._config, name)
            commands["get", *name.split()] = partial(self._page, pages.get, name)
            commands["show", *name.split()] = partial(self._page, pages.show, name)
        for word, order in _ORDERS.items():
            commands[*_HA, word] = partial(self._order, order)
        for word, order in _ASKED.items():
            commands["execute", word] = partial(self._ask, partial(system.operate, order))
        commands["execute", "factoryreset"] = lambda: self._ask(system.factory_reset)
        commands["execute", "formatmaildisk"] = lambda: self._ask(system.format_mail_disk)
        for source in _SOURCES:
            commands[*_IMAGE, source] = partial(self._lacks_image, source)
        for row in alias_rows():
            if row.kind is AliasKind.COMMAND and row.within is not None:
                commands[*row.within.split(), row.old] = commands[*row.within.split(), row.word]
        return commands

    def _next_words(self, words: list[str]) -> tuple[str, ...]:
        """The words that may follow at the top level."""
        depth = len(words)
        return tuple(
            dict.fromkeys(
                known[depth] for known in self._commands if known[:depth] == tuple(words) and len(known) > depth
            )
        )

    def _unknown(self, words: list[str]) -> Refused:
        """Say at which word a command went wrong, and what could have stood there."""
        known = 0
        while known < len(words) and words[known] in self._next_words(words[:known]):
            known += 1
        choices = self._next_words(words[:known])
        if known == len(words):
            return Refused(f"the command is not complete; {allowed(choices)}")
        if not choices:
            return Refused(f"{quoted(words[known])} is one word too many after {' '.join(words[:known])}")
        return Refused(f"{quoted(words[known])} is not known here; {allowed(choices)}")

    def _config(self, name: str) -> str:
        self._editor.open(name)
        return ""

    def _page(self, page: Callable[[Configuration, Path], Iterable[str]], name: str) -> str:
        return _lines(page(self._system.configuration, (name,)))

    def _order(self, command: Command) -> str:
        if self._system.status().configured is Mode.OFF:
            raise Refused(f"{pages.DISABLED}; set mode in config system ha first")
        return self._system.operate(command)

    def _ask(self, action: Callable[[], str]) -> str:
        self._asked = action
        return ""

    def _lacks_image(self, source: str) -> str:
        raise Refused(f"the command is not complete; use {' '.join(_IMAGE)} {source} <file> <server>")

    def _exit(self) -> str:
        self._closed = True
        return ""


def _lines(lines: Iterable[str]) -> str:
    return "\n".join(lines)

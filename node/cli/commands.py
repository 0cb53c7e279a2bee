"""The commands of the shell's top level: what each does on a unit, and which ask for confirmation."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache, partial
from typing import Final

from manual import AliasKind, alias_rows
from node.cli import pages
from node.cli.system import System
from node.engine.modes import Command, Mode
from node.settings import Configuration, Refused, checksum, schema
from node.settings.schema import Path

Words = tuple[str, ...]
Handler = Callable[[System], str]
"""Carries a command out on a unit, and returns what it prints."""

_HA = ("diagnose", "system", "ha")
_ORDERS = {word: Command(word) for word in ("sync", "failover", "restore", "restart")}
_CONFIRMED = {word: Command(word) for word in ("reboot", "reload", "shutdown")}
_IMAGE = ("execute", "restore", "image")
_SOURCES = ("ftp", "tftp")


@dataclass(frozen=True, slots=True)
class AtOnce:
    """A command that is carried out at once."""

    handler: Handler


@dataclass(frozen=True, slots=True)
class Confirmed:
    """A command that is carried out when the operator has answered y. Source: D.3-2."""

    handler: Handler


@dataclass(frozen=True, slots=True)
class Enter:
    """`config <object>`: the next lines configure that object."""

    name: str


@dataclass(frozen=True, slots=True)
class Leave:
    """The end of the session."""


Known = AtOnce | Confirmed | Enter | Leave
LEAVE: Final = Leave()


@cache
def commands() -> Mapping[Words, Known]:
    """Every command without arguments; the same for each session."""
    known: dict[Words, Known] = {
        ("get", "system", "status"): AtOnce(partial(_page, pages.system_status)),
        ("get", "system", "ha", "status"): AtOnce(partial(_page, pages.ha_status)),
        ("show",): AtOnce(lambda system: lines(pages.show_all(system.configuration))),
        (*_HA, "log"): AtOnce(lambda system: lines(system.event_log())),
        (*_HA, "showcsum"): AtOnce(lambda system: checksum(system.configuration)),
        ("exit",): LEAVE,
        ("quit",): LEAVE,
    }
    for name in schema.objects():
        known["config", *name.split()] = Enter(name)
        known["get", *name.split()] = AtOnce(partial(_part, pages.get, name))
        known["show", *name.split()] = AtOnce(partial(_part, pages.show, name))
    for word, order in _ORDERS.items():
        known[*_HA, word] = AtOnce(partial(_order, order))
    for word, order in _CONFIRMED.items():
        known["execute", word] = Confirmed(partial(_operate, order))
    known["execute", "factoryreset"] = Confirmed(lambda system: system.factory_reset())
    known["execute", "formatmaildisk"] = Confirmed(lambda system: system.format_mail_disk())
    for source in _SOURCES:
        known[*_IMAGE, source] = AtOnce(partial(_lacks_image, source))
    for row in alias_rows():
        if row.kind is AliasKind.COMMAND and row.within is not None:
            known[*row.within.split(), row.old] = known[*row.within.split(), row.word]
    return known


def with_arguments(words: list[str]) -> Known | None:
    """The command with arguments that these words are; None for any other."""
    match words:
        case ["execute", "restore", "image", source, file, server] if source in _SOURCES:
            return Confirmed(lambda system: system.install(file, server))
    return None


def lines(text: Iterable[str]) -> str:
    """Several lines as one text."""
    return "\n".join(text)


def _page(page: Callable[[System], Iterable[str]], system: System) -> str:
    return lines(page(system))


def _part(page: Callable[[Configuration, Path], Iterable[str]], name: str, system: System) -> str:
    return lines(page(system.configuration, (name,)))


def _operate(command: Command, system: System) -> str:
    return system.operate(command)


def _order(command: Command, system: System) -> str:
    if system.status().configured is Mode.OFF:
        raise Refused(f"{pages.DISABLED}; set mode in config system ha first")
    return system.operate(command)


def _lacks_image(source: str, _: System) -> str:
    raise Refused(f"the command is not complete; use {' '.join(_IMAGE)} {source} <file> <server>")

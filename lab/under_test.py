"""Which implementation each unit of the pair is, as `--unit` says it: `[P=|S=]KIND:ID`."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from dataclasses import dataclass
from types import ModuleType

from lab.errors import UsageError

REFERENCE = "reference"
"""The implementation of a unit that `--unit` does not name."""

KINDS = {"wrong": "wrong.catalogue"}
"""Kinds of units besides the reference, each with the module that knows their ids (`known`).

The module is imported only when it is needed: the suite knows units by name only.
"""

HELP = "unit under test: reference or wrong:NAME; P=wrong:NAME or S=wrong:NAME for one of the two (repeatable)"
"""Help text of `--unit`."""


@dataclass(frozen=True, slots=True)
class UnderTest:
    """The implementation of the configured primary (P) and of the configured secondary (S)."""

    primary: str = REFERENCE
    secondary: str = REFERENCE

    @classmethod
    def named(cls, *words: str) -> UnderTest:
        """Read the values of `--unit`; a unit that none of them names is the reference.

        Raises UsageError for a unit that is named twice, and for one that does not exist.
        """
        named: dict[str, str] = {}
        for word in words:
            letter, equals, name = word.rpartition("=")
            if equals and letter not in {"P", "S"}:
                raise UsageError(f"there is no unit {letter!r} of the pair", "say --unit P=... or --unit S=...")
            for each in letter if equals else "PS":
                if each in named:
                    raise UsageError(f"--unit names unit {each} twice", f"leave {named[each]} or {name} out")
                named[each] = name
        for name in named.values():
            _check(name)
        return cls(named.get("P", REFERENCE), named.get("S", REFERENCE))

    def __getitem__(self, unit: str) -> str:
        """Return the implementation of unit P or S."""
        return {"P": self.primary, "S": self.secondary}[unit]

    @property
    def words(self) -> tuple[str, ...]:
        """Values of `--unit` that choose these units; none for a pair of references."""
        if self.primary == self.secondary:
            return () if self.primary == REFERENCE else (self.primary,)
        return tuple(f"{unit}={self[unit]}" for unit in "PS" if self[unit] != REFERENCE)

    @property
    def options(self) -> tuple[str, ...]:
        """Arguments of a command that choose these units."""
        return tuple(argument for word in self.words for argument in ("--unit", word))

    def __str__(self) -> str:
        """Return the text for a report: `reference`, `wrong:NAME`, `P=wrong:NAME`."""
        return " ".join(self.words) or REFERENCE


def module_of(kind: str) -> ModuleType:
    """Import the module that knows the units of a kind."""
    return importlib.import_module(KINDS[kind])


def _check(name: str) -> None:
    """Raise UsageError, with the known names, for an implementation that does not exist."""
    kind, _, which = name.partition(":")
    if name == REFERENCE or (kind in KINDS and which in module_of(kind).known()):
        return
    known: Sequence[str] = (REFERENCE, *(f"{kind}:{which}" for kind in KINDS for which in module_of(kind).known()))
    raise UsageError(f"there is no unit called {name!r}; use one of: {', '.join(known)}", "choose another --unit")

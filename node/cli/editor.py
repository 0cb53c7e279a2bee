"""The configuration part of the CLI: scopes opened by `config` and `edit`, whose changes wait until they are saved."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from node.cli import pages
from node.cli.system import System
from node.settings import Configuration, Refused, SecondaryRefused, changes, rebase, schema, views
from node.settings.refusal import allowed, quoted
from node.settings.schema import Path
from node.settings.script import assign


@dataclass(slots=True)
class Frame:
    """One open scope, and the draft as it was when the scope opened, to which `abort` returns."""

    scope: Path
    before: Configuration


class Editor:
    """Open scopes, innermost last, over one draft of the configuration.

    `end` at the outermost scope saves, and so does `next` in an entry of an outermost table; `abort` leaves the
    innermost scope without its changes. Source: HA-750 to HA-752.
    """

    def __init__(self, system: System) -> None:
        """Start with no scope open."""
        self._system = system
        self._frames: list[Frame] = []
        self._base: Configuration
        self._draft: Configuration

    @property
    def scope(self) -> Path:
        """Path of the innermost scope; () at the top."""
        return self._frames[-1].scope if self._frames else ()

    def open(self, name: str) -> None:
        """`config <object>` at the top, which is one that the commands know."""
        self._base = self._draft = self._system.configuration
        self._frames = [Frame((name,), self._draft)]

    def verbs(self) -> tuple[str, ...]:
        """The words that may begin a line in this scope. Source: HA-751."""
        if schema.is_table(self.scope):
            return ("edit", "delete", "purge", "get", "show", "abort", "end")
        inner = ("config",) if schema.tables(self.scope) else ()
        following = ("next",) if self._in_entry() else ()
        return (*inner, "set", "unset", "get", "show", *following, "abort", "end")

    def following(self, words: list[str]) -> Iterable[str]:
        """What may come after these words, for `?`."""
        match words:
            case []:
                return self.verbs()
            case ["config"]:
                return schema.tables(self.scope)
            case ["edit" | "delete"]:
                return self._draft.entries(self.scope)
            case ["set" | "unset"]:
                names = (setting.keyword for setting in schema.fields(self.scope))
                return [name for name in names if self._draft.offers((*self.scope, name))]
            case ["set", word]:
                setting = schema.find((*self.scope, schema.keyword(self.scope, word)))
                return setting.values or (f"<{setting.kind}>",)
            case _:
                return ()

    def feed(self, words: list[str]) -> list[str]:
        """Carry out one line in the innermost scope and return what it prints; raises Refused."""
        verb, rest = words[0], words[1:]
        if verb not in self.verbs():
            raise Refused(f"{quoted(verb)} is not a command in ({self.scope[-1]}); {allowed(self.verbs())}")
        match verb:
            case "set":
                self._set(rest)
            case "get" | "show":
                _expect(verb, rest, 0)
                return list((pages.get if verb == "get" else pages.show)(self._draft, self.scope))
            case "config" | "edit" | "delete" | "unset":
                _expect(verb, rest, 1)
                {"config": self._config, "edit": self._edit, "delete": self._delete, "unset": self._unset}[verb](
                    rest[0]
                )
            case _:
                _expect(verb, rest, 0)
                leave: dict[str, Callable[[], None]] = {"next": self._next, "end": self._end, "abort": self._abort}
                leave.get(verb, self._purge)()
        return []

    def _in_entry(self) -> bool:
        return schema.is_entry(self.scope)

    def _config(self, name: str) -> None:
        if name not in schema.tables(self.scope):
            raise Refused(f"{quoted(name)} is not a table here; {allowed(schema.tables(self.scope))}")
        self._frames.append(Frame((*self.scope, name), self._draft))

    def _edit(self, name: str) -> None:
        before, path = self._draft, (*self.scope, name)
        self._accept(before.with_entry(path))
        self._frames.append(Frame(path, before))

    def _set(self, words: list[str]) -> None:
        if words:
            path = (*self.scope, schema.keyword(self.scope, words[0]))
            if path in views.BY_MODE and not self._draft.offers(path):
                mode = self._draft.get((schema.HA, "mode"))
                raise Refused(f"{quoted(words[0])} is no setting of a unit whose mode is {mode}")
            self._guard(path)
        self._draft = assign(self._draft, self.scope, words)

    def _unset(self, word: str) -> None:
        path = (*self.scope, schema.keyword(self.scope, word))
        self._guard(path)
        self._draft = self._draft.without(path)

    def _delete(self, name: str) -> None:
        self._accept(self._draft.without((*self.scope, name)))

    def _purge(self) -> None:
        self._accept(self._draft.without(self.scope))

    def _accept(self, draft: Configuration) -> None:
        """Accept a change of whole entries, unless only the primary may change them."""
        for path in sorted(changes(self._draft, draft)):
            self._guard(path)
        self._draft = draft

    def _next(self) -> None:
        if len(self._frames) == 2:  # noqa: PLR2004 - an entry of an outermost table
            self._save()
        self._frames.pop()
        self._frames[-1].before = self._draft

    def _end(self) -> None:
        remaining = self._frames[: -2 if self._in_entry() else -1]
        if not remaining:
            self._save()
        self._frames = remaining

    def _abort(self) -> None:
        entry = self._in_entry()
        self._draft = self._frames.pop().before
        if entry:
            self._frames.pop()

    def _save(self) -> None:
        """Hand the changes to the body; changes by a synchronization in the meantime stay."""
        changed = changes(self._base, self._draft)
        if not changed:
            return
        for path in sorted(changed):
            self._guard(path)
        self._system.commit(rebase(self._base, self._draft, self._system.configuration))
        self._base = self._draft = self._system.configuration

    def _guard(self, path: Path) -> None:
        if schema.is_synchronized(path) and pages.is_locked(self._system.status()):
            raise SecondaryRefused(path[-1])


def _expect(verb: str, rest: list[str], count: int) -> None:
    """Refuse missing and extra words."""
    if len(rest) > count:
        raise Refused(f"{quoted(rest[count])} is one word too many after {verb}")
    if len(rest) < count:
        raise Refused(f"{verb} needs a name")

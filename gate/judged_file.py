"""Keeps what a hunt for mutants has judged, line by line, so that an interrupted one goes on where it was.

The first line is a digest of the code, the features and the selection: results hold for no other.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from gate.mutations import Mutant
from gate.survivors import Name, name_of
from gate.trials import Judged, Result

_APART = {"gate", "reports", "tests", ".tox", ".venv"}
"""Folders that decide about no verdict."""


def digest(selection: Sequence[str]) -> str:
    """Return a digest of the code below the working folder, its data, the features, and the selection."""
    total = hashlib.sha256(repr(list(selection)).encode())
    for path in sorted(_deciding()):
        total.update(f"{path}\n".encode() + path.read_bytes())
    return total.hexdigest()


def _deciding() -> Iterator[Path]:
    """Yield all of the rooms from which a module is imported: some modules are imported only by a scenario."""
    here = Path.cwd()
    files = [Path(str(module.__file__)) for module in list(sys.modules.values()) if getattr(module, "__file__", None)]
    rooms = {file.relative_to(here).parts[0] for file in files if file.is_relative_to(here)}
    yield from Path().glob("*.py")
    for room in {*rooms, "features"} - _APART:
        yield from (path for path in Path(room).rglob("*") if path.suffix in {".py", ".toml", ".feature"})


def read(path: Path, state: str, mutants: Iterable[Mutant]) -> dict[Name, Judged]:
    """Return what was judged in the same state; nothing where there is no such file, or it tells of another state."""
    try:
        of, records = _told(path)
    except UnreadableError:
        return {}
    there = {name_of(mutant): mutant for mutant in mutants}
    judged = {}
    for told in records if of == state else []:
        name = (told["module"], told["key"])
        if name in there and told["result"] != Result.LOST:  # which is no result: it is tried again
            judged[name] = Judged(there[name], Result(told["result"]), told["verdict"], told["where"])
    return judged


class UnreadableError(Exception):
    """A file holds no results; the text says what to do."""


def caught(path: Path) -> frozenset[Name]:
    """Return what was caught in whatever state. Raises UnreadableError."""
    _, records = _told(path)
    return frozenset((told["module"], told["key"]) for told in records if Result(told["result"]).caught)


def _told(path: Path) -> tuple[str, list[dict[str, str]]]:
    """Return the state of a file, and its records; a run that was killed may leave half a line at its end."""
    try:
        head, *lines = path.read_text(encoding="utf-8").splitlines()
        state, records = str(json.loads(head)["state"]), []
        for line in lines:
            with contextlib.suppress(ValueError):
                records.append(json.loads(line))
    except (OSError, ValueError, KeyError, TypeError) as error:
        problem = f"{path} holds no results of mutants ({type(error).__name__})"
        raise UnreadableError(f"{problem}; name the --out of an earlier run") from error
    return state, records


def write(path: Path, state: str, judged: Iterable[Judged]) -> None:
    """Write a file anew; raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [{"state": state}, *map(_record, judged)]
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines), encoding="utf-8")


def add(path: Path, judged: Judged) -> None:
    """Add a result."""
    with path.open("a", encoding="utf-8") as file:
        file.write(f"{json.dumps(_record(judged))}\n")


def _record(judged: Judged) -> Mapping[str, str]:
    module, key = name_of(judged.mutant)
    return {
        "module": module,
        "key": key,
        "result": judged.result,
        "verdict": judged.verdict,
        "where": judged.where,
        "place": f"{judged.mutant.source.path}:{judged.mutant.change.line}",
    }

"""How mail data are merged: the primary's are added to a unit's own, and nothing is deleted.

The simulation calls this rule. The Linux body runs rsync, and a test compares rsync with the rule.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from typing import TypeVar

T = TypeVar("T")

LEFT_OUT = (
    "dovecot.index*",
    "dovecot.list.index*",
    "dovecot.mailbox.log*",
    "*.lock",
    "tmp/*",
)
"""Files that are not copied, as rsync's patterns: those that each unit makes for itself, and unfinished deliveries."""


def merged(own: Mapping[str, T], primary: Mapping[str, T]) -> dict[str, T]:
    """Return a unit's files, by path below the mail data, after it has copied the primary's. Source: HA-401, HA-405.

    Of two files with one path the primary's stays.
    """
    union = {**own, **{path: file for path, file in primary.items() if not is_left_out(path)}}
    for path in twins(union):
        del union[path]
    return union


def is_left_out(path: str) -> bool:
    """Whether a file is not copied: a pattern fits its name, or that of a directory above it."""
    names = path.split("/")
    return any(
        all(map(fnmatchcase, names[start:], parts))
        for parts in (pattern.split("/") for pattern in LEFT_OUT)
        for start in range(len(names) - len(parts) + 1)
    )


def twins(paths: Iterable[str]) -> set[str]:
    """Return the messages in `new` that are also in `cur` beside it, under the same name.

    A message moves from `new` to `cur` when it is first seen; copies made before and after that are the same message.
    """
    seen, unseen = set(), {}
    for path in paths:
        folder, _, name = path.rpartition("/")
        maildir, _, leaf = folder.rpartition("/")
        message = (maildir, name.partition(":")[0])
        if leaf == "cur":
            seen.add(message)
        elif leaf == "new":
            unseen[path] = message
    return {path for path, message in unseen.items() if message in seen}

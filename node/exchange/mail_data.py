"""How mail data are merged: the primary's are added to a unit's own, and no message is deleted.

The simulation calls this rule. The Linux body runs rsync, and a test compares rsync with the rule, but for the files
that each unit makes for itself (`node.linux.own_files`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeVar

T = TypeVar("T")


def merged(own: Mapping[str, T], primary: Mapping[str, T]) -> dict[str, T]:
    """Return a unit's files, by path below the mail data, after it has copied the primary's. Source: HA-401, HA-405.

    Of two files with one path, and of two states of one message, the primary's stays.
    """
    gone = outdated(own, primary)
    return {**{path: file for path, file in own.items() if path not in gone}, **primary}


def coming(own: Mapping[str, T], path: str, part: T) -> dict[str, T]:
    """Return a unit's mail data while a file comes of which it has a part: that lies elsewhere until it is whole.

    So a copy that is cut off leaves no message in part. Source: HA-120, HA-401.
    """
    del path, part
    return dict(own)


def outdated(own: Iterable[str], primary: Iterable[str]) -> set[str]:
    """Return those of a unit's own files whose message the primary has in another state: read or answered since, say.

    A message's file moves from `new` to `cur` when it is first seen, and its name tells its flags.
    """
    theirs = set(primary)
    messages = set(map(_message, theirs))
    return {path for path in own if path not in theirs and _message(path) in messages}


def _message(path: str) -> tuple[str, str]:
    """Return a message's Maildir and unique name, the same in each state; of a file that is none its path."""
    folder, _, name = path.rpartition("/")
    maildir, _, leaf = folder.rpartition("/")
    return (maildir, name.partition(":")[0]) if leaf in {"new", "cur"} else (path, "")

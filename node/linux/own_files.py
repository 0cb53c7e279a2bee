"""Files below the mail data that each unit makes for itself, so that a copy leaves them out."""

from __future__ import annotations

from fnmatch import fnmatchcase

COMING = ".coming"
"""Directory below the mail data in which a file that is copied lies until it is whole."""

LEFT_OUT = (
    "dovecot.index*",
    "dovecot.list.index*",
    "dovecot.mailbox.log*",
    "*.lock",
    "tmp/*",
    COMING,
)
"""Files that are not copied, as rsync's patterns: those that each unit makes for itself, and unfinished deliveries."""


def is_left_out(path: str) -> bool:
    """Whether rsync leaves a file out: a pattern fits its name, or that of a directory above it. For tests."""
    names = path.split("/")
    return any(
        all(map(fnmatchcase, names[start:], parts))
        for parts in (pattern.split("/") for pattern in LEFT_OUT)
        for start in range(len(names) - len(parts) + 1)
    )

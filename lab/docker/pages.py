"""CLI commands of the unit's status pages, and patterns of modes and releases in them."""

from __future__ import annotations

import re

from lab.contract import Mode

STATUS = "get system status"
EFFECTIVE = re.compile(r"^\s*HA effective mode:\s*(\S+)", re.MULTILINE)
CONFIGURED = re.compile(r"^\s*HA configured mode:\s*(\S+)", re.MULTILINE)
RELEASE = re.compile(r"^\s*Version:\s*(\S+)", re.MULTILINE)

HA_STATUS = "get system ha status"
PEER_RELEASE = re.compile(r"^\s*Peer version:\s*(\S+)", re.MULTILINE)


def mode_in(page: str) -> Mode | None:
    """Effective mode on a status page, None if it shows none."""
    found = EFFECTIVE.search(page)
    try:
        return Mode(found[1].lower()) if found else None
    except ValueError:
        return None

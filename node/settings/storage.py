"""Where a unit keeps its mail data: on its own disk, or on network storage that both units have."""

from __future__ import annotations

from node.settings.configuration import Configuration
from node.settings.schema import Path

_PROTOCOL: Path = ("mailsetting storage config", "protocol")


def on_nas(configuration: Configuration) -> bool:
    """Return whether mail data lie on network storage. The queue stays on the unit's own disk. Source: HA-407."""
    return configuration.get(_PROTOCOL) == "nfs"

"""A unit's firmware: the release that its container runs, and the change to another release's image."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Callable
from pathlib import Path

from docker.errors import APIError

from lab.docker.daemon import refused
from lab.docker.power import Power
from lab.docker.rack import Rack, unit_part

UPGRADE_CODE = 67
"""Exit code of a unit's container that asks for another release's image."""


def put(rack: Rack, unit: str, name: str, content: str) -> None:
    """Write a file below /run/switchover in a unit's container, running or not."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        *folders, _ = Path("switchover", name).parts
        for depth in range(len(folders)):
            folder = tarfile.TarInfo("/".join(folders[: depth + 1]))
            folder.type, folder.mode = tarfile.DIRTYPE, 0o755
            archive.addfile(folder)
        info = tarfile.TarInfo(f"switchover/{name}")
        info.size = len(content.encode())
        archive.addfile(info, io.BytesIO(content.encode()))
    try:
        rack.client.api.put_archive(rack.badge.name(unit_part(unit)), "/run", buffer.getvalue())
    except APIError as error:
        raise refused(error, f"writing {name} into unit {unit}") from error


class Firmware:
    """The image of one unit's container. Volume, namespace and addresses stay when it changes."""

    def __init__(self, rack: Rack, unit: str, power: Power) -> None:
        """Begin with the release that every scenario begins with."""
        self._rack = rack
        self._unit = unit
        self._power = power
        self._first = next(iter(rack.images.units[unit].releases))
        self._placed = self._first

    @property
    def is_first(self) -> bool:
        """Whether the unit has the release that every scenario begins with."""
        return self._placed == self._first

    def offer(self, release: str) -> str:
        """Put a release's image where the unit can fetch it; return the CLI line that installs it."""
        file = f"switchover-{release}.out"
        put(self._rack, self._unit, f"firmware/{file}", f"{release}\n")
        return f"execute restore image tftp {file} {self._rack.plan.address('client', 'port3')}"

    def place(self, release: str | None, prepare: Callable[[], None]) -> int:
        """Replace the ended container by one of that release (None: the first), and return the old one's exit code.

        `prepare` is called before the new one is started. Raises LabError.
        """
        placed = release or self._first

        def make() -> None:
            self._rack.make_unit(self._unit, self._rack.images.units[self._unit].releases[placed])
            prepare()

        code = self._power.swap(make)
        self._placed = placed
        return code

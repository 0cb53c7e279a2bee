"""A unit's firmware: the release that its container runs, and the change to another release's image."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Callable
from pathlib import PurePosixPath

from docker.errors import APIError, NotFound

from lab.docker.daemon import refused
from lab.docker.power import Power
from lab.docker.rack import Rack, unit_part
from lab.profiles.record import filled
from lab.standard_pair import PAIR


def put(rack: Rack, unit: str, path: str, content: str) -> None:
    """Write a file in a unit's container, running or not, and make the folders on its way that are missing."""
    container = rack.badge.name(unit_part(unit))
    for folder in PurePosixPath(path).parents:
        try:
            rack.client.api.put_archive(
                container, str(folder), _archive(PurePosixPath(path).relative_to(folder), content)
            )
        except NotFound as error:
            if folder == folder.parent:
                raise refused(error, f"writing {path} into unit {unit}") from error
        except APIError as error:
            raise refused(error, f"writing {path} into unit {unit}") from error
        else:
            return


def _archive(path: PurePosixPath, content: str) -> bytes:
    """An archive of one file, with the folders that lead to it."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for each in reversed(path.parents[:-1]):
            folder = tarfile.TarInfo(str(each))
            folder.type, folder.mode = tarfile.DIRTYPE, 0o755
            archive.addfile(folder)
        info = tarfile.TarInfo(str(path))
        info.size = len(content.encode())
        archive.addfile(info, io.BytesIO(content.encode()))
    return buffer.getvalue()


class Firmware:
    """The image of one unit's container. Volume, namespace and addresses stay when it changes."""

    def __init__(self, rack: Rack, unit: str, power: Power) -> None:
        """Begin with the release that every scenario begins with."""
        self._rack = rack
        self._unit = unit
        self._power = power
        self._release = rack.profile(unit).release
        self._releases = rack.images.units[unit].releases
        self._first = next(iter(self._releases))
        self._placed = self._first

    @property
    def is_first(self) -> bool:
        """Whether the unit has the release that every scenario begins with."""
        return self._placed == self._first

    def image_id(self) -> str:
        """Id of the image of the release that the unit has. Raises LabError."""
        tag = self._releases[self._placed]
        try:
            return str(self._rack.client.images.get(tag).id)
        except APIError as error:
            raise refused(error, f"looking at the image {tag}") from error

    def offer(self, release: str) -> str:
        """Put a file where the unit looks for a release, if it wants one; return the CLI line that installs it."""
        values = {"release": release, "server": self._rack.plan.address("client", PAIR.mail)}
        if self._release.file:
            put(self._rack, self._unit, filled(self._release.file, values), f"{release}\n")
        return filled(self._release.install, values)

    def place(self, release: str | None, prepare: Callable[[], None]) -> None:
        """Replace the ended container by one of that release (None: the first), without starting it.

        `prepare` is called when it is there. Raises LabError.
        """
        self._placed = release or self._first

        def make() -> None:
            self._rack.make_unit(self._unit, self._releases[self._placed])
            prepare()

        self._power.swap(make)

"""The content of each image, and the tag that follows from it."""

from __future__ import annotations

import hashlib
import io
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from lab.standard_pair import PAIR

ROOT = Path(__file__).resolve().parents[2]
IMAGES = ROOT / "lab" / "images"

SUITE = "trixie"
BASE_IMAGE = f"debian:{SUITE}-slim"
TOXIPROXY_VERSION = "2.12.0"
TOXIPROXY_IMAGE = f"ghcr.io/shopify/toxiproxy:{TOXIPROXY_VERSION}"
TOXIPROXY_MODULE = f"github.com/Shopify/toxiproxy/v2/cmd/server@v{TOXIPROXY_VERSION}"

RELEASES = PAIR.releases
"""Releases of the reference unit's firmware, one image each; they differ only in their release number."""

_IGNORED_PARTS = {"__pycache__", ".mypy_cache", ".ruff_cache"}


@dataclass(frozen=True, slots=True)
class Recipe:
    """A Dockerfile with the files for its build context, by path."""

    name: str
    files: tuple[tuple[str, Path], ...]
    arguments: tuple[tuple[str, str], ...] = field(default=())

    def tag(self) -> str:
        """Hash of all files and arguments, as the image's tag."""
        digest = hashlib.sha256()
        for name, path in self.files:
            content = path.read_bytes()
            digest.update(f"{name}\0{len(content)}\0".encode() + content)
        for key, value in self.arguments:
            digest.update(f"{key}={value}\0".encode())
        return f"switchover/{self.name}:{digest.hexdigest()[:16]}"

    def context(self) -> bytes:
        """Build context as a tar archive, with the same bytes for the same content, so that layers are cached."""
        buffer = io.BytesIO()
        with tarfile.open(fileobj=buffer, mode="w") as archive:
            for name, path in self.files:
                content = path.read_bytes()
                info = tarfile.TarInfo(name)
                info.size = len(content)
                info.mode = 0o755 if path.stat().st_mode & 0o100 else 0o644
                archive.addfile(info, io.BytesIO(content))
        return buffer.getvalue()


def base_tag() -> str:
    """Tag of the Debian base, from either source."""
    return f"switchover/base:{hashlib.sha256(BASE_IMAGE.encode()).hexdigest()[:16]}"


def agent() -> Recipe:
    """The lab's agent in a namespace."""
    return Recipe("agent", tuple(_files(IMAGES / "agent", "")), (("BASE", base_tag()),))


def toxiproxy_tag() -> str:
    """Tag of Toxiproxy's image, from any source."""
    content = TOXIPROXY_VERSION.encode() + (IMAGES / "toxiproxy" / "Dockerfile").read_bytes()
    return f"switchover/toxiproxy:{hashlib.sha256(content).hexdigest()[:16]}"


def unit(release: str = RELEASES[0]) -> Recipe:
    """The reference unit, in one release."""
    files = [
        *_files(IMAGES / "unit", ""),
        *_files(ROOT / "node", "node/"),
        *_files(ROOT / "manual", "manual/"),
    ]
    return Recipe("unit", tuple(files), (("BASE", base_tag()), ("RELEASE", release)))


def wrong(release: str = RELEASES[0]) -> Recipe:
    """The wrong units, all in one image on the reference unit's; the container's command names one."""
    files = [*_files(IMAGES / "wrong", ""), *_files(ROOT / "wrong", "wrong/")]
    return Recipe("wrong", tuple(files), (("UNIT", unit(release).tag()),))


def twin(release: str = RELEASES[0]) -> Recipe:
    """The reference unit under other paths, words and numbers, a layer on its image."""
    files = tuple(_files(IMAGES / "twin", ""))
    return Recipe("twin", files, (("UNIT", unit(release).tag()), ("RELEASE", release)))


def foreign() -> Recipe:
    """A unit of existing software, which shares nothing with the reference unit."""
    return Recipe("foreign", tuple(_files(IMAGES / "foreign", "")), (("BASE", base_tag()),))


UNIT_IMAGES = ("foreign", "twin", "unit")
"""Units that ship as images to be put under test like a vendor's."""


def named(name: str) -> list[list[Recipe]]:
    """Return what the image of each release of such a unit is made of, the lowest layer first."""
    match name:
        case "foreign":
            return [[foreign()]]
        case "twin":
            return [[unit(release), twin(release)] for release in RELEASES]
        case _:
            return [[unit(release)] for release in RELEASES]


def _files(folder: Path, prefix: str) -> Iterator[tuple[str, Path]]:
    for path in sorted(folder.rglob("*")):
        relative = path.relative_to(folder)
        if path.is_file() and path.suffix != ".pyc" and not _IGNORED_PARTS & set(relative.parts):
            yield f"{prefix}{relative.as_posix()}", path

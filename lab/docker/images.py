"""Builds the lab's images if they are missing, by one process at a time, and reports progress."""

from __future__ import annotations

import io
import sys
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import docker
from docker.errors import APIError, ImageNotFound

from lab.cache import alone
from lab.docker import recipes, sources
from lab.docker.daemon import refused
from lab.docker.names import UNITS
from lab.docker.recipes import Recipe
from lab.errors import LabError
from lab.profiles import named
from lab.profiles.record import UnitProfile
from lab.under_test import IMAGE, REFERENCE, WRONG, Implementation, UnderTest

Say = Callable[[str], None]

LABEL = "switchover.image"
BUILT = ("agent", "unit", "wrong", "toxiproxy", "twin", "foreign")
KEPT = 24
"""Versions of each image that are kept, so that switching between branches does not rebuild them."""


def aloud(line: str) -> None:
    """Print a line to the terminal, past pytest's capture."""
    stream = sys.__stderr__ or sys.stderr
    stream.write(f"switchover: {line}\n")
    stream.flush()


@dataclass(frozen=True, slots=True)
class Software:
    """Tags of a unit's images by release, oldest first, the container's command, and what the lab knows of the unit."""

    releases: Mapping[str, str]
    """More than one where the lab can install another; the first may be "", where nobody knows it."""
    command: tuple[str, ...]
    profile: UnitProfile

    @property
    def first(self) -> str:
        """The image with which every scenario begins."""
        return next(iter(self.releases.values()))


@dataclass(frozen=True, slots=True)
class Images:
    """Tags of the images of a lab."""

    agent: str
    toxiproxy: str
    tested: UnderTest
    units: Mapping[str, Software]
    """Software of unit P and of unit S."""

    @property
    def all(self) -> tuple[str, ...]:
        """Every tag."""
        return self.agent, self.toxiproxy, *(tag for unit in self.units.values() for tag in unit.releases.values())


def tags(units: UnderTest) -> Images:
    """Return the tags of a lab's images, whether these exist or not. Raises UsageError."""
    software = {unit: _software(units[unit]) for unit in UNITS}
    return Images(recipes.agent().tag(), recipes.toxiproxy_tag(), units, software)


def _software(unit: Implementation) -> Software:
    """Return the software of a unit with this implementation. Raises UsageError."""
    profile = named(unit.described_by)
    command, release = profile.container.command, profile.release
    if unit.kind == IMAGE:
        later = {release.next: release.image} if release.image else {}
        return Software({release.first: unit.id, **later}, command, profile)
    if unit.kind == REFERENCE:
        return Software({each: recipes.unit(each).tag() for each in recipes.RELEASES}, command, profile)
    return Software({each: recipes.wrong(each).tag() for each in recipes.RELEASES}, (unit.id,), profile)


def ensure(client: docker.DockerClient, units: UnderTest, say: Say = aloud) -> Images:
    """Build the images of ours that are missing, and return the tags of all. Raises UsageError, LabError.

    A second process that needs an image waits until the first has built it. A vendor's image must be there.
    """
    wanted = tags(units)
    missing = [tag for tag in wanted.all if not _exists(client, tag)]
    if not missing:
        return wanted
    kinds = {unit: units[unit].kind for unit in UNITS}
    for unit in UNITS:
        for tag in wanted.units[unit].releases.values():
            if kinds[unit] == IMAGE and tag in missing:
                profile = wanted.units[unit].profile
                named_by = "" if tag == wanted.units[unit].first else f", which {profile.source} names in release.image"
                raise LabError(f"there is no image {tag} on this host{named_by}", f"build it, or docker pull {tag}")
    with _alone(say), ThreadPoolExecutor(2) as pool:
        # Toxiproxy needs no base image, so it compiles while Debian unpacks.
        toxiproxy = pool.submit(_ensure_toxiproxy, client, wanted.toxiproxy, say)
        _ensure_base(client, say)
        agent = pool.submit(_ensure_built, client, recipes.agent(), wanted.agent, say)
        for recipe in _recipes_of(kinds.values()):
            _ensure_built(client, recipe, recipe.tag(), say)
        agent.result()
        toxiproxy.result()
        _forget_old(client)
    return wanted


def _recipes_of(kinds: Collection[str]) -> Iterator[Recipe]:
    """Yield the recipes of our units of these kinds; a wrong unit's image stands on the reference unit's."""
    for release in recipes.RELEASES:
        if {REFERENCE, WRONG} & {*kinds}:
            yield recipes.unit(release)
        if WRONG in kinds:
            yield recipes.wrong(release)


def ensure_one(client: docker.DockerClient, recipe: Recipe, say: Say = aloud, *, also: str = "") -> str:
    """Build one further image on the Debian base if it is missing, and return its tag; `also` is a tag beside it."""
    tag = recipe.tag()
    if not _exists(client, tag):
        with _alone(say):
            _ensure_base(client, say)
            _ensure_built(client, recipe, tag, say)
    if also:
        repository, _, version = also.partition(":")
        client.api.tag(tag, repository, version)
    return tag


def ensure_named(client: docker.DockerClient, name: str, say: Say = aloud) -> str:
    """Build every release of a unit that ships as an image, and return the first one's name. Raises LabError.

    The names are `switchover/NAME:1` for the first release, `:2` for the next.
    """
    for number, (*below, top) in enumerate(recipes.named(name), 1):
        for recipe in below:
            ensure_one(client, recipe, say)
        ensure_one(client, top, say, also=f"switchover/{name}:{number}")
    return f"switchover/{name}:1"


def _forget_old(client: docker.DockerClient) -> None:
    """Remove old versions of our images, except those in use; what others have built on ours has the label, too."""
    for name in BUILT:
        made = client.images.list(f"switchover/{name}", filters={"label": f"{LABEL}={name}"})
        made.sort(key=lambda image: str(image.attrs["Created"]), reverse=True)
        for image in made[KEPT:]:
            for tag in image.tags:
                if tag.startswith(f"switchover/{name}:"):
                    # It is in use, or another run has removed it just now.
                    with suppress(APIError):
                        client.images.remove(tag)


def _alone(say: Say) -> AbstractContextManager[None]:
    return alone("images", lambda: say("another run is building the images; waiting for it"))


@contextmanager
def _timed(what: str, say: Say) -> Iterator[None]:
    start = time.monotonic()
    say(f"{what} ...")
    yield
    say(f"{what}: done in {time.monotonic() - start:.0f} s")


def _exists(client: docker.DockerClient, tag: str) -> bool:
    try:
        client.images.get(tag)
    except ImageNotFound:
        return False
    except APIError as error:
        raise refused(error, f"looking for the image {tag}") from error
    return True


def _ensure_base(client: docker.DockerClient, say: Say) -> None:
    tag = recipes.base_tag()
    if _exists(client, tag):
        return
    if sources.pull(client, recipes.BASE_IMAGE, tag, say):
        return
    with _timed(f"building the Debian base ({recipes.SUITE}, mmdebstrap)", say):
        archive = sources.debian_base(recipes.SUITE)
        try:
            repository, _, version = tag.partition(":")
            client.api.import_image_from_file(str(archive), repository=repository, tag=version)
        except APIError as error:
            raise refused(error, "importing the Debian base") from error
        finally:
            archive.unlink(missing_ok=True)


def _ensure_toxiproxy(client: docker.DockerClient, tag: str, say: Say) -> None:
    if _exists(client, tag):
        return
    binary = sources.toxiproxy_on_path()
    if binary is None and sources.pull(client, recipes.TOXIPROXY_IMAGE, tag, say):
        return
    if binary is None:
        with _timed(f"building Toxiproxy {recipes.TOXIPROXY_VERSION} (Go module)", say):
            binary = sources.toxiproxy_from_module(recipes.TOXIPROXY_MODULE)
    dockerfile = recipes.IMAGES / "toxiproxy" / "Dockerfile"
    files: tuple[tuple[str, Path], ...] = (("Dockerfile", dockerfile), ("toxiproxy-server", binary))
    _build(client, Recipe("toxiproxy", files), tag)


def _ensure_built(client: docker.DockerClient, recipe: Recipe, tag: str, say: Say) -> None:
    if _exists(client, tag):
        return
    if "Dockerfile" not in dict(recipe.files):
        raise LabError(f"the {recipe.name} image has no Dockerfile", "use a complete checkout of the repository")
    with _timed(f"building the {recipe.name} image", say):
        _build(client, recipe, tag)


def _build(client: docker.DockerClient, recipe: Recipe, tag: str) -> None:
    try:
        output = client.api.build(
            fileobj=io.BytesIO(recipe.context()),
            custom_context=True,
            tag=tag,
            rm=True,
            forcerm=True,
            decode=True,
            buildargs=dict(recipe.arguments),
            labels={LABEL: recipe.name},
        )
        last: list[str] = []
        for line in output:
            if "error" in line:
                raise _failed(recipe.name, str(line["error"]), last)
            last = [*last, str(line.get("stream", "")).strip()][-12:]
    except APIError as error:
        raise refused(error, f"building the {recipe.name} image") from error


def _failed(name: str, error: str, last: list[str]) -> LabError:
    text = " | ".join(filter(None, last))
    if "No space left on device" in text + error or "no space left" in text + error:
        return LabError(f"building the {name} image: the disk is full", "free some space (`docker system df`)")
    return LabError(f"building the {name} image failed ({error})", f"the last output was: {text}")

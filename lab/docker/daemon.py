"""Connects to Docker, or says in one clause why that is not possible."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import docker
from docker.context import ContextAPI
from docker.context.config import get_current_context_name
from docker.errors import APIError, DockerException
from docker.utils import kwargs_from_env, parse_host
from requests.exceptions import RequestException

from lab.errors import DockerMissing, LabError

OWN = "unix:///var/run/docker.sock"
"""Address of the engine that a host's packages install."""

OLDEST = "1.41"
"""API of the oldest engine, 20.10, in which any engine tells its own."""


@dataclass(frozen=True, slots=True)
class Engine:
    """The engine that Docker's command line uses: its address, and what has named it ("": nothing).

    `options` are what the client library takes for it: address and TLS.
    """

    address: str
    named_by: str
    options: Mapping[str, Any]

    @property
    def is_own(self) -> bool:
        """Whether it is the one that this host's packages install."""
        return self.address == OWN

    @property
    def hint(self) -> str:
        """What to do when it does not answer."""
        if self.is_own:
            return "run `sudo python3 -m lab host` to prepare this host"
        return "start it, or choose another one by DOCKER_HOST or `docker context use`"

    def __str__(self) -> str:
        """Name it for a person."""
        return f"the Docker engine at {self.address}{f', named by {self.named_by},' if self.named_by else ''}"


def engine() -> Engine:
    """Find the engine as Docker's command line does: by DOCKER_HOST, by DOCKER_CONTEXT, or by the context in use.

    Raises DockerMissing for a context that is not there; the client library would take the host's own engine instead.
    """
    try:
        given = kwargs_from_env()
        if "base_url" in given:
            return Engine(given["base_url"], "DOCKER_HOST", given)
        asked = os.environ.get("DOCKER_CONTEXT")
        name = asked or get_current_context_name() or "default"
        found = {"base_url": OWN} if name == "default" else ContextAPI.kwargs_from_context(name)
    except Exception as error:
        raise DockerMissing(f"Docker's settings cannot be read ({error})", "look at DOCKER_* and ~/.docker") from error
    if not found:
        hint = "choose one of `docker context ls` by `docker context use`, or set DOCKER_HOST to the engine's address"
        raise DockerMissing(f"there is no Docker context {name!r}", hint)
    named_by = "" if name == "default" else "DOCKER_CONTEXT" if asked else f"`docker context use {name}`"
    return Engine(found["base_url"], named_by, {**given, **found})


def connect(timeout: float = 60.0) -> docker.DockerClient:
    """Return a client of a running Docker; raises DockerMissing."""
    wanted = engine()
    try:
        _try_socket(wanted.address)
        # The library asks for the version before it can be told to ask no HTTP proxy of the environment.
        first = docker.APIClient(version=OLDEST, timeout=int(timeout), **wanted.options)
        first.trust_env = False
        version = str(first.version(api_version=False)["ApiVersion"])
        first.close()
        client = docker.DockerClient(version=version, timeout=int(timeout), max_pool_size=32, **wanted.options)
        client.api.trust_env = False
    except (DockerException, RequestException, OSError, ValueError, KeyError) as error:
        raise explain(error, wanted) from error
    return client


def _try_socket(address: str) -> None:
    """Raise OSError if a local socket cannot be used; the client library would wrap the error three times."""
    scheme, _, path = str(parse_host(address)).partition("://")
    if scheme == "http+unix":
        with socket.socket(socket.AF_UNIX) as local:
            local.connect(path)


def explain(error: BaseException, of: Engine) -> DockerMissing:
    """Turn an error of the client library into one problem and one hint."""
    seen: BaseException | None = error
    text = ""
    while seen is not None:
        text += f" {seen!r}"
        seen = seen.__cause__ or seen.__context__
    if "PermissionError" in text or "Permission denied" in text:
        return DockerMissing(
            f"{of} does not let this user in",
            "add the user to the group of the socket (`sudo usermod -aG docker $USER`, then log in again)",
        )
    if "FileNotFoundError" in text or "No such file" in text:
        return DockerMissing(f"{of} is not installed or not running (there is no socket)", of.hint)
    if "ConnectionRefused" in text or "Connection refused" in text:
        return DockerMissing(f"{of} does not answer on its socket", of.hint)
    return DockerMissing(f"{of} does not answer ({error})", of.hint)


def demand_networks(address: str) -> None:
    """Raise LabError unless an address, this host's end of one of the engine's networks, is on this host."""
    with socket.socket() as end:
        try:
            end.bind((address, 0))
        except OSError as error:
            raise LabError(
                f"{engine()} has its networks elsewhere: it runs without root, in a virtual machine or on another host",
                "use one that runs as root on this host, or see docs/docker-lab.md, Which engine",
            ) from error


def refused(error: APIError, doing: str, masked: Callable[[str], str] = str) -> LabError:
    """Turn Docker's refusal into a lab error with a matching hint; `masked` takes secrets out of Docker's words."""
    text = masked(str(error.explanation or error))
    if "no space left" in text:
        return LabError(f"{doing}: the disk is full", "free some space (`docker system df` shows what Docker holds)")
    if "address already in use" in text or "port is already allocated" in text:
        return LabError(f"{doing}: a port is in use ({text})", "stop what uses it, or run `python -m lab reap`")
    return LabError(f"{doing}: Docker refused ({text})", "look at Docker's log, then try `python -m lab reap`")

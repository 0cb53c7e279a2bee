"""Collects the suite once, in this process, for a command that judges units in forked children of it.

A child needs a tenth of a second until its first scenario. The process that forks never runs one, so that nothing which
a module keeps passes from one unit to the next.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import Any

import pytest
from _pytest.runner import runtestprotocol

import manual
from lab.registry import DRIVERS

_QUIET = ("--own-steps-only", "--no-report", "-q", "-s", "--tb=no", "--assert=plain", "-p", "no:cacheprovider")
_ALONE = ("-p", "no:xdist")  # this process itself must hold the scenarios


def collect(plugin: object, arguments: Sequence[str]) -> tuple[int, str]:
    """Collect what pytest's arguments choose of the suite on sim; the plugin's `pytest_runtestloop` is the run.

    Returns pytest's exit code and its last lines. Raises KeyboardInterrupt where a signal has ended it.
    """
    shown = io.StringIO()
    with tempfile.TemporaryDirectory(prefix="switchover-gate-") as folder, contextlib.redirect_stdout(shown):
        asked = ["features", "--lab", "sim", f"--out={folder}", *_QUIET, *_ALONE, *arguments]
        code = int(pytest.main(asked, plugins=[plugin]))
    if code == pytest.ExitCode.INTERRUPTED:
        raise KeyboardInterrupt
    return code, "\n".join(shown.getvalue().strip().splitlines()[-3:])


def warm_up(session: pytest.Session) -> str:
    """Import the lab's driver and read the settings, so that no child has to; return the driver's name."""
    driver = DRIVERS[session.config.getoption("lab")]
    importlib.import_module(driver)
    manual.settings()
    return driver


def judgements(items: Sequence[pytest.Item]) -> Iterator[tuple[str, list[Mapping[str, Any]]]]:
    """Run scenarios one after the other on one lab; yield each node id with its judgements, as run.json has them.

    There are two where the lab breaks after the scenario, and none where it does not come to a verdict.
    """
    for item, following in zip_longest(items, items[1:]):
        reports = runtestprotocol(item, log=False, nextitem=following)
        yield item.nodeid, [report.__dict__["judgement"] for report in reports if "judgement" in report.__dict__]

"""Loads the suite's plugins (options, collection, the lab, judging, the report) and every module of steps."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.register_assert_rewrite("fixtures", "reports", "steps")

_OTHERS = {"grammar", "vocabulary"}
"""Modules beside those of sentences, which no run of the suite needs."""

_STEPS = sorted({path.stem for path in (Path(__file__).parent / "steps").glob("[!_]*.py")} - _OTHERS)

pytest_plugins = [
    "fixtures.options",
    "fixtures.features",
    "fixtures.step_index",
    "fixtures.collection",
    "fixtures.lab",
    "fixtures.judging",
    "fixtures.once_more",
    "reports.plugin",
    *(f"steps.{name}" for name in _STEPS),
]

"""Loads the suite's plugins (options, collection, the lab, judging, the report) and every module of steps."""

from __future__ import annotations

from pathlib import Path

import pytest

_SETTINGS = Path(__file__).resolve().with_name("pyproject.toml")

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
    "fixtures.leftovers",
    "fixtures.interruption",
    "fixtures.judging",
    "fixtures.once_more",
    "reports.plugin",
    *(f"steps.{name}" for name in _STEPS),
]


def pytest_configure(config: pytest.Config) -> None:
    """Refuse another project's settings, which pytest takes when an option's path leads out of the checkout."""
    if config.inipath is None or config.inipath.resolve() != _SETTINGS:
        found = f"takes the settings of {config.inipath}" if config.inipath else "finds no settings"
        raise pytest.UsageError(f"pytest {found}; give it `-c {_SETTINGS}`")

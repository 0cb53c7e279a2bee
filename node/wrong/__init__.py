"""Units that are wrong on purpose: what the suite must catch."""

from __future__ import annotations

from node.engine.engine import Engine

WRONG: dict[str, type[Engine]] = {}

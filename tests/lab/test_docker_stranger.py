"""A stranger in the Docker lab speaks the reference unit's wire."""

from __future__ import annotations

import pytest

from lab.docker.stranger import claims
from node.engine.messages import AskRole, Heartbeat
from node.engine.modes import Effective, Mode
from node.exchange import frames


@pytest.mark.parametrize(("target", "mode"), [("P", Mode.SECONDARY), ("S", Mode.PRIMARY)])
def test_what_a_stranger_claims_would_be_read_by_a_unit_that_lets_it_in(target: str, mode: Mode) -> None:
    """Both messages are whole: a unit that refuses one refuses the stranger, not its mistakes."""
    said = [frames.decode(line) for line in claims(target).splitlines(keepends=True)]
    heard = Heartbeat(1_000_000, 1, mode, Effective.SECONDARY, version="7.0.0")
    assert said == [heard, AskRole("stranger", 1_000_000, 1, 1_000_000, 1)]

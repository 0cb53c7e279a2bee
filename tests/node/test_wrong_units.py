"""The wrong units as a whole: each has a name of its own."""

from __future__ import annotations

import pytest

from node.engine.engine import Engine
from node.wrong import unite


def test_a_name_that_two_units_have_is_refused() -> None:
    """One of them would hide the other, and never be tried."""
    assert unite({"a": Engine}, {"b": Engine}) == {"a": Engine, "b": Engine}
    with pytest.raises(ValueError, match="two wrong units are called 'b'"):
        unite({"a": Engine, "b": Engine}, {"b": Engine})

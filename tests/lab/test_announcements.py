"""Announcements of addresses, judged by the order of announcing and holding."""

from __future__ import annotations

import pytest

from lab.announcements import Announcements
from lab.history import Announcement, Change, Holding

ADDRESS = "10.0.3.100/24"


def holds(at: float, unit: str, *, held: bool = True, doubt: float = 0.0) -> Holding:
    """A unit is seen to take the address or to give it up."""
    return Holding(at, unit, ADDRESS, held, doubt)


def announces(at: float, unit: str, address: str = "10.0.3.100") -> Announcement:
    """A third machine hears an announcement."""
    return Announcement(at, unit, address)


def strays(*changes: Change, tolerance: float = 0.0) -> list[float | None]:
    """When announcements were heard that no holder can have made."""
    judged = Announcements(tolerance)
    for change in changes:
        judged.take(change)
        judged.until(change.at)
    judged.until(100.0)
    return [stray.at for stray in judged.found]


def test_a_holder_may_announce_as_often_as_it_likes() -> None:
    """Two holders may, too: each holds the address."""
    assert strays(holds(1, "P"), announces(1.1, "P"), holds(5, "S"), announces(5.1, "S"), announces(6, "P")) == []


def test_an_announcement_after_the_address_was_given_up_is_a_stray_and_is_told_once() -> None:
    """Whoever has taken the address meanwhile."""
    story = (holds(1, "P"), holds(5, "P", held=False), holds(5.1, "S"), announces(5.2, "P"), announces(5.3, "S"))
    assert strays(*story) == [5.2]


def test_an_announcement_by_a_unit_that_never_held_the_address_is_a_stray() -> None:
    """It is told of the address that was announced, not of another one that the unit holds."""
    assert strays(holds(1, "P"), announces(2, "P", "10.0.3.150")) == [2]


def test_what_belongs_to_taking_the_address_may_be_overtaken_by_giving_it_up() -> None:
    """It was right when it was sent; a moment later it would not be."""
    assert strays(holds(1, "P"), holds(1.0002, "P", held=False), announces(1.0004, "P")) == []
    assert strays(holds(1, "P"), holds(1.0002, "P", held=False), announces(1.1, "P")) == [1.1]


@pytest.mark.parametrize(("tolerance", "found"), [(0.0, [5.05]), (0.1, [])])
def test_a_lab_that_cannot_tell_them_apart_says_nothing(tolerance: float, found: list[float]) -> None:
    """A twentieth of a second lies between giving up and announcing."""
    assert strays(holds(1, "P"), holds(5, "P", held=False), announces(5.05, "P"), tolerance=tolerance) == found


def test_a_holding_that_is_seen_late_covers_the_announcement_before_it() -> None:
    """The lab looks now and then, and says by how much it may be late."""
    assert strays(announces(4.9, "P"), holds(5, "P", doubt=0.05), tolerance=0.1) == []
    assert strays(announces(4.7, "P"), holds(5, "P", doubt=0.05), tolerance=0.1) == [4.7]


def test_the_last_announcer_is_known_by_the_address_however_it_is_spelled() -> None:
    """With its mask or without; nobody has announced another one."""
    judged = Announcements(0.0)
    for entry in (holds(1, "P"), announces(2, "P", "fd53::100"), announces(3, "S", "fd53:0:0::100")):
        judged.take(entry)
    assert (judged.last("fd53::0100/64"), judged.last(ADDRESS)) == ("S", None)

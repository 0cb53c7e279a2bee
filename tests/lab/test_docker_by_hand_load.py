"""What `python -m lab load` prints of the mail ledger."""

from __future__ import annotations

from lab.docker.by_hand_load import told
from lab.ledger import balance
from lab.timeline import Kind
from tests.fixtures.fake_lab import PaperLab


def test_the_ledger_is_printed_with_what_was_lost_or_doubled() -> None:
    """Each fate with its count; a doubled message with its deliveries, a lost one by its name."""
    lab = PaperLab()
    for id_ in ("m1", "m2", "m3"):
        lab.timeline.add(10.0, Kind.MAIL, id_, event="accepted", unit="P", sort="clean")
    for at, id_, unit in ((11.0, "m1", "P"), (11.5, "m2", "P"), (13.25, "m2", "S")):
        lab.timeline.add(at, Kind.MAIL, id_, event="delivered", unit=unit)
    assert told(balance(lab), 10.0) == [
        "3 messages",
        "        1  delivered once",
        "        1  duplicated",
        "        1  lost",
        "  lost: m3",
        "  duplicated: m2, at 1.500 s by P and 3.250 s by S",
    ]


def test_nothing_lost_and_nothing_doubled_is_said_too() -> None:
    """Zeros are an answer."""
    lines = told(balance(PaperLab()), 0.0)
    assert lines == ["0 messages", "        0  delivered once", "        0  duplicated", "        0  lost"]

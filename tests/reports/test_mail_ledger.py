"""The mail ledger as a table and as a picture."""

from __future__ import annotations

import xml.etree.ElementTree as ET

from lab.faults import Fault, FaultKind
from lab.ledger import balance
from lab.timeline import Kind
from reports import mail_ledger
from tests.fixtures.fake_lab import PaperLab


def observed() -> PaperLab:
    """Return a lab in which one message was delivered, one was tried twice, and one is lost."""
    lab = PaperLab()
    for at, id_, event in (
        (1.0, "m1", "accepted"),
        (1.1, "m2", "unanswered"),
        (1.2, "m1", "delivered"),
        (2.0, "m2", "accepted"),
        (2.5, "m2", "delivered"),
        (3.0, "m3", "accepted"),
    ):
        sort = {} if event == "delivered" else {"sort": "clean"}
        lab.timeline.add(at, Kind.MAIL, id_, event=event, unit="P", **sort)
    lab.timeline.add(1.05, Kind.FAULT, "P", **Fault(FaultKind.FREEZE, "P").detail())
    return lab


def test_the_table_has_a_row_for_each_message() -> None:
    """With its fate, its acceptance and each delivery, in seconds since the scenario began."""
    head, *rows = mail_ledger.table(balance(observed()), 0.5).splitlines()
    assert head.split(",") == ["message", "fate", "accepted", "by", "deliveries"]
    assert rows == ["m1,delivered once,0.500,P,0.700:P", "m2,delivered once,1.500,P,2.000:P", "m3,lost,2.500,P,"]


def test_the_picture_shows_fates_events_and_faults() -> None:
    """Each event is in a bar, and each fault is a line."""
    lab = observed()
    image = mail_ledger.draw(balance(lab).counts(), list(lab.timeline), origin=0.0, end=4.0)
    looks = [each.get("class") for each in ET.fromstring(image).iter() if each.get("class")]  # noqa: S314 - our own
    assert [looks.count(look) for look in ("good", "bad")] == [1, 1]
    bars = [each.get("class") for each in ET.fromstring(image).iter() if each.tag.endswith("rect")]  # noqa: S314 - our own
    assert [bars.count(look) for look in ("accepted", "failed", "delivered")] == [3, 1, 2]
    assert looks.count("fault") == 1


def test_a_picture_of_nothing_can_be_drawn() -> None:
    """A scenario may have ended at once."""
    assert ET.fromstring(mail_ledger.draw({}, [], origin=1.0, end=1.0)).tag.endswith("svg")  # noqa: S314 - our own

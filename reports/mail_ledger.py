"""The mail ledger of a scenario: a table of all messages, and a small picture of how mail went through a failover."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from lab.faults import Phase
from lab.ledger import ACCEPTED, DELIVERED, Fate, Ledger
from lab.timeline import Entry, Kind
from reports.templating import template

WIDTH, HEIGHT = 720, 190
LEFT, RIGHT, TOP, AXIS, FLOOR = 20, 20, 62, 112, 156
"""Edges of the plot in pixels: what units take stands above the axis, what is delivered hangs below it."""

BARS = 136
"""Spans of the same length into which the scenario's time is cut."""

LEAST = 20
"""Messages from which on a picture is worth drawing."""

GOOD = frozenset({Fate.DELIVERED, Fate.REPEATED, Fate.STORED, Fate.QUEUED})
BAD = frozenset({Fate.LOST, Fate.DUPLICATED})


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar in pixels; `look` names its colour, `told` is its tooltip."""

    x: float
    y: float
    width: float
    height: float
    look: str
    told: str


def table(ledger: Ledger, origin: float) -> str:
    """Return every message as CSV: its fate, when and by which unit it was accepted first, and each delivery.

    Times are seconds since `origin`.
    """
    rows = ["message,fate,accepted,by,deliveries"]
    for id_, fate in ledger.fates.items():
        account = ledger.accounts[id_]
        first = account.first
        accepted, by = ("", "") if first is None else (f"{first.at - origin:.3f}", str(first.detail.get("unit") or ""))
        each = " ".join(f"{it.at - origin:.3f}:{it.detail.get('unit') or '?'}" for it in account.deliveries)
        rows.append(f"{id_},{fate},{accepted},{by},{each}")
    return "\n".join(rows) + "\n"


def draw(counts: Mapping[str, int], entries: Sequence[Entry], *, origin: float, end: float) -> str:
    """Return the picture as SVG text: fates, and how many messages were accepted, failed and delivered over time.

    `counts` are those of `Ledger.counts`; `origin` and `end` are the scenario's, in seconds on the lab's clock.
    """
    span = max(end - origin, 0.001)
    told = [each for each in entries if each.kind is Kind.MAIL]
    faults = [each for each in entries if each.kind is Kind.FAULT and each.detail.get("phase") == Phase.BEGIN.value]

    def at(moment: float) -> float:
        return LEFT + (moment - origin) / span * (WIDTH - LEFT - RIGHT)

    return template("mail_ledger.svg.j2").render(
        width=WIDTH,
        height=HEIGHT,
        left=LEFT,
        right=WIDTH - RIGHT,
        top=TOP,
        axis=AXIS,
        floor=FLOOR,
        fates=[(fate, count, _look(Fate(fate))) for fate, count in counts.items()],
        total=sum(counts.values()),
        bars=list(_bars(told, origin, span)),
        faults=[(at(each.at), str(each.detail["fault"]), each.subject) for each in faults if each.at <= end],
        ticks=[(at(origin + span * part / 4), f"{span * part / 4:.1f}") for part in range(5)],
    )


def _look(fate: Fate) -> str:
    return "good" if fate in GOOD else "bad" if fate in BAD else "open"


def _bars(told: Iterable[Entry], origin: float, span: float) -> Iterator[Bar]:
    """Yield the bars: accepted ones above the axis, failed tries on top of them, and deliveries below it."""
    found: dict[str, Counter[int]] = {"accepted": Counter(), "failed": Counter(), "delivered": Counter()}
    for entry in told:
        event = str(entry.detail["event"])
        kind = event if event in {ACCEPTED, DELIVERED} else "failed"
        found[kind][min(BARS - 1, max(0, int((entry.at - origin) / span * BARS)))] += 1
    accepted, failed, delivered = found.values()
    most = max([1, *((accepted + failed).values()), *delivered.values()])
    width = (WIDTH - LEFT - RIGHT) / BARS
    for slot in range(BARS):
        x, seconds = LEFT + slot * width, f"{slot * span / BARS:.2f} s"
        up = accepted[slot] / most * (AXIS - TOP)
        over = failed[slot] / most * (AXIS - TOP)
        down = delivered[slot] / most * (FLOOR - AXIS)
        for count, y, height, what in (
            (accepted[slot], AXIS - up, up, "accepted"),
            (failed[slot], AXIS - up - over, over, "failed"),
            (delivered[slot], AXIS, down, "delivered"),
        ):
            if count:
                yield Bar(x, y, width * 0.8, height, what, f"{count} {what} from {seconds} on")

"""The picture shows what the timeline says."""

from __future__ import annotations

import time
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Mapping, Sequence

from lab.contract import Rank
from lab.faults import Fault, FaultKind
from lab.history import History
from lab.timeline import Entry, Kind, Timeline
from reports import picture
from reports.lanes import Bar, Lane, Reader


def note(timeline: Timeline, at: float, fault: Fault) -> None:
    """Enter a fault as a driver does."""
    timeline.add(at, Kind.FAULT, fault.subject, **fault.detail("it was seen"))


def draw(
    entries: Iterable[Entry],
    *,
    title: str = "t",
    verdict: str = "pass",
    origin: float = 100.0,
    end: float = 106.0,
    failovers: Sequence[Mapping[str, object]] = (),
) -> str:
    """Draw a pair's history with the steps and claims of the same entries."""
    told = list(entries)
    return picture.draw(History(told), told, title=title, verdict=verdict, origin=origin, end=end, failovers=failovers)


def takeover() -> Timeline:
    """Return a takeover after a power loss, as a lab would observe it."""
    timeline = Timeline(origin=100.0)
    timeline.add(100.0, Kind.STEP, "a pair", text="Given a pair", phase="given")
    timeline.add(101.0, Kind.ROLE, "P", old="off", new="primary")
    timeline.add(101.0, Kind.ROLE, "S", old="off", new="secondary")
    timeline.add(101.0, Kind.ADDRESS, "P", interface="port3", address="10.0.3.100/24", held=True)
    for tenth in range(10, 60):
        answer = "P" if tenth < 20 else None if tenth < 50 else "S"
        timeline.add(100 + tenth / 10, Kind.PROBE, "10.0.3.100", answer=answer, banner_ms=1.0)
    note(timeline, 102.0, Fault(FaultKind.POWER_OFF, "P"))
    timeline.add(102.0, Kind.ROLE, "P", old="primary", new="unreachable")
    note(timeline, 102.0, Fault(FaultKind.BLACK_HOLE, "S", Rank.PRIMARY))
    timeline.add(105.0, Kind.ROLE, "S", old="secondary", new="primary")
    timeline.add(105.0, Kind.ADDRESS, "S", interface="port3", address="10.0.3.100/24", held=True)
    timeline.add(105.5, Kind.MAIL, "m1", event="accepted", via="10.0.3.100", unit="S")
    timeline.add(
        105.0, Kind.CLAIM, "takeover", bound="at most 3 s", measured=3.0, verdict="within", resolution=0, slack=0
    )
    return timeline


def lanes() -> dict[str, Lane]:
    """Return the lanes of the takeover by their names."""
    timeline = takeover()
    reader = Reader(History(timeline), timeline.of(Kind.CLAIM), origin=100.0, end=106.0)
    return {lane.name: lane for lane in reader.lanes()}


def spans(lane: Lane) -> list[tuple[float, float, str]]:
    """Return a lane's bars, rounded, without the room behind the end."""
    return [(round(bar.start, 3), min(round(bar.end, 3), 6.0), bar.look) for bar in lane.bars]


def test_roles_are_bars_from_change_to_change() -> None:
    """Each role lasts until the next one."""
    assert spans(lanes()["Unit P"]) == [(0, 1, "role-off"), (1, 2, "role-primary"), (2, 6, "role-unreachable")]
    assert spans(lanes()["Unit S"]) == [(0, 1, "role-off"), (1, 5, "role-secondary"), (5, 6, "role-primary")]


def test_the_holder_ends_with_its_power() -> None:
    """Who holds the address is drawn for each unit; a dead one holds nothing."""
    assert spans(lanes()["10.0.3.100 held"]) == [(1, 2, "unit-P"), (5, 6, "unit-S")]


def test_probe_answers_are_joined() -> None:
    """Equal answers in a row are one bar."""
    assert spans(lanes()["10.0.3.100 answers"]) == [(1, 2, "unit-P"), (2, 5, "silent"), (5, 6, "unit-S")]


def test_a_cut_link_says_how() -> None:
    """A one-way cut names who no longer hears."""
    assert [bar.text for bar in lanes()["Primary link"].bars] == ["", "black-hole, S deaf"]


def test_faults_and_claims_have_their_length() -> None:
    """A fault lasts until it is healed or the scenario ends, a claim as long as it measured."""
    assert spans(lanes()["Faults"]) == [(2, 6, "fault"), (2, 6, "fault")]
    assert spans(lanes()["Timed claims"]) == [(2, 5, "claim-within")]


def test_overlapping_bars_get_rows_of_their_own() -> None:
    """Faults at the same time are all visible."""
    timeline = takeover()
    note(timeline, 103.0, Fault(FaultKind.FREEZE, "S"))
    lane = next(x for x in Reader(History(timeline), origin=100.0, end=106.0).lanes() if x.name == "Faults")
    told = [("P: power off", 0), ("primary link: black-hole", 1), ("S: freeze", 2)]
    assert [(bar.text, bar.row) for bar in lane.bars] == told


def test_the_picture_is_well_formed_and_names_everything() -> None:
    """It is XML, with title, verdict, lanes and steps, whatever a name contains."""
    svg = draw(takeover(), title="P & <S>", verdict="pass")
    text = "".join(ET.fromstring(svg).itertext())  # noqa: S314 - drawn by ourselves
    for word in ("P & <S>", "pass", "Unit P", "10.0.3.100 held", "Given a pair", "takeover", "within"):
        assert word in text


FAILOVER = {
    "unit": "S",
    "cause": "silence",
    "began": 2.0,
    "bound": 3.0,
    "after": {"detected": 2.995, "role": 3.0, "address": 3.0, "announced": 3.004, "banner": 3.9},
    "after_bound": {},
}


def test_a_failover_shows_its_phases() -> None:
    """Letters where they happened, those too close together in one place, and all figures in the list below."""
    svg = draw(takeover(), title="t", verdict="pass", failovers=[FAILOVER])
    texts = [each.text for each in ET.fromstring(svg).iter() if each.tag.endswith("text")]  # noqa: S314
    assert {"dran", "b", "silence 3.000 s", "bound 3 s"} <= set(texts)
    (told,) = [text for text in texts if text and text.startswith("S takes the role")]
    assert "d detected 2.995 s · r role 3.000 s" in told
    assert told.endswith("b banner 3.900 s after the last heartbeat")


def test_heartbeats_are_one_path_for_each_link() -> None:
    """Hundreds of strokes must not be hundreds of elements."""
    timeline = takeover()
    for number in range(300):
        timeline.add(101 + number / 100, Kind.HEARTBEAT, "S", rank=("primary", "secondary")[number % 2])
    svg = draw(timeline, title="t", verdict="pass")
    assert svg.count('class="beat-') == 2
    assert svg.count("v7") == 300


def test_an_empty_timeline_can_be_drawn() -> None:
    """A lab that did not come up leaves a picture that says so, not an error."""
    ET.fromstring(draw([], title="nothing", verdict="harness error", origin=0.0, end=0.0))  # noqa: S314


def test_a_long_scenario_is_drawn_in_no_time() -> None:
    """Probes every 50 ms for ten minutes do not make the picture slow or big."""
    timeline = Timeline()
    for number in range(12_000):
        timeline.add(number * 0.05, Kind.PROBE, "10.0.3.100", answer="P", banner_ms=1.0)
    entries = list(timeline)
    began = time.process_time()
    svg = draw(entries, title="long", verdict="pass", origin=0.0, end=600.0)
    assert time.process_time() - began < 1.0
    assert len(svg) < 20_000
    bars = [bar for lane in Reader(History(entries), origin=0.0, end=600.0).lanes() for bar in lane.bars]
    assert Bar(0.0, 618.0, "unit-P", "P") in bars

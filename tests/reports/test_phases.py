"""The phases of a failover are read from what the lab saw, each from its own source."""

from __future__ import annotations

from collections.abc import Sequence

from lab.faults import Fault, FaultKind
from lab.history import History
from lab.timeline import Kind, Timeline
from reports import phases, waits
from reports.phases import Cause, Phase


def takeover(*, old: str = "secondary", heard: float = 102.0) -> Timeline:
    """Return a pair whose secondary takes over at 105 s of the lab's clock."""
    timeline = Timeline(origin=100.0)
    timeline.add(100.2, Kind.CLI, "S", line="set hb-lost-threshold 3", reply="")
    timeline.add(100.3, Kind.CLI, "P", line="set hb-lost-threshold 9", reply="")
    timeline.add(100.5, Kind.ROLE, "P", old="off", new="primary")
    timeline.add(100.5, Kind.ADDRESS, "P", interface="port3", address="10.0.3.100/24", held=True)
    timeline.add(100.6, Kind.ROLE, "S", old="off", new="secondary")
    timeline.add(100.6, Kind.LOG, "S", message="ha: effective mode changed from off to secondary")
    timeline.add(heard, Kind.HEARTBEAT, "S", rank="primary")
    timeline.add(102.5, Kind.FAULT, "P", **Fault(FaultKind.POWER_OFF, "P").detail("dark"))
    timeline.add(104.99, Kind.LOG, "S", message="ha: MASTER heartbeat disappeared")
    timeline.add(105.0, Kind.ROLE, "S", old=old, new="primary")
    timeline.add(105.001, Kind.ADDRESS, "S", interface="port3", address="10.0.3.100/24", held=True)
    timeline.add(105.002, Kind.ADDRESS, "S", interface="port1", address="10.0.1.2/24", held=True)
    timeline.add(105.004, Kind.ANNOUNCEMENT, "S", address="10.0.3.100")
    timeline.add(105.01, Kind.PROBE, "10.0.3.100", answer=None, banner_ms=None)
    timeline.add(105.06, Kind.PROBE, "10.0.3.100", answer="S", banner_ms=20.0)
    return timeline


def test_a_silence_has_all_its_phases() -> None:
    """From the last heartbeat on, against the unit's own threshold; a banner counts when it has arrived."""
    (found,) = phases.failovers(History(takeover()))
    assert (found.unit, found.cause, found.began, found.bound) == ("S", Cause.SILENCE, 102.0, 3.0)
    told = found.as_data(100.0)
    assert told["began"] == 2.0
    assert told["after"] == {"detected": 2.99, "role": 3.0, "address": 3.001, "announced": 3.004, "banner": 3.08}
    assert told["after_bound"]["banner"] == 0.08


def test_a_failover_by_order_waits_for_nothing() -> None:
    """A unit that still hears its peer counts from what was done last, and has no bound."""
    timeline = takeover(heard=104.8)
    timeline.add(104.7, Kind.CLI, "P", line="diagnose system ha failover", reply="")
    timeline.add(104.75, Kind.CLI, "P", line="get system status", reply="")
    (found,) = phases.failovers(History(timeline))
    assert (found.cause, found.began, found.bound) == (Cause.ORDER, 104.7, None)
    assert found.as_data(100.0)["after_bound"] == {}


def test_a_unit_that_returns_long_after_its_restart_counts_from_its_return() -> None:
    """The time that it was away is the restart's, not the failover's."""
    timeline = takeover()
    timeline.add(200.0, Kind.CLI, "P", line="execute reboot", reply="")
    timeline.add(200.5, Kind.ROLE, "P", old="primary", new="unreachable")
    timeline.add(1120.0, Kind.ROLE, "P", old="unreachable", new="off")
    timeline.add(1121.0, Kind.ROLE, "P", old="off", new="secondary")
    timeline.add(1121.5, Kind.HEARTBEAT, "P", rank="primary")
    timeline.add(1122.0, Kind.ROLE, "P", old="secondary", new="primary")
    found = phases.failovers(History(timeline))[-1]
    assert (found.unit, found.cause, found.began) == ("P", Cause.ORDER, 1120.0)


def test_the_threshold_is_fifteen_seconds_until_someone_sets_it() -> None:
    """Source: HA-100."""
    (found,) = phases.failovers(History(e for e in takeover() if e.kind is not Kind.CLI))
    assert found.bound == 15.0


def test_hold_off_that_runs_out_is_a_silence_without_that_bound() -> None:
    """A unit in hold-off does not wait for the threshold."""
    (found,) = phases.failovers(History(takeover(old="hold-off")))
    assert (found.cause, found.bound) == (Cause.SILENCE, None)


def test_what_is_no_failover_is_left_out() -> None:
    """Neither the first forming of a pair, nor a primary that answers again, moves a role."""
    timeline = Timeline()
    for at, unit, old, new in (
        (1.0, "P", "off", "primary"),
        (2.0, "S", "off", "secondary"),
        (3.0, "P", "primary", "unreachable"),
        (4.0, "P", "unreachable", "primary"),
    ):
        timeline.add(at, Kind.ROLE, unit, old=old, new=new)
    assert phases.failovers(History(timeline)) == []


def test_a_frozen_primary_that_thaws_takes_no_role() -> None:
    """It answers again as what it was, while the other leads: one failover, not two."""
    timeline = takeover()
    timeline.add(103.0, Kind.ROLE, "P", old="primary", new="unreachable")
    timeline.add(106.0, Kind.ROLE, "P", old="unreachable", new="primary")
    assert [found.unit for found in phases.failovers(History(timeline))] == ["S"]


def test_phases_are_a_table_to_sort() -> None:
    """CSV with one row for each phase."""
    (found,) = phases.failovers(History(takeover()))
    lines = phases.table([found.as_data(100.0)]).splitlines()
    assert lines[0] == "unit,cause,began,bound,phase,after,after_bound"
    assert lines[2] == f"S,silence,2.000000,3,{Phase.ROLE},3.000000,0.000000"


def test_documented_waits_count_each_moment_once() -> None:
    """A watched span that lies in a silence adds only what sticks out."""
    timeline = takeover()
    timeline.add(103.0, Kind.WATCH, "nobody moves", seconds=4.0)
    timeline.add(105.0, Kind.CLAIM, "silence", at_least=3.0, measured=3.0, unit="s")
    timeline.add(106.0, Kind.CLAIM, "rate", at_least=1.0, measured=1.0, unit="per s")
    assert documented(timeline) == 5.0


def documented(timeline: Timeline) -> float:
    """Seconds of documented waits in a timeline."""
    entries, history = list(timeline), History(timeline)
    return waits.documented(entries, phases.failovers(history), history)


def followed(losses: Sequence[tuple[float, str]], link: str = "primary") -> Timeline:
    """A primary that hears its secondary on two links, one until 102 s, and logs these losses."""
    timeline = Timeline(100.0)
    timeline.add(100.0, Kind.CLI, "P", line="set hb-lost-threshold 3", reply="")
    for second in range(20):
        for rank in ("primary", "secondary"):
            if second <= 2 or rank != link:
                timeline.add(100.0 + second, Kind.HEARTBEAT, "P", rank=rank)
    for at, text in losses:
        timeline.add(at, Kind.LOG, "P", message=text)
    return timeline


LOST = "hahbd: heart beat status changed to primary-hearbeat-port1=FAILED;secondary-hearbeat-port2=OK"


def test_a_silence_before_a_loss_is_logged_is_a_documented_wait() -> None:
    """The detection time passes before a unit may call a link lost, whether or not a role moves. Source: HA-101."""
    assert documented(followed([(105.0, LOST)])) == 3.0
    assert documented(followed([(105.8, LOST), (105.9, "ha: secondary heartbeat disappeared")])) == 3.1


def test_a_line_about_a_link_that_was_lost_before_is_no_wait() -> None:
    """The other link's return names the dead one again, and a line of another kind tells of none."""
    assert documented(followed([(115.0, LOST)])) == 0.0
    assert documented(followed([(105.0, "ha: synchronization has ended")])) == 0.0


def test_without_a_documented_wait_there_is_none() -> None:
    """A scenario that only looks waits for nothing."""
    assert documented(Timeline()) == 0.0

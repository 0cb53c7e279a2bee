"""Silence of every kind, and what looks like it: stalls, late and uneven heartbeats, thin links, a frozen machine."""

from __future__ import annotations

from itertools import pairwise

from lab.contract import Capability, Mode, Rank
from lab.errors import FaultNotProven
from lab.faults import Fault, FaultKind, on_both_links
from lab.standard_pair import PAIR
from lab.timeline import Entry, Kind
from steps.faults import loses_power
from steps.links import await_heartbeat, prove_no_silence, short_silence
from steps.pair import set_ha
from steps.scene import Scene
from steps.words import given, then, when

BREATH = 1.2
"""Seconds between two stalls: a little more than a heartbeat's period."""


@given("time for minutes to pass")
def minutes(scene: Scene) -> None:
    """The lab may let minutes pass: always in sim, elsewhere when asked for (--long)."""
    scene.needs(Capability.LONG)


@when("both heartbeat links fall silent for {seconds:Seconds} seconds and resume, {count:Count} times")
def short_silences(scene: Scene, seconds: float, count: int) -> None:
    """Each silence begins after a heartbeat has been heard again. Source: HA-102, HA-103."""
    for _ in range(count):
        short_silence(scene, seconds)
        await_heartbeat(scene, "S", Rank.SECONDARY)


@when("the {unit:Unit} stands still for {seconds:Seconds} seconds at a time, {count:Count} times")
def stalls(scene: Scene, unit: str, seconds: float, count: int) -> None:
    """So overloaded is the machine that nothing on it runs meanwhile; in between it catches up. Source: HA-102."""
    stall = Fault(FaultKind.FREEZE, unit)
    scene.ready(stall)
    mode = scene.mode_seen(unit)
    other = scene.other(unit).name
    clock = scene.lab.clock
    for _ in range(count):
        await_heartbeat(scene, other, Rank.PRIMARY)
        scene.inflict(stall)
        clock.hold(lambda: True, seconds, f"unit {unit} stands still")
        goes_on_at = clock.now()
        scene.inflict(Fault(FaultKind.THAW, unit))
        clock.wait_for(
            lambda: scene.mode_seen(unit) is not Mode.UNREACHABLE, scene.lab.profile.settle, f"unit {unit} goes on"
        )
        clock.hold(lambda: True, BREATH, f"unit {unit} catches up")
        if unit == "S":
            prove_heard(scene, goes_on_at)
        else:
            prove_no_silence(scene)
        assert scene.mode_seen(unit) is mode, f"unit {unit} has changed its role"
        assert not scene.changes(other), f"unit {other} has changed its role"
    scene.act()


@when("the frozen primary goes on")
def goes_on(scene: Scene) -> None:
    """The machine runs again, and still is what it was: nothing has told it otherwise. Source: HA-703."""
    scene.inflict(Fault(FaultKind.THAW, "P"))
    is_back = "the primary goes on"
    scene.lab.clock.wait_for(lambda: scene.mode_seen("P") is Mode.PRIMARY, scene.lab.profile.settle, is_back)
    scene.act()


@given("both heartbeat links carry everything {seconds:Seconds} seconds late")
@when("both heartbeat links carry everything {seconds:Seconds} seconds late")
def late(scene: Scene, seconds: float) -> None:
    """A constant delay each way, from one moment on. Source: HA-102."""
    _delay(scene, seconds, 0.0)
    prove_no_silence(scene)


@when("both heartbeat links carry everything {seconds:Seconds} seconds late while both units live")
def late_and_split(scene: Scene, seconds: float) -> None:
    """A constant delay each way that begins with a silence as long: two units will hold the virtual address.

    Source: HA-101.
    """
    _delay(scene, seconds, 0.0)


@when("both heartbeat links carry everything {seconds:Seconds} seconds late, give or take {jitter:Seconds}")
def late_and_uneven(scene: Scene, seconds: float, jitter: float) -> None:
    """Each heartbeat is late by a span of its own; their order is kept. Source: HA-102."""
    _delay(scene, seconds, jitter)
    prove_no_silence(scene)


@when("the latency of both heartbeat links grows by {step:Seconds} seconds at a time up to {seconds:Seconds}")
def latency_grows(scene: Scene, step: float, seconds: float) -> None:
    """Heartbeats come later and later, but go on coming. Source: HA-101, HA-102.

    A lab may let the one that it holds go at once when the latency grows: between that one and the next lie up to two
    of the heartbeat's periods and the step, so the detection time must be longer.
    """
    for number in range(1, round(seconds / step) + 1):
        _delay(scene, number * step, 0.0)
        prove_no_silence(scene)


@given("both heartbeat links carry {rate:Count} bytes a second on each connection")
def thin(scene: Scene, rate: int) -> None:
    """A bandwidth at which a synchronization takes long. Source: HA-102, HA-054."""
    for rank in Rank:
        thin_link(scene, rank, rate)


@given("the {rank:Rank} heartbeat link carries {rate:Count} bytes a second on each connection")
def thin_link(scene: Scene, rank: Rank, rate: int) -> None:
    """A bandwidth at which a synchronization on this link takes long. Source: HA-061."""
    scene.steady()
    scene.inflict(Fault(FaultKind.THROTTLE, link=rank, value=float(rate)))


@when("an operator sets a detection time of {seconds:Seconds} seconds on the secondary meanwhile")
def detection_changes(scene: Scene, seconds: float) -> None:
    """A silence has begun already, and is measured by the new span. Source: HA-104."""
    set_ha(scene, "S", f"hb-lost-threshold {seconds:g}")
    now = scene.lab.clock.now()
    if now - scene.last_heard("S", now) >= seconds:
        raise FaultNotProven(f"the silence has lasted for {seconds:g} s before that was set")


@when("the primary loses power {seconds:Seconds} seconds after the secondary's detection time was set")
def loses_power_later(scene: Scene, seconds: float) -> None:
    """Time passes between a setting and the failure."""
    scene.lab.clock.hold(lambda: not scene.changes("S"), seconds, "nothing changes")
    loses_power(scene, "P")


@then("the {unit:Unit} has not missed its peer's heartbeat for the detection time")
def no_long_silence(scene: Scene, unit: str) -> None:
    """Since the action began no two heartbeats that the unit heard lie further apart. Source: HA-101, HA-102."""
    await_heartbeat(scene, unit, Rank.PRIMARY)  # one that comes now shows that all before it have been entered
    heard = [beat.at for beat in scene.lab.timeline.of(Kind.HEARTBEAT, unit, since=scene.since)]
    times = [scene.since, *heard]
    longest = max(later - earlier for earlier, later in pairwise(times))
    assert longest < scene.detection[unit], f"unit {unit} heard nothing for {longest:.3f} s"


@then("the synchronization has lasted longer than the detection time")
def sync_lasted(scene: Scene) -> None:
    """Otherwise nothing would be shown about heartbeats during a long synchronization."""
    lasted = scene.lab.clock.now() - scene.since
    assert lasted > max(scene.detection.values()), f"the synchronization took {lasted:.3f} s only"


@then("the own mail address of the primary still answers from its machine")
def own_address_answers(scene: Scene) -> None:
    """Its HA software is gone; its mail service is not, at the address that is not shared. Source: HA-165."""
    address = scene.lab.primary.own_address(PAIR.mail).partition("/")[0]
    mail, what = scene.lab.mail, "the primary's own mail address answers from its machine"
    scene.lab.clock.wait_for(lambda: mail.answering(address) == "P", scene.lab.profile.settle, what)


def prove_heard(scene: Scene, since: float) -> None:
    """Wait until a secondary that went on then hears its peer; raise FaultNotProven where the network was too slow."""

    def heard() -> list[Entry]:
        return scene.lab.timeline.of(Kind.HEARTBEAT, "S", since=since)

    scene.lab.clock.wait_for(heard, scene.lab.profile.settle, "the secondary hears its peer again")
    silence = heard()[0].at - since
    if silence >= scene.detection["S"] - scene.lab.profile.resolution:
        raise FaultNotProven(f"the secondary heard nothing for {silence:.3f} s after it went on")


def _delay(scene: Scene, seconds: float, jitter: float) -> None:
    scene.begin_with(*on_both_links(Fault(FaultKind.DELAY, value=seconds, jitter=jitter)))

"""What a lab that looks late, or is answered late, makes of a unit: nothing, or inconclusive; and strange pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from itertools import product
from types import SimpleNamespace
from typing import cast

import pytest

from lab.contract import Capability, Guise, Lab, Mode, Port, Rank, Service, Timing, Trick
from lab.errors import FaultNotProven, NotReached
from lab.faults import Fault, FaultKind
from lab.invariants import Allowances
from lab.standard_pair import PAIR
from lab.timeline import Kind, Timeline
from steps import values
from steps.addresses import SMTP, offers_no_mail, offers_no_mail_before
from steps.failover_actions import rows_of
from steps.fields import Address, From, Refusals, Trial
from steps.mail import Clients, opens_session
from steps.mail_data import Stored, finds_once
from steps.roles import passes_through
from steps.scene import Scene
from steps.settings import sets
from steps.strangers import Intruder, attacks, has_logged
from steps.traffic import carries_ports, listens


class Clock:
    """Passes `every` seconds between two looks."""

    def __init__(self, every: float) -> None:
        """Begin at 0 s."""
        self.at, self.every = 0.0, every

    def now(self) -> float:
        """Seconds."""
        return self.at

    def wait_for(self, condition: Callable[[], object], within: float, what: str) -> object:
        """Look again and again."""
        end = self.at + within
        while self.at <= end:
            if value := condition():
                return value
            self.at += self.every
        raise NotReached(what)


def scene_of(clock: Clock, **more: object) -> Scene:
    """A scene whose lab has this clock."""
    timing = Timing(slack=0.25, resolution=0.05, boot=1, settle=10)
    lab = SimpleNamespace(clock=clock, timing=timing, timeline=Timeline(), **more)
    return cast("Scene", SimpleNamespace(lab=lab, needs=lambda *_: None))


def unit_that_leads_at(moment: float, scene: Scene, clock: Clock, *, mail_before: bool) -> SimpleNamespace:
    """A unit that listens for mail from when it leads on, and before that if it is wrong."""
    entry = scene.lab.timeline.add(moment, Kind.ROLE, "P", old=Mode.OFF.value, new=Mode.PRIMARY.value, doubt=0.1)
    scene.changes = lambda _unit: [entry]  # type: ignore[method-assign]
    return SimpleNamespace(listening=lambda: {("0.0.0.0", SMTP)} if mail_before or clock.at >= moment else set())  # noqa: S104


def test_a_unit_that_led_before_the_lab_looked_is_not_judged_by_its_mail() -> None:
    """It may have offered none while it looked for its peer, for two seconds."""
    clock = Clock(every=0.1)
    scene = scene_of(clock)
    unit = unit_that_leads_at(2.0, scene, clock, mail_before=False)
    scene.unit = lambda _name: unit  # type: ignore[assignment,method-assign]
    offers_no_mail(scene, "P")
    clock.at = 2.5
    with pytest.raises(FaultNotProven, match="led before the lab looked"):
        offers_no_mail(scene, "P")


def test_a_unit_that_was_seen_to_offer_mail_until_it_led_is_wrong() -> None:
    """The lab has looked all the time."""
    clock = Clock(every=0.1)
    scene = scene_of(clock)
    unit = unit_that_leads_at(2.0, scene, clock, mail_before=True)
    scene.unit = lambda _name: unit  # type: ignore[assignment,method-assign]
    with pytest.raises(NotReached):
        offers_no_mail(scene, "P")


@pytest.mark.parametrize(
    ("began", "every", "mail_before", "outcome"),
    [
        (0.0, 0.1, False, nullcontext()),
        (0.0, 0.1, True, pytest.raises(AssertionError, match="waited for mail")),
        (2.5, 0.1, False, pytest.raises(FaultNotProven, match="led before the lab looked")),
        (0.0, 1.7, False, pytest.raises(FaultNotProven, match=r"for 1\.7 s the lab did not look")),
    ],
    ids=["right", "wrong", "too late", "too seldom"],
)
def test_mail_before_a_unit_leads_is_judged_by_what_the_lab_saw_until_then(
    began: float,
    every: float,
    mail_before: bool,  # noqa: FBT001 - a column
    outcome: AbstractContextManager[object],
) -> None:
    """A lab that has not looked, or seldom, knows nothing."""
    clock = Clock(every)
    scene = scene_of(clock)
    unit = unit_that_leads_at(2.0, scene, clock, mail_before=mail_before)
    changes = scene.changes
    scene.unit = lambda _name: unit  # type: ignore[assignment,method-assign]
    scene.changes = lambda name: changes(name) if clock.at >= 2.0 else []  # type: ignore[method-assign]
    scene.cause = lambda *_: None  # type: ignore[assignment,method-assign]
    scene.detection = {"P": 3.0}
    clock.at = began
    with outcome:
        offers_no_mail_before(scene, "P")


@pytest.mark.parametrize("every", [0.1, 1.7])
def test_a_count_is_still_when_it_has_not_grown_for_a_span_however_seldom_it_is_read(every: float) -> None:
    """It grows until 3 s; nobody takes a time without a look for a time without growth."""
    clock = Clock(every)
    Scene.await_still(scene_of(clock), lambda: int(min(clock.at, 3.0) * 10), 1.0, "it ends")
    assert clock.at >= 4.0


def test_a_count_that_goes_on_growing_is_never_still() -> None:
    """Also one that grows once a second only."""
    clock = Clock(every=0.1)
    with pytest.raises(NotReached):
        Scene.await_still(scene_of(clock), lambda: int(clock.at), 2.5, "it ends")


def test_what_a_thin_link_held_when_its_cable_was_pulled_is_not_counted() -> None:
    """It reaches the other unit for three more seconds; a link that keeps its cable counts from before."""
    clock = Clock(every=0.1)
    links = {rank: SimpleNamespace(carried=lambda _port: int(min(clock.at, 3.0) * 10)) for rank in Rank}
    scene = scene_of(clock, links=links)
    scene.carried = dict.fromkeys(product(Rank, Port), 0)
    scene.count = partial(Scene.count, scene)  # type: ignore[method-assign]
    scene.await_still = partial(Scene.await_still, scene)  # type: ignore[method-assign]
    Scene._count_anew(scene, [Fault(FaultKind.CABLE, "P", value=PAIR.heartbeat[Rank.PRIMARY])])
    assert scene.carried[Rank.PRIMARY, Port.DATA_SYNC] == 30
    assert scene.carried[Rank.SECONDARY, Port.DATA_SYNC] == 0


@pytest.mark.parametrize("strays", [set(), {20001}])
def test_a_port_may_come_into_use_later_and_another_must_not(strays: set[int]) -> None:
    """The copy of the first synchronization may arrive before the order of the second one is sent."""
    clock = Clock(every=0.1)
    link = SimpleNamespace(connections=lambda: {21000, *strays, *([21001] if clock.at > 3 else [])})
    scene = scene_of(clock, links={Rank.PRIMARY: link})
    table = [["use", "port"], ["heartbeat signal", "21000"], ["synchronization control", "21001"]]
    with pytest.raises(AssertionError, match="20001") if strays else nullcontext():
        carries_ports(scene, Rank.PRIMARY, table)
    assert clock.at > 3


@pytest.mark.parametrize("page", ["mode : primary\n", "hb-base-port : unset\n"])
def test_a_page_without_a_documented_setting_is_the_units_fault(page: str) -> None:
    """Not that of the harness."""
    scene = scene_of(Clock(every=0.1))
    scene.enter = lambda _unit, *_lines: page  # type: ignore[assignment,method-assign]
    scene.unit = lambda _name: SimpleNamespace()  # type: ignore[assignment,method-assign]
    with pytest.raises(AssertionError, match="unit P shows no hb-base-port"):
        listens(scene, ("P",))


@pytest.mark.parametrize(("interface", "made"), [("port3", []), ("port4", [Capability.BRIDGE, "networks"])])
def test_an_interface_that_the_lab_makes_for_bridges_only_is_there_before_it_is_named(
    interface: str, made: list[object]
) -> None:
    """A unit that knows no such interface refuses it rightly."""
    done: list[object] = []
    mail = SimpleNamespace(virtual_address="", virtual_address6="")
    scene = scene_of(Clock(every=0.1), mail=mail, bridge_networks=lambda: done.append("networks"))
    scene.needs = lambda *needed: done.extend(needed)  # type: ignore[method-assign]
    rows_of(scene, [["interface", "action", "address"], [interface, "ignore", "none"]])
    assert done == made


def test_a_client_that_is_greeted_too_late_opens_another_session() -> None:
    """Without a greeting a session is closed from the start; the next one is not."""
    greeted: Iterator[bool] = iter([False, True])

    def open_session(_address: str, _service: Service) -> SimpleNamespace:
        is_open = next(greeted)
        return SimpleNamespace(is_open=lambda: is_open)

    scene = scene_of(Clock(every=0.1), mail=SimpleNamespace(open_session=open_session))
    unit = SimpleNamespace(own_address=lambda _interface: "192.0.2.1/24")
    scene.unit = lambda _name: unit  # type: ignore[assignment,method-assign]
    clients = Clients()
    action = opens_session(scene, clients, Service.SMTP, Address("", unit="P"))
    assert action.does is not None
    action.does()
    assert clients.session is not None
    assert clients.session.is_open()


def test_what_is_sent_again_after_the_takeover_shows_nothing() -> None:
    """The stranger was late, so no unit is judged; before the takeover he is in time."""
    scene = scene_of(Clock(every=0.1))
    modes = {"P": Mode.UNREACHABLE, "S": Mode.SECONDARY}
    scene.mode_seen = modes.get  # type: ignore[assignment,method-assign]
    scene.other = lambda _name: SimpleNamespace(name="P")  # type: ignore[assignment,method-assign]
    action = attacks(scene, Intruder(), Trial(Trick.REPLAY), "S", From(Guise.PEER))
    assert action.proves is not None
    action.proves()
    modes["S"] = Mode.PRIMARY
    with pytest.raises(FaultNotProven, match="before anything of its lost peer was sent again"):
        action.proves()


@pytest.mark.parametrize(
    ("lines", "now", "ends"),
    [
        (1, 90.0, nullcontext()),
        (2, 30.0, pytest.raises(AssertionError, match="more than once")),
        (2, 90.0, pytest.raises(FaultNotProven, match="was there for 60 s")),
    ],
)
def test_a_second_line_about_a_stranger_is_too_much_only_within_a_minute(
    lines: int, now: float, ends: AbstractContextManager[object]
) -> None:
    """A lab that took longer has seen what may be the line of the next minute; one line is right whenever it looks."""
    clock = Clock(every=0.1)
    clock.at = now
    scene = scene_of(clock)
    scene.since = 0.0
    log = ["refused a peer at 10.0.6.9"] * lines
    unit = SimpleNamespace(
        reports_to=frozenset(), log=lambda: log, told=lambda _saying, log: log, look_first=lambda _field: ""
    )
    scene.unit = lambda _name: unit  # type: ignore[assignment,method-assign]
    with ends:
        has_logged(scene, Intruder(), ("S",), Refusals.ONCE)


@pytest.mark.parametrize("mode", [Mode.SECONDARY, Mode.PRIMARY])
def test_a_detection_time_that_a_silence_had_reached_before_it_was_set_judges_no_unit(mode: Mode) -> None:
    """Whether the unit still waits then, or has taken over since the last action."""
    clock = Clock(every=0.1)
    scene = scene_of(clock)
    scene.lab.timeline.add(1.0, Kind.HEARTBEAT, "S")
    scene.mode_seen = lambda _name: mode  # type: ignore[method-assign]
    scene.changes = lambda _unit: [object()]  # type: ignore[method-assign,list-item]
    action = sets(scene, values.read("the detection time to 10 seconds"), ("S",))
    assert action.seen is not None
    clock.at = 10.9
    action.seen()
    clock.at = 11.0
    with pytest.raises(FaultNotProven, match="nothing for 10 s"):
        action.seen()


@pytest.mark.parametrize(
    ("seen", "verdict"),
    [
        ([(Mode.SECONDARY, 0.0), (Mode.PRIMARY, 0.1)], nullcontext()),
        ([(Mode.PRIMARY, 0.1)], pytest.raises(FaultNotProven, match="looked too seldom")),
        ([(Mode.PRIMARY, 0.0)], pytest.raises(NotReached)),
        ([], pytest.raises(NotReached)),
    ],
    ids=["seen", "seen-late", "seen-at-once", "no-change"],
)
def test_a_mode_that_a_unit_passes_through_is_judged_where_no_look_came_late(
    seen: list[tuple[Mode, float]], verdict: AbstractContextManager[object]
) -> None:
    """Between two late looks it may have been in any mode for a moment."""
    clock = Clock(1.0)
    timing = Timing(slack=0.25, resolution=0.05, boot=1, settle=10)
    units = {
        name: SimpleNamespace(name=name[0].upper(), effective_mode=lambda: Mode.PRIMARY)
        for name in ("primary", "secondary")
    }
    scene = Scene(cast("Lab", SimpleNamespace(clock=clock, timing=timing, timeline=Timeline(), **units)), Allowances())
    scene.act()
    for new, doubt in seen:
        scene.lab.timeline.add(0.5, Kind.ROLE, "P", old=Mode.OFF.value, new=new.value, doubt=doubt)
    with verdict:
        passes_through(scene, "P", Mode.SECONDARY)


def test_a_mailbox_in_which_nothing_was_stored_shows_nothing() -> None:
    """Each of no messages is there once in any mailbox."""
    with pytest.raises(AssertionError, match="no message for the mailboxes was stored"):
        finds_once(scene_of(Clock(1.0)), Stored(), "P")

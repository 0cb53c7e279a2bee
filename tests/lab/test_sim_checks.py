"""A simulated unit's local monitoring: when it looks, at what, and when it stops."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import pytest

from lab.contract import DiskState
from lab.sim.checks import Answer, Checks
from lab.sim.interfaces import Interfaces
from lab.sim.volume import Volume
from lab.sim.world import World
from node.engine.events import CheckDone
from node.engine.modes import Mode
from node.engine.settings import Check, HaSettings, RemoteCheck
from node.engine.timing import DISK_LIMIT
from tests.node.engine_pair import FACTORY

OWN = {"port1": "10.0.1.1/24", "port3": "10.0.3.1/24"}


class Bench:
    """A world with one machine's interfaces, and what its checks told."""

    def __init__(self) -> None:
        """Begin at time 0 with every cable in."""
        self.world = World("checks")
        self.interfaces = Interfaces(OWN, lambda *_: None)
        self.told: list[tuple[float, CheckDone]] = []
        self.answer = Answer(ok=True, after=0.1)
        self.volume = Volume("")
        self.checks = Checks(
            self, self.volume, lambda event: self.told.append((self.world.now(), event)), lambda _: self.answer
        )

    def after(self, seconds: float, callback: Callable[[], None], *, process: bool) -> None:
        """Call back later."""
        assert process
        self.world.after(seconds, callback)


def monitoring(*ports: str, interval: int = 2, mode: Mode = Mode.PRIMARY) -> HaSettings:
    """Settings that monitor these ports."""
    return dataclasses.replace(
        FACTORY, mode=mode, monitored=ports, local_ports=Check(enabled=True, interval=interval, retries=3)
    )


def test_a_check_comes_at_each_interval_and_tells_what_it_found() -> None:
    """The first look is one interval after the settings; a pulled cable is found at the next."""
    bench = Bench()
    bench.checks.follow(monitoring("port3"), peer=False)
    bench.world.advance(3.0)
    bench.interfaces.set_cable("port3", plugged=False)
    bench.world.advance(3.0)
    assert bench.told == [(2.0, CheckDone("local-ports", ok=True)), (4.0, CheckDone("local-ports", ok=False)),
                          (6.0, CheckDone("local-ports", ok=False))]  # fmt: skip


def test_a_port_that_is_not_monitored_is_not_looked_at() -> None:
    """Its cable may be out."""
    bench = Bench()
    bench.checks.follow(monitoring("port3"), peer=False)
    bench.interfaces.set_cable("port1", plugged=False)
    bench.world.advance(2.0)
    assert [event.ok for _, event in bench.told] == [True]


def test_settings_that_concern_no_check_keep_its_rhythm() -> None:
    """An operator who changes something else does not put a check off for ever."""
    bench = Bench()
    for port in ("port3", "port1"):
        bench.checks.follow(monitoring(port), peer=False)
        bench.world.advance(1.5)
    assert [at for at, _ in bench.told] == [2.0]


def test_nothing_is_looked_at_outside_a_pair_or_after_the_end_of_the_process() -> None:
    """Neither mode off nor a dead process checks; the same settings begin anew after a restart."""
    bench = Bench()
    settings = monitoring("port3")
    bench.checks.follow(settings, peer=False)
    bench.checks.stop()
    bench.world.advance(5.0)
    bench.checks.follow(monitoring("port3", mode=Mode.OFF), peer=False)
    bench.world.advance(5.0)
    assert not bench.told
    bench.checks.follow(settings, peer=False)
    bench.world.advance(2.0)
    assert len(bench.told) == 1


def test_the_disk_of_a_simulated_unit_is_well() -> None:
    """Its check is told like any other."""
    bench = Bench()
    bench.checks.follow(
        dataclasses.replace(FACTORY, mode=Mode.SECONDARY, local_hd=Check(enabled=True, interval=1, retries=1)),
        peer=False,
    )
    bench.world.advance(1.0)
    assert bench.told == [(1.0, CheckDone("local-hd", ok=True))]


def remote(**changes: object) -> HaSettings:
    """Settings of a secondary that checks SMTP every second, and gives it two."""
    check = RemoteCheck("remote-smtp", enabled=True, address="10.0.3.1", port=25, interval=1, timeout=2, retries=3)
    checks = (dataclasses.replace(check, **changes),)  # type: ignore[arg-type]
    return dataclasses.replace(FACTORY, mode=Mode.SECONDARY, remote=checks)


def test_a_service_of_the_peer_is_asked_at_each_interval_while_the_unit_watches_its_peer() -> None:
    """A result comes when the service has answered."""
    bench = Bench()
    bench.checks.follow(remote(), peer=True)
    bench.world.advance(2.5)
    bench.checks.follow(remote(), peer=False)
    bench.world.advance(5.0)
    good = CheckDone("remote-smtp", ok=True)
    assert [(round(at, 3), event) for at, event in bench.told] == [(1.1, good), (2.1, good)]


def test_a_service_that_never_answers_fails_its_check_at_the_timeout_and_puts_the_next_check_off() -> None:
    """Checks of one service never overlap."""
    bench = Bench()
    bench.answer = Answer(ok=False)
    bench.checks.follow(remote(), peer=True)
    bench.world.advance(6.0)
    assert bench.told == [(3.0, CheckDone("remote-smtp", ok=False)), (5.0, CheckDone("remote-smtp", ok=False))]


def test_an_answer_that_comes_after_the_timeout_is_none() -> None:
    """However good it is."""
    bench = Bench()
    bench.answer = Answer(ok=True, after=2.5)
    bench.checks.follow(remote(), peer=True)
    bench.world.advance(3.2)
    assert bench.told == [(3.0, CheckDone("remote-smtp", ok=False))]


def test_a_service_whose_monitoring_is_disabled_is_not_asked() -> None:
    """Nor when its settings change while an answer is awaited."""
    bench = Bench()
    bench.answer = Answer(ok=False)
    bench.checks.follow(remote(), peer=True)
    bench.world.advance(1.5)
    bench.checks.follow(remote(enabled=False), peer=True)
    bench.world.advance(6.0)
    assert bench.told == []


@pytest.mark.parametrize("state", [DiskState.FULL, DiskState.READ_ONLY, DiskState.FAULTY])
def test_a_mail_disk_that_fails_is_found_at_the_next_look(state: DiskState) -> None:
    """And one that works again at the next but one."""
    bench = Bench()
    bench.checks.follow(
        dataclasses.replace(FACTORY, mode=Mode.PRIMARY, local_hd=Check(enabled=True, interval=2, retries=3)), peer=False
    )
    bench.volume.disk = state
    bench.world.advance(3.0)
    bench.volume.disk = None
    bench.world.advance(2.0)
    assert bench.told == [(2.0, CheckDone("local-hd", ok=False)), (4.0, CheckDone("local-hd", ok=True))]


def test_a_mail_disk_that_is_stuck_puts_its_next_check_off() -> None:
    """The check ends when its time is over; the disk may work again by then."""
    bench = Bench()
    bench.checks.follow(
        dataclasses.replace(FACTORY, mode=Mode.PRIMARY, local_hd=Check(enabled=True, interval=1, retries=3)), peer=False
    )
    bench.volume.disk = DiskState.STUCK
    bench.world.advance(1.0 + DISK_LIMIT)
    assert bench.told == [(1.0 + DISK_LIMIT, CheckDone("local-hd", ok=False))]
    bench.volume.disk = None
    bench.world.advance(DISK_LIMIT)
    assert bench.told[1] == (1.0 + 2 * DISK_LIMIT, CheckDone("local-hd", ok=True))

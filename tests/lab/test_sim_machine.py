"""Tests of a simulated machine with a puppet for an engine: power, freezing, timers, effects, storage."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass, field

import pytest

from lab.contract import Area, Family, MailKind, Message, Mode, Port
from lab.sim.checks import Answer
from lab.sim.configurations import Configurations
from lab.sim.interfaces import Interfaces
from lab.sim.machine import RESENT, Machine, listening
from lab.sim.volume import Volume
from lab.sim.wire import Wire
from lab.sim.world import World
from lab.timeline import Kind
from node import settings
from node.build import Build
from node.engine import effects as do
from node.engine import events as on
from node.engine.messages import Heartbeat
from node.engine.modes import Action, Command, Effective, Rank, Sync
from node.engine.modes import Mode as Configured
from node.engine.settings import Link, RemoteCheck
from node.exchange import frames
from node.reporting import Datagram
from tests.lab.sim_pair import Puppet
from tests.node.engine_pair import FACTORY

OWN = {"port1": "10.0.1.1/24", "port3": "10.0.3.1/24", "port6": "10.0.6.1/24"}
SETTINGS = dataclasses.replace(
    FACTORY,
    mode=Configured.PRIMARY,
    links=(Link(Rank.PRIMARY, "port6", "10.0.6.2"),),
    password="pw",  # noqa: S106 - no secret
)
STORED = settings.Configuration.factory().with_value(("system ha", "mode"), "primary")
VIRTUAL = "10.0.3.100/24"
IPV4 = Family.IPV4
BEAT = Heartbeat(1, 1, Configured.SECONDARY, Effective.OFF, joining=False)


@dataclass
class Bench:
    """One machine, the puppets that it started, and what it handed on."""

    world: World = field(default_factory=lambda: World("bench"))
    puppets: list[Puppet] = field(default_factory=list)
    prepared: dict[type, list[do.Effect]] = field(default_factory=dict)
    announced_: list[tuple[str, str]] = field(default_factory=list)
    syncs: list[Sync] = field(default_factory=list)
    cancelled: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Boot the machine."""
        self.machine = Machine(
            "P",
            world=self.world,
            wire=Wire(self.world, ("port6",)),
            volume=Volume(settings.dump(STORED)),
            own=OWN,
            build=Build(self.make),
            configurations=Configurations(),
            around=self,
        )
        self.machine.boot(at_once=True)

    def make(self) -> Puppet:
        """Start a puppet."""
        puppet = Puppet(SETTINGS)
        puppet.answers.update(self.prepared)
        self.puppets.append(puppet)
        return puppet

    def does(self, *effects: do.Effect) -> None:
        """Let the engine ask for effects now."""
        self.puppets[-1].answers[on.Ordered] = list(effects)
        self.machine.handle(on.Ordered(Command.SYNC))

    def heard(self, kind: type) -> list[tuple[float, on.Event]]:
        """Events of one type that the present engine was given."""
        return [(at, event) for at, event in self.puppets[-1].events if isinstance(event, kind)]

    def ask_service(self, machine: Machine, check: RemoteCheck) -> Answer:
        """No service answers."""
        assert machine is self.machine
        assert check.enabled
        return Answer(ok=False)

    def send_alerts(self, machine: Machine) -> None:
        """Leave alerts where they wait."""
        del machine

    def carry(self, machine: Machine, datagram: Datagram) -> None:
        """Carry nothing: nobody listens."""
        assert machine is self.machine
        assert datagram

    def announced(self, machine: Machine, interface: str, address: str) -> None:
        """Remember an announcement."""
        assert machine is self.machine
        self.announced_.append((interface, address))

    def start_sync(self, machine: Machine, what: Sync, rank: Rank) -> None:
        """Remember a sync."""
        assert (machine, rank) == (self.machine, Rank.PRIMARY)
        self.syncs.append(what)

    def cancel_sync(self, machine: Machine) -> None:
        """Remember that a sync was cancelled."""
        assert machine is self.machine
        self.cancelled.append("sync")

    def cancel_hand_over(self, machine: Machine) -> None:
        """Remember that a hand-over was cancelled."""
        assert machine is self.machine
        self.cancelled.append("hand-over")


@pytest.fixture
def bench() -> Bench:
    """A booted machine."""
    return Bench()


def test_boot_takes_its_time_and_gives_the_engine_what_the_volume_holds(bench: Bench) -> None:
    """Settings and memory come from the volume, after the boot time."""
    bench.does(do.Persist(on.Memory(boot=7)))
    bench.machine.lose_power()
    bench.machine.hardware.set_boot_time(4.0)
    began = bench.world.now()
    bench.machine.boot()
    bench.world.advance(3.9)
    assert not bench.machine.answers_operator()
    bench.world.advance(0.2)
    started = on.Started(settings.ha_settings(STORED), on.Memory(boot=7), "7.0.0")
    assert bench.heard(on.Started) == [(began + 4.0, started)]


@pytest.mark.parametrize("command", [Command.REBOOT, Command.RELOAD])
def test_a_restart_is_held_until_it_is_given_another_time(bench: Bench, command: Command) -> None:
    """What is set counts for a restart under way, from its begin; one that is over by then ends at once."""
    bench.machine.hardware.set_boot_time(math.inf)
    bench.does(do.Restart(command))
    began = bench.world.now()
    bench.world.advance(1000.0)
    assert len(bench.puppets) == 1
    bench.machine.hardware.set_boot_time(1003.0)
    bench.world.advance(2.9)
    assert len(bench.puppets) == 1
    bench.world.advance(0.2)
    assert bench.heard(on.Started)[-1][0] == pytest.approx(began + 1003.0)
    bench.machine.hardware.set_boot_time(math.inf)
    bench.does(do.Restart(command))
    bench.world.advance(5.0)
    bench.machine.hardware.set_boot_time(2.0)
    bench.world.advance(0.001)
    assert len(bench.puppets) == 3


def test_a_held_restart_does_not_survive_a_loss_of_power(bench: Bench) -> None:
    """The start that follows the power's return takes its own time; the old one never comes."""
    bench.machine.hardware.set_boot_time(math.inf)
    bench.does(do.Restart(Command.REBOOT))
    bench.machine.lose_power()
    bench.machine.hardware.set_boot_time(0.0)
    bench.world.advance(5.0)
    assert len(bench.puppets) == 1
    bench.machine.boot()
    bench.world.advance(0.1)
    assert len(bench.puppets) == 2


def test_power_loss_keeps_the_volume_and_loses_the_rest(bench: Bench) -> None:
    """Queue, mail data, log and memory stay; addresses, mail service, links and timers go."""
    message = Message("m1", MailKind.CLEAN, "user", 0.0, "accepted")
    bench.does(
        do.OpenLinks(),
        do.HoldAddress("port3", Action.ADD, VIRTUAL),
        do.Log("before"),
        do.Persist(on.Memory(boot=3)),
        do.StartTimer("bell", 1.0),
    )
    bench.machine.mailer.accept(message)
    bench.machine.volume.store(Area.QUARANTINE, "m0")
    bench.machine.lose_power()
    assert bench.machine.volume.queue == {"m1": message}
    assert bench.machine.volume.stored(Area.QUARANTINE) == {"m0"}
    assert bench.machine.volume.memory == on.Memory(boot=3)
    assert "before" in bench.machine.volume.log[0]
    assert not any(bench.machine.interfaces.held(interface) for interface in OWN)
    assert bench.machine.accepts("port6", 20000, IPV4) is None
    assert bench.machine.shown is Mode.UNREACHABLE
    bench.machine.boot()
    bench.world.advance(5.0)
    assert bench.heard(on.TimerFired) == []
    assert bench.machine.interfaces.held("port3") == {"10.0.3.1/24"}


def test_crash_leaves_machine_addresses_and_mail_as_they_were(bench: Bench) -> None:
    """Only the HA process is gone."""
    bench.does(do.OpenLinks(), do.HoldAddress("port3", Action.ADD, VIRTUAL), do.StartMail())
    bench.machine.crash()
    assert bench.machine.shown is Mode.UNREACHABLE
    assert bench.machine.accepts("port6", 20000, IPV4) is None
    assert bench.machine.on_network()
    assert bench.machine.mailer.running
    assert bench.machine.interfaces.held("port3") == {"10.0.3.1/24", VIRTUAL}


def test_thaw_lets_overdue_timers_fire_at_once_and_messages_come_when_they_are_sent_again(bench: Bench) -> None:
    """Timers that came due while frozen fire at the thaw, oldest first; what nobody acknowledged comes later.

    What came on a connection that has ended meanwhile does not: nobody is left to send it again.
    """
    bench.does(do.OpenLinks(), do.StartTimer("late", 2.0), do.StartTimer("early", 1.0))
    bench.machine.freeze()
    line, source = frames.encode(BEAT), "10.0.6.2"
    bench.world.after(1.5, lambda: bench.machine.receive("port6", Port.HEARTBEAT, line, source, lambda: True))
    bench.world.after(1.6, lambda: bench.machine.receive("port6", Port.HEARTBEAT, line, source, lambda: False))
    bench.world.advance(10.0)
    assert [event for _, event in bench.puppets[-1].events[2:]] == []
    bench.machine.thaw()
    bench.world.advance(1.0)
    assert [(round(at, 3), type(event)) for at, event in bench.puppets[-1].events[2:]] == [
        (10.0, on.TimerFired),
        (10.0, on.TimerFired),
        (10.0 + RESENT, on.Heard),
    ]
    assert bench.heard(on.TimerFired)[0][1] == on.TimerFired("early")


def test_what_comes_behind_a_kept_line_waits_for_it(bench: Bench) -> None:
    """On the same connection, and on no other; afterwards nothing waits."""
    bench.does(do.OpenLinks())
    second, third = (dataclasses.replace(BEAT, seq=number) for number in (2, 3))

    def comes(beat: Heartbeat, source: str = "10.0.6.2") -> None:
        bench.machine.receive("port6", Port.HEARTBEAT, frames.encode(beat), source, lambda: True)

    bench.machine.freeze()
    comes(BEAT)
    bench.machine.thaw()
    bench.world.advance(0.1)
    comes(second)
    comes(third, "10.0.6.7")
    bench.world.advance(1.0)
    comes(third)
    heard = [(at, event.message) for at, event in bench.heard(on.Heard) if isinstance(event, on.Heard)]
    assert [message for _, message in heard] == [third, BEAT, second, third]
    assert [round(at, 3) for at, _ in heard] == [0.1, RESENT, RESENT, 1.1]


def test_frozen_machine_is_unreachable_and_comes_back_as_it_was(bench: Bench) -> None:
    """An operator sees no answer while it is frozen."""
    bench.machine.freeze()
    bench.machine.thaw()
    changes = [entry.detail["new"] for entry in bench.world.timeline.of(Kind.ROLE, "P")]
    assert changes == ["off", "unreachable", "off"]


def test_timer_is_replaced_stopped_and_fires_once(bench: Bench) -> None:
    """Starting a timer again moves it; stopping it silences it."""
    bench.does(do.StartTimer("a", 1.0), do.StartTimer("b", 1.0), do.StartTimer("a", 3.0), do.StopTimer("b"))
    bench.world.advance(10.0)
    assert bench.heard(on.TimerFired) == [(3.0, on.TimerFired("a"))]


def test_set_replaces_the_own_address_and_release_gives_it_back(bench: Bench) -> None:
    """The ADDRESS entries tell each change; `add` stands beside the own address instead."""
    bench.does(do.HoldAddress("port3", Action.SET, VIRTUAL))
    assert bench.machine.interfaces.held("port3") == {VIRTUAL}
    bench.does(do.ReleaseAddress("port3", Action.SET, VIRTUAL))
    assert bench.machine.interfaces.held("port3") == {"10.0.3.1/24"}
    changes = [(e.detail["address"], e.detail["held"]) for e in bench.world.timeline.of(Kind.ADDRESS)][len(OWN) :]
    assert changes == [("10.0.3.1/24", False), (VIRTUAL, True), (VIRTUAL, False), ("10.0.3.1/24", True)]


def test_every_other_effect_leaves_its_mark(bench: Bench) -> None:
    """Announcement, sync, alert, trap and log are handed on or kept."""
    bench.does(
        do.Announce("port3", VIRTUAL),
        do.StartSync(Sync.DATA, Rank.PRIMARY),
        do.Alert("peer rebooting (or reloading)", Effective.SECONDARY, Effective.HOLD_OFF),
        do.Trap(1, "reason"),
        do.Log("a line"),
    )
    assert bench.announced_ == [("port3", "10.0.3.100")]
    assert bench.syncs == [Sync.DATA]
    assert bench.machine.alerts[0].startswith("This is the HA machine at 10.0.1.1.")
    assert "from 'SLAVE' to 'HOLD_OFF'" in bench.machine.alerts[0]
    assert bench.machine.traps == [do.Trap(1, "reason")]
    assert [entry.detail["message"] for entry in bench.world.timeline.of(Kind.LOG, "P")] == ["a line"]
    assert "type=kevent subtype=ha" in bench.machine.volume.log[0]


def test_links_listen_on_four_ports_until_they_are_closed(bench: Bench) -> None:
    """OpenLinks and CloseLinks; only the heartbeat interface listens."""
    bench.does(do.OpenLinks())
    assert [bench.machine.accepts("port6", 20000 + offset, IPV4) for offset in range(5)] == [*Port, None]
    assert bench.machine.accepts("port3", 20000, IPV4) is None
    bench.does(do.CloseLinks())
    assert bench.machine.accepts("port6", 20000, IPV4) is None


def test_what_the_engine_cancels_is_cancelled_and_nothing_else(bench: Bench) -> None:
    """A change of role cancels nothing by itself: the engine says what."""
    bench.does(do.RoleChanged(Effective.SECONDARY, Effective.HOLD_OFF, "peer rebooting"))
    assert bench.cancelled == []
    bench.does(do.CancelSync(), do.CancelHandOver())
    assert bench.cancelled == ["sync", "hand-over"]


def test_reboot_loses_memory_and_starts_again(bench: Bench) -> None:
    """What the engine asked for after the restart is not carried out any more."""
    bench.machine.hardware.set_boot_time(2.0)
    bench.does(do.HoldAddress("port3", Action.ADD, VIRTUAL), do.Restart(Command.REBOOT), do.Log("too late"))
    assert bench.machine.hardware.is_powered()
    assert not bench.machine.on_network()
    bench.world.advance(3.0)
    assert len(bench.puppets) == 2
    assert bench.machine.volume.log == []
    assert bench.machine.interfaces.held("port3") == {"10.0.3.1/24"}


def test_reload_keeps_the_machine_and_its_own_addresses(bench: Bench) -> None:
    """Only the software starts again; shared addresses are given up."""
    bench.does(do.HoldAddress("port3", Action.SET, VIRTUAL), do.StartMail(), do.Restart(Command.RELOAD))
    assert bench.machine.on_network()
    assert not bench.machine.mailer.running
    assert bench.machine.interfaces.held("port3") == {"10.0.3.1/24"}
    bench.world.advance(1.0)
    assert len(bench.puppets) == 2


def test_shutdown_leaves_the_unit_without_power(bench: Bench) -> None:
    """It does not come back by itself."""
    bench.does(do.Restart(Command.SHUTDOWN))
    bench.world.advance(60.0)
    assert not bench.machine.hardware.is_powered()
    assert len(bench.puppets) == 1


def test_stranger_is_reported_with_the_reason(bench: Bench) -> None:
    """Wrong password and wrong address are told apart."""
    bench.does(do.OpenLinks())
    assert not bench.machine.authenticate("port6", "10.0.6.2", "wrong")
    assert not bench.machine.authenticate("port6", "10.0.6.9", "pw")
    assert bench.machine.authenticate("port6", "10.0.6.2", "pw")
    bench.world.advance(0.001)
    assert [event for _, event in bench.heard(on.StrangerRefused)] == [
        on.StrangerRefused(Rank.PRIMARY, "10.0.6.2", "wrong password"),
        on.StrangerRefused(Rank.PRIMARY, "10.0.6.9", "not the configured peer"),
    ]


def test_pulled_heartbeat_cable_is_told_to_the_engine(bench: Bench) -> None:
    """Only the heartbeat interface's carrier is the engine's business."""
    bench.does(do.OpenLinks())
    bench.machine.carrier("port3", up=False)
    bench.machine.carrier("port6", up=False)
    bench.world.advance(0.001)
    assert [event for _, event in bench.heard(on.CarrierChanged)] == [on.CarrierChanged(Rank.PRIMARY, up=False)]


def test_set_address_takes_the_place_of_the_own_one_of_its_family() -> None:
    """An IPv6 address that is set leaves the own IPv4 address alone, and the own IPv6 one returns after it."""
    interfaces = Interfaces({"port3": "10.0.3.1/24"}, lambda *_: None, {"port3": "fd00:3::1/64"})
    interfaces.up()
    assert interfaces.held("port3") == {"10.0.3.1/24", "fd00:3::1/64"}
    interfaces.hold("port3", Action.SET, "fd00:3::100/64")
    assert interfaces.held("port3") == {"10.0.3.1/24", "fd00:3::100/64"}
    interfaces.release("port3", Action.SET, "fd00:3::100/64")
    assert interfaces.held("port3") == {"10.0.3.1/24", "fd00:3::1/64"}


@pytest.mark.parametrize(
    ("peer", "peer6", "families"),
    [
        ("10.0.6.2", "", {Family.IPV4}),
        ("", "fd00:6::2", {Family.IPV6}),
        ("10.0.6.2", "fd00:6::2", {Family.IPV4, Family.IPV6}),
        ("", "", {Family.IPV4}),
    ],
)
def test_link_listens_by_the_families_of_its_peer(peer: str, peer6: str, families: set[Family]) -> None:
    """A link listens where its peer can dial it."""
    assert set(listening(Link(Rank.PRIMARY, "port6", peer, peer6))) == families

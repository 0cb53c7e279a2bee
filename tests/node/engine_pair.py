"""Two engines on two imaginary wires, in virtual time: the smallest body that can carry out effects."""

from __future__ import annotations

import dataclasses
import heapq
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from node.engine import effects as do
from node.engine import events as on
from node.engine import messages as say
from node.engine.engine import Engine
from node.engine.modes import Action, Command, Effective, Mode, Rank, Sync
from node.engine.settings import HaSettings, Link, SharedAddress
from node.engine.timers import Timer
from node.settings import Configuration, ha_settings

FACTORY = ha_settings(Configuration.factory())
VIRTUAL = "10.0.3.100/24"
LATENCY = 0.001


def settings(mode: Mode, **changes: object) -> HaSettings:
    """Make the settings of one half of the standard pair."""
    links = (Link(Rank.PRIMARY, "port6", "10.0.6.9"), Link(Rank.SECONDARY, "port5", "10.0.5.9"))
    record: dict[str, object] = {
        "mode": mode,
        "links": links,
        "lost_threshold": 5.0,
        "addresses": (SharedAddress("port3", Action.ADD, VIRTUAL),),
    }
    return dataclasses.replace(FACTORY, **{**record, **changes})  # type: ignore[arg-type]


@dataclass
class Host:
    """One unit: its engine, its memory on disk, and what its effects left behind."""

    name: str
    settings: HaSettings
    engine: Engine
    disk: on.Memory = field(default_factory=on.Memory)
    alive: bool = False
    open: bool = False
    mail: bool = False
    held: set[str] = field(default_factory=set)
    done: list[tuple[float, do.Effect]] = field(default_factory=list)
    timers: dict[Timer, int] = field(default_factory=dict)
    job: int = 0
    """Numbers synchronizations: one that was cancelled ends unheard."""
    handing: int = 0
    """The same for hand-overs of the queue."""
    sync_ok: bool = True
    sync_takes: float = 0.05
    timers_late: float = 0.0
    queue: list[str] = field(default_factory=list)

    def texts(self, kind: type) -> list[str]:
        """Texts of all Log or Alert effects."""
        return [getattr(e, "message", getattr(e, "event", "")) for _, e in self.done if isinstance(e, kind)]


class Pair:
    """P and S, their wires (`down` holds each cut direction: rank and deaf unit) and a heap of things to come."""

    def __init__(self, make: Callable[[], Engine] = Engine, **changes: object) -> None:
        """Make an unpowered pair; `changes` go into both units' settings."""
        self.make = make
        self.now = 0.0
        self.down: set[tuple[Rank, str]] = set()
        self.lost: set[type] = set()
        self._heap: list[tuple[float, int, Callable[[], None]]] = []
        self._order = itertools.count()
        self.p = Host("P", settings(Mode.PRIMARY, **changes), make())
        self.s = Host("S", settings(Mode.SECONDARY, **changes), make())

    def healthy(self) -> Pair:
        """Start both units and let the roles settle."""
        self.start(self.p)
        self.start(self.s)
        self.run(2.0)
        assert self.roles() == (Effective.PRIMARY, Effective.SECONDARY)
        return self

    def roles(self) -> tuple[Effective, Effective]:
        """Effective modes of P and S."""
        return self.p.engine.state.effective, self.s.engine.state.effective

    def other(self, host: Host) -> Host:
        """Return the peer."""
        return self.s if host is self.p else self.p

    def at(self, after: float, what: Callable[[], None]) -> None:
        """Let something happen later."""
        heapq.heappush(self._heap, (self.now + after, next(self._order), what))

    def run(self, seconds: float) -> None:
        """Let virtual time pass."""
        end = self.now + seconds
        while self._heap and self._heap[0][0] <= end:
            self.now, _, what = heapq.heappop(self._heap)
            what()
        self.now = end

    def start(self, host: Host) -> None:
        """Power on."""
        host.engine = self.make()
        host.alive = True
        host.timers.clear()
        self.feed(host, on.Started(host.settings, host.disk))

    def kill(self, host: Host) -> None:
        """Power off: all but the disk is gone."""
        host.alive = host.open = host.mail = False
        host.held.clear()
        host.timers.clear()

    def order(self, host: Host, command: Command) -> None:
        """Enter an operator's command, which the unit may refuse."""
        if not host.engine.refuses(command):
            self.feed(host, on.Ordered(command))

    def change(self, host: Host, settings: HaSettings) -> None:
        """Save new settings."""
        host.settings = settings
        self.feed(host, on.SettingsChanged(settings))

    def cut(self, *ranks: Rank, deaf: str = "PS") -> None:
        """Cut links, so that the deaf units hear nothing on them."""
        self.down |= {(rank, name) for rank in ranks for name in deaf}

    def heal(self) -> None:
        """Mend all links."""
        self.down.clear()

    def feed(self, host: Host, event: on.Event) -> None:
        """Hand an event to a living unit and carry its effects out."""
        if not host.alive:
            return
        for effect in host.engine.handle(event, self.now):
            host.done.append((self.now, effect))
            self._carry_out(host, effect)

    def _carry_out(self, host: Host, effect: do.Effect) -> None:
        if isinstance(effect, do.Send):
            self._send(host, effect.rank, effect.message)
        elif isinstance(effect, do.OpenLinks | do.CloseLinks):
            host.open = isinstance(effect, do.OpenLinks)
        elif isinstance(effect, do.StartMail | do.StopMail):
            host.mail = isinstance(effect, do.StartMail)
        elif isinstance(effect, do.HoldAddress):
            host.held.add(effect.address)
        elif isinstance(effect, do.ReleaseAddress):
            host.held.discard(effect.address)
        elif isinstance(effect, do.Persist):
            host.disk = effect.memory
        elif isinstance(effect, do.StartTimer):
            self._timer(host, effect.timer, effect.after)
        elif isinstance(effect, do.StopTimer):
            host.timers.pop(effect.timer, None)
        elif isinstance(effect, do.StartSync):
            host.job += 1
            self.at(host.sync_takes, partial(self._sync, host, effect.what, host.job))
        elif isinstance(effect, do.CancelSync):
            host.job += 1
        elif isinstance(effect, do.HandOverQueue):
            host.handing += 1
            self.at(0.05, partial(self._hand_over, host, host.handing))
        elif isinstance(effect, do.CancelHandOver):
            host.handing += 1
        elif isinstance(effect, do.Restart):
            self.at(0.0, lambda: self.kill(host))

    def _sync(self, host: Host, what: Sync, job: int) -> None:
        if host.job == job:
            self.feed(host, on.SyncFinished(what, self._serves(host, what), detail="", link_failed=False))

    def _serves(self, host: Host, what: Sync) -> bool:
        peer = self.other(host)
        return host.sync_ok and peer.alive and not peer.engine.withholds(what)

    def _hand_over(self, host: Host, handing: int) -> None:
        peer = self.other(host)
        if host.handing != handing:
            return
        if not peer.alive or peer.engine.refuses_queue():
            self.feed(host, on.QueueHandedOver(ok=False, count=0, detail="nobody takes it"))
            return
        peer.queue, host.queue = peer.queue + host.queue, (moved := host.queue)[:0]
        self.feed(host, on.QueueHandedOver(ok=True, count=len(moved), detail=""))

    def _timer(self, host: Host, timer: Timer, after: float) -> None:
        ticket = next(self._order)
        host.timers[timer] = ticket

        def fire() -> None:
            if host.timers.get(timer) == ticket:
                del host.timers[timer]
                self.feed(host, on.TimerFired(timer))

        self.at(after + host.timers_late, fire)

    def _send(self, host: Host, rank: Rank, message: say.Message) -> None:
        peer, sent = self.other(host), host.open  # what was sent before a link was closed still arrives

        def arrive() -> None:
            reachable = sent and peer.open and (rank, peer.name) not in self.down
            if reachable and type(message) not in self.lost:
                self.feed(peer, on.Heard(rank, message))

        self.at(LATENCY, arrive)

"""Synchronization between two simulated machines: one pulls, over the wire, what the effective primary serves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from lab.sim import queue_copies
from lab.sim.machine import PORTS, Machine
from lab.sim.wire import Call, Fate, Wire
from lab.sim.world import World
from node.engine import events as on
from node.engine.modes import Rank, Sync
from node.settings import Refused

TIMEOUT = 10.0
"""Seconds after which a synchronization that hears nothing more gives up."""

ITEM = 1200
"""Bytes of payload for each item of mail data."""

OPENING = 64
"""Bytes of payload before the first item of mail data or of a queue."""

DURATION = {Sync.CONFIG: (0.05, 0.3), Sync.DATA: (0.1, 0.5), Sync.QUEUE: (0.05, 0.3)}
"""Shortest and longest time of a synchronization in seconds, besides the link's delay and rate."""


@dataclass(frozen=True, slots=True)
class Offered:
    """What a server has when a copy begins: its settings with their checksum, and the paths of its mail data."""

    text: str
    checksum: str
    paths: tuple[str, ...]


class Synchronizations:
    """Carries out `effects.StartSync`: data moves in fact, over ports that must let it pass."""

    def __init__(self, world: World, wire: Wire, machines: Mapping[str, Machine]) -> None:
        """Serve a pair of machines."""
        self._world = world
        self._wire = wire
        self._machines = machines
        self._running: dict[str, object] = {}
        """A mark of each puller's present synchronization, by its name: unlike that of any earlier one."""

    def cancel(self, puller: Machine) -> None:
        """Copy nothing more, and tell the engine nothing."""
        self._running.pop(puller.name, None)

    def start(self, puller: Machine, what: Sync, rank: Rank) -> None:
        """Dial the peer's port for this data, then copy, then tell the engine; what ran before is cancelled."""
        run = self._running[puller.name] = object()
        port = PORTS[puller.build.exchange.port(what)]
        call = puller.call(rank, port)
        if call is not None:
            self._wire.hang_up(call)
        fate, server = self._wire.dial(call) if call is not None else (Fate.REFUSED, None)
        if call is not None and server is not None:
            fate = self._wire.passes(call, server)
        if call is None or server is None or fate is not Fate.CARRIED:
            gave_up = TIMEOUT if fate is Fate.SWALLOWED else 0.001
            problem = f"no connection to the peer's {port} port"
            self._end(puller, run, what, problem, after=gave_up, link_failed=True)
            return
        machine = self._machines[server.name]
        segment = self._wire.segments[call.interface]
        duration = self._world.draw(*DURATION[what]) + 4 * segment.delay + _size(puller, machine, what) / segment.rate

        # What changes from here on is not in this copy.
        offered = Offered(*_offered(machine), tuple(machine.volume.mail_data))

        def copy() -> None:
            if self._running.get(puller.name) is run:
                self._copy(puller, machine, what, call, spent=duration, offered=offered)

        puller.hardware.after(duration, copy, process=True)
        if what is Sync.DATA:
            self._copy_one_by_one(puller, machine, call, duration)

    def _copy_one_by_one(self, puller: Machine, server: Machine, call: Call, duration: float) -> None:
        """Let the items come one after the other while the copy lasts, each as long as its size demands."""
        run, paths = self._running[puller.name], puller.volume.lacks(server.volume)
        whole, begun = _size(puller, server, Sync.DATA), OPENING

        def comes(number: int) -> None:
            stands = self._running.get(puller.name) is run and self._wire.passes(call, server) is Fate.CARRIED
            serves = server.listens(call.interface, call.port) is not None and not server.hardware.frozen
            if stands and serves and not _unserved(server, Sync.DATA):
                before, theirs = _size(puller, server, Sync.DATA), server.volume
                puller.volume.merge(theirs, puller.build.exchange.merge, paths[:number])
                carried = max(0, before - _size(puller, server, Sync.DATA))
                self._wire.segments[call.interface].count(Fate.CARRIED, call, carried)
                if paths[number] in theirs.mail_data:
                    puller.volume.begin(theirs, puller.build.exchange.coming, paths[number])

        for number, path in enumerate(paths):
            puller.hardware.after(duration * begun / whole, partial(comes, number), process=True)
            begun += _weight(server, path)

    def _copy(
        self, puller: Machine, server: Machine, what: Sync, call: Call, *, spent: float, offered: Offered
    ) -> None:
        run = self._running[puller.name]
        fate = self._wire.passes(call, server)
        if fate is Fate.REFUSED or server.listens(call.interface, call.port) is None:
            self._end(puller, run, what, "the connection broke", after=0.0, link_failed=True)
        elif fate is Fate.SWALLOWED or server.hardware.frozen:
            left = max(0.0, TIMEOUT - spent)
            self._end(puller, run, what, "the peer fell silent", after=left, link_failed=True)
        elif reason := _unserved(server, what):
            self._end(puller, run, what, reason, after=0.0)
        else:
            self._wire.segments[call.interface].count(Fate.CARRIED, call, _size(puller, server, what))
            self._end(puller, run, what, _install(puller, server, what, offered), after=0.0)

    def _end(
        self, puller: Machine, run: object, what: Sync, problem: str, *, after: float, link_failed: bool = False
    ) -> None:
        def end() -> None:
            if self._running.get(puller.name) is run:
                puller.handle(on.SyncFinished(what, ok=not problem, detail=problem, link_failed=link_failed))

        puller.hardware.after(after, end, process=True)


def _install(puller: Machine, server: Machine, what: Sync, offered: Offered) -> str:
    """Give the puller what it has copied; return why that fails, '' when it does not."""
    if what is Sync.DATA:
        puller.volume.merge(server.volume, puller.build.exchange.merge, offered.paths)
        return ""
    if what is Sync.QUEUE:
        queue_copies.copy(puller, server)
        return ""
    text, checksum = offered.text, offered.checksum
    try:
        before = puller.volume.configuration
        puller.carry_out(puller.configurations.by_copy(puller.build.exchange, before, text, checksum, puller.given))
    except Refused as refused:
        return str(refused)
    return ""


def _offered(server: Machine) -> tuple[str, str]:
    """Return what the server gives of its configuration, and its checksum."""
    return server.configurations.offered(server.build.exchange, server.volume.configuration)


def _size(puller: Machine, server: Machine, what: Sync) -> int:
    """Bytes of payload of a synchronization: what the server has and the puller lacks, or the settings."""
    if what is Sync.CONFIG:
        return len(_offered(server)[0])
    if what is Sync.QUEUE:
        return OPENING + ITEM * len(queue_copies.compared(puller, server).given)
    return OPENING + sum(_weight(server, path) for path in puller.volume.lacks(server.volume))


def _weight(server: Machine, path: str) -> int:
    """Bytes of payload of one item."""
    return ITEM + server.volume.sizes.get(server.volume.mail_data[path], 0)


def _unserved(server: Machine, what: Sync) -> str:
    """Why the server's engine would not serve, '' when it does."""
    return "the peer's HA software does not run" if server.engine is None else server.engine.withholds(what)

"""Runs the engine: gives it events, and carries its effects out on this machine in their order."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import assert_never

from node.build import Build
from node.engine import effects as do
from node.engine import events as on
from node.engine.messages import Heartbeat, Message
from node.engine.modes import Command, Rank
from node.engine.settings import HaSettings
from node.linux import paths, ports, queue, queue_copies, sync
from node.linux.addresses import Addresses
from node.linux.bridge import Bridge
from node.linux.checks import Checks
from node.linux.disk import memory_to_text
from node.linux.files import write_atomically
from node.linux.links import Handlers, Links
from node.linux.listen import Caller
from node.linux.mail import Mail
from node.linux.records import Records
from node.linux.timers import Timers

TOLD_WITHIN = 1.0
"""Seconds that alerts may take to be written, and traps to be sent, before a unit goes down without them."""


@dataclass(frozen=True, slots=True)
class Services:
    """What the body uses: the machine's addresses, bridge, mail and records, and access to settings and restarts."""

    version: str
    """Release of the firmware."""
    addresses: Addresses
    bridge: Bridge
    mail: Mail
    records: Records
    shared_settings: Callable[[], tuple[str, str]]
    take_settings: Callable[[str, str], None]
    """Merge synchronized settings (text, checksum) and save them; raises ValueError with one clause."""
    show_status: Callable[[], None]
    end_web_sessions: Callable[[], None]
    restart: Callable[[Command], None]


class Body:
    """One engine on one machine. Events are handled one after another; those that arise meanwhile wait."""

    def __init__(self, build: Build, services: Services) -> None:
        """Prepare; nothing runs before `start`."""
        self._build = build
        self._services = services
        self.engine = build.engine()
        self._timers = Timers(lambda timer: self.feed(on.TimerFired(timer)))
        handlers = Handlers(
            admits=lambda rank, source: self.engine.admits(rank, source, password_matches=True),
            heard=self._heard,
            refused=lambda *refused: self.feed(on.StrangerRefused(*refused)),
            undelivered=lambda rank, message: self.feed(on.NoticeLost(rank, message)),
            trouble=lambda why: services.records.log(f"hahbd: {why}"),
            serve_sync=partial(
                sync.serve,
                source=sync.Source(
                    lambda what: self.engine.withholds(what),  # noqa: PLW0108 - a restart makes another engine
                    services.shared_settings,
                    self._take_queue,
                    lambda caller, asked: self._copies.serve(caller, asked),  # noqa: PLW0108 - it is made below
                ),
            ),
        )
        self.links = Links(handlers, services.addresses.device, services.addresses.own, services.addresses.own6)
        self._synchronizations = sync.Synchronizations(
            self.links, services.take_settings, queue_copies.fetch, services.records, self.feed
        )
        self._copies = queue_copies.QueueCopies(
            services.records, self.feed, build.exchange.compare, build.exchange.taking
        )
        self._hand_overs = queue.HandOvers(self.links, self._still, services.records, self.feed, build.exchange.giver)
        self._takings: set[asyncio.Future[None]] = set()
        self._checks = Checks(self.feed, services.addresses.device, paths.DISK)
        self._events: deque[on.Event] = deque()
        self._busy = False
        self._persisting: asyncio.Future[None] | None = None
        self._memory: on.Memory | None = None
        self._carriers: dict[str, bool] = {}
        self._closing = False
        self.started = False

    def start(self, settings: HaSettings, memory: on.Memory) -> None:
        """Start the engine; events from before the start are dropped."""
        self.started = True
        self.feed(on.Started(settings, memory, self._services.version))

    def restart(self, settings: HaSettings) -> None:
        """Start a fresh engine that remembers nothing, after the old one has released everything."""
        self._timers.stop_all()
        self.links.close()
        self._synchronizations.cancel()
        self._hand_overs.cut()
        self._services.addresses.release_all()
        self._services.bridge.free_all()
        starts = self.engine.state.memory.boot
        self.engine = self._build.engine()
        # The number of starts goes on: it tells the peer which messages are new.
        self.start(settings, on.Memory(boot=starts))

    def feed(self, event: on.Event) -> None:
        """Give the engine an event and carry its effects out."""
        if not self.started:
            return
        self._events.append(event)
        if self._busy:
            return
        self._busy = True
        try:
            while self._events and not self._closing:
                effects = self.engine.handle(self._events.popleft(), time.monotonic())
                # Alerts last: a connection from an address that `set` replaces then would break.
                for effect in sorted(effects, key=lambda each: isinstance(each, do.Alert)):
                    self._carry_out(effect)
            self._checks.follow(self.engine.settings, peer=self.engine.watches_peer())
        finally:
            self._busy = False
            self._events.clear()

    def own_addresses_changed(self) -> None:
        """Listen and dial from the new own addresses, if the links are open."""
        if self.links.is_open:
            self.links.open(self.engine.settings)

    def watch_carriers(self) -> None:
        """Tell the engine when the cable of a heartbeat link is pulled or plugged."""
        self._look_at_carriers()
        self._services.addresses.watch_carriers(self._look_at_carriers)

    def _look_at_carriers(self) -> None:
        for link in self.engine.settings.links:
            device = self._services.addresses.device(link.interface)
            if device is None:
                continue
            up, before = ports.has_carrier(device), self._carriers.get(link.interface, True)
            self._carriers[link.interface] = up
            if up is not before:
                self._services.records.trace("carrier", interface=link.interface, up=int(up))
                self.feed(on.CarrierChanged(link.rank, up))

    def _heard(self, rank: Rank, message: Message) -> None:
        if isinstance(message, Heartbeat):
            self._services.records.trace("heard", rank=rank.value, seq=message.seq, effective=message.effective.value)
        self.feed(on.Heard(rank, message))

    def _carry_out(self, effect: do.Effect) -> None:
        services = self._services
        match effect:
            case do.Send(rank, message):
                self.links.send(rank, message)
            case do.StartTimer(timer, after):
                self._timers.start(timer, after)
            case do.StopTimer(timer):
                self._timers.stop(timer)
            case do.OpenLinks():
                self.links.open(self.engine.settings)
                self._look_at_carriers()
            case do.CloseLinks():
                self.links.close()
                self._synchronizations.cancel()
                self._hand_overs.cancel()
            case do.HoldAddress(interface, action, address):
                services.addresses.hold(interface, action, address)
                services.records.trace("hold", interface=interface, address=address)
            case do.ReleaseAddress(interface, action, address):
                services.addresses.release(interface, action, address)
                services.records.trace("release", interface=interface, address=address)
            case do.Announce(interface, address):
                services.addresses.announce(interface, address)
            case do.SetBridge(interface, state):
                services.bridge.put(interface, state)
                services.records.trace("bridge", interface=interface, state=state.value)
            case do.StartMail():
                services.mail.start()
                services.records.trace("mail-started")
            case do.StopMail():
                services.mail.stop()
                services.records.trace("mail-stopped")
            case do.EndWebSessions():
                services.end_web_sessions()
            case do.StartSync(what, rank):
                self._synchronizations.start(what, rank)
            case do.CancelSync():
                self._synchronizations.cancel()
            case do.HandOverQueue(rank):
                self._hand_overs.start(rank)
            case do.CancelHandOver():
                self._hand_overs.cancel()
            case do.UseCopies():
                self._copies.use()
            case do.DropCopies(names):
                self._copies.drop(names)
            case do.Persist(memory):
                self._persist(memory)
            case do.RoleChanged(old, new, event):
                services.records.trace("role", old=old.value, new=new.value, event=event)
                services.show_status()
            case do.Log(message):
                services.records.log(message)
            case do.Alert(event, old, new):
                services.records.alert(event, old, new)
            case do.Trap(event_id, reason):
                services.records.trap(event_id, reason)
            case do.SystemTrap(system_event):
                services.records.system_trap(system_event)
            case do.Restart(command):
                self._closing = True
                asyncio.get_running_loop().create_task(self._go_down(command))
            case _:
                assert_never(effect)

    async def _go_down(self, command: Command) -> None:
        await self.kept()
        await asyncio.to_thread(self._services.records.wait_until_told, TOLD_WITHIN)
        await self._services.mail.quiet()
        self._services.restart(command)

    async def kept(self) -> None:
        """Wait until the newest memory is on the disk, or cannot be written."""
        while self._persisting is not None:
            await asyncio.shield(self._persisting)

    def _persist(self, memory: on.Memory) -> None:
        """Write the newest memory in a thread, so that the disk never delays a heartbeat."""
        self._memory = memory
        if self._persisting is None:
            self._persisting = asyncio.ensure_future(self._write_memory())

    async def _write_memory(self) -> None:
        try:
            while self._memory is not None:
                text, self._memory = memory_to_text(self._memory), None
                try:
                    await asyncio.to_thread(write_atomically, paths.MEMORY, text)
                except OSError as error:
                    self._services.records.log(f"ha: cannot keep the HA state: {error.strerror}")
        finally:
            self._persisting = None

    async def _take_queue(self, caller: Caller) -> None:
        ended = asyncio.get_running_loop().create_future()
        self._takings.add(ended)
        exchange = self._build.exchange

        def refuses() -> str:
            return self.engine.refuses_queue()  # a restart makes another engine

        try:
            await queue.serve(caller, refuses, self._services.records, exchange.taker, exchange.taking)
        finally:
            self._takings.discard(ended)
            ended.set_result(None)

    async def _still(self) -> None:
        """Wait until neither the mail system nor a hand-over to this unit changes the queue any more."""
        await self._services.mail.quiet()
        if self._takings:
            await asyncio.wait(self._takings)

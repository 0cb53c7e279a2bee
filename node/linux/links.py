"""The heartbeat links of a unit: on each, four listening ports and one dialled line."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from itertools import product

from node.engine import messages as say
from node.engine.modes import Port, Rank
from node.engine.settings import HaSettings, Link
from node.exchange import frames
from node.linux.dial import ACK, Dialler, Route, dial
from node.linux.listen import Admission, Caller, Listener
from node.linux.psk import client_context, derive_key, server_context


@dataclass(frozen=True, slots=True)
class Handlers:
    """Functions that the links call: to admit or serve a peer, and on a message, refusal, lost notice or trouble."""

    admits: Callable[[Rank, str], bool]
    heard: Callable[[Rank, say.Message], None]
    refused: Callable[[Rank, str, str], None]
    undelivered: Callable[[Rank, say.Notice], None]
    trouble: Callable[[str], None]
    serve_sync: Callable[[Caller], Awaitable[None]]


class Links:
    """All heartbeat links of the unit."""

    def __init__(
        self, handlers: Handlers, device: Callable[[str], str | None], own: Mapping[str, str], own6: Mapping[str, str]
    ) -> None:
        """Prepare. `device` names a port's network device, `own` and `own6` give its own addresses with mask."""
        self._handlers = handlers
        self._device = device
        self._own = own
        self._own6 = own6
        self._listeners: list[Listener] = []
        self._diallers: dict[Rank, Dialler] = {}
        self._routes: dict[Rank, Route] = {}
        self._settings: HaSettings
        self._notices: set[asyncio.Task[None]] = set()

    def open(self, settings: HaSettings) -> None:
        """Listen and dial on every configured link; earlier links are closed first.

        A port on which the unit cannot listen (an address in use) is reported and skipped: the other link may work.
        """
        self.close()
        self._settings = settings
        key = derive_key(settings.password)
        server, client = server_context(key), client_context(key)
        admission = Admission(self._handlers.admits, self._serve, self._handlers.refused)
        for link in settings.links:
            route = self.route(link)
            if route is None:
                continue
            self._routes[link.rank] = route
            for port, address in product(Port, self.listen_addresses(link)):
                listener = Listener(link.rank, port, server, admission)
                try:
                    listener.open(address, settings.base_port + port.offset, route.device)
                except OSError as error:
                    self._handlers.trouble(
                        f"cannot listen on port {settings.base_port + port.offset}: {error.strerror}"
                    )
                    continue
                self._listeners.append(listener)
            if route.peer:
                self._diallers[link.rank] = Dialler(route, settings.base_port + Port.HEARTBEAT.offset, client)

    def close(self) -> None:
        """Close every connection and stop listening and dialling."""
        for listener in self._listeners:
            listener.close()
        for dialler in self._diallers.values():
            dialler.close()
        for notice in self._notices:
            notice.cancel()
        self._listeners.clear()
        self._diallers.clear()
        self._routes.clear()

    @property
    def is_open(self) -> bool:
        """Whether the unit listens or dials on any link."""
        return bool(self._routes)

    def send(self, rank: Rank, message: say.Message) -> None:
        """Send a message without waiting; it may be lost, like any datagram."""
        data = frames.encode(message)
        if say.port_of(message) is Port.HEARTBEAT:
            dialler = self._diallers.get(rank)
            if dialler is not None:
                dialler.send(data, news=isinstance(message, say.Heartbeat))
        elif isinstance(message, say.Notice) and rank in self._routes:
            notice = asyncio.create_task(self._deliver(rank, message, data))
            self._notices.add(notice)
            notice.add_done_callback(self._notices.discard)

    async def dial(self, rank: Rank, port: Port) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Open an authenticated connection to one of the peer's ports; raises OSError."""
        route = self._routes.get(rank)
        if route is None or not route.peer:
            raise ConnectionError(f"the {rank.value} heartbeat link is not open")
        settings = self._settings
        return await dial(route, settings.base_port + port.offset, client_context(derive_key(settings.password)))

    async def _deliver(self, rank: Rank, message: say.Notice, data: bytes) -> None:
        read = False
        try:
            reader, writer = await self.dial(rank, Port.SYNC_CONTROL)
            try:
                writer.write(data)
                # Wait for the answer, which shows that the notice was read; closing earlier could cut it off.
                read = bool(await asyncio.wait_for(reader.readline(), 5))
            finally:
                writer.close()
        except (OSError, ValueError):
            pass
        if not read:
            self._handlers.undelivered(rank, message)

    def route(self, link: Link) -> Route | None:
        """The ends of a link, None if the machine lacks its interface; an unknown peer is ''."""
        device, own = self._device(link.interface), self._own.get(link.interface)
        if device is None or own is None:
            return None
        source = self._source6(link) if ":" in link.dialled else own.partition("/")[0]
        return Route(source, device, link.dialled)

    def listen_addresses(self, link: Link) -> list[str]:
        """Own addresses to listen on, of the families in which a peer is set; IPv4 while none is set."""
        listen_addresses = [self._own[link.interface].partition("/")[0]] if link.peer or not link.peer6 else []
        return [*listen_addresses, self._source6(link)] if link.peer6 else listen_addresses

    def _source6(self, link: Link) -> str:
        """The own IPv6 address on a link; without one, any address of the device."""
        return self._own6.get(link.interface, "::").partition("/")[0]

    async def _serve(self, caller: Caller) -> None:
        if caller.port in {Port.DATA_SYNC, Port.CONFIG_SYNC}:
            await self._handlers.serve_sync(caller)
            return
        try:
            while line := await caller.reader.readline():
                message = frames.decode(line, caller.port)
                if caller.writer.transport.get_write_buffer_size() == 0:
                    caller.writer.write(ACK)
                self._handlers.heard(caller.rank, message)
                dialler = self._diallers.get(caller.rank)
                if dialler is not None:
                    dialler.encourage()
        except ValueError as error:
            # FrameError, or a line longer than the reader's limit.
            why = str(error) if isinstance(error, frames.FrameError) else "a line is too long"
            self._handlers.refused(caller.rank, caller.address, why)

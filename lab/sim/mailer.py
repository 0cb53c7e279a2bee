"""A unit's mail service: accepts into the queue on the volume, and processes the queue while it is open."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from lab.contract import Failing, Message, Service
from lab.sim.hardware import Hardware
from lab.sim.volume import DELIVERED_ON, Volume, name_of
from lab.standard_pair import PAIR

MAIL_INTERFACE = PAIR.mail
"""The interface on the network of clients and the protected server."""

OPENING = 0.04
"""Seconds from the order to the banner, about as on containers; mail can be stored by then, too."""

LOOK = 0.3
"""Seconds until the unit notices what has left its queue, about as on containers."""

RETRY = 5.0
"""Seconds until a message that could not be delivered is tried again."""


class Mailer:
    """The mail service of one machine. A crash of the HA process leaves it as it was."""

    def __init__(self, hardware: Hardware, volume: Volume) -> None:
        """Start stopped."""
        self.running = False
        """Whether it has been ordered to run; it answers a moment later."""
        self.answers = False
        """Whether it accepts and processes mail now."""
        self.sessions = 0
        """Counts stops: a session ends with the next one."""
        self.web_sessions = 0
        """Counts how often the sessions with the web server were ended."""
        self.failing: dict[Service, Failing] = {}
        """Services that fail everybody on the networks, whatever this machine does."""
        self.deliver: Callable[[Message], None] = lambda _: None
        """Hands a message to the protected server; set by the mail network."""
        self.held: Callable[[], bool] = lambda: False
        """Whether the protected server puts every delivery off now; set by the mail network."""
        self.stalls: Callable[[], bool] = lambda: False
        """Whether it leaves every delivery without an answer now; set by the mail network."""
        self.given: set[str] = set()
        """Names of the messages in the queue of which the peer has been given copies since the HA process started."""
        self.left: Callable[[tuple[str, ...]], None] = lambda _: None
        """Hears the names of such messages when they have left the queue for good; set by the machine."""
        self.sending: dict[str, Message] = {}
        """What it is delivering while the protected server does not answer, by the name of the queue file."""
        self._hardware = hardware
        self._volume = volume
        self._unnoticed: list[str] = []

    def greets(self, service: Service = Service.SMTP) -> bool:
        """Whether a client that dials the service is greeted; the web server runs whatever the role."""
        return (self.answers or service is Service.HTTP) and service not in self.failing

    def session(self, service: Service) -> int:
        """What tells a session that begins now from those that have been cut."""
        return self.web_sessions if service is Service.HTTP else self.sessions

    def end_web_sessions(self) -> None:
        """Cut the open sessions with the web server. Source: HA-111."""
        self.web_sessions += 1

    def answer(self) -> str:
        """How it answers a message: accepted, refused or unanswered."""
        if self.greets():
            return "accepted"
        refuses = self.failing.get(Service.SMTP) in {None, Failing.REFUSING, Failing.DEFERRING, Failing.REJECTING}
        return "refused" if refuses else "unanswered"

    def fail(self, service: Service, failing: Failing | None) -> None:
        """Let a service fail in some way, or no more."""
        self.failing.pop(service, None)
        if failing is not None:
            self.failing[service] = failing
        self._hardware.world.network_changed()

    def start(self) -> None:
        """Accept mail, and process what is queued, after OPENING."""
        if not self.running:
            self.running = True
            self._hardware.after(OPENING, partial(self.open, self.sessions), process=True)

    def open(self, session: int) -> None:
        """Answer from now on, if mail is to run and was not stopped since `sessions` had this value."""
        if self.running and self.sessions == session and not self.answers:
            self.answers = True
            self._hardware.world.network_changed()
            self.flush()

    def stop(self) -> None:
        """Neither accept nor process; every open session is cut. Source: HA-022, HA-111."""
        self.running = self.answers = False
        self.sending.clear()
        self.sessions += 1
        self._hardware.world.network_changed()

    def accept(self, message: Message) -> None:
        """Take responsibility for a message: it is on the volume before the client gets the answer."""
        self._schedule(self._volume.enqueue(message))

    def flush(self) -> None:
        """Try all queued messages soon."""
        for each in self._volume.queue:
            self._schedule(each)

    def _schedule(self, name: str, after: float = 0.0) -> None:
        delay = after + self._hardware.world.draw(0.02, 0.08)
        self._hardware.after(delay, lambda: self._process(name), process=False)

    def _process(self, name: str) -> None:
        """Deliver or store in the same instant in which the message leaves the queue: it is never in two places."""
        message = self._volume.queue.get(name)
        if message is None or not self.answers or name in self.sending:
            return
        away = self.held() or not self._hardware.interfaces.cable(MAIL_INTERFACE)
        if message.kind in DELIVERED_ON and away:
            self._schedule(name, RETRY)
            return
        if message.kind in DELIVERED_ON and self.stalls():
            self.sending[name] = message
            return
        self._finish(name, message)

    def go_on(self) -> None:
        """Send what it was delivering, unless that was cut meanwhile: the protected server answers again."""
        for name in self.sending:
            self._hardware.after(0.0, partial(self._send, name), process=False)

    def _send(self, name: str) -> None:
        message = self.sending.pop(name, None)
        if message is not None:
            self._finish(name, message)

    def _finish(self, name: str, message: Message) -> None:
        """Deliver or store; a message that is being sent arrives also when its queue file has gone meanwhile."""
        self._volume.queue.pop(name, None)
        self._volume.keep(message)
        if message.kind in DELIVERED_ON:
            self.deliver(message)
        self._hardware.world.touch()
        if self.given and (known := name_of(message)) in self.given:
            self.given.discard(known)
            if not self._unnoticed:
                self._hardware.after(LOOK, self._notice, process=True)
            self._unnoticed.append(known)

    def _notice(self) -> None:
        names, self._unnoticed = tuple(self._unnoticed), []
        self.left(names)

    def forget_given(self) -> None:
        """Know of no message any more that the peer has a copy of it: the HA process starts."""
        self.given.clear()
        self._unnoticed.clear()

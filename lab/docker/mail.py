"""The mail network: a client that sends and probes, a protected server, and the announcements that the client hears."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from email.message import EmailMessage

from lab.contract import IN_PART, Family, MailKind, Message, Service
from lab.docker.agent import Agent, Event
from lab.docker.names import UNITS
from lab.docker.probing import Probing
from lab.docker.recorder import Recorder
from lab.docker.subnets import Plan
from lab.ledger import ACCEPTED
from lab.standard_pair import PAIR
from lab.timeline import Kind

MAIL_PORT = PAIR.mail
ANSWER_WITHIN = 1.0
"""Seconds that a probe waits for a banner."""

SEND_WITHIN = 3.0
"""Seconds that the client waits for a connection and a greeting."""

ANSWER_AFTER_GREETING = 10.0
"""Seconds that it waits for each further answer, since the server may have to wait for its disk."""

NOOP_WITHIN = 3.0
"""Seconds that it waits for an answer in an open session."""

ASK_WITHIN = 0.3
"""Seconds for which answers to an ARP request are collected."""

LOAD_EVERY, LOAD_AGAIN = 0.05, 0.5
"""Seconds between two messages of a load, and from a failed try to the next."""

PLACE = "@NAME@"
"""Stands for a message's name in the text that the agent is given for a load."""

SENDER = "client@example.org"
RECIPIENT = "user@example.com"
RECIPIENTS = {MailKind.LOCAL: "user@local.example.com"}
MARKERS = {
    MailKind.SPAM: "XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X",
    MailKind.VIRUS: "X-TEST-VIRUS-MARKER-STANDARD-TEST-MESSAGE",
}


FILLING = "All that this line is for is to make the message longer.\n"


ENDS = "The end of test message "
"""Before the id in the last line of a message."""


def compose(name: str, kind: MailKind, recipient: str, size: int = 0) -> str:
    """Text of a test message, of `size` bytes at least; its last line tells that the message is whole.

    Another header follows the id, so that the id's end can be found in a queue file.
    """
    message = EmailMessage()
    message["X-Test-Id"] = name
    if kind is MailKind.ARCHIVED:
        message["X-Archive"] = "yes"
    message["From"] = SENDER
    message["To"] = recipient
    message["Subject"] = f"test message {name}"
    filling = FILLING * -(-size // len(FILLING))
    message.set_content(f"This is test message {name}.\n{MARKERS.get(kind, '')}\n{filling}{ENDS}{name}\n")
    return message.as_string()


def deliverer(client: Event, hardware: Mapping[str, str], plan: Plan) -> str | None:
    """Return the unit that delivers to the protected server, as this client of it; None for anybody else.

    With the failover action `set` a primary has a shared address only, and is known by its hardware address.
    """
    own = {plan.address(unit, MAIL_PORT): unit for unit in UNITS}
    return hardware.get(client["hardware"]) or own.get(client["client"])


def host_of(address: str) -> str:
    """Address without its mask."""
    return address.partition("/")[0]


class DockerSession:
    """`lab.contract.MailSession`, kept by the client's agent."""

    def __init__(self, client: Agent, name: str) -> None:
        """Take the name of the agent's session."""
        self._client = client
        self._name = name

    def is_open(self) -> bool:
        """Whether the unit still answers."""
        return bool(self._client.ask("session-ask", name=self._name, within=NOOP_WITHIN)["open"])


class DockerHalfMessage:
    """`lab.contract.HalfMessage`, kept by the client's agent."""

    def __init__(self, name: str, end: Callable[[str], Message]) -> None:
        """Take the name of the message, and what sends its end."""
        self._name = name
        self._end = end

    def end(self) -> Message:
        """Send the end, and return the message with its outcome."""
        return self._end(self._name)


class DockerLoad:
    """`lab.contract.Load`, by threads of the client's agent."""

    def __init__(self, client: Agent) -> None:
        """Hear of the tries by `take`."""
        self._client = client
        self._accepted: set[str] = set()
        self._begun: set[str] = set()

    def accepted(self) -> frozenset[str]:
        """Ids of the messages that a unit has accepted."""
        return frozenset(self._accepted.copy())

    def waiting(self) -> frozenset[str]:
        """Ids of those that it has not."""
        return frozenset(self._begun - self._accepted)

    def stop(self) -> None:
        """Begin no further message."""
        self._begun.update(self._client.ask("load-stop")["names"])

    def take(self, name: str, outcome: str) -> None:
        """Hear of a try."""
        self._begun.add(name)
        if outcome == ACCEPTED:
            self._accepted.add(name)


class DockerMail:
    """`lab.contract.MailNetwork`."""

    def __init__(
        self,
        client: Agent,
        protected: Agent,
        plan: Plan,
        recorder: Recorder,
        *,
        probing: Probing,
        hardware: Mapping[str, str],
        greetings: Mapping[str, str],
        passwords: Mapping[str, str],
    ) -> None:
        """Use the agents of the client and of the protected server.

        `hardware` names the unit of each address, `greetings` the name in each unit's greeting, and by `passwords` the
        owner of the mailbox logs in.
        """
        self.virtual_address = plan.with_mask("virtual", MAIL_PORT)
        self.virtual_address6 = plan.with_mask("virtual", MAIL_PORT, Family.IPV6)
        self._client = client
        self._protected = protected
        self._plan = plan
        self._recorder = recorder
        self._hardware = hardware
        self._passwords = passwords
        self._names = itertools.count(1)
        self._units = {name.lower(): unit for unit, name in greetings.items()}
        self._is_stopped = False
        self._probing = probing
        self._load: DockerLoad | None = None

    def start(self) -> None:
        """Start the server, and listen to announcements."""
        self._protected.ask("serve-mail", address=self._plan.address("protected", MAIL_PORT))
        self._client.ask("overhear")

    def stop(self) -> None:
        """End probes and sessions, and forget which unit had which address; once for each scenario."""
        if self._is_stopped:
            return
        self._probing.stop()
        self._client.ask("sessions-close")
        self.end_load()
        self.release_deliveries()
        self._client.ask("run", command="ip neigh flush all")
        self._is_stopped = True

    def begin(self) -> None:
        """Start a scenario without messages, watching the virtual address."""
        self._is_stopped = False
        self._names = itertools.count(1)
        self.watch(self.virtual_address)

    def send(self, kind: MailKind = MailKind.CLEAN, to: str | None = None, size: int = 0) -> Message:
        """Send one test message and return it with its outcome."""
        address = host_of(to or self.virtual_address)
        recipient = RECIPIENTS.get(kind, RECIPIENT)
        name = self._next_name()
        at = self._recorder.now()
        reply = self._client.ask(
            "send",
            address=address,
            sender=SENDER,
            recipient=recipient,
            text=compose(name, kind, recipient, size),
            within=SEND_WITHIN,
            answer=ANSWER_AFTER_GREETING,
            patience=ANSWER_AFTER_GREETING * 8,
        )
        return self._handed_in(Message(name, kind, recipient, at, str(reply["outcome"]), size), address, reply)

    def load(self) -> DockerLoad:
        """Let clients hand in messages from now on."""
        self._load = DockerLoad(self._client)
        self._client.ask(
            "load-start",
            address=host_of(self.virtual_address),
            prefix=f"s{self._recorder.number}-l",
            sender=SENDER,
            recipient=RECIPIENT,
            text=compose(PLACE, MailKind.CLEAN, RECIPIENT),
            every=LOAD_EVERY,
            again=LOAD_AGAIN,
            within=SEND_WITHIN,
            answer=ANSWER_AFTER_GREETING,
        )
        return self._load

    def end_load(self) -> None:
        """Let clients hand in nothing more, whether it was accepted or not."""
        if self._load is not None:
            self._client.ask("load-end")
            self._load = None

    def begin_message(self, to: str) -> DockerHalfMessage | None:
        """Hand a message in but for its end; None when nobody lets the client begin."""
        address, name, recipient = host_of(to), self._next_name(), RECIPIENT
        text = compose(name, MailKind.CLEAN, recipient)
        begun = self._client.ask(
            "message-begin",
            name=name,
            address=address,
            sender=SENDER,
            recipient=recipient,
            text=text,
            within=SEND_WITHIN,
            answer=ANSWER_AFTER_GREETING,
            patience=ANSWER_AFTER_GREETING * 8,
        )["begun"]

        def end(name: str) -> Message:
            at = self._recorder.now()
            reply = self._client.ask("message-end", name=name, patience=ANSWER_AFTER_GREETING * 2)
            message = Message(name, MailKind.CLEAN, recipient, at, str(reply["outcome"]))
            return self._handed_in(message, address, reply)

        return DockerHalfMessage(name, end) if begun else None

    def _next_name(self) -> str:
        return f"s{self._recorder.number}-m{next(self._names):04d}"

    def _handed_in(self, message: Message, address: str, reply: Event) -> Message:
        """Note how the message was answered."""
        told = {"event": message.outcome, "via": address, "unit": self.unit_of(reply["by"]), "sort": message.kind.value}
        why = {"reason": reply["detail"]} if reply["detail"] else {}
        self._recorder.note(float(reply["at"]), Kind.MAIL, message.id, **told, **why)
        return message

    def open_session(self, address: str, service: Service = Service.SMTP) -> DockerSession:
        """Open a session and keep it open; without a greeting it is closed from the start."""
        name = f"session-{next(self._names)}"
        self._client.ask("session-open", name=name, address=host_of(address), service=service.value, within=SEND_WITHIN)
        return DockerSession(self._client, name)

    def read(self, unit: str, address: str, *, answered: bool = False) -> tuple[str, ...] | None:
        """Ids of what the owner of the mailbox finds there by IMAP; None where nobody lets the client in."""
        found = self._client.ask(
            "read",
            address=host_of(address),
            user=RECIPIENTS[MailKind.LOCAL],
            password=self._passwords[unit],
            answered=answered,
            ends=ENDS,
            in_part=IN_PART,
            within=ANSWER_AFTER_GREETING,
            patience=ANSWER_AFTER_GREETING * 8,
        )["ids"]
        return None if found is None else tuple(found)

    def greeting(self, address: str) -> str | None:
        """Name in the greeting at an address now, None without one."""
        name = self._client.ask("banner", address=host_of(address), within=ANSWER_WITHIN)["name"]
        return None if name is None else str(name)

    def answering(self, address: str) -> str | None:
        """Name of the unit whose banner answers now."""
        return self.unit_of(self.greeting(address))

    def unit_of(self, name: str | None) -> str | None:
        """Name of the unit that greets with a host name, whether it has a domain or not."""
        greets = (name or "").lower()
        return self._units.get(greets, self._units.get(greets.partition(".")[0]))

    def claimants(self, address: str) -> frozenset[str]:
        """Names of the units that answer an ARP request for the address now, by their hardware addresses."""
        source = self._plan.address("client", MAIL_PORT)
        reply = self._client.ask(
            "who-has", interface=MAIL_PORT, address=host_of(address), source=source, within=ASK_WITHIN
        )
        return frozenset(self._hardware.get(each, each) for each in reply["hardware"])

    def hold_deliveries(self) -> None:
        """Let the protected server defer every delivery."""
        self._protected.ask("take", how="later")

    def stall_deliveries(self) -> None:
        """Let the protected server answer no delivery."""
        self._protected.ask("take", how="never")

    def stalled(self) -> frozenset[str]:
        """Names of the units that are in the middle of a delivery."""
        waiting = self._protected.ask("stalled")["clients"].items()
        found = (deliverer({"client": own, "hardware": its}, self._hardware, self._plan) for own, its in waiting)
        return frozenset(unit for unit in found if unit)

    def release_deliveries(self) -> None:
        """Let the protected server take mail again."""
        self._protected.ask("take", how="now")

    def watch(self, address: str) -> None:
        """Probe the address from now on: every 50 ms around what may change who answers, twice a second otherwise."""
        self._probing.watch(host_of(address))

    def take(self, event: Event) -> None:
        """Add an agent's report to the timeline."""
        at = float(event["at"])
        if event["event"] == "probe":
            answer = self.unit_of(event["name"])
            banner = event["ms"] if answer else None
            self._probing.take(event["address"], at, answered=answer is not None)
            self._recorder.note(at, Kind.PROBE, event["address"], answer=answer, banner_ms=banner)
        elif event["event"] == "announcement" and event["hardware"] in self._hardware:
            unit = self._hardware[event["hardware"]]
            self._recorder.note(at, Kind.ANNOUNCEMENT, unit, address=event["address"])
        elif event["event"] == "delivered":
            self._take_delivery(at, event)
        elif event["event"] == "handed-in" and self._load is not None:
            self._take_try(at, event)

    def _take_try(self, at: float, event: Event) -> None:
        name, outcome = str(event["message"]), str(event["outcome"])
        told = {"event": outcome, "via": host_of(self.virtual_address), "unit": self.unit_of(event["by"])}
        ended = {"ended": True} if event["ended"] else {}
        why = {"reason": event["detail"]} if outcome != ACCEPTED else {}
        if self._load is not None:
            self._load.take(name, outcome)
        self._recorder.note(at, Kind.MAIL, name, **told, sort=MailKind.CLEAN.value, **ended, **why)

    def _take_delivery(self, at: float, event: Event) -> None:
        name = event["message"]
        # Messages of an earlier scenario do not count, nor alerts and other mail without an id.
        if not name or not name.startswith(f"s{self._recorder.number}-"):
            return
        unit = deliverer(event, self._hardware, self._plan)
        self._recorder.note(at, Kind.MAIL, name, event="delivered", via="protected server", unit=unit)

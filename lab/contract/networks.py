"""The networks between the units: heartbeat links, the mail network, the receivers, the two networks for bridges."""

from __future__ import annotations

from typing import Protocol

from lab.contract.values import Crossing, Cut, Encounter, Intrusion, Message, Proof
from lab.contract.words import MailKind, Port, Rank, Service, Sink, Snmp

IN_PART = " in part"
"""Behind the id of a message whose end is missing."""


class Link(Protocol):
    """One heartbeat link between the two units."""

    rank: Rank

    def cut(self, cut: Cut) -> Proof:
        """Cut the link and prove it; raises FaultNotProven. Other links are not affected."""
        ...

    def delay(self, seconds: float, jitter: float = 0.0) -> Proof:
        """Delay every byte in both directions by `seconds`, give or take up to `jitter` seconds; order is kept. DELAY.

        A further delay replaces the one in force; connections stay open, and bytes under way may arrive early.
        """
        ...

    def throttle(self, bytes_per_second: int) -> Proof:
        """Limit each connection to that many bytes (a multiple of 1000) a second, each way. THROTTLE."""
        ...

    def heal(self) -> Proof:
        """End every cut, delay and throttling of this link, and prove that it carries traffic again."""
        ...

    def is_cut(self) -> bool:
        """Whether a cut is in force."""
        ...

    def carried(self, port: Port) -> int:
        """Bytes of payload that this link has carried for that purpose so far, both ways."""
        ...

    def connections(self) -> frozenset[int]:
        """TCP port numbers on which this link has carried payload since the scenario began."""
        ...

    def overhear(self) -> None:
        """Let a stranger record from now on what the units send each other on this link. STRANGER."""
        ...

    def intrude(self, target: str, intrusion: Intrusion) -> Encounter:
        """As a stranger on this link's network, try a trick on ports of unit `target`; return when it has ended.

        Raises FaultNotProven when no port could be reached. STRANGER.
        """
        ...


class MailSession(Protocol):
    """A session with a unit's mail service that a client keeps open without sending anything."""

    def is_open(self) -> bool:
        """Whether the unit still answers in this session. Source: HA-111."""
        ...


class HalfMessage(Protocol):
    """A test message that a client has handed in but for its end: no unit has been asked to take it yet."""

    def end(self) -> Message:
        """Send the end, in the same session, and return the message with its outcome. Source: HA-425."""
        ...


class Load(Protocol):
    """Clients that hand in one message after another at the virtual address, each again until a unit accepts it.

    They wait a second or so after each failure, where mail servers wait for minutes. The timeline (MAIL) has every try,
    with `ended` where the end of the message was sent and no answer came: a unit may have accepted it.
    """

    def accepted(self) -> frozenset[str]:
        """Ids of the messages that a unit has accepted so far."""
        ...

    def waiting(self) -> frozenset[str]:
        """Ids of the messages that clients still have to hand in; complete once the load was stopped."""
        ...

    def stop(self) -> None:
        """Hand in no further message; those that clients still have are tried again."""
        ...


class MailNetwork(Protocol):
    """The network that clients use: a client, a protected mail server, and a listener to ARP.

    The timeline (MAIL) has a unit's answer to each test message, and each delivery.
    """

    virtual_address: str
    """The group's shared address with mask, as the healthy pair is configured."""

    virtual_address6: str
    """An IPv6 address with mask that the group may share; a pair holds it if a scenario configures it."""

    def send(self, kind: MailKind = MailKind.CLEAN, to: str | None = None, size: int = 0) -> Message:
        """Send one test message by SMTP to an address (default: the virtual one) and return it with its outcome.

        Its text has at least `size` bytes.
        """
        ...

    def load(self) -> Load:
        """Let clients hand in messages from now on, as many a second as the lab bears, one load in a scenario."""
        ...

    def begin_message(self, to: str) -> HalfMessage | None:
        """Hand a test message in at an address, but for its end; None when nobody lets the client begin."""
        ...

    def open_session(self, address: str, service: Service = Service.SMTP) -> MailSession:
        """Open a session to an address (without mask) up to its greeting, and keep it open.

        Without a greeting it is closed from the start.
        """
        ...

    def read(self, unit: str, address: str, *, answered: bool = False) -> tuple[str, ...] | None:
        """Ids of the test messages that the owner of the mailbox finds by IMAP, each as often as it is there.

        IN_PART follows the id of one whose end is missing.
        The address is one at which that unit serves mail; None without an answer. What the owner has seen is no longer
        new, and marked as answered where that is asked. READING.
        """
        ...

    def answering(self, address: str) -> str | None:
        """Name of the unit whose SMTP banner answers on that address now, None without an answer."""
        ...

    def claimants(self, address: str) -> frozenset[str]:
        """Names of all units that answer an ARP request for the address now: two in a split brain. Source: HA-701.

        A unit is recognized by its hardware address; an unknown hardware address is returned itself.
        """
        ...

    def hold_deliveries(self) -> None:
        """Let the protected server defer every delivery (4xx) from now on: accepted mail stays in the units' queues."""
        ...

    def stall_deliveries(self) -> None:
        """Let the protected server leave each delivery without an answer from now on, before the text is sent."""
        ...

    def stalled(self) -> frozenset[str]:
        """Names of the units that wait in the middle of a delivery now."""
        ...

    def release_deliveries(self) -> None:
        """Let the protected server take mail again, as at the start of each scenario."""
        ...

    def watch(self, address: str) -> None:
        """Probe the address from now on (PROBE entries): every 50 ms around what may change who answers there.

        The virtual address is always watched.
        """
        ...


class Receivers(Protocol):
    """Who receives what the units report: a machine on the network of administration, and alert mail's server.

    What arrives is on the timeline (REPORT), with the unit that it came from.
    """

    log_server: str
    """Address of the machine, without mask: it listens to syslog and to SNMP traps, and asks by SNMP."""

    def leave(self, sink: Sink) -> None:
        """Let nothing be received there from now on: datagrams are refused, and mail is put off.

        The trap managers of all versions are one program, and leave together.
        """
        ...

    def hang(self) -> None:
        """Let alert mail's server leave each alert without an answer from now on, before its text is sent."""
        ...

    def come_back(self, sink: Sink) -> None:
        """Receive again what is sent from now on, and what waits for an answer."""
        ...

    def ask_modes(self, unit: str, version: Snmp) -> tuple[int, int] | None:
        """Ask a unit's own address of administration by SNMP for its configured and its effective mode.

        None without an answer, or with another one. SNMP.
        """
        ...


class BridgeNetworks(Protocol):
    """Two networks that only the units' Layer 2 bridges can connect; a neighbour sends and counts on both."""

    ports: tuple[str, str]
    """The units' interfaces on the two networks."""

    def cross(self) -> Crossing:
        """Send one broadcast frame into the first network, and count its copies for a tenth of a second."""
        ...

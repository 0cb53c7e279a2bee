"""Who receives what the units report: a machine on the network of administration, and alert mail's server."""

from __future__ import annotations

import re
from collections.abc import Mapping
from email import message_from_string

from lab import snmp
from lab.contract import Sink, Snmp
from lab.docker.agent import Agent, Event
from lab.docker.mail import deliverer
from lab.docker.names import UNITS
from lab.docker.recorder import Recorder
from lab.docker.subnets import Plan
from lab.standard_pair import PAIR
from lab.timeline import Kind, Scalar

ANSWER_WITHIN = 1
"""Seconds that a manager waits for an answer."""

_TRAP_OID = "1.3.6.1.6.3.1.1.4.1.0"
_UPTIME = "1.3.6.1.2.1.1.3.0"
"""The first two objects of a trap of SNMP v2c and v3. Source: RFC 3416, 4.2.6."""


class DockerReceivers:
    """`lab.contract.Receivers`: the client's agent listens to syslog and traps, the protected server takes alerts."""

    def __init__(
        self, client: Agent, protected: Agent, plan: Plan, recorder: Recorder, hardware: Mapping[str, str]
    ) -> None:
        """Use these agents; `hardware` names the unit of each hardware address."""
        self.log_server = plan.address("client", PAIR.administration)
        self._client = client
        self._protected = protected
        self._plan = plan
        self._recorder = recorder
        self._hardware = hardware

    def leave(self, sink: Sink) -> None:
        """Let nothing be received there from now on."""
        match sink:
            case Sink.LOG_SERVER:
                self._client.ask("log-server-leave")
            case Sink.ALERT_MAIL:
                self._protected.ask("take", what="alerts", how="later")
            case _:
                self._client.ask("trap-manager-leave")

    def hang(self) -> None:
        """Let alert mail's server leave each alert without an answer from now on."""
        self._protected.ask("take", what="alerts", how="never")

    def come_back(self, sink: Sink) -> None:
        """Receive again what is sent from now on."""
        match sink:
            case Sink.LOG_SERVER:
                self._client.ask("log-server-listen", address=self.log_server)
            case Sink.ALERT_MAIL:
                self._protected.ask("take", what="alerts", how="now")
            case _:
                self._listen_to_traps(fresh=False)

    def begin(self) -> None:
        """Receive everything, as at the start of each scenario."""
        self.come_back(Sink.LOG_SERVER)
        self.come_back(Sink.ALERT_MAIL)
        self._listen_to_traps(fresh=True)

    def ask_modes(self, unit: str, version: Snmp) -> tuple[int, int] | None:
        """Ask a unit for its modes."""
        address = self._plan.address(unit, PAIR.administration)
        arguments = ["-t", str(ANSWER_WITHIN), *named(version), f"udp:{address}:161"]
        oids = [f".{snmp.CONFIGURED}", f".{snmp.EFFECTIVE}"]
        values = self._client.ask("snmp-ask", arguments=[*arguments, *oids])["values"]
        if len(values) != len(oids) or not all(str(value).isdecimal() for value in values):
            return None
        configured, effective = map(int, values)
        return configured, effective

    def take(self, event: Event) -> None:
        """Add what an agent has received from a unit to the timeline."""
        at = float(event["at"])
        if event["event"] == "logged":
            for unit in self._units(event["client"]):
                self._report(at, unit, {"sink": Sink.LOG_SERVER.value, "text": event["text"]})
        elif event["event"] == "trapped":
            client, sink, text = trap_in(event["text"])
            for unit in self._units(client):
                self._report(at, unit, {"sink": sink.value, "text": text})
        elif event["event"] == "delivered" and not event["message"]:
            alert = message_from_string(event["text"])
            told = {"sink": Sink.ALERT_MAIL.value, "text": str(alert.get_payload()), "id": alert["Message-ID"] or ""}
            if giver := deliverer(event, self._hardware, self._plan):
                for each in event["recipients"]:
                    self._report(at, giver, {**told, "to": each})

    def _report(self, at: float, unit: str, told: Mapping[str, Scalar]) -> None:
        """Add a report to the timeline; one that has come before anything was entered is of the scenario before."""
        entered = self._recorder.timeline.of(Kind.CLI, unit)
        if entered and entered[0].at <= at:
            self._recorder.note(at, Kind.REPORT, unit, **told)

    def _listen_to_traps(self, *, fresh: bool) -> None:
        self._client.ask("trap-manager-listen", address=self.log_server, settings=manager_settings(), fresh=fresh)

    def _units(self, client: str) -> list[str]:
        """The unit that has this own address for its administration, as a list; none for anybody else."""
        return [unit for unit in UNITS if client == self._plan.address(unit, PAIR.administration)]


def manager_settings() -> str:
    """Return the settings of `snmptrapd`: it takes traps in the lab's names only, of a user only what is private."""
    lines = [f"authCommunity log {name}" for name in snmp.COMMUNITIES.values()]
    for unit in UNITS:
        known = f'SHA "{snmp.AUTHENTICATION}" AES "{snmp.PRIVACY}"'
        lines.append(f"createUser -e 0x{snmp.engine_id(unit)} {snmp.USER} {known}")
    lines.append(f"authUser log {snmp.USER} priv")
    return "\n".join([*lines, ""])


def named(version: Snmp) -> list[str]:
    """Return the options of net-snmp's programs for the lab's name in a version."""
    if version is not Snmp.V3:
        return ["-v", version.value.removeprefix("v"), "-c", snmp.COMMUNITIES[version]]
    secrets = ["-a", "SHA", "-A", snmp.AUTHENTICATION, "-x", "AES", "-X", snmp.PRIVACY]
    return ["-v", "3", "-u", snmp.USER, "-l", "authPriv", *secrets]


def trap_in(text: str) -> tuple[str, Sink, str]:
    """Return who sent a trap, to which manager, and what it tells: from what the agent had `snmptrapd` print."""
    _, way, security, enterprise, number, *listed = text.split("\t")
    sender = re.search(r"\[([^]]+)\]", way)
    version = Snmp(found[1]) if (found := re.search(r"SNMP (v\w+)", security)) else Snmp.V1
    objects = {}
    for each in listed:
        oid, _, value = each.partition(" ")
        objects[oid.removeprefix(".")] = value.removeprefix('"').removesuffix('"').replace('\\"', '"')
    oid = f"{enterprise.removeprefix('.')}.0.{number.removeprefix('.')}"
    if version is not Snmp.V1:
        oid = objects.pop(_TRAP_OID, "").removeprefix(".")
        objects.pop(_UPTIME, "")
    return sender[1] if sender else "", snmp.MANAGERS[version], snmp.told(oid, objects)

"""Who receives what the units report: a log server on the network of administration, and alert mail's server."""

from __future__ import annotations

from collections.abc import Iterable
from email import message_from_string

from lab.contract import Sink
from lab.docker.agent import Agent, Event
from lab.docker.names import UNITS
from lab.docker.recorder import Recorder
from lab.docker.subnets import Plan
from lab.standard_pair import PAIR
from lab.timeline import Kind


class DockerReceivers:
    """`lab.contract.Receivers`: the client's agent listens to syslog, and the protected server takes alert mail."""

    def __init__(self, client: Agent, protected: Agent, plan: Plan, recorder: Recorder) -> None:
        """Use these agents."""
        self.log_server = plan.address("client", PAIR.administration)
        self._client = client
        self._protected = protected
        self._plan = plan
        self._recorder = recorder

    def leave(self, sink: Sink) -> None:
        """Let nothing be received there from now on."""
        if sink is Sink.LOG_SERVER:
            self._client.ask("log-server-leave")
        else:
            self._protected.ask("take", how="later")

    def come_back(self, sink: Sink) -> None:
        """Receive again what is sent from now on."""
        if sink is Sink.LOG_SERVER:
            self._client.ask("log-server-listen", address=self.log_server)
        else:
            self._protected.ask("take", how="now")

    def begin(self) -> None:
        """Receive everything, as at the start of each scenario."""
        for sink in Sink:
            self.come_back(sink)

    def take(self, event: Event) -> None:
        """Add what an agent has received from a unit to the timeline."""
        at = float(event["at"])
        if event["event"] == "logged":
            for unit in self._units(event["client"], [PAIR.administration]):
                self._recorder.note(at, Kind.REPORT, unit, sink=Sink.LOG_SERVER.value, text=event["text"])
        elif event["event"] == "delivered" and not event["message"]:
            text = message_from_string(event["text"]).get_payload()
            for unit in self._units(event["client"], [PAIR.mail]):
                for each in event["recipients"]:
                    self._recorder.note(at, Kind.REPORT, unit, sink=Sink.ALERT_MAIL.value, text=str(text), to=each)

    def _units(self, client: str, ports: Iterable[str]) -> list[str]:
        """The unit that has this own address, as a list; none for anybody else."""
        return [unit for unit in UNITS if client in {self._plan.address(unit, port) for port in ports}]

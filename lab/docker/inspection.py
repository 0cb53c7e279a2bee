"""White-box inspection: testinfra's modules in the unit's namespace and on its storage, without its CLI."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from itertools import takewhile
from typing import Any

from testinfra.backend.base import BaseBackend, CommandResult
from testinfra.host import Host

from lab.contract import Area, Trap
from lab.docker.agent import Agent
from lab.docker.ports_in_use import PROBE
from lab.errors import FaultNotProven
from lab.profiles.record import Events, Mail

ID = r"X-Test-Id: *([a-z0-9-]+)"
"""Header of a test message, with its id."""

_SOCKET = re.compile(r"^tcp://(?:\[(?P<six>[^\]]*)\]|(?P<four>[^:]*)):(?P<port>\d+)$")
_UNREADABLE = (ValueError, KeyError, TypeError, OverflowError, RecursionError)
"""What a line of JSON raises that is none, or has other types in it, an infinite number, or a thousand lists."""

_EVERYWHERE = "0.0.0.0"  # noqa: S104 - text of a listening socket; nothing is bound here


class AgentBackend(BaseBackend):  # type: ignore[misc] # the library has no types
    """Runs testinfra's commands through a unit's agent, since each `docker exec` would cost 60 ms.

    The agent shares the unit's network namespace and can read its volume, also while the unit has no power.
    """

    NAME = "switchover-agent"

    def __init__(self, agent: Agent, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - the library's own signature
        """Use this agent."""
        super().__init__(agent.container, *args, **kwargs)
        self._agent = agent

    def run(self, command: str, *args: str, **_: Any) -> CommandResult:  # noqa: ANN401 - the library's own signature
        """Run a command."""
        line = self.get_command(command, *args)
        reply = self._agent.ask("run", command=line)
        return self.result(reply["code"], self.encode(line), self.encode(reply["out"]), self.encode(reply["err"]))


class Inspector:
    """Inspects one unit from outside its software."""

    def __init__(self, agent: Agent, mail: Mail, events: Events) -> None:
        """Use this agent; the unit keeps its mail and tells its events there."""
        self._agent = agent
        self._mail = mail
        self._events = events
        self.host = Host(AgentBackend(agent))

    def addresses(self, interface: str) -> frozenset[str]:
        """Addresses with mask that the interface holds, asked of the kernel."""
        held = (each.split() for each in self._agent.ask("addresses")["held"])
        return frozenset(address for name, address in held if name == interface)

    def bridged(self) -> frozenset[str]:
        """Interfaces that are up and belong to a bridge, asked of the kernel."""
        return frozenset(self._agent.ask("bridged")["ports"])

    def all_addresses(self) -> frozenset[tuple[str, str]]:
        """Every interface with each address it holds."""
        held = (each.split() for each in self._agent.ask("addresses")["held"])
        return frozenset((name, address) for name, address in held)

    def everything_stored(self) -> frozenset[str]:
        """Ids of all messages in storage and queue, in one look; none where the lab cannot look into them."""
        folders = [*self._mail.stores.values(), self._mail.queue, *filter(None, [self._mail.copies])]
        return self._ids_below(*folders) if self._mail.stores else frozenset()

    def confirmed_addresses(self, interface: str) -> frozenset[str]:
        """Addresses without mask, as testinfra reads them, without link-local ones."""
        found = self.host.interface(interface).addresses
        return frozenset(each for each in found if not each.startswith("fe80:"))

    def listening(self) -> frozenset[tuple[str, int]]:
        """Address and port of every listening TCP socket except the lab's own."""
        sockets = set()
        for text in self.host.socket.get_listening_sockets():
            found = _SOCKET.match(text)
            if found and int(found["port"]) != PROBE and found["four"] != "127.0.0.11":
                sockets.add(
                    (found["four"] or (_EVERYWHERE if found["six"] == "::" else found["six"]), int(found["port"]))
                )
        return frozenset(sockets)

    def stored(self, area: Area) -> frozenset[str]:
        """Ids of the messages in a storage area; for the preferences, names of the users who have some."""
        folder = self._mail.stores[area]
        if area is Area.PREFERENCES:
            found = self.host.run("find %s -name %s -printf '%%h\\n'", folder, self._mail.preference_file)
            return frozenset(line.rpartition("/")[2] for line in found.stdout.split())
        return self._ids_below(folder)

    def queued(self) -> frozenset[str]:
        """Ids of the messages in the mail queue."""
        return self._ids_below(self._mail.queue)

    def copied(self) -> frozenset[str]:
        """Ids of the messages copied from the peer's mail queue."""
        return self._ids_below(self._mail.copies)

    def log(self) -> list[str]:
        """HA event log in its file; nothing where there is none, as for alerts and traps."""
        return self._lines(self._events.log)

    def alerts(self) -> list[str]:
        """Alert mails as text."""
        return [alert_in(line, self._events.alert_text) for line in self._lines(self._events.alerts)]

    def traps(self) -> list[Trap]:
        """SNMP traps, from the unit's own record."""
        told = (trap_in(line, self._events.trap_keys) for line in self._lines(self._events.traps))
        return [trap for trap in told if trap is not None]

    def is_there(self, path: str) -> bool:
        """Whether there is such a file or folder on the unit's volume."""
        return bool(self.host.run("test -e %s", path).rc == 0)

    def _lines(self, path: str) -> list[str]:
        return list(self._agent.ask("lines", path=path)["lines"]) if path else []

    def _ids_below(self, *folders: str) -> frozenset[str]:
        return frozenset(self._agent.ask("search", folders=folders, pattern=ID)["found"])


def newer(log: Sequence[str], before: Sequence[str], name: str) -> Sequence[str]:
    """Return the lines of a log that were not there before, by their text: it may show only its last lines.

    A log that is shorter than before has begun anew. Raises FaultNotProven where lines may be missing.
    """
    if not before:
        return log

    def agreeing(end: int) -> int:
        """Number of lines before this place that are the last ones of before."""
        pairs = zip(reversed(log[:end]), reversed(before), strict=False)
        return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))

    ends = [end for end, line in enumerate(log, 1) if line == before[-1]]
    if ends:
        return log[max(ends, key=agreeing) :]
    if len(log) >= len(before):
        gone = f"{name} no longer shows what was its last line ({before[-1]!r})"
        raise FaultNotProven(f"{gone}, and lines after it may be missing")
    return log


def trap_in(line: str, keys: Sequence[str]) -> Trap | None:
    """The trap in a line of JSON, by the keys of its name, code and reason; None for anything else."""
    name, code, reason = keys
    try:
        record = json.loads(line)
        return Trap(str(record[name]), int(record[code]), str(record.get(reason, "")))
    except _UNREADABLE:
        return None


def alert_in(line: str, key: str) -> str:
    """The text of an alert in a line of JSON; the line itself where it has none."""
    try:
        return str(json.loads(line)[key])
    except _UNREADABLE:
        return line

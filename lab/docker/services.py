"""Lets a service of a unit fail from outside: in the unit's namespace, before its own software sees the client.

The packet filter refuses or loses new connections to the service's port, or sends them to an impostor of the lab's
agent, which says what a failing service would say, or lets them speak with the unit's own after a while. The unit's own
software goes on, and knows nothing of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import assert_never

from lab.contract import Failing, Service
from lab.docker import rules
from lab.docker.agent import Agent
from lab.errors import FaultNotProven

NUMBERS: Mapping[Service, int] = {Service.SMTP: 25, Service.POP3: 110, Service.IMAP: 143, Service.HTTP: 80}
"""The TCP port of each service."""

IMPOSTORS = 61000
"""What is added to a service's port for its impostor's: ports above those from which the units dial."""

WITHIN = 0.5
"""Seconds after which a connection counts as lost, and an answer as not given."""

_SAYS = {
    Failing.SILENT: dict.fromkeys(Service, ""),
    Failing.DEFERRING: {
        Service.SMTP: "421 4.3.2 not now, come later\r\n",
        Service.POP3: "-ERR [SYS/TEMP] not now, come later\r\n",
        Service.IMAP: "* BYE [UNAVAILABLE] not now, come later\r\n",
        Service.HTTP: "HTTP/1.0 503 Service Unavailable\r\n\r\n",
    },
    Failing.REJECTING: {
        Service.SMTP: "554 5.3.2 no service here\r\n",
        Service.POP3: "-ERR [SYS/PERM] no service here\r\n",
        Service.IMAP: "* BYE no service here\r\n",
        Service.HTTP: "HTTP/1.0 404 Not Found\r\n\r\n",
    },
    Failing.GARBAGE: dict.fromkeys(Service, "\x00\x01 no greeting \xff\r\n"),
    Failing.ENDLESS: {
        Service.SMTP: "220-come in\r\n",
        Service.POP3: "+OK come in ",
        Service.IMAP: "* OK come in ",
        Service.HTTP: "HTTP/1.0 200 come in ",
    },
    Failing.HUGE: {
        Service.SMTP: "220 come in ",
        Service.POP3: "+OK come in ",
        Service.IMAP: "* OK come in ",
        Service.HTTP: "HTTP/1.0 200 come in ",
    },
}
"""What an impostor says, ENDLESS again and again, HUGE with more on the same line."""

HUGE = 10_000_000
"""Bytes that follow in the line of a huge greeting."""


class Services:
    """The services of one unit that fail."""

    def __init__(self, chassis: Agent, client: Agent) -> None:
        """Use the agent in the unit's namespace, and prove from the client's."""
        self._chassis = chassis
        self._client = client
        self.failing: set[Service] = set()

    def fail(self, service: Service, failing: Failing, address: str) -> float:
        """Let a service fail, and prove it at an address ("" where nobody can dial); return since when it does.

        Raises FaultNotProven.
        """
        number = NUMBERS[service]
        self.failing.add(service)
        says = _SAYS[failing][service] if failing in _SAYS else None
        if failing is Failing.ENDLESS:
            self._chassis.ask("impostor", port=str(IMPOSTORS + number), says=says, again="yes")
        elif failing is Failing.HUGE:
            self._chassis.ask("impostor", port=str(IMPOSTORS + number), says=says, more=str(HUGE))
        elif says is not None:
            self._chassis.ask("impostor", port=str(IMPOSTORS + number), says=says)
        elif failing.late:
            self._chassis.ask("impostor", port=str(IMPOSTORS + number), late=failing.late, to=str(number))
        at = float(self._chassis.ask("rules", text=rules.failing_service(number, _verdict(failing, number)))["at"])
        if address:
            reply = self._client.ask("greeting", address=address, port=str(number), within=WITHIN)
            found, wanted = (reply["outcome"], reply.get("says")), _proof(failing, says)
            begun = failing in {Failing.ENDLESS, Failing.HUGE} and str(found[1]).startswith(str(wanted[1]))
            if found != wanted and not begun:
                raise FaultNotProven(f"the {service} service was to be {failing}, but was found {found} at {address}")
        return at

    def mend(self) -> None:
        """Let every service answer as the unit itself does."""
        self._chassis.ask("rules", text="".join(map(rules.no_failing_service, NUMBERS.values())))
        self._chassis.ask("impostors-stop")
        self.failing.clear()


def _verdict(failing: Failing, number: int) -> str:
    match failing:
        case Failing.REFUSING:
            return "reject with tcp reset"
        case Failing.UNREACHABLE:
            return "drop"
        case (
            Failing.SILENT
            | Failing.DEFERRING
            | Failing.REJECTING
            | Failing.GARBAGE
            | Failing.ENDLESS
            | Failing.HUGE
            | Failing.LATE
            | Failing.LATER
        ):
            return f"redirect to :{IMPOSTORS + number}"
        case _:
            assert_never(failing)


def _proof(failing: Failing, says: str | None) -> tuple[str, str | None]:
    """What who dials the service must find."""
    if says:
        return "said", says
    return {Failing.REFUSING: "refused", Failing.UNREACHABLE: "lost"}.get(failing, "silent"), None

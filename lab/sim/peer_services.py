"""What a simulated unit's check of its peer's service comes to, and after how long."""

from __future__ import annotations

from collections.abc import Iterable

from lab.contract import Failing, Service
from lab.sim.checks import Answer
from lab.sim.machine import Machine
from node.engine.settings import RemoteCheck

SERVICES = {25: Service.SMTP, 80: Service.HTTP, 110: Service.POP3, 143: Service.IMAP}
"""The service of a machine that listens on a TCP port."""

GREETED, REFUSED = 0.004, 0.001
"""Seconds until a service that is well has greeted, and until a connection is refused."""

NEVER = Answer(ok=False)

_FAILS = {
    Failing.REFUSING: Answer(ok=False, after=REFUSED),
    Failing.UNREACHABLE: NEVER,
    Failing.SILENT: NEVER,
    Failing.DEFERRING: Answer(ok=False, after=GREETED),
    Failing.REJECTING: Answer(ok=False, after=GREETED),
    Failing.GARBAGE: Answer(ok=False, after=GREETED),
    Failing.ENDLESS: NEVER,
    Failing.HUGE: Answer(ok=False, after=GREETED),
    Failing.LATE: Answer(ok=True, after=Failing.LATE.late + GREETED),
    Failing.LATER: Answer(ok=True, after=Failing.LATER.late + GREETED),
}


def ask(machines: Iterable[Machine], asker: Machine, check: RemoteCheck) -> Answer:
    """Return how whoever holds the address answers a unit that checks a service there."""
    for machine in machines:
        held = (port for port in machine.interfaces.own if machine.interfaces.holds(port, check.address))
        if machine is not asker and (port := next(held, None)) is not None:
            joined = machine.interfaces.cable(port) and asker.interfaces.cable(port)
            return _answer(machine, SERVICES.get(check.port)) if joined and machine.on_network() else NEVER
    return NEVER


def _answer(machine: Machine, service: Service | None) -> Answer:
    if service is not None and (failing := machine.mailer.failing.get(service)) is not None:
        return _FAILS[failing]
    well = service is not None and machine.mailer.greets(service)
    return Answer(ok=True, after=GREETED) if well else Answer(ok=False, after=REFUSED)

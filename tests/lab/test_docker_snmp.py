"""The reference unit and the lab's manager speak SNMP with each other, where this host has net-snmp's programs."""

from __future__ import annotations

import asyncio
import shutil
import threading
from pathlib import Path

import pytest

from lab import snmp as manager
from lab.contract import Sink
from lab.contract import Snmp as Spoken
from lab.docker.receivers import manager_settings, named, trap_in
from lab.images.agent import snmp_manager
from node.engine.modes import Effective, Mode
from node.engine.status import Status
from node.linux import snmp
from node.linux.snmp import Agent, EngineClock, TrapSender
from node.reporting import Notification, ha_trap, mode_objects
from node.settings.snmp import Community, Level, Reader, Snmp, TrapManager, User, Version
from tests.lab.events import Events

OBJECTS = Path(__file__).parents[2] / "lab" / "images" / "unit" / "snmp-objects"
LOOPBACK, TRAPS, QUERIES, LOCAL = "127.0.0.1", 21162, 21161, 21163

needs_net_snmp = pytest.mark.skipif(
    not all(shutil.which(program) for program in (snmp.SNMPTRAP, snmp.SNMPD, snmp_manager.SNMPTRAPD)),
    reason="net-snmp is not installed",
)


def sent(identity: Community | User, reason: str = "why") -> Notification:
    """Return a trap in this name."""
    to = TrapManager(LOOPBACK, TRAPS, LOCAL, identity, frozenset({"ha"}))
    return Notification(to, ha_trap("SN", "10.0.1.1", 2, reason))


KNOWN = User(manager.USER, Level.PRIVATE, "sha1", manager.AUTHENTICATION, "aes", manager.PRIVACY)
COMMUNITIES = tuple(
    Community(manager.COMMUNITIES[spoken], version)
    for spoken, version in ((Spoken.V1, Version.V1), (Spoken.V2C, Version.V2C))
)


@needs_net_snmp
def test_what_net_snmp_sends_the_labs_manager_receives_once(tmp_path: Path) -> None:
    """By each version; not in a name that it does not know, nor less protected than its user, nor while it is away."""
    events = Events()
    receiver = snmp_manager.TrapManager(events, TRAPS)
    listen = {"address": LOOPBACK, "settings": manager_settings()}
    sender = TrapSender(EngineClock(tmp_path / "starts"), tmp_path / "traps")
    weaker = User(manager.USER, Level.AUTHENTICATED, "sha1", manager.AUTHENTICATION)
    receiver.listen(dict(listen))
    for identity in (*COMMUNITIES, weaker, Community("other", Version.V2C), KNOWN):
        sender.send(sent(identity, 'a "reason"'), manager.engine_name("P"))
    sender.wait_until_sent(30)
    deadline = threading.Event()
    while len(events.seen) < 3 and not deadline.wait(0.05):
        pass
    receiver.leave({})
    sender.send(sent(COMMUNITIES[1]), "unit")
    sender.wait_until_sent(30)
    receiver.listen({**listen, "fresh": True})
    sender.send(sent(COMMUNITIES[1], "last"), "unit")
    sender.wait_until_sent(30)
    while len(events.seen) < 4 and not deadline.wait(0.05):
        pass
    receiver.leave({})
    received = [trap_in(str(each["text"])) for each in events.seen]
    assert [sink for _, sink, _ in received] == [Sink.TRAPS_V1, Sink.TRAPS_V2C, Sink.TRAPS_V3, Sink.TRAPS_V2C]
    told = 'fmlTrapHAEvent fmlSysSerial="SN" fmlHAEventId="2" fmlHAUnitIp="10.0.1.1" fmlHAEventReason='
    assert [text.removeprefix(told) for _, _, text in received] == [*["\"a 'reason'\""] * 3, '"last"']
    assert {sender for sender, _, _ in received} == {LOOPBACK}


@needs_net_snmp
def test_traps_of_v3_that_follow_each_other_are_all_received(tmp_path: Path) -> None:
    """From the first second of an engine on, and after its next start: no time goes back. Source: RFC 3414, 3.2."""
    events = Events()
    receiver = snmp_manager.TrapManager(events, TRAPS)
    receiver.listen({"address": LOOPBACK, "settings": manager_settings()})
    times = iter([(1, 0.0), (1, 0.5), (1, 3.0), (2, 0.0), (2, 1.0)])

    def command(notification: Notification, engine: str, *_: float) -> list[str]:
        return snmp.trap_command(notification, engine, *next(times))

    sender = TrapSender(EngineClock(tmp_path / "starts"), tmp_path / "traps", command)
    for reason in "abcde":
        sender.send(sent(KNOWN, reason), manager.engine_name("S"))
    sender.wait_until_sent(30)
    for _ in range(100):
        if len(events.seen) == 5:
            break
        threading.Event().wait(0.05)
    receiver.leave({})
    assert [trap_in(str(each["text"]))[2][-2] for each in events.seen] == list("abcde")


@needs_net_snmp
def test_net_snmp_answers_the_labs_manager(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By each version that may ask, and by no other; what the unit shows is answered at once."""
    monkeypatch.setattr(snmp, "OBJECTS", str(OBJECTS))

    def ask(version: Spoken) -> object:
        oids = (f".{manager.CONFIGURED}", f".{manager.EFFECTIVE}")
        arguments = ["-t", "1", *named(version), f"udp:{LOOPBACK}:{QUERIES}", *oids]
        return snmp_manager.ask({"arguments": arguments})["values"]

    def answers_by(version: Spoken) -> bool:
        return any(ask(version) or threading.Event().wait(0.1) for _ in range(100))

    async def serve() -> None:
        agent = Agent(EngineClock(tmp_path / "starts"), tmp_path / "agent", pytest.fail)
        agent.show(mode_objects("SN", Status(Mode.PRIMARY, Effective.PRIMARY, synchronizing=False)))
        readers = tuple(Reader(LOOPBACK, QUERIES, each) for each in (*COMMUNITIES[1:], KNOWN))
        agent.follow(Snmp(readers=readers), "unit")
        assert await asyncio.to_thread(answers_by, Spoken.V2C)
        agent.show(mode_objects("SN", Status(Mode.PRIMARY, Effective.SECONDARY, synchronizing=False)))
        answers = [await asyncio.to_thread(ask, version) for version in Spoken]
        assert answers == [[], ["1", "2"], ["1", "2"]]
        agent.follow(Snmp(), "unit")
        assert not await asyncio.to_thread(ask, Spoken.V2C)

    asyncio.run(serve())

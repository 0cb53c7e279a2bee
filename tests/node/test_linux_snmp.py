"""SNMP by net-snmp's programs: what they are told to do, and when they run."""

from __future__ import annotations

import asyncio
import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from node.engine.modes import Effective, Mode, SystemEvent
from node.engine.status import Status
from node.linux import paths, processes
from node.linux.alert_mail import AlertQueue
from node.linux.records import Records
from node.linux.snmp import Agent, EngineClock, TrapSender, agent_settings, objects_file, trap_command
from node.reporting import Notification, Reporting, ha_trap, mode_objects
from node.settings.sinks import Sinks
from node.settings.snmp import Community, Level, Reader, Snmp, SystemInfo, TrapManager, User, Version

OBJECTS = Path(__file__).parents[2] / "lab" / "images" / "unit" / "snmp-objects"
V1, V2C = Community("one", Version.V1), Community("two", Version.V2C)
USER = User("manager", Level.PRIVATE, "sha1", "authentication", "aes", "privacy-too")
LOOPBACK, TRAPS, QUERIES, LOCAL = "127.0.0.1", 21162, 21161, 21163


def sent(identity: Community | User, reason: str = "why") -> Notification:
    """Return a trap in this name."""
    to = TrapManager(LOOPBACK, TRAPS, LOCAL, identity, frozenset({"ha"}))
    return Notification(to, ha_trap("SN", "10.0.1.1", 2, reason))


def shown(configured: Mode, effective: Effective) -> str:
    """Return the objects of a unit as its file holds them."""
    return objects_file(mode_objects("SN", Status(configured, effective, synchronizing=False)))


def test_a_trap_of_v1_has_enterprise_agent_and_number() -> None:
    """Source: RFC 1157, 4.1.6."""
    said = trap_command(sent(V1), "unit", 3, 1.5)
    assert said[1:5] == ["-v", "1", "-c", "one"]
    at = said.index(f"udp:{LOOPBACK}:{TRAPS}")
    assert said[at + 1 : at + 6] == [".1.3.6.1.4.1.12356.105", "10.0.1.1", "6", "203", "150"]


def test_a_trap_of_v2c_names_its_notification() -> None:
    """After the time for which the engine runs; then the objects, each with syntax and value."""
    said = trap_command(sent(V2C), "unit", 3, 1.5)
    at = said.index(f"udp:{LOOPBACK}:{TRAPS}")
    assert said[at + 1 : at + 3] == ["150", ".1.3.6.1.4.1.12356.105.0.203"]
    assert said[at + 3 :: 3] == [f".1.3.6.1.4.1.12356.105.1.{number}.0" for number in (2, 14, 15, 16)]
    assert said[at + 4 :: 3] == ["s", "i", "a", "s"]
    assert said[at + 5 :: 3] == ["SN", "2", "10.0.1.1", "why"]


def test_a_trap_of_v3_comes_from_the_units_own_engine() -> None:
    """With its id, how often it has started, and for how long it runs. Source: RFC 3414, 2.2."""
    said = trap_command(sent(USER), "unit", 3, 17.5)
    assert said[1:3] == ["-v", "3"]
    assert said[said.index("-e") + 1] == "0x8000304404" + b"unit".hex()
    assert said[said.index("-Z") + 1] == "3,17"
    named = said.index("-u")
    assert said[named + 1 : named + 12 : 2] == ["manager", "authPriv", "SHA", "authentication", "AES", "privacy-too"]


def test_every_start_of_the_engine_counts_also_over_restarts_of_the_unit(tmp_path: Path) -> None:
    """It starts with its first use, and not before."""
    file = tmp_path / "snmp" / "starts"
    clock = EngineClock(file)
    assert not file.exists()
    assert clock.now()[0] == clock.now()[0] == 1
    assert clock.start() == 2
    assert EngineClock(file).now()[0] == 3


def test_an_engine_whose_starts_cannot_be_kept_starts_nevertheless(tmp_path: Path) -> None:
    """Its number grows from start to start of the program."""
    (tmp_path / "snmp").write_text("a file where the folder should be")
    clock = EngineClock(tmp_path / "snmp" / "starts")
    assert [clock.start(), clock.start()] == [1, 2]


def test_traps_are_sent_once_and_in_order_and_one_that_fails_is_lost(tmp_path: Path) -> None:
    """Whoever goes down waits until they are."""
    told = tmp_path / "told"

    def command(notification: Notification, engine: str, boots: int, _: float) -> list[str]:
        said = notification.trap.objects[-1].value
        return ["/bin/sh", "-c", f'echo "{said} {engine} {boots}" >> {told}; exit {int(said == "second")}']

    sender = TrapSender(EngineClock(tmp_path / "starts"), tmp_path / "traps", command)
    for reason in ("first", "second", "third"):
        sender.send(sent(V2C, reason), "unit")
    sender.wait_until_sent(20)
    assert told.read_text().splitlines() == ["first unit 1", "second unit 1", "third unit 1"]


def test_a_program_that_is_not_there_loses_the_trap_only(tmp_path: Path) -> None:
    """The next one is tried as well."""
    sender = TrapSender(EngineClock(tmp_path / "starts"), tmp_path / "traps", lambda *_: ["/nowhere/snmptrap"])
    for _ in range(2):
        sender.send(sent(V1), "unit")
    sender.wait_until_sent(20)


def test_settings_let_in_whom_the_unit_answers_and_nobody_else() -> None:
    """A community by its version and from its address, a user at its level."""
    readers = (Reader("10.0.1.50", 161, V1), Reader("0.0.0.0", 1161, V2C), Reader("10.0.1.50", 161, USER))  # noqa: S104 - any
    told = agent_settings(Snmp(readers=readers, info=SystemInfo(contact="me")), "unit", "/answers", Path("/objects"))
    lines = told.splitlines()
    assert lines[0] == "agentAddress udp:161,udp:1161"
    assert {"sysContact me", 'com2sec from0 10.0.1.50 "one"', 'com2sec from1 default "two"'} <= set(lines)
    assert [line for line in lines if line.startswith("group")] == [
        "group by0 v1 from0",
        "group by1 v2c from1",
        'group by2 usm "manager"',
    ]
    assert 'createUser "manager" SHA "authentication" AES "privacy-too"' in lines
    assert 'access by2 "" usm priv exact shown none none' in lines
    assert lines[-1] == "pass_persist .1.3.6.1.4.1.12356.105.1 /answers /objects"


def test_two_versions_of_a_community_and_two_managers_of_a_user_are_let_in_once() -> None:
    """Snmpd finds a name by source and word alone, and knows a user once."""
    other = Community("one", Version.V2C)
    readers = (*(Reader("10.0.1.50", 161, each) for each in (V1, other, USER)), Reader("10.0.1.51", 161, USER))
    lines = agent_settings(Snmp(readers=readers), "unit", "/answers", Path("/objects")).splitlines()
    assert (
        sum(line.startswith("com2sec") for line in lines) == sum(line.startswith("createUser") for line in lines) == 1
    )
    assert sum(line.startswith("access") for line in lines) == 3


def test_objects_are_answered_in_their_order(tmp_path: Path) -> None:
    """One that is asked for, or the one behind it; nothing can be set. Source: snmpd.conf(5), pass_persist."""
    file = tmp_path / "objects"
    file.write_text(shown(Mode.PRIMARY, Effective.SECONDARY))
    base = ".1.3.6.1.4.1.12356.105.1"
    asked = [
        "PING",
        *("get", f"{base}.200.2.0", "get", f"{base}.200.3.0"),
        *("getnext", base, "getnext", f"{base}.2.0", "getnext", f"{base}.200", "getnext", f"{base}.200.2.0"),
        *("set", f"{base}.200.1.0", "integer 2", "PING"),
    ]
    said = "\n".join([*asked, ""])
    done = subprocess.run(["/bin/sh", OBJECTS, file], input=said, capture_output=True, text=True, check=True)  # noqa: S603 - ours
    assert done.stdout.splitlines() == [
        "PONG",
        *(f"{base}.200.2.0", "integer", "2", "NONE"),
        *(f"{base}.2.0", "string", "SN", f"{base}.200.1.0", "integer", "1", f"{base}.200.1.0", "integer", "1", "NONE"),
        "not-writable",
        "PONG",
    ]


@pytest.fixture
def spawned(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Let a program that does nothing stand for snmpd, and return those that were started."""
    made: list[subprocess.Popen[bytes]] = []
    real = processes.spawn

    def spawn(*_: str) -> subprocess.Popen[bytes]:
        made.append(real("/bin/sleep", "60"))
        return made[-1]

    monkeypatch.setattr(processes, "spawn", spawn)
    yield made
    for each in made:
        each.kill()
        each.wait()


def test_the_agent_runs_only_while_somebody_may_ask(tmp_path: Path, spawned: list[subprocess.Popen[bytes]]) -> None:
    """It is started anew by other settings, not by the same ones, and its engine counts its starts."""
    one, two = (Snmp(readers=(Reader(LOOPBACK, QUERIES, each),)) for each in (V1, V2C))
    clock = EngineClock(tmp_path / "starts")

    async def follow() -> None:
        agent = Agent(clock, tmp_path / "agent", pytest.fail)
        agent.follow(Snmp(), "unit")
        assert not (tmp_path / "agent").exists()
        for each in (one, one, two):
            agent.follow(each, "unit")
        assert [each.poll() is None for each in spawned] == [False, True]
        agent.follow(Snmp(), "unit")
        assert spawned[1].poll() is not None

    asyncio.run(follow())
    assert clock.now()[0] == 2


def test_an_agent_that_ends_by_itself_is_logged(tmp_path: Path, spawned: list[subprocess.Popen[bytes]]) -> None:
    """Nobody is answered then, which an operator should know."""

    async def end() -> str:
        logged: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        agent = Agent(EngineClock(tmp_path / "starts"), tmp_path / "agent", logged.set_result)
        agent.follow(Snmp(readers=(Reader(LOOPBACK, QUERIES, V1),)), "unit")
        spawned[0].kill()
        return await asyncio.wait_for(logged, 20)

    assert "the agent has ended" in asyncio.run(end())


def test_objects_are_written_only_where_somebody_may_ask(
    tmp_path: Path, spawned: list[subprocess.Popen[bytes]]
) -> None:
    """A unit without SNMP writes nothing when its mode changes."""
    del spawned

    async def show() -> None:
        agent = Agent(EngineClock(tmp_path / "starts"), tmp_path / "agent", pytest.fail)
        status = Status(Mode.PRIMARY, Effective.PRIMARY, synchronizing=False)
        agent.show(mode_objects("SN", status))
        assert not (tmp_path / "agent").exists()
        agent.follow(Snmp(readers=(Reader(LOOPBACK, QUERIES, V1),)), "unit")
        agent.show(mode_objects("SN", Status(Mode.PRIMARY, Effective.SECONDARY, synchronizing=False)))
        assert (tmp_path / "agent" / "objects").read_text() == shown(Mode.PRIMARY, Effective.SECONDARY)
        agent.follow(Snmp(), "unit")

    asyncio.run(show())


def test_a_trap_is_kept_whether_it_is_sent_or_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A manager for which it is chosen is sent it once, by the unit's engine. Source: HA-534, HA-658, HA-660."""
    monkeypatch.setattr(paths, "TRAPS", tmp_path / "traps.log")
    notified: list[tuple[int, str]] = []

    class Notifier(TrapSender):
        def send(self, notification: Notification, engine: str) -> None:
            notified.append((notification.trap.number, engine))

    alerts = AlertQueue(tmp_path / "alerts", (LOOPBACK, 9), str)
    sender = Notifier(EngineClock(tmp_path / "starts"), tmp_path / "traps")
    records = Records("SN", lambda: "10.0.1.1", Reporting(), alerts, sender)
    records.trap(1, "why")
    assert not notified
    managers = tuple(TrapManager(LOOPBACK, TRAPS, LOCAL, V1, frozenset({about})) for about in ("ha", "system", "ha"))
    records.sinks = Sinks(snmp=Snmp(managers=managers, info=SystemInfo(engine="")))
    records.trap(2, "why")
    records.sinks = Sinks(snmp=Snmp(managers=managers, info=SystemInfo(engine="unit")))
    records.system_trap(SystemEvent.REBOOT)
    assert notified == [(203, "SN"), (203, "SN"), (201, "unit")]
    assert [json.loads(line)["event"] for line in paths.TRAPS.read_text().splitlines()] == [1, 2, 2]

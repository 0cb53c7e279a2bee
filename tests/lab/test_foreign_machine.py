"""The foreign unit plays the role that keepalived tells, and gives keepalived what an operator has set."""

from __future__ import annotations

import ast
import asyncio
import ipaddress
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from lab.docker.recipes import IMAGES
from lab.images.foreign import machine, vrrp
from lab.images.foreign.machine import Machine
from lab.images.foreign.shell import Settings, Shell, factory
from lab.images.foreign.vrrp import advertised, configuration, learned
from lab.standard_pair import PAIR, failover_line, heartbeat_lines, local_ports_lines, port_monitor_lines

ADDRESSES = {port: PAIR.address(port, "P") for port in PAIR.networked}
OWN, PEER = (PAIR.address("port6", unit).partition("/")[0] for unit in "PS")
VIRTUAL = PAIR.address(PAIR.mail, "virtual")
SHARED = (VIRTUAL.partition("/")[0],)
ENVIRONMENT = {
    "NODE_NAME": "mx-P",
    "NODE_PORTS": ",".join(f"{port}={address}" for port, address in ADDRESSES.items()),
    "NODE_RELAY": "10.0.3.200:25",
    "NODE_PASSWORD": "secret",
}


class Peer:
    """The other unit, as far as its addresses go."""

    def own_address(self, interface: str) -> str:
        """Address with mask."""
        return PAIR.address(interface, "S")


def settings(*lines: str, mode: str = "primary") -> Settings:
    """Return the settings of a unit of a pair, with further lines inside `config system ha`."""
    unit = Machine.__new__(Machine)
    unit.name, unit.addresses, unit.settings = "mx-P", ADDRESSES, factory(ADDRESSES)
    saved: list[Settings] = []
    unit.save = saved.append  # type: ignore[method-assign]
    shell = Shell(unit)
    links = heartbeat_lines(Peer())  # type: ignore[arg-type]
    for line in ("config system ha", *links, failover_line(VIRTUAL), *lines, f"set mode {mode}", "end"):
        assert "Error" not in shell.enter(line)
    return saved[0]


def advertisement(source: str, *shared: str, priority: int = 254, version: int = 3) -> bytes:
    """Return an advertisement in an IPv4 packet with options, which make its header longer."""
    header = bytes([0x46, *[0] * 11]) + ipaddress.IPv4Address(source).packed + ipaddress.IPv4Address(OWN).packed
    vrrp_header = bytes([version << 4 | 1, 51, priority, len(shared), 0, 100, 0, 0])
    return header + bytes(4) + vrrp_header + b"".join(ipaddress.IPv4Address(each).packed for each in shared)


def test_the_image_needs_the_standard_library_only() -> None:
    """Nothing of this repository is in it but its own modules."""
    for path in (IMAGES / "foreign").glob("*.py"):
        for part in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [each.name for each in part.names] if isinstance(part, ast.Import) else []
            if isinstance(part, ast.ImportFrom) and not part.level:
                names.append(str(part.module))
            assert {name.partition(".")[0] for name in names} <= sys.stdlib_module_names


def test_the_configuration_says_what_an_operator_has_set() -> None:
    """The peer, the lost threshold as advertisements that may be missing, and the shared address."""
    text = configuration(settings("set hb-lost-threshold 7"), ADDRESSES, owner=False, fifo=Path("/x"))
    words = text.split()
    for keyword, value in (
        ("interface", "port6"),
        ("unicast_src_ip", OWN),
        ("down_timer_adverts", "7"),
        ("advert_int", "1"),
        ("priority", "254"),
        ("vrrp_notify_fifo", "/x"),
    ):
        assert words[words.index(keyword) + 1] == value
    assert f"unicast_peer {{ {PEER} }}" in " ".join(words)
    assert f"virtual_ipaddress {{ {VIRTUAL} dev port3 no_track }}" in " ".join(words)
    assert "track_interface { }" in " ".join(words)
    assert ("nopreempt" in words, words[words.index("state") + 1]) == (True, "BACKUP")


def test_a_unit_that_takes_the_role_owns_the_address() -> None:
    """Priority 255 leads at once, and no peer takes the role from it."""
    words = configuration(settings(mode="secondary"), ADDRESSES, owner=True, fifo=Path("/x")).split()
    assert (words[words.index("priority") + 1], words[words.index("state") + 1]) == ("255", "MASTER")
    assert "nopreempt" not in words


@pytest.mark.parametrize(
    ("lines", "tracked"),
    [
        ((*port_monitor_lines("port3", "enable"), *local_ports_lines("enable")), "port3"),
        ((*port_monitor_lines("port3", "enable"), *local_ports_lines("disable")), ""),
        ((*port_monitor_lines("port3", "disable"), *local_ports_lines("enable")), ""),
        ((*port_monitor_lines("port5", "enable"), *local_ports_lines("enable")), ""),
    ],
)
def test_only_a_shared_interface_is_monitored(lines: tuple[str, ...], tracked: str) -> None:
    """It must be marked, and monitoring must be enabled."""
    text = configuration(settings(*lines), ADDRESSES, owner=False, fifo=Path("/x"))
    assert f"track_interface {{ {tracked} }}".replace("  ", " ") in " ".join(text.split())


def test_without_a_shared_address_keepalived_is_told_so() -> None:
    """It would warn otherwise, and refuses an empty list."""
    text = configuration(settings("set failover port3 ignore"), ADDRESSES, owner=False, fifo=Path("/x"))
    assert "no_virtual_ipaddress" in text.split()


@pytest.mark.parametrize(
    ("packet", "shared"),
    [
        (advertisement(PEER, *SHARED), SHARED),
        (advertisement(PEER, *SHARED, "10.0.5.150"), (*SHARED, "10.0.5.150")),
        (advertisement(PEER), ()),
        (advertisement("10.0.6.77", *SHARED), None),
        (advertisement(PEER, *SHARED, priority=0), None),
        (advertisement(PEER, *SHARED, version=2), None),
        (advertisement(PEER, *SHARED)[:30], None),
    ],
)
def test_an_advertisement_of_a_peer_that_leads_tells_what_it_shares(
    packet: bytes, shared: tuple[str, ...] | None
) -> None:
    """Others say nothing: a stranger, another version, a peer that leaves the role, half a packet."""
    assert advertised(packet, PEER) == shared


def test_a_unit_shares_what_its_peer_that_leads_shares() -> None:
    """An address goes to the port in whose network it is, and takes that network's mask; the rest is ignored."""
    found = learned(settings(), ADDRESSES, ("10.0.5.150", "192.0.2.1"))
    assert (found["port5"]["status"], found["port5"]["virtual-ip"]) == ("use-vip", "10.0.5.150/24")
    assert (found["port3"]["status"], found["port3"]["virtual-ip"]) == ("ignore-vip", "0.0.0.0/0")
    assert found["ha"] == settings()["ha"]


PROGRAM = """\
#!/bin/sh
# A keepalived that needs a moment before it can take a signal, and that lingers after it has stopped.
for option; do case $option in --use-file=*) file=${option#*=} ;; esac; done
folder=${file%/*}
sleep 0.2
trap 'echo "$(cat "$file")" >> "$folder/read"' HUP
trap 'echo "INSTANCE \\"ha\\" STOP 254" > "$folder/roles"; sleep 60' TERM
echo 'INSTANCE "ha" BACKUP 254' > "$folder/roles"
echo 'INSTANCE "ha" MASTER_RX_LOWER_PRI 254' > "$folder/roles"
while [ ! -e "$folder/end" ]; do sleep 0.05; done
"""


def ran(
    folder: Path, monkeypatch: pytest.MonkeyPatch, story: Callable[[vrrp.Keepalived], Awaitable[None]]
) -> list[str]:
    """Run a story with the program in place of keepalived, and return what it has told."""
    program = folder / "keepalived"
    program.write_text(PROGRAM)
    program.chmod(0o755)
    monkeypatch.setattr(vrrp, "PROGRAM", str(program))
    heard: list[str] = []

    async def run() -> None:
        keepalived = vrrp.Keepalived(folder, lambda _, role: heard.append(role))
        await keepalived.start("first")
        await story(keepalived)

    asyncio.run(run())
    return heard


async def until(condition: Callable[[], object]) -> None:
    """Wait for a condition, for ten seconds at most."""
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 - a file has no event
            await asyncio.sleep(0.01)


def test_a_configuration_reaches_a_keepalived_that_has_only_just_begun(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A signal would end it before it works, so it waits; afterwards only a change is signalled."""
    read = tmp_path / "read"

    async def story(keepalived: vrrp.Keepalived) -> None:
        keepalived.reload("second")
        await until(lambda: read.exists() and "second" in read.read_text())
        keepalived.reload("second")
        keepalived.reload("third")
        await until(lambda: "third" in read.read_text())
        await keepalived.stop()

    heard = ran(tmp_path, monkeypatch, story)
    assert read.read_text().split() == ["second", "third"]
    assert heard == ["BACKUP", vrrp.STOP]


def test_a_keepalived_that_has_stopped_is_not_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It has said good-bye and holds nothing, so what it does then is cut short."""

    async def story(keepalived: vrrp.Keepalived) -> None:
        await until(lambda: keepalived._works)
        async with asyncio.timeout(10):
            await keepalived.stop()

    assert ran(tmp_path, monkeypatch, story) == ["BACKUP", vrrp.STOP]


def test_the_end_of_a_keepalived_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also of one that ends by itself, which can still be stopped."""

    async def story(keepalived: vrrp.Keepalived) -> None:
        await until(lambda: keepalived._works)
        (tmp_path / "end").touch()
        assert keepalived._end is not None
        await keepalived._end
        await keepalived.stop()

    assert ran(tmp_path, monkeypatch, story) == ["BACKUP", vrrp.STOP]


class Keepalived(vrrp.Keepalived):
    """Runs nothing; keeps the configurations that it was given."""

    runs: list[Keepalived]

    def __init__(self, folder: Path, tell: Callable[[vrrp.Keepalived, str], None]) -> None:
        """Count the run."""
        super().__init__(folder, tell)
        self.texts: list[str] = []
        self.runs.append(self)

    async def start(self, text: str) -> None:
        """Keep it."""
        self.texts.append(text)

    def reload(self, text: str) -> None:
        """Keep it, too."""
        self.texts.append(text)

    async def stop(self) -> None:
        """Do nothing."""


class Postfix(machine.Postfix):
    """Runs nothing; knows whether it serves."""

    serves = False

    async def serve(self, *, on: bool) -> None:
        """Note it."""
        self.serves = on


class Bench:
    """A machine on a bench, whose keepalived is a test."""

    def __init__(self, unit: Machine, postfix: Postfix) -> None:
        """Take it."""
        self.unit = unit
        self.postfix = postfix

    async def configured(self, *lines: str, mode: str = "primary") -> None:
        """Enter the settings of a pair."""
        self.unit.save(settings(*lines, mode=mode))
        await self.settled()

    async def settled(self) -> None:
        """Let the machine do what it has begun."""
        while self.unit._tasks:
            await asyncio.gather(*self.unit._tasks)

    async def told(self, *roles: str) -> None:
        """Let keepalived tell roles."""
        for role in roles:
            run = Keepalived.runs[-1]
            run._tell(run, role)
            await self.settled()

    async def heard(self, *shared: str) -> None:
        """Let the peer advertise."""
        self.unit._soon(self.unit._learn(shared))
        await self.settled()

    async def ordered(self, word: str) -> str:
        """Give an order."""
        refusal = self.unit.order(word)
        await self.settled()
        return refusal

    def calls(self) -> list[tuple[bytes, tuple[str, int]]]:
        """Return the list in which the unit's calls will stand."""
        sent: list[tuple[bytes, tuple[str, int]]] = []
        self.unit._calls = SimpleNamespace(sendto=lambda *call: sent.append(call))  # type: ignore[assignment]
        return sent

    def called(self, call: bytes, sender: str) -> None:
        """Let somebody call the unit."""
        self.unit._called(SimpleNamespace(recvfrom=lambda _: (call, (sender, 1))))  # type: ignore[arg-type]

    @property
    def owns(self) -> bool:
        """Whether keepalived was last told to lead at once."""
        return "state MASTER" in Keepalived.runs[-1].texts[-1]


@pytest.fixture
def on_the_bench(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Callable[[Callable[[Bench], Awaitable[None]]], None]:
    """Run a story with a machine that begins with what was saved."""
    monkeypatch.setattr(machine, "SAVED", tmp_path / "settings.json")
    monkeypatch.setattr(machine, "Keepalived", Keepalived)
    monkeypatch.setattr(machine, "Postfix", Postfix)
    Keepalived.runs = []

    def run(story: Callable[[Bench], Awaitable[None]]) -> None:
        async def told() -> None:
            unit = Machine(ENVIRONMENT)
            postfix = unit._postfix
            assert isinstance(postfix, Postfix)
            unit._soon(unit._enter_group(failed=True))
            bench = Bench(unit, postfix)
            await bench.settled()
            await story(bench)
            unit._stop_waiting()
            if unit._ended.done():
                unit._ended.result()

        asyncio.run(told())

    return run


Run = Callable[[Callable[[Bench], Awaitable[None]]], None]


def test_a_factory_unit_is_in_no_group(on_the_bench: Run) -> None:
    """Nothing runs, and nothing can be ordered of a group."""

    async def story(bench: Bench) -> None:
        assert (bench.unit.state, Keepalived.runs) == ("OFF", [])
        for word in ("failover", "restore", "restart"):
            assert await bench.ordered(word)

    on_the_bench(story)


def test_a_primary_takes_the_role_once(on_the_bench: Run) -> None:
    """It serves mail while it leads; afterwards no peer that leads is thrown out."""

    async def story(bench: Bench) -> None:
        await bench.configured()
        assert (bench.unit.state, bench.owns, bench.postfix.serves) == ("OFF", True, False)
        await bench.told("MASTER")
        assert (bench.unit.state, bench.owns, bench.postfix.serves) == ("MASTER", False, True)

    on_the_bench(story)


def test_a_secondary_has_no_role_before_it_has_heard_its_primary(on_the_bench: Run) -> None:
    """Then it follows, and shares what the primary shares."""

    async def story(bench: Bench) -> None:
        await bench.configured("set failover port3 ignore", mode="secondary")
        assert (bench.unit.state, Keepalived.runs) == ("WAITING", [])
        await bench.heard(*SHARED)
        assert VIRTUAL in Keepalived.runs[-1].texts[-1]
        assert bench.unit.settings["port3"]["virtual-ip"] == VIRTUAL
        await bench.told("BACKUP")
        assert (bench.unit.state, bench.owns, bench.postfix.serves) == ("BACKUP", False, False)
        await bench.heard()
        assert len(Keepalived.runs) == 1
        assert "no_virtual_ipaddress" in Keepalived.runs[-1].texts[-1]

    on_the_bench(story)


def test_a_secondary_that_hears_nobody_leads_after_the_lost_threshold(on_the_bench: Run) -> None:
    """Not before; and one that has begun to follow leaves that to keepalived."""

    async def story(bench: Bench) -> None:
        await bench.configured("set hb-lost-threshold 7", mode="secondary")
        alone = bench.unit._alone
        assert alone is not None
        assert alone.when() == pytest.approx(asyncio.get_running_loop().time() + 7, abs=0.5)
        alone._run()
        await bench.settled()
        assert bench.owns
        await bench.told("MASTER")
        assert (bench.unit.state, bench.owns) == ("MASTER", False)
        await bench.configured("set hb-lost-threshold 8", mode="off")
        await bench.configured("set hb-lost-threshold 8", mode="secondary")
        await bench.heard(*SHARED)
        assert bench.unit._alone is None

    on_the_bench(story)


def test_a_unit_that_leads_learns_nothing(on_the_bench: Run) -> None:
    """What it shares is its own operator's business."""

    async def story(bench: Bench) -> None:
        await bench.configured()
        await bench.told("MASTER")
        await bench.heard("10.0.3.150")
        assert bench.unit.settings["port3"]["virtual-ip"] == VIRTUAL

    on_the_bench(story)


def test_a_unit_that_leads_steps_aside_for_a_failover(on_the_bench: Run) -> None:
    """It serves no more mail at once, and follows; a restore of the role that it has changes nothing."""

    async def story(bench: Bench) -> None:
        await bench.configured()
        await bench.told("MASTER")
        assert not await bench.ordered("restore")
        assert len(Keepalived.runs) == 1
        assert not await bench.ordered("failover")
        assert (len(Keepalived.runs), bench.owns, bench.postfix.serves) == (2, False, False)
        await bench.told("BACKUP")
        assert bench.unit.state == "BACKUP"

    on_the_bench(story)


@pytest.mark.parametrize("word", ["failover", "restore"])
def test_a_unit_that_follows_asks_its_peer_to_step_aside(on_the_bench: Run, word: str) -> None:
    """It takes nothing by force: it leads when the peer has said good-bye."""

    async def story(bench: Bench) -> None:
        await bench.configured()
        await bench.told("MASTER", "BACKUP")
        sent = bench.calls()
        assert not await bench.ordered(word)
        assert (sent, len(Keepalived.runs)) == ([(machine.CALL, (PEER, machine.CALL_PORT))], 1)

    on_the_bench(story)


@pytest.mark.parametrize(
    ("sender", "call", "role", "runs"),
    [
        (PEER, machine.CALL, "MASTER", 2),
        (PEER, machine.CALL, "BACKUP", 1),
        (PEER, b"something else", "MASTER", 1),
        ("10.0.6.77", machine.CALL, "MASTER", 1),
    ],
)
def test_only_a_unit_that_leads_steps_aside_for_its_peer(
    on_the_bench: Run, sender: str, call: bytes, role: str, runs: int
) -> None:
    """Others, and other words, are not heard."""

    async def story(bench: Bench) -> None:
        await bench.configured()
        await bench.told(role)
        bench.called(call, sender)
        await bench.settled()
        assert len(Keepalived.runs) == runs

    on_the_bench(story)


def test_an_operator_brings_a_unit_back_that_stays_off(on_the_bench: Run) -> None:
    """A restore lets it lead, a restart lets it take part."""

    async def story(bench: Bench) -> None:
        await bench.configured("set on-failure off")
        await bench.told("MASTER", "FAULT")
        assert not await bench.ordered("restart")
        assert bench.unit.state == "WAITING"
        assert not await bench.ordered("restore")
        assert bench.owns

    on_the_bench(story)


@pytest.mark.parametrize(
    ("on_failure", "failed", "cured", "owns"),
    [
        ("off", "OFF", "OFF", False),
        ("become-secondary", "FAULT", "WAITING", False),
        ("restore-role", "FAULT", "FAULT", True),
    ],
)
def test_a_fault_ends_as_on_failure_says(
    on_the_bench: Run,
    on_failure: str,
    failed: str,
    cured: str,
    owns: bool,  # noqa: FBT001 - a value of the table
) -> None:
    """It stays off, follows, or takes the role back: keepalived itself only ever follows after a fault."""

    async def story(bench: Bench) -> None:
        await bench.configured(f"set on-failure {on_failure}")
        await bench.told("MASTER", "FAULT")
        assert (bench.unit.state, bench.postfix.serves) == (failed, False)
        await bench.told("BACKUP")
        assert (bench.unit.state, bench.owns) == (cured, owns)

    on_the_bench(story)


@pytest.mark.parametrize(
    ("on_failure", "state", "runs"), [("off", "OFF", 0), ("become-secondary", "WAITING", 0), ("restore-role", "OFF", 1)]
)
def test_a_machine_starts_as_its_saved_settings_say(on_the_bench: Run, on_failure: str, state: str, runs: int) -> None:
    """A loss of power is a failure, too; one that takes its role back has none before it leads."""

    async def configured(bench: Bench) -> None:
        await bench.configured(f"set on-failure {on_failure}")
        Keepalived.runs.clear()

    async def started(bench: Bench) -> None:
        assert (bench.unit.state, len(Keepalived.runs)) == (state, runs)
        assert not runs or bench.owns

    on_the_bench(configured)
    on_the_bench(started)


def test_what_a_former_run_of_keepalived_tells_is_not_followed(on_the_bench: Run) -> None:
    """Its last words may come late."""

    async def story(bench: Bench) -> None:
        await bench.configured()
        await bench.told("MASTER")
        former = Keepalived.runs[-1]
        await bench.ordered("failover")
        former._tell(former, "MASTER")
        former._tell(former, vrrp.STOP)
        await bench.told("BACKUP")
        former._tell(former, "MASTER")
        await bench.settled()
        assert bench.unit.state == "BACKUP"

    on_the_bench(story)


def test_a_unit_without_its_keepalived_is_in_no_group(on_the_bench: Run) -> None:
    """It says so, instead of a role that nobody plays."""

    async def story(bench: Bench) -> None:
        await bench.configured()
        await bench.told("MASTER", vrrp.STOP)
        assert (bench.unit.state, bench.postfix.serves) == ("OFF", False)

    on_the_bench(story)


@pytest.mark.parametrize(("word", "code"), [("reboot", machine.REBOOT), ("shutdown", 0)])
def test_an_order_ends_the_machine_with_its_code(on_the_bench: Run, word: str, code: int) -> None:
    """The profile tells the lab which code asks for another start; keepalived and Postfix end before it."""

    async def story(bench: Bench) -> None:
        await bench.configured()
        await bench.told("MASTER")
        await bench.ordered(word)
        assert (bench.unit._ended.result(), bench.postfix.serves, bench.unit._vrrp) == (code, False, None)

    on_the_bench(story)

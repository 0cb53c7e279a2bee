"""The parts of the Linux body that need no container: files, memory, ports, announcements, mail storage."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import struct
from pathlib import Path

import pytest

from node.engine.events import Memory
from node.engine.modes import Action, Effective
from node.linux import announce, disk, files, maildir, ports
from node.linux.addresses import Addresses


def test_a_write_replaces_the_whole_content(tmp_path: Path) -> None:
    """After a write the file holds the new content, is private, and no temporary file is left."""
    target = tmp_path / "config" / "settings"
    files.write_atomically(target, "a long first content\n")
    files.write_atomically(target, "short\n")
    assert target.read_text() == "short\n"
    assert target.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in target.parent.iterdir()] == ["settings"]


def test_a_failed_write_leaves_the_old_content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the disk refuses in the middle of a write, the old content stands and nothing is left behind."""
    target = tmp_path / "settings"
    files.write_atomically(target, "old\n")

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        files.write_atomically(target, "new\n")
    assert target.read_text() == "old\n"
    assert [each.name for each in tmp_path.iterdir()] == ["settings"]


def test_a_leftover_of_a_killed_write_does_no_harm(tmp_path: Path) -> None:
    """A temporary file that a kill left behind, open to all, neither blocks the next write nor lends it its mode."""
    leftover = tmp_path / ".settings.new"
    leftover.write_text("half")
    leftover.chmod(0o644)
    files.write_atomically(tmp_path / "settings", "new\n")
    assert (tmp_path / "settings").stat().st_mode & 0o777 == 0o600
    assert not leftover.exists()


@pytest.mark.parametrize(
    "memory",
    [
        Memory(),
        Memory(boot=7, effective=Effective.PRIMARY, planned="reboot", latched_off=True),
        Memory(boot=8, effective=Effective.SECONDARY, reclaiming=True, ordered=True),
    ],
)
def test_memory_survives_being_text(memory: Memory) -> None:
    """What is written of the engine's memory is read back the same."""
    assert disk.memory_from_text(disk.memory_to_text(memory)) == memory


@pytest.mark.parametrize("text", [None, "", "{", "[]", '{"boot": "x"}', '{"effective": "king"}', "3"])
def test_unreadable_memory_is_that_of_a_new_unit(text: str | None) -> None:
    """Nonsense on the disk never keeps a unit from starting."""
    assert disk.memory_from_text(text) == Memory()


def test_a_log_grows_by_whole_lines_and_can_be_cleared(tmp_path: Path) -> None:
    """A line break inside an entry does not make two of it; a cleared log is empty and still takes lines."""
    log = disk.Appender(tmp_path / "log" / "ha.log")
    log.add("one\nentry")
    log.add("two")
    assert log.lines() == ["one entry", "two"]
    log.clear()
    log.add("three")
    assert log.lines() == ["three"]


def test_a_log_does_not_grow_for_ever(tmp_path: Path) -> None:
    """Beyond its limit a log is moved aside, and only one older file is kept."""
    log = disk.Appender(tmp_path / "ha.log", limit=100)
    for number in range(50):
        log.add(f"entry {number} of many")
    sizes = [each.stat().st_size for each in tmp_path.iterdir()]
    assert len(sizes) == 2
    assert max(sizes) < 150


def test_ports_are_read_from_the_environment() -> None:
    """Names and addresses come back as given; spaces do not matter."""
    assert ports.parse("port1=10.9.1.1/24, port3=10.9.3.1/16") == {"port1": "10.9.1.1/24", "port3": "10.9.3.1/16"}


@pytest.mark.parametrize("text", ["port1", "port1=10.9.1", "=10.9.1.1/24", "port1=10.9.1.1/24,port1=10.9.2.1/24"])
def test_unreadable_ports_are_named(text: str) -> None:
    """A mistake in SWITCHOVER_PORTS is said with the part that is wrong."""
    with pytest.raises(ports.PortsError, match="SWITCHOVER_PORTS"):
        ports.parse(text)


def test_a_port_that_lost_its_address_is_found_by_the_device_known_before() -> None:
    """A namespace that outlived the power may hold a shared address in place of the port's own."""
    assert ports.find_devices({"port1": "192.0.2.1/24"}, known={"port1": "lo"}) == {"port1": "lo"}
    with pytest.raises(ports.PortsError, match=r"192\.0\.2\.1"):
        ports.find_devices({"port1": "192.0.2.1/24"}, known={})


@pytest.mark.parametrize(("shown", "alone"), [("fd00::1", True), ("fd00::2", False)])
def test_a_glance_sees_addresses_of_both_families(monkeypatch: pytest.MonkeyPatch, shown: str, alone: bool) -> None:  # noqa: FBT001 - a table's column
    """Own addresses and nothing else: link-local ones and the loopback's do not count."""
    loopback, local = ipaddress.IPv6Address("::1"), ipaddress.IPv6Address("fe80::1")
    rows6 = [(loopback, "10", "lo"), (local, "20", "eth0"), (ipaddress.IPv6Address(shown), "00", "eth0")]
    files = {
        "fib_trie": "  |-- 127.0.0.1\n     /32 host LOCAL\n  |-- 10.9.3.1\n     /32 host LOCAL\n",
        "if_inet6": "".join(f"{int(address):032x} 01 40 {scope} 80 {name}\n" for address, scope, name in rows6),
    }
    monkeypatch.setattr(ports, "read_text", lambda path: files[path.name])
    assert ports.only_these({"port3": "10.9.3.1/24"}, {"port3": "fd00::1/64"}) is alone


class Kernel(Addresses):
    """Addresses of one port, with a set in place of the kernel's."""

    def __init__(self) -> None:
        """Hold an own address of each family."""
        super().__init__({"port3": "eth0"}, {"port3": "10.9.3.1/24"}, {"port3": "fd00::1/64"})
        self.there = {"10.9.3.1/24", "fd00::1/64"}

    def _change(self, command: str, port: str, address: str) -> None:
        assert port == "port3"
        (self.there.add if command == "add" else self.there.discard)(address)


def test_a_set_address_takes_the_place_of_the_own_one_of_its_family() -> None:
    """The other family is left alone, and each own address returns when its own replacement goes."""
    kernel = Kernel()
    kernel.hold("port3", Action.SET, "fd00::100/64")
    assert kernel.there == {"10.9.3.1/24", "fd00::100/64"}
    kernel.hold("port3", Action.SET, "10.9.3.100/24")
    assert kernel.there == {"10.9.3.100/24", "fd00::100/64"}
    kernel.release("port3", Action.SET, "fd00::100/64")
    assert kernel.there == {"10.9.3.100/24", "fd00::1/64"}
    kernel.release_all()
    assert kernel.there == {"10.9.3.1/24", "fd00::1/64"}


def test_no_announcement_is_repeated_after_the_address_has_been_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor one that a second announcement, a moment after the first, has taken the place of."""
    sent: list[str] = []
    monkeypatch.setattr("node.linux.addresses.REPEATS", (0.0, 0.01, 0.02))
    monkeypatch.setattr("node.linux.addresses.announce", lambda _device, host: sent.append(host))

    async def take_and_give_up() -> list[str]:
        kernel = Kernel()
        kernel.hold("port3", Action.ADD, "10.9.3.100/24")
        for _ in range(2):
            kernel.announce("port3", "10.9.3.100/24")
        kernel.release("port3", Action.ADD, "10.9.3.100/24")
        held = list(sent)
        await asyncio.sleep(0.05)
        return held

    assert asyncio.run(take_and_give_up()) == sent == ["10.9.3.100"] * 2


def test_gratuitous_arp_names_the_holder_to_all() -> None:
    """Both forms go to everybody, with the address as sender's and as target's."""
    mac, address = bytes.fromhex("02420a000302"), ipaddress.IPv4Address("10.0.3.100").packed
    for operation in announce.Operation:
        frame = announce.arp(mac, "10.0.3.100", operation)
        assert frame[:12] == b"\xff" * 6 + mac
        assert struct.unpack("!H", frame[20:22]) == (operation,)
        assert frame[22:32] == mac + address
        assert frame[38:42] == address


def test_an_advertisement_has_a_right_checksum() -> None:
    """A receiver that sums pseudo header and body gets nothing left over."""
    frame = announce.advertisement(bytes.fromhex("02420a000302"), "2001:db8::100")
    packet = frame[14:]
    body = packet[40:]
    pseudo = packet[8:40] + struct.pack("!II", len(body), 58)
    assert announce.checksum(pseudo + body) == 0
    assert packet[7] == 255


def test_a_message_that_the_primary_has_in_another_state_is_not_kept_twice(tmp_path: Path) -> None:
    """It is removed when the other state has come, not before; other messages stay where they are."""
    for folder in ("new", "cur"):
        (tmp_path / "u@example.com" / folder).mkdir(parents=True)
    box = tmp_path / "u@example.com"
    for name in ("new/1.a.host,S=1", "cur/1.a.host,S=1:2,S", "new/2.b.host,S=1"):
        (box / name).write_text("x")
    elsewhere = ["u@example.com/cur/1.a.host,S=1:2,S", "u@example.com/cur/2.b.host,S=1:2,S"]
    assert maildir.drop_outdated(tmp_path, elsewhere) == 1
    assert sorted(each.name for each in box.rglob("*.host*")) == ["1.a.host,S=1:2,S", "2.b.host,S=1"]


def test_mail_data_lie_elsewhere_and_what_was_there_waits(tmp_path: Path) -> None:
    """What a unit has on its own disk is there again when it goes back, and what it has left on the NAS stays there."""
    mail, nas = tmp_path / "mail", tmp_path / "nas" / "mail"
    mail.mkdir()
    (mail / "own").touch()
    assert maildir.leads(mail, None)
    maildir.place(mail, nas)
    assert maildir.leads(mail, nas)
    assert not maildir.leads(mail, None)
    assert list(mail.iterdir()) == []
    (mail / "shared").touch()
    assert (nas / "shared").exists()
    maildir.place(mail, None)
    assert maildir.leads(mail, None)
    assert [each.name for each in mail.iterdir()] == ["own"]
    assert [each.name for each in nas.iterdir()] == ["shared"]


@pytest.mark.parametrize("there", [True, False], ids=["to the NAS", "and back"])
@pytest.mark.parametrize("step", ["mkdir", "rename", "symlink_to", "unlink"])
def test_a_power_loss_while_mail_data_move_loses_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str, *, there: bool
) -> None:
    """Wherever it comes, the unit sees at its next start that it is not done yet, and completes it."""
    mail, nas = tmp_path / "mail", tmp_path / "nas"
    mail.mkdir()
    (mail / "own").touch()
    if not there:
        maildir.place(mail, nas)
    target = nas if there else None

    def cut(*_: object, **_options: object) -> None:
        raise SystemExit

    with monkeypatch.context() as patch, contextlib.suppress(SystemExit):
        patch.setattr(Path, step, cut)
        maildir.place(mail, target)
    if not maildir.leads(mail, target):
        maildir.place(mail, target)
    assert maildir.leads(mail, target)
    assert (maildir.own_of(mail) / "own").exists() is there
    assert (mail / "own").exists() is not there


def test_mail_set_aside_leaves_an_empty_store(tmp_path: Path) -> None:
    """Formatting twice in a row moves everything away both times, though the names repeat."""
    store, aside = tmp_path / "mail", tmp_path / "aside"
    for _ in range(2):
        (store / "mailboxes").mkdir(parents=True)
        maildir.set_aside(store, aside)
        assert not list(store.iterdir())
    assert len(list(aside.iterdir())) == 2
    maildir.erase(aside)
    assert not aside.exists()

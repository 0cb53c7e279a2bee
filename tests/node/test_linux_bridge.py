"""The Linux bridge of transparent mode, with a recording netlink socket in place of the kernel's."""

from __future__ import annotations

import socket

import pytest

from node.engine.modes import Bridging
from node.linux.bridge import NAME, Bridge

INDEX = {"port2": 2, "eth4": 4, NAME: 9}
DEVICES = {"port4": "eth4"}


class Netlink:
    """Keeps what it is told about links."""

    def __init__(self) -> None:
        """Know no bridge."""
        self.bridge = False
        self.said: list[tuple[str, dict[str, object]]] = []

    def link(self, command: str, **about: object) -> None:
        """Follow the making and the end of the bridge; keep the rest."""
        if command in {"add", "del"}:
            self.bridge = command == "add"
        elif about["index"] != INDEX[NAME]:
            self.said.append((command, about))

    def link_lookup(self, ifname: str) -> list[int]:
        """The bridge's index while it is there."""
        return [INDEX[ifname]] if self.bridge else []


@pytest.fixture
def netlink(monkeypatch: pytest.MonkeyPatch) -> Netlink:
    """Return a socket on a machine with port2 and port4."""

    def index(name: str) -> int:
        if name not in INDEX:
            raise OSError(name)
        return INDEX[name]

    monkeypatch.setattr(socket, "if_nametoindex", index)
    return Netlink()


def on(netlink: Netlink) -> Bridge:
    """Return a bridge on that machine; port2 has no address to be known by, so its device has its name."""
    return Bridge(lambda: netlink, DEVICES.get)


def test_ports_join_and_leave(netlink: Netlink) -> None:
    """A port that joins is up in the bridge, one that is inactive is out of it and down, a free one is up."""
    bridge = on(netlink)
    bridge.put("port2", Bridging.JOINED)
    bridge.put("port4", Bridging.JOINED)
    bridge.put("port4", Bridging.INACTIVE)
    bridge.put("port4", Bridging.FREE)
    assert netlink.said == [
        ("set", {"index": 2, "master": 9, "state": "up"}),
        ("set", {"index": 4, "master": 9, "state": "up"}),
        ("set", {"index": 4, "master": 0, "state": "down"}),
        ("set", {"index": 4, "master": 0, "state": "up"}),
    ]


def test_the_bridge_lives_as_long_as_a_port_is_in_it(netlink: Netlink) -> None:
    """It is made with the first port and gone with the last."""
    bridge = on(netlink)
    assert not netlink.bridge
    bridge.put("port2", Bridging.JOINED)
    bridge.put("port4", Bridging.JOINED)
    bridge.put("port2", Bridging.INACTIVE)
    assert netlink.bridge
    bridge.put("port4", Bridging.INACTIVE)
    assert not netlink.bridge


def test_a_factory_reset_frees_all(netlink: Netlink) -> None:
    """Ports that were inactive are up again."""
    bridge = on(netlink)
    bridge.put("port2", Bridging.INACTIVE)
    bridge.free_all()
    assert netlink.said[-1] == ("set", {"index": 2, "master": 0, "state": "up"})


def test_what_the_machine_lacks_is_left_out(netlink: Netlink) -> None:
    """A port without a device, and a machine whose netlink is not open yet, change nothing."""
    on(netlink).put("port9", Bridging.JOINED)
    Bridge(lambda: None, DEVICES.get).put("port2", Bridging.JOINED)
    assert not netlink.said
    assert not netlink.bridge

"""The Linux bridge of transparent mode, with a recording netlink socket in place of the kernel's."""

from __future__ import annotations

import socket

import pytest

from node.engine.modes import Bridging
from node.linux.bridge import NAME, Bridge
from node.linux.netlink import Netlink

INDEX = {"port2": 2, "eth4": 4, NAME: 9}
DEVICES = {"port4": "eth4"}


class Kernel(Netlink):
    """Keeps what it is told about ports."""

    def __init__(self) -> None:
        """Know no bridge."""
        self.bridge = False
        self.said: list[tuple[int, bool, int | None]] = []

    def add_bridge(self, name: str) -> None:
        """Have the bridge."""
        assert (name, self.bridge) == (NAME, False)
        self.bridge = True

    def delete_link(self, index: int) -> None:
        """Have no bridge."""
        assert (index, self.bridge) == (INDEX[NAME], True)
        self.bridge = False

    def set_link(self, index: int, *, up: bool, master: int | None = None) -> None:
        """Keep it, unless it is about the bridge itself."""
        if index != INDEX[NAME]:
            self.said.append((index, up, master))


@pytest.fixture
def netlink(monkeypatch: pytest.MonkeyPatch) -> Kernel:
    """Return a socket on a machine with port2 and port4."""
    kernel = Kernel()

    def index(name: str) -> int:
        if name not in INDEX or (name == NAME and not kernel.bridge):
            raise OSError(name)
        return INDEX[name]

    monkeypatch.setattr(socket, "if_nametoindex", index)
    return kernel


def on(netlink: Kernel) -> Bridge:
    """Return a bridge on that machine; port2 has no address to be known by, so its device has its name."""
    return Bridge(lambda: netlink, DEVICES.get)


def test_ports_join_and_leave(netlink: Kernel) -> None:
    """A port that joins is up in the bridge, one that is inactive is out of it and down, a free one is up."""
    bridge = on(netlink)
    bridge.put("port2", Bridging.JOINED)
    bridge.put("port4", Bridging.JOINED)
    bridge.put("port4", Bridging.INACTIVE)
    bridge.put("port4", Bridging.FREE)
    assert netlink.said == [
        (2, True, 9),
        (4, True, 9),
        (4, False, 0),
        (4, True, 0),
    ]


def test_the_bridge_lives_as_long_as_a_port_is_in_it(netlink: Kernel) -> None:
    """It is made with the first port and gone with the last."""
    bridge = on(netlink)
    assert not netlink.bridge
    bridge.put("port2", Bridging.JOINED)
    bridge.put("port4", Bridging.JOINED)
    bridge.put("port2", Bridging.INACTIVE)
    assert netlink.bridge
    bridge.put("port4", Bridging.INACTIVE)
    assert not netlink.bridge


def test_a_factory_reset_frees_all(netlink: Kernel) -> None:
    """Ports that were inactive are up again."""
    bridge = on(netlink)
    bridge.put("port2", Bridging.INACTIVE)
    bridge.free_all()
    assert netlink.said[-1] == (2, True, 0)


def test_what_the_machine_lacks_is_left_out(netlink: Kernel) -> None:
    """A port without a device changes nothing."""
    on(netlink).put("port9", Bridging.JOINED)
    assert not netlink.said
    assert not netlink.bridge

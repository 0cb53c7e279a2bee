"""The routing socket, tried on this host's kernel in a network namespace of the test's own."""

from __future__ import annotations

import errno
from collections.abc import Callable
from functools import partial
from ipaddress import ip_interface
from socket import if_nameindex, if_nametoindex

import pytest

from node.linux.netlink import Netlink
from node.linux.ports import only_these
from tests.alone import alone

FOUR, SIX = "10.9.3.100/24", "fd00::100/64"


def test_the_kernel_does_what_it_is_told() -> None:
    """Addresses of both families, devices and their bridge come and go; what it refuses is raised."""
    alone(try_all)


def refusal(change: Callable[[], None]) -> int:
    """The error number of a change that the kernel refuses."""
    with pytest.raises(OSError, match=r".") as caught:
        change()
    return caught.value.errno or 0


def try_all() -> None:
    """Do each thing once, and look at what the kernel has."""
    netlink = Netlink()
    netlink.add_bridge("first")
    netlink.add_bridge("second")
    first, second = if_nametoindex("first"), if_nametoindex("second")
    assert refusal(lambda: netlink.add_bridge("first")) == errno.EEXIST
    netlink.set_link(first, up=True)
    # A bridge in a bridge is what the kernel does not want, so it has understood which is to be whose.
    assert refusal(lambda: netlink.set_link(first, master=second, up=True)) == errno.ELOOP
    netlink.set_link(first, master=0, up=True)
    for address in (FOUR, SIX):
        netlink.add_address(first, ip_interface(address))
        assert refusal(partial(netlink.add_address, first, ip_interface(address))) == errno.EEXIST
    # At once: an IPv6 address that is still looked for in the network is not listed as one to use.
    assert only_these({"first": FOUR}, {"first": SIX})
    for address in (FOUR, SIX):
        netlink.delete_address(first, ip_interface(address))
        assert refusal(partial(netlink.delete_address, first, ip_interface(address))) == errno.EADDRNOTAVAIL
    assert only_these({}, {})
    netlink.set_link(first, up=False)
    for index in (first, second):
        netlink.delete_link(index)
    assert refusal(lambda: netlink.delete_link(first)) == errno.ENODEV
    assert {name for _, name in if_nameindex()} <= {"lo"}

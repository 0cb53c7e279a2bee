"""The unit's network ports: their names and own addresses from the environment, their devices from the kernel."""

from __future__ import annotations

import fcntl
import ipaddress
import itertools
import json
import socket
import struct
from collections.abc import Mapping
from pathlib import Path

from node.linux.files import read_text

SIOCGIFADDR = 0x8915
GLOBAL_SCOPE = "00"
"""Scope in /proc/net/if_inet6 of addresses that are neither link-local nor the loopback's."""


class PortsError(Exception):
    """A port that the environment names cannot be found; the text says which, and what to do."""


def parse(text: str) -> dict[str, str]:
    """Read SWITCHOVER_PORTS (own IPv4 addresses) or SWITCHOVER_PORTS6, e.g. "port1=10.9.1.1/24,port3=10.9.3.1/24".

    Raises PortsError.
    """
    ports: dict[str, str] = {}
    for part in filter(None, (each.strip() for each in text.split(","))):
        name, _, address = part.partition("=")
        try:
            parsed = ipaddress.ip_interface(address)
        except ValueError:
            raise PortsError(f"SWITCHOVER_PORTS: {part!r} is not NAME=ADDRESS/MASK, e.g. port1=10.9.1.1/24") from None
        if not name or name in ports:
            raise PortsError(f"SWITCHOVER_PORTS: {part!r} needs a port name of its own")
        ports[name] = str(parsed)
    return ports


def address_of(device: str) -> str | None:
    """The device's first IPv4 address without mask, None when it has none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            reply = fcntl.ioctl(probe.fileno(), SIOCGIFADDR, struct.pack("256s", device.encode()[:15]))
        except OSError:
            return None
    return socket.inet_ntoa(reply[20:24])


def find_devices(ports: Mapping[str, str], known: Mapping[str, str]) -> dict[str, str]:
    """Return the device of each port: the one that has the port's address now, else the one known before.

    A port may have lost its own address to a shared one when the power went. Raises PortsError.
    """
    present = [device for _, device in socket.if_nameindex()]
    by_address = {address_of(device): device for device in present}
    devices: dict[str, str] = {}
    for name, address in ports.items():
        host = address.partition("/")[0]
        device = by_address.get(host, known.get(name))
        if device not in present:
            raise PortsError(f"no network device has {host}, the address of {name}; look at SWITCHOVER_PORTS")
        devices[name] = str(device)
    return devices


def only_these(ports: Mapping[str, str], ports6: Mapping[str, str]) -> bool:
    """Whether the machine has these addresses and no others, by /proc/net."""
    lines = (read_text(Path("/proc/net/fib_trie")) or "").splitlines()
    # A local address is in the line before the one that marks it as local.
    local = {before.split()[-1] for before, line in itertools.pairwise(lines) if "/32 host LOCAL" in line}
    shown = {each for each in local if not each.startswith("127.")}
    lines6 = (line.split() for line in (read_text(Path("/proc/net/if_inet6")) or "").splitlines())
    shown |= {str(ipaddress.IPv6Address(int(words[0], 16))) for words in lines6 if words[3] == GLOBAL_SCOPE}
    return shown == {address.partition("/")[0] for address in [*ports.values(), *ports6.values()]}


def load_devices(path: Path) -> dict[str, str]:
    """Device by port name, as the machine wrote it; empty when it did not."""
    return {str(name): str(device) for name, device in json.loads(read_text(path) or "{}").items()}


def has_carrier(device: str) -> bool:
    """Whether the device is up and its cable is in."""
    try:
        return Path(f"/sys/class/net/{device}/carrier").read_text(encoding="ascii").strip() == "1"
    except OSError:
        # The kernel answers EINVAL for a device that is down.
        return False

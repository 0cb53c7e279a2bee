"""Frames across a bridge: sends one into a network, and counts copies that arrive or are passed on."""

from __future__ import annotations

import json
import socket
import threading
from collections import Counter
from pathlib import Path

from . import stdio
from .frames import ETH_ALL, OUTGOING
from .programs import interfaces, ip, run

ETHERTYPE = 0x88B5
"""IEEE's frame type for local experiments, which no host answers."""

DEVICES = Path("/sys/class/net")
MARK = b"switchover crossing "

STORM = """\
add table netdev switchover_storm
delete table netdev switchover_storm
table netdev switchover_storm {{
  chain in {{
    type filter hook ingress devices = {{ {devices} }} priority 0; policy accept;
    limit rate over 200/second burst 20 packets drop
  }}
}}
"""
"""Storm control like a switch's, so that a wrong unit's loop is seen but does not overload the host."""


class Bridges:
    """The ports of a namespace on the networks for bridges, and the frames seen there."""

    def __init__(self) -> None:
        """Begin without these networks."""
        self._ports: list[str] = []
        self._arrived: Counter[tuple[str, str]] = Counter()
        self._passed: Counter[tuple[str, str]] = Counter()
        self._lock = threading.Lock()

    def setup(self, request: stdio.Record) -> stdio.Record:
        """Name interfaces after the ports whose addresses they hold, remove these, and count frames from now on."""
        wanted = request["ports"]
        assert isinstance(wanted, dict)
        steps: list[str] = []
        for interface in interfaces():
            held = {f"{a['local']}/{a['prefixlen']}" for a in interface["addr_info"] if a["family"] == "inet"}
            for port in (port for port, address in wanted.items() if address in held):
                name = interface["ifname"]
                steps += [f"addr flush dev {name}", f"link set {name} down"]
                steps += [f"link set {name} name {port}"] if name != port else []
                steps += [f"link set {port} up"]
        ip(steps)
        self._ports = list(wanted)
        run("nft", "-f", "-", text=STORM.format(devices=", ".join(wanted)))
        for port in wanted:
            tap = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_ALL))
            tap.bind((port, ETH_ALL))
            threading.Thread(target=self._count, args=(tap, port), daemon=True).start()
        return {}

    def cross(self, request: stdio.Record) -> stdio.Record:
        """Broadcast one frame into a network, and count the copies that arrive on each interface."""
        interface, token = str(request["interface"]), str(request["token"])
        with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as sender:
            sender.bind((interface, 0))
            hardware = sender.getsockname()[4]
            frame = b"\xff" * 6 + hardware + ETHERTYPE.to_bytes(2, "big") + MARK + token.encode()
            sender.send(frame.ljust(60, b"\x00"))
        threading.Event().wait(float(str(request["within"])))
        with self._lock:
            return {"arrived": {port: str(self._arrived[port, token]) for port in self._ports}}

    def passed(self, request: stdio.Record) -> stdio.Record:
        """Number of copies of a frame that left this namespace."""
        token = str(request["token"])
        with self._lock:
            return {"copies": sum(count for (_, seen), count in self._passed.items() if seen == token)}

    def forget(self) -> None:
        """Remove every bridge of this namespace, and bring up the ports that may have been in it."""
        present = [entry.name for entry in DEVICES.iterdir()]
        steps = [f"link del {name}" for name in present if (DEVICES / name / "bridge").is_dir()]
        ip(steps + [f"link set {port} up" for port in self._ports if port in present])

    def _count(self, tap: socket.socket, port: str) -> None:
        while True:
            try:
                packet, (_, _, direction, _, _) = tap.recvfrom(256)
            except OSError:
                # The device is down while its unit keeps it inactive; the tap stays.
                continue
            if packet[12:14] != ETHERTYPE.to_bytes(2, "big") or not packet[14:].startswith(MARK):
                continue
            token = packet[14 + len(MARK) :].split(b"\x00")[0].decode()
            with self._lock:
                (self._passed if direction == OUTGOING else self._arrived)[port, token] += 1


def bridged(request: stdio.Record) -> stdio.Record:
    """Interfaces that are up and belong to a bridge."""
    del request
    links = json.loads(run("ip", "-j", "-d", "link", "show"))
    found = [link for link in links if link.get("linkinfo", {}).get("info_slave_kind") == "bridge"]
    return {"ports": [link["ifname"] for link in found if "UP" in link["flags"]]}

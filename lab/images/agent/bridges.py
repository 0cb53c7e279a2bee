"""Frames across a bridge: sends one into a network, and counts the copies that arrive or are passed on."""

from __future__ import annotations

import json
import socket
import threading
from collections import Counter
from pathlib import Path

from . import namespace, stdio

ETHERTYPE = 0x88B5
"""IEEE's own for local experiments: no host has an answer to it."""

ETH_P_ALL = 3
OUTGOING = 4
DEVICES = Path("/sys/class/net")
MARK = b"switchover crossing "
SLOW = {"cross"}

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
"""Storm control, as a switch has: a loop that a wrong unit makes shows, and does not take the host's time."""

_ARRIVED: Counter[tuple[str, str]] = Counter()
_PASSED: Counter[tuple[str, str]] = Counter()
_LOCK = threading.Lock()
_LAID: list[str] = []
"""Ports on the networks for bridges, as far as these are laid."""


def setup(request: stdio.Record) -> stdio.Record:
    """Name the interfaces after the ports whose addresses they hold, take these away, and count frames from now on."""
    wanted = request["ports"]
    assert isinstance(wanted, dict)
    steps: list[str] = []
    for interface in namespace.interfaces():
        held = {f"{a['local']}/{a['prefixlen']}" for a in interface["addr_info"] if a["family"] == "inet"}
        for port in (port for port, address in wanted.items() if address in held):
            name = interface["ifname"]
            steps += [f"addr flush dev {name}", f"link set {name} down"]
            steps += [f"link set {name} name {port}"] if name != port else []
            steps += [f"link set {port} up"]
    namespace.run("ip", "-b", "-", text="\n".join(steps) + "\n")
    _LAID[:] = wanted
    namespace.run("nft", "-f", "-", text=STORM.format(devices=", ".join(wanted)))
    for port in wanted:
        tap = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
        tap.bind((port, ETH_P_ALL))
        threading.Thread(target=_count, args=(tap, port), daemon=True).start()
    return {}


def _count(tap: socket.socket, port: str) -> None:
    while True:
        try:
            packet, (_, _, direction, _, _) = tap.recvfrom(256)
        except OSError:
            # The device goes down while its unit keeps it inactive; the tap lives on.
            continue
        if packet[12:14] != ETHERTYPE.to_bytes(2, "big") or not packet[14:].startswith(MARK):
            continue
        token = packet[14 + len(MARK) :].split(b"\x00")[0].decode()
        with _LOCK:
            (_PASSED if direction == OUTGOING else _ARRIVED)[port, token] += 1


def cross(request: stdio.Record) -> stdio.Record:
    """Broadcast one frame into a network, and tell how many copies arrived on each interface within a while."""
    interface, token = str(request["interface"]), str(request["token"])
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as sender:
        sender.bind((interface, 0))
        hardware = sender.getsockname()[4]
        frame = b"\xff" * 6 + hardware + ETHERTYPE.to_bytes(2, "big") + MARK + token.encode()
        sender.send(frame.ljust(60, b"\x00"))
    threading.Event().wait(float(str(request["within"])))
    names = [item["ifname"] for item in namespace.interfaces()]
    return {"arrived": {name: str(_ARRIVED[name, token]) for name in names}}


def passed(request: stdio.Record) -> stdio.Record:
    """Copies of a frame that left this namespace."""
    token = str(request["token"])
    with _LOCK:
        return {"copies": sum(count for (_, seen), count in _PASSED.items() if seen == token)}


def forget() -> None:
    """Take every bridge of this namespace away, and bring the ports up that may have been in it."""
    present = [entry.name for entry in DEVICES.iterdir()]
    steps = [f"link del {name}" for name in present if (DEVICES / name / "bridge").is_dir()]
    steps += [f"link set {port} up" for port in _LAID if port in present]
    if steps:
        namespace.run("ip", "-b", "-", text="\n".join(steps) + "\n")


def bridged(request: stdio.Record) -> stdio.Record:
    """Interfaces that are up and belong to a bridge."""
    del request
    links = json.loads(namespace.run("ip", "-j", "-d", "link", "show"))
    found = [link for link in links if link.get("linkinfo", {}).get("info_slave_kind") == "bridge"]
    return {"ports": [link["ifname"] for link in found if "UP" in link["flags"]]}


HANDLERS: dict[str, stdio.Handler] = {"setup-sides": setup, "cross": cross, "passed": passed, "bridged": bridged}

"""The ports of a network namespace: their names, own addresses, and cables."""

from __future__ import annotations

import json
import subprocess

from . import arp, stdio
from .bridges import Bridges
from .programs import interfaces, ip, run

OURS = "switchover"
"""Beginning of the names of the lab's tables."""


def tables() -> set[tuple[str, str]]:
    """Tables of the packet filter, by family and name."""
    told = json.loads(run("nft", "-j", "list", "tables"))["nftables"]
    return {(each["table"]["family"], each["table"]["name"]) for each in told if "table" in each}


class Namespace:
    """The ports of one namespace, and which of their cables are out."""

    def __init__(self, bridges: Bridges) -> None:
        """Begin without ports."""
        self._bridges = bridges
        self._own: dict[str, list[str]] = {}
        """Own addresses with mask of each port, as the lab assigned them: IPv4 first."""
        self._pulled: set[str] = set()
        self._tables: set[tuple[str, str]] = set()
        """Tables of the packet filter, by family and name, that are nobody's but the container engine's."""

    def setup(self, request: stdio.Record) -> stdio.Record:
        """Name the interfaces after the ports whose (first) address they hold, and add each port's further addresses.

        Docker numbers interfaces in its own order, so only the address identifies an interface. Returns the
        hardware addresses.
        """
        wanted = request["ports"]
        assert isinstance(wanted, dict)
        steps: list[str] = []
        hardware: dict[str, str] = {}
        for interface in interfaces():
            held = {f"{a['local']}/{a['prefixlen']}" for a in interface["addr_info"]}
            for port, addresses in wanted.items():
                if addresses.split()[0] in held:
                    name = interface["ifname"]
                    if name != port:
                        steps += [f"link set {name} down", f"link set {name} name {port}", f"link set {port} up"]
                    self._own[port] = addresses.split()
                    steps += [f"addr add {each} nodad dev {port}" for each in self._own[port][1:] if each not in held]
                    hardware[port] = interface["address"]
        missing = sorted(set(wanted) - set(hardware))
        if missing:
            raise RuntimeError(f"no interface holds the address of {', '.join(missing)}")
        ip(steps)
        self._tables = tables()
        # Hosts that asked for the address before keep a failed entry for a while.
        for port, (first, *_) in self._own.items():
            arp.announce(port, first.partition("/")[0])
        return {"hardware": hardware}

    def cable(self, request: stdio.Record) -> stdio.Record:
        """Take an interface down or up; the routes of its addresses return with it."""
        interface = str(request["interface"])
        run("ip", "link", "set", interface, "up" if request["up"] else "down")
        (self._pulled.discard if request["up"] else self._pulled.add)(interface)
        (state,) = json.loads(run("ip", "-j", "link", "show", interface))
        return {"up": "UP" in state["flags"]}

    def pulled(self, request: stdio.Record) -> stdio.Record:
        """Ports whose cables are out."""
        del request
        return {"ports": sorted(self._pulled)}

    def restore(self, request: stdio.Record) -> stdio.Record:
        """Leave only own addresses, no bridge, no filter of the unit's and no connection, as after a loss of power.

        A pulled cable stays out, and the lab's own tables stay.
        """
        del request
        self._bridges.forget()
        for family, name in tables() - self._tables:
            if not name.startswith(OURS):
                run("nft", "delete", "table", family, name)
        # Connections of dead processes would linger for a minute; not every kernel can drop them.
        subprocess.run(["ss", "-K", "-t", "state", "connected"], capture_output=True, check=False)  # noqa: S607 - fixed
        steps: list[str] = []
        for interface in interfaces():
            port = interface["ifname"]
            if port not in self._own:
                continue
            held = [f"{a['local']}/{a['prefixlen']}" for a in interface["addr_info"] if a["scope"] == "global"]
            steps += [f"addr del {address} dev {port}" for address in held if address not in self._own[port]]
            for address in self._own[port]:
                if address not in held:
                    steps.append(f"addr add {address} {'nodad' if ':' in address else 'broadcast +'} dev {port}")
            if "UP" not in interface["flags"] and port not in self._pulled:
                steps.append(f"link set {port} up")
        ip(steps)
        return {"changed": len(steps)}

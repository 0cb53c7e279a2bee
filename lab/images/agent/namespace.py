"""What an agent does to its namespace: names its ports, loads rules, pulls cables, restores the own addresses."""

from __future__ import annotations

import json
import subprocess
from typing import Any

from . import stdio

OWN: dict[str, list[str]] = {}
"""Own addresses with mask of each port, as the lab assigned them: IPv4 first."""


def run(*command: str, text: str | None = None) -> str:
    """Run a command and return its output; raise with what it complained about."""
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=False)  # noqa: S603 - fixed names
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}: {done.stderr.strip()}")
    return done.stdout


def interfaces() -> list[Any]:
    """Interfaces with their addresses as iproute2 reports them."""
    return list(json.loads(run("ip", "-j", "addr")))


def setup(request: stdio.Record) -> stdio.Record:
    """Name the interfaces after the ports whose (first) address they hold, and give each its further ones.

    The engine numbers interfaces in an order of its own, so that an address is the only thing to go by. Returns the
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
                OWN[port] = addresses.split()
                steps += [f"addr add {each} nodad dev {port}" for each in OWN[port][1:] if each not in held]
                hardware[port] = interface["address"]
    missing = sorted(set(wanted) - set(hardware))
    if missing:
        raise RuntimeError(f"no interface holds the address of {', '.join(missing)}")
    if steps:
        run("ip", "-b", "-", text="\n".join(steps) + "\n")
    greet_neighbours()
    return {"hardware": hardware}


def greet_neighbours() -> None:
    """Announce the own addresses once: who asked before we came keeps an unanswered entry for a while."""
    from . import frames  # noqa: PLC0415 - packets reads OWN from here

    for port, addresses in OWN.items():
        frames.announce(port, addresses[0].partition("/")[0])


def rules(request: stdio.Record) -> stdio.Record:
    """Load packet filter rules in one transaction."""
    run("nft", "-f", "-", text=str(request["text"]))
    return {}


def counters(request: stdio.Record) -> stdio.Record:
    """Packets that passed each named counter of a table."""
    listing = json.loads(run("nft", "-j", "list", "counters", "table", "inet", str(request["table"])))
    found = [item["counter"] for item in listing["nftables"] if "counter" in item]
    return {"packets": {c["name"]: str(c["packets"]) for c in found}}


def cable(request: stdio.Record) -> stdio.Record:
    """Take an interface down or up; kernel routes of its addresses return with it."""
    interface = str(request["interface"])
    run("ip", "link", "set", interface, "up" if request["up"] else "down")
    (state,) = json.loads(run("ip", "-j", "link", "show", interface))
    return {"up": "UP" in state["flags"]}


def restore(request: stdio.Record) -> stdio.Record:
    """Leave only the own addresses, no bridge and no connection, as after a loss of power, with every cable in."""
    from . import bridges  # noqa: PLC0415 - sides uses this module

    del request
    bridges.forget()
    # Connections of dead processes would linger for a minute; not every kernel can be told to forget them.
    subprocess.run(["ss", "-K", "-t", "state", "connected"], capture_output=True, check=False)  # noqa: S607 - fixed
    steps: list[str] = []
    for interface in interfaces():
        port = interface["ifname"]
        if port not in OWN:
            continue
        held = [f"{a['local']}/{a['prefixlen']}" for a in interface["addr_info"] if a["scope"] == "global"]
        steps += [f"addr del {address} dev {port}" for address in held if address not in OWN[port]]
        for address in OWN[port]:
            if address not in held:
                steps.append(f"addr add {address} {'nodad' if ':' in address else 'broadcast +'} dev {port}")
        if "UP" not in interface["flags"]:
            steps.append(f"link set {port} up")
    if steps:
        run("ip", "-b", "-", text="\n".join(steps) + "\n")
    return {"changed": len(steps)}


def look(request: stdio.Record) -> stdio.Record:
    """Run a command that only looks at something, and return its exit code and output."""
    command = str(request["command"])
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, errors="replace", check=False)  # noqa: S603, S607 - the lab's own commands
    return {"code": done.returncode, "out": done.stdout, "err": done.stderr}


HANDLERS: dict[str, stdio.Handler] = {
    "look": look,
    "setup": setup,
    "rules": rules,
    "counters": counters,
    "cable": cable,
    "restore": restore,
}

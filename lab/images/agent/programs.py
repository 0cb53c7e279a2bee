"""Runs the system's programs: iproute2, nftables, and commands of the lab's inspections."""

from __future__ import annotations

import json
import subprocess
from typing import Any

from . import stdio


def run(*command: str, text: str | None = None) -> str:
    """Run a command and return its output; raise with its error output."""
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=False)  # noqa: S603 - fixed names
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}: {done.stderr.strip()}")
    return done.stdout


def ip(steps: list[str]) -> None:
    """Run these iproute2 commands in order, up to the first that fails."""
    if steps:
        run("ip", "-b", "-", text="\n".join(steps) + "\n")


def interfaces() -> list[Any]:
    """Interfaces with their addresses as iproute2 reports them."""
    return list(json.loads(run("ip", "-j", "addr")))


def shell(request: stdio.Record) -> stdio.Record:
    """Run a command of the lab's own, and return its exit code and output."""
    command = str(request["command"])
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, errors="replace", check=False)  # noqa: S603, S607 - the lab's own commands
    return {"code": done.returncode, "out": done.stdout, "err": done.stderr}


def load_rules(request: stdio.Record) -> stdio.Record:
    """Load packet filter rules in one transaction."""
    run("nft", "-f", "-", text=str(request["text"]))
    return {}


def counters(request: stdio.Record) -> stdio.Record:
    """Packets that passed each named counter of a table."""
    listing = json.loads(run("nft", "-j", "list", "counters", "table", "inet", str(request["table"])))
    found = [item["counter"] for item in listing["nftables"] if "counter" in item]
    return {"packets": {c["name"]: str(c["packets"]) for c in found}}

"""Measures copies of mail data beside plain rsync of the same data, and the memory of a unit that leads.

    python -m gate.copying [--messages N] [--megabytes N] [--rounds N]

Both copy between the same two containers over the network of the primary heartbeat link: the unit through Toxiproxy,
authenticated and encrypted, plain rsync from a daemon of its own without either.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
from collections.abc import Sequence
from pathlib import Path

import docker
from docker.errors import APIError

from lab.arguments import USAGE, Parser, count, end
from lab.contract import Capability, Lab, Mode, Rank, Service
from lab.docker.daemon import connect, refused
from lab.docker.driver import DockerLab
from lab.docker.rack import unit_part
from lab.errors import LabError, NotReached, UsageError
from lab.registry import Options, open_lab
from lab.standard_pair import PAIR, configure

LEAST = 0.7
"""Goal for the time of plain rsync, in parts of the unit's own."""

MOST = 60 << 20
"""Goal for the memory of a unit that leads and is idle, in bytes, all its programs included."""

WITHIN = 600.0
"""Seconds that one copy may take."""

IDLE = 20.0
"""Seconds without anything new before memory is read."""

PORT = 8730
"""Where plain rsync listens."""

BOX = "quarantine/bench@example.com"
"""Maildir of the messages, below the mail data of the reference unit."""

MAIL, PLAIN, TRACE = "/maildisk/mail", "/maildisk/plain", "/data/log/trace.jsonl"

STORE = """
import os, sys
folder, number, size = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
for name in ("new", "cur", "tmp"):
    os.makedirs(f"{folder}/{name}", exist_ok=True)
for each in range(number):
    with open(f"{folder}/new/{each}.bench", "wb") as file:
        file.write(os.urandom(size))
"""
"""Stores messages of random bytes."""

COPY = """
import subprocess, sys, time
began = time.monotonic()
subprocess.run(sys.argv[1:], check=True)
print(time.monotonic() - began)
"""
"""Runs a command, and prints how long it took."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns 0 when it could measure, 3 when the lab failed, 4 for a usage error."""
    parser = Parser(prog="python -m gate.copying", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--messages", type=count, default=10_000, metavar="N", help="messages (default: 10000)")
    parser.add_argument("--megabytes", type=count, default=1000, metavar="N", help="their size in all (default: 1000)")
    parser.add_argument("--rounds", type=count, default=3, metavar="N", help="copies of each kind (default: 3)")
    options = parser.parse_args(arguments)
    try:
        measure(options.messages, options.megabytes, options.rounds)
    except UsageError as error:
        sys.stderr.write(f"{error}\n")
        return USAGE
    except (LabError, NotReached) as error:
        sys.stderr.write(f"{error}\n")
        return 3
    return 0


def measure(messages: int, megabytes: int, rounds: int) -> None:
    """Measure and print memory, then copies."""
    client = connect()
    lab = open_lab("docker", Options(run="copying"))
    assert isinstance(lab, DockerLab)
    try:
        containers = {name: client.containers.get(lab.badge.name(unit_part(name))).id or "" for name in ("P", "S")}
        healthy(lab)
        for visited in (False, True):
            print(memory_told(idle_memory(lab, containers["P"], visited=visited), visited=visited), flush=True)
        bench = Copies(client, lab, containers, messages, megabytes * 1_000_000 // messages)
        ours, plain = [], []
        bench.store()
        for _ in range(rounds):
            ours.append(bench.ours())
            plain.append(bench.plain())
        print(copies_told(ours, plain, messages, megabytes))
    finally:
        lab.close()
        client.close()


def healthy(lab: Lab) -> None:
    """Form a healthy pair. Raises NotReached."""
    lab.begin("copying")
    for unit, peer in ((lab.primary, lab.secondary), (lab.secondary, lab.primary)):
        configure(unit, peer, lab.mail.virtual_address, {})
    settle = lab.timing.settle
    lab.clock.wait_for(lambda: lab.primary.effective_mode() is Mode.PRIMARY, settle, "P leads")
    lab.clock.wait_for(lambda: lab.secondary.effective_mode() is Mode.SECONDARY, settle, "S follows")


def idle_memory(lab: Lab, container: str, *, visited: bool) -> int:
    """Return the bytes that a leading unit uses, also when a client has come to each of its services.

    Some of these start with their first client, and stay. Raises NotReached.
    """
    address = lab.mail.virtual_address.partition("/")[0]
    for service in Service if visited else (Service.SMTP,):
        lab.clock.wait_for(
            lambda: lab.mail.open_session(address, service).is_open(),  # noqa: B023 - it is called at once
            lab.timing.settle,
            f"{service} greets",
        )
    if Capability.STORAGE in lab.capabilities:
        message = lab.mail.send()
        lab.clock.wait_for(lambda: message.id not in lab.primary.queued(), lab.timing.settle, "a message is delivered")
    lab.clock.hold(lambda: lab.primary.effective_mode() is Mode.PRIMARY, IDLE, "P leads and is idle")
    return resident(Path("/sys/fs/cgroup"), container)


def resident(groups: Path, container: str) -> int:
    """Return the bytes of memory that are a container's own, by its control group of either version.

    Raises LabError without one. Source: cgroup-v1/memory (total_rss), cgroup-v2 (anon) of the kernel's documentation.
    """
    first = groups / "memory"
    for folder, _, files in os.walk(first if first.is_dir() else groups):
        if container in Path(folder).name and "memory.stat" in files:
            lines = (line.split() for line in (Path(folder) / "memory.stat").read_text(encoding="ascii").splitlines())
            figures = {name: int(number) for name, number in lines}
            return figures.get("total_rss", figures.get("anon", 0))
    raise LabError("the unit's control group was not found", "run the bench on the host of the engine")


class Copies:
    """The same messages, copied by the pair and by plain rsync."""

    def __init__(
        self, client: docker.DockerClient, lab: Lab, containers: dict[str, str], messages: int, size: int
    ) -> None:
        """Measure in these containers, with messages of that size in bytes."""
        self._client = client
        self._lab = lab
        self._containers = containers
        self._messages = messages
        self._size = size

    def store(self) -> None:
        """Store the messages on the primary, and offer its mail data by plain rsync."""
        self._run("P", "python3", "-c", STORE, f"{MAIL}/{BOX}", str(self._messages), str(self._size))
        daemon = f"use chroot = no\nuid = root\ngid = root\n[mail]\npath = {MAIL}\n"
        self._run("P", "sh", "-c", f"printf '{daemon}' > /tmp/plain.conf")
        self._run("P", "rsync", "--daemon", f"--port={PORT}", "--config=/tmp/plain.conf")

    def ours(self) -> float:
        """Return the seconds of the pair's own copy. Raises NotReached, LabError."""
        self._run("S", "rm", "-rf", f"{MAIL}/{BOX}")
        before = len(self._copies())
        self._lab.secondary.cli("diagnose system ha sync")
        self._lab.clock.wait_for(lambda: len(self._copies()) > before, WITHIN, "the pair has copied its mail data")
        copied = self._copies()[before]
        if not copied["ok"]:
            log = self._run("S", "tail", "-n", "3", "/data/log/ha.log").strip()
            raise LabError(f"the copy failed ({log})", "look at the unit's log")
        self._check(MAIL)
        return float(str(copied["ms"])) / 1000

    def plain(self) -> float:
        """Return the seconds of plain rsync. Raises LabError."""
        self._run("S", "rm", "-rf", PLAIN)
        peer = self._lab.primary.own_address(PAIR.heartbeat[Rank.PRIMARY]).partition("/")[0]
        source = f"rsync://{peer}:{PORT}/mail/"
        took = self._run("S", "python3", "-c", COPY, "rsync", "--archive", source, f"{PLAIN}/")
        self._check(PLAIN)
        self._run("S", "rm", "-rf", PLAIN)
        return float(took)

    def _copies(self) -> list[dict[str, object]]:
        lines = self._run("S", "grep", "-e", '"sync"', TRACE, code=1).splitlines()
        return [each for each in map(json.loads, lines) if each.get("kind") == "data"]

    def _check(self, folder: str) -> None:
        found = len(self._run("S", "ls", f"{folder}/{BOX}/new").split())
        if found != self._messages:
            raise LabError(f"{found} of {self._messages} messages were copied", "look at the unit's log")

    def _run(self, unit: str, *command: str, code: int = 0) -> str:
        """Run a command in a unit's container and return its output; `code` is taken, too. Raises LabError."""
        try:
            code_of, output = self._client.containers.get(self._containers[unit]).exec_run(list(command))
        except APIError as error:
            raise refused(error, f"measuring in unit {unit}") from error
        text = output.decode("utf-8", "replace") if isinstance(output, bytes) else ""
        if code_of not in {0, code}:
            raise LabError(f"{command[0]} ended with {code_of} in unit {unit} ({text.strip()[:200]})", "")
        return text


def memory_told(used: int, *, visited: bool) -> str:
    """Tell the memory of a leading unit, and whether that meets the goal."""
    who = "with clients at mailboxes and web server" if visited else "with clients that send mail only"
    return (
        f"a unit that leads and is idle uses {used / (1 << 20):.1f} MiB, {who} "
        f"(goal {MOST >> 20} {'met' if used <= MOST else 'MISSED'})"
    )


def copies_told(ours: Sequence[float], plain: Sequence[float], messages: int, megabytes: int) -> str:
    """Tell the medians of both kinds of copies, in seconds, and whether their ratio meets the goal."""
    middle, beside = statistics.median(ours), statistics.median(plain)
    return (
        f"{messages} messages of {megabytes} MB in all: the pair copies them in {middle:.1f} s, plain rsync in "
        f"{beside:.1f} s: ratio {beside / middle:.2f} (goal {LEAST} {'met' if beside / middle >= LEAST else 'MISSED'})"
    )


if __name__ == "__main__":
    end(main)

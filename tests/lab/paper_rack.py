"""A lab's hardware on paper: containers are processes of this machine, and the agents answer what they are told to."""

from __future__ import annotations

import itertools
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from lab.docker.images import Software
from lab.docker.rack import Badge
from lab.docker.subnets import Plan
from lab.profiles.record import Secret, UnitProfile, filled
from tests.lab.paper_shell import HOST, PASSWORD

FOREVER = ("sleep", "60")


@dataclass
class PaperContainer:
    """A container: its id, its image, and what runs in it."""

    id: str
    image: str
    process: subprocess.Popen[bytes] | None = None
    times: dict[str, str] = field(default_factory=dict)


class PaperApi:
    """The calls of Docker's client library that a unit's power needs."""

    def __init__(self, command: Sequence[str]) -> None:
        """Run this command in each container."""
        self.command = command
        self.containers: dict[str, PaperContainer] = {}
        self.commands: list[tuple[str, str]] = []
        """What was done, and to which container."""
        self._ids = itertools.count(1)

    def create(self, name: str, image: str) -> None:
        """Make a container."""
        assert name not in self.containers
        self.containers[name] = PaperContainer(f"id-{next(self._ids)}", image)

    def start(self, name: str) -> None:
        """Start its process."""
        self.commands.append(("start", name))
        container = self.containers[name]
        container.times["StartedAt"] = datetime.now(UTC).isoformat()
        container.process = subprocess.Popen(self.command)  # noqa: S603 - a test's own

    def wait(self, name: str, condition: str) -> dict[str, int]:
        """Wait for the process's end."""
        assert condition == "not-running"
        container = self.containers[name]
        code = container.process.wait() if container.process else 0
        container.times["FinishedAt"] = datetime.now(UTC).isoformat()
        return {"StatusCode": code}

    def inspect_container(self, name: str) -> dict[str, Any]:
        """Tell what it does."""
        container = self.containers[name]
        process = container.process
        running = process is not None and process.poll() is None
        state = {"Running": running, "Pid": process.pid if process else 0, "Paused": False, **container.times}
        return {"Id": container.id, "Image": container.image, "State": state}

    def remove_container(self, name: str, **how: bool) -> None:
        """Forget it."""
        assert how == {"v": True}
        self.commands.append(("remove", name))
        del self.containers[name]

    def logs(self, name: str, tail: int) -> bytes:
        """Tell its last words."""
        del name, tail
        return f"no such file\nfor {PASSWORD}\n".encode()

    def put_archive(self, name: str, folder: str, data: bytes) -> None:
        """Take a file."""
        self.commands.append((f"put {folder}", name))
        assert data

    def exec_create(self, name: str, command: Sequence[str]) -> dict[str, Any]:
        """Run a command: on this machine, as all of the container does."""
        assert name in self.containers
        return {"Id": subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)}  # noqa: S603 - a test's own

    def exec_start(self, ended: subprocess.CompletedProcess[bytes]) -> bytes:
        """Tell what it printed."""
        return ended.stdout

    def exec_inspect(self, ended: subprocess.CompletedProcess[bytes]) -> dict[str, int]:
        """Tell how it ended."""
        return {"ExitCode": ended.returncode}

    def close(self) -> None:
        """End every process."""
        for container in self.containers.values():
            if container.process is not None:
                container.process.kill()
                container.process.wait()


class PaperAgent:
    """An agent in a namespace: it notes what it is asked, and answers what the test has laid down."""

    container = "chassis-p"

    def __init__(self) -> None:
        """Know nothing."""
        self.asked: list[str] = []
        self.replies: dict[str, dict[str, Any]] = {}

    def ask(self, do: str, **arguments: object) -> dict[str, Any]:
        """Answer."""
        del arguments
        self.asked.append(do)
        return self.replies.get(do, {"at": time.monotonic(), "code": 0, "out": "", "err": "", "ports": [], "lines": []})


class PaperPlan(Plan):
    """A plan in which each host is this machine."""

    def address(self, *where: object) -> str:
        """The loopback's."""
        del where
        return HOST


class PaperRack:
    """What `Rack` is to one unit: "P", with this profile."""

    def __init__(self, profile: UnitProfile, command: Sequence[str], releases: Mapping[str, str]) -> None:
        """Make the unit's container, and start it."""
        self.api = PaperApi(command)
        self.client = SimpleNamespace(
            api=self.api, images=SimpleNamespace(get=lambda tag: SimpleNamespace(id=f"sha of {tag}"))
        )
        self.badge = Badge("tests", "paper", "nobody")
        self.plan = PaperPlan(97)
        self.bridge_ports: tuple[str, ...] = ()
        self.agent = PaperAgent()
        self.agents = {"client": PaperAgent()}
        own = (
            (port, each) for port in ("port1", "port3", "port5", "port6") for each in self.plan.all_addresses("P", port)
        )
        self.agent.replies["addresses"] = {"held": [f"{port} {each}" for port, each in own]}
        self.images = SimpleNamespace(units={"P": Software(releases, (), profile)})
        self.emptied = 0
        self.make_unit("P", next(iter(releases.values())))
        self.api.start(self.badge.name("unit-p"))

    def profile(self, unit: str) -> UnitProfile:
        """What is known of it."""
        return self.images.units[unit].profile  # type: ignore[no-any-return] # a paper record

    def password(self, unit: str) -> Secret:
        """Its operator's."""
        assert unit == "P"
        return Secret(PASSWORD)

    def chassis(self, unit: str) -> PaperAgent:
        """Its namespace's agent."""
        assert unit == "P"
        return self.agent

    def masked(self, text: str) -> str:
        """A text without the password."""
        return Secret(PASSWORD).masked(text)

    def filled(self, template: str, unit: str) -> str:
        """A template with the unit's name and password."""
        return filled(template, {"unit": unit, "password": PASSWORD})

    def make_unit(self, unit: str, image: str) -> None:
        """Make its container."""
        assert unit == "P"
        self.api.create(self.badge.name("unit-p"), f"sha of {image}")

    def disk(self, unit: str) -> str:
        """Name of its mail disk."""
        return self.badge.name(f"unit-{unit.lower()}-disk")

    def empty_volume(self, unit: str) -> None:
        """Note it."""
        assert unit == "P"
        self.emptied += 1


@contextmanager
def racked(
    profile: UnitProfile, command: Sequence[str] = FOREVER, releases: Mapping[str, str] | None = None
) -> Iterator[Any]:
    """Give a rack with one unit whose container runs this command."""
    rack = PaperRack(profile, command, releases or {"": "vendor/mail:7"})
    try:
        yield rack
    finally:
        rack.api.close()

"""One HA unit in its container: driven over SSH, inspected through its namespace, harmed from outside."""

from __future__ import annotations

import io
import tarfile
import threading
from collections.abc import Sequence

import asyncssh
from docker.errors import APIError

from lab.contract import Area, Mode, Profile, Proof, Reply
from lab.docker.bases import Bases, base_in
from lab.docker.engine import refused
from lab.docker.look import Looker
from lab.docker.operators import Console, Line, Loop
from lab.docker.power import Power
from lab.docker.rack import Rack, unit_part
from lab.docker.roles import CONFIGURED, STATUS, RoleWatch, mode_in
from lab.docker.scene import Scene
from lab.docker.subnets import PORTS
from lab.errors import BootFailed, CliLost, FaultNotProven, NotReached
from lab.timeline import Kind

PID_FILE = "/run/switchover/unit.pid"
BOOT_DELAY = "/run/switchover/boot-delay"
CONVERSATION = 60.0


class DockerUnit:
    """`lab.contract.Unit`."""

    def __init__(self, name: str, rack: Rack, *, scene: Scene, loop: Loop, bases: Bases, profile: Profile) -> None:
        """Offer the unit to the suite; it has no power yet."""
        self.name = name
        self._rack = rack
        self._scene = scene
        self._loop = loop
        self._bases = bases
        self._profile = profile
        self._agent = rack.chassis(name)
        self._container = rack.badge.name(unit_part(name))
        self._line = Line(name, rack.plan.address(name, "port1"))
        self._logged = 0
        self._alerted = 0
        self._boot_time = 0.0
        self._pulled: set[str] = set()
        self.looker = Looker(self._agent)
        self.power = Power(rack, name, self._went_off)
        self.roles = RoleWatch(self._line, lambda: scene.clock.is_awaited, self._see_role)

    # As an operator

    def cli(self, *lines: str) -> Reply:
        """Enter lines in a new shell; a line that changes the base port first gets Toxiproxy ready for it."""
        for line in lines:
            base = base_in(line)
            if base is not None and base != self._bases.current[self.name]:
                self._bases.expect(self.name, base)
        if not self.power.is_lit():
            raise CliLost(f"unit {self.name} has no power, or is frozen", "give it power first")
        try:
            answers = self._loop.run(self._line.converse(lines), CONVERSATION)
        except TimeoutError as error:
            raise self._line.lost(error) from error
        for answer in answers:
            self._scene.note(answer.at, Kind.CLI, self.name, line=answer.line, reply=answer.text)
        text = "\n".join(answer.text.rstrip("\n") for answer in answers if answer.text.strip())
        return Reply(text, all(answer.accepted for answer in answers))

    def configured_mode(self) -> str:
        """Configured mode as the unit prints it."""
        found = CONFIGURED.search(self._status())
        if found is None:
            raise CliLost(f"unit {self.name} prints no configured mode", "look at its CLI transcript")
        return found[1]

    def effective_mode(self) -> Mode:
        """Effective mode as the unit prints it now."""
        try:
            mode = mode_in(self._status()) or Mode.UNREACHABLE
        except CliLost:
            mode = Mode.UNREACHABLE
        self.roles.see(self._scene.now(), mode)
        return mode

    def modes(self) -> tuple[str, Mode]:
        """Configured and effective mode, from one page."""
        page = self._status()
        found = CONFIGURED.search(page)
        return found[1] if found else "", mode_in(page) or Mode.UNREACHABLE

    def log(self) -> Sequence[str]:
        """HA event log lines since the scenario began."""
        return tuple(self.looker.log()[self._logged :])

    def alerts(self) -> Sequence[str]:
        """Alert mails since the scenario began."""
        return tuple(self.looker.alerts()[self._alerted :])

    # From outside

    def own_address(self, interface: str) -> str:
        """The interface's own address with mask."""
        return self._rack.plan.with_mask(self.name, interface)

    def addresses(self, interface: str) -> frozenset[str]:
        """Addresses with mask that the kernel has on the interface; none without power."""
        return self.looker.addresses(interface) if self.power.is_on() else frozenset()

    def listening(self) -> frozenset[tuple[str, int]]:
        """Address and port of every listening socket."""
        return self.looker.listening()

    def stored(self, area: Area) -> frozenset[str]:
        """Ids of the messages in a storage area."""
        return self.looker.stored(area)

    def queued(self) -> frozenset[str]:
        """Ids of the messages in the queue."""
        return self.looker.queued()

    # Power and faults

    def is_powered(self) -> bool:
        """Whether the unit has power."""
        return self.power.is_on()

    def power_off(self) -> Proof:
        """Cut the power."""
        figures = self.power.cut()
        dying = figures["dead"] - figures["dark"]
        statement = f"unit {self.name} fell silent; its first process died {dying:.3f} s later"
        proof = self._fault(figures["dark"], "power off", statement, figures)
        self.roles.gone(figures["dark"])
        return proof

    def power_on(self) -> None:
        """Give power (again, where the software is gone); return when the unit answers its operator."""
        if self.power.is_on() and not self.answers():
            self.power_off()
        self.power.on()
        self.roles.back()
        self.await_operator()
        self._fault(self._scene.now(), "power on", f"unit {self.name} answers its operator", {}, phase="end")

    def crash(self) -> Proof:
        """Kill the HA software by its process number in the container."""
        at = self._scene.now()
        code, output = self._run(
            "sh", "-c", f"kill -9 $(cat {PID_FILE}) && while kill -0 $(cat {PID_FILE}); do :; done"
        )
        del output
        after = self._scene.now()
        if not self.power.is_on():
            raise FaultNotProven(f"unit {self.name}'s machine went down with its software (exit code {code})")
        try:
            self._scene.clock.wait_for(lambda: not self.answers(), 2.0, f"unit {self.name}'s software is gone")
        except NotReached as error:
            raise FaultNotProven(str(error)) from error
        statement = f"the HA software of unit {self.name} is gone and answers no operator; its machine lives"
        return self._fault(at, "crash", statement, {"asked": at, "gone": after})

    def freeze(self) -> Proof:
        """Stop the machine and its network."""
        figures = self.power.freeze()
        statement = f"unit {self.name} fell silent, its processes stand still"
        proof = self._fault(figures["dark"], "freeze", statement, figures)
        self.roles.gone(figures["dark"])
        return proof

    def thaw(self) -> None:
        """Let the machine go on."""
        self.power.thaw()
        self.roles.back()
        self._fault(self._scene.now(), "freeze", f"unit {self.name} goes on", {}, phase="end")

    def pull_cable(self, interface: str) -> Proof:
        """Take the interface down from outside."""
        return self._cable(interface, up=False)

    def plug_cable(self, interface: str) -> Proof:
        """Bring the interface up again."""
        return self._cable(interface, up=True)

    def set_boot_time(self, seconds: float) -> None:
        """Let the next restarts take that long: the image reads the delay from a file."""
        self._boot_time = seconds
        content = f"{seconds}\n".encode()
        buffer = io.BytesIO()
        with tarfile.open(fileobj=buffer, mode="w") as archive:
            folder = tarfile.TarInfo("switchover")
            folder.type, folder.mode = tarfile.DIRTYPE, 0o755
            archive.addfile(folder)
            info = tarfile.TarInfo("switchover/boot-delay")
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
        try:
            self._rack.client.api.put_archive(self._container, "/run", buffer.getvalue())
        except APIError as error:
            raise refused(error, f"setting the boot time of unit {self.name}") from error

    # For the lab

    def close(self) -> None:
        """Hang up; whatever happens to the container now is no news."""
        self.power.expect_end()
        self.roles.absent = True
        self._loop.run(self._line.close(), self._profile.settle)

    def await_operator(self) -> None:
        """Wait until the unit answers its operator; raises BootFailed."""
        deadline = self._scene.now() + self._profile.boot + 2 * self._boot_time
        while not self.answers():
            if not self.power.is_on():
                raise BootFailed(f"unit {self.name} went off while it started", self.power.last_words())
            if self._scene.now() > deadline:
                raise BootFailed(f"unit {self.name} does not answer its operator", self.power.last_words())
            threading.Event().wait(0.01)

    def begin(self) -> None:
        """Start counting log lines and alerts anew."""
        self._logged, self._alerted = self.looker.lengths()
        if self._boot_time:
            self.set_boot_time(0.0)

    def console(self) -> Console:
        """Open a shell that somebody types into. Raises CliLost."""
        try:
            return self._loop.run(self._line.console(), self._profile.settle)
        except (OSError, TimeoutError, asyncssh.Error) as error:
            raise self._line.lost(error) from error

    def ensure_cable(self, interface: str) -> None:
        """Plug a cable in, if it is out."""
        if interface in self._pulled:
            self.plug_cable(interface)

    def own_addresses(self) -> frozenset[tuple[str, str]]:
        """Every interface with its own address."""
        return frozenset((port, self.own_address(port)) for port in PORTS)

    def _status(self) -> str:
        """Status page, as an operator reads it now."""
        if not self.power.is_lit():
            raise CliLost(f"unit {self.name} has no power, or is frozen", "give it power first")
        try:
            return self._loop.run(self._line.converse((STATUS,)), self._profile.settle)[0].text
        except TimeoutError as error:
            raise self._line.lost(error) from error

    def answers(self) -> bool:
        """Whether the unit answers its operator."""
        if not self.power.is_lit():
            return False
        try:
            return CONFIGURED.search(self._status()) is not None
        except CliLost:
            return False

    def _cable(self, interface: str, *, up: bool) -> Proof:
        reply = self._agent.ask("cable", interface=interface, up=up)
        (self._pulled.discard if up else self._pulled.add)(interface)
        if reply["up"] is not up:
            raise FaultNotProven(f"interface {interface} of unit {self.name} did not change")
        state = "has its carrier back" if up else "has no carrier"
        statement = f"interface {interface} of unit {self.name} {state}"
        at = float(reply["at"])
        phase = "end" if up else "begin"
        self._scene.note(at, Kind.FAULT, self.name, fault="cable", phase=phase, proof=statement, interface=interface)
        return Proof(statement, {"at": at})

    def _fault(
        self, at: float, fault: str, statement: str, figures: dict[str, float], *, phase: str = "begin"
    ) -> Proof:
        self._scene.note(at, Kind.FAULT, self.name, fault=fault, phase=phase, proof=statement)
        return Proof(statement, {"at": at, **figures})

    def _see_role(self, at: float, old: Mode, new: Mode) -> None:
        self._scene.note(at, Kind.ROLE, self.name, old=old.value, new=new.value)

    def _went_off(self, at: float) -> None:
        """The container ended by itself: the operator shut the machine down."""
        self.power.darken()
        self._fault(at, "shutdown", f"unit {self.name}'s machine went off by itself", {})
        self.roles.gone(at)

    def _run(self, *command: str) -> tuple[int, str]:
        """Run a command inside the unit's container."""
        api = self._rack.client.api
        try:
            identity = api.exec_create(self._container, list(command))["Id"]
            output = api.exec_start(identity)
            return int(api.exec_inspect(identity)["ExitCode"] or 0), output.decode(errors="replace")
        except APIError as error:
            raise refused(error, f"running a command in unit {self.name}") from error

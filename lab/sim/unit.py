"""A simulated unit as the suite sees it: its shell, its power button, and what can be seen from outside."""

from __future__ import annotations

import pickle
from collections.abc import Iterable, Sequence

from lab.contract import (
    HA_TRAP,
    SYSTEM_TRAP,
    Area,
    DiskState,
    Failing,
    Family,
    Mode,
    Port,
    Proof,
    Reply,
    Saying,
    Service,
    Synchronized,
    Timing,
    Trap,
    Turn,
)
from lab.errors import BootFailed, CliLost, FaultNotProven, NotReached
from lab.faults import Fault, FaultKind, service_failing
from lab.profiles.record import UnitProfile, filled
from lab.sim.machine import EPOCH, Machine, listening
from lab.sim.operator import SimSystem
from lab.sim.world import TICKS, SimClock
from lab.standard_pair import PAIR
from lab.timeline import Kind
from node.engine import effects as do

EVERYWHERE = "0.0.0.0"  # noqa: S104 - a listening socket's address as it is shown, nothing is bound
SSH, SMTP = 22, 25
SERVER = PAIR.address(PAIR.mail, "client").partition("/")[0]
"""Where an operator keeps firmware images: the client."""


class SimUnit:
    """One HA unit (`lab.contract.Unit`) on a simulated machine."""

    def __init__(self, machine: Machine, timing: Timing, profile: UnitProfile) -> None:
        """Offer a machine to the suite; its shell is read as a profile says."""
        self.name = machine.name
        self._machine = machine
        self._own = dict(machine.given)
        self._world = machine.world
        self._timing = timing
        self._profile = profile
        self._pages = profile.pages
        self.reports_to, self.keeps = profile.reports_to, profile.keeps
        self._reader = machine.build.shell(SimSystem(machine))
        """A session that only prints pages: it stays at the top level."""

    # As an operator

    def cli(self, *lines: str) -> Reply:
        """Enter lines in a new shell. Who sits down to configure takes up to a second to begin."""
        words = lines[0].split(maxsplit=1) if lines else []
        thinking = 1.0 if words[:1] == ["config"] else 0.002
        self._world.advance(self._world.draw(0.0005, thinking))
        if not self._machine.answers_operator():
            raise CliLost(
                f"unit {self.name} does not answer its operator", "give it power, or wait until it has started"
            )
        shell = self._machine.build.shell(SimSystem(self._machine))
        self._asks(shell.prompt, "")
        turns: list[Turn] = []
        for line in lines:
            entered = self._world.now()
            self._world.advance(1 / TICKS)  # so that a line stands before what it causes
            printed = shell.feed(line)
            ended = shell.closed or not self._machine.answers_operator()
            text, _, last = (printed if ended else printed + shell.prompt).rpartition("\n")
            prompt = "" if ended else last
            text = f"{text}\n" if text else ""
            self._world.timeline.add(entered, Kind.CLI, self.name, line=line, reply=text, refused=shell.refused)
            if shell.refused is not bool(self._profile.cli.refusal.search(text)):
                raise CliLost(f"unit {self.name} refuses, or does not, in other words: {text!r}", "set cli.refusal")
            turns.append(Turn(text, not shell.refused, prompt, not ended and self._asks(prompt, line)))
            if ended:
                break
        text = "\n".join(turn.text.rstrip("\n") for turn in turns if turn.text)
        return Reply(text, all(turn.accepted for turn in turns), tuple(turns))

    def _asks(self, prompt: str, line: str) -> bool:
        """Whether the unit waits for the answer to a question. Raises CliLost where it does not wait for a line either.

        On containers nothing but a prompt, as the last line of what is printed, tells that an answer is complete.
        """
        if self._profile.cli.question.fullmatch(prompt):
            return True
        if not self._profile.cli.prompt.fullmatch(prompt):
            raise CliLost(f"unit {self.name} shows no prompt after {line!r}, but {prompt!r}", "set cli.prompt")
        return False

    def expect_base_port(self, port: int) -> None:
        """Make nothing ready: a simulated link has every port."""
        del port

    def expect_family(self, family: Family) -> None:
        """Make nothing ready: a simulated link has both families."""
        del family

    def configured_mode(self) -> str:
        """Configured mode, in 7.0 words, as the unit prints it."""
        mode = self._pages.word(self._pages.configured, self._page(self._pages.status))
        if not mode:
            raise CliLost(
                f"unit {self.name} does not answer its operator", "give it power, or wait until it has started"
            )
        return mode

    def effective_mode(self) -> Mode:
        """Effective mode, as the unit prints it now; UNREACHABLE without an answer."""
        return self._pages.mode(self._page(self._pages.status)) or Mode.UNREACHABLE

    def _page(self, line: str) -> str:
        """What a line prints; '' without an answer. A look that takes no time and leaves no trace."""
        if not self._machine.answers_operator() or self._machine.engine is None:
            return ""
        return self._reader.feed(line)

    def release(self) -> str:
        """Firmware release, as the unit shows it."""
        return self._pages.release_in(self._page(self._pages.status))

    def peer_release(self) -> str:
        """The peer's firmware release, as this unit shows it."""
        return self._pages.peer_release_in(self._page(self._pages.detail))

    def next_sync(self, what: Synchronized) -> float | None:
        """When its page says that its next synchronization comes."""
        date = self._pages.next_sync_in(self._page(self._pages.detail), what)
        return None if date is None else (date - EPOCH).total_seconds()

    def install(self, release: str) -> Reply:
        """Let the unit fetch another release and restart into it."""
        return self.cli(filled(self._profile.release.install, {"release": release, "server": SERVER}), "y")

    def log(self) -> Sequence[str]:
        """HA event log lines on the volume."""
        return tuple(self._machine.volume.log)

    def told(self, saying: Saying, log: Iterable[str]) -> Sequence[str]:
        """What lines of its log tell, from the saying's words on."""
        return self._profile.events.told(saying, log)

    def look_first(self, *fields: str) -> str:
        """The end of a message about what it did not do: its profile holds."""
        return self._profile.look_first(*fields)

    def alerts(self) -> Sequence[str]:
        """Alert mails sent so far."""
        return tuple(self._machine.alerts)

    def traps(self) -> Sequence[Trap]:
        """SNMP traps sent so far."""
        return tuple(
            Trap(HA_TRAP, trap.event_id, trap.reason) if isinstance(trap, do.Trap) else Trap(SYSTEM_TRAP, trap.event)
            for trap in self._machine.traps
        )

    def use_nas(self) -> Reply:
        """Let it keep its mail data on network storage."""
        return self.cli(*self._profile.mail.nas_lines)

    # From outside

    def own_address(self, interface: str) -> str:
        """The interface's own address with mask, as the lab assigned it."""
        return self._own[interface]

    def own_address6(self, interface: str) -> str:
        """The interface's own IPv6 address with mask, '' where it has none."""
        return self._machine.interfaces.own6.get(interface, "")

    def addresses(self, interface: str) -> frozenset[str]:
        """Addresses with mask that the interface holds now."""
        return self._machine.interfaces.held(interface)

    def bridged(self) -> frozenset[str]:
        """Interfaces that the unit's Layer 2 bridge joins now."""
        return self._machine.interfaces.bridged()

    def listening(self) -> frozenset[tuple[str, int]]:
        """Address and TCP port of every listening socket."""
        machine = self._machine
        sockets = set()
        if machine.engine is not None:
            sockets.add((EVERYWHERE, SSH))
        if machine.mailer.answers:
            sockets.add((EVERYWHERE, SMTP))
        for link in machine.links:
            tcp = {machine.listens(link.interface, port) for port in Port} - {None}
            own = {machine.interfaces.source(link.interface, family) for family in listening(link)}
            sockets |= {(address, each) for address in own for each in tcp if each is not None}
        return frozenset(sockets)

    def stored(self, area: Area) -> frozenset[str]:
        """Ids in a storage area now."""
        return self._machine.volume.stored(area)

    def queued(self) -> frozenset[str]:
        """Ids in the mail queue now."""
        return self._machine.volume.queued()

    def copied(self) -> frozenset[str]:
        """Ids of the messages copied from the peer's mail queue."""
        return frozenset(message.id for message in self._machine.volume.copies.values())

    # Power and faults

    def memory(self) -> int:
        """Bytes that the engine's state takes: whatever else a simulated machine keeps belongs to the simulation."""
        engine = self._machine.engine
        return 0 if engine is None else len(pickle.dumps(engine.state))

    def is_powered(self) -> bool:
        """Whether the unit has power; one that was shut down has not."""
        return self._machine.hardware.is_powered()

    def power_off(self) -> Proof:
        """Cut the power."""
        proof = self._fault(FaultKind.POWER_OFF, f"unit {self.name} has no power: no address of it answers")
        self._machine.lose_power()
        if self._machine.on_network() or any(self.addresses(interface) for interface in self._own):
            raise FaultNotProven(f"unit {self.name} still answers after its power was cut")
        return proof

    def power_on(self) -> None:
        """Give power, or power-cycle a machine whose HA software is gone; return when the CLI answers."""
        if not self._machine.answers_operator():
            if self._machine.hardware.is_powered():
                self._machine.lose_power()
            self._machine.boot()
            bound = max(self._timing.boot, 2 * (self._machine.hardware.boot_time or 0.0))
            try:
                SimClock(self._world).wait_for(self._machine.answers_operator, bound, f"unit {self.name} starts")
            except NotReached as problem:
                raise BootFailed(str(problem), "look at the engine's start") from problem
        self._fault(FaultKind.POWER_ON, f"unit {self.name} answers its operator")

    def crash(self) -> Proof:
        """Kill the HA software."""
        proof = self._fault(FaultKind.CRASH, f"the HA software of unit {self.name} is gone, its machine lives")
        self._machine.crash()
        if self._machine.answers_operator() or self._machine.links:
            raise FaultNotProven(f"the HA software of unit {self.name} survived its crash")
        return proof

    def freeze(self) -> Proof:
        """Stop the machine."""
        proof = self._fault(FaultKind.FREEZE, f"unit {self.name} answers nothing and does nothing")
        self._machine.freeze()
        if self._machine.on_network():
            raise FaultNotProven(f"unit {self.name} still answers while it is frozen")
        return proof

    def thaw(self) -> None:
        """Let the machine go on."""
        self._fault(FaultKind.THAW, f"unit {self.name} goes on")
        self._machine.thaw()

    def pull_cable(self, interface: str) -> Proof:
        """Pull the cable of an interface."""
        proof = self._fault(FaultKind.CABLE, f"interface {interface} of unit {self.name} has no carrier", interface)
        self._machine.carrier(interface, up=False)
        return proof

    def plug_cable(self, interface: str) -> Proof:
        """Plug the cable in again."""
        statement = f"interface {interface} of unit {self.name} has its carrier back"
        proof = self._fault(FaultKind.PLUG, statement, interface)
        self._machine.carrier(interface, up=True)
        return proof

    def fail_service(self, service: Service, failing: Failing) -> Proof:
        """Let a service fail."""
        statement = f"the {service} service of unit {self.name} is {failing}"
        proof = self._fault(FaultKind.SERVICE, statement, service_failing(service, failing))
        self._machine.mailer.fail(service, failing)
        return proof

    def mend_services(self) -> Proof:
        """Let every service answer again."""
        proof = self._fault(FaultKind.MEND, f"every service of unit {self.name} answers as it does by itself")
        for service in Service:
            self._machine.mailer.fail(service, None)
        return proof

    def fail_disk(self, state: DiskState) -> Proof:
        """Let the mail disk fail."""
        proof = self._fault(FaultKind.DISK, f"the mail disk of unit {self.name} is {state}", state.value)
        self._machine.volume.disk = state
        return proof

    def mend_disk(self) -> Proof:
        """Let the mail disk work again."""
        proof = self._fault(FaultKind.REPAIR, f"the mail disk of unit {self.name} works")
        self._machine.volume.disk = None
        return proof

    def set_boot_time(self, seconds: float) -> None:
        """Let restarts take that long, one under way included."""
        self._machine.hardware.set_boot_time(seconds)

    def _fault(self, kind: FaultKind, statement: str, value: str = "") -> Proof:
        self._world.note(Kind.FAULT, self.name, **Fault(kind, self.name, value=value).detail(statement))
        return Proof(statement, {"at": self._world.now()})

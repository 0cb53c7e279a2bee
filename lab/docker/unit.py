"""One HA unit in its container: driven over SSH, inspected through its namespace, harmed from outside."""

from __future__ import annotations

import math
import shlex
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress

from docker.errors import APIError

from lab.contract import (
    Area,
    DiskState,
    Failing,
    Family,
    Mode,
    Proof,
    Reply,
    Saying,
    Service,
    Synchronized,
    Timing,
    Trap,
    Turn,
)
from lab.docker.daemon import refused
from lab.docker.firmware import Firmware, put
from lab.docker.inspection import Inspector, newer
from lab.docker.mail_disk import MailDisk
from lab.docker.operator import Operator, Unanswered, was_let_down
from lab.docker.power import LAST_WORDS, Power
from lab.docker.rack import Rack, unit_part
from lab.docker.recorder import Recorder
from lab.docker.redirection import Redirection
from lab.docker.role_watch import RoleWatch
from lab.docker.services import Services
from lab.docker.ssh import Answer, Connection, Loop
from lab.docker.subnets import DUAL_STACK, PORTS
from lab.errors import BootFailed, CliLost, FaultNotProven, LabError, NotReached, ResetUnclean
from lab.faults import Fault, FaultKind, service_failing
from lab.history import LOOKS
from lab.standard_pair import PAIR
from lab.timeline import Kind

REBUILD = "the lab is thrown away and built anew"
"""What is done about a unit that does not return to its first state."""

KILL = """
pid=$(cat "$1") && kill -9 "$pid" || exit
for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
    read -r state 2>/dev/null </proc/"$pid"/stat || exit 0
    case ${state##*) } in Z*) exit 0 ;; esac
    sleep 0.05 || sleep 1
done
echo "process $pid outlives its kill"
exit 1
"""
"""Kills the process whose number is in a file, and waits until it is gone, or dead and not reaped yet."""


class DockerUnit:
    """`lab.contract.Unit`."""

    def __init__(
        self,
        name: str,
        rack: Rack,
        *,
        recorder: Recorder,
        loop: Loop,
        redirection: Redirection,
        timing: Timing,
        stirs: Callable[[], None],
    ) -> None:
        """Prepare a unit without power; `stirs` is called before and after what may change who answers a client."""
        self.name = name
        self.profile = rack.profile(name)
        self.reports_to, self.keeps = self.profile.reports_to, self.profile.keeps
        self._rack = rack
        self._recorder = recorder
        self._loop = loop
        self._redirection = redirection
        self._timing = timing
        self._stirs = stirs
        self._agent = rack.chassis(name)
        self._container = rack.badge.name(unit_part(name))
        self._connection = Connection(
            name,
            rack.plan.address(name, PAIR.administration),
            login=self.profile.login,
            cli=self.profile.cli,
            password=rack.password(name),
        )
        self._log_before: Sequence[str] = ()
        """The log when the scenario began."""
        self._log_seen: Sequence[str] = ()
        """What the log has last shown of the scenario."""
        self._alerted = 0
        self._trapped = 0
        self._boot_time = 0.0
        self.used_nas = False
        """Whether it has been told in the scenario to keep its mail data on network storage."""
        self._former = ""
        """Id of the container that the unit's own has replaced at the last reset."""
        self._first_pages: dict[str, str] = {}
        """What the pages that prove a reset printed after the first start."""
        self.inspector = Inspector(self._agent, self.profile.mail, self.profile.events)
        self.power = Power(
            rack,
            name,
            went_off=self._went_off,
            restarts=self._come_back,
            started=lambda: self._disk.machine_started(),  # noqa: PLW0108 - it is made below
        )
        self._disk = MailDisk(rack.client, rack.disk(name), self.profile.container.disk, self.power.pid)
        self._services = Services(self._agent, rack.agents["client"])
        self._firmware = Firmware(rack, name, self.power)
        self.operator = Operator(
            name, self.profile, self._connection, loop, is_lit=self.power.is_lit, masked=rack.masked
        )
        self.role_watch = RoleWatch(self._connection, self.profile, lambda: recorder.clock.is_awaited, self._see_role)

    # As an operator

    def use_nas(self) -> Reply:
        """Let it keep its mail data on the network storage, by the lines of its profile."""
        self.used_nas = True
        return self.cli(*self.profile.mail.nas_lines)

    def cli(self, *lines: str) -> Reply:
        """Enter lines at the top level. Raises CliLost for one that is not answered, unless the session ends there."""
        looks = len(lines) == 1 and lines[0].startswith(LOOKS)
        if not looks:
            self._stirs()
        try:
            answers = [self.operator.look(*lines)] if looks else self.operator.enter(*lines)
        except Unanswered as lost:
            self._note(lost.answers)
            raise
        self._note(answers)
        text = "\n".join(answer.text.rstrip("\n") for answer in answers if answer.text.strip())
        turns = tuple(self._turn(answer) for answer in answers)
        return Reply(text, all(turn.accepted for turn in turns), turns)

    def _turn(self, answer: Answer) -> Turn:
        asks = bool(answer.prompt) and self.profile.cli.question.fullmatch(answer.prompt) is not None
        return Turn(answer.text, answer.accepted, answer.prompt, asks)

    def _note(self, answers: Sequence[Answer]) -> None:
        for answer in answers:
            self._recorder.note(
                answer.at, Kind.CLI, self.name, line=answer.line, reply=answer.text, refused=not answer.accepted
            )

    def expect_base_port(self, port: int) -> None:
        """Prepare Toxiproxy for the four ports from this one on."""
        self._redirection.expect_base_port(self.name, port)

    def expect_family(self, family: Family) -> None:
        """Prepare Toxiproxy for connections of this family."""
        self._redirection.expect_family(family)

    def configured_mode(self) -> str:
        """Configured mode as the unit prints it, in 7.0 words."""
        mode = self.profile.pages.word(self.profile.pages.configured, self.operator.status())
        if not mode:
            raise CliLost(f"unit {self.name} prints no configured mode", "look at pages.configured of its profile")
        return mode

    def effective_mode(self) -> Mode:
        """Effective mode as the unit prints it now; the last one where its page shows none.

        Raises CliLost for a word that the profile does not know: the unit answers, and has not become unreachable.
        """
        asked = self._recorder.now()
        try:
            page = self.operator.status()
        except CliLost:
            mode: Mode | None = Mode.UNREACHABLE
        else:
            mode = self.operator.mode_on(page)
        if mode is None:
            return self.role_watch.mode
        self.role_watch.see(self._recorder.now(), mode, asked)
        return mode

    def log(self) -> Sequence[str]:
        """HA event log lines since the scenario began. Raises FaultNotProven where the lab cannot see all of them."""
        try:
            self._log_seen = tuple(newer(self._log(), self._log_before, f"the log of unit {self.name}"))
        except CliLost as lost:
            raise FaultNotProven(f"what unit {self.name} has logged since its last page is not seen: {lost}") from lost
        return self._log_seen

    def log_for_report(self) -> Sequence[str]:
        """HA event log lines of the scenario as far as they were seen."""
        with suppress(FaultNotProven):
            return self.log()
        return self._log_seen

    def look_first(self, *fields: str) -> str:
        """The end of a message about what it did not do: fields of its profile that may be wrong."""
        return self.profile.look_first(*fields)

    def told(self, saying: Saying, log: Iterable[str]) -> Sequence[str]:
        """What lines of its log tell, from the saying's words on."""
        return self.profile.events.told(saying, log)

    def alerts(self) -> Sequence[str]:
        """Alert mails since the scenario began."""
        return tuple(self.inspector.alerts()[self._alerted :])

    def traps(self) -> Sequence[Trap]:
        """SNMP traps since the scenario began."""
        return tuple(self.inspector.traps()[self._trapped :])

    def release(self) -> str:
        """Firmware release, as the unit prints it."""
        return self.profile.pages.release_in(self._printed(self.profile.pages.status))

    def peer_release(self) -> str:
        """The peer's firmware release, as this unit prints it."""
        return self.profile.pages.peer_release_in(self._printed(self.profile.pages.detail))

    def next_sync(self, what: Synchronized) -> float | None:
        """When its page says that its next synchronization comes; containers have the host's time of day."""
        date = self.profile.pages.next_sync_in(self._printed(self.profile.pages.detail), what)
        return None if date is None else date.timestamp() + self._recorder.now() - time.time()

    def install(self, release: str) -> Reply:
        """Let the unit go down for another release, then start a container of that release's image.

        A start that the lab itself delays goes on in a thread of its own.
        """
        line = self._firmware.offer(release)
        self.power.expect_end()
        try:
            reply = self.cli(line, "y")
            if not reply.accepted:
                return reply
            look = self.look_first("release.install", "times.settle")
            down = f"unit {self.name} goes down to start in release {release}{look}"
            self._recorder.clock.wait_for(lambda: not self.power.is_on(), self._timing.settle, down)
        finally:
            self.power.expect_end(expected=False)
        code = self.power.code()
        if code not in self.profile.release.codes:
            codes = " or ".join(map(str, self.profile.release.codes))
            problem = f"unit {self.name} ended with {code}, and did not ask for release {release} by {codes}"
            raise NotReached(f"{problem}{self.look_first('release.codes')}")
        self._firmware.place(release, self._delay_boot)
        if self.profile.container.delay_file or not self._boot_time:
            self.power.on()
        else:
            self.power.is_to_restart()
            threading.Thread(target=self._come_back, args=(self.power.died_at,), daemon=True).start()
        return reply

    # From outside

    def own_address(self, interface: str) -> str:
        """The interface's own address with mask."""
        return self._rack.plan.with_mask(self.name, interface)

    def own_address6(self, interface: str) -> str:
        """The interface's own IPv6 address with mask, '' where it has none."""
        return self._rack.plan.with_mask(self.name, interface, Family.IPV6) if interface in DUAL_STACK else ""

    def addresses(self, interface: str) -> frozenset[str]:
        """Addresses with mask that the kernel has on the interface; none without power."""
        return self.inspector.addresses(interface) if self.power.is_on() else frozenset()

    def bridged(self) -> frozenset[str]:
        """Interfaces that the unit's Layer 2 bridge joins now; none without power."""
        return self.inspector.bridged() if self.power.is_on() else frozenset()

    def listening(self) -> frozenset[tuple[str, int]]:
        """Address and port of every listening socket."""
        return self.inspector.listening()

    def stored(self, area: Area) -> frozenset[str]:
        """Ids of the messages in a storage area."""
        return self.inspector.stored(area)

    def copied(self) -> frozenset[str]:
        """Ids of the messages copied from the peer's mail queue."""
        return self.inspector.copied()

    def queued(self) -> frozenset[str]:
        """Ids of the messages in the queue."""
        return self.inspector.queued()

    def memory(self) -> int:
        """Resident bytes of the HA software, as the kernel counts them. Raises FaultNotProven where it does not run."""
        pid_file = shlex.quote(self.profile.container.pid_file)
        code, output = self._run("sh", "-c", f"grep VmRSS /proc/$(cat {pid_file})/status")
        if code:
            told = f"exit code {code}: {self.operator.shown(output, LAST_WORDS)}"
            raise FaultNotProven(f"the memory of the HA software of unit {self.name} cannot be read ({told})")
        match output.split():
            case ["VmRSS:", kib, "kB"]:
                return int(kib) * 1024
        raise FaultNotProven(f"the engine has lost what a command in unit {self.name} printed: {output!r}")

    # Power and faults

    def is_powered(self) -> bool:
        """Whether the unit has power."""
        return self.power.is_powered()

    def power_off(self) -> Proof:
        """Cut the power."""
        self._stirs()
        with self._disk.let_go():
            figures = self.power.cut()
        dying = figures["dead"] - figures["dark"]
        died = f"its first process died {dying:.3f} s later" if dying >= 0 else "it was restarting"
        statement = f"unit {self.name} fell silent; {died}"
        proof = self._fault(figures["dark"], FaultKind.POWER_OFF, statement, figures)
        self.role_watch.gone(figures["dark"])
        return proof

    def power_on(self) -> None:
        """Give power (after a crash, by a power cycle); return when the unit answers its operator."""
        if self.power.is_powered() and not self.answers():
            self.power_off()
        if not self.power.is_on() and not self.profile.container.delay_file:
            if math.isinf(self._boot_time):
                raise BootFailed(f"the start of unit {self.name} is held", "let it end first")
            threading.Event().wait(self._boot_time)
        self.power.on()
        self.role_watch.back()
        self.await_operator()
        self._fault(self._recorder.now(), FaultKind.POWER_ON, f"unit {self.name} answers its operator", {})

    def crash(self) -> Proof:
        """Kill the HA software by its process number in the container."""
        self._stirs()
        at = self._recorder.now()
        with self._disk.let_go():
            code, output = self._run("sh", "-c", KILL, "sh", self.profile.container.pid_file)
        after = self._recorder.now()
        if not self.power.is_on():
            raise FaultNotProven(f"unit {self.name}'s machine went down with its software (exit code {code})")
        if code:
            told = f"exit code {code}: {self.operator.shown(output, LAST_WORDS)}"
            raise FaultNotProven(f"the HA software of unit {self.name} was not killed ({told})")
        try:
            self._recorder.clock.wait_for(lambda: not self.answers(), 2.0, f"unit {self.name}'s software is gone")
        except NotReached as error:
            raise FaultNotProven(str(error)) from error
        statement = f"the HA software of unit {self.name} is gone and answers no operator; its machine lives"
        return self._fault(at, FaultKind.CRASH, statement, {"asked": at, "gone": after})

    def freeze(self) -> Proof:
        """Stop the machine and its network."""
        self._stirs()
        with self._disk.let_go():
            figures = self.power.freeze()
        statement = f"unit {self.name} fell silent, its processes stand still"
        proof = self._fault(figures["dark"], FaultKind.FREEZE, statement, figures)
        self.role_watch.gone(figures["dark"])
        return proof

    def thaw(self) -> None:
        """Let the machine go on."""
        self.power.thaw()
        self.role_watch.back()
        self._fault(self._recorder.now(), FaultKind.THAW, f"unit {self.name} goes on", {})

    def pull_cable(self, interface: str) -> Proof:
        """Take the interface down from outside."""
        return self._cable(interface, up=False)

    def plug_cable(self, interface: str) -> Proof:
        """Bring the interface up again."""
        return self._cable(interface, up=True)

    def fail_service(self, service: Service, failing: Failing) -> Proof:
        """Let the packet filter, or an impostor, stand between a service and its clients."""
        self._stirs()
        plugged = PAIR.mail not in self._agent.ask("pulled")["ports"]
        held = sorted(each for each in self.addresses(PAIR.mail) if ":" not in each) if plugged else []
        address = held[0].partition("/")[0] if held and self.power.is_lit() else ""
        at = self._services.fail(service, failing, address)
        statement = f"the {service} service of unit {self.name} is {failing} for who dials it from outside"
        return self._fault(at, FaultKind.SERVICE, statement, {}, service_failing(service, failing))

    def mend_services(self) -> Proof:
        """Let nothing stand in a service's way any more."""
        self._stirs()
        at = self._recorder.now()  # a fault's end takes effect, and may be seen, before whoever ended it says so
        self._services.mend()
        return self._fault(at, FaultKind.MEND, f"every service of unit {self.name} answers as it does by itself", {})

    def fail_disk(self, state: DiskState) -> Proof:
        """Let the mail disk fail on the host."""
        at = self._disk.fail(state)
        return self._fault(at, FaultKind.DISK, f"the mail disk of unit {self.name} is {state}", {}, state.value)

    def mend_disk(self) -> Proof:
        """Let the mail disk work again."""
        at = self._recorder.now()  # as for services
        self._disk.mend()
        return self._fault(at, FaultKind.REPAIR, f"the mail disk of unit {self.name} works", {})

    def set_boot_time(self, seconds: float) -> None:
        """Let starts take that long: the unit reads the delay from a file, or the lab waits before it starts it."""
        self._boot_time = seconds
        self._delay_boot()

    # For the lab

    def first_start(self) -> None:
        """Wait until a new unit answers its operator, then set it up. Raises BootFailed."""
        self.await_operator()
        self._set_up()
        self._first_pages = {page: self.operator.page(page) for page in self.profile.reset.shows}

    def first_release(self) -> None:
        """Bring back the first release of every scenario; leaves the unit without power."""
        if not self._firmware.is_first:
            if self.power.is_powered():
                self.power_off()
            self._firmware.place(None, self._delay_boot)

    def reset(self) -> None:
        """Bring the unit to its first state, as its profile says; `unclean` tells whether it is. Raises LabError."""
        if self.profile.reset.fresh:
            self._replace()
        else:
            reply = self.cli(*self.profile.reset.lines)
            if not reply.accepted:
                told = self.operator.shown(reply.text.strip())
                raise ResetUnclean(f"unit {self.name} refused to be reset ({told})", REBUILD)
            if self.profile.setup:
                self.await_operator()
        self._set_up()

    def unclean(self) -> str:
        """What of the unit is not in its first state, "" for nothing."""
        reset, asked = self.profile.reset, self._recorder.now()
        try:
            modes = self.operator.modes()
            changed = [page for page, text in self._first_pages.items() if self.operator.page(page) != text]
        except CliLost:
            return "it does not answer its operator"
        if modes != (reset.first, reset.first):
            return f"its modes are {' and '.join(modes)}"
        self.role_watch.see(self._recorder.now(), reset.first, asked)
        held = self.inspector.all_addresses()
        if held != self.own_addresses():
            return f"it holds {sorted(held)}"
        if reset.fresh and not self._has_fresh_container():
            return "its container is not a fresh one"
        if changed:
            return f"{changed[0]!r} does not read as after its first start"
        left = self.inspector.everything_stored()
        return f"it still stores {sorted(left)}" if left else ""

    def close(self) -> None:
        """End the sessions, and do not report a further end of the container."""
        self.power.expect_end()
        self.role_watch.absent = True
        self._loop.run(self._connection.close(), self._timing.settle)

    def await_operator(self) -> None:
        """Wait until the unit shows its operator both modes; raises BootFailed, which says how far he came.

        Accounts and prompts may come later than SSH, so a login that is refused, or that leads to no prompt, is tried
        again; but only for a third of the time that a start may take, as long as nothing else comes.
        """
        delay = self._boot_time if math.isfinite(self._boot_time) else 0.0
        within = self._timing.boot + 2 * delay
        deadline = self._recorder.now() + within
        in_vain_since = math.inf
        while True:
            try:
                self.operator.check_modes()
            except CliLost as lost:
                now = self._recorder.now()
                in_vain_since = min(in_vain_since, now) if was_let_down(lost) else math.inf
                late = now > deadline or now - in_vain_since > within / 3
                if not self.power.is_powered() or (late and not self.power.is_on()):
                    raise self.power.ended() from lost
                if late:
                    raise self.operator.shut_out(lost, self.listening(), self._timing.boot) from lost
            else:
                return
            threading.Event().wait(0.01)

    def begin(self) -> None:
        """Begin a scenario: earlier log lines, alerts and traps do not count."""
        self.power.expect_end(expected=False)
        self._log_before, self._log_seen = self._log(), ()
        self._alerted, self._trapped = len(self.inspector.alerts()), len(self.inspector.traps())
        if self.profile.events.log:
            self._agent.ask("follow", path=self.profile.events.log)
        if self._boot_time:
            self.set_boot_time(0.0)
        self._loop.call(self.role_watch.go_on)

    def end(self) -> None:
        """End a scenario: what the unit does until the next one begins is nobody's concern but the reset's."""
        self._loop.call(self.role_watch.rest)

    def hint(self) -> None:
        """Query the unit's mode soon, because something has been seen that often goes with a change."""
        self._loop.call(self.role_watch.hint)

    def plug_all_cables(self) -> None:
        """Plug in the cables that are out."""
        for interface in self._agent.ask("pulled")["ports"]:
            self.plug_cable(interface)

    def prove_disk(self) -> None:
        """Raise ResetUnclean where the mail disk has lost writes since it was made: nobody can rely on it again."""
        if self._disk.is_worn:
            raise ResetUnclean(f"the mail disk of unit {self.name} has lost writes", REBUILD)

    def mend_disk_that_fails(self) -> None:
        """Let the mail disk work again where it does not."""
        if self._disk.state is not None:
            self.mend_disk()

    def mend_what_fails(self) -> None:
        """Let the disk work and services answer again that still fail."""
        self.mend_disk_that_fails()
        if self._services.failing:
            self.mend_services()

    def own_addresses(self) -> frozenset[tuple[str, str]]:
        """Every interface with each of its own addresses."""
        return frozenset((port, each) for port in PORTS for each in self._rack.plan.all_addresses(self.name, port))

    def answers(self) -> bool:
        """Whether the unit shows its operator its configured mode."""
        try:
            return bool(self.operator.modes()[0])
        except CliLost:
            return False

    def _log(self) -> list[str]:
        """HA event log from its file, or as the unit prints it. Raises CliLost."""
        if self.profile.events.log_page:
            return self.operator.page(self.profile.events.log_page).splitlines()
        return self.inspector.log()

    def _set_up(self) -> None:
        """Enter the lines that the profile has for a unit in its first state. Raises BootFailed."""
        lines = [self._rack.filled(line, self.name) for line in self.profile.setup]
        reply = self.cli(*lines) if lines else None
        if reply is not None and not reply.accepted:
            problem = f"unit {self.name} refused a line of setup.lines ({self.operator.shown(reply.text)})"
            raise BootFailed(problem, "look at setup.lines")

    def _replace(self) -> None:
        """Throw the unit's container away with all that it has kept, and start a fresh one. Raises LabError."""
        if self.power.is_powered():
            self.power_off()
        self._former, _ = self.power.container()
        self._boot_time = 0.0
        self._rack.empty_volume(self.name)
        self._firmware.place(None, self._delay_boot)
        self.power_on()

    def _has_fresh_container(self) -> bool:
        """Whether the unit's container is one that was made at the last reset, from the image of its first release."""
        identity, image = self.power.container()
        return identity != self._former and image == self._firmware.image_id()

    def _delay_boot(self) -> None:
        if self.profile.container.delay_file:
            put(self._rack, self.name, self.profile.container.delay_file, f"{self._boot_time}\n")

    def _printed(self, page: str) -> str:
        """What a line prints, "" without an answer."""
        try:
            return self.cli(page).text
        except CliLost:
            return ""

    def _cable(self, interface: str, *, up: bool) -> Proof:
        self._stirs()
        before = self._recorder.now()
        reply = self._agent.ask("cable", interface=interface, up=up)
        if reply["up"] is not up:
            raise FaultNotProven(f"interface {interface} of unit {self.name} did not change")
        state = "has its carrier back" if up else "has no carrier"
        statement = f"interface {interface} of unit {self.name} {state}"
        at = before if up else float(reply["at"])
        return self._fault(at, FaultKind.PLUG if up else FaultKind.CABLE, statement, {}, interface)

    def _fault(self, at: float, kind: FaultKind, statement: str, figures: dict[str, float], value: str = "") -> Proof:
        self._stirs()
        self._recorder.note(at, Kind.FAULT, self.name, **Fault(kind, self.name, value=value).detail(statement))
        return Proof(statement, {"at": at, **figures})

    def _see_role(self, at: float, old: Mode, new: Mode, doubt: float) -> None:
        self._recorder.note(at, Kind.ROLE, self.name, old=old.value, new=new.value, doubt=round(doubt, 4))

    def _went_off(self, at: float) -> None:
        """Note that the container ended by itself: the operator shut the machine down."""
        # A lab that is being taken down has no agent to ask any more, and nobody needs this thread's report.
        with suppress(LabError):
            self.power.darken()
        self._fault(at, FaultKind.SHUTDOWN, f"unit {self.name}'s machine went off by itself", {})
        self.role_watch.gone(at)

    def _come_back(self, at: float) -> None:
        """Start a container again that has ended to be started, when its boot time has passed since then."""
        self.role_watch.gone(at)
        # Whoever asks the unit next sees what has become of it.
        with suppress(LabError):
            self.power.darken()
            while self.power.restarts() and self._recorder.now() < at + self._boot_time:
                threading.Event().wait(0.01)
            if self.power.restart():
                self.role_watch.back()

    def _run(self, *command: str) -> tuple[int, str]:
        """Run a command inside the unit's container; return its exit code and output. Raises LabError."""
        api = self._rack.client.api
        try:
            identity = api.exec_create(self._container, list(command))["Id"]
            output = api.exec_start(identity)

            def codes() -> list[int]:
                return [code for code in [api.exec_inspect(identity)["ExitCode"]] if code is not None]

            # A busy engine may end the output before it knows of the end.
            what = f"a command in unit {self.name} has ended"
            [code] = self._recorder.clock.wait_for(codes, self._timing.settle, what)
            return code, output.decode(errors="replace")
        except APIError as error:
            raise refused(error, f"running a command in unit {self.name}") from error
        except NotReached as error:
            raise FaultNotProven(str(error)) from error

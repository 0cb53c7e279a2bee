"""A lab on paper for `python -m lab check`: two units that do what a vendor's should, until a test spoils one thing."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import Any

from lab.contract import Cut, MailKind, Message, Mode, Proof, Rank, Reply, Timing
from lab.docker.images import Software
from lab.docker.operator import ShutOut, Unanswered
from lab.docker.recorder import Recorder
from lab.errors import BootFailed, FaultNotProven
from lab.profiles import named
from lab.profiles.record import Secret, UnitProfile
from lab.standard_pair import PAIR
from lab.timeline import Kind
from tests.lab.paper_shell import PASSWORD

SETTLE = 0.1
OFF = "off"
PAGE = "mode : {mode}\nhb-lost-threshold : {threshold}\n"


@dataclass
class PaperPower:
    """Whether a unit's container runs, and how it has ended."""

    ended_with: int | None = None

    def runs(self) -> bool:
        """By Docker."""
        return self.ended_with is None

    def code(self) -> int:
        """Its exit code."""
        assert self.ended_with is not None
        return self.ended_with

    def last_words(self) -> str:
        """What it said."""
        return "its last words: no licence"

    def ended(self) -> BootFailed:
        """The error for a unit that ends instead of starting."""
        return BootFailed(f"the container ended with {self.code()}", self.last_words())


@dataclass
class PaperUnit:
    """What `DockerUnit` is to the checks; each field is something that a vendor's unit may have wrong."""

    name: str
    profile: UnitProfile
    mode: str = OFF
    threshold: int = 15
    stuck: bool = False
    """Whether its settings stay as they are, whatever is entered."""
    refuses: tuple[str, ...] = ("xyzzy",)
    page: str = PAGE
    detail: str = "Heartbeat primary: up\nPeer: 7.0.0\n"
    follows: str = ""
    """Its effective mode in a pair, if it is not the configured one."""
    forgets: bool = False
    """Whether a loss of power takes its settings."""
    keeps: bool = False
    """Whether a reset leaves settings behind."""
    left: str = ""
    logged: tuple[str, ...] = ()
    printed_release: str = "7.0.0"
    asks: str = ""
    """What it asks before it restarts, where its profile does not know the question."""
    resident: int = 4096
    files: dict[str, str] = field(default_factory=dict)
    holds: tuple[str, ...] = ()
    """Files and folders on its volume."""
    power: PaperPower = field(default_factory=PaperPower)
    entered: list[str] = field(default_factory=list)

    @property
    def operator(self) -> Any:  # noqa: ANN401 - a paper record
        """How it is read."""
        return SimpleNamespace(
            modes=lambda: (self.mode, Mode(self.mode)),
            page=lambda _line: self.detail,
            shown=lambda text, _most=0: repr(Secret(PASSWORD).masked(text).strip()),
        )

    def cli(self, *lines: str) -> Reply:
        """Take settings, and print them."""
        self.entered += lines
        if self.asks and lines[0] == "execute reboot":
            raise Unanswered("no question", f"it printed {self.asks}", [])
        if any(line in self.refuses for line in lines):
            return Reply("Command fail.\nno", accepted=False)
        for line in lines:
            verb, _, value = line.rpartition(" ")
            if not self.stuck and verb == "set hb-lost-threshold":
                self.threshold = int(value)
            if verb == "set mode":
                self.mode = value
        shown = self.page.format(mode=self.mode, threshold=self.threshold)
        return Reply(shown if lines[0] == "get system ha" else "", accepted=True)

    def configured_mode(self) -> str:
        """What was entered."""
        return self.mode

    def effective_mode(self) -> Mode:
        """What it does."""
        return Mode(self.follows or self.mode)

    def own_address(self, interface: str) -> str:
        """With mask."""
        return PAIR.address(interface, self.name)

    @property
    def inspector(self) -> Any:  # noqa: ANN401 - a paper record
        """How its volume is looked into."""
        run = lambda _command, path: SimpleNamespace(stdout=self.files.get(path, ""))  # noqa: E731 - one of a record
        return SimpleNamespace(host=SimpleNamespace(run=run), is_there={*self.holds, *self.files}.__contains__)

    def memory(self) -> int:
        """Of its HA software."""
        if not self.resident:
            raise FaultNotProven(f"the memory of the HA software of unit {self.name} cannot be read")
        return self.resident

    def answers(self) -> bool:
        """Whether it goes on."""
        return self.power.runs()

    def release(self) -> str:
        """Of its firmware."""
        return self.printed_release

    def unclean(self) -> str:
        """What is not as at first."""
        return self.left

    def is_powered(self) -> bool:
        """Whether it runs."""
        return self.power.runs()

    def log(self) -> tuple[str, ...]:
        """HA events."""
        return self.logged

    def power_off(self) -> None:
        """Fall silent."""

    def power_on(self) -> None:
        """Come back."""
        if self.forgets:
            self.mode = OFF

    def reset(self) -> None:
        """Return to the first state."""
        self.mode, self.threshold = OFF, 90 if self.keeps else 15


@dataclass
class PaperMail:
    """The mail network: who greets where, and what becomes of a message."""

    recorder: Recorder
    greets: dict[str, str]
    """Name in the greeting by address."""
    names: dict[str, str]
    """Unit by its name in a greeting."""
    outcome: str = "accepted"
    delivers: bool = True
    virtual_address: str = PAIR.address(PAIR.mail, "virtual")

    def greeting(self, address: str) -> str | None:
        """Name in the greeting there."""
        return self.greets.get(address.partition("/")[0])

    def unit_of(self, name: str) -> str | None:
        """Unit that greets so."""
        return self.names.get(name)

    def send(self) -> Message:
        """Send one message to the virtual address."""
        message = Message("m1", MailKind.CLEAN, "user@example.com", 0.0, self.outcome)
        reason = {} if self.outcome == "accepted" else {"reason": "(554, b'no\\r\\nrelay')"}
        self.recorder.note(0.0, Kind.MAIL, message.id, event=self.outcome, **reason)
        if self.delivers:
            self.recorder.note(0.1, Kind.MAIL, message.id, event="delivered")
        return message


class PaperTestbed:
    """What `Testbed` is to the checks."""

    def __init__(self, profile: UnitProfile | None = None) -> None:
        """Make a pair that is as it should be."""
        described = profile or named("black-box")
        described = replace(described, reset=replace(described.reset, within=SETTLE))
        self.units = {name: PaperUnit(name, described) for name in PAIR.configured}
        self.timing = Timing(slack=0.25, resolution=0.05, boot=SETTLE, settle=SETTLE)
        self.recorder = Recorder()
        software = {name: Software({"": "vendor/mail:7"}, (), described) for name in self.units}
        self.rack: Any = SimpleNamespace(
            images=SimpleNamespace(units=software), filled=lambda text, _unit: text.format(relay="10.0.3.200:25")
        )
        own = {PAIR.address(PAIR.mail, name).partition("/")[0]: f"unit-{name.lower()}" for name in self.units}
        virtual = PAIR.address(PAIR.mail, "virtual").partition("/")[0]
        self.mail = PaperMail(self.recorder, {**own, virtual: "unit-p"}, {"unit-p": "P", "unit-s": "S"})
        self.shut_out: ShutOut | None = None
        self.silent: tuple[str, ...] = ()
        """Units at which no heartbeat arrives."""
        self.unproven = False
        self.closed = 0
        self.cuts: list[str] = []
        self.links = {Rank.PRIMARY: SimpleNamespace(cut=self._cut, heal=self._heal)}

    def boot(self) -> None:
        """Let heartbeats arrive from now on, unless the operator is shut out."""
        if self.shut_out is not None:
            raise self.shut_out
        for name in self.units:
            if name not in self.silent:
                self.recorder.note(float("inf"), Kind.HEARTBEAT, name, rank="primary")

    def close(self) -> None:
        """End."""
        self.closed += 1

    def _cut(self, cut: Cut) -> Proof:
        self.cuts.append(cut.how)
        if self.unproven:
            raise FaultNotProven("unit P sent its peer 3 packets past the lab (VRRP)")
        return Proof("nothing passes")

    def _heal(self) -> Proof:
        self.cuts.append("heal")
        return Proof("it carries")

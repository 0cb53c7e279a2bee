"""Carries happenings of a schedule out on any lab, through the contract; what makes no sense just then is left out."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from lab.contract import Cut, Guise, How, Intrusion, Lab, Mode, Port, Rank, Trick, Unit
from lab.errors import CliLost, FaultNotProven
from lab.schedule import Happening, Line, What
from lab.standard_pair import PAIR

_COMMANDS = {
    What.REBOOT: ("execute reboot", "y"),
    What.RELOAD: ("execute reload", "y"),
    What.SHUTDOWN: ("execute shutdown", "y"),
    What.FAILOVER: ("diagnose system ha failover",),
    What.RESTORE: ("diagnose system ha restore",),
    What.RESTART: ("diagnose system ha restart",),
    What.SYNC: ("diagnose system ha sync",),
}


class Hands:
    """Does to a lab what a schedule says, and knows which faults last."""

    def __init__(self, lab: Lab) -> None:
        """Begin with a lab without faults."""
        self._lab = lab
        self._units: dict[str, Unit] = {unit.name: unit for unit in (lab.primary, lab.secondary)}
        self._crashed: set[str] = set()
        self._frozen: set[str] = set()
        self._pulled: set[tuple[str, str]] = set()
        self._estranged: set[str] = set()
        self._changes = 0

    def carry_out(self, line: Line) -> None:
        """Let the time before a line pass, then let it happen."""
        self._lab.clock.hold(lambda: True, line.after, "time passes")
        self.do(line.happening)

    def do(self, happening: Happening) -> None:
        """Let one thing happen now; a command to a unit that does not answer, or a fault that is there, is nothing."""
        what = happening.what
        if what in _COMMANDS:
            self._enter(happening.unit, *_COMMANDS[what])
            return
        actions: dict[What, Callable[[Happening], None]] = {
            What.POWER_OFF: self._power_off,
            What.POWER_ON: lambda it: self._power_on(it.unit),
            What.CRASH: self._crash,
            What.FREEZE: self._freeze,
            What.THAW: lambda it: self._thaw(it.unit),
            What.BOOT_TIME: lambda it: self._units[it.unit].set_boot_time(float(it.value)),
            What.PULLED: lambda it: self._pull(it.unit, _interface(it)),
            What.PLUGGED: lambda it: self._plug(it.unit, _interface(it)),
            What.MAIL_PULLED: lambda it: self._pull(it.unit, PAIR.mail),
            What.MAIL_PLUGGED: lambda it: self._plug(it.unit, PAIR.mail),
            What.LEAVE: lambda it: self._set(it.unit, "mode off"),
            What.ENTER: lambda it: self._set(it.unit, f"mode {PAIR.configured[it.unit].value}"),
            What.ON_FAILURE: lambda it: self._set(it.unit, f"on-failure {it.value}"),
            What.DETECTION: lambda it: self._set(it.unit, f"hb-lost-threshold {it.value}"),
            What.CHANGE: self._change,
            What.MAIL: lambda _: self._send(None),
            What.MAIL_TO_UNIT: lambda it: self._send(self._units[it.unit].own_address(PAIR.mail).partition("/")[0]),
            What.UPGRADE: self._upgrade,
            What.ESTRANGED: lambda it: self._password(it.unit, "another-password"),
            What.RECONCILED: lambda it: self._password(it.unit, PAIR.password),
            What.HELD: lambda _: self._lab.mail.hold_deliveries(),
            What.TAKEN: lambda _: self._lab.mail.release_deliveries(),
            What.STRANGER: lambda it: self._knock(it.unit),
        }
        actions.get(what, self._link)(happening)

    def end_faults(self) -> None:
        """End every fault that lasts: of links, cables, machines, power, the protected server, and passwords."""
        for link in self._lab.links.values():
            link.heal()
        for unit, interface in sorted(self._pulled):
            self._plug(unit, interface)
        for unit in sorted(self._frozen):
            self._thaw(unit)
        for unit in self._units:
            self._power_on(unit)
        self._lab.mail.release_deliveries()
        for unit in sorted(self._estranged):
            self._password(unit, PAIR.password)

    def _link(self, it: Happening) -> None:
        links = [self._lab.links[it.link]] if it.link is not None else list(self._lab.links.values())
        for link in links:
            if it.what in {What.RETURNS, What.BOTH_RETURN}:
                link.heal()
            elif it.what is What.SLOW:
                link.delay(float(it.value))
            elif it.what is What.UNEVEN:
                link.delay(1.0, 1.0)
            elif it.what is What.THIN:
                link.throttle(1000)
            else:
                how = How.REFUSAL if it.what is What.REFUSING else How.BLACK_HOLE
                deaf = frozenset({it.unit}) if it.unit else frozenset()
                ports = frozenset({it.port}) if it.port is not None else frozenset()
                link.cut(Cut(how, deaf, ports))

    def _power_off(self, it: Happening) -> None:
        if self._units[it.unit].is_powered():
            self._crashed.discard(it.unit)
            self._frozen.discard(it.unit)
            self._units[it.unit].power_off()

    def _power_on(self, name: str) -> None:
        unit = self._units[name]
        if name not in self._frozen and (name in self._crashed or not unit.is_powered()):
            self._crashed.discard(name)
            unit.power_on()

    def _crash(self, it: Happening) -> None:
        unit = self._units[it.unit]
        if self._answers(it.unit):
            self._crashed.add(it.unit)
            unit.crash()

    def _freeze(self, it: Happening) -> None:
        unit = self._units[it.unit]
        if self._answers(it.unit):
            self._frozen.add(it.unit)
            unit.freeze()

    def _thaw(self, name: str) -> None:
        if name in self._frozen:
            self._frozen.discard(name)
            self._units[name].thaw()

    def _pull(self, unit: str, interface: str) -> None:
        if (unit, interface) not in self._pulled:
            self._pulled.add((unit, interface))
            self._units[unit].pull_cable(interface)

    def _plug(self, unit: str, interface: str) -> None:
        if (unit, interface) in self._pulled:
            self._pulled.discard((unit, interface))
            self._units[unit].plug_cable(interface)

    def _set(self, unit: str, setting: str) -> None:
        self._enter(unit, "config system ha", f"set {setting}", "end")

    def _password(self, unit: str, password: str) -> None:
        if self._answers(unit):
            (self._estranged.discard if password == PAIR.password else self._estranged.add)(unit)
            self._set(unit, f"password {password}")

    def _upgrade(self, it: Happening) -> None:
        if self._answers(it.unit):
            with suppress(CliLost):
                self._units[it.unit].install(self._lab.releases[-1])

    def _answers(self, name: str) -> bool:
        dark = name in self._crashed | self._frozen
        return not dark and self._units[name].effective_mode() is not Mode.UNREACHABLE

    def _change(self, it: Happening) -> None:
        self._changes += 1
        self._enter(it.unit, "config system global", f"set disclaimer change-{self._changes}", "end")

    def _send(self, to: str | None) -> None:
        self._lab.mail.send(to=to)

    def _knock(self, unit: str) -> None:
        """Nobody is at home in a unit whose ports a stranger cannot reach."""
        claim = Intrusion(Trick.CLAIM, Guise.PEER, (Port.HEARTBEAT,), "not-the-password")
        with suppress(FaultNotProven):
            self._lab.links[Rank.PRIMARY].intrude(unit, claim)

    def _enter(self, name: str, *lines: str) -> None:
        """Enter lines; whether the unit accepts them is its business."""
        if self._answers(name):
            with suppress(CliLost):
                self._units[name].cli(*lines)


def _interface(it: Happening) -> str:
    assert it.link is not None
    return PAIR.heartbeat[it.link]

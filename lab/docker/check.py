"""`python -m lab check`: whether the lab and a kind of unit understand each other, before the suite judges the unit."""

from __future__ import annotations

import re
import shlex
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import PurePosixPath
from typing import TypeVar

from docker.errors import APIError

from lab import wires
from lab.arguments import interpreter
from lab.contract import Capability, Cut, Rank
from lab.docker import images, names, reaper
from lab.docker.capabilities import lacking
from lab.docker.daemon import connect
from lab.docker.driver import LONG
from lab.docker.inspection import alert_in, trap_in
from lab.docker.mail import host_of
from lab.docker.operator import SHOWN, SHOWN_OF_PAGE, ShutOut, Step, Unanswered
from lab.docker.rack import SMTP, Badge, Rack, remove_lab
from lab.docker.reset import prove, reset
from lab.docker.testbed import Testbed
from lab.docker.unit import DockerUnit
from lab.errors import BootFailed, CliLost, FaultNotProven, LabError, NotReached, ResetUnclean
from lab.ledger import ACCEPTED, DELIVERED
from lab.profiles.record import UnitProfile
from lab.standard_pair import PAIR, configure
from lab.timeline import Kind
from lab.under_test import UnderTest

T = TypeVar("T")
Say = Callable[[str], None]

RUN = "check"
"""Run to which the lab belongs, by its labels."""

STAYS_UP = 1.0
"""Seconds for which a container must at least run."""

NOTICED = 0.5
"""Seconds after which the lab has noticed that a container has ended."""

GREETS = 3.0
"""Seconds within which a unit greets whose mail service is starting."""

BOTH_WAYS = 3.0
"""Seconds after the first heartbeat within which the other unit's arrives, if it sends any."""

SETTINGS = "get system ha"
SETTING = "hb-lost-threshold"
_VALUE = re.compile(rf"^\W*{SETTING}\W+(\d+)", re.MULTILINE)

NONSENSE = "xyzzy"
"""A line that every unit refuses."""

ASKS = "execute reboot"
"""A line that is carried out after a y; some units ask nothing."""


def check(units: UnderTest, say: Say) -> None:
    """Do every check in a lab of its own, and say what it shows; the lab is gone afterwards.

    Raises LabError for the first check that fails, UsageError where the profile itself is at fault.
    """
    wanted = images.tags(units)
    profiles = {unit: software.profile for unit, software in wanted.units.items()}
    say(_ok("profile", _both(f"{it.name} ({it.source}), wire {it.wire}" for it in profiles.values())))
    client = connect()
    try:
        reaper.reap(client)
        images.ensure(client, units, say)
        say(_ok("image", _both(f"{it.first} {client.images.get(it.first).short_id}" for it in wanted.units.values())))
        rack = Rack(client, Badge(RUN, names.new_lab_id(), names.this_process().text()), wanted)
        try:
            _examine(rack, say)
        finally:
            rack.remove()
    finally:
        client.close()
    say("cannot be tested, and why:")
    lacks = {**lacking(wanted.units, {unit: wires.named(it.wire) for unit, it in profiles.items()}), **LONG}
    for capability, reason in sorted(lacks.items()):
        say(f"  {capability}: {reason}")
    suite, options = f"{interpreter()} -m pytest", f"--lab docker {shlex.join((*units.options, '-n', '2'))}"
    if untried := {field: features for it in profiles.values() for field, features in _untried(it)}:
        features = dict.fromkeys(f"features/{name}.feature" for names in untried.values() for name in names)
        say(f"not tried, so look there first where the suite fails: {', '.join(untried)}")
        say(f"to try them: {suite} {' '.join(features)} {options}")
    say(f"next: {suite} features {options}")


def _examine(rack: Rack, say: Say) -> None:
    """Build the lab and do the checks, in a thread of their own: Ctrl-C must not wait until a unit answers."""
    built = threading.Event()

    def work() -> None:
        try:
            rack.build()
        finally:
            built.set()
        testbed = Testbed(rack)
        try:
            Checkup(testbed).run(lambda text: say(rack.masked(text)))
        finally:
            testbed.close()

    with ThreadPoolExecutor(1) as pool:
        try:
            pool.submit(work).result()
        except KeyboardInterrupt:
            # Whatever waits for a unit fails now. To wait for half a lab takes longer than to build the rest.
            built.wait()
            with suppress(APIError):
                remove_lab(rack.client, rack.badge.lab)
            raise


class Checkup:
    """The checks of a lab that has just been built."""

    def __init__(self, testbed: Testbed) -> None:
        """Begin with units that may still be starting."""
        self._testbed = testbed
        self._units = list(testbed.units.values())
        self._settle = testbed.timing.settle
        self._booted = False
        self._shut_out: ShutOut | None = None
        self._greeting_of_s = ""
        self._settings: dict[str, str] = {}
        """What each unit prints of its settings in its first state."""

    def run(self, say: Say) -> None:
        """Do one check after the other, and say what it shows. Raises LabError."""
        for name, shows in (
            ("starts", self._starts),
            ("reach", self._reach),
            ("login", self._login),
            ("prompt", self._prompt),
            ("modes", self._modes),
            ("first state", self._first_state),
            ("change", self._change),
            ("pair", self._pair),
            ("mail", self._mail),
            ("fault", self._fault),
            ("power", self._power),
            ("reset", self._reset),
        ):
            try:
                detail = shows()
            except BootFailed:
                raise
            except (LabError, FaultNotProven) as error:
                raise self._explained(name, error) from error
            say(_ok(name, detail))

    def _explained(self, name: str, error: LabError | FaultNotProven) -> LabError:
        """Return what a vendor can do about an error of a check."""
        for unit in self._within(NOTICED, lambda: [each for each in self._units if not each.is_powered()]) or ():
            problem = f"unit {unit.name} went off during the check {name!r} (exit code {unit.power.code()})"
            return LabError(problem, unit.power.last_words())
        match error:
            case FaultNotProven():
                return LabError(str(error), "set wire to what the units speak over their heartbeat links")
            case ResetUnclean():
                return LabError(error.problem, "look at reset and setup.lines")
        return error

    def _starts(self) -> str:
        ended = self._within(STAYS_UP, lambda: [unit for unit in self._units if not unit.power.runs()])
        if ended:
            raise ended[0].power.ended()
        return f"both containers run for {STAYS_UP:g} s"

    def _reach(self) -> str:
        self._comes_past(Step.REACH)
        return self._each(lambda unit: f"{host_of(unit.own_address(PAIR.administration))}:{unit.profile.login.port}")

    def _login(self) -> str:
        self._comes_past(Step.LOGIN)
        return self._each(lambda unit: unit.profile.login.user)

    def _prompt(self) -> str:
        self._comes_past(Step.PROMPT)
        return self._each(lambda unit: f"as '{unit.profile.cli.prompt.pattern}'")

    def _modes(self) -> str:
        self._comes_past(Step.MODES)
        for unit in self._units:
            release = next(iter(self._testbed.rack.images.units[unit.name].releases))
            if release and unit.release() != release:
                problem = f"unit {unit.name} prints the release {self._shown(unit, unit.release())}, not {release}"
                raise LabError(problem, "look at pages.release and release.first")
        unknown = "not shown (pages.release)"
        return self._each(lambda unit: f"{' and '.join(unit.operator.modes())}, release {unit.release() or unknown}")

    def _comes_past(self, step: Step) -> None:
        """Boot the units, once, and raise what shuts their operator out at this step."""
        if not self._booted:
            self._booted = True
            try:
                self._testbed.boot()
            except ShutOut as shut_out:
                self._shut_out = shut_out
        if self._shut_out is not None and self._shut_out.step is step:
            raise self._shut_out

    def _first_state(self) -> str:
        for unit in self._units:
            try:
                prove(unit)
            except ResetUnclean as error:
                hint = f"reset.first is {unit.profile.reset.first}; let the image start so, or set it"
                raise LabError(error.problem, hint) from error
        return self._each(lambda unit: f"{unit.profile.reset.first}, own addresses only")

    def _change(self) -> str:
        for unit in self._units:
            self._settings[unit.name] = unit.cli(SETTINGS).text
            before = self._threshold(unit)
            for value in (before + 1, before):
                self._enter(unit, "config system ha", f"set {SETTING} {value}", "end")
                shown = self._threshold(unit)
                if shown != value:
                    problem = f"unit {unit.name} accepted 'set {SETTING} {value}', and {SETTINGS!r} shows {shown}"
                    raise LabError(problem, "the suite reads settings there; look at cli.refusal, too")
            reply = unit.cli(NONSENSE)
            if reply.accepted:
                refusal = unit.profile.cli.refusal.pattern
                problem = f"the answer of unit {unit.name} to {NONSENSE!r} does not match cli.refusal '{refusal}'"
                raise LabError(problem, f"it was {self._shown(unit, reply.text)}")
        return f"{SETTING} one up and back; {NONSENSE!r} is refused"

    def _threshold(self, unit: DockerUnit) -> int:
        page = unit.cli(SETTINGS).text
        found = _VALUE.search(page)
        if found is None:
            hint = f"it prints {self._shown(unit, page)}, and the suite reads settings there"
            raise LabError(f"{SETTINGS!r} of unit {unit.name} shows no {SETTING}", hint)
        return int(found[1])

    def _enter(self, unit: DockerUnit, *lines: str) -> None:
        reply = unit.cli(*lines)
        if not reply.accepted:
            problem = f"unit {unit.name} refuses {' / '.join(lines)}: {self._shown(unit, reply.text)}"
            raise LabError(problem, "look at cli.refusal, if it was not meant as a refusal")

    def _pair(self) -> str:
        mail, began = self._testbed.mail, self._testbed.recorder.now()
        # In mode off a unit may process mail by itself: the one moment at which the secondary would greet.
        follower = self._testbed.units["S"]
        self._greeting_of_s = self._within(GREETS, lambda: mail.greeting(_mail_address(follower))) or ""
        for unit in self._units:
            configure(unit, self._testbed.units[names.other(unit.name)], mail.virtual_address)
        within = f"within {self._settle:g} s"
        modes = {unit.name: unit.effective_mode for unit in self._units}
        if not self._within(self._settle, lambda: all(modes[name]() is mode for name, mode in PAIR.configured.items())):
            found = ", ".join(f"{name} is {mode()}" for name, mode in modes.items())
            raise LabError(f"no pair {within}: {found}", "the suite cannot judge units that form none")

        def heard() -> list[str]:
            beats = self._testbed.recorder.timeline.of(Kind.HEARTBEAT, since=began)
            return sorted({beat.subject for beat in beats})

        if not self._within(self._settle, heard):
            problem = f"the lab saw no heartbeat arrive at either unit {within}"
            raise LabError(problem, "set wire to what the units speak over their heartbeat links")
        self._within(BOTH_WAYS, lambda: len(heard()) == len(self._units))
        links = _both(filter(None, map(self._pages_of_a_pair, self._units)))
        seen = f"; links as shown: {links}" if links else ""
        return f"P leads, S follows; heartbeats arrive at {' and '.join(heard())}{seen}"

    def _pages_of_a_pair(self, unit: DockerUnit) -> str:
        """Check that patterns find what only a pair shows; return the links as the unit shows them, "" without."""
        pages, events = unit.profile.pages, unit.profile.events
        page = unit.operator.page(pages.detail)
        for field, pattern in (("pages.link", pages.link), ("pages.peer_release", pages.peer_release)):
            if pattern is not None and not pattern.search(page):
                which = f"the page {pages.detail!r} (pages.detail) of unit {unit.name}"
                shown = self._shown(unit, page, SHOWN_OF_PAGE)
                raise LabError(f"{field} '{pattern.pattern}' finds nothing on {which}", f"it prints {shown}")
        if events.log or events.log_page:
            log = unit.log()
            if not any(events.stamp.search(line) for line in log):
                last = self._shown(unit, log[-1]) if log else "missing"
                problem = f"log.stamp finds the time of no line in the log of unit {unit.name}"
                raise LabError(problem, f"its last line is {last}; look at log.file, log.page and log.stamp")
        self._told_of_a_pair(unit)
        if unit.profile.container.pid_file:
            try:
                unit.memory()
            except FaultNotProven as error:
                problem = f"container.pid_file {unit.profile.container.pid_file!r} names no process of unit {unit.name}"
                hint = "let it hold the number of the HA software's process, as the container counts it"
                raise LabError(problem, hint) from error
        found = pages.link.finditer(page) if pages.link else ()
        return ", ".join(f"{each['link']} {each['state']}" for each in found)

    def _told_of_a_pair(self, unit: DockerUnit) -> None:
        """Check that the alert and the trap of the mode that the unit has taken can be read. Source: HA-654, HA-659."""
        events, lacking_here = unit.profile.events, unit.profile.lacking
        if events.alerts and Capability.ALERTS not in lacking_here:
            key = events.alert_text
            self._tells(unit, "alerts", events.alerts, f"alerts.text {key!r}", lambda line: alert_in(line, key) != line)
        if events.traps and Capability.TRAPS not in lacking_here:
            keys = "traps.name {!r} and traps.code {!r}, a number".format(*events.trap_keys)
            self._tells(unit, "traps", events.traps, keys, lambda line: trap_in(line, events.trap_keys))

    def _tells(self, unit: DockerUnit, what: str, file: str, keys: str, reads: Callable[[str], object]) -> None:
        def lines() -> list[str]:
            return str(unit.inspector.host.run("cat %s", file).stdout).splitlines()

        if not self._within(self._settle, lambda: any(map(reads, lines()))):
            last = next((self._shown(unit, line, SHOWN_OF_PAGE) for line in reversed(lines())), "missing")
            problem = f"{what}.file {file!r} of unit {unit.name} has no line of JSON with {keys}"
            raise LabError(problem, f"the mode that it has taken is to be told there; its last line is {last}")

    def _mail(self) -> str:
        mail, leader = self._testbed.mail, self._testbed.units["P"]
        greets = {"P": "", "S": self._greeting_of_s}
        for address in (_mail_address(leader), host_of(mail.virtual_address)):
            greets["P"] = self._within(self._settle, lambda: mail.greeting(address)) or ""  # noqa: B023 - asked at once
            if not greets["P"]:
                problem = f"nobody greets at {address}:{SMTP} within {self._settle:g} s, where unit P leads"
                raise LabError(problem, "let the primary take mail at its own address of port3 and at shared ones")
        if greets["P"] == greets["S"]:
            hint = "give each a name of its own, for example by {unit} in container.environment"
            raise LabError(f"both units greet as {greets['P']!r}", hint)
        for name, greeting in greets.items():
            wanted = self._testbed.units[name].profile.mail.greeting[name]
            if greeting and mail.unit_of(greeting) != name:
                other = names.other(name)
                also = f"unit {other} as {greets[other]!r}" if greets[other] else f"that of unit {other} follows"
                raise LabError(f"unit {name} greets as {greeting!r}, not {wanted!r}, and {also}", "set mail.greeting")
        self._passes_on(leader)
        of_s = repr(greets["S"]) if greets["S"] else "not seen yet, as it has not led"
        kept = self._stores_to_come()
        return f"a message is passed on; P greets as {greets['P']!r}, the greeting of S is {of_s}{kept}"

    def _stores_to_come(self) -> str:
        """Check that queue and stores are on each unit's volume, or may come there; say what may.

        What is not there reads as nothing, and a scenario that expects nothing would pass.
        """
        missing = []
        for unit in self._units:
            mail = unit.profile.mail
            stores = {f"mail.stores.{area}": folder for area, folder in mail.stores.items()}
            for field, path in {"mail.queue": mail.queue, **stores}.items():
                folder = str(PurePosixPath(path).parent)
                if not path or unit.inspector.is_there(path):
                    continue
                if not unit.inspector.is_there(folder):
                    problem = f"{field} is {path}, and unit {unit.name} has neither that nor the folder {folder}"
                    raise LabError(problem, f"set {field} to where the unit keeps it")
                missing.append(field)
        return f"; not there yet (or elsewhere): {', '.join(dict.fromkeys(missing))}" if missing else ""

    def _passes_on(self, unit: DockerUnit) -> None:
        """Send a message through the unit that leads, and wait until the protected server has it."""
        timeline = self._testbed.recorder.timeline
        message = self._testbed.mail.send()
        if message.outcome != ACCEPTED:
            told = " ".join(str(entry.detail.get("reason", "")) for entry in timeline.of(Kind.MAIL, message.id))
            problem = f"unit {unit.name} has {message.outcome} a message to {message.recipient}"
            hint = "let it take mail for example.com from anyone"
            raise LabError(f"{problem}: {self._shown(unit, told)}", hint)

        def delivered() -> bool:
            return any(entry.detail["event"] == DELIVERED for entry in timeline.of(Kind.MAIL, message.id))

        if not self._within(self._settle, lambda: delivered() or not unit.is_powered()) or not delivered():
            problem = f"unit {unit.name} has accepted a message, and not delivered it within {self._settle:g} s"
            relay = self._testbed.rack.filled("{relay}", unit.name)
            raise LabError(problem, f"let it pass mail for example.com on to the protected server, {relay}")

    def _fault(self) -> str:
        link = self._testbed.links[Rank.PRIMARY]
        link.cut(Cut())
        link.heal()
        return "a black hole of the primary heartbeat link is proven, and so is its end"

    def _power(self) -> str:
        unit = self._testbed.units["S"]
        before = unit.configured_mode()
        self._asks(unit)
        unit.power_off()
        unit.power_on()
        after = unit.configured_mode()
        if after != before:
            problem = f"unit S was {before}, and came back without its settings as {after}"
            raise LabError(
                problem, "they are neither in the container's own files nor on a volume: set container.volume"
            )
        return "S fell silent, and came back with its settings"

    def _asks(self, unit: DockerUnit) -> None:
        """Check that a question is recognised, if the unit asks one; whether it goes on does not matter."""
        try:
            unit.cli(ASKS, "n")
        except CliLost as lost:
            # A unit that asks nothing restarts, and answers nobody meanwhile.
            if isinstance(lost, Unanswered) and unit.answers():
                raise

    def _reset(self) -> str:
        for _ in range(2):
            reset(self._testbed)
            for unit in self._units:
                now, first = unit.cli(SETTINGS).text, self._settings[unit.name]
                if now != first:
                    kept = next((line for line in now.splitlines() if line not in first.splitlines()), now)
                    problem = (
                        f"{SETTINGS!r} of unit {unit.name} reads otherwise after a reset: {self._shown(unit, kept)}"
                    )
                    raise LabError(problem, "look at reset")
        return self._each(
            lambda unit: (
                f"first state again, twice, by {'a fresh container' if unit.profile.reset.fresh else 'reset.lines'}"
            )
        )

    def _each(self, tell: Callable[[DockerUnit], str]) -> str:
        return _both(map(tell, self._units))

    def _within(self, seconds: float, condition: Callable[[], T | None]) -> T | None:
        """Return the condition's first true value within so many seconds, else None."""
        with suppress(NotReached):
            return self._testbed.recorder.clock.wait_for(condition, seconds, "a check")
        return None

    def _shown(self, unit: DockerUnit, text: str, most: int = SHOWN) -> str:
        return unit.operator.shown(text, most)


def _mail_address(unit: DockerUnit) -> str:
    return host_of(unit.own_address(PAIR.mail))


def _untried(profile: UnitProfile) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the fields of a profile that only the suite tries, each with the features that do."""
    container, release = profile.container, profile.release
    for field, value, *features in (
        ("container.restart_codes", container.restart_codes, "reboot"),
        ("container.delay_file", container.delay_file, "reboot"),
        ("release.next, .install, .file and .codes", release.install, "upgrade"),
        ("log.says", profile.events.says, "orders", "strangers"),
        ("mail.preference_file", profile.mail.stores, "mail_data"),
        ("mail.nas_lines", profile.mail.nas, "network_storage"),
    ):
        if value:
            yield field, tuple(map(str, features))


def _ok(name: str, detail: str) -> str:
    return f"ok {name:<11}  {detail}"


def _both(told: Iterable[str]) -> str:
    """Say what holds for both units, or for each."""
    return " and ".join(dict.fromkeys(told))

"""The simulated unit as its operator's shell sees it (`node.cli.System`)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from lab.sim.machine import EPOCH, Machine
from lab.sim.volume import image_of
from lab.standard_pair import PAIR
from node import settings
from node.cli.system import System
from node.engine import events as on
from node.engine.modes import Command
from node.engine.status import Status
from node.settings.configuration import HOSTNAME


class SimSystem(System):
    """Answers the shell for one machine."""

    def __init__(self, machine: Machine) -> None:
        """Speak for a machine."""
        self._machine = machine

    @property
    def configuration(self) -> settings.Configuration:
        """What is saved now."""
        return self._machine.configurations.load(self._machine.volume.configuration)

    def commit(self, configuration: settings.Configuration) -> None:
        """Save and put into force."""
        machine = self._machine
        known, before = machine.configurations, machine.volume.configuration
        machine.carry_out(known.by_operator(before, known.dump(configuration), machine.given))

    def status(self) -> Status:
        """The engine's status now."""
        engine = self._machine.engine
        if engine is None:
            raise settings.Refused("the HA software does not run")
        return engine.status()

    def operate(self, command: Command) -> str:
        """Hand a command to the engine, unless it says why not."""
        engine = self._machine.engine
        reason = engine.refuses(command) if engine is not None else "the HA software does not run"
        if reason:
            raise settings.Refused(reason)
        self._machine.handle(on.Ordered(command))
        return ""

    @property
    def hostname(self) -> str:
        """Host name as it stands in the prompt."""
        return self.configuration.get(HOSTNAME) or self._machine.hostname

    @property
    def version(self) -> str:
        """Version text."""
        return self._machine.volume.release

    @property
    def serial(self) -> str:
        """Serial number of the unit."""
        return self._machine.serial

    def install(self, file: str, server: str) -> str:
        """Fetch a release from the server, which has an image of every release there is, and restart into it."""
        release = next((each for each in PAIR.releases if image_of(each) == file), None)
        if release is None:
            raise settings.Refused(f"{server} has no firmware image {file!r}")
        self._machine.fetched = release
        self.operate(Command.UPGRADE)
        return ""

    def date_of(self, moment: float) -> str:
        """Date and time at a moment of the world."""
        return f"{EPOCH + timedelta(seconds=moment):%Y-%m-%d %H:%M:%S}"

    def event_log(self) -> Sequence[str]:
        """Lines of the HA event log."""
        return tuple(self._machine.volume.log)

    def factory_reset(self) -> str:
        """Return to factory settings and start HA afresh; the addresses in force stay."""
        machine = self._machine
        known, before = machine.configurations, machine.volume.configuration
        new = known.factory(machine.hostname, tuple(machine.interfaces.own.items()))
        machine.carry_out(known.by_reset(before, new, machine.given))
        return ""

    def format_mail_disk(self) -> str:
        """Erase mail data and queue."""
        self._machine.volume.format_mail()
        return ""

"""The unit as its operator's shell sees it: settings on the volume, commands to the engine, resets."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import assert_never

from node.build import Build
from node.cli import pages
from node.engine import events as on
from node.engine.modes import Command
from node.engine.status import Status
from node.linux import paths, queue, snmp
from node.linux.addresses import Addresses
from node.linux.alert_mail import AlertQueue
from node.linux.body import Body, Services
from node.linux.bridge import Bridge
from node.linux.disk import memory_from_text
from node.linux.files import read_text, write_atomically
from node.linux.mail import Mail, relay
from node.linux.psk import derive_key
from node.linux.records import Records
from node.linux.web import Web
from node.settings import (
    Configuration,
    Refused,
    dump,
    ha_settings,
    in_force,
    load,
)
from node.settings.configuration import HOSTNAME
from node.settings.refusal import quoted


class Unit:
    """One unit: implements `node.cli.System` on this machine."""

    def __init__(self, build: Build, addresses: Addresses, restart: Callable[[Command], None]) -> None:
        """Read the volume; nothing runs before `start`."""
        self._exchange = build.exchange
        self._serial = os.environ.get("SWITCHOVER_SERIAL", "SWO0000000000")
        self._version = os.environ.get("SWITCHOVER_VERSION", "7.0.0")
        self._addresses = addresses
        self._own = dict(addresses.own)
        self._name = os.environ.get("SWITCHOVER_HOSTNAME", "") or os.uname().nodename
        self._reporting = build.reporting
        self._alerts = AlertQueue(paths.ALERT_QUEUE, relay(), lambda: self.hostname)
        clock = snmp.EngineClock(paths.SNMP_STARTS)
        self._records = Records(
            self._serial,
            lambda: self._addresses.own.get("port1", "").partition("/")[0],
            build.reporting,
            self._alerts,
            snmp.TrapSender(clock, paths.SNMP / "traps"),
        )
        self._configuration = self._load()
        self._records.sinks = self._reporting.sinks(self._configuration)
        self.mail = Mail(lambda: self.hostname, self._records, lambda: self._exchange.on_nas(self._configuration))
        self._web = Web(self._records.log)
        self._agent = snmp.Agent(clock, paths.SNMP / "agent", self._records.log)
        services = Services(
            self._version,
            addresses,
            Bridge(lambda: addresses.netlink, addresses.device),
            self.mail,
            self._records,
            lambda: build.exchange.offer(self._configuration),
            self._take_settings,
            self._show_status,
            self._web.end_sessions,
            restart,
        )
        self.body = Body(build, services)

    @property
    def in_group(self) -> bool:
        """Whether the unit is configured as primary or secondary of an active-passive pair."""
        return ha_settings(self._configuration).mode.active_passive

    def start(self) -> None:
        """Put the own addresses into force, and start the engine unless it runs."""
        self._readdress(in_force.own_addresses(self._configuration, self._own))
        if not self.body.started:
            self._alerts.start()
            self._records.trace("started")
            # Not here: a disk that hangs must not keep the unit from starting.
            asyncio.get_running_loop().run_in_executor(None, queue.recover)
            self.body.start(ha_settings(self._configuration), memory_from_text(read_text(paths.MEMORY)))
            self._show_status()
            self._serve_managers()
            self._web.open()

    async def warm(self) -> None:
        """Do slow things that would delay a takeover in advance: the password's key, the mail system's files."""
        self.mail.prepare()
        await asyncio.to_thread(derive_key, ha_settings(self._configuration).password)

    @property
    def configuration(self) -> Configuration:
        """The configuration that is saved now."""
        return self._configuration

    def commit(self, configuration: Configuration) -> None:
        """Save a configuration and put it into force; raises Refused when the disk does not take it."""
        self._carry_out(in_force.by_operator(self._configuration, configuration, self._own))

    def status(self) -> Status:
        """The engine's status now."""
        return self.body.engine.status()

    def operate(self, command: Command) -> str:
        """Hand a command to the engine; raises Refused with the engine's reason."""
        if not self.body.started:
            raise Refused("the unit is still starting")
        reason = self.body.engine.refuses(command)
        if reason:
            raise Refused(reason)
        self._records.trace("ordered", command=command.value)
        self.body.feed(on.Ordered(command))
        return ""

    @property
    def hostname(self) -> str:
        """Host name as it stands in the prompt and in the SMTP banner."""
        return self._configuration.get(HOSTNAME) or self._name

    @property
    def version(self) -> str:
        """Version text."""
        return self._version

    @property
    def serial(self) -> str:
        """Serial number."""
        return self._serial

    def install(self, file: str, server: str) -> str:
        """Find the image among those that the machine can fetch, then restart into its release.

        The software only goes down; the lab that runs the container starts it again from the release's image.
        """
        try:
            names = sorted(path.name for path in paths.FIRMWARE.iterdir())
        except OSError:
            names = []
        if file not in names:
            raise Refused(f"{server} has no firmware image {quoted(file)}")
        return self.operate(Command.UPGRADE)

    def date_of(self, moment: float) -> str:
        """Date and time at a moment on the machine's monotonic clock."""
        return time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(time.time() + moment - time.monotonic()))

    def event_log(self) -> Sequence[str]:
        """Lines of the HA event log, oldest first."""
        return self._records.events()

    def factory_reset(self) -> str:
        """Return to factory settings and start HA afresh; own addresses and host name stay."""
        self._carry_out(in_force.by_reset(self._configuration, self._factory(), self._own))
        return ""

    def format_mail_disk(self) -> str:
        """Erase mail data and queue; settings stay."""
        self.mail.wipe()
        return ""

    def _load(self) -> Configuration:
        text = read_text(paths.CONFIGURATION)
        if text is not None:
            try:
                return load(text)
            except ValueError as error:
                self._records.log(f"the saved configuration cannot be read ({error}); factory settings are in force")
                paths.CONFIGURATION.replace(paths.CONFIGURATION.with_name("configuration.unreadable"))
        return self._factory()

    def _factory(self) -> Configuration:
        return in_force.factory(self._name, self._addresses.own)

    def _carry_out(self, steps: Iterable[in_force.Step]) -> None:
        for step in steps:
            match step:
                case in_force.Save(configuration):
                    self._save(configuration)
                case in_force.Readdress(own):
                    self._readdress(own)
                case in_force.Rename():
                    self.mail.rename()
                case in_force.Tell(event):
                    self.body.feed(event)
                    if self.body.started:
                        # Another configured mode may bring no other role.
                        self._show_status()
                case in_force.StartAfresh():
                    self._records.clear()
                    paths.BOOT_DELAY.unlink(missing_ok=True)
                    self.body.restart(ha_settings(self._configuration))
                case _:
                    assert_never(step)

    def _save(self, configuration: Configuration) -> None:
        try:
            write_atomically(paths.CONFIGURATION, dump(configuration))
        except OSError as error:
            raise Refused(f"the configuration cannot be saved: {error.strerror}") from error
        self._configuration = configuration
        self._records.sinks = self._reporting.sinks(configuration)
        if self.body.started:
            self.mail.follow()
            self._show_status()
            self._serve_managers()

    def _show_status(self) -> None:
        self._web.show(pages.system_status(self))
        self._agent.show(self._reporting.mode_objects(self._serial, self.status()))

    def _serve_managers(self) -> None:
        to = self._records.sinks.snmp
        self._agent.follow(to, to.info.engine or self._serial)

    def _readdress(self, own: Mapping[str, str]) -> None:
        if own == self._addresses.own:
            return
        for port, address in own.items():
            self._addresses.change_own(port, address)
        self.body.own_addresses_changed()

    def _take_settings(self, text: str, expected: str) -> None:
        self._carry_out(self._exchange.copy(self._configuration, text, expected, self._own))

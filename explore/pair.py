"""Forms the healthy pair with which every schedule starts, as the feature files' sentence does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lab.contract import Family, Lab, Service
from lab.standard_pair import (
    PAIR,
    SERVICES,
    await_service,
    disk_lines,
    failover6_lines,
    failover_line,
    heartbeat_lines,
    lines,
    monitoring_lines,
    remote_lines,
)
from lab.timeline import Kind


@dataclass(frozen=True, slots=True)
class Settings:
    """Settings of a pair: detection time (seconds) and on-failure of each unit, and monitoring.

    With `monitoring` each unit checks its mail interface every second; two failed checks in a row make a fault.
    """

    detection: Mapping[str, int]
    on_failure: Mapping[str, str]
    monitoring: bool = False
    disks: bool = False
    """Whether each unit checks its mail disk, too, as often."""
    action: str = "add"
    """Failover action of the mail interface: add or set."""
    family: Family = Family.IPV4
    """Of the addresses by which the units know each other."""
    shares6: bool = False
    """Whether the pair shares an IPv6 address, too."""
    more: tuple[tuple[str, str], ...] = ()
    """Further settings, and the value that both units have."""
    keeps_data: str = ""
    """The one unit on which the synchronization of mail data is disabled, "" for none."""

    services: tuple[Service, ...] = ()
    """Services that each unit monitors at its peer's mail interface."""

    def of(self, unit: str) -> dict[str, str]:
        """The settings of `config system ha` that a unit is given."""
        data = {"mail-data-sync": "disable" if unit == self.keeps_data else "enable"} if self.keeps_data else {}
        own = {"hb-lost-threshold": str(self.detection[unit]), "on-failure": self.on_failure[unit]}
        return own | dict(self.more) | data

    def rows(self) -> list[tuple[str, str, str]]:
        """The settings as rows of a feature's table: setting, primary, secondary."""
        primary, secondary = self.of("P"), self.of("S")
        return [(setting, primary[setting], secondary[setting]) for setting in primary]


PLAIN = Settings({"P": 3, "S": 3}, {"P": "become-secondary", "S": "become-secondary"})
"""The plain settings, to which a schedule's settings are reset if possible."""


def form(lab: Lab, settings: Settings) -> None:
    """Configure both units, and wait until they are in their configured modes and mail is served. Raises NotReached."""
    six = lab.mail.virtual_address6
    actions = (
        failover_line(lab.mail.virtual_address, settings.action),
        *(failover6_lines(six) if settings.shares6 else ()),
    )
    port = dict(settings.more).get("hb-base-port")
    for unit, peer in ((lab.primary, lab.secondary), (lab.secondary, lab.primary)):
        own = settings.of(unit.name)
        if port is not None:
            unit.expect_base_port(int(port))
        unit.expect_family(settings.family)
        unit.cli(*lines(unit.name, heartbeat_lines(peer, family=settings.family), actions=actions, settings=own))

    def healthy() -> bool:
        shown = {entry.subject: entry.detail["new"] for entry in lab.timeline.of(Kind.ROLE)}
        return shown == {name: mode.value for name, mode in PAIR.configured.items()}

    lab.clock.wait_for(healthy, lab.timing.settle, "the pair is healthy")
    await_service(lab, "P")
    if settings.shares6:
        lab.mail.watch(six)
    if settings.monitoring:
        for unit in (lab.primary, lab.secondary):
            unit.cli("config system ha", *monitoring_lines(), "end")
    if settings.disks:
        for unit in (lab.primary, lab.secondary):
            unit.cli("config system ha", *disk_lines(), "end")
    for service in settings.services:
        for unit, peer in ((lab.primary, lab.secondary), (lab.secondary, lab.primary)):
            address = peer.own_address(PAIR.mail).partition("/")[0]
            unit.cli("config system ha", *remote_lines(SERVICES[service], address), "end")

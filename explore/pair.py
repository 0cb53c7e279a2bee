"""Forms the healthy pair that every schedule starts from, as the sentence of the feature files does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lab.contract import Lab
from lab.hands import CONFIGURED, HEARTBEAT, MAIL
from lab.timeline import Entry, Kind

MONITORING = (
    *("config interface", f"edit {MAIL}", "set port-monitor enable", "next", "end"),
    *("config service", "edit local-ports"),
    *("set check-interval 1", "set retries 2", "set status enable", "next", "end"),
)
"""What lets a unit monitor its mail interface, as the sentence of the feature files does."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What distinguishes one pair from another: detection time (seconds) and on-failure of each unit, and monitoring.

    With `monitoring` each unit looks at its mail interface every second; two failed checks in a row make a fault.
    """

    detection: Mapping[str, int]
    on_failure: Mapping[str, str]
    monitoring: bool = False

    def rows(self) -> list[tuple[str, str, str]]:
        """The settings as rows of a feature's table: setting, primary, secondary."""
        return [
            ("hb-lost-threshold", str(self.detection["P"]), str(self.detection["S"])),
            ("on-failure", self.on_failure["P"], self.on_failure["S"]),
        ]


def form(lab: Lab, settings: Settings) -> None:
    """Configure both units and wait until they do what they are configured for. Raises NotReached."""
    shown: dict[str, object] = {}

    def note(entry: Entry) -> None:
        if entry.kind is Kind.ROLE:
            shown[entry.subject] = entry.detail["new"]

    lab.timeline.listen(note)

    columns = {"P": 1, "S": 2}
    for unit, other in ((lab.primary, lab.secondary), (lab.secondary, lab.primary)):
        own = [f"set {row[0]} {row[columns[unit.name]]}" for row in settings.rows()]
        shared = [f"set failover {MAIL} add {lab.mail.virtual_address}"] if unit.name == "P" else []
        links = [
            line
            for rank, port in HEARTBEAT.items()
            for line in (
                f"edit {port}",
                f"set heartbeat-status {rank.value}",
                f"set peer-ip {other.own_address(port).partition('/')[0]}",
                "next",
            )
        ]
        mode = f"set mode {CONFIGURED[unit.name].value}"
        unit.cli("config system ha", *own, *shared, "config interface", *links, "end", mode, "end")

    def healthy() -> bool:
        return shown == {name: mode.value for name, mode in CONFIGURED.items()}

    lab.clock.wait_for(healthy, lab.profile.settle, "the pair is healthy")
    if settings.monitoring:
        for unit in (lab.primary, lab.secondary):
            unit.cli("config system ha", *MONITORING, "end")

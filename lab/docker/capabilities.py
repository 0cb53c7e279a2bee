"""What a lab of containers cannot do with its units, and why: what their profiles, wires and images leave out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from lab.contract import Capability
from lab.docker.images import Software
from lab.wires.wire import Wire

NO_RELEASE = "its profile names no next release (release.image)"


def lacking(units: Mapping[str, Software], wires: Mapping[str, Wire]) -> dict[Capability, str]:
    """Return each capability that the lab does not have with both units, and the reason, which names the unit."""
    told: dict[tuple[Capability, str], list[str]] = {}
    for unit, software in units.items():
        for lack in (*software.profile.lacks(), *wires[unit].lacks(), *_without_release(software)):
            told.setdefault(lack, []).append(unit)
    reasons: dict[Capability, str] = {}
    for (capability, why), names in told.items():
        reasons.setdefault(capability, f"{'unit' if len(names) == 1 else 'units'} {' and '.join(names)}: {why}")
    if len({tuple(software.releases) for software in units.values()}) > 1:
        reasons.setdefault(Capability.UPGRADE, "units P and S are of different releases")
    return reasons


def _without_release(software: Software) -> Iterator[tuple[Capability, str]]:
    if len(software.releases) == 1:
        yield Capability.UPGRADE, NO_RELEASE

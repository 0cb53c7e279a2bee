"""A lab: a pair of units, the networks between them, and the one clock."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol, TypeVar

from lab.contract.networks import BridgeNetworks, Link, MailNetwork, Receivers
from lab.contract.unit import Unit
from lab.contract.values import Timing
from lab.contract.words import Capability, Rank
from lab.timeline import Entry, Timeline

T = TypeVar("T")


class Clock(Protocol):
    """The only source of time. Virtual in sim, the host's monotonic clock elsewhere."""

    def now(self) -> float:
        """Seconds on the lab's clock."""
        ...

    def wait_for(self, condition: Callable[[], T], within: float, what: str) -> T:
        """Return the condition's first true value; raise NotReached naming `what` after `within` seconds.

        Every timeline entry wakes it; it does not sleep. NotReached carries the last entries.
        """
        ...

    def hold(self, condition: Callable[[], object], during: float, what: str) -> None:
        """Check that the condition stays true for `during` seconds; raise NotReached as soon as it does not.

        The span goes onto the timeline (WATCH).
        """
        ...


class Lab(Protocol):
    """A pair with its links, mail network and clock. `driver` is "sim", "docker" or "appliance"."""

    driver: str
    capabilities: frozenset[Capability]
    reasons: Mapping[Capability, str]
    """Why a capability is missing, where the lab or a unit's profile knows a reason."""
    timing: Timing
    clock: Clock
    timeline: Timeline
    primary: Unit
    """The unit that is configured as primary ("P"), whatever its effective mode."""
    secondary: Unit
    """The unit that is configured as secondary ("S")."""
    links: Mapping[Rank, Link]
    mail: MailNetwork
    receivers: Receivers
    releases: tuple[str, ...]
    """Releases of the units' firmware, oldest first; a scenario begins with the first. More than one with UPGRADE."""
    facts: Mapping[str, str]
    """Facts for run.json: seed, image ids, unit version, engine version."""

    def begin(self, name: str) -> None:
        """Start a scenario from the first state: factory units with the lab's addresses, no fault, empty stores.

        A new timeline starts. Raises ResetUnclean when that cannot be proven, BootFailed when a unit does not come up.
        """
        ...

    def spare_address(self, interface: str) -> str:
        """An address with mask in an interface's network that nobody holds."""
        ...

    def bridge_networks(self) -> BridgeNetworks:
        """The two networks for bridges, made at the first use and then kept. BRIDGE."""
        ...

    def heard(self, unit: str) -> Entry | None:
        """The last HEARTBEAT entry of that unit: when it last heard its peer on any link."""
        ...

    def masked(self, text: str) -> str:
        """Return a text as a report may show it: stars stand for secrets. What is judged is not masked."""
        ...

    def finish(self) -> None:
        """End the scenario: heal all, collect logs and ledgers; the timeline is complete afterwards."""
        ...

    def close(self) -> None:
        """Take the lab down and leave nothing behind."""
        ...

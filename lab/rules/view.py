"""What may be expected of a pair, derived from its history."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from lab.contract import Mode, Rank
from lab.faults import Effect, Fault, FaultKind, rank_of
from lab.history import LONG_AGO, RESTARTS, ROLES, Beat, Command, FaultChange, History, Order, UnitHistory
from lab.rules.orders import Orders
from lab.standard_pair import PAIR

SLOW = 2.0
"""Longest delay by a slow link, in seconds: of each of the four trips that open a connection."""

HEARD_WITHIN = 1.3
"""Seconds since the last heartbeat for which a unit counts as hearing its peer: a little more than one period."""

LINK_MOVES = 5.0
"""Seconds after which all that went over a link that is dead goes over the other one."""

STOOD_STILL = 1.5
"""Seconds after which a unit that stood still knows that it did: its own heartbeat is overdue."""

_OF_LINKS = {"heartbeat-status", "peer-ip", "peer-ip6"}
"""Settings by which a heartbeat interface reaches the peer."""

CHECKED_ANEW = 2.3
"""Seconds in which a service that answers again has had a good check, as the explorer's units are configured."""

_SHARED = {"failover", "status", "virtual-ip", "virtual-ip6"}
"""Settings of what the units share."""

SESSION = 1.0
"""Seconds that an operator's session takes at most; its lines count from its end."""


def is_shared(change: Command) -> bool:
    """Whether an operator's line enters what the units share."""
    return change.setting in _SHARED and change.entry in {"", *PAIR.networked} and not change.refused


@dataclass(slots=True)
class UnitView:
    """What may be expected of one unit, beside the facts of its history."""

    history: UnitHistory
    heard_primary: float = LONG_AGO
    """When it last heard its peer as primary."""
    last_role: Mode | None = None
    """Its last role, primary or secondary, since it was configured."""
    failed_as: Mode | None = None
    """Role in which it failed (power, crash), until it has recovered."""
    down_by_order: Order | None = None
    """The order by which it went down."""
    restarts: bool = False
    """Whether it was ordered to restart, and not only to shut down, since it had its last role."""
    released: float = LONG_AGO
    """When an operator has last had it take part anew."""
    fell: bool = False
    """Whether it has failed since it had its last role."""
    may_ask: bool = False
    """Whether it may ask its peer for the role, as a configured primary on its return."""
    froze_at: float = LONG_AGO
    """When it was last frozen."""
    stood_still: bool = False
    """Whether it was frozen, so that it goes on in its old state."""
    sits_out: bool = False
    """Whether its primary has begun a planned restart, during which it must hold off."""
    may_latch: bool = False
    """Whether on-failure off may keep it off."""
    mode_set: float = LONG_AGO
    """When an operator has last set another mode."""
    misled: dict[str, float] = field(default_factory=dict)
    """Ranks of its heartbeat links that are out of use, or have another address than its peer's, and since when."""
    linked: float = LONG_AGO
    """When an operator has last entered how a heartbeat link of it reaches the peer."""
    first: dict[tuple[str, str], str] = field(default_factory=dict)
    """What its heartbeat interfaces were given first, by interface and setting."""
    was_off: bool = False
    """Whether on-failure off may have kept it off when it failed, or was restarted, again."""

    @property
    def name(self) -> str:
        """Name of the unit."""
        return self.history.name

    @property
    def leads_by_setting(self) -> bool:
        """Whether it is configured as primary."""
        return self.history.configured == Mode.PRIMARY.value

    def goes_down(self, mode: Mode) -> None:
        """Note that it fails, or is restarted, in this mode."""
        self.was_off = self.may_latch and mode is Mode.OFF
        self.may_latch = self.may_latch or self.last_role is Mode.PRIMARY

    @property
    def silent_since(self) -> float:
        """Since when it has heard no primary; time in which it stood still itself is no silence."""
        slept = self.history.awake - self.froze_at
        return max(self.heard_primary, self.history.awake) if slept > STOOD_STILL else self.heard_primary

    def heard_lately(self, at: float) -> bool:
        """Whether it hears its peer."""
        return at - self.history.heard <= HEARD_WITHIN


@dataclass(slots=True)
class Trouble:
    """Since when something fails, and until when it did."""

    since: float | None = None
    until: float = LONG_AGO
    counted: float = LONG_AGO
    """From when on failed checks count."""

    def follow(self, at: float, *, lasts: bool) -> None:
        """Note that it fails now, or does not; a short break does not count, as no good check need come in it."""
        if lasts and self.since is None:
            self.since = at
            if at - self.until > CHECKED_ANEW:
                self.counted = at
        elif not lasts and self.since is not None:
            self.since, self.until = None, at


class PairView:
    """What may be expected of both units."""

    def __init__(self) -> None:
        """Begin without events."""
        self.history = History()
        self.units = {name: UnitView(unit) for name, unit in self.history.units.items()}
        self.disturbed = LONG_AGO
        """When a cause of role changes last began or ended."""
        self.faulted = LONG_AGO
        """When a fault, or a setting of a link, last began or ended."""
        self.joined = LONG_AGO
        """When a fault that parted the units last ended."""
        self.orders = Orders()
        self.slowed = False
        """Whether messages between the units may be late."""
        self.quickened = LONG_AGO
        """When a slow link last became fast again; messages under way may still arrive late."""
        self.mail_cable_pulled = False
        """Whether an announcement may not have reached the mail network."""
        self.estranged: float | None = None
        """Since when the units have different passwords."""
        self.ported: float = LONG_AGO
        """When a base port was last changed."""
        self.sharing_set: float = LONG_AGO
        """When an operator has last entered what the units share, since the pair was formed."""
        self.ignored = False
        """Whether an operator has entered since then that an interface shares nothing; such a one is not monitored."""
        self.formed = False
        """Whether the pair has been healthy."""
        self.split = False
        """Whether both units have been primary at the same time."""

        self.trouble: dict[str, Trouble] = {name: Trouble() for name in self.units}
        """Of each unit, as its peer asks its services."""

    def peer(self, unit: UnitView) -> UnitView:
        """The other unit."""
        return self.units["S" if unit.name == "P" else "P"]

    @property
    def whole(self) -> bool:
        """Whether nothing separates the units: no fault, and no setting with which they hear each other less."""
        if any(Effect.PARTED in fault.row.effects for fault in self.history.in_force):
            return False
        units = self.units.values()
        return not any(unit.misled for unit in units) and self.same("password") and self.same("hb-base-port")

    @property
    def cut(self) -> bool:
        """Whether a link carries something not at all, or a setting separates the units."""
        if not (self.same("password") and self.same("hb-base-port")):
            return True
        faults = [fault.row.effects for fault in self.history.in_force]
        return any(unit.misled for unit in self.units.values()) or any(
            Effect.PARTED in each and Effect.SLOWED not in each for each in faults
        )

    def linked(self, at: float) -> bool:
        """Whether nothing separates the units, or for a while only one of their links has had a fault."""
        if self.whole:
            return True
        if at - self.faulted <= LINK_MOVES or not (self.same("password") and self.same("hb-base-port")):
            return False
        parted = [rank_of(fault) for fault in self.history.in_force if Effect.PARTED in fault.row.effects]
        misled = {rank for unit in self.units.values() for rank in unit.misled}
        return None not in parted and len({rank.value for rank in parted if rank is not None} | misled) < len(Rank)

    def same(self, setting: str) -> bool:
        """Whether operators have given both units the same value of a setting."""
        default = str(PAIR.base_port) if setting == "hb-base-port" else ""
        return len({unit.history.settings.get(setting, default) for unit in self.units.values()}) == 1

    def lag(self) -> float:
        """Seconds after which a unit's message may reach its peer."""
        return 0.1 + (4 * SLOW if self.slowed or self.history.now - self.quickened < 4 * SLOW else 0.0)

    def hear_each_other(self, at: float) -> bool:
        """Whether the heartbeat path works both ways."""
        return all(unit.heard_lately(at) for unit in self.units.values())

    def modes(self) -> dict[str, Mode]:
        """Both units' effective modes."""
        return {name: unit.mode for name, unit in self.history.units.items()}

    def note_formed(self) -> None:
        """Note that the pair is healthy: the causes of its forming explain no later event."""
        self.orders.forget()
        self.formed = True
        self.disturbed = self.ported = LONG_AGO
        for unit in self.units.values():
            unit.may_ask = False

    def take(self, change: Beat | FaultChange | Command) -> None:
        """Follow one change that affects expectations; the judge handles changes of role first."""
        match change:
            case Beat():
                self._beat(change)
            case FaultChange():
                self._fault(change)
            case Command():
                self._command(change)

    def _beat(self, change: Beat) -> None:
        unit = self.units[change.unit]
        peer = self.peer(unit).history
        if peer.mode is Mode.PRIMARY and change.at - peer.since > self.lag():
            unit.heard_primary = change.at

    def _fault(self, change: FaultChange) -> None:
        fault = change.fault
        self.disturbed = self.faulted = change.at
        self._weigh_trouble(change.at)
        if any(Effect.SLOWED in each.row.effects for each in change.ended):
            self.quickened = change.at
        if any(Effect.PARTED in each.row.effects for each in change.ended):
            self.joined = change.at
        self.slowed = any(Effect.SLOWED in each.row.effects for each in self.history.in_force)
        if fault.link is not None:
            return
        unit = self.units[fault.unit]
        self.mail_cable_pulled = self.mail_cable_pulled or unit.history.unplugged is not None
        if fault.kind in {FaultKind.FREEZE, FaultKind.THAW}:
            unit.stood_still = True
            if fault.kind is FaultKind.FREEZE:
                unit.froze_at = change.at
        elif Effect.FAILED in fault.row.effects:
            role = unit.history.mode if unit.history.mode is not Mode.UNREACHABLE else unit.history.before
            unit.stood_still, unit.fell = False, True
            unit.failed_as = role if unit.down_by_order is None else None
            unit.goes_down(role)

    def _weigh_trouble(self, at: float, *, anew: bool = False) -> None:
        """Note which unit's services fail those checks that there are; `anew`: checks have been set, and begin anew."""
        for name, trouble in self.trouble.items():
            trouble.follow(at, lasts=any(map(self._silences(name), self.history.in_force)))
            if anew and trouble.since == at:
                trouble.counted = at

    def _silences(self, name: str) -> Callable[[Fault], bool]:
        """Return whether a fault lets checks of a unit's services fail, those that its peer monitors."""
        peer = self.history.peer(name)

        def silences(fault: Fault) -> bool:
            if fault.kind is FaultKind.SERVICE:
                return fault.unit == name and str(fault.value).partition(" ")[0] in peer.watched
            if fault.kind is FaultKind.CABLE:
                return fault.value == PAIR.mail
            return fault.unit == name and bool({Effect.DARK, Effect.FAILED} & set(fault.row.effects))

        return silences

    def service_fails(self, name: str) -> bool:
        """Whether a service of the unit fails that its peer monitors, and nothing else hides it from its peer."""
        watched = self.history.peer(name).watched
        told = [each for each in self.history.in_force if each.kind is FaultKind.SERVICE and each.unit == name]
        return any(str(each.value).partition(" ")[0] in watched for each in told)

    def _command(self, change: Command) -> None:
        unit = self.units[change.unit]
        if change.setting:
            self._setting(unit, change)
        elif change.order in RESTARTS or change.order is Order.SHUTDOWN:
            unit.down_by_order = change.order
            unit.restarts = unit.restarts or change.order in RESTARTS
            unit.goes_down(unit.history.mode)
            self.disturbed = change.at
        elif change.order in {Order.FAILOVER, Order.RESTORE, Order.RESTART} and not change.refused:
            self.disturbed = change.at
            units = self.history.units.items()
            configured = {name: Mode.OFF.value if each.takes_no_role else each.configured for name, each in units}
            self.orders.take(change, self.modes(), configured)
            if change.order is not Order.FAILOVER:
                unit.released = change.at
                if unit.down_by_order is None or unit.history.mode not in ROLES:  # else it goes down all the same
                    led = unit.history.mode is Mode.PRIMARY and unit.history.on_failure == "off"
                    looks = unit.history.mode is Mode.OFF and unit.heard_primary < unit.history.since
                    unit.may_latch = change.order is Order.RESTART and (led or (unit.may_latch and looks))
                    unit.failed_as = None  # on-failure has had its say, also if it goes down before it has its role
                unit.may_ask = unit.leads_by_setting and unit.history.mode is not Mode.SECONDARY

    def _setting(self, unit: UnitView, change: Command) -> None:
        if change.setting in _OF_LINKS and not change.refused:
            self._link(unit, change)
        if change.entry.startswith("remote-"):
            self._weigh_trouble(change.at, anew=True)
        if change.setting == "mode" and change.value != change.old and not change.refused:
            unit.mode_set = change.at
            unit.may_ask = unit.leads_by_setting
            unit.may_latch = False
            unit.last_role = None
            self.disturbed = change.at
            self.orders.take(change, self.modes(), {})
        elif change.setting == "on-failure" and change.value == Mode.OFF.value:
            # It may have been in force when the unit was cured a moment ago: an operator's session takes some time.
            cured = unit.history.before is Mode.FAILED and unit.history.mode is Mode.OFF
            unit.may_latch = unit.may_latch or (cured and change.at - unit.history.since <= SESSION)
        elif change.setting == "password":
            self.disturbed = change.at
            self.estranged = None if self.same("password") else self.estranged or change.at
        elif change.setting == "hb-base-port" and not change.refused:
            self.disturbed = change.at
            self.ported = change.at
        elif is_shared(change) and self.formed:
            self.sharing_set = change.at
            self.ignored = self.ignored or change.value.endswith((" ignore", "ignore-vip"))

    def _link(self, unit: UnitView, change: Command) -> None:
        """Note whether a heartbeat interface has what it was given first, and so reaches the peer."""
        rank = next((rank.value for rank, port in PAIR.heartbeat.items() if port == change.entry), "")
        if not rank:
            return
        self.disturbed = self.faulted = unit.linked = change.at
        place = (change.entry, change.setting)
        unit.first.setdefault(place, change.value)
        entries = unit.history.entries
        right = all(entries.get(each) == first for each, first in unit.first.items() if each[0] == change.entry)
        if right:
            unit.misled.pop(rank, None)
        else:
            unit.misled.setdefault(rank, change.at)

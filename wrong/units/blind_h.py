"""A fourth blind batch, half h: written from the manual alone, before any scenario judged them.

Addresses and announcements, heartbeat links, and settings changed in a running pair. `blind_h_exchange` has the rest.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field

from node.engine import effects as do
from node.engine import events as on
from node.engine import messages as say
from node.engine.modes import Rank
from node.engine.settings import HaSettings, Link, SharedAddress
from node.engine.state import State
from node.engine.states import Phase
from node.engine.timers import Periodic, Wait
from wrong.common import leaving_out
from wrong.record import Effects, React, Reaction, Remembering, Settings, WrongUnit

# Addresses and announcements


def _takes_over_in_silence(react: React, event: on.Event, _unit: State) -> list[do.Effect]:
    """Announce nothing in the instant in which hold-off expires."""
    effects = react(event)
    if event == on.TimerFired(Wait.HOLD_OFF):
        return [effect for effect in effects if not isinstance(effect, do.Announce)]
    return effects


@dataclass(slots=True)
class _Late:
    """Addresses that are still to be given up."""

    releases: list[do.Effect] = field(default_factory=list)


def _releasing_late(late: _Late) -> tuple[Reaction, ...]:
    """Give the addresses up with the next heartbeat after the primary role was given away."""

    def release_late(react: React, event: on.Event, unit: State) -> list[do.Effect]:
        led = unit.phase is Phase.PRIMARY
        effects = react(event)
        if event == on.TimerFired(Wait.HEARTBEAT) or any(isinstance(each, do.HoldAddress) for each in effects):
            effects, late.releases = [*late.releases, *effects], []
        if led and unit.phase is Phase.SECONDARY:
            late.releases = [each for each in effects if isinstance(each, do.ReleaseAddress)]
            effects = [each for each in effects if not isinstance(each, do.ReleaseAddress)]
        return effects

    return (Reaction(release_late),)


def _host(each: SharedAddress) -> tuple[str, str, str]:
    return each.interface, each.action, each.address.partition("/")[0]


def _keeping_masks(new: HaSettings, unit: State) -> HaSettings:
    """While this unit leads, an address that differs from the one it holds in nothing but its mask is the same one."""
    if unit.phase is not Phase.PRIMARY:
        return new
    held = {_host(each): each for each in unit.settings.addresses}
    return dataclasses.replace(new, addresses=tuple(held.get(_host(each), each) for each in new.addresses))


# Heartbeat links


def _is_second_hold_off(effect: do.Effect, _: State) -> bool:
    return isinstance(effect, do.Send) and effect.rank is Rank.SECONDARY and isinstance(effect.message, say.HoldOff)


def _handing_over_on_the_first_link(react: React, event: on.Event, _unit: State) -> list[do.Effect]:
    """Take the queue for not handed over where synchronization uses the secondary link; it is tried again later."""
    effects = react(event)
    second = do.HandOverQueue(Rank.SECONDARY)
    if second not in effects:
        return effects
    failed = on.QueueHandedOver(ok=False, count=0, detail="the primary heartbeat link is down")
    return [*(effect for effect in effects if effect != second), *react(failed)]


def _without_second_ipv6(new: HaSettings, _: State) -> HaSettings:
    """Read no IPv6 address of the peer on the secondary link."""

    def read(link: Link) -> Link:
        return dataclasses.replace(link, peer6="") if link.rank is Rank.SECONDARY else link

    return dataclasses.replace(new, links=tuple(map(read, new.links)))


def _copying_by_schedule(react: React, event: on.Event, unit: State) -> list[do.Effect]:
    """Let a copy that the schedule starts go over the secondary link, if that is alive."""

    def moved(effect: do.Effect) -> do.Effect:
        return dataclasses.replace(effect, rank=Rank.SECONDARY) if isinstance(effect, do.StartSync) else effect

    effects = react(event)
    by_schedule = isinstance(event, on.TimerFired) and isinstance(event.timer, Periodic)
    return [*map(moved, effects)] if by_schedule and unit.group.links.alive.get(Rank.SECONDARY) else effects


@dataclass(slots=True)
class _Written:
    """Lines of `hahbd` that are in the log."""

    lines: set[str] = field(default_factory=set)


def _writing_once(written: _Written) -> tuple[Effects, ...]:
    """Write each line about the heartbeat links once."""

    def write(effect: do.Effect, _: State) -> list[do.Effect]:
        if not isinstance(effect, do.Log) or not effect.message.startswith("hahbd: heart beat status"):
            return [effect]
        if effect.message in written.lines:
            return []
        written.lines.add(effect.message)
        return [effect]

    return (Effects(write),)


# Settings of a running pair


def _counting_anew(react: React, event: on.Event, unit: State) -> list[do.Effect]:
    """Start the silence of the primary anew whenever settings are saved."""
    effects = react(event)
    if isinstance(event, on.SettingsChanged) and Wait.SILENCE in unit.timers:
        return [*effects, do.StartTimer(Wait.SILENCE, unit.settings.lost_threshold)]
    return effects


def _readjusting_hold_off(react: React, event: on.Event, unit: State) -> list[do.Effect]:
    """Take the wait of hold-off for that of the primary's silence when the lost threshold changes."""
    before = unit.settings.lost_threshold
    effects = react(event)
    threshold = unit.settings.lost_threshold
    if isinstance(event, on.SettingsChanged) and unit.phase is Phase.HOLD_OFF and threshold != before:
        return [*effects, do.StartTimer(Wait.HOLD_OFF, threshold)]
    return effects


def _serving_as_at_first(new: HaSettings, unit: State) -> HaSettings:
    """While this unit leads, whether mail data is shared stays what it was."""
    if unit.phase is not Phase.PRIMARY:
        return new
    return dataclasses.replace(new, mail_data_sync=unit.settings.mail_data_sync)


def _watching_for_good(new: HaSettings, unit: State) -> HaSettings:
    """A port that was monitored once stays monitored until the next start."""
    ports = dict.fromkeys((*unit.settings.monitored, *new.monitored))
    return dataclasses.replace(new, monitored=tuple(ports))


UNITS = (
    WrongUnit(
        "silent-after-expired-hold-off",
        ("HA-113.a",),
        "Takes the addresses when hold-off expires, and announces none of them then.",
        (Reaction(_takes_over_in_silence),),
    ),
    WrongUnit(
        "lets-go-a-heartbeat-late",
        ("HA-154", "HA-163"),
        "Keeps the shared addresses until its next heartbeat after it has given the primary role away.",
        (Remembering(_Late, _releasing_late),),
    ),
    WrongUnit(
        "compares-addresses-without-mask",
        ("HA-155.b",),
        "Leaves a held address as it is when only its mask is changed while it leads.",
        (Settings(_keeping_masks),),
    ),
    WrongUnit(
        "orders-hold-off-on-the-first-link",
        ("HA-520.a", "HA-520.b"),
        "Sends hold-off over the primary heartbeat link only, also when that is down.",
        (leaving_out(_is_second_hold_off),),
        alone="P",
    ),
    WrongUnit(
        "queue-waits-for-the-first-link",
        ("HA-333.a", "HA-420.c"),
        "Hands its queue over only when the primary heartbeat link works.",
        (Reaction(_handing_over_on_the_first_link),),
    ),
    WrongUnit(
        "ipv6-on-the-first-link",
        ("HA-072", "HA-061.c", "HA-706"),
        "Reads the peer's IPv6 address of the primary heartbeat link only.",
        (Settings(_without_second_ipv6),),
    ),
    WrongUnit(
        "schedule-uses-the-second-link",
        ("HA-060.b", "HA-059.b"),
        "Copies by schedule over the secondary heartbeat link, although the primary one works.",
        (Reaction(_copying_by_schedule),),
    ),
    WrongUnit(
        "logs-each-link-state-once",
        ("HA-073",),
        "Does not log a state of the heartbeat links that it has logged before.",
        (Remembering(_Written, _writing_once),),
    ),
    WrongUnit(
        "saving-counts-silence-anew",
        ("HA-101", "HA-103.b"),
        "Measures the primary's silence anew from when its operator saves any setting.",
        (Reaction(_counting_anew),),
        alone="S",
    ),
    WrongUnit(
        "threshold-ends-hold-off",
        ("HA-019.d", "HA-521.b"),
        "Waits in hold-off only for a lost threshold that is set meanwhile.",
        (Reaction(_readjusting_hold_off),),
        alone="S",
    ),
    WrongUnit(
        "shares-data-as-at-first",
        ("HA-403", "HA-404"),
        "Does not notice, while it leads, that mail-data-sync is changed.",
        (Settings(_serving_as_at_first),),
        alone="P",
    ),
    WrongUnit(
        "watches-ports-for-good",
        ("HA-169", "HA-171.c"),
        "Goes on monitoring a port whose port-monitor is disabled while it runs.",
        (Settings(_watching_for_good),),
    ),
)

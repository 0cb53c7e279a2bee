"""Units that are wrong about failover actions, their addresses and the bridge; some only in what their shell prints."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from node.cli.system import System
from node.engine import addresses
from node.engine import effects as do
from node.engine import events as on
from node.engine.modes import Action, Bridging, Effective, Mode
from node.engine.settings import HaSettings
from node.engine.state import Leading, State
from node.engine.states import Phase
from node.engine.timers import Wait
from node.engine.turn import News, Turn
from wrong.common import Take, changing, in_role
from wrong.record import Effects, Pages, Printed, React, Reaction, Remembering, Settings, WrongUnit
from wrong.units.addresses import leading_with


@dataclass(slots=True)
class Announced:
    """Addresses that were announced."""

    addresses: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Before:
    """The effect before this one."""

    effect: do.Effect | None = None


def putting(state: Bridging, instead: Bridging) -> Effects:
    """Put ports into one state of the bridge instead of another."""

    def put(effect: do.Effect, _: State) -> do.Effect:
        if isinstance(effect, do.SetBridge) and effect.state is state:
            return do.SetBridge(effect.interface, instead)
        return effect

    return changing(put)


def lax(pattern: str) -> Pages:
    """Report refused lines as accepted."""

    def say(line: str, printed: Printed, _: System) -> Printed:
        taken = printed.refused and re.match(pattern, line.strip())
        return Printed("", refused=False) if taken else printed

    return Pages(say)


def lying(true: str, told: str) -> Pages:
    """Print another value than the stored one."""
    return Pages(lambda _line, printed, _system: dataclasses.replace(printed, text=re.sub(true, told, printed.text)))


def _forget_own(effect: do.Effect, _: State) -> do.Effect:
    """Release a `set` address as if it had been added."""
    match effect:
        case do.ReleaseAddress(interface, Action.SET, address):
            return do.ReleaseAddress(interface, Action.ADD, address)
    return effect


def _announce_once(announced: Announced) -> tuple[Effects]:
    def first(effect: do.Effect, _: State) -> Iterable[do.Effect]:
        if not isinstance(effect, do.Announce):
            return [effect]
        known = effect.address in announced.addresses
        announced.addresses.add(effect.address)
        return [] if known else [effect]

    return (Effects(first),)


def _announce_early(effect: do.Effect, unit: State) -> Iterable[do.Effect]:
    """Announce on following instead of leading."""
    if isinstance(effect, do.Announce):
        return []
    if isinstance(effect, do.RoleChanged) and unit.phase is Phase.SECONDARY:
        return [effect, *(do.Announce(each.interface, each.address) for each in addresses.shared(unit.settings))]
    return [effect]


def _announce_with_holding(before: Before) -> tuple[Effects]:
    """Announce an address right after it was taken, and at no other time."""

    def announce(effect: do.Effect, _: State) -> Iterable[do.Effect]:
        last, before.effect = before.effect, effect
        anew = isinstance(effect, do.Announce) and not isinstance(last, do.HoldAddress)
        return [] if anew else [effect]

    return (Effects(announce),)


def _read_once(settings: HaSettings, unit: State) -> HaSettings:
    leads = unit.phase is Phase.PRIMARY and settings.mode is unit.settings.mode
    return dataclasses.replace(settings, addresses=unit.settings.addresses) if leads else settings


def _keep_removed(react: React, event: on.Event, unit: State) -> list[do.Effect]:
    done = react(event)
    keeps = isinstance(event, on.SettingsChanged) and unit.phase is Phase.PRIMARY
    return [each for each in done if not (keeps and isinstance(each, do.ReleaseAddress))]


def _hide_rows(_: str, printed: Printed, system: System) -> Printed:
    if system.status().effective is not Effective.SECONDARY:
        return printed
    return Printed(re.sub(r" *set (failover|status|virtual-ip6?) .*\n", "", printed.text), printed.refused)


def _give_way(take: Take, turn: Turn, me: Leading, news: News) -> None:
    """As a secondary that leads, hold the addresses only while no other primary is heard."""
    before = me.rival
    take(turn, me, news)
    if turn.unit.role is me and turn.unit.settings.mode is Mode.SECONDARY and me.rival is not before:
        (addresses.release_all if me.rival else addresses.hold_all)(turn)


def _announce_one(react: React, event: on.Event, _: State) -> list[do.Effect]:
    """Of several addresses that are taken at a time, announce the first."""
    done = react(event)
    first = next((each for each in done if isinstance(each, do.Announce)), None)
    return [each for each in done if not isinstance(each, do.Announce) or each is first]


@dataclass(slots=True)
class Late:
    """Addresses that came while the unit led."""

    addresses: set[str] = field(default_factory=set)


def _keep_late(late: Late) -> tuple[Reaction]:
    """Give up with the role only what was taken with it."""

    def react_to(react: React, event: on.Event, unit: State) -> list[do.Effect]:
        led = unit.phase is Phase.PRIMARY
        done = react(event)
        leads = unit.phase is Phase.PRIMARY
        if leads and led:
            late.addresses |= {each.address for each in done if isinstance(each, do.HoldAddress)}
        elif leads:
            late.addresses.clear()
        elif led:
            return [
                each for each in done if not (isinstance(each, do.ReleaseAddress) and each.address in late.addresses)
            ]
        return done

    return (Reaction(react_to),)


@dataclass(slots=True)
class Known:
    """Interfaces that were shared when the first of them was."""

    interfaces: frozenset[str] = frozenset()


def _share_known_interfaces(known: Known) -> tuple[Settings]:
    """As secondary, read no failover action of an interface that is shared since."""

    def read(new: HaSettings, unit: State) -> HaSettings:
        known.interfaces = known.interfaces or frozenset(each.interface for each in new.addresses)
        if unit.phase is not Phase.SECONDARY:
            return new
        kept = (each for each in new.addresses if each.interface in known.interfaces)
        return dataclasses.replace(new, addresses=tuple(kept))

    return (Settings(read),)


def _old_rows_while_alone(new: HaSettings, unit: State) -> HaSettings:
    alone = unit.phase is Phase.PRIMARY and unit.group.peer is None
    return dataclasses.replace(new, addresses=unit.settings.addresses) if alone else new


def _bridge_when_off(effect: do.Effect, unit: State) -> do.Effect:
    if isinstance(effect, do.SetBridge) and unit.phase is Phase.STANDALONE:
        return dataclasses.replace(effect, state=Bridging.JOINED)
    return effect


def _bridge_no_more(react: React, event: on.Event, _: State) -> list[do.Effect]:
    done = react(event)
    if not isinstance(event, on.SettingsChanged):
        return done
    return [each for each in done if not (isinstance(each, do.SetBridge) and each.state is Bridging.JOINED)]


def _announce_nothing_when_the_rival_is_gone(react: React, event: on.Event, _: State) -> list[do.Effect]:
    gone = event == on.TimerFired(Wait.PEER_SILENCE)
    return [each for each in react(event) if not (gone and isinstance(each, do.Announce))]


UNITS = (
    WrongUnit(
        "announces-nothing-when-its-rival-is-gone",
        ("HA-164",),
        "Does not announce its addresses anew when the other primary of a split brain falls silent.",
        (Reaction(_announce_nothing_when_the_rival_is_gone),),
    ),
    WrongUnit(
        "announces-one-address-only",
        ("HA-113.b",),
        "Takes several addresses, and announces the first of them only.",
        (Reaction(_announce_one),),
    ),
    WrongUnit(
        "bridges-outside-the-group",
        ("HA-157",),
        "Joins its ports to the bridge when its mode is set to off, while its peer bridges the same networks.",
        (changing(_bridge_when_off),),
    ),
    WrongUnit(
        "bridges-what-it-was-given-first",
        ("HA-157",),
        "Joins no port to the bridge that it is given while it leads.",
        (Reaction(_bridge_no_more),),
    ),
    WrongUnit(
        "always-bridges",
        ("HA-157",),
        "Leaves its ports in the bridge in every role, so that a loop forms.",
        (putting(Bridging.INACTIVE, Bridging.JOINED),),
    ),
    WrongUnit(
        "never-bridges",
        ("HA-157",),
        "Keeps its bridge ports inactive, also as primary.",
        (putting(Bridging.JOINED, Bridging.INACTIVE),),
    ),
    WrongUnit(
        "forgets-its-own-address",
        ("HA-156",),
        "Gives a `set` address up without returning to the interface's own address.",
        (changing(_forget_own),),
    ),
    WrongUnit(
        "announces-once",
        ("HA-113.a",),
        "Announces each address only the first time that it takes it.",
        (Remembering(Announced, _announce_once),),
    ),
    WrongUnit(
        "announces-before-it-holds",
        ("HA-113.a",),
        "Announces an address some seconds before it takes it: as soon as it follows.",
        (Effects(_announce_early),),
    ),
    WrongUnit(
        "silent-after-a-split",
        ("HA-164", "HA-704.a"),
        "Does not announce its addresses anew when the other primary has given them up.",
        (Remembering(Before, _announce_with_holding),),
    ),
    WrongUnit(
        "gives-its-address-up-in-a-split",
        ("HA-701",),
        "As a secondary that leads, gives the shared addresses up as soon as it hears another primary.",
        (in_role(Leading, _give_way),),
    ),
    WrongUnit(
        "takes-the-administration-address",
        ("HA-165", "HA-166.b"),
        "Takes a shared address on the administration interface, too, when it leads.",
        (leading_with("port1", "198.51.100.2/24"),),
    ),
    WrongUnit(
        "takes-one-address-only",
        ("HA-153.a", "HA-163"),
        "Holds the shared address of one interface only.",
        (Settings(lambda settings, _: dataclasses.replace(settings, addresses=settings.addresses[-1:])),),
    ),
    WrongUnit(
        "forgets-the-rows-as-secondary",
        ("HA-159.b",),
        "Keeps no failover actions while it is configured as secondary: it leads without addresses.",
        (
            Settings(
                lambda settings, _: (
                    dataclasses.replace(settings, addresses=()) if settings.mode is Mode.SECONDARY else settings
                )
            ),
        ),
    ),
    WrongUnit(
        "reads-its-rows-once",
        ("HA-155.a",),
        "Keeps the failover actions that it had when it became primary, whatever an operator changes.",
        (Settings(_read_once),),
    ),
    WrongUnit(
        "keeps-the-removed-address",
        ("HA-159.a", "HA-163"),
        "Takes a changed address, but does not give up the one that it replaces.",
        (Reaction(_keep_removed),),
    ),
    WrongUnit(
        "offers-everything",
        ("HA-161.a", "HA-161.b"),
        "Says that it accepts a virtual address, whatever the interface's action is.",
        (lax(r"set virtual-ip6? "),),
    ),
    WrongUnit(
        "takes-malformed-actions",
        ("HA-158.a",),
        "Says that it accepts every failover action.",
        (lax(r"set failover "),),
    ),
    WrongUnit(
        "adds-by-default",
        ("HA-150",),
        "Shows use-vip as the action of an interface that has none.",
        (lying(r"status : ignore-vip", "status : use-vip"),),
    ),
    WrongUnit(
        "invents-an-address",
        ("HA-162",),
        "Shows an address (from the documentation range) where no virtual address is set.",
        (lying(r"virtual-ip : 0\.0\.0\.0/0", "virtual-ip : 192.0.2.1/24"),),
    ),
    WrongUnit(
        "hides-the-rows-on-the-secondary",
        ("HA-160",),
        "Shows no failover actions while it follows, though it has them.",
        (Pages(_hide_rows),),
    ),
    WrongUnit(
        "bridges-in-every-mode",
        ("HA-157",),
        "Says that it accepts the action bridge outside transparent mode.",
        (lax(r"set (failover \S+ bridge|status add-to-bridge)"),),
    ),
    WrongUnit(
        "shows-a-row-too-many",
        ("HA-166.d",),
        "Shows a failover action on port4 that nobody has entered.",
        (lying(r"(?m)^( *)set mode ", r"\1set failover port4 add 10.0.4.100/24\n\1set mode "),),
    ),
    WrongUnit(
        "changes-its-rows-for-two-only",
        ("HA-153.a", "HA-159.a"),
        "Puts changed failover actions in force only while it hears its peer, or after its next start.",
        (Settings(_old_rows_while_alone),),
    ),
    WrongUnit(
        "keeps-what-came-while-it-led",
        ("HA-154", "HA-163"),
        "Gives its role away, and keeps the addresses that were entered while it led.",
        (Remembering(Late, _keep_late),),
    ),
    WrongUnit(
        "takes-known-interfaces-only",
        ("HA-153.a", "HA-163"),
        "Takes over, but not on an interface that was shared while it followed.",
        (Remembering(Known, _share_known_interfaces),),
    ),
)

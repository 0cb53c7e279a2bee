"""When a unit's ports belong to its Layer 2 bridge, and when shared addresses are announced anew."""

from __future__ import annotations

import dataclasses

from node.engine import effects as do
from node.engine.modes import Action, Bridging, Command, Effective, Mode, Rank
from node.engine.settings import SharedAddress
from tests.node.engine_pair import VIRTUAL, Host, Pair

PORTS = ("port2", "port4")
BOTH_JOINED = {"port2": Bridging.JOINED, "port4": Bridging.JOINED}
BOTH_INACTIVE = {"port2": Bridging.INACTIVE, "port4": Bridging.INACTIVE}


def bridge(host: Host) -> dict[str, Bridging]:
    """What the unit's ports were told last."""
    return {e.interface: e.state for _, e in host.done if isinstance(e, do.SetBridge)}


def announced(host: Host) -> int:
    """How often the unit has announced an address."""
    return sum(isinstance(e, do.Announce) for _, e in host.done)


def test_only_the_primary_bridges() -> None:
    """The primary's ports have joined, the secondary's are inactive."""
    pair = Pair(bridged=PORTS).healthy()
    assert bridge(pair.p) == BOTH_JOINED
    assert bridge(pair.s) == BOTH_INACTIVE


def test_the_bridge_is_left_before_the_role_is_given() -> None:
    """At no time do both units bridge, so no frame can circle."""
    pair = Pair(bridged=PORTS).healthy()
    pair.order(pair.p, Command.FAILOVER)
    pair.run(1.0)
    assert bridge(pair.p) == BOTH_INACTIVE
    assert bridge(pair.s) == BOTH_JOINED
    left = max(at for at, e in pair.p.done if isinstance(e, do.SetBridge))
    joined = max(at for at, e in pair.s.done if isinstance(e, do.SetBridge))
    assert left < joined


def test_a_starting_unit_is_inactive_at_once() -> None:
    """Before a unit has heard anyone it passes nothing on."""
    pair = Pair(bridged=PORTS)
    pair.start(pair.p)
    assert bridge(pair.p) == BOTH_INACTIVE


def test_a_shutdown_leaves_the_bridge() -> None:
    """A unit that goes off as an operator asked passes nothing on while it does."""
    pair = Pair(bridged=PORTS).healthy()
    pair.order(pair.p, Command.SHUTDOWN)
    assert bridge(pair.p) == BOTH_INACTIVE


def test_mode_off_frees_the_ports() -> None:
    """Without HA the ports are left to themselves, and a new mode makes them inactive again."""
    pair = Pair(bridged=PORTS).healthy()
    pair.change(pair.p, dataclasses.replace(pair.p.settings, mode=Mode.OFF))
    assert set(bridge(pair.p).values()) == {Bridging.FREE}
    pair.change(pair.p, dataclasses.replace(pair.p.settings, mode=Mode.PRIMARY))
    assert bridge(pair.p) == BOTH_INACTIVE


def test_changed_actions_are_in_force_at_once() -> None:
    """A port that is no longer bridged is freed, and a new one does what the role asks."""
    pair = Pair(bridged=("port2",)).healthy()
    for host, state in ((pair.p, Bridging.JOINED), (pair.s, Bridging.INACTIVE)):
        pair.change(host, dataclasses.replace(host.settings, bridged=("port4",)))
        assert bridge(host) == {"port2": Bridging.FREE, "port4": state}


def test_who_stays_primary_after_a_split_announces_anew() -> None:
    """As soon as the other primary has given the role up, and once only."""
    pair = Pair().healthy()
    pair.cut(*Rank)
    pair.run(10.0)
    assert pair.roles() == (Effective.PRIMARY, Effective.PRIMARY)
    pair.heal()
    pair.run(5.0)
    before = announced(pair.p)
    pair.order(pair.s, Command.RESTORE)
    pair.run(10.0)
    assert pair.roles() == (Effective.PRIMARY, Effective.SECONDARY)
    assert announced(pair.p) == before + 1


def test_a_changed_shared_address_moves_at_once() -> None:
    """The primary gives the old one up before it takes and announces the new one."""
    pair = Pair().healthy()
    pair.p.done.clear()
    moved = (SharedAddress("port3", Action.ADD, "10.0.3.150/24"),)
    pair.change(pair.p, dataclasses.replace(pair.p.settings, addresses=moved))
    kinds = (do.ReleaseAddress, do.HoldAddress, do.Announce)
    seen = [(type(e), e.address) for _, e in pair.p.done if isinstance(e, kinds)]
    assert seen == list(zip(kinds, (VIRTUAL, "10.0.3.150/24", "10.0.3.150/24"), strict=True))

"""The flat spelling of `system ha` as a view of the nested one: both read and write the same stored values.

If nothing is stored, a flat keyword shows the manual's own flat default. Source: table A.3; E-01, E-02, E-11.
"""

from __future__ import annotations

import re

from node.engine.modes import Action, Mode, Rank
from node.settings import schema, values
from node.settings.refusal import Refused, allowed, quoted
from node.settings.schema import HA, HA_INTERFACE, Path
from node.settings.store import Store

ACTION_OF_STATUS = {
    "ignore-vip": Action.IGNORE,
    "use-vip": Action.ADD,
    "set": Action.SET,
    "add-to-bridge": Action.BRIDGE,
}
STATUS_OF_ACTION = {action: status for status, action in ACTION_OF_STATUS.items()}
CALLS_FOR_ADDRESS = frozenset({Action.ADD, Action.SET})
ADDRESSES = ("virtual-ip", "virtual-ip6")
LOST_THRESHOLD: Path = (HA, "hb-lost-threshold")
BY_MODE = frozenset({LOST_THRESHOLD, (HA, "mail-data-sync"), (HA, "mailqueue-data-sync")})
"""Fields that are offered in some modes only."""
_LINK = re.compile(r"heartbeat-([12])-(interface|ip|peer)")
_RANK = {"1": Rank.PRIMARY, "2": Rank.SECONDARY}
_CARRIED = ("heartbeat-status", "peer-ip", "peer-ip6")
"""Settings that move with a heartbeat link to another interface."""
_SERVICES = ("smtp", "pop", "imap", "http")
_LOCAL = {"PORTS": "local-ports", "HD": "local-hd"}
_SAME = {
    "hard-drives-check": (HA, "service", "local-hd", "status"),
    "smtp-check": (HA, "service", "remote-smtp", "status"),
}
"""Flat switches that are stored in the nested form. `network-intf-check` is not: its default differs from that of
`local-ports`. Source: HA-201, HA-203, E-23."""

_FLAT = frozenset({"failover", "local-service", "remote-service", *_SAME})


def is_view(path: Path) -> bool:
    """Whether a path is a flat spelling of values that are stored elsewhere."""
    match path:
        case (schema.HA, name):
            return name in _FLAT or _LINK.fullmatch(name) is not None
        case _:
            return False


def look(store: Store, path: Path) -> str:
    """Read a flat keyword; rows of `failover` and `remote-service` are separated by line ends."""
    name = path[1]
    if link := _LINK.fullmatch(name):
        return _look_link(store, path, _RANK[link[1]], link[2])
    if name in _SAME:
        return store.get(_SAME[name])
    rows = {"failover": failover_rows, "remote-service": _remote_rows, "local-service": _local_rows}[name](store)
    return "\n".join(rows) or schema.find(path).default


def enter(store: Store, path: Path, text: str) -> Store:
    """Set a flat keyword; raises Refused."""
    name = path[1]
    if link := _LINK.fullmatch(name):
        return _enter_link(store, _RANK[link[1]], link[2], text)
    if name in _SAME:
        return store.put(_SAME[name], values.read(schema.find(_SAME[name]), text))
    return {"failover": _enter_failover, "remote-service": _enter_remote, "local-service": _enter_local}[name](
        store, text.split()
    )


def clear(store: Store, path: Path) -> Store:
    """Unset a flat keyword: the values that it shows return to their defaults."""
    name = path[1]
    if link := _LINK.fullmatch(name):
        interface = ranked(store, _RANK[link[1]])
        if interface is None:
            return store
        if link[2] == "ip":
            return store.drop(("system interface", interface, "ip"))
        names = _CARRIED if link[2] == "interface" else ("peer-ip",)
        for carried in names:
            store = store.drop((*HA_INTERFACE, interface, carried))
        return store
    if name in _SAME:
        return store.drop(_SAME[name])
    if name == "failover":
        return store.keep(lambda kept: kept[:2] != HA_INTERFACE or kept[3] not in {"status", "virtual-ip"})
    below = _LOCAL.values() if name == "local-service" else [f"remote-{service}" for service in _SERVICES]
    for service in below:
        store = store.drop((HA, "service", service))
    return store


def ranked(store: Store, rank: Rank) -> str | None:
    """The interface that carries the heartbeat of this rank."""
    marked = (port for port in store.interfaces if store.get((*HA_INTERFACE, port, "heartbeat-status")) == rank)
    return next(marked, None)


def known_interface(store: Store, text: str) -> str:
    """The name of an interface that this unit has; raises Refused."""
    if text not in store.interfaces:
        raise Refused(f"{quoted(text)} is not an interface of this unit; {allowed(store.interfaces)}")
    return text


def action_of(store: Store, port: str) -> Action:
    """An interface's failover action."""
    return ACTION_OF_STATUS[store.get((*HA_INTERFACE, port, "status"))]


def failover_rows(store: Store) -> tuple[str, ...]:
    """Rows of `failover` that are not `ignore`: interface, action, address."""
    rows = []
    for port in store.interfaces:
        action = action_of(store, port)
        if action is not Action.IGNORE:
            rows.append(f"{port} {action} {store.get((*HA_INTERFACE, port, 'virtual-ip'))}")
    return tuple(rows)


def change_action(store: Store, port: str, action: Action) -> Store:
    """Set an interface's failover action; one without addresses clears them. Source: HA-151, HA-157, HA-161."""
    store = store.put((*HA_INTERFACE, port, "status"), STATUS_OF_ACTION[action])
    if action not in CALLS_FOR_ADDRESS:
        for name in ADDRESSES:
            store = store.drop((*HA_INTERFACE, port, name))
    return store


def offers(store: Store, path: Path) -> bool:
    """Whether the CLI offers a field.

    A virtual address only if the action needs one (HA-161), no detection time in a config-only group (HA-107), and the
    options of an active-passive pair in no other mode (HA-028).
    """
    if path in BY_MODE:
        mode = Mode(store.get((HA, "mode")))
        return not mode.config_only if path == LOST_THRESHOLD else mode.active_passive
    match path:
        case (schema.HA, "interface", port, "virtual-ip" | "virtual-ip6"):
            return action_of(store, port) in CALLS_FOR_ADDRESS
        case _:
            return True


def _enter_failover(store: Store, words: list[str]) -> Store:
    """`<interface> {add | bridge | ignore | set} <address and mask>`. Source: system ha, failover; HA-158."""
    shape = "allowed: <interface> {add | bridge | ignore | set} <address>/<mask>"
    if len(words) < 2:  # noqa: PLR2004 - interface and action
        raise Refused(f"failover takes an interface, an action and an address; {shape}")
    port = known_interface(store, words[0])
    action = Action(values.word(words[1], sorted(Action), "failover"))
    rest = " ".join(words[2:])
    if action not in CALLS_FOR_ADDRESS:
        if rest and not values.is_unset(values.masked(rest, values.V4)):
            raise Refused(f"{action} takes no address; allowed: failover {port} {action} {values.NONE4}/0")
        return change_action(store, port, action)
    wanted = values.masked(rest, values.V4)
    if values.is_unset(wanted):
        raise Refused(f"{action} needs an address other than {values.NONE4}; {shape}")
    return change_action(store, port, action).put((*HA_INTERFACE, port, "virtual-ip"), wanted)


def _look_link(store: Store, path: Path, rank: Rank, what: str) -> str:
    port = ranked(store, rank)
    if what == "interface":
        return port or schema.find(path).default
    if port is None:
        return schema.find(path).default
    if what == "peer":
        return store.get((*HA_INTERFACE, port, "peer-ip"))
    return values.with_space(store.get(("system interface", port, "ip")))


def _enter_link(store: Store, rank: Rank, what: str, text: str) -> Store:
    port = ranked(store, rank)
    if what == "interface":
        return _move_link(store, rank, port, text)
    if port is None:
        if rank is Rank.SECONDARY:
            raise Refused("there is no secondary heartbeat interface yet; set heartbeat-2-interface first")
        # The document's default for the primary heartbeat interface: the one with the highest number.
        port = store.interfaces[-1]
        store = _move_link(store, rank, None, port)
    if what == "peer":
        return store.put((*HA_INTERFACE, port, "peer-ip"), values.address(text, values.V4))
    return store.put(("system interface", port, "ip"), values.masked(text, values.V4))


def _move_link(store: Store, rank: Rank, port: str | None, text: str) -> Store:
    """Move the rank to another interface; the peer's addresses belong to the link and move with it."""
    if text == "disable" and rank is Rank.SECONDARY:
        return clear(store, (HA, "heartbeat-2-interface"))
    wanted = known_interface(store, text)
    held = store.get((*HA_INTERFACE, wanted, "heartbeat-status"))
    if held not in {"disable", rank}:
        raise Refused(f"{wanted} already is the {held} heartbeat interface; move that one first")
    if port is not None:
        for name in _CARRIED:
            value = store.get((*HA_INTERFACE, port, name))
            store = store.drop((*HA_INTERFACE, port, name)).put((*HA_INTERFACE, wanted, name), value)
    return store.put((*HA_INTERFACE, wanted, "heartbeat-status"), rank.value)


def _remote_rows(store: Store) -> tuple[str, ...]:
    rows = []
    for service in _SERVICES:
        base = (HA, "service", f"remote-{service}")
        if any(path[:3] == base for path in store.values):
            names = ("ip", "port", "check-interval", "check-timeout", "retries")
            rows.append(" ".join([service, *(store.get((*base, name)) for name in names)]))
    return tuple(rows)


def _enter_remote(store: Store, words: list[str]) -> Store:
    """`<service> <address> <port> <interval> <wait> <retries>`; wait or retries 0 turns it off. Source: HA-265."""
    if len(words) != 6:  # noqa: PLR2004 - as many as the syntax has
        raise Refused(f"allowed: {{{' | '.join(_SERVICES)}}} <address> <port> <interval> <wait> <retries>")
    base = (HA, "service", f"remote-{values.word(words[0], _SERVICES, 'remote-service')}")
    store = store.put((*base, "ip"), values.address(words[1], values.V4))
    numbers = zip(("port", "check-interval", "check-timeout", "retries"), words[2:], strict=True)
    off = False
    for name, text in numbers:
        if values.integer(text, 0, None) == "0":
            off = off or name in {"check-timeout", "retries"}
            store = store.drop((*base, name))
        else:
            store = store.put((*base, name), values.read(schema.find((*base, name)), text))
    return store.put((*base, "status"), "disable" if off else "enable")


def _local_rows(store: Store) -> tuple[str, ...]:
    names = ("check-interval", "retries")
    if not any((HA, "service", name, part) in store.values for name in _LOCAL.values() for part in names):
        return ()
    parts = ([kind, *(store.get((HA, "service", name, part)) for part in names)] for kind, name in _LOCAL.items())
    return (" ".join(word for part in parts for word in part),)


def _enter_local(store: Store, words: list[str]) -> Store:
    """`{PORTS | HD} <interval> <retries>`, once or for both; 0 turns that check off. Source: HA-202, HA-211."""
    if len(words) not in {3, 6}:
        raise Refused("allowed: {PORTS | HD} <interval> <retries>")
    for kind, *numbers in zip(words[::3], words[1::3], words[2::3], strict=True):
        base = (HA, "service", _LOCAL[values.word(kind, tuple(_LOCAL), "local-service")])
        read = [values.integer(number, 0, None) for number in numbers]
        if "0" in read:
            store = store.put((*base, "status"), "disable")
            continue
        for name, text in zip(("check-interval", "retries"), read, strict=True):
            store = store.put((*base, name), values.read(schema.find((*base, name)), text))
    return store

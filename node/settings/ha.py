"""Makes from the configuration the record that the engine reads."""

from __future__ import annotations

from node.engine.modes import Action, Mode, OnFailure, Rank
from node.engine.settings import Check, HaSettings, Link, RemoteCheck, SharedAddress
from node.settings import values, views
from node.settings.configuration import OPERATION_MODE, Configuration
from node.settings.schema import HA, HA_INTERFACE, Path
from node.settings.store import Store

REMOTE = ("remote-smtp", "remote-pop", "remote-imap", "remote-http")
"""Services of the peer that are monitored. Source: HA-251."""


def ha_settings(configuration: Configuration) -> HaSettings:
    """The settings of `config system ha` that the engine reads; unset addresses are '' or left out."""
    flag = {"enable": True, "disable": False}
    store = configuration.store
    return HaSettings(
        mode=Mode(store.get((HA, "mode"))),
        links=tuple(link for rank in Rank for link in _link(store, rank)),
        lost_threshold=float(store.get((HA, "hb-lost-threshold"))),
        base_port=int(store.get((HA, "hb-base-port"))),
        on_failure=OnFailure(store.get((HA, "on-failure"))),
        mail_data_sync=flag[store.get((HA, "mail-data-sync"))],
        addresses=tuple(address for port in store.interfaces for address in _shared(store, port)),
        bridged=tuple(port for port in store.interfaces if views.action_of(store, port) is Action.BRIDGE),
        password=store.get((HA, "password")),
        monitored=tuple(port for port in store.interfaces if _is_monitored(store, port)),
        # Both switches must be on; the flat one is on by default. Source: HA-168, HA-201, HA-203, E-23.
        local_ports=_check(store, "local-ports", (HA, "network-intf-check")),
        local_hd=_check(store, "local-hd"),
        remote=tuple(_remote(store, service) for service in REMOTE),
        mail_queue_sync=flag[store.get((HA, "mailqueue-data-sync"))],
        services_as_heartbeat=flag[store.get((HA, "remote-services-as-heartbeat"))],
    )


def _link(store: Store, rank: Rank) -> tuple[Link, ...]:
    port = views.ranked(store, rank)
    if port is None:
        return ()
    if Mode(store.get((HA, "mode"))).config_only:
        # One address for the group's other unit, on the primary link; peer-ip is for pairs. Source: HA-027, E-15, E-16.
        peer = store.get((HA, "config-peer-ip"))
        return (Link(rank, port, peer),) if rank is Rank.PRIMARY and not values.is_unset(peer) else ()
    peer, peer6 = (store.get((*HA_INTERFACE, port, name)) for name in ("peer-ip", "peer-ip6"))
    unset = values.is_unset
    return (Link(rank, port, "" if unset(peer) else peer, "" if unset(peer6) else peer6),)


def _shared(store: Store, port: str) -> tuple[SharedAddress, ...]:
    action = views.action_of(store, port)
    held = (store.get((*HA_INTERFACE, port, name)) for name in views.ADDRESSES)
    if action not in views.CALLS_FOR_ADDRESS:
        return ()
    return tuple(SharedAddress(port, action, address) for address in held if not values.is_unset(address))


def _is_monitored(store: Store, port: str) -> bool:
    """Whether interface monitoring checks a port. Source: HA-167, HA-171."""
    monitor = store.get((*HA_INTERFACE, port, "port-monitor"))
    return views.action_of(store, port) is not Action.IGNORE and monitor == "enable"


def _check(store: Store, service: str, *switches: Path) -> Check:
    """The check of a local service; other switches than its own must be on, too."""
    base = (HA, "service", service)
    return Check(
        enabled=all(store.get(path) == "enable" for path in ((*base, "status"), *switches)),
        interval=int(store.get((*base, "check-interval"))),
        retries=int(store.get((*base, "retries"))),
    )


def _remote(store: Store, service: str) -> RemoteCheck:
    """The check of a service of the peer; without an address there is none. Source: HA-251, HA-252, HA-257."""
    base = (HA, "service", service)
    address = store.get((*base, "ip"))
    # IMAP is a service of the server mode alone. Source: HA-251
    is_offered = service != "remote-imap" or store.get(OPERATION_MODE) == "server"
    return RemoteCheck(
        name=service,
        enabled=store.get((*base, "status")) == "enable" and is_offered and not values.is_unset(address),
        address=address,
        port=int(store.get((*base, "port"))),
        interval=int(store.get((*base, "check-interval"))),
        timeout=int(store.get((*base, "check-timeout"))),
        retries=int(store.get((*base, "retries"))),
    )

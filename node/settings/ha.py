"""Makes from the configuration the record that the engine reads."""

from __future__ import annotations

from node.engine.modes import Action, Mode, OnFailure, Rank
from node.engine.settings import Check, HaSettings, Link, SharedAddress
from node.settings import values, views
from node.settings.configuration import Configuration
from node.settings.schema import HA, HA_INTERFACE


def ha_settings(configuration: Configuration) -> HaSettings:
    """The settings of `config system ha` that the engine reads; unset addresses are '' or left out."""
    flag = {"enable": True, "disable": False}
    return HaSettings(
        mode=Mode(configuration.get((HA, "mode"))),
        links=tuple(link for rank in Rank for link in _link(configuration, rank)),
        lost_threshold=float(configuration.get((HA, "hb-lost-threshold"))),
        base_port=int(configuration.get((HA, "hb-base-port"))),
        on_failure=OnFailure(configuration.get((HA, "on-failure")) or OnFailure.BECOME_SECONDARY),
        mail_data_sync=flag[configuration.get((HA, "mail-data-sync"))],
        addresses=tuple(address for port in configuration.interfaces for address in _shared(configuration, port)),
        bridged=tuple(port for port in configuration.interfaces if _action(configuration, port) is Action.BRIDGE),
        password=configuration.get((HA, "password")),
        monitored=tuple(port for port in configuration.interfaces if _is_monitored(configuration, port)),
        # Both switches must be on; the flat one is on by default. Source: HA-168, HA-201, HA-203, E-23.
        local_ports=_check(configuration, "local-ports", also=flag[configuration.get((HA, "network-intf-check"))]),
        local_hd=_check(configuration, "local-hd", also=True),
    )


def _link(configuration: Configuration, rank: Rank) -> tuple[Link, ...]:
    port = views.ranked(configuration.store, rank)
    if port is None:
        return ()
    if Mode(configuration.get((HA, "mode"))).config_only:
        # One address for the group's other unit, on the primary link; peer-ip is for pairs. Source: HA-027, E-15, E-16.
        peer = configuration.get((HA, "config-peer-ip"))
        return (Link(rank, port, peer),) if rank is Rank.PRIMARY and not values.is_unset(peer) else ()
    peer, peer6 = (configuration.get((*HA_INTERFACE, port, name)) for name in ("peer-ip", "peer-ip6"))
    unset = values.is_unset
    return (Link(rank, port, "" if unset(peer) else peer, "" if unset(peer6) else peer6),)


def _shared(configuration: Configuration, port: str) -> tuple[SharedAddress, ...]:
    action = _action(configuration, port)
    held = (configuration.get((*HA_INTERFACE, port, name)) for name in views.ADDRESSES)
    if action not in views.CALLS_FOR_ADDRESS:
        return ()
    return tuple(SharedAddress(port, action, address) for address in held if not values.is_unset(address))


def _is_monitored(configuration: Configuration, port: str) -> bool:
    """Whether interface monitoring checks a port. Source: HA-167, HA-171."""
    monitor = configuration.get((*HA_INTERFACE, port, "port-monitor"))
    return _action(configuration, port) is not Action.IGNORE and monitor == "enable"


def _action(configuration: Configuration, port: str) -> Action:
    return views.ACTION_OF_STATUS[configuration.get((*HA_INTERFACE, port, "status"))]


def _check(configuration: Configuration, service: str, *, also: bool) -> Check:
    base = (HA, "service", service)
    return Check(
        enabled=also and configuration.get((*base, "status")) == "enable",
        interval=int(configuration.get((*base, "check-interval"))),
        retries=int(configuration.get((*base, "retries"))),
    )

"""The HA settings as the engine reads them: one frozen record, made from the configuration by `node.settings`."""

from __future__ import annotations

from dataclasses import dataclass, field

from node.engine.modes import Action, Mode, OnFailure, Rank


@dataclass(frozen=True, slots=True)
class Link:
    """One heartbeat interface: rank, local interface name and the peer's addresses on it (text; '' when unset)."""

    rank: Rank
    interface: str
    peer: str = ""
    peer6: str = ""

    @property
    def dialled(self) -> str:
        """The peer's address that is dialled: IPv4 where one is set, else IPv6; '' where none is. Source: HA-072."""
        return self.peer or self.peer6


@dataclass(frozen=True, slots=True)
class SharedAddress:
    """A failover action with its address, e.g. port3 / add / 10.0.3.100/24. Source: system ha, failover."""

    interface: str
    action: Action
    address: str


@dataclass(frozen=True, slots=True)
class Check:
    """Local monitoring of one kind (`local-ports`, `local-hd`): interval in seconds, retries in checks."""

    enabled: bool
    interval: int
    retries: int


@dataclass(frozen=True, slots=True)
class RemoteCheck:
    """Remote monitoring of one service of the peer, such as `remote-smtp`: where, how often, how long, how many.

    Times in seconds, retries in checks. Source: system ha, config service; HA-250 to HA-258.
    """

    name: str
    enabled: bool
    address: str
    port: int
    interval: int
    timeout: int
    retries: int


@dataclass(frozen=True, slots=True)
class HaSettings:
    """All of `config system ha` that the engine reads; times in seconds.

    Source: system ha.
    """

    mode: Mode
    links: tuple[Link, ...]
    lost_threshold: float
    base_port: int
    on_failure: OnFailure
    mail_data_sync: bool
    addresses: tuple[SharedAddress, ...]
    bridged: tuple[str, ...]
    """Interfaces whose failover action is `bridge`. Source: HA-157."""
    password: str = field(repr=False)
    monitored: tuple[str, ...]
    """Interfaces that `local_ports` looks at. Source: HA-167, HA-171."""
    local_ports: Check
    local_hd: Check
    remote: tuple[RemoteCheck, ...] = ()
    """Checks of the peer's services, those included that are not enabled."""
    mail_queue_sync: bool = False
    """Whether the mail queue is copied. Source: HA-411."""
    services_as_heartbeat: bool = False
    """Whether the primary's services serve as its heartbeat while no link carries one. Source: HA-290."""

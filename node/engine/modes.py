"""The words of the manual for what a unit is configured to be and what it is now."""

from __future__ import annotations

from enum import IntEnum, StrEnum


class Mode(StrEnum):
    """Configured mode: `set mode`, five words. Source: system ha, mode; HA-002."""

    OFF = "off"
    PRIMARY = "primary"
    SECONDARY = "secondary"
    CONFIG_PRIMARY = "config-primary"
    CONFIG_SECONDARY = "config-secondary"

    @property
    def active_passive(self) -> bool:
        """Whether the mode makes the unit one half of a pair."""
        return self in {Mode.PRIMARY, Mode.SECONDARY}

    @property
    def config_only(self) -> bool:
        """Whether the mode makes the unit a member of a config-only group. Source: HA-006."""
        return self in {Mode.CONFIG_PRIMARY, Mode.CONFIG_SECONDARY}


class Effective(StrEnum):
    """Effective mode: what the unit does now. Source: HA-009, HA-013, HA-017, HA-019, HA-020."""

    OFF = "off"
    PRIMARY = "primary"
    SECONDARY = "secondary"
    FAILED = "failed"
    HOLD_OFF = "hold-off"


class OnFailure(StrEnum):
    """What a unit that acted as primary does after its own failure. Source: system ha, on-failure; HA-300."""

    OFF = "off"
    RESTORE_ROLE = "restore-role"
    BECOME_SECONDARY = "become-secondary"


class Rank(StrEnum):
    """Rank of a heartbeat link. Source: system ha, heartbeat-status; HA-059, HA-060."""

    PRIMARY = "primary"
    SECONDARY = "secondary"


class Port(StrEnum):
    """The four consecutive ports, in order from hb-base-port. Source: system ha, hb-base-port; HA-054."""

    HEARTBEAT = "heartbeat"
    SYNC_CONTROL = "sync-control"
    DATA_SYNC = "data-sync"
    CONFIG_SYNC = "config-sync"

    @property
    def offset(self) -> int:
        """Distance from hb-base-port, 0 to 3."""
        return list(Port).index(self)


class Sync(StrEnum):
    """What a synchronization copies from the effective primary. Source: HA-350, HA-401, HA-411."""

    CONFIG = "config"
    DATA = "data"
    QUEUE = "queue"


class Action(StrEnum):
    """Failover action of an interface. Source: system ha, failover; HA-151, HA-153, HA-155, HA-157."""

    IGNORE = "ignore"
    ADD = "add"
    SET = "set"
    BRIDGE = "bridge"


class Bridging(StrEnum):
    """What a port whose action is `bridge` does at the unit's Layer 2 bridge. Source: HA-157."""

    JOINED = "joined"
    INACTIVE = "inactive"
    FREE = "free"


class Command(StrEnum):
    """What an operator may order. Source: HA-520, HA-530, HA-570, HA-572, HA-576, HA-578, HA-731."""

    SYNC = "sync"
    FAILOVER = "failover"
    RESTORE = "restore"
    RESTART = "restart"
    REBOOT = "reboot"
    RELOAD = "reload"
    UPGRADE = "upgrade"
    SHUTDOWN = "shutdown"


class SystemEvent(IntEnum):
    """Codes of the SNMP system event trap that concern restarts. Source: HA-534, D.5."""

    HALT = 1
    REBOOT = 2
    RELOAD = 3
    UPGRADE = 4

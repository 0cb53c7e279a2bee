"""Units that heed one of several settings which an operator saves at once, or miss one while they look for a peer."""

from __future__ import annotations

import dataclasses

from node.engine.settings import HaSettings
from node.engine.state import State
from node.engine.states import Phase
from wrong.record import Settings, WrongUnit


def _hiding(hidden: str, *by: str) -> Settings:
    """Miss one setting where another that changes with it is heeded; a change of mode puts all into force."""

    def read(new: HaSettings, unit: State) -> HaSettings:
        old = unit.settings
        if new.mode is old.mode and any(getattr(new, name) != getattr(old, name) for name in by):
            return dataclasses.replace(new, **{hidden: getattr(old, hidden)})
        return new

    return Settings(read)


def _missing_in(phase: Phase, *names: str) -> Settings:
    """Miss changes of some settings in one phase."""

    def read(new: HaSettings, unit: State) -> HaSettings:
        if new.mode is unit.settings.mode and unit.phase is phase:
            return dataclasses.replace(new, **{name: getattr(unit.settings, name) for name in names})
        return new

    return Settings(read)


def _keeping_links_alone(new: HaSettings, unit: State) -> HaSettings:
    alone = unit.phase is Phase.PRIMARY and unit.group.peer is None
    return dataclasses.replace(new, links=unit.settings.links) if alone and new.mode is unit.settings.mode else new


UNITS = (
    WrongUnit(
        "detection-time-hides-a-base-port",
        ("HA-055.a",),
        "Of a base port and a detection time that are saved at once heeds the detection time only.",
        (_hiding("base_port", "lost_threshold"),),
    ),
    WrongUnit(
        "base-port-hides-a-password",
        ("HA-452",),
        "Of a base port and a password that are saved at once heeds the base port only.",
        (_hiding("password", "base_port"),),
    ),
    WrongUnit(
        "detection-time-hides-on-failure",
        ("HA-310",),
        "Of a detection time and an on-failure that are saved at once heeds the detection time only.",
        (_hiding("on_failure", "lost_threshold"),),
    ),
    WrongUnit(
        "password-hides-mail-data-sync",
        ("HA-403",),
        "Of a password and a mail-data-sync that are saved at once heeds the password only.",
        (_hiding("mail_data_sync", "password"),),
    ),
    WrongUnit(
        "password-hides-monitoring",
        ("HA-207",),
        "Of a password and a local monitoring that are saved at once heeds the password only.",
        (_hiding("local_ports", "password"),),
    ),
    WrongUnit(
        "on-failure-hides-a-detection-time",
        ("HA-104",),
        "Of an on-failure and a detection time that are saved at once heeds on-failure only.",
        (_hiding("lost_threshold", "on_failure"),),
    ),
    WrongUnit(
        "link-hides-a-detection-time",
        ("HA-104",),
        "Of a heartbeat interface and a detection time that are saved at once heeds the interface only.",
        (_hiding("lost_threshold", "links"),),
    ),
    WrongUnit(
        "detection-time-hides-a-link",
        ("HA-063.a",),
        "Of a heartbeat interface and a detection time that are saved at once heeds the detection time only.",
        (_hiding("links", "lost_threshold"),),
    ),
    WrongUnit(
        "base-port-hides-a-peer-address",
        ("HA-065",),
        "Of a base port or a password and a peer's address that are saved at once does not heed the address.",
        (_hiding("links", "base_port", "password"),),
    ),
    WrongUnit(
        "address-hides-on-failure",
        ("HA-310",),
        "Of a failover action and an on-failure that are saved at once heeds the failover action only.",
        (_hiding("on_failure", "addresses"),),
    ),
    WrongUnit(
        "on-failure-hides-an-address",
        ("HA-155.a", "HA-159.a"),
        "Of a failover action and an on-failure that are saved at once heeds on-failure only.",
        (_hiding("addresses", "on_failure"),),
    ),
    WrongUnit(
        "looks-on-the-port-that-it-started-with",
        ("HA-055.a",),
        "While it looks for its peer it goes by the base port that it had when it began.",
        (_missing_in(Phase.JOINING, "base_port"),),
    ),
    WrongUnit(
        "looks-with-the-password-that-it-started-with",
        ("HA-452",),
        "While it looks for its peer it goes by the password that it had when it began.",
        (_missing_in(Phase.JOINING, "password"),),
    ),
    WrongUnit(
        "keeps-its-peers-address-while-it-is-alone",
        ("HA-065",),
        "As primary that does not hear its peer it misses a change of its heartbeat interfaces.",
        (Settings(_keeping_links_alone),),
    ),
    WrongUnit(
        "keeps-its-links-in-hold-off",
        ("HA-063.a", "HA-065"),
        "In hold-off it misses a change of its heartbeat interfaces.",
        (_missing_in(Phase.HOLD_OFF, "links"),),
    ),
    WrongUnit(
        "keeps-its-base-port-in-hold-off",
        ("HA-055.a", "HA-056"),
        "In hold-off it misses a change of its base port.",
        (_missing_in(Phase.HOLD_OFF, "base_port"),),
    ),
)

"""Units that do not go back to a value: the one with which they entered the group, or the default one."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from node.engine.settings import HaSettings
from node.engine.state import State
from wrong.record import Plain, Remembering, Settings, WrongUnit


def keeping_from(field: str) -> Remembering[list[Any]]:
    """Take a value of a field into force only if it differs from the one with which the unit entered the group."""

    def substitutions(first: list[Any]) -> tuple[Plain, ...]:
        def read(new: HaSettings, unit: State) -> HaSettings:
            value, was = getattr(new, field), unit.settings
            if not first or (was.mode is not new.mode and not was.mode.active_passive):
                first[:] = [value]
            elif value == first[0]:
                return dataclasses.replace(new, **{field: getattr(was, field)})
            return new

        return (Settings(read),)

    return Remembering(list, substitutions)


def keeping_from_default(defaults: Mapping[str, Any]) -> Settings:
    """In a group, do not take the default value of a field into force."""

    def read(new: HaSettings, unit: State) -> HaSettings:
        was = unit.settings
        if was.mode is not new.mode or not new.mode.active_passive:
            return new
        unset = (field for field, default in defaults.items() if getattr(new, field) == default)
        return dataclasses.replace(new, **{field: getattr(was, field) for field in unset})

    return Settings(read)


def without_returning_ports(gone: set[str]) -> tuple[Plain, ...]:
    """Look no more at a port that was monitored, and not monitored afterwards."""

    def read(new: HaSettings, unit: State) -> HaSettings:
        gone.update(set(unit.settings.monitored) - set(new.monitored))
        return dataclasses.replace(new, monitored=tuple(port for port in new.monitored if port not in gone))

    return (Settings(read),)


UNITS = (
    WrongUnit(
        "misses-the-way-back-to-a-threshold",
        ("HA-104", "HA-108.a"),
        "Does not go back to the lost threshold that it had when it entered the group.",
        (keeping_from("lost_threshold"),),
    ),
    WrongUnit(
        "misses-the-way-back-to-a-base-port",
        ("HA-055.a",),
        "Does not go back to the base port that it had when it entered the group.",
        (keeping_from("base_port"),),
        alone="S",
    ),
    WrongUnit(
        "misses-the-way-back-to-an-action",
        ("HA-153.b", "HA-155.a", "HA-159.b"),
        "Does not go back to the failover actions that it had when it entered the group.",
        (keeping_from("addresses"),),
        alone="P",
    ),
    WrongUnit(
        "misses-the-way-back-to-an-on-failure",
        ("HA-300.b",),
        "Does not go back to the on-failure that it had when it entered the group, until it starts again.",
        (keeping_from("on_failure"),),
    ),
    WrongUnit(
        "misses-the-way-back-to-a-monitored-port",
        ("HA-167", "HA-169"),
        "Does not look again at an interface whose port-monitor was disabled meanwhile, until it starts again.",
        (Remembering(set[str], without_returning_ports),),
    ),
    WrongUnit(
        "misses-the-way-back-to-mail-data",
        ("HA-403",),
        "Does not go back to the mail-data-sync that it had when it entered the group.",
        (keeping_from("mail_data_sync"),),
    ),
    WrongUnit(
        "misses-the-way-back-to-a-peer",
        ("HA-050.a", "HA-065"),
        "Does not go back to the heartbeat links that it had when it entered the group.",
        (keeping_from("links"),),
    ),
    WrongUnit(
        "keeps-to-what-is-unset",
        ("HA-100", "HA-400.a", "HA-450"),
        "In a group, goes by a lost threshold, mail-data-sync or password until it is given another; unset, it stays.",
        (keeping_from_default({"lost_threshold": 15.0, "mail_data_sync": True, "password": "change_me"}),),
    ),
)

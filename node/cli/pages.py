"""What `get`, `show` and `diagnose` print: pages of text made from settings and status."""

from __future__ import annotations

from collections.abc import Iterator

from node.cli.system import System
from node.engine.modes import Effective, Mode, Rank, Sync
from node.engine.status import Status
from node.settings import Configuration, ha_settings, schema
from node.settings.schema import Path
from node.settings.script import in_order, render

DISABLED = "HA mode is currently disabled"
"""Source: D.2-1; HA-004."""

SYNCHRONIZING = "secondary unit is currently synchronizing"
"""Source: D.2-4 in 7.0 words; HA-380."""

MASK = "******"


def system_status(system: System) -> Iterator[str]:
    """`get system status`: the unit and its HA modes. Source: HA-617, D.2-7."""
    status = system.status()
    yield f"Version: {system.version}"
    yield f"Serial-Number: {system.serial}"
    yield f"Hostname: {system.hostname}"
    yield f"Operation mode: {system.configuration.get(('system global', 'operation-mode'))}"
    yield f"HA configured mode: {status.configured}"
    yield f"HA effective mode: {status.effective}"


def ha_status(system: System) -> Iterator[str]:
    """`get system ha status`: modes, links, peer, and on a secondary the schedule. Source: HA-610 to HA-615."""
    status = system.status()
    if status.configured is Mode.OFF:
        yield DISABLED
        return
    settings = ha_settings(system.configuration)
    interfaces = {link.rank: link.interface for link in settings.links}
    yield f"Configured Operating Mode: {status.configured}"
    yield f"Effective Operating Mode: {status.effective}"
    yield f"Phase: {status.phase}"
    for rank in Rank:
        if rank in status.links:
            yield f"Heartbeat {rank} ({interfaces.get(rank, 'none')}): {_state(heard=status.links[rank])}"
    yield f"Peer effective mode: {status.peer or 'unknown'}"
    yield f"Peer version: {status.peer_version or 'unknown'}"
    yield from _schedule(system, status, settings.lost_threshold, data=settings.mail_data_sync)


def values(configuration: Configuration, scope: Path) -> Iterator[str]:
    """`get` of an object or an entry as `name : value`; tables inside show the entries that were changed."""
    for setting in schema.fields(scope):
        if not configuration.offers((*scope, setting.keyword)):
            continue
        value = configuration.get((*scope, setting.keyword))
        for row in value.split("\n"):
            yield f"{setting.keyword} : {MASK if setting.secret else row}"
    for table in schema.tables(scope):
        for name in configuration.entries((*scope, table)):
            entry = (*scope, table, name)
            if any(path[: len(entry)] == entry for path in configuration.store.values):
                yield from (f"{table} {name} {line}" for line in values(configuration, entry))


def entries(configuration: Configuration, table: Path) -> Iterator[str]:
    """`get` of a table: each entry's name, then its settings."""
    for name in configuration.entries(table):
        yield f"== [ {name} ]"
        yield from values(configuration, (*table, name))


def get(configuration: Configuration, scope: Path) -> Iterator[str]:
    """`get` in a scope: of its table, or of its object or entry. Source: HA-618."""
    return entries(configuration, scope) if schema.is_table(scope) else values(configuration, scope)


def show(configuration: Configuration, scope: Path) -> list[str]:
    """`show`: the CLI lines that set what differs from the defaults, without secrets. Source: HA-454."""
    return render(configuration, scope) or [f"config {scope[-1]}", "end"]


def show_all(configuration: Configuration) -> list[str]:
    """`show` at the top: every object that was changed."""
    return [line for name in in_order() for line in render(configuration, (name,))]


def is_locked(status: Status) -> bool:
    """Whether only the primary, not this unit's operator, may change synchronized settings. Source: HA-376, HA-760."""
    return status.effective in {Effective.SECONDARY, Effective.HOLD_OFF} or status.configured is Mode.CONFIG_SECONDARY


def _state(*, heard: bool) -> str:
    return "OK" if heard else "FAILED"


def _schedule(system: System, status: Status, lost_threshold: float, *, data: bool) -> Iterator[str]:
    """Lines of a secondary; a synchronization shows when it comes next, or that it runs. Source: HA-410, HA-615."""
    if status.configured is not Mode.SECONDARY and status.effective is not Effective.SECONDARY:
        return
    watching = status.effective is Effective.SECONDARY
    yield f"Monitor: {f'every second, lost after {lost_threshold:g} seconds' if watching else 'not monitoring'}"
    yield f"Configuration: {SYNCHRONIZING if status.synchronizing else _next(system, status, Sync.CONFIG, 'on change')}"
    if data:
        yield f"Data: {SYNCHRONIZING if status.synchronizing else _next(system, status, Sync.DATA, 'periodic')}"
    else:
        yield "Data: disabled"


def _next(system: System, status: Status, what: Sync, otherwise: str) -> str:
    """Tell how a synchronization is scheduled, and when it comes next."""
    due = status.due.get(what)
    return otherwise if due is None else f"{otherwise}, next at {system.date_of(due)}"

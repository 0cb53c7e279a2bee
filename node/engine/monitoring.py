"""Monitoring: when a leading unit finds itself failed, and a following one its primary."""

from __future__ import annotations

from collections import Counter

from node.engine.events import CheckDone
from node.engine.settings import Check, HaSettings, RemoteCheck
from node.engine.state import Following, State, Stopped
from node.engine.states import Phase

BY_PEER = "remote services"
"""What fails on a unit that its peer has found failed: no check of its own does."""


def check_of(settings: HaSettings, what: str) -> Check:
    """Return the settings of a local check, by its name in `events.CheckDone`."""
    return {"local-ports": settings.local_ports, "local-hd": settings.local_hd}[what]


def remote_check_of(settings: HaSettings, what: str) -> RemoteCheck | None:
    """Return the settings of a check of the peer, by its name in `events.CheckDone`; None for one of this unit."""
    return next((each for each in settings.remote if each.name == what), None)


def fails(settings: HaSettings, strikes: Counter[str], event: CheckDone) -> bool:
    """Count a check, and return whether it has failed so often in a row as its retries say.

    A good check resets the count. Source: HA-204, HA-205, HA-207, HA-214, HA-255.
    """
    strikes[event.what] = 0 if event.ok else strikes[event.what] + 1
    check = remote_check_of(settings, event.what) or check_of(settings, event.what)
    return strikes[event.what] >= check.retries


def watches_peer(unit: State) -> bool:
    """Whether a unit checks its peer's services now.

    A secondary does, and so does a unit that its peer has found failed: it tries to reach the peer. One that is in
    hold-off does not. Source: HA-250, HA-334, HA-521.
    """
    match unit.role:
        case Following():
            return unit.phase is Phase.SECONDARY
        case Stopped(failing):
            return unit.phase is Phase.FAILED and BY_PEER in failing
        case _:
            return False


def stands_in(unit: State, me: Following) -> bool:
    """Whether the services of a primary that has fallen silent serve as its heartbeat: it leads on while none fails.

    They do not for a peer that has left the group, was heard last in another role, or was given the role and has not
    been heard in it: services may answer there, too, and nobody would lead. Source: HA-074, HA-109, HA-208, HA-290 to
    HA-293.
    """
    settings = unit.settings
    monitored = watches_peer(unit) and any(check.enabled for check in settings.remote)
    heard_to_lead = unit.group.heard_at <= me.primary_heard_at and not me.giving and not me.left
    return settings.services_as_heartbeat and monitored and heard_to_lead and not me.found

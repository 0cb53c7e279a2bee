"""What local monitoring makes of the engine: a primary that finds itself faulty leaves its role until it is cured."""

from __future__ import annotations

from typing import TYPE_CHECKING

from node.engine.modes import Effective, OnFailure
from node.engine.settings import Check
from node.engine.states import Phase, Trigger

if TYPE_CHECKING:
    from node.engine.core import Core
    from node.engine.events import CheckDone


def check_done(engine: Core, event: CheckDone) -> None:
    """Count failed checks while primary; elsewhere monitoring sleeps, but in `failed` it looks for the cure.

    Source: HA-018, HA-204, HA-205, HA-207, HA-214, E-07.
    """
    what, check = event.what, _check(engine, event.what)
    if engine.phase is Phase.FAILED and event.ok:
        engine.failing.discard(what)
        _recover(engine)
    elif engine.phase is Phase.PRIMARY and check.enabled:
        engine.strikes[what] = 0 if event.ok else engine.strikes.get(what, 0) + 1
        if engine.strikes[what] >= check.retries:
            engine.failing.add(what)
            switched_off = engine.settings.on_failure is OnFailure.OFF
            engine.move(Trigger.FAULT_OFF if switched_off else Trigger.FAULT, what)


def settings_changed(engine: Core) -> None:
    """A fault that nobody looks for any more keeps no unit in `failed`."""
    engine.failing = {what for what in engine.failing if _check(engine, what).enabled}
    _recover(engine)


def _recover(engine: Core) -> None:
    if engine.phase is Phase.FAILED and not engine.failing:
        engine.enter_group(was=Effective.PRIMARY, trigger=Trigger.CURED)


def _check(engine: Core, what: str) -> Check:
    return {"local-ports": engine.settings.local_ports, "local-hd": engine.settings.local_hd}[what]

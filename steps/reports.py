"""What units report: HA event log and alert mail, in the words of either family (master/slave, primary/secondary)."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import partial

from lab.contract import Unit
from lab.standard_pair import PAIR
from steps.fields import UNITS
from steps.scene import Scene
from steps.words import Table, then

PRIMARY = "(?:master|primary)"
SECONDARY = "(?:slave|secondary)"
"""Source: E-26, both word families are in use."""

_STATUS = re.compile(r"-heart?beat-\w+=", re.IGNORECASE)


@then("each unit logs the heartbeat status")
def logs_heartbeat_status(scene: Scene, datatable: Table) -> None:
    """The last `hahbd` line that names links tells each one's interface and state; table: link, state.

    Earlier ones tell how the pair was formed. Source: HA-073, HA-652, D.1-1.
    """
    ports = {rank.value: interface for rank, interface in PAIR.heartbeat.items()}
    states = [rf"{link}-heart?beat-{ports[link]}={state}" for link, state in datatable[1:]]
    within = scene.lab.profile.settle + max(scene.detection.values())
    for unit in scene.units:
        last = partial(_last_status, unit)
        await_line(scene, last, ".*".join(states), f"unit {unit.name} logs the heartbeat status", within)


@then("the secondary sends an alert that the primary's heartbeat disappeared")
def alerts_primary_lost(scene: Scene) -> None:
    """The alert for a takeover after a heartbeat test, with no word of a remote service. Source: HA-115, D.1-2."""
    _await_alert(scene, "S", rf"{PRIMARY} heartbeat disappeared")


@then("the secondary sends the alert of a takeover from a failed primary")
def alerts_takeover(scene: Scene) -> None:
    """The same text whether the primary has failed or only its heartbeat is lost. Source: HA-708, D.1-2, D.1-11."""
    _await_alert(scene, "S", rf"{PRIMARY} heartbeat disappeared.*from '{SECONDARY}' to '{PRIMARY}'")


@then("the primary sends an alert that the secondary's heartbeat disappeared")
def alerts_secondary_lost(scene: Scene) -> None:
    """Sent when the primary has missed the secondary for its detection time. Source: HA-117, D.1-6."""
    _await_alert(scene, "P", rf"{SECONDARY} heartbeat disappeared")


@then("the {unit:Unit} sends an alert that the system was shut down")
def alerts_shutdown(scene: Scene, unit: str) -> None:
    """Sent at a shutdown, and on the restart after a power loss. Source: HA-324, HA-531, D.1-8."""
    _await_alert(scene, unit, r"system was shut ?down")


@then("the units report these events")
def report_events(scene: Scene, datatable: Table) -> None:
    """Each event has a log line and an alert; table: unit, event, change (two states with "to" between, or nothing).

    The alert names the change too. Source: HA-525, HA-527, D.1.
    """
    for name, event, change in datatable[1:]:
        unit = scene.unit(UNITS[name])
        within = scene.lab.profile.settle + max(scene.detection.values())
        pattern = _either(event)
        await_line(scene, unit.log, pattern, f"unit {unit.name} logs {event!r}", within)
        if change:
            old, new = map(_either, change.split(" to "))
            pattern += rf".*from\W+{old}\W+to\W+{new}\b"
        await_line(scene, unit.alerts, pattern, f"unit {unit.name} sends an alert like {pattern!r}", within)


@then("the {unit:Unit} has not reported that the system is rebooting")
def no_reboot_reported(scene: Scene, unit: str) -> None:
    """Neither by alert nor in its log: a shutdown and a power loss are no planned restarts.

    Source: HA-530, HA-532, D.1-3.
    """
    told = (*scene.unit(unit).alerts(), *scene.unit(unit).log())
    wrong = [text for text in told if re.search("rebooting", text, re.IGNORECASE)]
    assert not wrong, f"unit {unit} has reported {wrong[0]!r}"


@then("the primary logs that the secondary asked it to take over")
def logs_request(scene: Scene) -> None:
    """The new primary's log names the request to switch roles. Source: HA-574."""
    pattern = rf"(?:{PRIMARY}|{SECONDARY}|peer)\b.*\bask"
    what = "the primary logs that it was asked to take over"
    await_line(scene, scene.lab.primary.log, pattern, what, scene.lab.profile.settle)


@then("the {unit:Unit} sends an alert with this event and change")
def alerts_change(scene: Scene, unit: str, datatable: Table) -> None:
    """The event's text and the two states that it names; table: event, from, to. Source: HA-322, HA-655, D.1."""
    for event, old, new in datatable[1:]:
        pattern = rf"{_either(event)}.*from\W+{_either(old)}\W+to\W+{_either(new)}\b"
        _await_alert(scene, unit, pattern)


def _last_status(unit: Unit) -> list[str]:
    """The last line of a unit's log that tells the state of a link, if there is one."""
    return [line for line in unit.log() if _STATUS.search(line)][-1:]


def _either(text: str) -> str:
    """Match these words in the words of either family."""
    words = {"primary": PRIMARY, "secondary": SECONDARY, "hold-off": "hold.?off"}
    return " ".join(words.get(word, re.escape(word)) for word in text.split())


def _await_alert(scene: Scene, unit: str, pattern: str) -> None:
    within = scene.lab.profile.settle + max(scene.detection.values())
    await_line(scene, scene.unit(unit).alerts, pattern, f"unit {unit} sends an alert like {pattern!r}", within)


def await_line(
    scene: Scene, read: Callable[[], Sequence[str]], pattern: str, what: str, within: float | None = None
) -> None:
    """Wait until a unit's log or alerts hold a text like this; `within` (seconds) is the lab's settling by default."""
    wanted = re.compile(pattern, re.IGNORECASE | re.DOTALL)
    bound = scene.lab.profile.settle if within is None else within
    scene.lab.clock.wait_for(lambda: any(wanted.search(text) for text in read()), bound, what)

"""Units that are wrong about planned restarts themselves: shutdown, upgrade, and what a restarted unit does."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass

from node.engine import effects as do
from node.engine import events as on
from node.engine import messages as say
from node.engine.modes import Command, Effective, Mode, Sync, SystemEvent
from node.engine.state import Joining, State
from node.engine.states import Phase, Trigger
from node.engine.timers import Wait
from node.engine.turn import Rules
from wrong.common import alerting_no, changing, ignoring, never
from wrong.record import FACTORY, Decision, Effects, Events, Plain, Remembered, Remembering, Shown, WrongUnit
from wrong.units.group import pretending

REBOOTING = "The system is rebooting (or reloading)!"
"""What a unit reports at a planned restart. Source: HA-525."""


@dataclass(slots=True)
class Return:
    """The effective mode that the unit had before it started."""

    before: Effective | None = None


def noting(returned: Return) -> Events:
    """Note at the start the mode that the unit had before."""

    def note(event: on.Event, _: State) -> Iterable[on.Event]:
        if isinstance(event, on.Started):
            returned.before = event.memory.effective
        return [event]

    return Events(note)


def _alert_reboot(effect: do.Effect, _: State) -> do.Effect:
    match effect:
        case do.Alert(event) if "shutdown" in event:
            return dataclasses.replace(effect, event=REBOOTING)
    return effect


def _log_reboot(effect: do.Effect, _: State) -> do.Effect:
    return do.Log(f"ha: {REBOOTING}") if isinstance(effect, do.Log) and "shutdown" in effect.message else effect


def _alert_after_takeover(effect: do.Effect, _: State) -> Iterable[do.Effect]:
    """Send the alert of a reboot from the first takeover on."""
    leads = isinstance(effect, do.RoleChanged) and effect.new is Effective.PRIMARY
    return [effect, do.Alert(REBOOTING)] if leads else [effect]


def _trap_reboot(effect: do.Effect, _: State) -> do.Effect:
    return do.SystemTrap(SystemEvent.REBOOT) if isinstance(effect, do.SystemTrap) else effect


def _forget_settings(event: on.Event, _: State) -> Iterable[on.Event]:
    match event:
        case on.Started(_, on.Memory(planned=Command.UPGRADE.value)):
            return [dataclasses.replace(event, settings=FACTORY)]
    return [event]


def _copy_nothing(returned: Return) -> tuple[Plain, ...]:
    return noting(returned), pretending(lambda _sync, _unit: returned.before is Effective.SECONDARY)


def copying_no_more(what: Sync) -> Remembering[Return]:
    """As a primary that has failed and recovers as a secondary, never copy this again."""

    def substitutions(returned: Return) -> tuple[Plain, ...]:
        return noting(returned), pretending(lambda sync, _: sync.what is what and returned.before is Effective.PRIMARY)

    return Remembering(Return, substitutions)


@dataclass(slots=True)
class Upgraded:
    """Whether the unit has started into another release."""

    it: bool = False


def _copy_in_no_new_release(upgraded: Upgraded) -> tuple[Plain, ...]:
    def note(event: on.Event, _: State) -> Iterable[on.Event]:
        if isinstance(event, on.Started):
            upgraded.it = event.memory.planned == Command.UPGRADE.value
        return [event]

    def decide(rules: Rules) -> Rules:
        def may_copy(unit: State) -> bool:
            return rules.may_copy(unit) and not (upgraded.it and unit.phase is Phase.CONFIG_ONLY)

        return dataclasses.replace(rules, may_copy=may_copy)

    return Events(note), Decision(decide)


def _is_of_another_release(event: on.Event, unit: State) -> bool:
    match event:
        case on.Heard(_, say.Heartbeat(version=version)):
            return version != unit.version
    return False


def _claim_after_restart(rules: Rules) -> Rules:
    def joins_by(unit: State, me: Joining, heard: say.Heartbeat) -> Trigger | None:
        returns = me.was is Effective.SECONDARY and heard.effective is not Effective.PRIMARY
        return Trigger.CLAIM if returns else rules.joins_by(unit, me, heard)

    return dataclasses.replace(rules, joins_by=joins_by)


def _wait_for_who_joins(rules: Rules) -> Rules:
    """Take the role from no unit that joins too, whatever this unit was before."""

    def joins_by(unit: State, me: Joining, heard: say.Heartbeat) -> Trigger | None:
        return None if heard.joining and unit.settings.mode is Mode.SECONDARY else rules.joins_by(unit, me, heard)

    return dataclasses.replace(rules, joins_by=joins_by)


def _shutdown_is_a_failure(memory: on.Memory) -> on.Memory:
    return dataclasses.replace(memory, planned="") if memory.planned == Command.SHUTDOWN.value else memory


@dataclass(slots=True)
class Planned:
    """Whether the unit has started after a restart that an operator ordered."""

    start: bool = False


def _lead_idle(planned: Planned) -> tuple[Plain, ...]:
    def note(event: on.Event, _: State) -> Iterable[on.Event]:
        if isinstance(event, on.Started):
            planned.start = bool(event.memory.planned)
        return [event]

    def idle(effect: do.Effect, unit: State) -> Iterable[do.Effect]:
        return [] if isinstance(effect, do.StartMail) and planned.start and unit.phase is Phase.PRIMARY else [effect]

    return Events(note), Effects(idle)


def _forget_its_restart(effect: do.Effect, _: State) -> list[do.Effect]:
    return [effect, do.StopTimer(Wait.RESTART)] if isinstance(effect, do.RoleChanged) else [effect]


UNITS = (
    WrongUnit(
        "forgets-its-restart-with-its-role",
        ("HA-534.b",),
        "Does not restart when it leaves its role while it waits for the answer to hold-off.",
        (Effects(_forget_its_restart),),
    ),
    WrongUnit(
        "leaves-its-role-to-a-peer-that-starts-too",
        ("HA-524.c",),
        "As a configured secondary that led, waits for a peer that starts at the same time, which leads then.",
        (Decision(_wait_for_who_joins),),
    ),
    WrongUnit(
        "takes-a-shutdown-for-a-failure",
        ("HA-300.a",),
        "Does as on-failure says after a shutdown that an operator ordered, as after a loss of power.",
        (Remembered(_shutdown_is_a_failure),),
    ),
    WrongUnit(
        "shuts-down-in-silence",
        ("HA-531",),
        "Reports neither its shutdown nor, later, that it had been shut down.",
        (alerting_no("shutdown"),),
    ),
    WrongUnit(
        "reports-a-shutdown-as-reboot",
        ("HA-531",),
        "Says at a shutdown that it is rebooting.",
        (changing(_alert_reboot),),
    ),
    WrongUnit(
        "logs-a-shutdown-as-reboot",
        ("HA-530.a",),
        "Sends the right alert at a shutdown, and logs that it is rebooting.",
        (changing(_log_reboot),),
    ),
    WrongUnit(
        "copies-nothing-after-a-restart",
        ("HA-528.b",),
        "As a restarted secondary, copies nothing: it treats its own configuration and mail data as the primary's.",
        (Remembering(Return, _copy_nothing),),
    ),
    WrongUnit(
        "reboots-in-silence",
        ("HA-525.a", "HA-527.c"),
        "Sends no alert when it goes down on purpose.",
        (alerting_no("rebooting"),),
    ),
    WrongUnit(
        "reboots-after-a-power-cut",
        ("HA-532.b",),
        "Reports a power loss as if the system had been rebooted on purpose.",
        (Effects(_alert_after_takeover),),
    ),
    WrongUnit(
        "tells-one-restart-for-another",
        ("HA-534.a", "HA-534.c", "HA-534.d"),
        "Sends the same system event trap for every restart.",
        (changing(_trap_reboot),),
    ),
    WrongUnit(
        "sends-its-system-trap-twice",
        ("HA-534.b",),
        "Sends a second system event trap right after the first.",
        (Effects(lambda effect, _: [effect, effect] if isinstance(effect, do.SystemTrap) else [effect]),),
    ),
    WrongUnit(
        "sends-no-system-trap",
        ("HA-534.a", "HA-534.b", "HA-534.c", "HA-534.d"),
        "Goes down without a system event trap.",
        (never(do.SystemTrap),),
    ),
    WrongUnit(
        "forgets-its-settings-in-an-upgrade",
        ("HA-730.a", "HA-731.b"),
        "Comes back from an upgrade with factory settings of HA.",
        (Events(_forget_settings),),
    ),
    WrongUnit(
        "hides-its-peers-release",
        ("HA-730.a",),
        "Does not show which release its peer runs.",
        (Shown(lambda status, _: dataclasses.replace(status, peer_version="")),),
    ),
    WrongUnit(
        "shows-its-own-release-as-its-peers",
        ("HA-730.a",),
        "Shows its own release as its peer's.",
        (Shown(lambda status, unit: dataclasses.replace(status, peer_version=unit.version)),),
    ),
    WrongUnit(
        "is-idle-after-its-restart",
        ("HA-526.b",),
        "Leads again after a restart that an operator ordered, but processes no mail.",
        (Remembering(Planned, _lead_idle),),
    ),
    WrongUnit(
        "refuses-another-release",
        ("HA-528.a", "HA-730.a"),
        "Does not listen to a peer that runs another release.",
        (ignoring(_is_of_another_release),),
    ),
    WrongUnit(
        "leads-after-a-restart",
        ("HA-005.b",),
        "As a restarted secondary, claims the role from a peer that does not lead yet.",
        (Decision(_claim_after_restart),),
    ),
    WrongUnit(
        "copies-no-mail-data-after-its-failure",
        ("HA-332.b",),
        "As a primary that recovers as a secondary, copies the configuration but no mail data.",
        (copying_no_more(Sync.DATA),),
    ),
    WrongUnit(
        "copies-no-settings-after-its-failure",
        ("HA-332.a",),
        "As a primary that recovers as a secondary, copies mail data but no configuration.",
        (copying_no_more(Sync.CONFIG),),
    ),
    WrongUnit(
        "copies-nothing-in-a-new-release",
        ("HA-730.b",),
        "In a config-only group, copies nothing any more once it was upgraded.",
        (Remembering(Upgraded, _copy_in_no_new_release),),
    ),
    WrongUnit(
        "numbers-every-start-alike",
        ("HA-580",),
        "Tells its peer that each of its starts is the same, so that what it says after one looks older than it is.",
        (Remembered(lambda memory: dataclasses.replace(memory, boot=0)),),
    ),
)

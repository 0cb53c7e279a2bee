"""Units that send SNMP traps to the wrong managers, too often, or in another form, or answer SNMP wrongly."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from node.engine import effects as do
from node.engine.modes import Effective, Mode, SystemEvent
from node.engine.state import State
from node.engine.status import Status
from node.reporting import (
    HA_EFFECTIVE_MODE,
    HA_EVENT_ID,
    HA_EVENT_REASON,
    HA_MODE,
    HA_UNIT_IP,
    SERIAL,
    SYSTEM_EVENT_CODE,
    Notification,
    Object,
    SnmpTrap,
    ha_trap,
    mode_objects,
    notifications,
    system_trap,
)
from node.settings import Configuration
from node.settings.sinks import Sinks, sinks
from node.settings.snmp import Community, Reader, TrapManager, User, Version
from wrong.common import alerting_no, leaving_out
from wrong.record import Effects, Reports, WrongUnit

BY_SERVICE = "MASTER remote service disappeared"
"""What a secondary reports that takes over since a service of its primary has failed. Source: D.1-9."""


def _with(**changed: object) -> Reports:
    """Change some of how a unit reports."""
    return Reports(lambda reporting: replace(reporting, **changed))  # type: ignore[arg-type] # as the record has them


def _with_managers(change: Callable[[TrapManager], tuple[TrapManager, ...]]) -> Reports:
    """Change whom a unit sends traps."""

    def changed(configuration: Configuration) -> Sinks:
        to = sinks(configuration)
        managers = tuple(other for each in to.snmp.managers for other in change(each))
        return replace(to, snmp=replace(to.snmp, managers=managers))

    return _with(sinks=changed)


def _with_readers(change: Callable[[Reader], tuple[Reader, ...]]) -> Reports:
    """Change who may ask."""

    def changed(configuration: Configuration) -> Sinks:
        to = sinks(configuration)
        readers = tuple(other for each in to.snmp.readers for other in change(each))
        return replace(to, snmp=replace(to.snmp, readers=readers))

    return _with(sinks=changed)


def _as_secondary_to_nobody(configuration: Configuration) -> Sinks:
    to = sinks(configuration)
    if configuration.get(("system ha", "mode")) != "secondary":
        return to
    return replace(to, snmp=replace(to.snmp, managers=()))


def _trapping(change: Callable[[SnmpTrap], SnmpTrap]) -> Reports:
    """Change each trap of an HA event."""

    def trap(serial: str, address: str, event_id: int, reason: str) -> SnmpTrap:
        return change(ha_trap(serial, address, event_id, reason))

    return _with(ha_trap=trap)


def _saying(oid: str, say: Callable[[str], str]) -> Reports:
    """Change one object of each trap of an HA event."""
    return _trapping(lambda trap: replace(trap, objects=tuple(_said(each, oid, say) for each in trap.objects)))


def _said(each: Object, oid: str, say: Callable[[str], str]) -> Object:
    return replace(each, value=say(each.value)) if each.oid == oid else each


def _leaving_out(oid: str) -> Reports:
    """Leave one object out of each trap of an HA event."""
    return _trapping(lambda trap: replace(trap, objects=tuple(each for each in trap.objects if each.oid != oid)))


def _telling(codes: dict[SystemEvent, SystemEvent]) -> Reports:
    """Tell some system events as others."""
    return _with(system_trap=lambda serial, event: system_trap(serial, codes.get(event) or event))


def _without_code(serial: str, event: SystemEvent) -> SnmpTrap:
    """A trap without its code, which tells no event."""
    trap = system_trap(serial, event)
    return replace(trap, objects=tuple(each for each in trap.objects if each.oid != SYSTEM_EVENT_CODE))


def _twice(to: Sinks, trap: SnmpTrap) -> tuple[Notification, ...]:
    return notifications(to, trap) * 2


def _to_nobody(_to: Sinks, _trap: SnmpTrap) -> tuple[Notification, ...]:
    return ()


def _whatever_is_chosen(to: Sinks, trap: SnmpTrap) -> tuple[Notification, ...]:
    return tuple(Notification(each, trap) for each in to.snmp.managers)


def _whatever_users_chose(to: Sinks, trap: SnmpTrap) -> tuple[Notification, ...]:
    """Send users every trap, communities what is chosen."""
    managers = (each for each in to.snmp.managers if isinstance(each.identity, User) or trap.about in each.events)
    return tuple(Notification(each, trap) for each in managers)


def _by_the_other_version_too(manager: TrapManager) -> tuple[TrapManager, ...]:
    """Send a community's traps by both of its versions."""
    if not isinstance(manager.identity, Community):
        return (manager,)
    both = (replace(manager.identity, version=version) for version in (Version.V1, Version.V2C))
    return tuple(replace(manager, identity=identity) for identity in both)


def _by_no_user(manager: TrapManager) -> tuple[TrapManager, ...]:
    return () if isinstance(manager.identity, User) else (manager,)


def _modes(change: Callable[[Status, int, int], tuple[int, int]]) -> Reports:
    """Show other numbers of the two modes."""

    def shown(serial: str, status: Status) -> tuple[Object, ...]:
        objects = mode_objects(serial, status)
        numbers = {each.oid: each.value for each in objects}
        pair = change(status, int(numbers[HA_MODE]), int(numbers[HA_EFFECTIVE_MODE]))
        changed = dict(zip((HA_MODE, HA_EFFECTIVE_MODE), map(str, pair), strict=True))
        return tuple(replace(each, value=changed.get(each.oid, each.value)) for each in objects)

    return _with(mode_objects=shown)


def _in(mode: Effective, number: int) -> Reports:
    """Show a number for one effective mode."""
    return _modes(lambda status, configured, effective: (configured, number if status.effective is mode else effective))


def _trapping_no(reason: str) -> Effects:
    """Send no HA trap with such a reason."""
    return leaving_out(lambda effect, _: isinstance(effect, do.Trap) and effect.reason.startswith(reason[:32]))


def _logging_no_takeover(effect: do.Effect, _: State) -> bool:
    return isinstance(effect, do.Log) and BY_SERVICE in effect.message


UNITS = (
    WrongUnit(
        "sends-no-trap-to-managers",
        ("HA-658", "HA-659.a", "HA-659.b", "HA-659.c"),
        "It sends no SNMP trap to any manager.",
        (_with(notifications=_to_nobody),),
    ),
    WrongUnit(
        "sends-no-trap-to-users",
        ("HA-658",),
        "It sends no SNMP trap by SNMP v3.",
        (_with_managers(_by_no_user),),
    ),
    WrongUnit(
        "sends-each-trap-twice",
        ("HA-658",),
        "It sends each SNMP trap twice to each manager.",
        (_with(notifications=_twice),),
    ),
    WrongUnit(
        "sends-traps-by-both-versions",
        ("HA-658",),
        "It sends a community's traps by SNMP v1 and v2c, though only one is enabled.",
        (_with_managers(_by_the_other_version_too),),
    ),
    WrongUnit(
        "sends-traps-as-primary-only",
        ("HA-658", "HA-659.a"),
        "Configured as secondary, it sends no SNMP trap to any manager.",
        (_with(sinks=_as_secondary_to_nobody),),
    ),
    WrongUnit(
        "traps-what-nobody-chose",
        ("HA-660",),
        "It sends HA traps and system event traps to each manager, whatever is chosen.",
        (_with(notifications=_whatever_is_chosen),),
    ),
    WrongUnit(
        "traps-what-no-user-chose",
        ("HA-660",),
        "It sends a user of SNMP v3 every trap, whatever is chosen.",
        (_with(notifications=_whatever_users_chose),),
    ),
    WrongUnit(
        "traps-without-serial-number",
        ("HA-658",),
        "Its HA traps have no serial number.",
        (_leaving_out(SERIAL),),
    ),
    WrongUnit(
        "traps-without-address",
        ("HA-658",),
        "Its HA traps have no address.",
        (_leaving_out(HA_UNIT_IP),),
    ),
    WrongUnit(
        "traps-without-reason",
        ("HA-658",),
        "Its HA traps have no reason.",
        (_leaving_out(HA_EVENT_REASON),),
    ),
    WrongUnit(
        "traps-as-the-group",
        ("HA-658",),
        "Its HA traps name the shared address in place of its own.",
        (_saying(HA_UNIT_IP, lambda _: "10.0.3.100"),),
    ),
    WrongUnit(
        "traps-with-one-serial-number",
        ("HA-658",),
        "Its HA traps have the same serial number on each unit.",
        (_saying(SERIAL, lambda _: "SIM-P"),),
    ),
    WrongUnit(
        "traps-reason-first",
        ("HA-658",),
        "The objects of its HA traps come in the opposite order.",
        (_trapping(lambda trap: replace(trap, objects=trap.objects[::-1])),),
    ),
    WrongUnit(
        "traps-the-other-role-to-managers",
        ("HA-659.a", "HA-659.b"),
        "It tells managers the other role than the one to which it has switched.",
        (_saying(HA_EVENT_ID, lambda text: {"1": "2", "2": "1"}.get(text, text)),),
    ),
    WrongUnit(
        "traps-a-shutdown-as-a-switch",
        ("HA-659.c",),
        "It tells managers of its shutdown that it has switched to secondary.",
        (_saying(HA_EVENT_ID, lambda text: {"3": "2"}.get(text, text)),),
    ),
    WrongUnit(
        "traps-long-reasons-to-managers",
        ("HA-661",),
        "The reasons that managers are told have 33 characters.",
        (_saying(HA_EVENT_REASON, lambda text: text.ljust(33, ".")),),
    ),
    WrongUnit(
        "traps-a-halt-as-a-reboot-to-managers",
        ("HA-534.a",),
        "It tells managers of a shutdown the code of a reboot.",
        (_telling({SystemEvent.HALT: SystemEvent.REBOOT}),),
    ),
    WrongUnit(
        "traps-a-reboot-as-a-reload-to-managers",
        ("HA-534.b",),
        "It tells managers of a reboot the code of a reload.",
        (_telling({SystemEvent.REBOOT: SystemEvent.RELOAD}),),
    ),
    WrongUnit(
        "traps-a-reload-as-a-reboot-to-managers",
        ("HA-534.c",),
        "It tells managers of a reload the code of a reboot.",
        (_telling({SystemEvent.RELOAD: SystemEvent.REBOOT}),),
    ),
    WrongUnit(
        "traps-an-upgrade-as-a-reboot-to-managers",
        ("HA-534.d",),
        "It tells managers of an upgrade the code of a reboot.",
        (_telling({SystemEvent.UPGRADE: SystemEvent.REBOOT}),),
    ),
    WrongUnit(
        "traps-no-code-to-managers",
        ("HA-534.a", "HA-534.b", "HA-534.c", "HA-534.d"),
        "Its system event traps have no code.",
        (_with(system_trap=_without_code),),
    ),
    WrongUnit(
        "shows-its-role-as-configured-by-snmp",
        ("HA-009", "HA-619"),
        "SNMP shows its effective mode as its configured one, too.",
        (_modes(lambda _, __, effective: (effective, effective)),),
    ),
    WrongUnit(
        "shows-its-setting-as-role-by-snmp",
        ("HA-009", "HA-619"),
        "SNMP shows its configured mode as its effective one, too.",
        (_modes(lambda _, configured, __: (configured, configured)),),
    ),
    WrongUnit(
        "counts-modes-from-one-by-snmp",
        ("HA-619",),
        "SNMP shows each mode by the next number.",
        (_modes(lambda _, configured, effective: (configured + 1, effective + 1)),),
    ),
    WrongUnit(
        "shows-a-group-as-a-pair-by-snmp",
        ("HA-619",),
        "SNMP shows the members of a config-only group as those of a pair.",
        (_modes(lambda _, configured, effective: ({3: 1, 4: 2}.get(configured, configured), effective)),),
    ),
    WrongUnit(
        "shows-off-as-primary-by-snmp",
        ("HA-619",),
        "SNMP shows it as configured primary while its mode is off.",
        (_modes(lambda status, configured, effective: (configured or int(status.configured is Mode.OFF), effective)),),
    ),
    WrongUnit(
        "shows-failed-as-secondary-by-snmp",
        ("HA-620",),
        "SNMP shows it as secondary while it is failed.",
        (_in(Effective.FAILED, 2),),
    ),
    WrongUnit(
        "shows-hold-off-as-primary-by-snmp",
        ("HA-620",),
        "SNMP shows it as primary while it is in hold-off.",
        (_in(Effective.HOLD_OFF, 1),),
    ),
    WrongUnit(
        "shows-failed-by-a-number-of-its-own",
        ("HA-620",),
        "SNMP shows failed by the number 5, which the MIB does not have.",
        (_in(Effective.FAILED, 5),),
    ),
    WrongUnit(
        "answers-no-manager",
        ("HA-619",),
        "It answers nobody by SNMP.",
        (_with_readers(lambda _: ()),),
    ),
    WrongUnit(
        "answers-no-user",
        ("HA-619",),
        "It answers nobody by SNMP v3.",
        (_with_readers(lambda each: () if isinstance(each.identity, User) else (each,)),),
    ),
    WrongUnit(
        "mails-no-failure-of-its-own",
        ("HA-215",),
        "It mails no alert when it finds itself faulty.",
        (alerting_no("", Effective.PRIMARY, Effective.FAILED),),
    ),
    WrongUnit(
        "traps-no-takeover-for-a-service",
        ("HA-662",),
        "It sends no trap when it takes over since a service has failed.",
        (_trapping_no(BY_SERVICE),),
    ),
    WrongUnit(
        "logs-no-takeover-for-a-service",
        ("HA-662",),
        "It logs nothing when it takes over since a service has failed.",
        (leaving_out(_logging_no_takeover),),
    ),
    WrongUnit(
        "mails-no-takeover-for-a-service",
        ("HA-662",),
        "It mails no alert when it takes over since a service has failed.",
        (alerting_no(BY_SERVICE, Effective.SECONDARY, Effective.PRIMARY),),
    ),
)

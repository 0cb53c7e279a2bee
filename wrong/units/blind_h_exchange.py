"""The second part of `blind_h`: exchange of settings, mail data and queue, passwords, commands, config-only groups."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from node.engine import effects as do
from node.engine import events as on
from node.engine.modes import Command, Effective, Mode
from node.engine.settings import HaSettings
from node.engine.state import State
from node.engine.states import Phase
from node.engine.timers import LinkSilent
from node.engine.turn import Rules
from node.exchange.mail_data import merged
from node.settings import Configuration, in_force
from node.settings.schema import is_synchronized
from node.settings.script import checksum, dump, merge_synchronized
from wrong.common import exchanging
from wrong.record import Decision, OnLinux, React, Reaction, Remembering, Settings, WrongUnit

# The configuration


def _copying_what_is_named(
    before: Configuration, text: str, expected: str, given: Mapping[str, str]
) -> list[in_force.Step]:
    """Leave every object as it is of which the primary's text says nothing."""
    in_force.by_copy(before, text, expected, given)  # refuses what the reference refuses
    named = {line.removeprefix("config ") for line in text.splitlines() if line.startswith("config ")}
    whole = text + dump(before.part(lambda path: is_synchronized(path) and path[0] not in named))
    return in_force.by_copy(before, whole, checksum(merge_synchronized(before, whole)), given)


# Mail data

MIRRORED = "system-quarantine"
KEPT = ("quarantine", "archive", "mailboxes", "preferences")


def _mirroring(own: Mapping[str, Any], primary: Mapping[str, Any]) -> dict[str, Any]:
    """Merge, but make the system quarantine the same as the primary's."""
    kept = {path: file for path, file in own.items() if not path.startswith(f"{MIRRORED}/") or path in primary}
    return merged(kept, primary)


def _mirroring_by_rsync(copying: Callable[[str, str], list[str]]) -> Callable[[str, str], list[str]]:
    """Let rsync delete what the primary has not, in that area only."""

    def mirror(source: str, target: str) -> list[str]:
        *command, from_, to = copying(source, target)
        return [*command, "--delete", *(f"--filter=protect /{area}/***" for area in KEPT), from_, to]

    return mirror


ARCHIVES = "archive/*"
"""The files of the archives, as a pattern."""


def _without_archives(own: Mapping[str, Any], primary: Mapping[str, Any]) -> dict[str, Any]:
    """Merge all but the archives."""
    return merged(own, {path: file for path, file in primary.items() if not fnmatchcase(path, ARCHIVES)})


# The queue


@dataclass(slots=True)
class _Led:
    """Whether this unit led when it last stopped, or has led since."""

    known: bool = False


def _handing_over_after_leading(led: _Led) -> tuple[Reaction, ...]:
    """Hand no queue over unless this unit led before: a secondary is thought to have none."""

    def hand_over(react: React, event: on.Event, unit: State) -> list[do.Effect]:
        if isinstance(event, on.Started):
            led.known = event.memory.effective is Effective.PRIMARY
        effects = react(event)
        led.known = led.known or unit.phase is Phase.PRIMARY
        if led.known or not any(isinstance(effect, do.HandOverQueue) for effect in effects):
            return effects
        others = (effect for effect in effects if not isinstance(effect, do.HandOverQueue))
        return [*others, *react(on.QueueHandedOver(ok=True, count=0, detail=""))]

    return (Reaction(hand_over),)


def _refusing_once_held_off(rules: Rules) -> Rules:
    """Take no queue after a hold-off, however it ended."""

    def refuses(unit: State) -> str:
        return rules.refuses_queue(unit) or ("this unit holds off" if unit.held_off_by else "")

    return dataclasses.replace(rules, refuses_queue=refuses)


# Commands, passwords, and config-only groups


def _synchronizing_as_configured(react: React, event: on.Event, unit: State) -> list[do.Effect]:
    """Do nothing on sync where a configured secondary leads: it has nobody to copy from."""
    leads = unit.phase is Phase.PRIMARY and unit.settings.mode is Mode.SECONDARY
    return [] if leads and event == on.Ordered(Command.SYNC) else react(event)


SIGNIFICANT = 8
"""Characters of a password that count."""


def _cutting_passwords(new: HaSettings, _: State) -> HaSettings:
    return dataclasses.replace(new, password=new.password[:SIGNIFICANT])


def _cutting_keys(derive: Callable[[str], bytes]) -> Callable[[str], bytes]:
    return lambda password: derive(password[:SIGNIFICANT])


def _serving_with_primary(react: React, event: on.Event, unit: State) -> list[do.Effect]:
    """As config-secondary, stop mail when the primary is lost, and start it when the primary is heard again."""
    alone = unit.group.peer is None
    effects = react(event)
    if unit.phase is not Phase.CONFIG_ONLY or unit.settings.mode is not Mode.CONFIG_SECONDARY:
        return effects
    if isinstance(event, on.TimerFired) and isinstance(event.timer, LinkSilent) and unit.group.peer is None:
        return [*effects, do.StopMail()]
    return [*effects, do.StartMail()] if alone and unit.group.peer is not None else effects


UNITS = (
    WrongUnit(
        "copy-empties-no-object",
        ("HA-350.a", "HA-378"),
        "Keeps its own settings of an object in which the primary has none any more.",
        (exchanging(copy=_copying_what_is_named),),
    ),
    WrongUnit(
        "makes-viruses-equal-to-the-primarys",
        ("HA-427.a",),
        "Makes its system quarantine the same as the primary's, and loses what it alone had there.",
        (
            exchanging(merge=_mirroring),
            OnLinux("node.linux.sync", "copying", _mirroring_by_rsync),
        ),
    ),
    WrongUnit(
        "recovers-without-archives",
        ("HA-332.b", "HA-401.b"),
        "Copies all mail data but the archives, for it was primary and has them already.",
        (
            exchanging(merge=_without_archives),
            OnLinux("node.linux.sync", "LEFT_OUT", lambda left_out: (*left_out, ARCHIVES)),
        ),
        alone="P",
    ),
    WrongUnit(
        "queue-of-a-former-primary-only",
        ("HA-424", "HA-333.a"),
        "Hands nothing more over if it restarts as a secondary, before all of its queue has been handed over.",
        (Remembering(_Led, _handing_over_after_leading),),
    ),
    WrongUnit(
        "takes-no-queue-after-hold-off",
        ("HA-333.a", "HA-420.c"),
        "Refuses the queue as primary, if it has held off since its start.",
        (Decision(_refusing_once_held_off),),
    ),
    WrongUnit(
        "sync-goes-by-the-configured-role",
        ("HA-354.a", "HA-570.a", "HA-570.b"),
        "Starts no synchronization by hand while it leads as configured secondary.",
        (Reaction(_synchronizing_as_configured),),
        alone="S",
    ),
    WrongUnit(
        "compares-eight-characters",
        ("HA-453.a", "HA-453.b", "HA-453.c"),
        "Takes passwords for the same that differ after their eighth character only.",
        (Settings(_cutting_passwords), OnLinux("node.linux.links", "derive_key", _cutting_keys)),
    ),
    WrongUnit(
        "no-mail-without-config-primary",
        ("HA-023", "HA-119.b"),
        "Stops mail as config-secondary while it does not hear the primary.",
        (Reaction(_serving_with_primary),),
    ),
)

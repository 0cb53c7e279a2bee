"""Units that are wrong about their password, and about whom they admit."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

from node.cli.pages import MASK
from node.cli.system import System
from node.engine import effects as do
from node.engine import events as on
from node.engine.settings import HaSettings
from node.engine.state import State
from node.engine.states import Phase
from node.engine.turn import Rules
from node.settings.schema import HA
from wrong.record import Decision, Pages, Printed, React, Reaction, Settings, WrongUnit
from wrong.units.links import admit_by_password
from wrong.units.shared_addresses import lax


def reading(read: Callable[[str], str]) -> Settings:
    """Use another password than the one that is set."""
    return Settings(lambda settings, _: dataclasses.replace(settings, password=read(settings.password)))


def tripping(trips: Callable[[str], bool]) -> Settings:
    """Turn some passwords into others, different on each unit."""

    def read(settings: HaSettings, unit: State) -> HaSettings:
        password = settings.password
        own = f"{password}{unit.settings.mode.value}" if trips(password) else password
        return dataclasses.replace(settings, password=own)

    return Settings(read)


def _admit_without_password(rules: Rules) -> Rules:
    return dataclasses.replace(
        rules,
        admits=lambda unit, rank, source, _: rules.admits(unit, rank, source, True),  # noqa: FBT003 - as it is called
    )


def _keep_first(settings: HaSettings, unit: State) -> HaSettings:
    stays = unit.phase.in_group and settings.mode is unit.settings.mode
    return dataclasses.replace(settings, password=unit.settings.password) if stays else settings


def _make_up(settings: HaSettings, unit: State) -> HaSettings:
    default = settings.password == "change_me"  # noqa: S105 - the manual's default
    return dataclasses.replace(settings, password=unit.settings.mode.value) if default else settings


def _log_password(react: React, event: on.Event, _: State) -> list[do.Effect]:
    done = react(event)
    if isinstance(event, on.Started | on.SettingsChanged):
        done.append(do.Log(f"hahbd: the password is {event.settings.password}"))
    return done


def showing_password(by: str) -> Pages:
    """Print the password instead of a mask on pages that one command prints; by '' on all."""

    def show(line: str, printed: Printed, system: System) -> Printed:
        password = system.configuration.get((HA, "password"))
        if not line.strip().startswith(by):
            return printed
        clear = printed.text.replace("# password is set, and not shown", f"set password {password}")
        return Printed(clear.replace(MASK, password), printed.refused)

    return Pages(show)


def _old_password_while_off(new: HaSettings, unit: State) -> HaSettings:
    keeps = unit.phase is Phase.SWITCHED_OFF and new.mode is unit.settings.mode
    return dataclasses.replace(new, password=unit.settings.password) if keeps else new


UNITS = (
    WrongUnit(
        "admits-any-password",
        ("HA-453.a", "HA-453.b", "HA-453.c"),
        "Asks for no password when the address is its peer's.",
        (Decision(_admit_without_password),),
    ),
    WrongUnit(
        "admits-any-address",
        ("HA-007", "HA-065", "HA-067.a"),
        "Admits anyone who knows the password, from any address.",
        (Decision(admit_by_password),),
    ),
    WrongUnit(
        "ignores-password-case",
        ("HA-453.a",),
        "Ignores the case of letters in its password.",
        (reading(str.lower),),
    ),
    WrongUnit(
        "truncates-its-password",
        ("HA-453.a",),
        "Uses only the first eight characters of its password.",
        (reading(lambda password: password[:8]),),
    ),
    WrongUnit(
        "drops-the-last-digit",
        ("HA-453.a",),
        "Drops digits at the end of its password.",
        (reading(lambda password: password.rstrip("0123456789")),),
    ),
    WrongUnit(
        "keeps-its-first-password",
        ("HA-452",),
        "Keeps using the password that was set when it entered the group.",
        (Settings(_keep_first),),
    ),
    WrongUnit(
        "makes-up-its-default-password",
        ("HA-450",),
        "Has no default password: each unit makes one up.",
        (Settings(_make_up),),
    ),
    WrongUnit(
        "trips-over-short-passwords",
        ("HA-451.a", "HA-452"),
        "Cannot use a password of fewer than four characters.",
        (tripping(lambda password: len(password) < 4),),  # noqa: PLR2004 - as its sentence says
    ),
    WrongUnit(
        "trips-over-long-passwords",
        ("HA-452",),
        "Cannot use a password of more than a hundred characters.",
        (tripping(lambda password: len(password) > 100),),  # noqa: PLR2004 - as its sentence says
    ),
    WrongUnit(
        "trips-over-signs",
        ("HA-452",),
        "Cannot use a password with a dollar sign.",
        (tripping(lambda password: "$" in password),),
    ),
    WrongUnit(
        "trips-over-quotes",
        ("HA-452",),
        "Cannot use a password with quotes.",
        (tripping(lambda password: '"' in password),),
    ),
    WrongUnit(
        "trips-over-other-alphabets",
        ("HA-452",),
        "Cannot use a password beyond ASCII.",
        (tripping(lambda password: not password.isascii()),),
    ),
    WrongUnit(
        "takes-an-empty-password",
        ("HA-451.b",),
        "Accepts an empty password without an error, and keeps the old one.",
        (lax(r"set password "),),
    ),
    WrongUnit(
        "shows-its-password",
        ("HA-454.a",),
        "Prints its password where it should print a mask.",
        (showing_password(by=""),),
    ),
    WrongUnit(
        "gets-its-password",
        ("HA-454.a",),
        "Prints its password on pages that `get` prints.",
        (showing_password(by="get"),),
    ),
    WrongUnit(
        "shows-its-password-in-lines",
        ("HA-454.b",),
        "Prints its password on pages that `show` prints.",
        (showing_password(by="show"),),
    ),
    WrongUnit(
        "logs-its-password",
        ("HA-454.a",),
        "Writes its password to the event log when it has changed.",
        (Reaction(_log_password),),
    ),
    WrongUnit(
        "keeps-its-password-while-it-is-off",
        ("HA-452",),
        "Goes by a password that is set while on-failure keeps it off only after its next start.",
        (Settings(_old_password_while_off),),
        alone="P",
    ),
)

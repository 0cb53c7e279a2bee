"""Units that are wrong in how they answer their operator: prompts, commands of tables and fields, help, and pages."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection

from node.cli.system import System
from node.engine.modes import Effective, Mode
from node.settings.schema import HA
from wrong.record import Pages, Printed, Sessions, WrongUnit
from wrong.units.shared_addresses import lax, lying

QUESTION = "(y/n)"


def hiding(pattern: str) -> Pages:
    """Leave lines out of every page."""
    return lying(rf"(?m)^\s*{pattern}.*\n", "")


def unlocked(where: Callable[[System], bool]) -> Pages:
    """Take what is synchronized without an error, where a unit must refuse it."""

    def say(_: str, printed: Printed, system: System) -> Printed:
        taken = "HA secondary can't" in printed.text and where(system)
        return Printed("", refused=False) if taken else printed

    return Pages(say)


def refusing(pattern: str) -> Pages:
    """Refuse lines like this."""

    def say(line: str, printed: Printed, _: System) -> Printed:
        return Printed("Command fail. no\n", refused=True) if re.fullmatch(pattern, line) else printed

    return Pages(say)


def _follows(system: System) -> bool:
    return system.status().effective is Effective.SECONDARY and not system.status().configured.config_only


def _is_in(modes: Collection[Effective]) -> Callable[[System], bool]:
    return lambda system: system.status().effective in modes


def _append_schedule(line: str, printed: Printed, _: System) -> Printed:
    missing = line == "get system ha status" and "Monitor" not in printed.text
    return Printed(f"{printed.text}Monitor: every second\n", printed.refused) if missing else printed


def _take_effective_for_configured(line: str, printed: Printed, system: System) -> Printed:
    if line != "get system ha status":
        return printed
    status = system.status()
    old, new = (f"Configured Operating Mode: {mode}" for mode in (status.configured, status.effective))
    return Printed(printed.text.replace(old, new), printed.refused)


def _putting_the_role_for_the_mode(pattern: str) -> Pages:
    """Where the settings tell the mode, name the effective one once the unit has changed places with its peer."""

    def say(_line: str, printed: Printed, system: System) -> Printed:
        if not re.search(pattern, printed.text, re.MULTILINE):
            return printed
        status = system.status()
        if {status.configured, status.effective} != {Mode.PRIMARY, Effective.SECONDARY}:
            return printed
        return Printed(re.sub(pattern, rf"\g<1>{status.effective}", printed.text, flags=re.MULTILINE), printed.refused)

    return Pages(say)


def _offer_what_was_set(line: str, printed: Printed, system: System) -> Printed:
    """Outside a pair, too, show an option of a pair that is set, and let it be changed."""
    value = system.configuration.store.get((HA, "mail-data-sync"))
    if value == "enable" or system.status().configured in {Mode.PRIMARY, Mode.SECONDARY}:
        return printed
    if printed.refused and line.startswith("set mail-data-sync "):
        return Printed("", refused=False)
    if line.startswith("get") and "hb-base-port : " in printed.text:
        return Printed(f"{printed.text}mail-data-sync : {value}\n", printed.refused)
    return printed


def _take_a_detection_time(line: str, printed: Printed, system: System) -> Printed:
    sets = printed.refused and line.startswith("set hb-lost-threshold ")
    return Printed("", refused=False) if sets and system.status().configured is Mode.CONFIG_PRIMARY else printed


def _print_checksum(text: Callable[[System], str]) -> Pages:
    return Pages(
        lambda line, printed, system: (
            Printed(f"{text(system)}\n", refused=False) if line.endswith("showcsum") else printed
        )
    )


def _list_everything(line: str, printed: Printed, _: System) -> Printed:
    return Printed("config\nget\nshow\ndiagnose\nexecute\n", refused=False) if line.endswith(" ?") else printed


def _outermost_only(prompt: str) -> str:
    return re.sub(r"\((?!ha\)).*\) ", "(ha) ", prompt)


UNITS = (
    WrongUnit(
        "names-no-object-in-its-prompt",
        ("HA-750.a",),
        "Prompts with its name alone, whatever is configured.",
        (Sessions(prompt=lambda prompt: re.sub(r" \(.*\) #", " #", prompt)),),
    ),
    WrongUnit(
        "names-the-outermost-object-only",
        ("HA-750.b",),
        "Prompts with the object ha also where a table or an entry in it is configured.",
        (Sessions(prompt=_outermost_only),),
    ),
    WrongUnit(
        "purges-no-table",
        ("HA-751.a",),
        "Refuses the command purge.",
        (refusing("purge"),),
    ),
    WrongUnit(
        "unsets-no-field",
        ("HA-751.b",),
        "Refuses the command unset.",
        (refusing("unset .*"),),
    ),
    WrongUnit(
        "takes-settings-outside-an-object",
        ("HA-751.b", "HA-763"),
        "Takes commands of fields where no object is configured, and does nothing.",
        (lax(r"set mode off|unset mode|end$|abort$"),),
    ),
    WrongUnit(
        "saves-what-is-aborted",
        ("HA-752",),
        "Saves an object that is left by abort.",
        (Sessions(enter=lambda line, _: "end" if line == "abort" else line),),
    ),
    WrongUnit(
        "forgets-what-next-has-left",
        ("HA-752",),
        "Takes back the changes of an entry that is left by next.",
        (Sessions(enter=lambda line, prompt: "abort" if line == "next" and "port3" in prompt else line),),
    ),
    WrongUnit(
        "unlocked-while-it-follows",
        ("HA-376", "HA-760"),
        "Lets an operator set what is synchronized on a secondary, and keeps the primary's.",
        (unlocked(_follows),),
    ),
    WrongUnit(
        "unlocked-in-hold-off",
        ("HA-376", "HA-760"),
        "Lets an operator set what is synchronized while it is in hold-off.",
        (unlocked(_is_in({Effective.HOLD_OFF})),),
    ),
    WrongUnit(
        "unlocked-in-a-config-only-group",
        ("HA-376", "HA-760"),
        "Lets an operator set what is synchronized on a secondary of a config-only group.",
        (unlocked(lambda system: system.status().configured is Mode.CONFIG_SECONDARY),),
    ),
    WrongUnit(
        "names-no-attribute-that-it-refuses",
        ("HA-760",),
        "Refuses to set a synchronized attribute on a secondary without its name.",
        (lying(r"(set attribute) \S+", r"\1"),),
    ),
    WrongUnit(
        "prints-no-base-port",
        ("HA-618.a",),
        "Prints the HA settings without the base port.",
        (hiding("hb-base-port"),),
    ),
    WrongUnit(
        "prints-no-service",
        ("HA-618.a",),
        "Prints the HA settings without those of interfaces and services.",
        (hiding("(interface|service) "),),
    ),
    WrongUnit(
        "offers-no-help",
        ("HA-762.a",),
        "Refuses a question mark at the prompt.",
        (refusing(r"\?"),),
    ),
    WrongUnit(
        "offers-the-same-help-everywhere",
        ("HA-762.b",),
        "Lists the commands of the prompt after any words.",
        (Pages(_list_everything),),
    ),
    WrongUnit(
        "ignores-a-word-too-many",
        ("HA-763",),
        "Takes a line with a word too many without an error.",
        (lax(r".* (now|nothing)$"),),
    ),
    WrongUnit(
        "asks-for-no-confirmation",
        ("HA-764.a",),
        "Prompts for the next command instead of asking for a confirmation.",
        (Sessions(prompt=lambda prompt: "unit # " if QUESTION in prompt else prompt),),
    ),
    WrongUnit(
        "takes-no-for-yes",
        ("HA-764.b",),
        "Carries a command out although the operator does not confirm it.",
        (Sessions(enter=lambda line, prompt: "y" if QUESTION in prompt and line == "n" else line),),
    ),
    WrongUnit(
        "keeps-its-settings-at-a-factory-reset",
        ("HA-001", "HA-764.b"),
        "Erases its mail where its operator confirms a return to factory settings, and keeps its settings.",
        (Sessions(enter=lambda line, _: "execute formatmaildisk" if line == "execute factoryreset" else line),),
    ),
    WrongUnit(
        "shows-no-configured-mode-on-its-page",
        ("HA-610",),
        "Leaves the configured mode out of the status page.",
        (hiding("Configured Operating Mode"),),
    ),
    WrongUnit(
        "shows-no-effective-mode-on-its-page",
        ("HA-611",),
        "Leaves the effective mode out of the status page.",
        (hiding("Effective Operating Mode"),),
    ),
    WrongUnit(
        "shows-a-schedule-whatever-it-is",
        ("HA-612.a", "HA-612.b"),
        "Shows a schedule of monitoring on a primary too.",
        (Pages(_append_schedule),),
    ),
    WrongUnit(
        "shows-its-effective-mode-as-the-configured-one",
        ("HA-611", "HA-612.c"),
        "Shows its effective mode on the status page as the configured one.",
        (Pages(_take_effective_for_configured),),
    ),
    WrongUnit(
        "takes-a-detection-time-as-config-primary",
        ("HA-107",),
        "As the primary of a config-only group it accepts a detection time without an error.",
        (Pages(_take_a_detection_time),),
    ),
    WrongUnit(
        "offers-what-was-set-in-a-pair",
        ("HA-028.b", "HA-028.c"),
        "Outside a pair it offers the synchronization of mail data where that was disabled in one.",
        (Pages(_offer_what_was_set),),
    ),
    WrongUnit(
        "gets-its-role-for-its-mode",
        ("HA-009",),
        "Once the configured primary follows, `get` of its settings names the effective mode as the mode.",
        (_putting_the_role_for_the_mode(r"^(mode : )primary$"),),
    ),
    WrongUnit(
        "shows-its-role-for-its-mode",
        ("HA-009",),
        "Once the configured primary follows, `show` of its settings sets the effective mode as the mode.",
        (_putting_the_role_for_the_mode(r"^( *set mode )primary$"),),
    ),
    WrongUnit(
        "shows-no-monitoring",
        ("HA-613.a",),
        "Leaves Monitor out of a secondary's schedule.",
        (hiding("Monitor:"),),
    ),
    WrongUnit(
        "shows-no-configuration-schedule",
        ("HA-613.b",),
        "Leaves Configuration out of a secondary's schedule.",
        (hiding("Configuration:"),),
    ),
    WrongUnit(
        "shows-no-data-schedule",
        ("HA-613.c",),
        "Leaves Data out of a secondary's schedule.",
        (hiding("Data:"),),
    ),
    WrongUnit(
        "does-not-say-that-it-synchronizes",
        ("HA-380", "HA-615.b"),
        "Shows its schedule as ever while it synchronizes.",
        (lying("secondary unit is currently synchronizing", "on change"),),
    ),
    WrongUnit(
        "says-that-it-synchronizes-mail-data",
        ("HA-615.b",),
        "Shows that mail data is synchronized, whatever is.",
        (lying("Data: disabled", "Data: secondary unit is currently synchronizing"),),
    ),
    WrongUnit(
        "prints-one-checksum-for-all",
        ("HA-377.b",),
        "Prints the same checksum whatever its configuration is.",
        (_print_checksum(lambda _: "0"),),
    ),
    WrongUnit(
        "prints-a-checksum-of-its-own",
        ("HA-377.b",),
        "Prints a checksum that differs from its peer's.",
        (_print_checksum(lambda system: system.serial),),
    ),
    WrongUnit(
        "does-not-say-that-ha-is-disabled",
        ("HA-004",),
        "Shows nothing on the status page while its mode is off.",
        (hiding("HA mode is currently disabled"),),
    ),
    WrongUnit(
        "tells-of-its-peer-while-off",
        ("HA-004",),
        "Shows on the status page, too, while its mode is off, that it knows nothing of a peer.",
        (lying("(HA mode is currently disabled)", r"\1\nPeer version: unknown"),),
    ),
    WrongUnit(
        "tells-of-its-schedule-while-off",
        ("HA-004",),
        "Shows on the status page, too, while its mode is off, that it does not monitor.",
        (lying("(HA mode is currently disabled)", r"\1\nMonitor: not monitoring"),),
    ),
    WrongUnit(
        "takes-orders-in-no-group",
        ("HA-003.a",),
        "Takes an order for a group that it is not in without an error.",
        (lax(r"diagnose system ha "),),
    ),
)

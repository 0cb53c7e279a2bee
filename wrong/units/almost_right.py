"""Units whose command line is right where one looks first, and wrong beside it: values, lines, answers and pages."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Collection

from node.cli.system import System
from node.engine.modes import Command, Mode
from node.engine.states import Phase
from node.settings import Configuration
from node.settings.script import synchronized
from wrong.record import Pages, Printed, Sessions, WrongUnit


def misreading(inside: str, line: str, instead: str) -> Sessions:
    """Read lines in some objects as others; both patterns are to match the whole."""

    def enter(entered: str, prompt: str) -> str:
        named = re.search(r"\((.*)\)", prompt)
        here = re.fullmatch(inside, named[1] if named else "") and re.fullmatch(line, entered)
        return here.expand(instead) if here else entered

    return Sessions(enter=enter)


def answering(line: str, say: Callable[[Printed, System], Printed], phases: Collection[Phase] = tuple(Phase)) -> Pages:
    """Answer some lines in another way, in some phases."""

    def answer(entered: str, printed: Printed, system: System) -> Printed:
        ours = re.fullmatch(line, entered.strip()) and Phase(system.status().phase) in phases
        return say(printed, system) if ours else printed

    return Pages(answer)


def accepting(line: str) -> Pages:
    """Report refused lines as accepted; the pattern is to match the whole."""
    return answering(line, lambda printed, _: Printed("", refused=False) if printed.refused else printed)


def unlocked(line: str, phases: Collection[Phase], *modes: Mode) -> Pages:
    """Take what is synchronized without an error, and without effect, in some phases and modes."""

    def say(printed: Printed, system: System) -> Printed:
        taken = "HA secondary can't" in printed.text and system.status().configured in modes
        return Printed("", refused=False) if taken else printed

    return answering(line, say, phases)


def asking_nobody(*phases: Phase) -> Pages:
    """Shut the unit down without asking for a confirmation, in some phases."""
    return answering(
        "execute shutdown", lambda _, system: Printed(system.operate(Command.SHUTDOWN), refused=False), phases
    )


def lacking(line: str, word: str) -> Pages:
    """Leave a word out of what a question mark lists."""
    return answering(line, lambda printed, _: Printed(re.sub(rf"(?m)^{word}\s*$", "", printed.text), printed.refused))


def unmasked(*modes: Mode) -> Pages:
    """Print the password instead of its mask, in some modes."""

    def say(printed: Printed, system: System) -> Printed:
        password = system.configuration.get(("system ha", "password"))
        shown = printed.text.replace("******", password) if system.status().configured in modes else printed.text
        return Printed(shown, printed.refused)

    return answering("get.*", say)


def summing(of: Callable[[Configuration], str]) -> Pages:
    """Print a checksum of something else than what is synchronized."""

    def say(_: Printed, system: System) -> Printed:
        return Printed(f"{zlib.crc32(of(system.configuration).encode())}\n", refused=False)

    return answering("diagnose system ha showcsum", say)


def _with(wanted: Callable[[tuple[str, ...]], bool]) -> Callable[[Configuration], str]:
    def of(configuration: Configuration) -> str:
        own = sorted(f"{path} {value}" for path, value in configuration.store.values.items() if wanted(path))
        return synchronized(configuration) + "".join(own)

    return of


LOCKED = "HA secondary can't set attribute disclaimer\nCommand failed(-38)\n"
FOLLOWS = (Phase.SECONDARY,)
FLAG = "(mail-data-sync|mailqueue-data-sync|network-intf-check|hard-drives-check|status|port-monitor|smtp-check)"
OTHERS = "remote-(pop|imap|http)"
ENTRY = r"(edit|delete) \S+@\S+|purge|(set|unset) comment.*"
ACTION = r"(set|unset) (failover|status|virtual-ip6?).*"

UNITS = (
    WrongUnit(
        "takes-any-port-of-some-services",
        ("HA-757.b",),
        "Refuses ports outside 1-65535 for SMTP, and takes 0 for other services.",
        (misreading(OTHERS, "set port 0", "unset port"),),
    ),
    WrongUnit(
        "takes-65536-as-port-of-some-services",
        ("HA-757.b",),
        "Refuses the port 65536 for SMTP, and takes it for other services.",
        (misreading(OTHERS, "set port 65536", "unset port"),),
    ),
    WrongUnit(
        "takes-a-port-with-a-letter",
        ("HA-757.b",),
        "Reads a port as far as it has digits, and takes 20000x for 20000.",
        (misreading(".*", r"set (port|hb-base-port) (\d+)[a-z]+", r"set \1 \2"),),
    ),
    WrongUnit(
        "takes-any-port-in-some-flat-rows",
        ("HA-757.b",),
        "Refuses the port 65536 in a flat row for SMTP, and takes it in those for other services.",
        (misreading("ha", r"set remote-service (pop|imap|http) (\S+) 65536 (.*)", r"set remote-service \1 \2 1 \3"),),
    ),
    WrongUnit(
        "takes-malformed-addresses-of-services",
        ("HA-757.a",),
        "Accepts malformed addresses of services without an error.",
        (misreading("remote-.*", r"set ip (?!\d+\.\d+\.\d+\.\d\d$).*", "unset ip"),),
    ),
    WrongUnit(
        "takes-malformed-addresses-of-its-own-on-links",
        ("HA-757.a",),
        "Accepts malformed own addresses in the flat form of its links without an error.",
        (accepting(r"set heartbeat-[12]-ip .*"),),
    ),
    WrongUnit(
        "takes-malformed-addresses-on-the-secondary-link",
        ("HA-757.a",),
        "Refuses malformed peer addresses on the primary heartbeat link only.",
        (accepting(r"set heartbeat-2-peer .*"), misreading("port5", r"set peer-ip.* (?!.*\.\d$).*", "get")),
    ),
    WrongUnit(
        "takes-negative-counters-of-some-services",
        ("HA-757.c",),
        "Refuses negative counters for SMTP and local services, and takes them for the others.",
        (misreading(OTHERS, r"set (retries|check-interval|check-timeout) -.*", r"unset \1"),),
    ),
    WrongUnit(
        "takes-negative-counters-in-some-flat-rows",
        ("HA-757.c",),
        "Refuses negative counters in a flat row for SMTP, and takes them in those for other services.",
        (misreading("ha", r"set remote-service (pop|imap|http) .*-.*", "get"),),
    ),
    WrongUnit(
        "turns-smtp-off-by-a-zero-only",
        ("HA-265",),
        "Of flat rows in which the wait or the retries are 0, heeds those for SMTP only.",
        (misreading("ha", r"set remote-service (pop|imap|http) (.*) (60) .* .*", r"set remote-service \1 \2 \3 20 5"),),
    ),
    WrongUnit(
        "takes-abbreviated-switches",
        ("HA-756",),
        "Takes any beginning of enable or disable for the word.",
        (misreading(".*", rf"set {FLAG} (e|en|ena|enab|enabl|d|di|dis|disa|disab|disabl)", r"unset \1"),),
    ),
    WrongUnit(
        "takes-longer-switches",
        ("HA-756",),
        "Compares enable and disable only as far as the words are long.",
        (misreading(".*", rf"set {FLAG} (enable|disable)\w+", r"unset \1"),),
    ),
    WrongUnit(
        "takes-off-for-disable",
        ("HA-756",),
        "Takes off and no for disable.",
        (misreading(".*", rf"set {FLAG} (off|no)", r"unset \1"),),
    ),
    WrongUnit(
        "takes-any-word-as-status-of-some-services",
        ("HA-756",),
        "Refuses a wrong word as status of SMTP and local services, and takes it for the others.",
        (misreading(OTHERS, r"set status (?!enable$|disable$).*", "unset status"),),
    ),
    WrongUnit(
        "takes-any-word-as-smtp-check",
        ("HA-756",),
        "Accepts any word for smtp-check without an error.",
        (accepting("set smtp-check .*"),),
    ),
    WrongUnit(
        "compares-ranks-in-any-case",
        ("HA-754",),
        "Takes Disable for disable, and abbreviations for ranks.",
        (misreading(".*", "set heartbeat-status (Disable|prim)", "get"),),
    ),
    WrongUnit(
        "compares-on-failure-in-any-case",
        ("HA-755",),
        "Takes Restore-Role for restore-role.",
        (misreading("ha", "set on-failure Restore-Role", "set on-failure restore-role"),),
    ),
    WrongUnit(
        "takes-services-without-their-kind",
        ("HA-753",),
        "Takes smtp for remote-smtp.",
        (misreading("service", "edit smtp", "edit remote-smtp"),),
    ),
    WrongUnit(
        "takes-pop3-for-pop",
        ("HA-753",),
        "Takes remote-pop3 for remote-pop.",
        (misreading("service", "edit remote-pop3", "edit remote-pop"),),
    ),
    WrongUnit(
        "unlocks-failover-actions",
        ("HA-376", "HA-760"),
        "As a secondary, takes failover actions and virtual addresses without an error, and keeps the primary's.",
        (unlocked(ACTION, FOLLOWS, Mode.PRIMARY, Mode.SECONDARY),),
    ),
    WrongUnit(
        "unlocks-what-is-unset",
        ("HA-376", "HA-760"),
        "As a secondary, refuses to set what is synchronized, and takes it to be unset.",
        (unlocked(r"unset (status|virtual-ip|failover|comment)", FOLLOWS, Mode.SECONDARY),),
    ),
    WrongUnit(
        "unlocked-as-a-primary-that-follows",
        ("HA-376", "HA-760"),
        "Lets an operator set what is synchronized while it follows, if it is configured as primary.",
        (unlocked(".*", FOLLOWS, Mode.PRIMARY),),
    ),
    WrongUnit(
        "stays-locked-once-it-has-followed",
        ("HA-376",),
        "Refuses to set what is synchronized also when it leads, if it is configured as secondary.",
        (answering("set disclaimer mine", lambda *_: Printed(LOCKED, refused=True), (Phase.PRIMARY,)),),
    ),
    WrongUnit(
        "unlocks-entries-in-hold-off",
        ("HA-376", "HA-760"),
        "In hold-off, refuses to set fields that are synchronized, and takes entries of tables.",
        (unlocked(ENTRY, (Phase.HOLD_OFF,), Mode.SECONDARY),),
    ),
    WrongUnit(
        "unlocks-entries-in-a-config-only-group",
        ("HA-376", "HA-760"),
        "As config-secondary, refuses to set fields that are synchronized, and takes entries of tables.",
        (unlocked(ENTRY, (Phase.CONFIG_ONLY,), Mode.CONFIG_SECONDARY),),
    ),
    WrongUnit(
        "takes-yes-for-y",
        ("HA-764.b",),
        "Takes yes for y when it asks for a confirmation.",
        (Sessions(enter=lambda line, prompt: "y" if "(y/n)" in prompt and line == "yes" else line),),
    ),
    WrongUnit(
        "asks-nobody-who-does-not-lead",
        ("HA-764.a",),
        "Asks for a confirmation only where it is primary.",
        (asking_nobody(*FOLLOWS),),
    ),
    WrongUnit(
        "asks-nobody-in-a-config-only-group",
        ("HA-764.a",),
        "Asks for a confirmation in an active-passive group only.",
        (asking_nobody(Phase.CONFIG_ONLY),),
    ),
    WrongUnit(
        "asks-nobody-in-no-group",
        ("HA-764.a",),
        "Asks for a confirmation only while its mode is not off.",
        (asking_nobody(Phase.STANDALONE),),
    ),
    WrongUnit(
        "takes-a-late-y",
        ("HA-763",),
        "Takes a y at its prompt without an error.",
        (accepting("y"),),
    ),
    WrongUnit(
        "takes-incomplete-lines",
        ("HA-763",),
        "Takes the beginning of a command without an error, and does nothing.",
        (accepting(r"get system|execute|execute restore|diagnose system|set on-failure"),),
    ),
    WrongUnit(
        "ignores-words-too-many-in-an-object",
        ("HA-763",),
        "Takes words too many after commands of fields and tables without an error.",
        (accepting(r"set on-failure off off|edit port3 now|next now|purge now"),),
    ),
    WrongUnit(
        "ignores-unknown-settings",
        ("HA-763",),
        "Takes settings that it does not know without an error, and keeps none of them.",
        (accepting(r"(set|unset) nothing.*"),),
    ),
    WrongUnit(
        "takes-commands-of-the-top-level-anywhere",
        ("HA-763",),
        "Takes commands of the top level within an object without an error.",
        (misreading("ha", "(execute|diagnose) .*", "get"),),
    ),
    WrongUnit(
        "lists-no-command-of-diagnosis",
        ("HA-762.a",),
        "Leaves diagnose out of the commands that a question mark lists.",
        (lacking(r"\?", "diagnose"),),
    ),
    WrongUnit(
        "lists-the-first-restarts-only",
        ("HA-762.b",),
        "Leaves factoryreset and formatmaildisk out of what may follow execute.",
        (lacking(r"execute \?", "(factoryreset|formatmaildisk)"),),
    ),
    WrongUnit(
        "lists-no-service",
        ("HA-762.b",),
        "Lists no service where one may be edited.",
        (lacking(r"edit \?", "(remote|local)-.*"),),
    ),
    WrongUnit(
        "lists-no-setting-of-entries",
        ("HA-762.b",),
        "Lists the settings of an object, and none of an entry.",
        (lacking(r"set \?", "(peer-ip|port-monitor|retries|check-timeout)"),),
    ),
    WrongUnit(
        "lists-no-password",
        ("HA-762.b",),
        "Leaves the password out of the settings that may be set.",
        (lacking(r"set \?", "password"),),
    ),
    WrongUnit(
        "shows-the-password-in-a-config-only-group",
        ("HA-454.a",),
        "Masks its password in an active-passive group, and shows it in a config-only group.",
        (unmasked(Mode.CONFIG_PRIMARY, Mode.CONFIG_SECONDARY),),
    ),
    WrongUnit(
        "shows-the-password-in-no-group",
        ("HA-454.a",),
        "Masks its password in groups, and shows it while its mode is off.",
        (unmasked(Mode.OFF),),
    ),
    WrongUnit(
        "sums-its-services-up",
        ("HA-377.b",),
        "Counts its own monitoring settings in its checksum.",
        (summing(_with(lambda path: path[:2] == ("system ha", "service"))),),
    ),
    WrongUnit(
        "sums-port-monitor-up",
        ("HA-377.b",),
        "Counts port-monitor, which is its own, in its checksum.",
        (summing(_with(lambda path: path[-1] == "port-monitor")),),
    ),
    WrongUnit(
        "sums-all-settings-of-ha-up",
        ("HA-377.b",),
        "Counts flat HA settings of its own, such as remote-services-as-heartbeat, in its checksum.",
        (summing(_with(lambda path: path[-1] in {"remote-services-as-heartbeat", "config-peer-ip"})),),
    ),
    WrongUnit(
        "sums-no-case-up",
        ("HA-377.b",),
        "Takes small and capital letters for the same in its checksum.",
        (summing(lambda configuration: synchronized(configuration).lower()),),
    ),
    WrongUnit(
        "sums-no-mask-up",
        ("HA-377.b",),
        "Leaves masks out of its checksum.",
        (summing(lambda configuration: re.sub(r"/\d+", "", synchronized(configuration))),),
    ),
    WrongUnit(
        "sums-the-first-kilobytes-up",
        ("HA-377.b",),
        "Makes its checksum of the first two thousand characters.",
        (summing(lambda configuration: synchronized(configuration)[:2000]),),
    ),
)

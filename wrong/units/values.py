"""Units that accept values which cannot be right, or show others than those that were entered."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable

from node.cli.system import System
from node.engine.settings import HaSettings
from node.engine.state import State
from wrong.record import FACTORY, Pages, Printed, Sessions, Settings, WrongUnit
from wrong.units.shared_addresses import lax, lying

MODES = ("off", "primary", "secondary", "config-primary", "config-secondary")

SIGNED = 2**15 - 1
"""The largest number of two bytes with a sign."""


def _using_the_default_port(where: Callable[[int], bool]) -> Settings:
    def read(settings: HaSettings, _: State) -> HaSettings:
        return dataclasses.replace(settings, base_port=FACTORY.base_port) if where(settings.base_port) else settings

    return Settings(read)


def _in_any_case(line: str, _: str) -> str:
    return line.lower() if line.lower().startswith("set mode ") else line


def _by_its_beginning(line: str, _: str) -> str:
    found = re.fullmatch(r"set mode (\S+)", line.strip())
    begun = [mode for mode in MODES if found and mode.startswith(found[1])]
    return f"set mode {begun[0]}" if begun else line


def _to_its_end(line: str, _: str) -> str:
    found = re.match(r"set mode (config-primary|config-secondary|primary|secondary|off)", line.strip())
    return found[0] if found else line


def _refuse_zero(line: str, printed: Printed, _: System) -> Printed:
    zero = re.match(r"set failover \S+ ignore 0\.0\.0\.0", line.strip())
    return Printed("Command fail. an address is needed\n", refused=True) if zero else printed


UNITS = (
    WrongUnit(
        "takes-any-mode",
        ("HA-002.b",),
        "Accepts any word as its mode without an error, and keeps the old one.",
        (lax(r"set mode "),),
    ),
    WrongUnit(
        "takes-modes-in-any-case",
        ("HA-002.b",),
        "Takes a mode's word in capital letters for the mode.",
        (Sessions(_in_any_case),),
    ),
    WrongUnit(
        "takes-the-beginning-of-a-mode",
        ("HA-002.b",),
        "Takes a word with which a mode begins for the first such mode.",
        (Sessions(_by_its_beginning),),
    ),
    WrongUnit(
        "takes-more-than-a-mode",
        ("HA-002.b",),
        "Takes a word that begins with a mode for that mode.",
        (Sessions(_to_its_end),),
    ),
    WrongUnit(
        "lets-heartbeat-interfaces-be-shared-later",
        ("HA-068.b", "HA-069"),
        "Accepts the failover action `set` on a heartbeat interface where the action was there first.",
        (lax(r"set heartbeat-(status (primary|secondary)|[12]-interface port6)$"),),
    ),
    WrongUnit(
        "lets-the-secondary-heartbeat-interface-be-set",
        ("HA-068.b", "HA-069"),
        "Accepts the failover action `set` on the secondary heartbeat interface without an error.",
        (lax(r"set failover port5 set "),),
    ),
    WrongUnit(
        "heeds-no-base-port-beyond-a-signed-number",
        ("HA-055.a", "HA-055.b"),
        "Uses the default base port where one beyond 32767 is set.",
        (_using_the_default_port(lambda port: port > SIGNED),),
    ),
    WrongUnit(
        "heeds-no-base-port-below-the-default",
        ("HA-055.a", "HA-055.b"),
        "Uses the default base port where a lower one is set.",
        (_using_the_default_port(lambda port: port < FACTORY.base_port),),
    ),
    WrongUnit(
        "takes-base-ports-by-tens",
        ("HA-056",),
        "Uses the ports from the last ten before its base port.",
        (Settings(lambda read, _: dataclasses.replace(read, base_port=read.base_port // 10 * 10)),),
    ),
    WrongUnit(
        "lets-heartbeat-interfaces-be-set",
        ("HA-068.b", "HA-069"),
        "Accepts the failover action `set` on a heartbeat interface without an error.",
        (lax(r"set failover port[56] set "),),
    ),
    WrongUnit(
        "takes-a-detection-time-in-any-mode",
        ("HA-107",),
        "Accepts a detection time in config-only modes without an error.",
        (lax(r"set hb-lost-threshold [0-9]"),),
    ),
    WrongUnit(
        "refuses-an-all-zero-address",
        ("HA-158.b",),
        "Refuses the all-zero address that is given with the failover action ignore.",
        (Pages(_refuse_zero),),
    ),
    WrongUnit(
        "takes-malformed-addresses",
        ("HA-757.a",),
        "Accepts a malformed address of its peer without an error, and keeps the old one.",
        (lax(r"set (peer-ip6?|config-peer-ip|heartbeat-1-peer) "),),
    ),
    WrongUnit(
        "takes-any-port",
        ("HA-757.b",),
        "Accepts a port outside 1-65535 without an error, and keeps the old one.",
        (lax(r"set (hb-base-port|port) "),),
    ),
    WrongUnit(
        "takes-negative-counters",
        ("HA-757.c",),
        "Accepts a negative counter without an error, and keeps the old one.",
        (lax(r"set (hb-lost-threshold|retries|check-interval|check-timeout) -"),),
    ),
    WrongUnit(
        "leaves-no-room-for-its-ports",
        ("HA-758",),
        "Accepts a base port so high that the ports that follow it do not exist.",
        (lax(r"set hb-base-port 6553[345]"),),
    ),
    WrongUnit(
        "takes-any-service",
        ("HA-753",),
        "Accepts services of any name, and keeps none of them.",
        (lax(r"edit |set status |next$"),),
    ),
    WrongUnit(
        "takes-any-word-for-a-rank",
        ("HA-754",),
        "Accepts any word as heartbeat-status without an error, and keeps the old one.",
        (lax(r"set heartbeat-status (?!primary$|secondary$)"),),
    ),
    WrongUnit(
        "takes-two-interfaces-of-a-rank",
        ("HA-759",),
        "Accepts a second interface of a rank without an error, and keeps the first.",
        (lax(r"set heartbeat-status (primary|secondary)$"),),
    ),
    WrongUnit(
        "takes-any-word-on-failure",
        ("HA-755",),
        "Accepts any word for on-failure without an error, and keeps the old one.",
        (lax(r"set on-failure "),),
    ),
    WrongUnit(
        "takes-any-word-for-a-switch",
        ("HA-756",),
        "Accepts any word, or none, where enable or disable is asked for, and keeps the old one.",
        (lax(r"set (mail-data-sync|mailqueue-data-sync)( |$)"),),
    ),
    WrongUnit(
        "gives-a-link-any-interface",
        ("HA-059.a",),
        "Accepts the other link's interface, and one that it does not have, without an error.",
        (lax(r"set heartbeat-[12]-interface "),),
    ),
    WrongUnit(
        "takes-half-a-failover-action",
        ("HA-158.a",),
        "Accepts failover actions that lack a part without an error, and keeps none of them.",
        (lax(r"set failover "),),
    ),
    WrongUnit(
        "takes-a-fourth-recipient",
        ("HA-663",),
        "Accepts a fourth alert recipient without an error, and keeps three.",
        (lax(r"edit \S+@|set comment |next$"),),
    ),
    WrongUnit(
        "takes-half-a-service",
        ("HA-252",),
        "Accepts flat lines of remote services that lack a part without an error.",
        (lax(r"set remote-service "),),
    ),
    WrongUnit(
        "checks-each-minute",
        ("HA-201", "HA-253"),
        "Shows 60 seconds as the interval of a service where 120 is the default.",
        (lying(r"check-interval : 120\b", "check-interval : 60"),),
    ),
    WrongUnit(
        "checks-no-interface",
        ("HA-203",),
        "Shows that the flat switch of interface monitoring is off where nobody has set it.",
        (lying(r"network-intf-check : enable", "network-intf-check : disable"),),
    ),
    WrongUnit(
        "checks-its-disks-by-default",
        ("HA-203",),
        "Shows that the check of its disks is on, whether it is or not.",
        (lying(r"hard-drives-check : disable", "hard-drives-check : enable"),),
    ),
    WrongUnit(
        "shows-the-first-flat-intervals",
        ("HA-202",),
        "Shows the flat default of the local services, whatever their intervals are.",
        (lying(r"local-service : .*", "local-service : PORTS 10 3 HD 10 3"),),
    ),
    WrongUnit(
        "shows-no-address-of-a-service",
        ("HA-252",),
        "Shows an all-zero address in the flat line of a remote service.",
        (lying(r"remote-service : (\w+) \S+", r"remote-service : \1 0.0.0.0"),),
    ),
    WrongUnit(
        "checks-a-service-that-was-turned-off",
        ("HA-265",),
        "Shows a remote service that has an address as monitored.",
        (lying(r"status : disable(?=\s+ip : (?!0\.0\.0\.0))", "status : enable"),),
    ),
    WrongUnit(
        "shows-another-peer-in-the-flat-form",
        ("HA-065",),
        "Shows the first default of heartbeat-1-peer, whatever the peer's address is.",
        (lying(r"heartbeat-1-peer : .*", "heartbeat-1-peer : 10.0.0.2"),),
    ),
    WrongUnit(
        "shows-another-interface-in-the-flat-form",
        ("HA-059.a",),
        "Shows the administration interface as that of the primary heartbeat link.",
        (lying(r"heartbeat-1-interface : port6", "heartbeat-1-interface : port1"),),
    ),
    WrongUnit(
        "shows-no-own-address-in-the-flat-form",
        ("HA-065",),
        "Shows no own address of the heartbeat interfaces in the flat form.",
        (lying(r"heartbeat-([12])-ip : .*", r"heartbeat-\1-ip : 0.0.0.0 0.0.0.0"),),
    ),
    WrongUnit(
        "keeps-no-quotes",
        ("HA-761",),
        "Shows texts without the quotes that are part of them.",
        (lying(r"(?<=disclaimer : )(.*)'(.*)'(.*)", r"\1\2\3"),),
    ),
)

"""`python -m lab`: a lab by hand, and a host made ready for it."""

from __future__ import annotations

import argparse
import io
import sys
from collections.abc import Callable
from itertools import product
from typing import assert_never

from lab import host
from lab.arguments import USAGE, Parser, count, span
from lab.contract import DiskState, Failing, Port, Rank, Service, Trick
from lab.docker.recipes import UNIT_IMAGES
from lab.errors import FaultNotProven, LabError, UsageError
from lab.faults import FAULTS, Fault, FaultKind, Row, Value, service_failing
from lab.standard_pair import PAIR
from lab.under_test import HELP, NAME, PROFILE, PROFILE_HELP, UnderTest

INCONCLUSIVE, HARNESS = 2, 3

_OF_NO_LAB = {"host", "check", "up", "status", "image", "reap"}
"""Commands that concern no lab that stands already, or all of them."""


def parser() -> argparse.ArgumentParser:
    """Describe the command line."""
    top = Parser(prog="python -m lab", description=__doc__)
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND", parser_class=Parser)

    def add(name: str, help_: str) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=help_, description=help_)
        if name not in _OF_NO_LAB:
            command.add_argument("--lab", metavar="ID", default="", help="which lab, where there are several")
        return command

    prepare = add("host", "prepare a bare Debian host: packages and a running engine; says first what it will do")
    prepare.add_argument("--dry-run", action="store_true", help="only say it")
    prepare.add_argument("--images", action="store_true", help="build the lab's images too")
    check = add("check", "look whether the lab and a unit understand each other, before the suite judges the unit")
    check.add_argument("unit", nargs="+", metavar=NAME, help=HELP)
    up = add("up", "build a lab with a healthy pair and leave it standing")
    up.add_argument("--unit", action="append", default=[], metavar=NAME, help=HELP)
    for command in (check, up):
        command.add_argument("--profile", action="append", default=[], metavar=PROFILE, help=PROFILE_HELP)
    status = add("status", "show the labs, their units and links")
    status.add_argument("--watch", action="store_true", help="go on showing what happens, until Ctrl-C")
    ssh = add("ssh", "enter a unit's shell, or run one command line in it")
    ssh.add_argument("unit", choices=PAIR.configured)
    ssh.add_argument("line", nargs=argparse.REMAINDER, help="a line for the shell")
    load = add("load", "let clients send mail without pause, whatever happens to the pair, and print the mail ledger")
    load.add_argument("seconds", type=span, nargs="?", default=60.0, metavar="SECONDS", help="default: 60")
    for kind, row in FAULTS.items():
        if row.at_unit is not None or row.at_link is not None:
            _describe(add(word_of(kind), row.words), kind, row)
    build = add("image", "build a unit that ships as an image, to put it under test like a vendor's; prints its name")
    build.add_argument("unit", choices=UNIT_IMAGES)
    add("down", "take labs made by hand down")
    add("reap", "remove what killed runs left behind")
    return top


def main(arguments: list[str] | None = None) -> int:
    """Carry out one command; return the exit code."""
    asked = parser().parse_args(arguments)
    if isinstance(sys.stdout, io.TextIOWrapper):  # a unit may print what this terminal cannot
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        if asked.command == "host":
            host.prepare(_say, dry_run=asked.dry_run, images=asked.images)
        else:
            _by_hand(asked)
    except UsageError as error:
        return _fail(error, USAGE)
    except LabError as error:
        return _fail(error, HARNESS)
    except FaultNotProven as error:
        return _fail(error, INCONCLUSIVE)
    except KeyboardInterrupt:
        sys.stderr.write("\n")
        return INCONCLUSIVE
    return 0


def _by_hand(asked: argparse.Namespace) -> None:
    from lab.docker import check, commands  # noqa: PLC0415 - a bare host has not got what the driver needs

    actions: dict[str, Callable[[], None]] = {
        "check": lambda: check.check(UnderTest.named(*asked.unit, profiles=asked.profile), _say),
        "up": lambda: commands.up(UnderTest.named(*asked.unit, profiles=asked.profile), _say),
        "status": lambda: commands.status(_say, watch=asked.watch),
        "ssh": lambda: commands.ssh(asked.lab, asked.unit, " ".join(asked.line), _say),
        "load": lambda: commands.load(asked.lab, asked.seconds, _say),
        "image": lambda: commands.image(asked.unit, _say),
        "down": lambda: commands.down(asked.lab, _say),
        "reap": lambda: commands.reap(_say),
    }
    if asked.command in actions:
        actions[asked.command]()
    else:
        commands.inflict(asked.lab, fault(asked), _say)


def word_of(kind: FaultKind) -> str:
    """Return the command that lets a fault of this kind begin, or a state end."""
    return kind.value.replace(" ", "-")


def fault(asked: argparse.Namespace) -> Fault:
    """Return the fault, or end of one, that a command line asks for."""
    told = vars(asked)
    kind = next(kind for kind in FaultKind if word_of(kind) == asked.command)
    link = Rank(asked.link) if "link" in told else None
    ports = frozenset(map(Port, told.get("port", [])))
    return Fault(kind, told.get("unit", ""), link, ports, told.get("value", ""), told.get("jitter", 0.0))


def _describe(command: argparse.ArgumentParser, kind: FaultKind, row: Row) -> None:
    """Let a command take what a fault of its kind concerns."""
    if row.at_link is None:
        command.add_argument("unit", choices=PAIR.configured)
    else:
        command.add_argument("link", choices=[rank.value for rank in Rank])
    match row.takes:
        case Value.INTERFACE:
            command.add_argument("value", choices=PAIR.networked, metavar="INTERFACE")
        case Value.SECONDS:
            command.add_argument("value", type=span, metavar="SECONDS")
            command.add_argument("--jitter", type=span, default=0.0, metavar="SECONDS", help="give or take up to that")
        case Value.BYTES:
            command.add_argument("value", type=_kilobytes, metavar="KB", help="kilobytes a second")
        case Value.TRICK:
            # What one command has overheard, the next has forgotten.
            tricks = [trick.value for trick in Trick if trick is not Trick.REPLAY]
            command.add_argument("value", choices=tricks, metavar="TRICK", help=", ".join(tricks))
        case Value.DISK:
            states = [state.value for state in DiskState]
            command.add_argument("value", choices=states, metavar="HOW", help=", ".join(states))
        case Value.FAILING:
            ways = [service_failing(*each) for each in product(Service, Failing)]
            command.add_argument("value", choices=ways, metavar="HOW", help=", ".join(ways))
        case None:
            pass
        case _:
            assert_never(row.takes)
    if row.aimed:
        needed = kind is FaultKind.STRANGER
        help_ = "the unit that is sought" if needed else "only this unit hears no more (default: neither hears)"
        command.add_argument("--unit", choices=PAIR.configured, default="", required=needed, help=help_)
        ports = [port.value for port in Port]
        command.add_argument("--port", choices=ports, action="append", default=[], help="repeatable (default: all)")


def _kilobytes(text: str) -> float:
    return 1000.0 * count(text)


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _fail(error: Exception, code: int) -> int:
    """Say on one line, whatever a unit has printed, what went wrong."""
    told = "".join(each if each.isprintable() else repr(each)[1:-1] for each in str(error))
    sys.stderr.write(f"python -m lab: {told}\n")
    return code


if __name__ == "__main__":
    sys.exit(main())

"""`python -m lab`: a lab by hand, and a host made ready for it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator

from lab import host
from lab.arguments import USAGE, Parser, count, span
from lab.contract import Cut, How, Port, Rank
from lab.errors import FaultNotProven, LabError, UsageError
from lab.faults import Fault, FaultKind
from lab.under_test import HELP, UnderTest

INCONCLUSIVE, HARNESS = 2, 3


def parser() -> argparse.ArgumentParser:
    """Describe the command line."""
    top = Parser(prog="python -m lab", description=__doc__)
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND", parser_class=Parser)

    def add(name: str, help_: str) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=help_, description=help_)
        command.add_argument("--lab", metavar="ID", default="", help="which lab, where there are several")
        return command

    prepare = add("host", "prepare a bare Debian host: packages and a running engine; says first what it will do")
    prepare.add_argument("--dry-run", action="store_true", help="only say it")
    prepare.add_argument("--images", action="store_true", help="build the lab's images too")
    up = add("up", "build a lab with a healthy pair and leave it standing")
    up.add_argument("--unit", action="append", default=[], metavar="[P=|S=]NAME", help=HELP)
    status = add("status", "show the labs, their units and links")
    status.add_argument("--watch", action="store_true", help="go on showing what happens, until Ctrl-C")
    ssh = add("ssh", "enter a unit's shell, or run one command line in it")
    ssh.add_argument("unit", choices=["P", "S"])
    ssh.add_argument("line", nargs=argparse.REMAINDER, help="a line for the shell")
    cut = add("cut", "cut a heartbeat link; replaces an earlier cut of it")
    cut.add_argument("link", choices=[rank.value for rank in Rank])
    cut.add_argument("--how", choices=[how.value for how in How], default=How.BLACK_HOLE.value)
    cut.add_argument("--deaf", choices=["P", "S"], action="append", default=[], help="only this unit hears no more")
    cut.add_argument("--port", choices=[port.value for port in Port], action="append", default=[])
    slow = add("slow", "let a heartbeat link carry late, unevenly, or little at a time")
    slow.add_argument("link", choices=[rank.value for rank in Rank])
    slow.add_argument("--delay", type=span, default=0.0, metavar="SECONDS", help="every byte comes that much later")
    slow.add_argument("--jitter", type=span, default=0.0, metavar="SECONDS", help="give or take up to that much")
    slow.add_argument("--rate", type=count, default=0, metavar="KB", help="kilobytes a second for each connection")
    heal = add("heal", "end every fault on a heartbeat link")
    heal.add_argument("link", choices=[rank.value for rank in Rank])
    for name, help_ in (("off", "cut a unit's power"), ("on", "give a unit its power back")):
        add(name, help_).add_argument("unit", choices=["P", "S"])
    add("down", "take labs made by hand down")
    add("reap", "remove what killed runs left behind")
    return top


def main(arguments: list[str] | None = None) -> int:
    """Carry out one command; return the exit code."""
    asked = parser().parse_args(arguments)
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
    from lab.docker import commands  # noqa: PLC0415 - a bare host has not got what the driver needs

    actions: dict[str, Callable[[], None]] = {
        "up": lambda: commands.up(UnderTest.named(*asked.unit), _say),
        "status": lambda: commands.status(_say, watch=asked.watch),
        "ssh": lambda: commands.ssh(asked.lab, asked.unit, " ".join(asked.line), _say),
        "down": lambda: commands.down(asked.lab, _say),
        "reap": lambda: commands.reap(_say),
    }
    if asked.command in actions:
        actions[asked.command]()
    else:
        commands.inflict(asked.lab, tuple(faults(asked)), _say)


def faults(asked: argparse.Namespace) -> Iterator[Fault]:
    """Yield the faults, or ends of faults, that a command line asks for."""
    match asked.command:
        case "cut":
            shape = Cut(How(asked.how), frozenset(asked.deaf), frozenset(Port(port) for port in asked.port))
            yield Fault.of_cut(Rank(asked.link), shape)
        case "slow":
            if asked.delay or asked.jitter:
                yield Fault(FaultKind.DELAY, link=Rank(asked.link), value=asked.delay, jitter=asked.jitter)
            if asked.rate:
                yield Fault(FaultKind.THROTTLE, link=Rank(asked.link), value=1000.0 * asked.rate)
        case "heal":
            yield Fault(FaultKind.HEAL, link=Rank(asked.link))
        case "off" | "on":
            yield Fault(FaultKind.POWER_ON if asked.command == "on" else FaultKind.POWER_OFF, asked.unit)


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _fail(error: Exception, code: int) -> int:
    sys.stderr.write(f"python -m lab: {error}\n")
    return code


if __name__ == "__main__":
    sys.exit(main())

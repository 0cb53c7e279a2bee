"""A unit without a body: what a shell needs around it, and the operator's desk in front of it."""

from __future__ import annotations

from collections.abc import Sequence

from node.cli import Shell
from node.engine.modes import Command, Effective, Mode, Rank
from node.engine.status import Status
from node.settings import Configuration, Refused
from node.settings.schema import Path, is_entry

INTERFACE = ("system ha", "interface")


class Desk:
    """Implements `System` by remembering what it was told; lines are entered with `enter`."""

    def __init__(self, configuration: Configuration | None = None) -> None:
        """Sit down at a unit in its factory state."""
        self.configuration = configuration or Configuration.factory()
        self.commits: list[Configuration] = []
        self.orders: list[str] = []
        self.effective = Effective.OFF
        self.links: dict[Rank, bool] = {}
        self.peer: Effective | None = None
        self.synchronizing = False
        self.refuses = ""
        self.shell = Shell(self)

    hostname = "unit-p"
    version = "Switchover 0.1"
    serial = "FE00000001"

    def commit(self, configuration: Configuration) -> None:
        """Keep what was saved."""
        if self.refuses:
            raise Refused(self.refuses)
        self.configuration = configuration
        self.commits.append(configuration)

    def status(self) -> Status:
        """Tell the roles that the test has set."""
        return Status(
            Mode(self.configuration.get(("system ha", "mode"))),
            self.effective,
            links=self.links,
            peer=self.peer,
            synchronizing=self.synchronizing,
        )

    def operate(self, command: Command) -> str:
        """Keep the order."""
        if self.refuses:
            raise Refused(self.refuses)
        self.orders.append(command)
        return ""

    def install(self, file: str, server: str) -> str:
        """Keep the order."""
        self.orders.append(f"install {file} from {server}")
        return ""

    def date_of(self, moment: float) -> str:
        """Tell the moment itself."""
        return f"second {moment:g}"

    def event_log(self) -> Sequence[str]:
        """Two lines."""
        return ["type=kevent subtype=ha msg=one", "type=kevent subtype=ha msg=two"]

    def factory_reset(self) -> str:
        """Keep the order."""
        self.orders.append("factoryreset")
        return ""

    def format_mail_disk(self) -> str:
        """Keep the order."""
        self.orders.append("formatmaildisk")
        return "formatted"

    def enter(self, *lines: str) -> str:
        """Enter lines that must all be accepted, and return what they printed."""
        printed = ""
        for line in lines:
            text = self.shell.feed(line)
            assert not self.shell.refused, f"{line}: {text}"
            printed += text
        return printed

    def refused(self, line: str) -> str:
        """Enter a line that must be refused, and return the reason."""
        text = self.shell.feed(line)
        assert self.shell.refused, f"{line} was accepted: {text}"
        assert any(printed.startswith("Command fail") for printed in text.splitlines())
        return text


def way_to(scope: Path) -> list[str]:
    """The lines that lead from the top into a scope."""
    lines = [f"config {scope[0]}"]
    lines += [f"edit {scope[n]}" if is_entry(scope[: n + 1]) else f"config {scope[n]}" for n in range(1, len(scope))]
    return lines

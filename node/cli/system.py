"""What the CLI needs of a body: one protocol that both bodies implement."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from node.engine.modes import Command
from node.engine.status import Status
from node.settings import Configuration


class System(Protocol):
    """A unit, as its operator's shell uses it.

    The shell calls one method at a time and expects each to return soon; nothing here waits for a peer. Every method
    that returns text returns what the operator reads ("" for nothing), and may raise
    `node.settings.Refused` with one clause that says why: the shell prints it, and nothing has changed.
    """

    @property
    def configuration(self) -> Configuration:
        """The configuration that is saved now, by an operator or by a synchronization."""
        ...

    def commit(self, configuration: Configuration) -> None:
        """Save a configuration and put it into force, by the steps of `node.settings.in_force.by_operator`.

        The file on the volume has mode 0600, because it holds the group's password.
        """
        ...

    def status(self) -> Status:
        """The engine's status now."""
        ...

    def operate(self, command: Command) -> str:
        """Hand an operator's command to the engine as `events.Ordered`; raises Refused if the engine refuses it now."""
        ...

    @property
    def hostname(self) -> str:
        """Host name as it stands in the prompt."""
        ...

    @property
    def version(self) -> str:
        """Version text of `get system status`."""
        ...

    @property
    def serial(self) -> str:
        """Serial number of the unit."""
        ...

    def install(self, file: str, server: str) -> str:
        """Fetch a firmware image from a server and restart into its release (`Command.UPGRADE`).

        Called after the operator has answered y; raises Refused when there is no such image.
        """
        ...

    def date_of(self, moment: float) -> str:
        """Date and time (UTC) at a moment on the engine's clock, in full seconds, as an operator reads it."""
        ...

    def event_log(self) -> Sequence[str]:
        """Lines of the HA event log, oldest first."""
        ...

    def factory_reset(self) -> str:
        """Return to factory settings and start HA afresh; own addresses stay, so its operator can still reach it."""
        ...

    def format_mail_disk(self) -> str:
        """Erase mail data, queue and mail logs; settings stay."""
        ...

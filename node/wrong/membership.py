"""Units that are wrong about their password, and about whom they let in."""

from __future__ import annotations

import dataclasses

from node.engine import effects as do
from node.engine.engine import Engine
from node.engine.events import Event, SettingsChanged, Started
from node.engine.modes import Rank
from node.engine.settings import HaSettings
from node.wrong.base import Misreading


class AdmitsAnyPassword(Engine):
    """Asks its peer's address for no password."""

    def admits(self, rank: Rank, source: str, *, password_matches: bool) -> bool:
        """Look at the address only."""
        del password_matches
        return super().admits(rank, source, password_matches=True)


class AdmitsAnyAddress(Engine):
    """Lets in whoever knows the password, from wherever."""

    def admits(self, rank: Rank, source: str, *, password_matches: bool) -> bool:
        """Look at the password only."""
        del rank, source
        return password_matches


class _Reading(Misreading):
    def misread(self, settings: HaSettings) -> HaSettings:
        """Change the password."""
        return dataclasses.replace(settings, password=self.read(settings.password))

    def read(self, password: str) -> str:
        """Return the password as this unit takes it to be."""
        return password


class IgnoresPasswordCase(_Reading):
    """Takes capital letters in its password for small ones."""

    def read(self, password: str) -> str:
        """Lower it."""
        return password.lower()


class TruncatesItsPassword(_Reading):
    """Looks at the first eight characters of its password only."""

    def read(self, password: str) -> str:
        """Cut it."""
        return password[:8]


class DropsTheLastDigit(_Reading):
    """Drops digits at the end of its password."""

    def read(self, password: str) -> str:
        """Strip them."""
        return password.rstrip("0123456789")


class KeepsItsFirstPassword(Engine):
    """Goes on with the password that it entered the group with."""

    def handle(self, event: Event, now: float) -> list[do.Effect]:
        """Put the old one in place of a new one."""
        if isinstance(event, SettingsChanged) and self.phase.in_group and event.settings.mode is self.settings.mode:
            event = SettingsChanged(dataclasses.replace(event.settings, password=self.settings.password))
        return super().handle(event, now)


class MakesUpItsDefaultPassword(_Reading):
    """Has no default password: each unit makes one up."""

    def read(self, password: str) -> str:
        """Make one up in place of the default."""
        return self.settings.mode.value if password == "change_me" else password  # noqa: S105 - the manual's default


class _Tripping(_Reading):
    """Makes its own of some passwords, so that the units' passwords differ."""

    def trips(self, password: str) -> bool:
        """Whether it is one of those."""
        raise NotImplementedError

    def read(self, password: str) -> str:
        """Add something that the peer does not add."""
        return f"{password}{self.settings.mode.value}" if self.trips(password) else password


class TripsOverShortPasswords(_Tripping):
    """Cannot use a password of less than four characters."""

    def trips(self, password: str) -> bool:
        """Count."""
        return len(password) < 4  # noqa: PLR2004 - as the docstring says


class TripsOverLongPasswords(_Tripping):
    """Cannot use a password of more than a hundred characters."""

    def trips(self, password: str) -> bool:
        """Count."""
        return len(password) > 100  # noqa: PLR2004 - as the docstring says


class TripsOverSigns(_Tripping):
    """Cannot use a password with a dollar sign."""

    def trips(self, password: str) -> bool:
        """Look for it."""
        return "$" in password


class TripsOverQuotes(_Tripping):
    """Cannot use a password with quotes."""

    def trips(self, password: str) -> bool:
        """Look for one."""
        return '"' in password


class TripsOverOtherAlphabets(_Tripping):
    """Cannot use a password beyond ASCII."""

    def trips(self, password: str) -> bool:
        """Look for such a character."""
        return not password.isascii()


class TakesAnEmptyPassword(Engine):
    """Does not tell its operator that an empty password is none (the lie is in its shell)."""


class ShowsItsPassword(Engine):
    """Prints its password among its settings (the leak is in its shell)."""


class LogsItsPassword(Engine):
    """Writes its password to the event log when it has changed."""

    def handle(self, event: Event, now: float) -> list[do.Effect]:
        """Blurt it out."""
        effects = super().handle(event, now)
        if isinstance(event, Started | SettingsChanged):
            effects.append(do.Log(f"hahbd: the password is {event.settings.password}"))
        return effects


UNITS: dict[str, type[Engine]] = {
    "admits-any-password": AdmitsAnyPassword,
    "admits-any-address": AdmitsAnyAddress,
    "ignores-password-case": IgnoresPasswordCase,
    "truncates-its-password": TruncatesItsPassword,
    "drops-the-last-digit": DropsTheLastDigit,
    "keeps-its-first-password": KeepsItsFirstPassword,
    "makes-up-its-default-password": MakesUpItsDefaultPassword,
    "trips-over-short-passwords": TripsOverShortPasswords,
    "trips-over-long-passwords": TripsOverLongPasswords,
    "trips-over-signs": TripsOverSigns,
    "trips-over-quotes": TripsOverQuotes,
    "trips-over-other-alphabets": TripsOverOtherAlphabets,
    "takes-an-empty-password": TakesAnEmptyPassword,
    "shows-its-password": ShowsItsPassword,
    "logs-its-password": LogsItsPassword,
}

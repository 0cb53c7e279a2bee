"""Which implementation each unit of the pair is, and which profile describes it, as `--unit` and `--profile` say it."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from types import ModuleType

from lab import profiles
from lab.arguments import interpreter
from lab.errors import UsageError
from lab.late_import import late_import
from lab.profiles.fields import IMAGE_NAME

REFERENCE, WRONG, IMAGE = "reference", "wrong", "image"
"""Kinds of units. One that `--unit` does not name is the reference."""

PROFILES = {REFERENCE: "reference", WRONG: "reference", IMAGE: "black-box"}
"""The profile of each kind of unit, where `--profile` names no other."""

NAME = "[P=|S=]KIND[:ID]"
HELP = "unit under test: reference, wrong:NAME or image:REF; P=... or S=... for one of the two (repeatable)"
"""What `--unit` takes, and its help text."""

PROFILE = "[P=|S=]NAME|FILE"
PROFILE_HELP = f"profile of the units: {', '.join(profiles.SHIPPED)}, or a file (default: what their kind has)"
"""What `--profile` takes, and its help text."""


@dataclass(frozen=True, slots=True)
class Implementation:
    """What one unit is: a kind, and which of it; `profile` as `--profile` says it, "" where it does not."""

    kind: str = REFERENCE
    id: str = ""
    profile: str = ""

    @property
    def described_by(self) -> str:
        """Name or file of the profile that describes it (`lab.profiles.named`)."""
        return self.profile or PROFILES[self.kind]

    def __str__(self) -> str:
        """Return the value of `--unit`: `reference`, `wrong:NAME`, `image:REF`."""
        return f"{self.kind}:{self.id}" if self.id else self.kind


@dataclass(frozen=True, slots=True)
class UnderTest:
    """The implementation of the configured primary (P) and of the configured secondary (S)."""

    primary: Implementation = Implementation()
    secondary: Implementation = Implementation()

    @classmethod
    def named(cls, *units: str, profiles: Sequence[str] = ()) -> UnderTest:
        """Read the values of `--unit` and of `--profile`; a unit that none of them names is the reference.

        Raises UsageError for a unit that is named twice or does not exist, and for a profile that cannot be read.
        """
        chosen, described = _by_unit("--unit", units), _by_unit("--profile", profiles)
        primary, secondary = (_implementation(chosen.get(unit, REFERENCE), described.get(unit)) for unit in "PS")
        _check_profiles(primary, secondary)
        return cls(primary, secondary)

    def __getitem__(self, unit: str) -> Implementation:
        """Return the implementation of unit P or S."""
        return {"P": self.primary, "S": self.secondary}[unit]

    @property
    def words(self) -> tuple[str, ...]:
        """Values of `--unit` that choose these units; none for a pair of references."""
        return _words(str(self.primary), str(self.secondary), REFERENCE)

    @property
    def options(self) -> tuple[str, ...]:
        """Arguments of a command that choose these units and profiles."""
        described = _words(self.primary.profile, self.secondary.profile, "")
        asked = [("--unit", word) for word in self.words] + [("--profile", word) for word in described]
        return tuple(argument for pair in asked for argument in pair)

    def __str__(self) -> str:
        """Return the text for a report: `reference`, `wrong:NAME`, `P=image:REF`."""
        return " ".join(self.words) or REFERENCE


def catalogue() -> ModuleType:
    """Import the module that knows the wrong units: only when it is needed, since the suite knows units by name."""
    return late_import("wrong.catalogue")


def _by_unit(option: str, words: Sequence[str]) -> dict[str, str]:
    """Return what the values of an option say, by unit. Raises UsageError."""
    said: dict[str, str] = {}
    for word in words:
        letter, equals, name = word.partition("=")
        if len(letter) > 1:  # the value itself has one in it, such as a path
            letter, equals, name = "", "", word
        if equals and letter not in {"P", "S"}:
            raise UsageError(f"there is no unit {letter!r} of the pair", f"say {option} P=... or {option} S=...")
        for unit in letter if equals else "PS":
            if unit in said:
                raise UsageError(f"{option} names unit {unit} twice", f"leave {said[unit]} or {word} out")
            said[unit] = name if equals else word
    return said


def _words(primary: str, secondary: str, default: str) -> tuple[str, ...]:
    """Return the values of an option that say this of each unit; none for what holds by default."""
    if primary == secondary:
        return () if primary == default else (primary,)
    return tuple(f"{unit}={word}" for unit, word in (("P", primary), ("S", secondary)) if word != default)


def _implementation(word: str, profile: str | None) -> Implementation:
    """Return the unit that a value of `--unit` names, without its letter. Raises UsageError."""
    kind, colon, id_ = word.partition(":")
    if kind == REFERENCE and colon:
        raise UsageError("the reference unit has no id", "say --unit reference")
    if kind == IMAGE and colon:
        _check_image(id_)
    elif word != REFERENCE and not (kind == WRONG and id_ in catalogue().known()):
        kinds = f"use {REFERENCE}, {IMAGE}:REF, or {WRONG}:NAME with a name that `{interpreter()} -m wrong` lists"
        raise UsageError(f"there is no unit called {word!r}", f"{_meant(word)}{kinds}")
    if profile is not None:
        profiles.named(profile)
    return Implementation(kind, id_, profile or "")


def _meant(word: str) -> str:
    """Return the question whether a unit that is near to a word was meant, "" where none is.

    An image looks like what it is; any other word may be a typing error, or a name without its kind.
    """
    full = {each: f"{WRONG}:{each}" for each in catalogue().known()}
    known = {REFERENCE: REFERENCE, **full, **{each: each for each in full.values()}}
    if close := difflib.get_close_matches(word, known, 1, cutoff=0.8):
        return f"did you mean {known[close[0]]}? Or "
    is_image = re.fullmatch(IMAGE_NAME, word) and re.search("[/:]", word) and not word.startswith(f"{WRONG}:")
    return f"did you mean {IMAGE}:{word}? Or " if is_image else ""


def _check_image(name: str) -> None:
    """Raise UsageError for what cannot be the name of an image."""
    if not name:
        raise UsageError("--unit image: names no image", "say image:REF, such as image:vendor/mail:7.0")
    if not re.fullmatch(IMAGE_NAME, name):
        raise UsageError(f"{name!r} is no image name", "use lower case, no blanks, then :TAG")


def _check_profiles(primary: Implementation, secondary: Implementation) -> None:
    """Raise UsageError for units that cannot understand each other, as far as their profiles know."""
    if primary.described_by == secondary.described_by:
        return
    known = [profiles.named(unit.described_by) for unit in (primary, secondary)]
    first, second = (profile.wire for profile in known)
    if "none" not in {first, second} and first != second:
        raise UsageError(f"units P and S speak different wires ({first} and {second})", "choose another --profile")
    first, second = (profile.mail.greeting[unit] for unit, profile in zip("PS", known, strict=True))
    if first.lower() == second.lower():
        raise UsageError(f"units P and S greet by one name ({first} and {second})", "let their mail.greeting differ")

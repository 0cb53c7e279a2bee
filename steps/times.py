"""The words of time that end a sentence: how soon something comes, how long it stays true, how long a fault lasts."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from lab.claims import judge
from lab.contract import Capability
from lab.schedule import long_for
from steps.scene import MARGIN, Scene

HOLD_OFF = 900.0
"""Seconds. Source: HA-522, E-05."""

ABOUT = 30.0
"""Seconds by which "about 15 minutes" may be off either way: the figure is a whole number of minutes. Source: E-05."""

_NUMBER = r"\d+(?:\.\d+)?"
_MANY = rf"(?!1 ){_NUMBER} seconds"
DURATION = f"(?:1 second|{_MANY})"
_LONG = f"the detection time|about 15 minutes|{DURATION}"
_FROM = "of the command|of the fault|of the change|after its start|of taking it|of hold-off"
_RANGE = rf"{_NUMBER} to {_MANY}"
_WHEN = f"when (?:the detection time has|1 second has|{_MANY} have) passed"
_SPANS = f"(?:within|in less than|no sooner than|after) (?:{_LONG})|after {_RANGE}"
BOUND = f"(?: (?:(?:{_SPANS})(?: (?:{_FROM}))?|{_WHEN}))?"
SPAN = f"(?: for (?:the detection time|{DURATION}))?"
LASTING = rf"(?: for (?:longer than the detection time|{DURATION}(?:, \d+ times)?))?"

_HEARD = "from the last heartbeat that the unit heard"
BOUNDS: Mapping[str, str] = {
    " when the detection time has passed": f"neither sooner nor later, {_HEARD}",
    " when 15 seconds have passed": f"neither sooner nor later, {_HEARD}",
    " within the detection time": f"not later, {_HEARD}",
    " in less than the detection time": f"sooner, {_HEARD}",
    " no sooner than the detection time after its start": "not sooner, from the beginning of the last action",
    " after about 15 minutes of hold-off": "at most 30 seconds sooner or later, from the unit's change to hold-off",
    " within 1 second of the command": "not later, from the first command in the last action",
    " within 6 seconds of the fault": "not later, from the beginning of the last action",
    " after 4 to 6 seconds of the fault": "neither sooner nor later, from the beginning of the last action",
    " within 3 seconds of the change": "not later, from the beginning of the last action",
    " within 1 second of taking it": "neither later nor before it, from when the unit holds the address",
    " within 2 seconds": "where units hear each other: not later, from the beginning of this sentence",
    " no sooner than the detection time": "where a message comes: not sooner, from the beginning of the last action",
}
"""How soon something comes, by examples: on which sides of the bound, and from when that counts."""


@dataclass(frozen=True, slots=True)
class Bound:
    """A documented bound: not later, or not sooner, than this many seconds (None: the detection time)."""

    seconds: float | None
    not_after: bool
    not_before: bool
    strictly: bool
    """Whether it must come before the bound, not with it."""
    about: float
    """Seconds by which it may be off either way."""
    since: str
    """From when it counts, in the sentence's words; "" where the sentence itself says so."""

    def begins(self, *known: str) -> None:
        """Raise ValueError unless the sentence knows from when the bound counts: one of these, "" for what it says."""
        if self.since not in known:
            hint = " or ".join(f"say {each!r}" if each else "leave it out" for each in known)
            raise ValueError(f"this sentence knows no bound that counts from {self.since!r}: {hint}")

    def judge(self, scene: Scene, name: str, measured: float, unit: str, *, doubt: float = 0.0) -> None:
        """Judge a measured span in seconds; the detection time is the unit's. Raises NotReached, FaultNotProven."""
        seconds = self.of(scene.detection[unit])
        if self.strictly:
            assert round(measured, 3) < seconds, f"{name}: {measured:.3f} s, which is not less than {seconds:g} s"
            return
        at_least = seconds - self.about if self.not_before else None
        at_most = seconds + self.about if self.not_after else None
        judge(scene.lab, name, measured, at_least=at_least, at_most=at_most, doubt=doubt)

    def of(self, detection: float) -> float:
        """The bound in seconds."""
        return detection if self.seconds is None else self.seconds


@dataclass(frozen=True, slots=True)
class Span:
    """How long something stays true: so many seconds, None for the detection time."""

    seconds: float | None

    def of(self, scene: Scene) -> float:
        """The span in seconds; for the detection time that of the unit whose is longer, and a margin."""
        return max(scene.detection.values()) + MARGIN if self.seconds is None else self.seconds


@dataclass(frozen=True, slots=True)
class Lasting:
    """How long a fault is there: for a span in seconds, so many times; or until it is ended."""

    seconds: float | None = None
    times: int = 1
    is_noticed: bool = False
    """Whether the units have had time to notice it: longer than the detection time."""


ONWARDS = Lasting()


def watched(span: Span | None) -> frozenset[Capability]:
    """Return what the lab must be able to do to watch for so long."""
    return long_for((span.seconds if span else None) or 0.0)


def awaited(bound: Bound | None) -> frozenset[Capability]:
    """Return what the lab must be able to do to wait for as long as a bound says."""
    return long_for((bound.seconds if bound else None) or 0.0)


def bound(text: str) -> Bound | None:
    """Read how soon something comes; None where nothing is said."""
    if not text:
        return None
    first = text.split(maxsplit=1)[0]
    seconds, about = _figure(text)
    return Bound(
        seconds=seconds,
        not_after=first in {"within", "in", "after", "when"},
        not_before=first in {"no", "after", "when"},
        strictly=first == "in",
        about=about,
        since=next((each for each in _FROM.split("|") if each in text), ""),
    )


def _figure(text: str) -> tuple[float | None, float]:
    """Return the seconds of a bound, None for the detection time, and those by which it may be off either way."""
    if "15 minutes" in text:
        return HOLD_OFF, ABOUT
    if ends := re.search(rf"({_NUMBER}) to ({_NUMBER})", text):
        first, last = float(ends[1]), float(ends[2])
        return (first + last) / 2, (last - first) / 2
    return seconds_in(text), 0.0


def span(text: str) -> Span | None:
    """Read how long something stays true; None where nothing is said."""
    return Span(seconds_in(text)) if text else None


def lasting(text: str) -> Lasting:
    """Read how long a fault is there."""
    if text.endswith("the detection time"):
        return Lasting(is_noticed=True)
    times = re.search(r"(\d+) times", text)
    return Lasting(seconds_in(text), int(times[1]) if times else 1)


def seconds_in(text: str) -> float | None:
    """The number of seconds that a text names, if it names one."""
    found = re.search(rf"({_NUMBER}) seconds?", text)
    return float(found[1]) if found else None


def stays(scene: Scene, condition: Callable[[], object], span: Span, what: str) -> None:
    """Watch that a condition stays true for a span. Raises NotReached."""
    scene.lab.clock.hold(condition, span.of(scene), what)

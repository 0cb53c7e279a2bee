"""Writes a schedule as a feature file that any lab can replay."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from explore.generate import Case
from explore.pair import PLAIN, Settings
from lab.contract import Family
from lab.rules.rule import Broken
from lab.schedule import aligned, write

_FEATURE = """\
Feature: A schedule that broke a rule
  Found by exploring; the unit under test was {unit}. {broken}.

  {tags}
  Scenario: {title}
    Given a healthy active-passive pair{traits}these settings
{settings}{monitoring}
    When this happens to the pair
{schedule}
    Then no rule of the pair is broken
"""


def title(seed: int, number: int) -> str:
    """Name of a schedule's scenario; the simulated world depends on it, so a replay under the same name is exact."""
    return f"schedule {number} of seed {seed}"


def feature(case: Case, broken: Broken, *, name: str, unit: str) -> str:
    """Text of a feature file with one scenario."""
    return _FEATURE.format(
        unit=unit,
        broken=f"{broken.rule.words[0].upper()}{broken.rule.words[1:]}, but {broken.how}",
        tags=" ".join(f"@{each}" for each in broken.rule.clauses),
        title=name,
        traits=_traits(case.settings),
        settings=_indented(aligned([("setting", "primary", "secondary"), *case.settings.rows()])),
        monitoring="".join(f"\n    And {sentence}" for sentence in _monitoring(case.settings)),
        schedule=_indented(write(case.schedule)),
    )


def _monitoring(settings: Settings) -> Iterator[str]:
    if settings.monitoring:
        yield "each unit monitors its mail interface"
    if settings.disks:
        yield "each unit monitors its mail disk"
    for service in settings.services:
        yield f"each unit monitors the {service.value} service of its peer at its mail interface"


def _traits(settings: Settings) -> str:
    family = " over IPv6" if settings.family is Family.IPV6 else ""
    action = f"the failover action {settings.action} and " if settings.action != PLAIN.action else ""
    return f"{family} with {action}{'a virtual IPv6 address and ' if settings.shares6 else ''}"


def save(folder: Path, text: str, *, seed: int, number: int) -> Path:
    """Save a feature file and return its path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"schedule-{seed}-{number}.feature"
    path.write_text(text, encoding="utf-8")
    return path


def _indented(lines: Sequence[str]) -> str:
    return "\n".join(f"      {line}" for line in lines)

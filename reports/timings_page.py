"""Writes timings.html: distributions and tables of every timed claim and every phase of a failover in this run."""

from __future__ import annotations

import functools
import math
import statistics
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jinja2 import Template

from reports.judgement import Judgement
from reports.phases import Phase
from reports.state import RunState
from reports.strip_plot import Dot, Drawing, Plot, place, shown
from reports.templating import template

PAGE = "timings.html"


@dataclass(frozen=True, slots=True)
class Claimed:
    """One timed claim of one scenario; figures in the claim's own unit."""

    name: str
    unit: str
    scenario: str
    node: str
    at_least: float | None
    at_most: float | None
    measured: float
    doubt: float
    resolution: float
    slack: float
    standing: str

    @property
    def bound(self) -> float:
        """The bound that the value is compared with: "not after", else "not before"."""
        return float(self.at_least or 0.0) if self.at_most is None else self.at_most


@dataclass(frozen=True, slots=True)
class Group:
    """All values of one name, and their plot; `relative` if bounds differ and values count from their own bound."""

    name: str
    unit: str
    relative: bool
    count: int
    least: float
    median: float
    high: float
    most: float
    in_slack: int
    outside: int
    drawing: Drawing


@dataclass(frozen=True, slots=True)
class Taken:
    """One failover of one scenario (`reports.phases.Failover.as_data`)."""

    scenario: str
    node: str
    told: Mapping[str, Any]


def write(state: RunState) -> None:
    """Write the page next to run.json."""
    judged = list(state.judged.values())
    claims, failovers = list(_claims(judged)), list(_failovers(judged))
    page = _template().render(
        request=state.request,
        waits=state.waits(),
        groups=_groups(claims),
        phase_groups=_phase_groups(failovers),
        claims=claims,
        failovers=failovers,
        phases=[phase.value for phase in Phase],
    )
    (state.request.out / PAGE).write_text(page, encoding="utf-8")


def percentile(values: Sequence[float], part: float) -> float:
    """Percentile by nearest rank: the smallest value that at least this part of the values does not exceed."""
    return sorted(values)[max(math.ceil(part * len(values)), 1) - 1]


def _claims(judged: Sequence[Judgement]) -> Iterator[Claimed]:
    for judgement in judged:
        for claim in judgement.claims:
            yield Claimed(
                name=str(claim["claim"]),
                unit=str(claim["unit"]),
                scenario=judgement.scenario,
                node=judgement.node,
                at_least=claim["at_least"],
                at_most=claim["at_most"],
                measured=float(claim["measured"]),
                doubt=float(claim["doubt"]),
                resolution=float(claim["resolution"]),
                slack=float(claim["slack"]),
                standing=str(claim["verdict"]),
            )


def _failovers(judged: Sequence[Judgement]) -> Iterator[Taken]:
    for judgement in judged:
        for told in judgement.failovers:
            yield Taken(judgement.scenario, judgement.node, told)


def _groups(claims: Sequence[Claimed]) -> list[Group]:
    by_name: dict[tuple[str, str], list[Claimed]] = defaultdict(list)
    for claim in claims:
        by_name[claim.name, claim.unit].append(claim)
    return [_group(name, unit, found) for (name, unit), found in sorted(by_name.items())]


def _group(name: str, unit: str, claims: Sequence[Claimed]) -> Group:
    relative = len({(claim.at_least, claim.at_most) for claim in claims}) > 1
    dots = tuple(
        Dot(
            claim.measured - (claim.bound if relative else 0.0),
            claim.standing,
            f"{claim.measured:.6g} {unit}, bound {claim.bound:g} {unit}: {claim.scenario}",
        )
        for claim in claims
    )
    plot = Plot(
        dots,
        0.0 if relative else claims[0].bound,
        max((claim.slack for claim in claims if claim.at_most is not None), default=0.0),
        max((claim.resolution for claim in claims if claim.at_least is not None), default=0.0),
        unit,
    )
    return _figures(name, plot, Counter(claim.standing for claim in claims), relative=relative)


def _phase_groups(failovers: Sequence[Taken]) -> list[Group]:
    """Each phase as time after the bound of a silence, and after an order: the unit's own delay."""
    found: dict[str, list[Dot]] = defaultdict(list)
    for phase in Phase:
        for taken in failovers:
            told, name = taken.told, phase.value
            if name in told["after_bound"]:
                kind, value = "after the bound of a silence", 1000 * float(told["after_bound"][name])
            elif told["cause"] == "order" and name in told["after"]:
                kind, value = "after an order", 1000 * float(told["after"][name])
            else:
                continue
            label = f"{value:.1f} ms: {taken.scenario}"
            found[f"{name}, {kind}"].append(Dot(value, f"unit-{told['unit']}", label))
    return [_figures(name, Plot(tuple(dots), 0.0, unit="ms"), Counter(), relative=True) for name, dots in found.items()]


def _figures(name: str, plot: Plot, standings: Mapping[str, int], *, relative: bool) -> Group:
    values = [dot.value for dot in plot.dots]
    return Group(
        name,
        plot.unit,
        relative,
        len(values),
        min(values),
        statistics.median(values),
        percentile(values, 0.95),
        max(values),
        standings.get("within-slack", 0),
        standings.get("outside", 0),
        place(plot),
    )


@functools.cache
def _template() -> Template:
    return template("timings.html.j2", told=shown)

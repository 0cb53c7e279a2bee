"""timings.html shows every claim and failover of a run with figures that add up, and needs nothing but itself."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from jinja2 import UndefinedError

from reports import requirements_page, timings_page
from reports.judgement import Judgement
from reports.state import Request, RunState
from reports.strip_plot import Dot, Plot, place
from reports.templating import template
from reports.verdicts import Verdict

FAILOVER = {
    "unit": "S",
    "cause": "silence",
    "began": 2.0,
    "bound": 3.0,
    "after": {"detected": 2.99, "role": 3.0, "banner": 3.08},
    "after_bound": {"detected": -0.01, "role": 0.0, "banner": 0.08},
}


def claim(measured: float, *, at_most: float = 3.0, standing: str = "within") -> dict[str, Any]:
    """Return a claim as a judgement has it."""
    return {
        "claim": "takeover",
        "at_least": at_most,
        "at_most": at_most,
        "measured": measured,
        "doubt": 0.02,
        "resolution": 0.05,
        "slack": 0.25,
        "verdict": standing,
        "unit": "s",
    }


def judged(name: str, *claims: dict[str, Any]) -> Judgement:
    """Return a scenario with these claims and one failover."""
    return Judgement(
        f"a.feature::{name}", "a.feature", name, (), Verdict.PASS, claims=claims, failovers=(FAILOVER,), waits=3.0
    )


def page(out: Path, *judgements: Judgement) -> str:
    """Write the page of a run with these scenarios."""
    state = RunState(Request("r1", "docker", "reference", 0, (), out), wall=4.0)
    for judgement in judgements:
        state.add(judgement)
    timings_page.write(state)
    return (out / timings_page.PAGE).read_text(encoding="utf-8")


def test_each_page_says_which_unit_was_judged_on_which_lab(tmp_path: Path) -> None:
    """A reader must know whom the figures are about."""
    told = page(tmp_path, judged("one", claim(2.9)))
    assert "Lab docker, unit reference, seed 0." in told
    state = RunState(Request("r1", "docker", "reference", 0, (), tmp_path))
    requirements_page.write(state)
    assert "Lab docker, unit reference." in (tmp_path / "requirements.html").read_text(encoding="utf-8")


def test_a_name_that_a_template_misspells_is_an_error() -> None:
    """It was an empty place before, which nobody noticed."""
    with pytest.raises(UndefinedError, match="has no attribute"):
        template("timings.html.j2", told=str).render(request=object())


class Cells(HTMLParser):
    """Gathers the texts of each table row."""

    def __init__(self) -> None:
        """Start with none."""
        super().__init__()
        self.rows: list[list[str]] = []
        self._open = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A row or a cell begins."""
        del attrs
        if tag == "tr":
            self.rows.append([])
        elif tag in {"td", "th"}:
            self.rows[-1].append("")
            self._open = True

    def handle_endtag(self, tag: str) -> None:
        """A cell ends."""
        self._open = self._open and tag not in {"td", "th"}

    def handle_data(self, data: str) -> None:
        """Text belongs to the cell that is open."""
        if self._open:
            self.rows[-1][-1] += data.strip()


def rows(text: str) -> list[list[str]]:
    """Every table row of the page as texts."""
    cells = Cells()
    cells.feed(text)
    return cells.rows


def test_the_figures_of_a_claim_are_told(tmp_path: Path) -> None:
    """Number, least, median, 95 %, most, and how many lie in the slack or outside."""
    text = page(tmp_path, judged("one", claim(3.0)), judged("two", claim(3.1, standing="within-slack"), claim(3.02)))
    row = next(row for row in rows(text) if row[0].startswith("takeover"))
    assert row[1:8] == ["3", "3.000", "3.020", "3.100", "3.100", "1", "0"]


def test_different_bounds_are_counted_from_each(tmp_path: Path) -> None:
    """3.01 of 3 and 5.02 of 5 are 10 and 20 ms beyond."""
    text = page(tmp_path, judged("one", claim(3.01)), judged("two", claim(5.02, at_most=5.0)))
    row = next(row for row in rows(text) if row[0].startswith("takeover"))
    assert (row[2], row[5]) == ("0.010", "0.020")


def test_phases_and_every_scenario_are_listed(tmp_path: Path) -> None:
    """Phases after the bound in milliseconds; each claim and failover with its scenario and what can be sorted by."""
    text = page(tmp_path, judged("<scenario>", claim(3.0)))
    found = rows(text)
    assert next(row for row in found if row[0].startswith("banner, after the bound"))[2] == "80.000"
    assert [
        "takeover",
        "<scenario>",
        "3.000",
        "3.000",
        "3.000",
        "0.020",
        "0.000",
        "0.050",
        "0.250",
        "s",
        "within",
    ] in found
    assert ["<scenario>", "S", "silence", "2.000", "3.000", "2.990", "3.000", "", "", "3.080"] in found
    assert 'data-v="3.08"' in text
    assert "3.0 s in all; the run took 4.0 s on 1 lab." in text


def test_the_page_needs_nothing_from_elsewhere(tmp_path: Path) -> None:
    """No address of another host, no file but the report beside it."""
    text = page(tmp_path, judged("one", claim(3.0)))
    assert "//" not in re.sub(r"<svg.*?</svg>", "", text, flags=re.DOTALL)
    assert re.findall(r'(?:src|href)="([^"]*)"', text) == ["allure-report/index.html"]


def test_a_run_without_claims_has_a_page(tmp_path: Path) -> None:
    """Nothing timed is no error."""
    assert "Timed claims" in page(tmp_path, Judgement("n", "f", "s", (), Verdict.PASS))


@pytest.mark.parametrize(("part", "value"), [(0.0, 1), (0.5, 2), (0.95, 4), (1.0, 4)])
def test_percentiles_are_values_that_were_measured(part: float, value: float) -> None:
    """Nearest rank: no value is made up between two."""
    assert timings_page.percentile([4, 1, 3, 2], part) == value


def test_bound_and_slack_lie_where_the_dots_do() -> None:
    """A dot at the bound lies on its line, one at the slack's end on the band's edge; equal dots are stacked."""
    dots = tuple(Dot(value, "within", "") for value in (3.0, 3.0, 3.25))
    drawing = place(Plot(dots, 3.0, slack=0.25, resolution=0.05))
    assert drawing.slack is not None
    assert [dot.x for dot in drawing.dots[:2]] == [drawing.bound] * 2
    assert drawing.dots[0].y != drawing.dots[1].y
    assert drawing.dots[2].x == pytest.approx(sum(drawing.slack), abs=0.2)
    assert drawing.resolution is not None
    assert sum(drawing.resolution) == pytest.approx(drawing.bound, abs=0.2)


def test_values_that_are_told_alike_lie_together() -> None:
    """A plot does not zoom into what its figures cannot tell: microseconds apart looks like the same."""
    dots = [Dot(value, "within", "") for value in (0.0001, 0.0002)]
    drawing = place(Plot(tuple(dots), bound=None))
    first, second = (dot.x for dot in drawing.dots)
    assert abs(second - first) < drawing.width / 50

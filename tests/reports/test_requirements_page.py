"""The page of requirements: each clause has its own verdict, so one that holds hides none that does not."""

from __future__ import annotations

import re
from pathlib import Path

from lab.under_test import UnderTest
from reports import requirements_page
from reports.judgement import Judgement
from reports.state import Request, RunState, Scope
from reports.verdicts import Verdict


def page(out: Path, *judged: tuple[str, Verdict]) -> str:
    """Write the page of a run in which one scenario held each of these clauses."""
    state = RunState(Request("r1", "sim", UnderTest(), 0, (), out))
    for clause, verdict in judged:
        state.add(Judgement(f"a.feature::{clause}", "a.feature", f"scenario of {clause}", (clause,), verdict))
    requirements_page.write(state)
    return (out / "requirements.html").read_text(encoding="utf-8")


def line(text: str, id_: str) -> str:
    """Return a clause's line of the page, or the head of a requirement with several."""
    found = re.search(rf'<tr id="{re.escape(id_)}".*?</tr>', text, re.DOTALL)
    assert found, id_
    return found[0]


def test_each_clause_has_its_own_verdict(tmp_path: Path) -> None:
    """A clause that fails and one that no scenario of the run held stand beside one that passes."""
    told = page(tmp_path, ("HA-757.a", Verdict.PASS), ("HA-757.b", Verdict.FAIL))
    assert '<span class="chip pass">pass</span>' in line(told, "HA-757.a")
    assert "scenario of HA-757.a" in line(told, "HA-757.a")
    assert '<span class="chip fail">fail</span>' in line(told, "HA-757.b")
    assert "not in this run" in line(told, "HA-757.c")
    assert "chip" not in line(told, "HA-757")


def test_a_requirement_of_one_clause_is_one_line(tmp_path: Path) -> None:
    """Its own line has the verdict, with the worst of several."""
    told = page(tmp_path, ("HA-101", Verdict.PASS))
    assert '<span class="chip pass">pass</span>' in line(told, "HA-101")
    assert "MUST" in line(told, "HA-101")


def test_the_head_says_that_only_a_part_was_judged(tmp_path: Path) -> None:
    """Else a page without a failure would look like that of a unit that conforms."""
    state = RunState(Request("r1", "sim", UnderTest(), 0, (), tmp_path))
    heads = []
    for state.scope in Scope:
        requirements_page.write(state)
        heads.append((tmp_path / "requirements.html").read_text(encoding="utf-8").partition("<table>")[0])
    assert ["part of the suite" in head for head in heads] == [scope is Scope.PART for scope in Scope]


def test_the_head_counts_clauses(tmp_path: Path) -> None:
    """Whoever opens the page sees how many clauses were judged, and how many nothing has judged."""
    told = page(tmp_path, ("HA-757.a", Verdict.PASS), ("HA-757.b", Verdict.FAIL))
    (head,) = re.findall(r"Clauses: (.*?)\.</p>", told)
    assert {"1 pass", "1 fail"} <= set(head.split(", "))
    assert re.search(r"\d+ awaiting a scenario", head)
    assert re.search(r"\d+ beyond any scenario", head)

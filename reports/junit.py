"""Writes junit.xml: a failed behaviour is a failure; a harness error or an inconclusive scenario is an error."""

from __future__ import annotations

import xml.etree.ElementTree as ET

from reports.judgement import Judgement
from reports.state import RunState
from reports.verdicts import Ending, Verdict

_ELEMENT = {
    Verdict.FAIL: "failure",
    Verdict.STALE_DEVIATION: "failure",
    Verdict.INCONCLUSIVE: "error",
    Verdict.HARNESS_ERROR: "error",
    Verdict.NOT_APPLICABLE: "skipped",
    Verdict.DEVIATION: "skipped",
}


def write(state: RunState) -> None:
    """Write the file next to run.json."""
    judged = list(state.judged.values())
    troubles = [*filter(None, (state.usage, state.refusal)), *state.troubles]
    if state.ending is not Ending.COMPLETE:
        troubles.append(f"the run ended early: {len(judged)} of {len(state.planned)} scenarios were judged")
    kinds = [_ELEMENT.get(judgement.verdict) for judgement in judged]
    suite = ET.Element(
        "testsuite",
        name=f"switchover {state.request.lab}",
        tests=str(len(judged)),
        failures=str(kinds.count("failure")),
        errors=str(kinds.count("error") + len(troubles)),
        skipped=str(kinds.count("skipped")),
        time=f"{sum(judgement.duration for judgement in judged):.3f}",
    )
    for judgement in judged:
        suite.append(_case(judgement))
    for trouble in troubles:
        case = ET.SubElement(suite, "testcase", classname="harness", name="outside any scenario", time="0")
        ET.SubElement(case, "error", type=Verdict.HARNESS_ERROR.value, message=trouble)
    root = ET.Element("testsuites")
    root.append(suite)
    ET.indent(root)
    ET.ElementTree(root).write(state.request.out / "junit.xml", encoding="utf-8", xml_declaration=True)


def _case(judgement: Judgement) -> ET.Element:
    case = ET.Element(
        "testcase",
        classname=judgement.feature.removesuffix(".feature").replace("/", "."),
        name=judgement.scenario,
        time=f"{judgement.duration:.3f}",
    )
    properties = ET.SubElement(case, "properties")
    ET.SubElement(properties, "property", name="verdict", value=judgement.verdict.value)
    for requirement in judgement.requirements:
        ET.SubElement(properties, "property", name="requirement", value=requirement)
    for clause in judgement.clauses:
        ET.SubElement(properties, "property", name="clause", value=clause)
    element = _ELEMENT.get(judgement.verdict)
    if element is not None:
        ET.SubElement(case, element, type=judgement.verdict.value, message=judgement.reason)
    return case

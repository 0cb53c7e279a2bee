"""The matrix of scenarios and the wrong units that they catch: proof that the suite, and each scenario, can fail."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from gate.run_file import Run

_WIDTH = 118


@dataclass(frozen=True, slots=True)
class Matrix:
    """The runs of all wrong units beside the reference unit's.

    `broken` has the units whose run gave no result, with the reason; they count as neither caught nor missed.
    """

    reference: Run
    runs: Mapping[str, Run]
    broken: Mapping[str, str]

    @property
    def scenarios(self) -> tuple[str, ...]:
        """Node ids of the scenarios that the reference unit passes, in order: only these can catch a unit."""
        passed = self.reference.nodes("pass")
        return tuple(judged.node for judged in self.reference.judged if judged.node in passed)

    def unsound(self) -> tuple[str, ...]:
        """Scenarios that the reference unit does not pass, so that failing them proves nothing."""
        useless = {"pass", "not applicable"}
        return tuple(judged.node for judged in self.reference.judged if judged.verdict not in useless)

    def catchers(self, unit: str) -> tuple[str, ...]:
        """Scenarios that catch a unit, in order: they fail on it and pass on the reference."""
        failed = self.runs[unit].nodes("fail")
        return tuple(node for node in self.scenarios if node in failed)

    def uncaught(self) -> tuple[str, ...]:
        """Units that no scenario catches."""
        return tuple(unit for unit in self.runs if not self.catchers(unit))

    def idle(self) -> tuple[str, ...]:
        """Scenarios that catch no unit."""
        busy = {node for unit in self.runs for node in self.catchers(unit)}
        return tuple(node for node in self.scenarios if node not in busy)

    def disturbances(self) -> Iterator[str]:
        """Harness errors and inconclusive scenarios, one line each; they catch nothing."""
        for unit, run in self.runs.items():
            for judged in run.judged:
                if judged.verdict in {"harness error", "inconclusive"}:
                    yield f"{unit}: {judged.verdict} in {judged.scenario}: {run.reason(judged.node)}"
            for trouble in run.troubles:
                yield f"{unit}: {trouble}"
        for unit, reason in self.broken.items():
            yield f"{unit}: no result: {reason}"

    def exit_code(self) -> int:
        """0 when every unit is caught and every scenario catches; 3 when a run or the reference unit failed; else 1."""
        if self.unsound() or self.broken or not self.runs or not self.scenarios:
            return 3
        return 1 if self.uncaught() or self.idle() else 0


def lines(matrix: Matrix, about: Mapping[str, str], *, whole: bool = True) -> Iterator[str]:
    """Yield the matrix as text for a terminal; `about` has a sentence on each unit.

    `whole` says that every unit ran every scenario; otherwise each count is a minimum, and the heading says so.
    """
    titles = {judged.node: judged.scenario for judged in matrix.reference.judged}
    numbers = {node: number for number, node in enumerate(matrix.scenarios, start=1)}
    caught = {unit: matrix.catchers(unit) for unit in matrix.runs}
    yield f"Scenarios, and how many wrong units each {'catches' if whole else 'has caught, of those that it met'}"
    for node, number in numbers.items():
        count = sum(node in nodes for nodes in caught.values())
        yield f"  {number:3d}  {count:3d}  {titles[node]}"
    yield ""
    yield "Wrong units, and the scenarios that catch each"
    for unit, nodes in caught.items():
        yield f"  {unit}: {about.get(unit) or about.get(unit.rpartition('=')[2], '')}"
        told = " ".join(str(numbers[node]) for node in nodes) if nodes else "NOT CAUGHT"
        yield from textwrap.wrap(told, _WIDTH, initial_indent="      ", subsequent_indent="      ")
    yield ""
    yield from _list("Scenarios that the reference unit itself does not pass", [titles[n] for n in matrix.unsound()])
    yield from _list("Harness errors and inconclusive scenarios (they catch nothing)", list(matrix.disturbances()))
    yield from _list("Wrong units that no scenario catches", matrix.uncaught())
    yield from _list("Scenarios that catch no wrong unit", [titles[node] for node in matrix.idle()])
    yield (
        f"{len(matrix.runs) - len(matrix.uncaught())} of {len(matrix.runs) + len(matrix.broken)} wrong units caught, "
        f"{len(matrix.scenarios) - len(matrix.idle())} of {len(matrix.scenarios)} scenarios catch at least one"
    )


def _list(title: str, entries: Sequence[str]) -> Iterator[str]:
    if entries:
        yield f"{title}:"
        yield from (f"  {entry}" for entry in entries)
        yield ""

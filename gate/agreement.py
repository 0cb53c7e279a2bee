"""Shows that the two labs agree: units that are wrong on purpose are caught by the same scenarios on sim and on docker.

    python -m gate.agreement [--only [P=|S=]NAME]... [--sample N] [--seed N] [--labs N]

On sim each unit runs every scenario; on docker it runs the scenarios that caught it on sim, and a random sample of the
others. `gate/differences.toml` has the explained differences; any other makes the command fail.
"""

from __future__ import annotations

import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from gate import run_file
from gate.run_file import Run, RunUnreadableError
from gate.wrong_units import name_of, refuse_unknown, unit_of, wrong_units
from lab.arguments import Parser, count, end

TEN = (
    "takes-over-late",
    "one-link-is-all",
    "arbitrates-by-itself",
    "keeps-its-address",
    "announces-nothing",
    "sets-instead-of-adding",
    "always-restores-role",
    "sends-no-hold-off",
    "ignores-peer-addresses",
    "copies-no-data",
)
"""Wrong units of every topic: time, links, roles, addresses, recovery, restarts, membership, mail data."""

LIMIT = 1500.0
"""Time limit of one unit's run, in seconds."""

JUDGED = frozenset({"pass", "fail"})
HOUSE = Path(__file__).parents[1]
EXPLAINED = Path(__file__).with_name("differences.toml")


@dataclass(frozen=True, slots=True)
class Difference:
    """A scenario that catches a unit on one lab only."""

    unit: str
    scenario: str
    caught_on: str
    reason: str
    """Why it failed there."""
    why: str
    """The explanation, '' if there is none."""

    def __str__(self) -> str:
        """One line for a person: with the explanation, or else with what there is to explain."""
        return f"{self.unit}: caught on {self.caught_on} only: {self.scenario} ({self.why or self.reason})"


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why scenarios that catch a unit for some reason do so on one lab only."""

    unit: str
    caught: str
    """A regular expression for the reason on the lab that caught the unit."""
    why: str
    scenario: str = ""
    """A regular expression for the title of the scenarios that it is about, '' for any."""

    def explains(self, unit: str, scenario: str, reason: str) -> bool:
        """Whether it explains that this scenario caught the unit for that reason."""
        return self.unit == unit and bool(re.search(self.scenario, scenario) and re.search(self.caught, reason))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns 0 (the labs agree, or each difference is explained), 1, or 3 (a run gave no result)."""
    parser = Parser(prog="python -m gate.agreement", description=(__doc__ or "").partition("\n")[0], allow_abbrev=False)
    parser.add_argument(
        "--only", action="append", default=[], type=name_of, metavar="[P=|S=]NAME", help="try this wrong unit only"
    )
    parser.add_argument(
        "--sample", type=count, default=5, metavar="N", help="further scenarios for each unit on docker (default: 5)"
    )
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="seed of the sample (default: 1)")
    parser.add_argument("--labs", type=count, default=2, metavar="N", help="Docker labs at a time (default: 2)")
    options = parser.parse_args(arguments)
    refuse_unknown(parser, options.only, wrong_units())
    chance = random.Random(options.seed)  # noqa: S311 - a repeatable choice, no secret
    found: list[Difference] = []
    try:
        with tempfile.TemporaryDirectory(prefix="switchover-agreement-") as folder:
            sim = Suite(Path(folder))
            docker = Suite(Path(folder), ("-n", str(options.labs)), lab="docker")
            for unit in options.only or TEN:
                found += compare(unit, sim, docker, chance, options.sample)
    except RunUnreadableError as error:
        parser.exit(3, f"a run gave no result: {error}\n")
    unexplained = [each for each in found if not each.why]
    print(f"{len(found)} differences, {len(unexplained)} of them without an explanation")
    return 1 if unexplained else 0


@dataclass(frozen=True, slots=True)
class Suite:
    """Runs the suite from its command line; holds a folder for its runs and further arguments for pytest."""

    folder: Path
    for_pytest: tuple[str, ...] = ()
    lab: str = "sim"

    def judge(self, unit: str, nodes: Sequence[str] = ()) -> Run:
        """Run scenarios (all, or the given node ids) against one unit and read their verdicts.

        Raises RunUnreadableError with pytest's last lines if the run left no result.
        """
        out = self.folder / unit.replace(":", "-")
        which = ["features"]
        if nodes:
            chosen = self.folder / f"{out.name}.nodes"
            chosen.write_text("".join(f"{node}\n" for node in nodes), encoding="utf-8")
            which = [f"@{chosen}"]
        command = [sys.executable, "-m", "pytest", *which, "--lab", self.lab, "--unit", unit, "--out", str(out)]
        quiet = ["--own-steps-only", "--no-report", "-q", "--tb=no", "--assert=plain", "-p", "no:cacheprovider"]
        try:
            ended = subprocess.run(  # noqa: S603 - our own words
                [*command, *quiet, *self.for_pytest],
                cwd=HOUSE,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=LIMIT,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise RunUnreadableError(f"the run did not end within {LIMIT:.0f} s") from error
        try:
            return run_file.read(out / "run.json")
        except RunUnreadableError as error:
            last = (ended.stderr or ended.stdout).strip().splitlines()[-3:]
            raise RunUnreadableError(f"{error} (exit {ended.returncode}): {' / '.join(last)}") from error
        finally:
            shutil.rmtree(out, ignore_errors=True)


def compare(unit: str, sim: Suite, docker: Suite, chance: random.Random, sample: int) -> list[Difference]:
    """Run one unit on both labs, print a summary, and return the differences. Raises RunUnreadableError."""
    began = time.monotonic()
    name = unit_of(unit)
    on_sim = sim.judge(name)
    caught = [judged.node for judged in on_sim.judged if judged.verdict == "fail"]
    missed = [judged.node for judged in on_sim.judged if judged.verdict == "pass"]
    chosen = [*caught, *chance.sample(missed, min(sample, len(missed)))]
    on_docker = docker.judge(name, chosen)
    found = list(differences(unit, on_sim, on_docker, explanations()))
    both = sum(judged.verdict in JUDGED for judged in on_docker.judged)
    print(
        f"{unit}: sim catches it with {len(caught)} of {len(on_sim.judged)} scenarios; docker met {len(chosen)} "
        f"(judged {both}) and agrees on {both - len(found)}; {time.monotonic() - began:.0f} s"
    )
    for judged in on_docker.judged:
        if judged.verdict not in JUDGED:
            print(f"  {judged.verdict} on docker: {judged.scenario}: {on_docker.reason(judged.node)}")
    for each in found:
        print(f"  {each}")
    sys.stdout.flush()
    return found


def differences(unit: str, on_sim: Run, on_docker: Run, explained: Sequence[Explanation]) -> Iterator[Difference]:
    """Yield each scenario that both labs judged differently."""
    here = {judged.node: judged.verdict for judged in on_sim.judged}
    for judged in on_docker.judged:
        there = judged.verdict
        if {here.get(judged.node), there} == JUDGED:
            caught_on, run = ("docker", on_docker) if there == "fail" else ("sim", on_sim)
            reason = run.reason(judged.node)
            why = next((each.why for each in explained if each.explains(unit, judged.scenario, reason)), "")
            yield Difference(unit, judged.scenario, caught_on, reason, why)


def explanations(path: Path = EXPLAINED) -> list[Explanation]:
    """Read the explained differences. Raises TypeError for an entry that lacks something."""
    return [Explanation(**entry) for entry in tomllib.loads(path.read_text(encoding="utf-8")).get("difference", [])]


if __name__ == "__main__":
    end(main)

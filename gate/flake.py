"""Repeats a lab's suite, on an idle machine or under load, and tells which scenarios do not pass each time.

    python -m gate.flake --runs N [--lab NAME] [--load N] [--seed N] [--out FILE] [--remember] [pytest's arguments]

N counts scenario runs: one run of the suite is as many as there are scenarios, and the last one takes a part. Each run
of the suite has another seed, which decides the order of the scenarios and, on sim, the simulated world. `--load` keeps
so many processes busy beside it; they end with this one, however it ends. Results are kept: started again, also after
an interruption, the command goes on until there are N runs of this lab under this load, unless code has changed since.
`--remember` writes docs/flake.md from all that is kept.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from types import FrameType
from typing import Any

from gate.state import add, digest, read, write
from lab.arguments import USAGE, Parser, count, end
from lab.registry import DRIVERS

OUT = Path("reports/found/flake.jsonl")
"""Results so far; apart from a run's report, which each run empties."""

PAGE = Path("docs/flake.md")

ROOMS = ("conftest.py", "features", "fixtures", "lab", "manual", "node", "reports", "steps", "wrong")
"""What decides about a verdict."""

WORKERS = {"sim": ("-n", "auto", "--maxprocesses", "4"), "docker": ("-n", "2")}
"""pytest's arguments for the workers of each lab, as tox has them; others may follow them."""

BUSY = """
import os, signal, sys
signal.signal(signal.SIGINT, signal.SIG_IGN)
while os.getppid() == int(sys.argv[1]):
    sum(range(100_000))
"""
"""What a busy process does: it ends as soon as the process that has started it is gone. Ctrl-C is for that one."""

_VERDICTS = ("fail", "inconclusive", "harness error")
"""Verdicts that are not clean, the worst first."""


@dataclass(frozen=True, slots=True)
class Unclean:
    """One scenario run that did not pass: node id, title, verdict, first line of the reason, and the suite's seed."""

    node: str
    scenario: str
    verdict: str
    reason: str
    seed: int


@dataclass(frozen=True, slots=True)
class Round:
    """One run of the suite, or of a part: where, under what load, how often each scenario ran, and what was unclean."""

    lab: str
    load: int
    selection: tuple[str, ...]
    """pytest's further arguments."""
    seed: int
    runs: Mapping[str, int]
    unclean: tuple[Unclean, ...]

    @property
    def condition(self) -> tuple[str, int, tuple[str, ...]]:
        """What rounds have in common whose figures are added up."""
        return self.lab, self.load, self.selection


class NothingJudgedError(Exception):
    """A run of the suite judged nothing; says why."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns 0 (all pass), 1 (one failed), 2 (one was inconclusive, or interrupted), 3 or 4."""
    parser = Parser(prog="python -m gate.flake", description=(__doc__ or "").partition("\n")[0], allow_abbrev=False)
    add = parser.add_argument
    add("--runs", type=count, required=True, metavar="N", help="scenario runs in all, those kept from before included")
    add("--lab", choices=sorted(DRIVERS), default="sim", help="lab to run on (default: sim)")
    add("--load", type=_load, default=0, metavar="N", help="keep N processes busy beside the suite (default: 0)")
    add("--seed", type=int, default=1, metavar="N", help="seed of the first run of the suite (default: 1)")
    add("--out", type=Path, default=OUT, metavar="FILE", help=f"keep results here (default: {OUT})")
    add("--remember", action="store_true", help=f"write {PAGE} from all results that are kept")
    options, for_pytest = parser.parse_known_args(arguments)
    options.selection = tuple(for_pytest)
    state = digest(ROOMS)
    kept = kept_rounds(options.out, state)
    try:
        write(options.out, state, map(asdict, kept))
    except OSError as error:
        parser.exit(USAGE, f"{options.out} cannot be written: {error.strerror}; choose another --out\n")
    signals = (signal.SIGTERM, signal.SIGHUP)  # which end all that was started, like Ctrl-C
    before = [signal.signal(each, _interrupt) for each in signals]
    interrupted = False
    try:
        with busy(options.load):
            repeat(options, kept)
    except KeyboardInterrupt:
        interrupted = True
    except NothingJudgedError as error:
        parser.exit(3, f"{error}\n")
    finally:
        for each, handler in zip(signals, before, strict=True):
            signal.signal(each, handler)
    mine = [each for each in kept if each.condition == (options.lab, options.load, options.selection)]
    print("\n".join(lines(mine)))
    if options.remember:
        PAGE.write_text(page(kept), encoding="utf-8")
    if interrupted:
        print("interrupted; start it again to go on")
    return exit_code(mine, interrupted=interrupted)


def _load(text: str) -> int:
    return 0 if text == "0" else count(text)


def _interrupt(number: int, frame: FrameType | None) -> None:
    del number, frame
    raise KeyboardInterrupt


@contextmanager
def busy(number: int) -> Iterator[Sequence[subprocess.Popen[bytes]]]:
    """Keep so many processes busy; they end with the block, or with this process, even if it is killed."""
    command = [sys.executable, "-S", "-c", BUSY, str(os.getpid())]
    processes = [subprocess.Popen(command, stdin=subprocess.DEVNULL) for _ in range(number)]  # noqa: S603 - our words
    try:
        yield processes
    finally:
        for process in processes:
            process.kill()
        for process in processes:
            process.wait()


def repeat(options: argparse.Namespace, kept: list[Round]) -> None:
    """Run the suite until there are enough scenario runs; each run is kept, and one that is interrupted too."""
    condition = options.lab, options.load, options.selection
    with tempfile.TemporaryDirectory(prefix="switchover-flake-") as folder:
        nodes: list[str] = []
        while True:
            mine = [each for each in kept if each.condition == condition]
            done, seed = runs_of(mine), options.seed + len(mine)
            if done >= options.runs:
                return
            nodes = nodes or collected(options)
            chosen = random.Random(seed).sample(nodes, min(len(nodes), options.runs - done))  # noqa: S311 - no secret
            began = time.monotonic()
            try:
                told, words = judge(options, seed, chosen, Path(folder))
            except KeyboardInterrupt:
                keep(options, kept, seed, read_scenarios(Path(folder) / "out" / "run.json"))
                raise
            if not told:
                raise NothingJudgedError(f"the suite judged nothing: {words}")
            without = set(chosen).difference(str(each["node"]) for each in told)
            lost = {"verdict": "harness error", "reason": f"no verdict: {words}"}
            keep(options, kept, seed, [*told, *({**lost, "node": node, "scenario": node} for node in sorted(without))])
            if not runs_of(kept[-1:]):
                raise NothingJudgedError("no scenario is applicable")
            unclean = Counter(each.verdict for each in kept[-1].unclean)
            print(
                f"{done + runs_of(kept[-1:])} of {options.runs} scenario runs, seed {seed}: "
                f"{', '.join(f'{unclean[verdict]} {verdict}' for verdict in _VERDICTS)}; "
                f"{time.monotonic() - began:.0f} s",
                flush=True,
            )


def collected(options: argparse.Namespace) -> list[str]:
    """Return the node ids of the scenarios; raises NothingJudgedError."""
    told = subprocess.run(  # noqa: S603 - our own interpreter; further arguments come from the command line
        [*_pytest(options), "features", "--collect-only", "-q", *options.selection],
        capture_output=True,
        text=True,
        check=False,
    )
    nodes = [line for line in told.stdout.splitlines() if "::" in line]
    if told.returncode or not nodes:
        raise NothingJudgedError(f"the suite collects nothing: {_last(told.stdout + told.stderr)}")
    return nodes


def _pytest(options: argparse.Namespace) -> list[str]:
    return [sys.executable, "-m", "pytest", "-c", "pyproject.toml", "--lab", options.lab, "-p", "no:cacheprovider"]


def _last(told: str) -> str:
    return " / ".join(told.strip().splitlines()[-3:])


def judge(options: argparse.Namespace, seed: int, nodes: Iterable[str], folder: Path) -> tuple[list[Any], str]:
    """Run these scenarios in this order; return what run.json says of each, and pytest's last words.

    An interruption is passed on, and the suite awaited: it judges what it has, and takes its labs down.
    """
    chosen = folder / "nodes"
    chosen.write_text("".join(f"{node}\n" for node in nodes), encoding="utf-8")
    out = folder / "out"
    shutil.rmtree(out, ignore_errors=True)
    quiet = ["--seed", str(seed), f"--out={out}", "--no-report", "-q", "--tb=no", *WORKERS[options.lab]]
    with (folder / "told").open("w+", encoding="utf-8") as told:
        suite = subprocess.Popen(  # noqa: S603 - as above
            [*_pytest(options), f"@{chosen}", *quiet, *options.selection],
            stdin=subprocess.DEVNULL,
            stdout=told,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # a Ctrl-C of the terminal reaches it once: from here
        )
        try:
            suite.wait()
        except KeyboardInterrupt:
            suite.send_signal(signal.SIGINT)
            suite.wait()
            raise
        told.seek(0)
        return read_scenarios(out / "run.json"), _last(told.read())


def read_scenarios(path: Path) -> list[Any]:
    """Return what a run.json says of each scenario, also of a run that was cut short; nothing where there is none."""
    try:
        scenarios = json.loads(path.read_text(encoding="utf-8"))["scenarios"]
    except (OSError, ValueError, KeyError):
        return []
    return list(scenarios)


def keep(options: argparse.Namespace, kept: list[Round], seed: int, told: Iterable[Any]) -> None:
    """Keep a run of the suite, in the file too."""
    runs: Counter[str] = Counter()
    unclean: list[Unclean] = []
    for each in told:
        node, scenario = str(each["node"]), str(each["scenario"])
        # One that was inconclusive has run once more, where that may change something.
        earlier = [("inconclusive", str(each["earlier"]))] if each.get("earlier") else []
        for verdict, reason in [*earlier, (str(each["verdict"]), str(each["reason"]))]:
            if verdict != "not applicable":
                runs[node] += 1
            if verdict not in {"pass", "not applicable"}:
                unclean.append(Unclean(node, scenario, verdict, reason.partition("\n")[0], seed))
    kept.append(Round(options.lab, options.load, options.selection, seed, dict(runs), tuple(unclean)))
    add(options.out, asdict(kept[-1]))


def kept_rounds(path: Path, state: str) -> list[Round]:
    """Return what is kept of the same state; nothing where there is no such file, or it tells of another state."""
    return [
        Round(
            **{**each, "selection": tuple(each["selection"]), "unclean": tuple(Unclean(**it) for it in each["unclean"])}
        )
        for each in read(path, state)
    ]


def runs_of(rounds: Iterable[Round]) -> int:
    """Return how many scenario runs there were."""
    return sum(sum(each.runs.values()) for each in rounds)


def exit_code(rounds: Iterable[Round], *, interrupted: bool = False) -> int:
    """Return the code that these runs end with, the worst first, as docs/exit-codes.md says."""
    verdicts = {each.verdict for round_ in rounds for each in round_.unclean}
    if verdicts - {"fail", "inconclusive"}:
        return 3
    if interrupted:
        return 2
    return 1 if "fail" in verdicts else 2 if verdicts else 0


def lines(rounds: Sequence[Round]) -> Iterator[str]:
    """Yield what a terminal shows: each scenario that is not clean, and the counts."""
    for node, unclean in _by_scenario(rounds).items():
        first = unclean[0]
        yield f"{_told(Counter(each.verdict for each in unclean))} of {_runs(rounds, node)} runs: {first.scenario}"
        yield f"    seed {first.seed}: {first.reason}"
        yield f"    {node}"
    counts = Counter(each.verdict for round_ in rounds for each in round_.unclean)
    scenarios = len({node for round_ in rounds for node in round_.runs})
    yield (
        f"{runs_of(rounds)} runs of {scenarios} scenarios: "
        f"{', '.join(f'{counts[verdict]} {verdict}' for verdict in _VERDICTS)}"
    )


def _by_scenario(rounds: Iterable[Round]) -> dict[str, list[Unclean]]:
    """Return what was unclean by node id, the most often first."""
    found: dict[str, list[Unclean]] = {}
    for each in (each for round_ in rounds for each in round_.unclean):
        found.setdefault(each.node, []).append(each)
    return dict(sorted(found.items(), key=lambda item: (-len(item[1]), item[0])))


def _runs(rounds: Iterable[Round], node: str) -> int:
    return sum(each.runs.get(node, 0) for each in rounds)


def _told(verdicts: Counter[str]) -> str:
    return ", ".join(f"{verdicts[verdict]} {verdict}" for verdict in _VERDICTS if verdicts[verdict])


def page(kept: Iterable[Round]) -> str:
    """Return the page about all runs that are kept."""
    by_condition: dict[tuple[str, int, tuple[str, ...]], list[Round]] = {}
    for each in kept:
        by_condition.setdefault(each.condition, []).append(each)
    told = [
        "# How often a scenario does not pass",
        "",
        "Written by `tox run -e flake -- --remember` ([what it does](prove-the-suite.md#the-same-again-and-again)).",
        f"The load is that of so many busy processes beside the suite, on {os.cpu_count()} cores.",
        "",
        "| lab | load | suite | runs of the suite | scenario runs | fail | inconclusive | harness error |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for (lab, load, selection), rounds in sorted(by_condition.items()):
        counts = Counter(each.verdict for round_ in rounds for each in round_.unclean)
        which = f"`{' '.join(selection)}`" if selection else "all"
        figures = (len(rounds), runs_of(rounds), *(counts[verdict] for verdict in _VERDICTS))
        told.append(f"| {lab} | {load} | {which} | {' | '.join(map(str, figures))} |")
    told += ["", "## Scenarios that are not clean", ""]
    unclean = [
        f"- {lab}, load {load}: {_told(Counter(each.verdict for each in found))} of {_runs(rounds, node)} runs: "
        f"`{node}` (seed {found[0].seed}: {found[0].reason})"
        for (lab, load, _), rounds in sorted(by_condition.items())
        for node, found in _by_scenario(rounds).items()
    ]
    return "\n".join([*told, *(unclean or ["None."])]) + "\n"


if __name__ == "__main__":
    end(main)

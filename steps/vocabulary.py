"""Writes docs/steps.md, the vocabulary of the feature files; --check compares, and holds the language to its rules."""

from __future__ import annotations

import importlib
import inspect
import re
import sys
from itertools import groupby
from pathlib import Path

from lab.arguments import Parser
from steps.fields import WORDS
from steps.grammar import problems, size
from steps.times import BOUNDS
from steps.words import SENTENCES, Sentence

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "steps.md"
LEAVES_OUT = {"__init__", "grammar", "vocabulary"}

_HEAD = """\
# The step vocabulary

Every sentence that a feature file may use. Written by `python -m steps.vocabulary` from the step definitions; do not
edit it by hand. How to put sentences together: [write-a-scenario.md](write-a-scenario.md).

Each thing that can be done, or seen, has one phrase. `[loses/has lost]` stands for `loses` in a When and `has lost` in
a Given: there it has been done, and what it certainly brings about has come, before what the scenario is about. What is
seen is asserted in a Then and awaited in a Given. `{unit:Unit}` stands for a word that you choose; `{links:Links}` for
`the primary heartbeat link`, `the secondary heartbeat link` or `both heartbeat links` (which `fall silent`). A sentence
whose explanation names a table is followed by one. `And` and `But` continue whatever came before.

## What holds for every sentence

- `the primary` and `the secondary` are units: the one that is configured as primary first, and its peer, whatever they
  do or are configured to be later. A role is an effective mode; `effective primary` is one, which either unit may have.
  `the primary heartbeat link` joins the interfaces that are marked primary, by one cable on each unit. In events,
  `primary` and `secondary` name the unit that had this role.
- Each unit has six ports: port1 is the administration interface, port3 the mail interface, port5 and port6 are the
  primary and the secondary heartbeat interface. Unless a scenario says otherwise, the virtual address is given to the
  mail interface of the primary, by the failover action add; the secondary gets it by synchronization.
- A setting without `on the ...` is on both units. What a scenario does not set has the unit's default. (The documents
  leave the default of on-failure open; the reference unit's is become-secondary.)
- An *action* is something that is done, in a When or in a Given. A unit `becomes` effective primary when it changes to
  that mode after the last action began; one that had it before does not. A unit `is still` what it was, and no unit
  `has changed`, when nothing has changed since then. A unit `ends as` what it is by now, or comes to be, and
  `passes through` a mode that it leaves by itself at once. Only `has never been` looks at the whole scenario.
- A span, such as ` for the detection time`, counts from when its sentence begins. Where the sentence is about roles, a
  change between the last action and then fails it too, unless a sentence before it has asserted that change.
- An operator who `forces a failover` or `restores the configured mode` insists: the command must be accepted, at the
  second try where the unit had not heard of its peer's latest role before the first. The changes of role that it
  brings are expected. One who `enters the command failover`, or `restore`, enters the same, which may be refused:
  `the command has been ...` tells what has become of it.

Links, as the units see them:

| a link | what it lets through |
|---|---|
| falls silent | nothing either way, and nothing is refused; who sends gets no answer |
| no longer carries some uses | the same on the ports of these uses; everything on the others |
| refuses some uses, or connections | nothing on these ports, or on all four: connections are cut, new ones refused |
| no longer reaches a unit | nothing to that unit, but what it sends on connections that stand; no new one comes about |
| delays everything by a span | everything, so much later each way |
| carries so many bytes a second | everything, each way of each connection at that rate |
| is whole again | everything; all faults of the link have ended, and pulled cables stay out |

"""

_BOUNDS = """
## How soon

A `Bound` ends a sentence; the detection time is that of the unit which the sentence names.

| bound | what is judged |
|---|---|
"""


def page() -> str:
    """Return the whole page."""
    load()
    parts = [_HEAD, "## Words\n\n| word | what may stand there |\n|---|---|\n"]
    parts += [
        f"| `{name}` | {word.allowed} |\n" for name, word in WORDS.items() if name not in {"OneLink", "BothLinks"}
    ]
    parts.append(_BOUNDS)
    parts += [f"| `{bound}` | {meaning} |\n" for bound, meaning in BOUNDS.items()]
    for module, sentences in groupby(_sorted(), key=lambda sentence: sentence.function.__module__):
        title = module.rpartition(".")[2].replace("_", " ").capitalize()
        about = inspect.getdoc(sys.modules[module]) or ""
        parts.append(f"\n## {title}\n\n{about}\n\n| said in | sentence | what it does or asserts |\n|---|---|---|\n")
        parts += [f"| {_phases(s)} | `{s.text.replace('|', '/')}` | {_explanation(s)} |\n" for s in sentences]
    return "".join(parts)


def load() -> None:
    """Import every module that declares sentences."""
    for path in sorted(Path(__file__).parent.glob("*.py")):
        if path.stem not in LEAVES_OUT:
            importlib.import_module(f"steps.{path.stem}")


def main(arguments: list[str] | None = None) -> int:
    """Write or check the page; 0 when all is as it should be, 1 when --check finds something wrong."""
    parser = Parser(prog="python -m steps.vocabulary", description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing; exit 1 for what is wrong")
    options = parser.parse_args(arguments)
    wanted = page()
    if not options.check:
        PAGE.write_text(wanted, encoding="utf-8")
        return 0
    found = list(problems(SENTENCES, WORDS, (ROOT / "features").glob("*.feature")))
    if not PAGE.is_file() or PAGE.read_text(encoding="utf-8") != wanted:
        found.append("docs/steps.md does not match the step definitions; run: python -m steps.vocabulary")
    sys.stderr.writelines(f"{problem}\n" for problem in found)
    sys.stdout.write(f"{size(SENTENCES, WORDS)} phrases and rows with a verb\n")
    return 1 if found else 0


def _sorted() -> list[Sentence]:
    order = ["given", "when", "then"]
    return sorted(SENTENCES, key=lambda s: (s.function.__module__, max(order.index(phase) for phase in s.said)))


def _phases(sentence: Sentence) -> str:
    return ", ".join(phase.capitalize() for phase in sentence.said)


def _explanation(sentence: Sentence) -> str:
    text = inspect.getdoc(sentence.function) or ""
    return re.sub(r"\s+", " ", text).replace("|", "\\|")


if __name__ == "__main__":
    sys.exit(main())

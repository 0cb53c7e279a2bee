"""Writes docs/steps.md, the vocabulary of the feature files, from the declared sentences; --check only compares."""

from __future__ import annotations

import importlib
import inspect
import re
import sys
from itertools import groupby
from pathlib import Path

from lab.arguments import Parser
from steps.fields import WORDS
from steps.words import SENTENCES, Sentence

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "steps.md"
LEAVES_OUT = {"__init__", "vocabulary"}

_HEAD = """\
# The step vocabulary

Every sentence that a feature file may use. Written by `python -m steps.vocabulary` from the step definitions; do not
edit it by hand. How to put sentences together: [write-a-scenario.md](write-a-scenario.md).

`{unit:Unit}` stands for a word that you choose. A sentence whose explanation names a table is followed by one.
`And` and `But` continue whatever came before.

"""


def page() -> str:
    """Return the whole page."""
    for path in sorted(Path(__file__).parent.glob("*.py")):
        if path.stem not in LEAVES_OUT and not path.stem.startswith("test_"):
            importlib.import_module(f"steps.{path.stem}")
    parts = [_HEAD, "| word | what may stand there |\n|---|---|\n"]
    parts += [f"| `{name}` | {word.allowed} |\n" for name, word in WORDS.items()]
    for module, sentences in groupby(_sorted(), key=lambda sentence: sentence.function.__module__):
        title = module.rpartition(".")[2].replace("_", " ").capitalize()
        about = inspect.getdoc(sys.modules[module]) or ""
        parts.append(f"\n## {title}\n\n{about}\n\n| sentence | what it does or asserts |\n|---|---|\n")
        parts += [f"| {s.phase.capitalize()} `{s.text}` | {_explanation(s)} |\n" for s in sentences]
    return "".join(parts)


def main(arguments: list[str] | None = None) -> int:
    """Write or check the page; 0 when it is as it should be, 1 when --check finds a difference."""
    parser = Parser(prog="python -m steps.vocabulary", description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing; exit 1 when the page is out of date")
    options = parser.parse_args(arguments)
    wanted = page()
    if not options.check:
        PAGE.write_text(wanted, encoding="utf-8")
        return 0
    if PAGE.is_file() and PAGE.read_text(encoding="utf-8") == wanted:
        return 0
    sys.stderr.write("docs/steps.md does not match the step definitions; run: python -m steps.vocabulary\n")
    return 1


def _sorted() -> list[Sentence]:
    order = {"given": 0, "when": 1, "then": 2}
    return sorted(SENTENCES, key=lambda s: (s.function.__module__, order[s.phase]))


def _explanation(sentence: Sentence) -> str:
    text = inspect.getdoc(sentence.function) or ""
    return re.sub(r"\s+", " ", text).replace("|", "\\|")


if __name__ == "__main__":
    sys.exit(main())

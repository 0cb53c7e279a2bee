"""`python -m manual check`: checks every data file of the manual, and prints counts."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path as File

from manual import load
from manual.errors import ManualError
from manual.records import Form, Level

USAGE = "usage: python -m manual check"
MALFORMED, MISUSED = 3, 4


def check(root: File = load.ROOT) -> str:
    """Return the counts as a text to print; raises ManualError at the first malformed row."""
    demanded = load.requirements(root).values()
    settings = load.settings(root)
    sections = Counter((requirement.section, requirement.topic) for requirement in demanded)
    clauses = [clause for one in demanded for clause in one.clauses]
    levels = Counter(requirement.level for requirement in demanded)
    forms = Counter(setting.form for setting in settings)
    counts = [
        *((number, f"{section:4}  {topic}") for (section, topic), number in sections.items()),
        (len(demanded), "behaviours: " + ", ".join(f"{levels[level]} {level}" for level in Level)),
        (len(clauses), "clauses of them"),
        (sum(1 for one in clauses if one.reason), "of the clauses that no scenario can judge, with a reason"),
        (sum(1 for one in clauses if one.pending), "of the clauses that await a scenario"),
        (len(settings), "settings: " + ", ".join(f"{forms[form]} {form}" for form in Form)),
        (sum(1 for one in settings if not one.default_printed), "of them with a default that no document prints"),
        (len(load.tables(root)), "tables of entries"),
        (len(load.alias_rows(root)), "aliases"),
        (len(load.ancestors(root)), "ancestors"),
        (len(load.questions(root)), "open questions"),
        (len(load.sources(root)), "sources"),
    ]
    return "\n".join(f"{number:4}  {what}" for number, what in counts)


def main(arguments: list[str]) -> int:
    """Run the command; 0 when every file is well-formed, 3 when one is not, 4 when the command is not known."""
    if arguments != ["check"]:
        sys.stderr.write(f"{USAGE}\n")
        return MISUSED
    try:
        text = check()
    except ManualError as problem:
        sys.stderr.write(f"{problem}\n")
        return MALFORMED
    sys.stdout.write(f"{text}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""`python -m wrong`: lists the wrong units, one a line: name, tab, sentence. `check` checks the records.

`unbroken` lists the clauses that a scenario is to hold, and that no wrong unit says it breaks.

`P=` or `S=` before a name says that only this unit of the pair is to be wrong.
"""

from __future__ import annotations

import sys

import manual
from wrong.catalogue import WRONG, problems, unbroken


def main(arguments: list[str]) -> int:
    """Run the command; 1 where a record makes no sense, 4 for an argument that it does not know."""
    if arguments not in ([], ["check"], ["unbroken"]):
        sys.stderr.write("python -m wrong [check | unbroken]\n")
        return 4
    if not arguments:
        for unit in WRONG.values():
            print(f"{unit.alone}={unit.id}" if unit.alone else unit.id, unit.about, sep="\t")
        return 0
    if arguments == ["unbroken"]:
        for id_ in unbroken(WRONG.values()):
            print(id_, manual.clauses()[id_].text, sep="\t")
        return 0
    found = problems(WRONG.values())
    print("\n".join(found) or f"{len(WRONG)} wrong units, each with a clause that the manual knows")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

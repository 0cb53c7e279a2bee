"""`python -m wrong`: lists the wrong units, one a line: name, tab, sentence. `check` checks the records.

`unbroken` lists the clauses that a scenario is to hold, and that no wrong unit says it breaks. `shown` lists the units
that do all that the reference does, and print, show or report something else: name, tab, what.

`P=` or `S=` before a name says that only this unit of the pair is to be wrong.
"""

from __future__ import annotations

import sys

import manual
from wrong.catalogue import WRONG, problems, shown, unbroken


def main(arguments: list[str]) -> int:
    """Run the command; 1 where a record makes no sense, 4 for an argument that it does not know."""
    if arguments not in ([], ["check"], ["unbroken"], ["shown"]):
        sys.stderr.write("python -m wrong [check | unbroken | shown]\n")
        return 4
    if not arguments or arguments == ["shown"]:
        for unit in WRONG.values():
            if told := unit.about if not arguments else shown(unit):
                print(f"{unit.alone}={unit.id}" if unit.alone else unit.id, told, sep="\t")
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

"""`python -m wrong`: lists the wrong units, one a line: name, tab, sentence. `check` checks the records.

`P=` or `S=` before a name says that only this unit of the pair is to be wrong.
"""

from __future__ import annotations

import sys

from wrong.catalogue import WRONG, problems


def main(arguments: list[str]) -> int:
    """Run the command; 1 where a record makes no sense, 4 for an argument that it does not know."""
    if arguments not in ([], ["check"]):
        sys.stderr.write("python -m wrong [check]\n")
        return 4
    if not arguments:
        for unit in WRONG.values():
            print(f"{unit.alone}={unit.id}" if unit.alone else unit.id, unit.about, sep="\t")
        return 0
    found = problems(WRONG.values())
    print("\n".join(found) or f"{len(WRONG)} wrong units, each with a behaviour that the manual knows")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""`python3 -m wrong.linux NAME`: the machine of a wrong unit, to be run as a container's first process."""

from __future__ import annotations

import sys

from node.linux.machine import Machine

if __name__ == "__main__":
    sys.exit(Machine("wrong.linux.daemon", *sys.argv[1:]).run())

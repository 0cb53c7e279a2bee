"""`python3 -m node.linux`: the machine, to be run as a container's first process."""

from __future__ import annotations

import sys

from node.linux.machine import Machine

if __name__ == "__main__":
    sys.exit(Machine("node.linux.daemon").run())

"""`python3 -m wrong.linux.daemon NAME`: a wrong unit's software, a child of the machine."""

from __future__ import annotations

import sys

from node.linux import daemon
from wrong.catalogue import build

if __name__ == "__main__":
    daemon.main(build(sys.argv[1]))

"""`python3 -m wrong.linux.daemon NAME`: a wrong unit's software, a child of the machine."""

from __future__ import annotations

import sys

from node.linux import daemon
from wrong.catalogue import build, replace_parts

if __name__ == "__main__":
    replace_parts(sys.argv[1])
    daemon.main(build(sys.argv[1]))

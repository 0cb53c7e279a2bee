"""A wrong unit's software, a child of the machine."""

from __future__ import annotations

from typing import NoReturn

from node.linux import daemon
from wrong.catalogue import build, replace_parts


def main(name: str) -> NoReturn:
    """Run the wrong unit of this name, and end with the exit code that tells the machine what is next."""
    replace_parts(name)
    daemon.main(build(name))

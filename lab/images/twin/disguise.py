"""Rewrites the reference unit in an image: other paths, prompt, pages, login, exit codes and keys; the same behaviour.

disguise.py ROOT   rewrites what is installed below ROOT, and fails where there is nothing to rewrite
"""

from __future__ import annotations

import sys
from pathlib import Path

NODE, CONFIGURATION = "opt/switchover/node", "etc/switchover"

WORDS = """

def _word(mode: str) -> str:
    return str(mode).replace("primary", "master").replace("secondary", "slave")
"""
"""Added to the pages: the older family's words."""

REWRITTEN: tuple[tuple[str, str, str], ...] = (
    # Paths.
    (f"{NODE}/linux/paths.py", 'Path("/data")', 'Path("/var/ha")'),
    (f"{NODE}/linux/paths.py", 'Path("/maildisk")', 'Path("/var/post")'),
    (f"{NODE}/linux/paths.py", 'Path("/run/switchover")', 'Path("/run/ha")'),
    (f"{NODE}/linux/paths.py", '"ha.log"', '"events"'),
    (f"{NODE}/linux/paths.py", '"alerts"', '"mails.jsonl"'),
    (f"{NODE}/linux/paths.py", '"traps"', '"snmp.jsonl"'),
    (f"{NODE}/linux/paths.py", '"queue-copies"', '"copied"'),
    (f"{NODE}/linux/paths.py", '"unit.pid"', '"software.pid"'),
    (f"{NODE}/linux/paths.py", '"boot-delay"', '"wait"'),
    (f"{NODE}/linux/paths.py", '"firmware"', '"releases"'),
    (f"{CONFIGURATION}/postfix/main.cf", "/data/", "/var/ha/"),
    (f"{CONFIGURATION}/postfix/main.cf", "/maildisk/", "/var/post/"),
    (f"{CONFIGURATION}/dovecot/common.conf", "/data/", "/var/ha/"),
    (f"{CONFIGURATION}/dovecot/common.conf", "/maildisk/", "/var/post/"),
    (f"{CONFIGURATION}/dovecot/users", "/maildisk/", "/var/post/"),
    (f"{CONFIGURATION}/rsyncd.conf", "/data/", "/var/ha/"),
    (f"{CONFIGURATION}/rsyncd.conf", "/maildisk/", "/var/post/"),
    # Environment.
    (f"{NODE}/linux/*.py", "SWITCHOVER_", "HA_"),
    # Login, prompt, question and refusal.
    (f"{NODE}/linux/ssh.py", 'USER = "admin"', 'USER = "operator"'),
    (f"{NODE}/cli/shell.py", '{inside} # "', '{inside} > "'),
    (f"{NODE}/cli/shell.py", "continue? (y/n)", "continue? [y/n]"),
    (f"{NODE}/cli/shell.py", 'f"Command fail. ', 'f"Refused. '),
    (f"{NODE}/cli/shell.py", "Command failed(-38)", "Refused(-38)"),
    # Pages.
    (f"{NODE}/cli/pages.py", "HA configured mode: {status.configured}", "Role (set): {_word(status.configured)}"),
    (f"{NODE}/cli/pages.py", "HA effective mode: {status.effective}", "Role (now): {_word(status.effective)}"),
    (f"{NODE}/cli/pages.py", '"Version: ', '"Release: '),
    (f"{NODE}/cli/pages.py", '"Peer version: ', '"Release of the peer: '),
    (f"{NODE}/cli/pages.py", ", next at {", ", then at {"),
    (f"{NODE}/cli/pages.py", '"Heartbeat {rank} (', '"Link {rank} ('),
    # Words of the log, and keys of alerts and traps.
    (f"{NODE}/engine/roles/*.py", 'is given up"', 'is dropped"'),
    (f"{NODE}/engine/engine.py", "refused a peer", "turned a peer away"),
    (f"{NODE}/linux/records.py", '"text": text', '"body": text'),
    (f"{NODE}/linux/records.py", '"trap": name', '"notification": name'),
    (f"{NODE}/linux/records.py", "event=event", "code=event"),
    (f"{NODE}/linux/records.py", "reason=reason", "why=reason"),
    # Exit codes.
    *((f"{NODE}/linux/machine.py", f" = {code}\n", f" = {code + 10}\n") for code in range(64, 68)),
)
"""Files below the root, the text, and what takes its place."""


def disguise(root: Path) -> None:
    """Rewrite the unit below a root. Raises ValueError where a text is in none of its files."""
    for pattern, old, new in REWRITTEN:
        found = [path for path in root.glob(pattern) if old in path.read_text(encoding="utf-8")]
        if not found:
            raise ValueError(f"{old!r} is in no file {pattern}")
        for path in found:
            path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    with (root / NODE / "cli" / "pages.py").open("a", encoding="utf-8") as pages:
        pages.write(WORDS)


if __name__ == "__main__":
    disguise(Path(sys.argv[1]))

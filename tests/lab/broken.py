"""Images that are broken on purpose: the reference unit's, each with one thing wrong that a vendor's may have wrong."""

from __future__ import annotations

from dataclasses import dataclass

UNIT = '"/usr/bin/python3", "-m", "node.linux"'
"""The image's own command."""

PROFILE = """
format = 1
name = "broken on purpose"

[times]
boot = 15.0
settle = 15.0

[reset]
within = 8.0

[cli]
answer_within = 8.0
"""
"""The black box, with less patience."""


@dataclass(frozen=True, slots=True)
class Broken:
    """Lines of a Dockerfile below `FROM unit`, the last check that such a unit passes, and what the next one says."""

    lines: str
    passes: str
    says: str


def _edited(path: str, old: str, new: str) -> str:
    """Return the line that changes a text in a file of the image; the image is not built if the text is not there."""
    return f"RUN grep -q '{old}' {path} && sed -i 's/{old}/{new}/' {path}"


BROKEN = {
    "does not start": Broken(
        'CMD ["/bin/false"]',
        "image",
        "'s container ended with 1 after ",
    ),
    "no SSH": Broken(
        'CMD ["sleep", "infinity"]',
        "starts",
        "of unit P within 15 s; listening are: none; start SSH on port1's address, or set login.port",
    ),
    "wrong login": Broken(
        f'CMD ["env", "SWITCHOVER_ADMIN_PASSWORD=other", {UNIT}]',
        "reach",
        "unit P refuses the login 'admin' with a password that the lab has made up, given to it as SWITCHOVER_ADMIN",
    ),
    "wrong prompt": Broken(
        _edited("node/cli/shell.py", "{inside} # ", "{inside}: "),
        "login",
        "unit P shows no prompt within 8 s; it printed 'unit-p: '; cli.prompt is ",
    ),
    "no mode on the page": Broken(
        _edited("node/cli/pages.py", "HA configured mode", "Role as set"),
        "prompt",
        "the page 'get system status' of unit P shows no configured mode; pages.configured is ",
    ),
    "no mail": Broken(
        _edited("/etc/switchover/postfix/master.cf", "^smtp  *inet", "2525 inet"),
        "pair",
        ":25 within 15 s, where unit P leads; let the primary take mail at its own address of port3 and at",
    ),
    "first state not reached": Broken(
        r"RUN mkdir -p /data/config && printf 'config system ha\nset mode primary\nend\n' > /data/config/configuration",
        "modes",
        "unit P is not in its first state (its modes are primary and ",
    ),
}
"""By what is wrong with it."""

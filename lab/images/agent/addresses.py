"""Watches which addresses this namespace holds, by the kernel's own notifications."""

from __future__ import annotations

import subprocess
import threading

from . import wire

_HELD: set[tuple[str, str]] = set()
_LOCK = threading.Lock()


def parse(line: str) -> tuple[str, str, bool] | None:
    """Interface, address with mask, and whether it is held, from one line of `ip -o addr` or `ip -o monitor`.

    Link-local addresses are none of an operator's and are left out.
    """
    words = line.split()
    held = words[:1] != ["Deleted"]
    if not held:
        words = words[1:]
    if len(words) < 4 or words[2] not in {"inet", "inet6"} or "link" in words[4:6]:  # noqa: PLR2004 - columns
        return None
    return words[1], words[3], held


def _note(line: str, at: float) -> None:
    parsed = parse(line)
    if parsed is None or parsed[0] == "lo":
        return
    interface, address, held = parsed
    with _LOCK:
        if ((interface, address) in _HELD) == held:
            return
        (_HELD.add if held else _HELD.discard)((interface, address))
    wire.event("address", at, interface=interface, address=address, held=held)


def _follow(monitor: subprocess.Popen[str]) -> None:
    assert monitor.stdout is not None
    for line in monitor.stdout:
        _note(line, wire.now())


def watch(request: wire.Record) -> wire.Record:
    """Report every address from now on, beginning with those held already."""
    command = ["ip", "-o", "monitor", "address"]
    monitor = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, bufsize=1)  # noqa: S603 - fixed command
    threading.Thread(target=_follow, args=(monitor,), daemon=True).start()
    return held(request)


def held(request: wire.Record) -> wire.Record:
    """All addresses held now, each as `interface address`, asked of the kernel."""
    del request
    listing = subprocess.run(["ip", "-o", "addr"], capture_output=True, text=True, check=True)  # noqa: S607 - fixed
    at = wire.now()
    seen: set[tuple[str, str]] = set()
    for line in listing.stdout.splitlines():
        parsed = parse(line)
        if parsed and parsed[0] != "lo":
            seen.add(parsed[:2])
            _note(line, at)
    return {"held": [f"{interface} {address}" for interface, address in sorted(seen)]}


HANDLERS: dict[str, wire.Handler] = {"watch-addresses": watch, "addresses": held}

"""Measures the Docker lab: start, reset and takeover, compared with plain containers and keepalived in the same run.

    python -m gate.bench [--rounds N] [--unit [P=|S=]NAME]...

A takeover is measured beside that of a keepalived pair, each against its own documented bound.
"""

from __future__ import annotations

import re
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from gate import bench_mail, keepalived
from lab.arguments import USAGE, Parser, count, end
from lab.contract import Area, Capability, Lab, MailKind, Mode
from lab.errors import LabError, NotReached, UsageError
from lab.registry import Options, open_lab
from lab.standard_pair import configure
from lab.timeline import Entry, Kind
from lab.under_test import HELP, NAME, UnderTest

THRESHOLD = 2
"""Detection time of the measured takeovers, in seconds."""

CONTAINERS = 7
"""Containers of a lab: two units, their two chassis, Toxiproxy, client, protected server."""

GOALS = {"decision": 0.02, "address": 0.05, "banner": 0.2}
"""Goals for 99 of 100 takeovers, in seconds after the end of the detection time."""

STORED = 1.0
"""Goal for storing a message for the quarantine, in 99 of 100 takeovers, in seconds after the first banner."""

PUT_OFF = 90.0
"""Seconds to wait for such a message, which may be deferred and tried again."""

DECIDED = re.compile(r"changed from \S+ to (?:primary|master)", re.IGNORECASE)
"""In the secondary's log when it has decided to take over, in either family of words."""

WARM_UP = 1
"""Takeovers that do not count, because the first ones load programs into memory."""


@dataclass(frozen=True, slots=True)
class Takeover:
    """One takeover after a loss of power: seconds from the end of the detection time to what was seen.

    The detection time starts with the last heartbeat that the secondary's machine received. `decision` is when the unit
    logged its change, `address` when the address was in its namespace, `role` when an operator read it (asking every
    0.025 s), `banner` when the client read it (probing every 0.05 s). `stored` is the time from that banner until a
    message for the quarantine, sent at the banner, was stored. `decision` is None without LOG, `stored` without
    STORAGE.
    """

    decision: float | None
    role: float
    address: float
    banner: float
    stored: float | None


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns 0 when it could measure, 3 when the lab failed, 4 for a usage error."""
    parser = Parser(prog="python -m gate.bench", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument(
        "--rounds", type=count, default=50, metavar="N", help="resets and takeovers of each pair (default: 50)"
    )
    parser.add_argument("--unit", action="append", default=[], metavar=NAME, help=HELP)
    options = parser.parse_args(arguments)
    try:
        measure(UnderTest.named(*options.unit), options.rounds)
    except UsageError as error:
        sys.stderr.write(f"{error}\n")
        return USAGE
    except (LabError, NotReached) as error:
        sys.stderr.write(f"{error}\n")
        return 3
    return 0


def measure(units: UnderTest, rounds: int) -> None:
    """Measure and print every figure beside the one that it is compared with."""
    # The first opening may build images, so the second one is measured.
    open_lab("docker", Options(units=units, run="bench")).close()
    began = time.monotonic()
    lab = open_lab("docker", Options(units=units, run="bench"))
    start = time.monotonic() - began
    try:
        plain = plain_start(lab.facts["agent image"].split()[0])
        _tell("pair ready, from built images", start, f"{CONTAINERS} bare containers, one after the other", plain)
        resets, takeovers = [], []
        for number in range(rounds + WARM_UP):
            reset = timed(lambda: lab.begin("bench"))
            late = take_over(lab)
            if number >= WARM_UP:
                resets.append(reset)
                takeovers.append(late)
        _tell("reset after a takeover, median", statistics.median(resets), "pair ready", start)
        _measure_mail(lab)
    finally:
        lab.close()
    beside = keepalived.measure(rounds)
    print(
        f"\n{rounds} takeovers of each pair; milliseconds after its own bound ({THRESHOLD} s; {keepalived.BOUND:g} s)"
    )
    print(f"{'':28}{'median':>9}{'p99':>9}{'keepalived median':>19}{'p99':>9}{'ratio of medians':>18}{'goal p99':>10}")
    shown = statistics.median(each.role for each in takeovers)
    print(f"the lab's operator reads the new role {shown * 1000:.1f} ms after the bound, median")
    for name, goal in GOALS.items():
        ours = [late for each in takeovers if (late := getattr(each, name)) is not None]
        theirs = [each.banner if name == "banner" else each.address for each in beside]
        if ours:
            _compare(name, ours, theirs, goal)
    stored = [each.stored for each in takeovers if each.stored is not None]
    if not stored:
        return
    middle, slowest = statistics.median(stored), percentile(stored, 99)
    print(
        f"a message for the quarantine, sent at the first banner, was stored after {middle * 1000:.1f} ms, median "
        f"(p99 {slowest * 1000:.1f}, goal {STORED * 1000:.0f} {_verdict(slowest, STORED)})"
    )


def _measure_mail(lab: Lab) -> None:
    """Measure and print what concerns mail: sorting a ledger, and handing a queue over."""
    took = bench_mail.sort()
    goal = bench_mail.SORTED_WITHIN
    print(
        f"a ledger of {bench_mail.MESSAGES} messages is sorted in {took:.2f} s (goal {goal:g} {_verdict(took, goal)})"
    )
    if Capability.STORAGE in lab.capabilities:
        rate = bench_mail.hand_over(lab)
        print(f"a queue of {bench_mail.QUEUED} messages is handed over at {rate:.0f} messages a second", flush=True)


def percentile(values: Sequence[float], percent: int) -> float:
    """Percentile by linear interpolation between values."""
    ordered = sorted(values)
    place = (len(ordered) - 1) * percent / 100
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def _compare(name: str, ours: Sequence[float], theirs: Sequence[float], goal: float) -> None:
    middle, plain = statistics.median(ours), statistics.median(theirs)
    late, late_plain = percentile(ours, 99), percentile(theirs, 99)
    print(
        f"{name:28}{middle * 1000:9.1f}{late * 1000:9.1f}{plain * 1000:19.1f}{late_plain * 1000:9.1f}"
        f"{middle / plain:18.1f}{goal * 1000:10.0f} {_verdict(late, goal)}",
        flush=True,
    )


def _verdict(late: float, goal: float) -> str:
    return "met" if late <= goal else "MISSED"


def plain_start(image: str) -> float:
    """Seconds that Docker takes to start as many bare containers one after the other, without networks."""
    command = ["docker", "run", "--rm", "--network", "none", "--entrypoint", "/bin/true", image]
    return timed(lambda: [subprocess.run(command, check=True, capture_output=True) for _ in range(CONTAINERS)])  # noqa: S603


def timed(action: Callable[[], object]) -> float:
    """Seconds that an action takes."""
    began = time.monotonic()
    action()
    return time.monotonic() - began


def take_over(lab: Lab) -> Takeover:
    """Form a healthy pair, cut the primary's power, and measure what the secondary does. Raises NotReached."""
    address = lab.mail.virtual_address
    for unit, peer in ((lab.primary, lab.secondary), (lab.secondary, lab.primary)):
        configure(unit, peer, address, {"hb-lost-threshold": str(THRESHOLD)})
    settle = lab.timing.settle
    lab.clock.wait_for(lambda: lab.primary.effective_mode() is Mode.PRIMARY, settle, "P leads")
    lab.clock.wait_for(lambda: lab.secondary.effective_mode() is Mode.SECONDARY, settle, "S follows")
    # A silence can only begin after the secondary has heard its primary.
    _await(lab, Kind.HEARTBEAT, "S", since=lab.clock.now())
    shared = address.partition("/")[0]
    _await(lab, Kind.PROBE, shared, since=0.0, answer="P")
    off = float(lab.primary.power_off().figures.get("dead", lab.clock.now()))
    role = _await(lab, Kind.ROLE, "S", since=off, new="primary")
    held = _await(lab, Kind.ADDRESS, "S", since=off, address=address, held=True)
    banner = _await(lab, Kind.PROBE, shared, since=off, answer="S")
    stored = _stored_after(lab) if Capability.STORAGE in lab.capabilities else None
    heard = [entry.at for entry in lab.timeline.of(Kind.HEARTBEAT, "S") if entry.at < role.at]
    lab.primary.power_on()
    lab.finish()
    due = heard[-1] + THRESHOLD
    decision = _decided(lab, off) - due if Capability.LOG in lab.secondary.keeps else None
    return Takeover(decision, role.at - due, held.at - due, banner.at - due, stored)


def _stored_after(lab: Lab) -> float:
    """Send a message for the quarantine; return the seconds until it is stored. Raises NotReached."""
    message = lab.mail.send(MailKind.SPAM)
    lab.clock.wait_for(lambda: message.id in lab.secondary.stored(Area.QUARANTINE), PUT_OFF, f"{message} is stored")
    return lab.clock.now() - message.at


def _decided(lab: Lab, since: float) -> float:
    """Return when the secondary logged its change of role. Raises NotReached."""
    for entry in lab.timeline.of(Kind.LOG, "S", since=since):
        if DECIDED.search(str(entry.detail)):
            return entry.at
    raise NotReached("unit S logged no change to primary")


def _await(lab: Lab, kind: Kind, subject: str, *, since: float, **detail: object) -> Entry:
    """Wait for the first matching entry. Raises NotReached."""
    found: list[Entry] = []

    def seen() -> bool:
        entries = lab.timeline.of(kind, subject, since=since)
        found.extend(entry for entry in entries if detail.items() <= entry.detail.items())
        return bool(found)

    lab.clock.wait_for(seen, THRESHOLD + lab.timing.settle, f"{kind} of {subject}: {detail}")
    return found[0]


def _tell(name: str, seconds: float, against: str, plain: float) -> None:
    print(f"{name:48} {seconds:8.3f} s   {seconds / plain:6.2f} x {against} ({plain:.3f} s)", flush=True)


if __name__ == "__main__":
    end(main)

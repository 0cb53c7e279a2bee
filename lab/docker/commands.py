"""The commands of a lab by hand: building it, showing it, faults, and taking it down; each is a process of its own."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import Callable, Iterator

import docker

from lab.arguments import interpreter
from lab.contract import Proof, Rank
from lab.docker import by_hand_load, images, names, reaper
from lab.docker.capabilities import lacking
from lab.docker.daemon import connect
from lab.docker.rack import Badge, Rack, cleaning_up, remove_lab
from lab.docker.ssh import Console
from lab.docker.subnets import Plan
from lab.docker.testbed import Testbed
from lab.errors import LabError, NotReached, UsageError
from lab.faults import Fault, FaultKind, Onto, carry_out
from lab.standard_pair import PAIR, configure
from lab.timeline import Entry, Kind
from lab.under_test import UnderTest

Say = Callable[[str], None]


SSH = 22
"""Port that `ssh` dials by itself."""

TYPED_WITHIN = 60.0
"""Seconds for the answer to a line that somebody types."""

WATCHED = {Kind.ROLE, Kind.ADDRESS, Kind.FAULT, Kind.ANNOUNCEMENT}


def up(units: UnderTest, say: Say) -> None:
    """Build a lab that outlives this process, with a healthy pair on it. Raises LabError."""
    client = connect()
    reaper.reap(client)
    tags = images.ensure(client, units, say)
    badge = Badge(names.BY_HAND, names.new_lab_id(), names.BY_HAND)
    rack = Rack(client, badge, tags)
    with cleaning_up(rack):
        rack.build()
        testbed = Testbed(rack)
        try:
            testbed.boot()
            for name in PAIR.configured:
                configure(testbed.units[name], testbed.units[names.other(name)], testbed.mail.virtual_address)
            _await_healthy(testbed)
        finally:
            testbed.close()
    rack.detach()
    say(f"lab {badge.lab} is up: a healthy pair, virtual address {testbed.mail.virtual_address}")
    for name in PAIR.configured:
        address = rack.plan.address(name, PAIR.administration)
        login = rack.profile(name).login
        password = f"${login.password_from}" if login.password_from else rack.password(name).reveal()
        port = f"-p {login.port} " if login.port != SSH else ""
        say(f"  unit {name}: {interpreter()} -m lab ssh {name}, or ssh {port}{login.user}@{address} ({password})")
    commands = "status | black-hole primary | heal primary | power-off P | power-on P | down | --help"
    say(f"next: {interpreter()} -m lab {commands}")


def status(say: Say, *, watch: bool = False) -> None:
    """Show every lab, and the units and links of labs by hand; with `watch`, go on until interrupted."""
    client = connect()
    labs = reaper.standing(client)
    if not labs:
        say("no lab is standing; `python -m lab up` builds one")
    for each in labs:
        kind = (
            "by hand"
            if each.is_by_hand
            else "orphan, `python -m lab reap` removes it"
            if each.is_orphan
            else "in a run"
        )
        say(f"lab {each.lab} ({kind}): {len(each.containers)} containers")
        if each.is_by_hand:
            with _adopted(client, each.lab) as testbed:
                _show(testbed, say)
    if watch:
        _watch(client, say)


def ssh(lab: str, unit: str, line: str, say: Say) -> None:
    """Enter one line in a unit's shell, or without a line the operator's input until the session ends."""
    client = connect()
    with _adopted(client, _the_one(client, lab)) as testbed:
        if line:
            say(testbed.rack.masked(testbed.units[unit].cli(line).text))
            return
        console = testbed.units[unit].operator.console(testbed.timing.settle)
        try:
            _converse(testbed, console, say)
        finally:
            console.close()


def inflict(lab: str, fault: Fault, say: Say) -> None:
    """Begin or end a fault, and print its proof. Raises LabError, FaultNotProven."""
    client = connect()
    with _adopted(client, _the_one(client, lab)) as testbed:
        missing = lacking(testbed.rack.images.units, testbed.wires)
        if lacks := [missing[each] for each in sorted(fault.needs) if each in missing]:
            raise UsageError(f"this lab cannot do that ({lacks[0]})", "choose another fault, or another profile")
        if reason := why_not(fault, testbed):
            say(reason)
            return
        if fault.link is not None and fault.kind in {FaultKind.BLACK_HOLE, FaultKind.REFUSAL}:
            proof: Proof | None = testbed.links[fault.link].cut_instead(fault.as_cut())
        else:
            proof = carry_out(fault, testbed.units, testbed.links)
        say(f"unit {fault.unit}: {fault.row.words}" if proof is None else proof.statement)


def load(lab: str, seconds: float, say: Say) -> None:
    """Let clients send mail to a lab for so many seconds, and print what has become of it. Raises LabError."""
    client = connect()
    with _adopted(client, _the_one(client, lab)) as testbed:
        missing = lacking(testbed.rack.images.units, testbed.wires)
        try:
            by_hand_load.run(testbed, frozenset(missing), seconds, say)
        finally:
            testbed.mail.end_load()


def why_not(fault: Fault, testbed: Testbed) -> str:
    """Say why a fault makes no sense now, '' where it does."""
    thaws = fault.kind is FaultKind.THAW
    if not (thaws or fault.row.onto in {Onto.POWER, Onto.ANSWERS}):
        return ""
    power = testbed.units[fault.unit].power
    if not power.is_on():
        return f"unit {fault.unit} has no power"
    if thaws and power.is_lit():
        return f"unit {fault.unit} is not frozen"
    return ""


def image(name: str, say: Say) -> None:
    """Build a unit that ships as an image, and print the name by which `--unit image:` takes it. Raises LabError."""
    say(images.ensure_named(connect(), name))


def down(lab: str, say: Say) -> None:
    """Remove one lab made by hand, or all of them."""
    client = connect()
    labs = [each.lab for each in reaper.standing(client) if each.is_by_hand and lab in {"", each.lab}]
    if lab and not labs:
        raise UsageError(f"there is no lab {lab} made by hand", "`python -m lab status` shows them")
    for each in labs:
        remove_lab(client, each)
        say(f"lab {each} is gone")
    if not labs:
        say("no lab was made by hand")


def reap(say: Say) -> None:
    """Remove what killed runs left behind."""
    gone = reaper.reap(connect())
    say(f"removed {len(gone)} leftover lab{'' if len(gone) == 1 else 's'}{': ' if gone else ''}{', '.join(gone)}")


def _the_one(client: docker.DockerClient, wanted: str) -> str:
    labs = [each.lab for each in reaper.standing(client) if each.is_by_hand and wanted in {"", each.lab}]
    if not labs and wanted:
        raise UsageError(f"there is no lab {wanted} made by hand", "`python -m lab status` shows them")
    if not labs:
        raise UsageError("there is no lab made by hand", "`python -m lab up` builds one")
    if len(labs) > 1:
        raise UsageError(f"there are several labs: {', '.join(labs)}", "say which one with --lab ID")
    return labs[0]


@contextlib.contextmanager
def _adopted(client: docker.DockerClient, lab: str, hear: Callable[[Entry], None] | None = None) -> Iterator[Testbed]:
    """Work on a lab that another process built; it keeps the state in which it is left."""
    networks = client.api.networks(filters={"label": f"{names.LAB}={lab}"})
    if not networks:
        raise UsageError(f"there is no lab {lab}", "`python -m lab status` shows them")
    plan = Plan(int(networks[0]["Labels"][names.SUBNET]))
    rack = Rack(client, Badge(names.BY_HAND, lab, names.BY_HAND), images.tags(_tested(client, lab)), plan)
    rack.adopt()
    testbed = Testbed(rack)
    if hear is not None:
        testbed.recorder.timeline.listen(hear)
    try:
        testbed.adopt()
        yield testbed
    finally:
        testbed.close()
        rack.detach()


def _tested(client: docker.DockerClient, lab: str) -> UnderTest:
    """Return what the units of a lab are, by the labels of their containers. Raises UsageError."""
    containers = client.api.containers(all=True, filters={"label": [f"{names.LAB}={lab}", names.UNIT_KIND]})
    labels = [each["Labels"] for each in containers]
    kinds = (f"{each[names.UNIT]}={each[names.UNIT_KIND]}" for each in labels)
    return UnderTest.named(*kinds, profiles=[f"{each[names.UNIT]}={each[names.PROFILE]}" for each in labels])


def _show(testbed: Testbed, say: Say) -> None:
    for name, unit in testbed.units.items():
        address = unit.own_address(PAIR.administration).partition("/")[0]
        mode = unit.effective_mode().value if unit.is_powered() else "no power"
        held = ", ".join(sorted(unit.addresses(PAIR.mail))) or "nothing"
        say(f"  unit {name} at {address}: {mode}; holds {held} on {PAIR.mail}")
    impaired = testbed.faults.impaired()
    for rank in Rank:
        seen = {str(impairment) for way, impairment in impaired.items() if way.rank is rank}
        say(f"  {rank} heartbeat link: {'; '.join(sorted(seen)) or 'carries'}")


def _watch(client: docker.DockerClient, say: Say) -> None:
    def hear(entry: Entry) -> None:
        if entry.kind in WATCHED:
            detail = " ".join(f"{key}={value}" for key, value in entry.detail.items())
            say(f"{entry.at:.3f} {entry.kind.value} {entry.subject} {detail}")

    with _adopted(client, _the_one(client, ""), hear) as testbed:
        testbed.watch_roles()
        testbed.recorder.clock.hold(lambda: True, float("inf"), "watching")


def _await_healthy(testbed: Testbed) -> None:
    def healthy() -> bool:
        return all(testbed.units[name].effective_mode() is mode for name, mode in PAIR.configured.items())

    try:
        testbed.recorder.clock.wait_for(healthy, 30.0, "the pair is healthy")
    except NotReached as error:
        raise LabError(testbed.rack.masked(str(error)), "look at the units' logs with `docker logs`") from error


def _converse(testbed: Testbed, console: Console, say: Say) -> None:
    """Pass lines between the operator and the shell until the operator leaves."""
    while True:
        try:
            line = input(console.prompt)
        except EOFError:
            say("")
            return
        try:
            answer = testbed.loop.run(console.enter(line, TYPED_WITHIN), 2 * TYPED_WITHIN)
        except (TimeoutError, OSError, asyncio.CancelledError):
            say("the session broke off")
            return
        sys.stdout.write(answer.text)
        if answer.ended:
            return

"""A lab by hand: built, looked at, harmed and taken down by single commands, each a process of its own."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import Callable, Iterator, Sequence

import docker

from lab.contract import Rank
from lab.docker import images, names, reaper
from lab.docker.agent import Event
from lab.docker.driver import environment
from lab.docker.engine import connect
from lab.docker.operators import PASSWORD, USER, Console
from lab.docker.parts import Parts, enter
from lab.docker.proxies import WELL, other
from lab.docker.rack import Badge, Rack, cleaning_up, remove_lab
from lab.docker.scene import Scene
from lab.docker.subnets import Plan
from lab.errors import LabError, NotReached, UsageError
from lab.faults import Fault, FaultKind, carry_out
from lab.standard_pair import PAIR, configure
from lab.timeline import Entry, Kind

Say = Callable[[str], None]


WATCHED = {Kind.ROLE, Kind.ADDRESS, Kind.FAULT, Kind.ANNOUNCEMENT}


def up(unit: str, say: Say) -> None:
    """Build a lab that outlives this process, with a healthy pair on it. Raises LabError."""
    client = connect()
    reaper.reap(client)
    tags = images.ensure(client, unit, say)
    badge = Badge(names.BY_HAND, names.new_lab_id(), names.BY_HAND)
    rack = Rack(client, badge, tags)
    scene = Scene()
    with cleaning_up(rack):
        rack.build(lambda _part, _event: None, environment(unit))
        parts = Parts(rack, scene)
        try:
            parts.boot()
            for name in PAIR.configured:
                configure(parts.units[name], parts.units[other(name)], parts.mail.virtual_address)
            _await_healthy(parts)
        finally:
            parts.close()
    rack.detach()
    say(f"lab {badge.lab} is up: a healthy pair, virtual address {parts.mail.virtual_address}")
    for name in PAIR.configured:
        address = rack.plan.address(name, PAIR.administration)
        say(f"  unit {name}: python -m lab ssh {name}, or ssh {USER}@{address} ({PASSWORD})")
    say("next: python -m lab status | cut primary | heal primary | off P | on P | down")


def status(say: Say, *, watch: bool = False) -> None:
    """Show every lab, and of those by hand their units and links; with `watch`, go on until interrupted."""
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
            with _adopted(client, each.lab) as parts:
                _show(parts, say)
    if watch:
        _watch(client, say)


def ssh(lab: str, unit: str, line: str, say: Say) -> None:
    """Enter a unit's shell: one line if there is one, else whatever the operator types."""
    client = connect()
    with _adopted(client, _the_one(client, lab)) as parts:
        if line:
            say(parts.units[unit].cli(line).text)
            return
        console = parts.units[unit].console()
        try:
            _converse(parts, console, say)
        finally:
            console.close()


def inflict(lab: str, faults: Sequence[Fault], say: Say) -> None:
    """Let faults begin or end, one after the other, and say how each is proven. Raises LabError, FaultNotProven."""
    client = connect()
    with _adopted(client, _the_one(client, lab)) as parts:
        for fault in faults:
            if fault.kind is FaultKind.POWER_OFF and not parts.units[fault.unit].is_powered():
                say(f"unit {fault.unit} has no power already")
                continue
            if fault.kind is FaultKind.HEAL and fault.link is not None:
                parts.links[fault.link].adopt()
            proof = carry_out(fault, parts.units, parts.links)
            say(f"unit {fault.unit} answers its operator" if proof is None else proof.statement)


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
    if not labs:
        raise UsageError("there is no such lab made by hand", "`python -m lab up` builds one")
    if len(labs) > 1:
        raise UsageError(f"there are several labs: {', '.join(labs)}", "say which one with --lab ID")
    return labs[0]


@contextlib.contextmanager
def _adopted(client: docker.DockerClient, lab: str, hear: Callable[[Entry], None] | None = None) -> Iterator[Parts]:
    """Work on a lab that another process built; it stays as it is left."""
    networks = client.api.networks(filters={"label": f"{names.LAB}={lab}"})
    if not networks:
        raise UsageError(f"there is no lab {lab}", "`python -m lab status` shows them")
    plan = Plan(int(networks[0]["Labels"][names.SUBNET]))
    rack = Rack(client, Badge(names.BY_HAND, lab, names.BY_HAND), images.tags("reference"), plan)
    scene = Scene()
    if hear is not None:
        scene.timeline.listen(hear)

    def listen(part: str, event: Event) -> None:
        enter(scene, None, part, event)

    rack.adopt(listen)
    parts = Parts(rack, scene)
    try:
        parts.adopt()
        yield parts
    finally:
        parts.close()
        rack.detach()


def _show(parts: Parts, say: Say) -> None:
    for name, unit in parts.units.items():
        address = unit.own_address(PAIR.administration).partition("/")[0]
        mode = unit.effective_mode().value if unit.is_powered() else "no power"
        held = ", ".join(sorted(unit.addresses(PAIR.mail))) or "nothing"
        say(f"  unit {name} at {address}: {mode}; holds {held} on {PAIR.mail}")
    ill = {name: fault for name, fault in parts.proxies.in_force().items() if fault != WELL}
    for rank in Rank:
        faults = {str(fault) for name, fault in ill.items() if name.startswith(f"{rank}-")}
        say(f"  {rank} heartbeat link: {'; '.join(sorted(faults)) or 'carries'}")


def _watch(client: docker.DockerClient, say: Say) -> None:
    def hear(entry: Entry) -> None:
        if entry.kind in WATCHED:
            detail = " ".join(f"{key}={value}" for key, value in entry.detail.items())
            say(f"{entry.at:.3f} {entry.kind.value} {entry.subject} {detail}")

    with _adopted(client, _the_one(client, ""), hear) as parts:
        parts.watch_roles()
        parts.scene.clock.hold(lambda: True, float("inf"), "watching")


def _await_healthy(parts: Parts) -> None:
    def healthy() -> bool:
        return all(parts.units[name].effective_mode() is mode for name, mode in PAIR.configured.items())

    try:
        parts.scene.clock.wait_for(healthy, 30.0, "the pair is healthy")
    except NotReached as error:
        raise LabError(str(error), "look at the units' logs with `docker logs`") from error


def _converse(parts: Parts, console: Console, say: Say) -> None:
    """Hand lines to and fro until the operator leaves."""
    while True:
        try:
            line = input(console.prompt)
        except EOFError:
            say("")
            return
        try:
            answer = parts.loop.run(console.enter(line), 60.0)
        except (TimeoutError, OSError, asyncio.CancelledError):
            say("the session broke off")
            return
        sys.stdout.write(answer.text)
        if answer.ended:
            return

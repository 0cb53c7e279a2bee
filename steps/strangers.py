"""Strangers on the heartbeat networks: what they try at the four ports, and that it moves nothing."""

from __future__ import annotations

import re

from lab.claims import judge
from lab.contract import Capability, Ending, Guise, Intrusion, Port, Rank, Trick
from lab.errors import FaultNotProven
from lab.faults import WRONG_PASSWORD, Fault, FaultKind
from lab.standard_pair import PAIR
from steps.scene import Scene
from steps.words import given, then, when

PERIOD = 60.0
"""Seconds within which a stranger may be reported once for each kind; the suite's own figure."""

LINES = ("refused a peer",)
"""Words of a log line about a stranger; the documents give none."""

_TALK = (Port.HEARTBEAT, Port.SYNC_CONTROL)
"""Ports on which a peer speaks first; on the others it is served."""


@given("a stranger who overhears both heartbeat links")
def overhears(scene: Scene) -> None:
    """Someone keeps whatever the units send each other from now on, to send it again later."""
    scene.needs(Capability.STRANGER)
    for link in scene.lab.links.values():
        link.overhear()


@when("a stranger tries {trick:Trick} at the ports of the {unit:Unit} from {guise:Guise} address")
def tries(scene: Scene, trick: Trick, unit: str, guise: Guise) -> None:
    """Someone on the primary link's network tries it at all four ports, and stays until it is over. Source: HA-455."""
    scene.act()
    _intrude(
        scene, Intrusion(trick, guise, _ports(trick), WRONG_PASSWORD if trick is Trick.CLAIM else PAIR.password), unit
    )


@when("a third unit with the group's password claims the peer's place at the ports of the {unit:Unit}")
def third_unit(scene: Scene, unit: str) -> None:
    """A further unit, configured as this one's peer with an address of its own. Source: HA-007, HA-065."""
    scene.act()
    _intrude(scene, Intrusion(Trick.CLAIM, password=PAIR.password), unit)


@when("the primary loses power and a stranger sends again what it had sent")
def lost_and_replayed(scene: Scene) -> None:
    """From the lost unit's own address on both links, right after the power loss. Source: HA-101, HA-455."""
    scene.needs(Capability.STRANGER)
    scene.begin_with(Fault(FaultKind.POWER_OFF, "P"))
    if scene.changes("S"):
        raise FaultNotProven("the secondary took over before anything was sent again")
    for rank in Rank:
        _intrude(scene, Intrusion(Trick.REPLAY, Guise.PEER), "S", rank)


@when("a stranger keeps trying a wrong password at the {unit:Unit} for {minutes:Minutes} minutes")
def keeps_trying(scene: Scene, unit: str, minutes: float) -> None:
    """One attempt each five seconds from the peer's address; the refusals are counted afterwards. Source: HA-455."""
    scene.needs(Capability.LONG)
    scene.act()
    end = scene.lab.clock.now() + minutes * 60
    while scene.lab.clock.now() < end:
        _intrude(scene, Intrusion(Trick.CLAIM, Guise.PEER, (Port.HEARTBEAT,), WRONG_PASSWORD), unit)
        scene.lab.clock.hold(lambda: not scene.changes(unit), 5.0, f"unit {unit} stays as it is")


@then("the stranger is let in nowhere")
def let_in_nowhere(scene: Scene) -> None:
    """Each connection was refused, or closed without a word. Source: HA-453, HA-455."""
    let_in = {
        port.value: end.value for port, end in scene.endings.items() if end not in {Ending.REFUSED, Ending.CLOSED}
    }
    assert not let_in, f"the stranger's attempts ended as {let_in}"


@then("the {unit:Unit} has logged the stranger once")
def logged_once(scene: Scene, unit: str) -> None:
    """However many attempts there were, each kind of refusal is one line of the log. Source: HA-455.

    Lines that differ in figures only, such as a count or a port number, are of one kind.
    """
    _await_lines(scene, unit)
    told = refusals(scene, unit)
    kinds = {re.sub(r"\d+", "#", line.partition(LINES[0])[2]) for line in told}
    if len(told) > len(kinds) and scene.lab.clock.now() - scene.since >= PERIOD:
        raise FaultNotProven(f"the stranger was there for {PERIOD:g} s, after which one is logged again")
    assert len(told) == len(kinds), f"unit {unit} has logged the same stranger more than once: {told}"


@then("the {unit:Unit} has logged the stranger once a minute")
def logged_rarely(scene: Scene, unit: str) -> None:
    """One line in each minute, no more. Source: HA-455."""
    _await_lines(scene, unit)
    minutes = (scene.lab.clock.now() - scene.since) / PERIOD
    told = refusals(scene, unit)
    assert len(told) <= minutes + 1, f"unit {unit} has logged the stranger {len(told)} times in {minutes:.1f} minutes"
    assert len(told) > minutes - 1, f"unit {unit} has logged the stranger {len(told)} times only: {told}"


@then("the memory of the {unit:Unit} has grown by less than {megabytes:Megabytes} megabytes")
def memory_bounded(scene: Scene, unit: str, megabytes: float) -> None:
    """The HA software's memory now, against what it was before the first stranger came. The suite's own figure."""
    scene.needs(Capability.MEMORY)
    grown = (scene.unit(unit).memory() - scene.memory[unit]) / 2**20
    judge(scene.lab, "memory grown under intrusion", grown, at_most=megabytes, unit="MiB")


def refusals(scene: Scene, unit: str) -> list[str]:
    """Lines of the unit's log about peers that it has refused since the first stranger came."""
    return [line for line in scene.unit(unit).log()[scene.logged.get(unit, 0) :] if LINES[0] in line]


def _await_lines(scene: Scene, unit: str) -> None:
    what = f"unit {unit} logs the stranger"
    scene.lab.clock.wait_for(lambda: refusals(scene, unit), scene.lab.profile.settle, what)


def _ports(trick: Trick) -> tuple[Port, ...]:
    return _TALK if trick is Trick.ENDLESS_LINE else tuple(Port)


def _intrude(scene: Scene, intrusion: Intrusion, unit: str, rank: Rank = Rank.PRIMARY) -> None:
    scene.needs(Capability.STRANGER)
    if unit not in scene.memory:
        scene.memory[unit] = scene.unit(unit).memory() if Capability.MEMORY in scene.lab.capabilities else 0
        scene.logged[unit] = len(scene.unit(unit).log())
    scene.endings = scene.lab.links[rank].intrude(unit, intrusion).endings

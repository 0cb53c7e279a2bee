"""Strangers on the heartbeat networks: what they try at the four ports, and that it moves nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pytest

from lab.claims import judge
from lab.contract import Capability, Ending, Guise, Intrusion, Mode, Port, Rank, Saying, Trick
from lab.errors import FaultNotProven
from lab.faults import WRONG_PASSWORD
from lab.schedule import long_for
from lab.standard_pair import PAIR
from steps.actions import Action
from steps.fields import From, Refusals, Trial
from steps.learned import sayings
from steps.scene import Scene
from steps.times import Lasting
from steps.words import action, given, outcome

PERIOD = 60.0
"""Seconds within which a stranger may be reported once for each kind; the suite's own figure."""

PAUSE = 5.0
"""Seconds between two attempts of a stranger who keeps trying."""

_TALK = (Port.HEARTBEAT, Port.SYNC_CONTROL)
"""Ports on which a peer speaks first; on the others it is served."""


@dataclass(slots=True)
class Intruder:
    """How strangers fared in the scenario, and how the units were before they came."""

    endings: Mapping[Port, Ending] = field(default_factory=dict)
    """How the last attempt ended at each port."""
    logged: dict[str, int] = field(default_factory=dict)
    """Refusals in each unit's log before the last of them came."""
    overhears: bool = False

    def comes(self, scene: Scene, unit: str) -> None:
        """Note how a unit is before a stranger comes to it."""
        scene.weigh()
        asked = Capability.SAYINGS in scene.declared
        self.logged[unit] = len(sayings(scene, unit, Saying.PEER_REFUSED)) if asked else 0

    def intrudes(self, scene: Scene, unit: str, intrusion: Intrusion, rank: Rank = Rank.PRIMARY) -> None:
        """Try a trick at a unit. Raises FaultNotProven."""
        self.endings = scene.lab.links[rank].intrude(unit, intrusion).endings

    def refusals(self, scene: Scene, unit: str) -> Sequence[str]:
        """What the unit's log tells about peers that it has refused since the last stranger came."""
        return sayings(scene, unit, Saying.PEER_REFUSED)[self.logged.get(unit, 0) :]


@pytest.fixture
def intruder() -> Intruder:
    """Keep how strangers fare."""
    return Intruder()


@given("a stranger who overhears both heartbeat links", Capability.STRANGER)
def overhears(scene: Scene, intruder: Intruder) -> None:
    """Someone keeps whatever the units send each other from now on, to send it again later."""
    intruder.overhears = True
    for link in scene.lab.links.values():
        link.overhear()


@action(
    "a stranger [attacks|has attacked] the ports of the {unit:Unit} from {place:From} address with {trial:Trial}",
    Capability.STRANGER,
    lambda trial: [Capability.SPEAK] if trial.trick.is_spoken else [],
)
def attacks(scene: Scene, intruder: Intruder, trial: Trial, unit: str, place: From) -> Action:
    """Someone on the primary link's network tries it at all four ports, and stays until it is over.

    An endless line, and broken lines, are for the two ports where a peer speaks first, broken lines also for the one at
    which it hands its queue over. Who knows the right password is
    a third unit of the group. What was overheard is sent once, on both links if it comes from the peer's address.
    Source: HA-007, HA-065, HA-101, HA-455.
    """
    password = WRONG_PASSWORD if trial.trick is Trick.CLAIM and not trial.knows else PAIR.password
    ports = {Trick.ENDLESS_LINE: _TALK, Trick.BROKEN_LINES: (*_TALK, Port.DATA_SYNC)}.get(trial.trick, tuple(Port))
    intrusion = Intrusion(trial.trick, place.guise, ports, password, place.family)
    everywhere = trial.trick is Trick.REPLAY and place.guise is Guise.PEER

    def intrude() -> None:
        intruder.comes(scene, unit)
        for rank in Rank if everywhere else (Rank.PRIMARY,):
            intruder.intrudes(scene, unit, intrusion, rank)

    def prove_in_time() -> None:
        peer = scene.other(unit).name
        if everywhere and scene.mode_seen(peer) is Mode.UNREACHABLE and scene.mode_seen(unit) is Mode.PRIMARY:
            raise FaultNotProven(f"unit {unit} led before anything of its lost peer was sent again")

    return Action(does=intrude, proves=prove_in_time)


@action(
    "a stranger [knocks|has knocked] at the {unit:Unit}{lasting:Lasting}",
    Capability.STRANGER,
    Capability.SPEAK,
    lambda lasting: long_for(lasting.seconds or 0.0),
)
def knocks(scene: Scene, intruder: Intruder, unit: str, lasting: Lasting) -> Action:
    """With a wrong password at the first port, from the peer's address; with a span again each five seconds.

    Source: HA-455.
    """
    span = lasting.seconds or 0.0

    def knock() -> None:
        intruder.comes(scene, unit)
        end = scene.lab.clock.now() + span
        while True:
            intruder.intrudes(scene, unit, Intrusion(Trick.CLAIM, Guise.PEER, (Port.HEARTBEAT,), WRONG_PASSWORD))
            if scene.lab.clock.now() >= end:
                return
            scene.lab.clock.hold(lambda: not scene.changes(unit), PAUSE, f"unit {unit} stays as it is")

    return Action(does=knock)


@outcome("the stranger is let in nowhere")
def let_in_nowhere(intruder: Intruder) -> None:
    """Each connection was refused, or closed without a word. Source: HA-453, HA-455."""
    good = {Ending.REFUSED, Ending.CLOSED}
    let_in = {port.value: end.value for port, end in intruder.endings.items() if end not in good}
    assert not let_in, f"the stranger's attempts ended as {let_in}"


@outcome("{units:Units} has logged {refusals:Refusals}", Capability.SAYINGS)
def has_logged(scene: Scene, intruder: Intruder, units: tuple[str, ...], refusals: Refusals) -> None:
    """At least one line, one for each reason, or one in each minute, however many attempts there were.

    Lines that differ in figures only, such as a count or a port number, give one reason. Source: HA-453, HA-455.
    """
    for unit in units:
        words = scene.unit(unit).look_first("log.says.peer_refused")
        what = f"awaited: the log of unit {unit} says that it refuses somebody{words}"
        scene.lab.clock.wait_for(lambda: intruder.refusals(scene, unit), scene.lab.timing.settle, what)  # noqa: B023
        told = intruder.refusals(scene, unit)
        if refusals is Refusals.ONCE:
            kinds = {re.sub(r"\d+", "#", refusal) for refusal in told}
            if len(told) > len(kinds) and scene.lab.clock.now() - scene.since >= PERIOD:
                raise FaultNotProven(f"the stranger was there for {PERIOD:g} s, after which one is logged again")
            assert len(told) == len(kinds), f"unit {unit} has logged the same stranger more than once: {told}"
        elif refusals is Refusals.EACH_MINUTE:
            minutes = (scene.lab.clock.now() - scene.since) / PERIOD
            wrong = f"unit {unit} has logged the stranger {len(told)} times in {minutes:.1f} minutes: {told}"
            assert minutes - 1 < len(told) <= minutes + 1, wrong


@outcome("the memory of the {unit:Unit} has grown by less than {megabytes:Count} megabytes", Capability.MEMORY)
def memory_bounded(scene: Scene, unit: str, megabytes: int) -> None:
    """The HA software's memory now, against what it was before the first stranger came, or a service failed.

    The suite's own figure.
    """
    grown = (scene.unit(unit).memory() - scene.memory[unit]) / 2**20
    judge(scene.lab, "memory grown under bad input", grown, at_most=float(megabytes), unit="MiB")

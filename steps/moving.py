"""Mail while the primary role moves: what clients hand in meanwhile, and what is saved just before."""

from __future__ import annotations

from lab.contract import Family, Mode
from lab.errors import NotReached
from lab.ledger import ACCEPTED
from steps.addresses import answers_from
from steps.mail import own
from steps.operator import forces_failover
from steps.pair import await_service
from steps.queue import leader
from steps.scene import Scene
from steps.words import then, when

MOST = 300
"""Messages after which a client gives up, if the lab's time to settle has passed too: refusals may come fast."""

LOAD = 8
"""Messages that are accepted before the role moves, and again after it has moved."""


@when("an operator forces a failover on the {unit:Unit} while a client keeps sending")
def failover_under_load(scene: Scene, unit: str) -> None:
    """A client hands in message after message at the virtual address, before, during and after. Source: HA-425."""
    mail = scene.lab.mail
    scene.batch += [mail.send() for _ in range(LOAD)]
    new = scene.other(leader(scene)).name
    forces_failover(scene, unit)
    end, most, left = scene.lab.clock.now() + scene.lab.profile.settle, len(scene.batch) + MOST, LOAD
    while left:
        if len(scene.batch) > most and scene.lab.clock.now() > end:
            raise NotReached(f"{len(scene.batch)} messages were sent, and no mail flows through unit {new}")
        message = mail.send()
        scene.batch.append(message)
        left -= scene.mode_seen(new) is Mode.PRIMARY and message.outcome == ACCEPTED


@when("an operator forces a failover {count:Count} times, and a client sends a message after each")
def failovers_there_and_back(scene: Scene, count: int) -> None:
    """Always on the unit that leads; the message goes to the virtual address once the other answers there.

    Source: HA-164, HA-580.
    """
    for _ in range(count):
        old = leader(scene)
        new = scene.other(old).name
        forces_failover(scene, old)
        scene.await_change(new, Mode.PRIMARY)
        scene.await_change(old, Mode.SECONDARY)
        answers_from(scene, Family.IPV4, new)
        message = scene.lab.mail.send()
        assert message.outcome == ACCEPTED, f"message {message.id} was {message.outcome}"
        scene.batch.append(message)


@when("a client sends a message to each unit")
def sends_to_each(scene: Scene) -> None:
    """One message by SMTP to the own address of each unit's mail interface. Source: HA-701."""
    scene.act()
    for unit in scene.units:
        await_service(scene, unit.name)
        scene.batch.append(scene.lab.mail.send(to=own(scene, unit.name)))


@then("a message sent to the virtual address is not accepted")
def virtual_does_not_accept(scene: Scene) -> None:
    """Nobody takes mail for the group now. Source: HA-526."""
    message = scene.lab.mail.send()
    assert message.outcome != ACCEPTED, f"message {message.id} was accepted at the virtual address"


@then("no unit answers on the virtual address during the detection time")
def nobody_answers(scene: Scene) -> None:
    """A client that connects there gets no banner, and no unit takes over. Source: HA-122."""
    address = scene.lab.mail.virtual_address.partition("/")[0]

    def silent() -> bool:
        return scene.lab.mail.answering(address) is None

    scene.lab.clock.wait_for(silent, scene.lab.profile.settle, "no unit answers on the virtual address")
    scene.lab.clock.hold(silent, max(scene.detection.values()), "no unit answers on the virtual address")

"""The units' mail queues: what waits in them, where it goes, and how often it is delivered."""

from __future__ import annotations

from collections import Counter

from lab.contract import Capability, Mode, Port
from lab.errors import FaultNotProven
from lab.ledger import ACCEPTED, deliveries
from lab.timeline import Kind
from steps.faults import loses_power
from steps.links import carried
from steps.mail import own
from steps.pair import await_service
from steps.scene import Scene
from steps.words import given, then, when

SIZE = 300
"""Bytes that a test message has at least, with its headers."""


@given("{count:Count} messages wait in the queue of the {unit:Unit}")
def messages_wait(scene: Scene, count: int, unit: str) -> None:
    """The protected server puts every delivery off; the unit has accepted these messages. Source: HA-420."""
    scene.needs(Capability.INSPECT)
    scene.lab.mail.hold_deliveries()
    await_service(scene, unit)
    scene.batch += [scene.lab.mail.send(to=own(scene, unit)) for _ in range(count)]
    for message in scene.batch:
        assert message.outcome == ACCEPTED, f"message {message.id} was {message.outcome}"
    wanted = {message.id for message in scene.batch[-count:]}

    def waiting() -> bool:
        return wanted <= scene.unit(unit).queued()

    scene.lab.clock.wait_for(waiting, scene.lab.profile.settle, f"unit {unit} has {count} messages in its queue")
    scene.carried = carried(scene)


@when("the protected mail server takes mail again")
def takes_mail_again(scene: Scene) -> None:
    """It no longer puts deliveries off."""
    scene.act()
    scene.lab.mail.release_deliveries()


@when("the {unit:Unit} loses power as soon as the first message has been handed over")
def loses_power_while_handing_over(scene: Scene, unit: str) -> None:
    """In the middle of a hand-over: the peer has some of the messages, the unit still has others. Source: HA-424."""
    scene.needs(Capability.INSPECT)
    giver = scene.unit(unit)
    before = len(scene.batch)

    def begun() -> bool:
        return len(giver.queued()) < before

    scene.lab.clock.wait_for(begun, scene.lab.profile.settle, "the first message has been handed over")
    loses_power(scene, unit)
    if not giver.queued():
        raise FaultNotProven(f"unit {unit} had handed all {before} messages over before it lost its power")


@given("the messages wait in the queue of the {unit:Unit} only")
@then("the messages wait in the queue of the {unit:Unit} only")
def messages_have_moved(scene: Scene, unit: str) -> None:
    """Each is in this unit's queue and in no other: none is lost, none is there twice. Source: HA-333, HA-423."""
    scene.needs(Capability.INSPECT)
    wanted = {message.id for message in scene.batch}

    def moved() -> bool:
        return wanted <= scene.unit(unit).queued() and not wanted & scene.other(unit).queued()

    within = scene.lab.profile.settle
    scene.lab.clock.wait_for(moved, within, f"the messages wait in the queue of unit {unit} only")


@then("the messages stay in the queue of the {unit:Unit} for {seconds:Seconds} seconds")
def messages_stay_for(scene: Scene, unit: str, seconds: float) -> None:
    """Nobody takes them away, and nobody else has them. Source: HA-311."""
    scene.needs(Capability.INSPECT)
    wanted = {message.id for message in scene.batch}

    def there() -> bool:
        return wanted <= scene.unit(unit).queued() and not wanted & scene.other(unit).queued()

    scene.lab.clock.hold(there, seconds, f"the messages stay in the queue of unit {unit}")


@then("the messages stay in the queue of the {unit:Unit} during the detection time")
def messages_stay(scene: Scene, unit: str) -> None:
    """As above, for the unit's own detection time. Source: HA-311."""
    messages_stay_for(scene, unit, scene.detection[unit])


@then("the data port of the heartbeat links has carried the messages")
def carried_on_data_port(scene: Scene) -> None:
    """Since they lay in the queue these ports have carried as many bytes as the messages have, and more.

    Source: HA-054, HA-420.
    """
    grown = sum(size - scene.carried[key] for key, size in carried(scene).items() if key[1] is Port.DATA_SYNC)
    least = SIZE * len(scene.batch)
    assert grown > least, f"the data ports have carried {grown} bytes, less than {least}"


@then("each accepted message is delivered exactly once")
def each_delivered_once(scene: Scene) -> None:
    """Every message that a unit has taken reaches the protected server, and only one copy. Source: HA-423, HA-424."""
    accepted = {message.id for message in scene.batch if message.outcome == ACCEPTED}
    assert accepted, "no message was accepted"

    def counts() -> Counter[str]:
        return Counter({id_: copies for id_, copies in deliveries(scene.lab).items() if id_ in accepted})

    what = f"{len(accepted)} accepted messages are delivered"
    scene.lab.clock.wait_for(lambda: len(counts()) == len(accepted), 2 * scene.lab.profile.settle, what)
    doubled = {id_: count for id_, count in counts().items() if count > 1}
    assert not doubled, f"delivered more than once: {doubled}"


@then("each accepted message is delivered exactly once, by the {unit:Unit}")
def each_delivered_once_by(scene: Scene, unit: str) -> None:
    """As above, and all by this unit, as the protected server sees it. Source: HA-333, HA-420."""
    each_delivered_once(scene)
    ids = {message.id for message in scene.batch}
    entries = [entry for entry in scene.lab.timeline.of(Kind.MAIL) if entry.detail.get("event") == "delivered"]
    others = {entry.subject for entry in entries if entry.subject in ids and entry.detail.get("unit") != unit}
    assert not others, f"not delivered by unit {unit}: {sorted(others)}"


def leader(scene: Scene) -> str:
    """Name of the unit that was last seen as effective primary."""
    return next(unit.name for unit in scene.units if scene.mode_seen(unit.name) is Mode.PRIMARY)

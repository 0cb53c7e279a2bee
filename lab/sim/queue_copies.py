"""Copies of a simulated unit's mail queue on its peer, by the rules of the units' own `node.exchange.queue_copies`."""

from __future__ import annotations

from lab.contract import Message
from lab.sim.machine import Machine
from lab.sim.volume import name_of
from node.exchange.queue import Step
from node.exchange.queue_copies import Answer, Asked, answer_in, asked_in, encode


def compared(puller: Machine, server: Machine) -> Answer:
    """Return what the server answers to a puller that asks now, as either reads it."""
    asked = Asked(tuple(puller.volume.copies), tuple(map(name_of, puller.volume.queue.values())))
    heard = asked_in(encode(asked)) or Asked(())
    queued = tuple(map(name_of, server.volume.queue.values()))
    answer = server.build.exchange.compare(heard, queued, server.volume.taken)
    return answer_in(encode(answer)) or Answer((), (), ())


def copy(puller: Machine, server: Machine) -> None:
    """Give the puller what it lacks, and let it drop what it needs no more."""
    answer = compared(puller, server)
    for each in answer.gone:
        puller.volume.copies.pop(each, None)
    for key, message in list(puller.volume.queue.items()):
        if name_of(message) in answer.known:
            del puller.volume.queue[key]
            puller.volume.taken.discard(name_of(message))
    waiting = {name_of(message): message for message in server.volume.queue.values()}
    for each in answer.given:
        if each in waiting:
            server.volume.taken.add(each)
            server.mailer.given.add(each)
            puller.volume.copies[each] = waiting[each]


def use(machine: Machine) -> None:
    """Put the copies into the machine's queue, each message once."""
    copies, machine.volume.copies = machine.volume.copies, {}
    for message in copies.values():
        take(machine, message)


def take(taker: Machine, message: Message) -> bool:
    """Put a message into the queue, and return whether its steps could be done.

    On a disk they come one after the other; here they are one instant.
    """
    known, aside, key = taker.volume.taken, taker.volume.aside, name_of(message)
    for step in taker.build.exchange.taking(known=key in known, aside=key in aside):
        match step:
            case Step.SET_ASIDE:
                aside[key] = message
            case Step.REMEMBER:
                known.add(key)
            case Step.MOVE_IN if key in aside:
                taker.mailer.accept(aside.pop(key))
            case Step.MOVE_IN:
                return False
    return True

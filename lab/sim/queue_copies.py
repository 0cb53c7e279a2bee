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
        move_in(machine, name_of(message))


def take(taker: Machine, message: Message) -> None:
    """Put a message onto the taker's disk; the steps, one after the other there, are one instant here."""
    known, key = taker.volume.taken, name_of(message)
    for step in taker.build.exchange.taking(known=key in known):
        match step:
            case Step.SET_ASIDE:
                taker.volume.aside[key] = message
            case Step.REMEMBER:
                known.add(key)


def move_in(taker: Machine, key: str) -> None:
    """Move a message that was set aside into the queue, unless that was done before."""
    if key in taker.volume.aside:
        taker.mailer.accept(taker.volume.aside.pop(key))

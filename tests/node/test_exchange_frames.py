"""The engine's messages as lines: what survives the wire, and what is refused."""

from __future__ import annotations

import json

import pytest

from node.engine import messages as say
from node.engine.modes import Effective, Mode, Port, Sync
from node.engine.syncing import SAID_AT_ONCE
from node.exchange import frames

MESSAGES = [
    say.Heartbeat(3, 17, Mode.PRIMARY, Effective.SECONDARY, joining=True, was=Effective.PRIMARY, version="7.0.0"),
    say.Heartbeat(0, 0, Mode.SECONDARY, Effective.OFF, joining=False),
    say.HoldOff(3, "reboot"),
    say.HoldOffHeard(3),
    say.AskRole("recovery after a restart", 1, 7, 1, 7),
    say.OfferRole("user restored configured mode", 2, 7, 1, 7),
    say.GiveRole("user requested", 1, 9, 1, 9),
    say.SyncNow((Sync.CONFIG, Sync.DATA, Sync.QUEUE)),
    say.LeftQueue(tuple(f"{number:064x}" for number in range(SAID_AT_ONCE))),
]


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: type(message).__name__)
def test_every_message_survives_the_wire(message: say.Message) -> None:
    """What is encoded is one line and is decoded to the same message."""
    line = frames.encode(message)
    assert line.endswith(b"\n")
    assert line.count(b"\n") == 1
    assert frames.decode(line, say.port_of(message)) == message


BEAT = json.loads(frames.encode(MESSAGES[0]))


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"\xff\xfe\n",
        b"[]\n",
        b"{}\n",
        b'{"kind":"abdicate"}\n',
        b'{"kind":["heartbeat"]}\n',
        json.dumps({**BEAT, "effective": "king"}).encode(),
        json.dumps({**BEAT, "boot": -1}).encode(),
        json.dumps({**BEAT, "boot": True}).encode(),
        json.dumps({**BEAT, "seq": 2**60}).encode(),
        json.dumps({**BEAT, "joining": "yes"}).encode(),
        json.dumps({**BEAT, "version": "x" * 500}).encode(),
        json.dumps({**BEAT, "version": "two\nlines"}).encode(),
        json.dumps({key: value for key, value in BEAT.items() if key != "was"}).encode(),
        b'{"kind":"sync-now","what":["everything"]}\n',
        b'{"kind":"left-queue"}\n',
        b'{"kind":"left-queue","names":"a"}\n',
        b'{"kind":"left-queue","names":[7]}\n',
        b'{"kind":"left-queue","names":["../../etc/passwd"]}\n',
        b'{"kind":"sync-now","what":7}\n',
        b" " * frames.LIMIT + b"{}\n",
        b"[" * 2000,
    ],
)
def test_garbage_is_no_message(line: bytes) -> None:
    """Whatever is not a whole, known, plausible message is refused, and the refusal does not quote it."""
    with pytest.raises(frames.FrameError) as refusal:
        frames.decode(line, Port.HEARTBEAT)
    assert len(str(refusal.value)) < 60


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: type(message).__name__)
def test_a_message_on_another_port_is_refused(message: say.Message) -> None:
    """Each message has its port: a heartbeat on the control port is none."""
    for port in set(Port) - {say.port_of(message)}:
        with pytest.raises(frames.FrameError, match="wrong port"):
            frames.decode(frames.encode(message), port)

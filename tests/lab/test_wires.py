"""The wires: what they tell of a unit's words is true of the unit, and one that nobody knows is named as such."""

from __future__ import annotations

import json

import pytest

from lab import wires
from lab.contract import Capability, Port, Trick
from lab.errors import UsageError
from lab.wires import switchover, vrrp
from lab.wires.wire import APART, Transport, Wire
from node.engine.messages import AskRole, Heartbeat
from node.engine.modes import Effective, Mode
from node.engine.modes import Port as EnginePort
from node.exchange import frames, queue
from node.linux import psk

TCP_ONLY = {
    *(Capability.REFUSE, Capability.CUT_PORT, Capability.DELAY),
    *(Capability.THROTTLE, Capability.STRANGER),
}


@pytest.mark.parametrize("name", ["none", "switchover", "vrrp"])
def test_a_wire_is_found_by_its_name(name: str) -> None:
    """As a profile names it."""
    assert wires.named(name).name == name


def test_an_unknown_wire_is_told_with_the_known_ones() -> None:
    """The user's mistake, in one line that says what to write."""
    with pytest.raises(UsageError, match="no wire called 'switchhover'; use one of: none, switchover, vrrp"):
        wires.named("switchhover")


@pytest.mark.parametrize(
    ("wire", "lacking"),
    [
        (switchover.WIRE, set()),
        (wires.NONE, {Capability.HEARTBEAT, Capability.SPEAK}),
        (vrrp.WIRE, {Capability.SPEAK, *TCP_ONLY}),
    ],
    ids=lambda value: value.name if isinstance(value, Wire) else "",
)
def test_a_lab_lacks_what_its_wire_does_not_give(wire: Wire, lacking: set[Capability]) -> None:
    """The reference unit's gives all; each reason is a text."""
    reasons = dict(wire.lacks())
    assert reasons.keys() == lacking
    assert all(reasons.values())


def test_a_heartbeat_comes_by_the_wires_protocol_alone() -> None:
    """Where nothing is known it may come by TCP or UDP."""
    assert switchover.WIRE.carriers == {Transport.TCP}
    assert vrrp.WIRE.carriers == {Transport.VRRP}
    assert wires.NONE.carriers == {Transport.TCP, Transport.UDP}


@pytest.mark.parametrize(("target", "mode"), [("P", Mode.SECONDARY), ("S", Mode.PRIMARY)])
def test_what_a_stranger_claims_would_be_read_by_a_unit_that_lets_it_in(target: str, mode: Mode) -> None:
    """Both messages are whole: a unit that refuses one refuses the stranger, not its mistakes."""
    said = [
        frames.decode(line, EnginePort.HEARTBEAT)
        for line in switchover.says(Trick.CLAIM, target, Port.HEARTBEAT).splitlines(keepends=True)
    ]
    heard = Heartbeat(1_000_000, 1, mode, Effective.SECONDARY, joining=False, version="7.0.0")
    assert said == [heard, AskRole("stranger", 1_000_000, 1, 1_000_000, 1)]


@pytest.mark.parametrize("port", [Port.HEARTBEAT, Port.SYNC_CONTROL])
def test_no_broken_line_is_a_message(port: Port) -> None:
    """Each is refused at its port, for one of the reasons that a unit has; no line is two."""
    lines = switchover.says(Trick.BROKEN_LINES, "P", port).split(APART)[:-1]
    assert 50 < len(lines) < 100
    reasons = set()
    for line in lines:
        with pytest.raises(frames.FrameError) as refused:
            frames.decode(line, EnginePort(port.value))
        reasons.add(str(refused.value))
        assert line.find(b"\n") == len(line) - 1
    assert len(reasons) == 6


def test_a_stranger_knows_how_a_queue_is_handed_over() -> None:
    """Its first line, the largest message, and what a unit says that would take it or would not."""
    assert json.loads(switchover.BRING) == queue.encode(queue.Bring())
    assert switchover.LARGEST_MESSAGE == queue.LARGEST
    for courtesy, frame in zip(switchover.COURTESIES, (queue.Go(), queue.Refused("")), strict=True):
        assert json.dumps(queue.encode(frame)).encode().startswith(courtesy)


def test_an_endless_line_never_ends() -> None:
    """However often its part is sent, no unit reads a message in it."""
    part = switchover.says(Trick.ENDLESS_LINE, "P", Port.HEARTBEAT)
    assert part
    assert b"\n" not in part


def test_half_a_greeting_lacks_what_it_announces() -> None:
    """It begins a TLS handshake, and announces more bytes than it has."""
    half = switchover.says(Trick.HALF_GREETING, "P", Port.HEARTBEAT)
    assert half.startswith(switchover.HANDSHAKE)
    assert int.from_bytes(half[3:5], "big") > len(half[5:])


@pytest.mark.parametrize("password", ["change_me", "pässword", "x" * 64])
def test_the_right_password_gives_the_units_own_key(password: str) -> None:
    """A stranger who knows the password is let in by TLS, so that what refuses it is the unit."""
    admission = switchover.admits(password)
    assert (admission.identity, admission.key) == (psk.IDENTITY, psk.derive_key(password))


@pytest.mark.parametrize(
    "payload",
    [
        b"\x16\x03\x03\x00\x7ahello",
        b"\x15\x03\x03\x00\x02\x02\x28",
        b"\x14\x03\x03\x00\x01\x01",
        b"\x17\x03\x03\x00\x13" + bytes(19),
        b"\x17\x03\x03\x00\x35" + bytes(53),
        b"\x17\x03\x03\x00\x45" + bytes(69),
    ],
    ids=["handshake", "alert", "change of cipher", "encrypted alert", "its end", "its end, by the longer hash"],
)
def test_tls_itself_is_no_heartbeat_and_no_answer(payload: bytes) -> None:
    """What TLS says on its own account is neither the unit's life nor its consent."""
    assert payload.startswith(switchover.WIRE.noise)
    assert payload.startswith(switchover.WIRE.refusals)


def test_an_encrypted_line_is_a_heartbeat_and_plain_text_an_answer() -> None:
    """Whoever does not know the key has no use of the first, and is let in by the second."""
    line = b"\x17\x03\x03\x00\xaa" + bytes(170)
    assert not line.startswith(switchover.WIRE.noise)
    assert line.startswith(switchover.WIRE.refusals)
    assert not b'{"kind": "heartbeat"}'.startswith(switchover.WIRE.refusals)


@pytest.mark.parametrize("version", [0x20, 0x30])
def test_a_router_that_resigns_sends_no_heartbeat(version: int) -> None:
    """An advertisement with priority 0 is its last word; any other is a heartbeat, whatever its router's number."""
    advertisement, farewell = bytes((version | 1, 51, 100, 1)), bytes((version | 1, 51, 0, 1))
    assert farewell.startswith(vrrp.WIRE.noise)
    assert not advertisement.startswith(vrrp.WIRE.noise)

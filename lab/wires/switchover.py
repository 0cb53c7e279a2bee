"""The reference unit's wire: TLS 1.3 with a key that both units derive from the group's password, and JSON in lines.

The suite does not import the unit, so what a stranger must know of it stands here once more; tests compare the two.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from itertools import chain
from typing import Any

from lab.contract import Mode, Port, Trick
from lab.wires.wire import APART, Admission, Wire

IDENTITY = "switchover-ha"
_SALT = b"switchover heartbeat, first key derivation"

HALF_GREETING = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"
"""The first bytes of a TLS greeting that announces 512 bytes."""

ENDLESS = b"x" * 64
"""Part of a line; it is sent again and again."""

HANDSHAKE = (b"\x14", b"\x15", b"\x16")
"""Beginnings of TLS records of a handshake, and of an alert that is not encrypted."""

ENCRYPTED = b"\x17"
"""Beginning of an encrypted TLS record."""

ENCRYPTED_ALERT = b"\x17\x03\x03\x00\x13"
"""Beginning of an encrypted alert of TLS 1.3, recognized by its length: two bytes, a type and a tag. A unit sends one
before a planned restart."""


FINISHED = (b"\x17\x03\x03\x00\x35", b"\x17\x03\x03\x00\x45")
"""Beginnings of the record that ends a handshake of TLS 1.3, recognized by its length: 4 bytes and a hash (SHA-256 or
SHA-384), a type and a tag. No message of a unit is so short."""

NO_TEXT = b"\xff\xfe{}\n"
"""A line that is no UTF-8."""

LONG, LONG_TEXT, LARGE = 2049, 201, 2**53 + 1
"""Bytes of a line, its end included, and characters of a text in it, that are one too long; and too large a number."""

Record = dict[str, Any]
"""A message as JSON."""

BRING = b'{"bring": "queue"}\n'
"""The line with which a peer begins to hand its queue over."""

LARGEST_MESSAGE = 256 << 20
"""Bytes of the largest queued message that a unit takes."""

COURTESIES = (b'{"go": true}', b'{"refused": ')
"""Beginnings of lines with which a unit says that it would take a queue, or why not."""

_SAID: Record = {"reason": "stranger", "boot": 1_000_000, "seq": 1, "heard_boot": 1_000_000, "heard_seq": 1}


def key_of(password: str) -> bytes:
    """Return the pre-shared key that the units derive from a password."""
    return hashlib.scrypt(password.encode(), salt=_SALT, n=1 << 14, r=8, p=1, maxmem=64 << 20, dklen=32)


def claims(target: str) -> bytes:
    """Messages by which an admitted peer could move a role."""
    return _lines(_heartbeat(target), {"kind": "ask-role", **_SAID})


def broken(target: str, port: Port) -> bytes:
    """Lines that are no message of a peer at this port: a unit ends the connection on which it hears one of them."""
    said = _no_hand_over() if port is Port.DATA_SYNC else _no_messages(target, port)
    return bytes(chain.from_iterable(said))


def _no_hand_over() -> list[bytes]:
    """What is no queue that a peer hands over, each with its beginning."""
    nothing = hashlib.sha256().hexdigest()  # a message is named by its content, and none is empty
    offers = (("0" * 64, 5), ("f" * 64, 5), (nothing, 0), ("a", -1), ("a", LARGEST_MESSAGE + 1), ("a", "5"), (7, 5))
    offered = [_lines({"message": name, "size": size}) + b"hello" for name, size in offers]
    others = [_lines(each) for each in ({}, 7, {"taken": "a"}, {"go": True})]
    return [BRING + said + APART for said in (*offered, *others, b"hello\n", NO_TEXT)]


def _no_messages(target: str, port: Port) -> Iterator[bytes]:
    heartbeat = _heartbeat(target)
    asked = {"kind": "ask-role", **_SAID}
    notice: Record = {"kind": "sync-now", "what": ["config"]}
    elsewhere = heartbeat if port is Port.SYNC_CONTROL else notice
    hold_off, heard = str(Mode.HOLD_OFF), f"{Mode.HOLD_OFF}-heard"
    texts = ("", "hello", "{", "[" * 1000, f"{json.dumps(heartbeat):{LONG - 1}}")
    numbers: tuple[object, ...] = (-1, 1.5, 1e300, "1", None, True, LARGE, 10**300)
    words: tuple[object, ...] = (1, None, [], "x" * LONG_TEXT, "a\u0007b")
    modes: tuple[object, ...] = ("boss", 5, None, [])
    flags: tuple[object, ...] = (0, 1, "no", None)
    subjects: tuple[object, ...] = ("config", ["everything"], 5, None, [["config"]])
    records: tuple[object, ...] = (
        *([1, 2], "heartbeat", None, 7, {}, {"kind": None}, {"kind": "surprise"}, {"kind": ["heartbeat"]}),
        elsewhere,
        *(_without(heartbeat, field) for field in heartbeat),
        *(heartbeat | {"boot": value} for value in numbers),
        heartbeat | {"seq": -1},
        *(heartbeat | {field: value} for field in ("mode", "effective") for value in modes),
        *(heartbeat | {"joining": value} for value in flags),
        *(heartbeat | {"was": value} for value in modes if value is not None),
        *(heartbeat | {"version": value} for value in words),
        *(_without(asked, field) for field in asked),
        asked | {"reason": None},
        *(asked | {field: -1} for field in asked if field not in {"kind", "reason"}),
        *({**_without(asked, "heard_seq"), "kind": kind} for kind in ("offer-role", "give-role")),
        {"kind": hold_off, "boot": -1, "reason": "rebooting"},
        {"kind": hold_off, "boot": 1_000_000, "reason": None},
        {"kind": heard, "boot": -1},
        *({"kind": kind} for kind in (hold_off, heard, "sync-now")),
        *({"kind": "sync-now", "what": value} for value in subjects),
        *({"kind": "left-queue", "names": value} for value in ("a", 5, None, ["a"], [7])),
    )
    said = (*(f"{text}\n".encode() for text in texts), NO_TEXT, *map(_lines, records))
    return (each + APART for each in said)


def _heartbeat(target: str) -> Record:
    mode = "secondary" if target == "P" else "primary"
    return {"kind": "heartbeat", "boot": 1_000_000, "seq": 1, "mode": mode, "effective": "secondary",
            "joining": False, "was": None, "version": "7.0.0"}  # fmt: skip


def _without(record: Record, field: str) -> Record:
    return {name: value for name, value in record.items() if name != field}


def _lines(*records: object) -> bytes:
    return "".join(f"{json.dumps(record)}\n" for record in records).encode()


def says(trick: Trick, target: str, port: Port) -> bytes:
    """Return what a stranger sends to a unit's port for a trick in which he speaks as a peer does."""
    match trick:
        case Trick.CLAIM:
            return claims(target)
        case Trick.BROKEN_LINES:
            return broken(target, port)
    return {Trick.ENDLESS_LINE: ENDLESS, Trick.HALF_GREETING: HALF_GREETING}[trick]


def admits(password: str) -> Admission:
    """Return what lets somebody in who knows the group's password."""
    return Admission(IDENTITY, key_of(password))


WIRE = Wire(
    "switchover",
    noise=(*HANDSHAKE, *FINISHED, ENCRYPTED_ALERT),
    records=True,
    refusals=(*HANDSHAKE, ENCRYPTED),
    courtesies=COURTESIES,
    known=True,
    says=says,
    admits=admits,
)

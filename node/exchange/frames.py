"""The engine's messages as lines: one JSON object each, nothing longer than a limit, nothing unknown accepted."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from node.engine import messages as say
from node.engine.modes import Effective, Mode, Port, Sync

LIMIT = 2048
"""Longest line in bytes, its end included; a heartbeat needs about 150."""

GREETING = 5.0
"""Seconds for a peer to greet on a new connection: enough for a link with a second of delay each way."""

LONGEST_TEXT = 200
"""Longest free text in a message, in characters."""

LARGEST = 2**53

_ENCODER = json.JSONEncoder(separators=(",", ":"))

NAME = re.compile("[0-9a-f]{64}")
"""A message's name (`queue.name_of`)."""


class FrameError(ValueError):
    """A line is no message; the text is one clause, which never quotes the line."""


def encode(message: say.Message) -> bytes:
    """A message as one line."""
    record: dict[str, Any] = {"kind": KINDS[type(message)]}
    for name in message.__slots__:
        value = getattr(message, name)
        record[name] = list(value) if isinstance(value, tuple) else value
    return _ENCODER.encode(record).encode() + b"\n"


def decode(line: bytes, port: Port) -> say.Message:
    """The message in a line that came on this port; raises FrameError."""
    if len(line) > LIMIT:
        raise FrameError("a line is too long")
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        raise FrameError("a line is not JSON") from None
    if not isinstance(record, dict):
        raise FrameError("a line is not a JSON object")
    reader = _READERS.get(str(record.get("kind")))
    if reader is None:
        raise FrameError("a line is of no known kind")
    try:
        message: say.Message = reader(record)
    except (KeyError, TypeError, ValueError):
        raise FrameError("a field is missing or unreadable") from None
    if say.port_of(message) is not port:
        raise FrameError("a message came on the wrong port")
    return message


def _number(record: dict[str, Any], name: str) -> int:
    value = record[name]
    if type(value) is not int or not 0 <= value <= LARGEST:
        raise ValueError(name)
    return value


def _text(record: dict[str, Any], name: str) -> str:
    value = record[name]
    if not isinstance(value, str) or len(value) > LONGEST_TEXT or not value.isprintable():
        raise ValueError(name)
    return value


def _heartbeat(record: dict[str, Any]) -> say.Heartbeat:
    was = record["was"]
    if type(record["joining"]) is not bool:
        raise TypeError("joining")
    return say.Heartbeat(
        boot=_number(record, "boot"),
        seq=_number(record, "seq"),
        mode=Mode(record["mode"]),
        effective=Effective(record["effective"]),
        joining=record["joining"],
        was=None if was is None else Effective(was),
        version=_text(record, "version"),
    )


def _said(record: dict[str, Any]) -> tuple[str, int, int, int, int]:
    boot, seq = _number(record, "boot"), _number(record, "seq")
    return _text(record, "reason"), boot, seq, _number(record, "heard_boot"), _number(record, "heard_seq")


def _names(record: dict[str, Any]) -> tuple[str, ...]:
    names = record["names"]
    if not isinstance(names, list) or not all(isinstance(each, str) and NAME.fullmatch(each) for each in names):
        raise ValueError("names")
    return tuple(names)


_READERS: dict[str, Callable[[dict[str, Any]], say.Message]] = {
    "heartbeat": _heartbeat,
    "hold-off": lambda record: say.HoldOff(_number(record, "boot"), _text(record, "reason")),
    "hold-off-heard": lambda record: say.HoldOffHeard(_number(record, "boot")),
    "ask-role": lambda record: say.AskRole(*_said(record)),
    "offer-role": lambda record: say.OfferRole(*_said(record)),
    "give-role": lambda record: say.GiveRole(*_said(record)),
    "step-down": lambda record: say.StepDown(*_said(record)),
    "left": lambda _: say.Left(),
    "sync-now": lambda record: say.SyncNow(tuple(dict.fromkeys(Sync(each) for each in record["what"]))),
    "left-queue": lambda record: say.LeftQueue(_names(record)),
}

KINDS: dict[type, str] = {
    say.Heartbeat: "heartbeat",
    say.HoldOff: "hold-off",
    say.HoldOffHeard: "hold-off-heard",
    say.AskRole: "ask-role",
    say.OfferRole: "offer-role",
    say.GiveRole: "give-role",
    say.StepDown: "step-down",
    say.Left: "left",
    say.SyncNow: "sync-now",
    say.LeftQueue: "left-queue",
}

"""The mail queue's hand-over on disk: what waits, what is taken, and what is known again."""

from __future__ import annotations

import hashlib
import os
import re
from collections import namedtuple
from pathlib import Path

import pytest

from node.linux import paths, queue

_Owner = namedtuple("_Owner", "pw_uid")  # noqa: PYI024 - the fields of a pwd record that are read


@pytest.fixture
def spool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty queue on a disk of its own, owned by whoever runs the test."""
    for name in queue.WAITING:
        (tmp_path / name).mkdir()
    monkeypatch.setattr(paths, "SPOOL", tmp_path)
    monkeypatch.setattr(queue.pwd, "getpwnam", lambda _name: _Owner(os.getuid()))
    monkeypatch.setattr(os, "fchown", lambda *_: None)
    return tmp_path


def take(content: bytes) -> None:
    """Take a message as the peer announces it."""
    queue.take(hashlib.sha256(content).hexdigest(), content)


def test_a_message_taken_lies_whole_in_incoming(spool: Path) -> None:
    """It has a name as Postfix gives it, is complete, and nothing is left aside but the memory of it."""
    take(b"a message")
    (path,) = (spool / "incoming").iterdir()
    assert re.fullmatch(r"[0-9A-F]{5}[0-9A-F]+", path.name)
    assert path.name.endswith(f"{path.stat().st_ino:X}")
    assert path.read_bytes() == b"a message"
    assert path.stat().st_mode & 0o777 == 0o700
    assert [each.name for each in (spool / "handed").iterdir()] == ["taken"]


def test_a_message_that_comes_again_is_not_taken_twice(spool: Path) -> None:
    """Also when it has been delivered meanwhile, and its answer was lost. Source: HA-423."""
    take(b"a message")
    for path in (spool / "incoming").iterdir():
        path.unlink()
    take(b"a message")
    assert not list((spool / "incoming").iterdir())


def test_a_message_that_was_given_away_is_taken_when_it_comes_back(spool: Path) -> None:
    """Whoever has given it away does not have it any more; another one is still known. Source: HA-424."""
    take(b"a message")
    take(b"another")
    for path in (spool / "incoming").iterdir():
        path.unlink()
    queue.forget(hashlib.sha256(b"a message").hexdigest())
    take(b"a message")
    take(b"another")
    assert [path.read_bytes() for path in (spool / "incoming").iterdir()] == [b"a message"]


@pytest.mark.parametrize("now", ["incoming/A1", "active/A1", "deferred/A/A1"])
def test_a_message_is_removed_wherever_the_queue_manager_has_put_it(spool: Path, now: str) -> None:
    """It may have moved since it was read; what has gone by itself is no error."""
    (spool / "deferred" / "A").mkdir()
    (spool / now).write_bytes(b"a message")
    (spool / "incoming" / "B2").write_bytes(b"another")
    for _ in range(2):
        queue.remove(spool / "incoming" / "A1")
    assert [path.name for path in spool.rglob("*") if path.is_file()] == ["B2"]


def test_only_complete_messages_wait(spool: Path) -> None:
    """A message whose sender has not been answered is not handed over; hashed directories are looked into."""
    (spool / "incoming" / "HALF").write_bytes(b"not yet")
    (spool / "incoming" / "HALF").chmod(0o600)
    (spool / "deferred" / "A").mkdir()
    (spool / "deferred" / "A" / "WHOLE").write_bytes(b"a message")
    (spool / "deferred" / "A" / "WHOLE").chmod(0o700)
    assert [each.name for each in queue.waiting()] == ["WHOLE"]


def test_the_memory_of_what_was_taken_does_not_grow_for_ever(spool: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond its limit the older half is forgotten."""
    monkeypatch.setattr(queue, "REMEMBERED", 10)
    for number in range(30):
        take(f"message {number}".encode())
    assert len(queue.remembered()) <= 12
    assert hashlib.sha256(b"message 29").hexdigest() in queue.remembered()
    assert len(list((spool / "incoming").iterdir())) == 30

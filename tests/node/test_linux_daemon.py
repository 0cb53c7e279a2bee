"""The order in which a unit's software comes up: nobody is answered before what he may ask for is there."""

from __future__ import annotations

import asyncio

import pytest

from node.build import REFERENCE
from node.engine.modes import Command
from node.linux import daemon, ssh
from node.linux.machine import EXIT_REBOOT


@pytest.mark.parametrize(
    ("situation", "order"),
    [
        ("in_group", ["warm", "start", "operators"]),
        ("alone", ["start", "warm", "start", "operators"]),
    ],
)
def test_operators_are_answered_last(monkeypatch: pytest.MonkeyPatch, situation: str, order: list[str]) -> None:
    """A group's links need its key; the mail of a unit in no group does not wait for it."""
    done: list[str] = []

    class FakeAddresses:
        def __init__(self, *_: object) -> None:
            self.own = {"port1": "10.9.1.1/24"}

    class FakeUnit:
        def __init__(self, _make: object, _addresses: object, restart: object) -> None:
            self.in_group = situation == "in_group"
            self.body, self.restart = self, restart

        def start(self) -> None:
            done.append("start")

        async def kept(self) -> None:
            pass

        async def warm(self) -> None:
            done.append("warm")

        def watch_carriers(self) -> None:
            assert callable(self.restart)
            self.restart(Command.REBOOT)

    class FakeAcceptor:
        def close(self) -> None:
            pass

    async def listen(address: str, _make_shell: object, _kept: object) -> FakeAcceptor:
        assert address == "10.9.1.1"
        done.append("operators")
        return FakeAcceptor()

    monkeypatch.setattr(daemon, "Addresses", FakeAddresses)
    monkeypatch.setattr(daemon, "Unit", FakeUnit)
    monkeypatch.setattr(daemon.ports, "load_devices", lambda _: {})
    monkeypatch.setattr(ssh, "listen", listen)
    assert asyncio.run(daemon.serve(REFERENCE)) == EXIT_REBOOT
    assert done == order

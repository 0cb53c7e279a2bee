"""First process of the foreign unit: lets keepalived, Postfix and OpenSSH run on what its container gives."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import sys
from collections.abc import Coroutine, Mapping
from contextlib import suppress
from pathlib import Path

from .shell import Settings, Shell, factory
from .vrrp import PROTOCOL, STOP, Keepalived, advertised, configuration, learned, link

RUN = Path("/run/foreign")
"""Sockets and files that do not outlive the machine."""

SAVED = Path("/var/lib/foreign/settings.json")
HOST_KEY = Path("/var/lib/foreign/ssh_host_ed25519_key")
REBOOT = 64
"""Exit code of a machine that is to be started again."""

USER = "operator"

CALL, CALL_PORT = b"step aside", 1112
"""What a unit that follows sends to the one that leads when its operator wants it to lead, and the UDP port."""


class Postfix:
    """Postfix, which runs while the unit leads."""

    def __init__(self) -> None:
        """Begin without it."""
        self._master: asyncio.subprocess.Process | None = None

    async def serve(self, *, on: bool) -> None:
        """Start it, or end it with every session; `postfix start` would take two seconds more than its master does."""
        if on and self._master is None:
            self._master = await asyncio.create_subprocess_exec("/usr/lib/postfix/sbin/master")
        elif not on and self._master is not None:
            with suppress(ProcessLookupError):
                self._master.terminate()
            await self._master.wait()
            self._master = None


class Machine:
    """The unit: its settings, its role, and the programs that its role needs."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        """Read what was saved; nothing runs yet."""
        self.name = environment["NODE_NAME"]
        self.addresses: Mapping[str, str] = dict(each.split("=", 1) for each in environment["NODE_PORTS"].split(","))
        self.settings = json.loads(SAVED.read_text()) if SAVED.exists() else factory(self.addresses)
        self._relay = environment["NODE_RELAY"]
        self._password = environment["NODE_PASSWORD"]
        self._postfix = Postfix()
        self.state = "OFF"
        """What the unit does now; WAITING while it has no role because it has heard nobody lead."""
        self._vrrp: Keepalived | None = None
        self._owns = False
        """Whether keepalived is to lead at once, whoever leads."""
        self._alone: asyncio.TimerHandle | None = None
        """Fires when nobody has been heard to lead for too long."""
        self._calls: socket.socket | None = None
        self._turn = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()
        self._ended: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    async def run(self) -> int:
        """Work until the operator shuts the machine down; return its exit code."""
        for folder in (RUN, SAVED.parent):
            folder.mkdir(parents=True, exist_ok=True)
        self._prepare()
        wire = socket.socket(socket.AF_INET, socket.SOCK_RAW | socket.SOCK_NONBLOCK, PROTOCOL)
        asyncio.get_running_loop().add_reader(wire, self._hear, wire)
        self._calls = socket.socket(socket.AF_INET, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
        self._calls.bind(("", CALL_PORT))
        asyncio.get_running_loop().add_reader(self._calls, self._called, self._calls)
        door = RUN / "shell"
        door.unlink(missing_ok=True)
        # Not as a context: that would wait until each operator has left.
        server = await asyncio.start_unix_server(self._converse, door)
        door.chmod(0o666)
        ssh = ("/usr/sbin/sshd", "-D", "-e", "-f", "/etc/foreign/sshd_config", "-h", str(HOST_KEY))
        await asyncio.create_subprocess_exec(*ssh)
        self._soon(self._enter_group(failed=True))
        code = await self._ended
        server.close()
        return code

    def _prepare(self) -> None:
        """Give the machine its name, its relay, its operator's password and a host key of its own."""
        host, _, port = self._relay.rpartition(":")
        _run("postconf", "-e", f"myhostname={self.name}", f"relay_transport=relay:[{host}]:{port}")
        _run("chpasswd", told=f"{USER}:{self._password}\n")
        if not HOST_KEY.exists():
            _run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(HOST_KEY))

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one session of an operator."""
        shell = Shell(self)
        writer.write(shell.prompt.encode())
        while not shell.ended and (line := await reader.readline()):
            said = shell.enter(line.decode("utf-8", "replace"))
            writer.write((said + shell.prompt).encode())
        writer.close()

    # What the shell asks for

    def save(self, settings: Settings) -> None:
        """Keep these settings, also through a loss of power, and put them into force."""
        before, self.settings = self.settings, settings
        self._keep()
        self._soon(self._adapt(before))

    def order(self, word: str) -> str:
        """Begin to carry an order out, and return ""; or return why it cannot be."""
        mode, leads = self.settings["ha"]["mode"], self.state == "MASTER"
        match word:
            case "reboot":
                self._soon(self._go_down(REBOOT))
            case "shutdown":
                self._soon(self._go_down(0))
            case "reload":
                self._soon(self._enter_group(failed=False))
            case _ if mode == "off" or not link(self.settings):
                return "this unit belongs to no group"
            case "restart":
                self._soon(self._enter_group(failed=False))
            case "restore" if (mode == "primary") is leads:
                pass
            case "failover" | "restore" if leads:
                self._soon(self._step_aside())
            case "failover" | "restore" if self.state == "BACKUP":
                assert self._calls is not None
                self._calls.sendto(CALL, (self._peer, CALL_PORT))
            case "restore":
                self._soon(self._take())
            case _:
                return f"this unit neither leads nor follows ({self.state})"
        return ""

    # One at a time

    def _soon(self, work: Coroutine[None, None, None]) -> None:
        """Do this after what was begun before; what goes wrong ends the machine."""

        async def in_turn() -> None:
            async with self._turn:
                await work

        def done(task: asyncio.Task[None]) -> None:
            self._tasks.discard(task)
            error = task.exception()
            if error is not None and not self._ended.done():
                self._ended.set_exception(error)

        task = asyncio.create_task(in_turn())
        self._tasks.add(task)
        task.add_done_callback(done)

    async def _enter_group(self, *, failed: bool) -> None:
        """Begin anew as the mode says; a primary that may have failed goes by on-failure."""
        await self._leave_group()
        mode, on_failure = (self.settings["ha"][keyword] for keyword in ("mode", "on-failure"))
        if mode == "off" or not link(self.settings) or (failed and mode == "primary" and on_failure == "off"):
            return
        if self._takes_back:
            await self._take()
        else:
            await self._become("WAITING")
            self._wait()

    @property
    def _takes_back(self) -> bool:
        """Whether it leads again as soon as it can."""
        ha = self.settings["ha"]
        return ha["mode"] == "primary" and ha["on-failure"] == "restore-role"

    def _wait(self) -> None:
        """Wait for a peer that leads, for as long as a silence of one may last."""
        self._stop_waiting()
        within = int(self.settings["ha"]["hb-lost-threshold"])
        self._alone = asyncio.get_running_loop().call_later(within, lambda: self._soon(self._take()))

    def _stop_waiting(self) -> None:
        if self._alone is not None:
            self._alone.cancel()
            self._alone = None

    async def _leave_group(self) -> None:
        await self._stop()
        await self._become("OFF")

    async def _take(self) -> None:
        """Lead now."""
        await self._stop()
        self._owns = True
        await self._start()

    async def _step_aside(self) -> None:
        """Let the peer lead; where none takes the role, it comes back after the lost threshold."""
        await self._stop()
        await self._postfix.serve(on=False)
        await self._start()

    async def _stop(self) -> None:
        self._stop_waiting()
        self._owns = False
        vrrp, self._vrrp = self._vrrp, None
        if vrrp is not None:
            await vrrp.stop()

    async def _start(self) -> None:
        self._stop_waiting()
        vrrp = Keepalived(RUN, lambda vrrp, role: self._soon(self._follow(vrrp, role)))
        self._vrrp = vrrp
        await vrrp.start(self._configuration(vrrp))

    def _configuration(self, vrrp: Keepalived) -> str:
        return configuration(self.settings, self.addresses, owner=self._owns, fifo=vrrp.fifo)

    async def _adapt(self, before: Settings) -> None:
        """Put saved settings into force."""
        now = self.settings
        if now["ha"]["mode"] != before["ha"]["mode"] or link(before) != link(now):
            await self._leave_group()
            if now["ha"]["mode"] == "primary" and link(now):
                await self._take()
            else:
                await self._enter_group(failed=False)
        elif self._vrrp is not None:
            self._vrrp.reload(self._configuration(self._vrrp))
        elif self.state == "WAITING":
            self._wait()

    async def _follow(self, vrrp: Keepalived, role: str) -> None:
        """Do what a role of keepalived's asks for."""
        if vrrp is not self._vrrp:
            return
        if role == STOP or (role == "FAULT" and self.settings["ha"]["on-failure"] == "off"):
            await self._leave_group()
        elif role == "BACKUP" and self.state == "FAULT":
            await (self._take() if self._takes_back else self._enter_group(failed=True))
        else:
            await self._become(role)
        if role == "MASTER" and self._owns:
            self._owns = False
            vrrp.reload(self._configuration(vrrp))

    async def _become(self, state: str) -> None:
        self.state = state
        await self._postfix.serve(on=state == "MASTER")

    async def _learn(self, shared: tuple[str, ...]) -> None:
        """Follow a peer that leads, and take over what it shares, so that this unit can hold it in turn."""
        if self.state in {"OFF", "MASTER"}:
            return
        before, self.settings = self.settings, learned(self.settings, self.addresses, shared)
        if self.settings != before:
            self._keep()
        if self._vrrp is None:
            await self._start()
        else:
            self._vrrp.reload(self._configuration(self._vrrp))

    async def _go_down(self, code: int) -> None:
        await self._stop()
        await self._postfix.serve(on=False)
        if not self._ended.done():
            self._ended.set_result(code)

    def _hear(self, wire: socket.socket) -> None:
        shared = advertised(wire.recv(2048), self._peer)
        if shared is not None:
            self._soon(self._learn(shared))

    def _called(self, calls: socket.socket) -> None:
        call, (sender, _) = calls.recvfrom(64)
        if (call, sender, self.state) == (CALL, self._peer, "MASTER"):
            self._soon(self._step_aside())

    @property
    def _peer(self) -> str:
        """The peer's address, "" where there is none."""
        port = link(self.settings)
        return self.settings[port]["peer-ip"] if port else ""

    def _keep(self) -> None:
        draft = SAVED.with_suffix(".new")
        with draft.open("w", encoding="utf-8") as file:
            json.dump(self.settings, file)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(SAVED)


def _run(*command: str, told: str = "") -> None:
    subprocess.run(command, input=told, text=True, check=True)  # noqa: S603 - fixed programs


async def main() -> int:
    """Be the unit that this container's environment describes; return the exit code."""
    return await Machine(os.environ).run()


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))

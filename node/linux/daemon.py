"""The unit's software, a child of the machine; its exit code tells what is next."""

from __future__ import annotations

import asyncio
import os
import sys
from functools import partial
from typing import NoReturn

from node.build import REFERENCE, Build
from node.engine.modes import Command
from node.linux import paths, ports, ssh
from node.linux.addresses import Addresses
from node.linux.machine import EXIT_REBOOT, EXIT_RELOAD, EXIT_SHUTDOWN, EXIT_UPGRADE
from node.linux.unit import Unit

EXIT_OF = {
    Command.REBOOT: EXIT_REBOOT,
    Command.RELOAD: EXIT_RELOAD,
    Command.UPGRADE: EXIT_UPGRADE,
    Command.SHUTDOWN: EXIT_SHUTDOWN,
}

LAST_WORDS = 0.05
"""Seconds between the decision to go down and the end, so that the operator's answer still gets out."""


async def serve(build: Build) -> int:
    """Serve until the engine orders a restart; returns the exit code that asks for it."""
    ended: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    def restart(command: Command) -> None:
        asyncio.get_running_loop().call_later(LAST_WORDS, ended.set_result, EXIT_OF[command])

    own = ports.parse(os.environ.get("SWITCHOVER_PORTS", ""))
    own6 = ports.parse(os.environ.get("SWITCHOVER_PORTS6", ""))
    addresses = Addresses(ports.load_devices(paths.DEVICES), own, own6)
    unit = Unit(build, addresses, restart)
    if not unit.in_group:
        # A unit in no pair does not need the group's key: its mail starts while that is derived.
        unit.start()
    await unit.warm()
    unit.start()
    # Last: an operator who is answered sees the mode in force, and may order what needs all of this.
    own_address = addresses.own["port1"].partition("/")[0]
    acceptor = await ssh.listen(own_address, partial(build.shell, unit), unit.body.kept)
    unit.body.watch_carriers()
    code = await ended
    acceptor.close()
    return code


def main(build: Build = REFERENCE) -> NoReturn:
    """Run a unit of this build, and end with the exit code that tells the machine what is next."""
    paths.RUN.mkdir(parents=True, exist_ok=True)
    code = asyncio.run(serve(build))
    # At once: the machine kills whatever still runs in here anyway.
    sys.stdout.flush()
    os._exit(code)

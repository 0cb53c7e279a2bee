"""`python3 -m node.linux.daemon`: the unit's software, a child of the machine; its end code says what it asks for."""

from __future__ import annotations

import asyncio
import os
import sys
from functools import partial
from importlib import import_module
from typing import NoReturn

from node.build import REFERENCE, Build
from node.engine.modes import Command
from node.linux import paths, ports
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
"""Seconds between the decision to go down and doing so: the operator's answer must get out."""


async def serve(build: Build) -> int:
    """Serve until the engine wants a restart; returns the exit code that asks for it."""
    ended: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    def restart(command: Command) -> None:
        asyncio.get_running_loop().call_later(LAST_WORDS, ended.set_result, EXIT_OF[command])

    own = ports.parse(os.environ.get("SWITCHOVER_PORTS", ""))
    own6 = ports.parse(os.environ.get("SWITCHOVER_PORTS6", ""))
    addresses = Addresses(ports.load_devices(paths.DEVICES), own, own6)
    unit = Unit(build, addresses, restart)
    if not unit.in_group and not unit.moved:
        # Alone, nothing needs netlink or the group's key: mail comes up while the rest is still being loaded.
        unit.start()
    # In threads, and after the mail system's start: both go on meanwhile.
    warming = asyncio.create_task(unit.warm())
    await asyncio.to_thread(import_module, "node.linux.ssh")
    from node.linux import ssh  # noqa: PLC0415

    await addresses.open()
    await warming
    unit.start()
    # Last: who is answered learns the mode that is in force, and may order what needs all of the above.
    acceptor = await ssh.listen(addresses.own["port1"].partition("/")[0], partial(build.shell, unit))
    unit.body.watch_carriers()
    code = await ended
    acceptor.close()
    return code


def main(build: Build) -> NoReturn:
    """Run the software of a unit that is built so, and end with the code that asks for what comes next."""
    paths.RUN.mkdir(parents=True, exist_ok=True)
    code = asyncio.run(serve(build))
    # Ending at once: whatever still runs in here is about to be killed by the machine anyway.
    sys.stdout.flush()
    os._exit(code)


if __name__ == "__main__":
    main(REFERENCE)

"""Starts the agent, which serves named requests."""

from __future__ import annotations

import os
import threading

from . import (
    addresses,
    arp,
    bridges,
    impostor,
    link_probe,
    mail_client,
    programs,
    snmp_manager,
    stdio,
    stranger,
    volume,
)
from .growth import Growth
from .heartbeats import Heartbeats
from .load import Load
from .log_server import LogServer
from .namespace import Namespace
from .overhearing import Overhearing
from .protected_server import ProtectedServer

Handlers = dict[str, stdio.Handler]


def offered(report: stdio.Report) -> tuple[Handlers, Handlers]:
    """Requests by name: those that are answered in order, and slow ones that get a thread of their own."""
    crossings, load = bridges.Bridges(), Load(report)
    namespace = Namespace(crossings)
    heartbeats, overhearing = Heartbeats(report), Overhearing()
    watches, sessions, server = mail_client.Watches(report), mail_client.Sessions(), ProtectedServer(report)
    probed, impostors, log_server = link_probe.LinkProbe(), impostor.Impostors(), LogServer(report)
    trap_manager = snmp_manager.TrapManager(report)
    prompt: Handlers = {
        "setup": namespace.setup,
        "cable": namespace.cable,
        "pulled": namespace.pulled,
        "restore": namespace.restore,
        "rules": programs.load_rules,
        "counters": programs.counters,
        "run": programs.shell,
        "lines": volume.lines,
        "search": volume.search,
        "watch-addresses": addresses.Addresses(report).watch,
        "addresses": addresses.held,
        "hear": heartbeats.hear,
        "arrived": heartbeats.arrived,
        "begin": heartbeats.begin,
        "mute": heartbeats.mute,
        "follow": Growth(report).follow,
        "probe-listen": probed.listen,
        "probe-heard": probed.heard,
        "probe-send": link_probe.send,
        "overhear": arp.Announcements(report).overhear,
        "tap": overhearing.tap,
        "tapped": overhearing.tapped,
        "setup-bridges": crossings.setup,
        "passed": crossings.passed,
        "bridged": bridges.bridged,
        "watch": watches.watch,
        "unwatch": watches.unwatch,
        "sessions-close": sessions.close,
        "load-start": load.start,
        "load-end": load.end,
        "log-server-listen": log_server.listen,
        "log-server-leave": log_server.leave,
        "trap-manager-listen": trap_manager.listen,
        "trap-manager-leave": trap_manager.leave,
        "serve-mail": server.serve,
        "take": server.take,
        "stalled": server.stalled,
        "impostor": impostors.listen,
        "impostors-stop": impostors.stop,
    }
    slow: Handlers = {
        "probe": link_probe.probe,
        "who-has": arp.who_has,
        "cross": crossings.cross,
        "intrude": stranger.intrude,
        "banner": mail_client.ask,
        "greeting": impostor.greeting,
        "send": mail_client.send,
        "read": mail_client.read,
        "load-stop": load.stop,
        "message-begin": sessions.begin_message,
        "message-end": sessions.end_message,
        "session-open": sessions.open,
        "session-ask": sessions.ask,
        "snmp-ask": snmp_manager.ask,
    }
    return prompt, slow


def main() -> None:
    """Serve requests until stdin ends."""
    output = stdio.Output()
    prompt, slow = offered(output.event)
    output.event("ready", stdio.now(), pid=os.getpid())
    for request in stdio.requests():
        name = str(request["do"])
        if name in slow:
            threading.Thread(target=output.answer, args=(request, slow[name]), daemon=True).start()
        else:
            output.answer(request, prompt[name])


if __name__ == "__main__":
    main()

"""What the reference unit sends arrives at the lab's agents as it was sent, once."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path

from lab.images.agent.log_server import LogServer
from lab.images.agent.protected_server import Listener, Taking
from node.linux.alert_mail import SUFFIX, AlertQueue
from node.reporting import AlertMail
from tests.lab.events import Events


def await_(condition: Callable[[], object]) -> None:
    """Wait until a condition holds."""
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        threading.Event().wait(0.01)


def test_an_alert_that_is_put_off_is_kept_and_arrives_once(tmp_path: Path) -> None:
    """It is a file until the server has taken it. Source: HA-654."""
    takes, events = Taking(), Events()
    takes.change("later")
    with Listener("127.0.0.1", events, takes, port=0) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        alerts = AlertQueue(tmp_path, ("127.0.0.1", server.server_address[1]), lambda: "unit")
        alerts.start()
        alerts.add(AlertMail("a@example.com", "one\ntwo"))
        alerts.wait_until_kept(20)
        assert len(list(tmp_path.glob(f"*{SUFFIX}"))) == 1
        takes.change("now")
        await_(lambda: not list(tmp_path.glob(f"*{SUFFIX}")))
        server.shutdown()
    (mail,) = events.seen
    assert mail["recipients"] == ["a@example.com"]
    assert str(mail["text"]).replace("\r", "").endswith("\none\ntwo\n")


def test_a_log_server_receives_only_while_it_listens() -> None:
    """Each datagram is reported as it came, and what is sent while nobody listens is lost."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    events = Events()
    server = LogServer(events, port)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as unit:
        server.listen({"address": "127.0.0.1"})
        unit.sendto(b"<5>one", ("127.0.0.1", port))
        await_(lambda: len(events.seen) == 1)
        server.leave({})
        unit.sendto(b"<5>two", ("127.0.0.1", port))
        server.listen({"address": "127.0.0.1"})
        unit.sendto(b"<5>three", ("127.0.0.1", port))
        await_(lambda: len(events.seen) == 2)
        server.leave({})
    assert [each["text"] for each in events.seen] == ["<5>one", "<5>three"]

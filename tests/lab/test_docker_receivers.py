"""What the reference unit sends arrives at the lab's agents as it was sent, once."""

from __future__ import annotations

import smtplib
import socket
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from typing import cast

import pytest

from lab.contract import Sink, Snmp
from lab.docker.agent import Agent
from lab.docker.mail import deliverer
from lab.docker.receivers import DockerReceivers, trap_in
from lab.docker.recorder import Recorder
from lab.docker.subnets import Plan
from lab.images.agent import snmp_manager
from lab.images.agent.log_server import LogServer
from lab.images.agent.protected_server import Listener, Taking
from lab.timeline import Kind
from node.linux.alert_mail import SUFFIX, AlertQueue
from node.linux.netlink import Netlink
from node.reporting import AlertMail
from tests.alone import alone
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


def test_an_alert_whose_connection_has_died_is_sent_again_soon() -> None:
    """Its own address may be another unit's by now: then no answer comes, and nothing ends the connection."""
    alone(lose_the_way_of_an_alert)


def talks_to(port: int) -> bool:
    """Whether a process here has an established connection to this port, as its client."""
    rows = map(str.split, Path("/proc/net/tcp").read_text().splitlines()[1:])
    return any(row[2].endswith(f":{port:04X}") and row[3] == "01" for row in rows)


def lose_the_way_of_an_alert() -> None:
    """Take the loopback away in the midst of a session, until the client has noticed; in a namespace of its own."""
    lo, netlink = socket.if_nametoindex("lo"), Netlink()
    netlink.set_link(lo, up=True)
    takes, events = Taking(), Events()
    takes.change("never")
    with TemporaryDirectory() as room, Listener("127.0.0.1", events, takes, port=0) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        alerts = AlertQueue(Path(room), ("127.0.0.1", server.server_address[1]), lambda: "unit")
        alerts.start()
        alerts.add(AlertMail("a@example.com", "one"))
        await_(takes.waiting)
        netlink.set_link(lo, up=False)
        await_(lambda: not talks_to(server.server_address[1]))
        netlink.set_link(lo, up=True)
        takes.change("now")
        await_(lambda: not list(Path(room).glob(f"*{SUFFIX}")))
        server.shutdown()
    assert len(events.seen) == 1


def test_alerts_are_put_off_and_left_unanswered_apart_from_other_mail() -> None:
    """By what their recipients are called; a server that answers no alert has not refused it."""
    takes, alerts, events = Taking(), Taking(), Events()
    with Listener("127.0.0.1", events, takes, port=0, alerts=alerts) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()

        def hand_over(recipient: str) -> None:
            with smtplib.SMTP("127.0.0.1", server.server_address[1], timeout=20) as client:
                client.sendmail("unit@example.com", [recipient], "Subject: x\r\n\r\ntext\r\n")

        alerts.change("later")
        hand_over("user@example.com")
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            hand_over("first@alerts.example")
        takes.change("later")
        alerts.change("never")
        with ThreadPoolExecutor() as pool:
            handed = pool.submit(hand_over, "first@alerts.example")
            await_(alerts.waiting)
            assert not takes.waiting()
            alerts.change("now")
            handed.result(20)
        server.shutdown()
    assert [each["recipients"] for each in events.seen] == [["user@example.com"], ["first@alerts.example"]]


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


PRINTED = "\t".join(
    (
        *("trap", "UDP: [10.97.1.2]:162->[10.97.1.50]:162", "TRAP2, SNMP v3, user manager, context ", ".", "0"),
        *(".1.3.6.1.2.1.1.3.0 0:0:00:01.00", ".1.3.6.1.6.3.1.1.4.1.0 .1.3.6.1.4.1.12356.105.0.203"),
        *('.1.3.6.1.4.1.12356.105.1.2.0 "SN"', ".1.3.6.1.4.1.12356.105.1.14.0 1", ".1.3.6.1.4.1.99 2"),
    )
)


def test_a_trap_is_read_as_it_was_printed() -> None:
    """Objects in their order, in the names of the MIB where it has them."""
    told = 'fmlTrapHAEvent fmlSysSerial="SN" fmlHAEventId="1" 1.3.6.1.4.1.99="2"'
    assert trap_in(PRINTED) == ("10.97.1.2", Sink.TRAPS_V3, told)


def test_a_trap_of_the_first_version_is_named_by_enterprise_and_number() -> None:
    """Source: RFC 3584, 3.1."""
    fields = ("trap", "UDP: [10.97.1.1]:162->[10.97.1.50]:162", "TRAP, SNMP v1, community switchover-v1")
    printed = "\t".join((*fields, ".1.3.6.1.4.1.12356.105", ".201", ".1.3.6.1.4.1.12356.105.1.11.0 2"))
    assert trap_in(printed) == ("10.97.1.1", Sink.TRAPS_V1, 'fmlTrapSystemEvent fmlSysEventCode="2"')


class Asked:
    """Stands for an agent: keeps what it is asked, and answers a manager's question."""

    def __init__(self, *values: str) -> None:
        """Answer with these values."""
        self.asked: list[str] = []
        self._values = list(values)

    def ask(self, do: str, **_: object) -> dict[str, object]:
        """Take a request."""
        self.asked.append(do)
        return {"values": self._values}


@pytest.mark.parametrize(
    ("address", "hardware", "unit"),
    [
        ("10.97.3.100", "02:42:0a:61:03:01", "P"),
        ("10.97.3.1", "", "P"),
        ("10.97.3.2", "02:42:0a:61:03:32", "S"),
        ("10.97.3.100", "", None),
    ],
)
def test_who_delivers_from_a_shared_address_is_known_by_its_hardware(
    address: str, hardware: str, unit: str | None
) -> None:
    """With the failover action `set` a primary has no other address."""
    assert deliverer({"client": address, "hardware": hardware}, HARDWARE, Plan(97)) == unit


HARDWARE = {"02:42:0a:61:03:01": "P"}


def receivers(client: Asked, recorder: Recorder | None = None) -> DockerReceivers:
    """Return receivers with this client."""
    return DockerReceivers(
        cast("Agent", client),
        cast("Agent", Asked()),
        Plan(97),
        cast("Recorder", recorder or SimpleNamespace()),
        HARDWARE,
    )


def test_the_managers_of_all_versions_are_one_program() -> None:
    """They leave and come back together."""
    client = Asked()
    lab = receivers(client)
    lab.leave(Sink.TRAPS_V1)
    lab.come_back(Sink.TRAPS_V3)
    lab.begin()
    assert client.asked == [
        *("trap-manager-leave", "trap-manager-listen"),
        *("log-server-listen", "trap-manager-listen"),
    ]


@pytest.mark.parametrize(("values", "modes"), [(("1", "2"), (1, 2)), ((), None), (("1", "No Such Object"), None)])
def test_a_question_without_two_numbers_as_answer_has_none(
    values: tuple[str, ...], modes: tuple[int, int] | None
) -> None:
    """Whether nobody answers, or the unit has no such object."""
    assert receivers(Asked(*values)).ask_modes("P", Snmp.V2C) == modes


def test_a_trap_is_noted_for_the_unit_that_has_sent_it() -> None:
    """One from anybody else is not."""
    recorder = Recorder()
    recorder.note(0.5, Kind.CLI, "S", line="config system ha")
    lab = receivers(Asked(), recorder)
    for text in (PRINTED, PRINTED.replace("10.97.1.2", "10.97.1.9")):
        lab.take({"event": "trapped", "at": 1.0, "text": text})
    noted = [(entry.at, entry.subject, entry.detail["sink"]) for entry in recorder.timeline.of(Kind.REPORT)]
    assert noted == [(1.0, "S", Sink.TRAPS_V3.value)]


@pytest.mark.parametrize("entered", [(), (1.5,)])
def test_what_comes_before_anything_was_entered_is_of_the_scenario_before(entered: tuple[float, ...]) -> None:
    """A unit has nobody to report to then; on a busy machine a manager prints what it has got a moment later."""
    recorder = Recorder()
    for at in entered:
        recorder.note(at, Kind.CLI, "S", line="config system ha")
    receivers(Asked(), recorder).take({"event": "trapped", "at": 1.0, "text": PRINTED})
    assert not recorder.timeline.of(Kind.REPORT)


PROGRAM = """#!/bin/sh
echo "NET-SNMP version 5.9"
printf 'trap\\tone\\n'
exec sleep 60
"""


def test_a_manager_that_is_asked_to_be_fresh_starts_anew_only_if_it_has_heard_something(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that has heard nothing knows no engine; and while it runs it is not started twice."""
    program = tmp_path / "snmptrapd"
    program.write_text(PROGRAM)
    program.chmod(0o755)
    monkeypatch.setattr(snmp_manager, "SNMPTRAPD", str(program))
    events = Events()
    manager = snmp_manager.TrapManager(events)
    for fresh in (False, False):
        manager.listen({"address": "127.0.0.1", "settings": "", "fresh": fresh})
    await_(lambda: len(events.seen) == 1)
    manager.listen({"address": "127.0.0.1", "settings": "", "fresh": True})
    await_(lambda: len(events.seen) == 2)
    manager.leave({})
    assert [each["text"] for each in events.seen] == ["trap\tone"] * 2


def test_a_manager_that_cannot_listen_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The program ends before it has printed that it listens."""
    program = tmp_path / "snmptrapd"
    program.write_text("#!/bin/sh\necho couldn\\'t open\n")
    program.chmod(0o755)
    monkeypatch.setattr(snmp_manager, "SNMPTRAPD", str(program))
    with pytest.raises(RuntimeError, match="does not listen"):
        snmp_manager.TrapManager(Events()).listen({"address": "127.0.0.1", "settings": ""})

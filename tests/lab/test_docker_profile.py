"""What a lab of containers does with the profiles of its units: environment, names, capabilities, timing, facts."""

from __future__ import annotations

import socket
import threading
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest
from docker.errors import APIError

from lab import wires
from lab.contract import Capability
from lab.docker import driver
from lab.docker.capabilities import lacking
from lab.docker.commands import _tested
from lab.docker.driver import told_of
from lab.docker.images import Images, Software, ensure, tags
from lab.docker.mail import DockerMail
from lab.docker.names import PROFILE, UNIT, UNIT_KIND, UNITS
from lab.docker.rack import PASSWORD, Badge, Rack, not_started
from lab.docker.recorder import Recorder
from lab.docker.subnets import Plan
from lab.docker.testbed import RESOLUTION, timing_of
from lab.errors import LabError
from lab.images.agent import mail_client
from lab.profiles import named
from lab.profiles.fields import PLACEHOLDERS
from lab.profiles.record import Secret, UnitProfile
from lab.registry import Options
from lab.timeline import Entry, Kind
from lab.under_test import Implementation, UnderTest

REFERENCE, BLACK_BOX = named("reference"), named("black-box")
SECRET = "s3cr3t-of-the-vendor"  # noqa: S105 - a test's own


def rack(primary: UnitProfile, secondary: UnitProfile = BLACK_BOX) -> Rack:
    """Return the hardware of a lab with these units; nothing of it is made."""
    nothing: Any = None
    software = {
        unit: Software({"": "vendor/mail"}, (), it) for unit, it in zip("PS", (primary, secondary), strict=True)
    }
    return Rack(nothing, Badge("run", "lab", "me"), Images("agent", "toxiproxy", UnderTest(), software), Plan(97))


def test_the_reference_unit_is_told_what_it_was_told_before_it_had_a_profile() -> None:
    """Its addresses of both families, where to pass mail on, its serial number and its password."""
    told = {name: rack(REFERENCE).filled(template, "P") for name, template in REFERENCE.container.environment.items()}
    assert told == {
        "SWITCHOVER_PORTS": "port1=10.97.1.1/24,port3=10.97.3.1/24,port5=10.97.5.1/24,port6=10.97.6.1/24",
        "SWITCHOVER_PORTS6": "port3=fd53:7769:97:3::1/64,port5=fd53:7769:97:5::1/64,port6=fd53:7769:97:6::1/64",
        "SWITCHOVER_RELAY": "10.97.3.200:25",
        "SWITCHOVER_SERIAL": "SWO000000000P",
        "SWITCHOVER_ADMIN_PASSWORD": PASSWORD,
    }


@pytest.mark.parametrize("name", PLACEHOLDERS)
def test_each_placeholder_has_a_value(name: str) -> None:
    """What a profile may name, the lab fills in; each unit gets its own."""
    values = [rack(BLACK_BOX).filled(f"<{{{name}}}>", unit) for unit in UNITS]
    assert all(value not in {"<>", f"<{{{name}}}>"} for value in values)
    shared = {"relay", "relay_host", "relay_port", "server", "password"}
    assert (values[0] == values[1]) is (name in shared)


def secretive(unit: UnitProfile) -> UnitProfile:
    """Return the profile of a unit whose password is in the environment."""
    return replace(unit, login=replace(unit.login, password_from="VENDOR_PASSWORD"))  # noqa: S106 - a name


def test_a_password_from_the_environment_is_in_no_text_and_on_no_label(monkeypatch: pytest.MonkeyPatch) -> None:
    """The container has it, and nothing that a report may hold."""
    monkeypatch.setenv("VENDOR_PASSWORD", SECRET)
    made = rack(secretive(BLACK_BOX))
    assert made.filled("{password}", "P") == SECRET
    assert made.masked(f"set password {SECRET}") == "set password ******"
    assert SECRET not in repr(made.password("P"))
    assert SECRET not in str(made._unit_labels("P"))
    entry = Entry(0.0, Kind.CLI, "P", {"line": f"set password {SECRET}", "refused": False})
    assert entry.masked(made.masked).detail == {"line": "set password ******", "refused": False}


@pytest.mark.parametrize("text", ["it's", 'say "it\'s"', "back\\slash", "back\\slash's", "**"])
def test_a_password_is_masked_as_a_message_shows_it_too(text: str) -> None:
    """With the escapes of `repr`, which messages use."""
    told = {f"the {text}", repr(f"the {text}"), repr(f"the '{text}' and \"this\"")}
    for each in told:
        assert text not in Secret(text).masked(each).replace("******", "")
        assert Secret(text).masked(each).count("******") == 1


def test_what_docker_says_of_a_unit_has_no_password_in_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its words may repeat what the lab has told it."""
    monkeypatch.setenv("VENDOR_PASSWORD", SECRET)
    made = rack(secretive(BLACK_BOX))
    for words in (f"invalid environment variable: {SECRET}", f"OCI runtime create failed: {SECRET}"):
        told = str(not_started(made, "P", APIError("400", explanation=words)))
        assert SECRET not in told
        assert "******" in told


def test_an_image_that_docker_will_not_look_for_is_told() -> None:
    """In one line, as each of Docker's refusals."""

    def get(_tag: str) -> None:
        raise APIError("500", explanation="invalid reference format")

    client: Any = SimpleNamespace(images=SimpleNamespace(get=get))
    with pytest.raises(LabError, match=r"looking for the image .*: Docker refused \(invalid reference format\)"):
        ensure(client, UnderTest())


def test_the_password_that_the_lab_makes_up_is_no_secret() -> None:
    """It opens units that nothing outside the host reaches; masking it would spoil texts with that word in them."""
    assert rack(BLACK_BOX).masked(f"the {PASSWORD}") == f"the {PASSWORD}"


def test_an_adopted_lab_knows_its_units_by_their_labels() -> None:
    """Kind and profile are read back, of each unit by itself."""
    units = UnderTest.named("P=image:vendor/mail:7", "S=wrong:keeps-its-address")
    nothing: Any = None
    made = Rack(nothing, Badge("run", "lab", "me"), tags(units), Plan(97))
    labels = [{"Labels": made._unit_labels(unit)} for unit in UNITS]
    assert labels[0]["Labels"] == {UNIT: "P", UNIT_KIND: "image:vendor/mail:7", PROFILE: "black-box"}
    client: Any = SimpleNamespace(api=SimpleNamespace(containers=lambda **_how: labels))
    found = _tested(client, "lab")
    assert (found["P"], found["S"].described_by) == (Implementation("image", "vendor/mail:7", "black-box"), "reference")
    assert str(found["S"]) == "wrong:keeps-its-address"


def lacks(primary: Software, secondary: Software) -> Mapping[Capability, str]:
    """Return what a lab with these units lacks, by the wires of their profiles."""
    units = {"P": primary, "S": secondary}
    return lacking(units, {unit: wires.named(software.profile.wire) for unit, software in units.items()})


OURS = Software({"7.0.0": "unit:1", "7.0.1": "unit:2"}, (), REFERENCE)
THEIRS = Software({"": "vendor/mail"}, (), BLACK_BOX)


def test_a_pair_of_reference_units_lacks_nothing() -> None:
    """The lab builds both releases, and its profile and wire know the rest."""
    assert lacks(OURS, OURS) == {}


def test_a_black_box_lacks_what_only_its_own_side_shows() -> None:
    """Mail storage, its log's words, the next synchronizations, its process, its wire, restarts, releases, a disk."""
    missing = lacks(THEIRS, THEIRS)
    assert set(missing) == {
        *(Capability.STORAGE, Capability.READING, Capability.NAS, Capability.SAYINGS),
        *(Capability.COPIES, Capability.SCHEDULE),
        *(Capability.HEARTBEAT, Capability.SPEAK, Capability.CRASH, Capability.MEMORY, Capability.BOOT_DELAY),
        *(Capability.UPGRADE, Capability.FACTORY_RESET, Capability.DISK),
    }
    assert all(reason.startswith("units P and S: ") for reason in missing.values())


def test_a_pair_can_do_what_both_units_allow() -> None:
    """The reason names the unit that does not."""
    missing = lacks(OURS, THEIRS)
    assert missing[Capability.SAYINGS] == "unit S: its profile 'black box' names no words of its log (log.says)"
    assert lacks(THEIRS, OURS)[Capability.SAYINGS].startswith("unit P: ")
    assert missing.keys() == lacks(THEIRS, THEIRS).keys()


def test_upgrades_need_the_same_releases_on_both_sides() -> None:
    """One image each, or other releases on the other side: nothing to install."""
    alone = replace(OURS, releases={"": "unit:1"})
    assert lacks(alone, alone) == {
        Capability.UPGRADE: "units P and S: its profile names no next release (release.image)"
    }
    other = replace(OURS, releases={"7.4": "a", "7.6": "b"})
    assert lacks(OURS, other) == {Capability.UPGRADE: "units P and S are of different releases"}


def test_a_lab_is_as_slow_as_the_slower_of_its_units() -> None:
    """Each limit by itself; the resolution is the lab's."""
    slow = replace(BLACK_BOX.times, slack=0.6, boot=90.0)
    timing = timing_of([REFERENCE.times, slow])
    assert (timing.slack, timing.boot, timing.settle) == (0.6, 90.0, REFERENCE.times.settle)
    assert timing.resolution == RESOLUTION


def test_facts_name_profile_and_release_of_each_unit() -> None:
    """Once for both where it is the same; a slack that is more than the lab's own is there with its reason."""
    told = told_of({"P": OURS, "S": OURS}, {"P": "7.0.0", "S": "7.0.0"})
    assert told == {
        "unit profile": f"Switchover reference unit (reference, {REFERENCE.digest})",
        "unit version": "Switchover reference unit 7.0.0",
    }
    slow = replace(BLACK_BOX, times=replace(BLACK_BOX.times, slack=0.6, reason="it writes to a slow disk"))
    told = told_of({"P": OURS, "S": replace(THEIRS, profile=slow)}, {"P": "7.0.0", "S": ""})
    assert told["unit version"] == "P: Switchover reference unit 7.0.0, S: black box"
    assert told["unit slack"] == "S: 0.6 s: it writes to a slow disk"


@pytest.mark.parametrize(
    ("greeting", "unit"),
    [
        ("mx-a", "P"),
        ("MX-A.example.com", "P"),
        ("mail.b.example.com", "S"),
        ("mail.c.example.com", None),
        ("unit-p", None),
        (None, None),
    ],
)
def test_a_unit_is_known_by_the_name_in_its_greeting(greeting: str | None, unit: str | None) -> None:
    """With or without a domain, in whatever case; a name that no profile has is nobody's."""
    nothing: Any = None
    greetings = {"P": "mx-a", "S": "mail.b.example.com"}
    mail = DockerMail(
        nothing, nothing, Plan(97), Recorder(), probing=nothing, hardware={}, greetings=greetings, passwords={}
    )
    assert mail.unit_of(greeting) == unit


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("220 mx-a ESMTP ready\r\n", "mx-a"),
        ("220-mx-a here\r\n220 welcome\r\n", "mx-a"),
        ("220 mx-a\r\n", "mx-a"),
        ("554 mx-a no\r\n", None),
        ("220\r\n", None),
        ("", None),
    ],
)
def test_a_greeting_is_read_in_one_line_or_several(
    monkeypatch: pytest.MonkeyPatch, words: str, name: str | None
) -> None:
    """RFC 5321 allows both."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def greet() -> None:
            visitor, _ = server.accept()
            with visitor:
                visitor.sendall(words.encode())

        greeter = threading.Thread(target=greet)
        greeter.start()
        here = server.getsockname()
        dial = socket.create_connection
        monkeypatch.setattr(socket, "create_connection", lambda _there, timeout: dial(here, timeout))
        assert mail_client.banner("192.0.2.1", 2.0)[0] == name
        greeter.join()


class PaperLabParts:
    """A rack and a testbed that note what becomes of them, and fail where a test wants it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, **fails: BaseException) -> None:
        """Put them into the place of the lab's own."""
        self.fails = fails
        self.done: list[str] = []
        self.testbed = SimpleNamespace(
            units={unit: SimpleNamespace(release=partial(self.does, "release")) for unit in UNITS},
            boot=partial(self.does, "boot"),
            close=partial(self.does, "close"),
            wires={unit: wires.named(REFERENCE.wire) for unit in UNITS},
            timing=None,
            recorder=Recorder(),
            links={},
            mail=None,
            receivers=None,
        )
        self.rack = SimpleNamespace(
            build=partial(self.does, "build"),
            no_disks="",
            remove=partial(self.does, "remove"),
            masked=str,
            client=SimpleNamespace(close=partial(self.does, "end")),
        )
        monkeypatch.setattr(driver, "Rack", lambda *_: self.rack)
        monkeypatch.setattr(driver, "Testbed", lambda _: self.testbed)
        monkeypatch.setattr(driver, "facts", lambda *_: {})

    def does(self, what: str) -> str:
        """Do one thing, or fail."""
        self.done.append(what)
        if what in self.fails:
            raise self.fails[what]
        return "7.0.0"

    def lab(self) -> driver.DockerLab:
        """Return a lab of reference units, made of these parts."""
        nothing: Any = None
        made = Images("agent", "toxiproxy", UnderTest(), {"P": OURS, "S": OURS})
        return driver.DockerLab(nothing, Badge("run", "lab", "me"), made, Options())


def test_a_lab_that_is_interrupted_while_it_collects_facts_is_removed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The units are up by then, and nobody else would take them down."""
    parts = PaperLabParts(monkeypatch, release=KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        parts.lab()
    assert parts.done == ["build", "boot", "release", "close", "remove"]


def test_a_lab_is_removed_even_if_its_sessions_do_not_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """And what went wrong is still told."""
    parts = PaperLabParts(monkeypatch, close=TimeoutError())
    lab = parts.lab()
    with pytest.raises(TimeoutError):
        lab.close()
    assert parts.done[-3:] == ["close", "remove", "end"]

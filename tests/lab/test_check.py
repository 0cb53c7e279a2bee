"""`python -m lab check`: each check in order, one line for what is wrong, its exit code, nothing left behind."""

from __future__ import annotations

import re
import signal
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from lab.__main__ import HARNESS, INCONCLUSIVE, main
from lab.arguments import USAGE, interpreter
from lab.contract import Area, Capability
from lab.docker import check, images
from lab.docker.check import Checkup
from lab.docker.operator import ShutOut, Step
from lab.errors import BootFailed, CliLost, LabError, ResetUnclean
from lab.profiles import named
from lab.standard_pair import PAIR
from tests.lab.paper_shell import PASSWORD
from tests.lab.paper_testbed import PaperTestbed

HOUSE = Path(__file__).parents[2]

Spoil = Callable[[PaperTestbed], object]

BLACK_BOX = named("black-box")

NAMES = [
    *("starts", "reach", "login", "prompt", "modes", "first state"),
    *("change", "pair", "mail", "fault", "power", "reset"),
]
"""The checks of a running lab, in order."""


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for nothing longer than a test needs, and reset units on paper."""
    monkeypatch.setattr(check, "STAYS_UP", 0.01)
    for name in ("NOTICED", "GREETS", "BOTH_WAYS"):
        monkeypatch.setattr(check, name, 0.01)
    monkeypatch.setattr(check, "reset", lambda testbed: [unit.reset() for unit in testbed.units.values()])


def checked(testbed: PaperTestbed) -> tuple[list[str], LabError | None]:
    """Return the names of the checks that a pair passes, and what ends it."""
    said: list[str] = []
    fake: Any = testbed
    try:
        Checkup(fake).run(said.append)
    except LabError as error:
        return [name for name in NAMES if any(line.startswith(f"ok {name} ") for line in said)], error
    assert [line[3:14].rstrip() for line in said] == NAMES
    return NAMES, None


def test_a_pair_that_does_what_the_lab_needs_passes_every_check() -> None:
    """One line for each, in order, with what it showed; the settings that were entered are undone."""
    testbed, said = PaperTestbed(), list[str]()
    fake: Any = testbed
    Checkup(fake).run(said.append)
    assert [line.split("  ")[0].removeprefix("ok ") for line in said] == NAMES
    told = dict(zip(NAMES, (line[16:] for line in said), strict=True))
    assert told["reach"] == "10.0.1.1:22 and 10.0.1.2:22"
    assert told["modes"] == "off and off, release 7.0.0"
    assert told["mail"] == "a message is passed on; P greets as 'unit-p', the greeting of S is 'unit-s'"
    assert testbed.cuts == ["black-hole", "heal"]
    assert {unit.threshold for unit in testbed.units.values()} == {15}
    assert {"set hb-lost-threshold 16", "set hb-lost-threshold 15", "xyzzy"} <= set(testbed.units["S"].entered)


def shown(**fields: Any) -> Spoil:  # noqa: ANN401 - fields of a paper unit
    """Spoil unit S."""

    def spoil(testbed: PaperTestbed) -> None:
        for name, value in fields.items():
            setattr(testbed.units["S"], name, value)

    return spoil


def mail(**fields: Any) -> Spoil:  # noqa: ANN401 - fields of the paper mail network
    """Spoil the mail network."""

    def spoil(testbed: PaperTestbed) -> None:
        for name, value in fields.items():
            setattr(testbed.mail, name, value)

    return spoil


def greets(name: str | None, *, unit: str = "S") -> Spoil:
    """Let a unit, or whoever has the virtual address, greet otherwise or not at all."""

    def spoil(testbed: PaperTestbed) -> None:
        address = PAIR.address(PAIR.mail, unit).partition("/")[0]
        testbed.mail.greets[address] = name  # type: ignore[assignment] # None: nobody greets

    return spoil


def described(**parts: Any) -> Spoil:  # noqa: ANN401 - parts of a profile
    """Give the units another profile."""

    def spoil(testbed: PaperTestbed) -> None:
        for unit in testbed.units.values():
            unit.profile = replace(unit.profile, **parts)

    return spoil


def find(pattern: str) -> Any:  # noqa: ANN401 - a field of a profile
    """Return pages on which links are found by this pattern."""
    return replace(BLACK_BOX.pages, link=re.compile(pattern))


def events(files: dict[str, str], **parts: Any) -> Spoil:  # noqa: ANN401 - parts of the events in a profile
    """Give the units a profile that names files of events, and these files."""

    def spoil(testbed: PaperTestbed) -> None:
        described(events=replace(BLACK_BOX.events, **parts))(testbed)
        for unit in testbed.units.values():
            unit.files = files

    return spoil


WRONG: dict[str, tuple[Spoil, str, list[str]]] = {
    "it ends at once": (
        lambda testbed: setattr(testbed.units["S"].power, "ended_with", 127),
        "starts",
        ["the container ended with 127; its last words: no licence"],
    ),
    "another release": (
        lambda testbed: testbed.rack.images.units.update(S=images.Software({"8.0": "a", "8.1": "b"}, (), BLACK_BOX)),
        "modes",
        ["unit S prints the release '7.0.0', not 8.0; look at pages.release and release.first"],
    ),
    "not as at first": (
        shown(left="its modes are primary and primary"),
        "first state",
        ["unit S is not in its first state (its modes are primary and primary); reset.first is off; let the image"],
    ),
    "no settings": (
        shown(page="nothing\n"),
        "change",
        ["'get system ha' of unit S shows no hb-lost-threshold; it prints 'nothing'"],
    ),
    "settings that do not change": (
        shown(stuck=True),
        "change",
        ["unit S accepted 'set hb-lost-threshold 16', and 'get system ha' shows 15"],
    ),
    "a refused setting": (
        shown(refuses=("set hb-lost-threshold 16", "xyzzy")),
        "change",
        ["unit S refuses config system ha / set hb-lost-threshold 16 / end: 'Command fail.\\nno'; look at cli.refusal"],
    ),
    "refuses nothing": (
        shown(refuses=()),
        "change",
        [
            "the answer of unit S to 'xyzzy' does not match cli.refusal '^(?:Command fail|",
            "|HA secondary can)'; it was ''",
        ],
    ),
    "no greeting": (
        greets(None, unit="P"),
        "mail",
        ["nobody greets at 10.0.3.1:25 within 0.1 s, where unit P leads; let the primary take mail"],
    ),
    "one greeting": (
        greets("unit-p"),
        "mail",
        ["both units greet as 'unit-p'; give each a name of its own"],
    ),
    "another greeting": (
        greets("mx-b"),
        "mail",
        ["unit S greets as 'mx-b', not 'unit-s', and unit P as 'unit-p'; set mail.greeting"],
    ),
    "another greeting, of a unit alone": (
        lambda testbed: testbed.mail.greets.update({"10.0.3.1": "mx-a", "10.0.3.100": "mx-a", "10.0.3.2": ""}),
        "mail",
        ["unit P greets as 'mx-a', not 'unit-p', and that of unit S follows; set mail.greeting"],
    ),
    "another question": (
        shown(asks="Sure? [Y/n]"),
        "power",
        ["no question; it printed Sure? [Y/n]"],
    ),
    "no such process": (
        shown(resident=0, profile=replace(BLACK_BOX, container=replace(BLACK_BOX.container, pid_file="/x"))),
        "pair",
        ["container.pid_file '/x' names no process of unit S; let it hold"],
    ),
    "alerts under another key": (
        events({"/a": '{"body": "off to primary"}\n'}, alerts="/a"),
        "pair",
        ["alerts.file '/a' of unit P has no line of JSON with alerts.text 'text'; the mode", 'is \'{"body": "off to'],
    ),
    "no alerts": (
        events({}, alerts="/a"),
        "pair",
        ["alerts.file '/a' of unit P has no line", "its last line is missing"],
    ),
    "traps with a word for a code": (
        events({"/t": '{"trap": "fmlTrapHAEvent", "event": "master"}\n'}, traps="/t"),
        "pair",
        ["traps.file '/t' of unit P has no line of JSON with traps.name 'trap' and traps.code 'event', a number; the"],
    ),
    "a refused message": (
        mail(outcome="refused"),
        "mail",
        ["unit P has refused a message to user@example.com: \"(554, b'no\\\\r\\\\nrelay')\"; let it take mail"],
    ),
    "a message that stays": (
        mail(delivers=False),
        "mail",
        ["unit P has accepted a message, and not delivered it within 0.1 s; let it pass mail for", " 10.0.3.200:25"],
    ),
    "no pair": (
        shown(follows="off"),
        "pair",
        ["no pair within 0.1 s: P is primary, S is off; the suite cannot judge units that form none"],
    ),
    "no heartbeat": (
        lambda testbed: setattr(testbed, "silent", ("P", "S")),
        "pair",
        ["the lab saw no heartbeat arrive at either unit within 0.1 s; set wire to"],
    ),
    "no mail at the virtual address": (
        greets(None, unit="virtual"),
        "mail",
        ["nobody greets at 10.0.3.100:25 within 0.1 s, where unit P leads"],
    ),
    "a pattern of links": (
        described(pages=find("^Link (?P<link>.) (?P<state>.)")),
        "pair",
        [
            "pages.link '^Link (?P<link>.) (?P<state>.)' finds nothing on the page 'get system ha status' (pages.",
            "detail) of unit P; it prints 'Heartbeat primary: up\\nPeer: 7.0.0'",
        ],
    ),
    "a log that is not there": (
        described(events=replace(BLACK_BOX.events, log="/data/log")),
        "pair",
        ["log.stamp finds the time of no line in the log of unit P; its last line is missing; look at log.file"],
    ),
    "a queue that is elsewhere": (
        described(mail=replace(BLACK_BOX.mail, queue="/data/var/spool")),
        "mail",
        ["mail.queue is /data/var/spool, and unit P has neither that nor the folder /data/var; set mail.queue to"],
    ),
    "a store that is elsewhere": (
        described(mail=replace(BLACK_BOX.mail, stores={Area.ARCHIVE: "/data/mial/archive"})),
        "mail",
        ["mail.stores.archive is /data/mial/archive, and unit P has neither that nor the folder /data/mial"],
    ),
    "a fault that does not show": (
        lambda testbed: setattr(testbed, "unproven", True),
        "fault",
        ["unit P sent its peer 3 packets past the lab (VRRP); set wire to what the units speak"],
    ),
    "settings that power takes": (
        shown(forgets=True),
        "power",
        ["unit S was secondary, and came back without its settings as off", "set container.volume"],
    ),
    "settings that a reset leaves": (
        shown(keeps=True),
        "reset",
        ["'get system ha' of unit S reads otherwise after a reset: 'hb-lost-threshold : 90'; look at reset"],
    ),
}
"""What a vendor's unit may have wrong, the check that finds it, and what that says."""


@pytest.mark.parametrize("what", WRONG)
def test_what_is_wrong_is_found_by_one_check_and_told_in_one_line(what: str) -> None:
    """All checks before it pass, none is done after it."""
    spoil, found_by, words = WRONG[what]
    testbed = PaperTestbed()
    spoil(testbed)
    passed, error = checked(testbed)
    assert passed == NAMES[: NAMES.index(found_by)]
    assert [word for word in words if word not in str(error)] == []
    assert len(str(error).splitlines()) == 1


@pytest.mark.parametrize("step", Step)
def test_an_operator_who_is_shut_out_has_come_as_far_as_the_checks_say(step: Step) -> None:
    """The lab waits once for the unit, not once for each check."""
    testbed = PaperTestbed()
    testbed.shut_out = ShutOut(step, "unit P does not want to", "ask it")
    passed, error = checked(testbed)
    assert error is testbed.shut_out
    assert passed == NAMES[: NAMES.index(step)]


def test_the_links_are_shown_as_the_units_show_them() -> None:
    """As the profile finds them on the page of a healthy pair."""
    testbed, said = PaperTestbed(), list[str]()
    described(pages=find(r"^Heartbeat (?P<link>\w+): (?P<state>\w+)"))(testbed)
    fake: Any = testbed
    Checkup(fake).run(said.append)
    assert "ok pair         P leads, S follows; heartbeats arrive at P and S; links as shown: primary up" in said


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda testbed: setattr(testbed, "silent", ("P",)), "heartbeats arrive at S"),
        (greets(None), "the greeting of S is not seen yet, as it has not led"),
    ],
)
def test_a_unit_that_follows_may_be_silent(spoil: Spoil, words: str) -> None:
    """Neither a heartbeat of its own nor mail in mode off is needed; what was not seen is said."""
    testbed, said = PaperTestbed(), list[str]()
    spoil(testbed)
    fake: Any = testbed
    Checkup(fake).run(said.append)
    assert any(line.endswith(words) for line in said)


def test_a_secret_is_hidden_before_a_text_is_cut() -> None:
    """Half a password is one, too."""
    testbed = PaperTestbed()
    shown(page=f"{'x' * 75}{PASSWORD}\n")(testbed)
    _, error = checked(testbed)
    assert "x***" in str(error)
    assert PASSWORD[:3] not in str(error)


def test_a_store_that_a_unit_makes_later_may_be_missing_now() -> None:
    """Its folder is there; the line says what was not seen."""
    testbed, said = PaperTestbed(), list[str]()
    described(mail=replace(BLACK_BOX.mail, queue="/data/spool", stores={Area.ARCHIVE: "/data/mail/archive"}))(testbed)
    for unit in testbed.units.values():
        unit.holds = ("/data/spool", "/data/mail")
    fake: Any = testbed
    Checkup(fake).run(said.append)
    assert [line.rpartition("; ")[2] for line in said if "not there yet" in line] == [
        "not there yet (or elsewhere): mail.stores.archive"
    ]


def test_a_unit_that_goes_off_meanwhile_is_told_as_that(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the check missed: its exit code and last words say more."""
    testbed = PaperTestbed()

    def die(_line: str) -> str:
        testbed.units["P"].power.ended_with = 9
        raise CliLost("unit P does not answer its operator", "give it power")

    monkeypatch.setattr(testbed.units["P"], "cli", die)
    passed, error = checked(testbed)
    assert passed == NAMES[: NAMES.index("change")]
    assert str(error) == "unit P went off during the check 'change' (exit code 9); its last words: no licence"


def test_a_start_or_a_reset_that_fails_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither tells a vendor what the suite does about it."""
    testbed = PaperTestbed()
    refused = BootFailed("unit P refused a line of setup.lines", "look at setup.lines")
    monkeypatch.setattr(testbed, "boot", lambda: throw(refused))
    assert checked(testbed) == (["starts"], refused)
    monkeypatch.setattr(check, "reset", lambda _testbed: throw(ResetUnclean("still primary", "it is built anew")))
    assert str(checked(PaperTestbed())[1]) == "still primary; look at reset and setup.lines"


def throw(error: Exception) -> None:
    """Raise it."""
    raise error


class PaperClient:
    """Docker's client library, as far as a check uses it itself."""

    def __init__(self) -> None:
        """Have every image."""
        self.images = SimpleNamespace(get=lambda tag: SimpleNamespace(short_id=f"sha256:{len(tag)}"))
        self.closed = False

    def close(self) -> None:
        """Hang up."""
        self.closed = True


class Bench:
    """What `check` builds, on paper: it counts what is there."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Take the place of Docker."""
        self.client = PaperClient()
        self.testbed = PaperTestbed()
        self.stands = threading.Event()
        self.told_to_go = threading.Event()
        monkeypatch.setattr(check, "connect", lambda: self.client)
        monkeypatch.setattr(check.reaper, "reap", lambda _client: [])
        monkeypatch.setattr(check.images, "ensure", lambda _client, units, _say: images.tags(units))
        monkeypatch.setattr(check, "Rack", lambda _client, badge, _images: self._rack(badge))
        monkeypatch.setattr(check, "Testbed", lambda _rack: self.testbed)
        monkeypatch.setattr(check, "remove_lab", lambda _client, _lab: self.told_to_go.set())

    def _rack(self, badge: Any) -> Any:  # noqa: ANN401 - paper records
        assert badge.owner
        return SimpleNamespace(
            client=self.client, badge=badge, build=self.stands.set, remove=self.stands.clear, masked=str
        )

    @property
    def is_left_behind(self) -> bool:
        """Whether a lab, a session or a connection is still there."""
        return self.stands.is_set() or not self.testbed.closed or not self.client.closed


COMMAND = ["check", "image:vendor/mail:7"]


def test_a_check_ends_with_what_cannot_be_tested_and_the_command_that_tests_the_rest(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 0; first the profile and the image, at the end reasons, and the suite with the same units."""
    bench = Bench(monkeypatch)
    assert main(COMMAND) == 0
    told = capsys.readouterr().out.splitlines()
    assert told[0] == "ok profile      black box (black-box), wire none"
    assert told[1] == "ok image        vendor/mail:7 sha256:13"
    assert len(told[: told.index("cannot be tested, and why:")]) == len(NAMES) + 2
    assert "  sayings: units P and S: its profile 'black box' names no words of its log (log.says)" in told
    assert "  long: it takes minutes of real time: ask for it with --long" in told
    assert told[-1] == f"next: {interpreter()} -m pytest features --lab docker --unit image:vendor/mail:7 -n 2"
    assert "not tried" not in told[-2]
    assert not bench.is_left_behind


WHAT_TRIES = ("reboot", "upgrade", "orders", "strangers", "mail_data", "network_storage")
"""Features that try what a check does not."""


def test_a_check_says_what_of_a_profile_it_has_not_tried(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The suite will be the first to try it: a wrong field looks like a unit that broke a promise."""
    bench = Bench(monkeypatch)
    assert main([*COMMAND, "--profile", "twin"]) == 0
    told = capsys.readouterr().out.splitlines()
    assert told[-3] == (
        "not tried, so look there first where the suite fails: container.delay_file, release.next, .install, .file and"
        " .codes, log.says, mail.preference_file, mail.nas_lines"
    )
    begin, *features, end = re.split(r" (?=features/|--lab)", told[-2], maxsplit=7)
    assert begin == f"to try them: {interpreter()} -m pytest"
    assert [path for path in features if not (HOUSE / path).is_file()] == []
    assert features == [f"features/{it}.feature" for it in WHAT_TRIES]
    assert end == told[-1].partition(" features ")[2]
    assert not bench.is_left_behind


@pytest.mark.parametrize("file", [{}, {"/a": '{"text": "x"}\n'}])
def test_what_a_profile_calls_missing_is_not_looked_for(file: dict[str, str]) -> None:
    """Alerts that can be read pass, and so do those that the unit is said not to have."""
    testbed = PaperTestbed()
    events(file, alerts="/a")(testbed)
    if not file:
        described(events=testbed.units["P"].profile.events, lacking={Capability.ALERTS: "not in 7.0"})(testbed)
    assert checked(testbed) == (NAMES, None)


def test_a_unit_that_restarts_without_a_question_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its session is lost, and it answers nobody until it is back."""
    testbed = PaperTestbed()
    shown(asks="going down")(testbed)
    monkeypatch.setattr(testbed.units["S"], "answers", lambda: False)
    assert checked(testbed) == (NAMES, None)


def test_what_only_a_running_image_shows_ends_with_3(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line on stderr; there is no word of what to do next."""
    bench = Bench(monkeypatch)
    greets("mx-b")(bench.testbed)
    assert main(COMMAND) == HARNESS
    told = capsys.readouterr()
    assert (
        told.err == "python -m lab: unit S greets as 'mx-b', not 'unit-s', and unit P as 'unit-p'; set mail.greeting\n"
    )
    assert "next:" not in told.out
    assert not bench.is_left_behind


def test_one_line_is_one_line_whatever_a_unit_prints(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The reply to the settings of the pair stands in it as it came."""
    bench = Bench(monkeypatch)
    shown(refuses=("set mode secondary", "xyzzy"))(bench.testbed)
    assert main(COMMAND) == HARNESS
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert "refused its settings (Command fail.\\nno)" in told


@pytest.mark.parametrize(
    ("profile", "words"),
    [
        ('format = 1\nname = "x"\n[pages]\nefective = "x"\n', "line 4, pages.efective: no such field"),
        ('format = 1\nname = "x"\n[login]\npassword_from = "NO_SUCH"\n', "the environment has no NO_SUCH"),
        ('format = 1\nname = "x"\nwire = "foo"\n', "line 3, wire: expected one of"),
    ],
)
def test_a_profiles_own_fault_ends_with_4_before_anything_is_built(
    profile: str, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line with file, line and field."""
    monkeypatch.setattr(check, "connect", lambda: pytest.fail("nothing is to be built"))
    file = tmp_path / "mail.toml"
    file.write_text(profile, encoding="utf-8")
    assert main([*COMMAND, "--profile", str(file)]) == USAGE
    told = capsys.readouterr()
    assert words in told.err
    assert (told.out, told.err.count("\n")) == ("", 1)


def test_ctrl_c_does_not_wait_for_a_unit_and_leaves_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The lab is told to go at once, which ends whatever waits for a unit; exit code 2."""
    bench = Bench(monkeypatch)

    def boot() -> None:
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
        assert bench.told_to_go.wait(5)
        raise LabError("the unit is gone", "so is the lab")

    monkeypatch.setattr(bench.testbed, "boot", boot)
    assert main(COMMAND) == INCONCLUSIVE
    told = capsys.readouterr()
    assert (told.err, "next:" in told.out) == ("\n", False)
    assert not bench.is_left_behind

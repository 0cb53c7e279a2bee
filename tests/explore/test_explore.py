"""Exploring finds units out that are wrong on purpose, leaves the reference in peace, and what it saves replays."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from explore import gherkin
from explore.__main__ import main
from explore.generate import Case
from explore.pair import PLAIN, Settings, form
from explore.run import Outcome, run
from explore.search import Tally, search
from gate.wrong_units import unit_of
from lab.contract import Family, Lab, Service
from lab.findings import Finding
from lab.invariants import Allowances
from lab.registry import Options, open_lab
from lab.rules.rule import Rule
from lab.schedule import read
from lab.sim.world import SimClock
from lab.standard_pair import PAIR
from lab.under_test import UnderTest
from steps import traits
from steps.pair import healthy_pair
from steps.scene import Scene
from steps.settings import monitors, monitors_peer
from tests.lab.sim_pair import new_lab

HOUSE = Path(__file__).parents[2]
BROKEN = Finding(Rule.IN_TIME, 1.0, "unit S waits")
FAILOVER = "an operator forces a failover on the primary"
OUTAGE = [("2", "the primary loses power"), ("6", "the primary starts again")]
SLOW_REBOOT = [("2", "a restart of the primary will last 10 seconds"), ("0", "an operator reboots the primary")]


def outcome(unit: str, *rows: tuple[str, str], settings: Settings = PLAIN) -> Outcome:
    """Run one schedule against a unit."""
    return run(
        open_lab("sim", Options(units=UnderTest.named(unit))), Case(settings, read(rows)), "a schedule of the tests"
    )


@pytest.mark.parametrize("after", ["2.92", "2.96", "3", "3.04"])
def test_roles_that_move_by_order_at_the_end_are_given_time_to_be_settled(after: str) -> None:
    """A split ends by an order that runs out just before the roles count as settled; the client is told soon after."""
    split = [
        ("0", "an operator forces a failover on the secondary"),
        ("0", "an operator sets the password to another-password on the secondary"),
        ("0", "an operator restores the configured mode on the secondary"),
        (after, "the secondary heartbeat cable of the primary is pulled"),
    ]
    assert outcome("reference", *split).broken is None


def test_the_reference_unit_breaks_no_rule_in_many_schedules() -> None:
    """A short search, the same each time."""
    tally = Tally()
    assert not list(search(open_lab("sim", Options()), 1, tally, lambda: tally.schedules < 60))
    assert tally.events > 100
    assert tally.checks > 1000


@pytest.mark.parametrize(
    ("unit", "rule"),
    [
        ("never-takes-over", Rule.AS_NEW),
        ("holds-no-address", Rule.ADDRESS),
        ("primary-gives-up-alone", Rule.CAUSED),
    ],
)
def test_a_wrong_unit_is_found_out_by_a_short_schedule(unit: str, rule: Rule) -> None:
    """At most six lines are left of what broke the rule."""
    tally = Tally()
    find = next(
        search(
            open_lab("sim", Options(units=UnderTest.named(f"wrong:{unit}"))), 1, tally, lambda: tally.schedules < 100
        )
    )
    assert find.broken.rule is rule
    assert len(find.case.schedule) <= 6


@pytest.mark.parametrize(
    ("unit", "rule", "rows"),
    [
        ("never-takes-over", Rule.IN_TIME, OUTAGE),
        ("keeps-mail-running", Rule.MAIL, [("2", "a client sends a message to the secondary")]),
        ("rewrites-its-mode", Rule.MODE, [("2", FAILOVER)]),
        ("ignores-failover", Rule.COMMAND, [("2", "an operator forces a failover on the primary")]),
        (
            "sends-no-hold-off",
            Rule.PLANNED,
            SLOW_REBOOT,
        ),
        (
            "breaks-hold-off",
            Rule.HOLD_OFF,
            SLOW_REBOOT,
        ),
        ("admits-strangers", Rule.CAUSED, [("2", "a stranger knocks at the primary")]),
        (
            "copies-no-configuration",
            Rule.CONFIGURATION,
            [("2", "an operator changes a synchronized setting on the primary")],
        ),
        ("announces-nothing", Rule.REACHED, OUTAGE),
        ("takes-over-early", Rule.NOT_BEFORE, OUTAGE),
        ("always-off", Rule.RECOVERY, OUTAGE),
        (
            "ignores-password-case",
            Rule.STRANGE,
            [
                ("2", "an operator sets the password to Change_me on the primary"),
                ("6", "an operator sets the password to change_me on the primary"),
            ],
        ),
        ("idle-alone", Rule.ALONE, [("2", "an operator sets the mode to off on the secondary")]),
        ("stays-in-the-group", Rule.SETTLED, [("2", "an operator sets the mode to off on the secondary")]),
    ],
)
def test_each_rule_goes_red_for_the_unit_that_breaks_it(unit: str, rule: Rule, rows: list[tuple[str, str]]) -> None:
    """The reference keeps the rule in the same schedule."""
    broken = outcome(f"wrong:{unit}", *rows).broken
    assert broken is not None
    assert broken.rule is rule
    assert outcome("reference", *rows).broken is None


GROUP = [
    ("2", "an operator sets the mode to config-primary on the primary"),
    ("0", "an operator sets the mode to config-secondary on the secondary"),
]


@pytest.mark.parametrize(
    ("unit", "rule", "rows"),
    [
        ("carries-addresses-along", Rule.ADDRESS, GROUP),
        ("idle-config-primary", Rule.ALONE, GROUP),
        ("shares-no-configuration", Rule.GROUP, GROUP),
        ("shares-mail-data", Rule.GROUP, GROUP),
        ("takes-config-only-for-a-pair", Rule.SETTLED, GROUP),
        (
            "keeps-a-withdrawn-address",
            Rule.SHARED,
            [("2", "an operator sets the failover action to ignore on the primary")],
        ),
        (
            "ignores-peer-addresses",
            Rule.ADDRESSED,
            [
                ("2", "an operator sets a wrong peer address for the primary heartbeat link on the primary"),
                ("6", "an operator sets the right peer address for the primary heartbeat link on the primary"),
            ],
        ),
        (
            "keeps-disabled-links",
            Rule.ADDRESSED,
            [
                ("2", "an operator takes the primary heartbeat link out of use on the primary"),
                ("6", "an operator puts the primary heartbeat link to use on the primary"),
            ],
        ),
    ],
)
def test_a_changed_setting_shows_a_unit_that_does_not_heed_it(
    unit: str, rule: Rule, rows: list[tuple[str, str]]
) -> None:
    """The reference does."""
    broken = outcome(f"wrong:{unit}", *rows).broken
    assert broken is not None
    assert broken.rule is rule
    assert outcome("reference", *rows).broken is None


@pytest.mark.parametrize(
    ("unit", "rule", "more"),
    [
        ("silent-on-the-second-link", Rule.AS_NEW, {}),
        ("sets-instead-of-adding", Rule.ADDRESS, {}),
        ("adds-instead-of-setting", Rule.ADDRESS, {"action": "set"}),
        ("stuck-to-its-base-port", Rule.PORTS, {"more": (("hb-base-port", "31000"),)}),
        ("ipv6-on-the-primary-link-only", Rule.AS_NEW, {"family": Family.IPV6}),
        ("copies-no-configuration", Rule.AS_NEW, {}),
        ("never-enables-data", Rule.COPIED, {}),
        ("always-copies-data", Rule.DATA, {"more": (("mail-data-sync", "disable"),)}),
        ("ignores-failover", Rule.AS_NEW, {}),
        ("never-takes-over", Rule.AS_NEW, {}),
    ],
)
def test_a_pair_that_has_come_to_rest_shows_that_it_works(unit: str, rule: Rule, more: dict[str, Any]) -> None:
    """Even if hardly anything has happened to it; the reference does all of it with the same settings."""
    settings = replace(PLAIN, **more)
    little = ("0", "an operator starts a synchronization on the primary")
    broken = outcome(f"wrong:{unit}", little, settings=settings).broken
    assert broken is not None
    assert broken.rule is rule
    assert outcome("reference", little, settings=settings).broken is None


SERVED = replace(PLAIN, services=(Service.SMTP, Service.HTTP), more=(("remote-services-as-heartbeat", "enable"),))
APART = [("12", "both heartbeat links fall silent"), ("9", "both heartbeat links are whole again")]
SERVICE_LOST = [
    ("2", "the HTTP service of the primary fails with refusals"),
    ("10", "every service of the primary answers again"),
]


@pytest.mark.parametrize(
    ("unit", "rows"),
    [
        ("monitors-the-first-service-only", SERVICE_LOST),
        ("keeps-its-role-when-told-to-step-down", SERVICE_LOST),
        ("takes-no-service-for-a-heartbeat", APART),
        ("takes-one-failed-service-check-for-all", SERVICE_LOST),
        ("is-off-when-its-peer-finds-it-failed", SERVICE_LOST),
    ],
)
def test_services_that_are_monitored_decide_about_a_role(unit: str, rows: list[tuple[str, str]]) -> None:
    """And nothing else that happens in these schedules; the reference leaves its role, or keeps it, as it should."""
    broken = outcome(f"wrong:{unit}", *rows, settings=SERVED).broken
    assert broken is not None
    assert broken.rule is Rule.SERVICED
    assert outcome("reference", *rows, settings=SERVED).broken is None


def test_a_service_that_is_monitored_no_more_fails_for_nobody() -> None:
    """Its checks begin anew when it is monitored again; the schedule's end lets it be so."""
    rows = [
        ("2", "an operator of the secondary monitors the HTTP service of the peer no more"),
        *SERVICE_LOST,
    ]
    assert outcome("reference", *rows, settings=SERVED).broken is None
    broken = outcome("wrong:monitors-services-that-are-disabled", *rows, settings=SERVED).broken
    assert broken is not None
    assert broken.rule is Rule.CAUSED


@pytest.mark.parametrize(
    ("unit", "rule", "rows"),
    [
        (
            "leads-again-with-a-peer-only",
            Rule.COMMAND,
            [
                ("2", "the secondary loses power"),
                ("6", "an operator restarts HA on the primary"),
                ("26", "the secondary starts again"),
            ],
        ),
        (
            "P=takes-part-again-with-a-peer-only",
            Rule.KEPT_OFF,
            [
                ("2", "an operator sets on-failure to off on the primary"),
                ("2", "the mail cable of the primary is pulled"),
                ("8", "the mail cable of the primary is plugged in"),
                ("8", "the secondary loses power"),
                ("6", "an operator restarts HA on the primary"),
                ("26", "the secondary starts again"),
            ],
        ),
        (
            "beats-on-after-a-config-only-group",
            Rule.ADDRESSED,
            [
                ("2", "an operator sets the mode to config-primary on the primary"),
                ("1", "an operator sets the mode to config-secondary on the secondary"),
                ("9", "an operator sets the mode to off on the primary"),
            ],
        ),
        (
            "keeps-its-base-port-while-alone",
            Rule.PORTS,
            [
                ("2", "the secondary loses power"),
                ("8", "an operator sets the base port to 31000 on the primary"),
                ("5", "the secondary starts again"),
            ],
        ),
        (
            "raises-its-check-interval-only",
            Rule.MONITORED,
            [
                ("2", "an operator sets the interval of these checks to 3 seconds on the primary"),
                ("5", "an operator sets the interval of these checks to 1 second on the primary"),
                ("5", "the mail cable of the primary is pulled"),
                ("9", "the mail cable of the primary is plugged in"),
            ],
        ),
    ],
)
def test_a_rule_of_what_is_heeded_at_once_goes_red(unit: str, rule: Rule, rows: list[tuple[str, str]]) -> None:
    """The reference keeps the rule in the same schedule."""
    settings = replace(PLAIN, monitoring=True)
    broken = outcome(unit_of(unit), *rows, settings=settings).broken
    assert broken is not None
    assert broken.rule is rule
    assert outcome("reference", *rows, settings=settings).broken is None


@pytest.mark.parametrize(
    ("unit", "rule", "rows"),
    [
        (
            "hands-ten-messages-over",
            Rule.QUEUE,
            [
                ("2", "the protected mail server puts every delivery off"),
                ("0", "a client sends 25 messages to the virtual address"),
                ("1", FAILOVER),
            ],
        ),
        (
            "mirrors-quarantine",
            Rule.NO_LOSS,
            [("2", "a client sends a message for the quarantine to the virtual address"), *OUTAGE],
        ),
        (
            "mirrors-archive",
            Rule.NO_LOSS,
            [("2", "a client sends a message for the archive to the virtual address"), *OUTAGE],
        ),
        ("leaves-archive-behind", Rule.COPIED, [("2", FAILOVER)]),
        (
            "no-data-schedule-after-a-restart-of-HA",
            Rule.COPIED,
            [
                ("9", "an operator restarts HA on the secondary"),
                ("9", "a client sends a message for the quarantine to the virtual address"),
                ("1205", "a client sends a message to the virtual address"),
            ],
        ),
        ("orders-over-first-link", Rule.ONE_LINK, [("2", "the primary heartbeat link falls silent")]),
        (
            "mail-stays-on-second-link",
            Rule.SPARE,
            [
                ("9", "the primary heartbeat link falls silent"),
                ("9", "an operator starts a synchronization on the primary"),
                ("9", "the primary heartbeat link is whole again"),
                ("45", "an operator changes a synchronized setting on the primary"),
            ],
        ),
        (
            "keeps-deleted-recipients",
            Rule.CONFIGURATION,
            [
                ("9", "an operator makes first@example.com a recipient of alerts on the primary"),
                ("9", "an operator makes second@example.com a recipient of alerts on the primary"),
                ("9", "an operator deletes first@example.com from the recipients of alerts on the primary"),
            ],
        ),
        ("mail-before-role", Rule.MAIL, OUTAGE),
    ],
)
def test_rules_of_mail_and_links_go_red(unit: str, rule: Rule, rows: list[tuple[str, str]]) -> None:
    """The reference keeps the rule in the same schedule."""
    broken = outcome(f"wrong:{unit}", *rows).broken
    assert broken is not None
    assert broken.rule is rule
    assert outcome("reference", *rows).broken is None


def test_a_client_of_the_virtual_ipv6_address_must_reach_the_primary() -> None:
    """It has asked before who holds the address, and hears nothing when it moves."""
    settings = replace(PLAIN, shares6=True)
    broken = outcome("wrong:announces-no-ipv6", ("0", FAILOVER), settings=settings).broken
    assert broken is not None
    assert broken.rule is Rule.REACHED
    assert outcome("reference", ("0", FAILOVER), settings=settings).broken is None


def test_recovery_is_judged_by_the_units_own_setting() -> None:
    """A unit that takes every on-failure for become-secondary breaks the rule only where another word is set."""
    restoring = Settings(PLAIN.detection, dict.fromkeys("PS", "restore-role"))
    broken = outcome("wrong:always-becomes-secondary", *OUTAGE, settings=restoring).broken
    assert broken is not None
    assert broken.rule is Rule.RECOVERY
    assert outcome("wrong:always-becomes-secondary", *OUTAGE).broken is None
    assert outcome("reference", *OUTAGE, settings=restoring).broken is None


def test_on_failure_that_is_set_while_a_unit_has_failed_holds_for_its_recovery() -> None:
    """The reference unit is off then, and no rule is broken; off without that word is against the rules."""
    monitoring = Settings(PLAIN.detection, PLAIN.on_failure, monitoring=True)
    pulled = ("0", "the mail cable of the primary is pulled")
    off, other = (("3", f"an operator sets on-failure to {word} on the primary") for word in ("off", "restore-role"))
    assert outcome("reference", pulled, off, settings=monitoring).broken is None
    assert outcome("reference", pulled, other, settings=monitoring).broken is None
    broken = outcome("wrong:is-off-where-it-should-fail", pulled, other, settings=monitoring).broken
    assert broken is not None
    assert broken.rule is Rule.SETTLED


def test_the_command_prints_its_counts_and_exits_with_0(capsys: pytest.CaptureFixture[str]) -> None:
    """Seed first, then how to explore the same again, counts last."""
    assert main(["--schedules", "5", "--seed", "4"]) == 0
    printed = capsys.readouterr().out.splitlines()
    assert printed[0] == "seed 4, unit reference"
    assert printed[-2] == "explore the same again: tox run -e explore -- --schedules 5 --seed 4"
    assert printed[-1].startswith("5 schedules with ")
    assert " 0 violations" in printed[-1]


@pytest.mark.parametrize("unit", ["wrong:nonsense", "P=image:vendor/nonsense"])
def test_an_unknown_unit_is_a_usage_error(unit: str, capsys: pytest.CaptureFixture[str]) -> None:
    """One line, exit code 4: also for an image, which cannot be simulated."""
    assert main(["--schedules", "1", "--unit", unit]) == 4
    told = capsys.readouterr().err
    assert "nonsense" in told
    assert told.count("\n") == 1


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"monitoring": True},
        {"action": "set", "more": (("hb-base-port", "31000"),)},
        {"family": Family.IPV6, "shares6": True},
        {"services": (Service.SMTP, Service.HTTP), "more": (("remote-services-as-heartbeat", "enable"),)},
    ],
)
def test_a_pair_is_formed_as_the_sentences_of_a_saved_schedule_form_it(more: dict[str, Any]) -> None:
    """At the same instants, and with the same chance left for what follows: so a replay is exact."""
    settings = Settings({"P": 3, "S": 5}, {"P": "off", "S": "restore-role"}, **more)
    explored, replayed = new_lab(), new_lab()
    form(explored, settings)
    scene = Scene(replayed, Allowances())
    sentence = re.search("pair(.*)", gherkin.feature(Case(settings, ()), BROKEN, name="one", unit="reference"))
    assert sentence is not None
    healthy_pair(scene, traits.read(sentence[1]), [["setting", "primary", "secondary"], *settings.rows()])
    if settings.monitoring:
        monitors(scene, ("P", "S"), PAIR.mail)
    for service in settings.services:
        monitors_peer(scene, ("P", "S"), service, PAIR.mail)
    entries = [[entry.as_json() for entry in lab.timeline] for lab in (explored, replayed)]
    assert entries[0] == entries[1]
    assert chance(explored) == chance(replayed)


def chance(lab: Lab) -> float:
    """Draw the next lot of a simulated world."""
    assert isinstance(lab.clock, SimClock)
    return lab.clock.world.draw(0, 1)


def test_a_found_schedule_replays_through_the_suite(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """The saved file fails with the unit that broke the rule, for the same reason, and passes with the reference."""
    found = tmp_path / "found"
    arguments = ["--schedules", "20", "--seed", "1", "--unit", "wrong:never-takes-over", "--out", str(found)]
    assert main(arguments) == 1
    story = capsys.readouterr().out
    path = Path(story.partition("replay it: tox run -e sim -- ")[2].split()[0])
    wrong = replay(path, "wrong:never-takes-over", tmp_path, "--no-report")
    right = replay(path, "reference", tmp_path)
    what = story.partition("breaks a rule: ")[2].partition(";")[0]
    assert wrong.returncode == 1
    assert what in wrong.stdout, f"{what} is not what the replay showed: {wrong.stdout}"
    assert right.returncode == 0, right.stdout
    assert f"-m pytest features {path}::test_schedule" in right.stdout


def replay(path: Path, unit: str, out: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Replay a feature file as tox would, here from outside the checkout, with its report or without."""
    command = [sys.executable, "-m", "pytest", "-c", "pyproject.toml", "features", "--lab", "sim"]
    asked = [str(path), "--unit", unit]
    quiet = ["--out", str(out / unit.replace(":", "-")), "-p", "no:cacheprovider", *options]
    return subprocess.run([*command, *asked, *quiet], cwd=HOUSE, capture_output=True, text=True, check=False)  # noqa: S603


FAULTS_OF_THE_HARNESS = """\
Feature: schedules that broke a rule by no fault of the unit

  A dead sender sent again what a frozen unit had not taken; a unit that thawed counted as one that had started; an
  operator's line counted from the end of his session.

  @HA-061.c @HA-101 @HA-102 @HA-108.b
  Scenario: schedule 2032 of seed 20261129
    Given a healthy active-passive pair with these settings
      | setting           | primary          | secondary        |
      | hb-lost-threshold | 5                | 2                |
      | on-failure        | become-secondary | become-secondary |
      | mail-data-sync    | disable          | disable          |
    When this happens to the pair
      | after | what                                               |
      | 0     | the secondary freezes                              |
      | 1     | an operator reboots the primary                    |
      | 3     | the secondary thaws                                |
      | 0.5   | both heartbeat links no longer reach the secondary |
      | 1     | the primary heartbeat link refuses connections     |
    Then no rule of the pair is broken

  @HA-311.b @HA-321 @HA-331
  Scenario: schedule 5856 of seed 20261129
    Given a healthy active-passive pair with these settings
      | setting           | primary | secondary |
      | hb-lost-threshold | 3       | 3         |
      | on-failure        | off     | off       |
    When this happens to the pair
      | after | what                                                           |
      | 0     | the primary loses power                                        |
      | 0     | the primary starts again                                       |
      | 0     | an operator sets on-failure to become-secondary on the primary |
      | 2     | the primary freezes                                            |
    Then no rule of the pair is broken

  @HA-010.a @HA-010.b @HA-024.d @HA-101
  Scenario: schedule 16718 of seed 777001
    Given a healthy active-passive pair with a virtual IPv6 address and these settings
      | setting           | primary          | secondary        |
      | hb-lost-threshold | 3                | 3                |
      | on-failure        | become-secondary | become-secondary |
    And each unit monitors its mail interface
    When this happens to the pair
      | after | what                                              |
      | 0     | the mail cable of the primary is pulled           |
      | 2     | the mail cable of the primary is plugged in       |
      | 0     | an operator sets on-failure to off on the primary |
    Then no rule of the pair is broken
"""


def test_what_broke_a_rule_by_a_fault_of_the_harness_breaks_none_any_more(tmp_path: Path) -> None:
    """Under the names under which they were found, since the simulated world depends on them."""
    path = tmp_path / "found.feature"
    path.write_text(FAULTS_OF_THE_HARNESS, encoding="utf-8")
    ended = replay(path, "reference", tmp_path, "--no-report")
    assert ended.returncode == 0, ended.stdout
    assert "verdicts  3 pass" in ended.stdout


@pytest.mark.parametrize(
    ("unit", "rule", "on_failure", "rows"),
    [
        (
            "takes-a-shutdown-for-a-failure",
            Rule.RECOVERY,
            "off",
            [
                ("9", "the secondary loses power"),
                ("8", "an operator shuts down the primary"),
                ("5", "the primary starts again"),
                ("30", "the secondary starts again"),
            ],
        ),
        ("holds-off-for-a-shutdown", Rule.CAUSED, "off", [("9", "an operator shuts down the primary")]),
        (
            "waits-unsynchronized",
            Rule.IN_TIME,
            "become-secondary",
            [
                ("9", "an operator sets the detection time to 30 seconds on the secondary"),
                ("9", "both heartbeat links no longer carry configuration synchronization"),
                ("1", "an operator reboots the secondary"),
                ("14", "the primary loses power"),
                ("40", "the primary starts again"),
            ],
        ),
        (
            "gives-up-in-words-only",
            Rule.CAUSED,
            "become-secondary",
            [
                ("9", "both heartbeat links no longer reach the primary"),
                ("8", "an operator forces a failover on the secondary"),
                ("47", "both heartbeat links are whole again"),
            ],
        ),
        (
            "reload-holds-off-by-first-link",
            Rule.PLANNED,
            "become-secondary",
            [
                ("9", "the primary heartbeat link falls silent"),
                ("9", "a restart of the primary will last 10 seconds"),
                ("1", "an operator reloads the primary"),
                ("16", "a client sends a message to the virtual address"),
            ],
        ),
        (
            "gives-a-queue-up",
            Rule.QUEUE,
            "become-secondary",
            [
                ("9", "the protected mail server puts every delivery off"),
                ("1", "a client sends 3 messages to the virtual address"),
                ("9", "both heartbeat links no longer carry data synchronization"),
                ("1", "an operator forces a failover on the primary"),
                ("70", "both heartbeat links are whole again"),
            ],
        ),
        (
            "drops-its-primarys-order-while-it-copies",
            Rule.COPIED,
            "become-secondary",
            [
                ("9", "the primary heartbeat link delays everything by 2 seconds"),
                ("9", "a client sends a message for the quarantine to the virtual address"),
                ("1", "an operator changes a synchronized setting on the primary"),
                ("2", "an operator starts a synchronization on the primary"),
            ],
        ),
    ],
)
def test_rarer_states_show_what_becomes_of_orders_restarts_and_copies(
    unit: str, rule: Rule, on_failure: str, rows: list[tuple[str, str]]
) -> None:
    """The reference keeps the rule in the same schedule."""
    settings = Settings(PLAIN.detection, {"P": on_failure, "S": on_failure})
    broken = outcome(f"wrong:{unit}", *rows, settings=settings).broken
    assert broken is not None
    assert broken.rule is rule
    assert outcome("reference", *rows, settings=settings).broken is None

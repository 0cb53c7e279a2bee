"""The engine's tables and small parts, each by itself."""

from __future__ import annotations

import pytest

from node.engine import effects as do
from node.engine import events as on
from node.engine import messages as say
from node.engine.engine import Engine
from node.engine.links import LinkWatch
from node.engine.modes import Command, Effective, Mode, OnFailure, Port, Rank, Sync
from node.engine.roles.joining import joins_by, wants_role
from node.engine.settings import Check, Link
from node.engine.state import NEVER, Joining, State, SyncPlan
from node.engine.states import TABLE, Phase, Trigger
from tests.node.engine_pair import Pair, settings

PRIMARY, SECONDARY, OFF = Effective.PRIMARY, Effective.SECONDARY, Effective.OFF
LINKS = (Link(Rank.PRIMARY, "port6", "10.0.6.2"), Link(Rank.SECONDARY, "port5", "10.0.5.2", "fd00::2"))


def test_every_phase_can_be_reached_and_left() -> None:
    """The transition table has no dead end and no unreachable phase."""
    reached = {row.to for row in TABLE.values()}
    left = {phase for (phase, _), row in TABLE.items() if row.to is not phase}
    assert reached == set(Phase)
    assert left == set(Phase)


def test_every_row_names_a_source() -> None:
    """A transition without a source in the manual would be ours, not the document's."""
    assert TABLE
    assert all(row.source.startswith("HA-") and row.event for row in TABLE.values())


def test_only_mode_off_ends_a_standalone_units_group() -> None:
    """Whatever the phase, LEAVE leads to standalone."""
    assert {TABLE[phase, Trigger.LEAVE].to for phase in Phase if phase is not Phase.STANDALONE} == {Phase.STANDALONE}


def test_ports_are_numbered_from_the_base_in_the_documented_order() -> None:
    """Heartbeat, sync control, data sync, config sync."""
    assert [(port.value, port.offset) for port in Port] == [
        ("heartbeat", 0),
        ("sync-control", 1),
        ("data-sync", 2),
        ("config-sync", 3),
    ]


def beat(effective: Effective, *, joining: bool = False, was: Effective | None = None) -> say.Heartbeat:
    """Make a peer's heartbeat."""
    return say.Heartbeat(1, 1, Mode.SECONDARY, effective, joining, was)


@pytest.mark.parametrize(
    ("mode", "was", "on_failure", "heard", "decision"),
    [
        (Mode.PRIMARY, None, OnFailure.OFF, beat(PRIMARY), Trigger.PEER_IS_PRIMARY),
        (Mode.PRIMARY, PRIMARY, OnFailure.OFF, beat(PRIMARY), Trigger.LATCH),
        (Mode.PRIMARY, PRIMARY, OnFailure.BECOME_SECONDARY, beat(PRIMARY), Trigger.PEER_IS_PRIMARY),
        (Mode.PRIMARY, PRIMARY, OnFailure.OFF, beat(SECONDARY), Trigger.CLAIM),
        (Mode.PRIMARY, PRIMARY, OnFailure.OFF, beat(Effective.HOLD_OFF), Trigger.CLAIM),
        (Mode.PRIMARY, None, OnFailure.OFF, beat(OFF, joining=True), Trigger.CLAIM),
        (Mode.PRIMARY, SECONDARY, OnFailure.OFF, beat(OFF, joining=True, was=PRIMARY), None),
        (Mode.SECONDARY, PRIMARY, OnFailure.OFF, beat(OFF, joining=True), Trigger.CLAIM),
        (Mode.SECONDARY, PRIMARY, OnFailure.OFF, beat(SECONDARY), Trigger.CLAIM),
        (Mode.SECONDARY, None, OnFailure.OFF, beat(OFF, joining=True), None),
        (Mode.SECONDARY, SECONDARY, OnFailure.OFF, beat(SECONDARY), None),
        (Mode.SECONDARY, None, OnFailure.OFF, beat(PRIMARY), Trigger.PEER_IS_PRIMARY),
    ],
)
def test_joining_unit_decides_by_what_it_was_and_hears(
    mode: Mode, was: Effective | None, on_failure: OnFailure, heard: say.Heartbeat, decision: Trigger | None
) -> None:
    """A primary is respected, the last primary resumes, the configured primary leads between equals."""
    unit = State()
    unit.settings = settings(mode, on_failure=on_failure)
    assert joins_by(unit, Joining(was), heard) is decision


@pytest.mark.parametrize(
    ("mode", "was", "on_failure", "restored", "wants"),
    [
        (Mode.PRIMARY, None, OnFailure.OFF, False, True),
        (Mode.PRIMARY, PRIMARY, OnFailure.RESTORE_ROLE, False, True),
        (Mode.PRIMARY, PRIMARY, OnFailure.BECOME_SECONDARY, False, False),
        (Mode.PRIMARY, PRIMARY, OnFailure.OFF, True, True),
        (Mode.PRIMARY, SECONDARY, OnFailure.RESTORE_ROLE, False, False),
        (Mode.SECONDARY, PRIMARY, OnFailure.RESTORE_ROLE, False, False),
    ],
)
def test_only_a_configured_primary_asks_for_its_role_back(
    mode: Mode, was: Effective | None, on_failure: OnFailure, *, restored: bool, wants: bool
) -> None:
    """restore-role after a failure, an operator's restore, or a first group; nothing else."""
    unit = State()
    unit.settings = settings(mode, on_failure=on_failure)
    assert wants_role(unit, Joining(was, restored_at=0.0 if restored else NEVER)) is wants


def test_link_watch_reports_changes_of_known_states_only() -> None:
    """The first heartbeat is no change; a loss and a return are."""
    watch = LinkWatch.over(LINKS)
    assert not watch.heard(Rank.PRIMARY)
    assert watch.lost(Rank.PRIMARY)
    assert not watch.lost(Rank.PRIMARY)
    assert watch.heard(Rank.PRIMARY)


def test_link_summary_names_each_link_in_the_documented_form() -> None:
    """Misspelling and all."""
    watch = LinkWatch.over(LINKS)
    watch.heard(Rank.SECONDARY)
    assert watch.summary() == (
        "hahbd: heart beat status changed to primary-hearbeat-port6=FAILED;secondary-hearbeat-port5=OK"
    )


def test_sync_plan_runs_one_at_a_time_and_configuration_first() -> None:
    """What comes while one runs waits."""
    plan = SyncPlan()
    plan.want(Sync.DATA, Sync.CONFIG)
    assert plan.begin(Rank.PRIMARY) is Sync.CONFIG
    assert plan.begin(Rank.SECONDARY) is Sync.DATA
    assert not plan.idle
    plan.running = None
    assert plan.idle


@pytest.mark.parametrize(
    ("rank", "source", "password", "admitted"),
    [
        (Rank.PRIMARY, "10.0.6.2", True, True),
        (Rank.PRIMARY, "10.0.6.2", False, False),
        (Rank.PRIMARY, "10.0.6.3", True, False),
        (Rank.PRIMARY, "10.0.5.2", True, False),
        (Rank.SECONDARY, "fd00::2", True, True),
    ],
)
def test_only_the_configured_peer_with_the_password_is_admitted(
    rank: Rank, source: str, *, password: bool, admitted: bool
) -> None:
    """Address and password must both be right, on the right link."""
    engine = Engine()
    engine.handle(on.Started(settings(Mode.PRIMARY, links=LINKS), on.Memory()), 0.0)
    assert engine.admits(rank, source, password_matches=password) is admitted


def test_strangers_are_logged_once_a_minute() -> None:
    """A flood of knocks must fill neither the log nor the memory, also from ever new addresses."""
    engine = Engine()
    engine.handle(on.Started(settings(Mode.PRIMARY), on.Memory()), 0.0)
    lines = [
        effect.message
        for second in range(100)
        for effect in engine.handle(
            on.StrangerRefused(Rank.PRIMARY, f"fd00::{second:x}", "not the configured peer"), float(second)
        )
        if isinstance(effect, do.Log)
    ]
    assert len(lines) == 2
    assert len(engine.state.strangers) == 1


@pytest.mark.parametrize(
    ("on_failure", "effective"), [(OnFailure.OFF, OFF), (OnFailure.BECOME_SECONDARY, Effective.FAILED)]
)
def test_consecutive_failed_checks_end_the_primary_role(on_failure: OnFailure, effective: Effective) -> None:
    """Two failures and a success count nothing; three in a row do."""
    pair = Pair(on_failure=on_failure, local_ports=Check(enabled=True, interval=120, retries=3)).healthy()
    for ok in (False, False, True, False, False):
        pair.feed(pair.p, on.CheckDone("local-ports", ok))
    assert pair.roles()[0] is PRIMARY
    pair.feed(pair.p, on.CheckDone("local-ports", ok=False))
    assert pair.roles()[0] is effective
    assert not pair.p.held
    assert not pair.p.open
    pair.run(6.0)
    assert pair.roles()[1] is PRIMARY


def test_cured_unit_rejoins_as_on_failure_says() -> None:
    """Failed becomes secondary when the check succeeds again."""
    pair = Pair(local_ports=Check(enabled=True, interval=120, retries=1)).healthy()
    pair.feed(pair.p, on.CheckDone("local-ports", ok=False))
    pair.run(6.0)
    pair.feed(pair.p, on.CheckDone("local-ports", ok=True))
    pair.run(5.0)
    assert pair.roles() == (SECONDARY, PRIMARY)


def test_memory_follows_every_role() -> None:
    """What is on disk is always enough to know how the unit stopped."""
    pair = Pair().healthy()
    assert (pair.p.disk.effective, pair.p.disk.planned) == (PRIMARY, "")
    pair.order(pair.p, Command.FAILOVER)
    pair.run(1.0)
    assert (pair.p.disk.effective, pair.s.disk.effective) == (SECONDARY, PRIMARY)


def test_password_shows_in_no_representation() -> None:
    """Neither settings nor events may carry it into a log."""
    event = on.SettingsChanged(settings(Mode.PRIMARY, password="very-secret"))  # noqa: S106 - a test's own
    assert "very-secret" not in repr(event)

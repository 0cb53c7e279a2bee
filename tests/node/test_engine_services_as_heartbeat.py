"""Services as heartbeat: what a secondary does when no link carries a heartbeat and its primary's services answer."""

from __future__ import annotations

import dataclasses

import pytest

from node.engine import effects as do
from node.engine import events as on
from node.engine import messages as say
from node.engine.modes import Command, Effective, Mode, OnFailure, Rank, Sync
from node.engine.settings import Check, RemoteCheck
from node.engine.timers import Wait
from node.settings import Configuration, ha_settings
from tests.node.engine_pair import Pair

PRIMARY, SECONDARY, FAILED, OFF = Effective.PRIMARY, Effective.SECONDARY, Effective.FAILED, Effective.OFF
SMTP = RemoteCheck("remote-smtp", enabled=True, address="10.0.3.1", port=25, interval=1, timeout=1, retries=2)
BAD, GOOD = on.CheckDone("remote-smtp", ok=False), on.CheckDone("remote-smtp", ok=True)


def pair_with(**changes: object) -> Pair:
    """A healthy pair whose units take the services of each other for a heartbeat."""
    return Pair(**{"remote": (SMTP,), "services_as_heartbeat": True, "lost_threshold": 3.0, **changes}).healthy()  # type: ignore[arg-type]


def held() -> Pair:
    """A pair without links whose secondary is held back by services."""
    pair = pair_with()
    pair.cut(*Rank)
    pair.run(10.0)
    assert pair.roles() == (PRIMARY, SECONDARY)
    return pair


def test_a_secondary_without_links_waits_until_a_service_has_failed_as_often_as_its_retries_say() -> None:
    """Then it leads at once, and tells nobody to step down: nobody hears it."""
    pair = held()
    pair.feed(pair.s, GOOD)
    pair.feed(pair.s, BAD)
    assert pair.roles() == (PRIMARY, SECONDARY)
    pair.feed(pair.s, BAD)
    assert pair.roles() == (PRIMARY, PRIMARY)
    assert not [each for _, each in pair.s.done if isinstance(each, do.Send) and isinstance(each.message, say.StepDown)]


def test_services_that_fail_before_the_silence_do_not_put_it_off() -> None:
    """They have failed when the silence is over."""
    pair = pair_with()
    pair.kill(pair.p)
    pair.feed(pair.s, BAD)
    pair.feed(pair.s, BAD)
    pair.run(3.1)
    assert pair.s.engine.effective is PRIMARY


@pytest.mark.parametrize(
    "changes",
    [{"services_as_heartbeat": False}, {"remote": ()}, {"remote": (dataclasses.replace(SMTP, enabled=False),)}],
)
def test_a_secondary_takes_over_where_the_setting_is_disabled_or_void(changes: dict[str, object]) -> None:
    """Source: HA-292, HA-293."""
    pair = pair_with(**changes)
    pair.cut(*Rank)
    pair.run(4.0)
    assert pair.roles() == (PRIMARY, PRIMARY)


@pytest.mark.parametrize("changes", [{"services_as_heartbeat": False}, {"remote": ()}])
def test_a_secondary_that_is_held_back_decides_anew_when_its_settings_change(changes: dict[str, object]) -> None:
    """Other settings leave it as it is."""
    pair = held()
    pair.change(pair.s, dataclasses.replace(pair.s.settings, mail_data_sync=False))
    pair.run(1.0)
    assert pair.roles() == (PRIMARY, SECONDARY)
    pair.change(pair.s, dataclasses.replace(pair.s.settings, **changes))  # type: ignore[arg-type]
    pair.run(0.1)
    assert pair.roles() == (PRIMARY, PRIMARY)


def test_a_longer_detection_time_that_is_not_over_yet_lets_failed_services_wait_for_it() -> None:
    """The silence is measured by the new span, also one that was over by the old."""
    pair = held()
    pair.change(pair.s, dataclasses.replace(pair.s.settings, lost_threshold=20.0))
    pair.feed(pair.s, BAD)
    pair.feed(pair.s, BAD)
    pair.run(5.0)
    assert pair.roles() == (PRIMARY, SECONDARY)
    pair.run(10.0)
    assert pair.roles() == (PRIMARY, PRIMARY)


def test_a_copy_that_runs_ends_and_begins_again_when_a_heartbeat_comes() -> None:
    """Nothing is copied meanwhile, whatever falls due."""
    pair = pair_with()
    pair.s.sync_takes = 60.0
    pair.feed(pair.s, on.Heard(Rank.PRIMARY, say.SyncNow((Sync.CONFIG,))))
    pair.cut(*Rank)
    pair.run(1000.0)
    assert pair.s.texts(do.Log)[-1].endswith("remote services serve as heartbeat")
    begun = [at for at, each in pair.s.done if isinstance(each, do.StartSync)]
    assert [at for at, each in pair.s.done if isinstance(each, do.CancelSync)][-1] > begun[-1]
    pair.s.sync_takes = 0.05
    pair.heal()
    pair.run(2.0)
    later = [each.what for at, each in pair.s.done if isinstance(each, do.StartSync) and at > begun[-1]]
    assert later == [Sync.CONFIG, Sync.DATA]
    assert pair.roles() == (PRIMARY, SECONDARY)


def test_after_a_heartbeat_the_silence_counts_again_and_a_failed_service_is_told() -> None:
    """As if nothing had been."""
    pair = held()
    pair.heal()
    pair.run(2.0)
    assert Wait.SILENCE in pair.s.timers
    pair.feed(pair.s, BAD)
    pair.feed(pair.s, BAD)
    pair.run(0.5)
    assert pair.roles() == (FAILED, PRIMARY)


def test_a_unit_that_has_given_its_role_takes_it_again_when_the_peer_is_not_heard_to_lead() -> None:
    """Services may answer where nobody leads."""
    pair = pair_with()
    pair.cut(*Rank, deaf="S")
    pair.feed(pair.p, on.Ordered(Command.FAILOVER))
    pair.run(0.1)
    pair.cut(*Rank)
    assert pair.roles() == (SECONDARY, SECONDARY)
    pair.run(4.0)
    assert pair.roles() == (PRIMARY, SECONDARY)


def test_services_are_no_heartbeat_of_a_peer_that_was_heard_last_in_another_role() -> None:
    """It lives and does not lead, so somebody must."""
    pair = pair_with()
    pair.cut(*Rank)
    beat = pair.s.engine.state.group.peer
    assert beat is not None
    pair.run(1.0)
    other = dataclasses.replace(beat, seq=beat.seq + 10, effective=Effective.OFF)
    pair.feed(pair.s, on.Heard(Rank.PRIMARY, other))
    pair.run(3.0)
    assert pair.s.engine.effective is PRIMARY


@pytest.mark.parametrize(("action", "role"), [(OnFailure.BECOME_SECONDARY, FAILED), (OnFailure.OFF, OFF)])
def test_a_primary_that_has_failed_by_itself_is_taken_over_from_though_services_answer(
    action: OnFailure, role: Effective
) -> None:
    """It has said that it leaves; the detection time is waited for as always."""
    pair = pair_with(on_failure=action, local_ports=Check(enabled=True, interval=1, retries=1))
    pair.feed(pair.p, on.CheckDone("local-ports", ok=False))
    pair.run(1.9)
    assert pair.roles() == (role, SECONDARY)
    pair.run(1.2)
    assert pair.roles() == (role, PRIMARY)


def test_a_primary_whose_operator_ends_its_group_is_taken_over_from_though_services_answer() -> None:
    """It goes on serving mail at its own address."""
    pair = pair_with()
    pair.change(pair.p, dataclasses.replace(pair.p.settings, mode=Mode.OFF))
    pair.run(3.1)
    assert pair.roles() == (OFF, PRIMARY)


def test_services_are_a_heartbeat_of_a_primary_that_has_come_back() -> None:
    """What it said when it left is over."""
    pair = pair_with()
    pair.feed(pair.s, on.Heard(Rank.PRIMARY, say.Left()))
    pair.run(2.0)
    pair.cut(*Rank)
    pair.run(10.0)
    assert pair.roles() == (PRIMARY, SECONDARY)


def test_a_cured_primary_whose_farewell_was_lost_finds_a_peer_that_leads() -> None:
    """Services that run in every role have held it back until the primary is heard again, in another role."""
    pair = pair_with(on_failure=OnFailure.BECOME_SECONDARY, local_ports=Check(enabled=True, interval=1, retries=1))
    pair.lost.add(say.Left)
    pair.feed(pair.p, on.CheckDone("local-ports", ok=False))
    pair.run(10.0)
    assert pair.roles() == (FAILED, SECONDARY)
    pair.feed(pair.p, on.CheckDone("local-ports", ok=True))
    pair.run(10.0)
    assert pair.roles() == (SECONDARY, PRIMARY)


def test_a_primary_that_restarts_while_services_hold_its_peer_back_leads_on() -> None:
    """A unit that joins is given the time to take its role again."""
    pair = held()
    pair.kill(pair.p)
    pair.heal()
    pair.start(pair.p)
    pair.run(5.0)
    assert pair.roles() == (PRIMARY, SECONDARY)
    assert PRIMARY not in [each.new for _, each in pair.s.done if isinstance(each, do.RoleChanged)]


def test_the_setting_is_read() -> None:
    """Source: system ha, remote-services-as-heartbeat."""
    factory = Configuration.factory()
    assert not ha_settings(factory).services_as_heartbeat
    enabled = factory.with_value(("system ha", "remote-services-as-heartbeat"), "enable")
    assert ha_settings(enabled).services_as_heartbeat

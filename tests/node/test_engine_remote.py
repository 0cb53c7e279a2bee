"""Remote monitoring: what a secondary does with checks of its primary's services, and what the primary does then."""

from __future__ import annotations

import dataclasses

import pytest

from node.engine import effects as do
from node.engine import events as on
from node.engine import messages as say
from node.engine.modes import Command, Effective, Mode, OnFailure, Rank
from node.engine.settings import RemoteCheck
from node.settings import Configuration, ha_settings
from tests.node.engine_pair import VIRTUAL, Pair

PRIMARY, SECONDARY, OFF, FAILED = Effective.PRIMARY, Effective.SECONDARY, Effective.OFF, Effective.FAILED
SMTP = RemoteCheck("remote-smtp", enabled=True, address="10.0.3.1", port=25, interval=1, timeout=1, retries=2)
POP3 = dataclasses.replace(SMTP, name="remote-pop", port=110)
BAD, GOOD = on.CheckDone("remote-smtp", ok=False), on.CheckDone("remote-smtp", ok=True)


def watching(**changes: object) -> Pair:
    """A healthy pair whose units monitor two services of each other."""
    return Pair(**{"remote": (SMTP, POP3), **changes}).healthy()  # type: ignore[arg-type]


def found(pair: Pair) -> Pair:
    """Let the secondary's check fail as often as its retries say."""
    for _ in range(SMTP.retries):
        pair.feed(pair.s, BAD)
    return pair


@pytest.mark.parametrize(
    ("action", "mode"),
    [(OnFailure.OFF, OFF), (OnFailure.RESTORE_ROLE, FAILED), (OnFailure.BECOME_SECONDARY, FAILED)],
)
def test_a_primary_whose_service_has_failed_leaves_its_role_at_its_peers_word_and_the_peer_leads(
    action: OnFailure, mode: Effective
) -> None:
    """At once, long before the heartbeat would be missed."""
    pair = found(watching(on_failure=action))
    pair.run(0.5)
    assert pair.roles() == (mode, PRIMARY)
    assert not pair.p.open
    assert not pair.p.mail


def test_at_no_moment_two_units_hold_the_address() -> None:
    """The primary gives it up before it answers."""
    pair = found(watching())
    pair.run(0.5)
    [released] = [at for at, effect in pair.p.done if isinstance(effect, do.ReleaseAddress)]
    [held] = [at for at, effect in pair.s.done if isinstance(effect, do.HoldAddress)]
    assert released < held
    assert pair.s.held == {VIRTUAL}


def test_fewer_failed_checks_than_retries_move_nothing_and_a_good_one_starts_the_count_again() -> None:
    """Each service is counted for itself."""
    pair = watching()
    for event in (BAD, on.CheckDone("remote-pop", ok=False), GOOD, BAD, on.CheckDone("remote-pop", ok=True)):
        pair.feed(pair.s, event)
    pair.run(3.0)
    assert pair.roles() == (PRIMARY, SECONDARY)


def test_a_primary_that_does_not_hear_its_peer_is_told_again_until_it_does() -> None:
    """While both live and the primary is deaf nobody takes the role beside it."""
    pair = watching(lost_threshold=60.0)
    pair.cut(*Rank, deaf="P")
    found(pair).run(4.0)
    assert pair.roles() == (PRIMARY, SECONDARY)
    pair.heal()
    pair.run(2.0)
    assert pair.roles() == (FAILED, PRIMARY)


def test_a_primary_that_has_fallen_silent_instead_is_taken_over_from_as_always() -> None:
    """Its answer may be lost with the links."""
    pair = watching(lost_threshold=3.0)
    pair.lost.add(say.GiveRole)
    found(pair).run(2.0)
    assert pair.roles() == (FAILED, SECONDARY)
    pair.run(2.0)
    assert pair.roles() == (FAILED, PRIMARY)


@pytest.mark.parametrize("how", ["answers", "disabled"])
def test_a_service_that_is_well_again_or_no_longer_monitored_calls_it_off(how: str) -> None:
    """Before the primary has heard of it."""
    pair = watching(lost_threshold=60.0)
    pair.cut(*Rank, deaf="P")
    found(pair).run(1.5)
    if how == "answers":
        pair.feed(pair.s, GOOD)
    else:
        off = dataclasses.replace(SMTP, enabled=False)
        pair.change(pair.s, dataclasses.replace(pair.s.settings, remote=(off, POP3)))
    pair.heal()
    pair.run(3.0)
    assert pair.roles() == (PRIMARY, SECONDARY)


def test_a_failed_check_of_a_unit_that_stood_still_meanwhile_does_not_count() -> None:
    """Its own time ran out, not the service's."""
    pair = watching(lost_threshold=60.0)
    pair.feed(pair.s, BAD)
    pair.s.alive = False
    pair.run(5.0)
    pair.s.alive = True
    pair.feed(pair.s, BAD)
    pair.run(3.0)
    assert pair.roles() == (PRIMARY, SECONDARY)


def test_only_a_settled_secondary_and_a_unit_that_its_peer_has_found_failed_watch_their_peer() -> None:
    """Not a primary, nor a unit in hold-off or one that has failed by itself."""
    pair = watching()
    assert (pair.p.engine.watches_peer(), pair.s.engine.watches_peer()) == (False, True)
    found(pair).run(0.5)
    assert (pair.p.engine.watches_peer(), pair.s.engine.watches_peer()) == (True, False)
    held = watching()
    held.order(held.p, Command.REBOOT)
    held.run(0.5)
    assert held.s.engine.effective is Effective.HOLD_OFF
    assert not held.s.engine.watches_peer()


@pytest.mark.parametrize(
    ("action", "roles"),
    [
        (OnFailure.OFF, (OFF, PRIMARY)),
        (OnFailure.RESTORE_ROLE, (PRIMARY, SECONDARY)),
        (OnFailure.BECOME_SECONDARY, (SECONDARY, PRIMARY)),
    ],
)
def test_a_primary_that_reaches_its_peers_services_is_cured(
    action: OnFailure, roles: tuple[Effective, Effective]
) -> None:
    """One good check of any service is enough; on-failure says what the unit is then."""
    pair = found(watching(on_failure=action))
    pair.run(1.0)
    pair.feed(pair.p, on.CheckDone("local-hd", ok=True))
    pair.feed(pair.p, BAD)
    pair.run(5.0)
    assert pair.roles()[1] is PRIMARY
    pair.feed(pair.p, on.CheckDone("remote-pop", ok=True))
    pair.run(8.0)
    assert pair.roles() == roles


def test_a_check_of_the_peer_that_ends_after_a_takeover_counts_for_nothing() -> None:
    """It began in another role."""
    pair = found(watching())
    pair.run(0.5)
    for _ in range(5):
        pair.feed(pair.s, BAD)
    pair.run(1.0)
    assert pair.roles() == (FAILED, PRIMARY)


@pytest.mark.parametrize(
    ("service", "operation", "address", "enabled"),
    [
        ("remote-smtp", "gateway", "10.0.3.1", True),
        ("remote-smtp", "gateway", "0.0.0.0", False),  # noqa: S104 - none
        ("remote-imap", "gateway", "10.0.3.1", False),
        ("remote-imap", "server", "10.0.3.1", True),
    ],
)
def test_a_service_is_monitored_where_there_is_an_address_and_imap_in_server_mode_only(
    service: str,
    operation: str,
    address: str,
    enabled: bool,  # noqa: FBT001 - a table's column
) -> None:
    """Source: HA-251, HA-252."""
    configuration = Configuration.factory().with_value(("system global", "operation-mode"), operation)
    for name, value in (("ip", address), ("status", "enable")):
        configuration = configuration.with_value(("system ha", "service", service, name), value)
    settings = ha_settings(configuration)
    assert settings.mode is Mode.OFF
    assert {each.name: each.enabled for each in settings.remote}[service] is enabled

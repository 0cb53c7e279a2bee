"""What the units of a config-only group share, and what they leave to each other."""

from __future__ import annotations

import pytest

from node.engine import effects as do
from node.engine import events as on
from node.engine.modes import Action, Bridging, Command, Effective, Mode, Rank, Sync
from node.engine.settings import SharedAddress
from node.engine.states import Phase
from tests.node.engine_pair import VIRTUAL, Host, Pair, settings


def group(p: Mode = Mode.CONFIG_PRIMARY, s: Mode = Mode.CONFIG_SECONDARY) -> Pair:
    """Start two units that have been members of a config-only group before."""
    pair = Pair(bridged=("port4",))
    pair.p.settings, pair.s.settings = settings(p), settings(s)
    pair.start(pair.p)
    pair.start(pair.s)
    pair.run(2.0)
    return pair


def settled() -> Pair:
    """A group whose secondary has copied what was due at the start."""
    pair = group()
    pair.p.done.clear()
    pair.s.done.clear()
    return pair


def copies(host: Host) -> list[Sync]:
    """What the unit has begun to copy."""
    return [effect.what for _, effect in host.done if isinstance(effect, do.StartSync)]


def test_the_secondary_alone_copies_the_configuration_alone() -> None:
    """As soon as it hears its primary, and no mail data; once more, because its primary hears it anew."""
    pair = group()
    assert (copies(pair.p), copies(pair.s)) == ([], [Sync.CONFIG, Sync.CONFIG])


def test_a_change_on_the_primary_is_copied_at_once() -> None:
    """The primary tells its secondary, which copies again."""
    pair = settled()
    pair.feed(pair.p, on.ConfigurationChanged())
    pair.run(0.1)
    assert copies(pair.s) == [Sync.CONFIG]


def test_a_secondary_tells_nothing() -> None:
    """What changes on a secondary is its own matter."""
    pair = group()
    pair.feed(pair.s, on.ConfigurationChanged())
    pair.run(0.1)
    assert copies(pair.p) == []


@pytest.mark.parametrize("name", ["p", "s"])
def test_an_operator_forces_a_copy_from_either_unit(name: str) -> None:
    """Source: HA-354, HA-570."""
    pair = settled()
    host = getattr(pair, name)
    assert not host.engine.refuses(Command.SYNC)
    pair.feed(host, on.Ordered(Command.SYNC))
    pair.run(0.1)
    assert (copies(pair.p), copies(pair.s)) == ([], [Sync.CONFIG])


def test_a_copy_is_refused_while_the_peer_is_not_heard() -> None:
    """It would be awaited for ever."""
    pair = group()
    pair.kill(pair.p)
    pair.run(20.0)
    assert "not heard" in pair.s.engine.refuses(Command.SYNC)


def test_two_secondaries_copy_nothing() -> None:
    """They hear each other, and neither is the other's primary."""
    pair = group(p=Mode.CONFIG_SECONDARY)
    assert (copies(pair.p), copies(pair.s)) == ([], [])
    pair.order(pair.s, Command.SYNC)
    pair.run(1.0)
    assert (copies(pair.p), copies(pair.s)) == ([], [])


def test_a_failed_copy_is_tried_again() -> None:
    """Some seconds later, though no role depends on it."""
    pair = settled()
    pair.s.sync_ok = False
    pair.feed(pair.p, on.ConfigurationChanged())
    pair.run(1.0)
    pair.s.sync_ok = True
    pair.run(5.0)
    assert copies(pair.s) == [Sync.CONFIG, Sync.CONFIG]


def test_a_primary_that_starts_anew_is_copied_anew() -> None:
    """What has changed while the secondary did not hear it must arrive."""
    pair = settled()
    pair.kill(pair.p)
    pair.run(1.0)
    pair.start(pair.p)
    pair.run(2.0)
    assert copies(pair.s) == [Sync.CONFIG]


@pytest.mark.parametrize("meanwhile", [Mode.OFF, Mode.CONFIG_PRIMARY])
def test_a_secondary_that_was_something_else_for_a_moment_copies_anew(meanwhile: Mode) -> None:
    """Its primary has heard nothing of that, and cannot tell it what has changed on the secondary. Source: HA-351."""
    pair = settled()
    pair.change(pair.s, settings(meanwhile))
    pair.run(0.5)
    pair.s.done.clear()
    pair.change(pair.s, settings(Mode.CONFIG_SECONDARY))
    pair.run(2.0)
    assert copies(pair.s) == [Sync.CONFIG]


def test_the_secondary_also_copies_by_schedule() -> None:
    """What it was not told of is there at the next periodic run. Source: HA-353."""
    pair = settled()
    pair.run(2000.0)
    assert (copies(pair.p), set(copies(pair.s))) == ([], {Sync.CONFIG})


def test_mail_goes_on_whatever_happens_to_the_group() -> None:
    """It is not even interrupted on the way in and out, and no unit takes a role when the other is lost."""
    pair = Pair()
    pair.p.settings = pair.s.settings = settings(Mode.OFF)
    pair.start(pair.p)
    pair.start(pair.s)
    for host, mode in ((pair.p, Mode.CONFIG_PRIMARY), (pair.s, Mode.CONFIG_SECONDARY)):
        pair.change(host, settings(mode))
    pair.run(2.0)
    pair.kill(pair.p)
    pair.run(30.0)
    assert pair.s.mail
    assert pair.s.engine.state.effective is Effective.OFF
    pair.change(pair.s, settings(Mode.OFF))
    assert not [effect for _, effect in pair.s.done if isinstance(effect, do.StopMail | do.RoleChanged)]
    assert pair.s.engine.state.phase is Phase.STANDALONE


def test_failover_actions_are_left_alone() -> None:
    """No shared address is held, and no port of the bridge is made inactive, even when the actions change."""
    pair = group()
    changed = settings(
        Mode.CONFIG_PRIMARY, bridged=("port4",), addresses=(SharedAddress("port3", Action.SET, VIRTUAL),)
    )
    pair.change(pair.p, changed)
    assert not pair.p.held
    done = [effect for _, effect in pair.p.done if isinstance(effect, do.SetBridge)]
    assert Bridging.INACTIVE not in {effect.state for effect in done}


def test_a_member_of_a_pair_passes_over_a_member_of_a_config_only_group() -> None:
    """And the other way round: neither finds a peer in the other."""
    pair = group()
    pair.change(pair.s, settings(Mode.SECONDARY))
    pair.run(20.0)
    assert pair.roles() == (Effective.OFF, Effective.PRIMARY)
    assert pair.s.engine.state.group.peer is None


def test_from_a_pair_into_a_config_only_group() -> None:
    """The secondary of a pair gives its place up and begins to process mail."""
    pair = Pair().healthy()
    pair.change(pair.p, settings(Mode.CONFIG_PRIMARY))
    pair.change(pair.s, settings(Mode.CONFIG_SECONDARY))
    pair.run(20.0)
    assert pair.roles() == (Effective.OFF, Effective.OFF)
    assert pair.p.mail
    assert pair.s.mail
    assert not pair.p.held
    assert pair.s.engine.status().links[Rank.PRIMARY]


def test_a_pairs_commands_are_refused() -> None:
    """There is no role to move, none to take part in again, and none to restore."""
    pair = group()
    assert all(pair.p.engine.refuses(each) for each in (Command.FAILOVER, Command.RESTART, Command.RESTORE))

"""Settings as scripts: what is kept on the volume, what is synchronized, and what nobody gets to see."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from node.settings import (
    Configuration,
    Refused,
    checksum,
    dump,
    load,
    merge_synchronized,
    synchronized,
)
from node.settings.schema import Path, is_entry, is_synchronized
from node.settings.script import render
from tests.node.test_settings_table import EVERY, good, place

HA = "system ha"
INTERFACE = (HA, "interface")
SECRET = "geheim & \"quoted\" 'x' $HOME"  # noqa: S105 - the text that must not be seen

# A loaded machine is no finding, and the same examples come in every run.
CALM = settings(deadline=None, derandomize=True, database=None, suppress_health_check=[HealthCheck.too_slow])

CHOICES: list[tuple[Path, str]] = [
    (place(parameter.values[0]), value)  # type: ignore[arg-type]
    for parameter in EVERY
    for value in good(parameter.values[0])  # type: ignore[arg-type]
]


@st.composite
def configurations(draw: st.DrawFn) -> Configuration:
    """Settings reached by entering allowed values in any order; what does not fit together is left out."""
    configuration = Configuration.factory()
    for path, value in draw(st.lists(st.sampled_from(CHOICES), max_size=25)):
        shifted = tuple(
            draw(st.sampled_from(["port2", "port3", "port6"])) if step == "port3" else step for step in path
        )
        try:
            entered = configuration.with_entry(shifted[:-1]) if is_entry(shifted[:-1]) else configuration
            configuration = entered.with_value(shifted, value)
        except Refused:
            continue
    printable = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=20)
    return configuration.with_value((HA, "password"), draw(printable))


@given(configurations())
@settings(CALM, max_examples=150)
def test_dump_and_load(configuration: Configuration) -> None:
    """Whatever can be set is the same after it was kept and read again."""
    assert load(dump(configuration)) == configuration


@given(configurations(), configurations())
@settings(CALM, max_examples=100)
def test_merge(one: Configuration, other: Configuration) -> None:
    """A synchronization makes the synchronized part equal and leaves everything else."""
    try:
        merged = merge_synchronized(other, synchronized(one))
    except Refused as refused:
        assert "heartbeat interface" in refused.reason  # noqa: PT017 - the only conflict that two sound units can have
        return
    assert checksum(merged) == checksum(one)
    own = [configuration.part(lambda path: not is_synchronized(path)) for configuration in (merged, other)]
    assert own[0] == own[1]
    assert merge_synchronized(merged, synchronized(one)) == merged


def filled() -> Configuration:
    """Settings in which every part has something to say."""
    return load(
        """\
        config system ha
            set mode primary
            set hb-lost-threshold 5
            set failover port3 set 10.0.3.100 255.255.255.0
            config interface
                edit port6
                    set heartbeat-status primary
                    set peer-ip 10.0.6.2
                next
                edit port4
                    set status use-vip
                    set virtual-ip 10.0.4.100/24
                    set virtual-ip6 2001:db8:4::100/64
                next
            end
        end
        config system global
            set hostname unit-p
            set operation-mode server
            set disclaimer "two words"
        end
        config system interface
            edit port1
                set ip 10.0.1.1/24
            next
        end
        config log alertemail recipient
            edit qa@example.com
            next
        end
        """.rstrip()
    ).with_value((HA, "password"), SECRET)


def test_synchronized_part() -> None:
    """Failover rows, virtual addresses and ordinary settings are copied; the other HA settings are not."""
    assert synchronized(filled()) == (
        "config system global\n"
        "    set disclaimer 'two words'\n"
        "end\n"
        "config system ha\n"
        "    set failover port3 set 10.0.3.100/24\n"
        "    config interface\n"
        "        edit port4\n"
        "            set status use-vip\n"
        "            set virtual-ip 10.0.4.100/24\n"
        "            set virtual-ip6 2001:db8:4::100/64\n"
        "        next\n"
        "    end\n"
        "end\n"
        "config log alertemail recipient\n"
        "    edit qa@example.com\n"
        "    next\n"
        "end\n"
    )


def test_what_the_primary_removed_goes() -> None:
    """A synchronized setting that the primary no longer has disappears on the secondary."""
    assert checksum(merge_synchronized(filled(), "")) == checksum(Configuration.factory())


@pytest.mark.parametrize(
    "line",
    ["set mode secondary", "set password other", "set hb-lost-threshold 9", "set mail-data-sync disable"],
)
def test_merge_takes_synchronized_settings_only(line: str) -> None:
    """A peer that sends more than the synchronized part is refused as a whole."""
    before = filled()
    with pytest.raises(Refused, match="not a synchronized setting"):
        merge_synchronized(before, f"config system ha\nset failover port2 add 10.0.2.9/24\n{line}\nend\n")


def test_merge_refuses_what_does_not_fit() -> None:
    """A failover row for an interface that is a heartbeat interface here is refused."""
    with pytest.raises(Refused, match="port6 is the primary heartbeat interface"):
        merge_synchronized(filled(), "config system ha\nset failover port6 set 10.0.3.9/24\nend\n")


def test_checksum_sees_synchronized_settings_only() -> None:
    """Settings of one unit alone do not change the checksum; others do."""
    one = filled()
    assert checksum(one.with_value((HA, "mode"), "secondary")) == checksum(one)
    assert checksum(one.with_value(("system global", "disclaimer"), "x")) != checksum(one)


def test_order_does_not_count() -> None:
    """Entries made in another order give the same script."""
    names = ["a@example.com", "b@example.com"]
    made = []
    for order in (names, names[::-1]):
        configuration = Configuration.factory()
        for name in order:
            configuration = configuration.with_entry(("log alertemail recipient", name))
        made.append(dump(configuration))
    assert made[0] == made[1]


def test_password_is_kept_but_not_in_clear() -> None:
    """The password survives persistence, and its text stands neither in the kept script nor in `show`."""
    configuration = filled()
    assert load(dump(configuration)).get((HA, "password")) == SECRET
    shown = "\n".join(render(configuration, (HA,)))
    for text in (dump(configuration), synchronized(configuration), shown):
        assert "geheim" not in text
    assert "password" not in synchronized(configuration)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("config system ha\nset mode primary\n", "ends inside"),
        ("config system ha\nset mode wrong\nend\n", "line 2: 'wrong' is not a value"),
        ("config system ha\nset mode\nend\n", "line 2"),
        ("config system\nend\n", "line 1: 'config system' does not belong"),
        ("config system ha\nconfig nothing\nend\nend\n", "line 2"),
        ("set mode primary\n", "line 1"),
        ("end\n", "line 1"),
        ("config system ha\nedit port3\nend\n", "line 2"),
        ("config system ha\nset password ENC !\nend\n", "line 2: the encoded value"),
        ("config system ha\nset password 'open\nend\n", "line 2: a quote is not closed"),
        ("config system interface\nedit port9\nnext\nend\n", "line 2: 'port9'"),
    ],
)
def test_broken_script(text: str, reason: str) -> None:
    """A script that is cut off or wrong names its line."""
    with pytest.raises(Refused, match=reason):
        load(text)


def test_entries_are_entries() -> None:
    """Every entry that a script edits is one to the schema."""
    assert is_entry((*INTERFACE, "port3"))
    assert not is_entry(INTERFACE)

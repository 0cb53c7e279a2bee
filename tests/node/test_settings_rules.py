"""What settings mean together: two spellings of one truth, rules across fields, and the engine's record."""

from __future__ import annotations

import dataclasses

import pytest

from node.engine.modes import Action, Mode, OnFailure, Rank
from node.engine.settings import Check, Link, SharedAddress
from node.settings import Configuration, Refused, changes, dump, ha_settings, load, rebase
from node.settings.values import NONE4
from tests.node.engine_pair import FACTORY

HA = "system ha"
INTERFACE = (HA, "interface")
FAILOVER = (HA, "failover")
VIRTUAL = "10.0.3.100/24"
TRANSPARENT = (("system global", "operation-mode"), "transparent")
BRIDGES = {
    "bridge": (FAILOVER, "port3 bridge 0.0.0.0/0"),
    "add-to-bridge": ((*INTERFACE, "port3", "status"), "add-to-bridge"),
}


def made(*rows: tuple[tuple[str, ...], str]) -> Configuration:
    """Factory settings with these values set, in order."""
    configuration = Configuration.factory()
    for path, value in rows:
        configuration = configuration.with_value(path, value)
    return configuration


def test_the_other_unit_of_a_config_only_group_is_known_by_one_address() -> None:
    """There config-peer-ip names it, on the primary heartbeat interface; a pair's peer-ip has no effect. HA-027."""
    pair = (
        ((*INTERFACE, "port5", "heartbeat-status"), "secondary"),
        ((*INTERFACE, "port5", "peer-ip"), "10.0.5.1"),
        ((*INTERFACE, "port6", "heartbeat-status"), "primary"),
        ((*INTERFACE, "port6", "peer-ip"), "10.0.6.1"),
    )
    group = (*pair, ((HA, "mode"), "config-secondary"))
    assert ha_settings(made(*group)).links == ()
    links = ha_settings(made(*group, ((HA, "config-peer-ip"), "10.0.6.7"))).links
    assert links == (Link(Rank.PRIMARY, "port6", "10.0.6.7"),)


def test_whole_record() -> None:
    """Every setting that moves the engine arrives in its record."""
    configuration = made(
        ((HA, "mode"), "secondary"),
        ((HA, "password"), "secret"),
        ((HA, "hb-base-port"), "30000"),
        ((HA, "hb-lost-threshold"), "3"),
        ((HA, "on-failure"), "restore-role"),
        ((HA, "mail-data-sync"), "disable"),
        ((*INTERFACE, "port5", "heartbeat-status"), "secondary"),
        ((*INTERFACE, "port5", "peer-ip"), "10.0.5.1"),
        ((*INTERFACE, "port6", "heartbeat-status"), "primary"),
        ((*INTERFACE, "port6", "peer-ip"), "10.0.6.1"),
        ((*INTERFACE, "port6", "peer-ip6"), "2001:db8:6::1"),
        (FAILOVER, f"port3 add {VIRTUAL}"),
        ((*INTERFACE, "port3", "virtual-ip6"), "2001:db8:3::100/64"),
        (FAILOVER, "port4 set 10.0.4.100/24"),
        ((HA, "service", "local-hd", "status"), "enable"),
        ((HA, "service", "local-hd", "check-interval"), "7"),
    )
    assert ha_settings(configuration) == dataclasses.replace(
        FACTORY,
        mode=Mode.SECONDARY,
        links=(
            Link(Rank.PRIMARY, "port6", "10.0.6.1", "2001:db8:6::1"),
            Link(Rank.SECONDARY, "port5", "10.0.5.1"),
        ),
        lost_threshold=3.0,
        base_port=30000,
        on_failure=OnFailure.RESTORE_ROLE,
        mail_data_sync=False,
        addresses=(
            SharedAddress("port3", Action.ADD, VIRTUAL),
            SharedAddress("port3", Action.ADD, "2001:db8:3::100/64"),
            SharedAddress("port4", Action.SET, "10.0.4.100/24"),
        ),
        password="secret",  # noqa: S106 - the value entered above
        local_hd=Check(enabled=True, interval=7, retries=3),
    )


@pytest.mark.parametrize(("nested", "flat"), [("enable", "enable"), ("disable", "enable"), ("enable", "disable")])
def test_interface_monitoring_needs_both_switches(nested: str, flat: str) -> None:
    """Interface monitoring runs when neither of its two switches is off."""
    configuration = made(((HA, "service", "local-ports", "status"), nested), ((HA, "network-intf-check"), flat))
    assert ha_settings(configuration).local_ports.enabled is (nested == flat == "enable")


@pytest.mark.parametrize(
    ("old", "word", "path"),
    [
        ("master", "primary", (HA, "mode")),
        ("slave", "secondary", (HA, "mode")),
        ("config-master", "config-primary", (HA, "mode")),
        ("config-slave", "config-secondary", (HA, "mode")),
        ("become-slave", "become-secondary", (HA, "on-failure")),
        ("slave", "become-secondary", (HA, "on-failure")),
        ("restore", "restore-role", (HA, "on-failure")),
        ("master", "primary", (*INTERFACE, "port6", "heartbeat-status")),
    ],
)
def test_old_words(old: str, word: str, path: tuple[str, ...]) -> None:
    """A word of an older version is stored as 7.0's word."""
    other = made((path, next(other for other in ("off", "disable") if _fits(path, other))))
    assert other.with_value(path, old) == other.with_value(path, word)


def _fits(path: tuple[str, ...], word: str) -> bool:
    try:
        made((path, word))
    except Refused:
        return False
    return True


class TestOneTruth:
    """The flat and the nested spelling."""

    def test_links_from_flat(self) -> None:
        """Heartbeat links entered flat are read nested."""
        flat = made(
            ((HA, "heartbeat-1-interface"), "port6"),
            ((HA, "heartbeat-1-ip"), "10.0.6.1 255.255.255.0"),
            ((HA, "heartbeat-1-peer"), "10.0.6.2"),
            ((HA, "heartbeat-2-interface"), "port5"),
            ((HA, "heartbeat-2-ip"), "10.0.5.1/24"),
            ((HA, "heartbeat-2-peer"), "10.0.5.2"),
        )
        nested = made(
            ((*INTERFACE, "port6", "heartbeat-status"), "primary"),
            ((*INTERFACE, "port6", "peer-ip"), "10.0.6.2"),
            ((*INTERFACE, "port5", "heartbeat-status"), "secondary"),
            ((*INTERFACE, "port5", "peer-ip"), "10.0.5.2"),
            (("system interface", "port6", "ip"), "10.0.6.1/24"),
            (("system interface", "port5", "ip"), "10.0.5.1/24"),
        )
        assert flat == nested
        assert nested.get((HA, "heartbeat-1-interface")) == "port6"
        assert nested.get((HA, "heartbeat-1-ip")) == "10.0.6.1 255.255.255.0"
        assert nested.get((HA, "heartbeat-2-peer")) == "10.0.5.2"

    @pytest.mark.parametrize("address", ["10.0.3.100/24", "10.0.3.100 255.255.255.0", "10.0.3.100/255.255.255.0"])
    def test_failover_add(self, address: str) -> None:
        """`failover ... add` with any spelling of the mask is `use-vip` with a virtual address."""
        nested = made(
            ((*INTERFACE, "port3", "status"), "use-vip"), ((*INTERFACE, "port3", "virtual-ip"), "10.0.3.100/24")
        )
        assert made((FAILOVER, f"port3 add {address}")) == nested
        assert nested.get(FAILOVER) == "port3 add 10.0.3.100/24"

    def test_set_has_no_nested_word(self) -> None:
        """`set` exists in the flat spelling only; the nested one accepts its own words."""
        flat = made((FAILOVER, f"port3 set {VIRTUAL}"))
        assert flat.get(FAILOVER) == f"port3 set {VIRTUAL}"
        assert flat.get((*INTERFACE, "port3", "virtual-ip")) == VIRTUAL
        with pytest.raises(Refused, match=r"allowed: ignore-vip, use-vip, add-to-bridge$"):
            flat.with_value((*INTERFACE, "port3", "status"), "set")

    @pytest.mark.parametrize("ignore", ["port3 ignore", "port3 ignore 0.0.0.0/0", "port3 ignore 0.0.0.0 0.0.0.0"])
    def test_ignore_forgets_the_address(self, ignore: str) -> None:
        """`ignore` leaves the interface as it was in the factory."""
        configuration = made(
            (FAILOVER, f"port3 add {VIRTUAL}"), ((*INTERFACE, "port3", "virtual-ip6"), "2001:db8::1/64")
        )
        assert configuration.with_value(FAILOVER, ignore) == Configuration.factory()

    def test_a_row_for_each_interface(self) -> None:
        """Entering `failover` for one interface leaves the rows of others."""
        configuration = made((FAILOVER, "port2 add 10.0.2.100/24"), (FAILOVER, f"port3 set {VIRTUAL}"))
        assert configuration.get(FAILOVER).split("\n") == ["port2 add 10.0.2.100/24", f"port3 set {VIRTUAL}"]

    def test_moving_a_link_takes_its_peer_along(self) -> None:
        """heartbeat-1-interface moves rank and peer to another interface, and nothing stays behind."""
        moved = made(((HA, "heartbeat-1-peer"), "10.0.6.2"), ((HA, "heartbeat-1-interface"), "port4"))
        assert ha_settings(moved).links == (Link(Rank.PRIMARY, "port4", "10.0.6.2"),)
        assert moved.get((*INTERFACE, "port6", "peer-ip")) == NONE4

    def test_first_peer_takes_the_highest_port(self) -> None:
        """Without a primary heartbeat interface, its peer is set on the highest-numbered port."""
        assert made(((HA, "heartbeat-1-peer"), "10.0.6.2")).get((HA, "heartbeat-1-interface")) == "port6"

    def test_second_link_disabled(self) -> None:
        """heartbeat-2-interface `disable` takes the secondary link away."""
        configuration = made(((HA, "heartbeat-2-interface"), "port5"), ((HA, "heartbeat-2-peer"), "10.0.5.2"))
        assert configuration.with_value((HA, "heartbeat-2-interface"), "disable") == Configuration.factory()

    def test_service_monitoring(self) -> None:
        """The flat service lines are the entries of `config service`."""
        configuration = made(
            ((HA, "remote-service"), "smtp 10.0.3.1 2525 60 10 5"),
            ((HA, "local-service"), "PORTS 20 2 HD 30 4"),
            ((HA, "hard-drives-check"), "enable"),
        )
        base = (HA, "service")
        assert configuration.get((*base, "remote-smtp", "check-timeout")) == "10"
        assert configuration.get((*base, "remote-smtp", "status")) == "enable"
        assert configuration.get((*base, "local-ports", "check-interval")) == "20"
        assert configuration.get((*base, "local-hd", "retries")) == "4"
        assert configuration.get((*base, "local-hd", "status")) == "enable"
        assert configuration.get((HA, "remote-service")) == "smtp 10.0.3.1 2525 60 10 5"
        off = configuration.with_value((HA, "remote-service"), "smtp 10.0.3.1 2525 60 10 0")
        assert off.get((*base, "remote-smtp", "status")) == "disable"


class TestRules:
    """What is legal field by field but not together."""

    @pytest.mark.parametrize("port", ["port5", "port6"])
    def test_heartbeat_interface_keeps_its_address(self, port: str) -> None:
        """`failover <heartbeat interface> set` is refused, in whichever order the two are entered."""
        links = made(((HA, "heartbeat-1-interface"), "port6"), ((HA, "heartbeat-2-interface"), "port5"))
        with pytest.raises(Refused, match=f"{port} is the .* heartbeat interface"):
            links.with_value(FAILOVER, f"{port} set {VIRTUAL}")
        with pytest.raises(Refused, match=f"{port} is the .* heartbeat interface"):
            made((FAILOVER, f"{port} set {VIRTUAL}"), ((*INTERFACE, port, "heartbeat-status"), "primary"))
        links.with_value(FAILOVER, f"{port} add {VIRTUAL}")

    @pytest.mark.parametrize("rank", ["primary", "secondary"])
    def test_one_interface_for_each_rank(self, rank: str) -> None:
        """Two interfaces cannot have the same heartbeat rank."""
        with pytest.raises(Refused, match="port2 and port4"):
            made(((*INTERFACE, "port2", "heartbeat-status"), rank), ((*INTERFACE, "port4", "heartbeat-status"), rank))

    def test_one_rank_for_each_interface(self) -> None:
        """An interface that has a rank is not given the other one in passing."""
        configuration = made(((HA, "heartbeat-1-interface"), "port6"))
        with pytest.raises(Refused, match="already is the primary"):
            configuration.with_value((HA, "heartbeat-2-interface"), "port6")

    @pytest.mark.parametrize(("name", "value"), [("virtual-ip", VIRTUAL), ("virtual-ip6", "2001:db8::1/64")])
    def test_virtual_address_only_when_called_for(self, name: str, value: str) -> None:
        """A virtual address is refused while the interface's action is `ignore-vip`."""
        with pytest.raises(Refused, match="set status use-vip first"):
            made(((*INTERFACE, "port3", name), value))

    def test_set_needs_its_address(self) -> None:
        """The address of `set` cannot be taken away while the action stays."""
        with pytest.raises(Refused, match="needs an address"):
            made((FAILOVER, f"port3 set {VIRTUAL}")).without((*INTERFACE, "port3", "virtual-ip"))

    @pytest.mark.parametrize("word", ["bridge", "add-to-bridge"])
    def test_no_bridge(self, word: str) -> None:
        """A bridge is refused because it belongs to transparent mode."""
        with pytest.raises(Refused, match="transparent mode"):
            made(BRIDGES[word])
        bridged = made(TRANSPARENT, BRIDGES[word])
        assert bridged.get(FAILOVER) == "port3 bridge 0.0.0.0/0"
        with pytest.raises(Refused, match="transparent mode"):
            bridged.with_value(TRANSPARENT[0], "gateway")

    def test_no_bridge_for_a_heartbeat(self) -> None:
        """A heartbeat interface cannot be bridged, for it must speak in every role."""
        with pytest.raises(Refused, match="stays active"):
            made(TRANSPARENT, ((*INTERFACE, "port3", "heartbeat-status"), "primary"), BRIDGES["bridge"])

    def test_bridge_takes_no_address(self) -> None:
        """A bridged interface has no virtual address, and one that it had is forgotten."""
        had = made(TRANSPARENT, (FAILOVER, f"port3 add {VIRTUAL}"))
        assert had.with_value(*BRIDGES["bridge"]).get((*INTERFACE, "port3", "virtual-ip")) == "0.0.0.0/0"
        with pytest.raises(Refused, match="no virtual address"):
            made(TRANSPARENT, BRIDGES["bridge"], ((*INTERFACE, "port3", "virtual-ip"), VIRTUAL))
        with pytest.raises(Refused, match="bridge takes no address"):
            made(TRANSPARENT, (FAILOVER, f"port3 bridge {VIRTUAL}"))

    def test_bridge_survives_the_volume(self) -> None:
        """What is stored can be read again: the operation mode comes before the bridge that needs it."""
        bridged = made(TRANSPARENT, BRIDGES["bridge"])
        assert load(dump(bridged)) == bridged
        assert ha_settings(bridged).bridged == ("port3",)

    def test_interfaces_stay(self) -> None:
        """The unit's interfaces can be neither added nor removed."""
        with pytest.raises(Refused, match="allowed: port1, port2"):
            Configuration.factory(("port1", "port2")).with_entry(("system interface", "port3"))
        with pytest.raises(Refused, match="part of the unit"):
            Configuration.factory().without(("system interface", "port3"))

    def test_three_recipients(self) -> None:
        """A fourth alert recipient is refused."""
        configuration = Configuration.factory()
        for name in "abc":
            configuration = configuration.with_entry(("log alertemail recipient", f"{name}@example.com"))
        with pytest.raises(Refused, match="3 entries already"):
            configuration.with_entry(("log alertemail recipient", "d@example.com"))


class TestRebase:
    """An operator's draft and a synchronization at the same time."""

    def test_both_changes_stay(self) -> None:
        """What the operator changed and what arrived meanwhile are both in the result."""
        base = Configuration.factory()
        draft = base.with_value((HA, "mode"), "primary").with_entry(("log alertemail recipient", "a@example.com"))
        current = base.with_value(("system global", "disclaimer"), "arrived")
        both = rebase(base, draft, current)
        assert changes(current, both) == {(HA, "mode"), ("log alertemail recipient", "a@example.com")}
        assert both.get(("system global", "disclaimer")) == "arrived"

    def test_removal_is_a_change(self) -> None:
        """What the operator removed is removed, although it is still in the current settings."""
        base = made((("system global", "disclaimer"), "x"))
        assert rebase(base, Configuration.factory(), base) == Configuration.factory()

    def test_conflict(self) -> None:
        """Changes that do not fit together any more are refused."""
        base = Configuration.factory()
        draft = made(((*INTERFACE, "port3", "heartbeat-status"), "primary"))
        with pytest.raises(Refused, match="port3 is the primary"):
            rebase(base, draft, made((FAILOVER, f"port3 set {VIRTUAL}")))

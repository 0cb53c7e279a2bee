"""Subnets that nobody else uses, the packet filter rules that follow from the addresses, and what passes them."""

from __future__ import annotations

import random
from types import SimpleNamespace
from typing import Any

import pytest

from lab.contract import Family, Rank
from lab.docker import proxies, rules
from lab.docker.names import UNITS
from lab.docker.ports_in_use import PROBE, PortsInUse
from lab.docker.proxies import WELL, Impairment, Proxies, Way
from lab.docker.redirection import Redirection
from lab.docker.subnets import FIRST, LAST, Plan, candidates, routed
from lab.docker.traffic import Traffic
from lab.wires import switchover, vrrp
from lab.wires.wire import Wire

ROUTES = """Iface Destination Gateway Flags RefCnt Use Metric Mask MTU Window IRTT
eth0 00000000 0100000A 0003 0 0 0 00000000 0 0 0
br-1 0001480A 00000000 0001 0 0 0 00FFFFFF 0 0 0
"""


def test_plan_follows_the_standard_pair() -> None:
    """Units, helpers and the host's end have the same host parts in every lab."""
    plan = Plan(97)
    assert plan.subnet("port6") == "10.97.6.0/24"
    assert plan.gateway("port6") == "10.97.6.254"
    assert [plan.address(who, "port3") for who in ("P", "S", "client", "protected")] == [
        "10.97.3.1",
        "10.97.3.2",
        "10.97.3.50",
        "10.97.3.200",
    ]
    assert plan.with_mask("virtual", "port3") == "10.97.3.100/24"


def test_taken_networks_are_avoided() -> None:
    """No plan overlaps a network in use, whether it is one of ours or one that holds ours."""
    taken = ["10.70.3.0/24", "10.80.0.0/13", "192.168.0.0/16", "fd00::/64"]
    free = {plan.x for plan in candidates(taken)}
    assert free == set(range(FIRST, LAST + 1)) - {70, *range(80, 88)}


def test_full_range_leaves_no_plan() -> None:
    """Where everything is taken there is no plan, rather than a wrong one."""
    assert list(candidates(["10.0.0.0/8"])) == []


def test_order_is_random() -> None:
    """Labs that start together begin with different candidates."""
    first = [
        next(candidates([], random.Random(seed))).x  # noqa: S311 - no secret
        for seed in range(8)
    ]
    assert len(set(first)) > 1


def test_routes_of_the_host_are_read() -> None:
    """Networks that the host routes are found, its default route aside."""
    assert routed(ROUTES) == ["10.72.1.0/24"]


def test_redirect_maps_each_port_and_restores_the_source() -> None:
    """The rules hold one element for each way of dialling, and give Toxiproxy's packets the peer's address."""
    dials = [rules.Dial("10.9.6.2", 20000 + n, "10.9.6.100", 61000 + n) for n in range(2)]
    text = rules.redirect(dials, {"10.9.6.100": "10.9.6.2"}, [80, 25])
    assert "10.9.6.2 . 20000 : 10.9.6.100 . 61000, 10.9.6.2 . 20001 : 10.9.6.100 . 61001" in text
    assert "elements = { 10.9.6.100 : 10.9.6.2 }" in text
    assert "dnat ip to ip daddr . tcp dport map @dials" in text
    assert "snat ip to ip saddr map @origins" in text
    assert "ip daddr @peers tcp dport != { 25, 80 } tcp flags & (syn | ack) == syn counter name direct" in text
    assert rules.more_dials(dials[:1]) == (
        "add element inet switchover dials { 10.9.6.2 . 20000 : 10.9.6.100 . 61000 }\n"
    )


def test_each_network_of_ours_has_ipv6_where_units_use_it() -> None:
    """Mail and heartbeat networks have both families, with the same last digits; administration has IPv4 only."""
    plan = Plan(97)
    assert plan.all_addresses("S", "port6") == ["10.97.6.2/24", "fd53:7769:97:6::2/64"]
    assert plan.all_addresses("S", "port1") == ["10.97.1.2/24"]


def test_ipv6_is_redirected_by_maps_of_its_own() -> None:
    """IPv6 ways and sources stand in maps of their own, and can be taken out of force together."""
    dial = rules.Dial("fd53::2", 20000, "fd53::100", 61020)
    text = rules.redirect([dial], {"10.9.6.100": "10.9.6.2", "fd53::100": "fd53::2"}, [25])
    assert "map dials { type ipv4_addr . inet_service : ipv4_addr . inet_service;  }" in text
    assert "elements = { fd53::2 . 20000 : fd53::100 . 61020 }" in text
    assert "elements = { fd53::100 : fd53::2 }" in text
    assert "dnat ip6 to ip6 daddr . tcp dport map @dials6" in text
    assert "snat ip6 to ip6 saddr map @origins6" in text
    assert rules.more_dials([dial]) == ("add element inet switchover dials6 { fd53::2 . 20000 : fd53::100 . 61020 }\n")
    assert rules.no_dials(Family.IPV6) == "flush map inet switchover dials6\n"


def test_helpers_and_units_have_two_addresses_on_each_link() -> None:
    """As an agent takes them: by interface, a blank between them."""
    assert Plan(97).on_links("toxiproxy") == {
        "port6": "10.97.6.100 fd53:7769:97:6::100",
        "port5": "10.97.5.100 fd53:7769:97:5::100",
    }


def test_a_black_hole_drops_all_but_tcp_and_what_tcp_needs() -> None:
    """Where it leaves, on one port; the end of it is harmless where there is none."""
    text = rules.black_hole("port6")
    assert text.startswith(rules.no_black_hole("port6"))
    assert "hook egress device port6" in text
    assert "policy drop" in text
    assert "meta protocol arp accept" in text
    assert "meta l4proto { tcp, igmp } accept" in text
    assert "nd-neighbor-solicit" in text
    assert rules.no_black_hole("port6") == (
        "add table netdev switchover_hole_port6\ndelete table netdev switchover_hole_port6\n"
    )


def test_what_a_unit_hears_is_of_its_peers_wire() -> None:
    """Each agent is told the addresses, the wire and the proxies of the other unit, and its own unit's port."""
    told: dict[str, dict[str, Any]] = {}
    rack: Any = SimpleNamespace(
        plan=Plan(97),
        chassis=lambda unit: SimpleNamespace(ask=lambda do, **request: told.update({unit: {"do": do, **request}})),
    )
    ways = [Way(Rank.PRIMARY, unit, port) for unit in UNITS for port in (20000, 20001, 21000)]
    proxies: Any = SimpleNamespace(
        ways=lambda _families: ways, dial=lambda way: SimpleNamespace(listen=61000 + ways.index(way))
    )
    nobody: Any = None
    ports = PortsInUse()
    ports.bases["S"] = 21000
    wires = {"P": vrrp.WIRE, "S": Wire("duplex", both_ways=True)}
    Redirection(rack, proxies=proxies, ports=ports, faults=nobody, wires=wires)._tell()
    assert told["S"]["do"] == "hear"
    assert (told["S"]["protocols"], told["S"]["port"]) == (["112"], 21000)
    assert told["S"]["peer"] == Plan(97).on_links("P")
    assert told["S"]["noise"] == [beginning.hex() for beginning in vrrp.FAREWELLS]
    assert (sorted(told["P"]["protocols"]), told["P"]["noise"], told["P"]["port"]) == (["17", "6"], [], 20000)
    assert told["P"]["answers"] == ["61002"]
    ours = dict.fromkeys(UNITS, switchover.WIRE)
    Redirection(rack, proxies=proxies, ports=ports, faults=nobody, wires=ours)._tell()
    assert told["P"]["answers"] == []


def agent_with(arrived: dict[str, dict[str, str]], asked: list[str]) -> SimpleNamespace:
    """Return an agent with these counts of what has arrived, which may grow, and a list of what it is asked."""

    def ask(do: str) -> dict[str, dict[str, str]]:
        asked.append(do)
        return {kind: dict(counts) for kind, counts in arrived.items()} if do == "arrived" else {}

    return SimpleNamespace(ask=ask)


def test_packets_past_toxiproxy_are_counted_since_the_scenario_began() -> None:
    """By link, unit, protocol and port, without the lab's own probes."""
    past = {"port6 17 694": "3", "port5 112 0": "1", f"port6 17 {PROBE}": "2"}
    rack: Any = SimpleNamespace(chassis=lambda unit: agent_with({"bytes": {}, "past": past if unit == "S" else {}}, []))
    nobody: Any = None
    traffic = Traffic(rack, nobody)
    assert traffic.counted().past == {(Rank.PRIMARY, "S", 17, 694): 3, (Rank.SECONDARY, "S", 112, 0): 1}
    traffic.begin()
    past["port6 17 694"] = "5"
    assert traffic.counted().past == {(Rank.PRIMARY, "S", 17, 694): 2}


def test_payload_and_packets_are_asked_for_at_once() -> None:
    """Each question costs the agent, the engine and the lab about a millisecond, and they are asked all the time."""
    payload, asked = {"port6 accepted 20000": "7", f"port6 accepted {PROBE}": "9"}, list[str]()
    agent = agent_with({"bytes": payload, "past": {"port6 17 694": "3"}}, asked)
    rack: Any = SimpleNamespace(chassis=lambda _: agent)
    nobody: Any = None
    traffic = Traffic(rack, nobody)
    traffic.begin()
    assert asked == ["begin", "begin", "arrived", "arrived"]
    payload["port6 accepted 20000"] = "8"
    assert traffic.since_begin() == {(Rank.PRIMARY, unit, 20000): 1 for unit in UNITS}
    asked.clear()
    totals, past = traffic.counted()
    assert (asked, totals, past) == (["arrived", "arrived"], {(Rank.PRIMARY, unit, 20000): 8 for unit in UNITS}, {})


def test_darkness_drops_both_ways_before_anything_else() -> None:
    """A machine without power neither sends nor receives a single frame."""
    text = rules.darkness(["port1", "port6"])
    assert text.count("devices = { port1, port6 }") == 2
    assert text.count("policy drop") == 2
    assert "hook ingress" in text
    assert "hook egress" in text
    assert rules.light().endswith(f"delete table netdev {rules.DARK}\n")


def test_a_black_hole_ends_last(monkeypatch: pytest.MonkeyPatch) -> None:
    """A delay that holds data for a connection which the end of the hole has closed would stop Toxiproxy for ever."""
    way, done = Way(Rank.PRIMARY, "P", 20000), list[str]()
    kinds = (("deaf-S", "timeout", {"timeout": 0}), ("delay-upstream", "latency", {"latency": 2000, "jitter": 0}))
    record = {
        "name": way.name,
        "enabled": True,
        "toxics": [{"name": name, "type": kind, "attributes": attributes} for name, kind, attributes in kinds],
    }

    class PaperProxy(SimpleNamespace):
        def destroy_toxic(self, name: str) -> None:
            done.append(name)

    monkeypatch.setattr(proxies, "Proxy", PaperProxy)
    monkeypatch.setattr(proxies.APIConsumer, "get", lambda *_, **__: SimpleNamespace(json=lambda: {way.name: record}))
    monkeypatch.setattr(proxies.APIConsumer, "post", lambda address, **_: done.append(address))
    plan: Any = SimpleNamespace(address=lambda *_: "192.0.2.1")
    server = Proxies(plan)
    server.impair({way: WELL})
    assert done == ["delay-upstream", "delay-downstream", "deaf-S"]
    done.clear()
    server.impair({way: Impairment(delay=1.0)})
    assert [name.rpartition("/")[2] for name in done][-1] == "deaf-S"

"""What is in force on the heartbeat links of the Docker lab: one owner knows it, and imposes it on every way."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest

from lab.contract import Cut, Family, How, Port, Rank
from lab.docker.clock import HostClock
from lab.docker.link_faults import SOUND, LinkFault, LinkFaults
from lab.docker.names import UNITS, other
from lab.docker.ports_in_use import PROBE, PortsInUse
from lab.docker.proxies import WELL, Impairment, Way, read
from lab.docker.subnets import HEARTBEAT_PORTS
from lab.docker.traffic import Counted, Past, Totals
from lab.errors import FaultNotProven
from lab.wires import switchover

S_ALONE = frozenset({"S"})
HEARTBEAT_ONLY = frozenset({Port.HEARTBEAT})

FAULTS = [
    SOUND,
    LinkFault((Cut(),)),
    LinkFault((Cut(How.REFUSAL),)),
    LinkFault((Cut(deaf=S_ALONE),)),
    LinkFault((Cut(How.REFUSAL, S_ALONE),)),
    LinkFault((Cut(ports=HEARTBEAT_ONLY),)),
    LinkFault((Cut(deaf=S_ALONE, ports=HEARTBEAT_ONLY), Cut(How.REFUSAL, ports=frozenset({Port.DATA_SYNC})))),
    LinkFault(delay=0.3, jitter=0.1, rate=4),
    LinkFault((Cut(),), delay=2.0),
]


class PaperProxies:
    """Proxies on paper: they keep what was asked for, for as many ways as there are."""

    def __init__(self) -> None:
        """Begin with the ways of two units with factory settings."""
        self.wrong: dict[Way, Impairment] = {}
        self.add(range(20000, 20004))
        self.add([PROBE])

    def add(self, numbers: Collection[int], family: Family = Family.IPV4) -> None:
        """Let there be ways to these ports."""
        ways = [Way(rank, unit, number, family) for number in numbers for rank in Rank for unit in UNITS]
        self.wrong |= dict.fromkeys(ways, WELL)

    def ways(self, families: Collection[Family]) -> list[Way]:
        """All ways of these families."""
        return [way for way in self.wrong if way.family in families]

    def impair(self, wanted: Mapping[Way, Impairment]) -> None:
        """Take note."""
        self.wrong |= wanted

    def impairments(self) -> dict[Way, Impairment]:
        """Tell what was noted."""
        return dict(self.wrong)

    def on(self, rank: Rank) -> set[Impairment]:
        """What is wrong with the ways of a link."""
        return {impairment for way, impairment in self.wrong.items() if way.rank is rank}


@pytest.fixture
def proxies() -> PaperProxies:
    """Return proxies of two units with factory settings."""
    return PaperProxies()


@pytest.fixture
def ports() -> PortsInUse:
    """Return the ports of two units with factory settings."""
    return PortsInUse()


class PaperTraffic:
    """What has come past Toxiproxy, on paper; payload there is none."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.packets = Past()

    def counted(self) -> Counted:
        """Payload, and packets past Toxiproxy."""
        return Counted(Totals(), Past(self.packets))


class PaperFilter:
    """Both units' packet filters, on paper: what they were told last of each port."""

    def __init__(self) -> None:
        """Begin without rules."""
        self.texts: dict[tuple[str, str], str] = {}

    def chassis(self, unit: str) -> SimpleNamespace:
        """Agent in a unit's namespace."""
        return SimpleNamespace(ask=partial(self._ask, unit))

    def silenced(self) -> set[tuple[str, str]]:
        """Units with the ports on which they send nothing but TCP."""
        return {key for key, text in self.texts.items() if "policy drop" in text}

    def _ask(self, unit: str, do: str, **request: str) -> dict[str, Any]:
        if do == "rules":
            (port,) = {port for port in HEARTBEAT_PORTS.values() if port in request["text"]}
            self.texts[unit, port] = request["text"]
        return {"packets": {"direct": "0"}}


@pytest.fixture
def traffic() -> PaperTraffic:
    """Return the traffic of a lab without any."""
    return PaperTraffic()


@pytest.fixture
def packet_filter() -> PaperFilter:
    """Return both units' packet filters."""
    return PaperFilter()


@pytest.fixture
def faults(proxies: Any, ports: PortsInUse, traffic: Any, packet_filter: Any) -> LinkFaults:  # noqa: ANN401 - on paper
    """Return the owner of what is wrong, in a lab without power: no probe is sent."""
    return LinkFaults(
        packet_filter,
        clock=HostClock(),
        proxies=proxies,
        ports=ports,
        traffic=traffic,
        is_lit=lambda _unit: False,
        wires=dict.fromkeys(UNITS, switchover.WIRE),
    )


@pytest.mark.parametrize(
    ("fault", "dialler", "number", "impairment"),
    [
        (LinkFault((Cut(),)), "P", 20000, Impairment(deaf=frozenset(UNITS))),
        (LinkFault((Cut(),)), "P", PROBE, Impairment(deaf=frozenset(UNITS))),
        (LinkFault((Cut(deaf=S_ALONE),)), "P", 20000, Impairment(deaf=S_ALONE)),
        (LinkFault((Cut(How.REFUSAL, S_ALONE),)), "P", 20000, Impairment(refused=True)),
        (LinkFault((Cut(How.REFUSAL, S_ALONE),)), "S", 20000, WELL),
        (LinkFault((Cut(ports=HEARTBEAT_ONLY),)), "P", 20000, Impairment(deaf=frozenset(UNITS))),
        (LinkFault((Cut(ports=HEARTBEAT_ONLY),)), "P", 20001, WELL),
        (LinkFault((Cut(ports=HEARTBEAT_ONLY),)), "P", PROBE, WELL),
        (LinkFault((Cut(deaf=S_ALONE), Cut(deaf=frozenset({"P"}))), 1.0), "S", 20000,
         Impairment(deaf=frozenset(UNITS), delay=1.0)),
    ],
)  # fmt: skip
def test_a_fault_says_what_is_wrong_with_each_way(
    ports: PortsInUse, fault: LinkFault, dialler: str, number: int, impairment: Impairment
) -> None:
    """Both units or one, all ports or some, refused or swallowed; cuts add up."""
    assert fault.on(Way(Rank.PRIMARY, dialler, number), ports.uses(number)) == impairment


@pytest.mark.parametrize("fault", FAULTS, ids=range(len(FAULTS)))
def test_a_fault_is_told_from_what_it_does(proxies: PaperProxies, faults: LinkFaults, fault: LinkFault) -> None:
    """Whoever takes a lab over finds what was left in force on its links."""
    faults.impose(Rank.PRIMARY, fault)
    left = faults.impaired()
    assert {way.rank for way in left} <= {Rank.PRIMARY}
    faults._in_force = dict.fromkeys(Rank, SOUND)
    faults.adopt()
    assert (faults.on(Rank.PRIMARY), faults.on(Rank.SECONDARY)) == (fault, SOUND)
    faults.impose(Rank.PRIMARY, SOUND)
    assert proxies.on(Rank.PRIMARY) == {WELL}


def test_ways_that_come_later_get_what_is_in_force(
    proxies: PaperProxies, ports: PortsInUse, faults: LinkFaults
) -> None:
    """Another base port, or another family, is no way round a fault; the other link stays well."""
    slow = LinkFault(delay=1.0)
    faults.impose(Rank.SECONDARY, slow)
    ports.bases["P"] = 21000
    proxies.add(range(21000, 21004))
    proxies.add(ports.all(), Family.IPV6)
    ports.families.add(Family.IPV6)
    faults.renew()
    assert proxies.on(Rank.SECONDARY) == {Impairment(delay=1.0)}
    assert proxies.on(Rank.PRIMARY) == {WELL}


def test_a_cut_of_one_port_follows_its_use(proxies: PaperProxies, ports: PortsInUse, faults: LinkFaults) -> None:
    """What is cut is the heartbeat, whatever number its port has by now."""
    faults.impose(Rank.PRIMARY, LinkFault((Cut(ports=HEARTBEAT_ONLY),)))
    assert {way.port for way in faults.impaired()} == {20000}
    ports.bases = dict.fromkeys(UNITS, 20001)
    proxies.add([20004])
    faults.renew()
    assert {way.port for way in faults.impaired()} == {20001}


def test_a_fault_that_the_proxies_do_not_confirm_is_not_proven(
    proxies: PaperProxies, faults: LinkFaults, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither when it is imposed, nor when it is imposed again."""
    faults.impose(Rank.PRIMARY, LinkFault((Cut(),)))
    proxies.add([21000])
    monkeypatch.setattr(proxies, "impair", lambda _wanted: None)
    with pytest.raises(FaultNotProven, match="primary-P-21000"):
        faults.renew()
    with pytest.raises(FaultNotProven, match="does not confirm"):
        faults.impose(Rank.SECONDARY, LinkFault((Cut(),)))


@pytest.mark.parametrize(
    ("fault", "deaf", "bypassed"),
    [
        (SOUND, "", ""),
        (LinkFault((Cut(),)), "PS", ""),
        (LinkFault((Cut(deaf=S_ALONE),)), "S", ""),
        (LinkFault((Cut(),), delay=2.0), "PS", ""),
        (LinkFault((Cut(deaf=S_ALONE),), delay=2.0), "S", "P"),
        (LinkFault(delay=2.0), "", "PS"),
        (LinkFault(jitter=0.1), "", "PS"),
        (LinkFault(rate=4), "", "PS"),
        (LinkFault((Cut(How.REFUSAL),)), "", "PS"),
        (LinkFault((Cut(How.REFUSAL, S_ALONE),)), "", "S"),
        (LinkFault((Cut(ports=HEARTBEAT_ONLY),)), "", "PS"),
        (LinkFault((Cut(ports=HEARTBEAT_ONLY), Cut(deaf=S_ALONE))), "S", "P"),
    ],
)
def test_only_a_black_hole_of_all_ports_reaches_what_comes_past_toxiproxy(
    fault: LinkFault, deaf: str, bypassed: str
) -> None:
    """A unit is deaf to every protocol, untouched, or hears past the fault."""
    assert (fault.deaf, fault.bypassed) == (frozenset(deaf), frozenset(bypassed))


@pytest.mark.parametrize(
    ("cut", "silenced"),
    [
        (Cut(), {("P", "port6"), ("S", "port6")}),
        (Cut(deaf=S_ALONE), {("P", "port6")}),
        (Cut(How.REFUSAL), set()),
        (Cut(ports=HEARTBEAT_ONLY), set()),
    ],
)
def test_a_black_hole_lets_the_peer_of_a_deaf_unit_send_nothing_but_tcp(
    faults: LinkFaults, packet_filter: PaperFilter, cut: Cut, silenced: set[tuple[str, str]]
) -> None:
    """On its link alone, and until it heals."""
    faults.impose(Rank.PRIMARY, LinkFault((cut,)))
    assert packet_filter.silenced() == silenced
    faults.impose(Rank.PRIMARY, SOUND)
    assert packet_filter.silenced() == set()


def test_a_lab_that_is_taken_over_heals_in_the_packet_filter_too(
    faults: LinkFaults, packet_filter: PaperFilter
) -> None:
    """Whoever comes later knows the fault from Toxiproxy alone."""
    faults.impose(Rank.PRIMARY, LinkFault((Cut(),)))
    faults._in_force = dict.fromkeys(Rank, SOUND)
    faults.adopt()
    assert packet_filter.silenced()
    faults.impose(Rank.PRIMARY, SOUND)
    assert not packet_filter.silenced()


def test_a_fault_is_not_proven_where_the_peer_speaks_past_it(faults: LinkFaults, traffic: PaperTraffic) -> None:
    """The text names who, how often, where and by what; the other link and a black hole are proven all the same."""
    traffic.packets[Rank.PRIMARY, "S", 112, 0] = 5
    faults.impose(Rank.SECONDARY, LinkFault(delay=1.0))
    faults.impose(Rank.PRIMARY, LinkFault((Cut(),)))
    faults.impose(Rank.PRIMARY, SOUND)
    told = r"unit P has sent its peer packets past Toxiproxy on the primary heartbeat link \(5 by VRRP\)"
    with pytest.raises(FaultNotProven, match=told):
        faults.impose(Rank.PRIMARY, LinkFault(delay=1.0))


@pytest.mark.parametrize(("key", "named"), [((17, 694), "UDP port 694"), ((1, 0), "IP protocol 1")])
def test_what_came_past_a_fault_is_named(
    faults: LinkFaults, traffic: PaperTraffic, key: tuple[int, int], named: str
) -> None:
    """By protocol, and by port where it has one."""
    traffic.packets[Rank.PRIMARY, "P", *key] = 1
    with pytest.raises(FaultNotProven, match=rf"unit S .* \(1 by {named}\)"):
        faults.impose(Rank.PRIMARY, LinkFault((Cut(How.REFUSAL),)))


def test_a_fault_that_was_bypassed_while_it_lasted_does_not_end_as_proven(
    faults: LinkFaults, traffic: PaperTraffic
) -> None:
    """Nothing had come past it when it began."""
    faults.impose(Rank.PRIMARY, LinkFault(delay=1.0))
    traffic.packets[Rank.PRIMARY, "S", 17, 694] = 1
    with pytest.raises(FaultNotProven, match="UDP port 694"):
        faults.impose(Rank.PRIMARY, SOUND)
    assert faults.on(Rank.PRIMARY) == SOUND


def test_impairments_are_read_back_from_toxiproxy() -> None:
    """What Toxiproxy says of a proxy is understood as what was asked for."""
    slow = Impairment(deaf=S_ALONE, delay=0.3, jitter=0.1, rate=4)
    toxics = [
        {"name": name, "type": toxic.kind, "attributes": toxic.attributes} for name, toxic in slow.toxics("S").items()
    ]
    assert read({"enabled": True, "toxics": toxics}) == slow
    assert read({"enabled": False, "toxics": []}) == Impairment(refused=True)
    assert read({"enabled": True, "toxics": []}) == WELL
    assert str(Impairment(refused=True)) == "refused"
    assert str(slow) == "S hear nothing, 0.3 s late, give or take 0.1 s, 4 kB/s"


@pytest.mark.parametrize(("listener", "stream"), [("S", "upstream"), ("P", "downstream")])
def test_a_unit_is_deaf_on_the_stream_that_leads_to_it(listener: str, stream: str) -> None:
    """Upstream is what comes to the unit that is dialled, downstream what comes back to the one that dialled."""
    (toxic,) = Impairment(deaf=S_ALONE).toxics(listener).values()
    assert (toxic.kind, toxic.stream) == ("timeout", stream)


def test_a_way_names_both_ends() -> None:
    """A proxy is named by link, dialling unit and port; the other unit listens."""
    way = Way(Rank.PRIMARY, "P", 20000)
    assert (way.name, way.listener) == ("primary-P-20000", "S")
    assert Way(Rank.PRIMARY, "P", 20000, Family.IPV6).name == "primary-P-20000-IPv6"
    assert other("S") == "P"

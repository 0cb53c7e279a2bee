"""The faults of the heartbeat links: imposed on every way of dialling, new ones included, and proven."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import product

from lab.contract import Cut, How, Port, Rank
from lab.docker import rules
from lab.docker.clock import HostClock
from lab.docker.names import UNITS, other
from lab.docker.ports_in_use import PROBE, PortsInUse
from lab.docker.proxies import WELL, Impairment, Proxies, Way
from lab.docker.rack import Rack
from lab.docker.subnets import HEARTBEAT_PORTS
from lab.docker.traffic import Counted, Past, Traffic
from lab.errors import FaultNotProven
from lab.wires.wire import Transport, Wire

PROBE_WITHIN = 0.12
"""Seconds that a probe waits for a reply that must not come; a successful one takes 5 ms."""

HEALED_WITHIN = 2.0

SHORT_DELAY = 0.4
"""A longer delay (seconds) counts as proven when nothing has arrived after this time, to keep the proof short."""

TOKEN_SIZE = 60
"""Bytes of a probe's token, enough to be slow on a link with thin bandwidth."""

EXACT = 0.9
"""Toxiproxy counts delays in whole milliseconds; a probe may be early by this factor."""


@dataclass(frozen=True, slots=True)
class LinkFault:
    """All faults of one link.

    Cuts add up; every byte comes `delay` seconds late, give or take `jitter`; each connection carries `rate` kilobytes
    (of 1000 bytes) a second, 0 for no limit.
    """

    cuts: tuple[Cut, ...] = ()
    delay: float = 0.0
    jitter: float = 0.0
    rate: int = 0

    def on(self, way: Way, uses: frozenset[Port]) -> Impairment:
        """Its effect on a way whose TCP port is used for this purpose."""
        refused = False
        deaf: frozenset[str] = frozenset()
        for cut in self.cuts:
            concerned = not cut.ports or bool(cut.ports & uses)
            if concerned and cut.how is How.REFUSAL:
                # A refusal in one direction refuses connections to the deaf unit, as in the simulated lab.
                refused = refused or not cut.deaf or way.listener in cut.deaf
            elif concerned:
                deaf |= cut.deaf or frozenset(UNITS)
        return Impairment(refused, deaf, self.delay, self.jitter, self.rate)

    @property
    def deaf(self) -> frozenset[str]:
        """Units that hear nothing of their peer over the link, whatever the protocol."""
        return _units(cut for cut in self.cuts if cut.how is How.BLACK_HOLE and not cut.ports)

    @property
    def bypassed(self) -> frozenset[str]:
        """Units at which what comes past Toxiproxy arrives as if the link were sound."""
        slowed = frozenset(UNITS if self.delay or self.jitter or self.rate else ())
        return (slowed | _units(self.cuts)) - self.deaf

    @classmethod
    def behind(cls, seen: Mapping[Way, Impairment], uses: Callable[[int], frozenset[Port]]) -> LinkFault:
        """The fault with these effects on the ways of a link."""
        shapes: dict[tuple[How, frozenset[str]], set[Port]] = {}
        for port in Port:
            ways = {way: impairment for way, impairment in seen.items() if port in uses(way.port)}
            refusing = frozenset(way.listener for way, impairment in ways.items() if impairment.refused)
            deaf = frozenset[str]().union(*(impairment.deaf for impairment in ways.values()))
            for how, units in ((How.REFUSAL, refusing), (How.BLACK_HOLE, deaf)):
                if units:
                    shapes.setdefault((how, frozenset() if units == set(UNITS) else units), set()).add(port)
        cuts = tuple(
            Cut(how, deaf, frozenset() if ports == set(Port) else frozenset(ports))
            for (how, deaf), ports in shapes.items()
        )
        worst = max(seen.values(), key=lambda impairment: (impairment.delay, impairment.rate), default=WELL)
        return cls(cuts, worst.delay, worst.jitter, worst.rate)


def _units(cuts: Iterable[Cut]) -> frozenset[str]:
    """Units that a cut concerns."""
    return frozenset[str]().union(*(cut.deaf or frozenset(UNITS) for cut in cuts))


SOUND = LinkFault()


def _named(protocol: int, port: int) -> str:
    """Name of an IP protocol, with the port where it has one."""
    name = {int(each): each.name for each in Transport}.get(protocol, f"IP protocol {protocol}")
    return f"{name} port {port}" if port else name


@dataclass(frozen=True, slots=True)
class Shown:
    """Since when a fault is in force (seconds on the lab's clock), and its proof, in one sentence."""

    at: float
    statement: str


class LinkFaults:
    """The only owner of the links' faults: all other code reads and changes them here."""

    def __init__(
        self,
        rack: Rack,
        *,
        clock: HostClock,
        proxies: Proxies,
        ports: PortsInUse,
        traffic: Traffic,
        is_lit: Callable[[str], bool],
        wires: Mapping[str, Wire],
    ) -> None:
        """Begin without faults; `is_lit` tells whether a unit is on its networks, `wires` names the wire of each."""
        self._rack = rack
        self._clock = clock
        self._proxies = proxies
        self._ports = ports
        self._traffic = traffic
        self._is_lit = is_lit
        self._is_tcp_alone = all(wire.carriers == {Transport.TCP} for wire in wires.values())
        self._in_force = dict.fromkeys(Rank, SOUND)

    def on(self, rank: Rank) -> LinkFault:
        """The fault in force on a link."""
        return self._in_force[rank]

    def impose(self, rank: Rank, fault: LinkFault) -> Shown:
        """Replace the fault of a link by this one, and prove it. Raises FaultNotProven, LabError.

        It is not proven either if the fault that it replaces turns out to have been bypassed.
        """
        before = self._in_force[rank]
        self._in_force[rank] = fault
        self._carry_out(rank)
        # A sound link has no rules at all, whatever another process has left in force.
        if fault.deaf != before.deaf or fault == SOUND:
            self._silence(HEARTBEAT_PORTS[rank], fault.deaf)
        at = self._clock.now()
        return Shown(at, self._prove(rank, before.bypassed | fault.bypassed))

    def renew(self) -> None:
        """Impose the faults in force again, after ways were added or a TCP port has changed its use."""
        for rank, fault in self._in_force.items():
            if fault != SOUND:
                self._carry_out(rank)
                self._confirm(rank)

    def adopt(self) -> None:
        """Read from Toxiproxy the faults that another process has left in force."""
        seen = self._proxies.impairments()
        for rank in Rank:
            ways = {way: impairment for way, impairment in seen.items() if way.rank is rank}
            self._in_force[rank] = LinkFault.behind(ways, self._ports.uses)

    def impaired(self) -> dict[Way, Impairment]:
        """Every way with an impairment, in use or not, by Toxiproxy's records."""
        return {way: seen for way, seen in self._proxies.impairments().items() if seen != WELL}

    def _ways(self, rank: Rank) -> list[Way]:
        return [way for way in self._proxies.ways(self._ports.families) if way.rank is rank]

    def _wanted(self, way: Way) -> Impairment:
        return self._in_force[way.rank].on(way, self._ports.uses(way.port))

    def _carry_out(self, rank: Rank) -> None:
        # The heartbeat port comes first, since detection times are measured from it.
        ways = sorted(self._ways(rank), key=lambda way: Port.HEARTBEAT not in self._ports.uses(way.port))
        self._proxies.impair({way: self._wanted(way) for way in ways})

    def _silence(self, port: str, deaf: Collection[str]) -> None:
        """Let the peers of deaf units send nothing but TCP, which Toxiproxy swallows, and other units everything."""
        for unit in UNITS:
            text = rules.black_hole(port) if other(unit) in deaf else rules.no_black_hole(port)
            self._rack.chassis(unit).ask("rules", text=text)

    def _confirm(self, rank: Rank) -> int:
        """Check Toxiproxy's records of every way of a link; return the number of its proxies."""
        told = self._proxies.impairments()
        wrong = [way.name for way in self._ways(rank) if told.get(way, WELL) != self._wanted(way)]
        if wrong:
            raise FaultNotProven(f"Toxiproxy does not confirm what was asked for {', '.join(wrong)}")
        return len(told)

    def _prove(self, rank: Rank, bypassed: Collection[str]) -> str:
        """Prove that exactly the wanted fault is in force on a link; return the proof in one sentence."""
        proxies = self._confirm(rank)
        before = self._traffic.counted()
        self._prove_path(rank, before.past, bypassed)
        if not all(self._is_lit(unit) for unit in UNITS):
            return f"Toxiproxy confirms all {proxies} proxies; a unit is off, so that no probe was sent"
        probes = [Way(rank, unit, PROBE, family) for unit, family in product(UNITS, sorted(self._ports.families))]
        datagrams = {} if self._is_tcp_alone else {way: self._send_datagram(way) for way in probes}
        with ThreadPoolExecutor(2) as pool:
            seen = list(pool.map(self._probe, probes))
        seen += [self._judge_datagram(way, token) for way, token in datagrams.items()]
        self._prove_silence(rank, before)
        return f"Toxiproxy confirms it, and probes on the {rank} heartbeat link: {'; '.join(seen)}"

    def _prove_silence(self, rank: Rank, before: Counted) -> None:
        """Check that since these counts nothing has reached a deaf unit, or passed a refused way."""
        harmed: dict[int, set[str]] = {}
        ways = self._ways(rank)
        for number in {way.port for way in ways}:
            wanted = [self._wanted(way) for way in ways if way.port == number]
            harmed[number] = {unit for unit in UNITS if all(each.refused or unit in each.deaf for each in wanted)}
        now = self._traffic.counted()
        grown = (now.totals - before.totals).items()
        leaked = sum(size for (link, unit, number), size in grown if link is rank and unit in harmed.get(number, ()))
        if leaked:
            raise FaultNotProven(f"the {rank} heartbeat link still passed {leaked} bytes after it was cut")
        deaf = self._in_force[rank].deaf
        came = (now.past - before.past).items()
        leaked = sum(count for (link, unit, *_), count in came if link is rank and unit in deaf)
        if leaked:
            raise FaultNotProven(f"the {rank} heartbeat link still passed {leaked} packets past Toxiproxy")

    def _prove_path(self, rank: Rank, past: Past, bypassed: Collection[str]) -> None:
        """Check that what the units say to each other goes the way on which a fault meets it."""
        for unit in UNITS:
            direct = int(self._rack.chassis(unit).ask("counters", table=rules.TABLE)["packets"]["direct"])
            if direct:
                raise FaultNotProven(
                    f"unit {unit} dialled its peer {direct} times on ports that the lab does not redirect,"
                    " so that no fault would reach them"
                )
        for (link, unit, protocol, port), count in sorted(past.items()):
            if link is rank and unit in bypassed:
                raise FaultNotProven(
                    f"unit {other(unit)} has sent its peer packets past Toxiproxy on the {rank} heartbeat link"
                    f" ({count} by {_named(protocol, port)}), which no fault but a black hole would reach"
                )

    def _send_datagram(self, way: Way) -> str:
        """Send a datagram from the dialling unit's namespace, and return its token."""
        token = f"probe-{uuid.uuid4().hex}"
        address = self._rack.plan.address(way.listener, HEARTBEAT_PORTS[way.rank], way.family)
        self._rack.chassis(way.dialler).ask("probe-send", address=address, port=PROBE, token=token)
        return token

    def _judge_datagram(self, way: Way, token: str) -> str:
        """Check that a datagram arrived, or that a black hole swallowed it; Toxiproxy never carries one."""
        comes = way.listener not in self._in_force[way.rank].deaf
        heard = self._heard(way.listener, token, HEALED_WITHIN if comes else 0.0)
        seen = f"{way.listener} {'heard' if heard else 'did not hear'} a datagram from {way.dialler} over {way.family}"
        if heard != comes:
            raise FaultNotProven(f"on the {way.rank} heartbeat link {seen}")
        return seen

    def _heard(self, unit: str, token: str, within: float) -> bool:
        """Whether a token arrives at this unit within that time."""
        deadline = self._clock.now() + within
        while self._rack.chassis(unit).ask("probe-heard", token=token)["when"] is None:
            if self._clock.now() >= deadline:
                return False
        return True

    def _probe(self, way: Way) -> str:
        """Send a probe from the dialling unit's namespace; its outcome must match the fault in force."""
        dialler, peer, family = way.dialler, way.listener, way.family
        wanted = self._wanted(way)
        token = f"probe-{uuid.uuid4().hex}-".ljust(TOKEN_SIZE, "x")
        address = self._rack.plan.address(peer, HEARTBEAT_PORTS[way.rank], family)
        harmed = wanted.refused or bool(wanted.deaf)
        least = max(0.0, wanted.delay - wanted.jitter)
        late = not harmed and least > SHORT_DELAY
        slow = HEALED_WITHIN + 4 * (wanted.delay + wanted.jitter)
        within = PROBE_WITHIN if harmed else SHORT_DELAY if late else slow
        # Wait long for a reply that must come, and briefly for one that must not.
        greeting = HEALED_WITHIN if harmed and not wanted.refused and dialler not in wanted.deaf else within
        reply = self._rack.chassis(dialler).ask(
            "probe", address=address, port=PROBE, token=token, within=within, greeting=greeting
        )
        comes = harmed and not wanted.refused and peer not in wanted.deaf
        heard = self._heard(peer, token, HEALED_WITHIN if comes else 0.0)
        if wanted.refused:
            fits, seen = bool(reply["refused"]), "refused"
        elif late:
            fits = not heard and not reply["greeted"]
            seen = f"nothing arrived within {SHORT_DELAY:g} s"
        elif not harmed:
            # The token travels both ways, so it meets every delay twice.
            slowest = 2 * (least + (TOKEN_SIZE / (1000 * wanted.rate) if wanted.rate else 0.0))
            fits = heard and bool(reply["echoed"]) and reply["took"] >= EXACT * slowest
            seen = f"{peer} {'heard' if heard else 'did not hear'} it, {dialler} "
            seen += f"was answered in {reply['took']:.3f} s" if reply["echoed"] else "was not answered"
        else:
            fits = heard == (peer not in wanted.deaf) and reply["greeted"] == (dialler not in wanted.deaf)
            seen = f"{peer} {'heard' if heard else 'did not hear'} it, {dialler} "
            seen += "was answered" if reply["greeted"] else "was not answered"
        if not fits:
            where = f"from {dialler} on the {way.rank} heartbeat link over {family}"
            raise FaultNotProven(f"a probe {where}: {seen}, wanted {wanted}")
        return f"from {dialler} over {family}: {seen}"

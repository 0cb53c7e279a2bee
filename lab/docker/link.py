"""A heartbeat link as the suite sees it: faults by Toxiproxy, each proven before it is reported."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

from lab.contract import Cut, How, Port, Proof, Rank
from lab.docker.bases import Bases
from lab.docker.proxies import PROBE_PORT, UNITS, WELL, Fault, Proxies, Way, other
from lab.docker.rack import Rack
from lab.docker.rules import TABLE
from lab.docker.scene import Scene
from lab.docker.stranger import Stranger
from lab.docker.subnets import HEARTBEAT_PORTS
from lab.errors import FaultNotProven
from lab.timeline import Kind

PROBE_WITHIN = 0.12
"""Seconds that a probe waits for what must not come; one that passes takes 5 ms."""

HEALED_WITHIN = 2.0

_TOKENS = itertools.count()


class DockerLink:
    """One heartbeat link (`lab.contract.Link`)."""

    def __init__(
        self, rank: Rank, rack: Rack, *, proxies: Proxies, bases: Bases, scene: Scene, stranger: Stranger
    ) -> None:
        """Offer faults on the link of this rank."""
        self.rank = rank
        self._rack = rack
        self._proxies = proxies
        self._bases = bases
        self._scene = scene
        self._stranger = stranger
        self._cuts: list[Cut] = []
        self._delay = 0.0
        self._before: Mapping[str, int] = {}

    def cut(self, cut: Cut) -> Proof:
        """Impose a fault and prove it."""
        self._cuts.append(cut)
        self._impose()
        at = self._scene.now()
        passed = self._proxies.forwarded()
        statement = self._prove()
        leaked = self._leaked(passed, cut)
        if leaked:
            raise FaultNotProven(f"the {self.rank} heartbeat link still passed {leaked} bytes after it was cut")
        shape = {
            "deaf": ",".join(sorted(cut.deaf)) or "both",
            "ports": ",".join(sorted(cut.ports)) if cut.ports else "all",
        }
        self._scene.note(at, Kind.LINK, self.rank, state="cut", how=cut.how.value, **shape)
        self._scene.note(at, Kind.FAULT, self.rank, fault=cut.how.value, phase="begin", proof=statement, **shape)
        return Proof(statement, {"at": at, "bytes passed since": float(leaked)})

    def delay(self, seconds: float) -> Proof:
        """Delay every byte in both directions."""
        self._delay = seconds
        self._impose()
        at = self._scene.now()
        statement = self._prove()
        self._scene.note(at, Kind.LINK, self.rank, state="delayed", seconds=seconds)
        self._scene.note(at, Kind.FAULT, self.rank, fault="delay", phase="begin", proof=statement)
        return Proof(statement, {"at": at, "delay": seconds})

    def heal(self) -> Proof:
        """End every cut and delay, and prove that the link carries."""
        broken = bool(self._cuts) or self._delay > 0
        self._cuts.clear()
        self._delay = 0.0
        self._impose()
        at = self._scene.now()
        statement = self._prove() if broken else f"nothing was wrong with the {self.rank} heartbeat link"
        if broken:
            self._scene.note(at, Kind.LINK, self.rank, state="up")
            self._scene.note(at, Kind.FAULT, self.rank, fault="heal", phase="end", proof=statement)
        return Proof(statement, {"at": at})

    def is_cut(self) -> bool:
        """Whether a cut is in force."""
        return bool(self._cuts)

    def carried(self, port: Port) -> int:
        """Payload bytes that Toxiproxy passed on, both ways, on every TCP port that is used for this purpose."""
        numbers = self._bases.numbers(port)
        forwarded = self._proxies.forwarded()
        return sum(forwarded.get(way.name, 0) for way in self._proxies.ways(self.rank) if way.port in numbers)

    def connections(self) -> frozenset[int]:
        """TCP ports on which Toxiproxy passed payload on since the scenario began."""
        forwarded = self._proxies.forwarded()
        used = (
            way.port
            for way in self._proxies.ways(self.rank)
            if forwarded.get(way.name, 0) > self._before.get(way.name, 0)
        )
        return frozenset(used) - {PROBE_PORT}

    def begin(self, forwarded: Mapping[str, int]) -> None:
        """Start counting anew: what was passed on before belongs to another scenario."""
        self._before = forwarded

    def knock(self, target: str, password: str | None) -> str:
        """Let a third machine on this network speak to the unit's heartbeat port and claim to be its peer."""
        return self._stranger.knock(self.rank, target, self._bases.current[target], password)

    def _wanted(self, way: Way) -> Fault:
        """What the cuts and delays in force together do to a way."""
        refused = False
        deaf: frozenset[str] = frozenset()
        for cut in self._cuts:
            concerned = not cut.ports or bool(cut.ports & self._bases.roles(way.port))
            if concerned and cut.how is How.REFUSAL:
                # One way only, whoever dials the unit that is to be deaf is refused, as in the simulated lab.
                refused = refused or not cut.deaf or way.listener in cut.deaf
            elif concerned:
                deaf |= cut.deaf or frozenset(UNITS)
        return Fault(refused, deaf, self._delay)

    def _impose(self) -> None:
        # The heartbeat's own port first: what a detection time is measured by shall not wait for the others.
        ways = sorted(self._proxies.ways(self.rank), key=lambda way: Port.HEARTBEAT not in self._bases.roles(way.port))
        for way in ways:
            self._proxies.impose(way, self._wanted(way))

    def _leaked(self, before: Mapping[str, int], cut: Cut) -> int:
        """Bytes that passed a way on which nothing may pass any more."""
        after = self._proxies.forwarded()
        return sum(
            after.get(way.name, 0) - before.get(way.name, 0)
            for way in self._proxies.ways(self.rank)
            if not cut.deaf and (self._wanted(way).refused or self._wanted(way).deaf == frozenset(UNITS))
        )

    def _prove(self) -> str:
        """Show that exactly the wanted faults are in force; return how, in one sentence."""
        told = self._proxies.in_force()
        wrong = [way.name for way in self._proxies.ways(self.rank) if told.get(way.name, WELL) != self._wanted(way)]
        if wrong:
            raise FaultNotProven(f"Toxiproxy does not confirm what was asked for {', '.join(wrong)}")
        self._prove_path()
        lit = all(self._scene.is_lit(unit) for unit in UNITS)
        if not lit:
            return f"Toxiproxy confirms all {len(told)} proxies; a unit is off, so that no probe was sent"
        with ThreadPoolExecutor(2) as pool:
            seen = list(pool.map(self._probe, UNITS))
        return f"Toxiproxy confirms it, and probes on the {self.rank} heartbeat link: {'; '.join(seen)}"

    def _prove_path(self) -> None:
        for unit in UNITS:
            past = int(self._rack.chassis(unit).ask("counters", table=TABLE)["packets"]["direct"])
            if past:
                raise FaultNotProven(
                    f"unit {unit} dialled its peer {past} times on ports that the lab does not redirect,"
                    " so that no fault would reach them"
                )

    def _probe(self, dialler: str) -> str:
        """Send a probe from this unit's namespace; it must fare as the faults in force demand."""
        peer = other(dialler)
        way = Way(self.rank, dialler, PROBE_PORT)
        fault = self._wanted(way)
        token = f"probe-{next(_TOKENS)}"
        address = self._rack.plan.address(peer, HEARTBEAT_PORTS[self.rank])
        harmed = fault.refused or bool(fault.deaf)
        within = PROBE_WITHIN if harmed else HEALED_WITHIN + 4 * fault.delay
        reply = self._rack.chassis(dialler).ask("probe", address=address, port=PROBE_PORT, token=token, within=within)
        heard = self._rack.chassis(peer).ask("probe-heard", token=token)["when"] is not None
        if fault.refused:
            fits, seen = bool(reply["refused"]), "refused"
        else:
            fits = heard == (peer not in fault.deaf) and reply["greeted"] == (dialler not in fault.deaf)
            seen = f"{peer} {'heard' if heard else 'did not hear'} it, {dialler} "
            seen += "was answered" if reply["greeted"] else "was not answered"
        if not fits:
            raise FaultNotProven(f"a probe from {dialler} on the {self.rank} heartbeat link: {seen}, wanted {fault}")
        return f"from {dialler}: {seen}"

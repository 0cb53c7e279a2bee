"""A heartbeat link as the suite sees it: faults by Toxiproxy, each proven before it is reported."""

from __future__ import annotations

import itertools
from concurrent.futures import ThreadPoolExecutor
from itertools import product

from lab import faults
from lab.contract import Cut, Encounter, Family, How, Intrusion, Port, Proof, Rank
from lab.docker.bases import Bases
from lab.docker.proxies import PROBE_PORT, UNITS, WELL, Fault, Proxies, Way, other
from lab.docker.rack import Rack
from lab.docker.rules import TABLE
from lab.docker.scene import Scene
from lab.docker.stranger import Stranger
from lab.docker.subnets import HEARTBEAT_PORTS
from lab.docker.traffic import Totals, Traffic
from lab.errors import FaultNotProven
from lab.faults import FaultKind, Phase
from lab.timeline import Kind

PROBE_WITHIN = 0.12
"""Seconds that a probe waits for what must not come; one that passes takes 5 ms."""

HEALED_WITHIN = 2.0

SHORT_DELAY = 0.4
"""A delay beyond this (seconds) is proven by what has not come by then, lest the proof outlast what is to be seen."""

TOKEN_SIZE = 60
"""Bytes of a probe's token: long enough to be slow on a thin link."""

EXACT = 0.9
"""Toxiproxy counts delays in whole milliseconds; a probe may be early by this factor."""

_TOKENS = itertools.count()


class DockerLink:
    """One heartbeat link (`lab.contract.Link`)."""

    def __init__(
        self,
        rank: Rank,
        rack: Rack,
        *,
        proxies: Proxies,
        bases: Bases,
        traffic: Traffic,
        scene: Scene,
        stranger: Stranger,
    ) -> None:
        """Offer faults on the link of this rank."""
        self.rank = rank
        self._rack = rack
        self._proxies = proxies
        self._bases = bases
        self._traffic = traffic
        self._scene = scene
        self._stranger = stranger
        self._cuts: list[Cut] = []
        self._delay = 0.0
        self._jitter = 0.0
        self._rate = 0

    def cut(self, cut: Cut) -> Proof:
        """Impose a fault and prove it."""
        self._cuts.append(cut)
        self._impose()
        at = self._scene.now()
        statement, leaked = self._prove()
        if leaked:
            raise FaultNotProven(f"the {self.rank} heartbeat link still passed {leaked} bytes after it was cut")
        self._scene.note(at, Kind.FAULT, self.rank, **faults.Fault.of_cut(self.rank, cut).detail(statement))
        return Proof(statement, {"at": at, "bytes passed since": float(leaked)})

    def delay(self, seconds: float, jitter: float = 0.0) -> Proof:
        """Delay every byte in both directions."""
        # Toxiproxy counts in milliseconds.
        self._delay, self._jitter = round(seconds, 3), round(jitter, 3)
        self._impose()
        at = self._scene.now()
        statement, _ = self._prove()
        told = faults.Fault(FaultKind.DELAY, link=self.rank, value=seconds, jitter=jitter)
        self._scene.note(at, Kind.FAULT, self.rank, **told.detail(statement))
        return Proof(statement, {"at": at, "delay": seconds, "jitter": jitter})

    def throttle(self, bytes_per_second: int) -> Proof:
        """Let each connection carry that much each way; Toxiproxy counts in kilobytes."""
        self._rate = bytes_per_second // 1000
        self._impose()
        at = self._scene.now()
        statement, _ = self._prove()
        told = faults.Fault(FaultKind.THROTTLE, link=self.rank, value=float(bytes_per_second))
        self._scene.note(at, Kind.FAULT, self.rank, **told.detail(statement))
        return Proof(statement, {"at": at, "bytes per second": float(bytes_per_second)})

    def heal(self) -> Proof:
        """End every fault, and prove that the link carries."""
        broken = bool(self._cuts) or self._delay > 0 or self._jitter > 0 or self._rate > 0
        self._cuts.clear()
        self._delay, self._jitter, self._rate = 0.0, 0.0, 0
        self._impose()
        at = self._scene.now()
        statement = self._prove()[0] if broken else f"nothing was wrong with the {self.rank} heartbeat link"
        if broken:
            told = faults.Fault(FaultKind.HEAL, link=self.rank)
            self._scene.note(at, Kind.FAULT, self.rank, **told.detail(statement))
        return Proof(statement, {"at": at})

    def adopt(self) -> None:
        """Take a link over from another process: whatever is wrong with it counts as a cut to be healed."""
        if any(self._proxies.fault(way) != WELL for way in self._proxies.ways(self.rank)):
            self._cuts.append(Cut())

    def is_cut(self) -> bool:
        """Whether a cut is in force."""
        return bool(self._cuts)

    def carried(self, port: Port) -> int:
        """Payload bytes that arrived at either unit on every TCP port that is used for this purpose."""
        numbers = self._bases.numbers(port)
        totals = self._traffic.totals().items()
        return sum(size for (rank, _, number), size in totals if rank is self.rank and number in numbers)

    def connections(self) -> frozenset[int]:
        """TCP ports on which payload arrived at either unit since the scenario began."""
        return frozenset(number for rank, _, number in self._traffic.since_begin() if rank is self.rank)

    def overhear(self) -> None:
        """Let a stranger keep what arrives at either unit from now on."""
        self._stranger.overhear({unit: self._numbers(unit) for unit in UNITS})

    def intrude(self, target: str, intrusion: Intrusion) -> Encounter:
        """Let a stranger on this network try a trick on the unit's ports."""
        told = faults.Fault.of_intrusion(self.rank, target, intrusion)
        self._scene.note(self._scene.now(), Kind.FAULT, self.rank, **told.detail())
        lit = self._scene.is_lit(other(target))
        encounter = self._stranger.intrude(self.rank, target, intrusion, self._numbers(target), peer_is_lit=lit)
        ended = told.detail(encounter.proof.statement, Phase.END)
        self._scene.note(self._scene.now(), Kind.FAULT, self.rank, **ended)
        return encounter

    def _numbers(self, unit: str) -> dict[Port, int]:
        return {port: self._bases.current[unit] + offset for offset, port in enumerate(Port)}

    def _wanted(self, way: Way) -> Fault:
        """What the faults in force together do to a way."""
        refused = False
        deaf: frozenset[str] = frozenset()
        for cut in self._cuts:
            concerned = not cut.ports or bool(cut.ports & self._bases.roles(way.port))
            if concerned and cut.how is How.REFUSAL:
                # One way only, whoever dials the unit that is to be deaf is refused, as in the simulated lab.
                refused = refused or not cut.deaf or way.listener in cut.deaf
            elif concerned:
                deaf |= cut.deaf or frozenset(UNITS)
        return Fault(refused, deaf, self._delay, self._jitter, self._rate)

    def _impose(self) -> None:
        # The heartbeat's own port first: what a detection time is measured by shall not wait for the others.
        ways = sorted(self._proxies.ways(self.rank), key=lambda way: Port.HEARTBEAT not in self._bases.roles(way.port))
        for way in ways:
            self._proxies.impose(way, self._wanted(way))

    def _leaked(self, before: Totals) -> int:
        """Bytes that reached a deaf unit, or any unit over a refused way, on a port where nothing may pass any more."""
        harmed: dict[int, set[str]] = {}
        for number in {way.port for way in self._proxies.ways(self.rank)}:
            faults = [self._wanted(way) for way in self._proxies.ways(self.rank) if way.port == number]
            harmed[number] = {unit for unit in UNITS if all(f.refused or unit in f.deaf for f in faults)}
        grown = (self._traffic.totals() - before).items()
        return sum(size for (rank, unit, number), size in grown if rank is self.rank and unit in harmed.get(number, ()))

    def _prove(self) -> tuple[str, int]:
        """Show that exactly the wanted faults are in force; return how, in one sentence, and the bytes that leaked."""
        told = self._proxies.in_force()
        before = self._traffic.totals()
        wrong = [way.name for way in self._proxies.ways(self.rank) if told.get(way.name, WELL) != self._wanted(way)]
        if wrong:
            raise FaultNotProven(f"Toxiproxy does not confirm what was asked for {', '.join(wrong)}")
        self._prove_path()
        lit = all(self._scene.is_lit(unit) for unit in UNITS)
        if not lit:
            return f"Toxiproxy confirms all {len(told)} proxies; a unit is off, so that no probe was sent", 0
        with ThreadPoolExecutor(2) as pool:
            seen = list(pool.map(self._probe, *zip(*product(UNITS, sorted(self._proxies.families)), strict=True)))
        statement = f"Toxiproxy confirms it, and probes on the {self.rank} heartbeat link: {'; '.join(seen)}"
        return statement, self._leaked(before)

    def _prove_path(self) -> None:
        for unit in UNITS:
            past = int(self._rack.chassis(unit).ask("counters", table=TABLE)["packets"]["direct"])
            if past:
                raise FaultNotProven(
                    f"unit {unit} dialled its peer {past} times on ports that the lab does not redirect,"
                    " so that no fault would reach them"
                )

    def _heard(self, unit: str, token: str, within: float) -> bool:
        """Whether a token has arrived at this unit, waiting for it that long."""
        deadline = self._scene.now() + within
        while self._rack.chassis(unit).ask("probe-heard", token=token)["when"] is None:
            if self._scene.now() >= deadline:
                return False
        return True

    def _probe(self, dialler: str, family: Family) -> str:
        """Send a probe from this unit's namespace; it must fare as the faults in force demand."""
        peer = other(dialler)
        way = Way(self.rank, dialler, PROBE_PORT, family)
        fault = self._wanted(way)
        token = f"probe-{next(_TOKENS)}-".ljust(TOKEN_SIZE, "x")
        address = self._rack.plan.address(peer, HEARTBEAT_PORTS[self.rank], family)
        harmed = fault.refused or bool(fault.deaf)
        least = max(0.0, fault.delay - fault.jitter)
        late = not harmed and least > SHORT_DELAY
        within = PROBE_WITHIN if harmed else SHORT_DELAY if late else HEALED_WITHIN + 4 * (fault.delay + fault.jitter)
        # What must come may be slow; only what must not come is waited for briefly.
        greeting = HEALED_WITHIN if harmed and not fault.refused and dialler not in fault.deaf else within
        reply = self._rack.chassis(dialler).ask(
            "probe", address=address, port=PROBE_PORT, token=token, within=within, greeting=greeting
        )
        comes = harmed and not fault.refused and peer not in fault.deaf
        heard = self._heard(peer, token, HEALED_WITHIN if comes else 0.0)
        if fault.refused:
            fits, seen = bool(reply["refused"]), "refused"
        elif late:
            fits = not heard and not reply["greeted"]
            seen = f"nothing arrived within {SHORT_DELAY:g} s"
        elif not harmed:
            # The token travels there and back, through all that makes it late.
            slowest = 2 * (least + (TOKEN_SIZE / (1000 * fault.rate) if fault.rate else 0.0))
            fits = heard and bool(reply["echoed"]) and reply["took"] >= EXACT * slowest
            seen = f"{peer} {'heard' if heard else 'did not hear'} it, {dialler} "
            seen += f"was answered in {reply['took']:.3f} s" if reply["echoed"] else "was not answered"
        else:
            fits = heard == (peer not in fault.deaf) and reply["greeted"] == (dialler not in fault.deaf)
            seen = f"{peer} {'heard' if heard else 'did not hear'} it, {dialler} "
            seen += "was answered" if reply["greeted"] else "was not answered"
        if not fits:
            where = f"from {dialler} on the {self.rank} heartbeat link over {family}"
            raise FaultNotProven(f"a probe {where}: {seen}, wanted {fault}")
        return f"from {dialler} over {family}: {seen}"

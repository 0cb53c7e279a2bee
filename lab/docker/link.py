"""A heartbeat link as the suite sees it: its faults, what it carried, and a stranger on its network."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from lab.contract import Cut, Encounter, Intrusion, Port, Proof, Rank
from lab.docker.link_faults import SOUND, LinkFault, LinkFaults
from lab.docker.names import UNITS, other
from lab.docker.ports_in_use import PortsInUse
from lab.docker.recorder import Recorder
from lab.docker.stranger import Stranger
from lab.docker.traffic import Traffic
from lab.faults import Fault, FaultKind, Phase
from lab.timeline import Kind


class DockerLink:
    """One heartbeat link (`lab.contract.Link`)."""

    def __init__(
        self,
        rank: Rank,
        *,
        faults: LinkFaults,
        ports: PortsInUse,
        traffic: Traffic,
        recorder: Recorder,
        stranger: Stranger,
        is_lit: Callable[[str], bool],
    ) -> None:
        """Take the link's rank; `is_lit` tells whether a unit is on its networks."""
        self.rank = rank
        self._faults = faults
        self._ports = ports
        self._traffic = traffic
        self._recorder = recorder
        self._stranger = stranger
        self._is_lit = is_lit

    def cut(self, cut: Cut) -> Proof:
        """Impose a fault and prove it."""
        now = self._faults.on(self.rank)
        return self._impose(replace(now, cuts=(*now.cuts, cut)), Fault.of_cut(self.rank, cut))

    def cut_instead(self, cut: Cut) -> Proof:
        """Replace all cuts of the link by this one."""
        return self._impose(replace(self._faults.on(self.rank), cuts=(cut,)), Fault.of_cut(self.rank, cut))

    def delay(self, seconds: float, jitter: float = 0.0) -> Proof:
        """Delay every byte in both directions."""
        # Toxiproxy counts in milliseconds.
        late = replace(self._faults.on(self.rank), delay=round(seconds, 3), jitter=round(jitter, 3))
        return self._impose(late, Fault(FaultKind.DELAY, link=self.rank, value=seconds, jitter=jitter))

    def throttle(self, bytes_per_second: int) -> Proof:
        """Limit the bytes a second of each connection, each way; Toxiproxy counts in kilobytes."""
        thin = replace(self._faults.on(self.rank), rate=bytes_per_second // 1000)
        return self._impose(thin, Fault(FaultKind.THROTTLE, link=self.rank, value=float(bytes_per_second)))

    def heal(self) -> Proof:
        """End every fault, and prove that the link carries traffic."""
        if self._faults.on(self.rank) == SOUND:
            at = self._recorder.now()
            return Proof(f"nothing was wrong with the {self.rank} heartbeat link", {"at": at})
        return self._impose(SOUND, Fault(FaultKind.HEAL, link=self.rank))

    def is_cut(self) -> bool:
        """Whether a cut is in force."""
        return bool(self._faults.on(self.rank).cuts)

    def carried(self, port: Port) -> int:
        """Payload bytes that arrived at either unit on every TCP port that is used for this purpose."""
        numbers = self._ports.numbers(port)
        totals = self._traffic.counted().totals.items()
        return sum(size for (rank, _, number), size in totals if rank is self.rank and number in numbers)

    def connections(self) -> frozenset[int]:
        """TCP ports on which payload arrived at either unit since the scenario began."""
        return frozenset(number for rank, _, number in self._traffic.since_begin() if rank is self.rank)

    def overhear(self) -> None:
        """Let a stranger record from now on what arrives at either unit."""
        self._stranger.overhear({unit: self._ports.of(unit) for unit in UNITS})

    def intrude(self, target: str, intrusion: Intrusion) -> Encounter:
        """Let a stranger on this network try a trick on the unit's ports."""
        told = Fault.of_intrusion(self.rank, target, intrusion)
        self._recorder.note(self._recorder.now(), Kind.FAULT, self.rank, **told.detail())
        lit = self._is_lit(other(target))
        encounter = self._stranger.intrude(self.rank, target, intrusion, self._ports.of(target), peer_is_lit=lit)
        ended = told.detail(encounter.proof.statement, Phase.END)
        self._recorder.note(self._recorder.now(), Kind.FAULT, self.rank, **ended)
        return encounter

    def _impose(self, wanted: LinkFault, told: Fault) -> Proof:
        shown = self._faults.impose(self.rank, wanted)
        self._recorder.note(shown.at, Kind.FAULT, self.rank, **told.detail(shown.statement))
        return Proof(shown.statement, {"at": shown.at})

"""A heartbeat link as the suite sees it: its faults, what it carried, and a stranger on its network."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from lab.contract import Cut, Encounter, Intrusion, Port, Proof, Rank
from lab.docker.link_faults import SOUND, LinkFaults
from lab.docker.names import UNITS, other
from lab.docker.ports_in_use import PortsInUse
from lab.docker.recorder import Recorder
from lab.docker.stranger import Stranger
from lab.docker.traffic import Traffic
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
        """Offer the link of this rank; `is_lit` tells whether a unit is on its networks."""
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
        return self._cut(cut, (*now.cuts, cut))

    def cut_instead(self, cut: Cut) -> Proof:
        """Let this be the only cut, in place of whatever cuts there are."""
        return self._cut(cut, (cut,))

    def delay(self, seconds: float, jitter: float = 0.0) -> Proof:
        """Delay every byte in both directions."""
        # Toxiproxy counts in milliseconds.
        late = replace(self._faults.on(self.rank), delay=round(seconds, 3), jitter=round(jitter, 3))
        shown = self._faults.impose(self.rank, late)
        self._recorder.note(shown.at, Kind.LINK, self.rank, state="delayed", seconds=seconds, jitter=jitter)
        self._recorder.note(shown.at, Kind.FAULT, self.rank, fault="delay", phase="begin", proof=shown.statement)
        return Proof(shown.statement, {"at": shown.at, "delay": seconds, "jitter": jitter})

    def throttle(self, bytes_per_second: int) -> Proof:
        """Let each connection carry that much each way; Toxiproxy counts in kilobytes."""
        thin = replace(self._faults.on(self.rank), rate=bytes_per_second // 1000)
        shown = self._faults.impose(self.rank, thin)
        self._recorder.note(shown.at, Kind.LINK, self.rank, state="throttled", rate=bytes_per_second)
        self._recorder.note(shown.at, Kind.FAULT, self.rank, fault="throttle", phase="begin", proof=shown.statement)
        return Proof(shown.statement, {"at": shown.at, "bytes per second": float(bytes_per_second)})

    def heal(self) -> Proof:
        """End every fault, and prove that the link carries."""
        if self._faults.on(self.rank) == SOUND:
            at = self._recorder.now()
            return Proof(f"nothing was wrong with the {self.rank} heartbeat link", {"at": at})
        shown = self._faults.impose(self.rank, SOUND)
        self._recorder.note(shown.at, Kind.LINK, self.rank, state="up")
        self._recorder.note(shown.at, Kind.FAULT, self.rank, fault="heal", phase="end", proof=shown.statement)
        return Proof(shown.statement, {"at": shown.at})

    def is_cut(self) -> bool:
        """Whether a cut is in force."""
        return bool(self._faults.on(self.rank).cuts)

    def carried(self, port: Port) -> int:
        """Payload bytes that arrived at either unit on every TCP port that is used for this purpose."""
        numbers = self._ports.numbers(port)
        totals = self._traffic.totals().items()
        return sum(size for (rank, _, number), size in totals if rank is self.rank and number in numbers)

    def connections(self) -> frozenset[int]:
        """TCP ports on which payload arrived at either unit since the scenario began."""
        return frozenset(number for rank, _, number in self._traffic.since_begin() if rank is self.rank)

    def overhear(self) -> None:
        """Let a stranger keep what arrives at either unit from now on."""
        self._stranger.overhear({unit: self._ports.of(unit) for unit in UNITS})

    def intrude(self, target: str, intrusion: Intrusion) -> Encounter:
        """Let a stranger on this network try a trick on the unit's ports."""
        what = f"stranger: {intrusion.trick}"
        self._recorder.note(self._recorder.now(), Kind.FAULT, self.rank, fault=what, phase="begin")
        lit = self._is_lit(other(target))
        encounter = self._stranger.intrude(self.rank, target, intrusion, self._ports.of(target), peer_is_lit=lit)
        proof = encounter.proof.statement
        self._recorder.note(self._recorder.now(), Kind.FAULT, self.rank, fault=what, phase="end", proof=proof)
        return encounter

    def _cut(self, cut: Cut, cuts: tuple[Cut, ...]) -> Proof:
        shown = self._faults.impose(self.rank, replace(self._faults.on(self.rank), cuts=cuts))
        shape = {
            "deaf": ",".join(sorted(cut.deaf)) or "both",
            "ports": ",".join(sorted(cut.ports)) if cut.ports else "all",
        }
        how, proof = cut.how.value, shown.statement
        self._recorder.note(shown.at, Kind.LINK, self.rank, state="cut", how=how, **shape)
        self._recorder.note(shown.at, Kind.FAULT, self.rank, fault=how, phase="begin", proof=proof, **shape)
        return Proof(shown.statement, {"at": shown.at})

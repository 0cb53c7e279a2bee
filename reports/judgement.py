"""The record of one scenario's run: verdict, clauses held, claims, and the node id to run it again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

import manual
from manual.records import Level
from reports.verdicts import Verdict


@dataclass(frozen=True, slots=True)
class Judgement:
    """One judged scenario. It goes from an xdist worker to the controller as plain data.

    `duration` is the harness's time in seconds, `span` the lab's (virtual in sim); `facts` come from the lab.
    """

    node: str
    feature: str
    scenario: str
    clauses: tuple[str, ...]
    """Ids of the clauses that it holds (HA-101, HA-757.b)."""
    verdict: Verdict
    reason: str = ""
    duration: float = 0.0
    span: float = 0.0
    claims: tuple[Mapping[str, Any], ...] = ()
    failovers: tuple[Mapping[str, Any], ...] = ()
    """Phases of each failover (`reports.phases.Failover.as_data`)."""
    waits: float = 0.0
    """Seconds that the document made the scenario wait (`reports.waits`)."""
    mail: Mapping[str, int] = field(default_factory=dict)
    worker: str = "main"
    facts: Mapping[str, str] = field(default_factory=dict)
    own: Verdict | None = None
    """Verdict of its own steps alone, None while it is the scenario's: requirements count by it."""
    as_new: Mapping[str, Any] = field(default_factory=dict)
    """What was checked after its own steps (`lab.as_new.Outcome.as_data`), empty where nothing was asked."""
    fatal: int = 0
    """Exit code that this scenario forces because no lab can be opened (0: none)."""
    earlier: str = ""
    """Why it was inconclusive when it was run before, in another lab; '' for a scenario that was run once."""

    @property
    def requirements(self) -> tuple[str, ...]:
        """Ids of the requirements that it verifies, in whole or in part."""
        return tuple(dict.fromkeys(id_.partition(".")[0] for id_ in self.clauses))

    @property
    def verified(self) -> Verdict:
        """What its own steps say about its requirements."""
        return self.own or self.verdict

    @property
    def binds(self) -> bool:
        """Whether the exit code counts the verdict: not if the scenario verifies only behaviours of level INFO."""
        known = manual.requirements()
        levels = {known[id_].level for id_ in self.requirements if id_ in known}
        return levels != {Level.INFO}

    def as_data(self) -> dict[str, Any]:
        """Plain data for JSON, the shape of a verdict in run.json."""
        plain = {each.name: getattr(self, each.name) for each in fields(self)}
        return {**plain, "verdict": self.verdict.value, "own": self.verified.value}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Judgement:
        """Rebuild what `as_data` gave."""
        return cls(
            **{
                **data,
                "verdict": Verdict(data["verdict"]),
                "own": None if data["own"] == data["verdict"] else Verdict(data["own"]),
                "clauses": tuple(data["clauses"]),
                "claims": tuple(data["claims"]),
                "failovers": tuple(data["failovers"]),
            }
        )

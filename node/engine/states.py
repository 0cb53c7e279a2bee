"""The transition table: which phase a unit enters on what, with the event text that is reported and its source."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from node.engine.modes import Effective


class Phase(StrEnum):
    """Where a unit stands; an operator sees only the effective mode of each."""

    STANDALONE = "standalone"
    CONFIG_ONLY = "config-only"
    JOINING = "joining"
    FIRST_SYNC = "first-sync"
    FIRST_SYNC_FAILED = "first-sync-failed"
    PRIMARY = "primary"
    SECONDARY = "secondary"
    HOLD_OFF = "hold-off"
    FAILED = "failed"
    SWITCHED_OFF = "switched-off"

    @property
    def effective(self) -> Effective:
        """The effective mode that this phase shows. Source: HA-013, HA-014, HA-020."""
        return _EFFECTIVE.get(self, Effective.OFF)

    @property
    def in_group(self) -> bool:
        """Whether the unit speaks to its peer in this phase. Source: HA-003, HA-207."""
        return self not in _OUT_OF_GROUP

    @property
    def follows(self) -> bool:
        """Whether the unit has a primary to follow, and waits for its silence."""
        return self in _FOLLOWING


_EFFECTIVE = {
    Phase.PRIMARY: Effective.PRIMARY,
    Phase.SECONDARY: Effective.SECONDARY,
    Phase.HOLD_OFF: Effective.HOLD_OFF,
    Phase.FAILED: Effective.FAILED,
}
_OUT_OF_GROUP = frozenset({Phase.STANDALONE, Phase.FAILED, Phase.SWITCHED_OFF})
_FOLLOWING = frozenset({Phase.FIRST_SYNC, Phase.FIRST_SYNC_FAILED, Phase.SECONDARY})


class Trigger(StrEnum):
    """What moves a unit from phase to phase."""

    ENTER = "the mode calls for a group, or HA starts"
    SHARE = "the mode calls for a config-only group"
    LEAVE = "the mode is off"
    LATCH = "on-failure off, after a failure as primary"
    PEER_IS_PRIMARY = "the peer is heard as primary"
    CLAIM = "no primary is heard, and the role is ours"
    SYNC_OK = "a configuration sync succeeded"
    SYNC_BAD = "a configuration sync failed"
    SILENCE = "no primary is heard for the lost threshold"
    HOLD_OFF = "the primary restarts on purpose"
    RESUME = "the primary is back from its restart"
    HOLD_OFF_OVER = "the primary did not come back"
    ASKED = "the peer asks for the primary role"
    GIVEN = "the peer has left the primary role to us"
    YIELD = "an operator moves the primary role away"
    FAULT = "own monitoring failed"
    FAULT_OFF = "own monitoring failed, and on-failure is off"
    FOUND = "the peer finds this unit failed"
    FOUND_OFF = "the peer finds this unit failed, and on-failure is off"
    PEER_FAILED = "the primary has left its role, since this unit has found it failed"
    CURED = "own monitoring succeeds again"
    RESTORE = "an operator restores the configured mode"


@dataclass(frozen=True, slots=True)
class Row:
    """Where a trigger leads, the event text reported for it, and the source."""

    to: Phase
    event: str
    source: str


_P = Phase
_T = Trigger

TABLE: dict[tuple[Phase, Trigger], Row] = {
    (_P.STANDALONE, _T.SHARE): Row(_P.CONFIG_ONLY, "HA started", "HA-006"),
    (_P.STANDALONE, _T.LATCH): Row(_P.SWITCHED_OFF, "failure of this unit, on-failure is off", "HA-311, HA-312"),
    (_P.JOINING, _T.LATCH): Row(_P.SWITCHED_OFF, "failure of this unit, on-failure is off", "HA-311, HA-312"),
    (_P.JOINING, _T.PEER_IS_PRIMARY): Row(_P.FIRST_SYNC, "MASTER found", "HA-024"),
    (_P.JOINING, _T.CLAIM): Row(_P.PRIMARY, "no MASTER found", "HA-010, HA-067"),
    (_P.FIRST_SYNC, _T.SYNC_OK): Row(_P.SECONDARY, "synchronized with MASTER", "HA-024"),
    (_P.FIRST_SYNC, _T.SYNC_BAD): Row(_P.FIRST_SYNC_FAILED, "first synchronization failed", "HA-015"),
    (_P.FIRST_SYNC, _T.SILENCE): Row(_P.PRIMARY, "MASTER heartbeat disappeared", "HA-101"),
    (_P.FIRST_SYNC, _T.HOLD_OFF): Row(_P.HOLD_OFF, "peer rebooting (or reloading)", "HA-019, HA-731"),
    (_P.FIRST_SYNC_FAILED, _T.SYNC_OK): Row(_P.SECONDARY, "synchronized with MASTER", "HA-024"),
    (_P.FIRST_SYNC_FAILED, _T.SYNC_BAD): Row(_P.PRIMARY, "MASTER heartbeat disappeared", "HA-016, HA-101"),
    (_P.FIRST_SYNC_FAILED, _T.SILENCE): Row(_P.PRIMARY, "MASTER heartbeat disappeared", "HA-016, HA-101"),
    (_P.FIRST_SYNC_FAILED, _T.HOLD_OFF): Row(_P.HOLD_OFF, "peer rebooting (or reloading)", "HA-019, HA-731"),
    (_P.SECONDARY, _T.SILENCE): Row(_P.PRIMARY, "MASTER heartbeat disappeared", "HA-101, D.1-2"),
    (_P.SECONDARY, _T.HOLD_OFF): Row(_P.HOLD_OFF, "peer rebooting (or reloading)", "HA-521, D.1-4"),
    (_P.SECONDARY, _T.GIVEN): Row(_P.PRIMARY, "MASTER asks us to switch roles", "HA-574, HA-580"),
    (_P.SECONDARY, _T.PEER_FAILED): Row(_P.PRIMARY, "MASTER remote service disappeared", "HA-255, HA-259, D.1-9"),
    (_P.HOLD_OFF, _T.GIVEN): Row(_P.PRIMARY, "MASTER asks us to switch roles", "HA-574, HA-580"),
    (_P.HOLD_OFF, _T.RESTORE): Row(_P.SECONDARY, "user restored configured mode", "HA-572"),
    (_P.HOLD_OFF, _T.HOLD_OFF_OVER): Row(_P.PRIMARY, "peer did not come back", "HA-523"),
    (_P.HOLD_OFF, _T.RESUME): Row(_P.SECONDARY, "peer command appeared", "HA-524, D.1-5"),
    (_P.HOLD_OFF, _T.PEER_IS_PRIMARY): Row(_P.FIRST_SYNC, "peer command appeared", "HA-024, HA-524"),
    (_P.PRIMARY, _T.ASKED): Row(_P.SECONDARY, "SLAVE asks us to switch roles", "HA-321, HA-322, D.1-7"),
    (_P.PRIMARY, _T.YIELD): Row(_P.SECONDARY, "user requested switch of roles", "HA-572, HA-580"),
    (_P.PRIMARY, _T.FAULT): Row(_P.FAILED, "monitoring found a failure of this unit", "HA-207, HA-320"),
    (_P.PRIMARY, _T.FAULT_OFF): Row(_P.SWITCHED_OFF, "monitoring found a failure of this unit", "HA-207, HA-310"),
    (_P.PRIMARY, _T.FOUND): Row(_P.FAILED, "SLAVE asks us to switch roles", "HA-017, HA-259, HA-260"),
    (_P.PRIMARY, _T.FOUND_OFF): Row(_P.SWITCHED_OFF, "SLAVE asks us to switch roles", "HA-259, HA-260, HA-310"),
    (_P.FAILED, _T.CURED): Row(_P.JOINING, "failure of this unit is gone", "HA-018"),
    **{
        (phase, _T.LEAVE): Row(_P.STANDALONE, "HA mode is off", "HA-003")
        for phase in Phase
        if phase is not Phase.STANDALONE
    },
    **{(phase, _T.ENTER): Row(_P.JOINING, "HA started", "HA-024, HA-313, HA-572, HA-576, HA-577") for phase in Phase},
}
"""The row for a phase and a trigger. A trigger without a row in a phase changes nothing there."""

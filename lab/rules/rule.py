"""The rules that always hold for a pair, by name and with their sources, and the text for a broken one."""

from __future__ import annotations

from enum import Enum

from lab.findings import Finding


class Rule(Enum):
    """One rule: its words, and the clauses that it follows from."""

    ONE_PRIMARY = ("no unit becomes primary while it hears a primary", "HA-061 HA-101 HA-102 HA-108")
    NOT_BEFORE = ("no unit takes over before its detection time has passed", "HA-101 HA-102 HA-103 HA-108")
    IN_TIME = ("a secondary that hears nothing takes over when its detection time has passed", "HA-101 HA-104 HA-121")
    CAUSED = (
        "no unit leaves its role unless an operator, a failure or the documented return of the role moves it",
        "HA-331 HA-703",
    )
    PLANNED = ("during a planned restart of the primary its secondary is in hold-off", "HA-520 HA-521 HA-524")
    HOLD_OFF = ("hold-off lasts until the primary is back, and 15 minutes at most", "HA-522 HA-523")
    MONITORED = ("a primary whose monitored interface fails leaves its role", "HA-017 HA-207 HA-310")
    ADDRESS = ("only the effective primary holds the virtual address", "HA-112 HA-154 HA-163")
    ANNOUNCED = (
        "an announcement of an address comes from the unit that holds it, the last one from its last holder",
        "HA-113 HA-163 HA-164",
    )
    MAIL = ("only the effective primary accepts mail", "HA-022 HA-110")
    NO_LOSS = ("no accepted message is lost or doubled", "HA-120 HA-424")
    MODE = ("the configured mode stays as it was set", "HA-009")
    COMMAND = ("an operator's command does what the manual says", "HA-572 HA-574 HA-580")
    RECOVERY = ("a unit recovers from its failure as its on-failure says", "HA-311 HA-321 HA-331")
    SETTLED = ("the roles settle once the last fault has ended", "HA-010 HA-024 HA-101")
    CONFIGURATION = ("a change that the leading unit had time to pass on is on both units", "HA-350 HA-378")
    QUEUE = ("queued mail of a unit that follows is delivered by the primary", "HA-333 HA-424")
    REACHED = ("a client of the virtual address reaches the effective primary", "HA-113 HA-164")

    @property
    def words(self) -> str:
        """The rule in one clause."""
        return self.value[0]

    @property
    def clauses(self) -> tuple[str, ...]:
        """Ids of the clauses of the manual that it follows from."""
        return tuple(self.value[1].split())

    def tell(self, at: float | None, how: str) -> str:
        """One line for a person."""
        return f"{at:.3f} s: {how}; the rule: {self.words} ({', '.join(self.clauses)})"


Broken = Finding[Rule]
"""A broken rule."""

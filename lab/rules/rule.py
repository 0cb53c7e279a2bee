"""The rules that always hold for a pair, by name and with their sources, and the text for a broken one."""

from __future__ import annotations

from enum import Enum

from lab.findings import Finding


class Rule(Enum):
    """One rule: its words, and the clauses that it follows from."""

    ONE_PRIMARY = ("no unit becomes primary while it hears a primary", "HA-061.c HA-101 HA-102 HA-108.b")
    NOT_BEFORE = ("no unit takes over before its detection time has passed", "HA-101 HA-102 HA-103.b HA-108.a")
    IN_TIME = ("a secondary that hears nothing takes over when its detection time has passed", "HA-101 HA-104 HA-121")
    CAUSED = (
        "no unit leaves its role unless an operator, a failure or the documented return of the role moves it",
        "HA-331 HA-703",
    )
    PLANNED = ("during a planned restart of the primary its secondary is in hold-off", "HA-520.a HA-521.a HA-524.a")
    HOLD_OFF = ("hold-off lasts until the primary is back, and 15 minutes at most", "HA-522 HA-523")
    MONITORED = ("a primary whose monitored interface fails leaves its role", "HA-017.a HA-207 HA-310")
    SERVICED = (
        "a primary leaves its role when a monitored service of it fails, and services that are its heartbeat keep it",
        "HA-017.b HA-204 HA-255 HA-256 HA-257 HA-259.b HA-290",
    )
    ADDRESS = ("only the effective primary holds the virtual address", "HA-112 HA-154 HA-163")
    ANNOUNCED = (
        "an announcement of an address comes from the unit that holds it, the last one from its last holder",
        "HA-113.c HA-163 HA-164",
    )
    MAIL = ("only the effective primary accepts mail", "HA-022.b HA-110.b")
    NO_LOSS = ("no accepted message is lost or doubled", "HA-120.b HA-424")
    MODE = ("the configured mode stays as it was set", "HA-009")
    COMMAND = ("an operator's command does what the manual says", "HA-572 HA-574.b HA-574.c HA-580")
    RECOVERY = ("a unit recovers from its failure as its on-failure says", "HA-311.b HA-321 HA-331")
    SETTLED = ("the roles settle once the last fault has ended", "HA-010.a HA-010.b HA-024.d HA-101")
    CONFIGURATION = ("a change that the leading unit had time to pass on is on both units", "HA-350.a HA-378")
    SHARED = ("both units have what the leading unit was given to share", "HA-159.a HA-378")
    KEPT_OFF = (
        "a unit that its on-failure keeps off stays off over each restart, until an operator restores it",
        "HA-312.a HA-312.b HA-313.a",
    )
    QUEUE = ("queued mail of a unit that follows is delivered by the primary", "HA-333.a HA-424")
    ALONE = ("a unit whose mode is off, or that is in a config-only group, serves mail by itself", "HA-003.a HA-022.b")
    GROUP = ("the units of a config-only group share their configuration, and nothing else", "HA-027.c HA-350.b")
    STRANGE = ("no unit hears a peer that has another password", "HA-453.a")
    ADDRESSED = (
        "a unit hears its peer on the links that it is to use, at its peer's address and base port, and on no others",
        "HA-055.a HA-063.a HA-065",
    )
    PORTS = ("the group uses the four ports from its base port on, and no others", "HA-055.a HA-055.b")
    DATA = ("mail data is copied only where both units have it enabled", "HA-403 HA-404")
    AS_NEW = ("a pair is as good as new when what disturbed it has ended", "HA-010.a HA-060.a HA-101 HA-350.a HA-572")
    ONE_LINK = (
        "over one heartbeat link a pair does all that it does over two",
        "HA-061.a HA-061.b HA-061.c HA-101 HA-350.a HA-520.a HA-572",
    )
    SPARE = ("over a whole primary heartbeat link goes all but the heartbeats of the other link", "HA-060.b HA-062")
    COPIED = (
        "mail data of the unit that leads reaches the one that follows, which keeps its own",
        "HA-401.a HA-401.b HA-401.e HA-405 HA-427.a",
    )
    REACHED = ("a client of the virtual address reaches the effective primary", "HA-113.c HA-164")

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

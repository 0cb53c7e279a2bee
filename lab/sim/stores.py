"""What a unit keeps on its disks, through any loss of power: configuration, HA memory, logs, queue and mail data."""

from __future__ import annotations

from dataclasses import dataclass, field

from lab.contract import Area, MailKind, Message
from lab.standard_pair import PAIR
from node.engine.events import Memory


@dataclass(slots=True)
class Volume:
    """One unit's storage. Each field is replaced or grown in one step, so a kill leaves the old or the new state."""

    configuration: str
    release: str = PAIR.releases[0]
    """Firmware that the next start brings."""
    memory: Memory = field(default_factory=Memory)
    log: list[str] = field(default_factory=list)
    queue: dict[str, Message] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)
    """Messages that the peer has handed over: one that comes again is known."""
    areas: dict[Area, set[str]] = field(default_factory=lambda: {area: set() for area in Area})

    def keep(self, message: Message) -> None:
        """Put a processed message where its kind belongs. Source: HA-401."""
        area = AREA_OF.get(message.kind)
        if area is not None:
            self.areas[area].add(message.id)
        if message.kind in {MailKind.SPAM, MailKind.LOCAL}:
            self.areas[Area.PREFERENCES].add(message.recipient)

    def lacks(self, other: Volume) -> int:
        """How many items of mail data the other volume has and this one has not."""
        return sum(len(ids - self.areas[area]) for area, ids in other.areas.items())

    def merge(self, other: Volume) -> None:
        """Take over the mail data that the other volume has and this one lacks."""
        for area, ids in other.areas.items():
            self.areas[area] |= ids

    def format_mail(self) -> None:
        """Forget all mail data and the queue."""
        self.queue = {}
        self.taken = set()
        self.areas = {area: set() for area in Area}


AREA_OF = {
    MailKind.SPAM: Area.QUARANTINE,
    MailKind.VIRUS: Area.SYSTEM_QUARANTINE,
    MailKind.LOCAL: Area.MAILBOXES,
    MailKind.ARCHIVED: Area.ARCHIVE,
}

DELIVERED_ON = frozenset({MailKind.CLEAN, MailKind.ARCHIVED})
"""Kinds that go on to the protected server."""

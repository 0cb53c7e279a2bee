"""What a unit keeps on its disks, through any loss of power: configuration, HA memory, logs, queue and mail data."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from lab.contract import IN_PART, Area, DiskState, MailKind, Message
from lab.standard_pair import PAIR
from node.engine.events import Memory
from node.exchange import queue
from node.reporting import AlertMail

Rule = Callable[[Mapping[str, str], Mapping[str, str]], dict[str, str]]
"""Merges the mail data of another volume into the own."""


def name_of(message: Message) -> str:
    """Name a message as the units do: by its content, which here is its id."""
    return queue.name_of(message.id.encode())


def image_of(release: str) -> str:
    """File name under which a release's firmware image lies on the server."""
    return f"switchover-{release}.out"


@dataclass(slots=True)
class Store:
    """Mail data of one disk, or of a NAS."""

    files: dict[str, str] = field(default_factory=dict)
    """Ids by path: each lies in a directory that is named after its storage area."""


@dataclass(slots=True)
class Volume:
    """One unit's storage. Each field is replaced or grown in one step, so a kill leaves the old or the new state."""

    configuration: str
    release: str = PAIR.releases[0]
    """Firmware that the next start brings."""
    memory: Memory = field(default_factory=Memory)
    log: list[str] = field(default_factory=list)
    alerts: list[AlertMail] = field(default_factory=list)
    """Alerts that no mail server has taken yet."""
    disk: DiskState | None = None
    """How the mail disk fails, None where it works; no mail is lost by it here, since none comes meanwhile."""
    queue: dict[str, Message] = field(default_factory=dict)
    """Messages by the name of the queue file: one that was put there twice is there twice."""
    withheld: dict[str, Message] = field(default_factory=dict)
    """Messages that are offered to the peer, and that nobody delivers here meanwhile."""
    aside: dict[str, Message] = field(default_factory=dict)
    """Messages, by name, that the peer has handed over and that are not in the queue yet."""
    taken: set[str] = field(default_factory=set)
    """Names of messages that the peer has handed over: one that comes again is known."""
    copies: dict[str, Message] = field(default_factory=dict)
    """Copies of the messages in the peer's queue, by name."""
    own: Store = field(default_factory=Store)
    sizes: dict[str, int] = field(default_factory=dict)
    """Bytes of messages that are longer than most, by id."""
    nas: Store = field(default_factory=Store)
    """Network storage that both units have."""
    on_nas: bool = False
    """Whether mail data lie there."""

    @property
    def mail_data(self) -> dict[str, str]:
        """Ids by path, of whichever storage is used now."""
        return (self.nas if self.on_nas else self.own).files

    def enqueue(self, message: Message) -> str:
        """Put a message into the queue, and return the name of its file."""
        name = message.id
        while name in self.queue:
            name += "+"
        self.queue[name] = message
        return name

    def queued(self) -> frozenset[str]:
        """Ids of the messages in the queue, with those that are withheld or set aside."""
        held = (self.queue, self.withheld, self.aside)
        return frozenset(message.id for each in held for message in each.values())

    def put_back(self) -> None:
        """Put what was withheld back into the queue."""
        self.queue |= self.withheld
        self.withheld = {}

    def recover(self) -> None:
        """Put into the queue what a process that has ended left beside it: what it withheld, and what it had taken."""
        self.put_back()
        for name in self.aside.keys() & self.taken:
            self.enqueue(self.aside.pop(name))

    def keep(self, message: Message) -> None:
        """Put a processed message where its kind belongs. Source: HA-401."""
        area = AREA_OF.get(message.kind)
        if message.size:
            self.sizes[message.id] = message.size
        if area is not None:
            self.store(area, message.id)
        if message.kind in {MailKind.SPAM, MailKind.LOCAL}:
            self.store(Area.PREFERENCES, message.recipient)

    def store(self, area: Area, id_: str) -> None:
        """Put one item of mail data into a storage area: a message lies in a Maildir, and is new."""
        self.mail_data[f"{area}/{id_}" if area is Area.PREFERENCES else f"{area}/new/{id_}"] = id_

    def read(self, area: Area, flags: str) -> tuple[str, ...]:
        """Ids of an area's messages, each as often as it is there; from now on they are seen, and have these flags.

        As in Dovecot a new copy is not shown beside a seen one of the same name, but two seen ones are two messages.
        """
        folder, new = f"{area}/cur/", f"{area}/new/"
        seen = {path.partition(":")[0] for path in self.mail_data if path.startswith(folder)}
        found = []
        for path in [each for each in self.mail_data if each.startswith((folder, new))]:
            if path.startswith(new) and path.replace(new, folder) in seen:
                continue
            id_, name = self.mail_data.pop(path), path.partition(":")[0].replace(new, folder)
            while any(each.startswith(f"{name}:") for each in self.mail_data):
                name += "+"
            self.mail_data[f"{name}:2,{''.join(sorted({*path.partition(':2,')[2], *flags}))}"] = id_
            found.append(id_)
        return tuple(found)

    def stored(self, area: Area) -> frozenset[str]:
        """Ids in a storage area."""
        return frozenset(id_ for path, id_ in self.mail_data.items() if path.startswith(f"{area}/"))

    def lacks(self, other: Volume) -> list[str]:
        """Paths of the items of mail data that the other volume has and this one has not."""
        return [path for path in other.mail_data if path not in self.mail_data]

    def merge(self, other: Volume, rule: Rule, paths: Iterable[str]) -> None:
        """Merge those of the other volume's mail data that are still there, by the rule of the unit's build."""
        there = other.mail_data
        self._put(rule(self.mail_data, {path: there[path] for path in paths if path in there}))
        self.sizes |= other.sizes

    def begin(self, other: Volume, rule: Callable[[Mapping[str, str], str, str], dict[str, str]], path: str) -> None:
        """Begin to copy a file of the other volume, by the rule of the unit's build for what it has of it meanwhile."""
        self._put(rule(self.mail_data, path, f"{other.mail_data[path]}{IN_PART}"))

    def _put(self, files: dict[str, str]) -> None:
        (self.nas if self.on_nas else self.own).files = files

    def format_mail(self) -> None:
        """Forget all mail data of the disk, and the queue."""
        self.queue = {}
        self.withheld = {}
        self.aside = {}
        self.taken = set()
        self.copies = {}
        self.own.files = {}


AREA_OF = {
    MailKind.SPAM: Area.QUARANTINE,
    MailKind.VIRUS: Area.SYSTEM_QUARANTINE,
    MailKind.LOCAL: Area.MAILBOXES,
    MailKind.ARCHIVED: Area.ARCHIVE,
}

DELIVERED_ON = frozenset({MailKind.CLEAN, MailKind.ARCHIVED})
"""Kinds that go on to the protected server."""

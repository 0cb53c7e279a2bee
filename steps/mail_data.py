"""Mail data: what lies in the units' storage, and what a synchronization copies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from lab.contract import Area, Capability, MailKind, Mode, Synchronized
from lab.errors import NotReached
from lab.ledger import ACCEPTED
from steps.actions import Action
from steps.addresses import client_address, host_of
from steps.fields import UNITS, Address
from steps.scene import Scene
from steps.times import Bound, Span, awaited, stays, watched
from steps.words import Table, action, given, outcome

KINDS = {
    Area.SYSTEM_QUARANTINE: MailKind.VIRUS,
    Area.QUARANTINE: MailKind.SPAM,
    Area.ARCHIVE: MailKind.ARCHIVED,
    Area.MAILBOXES: MailKind.LOCAL,
}
"""Which kind of message ends in which storage area. Source: HA-401."""

SCHEDULED, SHOWN_TO = 1200.0, 1.0
"""Seconds within which a synchronization comes by schedule, and how exactly its time is shown. Source: HA-402."""

NOT_COPIED = 1.5
"""Seconds for which a synchronization that must copy nothing is watched; one that copies is done well before."""


@dataclass(slots=True)
class Stored:
    """Ids of the messages that were stored in the scenario: the last, and the last on each unit."""

    last: str = ""
    recipient: str = ""
    """Who the last message is for."""
    on: dict[str, str] = field(default_factory=dict)
    mailbox: list[str] = field(default_factory=list)
    """All that were stored in a mailbox."""
    copied: list[str] = field(default_factory=list)
    """Those of them that were seen to be copied."""


@pytest.fixture
def stored() -> Stored:
    """Keep what is stored."""
    return Stored()


@given("two units with their mail data on one NAS", Capability.NAS)
def on_one_nas(scene: Scene) -> None:
    """Network storage that both units have takes the place of their own disks for mail data. Source: HA-406, HA-407."""
    for unit in scene.units:
        entered = unit.use_nas()
        assert entered.accepted, f"unit {unit.name} refused the NAS: {entered.text}"


@action("a message for the {area:Area} [is|has been] stored on {units:Units}", Capability.STORAGE)
def is_stored(scene: Scene, stored: Stored, area: Area, units: tuple[str, ...]) -> Action:
    """A message of that kind reaches the unit and lies in its storage.

    It is sent to the virtual address where the unit alone leads, else to its own. Source: HA-401, HA-702.
    """

    def store() -> None:
        for unit in units:
            _send(scene, stored, area, unit)
        for unit in units:
            _await_stored(scene, stored.on[unit], area, unit)

    return Action(does=store)


@action("{count:Count} messages for the {area:Area} [are|have been] stored on the {unit:Unit}", Capability.STORAGE)
def are_stored(scene: Scene, stored: Stored, count: int, area: Area, unit: str) -> Action:
    """So much mail data that a synchronization takes long over thin links: a message has some 1000 bytes.

    Source: HA-401.
    """

    def store() -> None:
        for id_ in [_send(scene, stored, area, unit) for _ in range(count)]:
            _await_stored(scene, id_, area, unit)

    return Action(does=store)


@action(
    "a message of {size:Count} bytes for the {area:Area} [is|has been] stored on the {unit:Unit}", Capability.STORAGE
)
def long_one_is_stored(scene: Scene, stored: Stored, size: int, area: Area, unit: str) -> Action:
    """A message so long that its copying takes long over thin links, and is done in several steps. Source: HA-401."""

    def store() -> None:
        _await_stored(scene, _send(scene, stored, area, unit, size), area, unit)

    return Action(does=store)


@outcome(
    "the message [reaches|has reached] the {area:Area} of the {unit:Unit}{bound:Bound}", Capability.STORAGE, awaited
)
def is_copied(scene: Scene, stored: Stored, area: Area, unit: str, bound: Bound | None) -> None:
    """The last message lies in this unit's storage too.

    Source: HA-401, HA-405.
    """
    _await_stored(scene, stored.last, area, unit)
    if area is Area.MAILBOXES:
        stored.copied.append(stored.last)
    if bound is not None:
        bound.begins("")
        bound.judge(scene, "copying of mail data", scene.lab.clock.now() - scene.since, unit)


@outcome("the message does not reach the {area:Area} of the {unit:Unit}", Capability.STORAGE)
def is_not_copied(scene: Scene, stored: Stored, area: Area, unit: str) -> None:
    """The unit's storage is watched for a second and a half. Source: HA-403, HA-404."""

    def absent() -> bool:
        return stored.last not in scene.unit(unit).stored(area)

    scene.lab.clock.hold(absent, NOT_COPIED, f"message {stored.last} is not in the {area.value} of unit {unit}")


@outcome("the {area:Areas} hold these messages{span:Span}", Capability.STORAGE, watched)
def areas_hold(scene: Scene, stored: Stored, area: Area, span: Span | None, datatable: Table) -> None:
    """Whether each message, named by where it was stored, lies in that area of each unit.

    Table: unit, stored on the primary, stored on the secondary (yes or no). Source: HA-401, HA-427, HA-702, HA-704.
    """
    head, *rows = datatable
    wanted = {
        UNITS[unit]: {
            UNITS[column.removeprefix("stored on the ")]
            for column, cell in zip(head[1:], cells, strict=True)
            if cell == "yes"
        }
        for unit, *cells in rows
    }
    what = f"the areas {area.value} hold {wanted}"
    if span is not None:
        stays(scene, lambda: _held(scene, stored, area) == wanted, span, what)
        return
    try:
        scene.lab.clock.wait_for(lambda: _held(scene, stored, area) == wanted, scene.lab.timing.settle, what)
    except NotReached as error:
        raise NotReached(f"the areas {area.value} hold {_held(scene, stored, area)}; {error}") from error


@outcome("the preferences of the recipient [reach|have reached] the {unit:Unit}", Capability.STORAGE)
def preferences_reach(scene: Scene, stored: Stored, unit: str) -> None:
    """The unit's storage holds the preferences of the user for whom the last message is. Source: HA-401."""
    assert stored.recipient, "no message was stored"

    def present() -> bool:
        return stored.recipient in scene.unit(unit).stored(Area.PREFERENCES)

    what = f"the preferences of {stored.recipient} are on unit {unit}"
    scene.lab.clock.wait_for(present, 2 * scene.lab.timing.settle, what)


@outcome("the {unit:Unit} shows when its next {what:Synchronized} synchronization comes", Capability.SCHEDULE)
def shows_next(scene: Scene, unit: str, what: Synchronized) -> None:
    """Its status page shows a time that is yet to come, and comes within 20 minutes. Source: HA-402, HA-410, HA-615."""
    timing, clock = scene.lab.timing, scene.lab.clock
    exact = SHOWN_TO + timing.resolution + timing.slack

    def shown() -> tuple[float, float] | None:
        asked, at = clock.now(), scene.unit(unit).next_sync(what)
        return None if at is None else (asked, at)

    # It is not shown while a synchronization runs.
    found = clock.wait_for(shown, timing.settle, f"unit {unit} shows when its next {what} synchronization comes")
    assert found is not None
    left = found[1] - found[0]
    assert -exact <= left <= SCHEDULED + exact, f"unit {unit} shows a time that is {left:.0f} s from now"


@action("a user [reads|has read] the mailbox on the {unit:Unit}", Capability.READING)
def reads_mailbox(scene: Scene, stored: Stored, unit: str) -> Action:
    """Its owner opens it by IMAP where that unit serves mail, and reads all messages: they are no longer new.

    Source: HA-401.
    """
    return Action(does=lambda: _await_read(scene, stored, unit))


@action("a user [answers|has answered] the messages in the mailbox on the {unit:Unit}", Capability.READING)
def answers_messages(scene: Scene, stored: Stored, unit: str) -> Action:
    """Its owner opens it by IMAP where that unit serves mail, and marks each message as answered. Source: HA-401."""
    return Action(does=lambda: _await_read(scene, stored, unit, answered=True))


@outcome("a user finds each message once in the mailbox on the {unit:Unit}", Capability.READING)
def finds_once(scene: Scene, stored: Stored, unit: str) -> None:
    """Its owner opens it by IMAP where that unit serves mail: all that was stored there in the scenario, and no more.

    The owner opens it again: a mail server may notice only then what is there twice. Source: HA-401.
    """
    for _ in range(2):
        _await_read(scene, stored, unit)


@outcome(
    "a user finds what had been copied, and no message in part, in the mailbox on the {unit:Unit}", Capability.READING
)
def finds_whole(scene: Scene, stored: Stored, unit: str) -> None:
    """Its owner opens it by IMAP where that unit serves mail: all messages that were seen to be copied are there.

    Others may be there too, once. Source: HA-120, HA-401.
    """
    assert stored.copied, "no message of the mailboxes was seen to be copied, so there is none to find"
    seen: Sequence[str] | None = None

    def is_there() -> bool:
        nonlocal seen
        seen = scene.lab.mail.read(unit, _way_to(scene, unit))
        return seen is not None and set(stored.copied) <= set(seen)

    what = f"the owner of the mailbox on unit {unit} finds {', '.join(stored.copied)}"
    try:
        scene.lab.clock.wait_for(is_there, scene.lab.timing.settle, what)
    except NotReached as error:
        told = "the mailbox cannot be read" if seen is None else f"found: {', '.join(seen) or 'nothing'}"
        raise NotReached(f"{told}; {error}") from error
    assert seen is not None
    strange = set(seen) - set(stored.mailbox)
    assert not strange, f"found: {', '.join(sorted(strange))}"
    assert len(seen) == len(set(seen)), f"found: {', '.join(seen)}"


def _await_read(scene: Scene, stored: Stored, unit: str, *, answered: bool = False) -> None:
    """Let the owner read the mailbox until each message that was stored there is found once, and nothing else."""
    assert stored.mailbox, "no message for the mailboxes was stored, so there is none to find"
    seen: Sequence[str] | None = None

    def is_there() -> bool:
        nonlocal seen
        seen = scene.lab.mail.read(unit, _way_to(scene, unit), answered=answered)
        return seen is not None and sorted(seen) == sorted(stored.mailbox)

    what = f"the owner of the mailbox on unit {unit} finds each of {', '.join(stored.mailbox)} once"
    try:
        scene.lab.clock.wait_for(is_there, scene.lab.timing.settle, what)
    except NotReached as error:
        shut_out = f"nobody lets the owner in{scene.unit(unit).look_first('mail.password')}"
        told = shut_out if seen is None else f"found: {', '.join(seen) or 'nothing'}"
        raise NotReached(f"{told}; {error}") from error


def _send(scene: Scene, stored: Stored, area: Area, unit: str, size: int = 0) -> str:
    """Let the unit accept one message of that kind, and return its id."""
    to = _way_to(scene, unit)
    mail, settle = scene.lab.mail, scene.lab.timing.settle
    scene.lab.clock.wait_for(lambda: mail.answering(to) == unit, settle, f"unit {unit} answers at {to}")
    message = mail.send(KINDS[area], to=to, size=size)
    assert message.outcome == ACCEPTED, f"message {message.id} was {message.outcome}"
    stored.last = stored.on[unit] = message.id
    stored.recipient = message.recipient
    if area is Area.MAILBOXES:
        stored.mailbox.append(message.id)
    return message.id


def _way_to(scene: Scene, unit: str) -> str:
    """The address (without mask) at which a message reaches a unit."""
    leaders = [each.name for each in scene.units if scene.mode_seen(each.name) is Mode.PRIMARY]
    if leaders == [unit]:
        return host_of(scene.lab.mail.virtual_address)
    return client_address(scene, Address("", unit=unit))


def _held(scene: Scene, stored: Stored, area: Area) -> dict[str, set[str]]:
    found = {unit.name: unit.stored(area) for unit in scene.units}
    return {name: {by for by, id_ in stored.on.items() if id_ in ids} for name, ids in found.items()}


def _await_stored(scene: Scene, id_: str, area: Area, unit: str) -> None:
    def present() -> bool:
        # A message that still has its file in the queue, too, is not yet stored for good.
        return id_ in scene.unit(unit).stored(area) and id_ not in scene.unit(unit).queued()

    what = f"message {id_} is in the {area.value} of unit {unit}"
    # A copy over a thin link takes nearly as long as a lab needs to settle.
    scene.lab.clock.wait_for(present, 2 * scene.lab.timing.settle, what)

"""The protocol of the queue's hand-over, with disks that are sets: cut at every point, refused, stopped, repeated."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice, product

import pytest

from node.engine.events import QueueHandedOver
from node.exchange.queue import (
    LARGEST,
    Bring,
    Forget,
    Frame,
    FrameError,
    Giver,
    Go,
    MoveIn,
    Offer,
    PutBack,
    Read,
    Receive,
    Refused,
    Remember,
    Remove,
    Say,
    Step,
    Take,
    Taken,
    Taker,
    Withhold,
    decode,
    encode,
    name_of,
    taking,
)

MESSAGES = ("one", "two", "three")
STEPS = 28
"""Steps of a hand-over of these messages: what is said, and what is done on a disk."""


@dataclass
class Disk:
    """What of a unit outlives a cut."""

    queue: list[str] = field(default_factory=list)
    withheld: list[str] = field(default_factory=list)
    aside: set[str] = field(default_factory=set)
    known: set[str] = field(default_factory=set)

    def put_back(self) -> None:
        """Put what is withheld back in front: a unit that starts does so, too."""
        self.queue, self.withheld = [*self.withheld, *self.queue], []

    def recover(self) -> None:
        """Start again."""
        self.put_back()
        self.queue += sorted(self.aside & self.known)
        self.aside -= self.known


@dataclass
class Conversation:
    """A hand-over from one disk to another, in steps between which it can be cut."""

    source: Disk
    target: Disk
    refuses: Callable[[], str] = lambda: ""
    giver: Giver[str] = field(default_factory=Giver)
    taker: Taker = field(default_factory=Taker)

    def steps(self) -> Iterator[None]:
        """Go on by one step each time."""
        said = yield from self._give(self.giver.begin(list(self.source.queue)))
        while said is not None:
            answer = yield from self._take(said)
            if "refused" in answer:
                yield from self._give(self.giver.end(str(answer["refused"])))
                break
            said = yield from self._give(self.giver.hear(decode(answer)))
        self.hang_up()

    def hang_up(self) -> None:
        """Let the taker learn that no word comes any more."""
        for each in self.taker.end():
            assert isinstance(each, MoveIn)
            self._move_in(each.message)

    def _give(self, actions: list[object]) -> Iterator[None]:
        said, ahead = None, deque(actions)
        while ahead:
            match ahead.popleft():
                case Say(frame):
                    assert not ahead, "the peer may act on a word before anything else is done"
                    said = decode(encode(frame))
                case Read(item):
                    ahead.extend(self.giver.read(item, item, 1) if item in self.source.queue else self.giver.gone())
                    continue
                case Withhold(item):
                    self.source.queue.remove(item)
                    self.source.withheld.append(item)
                case PutBack():
                    self.source.put_back()
                case Remember(message):
                    self.source.known.add(message)
                case Forget(message):
                    self.source.known.discard(message)
                case Remove(item):
                    self.source.withheld.remove(item)
            yield
        return said

    def _take(self, frame: Frame) -> Iterator[None]:
        said, ahead = {}, deque(self.taker.hear(frame, self.refuses()))
        while ahead:
            match ahead.popleft():
                case Say(answer):
                    assert not ahead, "the peer may act on a word before anything else is done"
                    said = encode(answer)
                case Receive():
                    ahead.extend(self.taker.received(frame.message, self.refuses()))
                    continue
                case Take(message):
                    yield from self._put(message)
                    ahead.extend(self.taker.took(message))
                    continue
                case MoveIn(message):
                    self._move_in(message)
            yield
        return said

    def _move_in(self, message: str) -> None:
        if message in self.target.aside:
            self.target.aside.remove(message)
            self.target.queue.append(message)

    def _put(self, message: str) -> Iterator[None]:
        target = self.target
        for step in taking(known=message in target.known):
            if step is Step.SET_ASIDE:
                target.aside.add(message)
            else:
                target.known.add(message)
            yield


def hand_over(source: Disk, target: Disk, *, cut_after: int = 1000) -> None:
    """Let one disk's queue go to the other until it is over, or cut after so many steps; nothing is ever in neither."""
    everything = {*source.queue, *target.queue}
    conversation = Conversation(source, target)
    for _ in islice(conversation.steps(), cut_after):
        on_target = {*target.queue, *(target.aside & target.known)}
        assert {*source.queue, *source.withheld, *on_target} == everything
    conversation.hang_up()
    source.put_back()


def test_every_message_goes_over_in_order() -> None:
    """The queue is then the taker's, who remembers it, and the engine hears how many; nothing lies aside."""
    source, target = Disk([*MESSAGES]), Disk()
    conversation = Conversation(source, target)
    assert len(list(conversation.steps())) == STEPS
    assert (source, target) == (Disk(), Disk([*MESSAGES], [], set(), {*MESSAGES}))
    assert conversation.giver.ended() == QueueHandedOver(ok=True, count=3, detail="")


def test_cut_at_any_point_nothing_is_lost_and_nothing_doubled() -> None:
    """Cut after so many steps, twice, then begun anew: each message is in the taker's queue once."""
    for first, second in product(range(1, STEPS + 1), repeat=2):
        source, target = Disk([*MESSAGES]), Disk()
        for cut_after in (first, second, 1000):
            hand_over(source, target, cut_after=cut_after)
        assert (source.queue, target.aside) == ([], set()), (first, second)
        assert Counter(target.queue) == Counter(MESSAGES), (first, second)


@pytest.mark.parametrize("cut_after", range(1, STEPS + 1))
def test_what_was_delivered_after_a_cut_is_not_taken_again(cut_after: int) -> None:
    """The taker delivers what it has as soon as it has it; what is offered again was delivered once."""
    source, target = Disk([*MESSAGES]), Disk()
    hand_over(source, target, cut_after=cut_after)
    delivered, target.queue = target.queue, []
    list(Conversation(source, target).steps())
    assert Counter([*delivered, *target.queue]) == Counter(MESSAGES)


def test_nobody_delivers_a_message_before_its_giver_has_removed_it() -> None:
    """While all goes well no message is in the queues of both."""
    source, target = Disk([*MESSAGES]), Disk()
    for _ in Conversation(source, target).steps():
        assert not {*target.queue} & {*source.queue, *source.withheld}


@pytest.mark.parametrize("dies_after", range(1, STEPS + 1))
def test_a_taker_that_dies_has_delivered_nothing_that_its_giver_delivers_then(dies_after: int) -> None:
    """The giver leads again, and takes of what the taker brings only what it was about to remove: nothing is lost."""
    source, target = Disk([*MESSAGES]), Disk()
    steps = Conversation(source, target).steps()
    delivered: list[str] = []
    for _ in islice(steps, dies_after):
        delivered += target.queue
        target.queue = []
    leaving = {*source.withheld} & target.known - source.known
    source.put_back()
    delivered += source.queue
    source.queue = []
    target.recover()
    list(Conversation(target, source).steps())
    assert len(leaving) <= 1
    assert Counter([*delivered, *source.queue]) == Counter([*MESSAGES, *leaving])


def test_a_queue_that_comes_back_is_whole() -> None:
    """There, back, and there again, each way cut once and completed: whoever gave it away takes it again."""
    for there, back in product(range(1, STEPS + 1), repeat=2):
        source, target = Disk([*MESSAGES]), Disk()
        for giver, taker, cut_after in ((source, target, there), (target, source, back), (source, target, there)):
            hand_over(giver, taker, cut_after=cut_after)
            hand_over(giver, taker)
            assert (giver.queue, Counter(taker.queue)) == ([], Counter(MESSAGES)), (there, back)


@pytest.mark.parametrize("after", range(STEPS + 1))
def test_stopped_at_any_point_only_the_message_under_way_goes(after: int) -> None:
    """What is offered already is given in full, nothing more is offered, and the engine hears nothing."""
    source, target = Disk([*MESSAGES]), Disk()
    conversation = Conversation(source, target)
    steps = conversation.steps()
    deque(islice(steps, after), maxlen=0)
    under_way = conversation.giver.count + (conversation.giver._offered is not None)
    conversation.giver.stop()
    list(steps)
    assert conversation.giver.over
    assert conversation.giver.ended() is None
    assert target.queue == [*MESSAGES[:under_way]]
    assert source.queue == [*MESSAGES[under_way:]]


@pytest.mark.parametrize("times", range(8))
def test_refused_at_any_point_the_giver_keeps_the_rest(times: int) -> None:
    """Who may take no more says so; the engine hears why, and how many went."""
    asked = iter(range(100))
    source, target = Disk([*MESSAGES]), Disk()
    conversation = Conversation(source, target, refuses=lambda: "" if next(asked) < times else "not primary")
    list(conversation.steps())
    ended = conversation.giver.ended()
    assert ended is not None
    assert (ended.ok, ended.count) == (times > 6, len(target.queue))
    assert ended.detail == ("" if ended.ok else "not primary")
    assert [*target.queue, *source.queue] == [*MESSAGES]
    assert conversation.taker.over is not ended.ok


def test_with_nothing_to_give_nothing_is_said() -> None:
    """It is over at once, and well."""
    giver: Giver[str] = Giver()
    assert giver.begin([]) == []
    assert giver.over
    assert giver.ended() == QueueHandedOver(ok=True, count=0, detail="")


def test_a_message_that_has_left_the_queue_by_itself_is_passed_over() -> None:
    """The next one is read instead."""
    giver: Giver[str] = Giver()
    giver.begin(MESSAGES)
    assert giver.hear(Go()) == [Read("one")]
    assert giver.gone() == [Read("two")]
    assert giver.read("two", "name", 5) == [Withhold("two"), Remember("name"), Say(Offer("name", 5))]


def test_a_broken_connection_is_told_with_what_went() -> None:
    """The message under way is not counted, and is put back."""
    giver: Giver[str] = Giver()
    giver.begin(MESSAGES)
    giver.hear(Go())
    giver.read("one", "one", 1)
    assert giver.hear(Taken("one")) == [Forget("one"), Remove("one"), Read("two")]
    giver.read("two", "two", 1)
    assert giver.end("the peer fell silent") == [PutBack()]
    assert giver.ended() == QueueHandedOver(ok=False, count=1, detail="the peer fell silent")


@pytest.mark.parametrize("cut_after", range(STEPS))
def test_a_message_whose_offer_was_not_answered_is_not_taken_when_the_peer_brings_it(cut_after: int) -> None:
    """The giver leads again, and delivers what it has; what it was about to remove it takes rather than lose it."""
    source, target = Disk(list(MESSAGES)), Disk()
    hand_over(source, target, cut_after=cut_after)
    leaving = {*source.queue} & ({*target.queue} - source.known)
    hand_over(target, source)
    assert len(leaving) <= 1
    assert Counter(source.queue) == Counter([*MESSAGES, *leaving])


@pytest.mark.parametrize("answer", [Bring(), Taken("two"), Go(), Offer("one", 1)])
def test_no_other_answer_lets_a_message_go(answer: Frame) -> None:
    """Only Taken, with its name, does."""
    giver: Giver[str] = Giver()
    giver.begin(MESSAGES)
    giver.hear(Go())
    giver.read("one", "one", 1)
    assert giver.hear(answer) == [PutBack()]
    assert giver.ended() == QueueHandedOver(ok=False, count=0, detail="the answer is not understood")


@pytest.mark.parametrize("said", [Go(), Taken("one"), Offer("one", 0), Offer("one", -1), Offer("one", LARGEST + 1)])
def test_a_taker_hangs_up_on_nonsense(said: Frame) -> None:
    """It receives nothing then."""
    taker = Taker()
    taker.hear(Bring(), "")
    assert taker.hear(said, "") == [Say(Refused("the word is not understood"))]
    assert taker.over


def test_who_may_take_nothing_says_so_before_a_message_comes() -> None:
    """A whole message is not sent in vain."""
    taker = Taker()
    assert taker.hear(Bring(), "this unit is not primary") == [Say(Refused("this unit is not primary"))]
    assert taker.over


def test_a_message_that_is_not_what_was_announced_is_not_taken() -> None:
    """Its name is that of its content."""
    taker = Taker()
    taker.hear(Bring(), "")
    assert taker.hear(Offer(name_of(b"a message"), 9), "") == [Receive(9)]
    assert taker.received(name_of(b"a massage"), "") == [Say(Refused("the message is not what was announced"))]
    assert taker.over


@pytest.mark.parametrize("frame", [Bring(), Go(), Offer("a1", 7), Taken("a1")], ids=str)
def test_every_frame_survives_the_wire(frame: Frame) -> None:
    """What is encoded is decoded to the same frame."""
    assert decode(encode(frame)) == frame


@pytest.mark.parametrize(
    "record",
    [
        {},
        {"bring": "mail"},
        {"go": 1},
        {"go": False},
        {"message": "a1"},
        {"message": 7, "size": 7},
        {"message": "a1", "size": "7"},
        {"message": "a1", "size": True},
        {"taken": 7},
        {"copy": "mail"},
        {"refused": "this unit is not primary"},
    ],
)
def test_garbage_is_no_frame(record: dict[str, object]) -> None:
    """What is not whole and known is refused."""
    with pytest.raises(FrameError):
        decode(record)

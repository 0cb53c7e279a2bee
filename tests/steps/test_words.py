"""How phrases are declared, and how each is said."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import nullcontext
from types import SimpleNamespace
from typing import cast

import pytest

from lab.contract import Capability, Rank
from lab.errors import NotReached
from lab.frames import Frame
from lab.schedule import What, happenings, long_for
from steps import fields, times, traits, values, vocabulary, words
from steps.actions import Action
from steps.links import delays, flaps
from steps.scene import Scene
from steps.words import SENTENCES, parser_of
from tests.fixtures.fake_lab import PaperLab


@pytest.fixture
def own_list(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep what a test declares out of the vocabulary."""
    monkeypatch.setattr(words, "SENTENCES", [])


@pytest.mark.usefixtures("own_list")
def test_a_phrase_that_is_declared_twice_is_an_error() -> None:
    """Which of the two functions ran would depend on the order of imports."""

    @words.given("the {unit:Unit} is something")
    def is_something() -> None:
        raise NotImplementedError

    with pytest.raises(ValueError, match="declared twice: the"):

        @words.outcome("the {unit:Unit} is something")
        def is_something_too() -> None:
            raise NotImplementedError

    assert [each.function for each in words.SENTENCES] == [is_something]


@pytest.mark.usefixtures("own_list")
def test_an_action_is_one_phrase_in_two_frames() -> None:
    """It happens in a When, and has happened in a Given; of both links it is said in the plural."""

    @words.action("{links:Links} [falls|has fallen] silent")
    def falls_silent(scene: Scene, links: tuple[str, ...]) -> Action:
        raise NotImplementedError

    (sentence,) = words.SENTENCES
    assert sentence.said == {"given": Frame.HAPPENED, "when": Frame.HAPPENS}
    assert parser_of(sentence, "when").is_matching("the primary heartbeat link falls silent")
    assert parser_of(sentence, "when").is_matching("both heartbeat links fall silent")
    assert parser_of(sentence, "given").is_matching("both heartbeat links have fallen silent")
    assert not parser_of(sentence, "when").is_matching("both heartbeat links falls silent")


@pytest.mark.usefixtures("own_list")
def test_an_outcome_is_asserted_in_a_then_and_awaited_in_a_given() -> None:
    """A Then may also say that it has come about."""

    @words.outcome("no unit [changes|has changed] its role")
    def no_change() -> None:
        raise NotImplementedError

    (sentence,) = words.SENTENCES
    assert sentence.forms("then") == ["no unit changes its role", "no unit has changed its role"]
    assert sentence.forms("given") == ["no unit has changed its role"]


@pytest.mark.usefixtures("own_list")
def test_an_outcome_that_a_then_does_not_wait_for_is_told_its_frame(monkeypatch: pytest.MonkeyPatch) -> None:
    """In a Given it has come about by the end; the frame is no word of the sentence, nor a fixture."""
    run: dict[str, Callable[..., None]] = {}
    monkeypatch.setattr(words, "_declare", lambda _sentence, functions: run.update(functions))
    told: list[Frame] = []

    @words.outcome("the {unit:Unit} shows something")
    def shows(unit: str, frame: Frame = Frame.HAPPENS) -> None:
        told.append(frame)
        assert unit == "P"

    run["given"](unit="P")
    run["then"](unit="P")
    assert told == [Frame.HAPPENED, Frame.HAPPENS]


def test_each_new_line_for_an_old_sentence_can_be_said() -> None:
    """Whoever rewrites features by the table comes to sentences that there are."""
    vocabulary.load()
    page = (vocabulary.ROOT / "docs" / "old-sentences.md").read_text(encoding="utf-8")
    lines = [line for row in page.splitlines() for line in re.findall("`([^`]+)`", row)[1:] if row.startswith("| `")]
    phase, unsaid = "", []
    for keyword, text in (line.split(" ", 1) for line in lines):
        phase = phase if keyword == "And" else keyword.lower()
        parsers = (parser_of(each, said) for each in SENTENCES for said in each.said if said == phase)
        unsaid += [] if any(parser.is_matching(text) for parser in parsers) else [text]
    assert lines
    assert unsaid == []


OTHERWISE = {
    *(What.MISLED, What.CORRECTED, What.UNUSED, What.USED, What.DATA_SYNC, What.FAILOVER_ACTION, What.SHARES_SIX),
    *(What.SHARES_NO_SIX, What.MONITOR, What.CHECKS, What.RETRIES, What.REMOVED, What.ADDED, What.DELETED),
    *(What.STORED, What.CROWD, What.UNWATCHED, What.WATCHED, What.STANDS_IN, What.INTERVAL, What.DISK),
}
"""What sentences say in a table of settings, which a schedule's own table cannot hold; and messages, of which sentences
say where they are stored, or wait."""


def test_whatever_a_schedule_says_can_be_said_in_a_when() -> None:
    """There is one way to say a fault, or anything else that happens to a pair."""
    vocabulary.load()
    parsers = [parser_of(each, "when") for each in SENTENCES if "when" in each.said]
    said = [text for text, happening in happenings().items() if happening.what not in OTHERWISE]
    unsaid = [text for text in said if not any(parser.is_matching(text) for parser in parsers)]
    assert {text.partition(" will last ")[0] for text in unsaid} == {
        "a restart of the primary",  # sentences say how long in words, schedules in seconds
        "a restart of the secondary",
        "the protected mail server puts every delivery off",  # sentences say what waits in a queue
    }


@pytest.mark.parametrize(
    ("text", "seconds", "sides"),
    [
        (" within the detection time", None, (True, False)),
        (" when the detection time has passed", None, (True, True)),
        (" when 1 second has passed", 1.0, (True, True)),
        (" when 15 seconds have passed", 15.0, (True, True)),
        (" within 1 second of the command", 1.0, (True, False)),
        (" within 6 seconds of the fault", 6.0, (True, False)),
        (" within 3 seconds of the change", 3.0, (True, False)),
        (" in less than the detection time", None, (True, False)),
        (" no sooner than the detection time after its start", None, (False, True)),
        (" after about 15 minutes of hold-off", 900.0, (True, True)),
        (" after 4 to 6 seconds of the fault", 5.0, (True, True)),
    ],
)
def test_how_soon_something_comes_is_read(text: str, seconds: float | None, sides: tuple[bool, bool]) -> None:
    """The bound, and on which sides it binds."""
    read = fields.WORDS["Bound"].read(text)
    assert isinstance(read, times.Bound)
    assert (read.seconds, (read.not_after, read.not_before)) == (seconds, sides)
    assert read.strictly == text.startswith(" in less")
    assert fields.WORDS["Bound"].read("") is None


@pytest.mark.parametrize(("measured", "holds"), [(3.9, False), (4.0, True), (6.0, True), (6.1, False)])
def test_a_bound_with_two_ends_binds_at_both(measured: float, *, holds: bool) -> None:
    """Not sooner than the first, not later than the last; on a lab that sees each change at once."""
    bound = times.bound(" after 4 to 6 seconds of the fault")
    assert bound is not None
    scene = cast("Scene", SimpleNamespace(detection={"P": 3.0}, lab=PaperLab()))
    with nullcontext() if holds else pytest.raises(NotReached):
        bound.judge(scene, "failed", measured, "P")


@pytest.mark.parametrize("example", times.BOUNDS)
def test_each_bound_that_is_listed_is_read(example: str) -> None:
    """The page that lists them is for those who write scenarios."""
    assert re.fullmatch(times.BOUND, example)


@pytest.mark.parametrize("text", [" within 1 seconds", " within 2 second", " when 1 seconds have passed"])
def test_a_bound_says_the_number_in_proper_english(text: str) -> None:
    """One second, two seconds."""
    assert not re.fullmatch(times.BOUND, text)


@pytest.mark.parametrize(
    ("text", "delay"),
    [
        ("1 second", fields.Delay(1.0)),
        ("0 to 2 seconds at random", fields.Delay(1.0, jitter=1.0)),
        ("1 second more with each heartbeat, up to 5 seconds", fields.Delay(5.0, step=1.0)),
    ],
)
def test_by_how_much_a_link_delays_is_read(text: str, delay: fields.Delay) -> None:
    """By a span, by one of its own for each message, or by more and more."""
    assert fields.WORDS["Delay"].read(text) == delay


def test_two_links_flap_in_turn_and_one_by_itself() -> None:
    """Both silent at a time would be another scenario."""
    for links, turn in ((tuple(Rank), False), ((Rank.PRIMARY,), True)):
        with pytest.raises(ValueError, match="in turn"):
            flaps(cast("Scene", None), links, 4.0, turn=turn)


def test_how_long_something_stays_is_read() -> None:
    """None is the detection time; where nothing is said, there is no span."""
    read = fields.WORDS["Span"].read
    assert read(" for the detection time") == times.Span(None)
    assert read(" for 1 second") == times.Span(1.0)
    assert read("") is None


def test_each_sentence_that_lets_time_pass_says_when_that_takes_minutes() -> None:
    """On containers a scenario would wait for it in real time, unasked."""
    vocabulary.load()
    spans = {each.text: set(each.needs) for each in SENTENCES if "{span:Span}" in each.text}
    durations = {each.text: set(each.needs) for each in SENTENCES if "{seconds:Duration}" in each.text}
    bounds = {each.text: set(each.needs) for each in SENTENCES if "{bound:Bound}" in each.text}
    assert spans
    assert durations
    assert bounds
    assert [text for text, needs in bounds.items() if times.awaited not in needs] == []
    assert times.awaited(times.bound("after about 15 minutes of hold-off")) == {Capability.LONG}
    assert times.awaited(times.bound("within 6 seconds of the fault")) == times.awaited(None) == frozenset()
    assert [text for text, needs in spans.items() if times.watched not in needs] == []
    assert [text for text, needs in durations.items() if long_for not in needs] == []
    assert times.watched(times.Span(600.0)) == {Capability.LONG}
    assert times.watched(times.Span(None)) == times.watched(None) == frozenset()


def test_how_long_a_fault_lasts_is_read() -> None:
    """For a span, several times, for longer than the detection time, or from now on."""
    read = fields.WORDS["Lasting"].read
    assert read(" for 2 seconds") == times.Lasting(2.0)
    assert read(" for 2 seconds, 3 times") == times.Lasting(2.0, times=3)
    assert read(" for longer than the detection time") == times.Lasting(is_noticed=True)
    assert read("") == times.ONWARDS


@pytest.mark.parametrize("example", traits.ROWS)
def test_each_trait_of_a_pair_is_read(example: str) -> None:
    """By itself, and beside others; each makes something of the pair that no other makes."""
    alone = traits.read(f" with {example}")
    assert alone != traits.Traits()
    assert all(traits.read(f" with {other}") != alone for other in traits.ROWS if other != example)
    both = traits.read(f" over IPv6 with {example} and the failover action ignore")
    assert both.action == "ignore"
    assert both.family.value == "IPv6"


@pytest.mark.parametrize("example", values.ROWS)
def test_each_setting_is_read(example: str) -> None:
    """Its value stands in one of the lines that are entered for it."""
    setting = values.read(example)
    assert any(setting.value in line for line in setting.lines)
    assert all(values.read(other).lines != setting.lines for other in values.ROWS if other != example)


@pytest.mark.parametrize("name", values.PASSWORDS)
def test_each_password_is_typed_so_that_it_is_entered(name: str) -> None:
    """Between quotes, with those that it holds escaped."""
    setting = values.read(f"the password to {name}")
    typed = setting.lines[0].removeprefix('set password "').removesuffix('"')
    assert typed.replace('\\"', '"').replace("\\\\", "\\") == setting.value == values.PASSWORDS[name]


def test_the_vocabulary_shows_every_form_of_a_word() -> None:
    """QA reads there what may be written; an example in place of the forms would leave some out."""
    assert "`mode off on the primary/the secondary/each unit`" in fields.WORDS["Traits"].allowed
    assert "`a virtual IPv6 address[ only]`" in fields.WORDS["Traits"].allowed
    assert "`the detection time to N seconds`" in fields.WORDS["Setting"].allowed
    assert "`the mode to ...`" in fields.WORDS["Setting"].allowed


def test_a_bound_that_a_sentence_cannot_judge_is_refused() -> None:
    """It would be judged from another beginning than it says, or not at all."""
    taking = times.bound(" within 1 second of taking it")
    assert taking is not None
    taking.begins("of taking it")
    with pytest.raises(ValueError, match="bound that counts from 'of taking it': leave it out or say 'of hold-off'"):
        taking.begins("", "of hold-off")


def test_a_command_that_is_accepted_has_no_other_end_beside_it() -> None:
    """Else a part of what is written would be dropped."""
    pattern = fields.WORDS["Outcomes"].read.pattern  # type: ignore[attr-defined] # as `parse` reads it
    assert re.fullmatch(pattern, "accepted")
    assert re.fullmatch(pattern, "refused with a reason, given up within 30 seconds or carried out")
    assert not re.fullmatch(pattern, "accepted or carried out")


def test_a_delay_does_not_grow_by_more_than_it_comes_to() -> None:
    """Nothing would happen."""
    delay = fields.WORDS["Delay"].read("5 seconds more with each heartbeat, up to 1 second")
    with pytest.raises(ValueError, match="grows by 5 s cannot begin below 1 s"):
        delays(cast("Scene", None), (Rank.PRIMARY,), delay)

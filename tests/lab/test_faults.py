"""Faults are data: each kind can be said, needed, carried out, proven, told on a timeline and ended."""

from __future__ import annotations

import pytest

from lab import frames
from lab.contract import Capability, Cut, How, Port, Rank
from lab.faults import FAULTS, Effect, Fault, FaultKind, Onto, Phase, end_of, in_force, inflict, told_in
from lab.frames import Frame
from lab.schedule import Happening, What, happenings
from lab.schedule_run import ScheduleRun
from lab.timeline import Entry, Kind
from tests.lab.sim_pair import healthy, new_lab

BY_ITSELF = {FaultKind.SHUTDOWN, FaultKind.STRANGER}
"""Nobody carries out the one but an operator; the other is over when its method returns."""

KINDS = [kind for kind, row in FAULTS.items() if row.phase is Phase.BEGIN and kind not in BY_ITSELF]


def example(kind: FaultKind) -> Fault:
    """Return some fault of a kind."""
    values: dict[FaultKind, str | float] = {
        FaultKind.CABLE: "port3",
        FaultKind.SERVICE: "SMTP refusing",
        FaultKind.DISK: "full",
        FaultKind.DELAY: 0.5,
        FaultKind.THROTTLE: 1000.0,
    }
    value = values.get(kind, "")
    return Fault(kind, link=Rank.PRIMARY, value=value) if FAULTS[kind].at_link else Fault(kind, "P", value=value)


def entry(fault: Fault, at: float = 1.0, phase: Phase | None = None) -> Entry:
    """Return the entry of a fault, as drivers make it."""
    return Entry(at, Kind.FAULT, fault.subject, fault.detail("it was seen", phase))


def said(words: str) -> Happening:
    """Return the happening that is said so."""
    return happenings()[words]


def test_every_kind_has_its_row() -> None:
    """What can be named can be looked up."""
    assert set(FAULTS) == set(FaultKind)


def test_every_fault_that_can_be_carried_out_can_be_said() -> None:
    """A row without words would never be read by a sentence nor drawn by the explorer."""
    begun = {fault.kind for happening in happenings().values() for fault in happening.faults}
    assert begun == set(FaultKind) - {FaultKind.SHUTDOWN}


@pytest.mark.parametrize("kind", KINDS)
def test_a_lab_carries_a_fault_out_tells_of_it_and_ends_it(kind: FaultKind) -> None:
    """On the simulated pair: what is told on the timeline is what was asked for, with its proof."""
    lab, fault = healthy(new_lab()), example(kind)
    end = end_of(fault)
    assert end is not None
    for each in (fault, end):
        inflict(lab, each)
    told = lab.timeline.of(Kind.FAULT)
    assert [told_in(each) for each in told] == [(fault, Phase.BEGIN), (end, Phase.END)]
    assert all(each.subject == fault.subject and each.detail["proof"] for each in told)
    assert in_force(told[:1]) == [fault]
    assert in_force(told) == []


@pytest.mark.parametrize(
    "fault",
    [
        Fault(FaultKind.BLACK_HOLE, "S", Rank.SECONDARY, frozenset({Port.HEARTBEAT, Port.DATA_SYNC})),
        Fault(FaultKind.DELAY, link=Rank.PRIMARY, value=0.0, jitter=0.25),
        Fault(FaultKind.CABLE, "P", value="port3"),
        Fault(FaultKind.STRANGER, "P", Rank.PRIMARY, frozenset({Port.HEARTBEAT}), "claim"),
    ],
)
def test_what_an_entry_tells_reads_back(fault: Fault) -> None:
    """Unit, link, ports and values are data on the timeline."""
    assert told_in(entry(fault)) == (fault, Phase.BEGIN)


def test_a_cut_is_a_fault_and_back() -> None:
    """Of a cut that names both units neither is the deaf one."""
    one_way = Cut(How.REFUSAL, frozenset({"S"}), frozenset({Port.HEARTBEAT}))
    assert Fault.of_cut(Rank.PRIMARY, one_way).as_cut() == one_way
    assert Fault.of_cut(Rank.PRIMARY, Cut(deaf=frozenset({"P", "S"}))).as_cut() == Cut()


def test_a_narrower_cut_needs_more_of_a_lab() -> None:
    """One way only, or some of the ports only."""
    assert Fault(FaultKind.BLACK_HOLE, link=Rank.PRIMARY).needs == {Capability.CUT}
    assert said("the primary heartbeat link no longer reaches the primary").needs > {Capability.ONE_WAY}
    assert said("the primary heartbeat link no longer carries the heartbeat signal").needs > {Capability.CUT_PORT}


def test_power_ends_what_the_machine_suffered_and_a_heal_what_its_link_did() -> None:
    """Nothing of another unit or link, and no cable."""
    power, freeze, cable = (Fault(kind, "P") for kind in (FaultKind.POWER_OFF, FaultKind.FREEZE, FaultKind.CABLE))
    cut, slow = (Fault(kind, link=Rank.PRIMARY) for kind in (FaultKind.BLACK_HOLE, FaultKind.DELAY))
    other = Fault(FaultKind.BLACK_HOLE, link=Rank.SECONDARY)
    begun = [entry(each) for each in (freeze, cable, cut, slow, other, power)]
    assert in_force(begun) == [cable, cut, slow, other, power]
    ended = [entry(Fault(FaultKind.POWER_ON, "P")), entry(Fault(FaultKind.HEAL, link=Rank.PRIMARY))]
    assert in_force(begun + ended) == [cable, other]


def test_a_stranger_is_gone_when_its_trick_is_over() -> None:
    """One method of a driver begins and ends it; a cut of the same link stays."""
    cut, stranger = Fault(FaultKind.BLACK_HOLE, link=Rank.PRIMARY), said("a stranger knocks at the primary").faults[0]
    assert in_force([entry(cut), entry(stranger), entry(stranger, phase=Phase.END)]) == [cut]


def test_only_what_takes_a_unit_off_the_network_makes_it_dark() -> None:
    """The end of such a fault concerns the same addresses as its begin."""
    assert {kind for kind in FaultKind if Fault(kind).is_dark} == {
        *(FaultKind.POWER_OFF, FaultKind.SHUTDOWN, FaultKind.FREEZE),
        *(FaultKind.POWER_ON, FaultKind.THAW),
    }
    assert Effect.EMPTIED not in FAULTS[FaultKind.FREEZE].effects


def test_only_what_may_keep_the_units_from_hearing_each_other_splits_a_pair() -> None:
    """Or what leaves a unit's addresses on its machine; not a cable elsewhere, nor a cut of other ports."""
    assert {kind for kind in FaultKind if Fault(kind, value="port6").splits} == {
        *(FaultKind.BLACK_HOLE, FaultKind.REFUSAL, FaultKind.DELAY, FaultKind.THROTTLE),
        *(FaultKind.CABLE, FaultKind.FREEZE, FaultKind.CRASH),
    }
    assert not Fault(FaultKind.CABLE, "P", value="port3").splits
    assert not Fault(FaultKind.REFUSAL, link=Rank.PRIMARY, ports=frozenset({Port.CONFIG_SYNC})).splits
    assert Fault(FaultKind.REFUSAL, link=Rank.PRIMARY, ports=frozenset({Port.HEARTBEAT})).splits


def test_each_phrase_can_be_said_as_what_happens_and_as_what_has_happened() -> None:
    """A sentence in a When and one in a Given; states read alike in both."""
    words = What.POWER_OFF.value.words
    assert frames.said(words) == "the {unit} loses power"
    assert frames.said(words, Frame.HAPPENED) == "the {unit} has lost power"
    assert frames.said(What.SILENT.value.words, Frame.HAPPENED, several=True) == "{links} have fallen silent"
    for what in What:
        assert not set("[|]") & set(frames.said(what.value.words) + frames.said(what.value.words, Frame.HAPPENED)), what


@pytest.mark.parametrize(
    ("one", "several"),
    [
        *[("falls", "fall"), ("carries", "carry"), ("reaches", "reach"), ("refuses", "refuse"), ("goes", "go")],
        *[("is pulled", "are pulled"), ("has become", "have become")],
    ],
)
def test_of_several_things_a_verb_is_said_in_the_plural(one: str, several: str) -> None:
    """Only its first word changes; both are words of a verb."""
    assert frames.said(f"[{one}]", several=True) == several
    assert frames.verbs(f"it [{one}] so") == {*one.split(), *several.split()}


SENSELESS = [
    ([], "the primary starts again"),
    ([], "the primary thaws"),
    ([], "the mail cable of the primary is plugged in"),
    (["the primary loses power"], "the primary loses power"),
    (["the primary loses power"], "the primary freezes"),
    (["the primary freezes"], "the HA software of the primary crashes"),
    (["the primary freezes"], "the primary starts again"),
    (["the mail cable of the primary is pulled"], "the mail cable of the primary is pulled"),
]
"""What has happened before, and what makes no sense then."""


@pytest.mark.parametrize(("before", "words"), SENSELESS)
def test_a_schedule_leaves_out_what_makes_no_sense(before: list[str], words: str) -> None:
    """Nothing is told of it on the timeline."""
    lab = healthy(new_lab())
    schedule = ScheduleRun(lab)
    for each in before:
        schedule.do(said(each))
    told = len(lab.timeline.of(Kind.FAULT))
    assert told == len(before)
    schedule.do(said(words))
    assert len(lab.timeline.of(Kind.FAULT)) == told


def test_a_schedule_ends_every_fault_that_lasts() -> None:
    """Also the power of a unit that was shut down, which is no fault of the lab's."""
    lab = healthy(new_lab())
    schedule = ScheduleRun(lab)
    for words in (
        *("both heartbeat links fall silent", "the secondary heartbeat link delays everything by 2 seconds"),
        *(
            "the mail cable of the primary is pulled",
            "an operator sets the password to another-password on the primary",
        ),
        *("the primary freezes", "the HA software of the secondary crashes"),
    ):
        schedule.do(said(words))
    schedule.end_faults()
    assert in_force(lab.timeline.of(Kind.FAULT)) == []
    assert lab.timeline.of(Kind.CLI, "P")[-2].detail["line"] == "set password change_me"
    schedule.do(said("an operator shuts down the secondary"))
    assert not lab.secondary.is_powered()
    schedule.end_faults()
    assert lab.secondary.is_powered()


def test_what_a_fault_needs_to_make_sense_is_told_by_its_row() -> None:
    """An end needs something to end; a crash a unit that answers."""
    ends = {kind for kind, row in FAULTS.items() if row.phase is Phase.END} - {FaultKind.HEAL}
    assert {kind for kind, row in FAULTS.items() if row.onto is Onto.HARMED} == ends
    assert FAULTS[FaultKind.CRASH].onto is Onto.ANSWERS

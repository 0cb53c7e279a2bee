"""`python -m lab` offers every fault of the table that can be carried out, and refuses words that it does not know."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from lab.__main__ import fault, main, parser, word_of
from lab.arguments import USAGE
from lab.contract import Port, Rank
from lab.docker.commands import why_not
from lab.faults import FAULTS, Fault, FaultKind

ASKED: dict[tuple[str, ...], Fault] = {
    ("black-hole", "primary"): Fault(FaultKind.BLACK_HOLE, link=Rank.PRIMARY),
    ("refusal", "secondary", "--unit", "S", "--port", "heartbeat", "--port", "data-sync"): Fault(
        FaultKind.REFUSAL, "S", Rank.SECONDARY, frozenset({Port.HEARTBEAT, Port.DATA_SYNC})
    ),
    ("delay", "primary", "0.5", "--jitter", "0.2"): Fault(FaultKind.DELAY, link=Rank.PRIMARY, value=0.5, jitter=0.2),
    ("throttle", "primary", "4"): Fault(FaultKind.THROTTLE, link=Rank.PRIMARY, value=4000.0),
    ("stranger", "secondary", "garbage", "--unit", "P"): Fault(
        FaultKind.STRANGER, "P", Rank.SECONDARY, value="garbage"
    ),
    ("cable", "P", "port3"): Fault(FaultKind.CABLE, "P", value="port3"),
    ("service", "P", "SMTP silent"): Fault(FaultKind.SERVICE, "P", value="SMTP silent"),
    ("mend", "P"): Fault(FaultKind.MEND, "P"),
    ("disk", "P", "read-only"): Fault(FaultKind.DISK, "P", value="read-only"),
    ("repair", "P"): Fault(FaultKind.REPAIR, "P"),
    ("freeze", "S"): Fault(FaultKind.FREEZE, "S"),
    ("crash", "P"): Fault(FaultKind.CRASH, "P"),
    ("power-off", "P"): Fault(FaultKind.POWER_OFF, "P"),
    ("heal", "primary"): Fault(FaultKind.HEAL, link=Rank.PRIMARY),
    ("plug", "P", "port3"): Fault(FaultKind.PLUG, "P", value="port3"),
    ("thaw", "S"): Fault(FaultKind.THAW, "S"),
    ("power-on", "P"): Fault(FaultKind.POWER_ON, "P"),
}
"""Command lines with what they ask for."""


@pytest.mark.parametrize("line", ASKED, ids=" ".join)
def test_a_command_line_asks_for_a_fault(line: tuple[str, ...]) -> None:
    """Unit, link, ports and value are those of the line."""
    assert fault(parser().parse_args(line)) == ASKED[line]


def test_every_fault_that_can_be_carried_out_is_offered_in_the_words_of_the_table() -> None:
    """A new row of the table is a new command, and its help says what is so then."""
    can_be = {kind: row for kind, row in FAULTS.items() if row.at_unit or row.at_link}
    assert {asked.kind for asked in ASKED.values()} == set(can_be)
    shown = " ".join(parser().format_help().split())
    for kind, row in can_be.items():
        assert f"{word_of(kind)} {row.words}" in shown


@pytest.mark.parametrize(
    ("line", "possible"),
    [
        (["flood", "primary"], ["black-hole", "power-off", "thaw", "status"]),
        (["cable", "P", "port9"], ["port1", "port3", "port5", "port6"]),
        (["stranger", "primary", "replay", "--unit", "P"], ["garbage", "crowd"]),
        (["crash", "primary"], ["'P'", "'S'"]),
        (["black-hole", "P"], ["'primary'", "'secondary'"]),
        (["refusal", "primary", "--port", "smtp"], ["heartbeat", "config-sync"]),
        (["stranger", "primary", "claim"], ["--unit"]),
        (["shutdown", "P"], ["power-off"]),
        (["up", "--lab", "mine"], ["--lab"]),
    ],
)
def test_wrong_words_are_told_with_what_is_possible(
    line: list[str], possible: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """One line and exit code 4; nothing is begun."""
    with pytest.raises(SystemExit) as ended:
        main(line)
    told = capsys.readouterr().err
    assert (ended.value.code, told.count("\n")) == (USAGE, 1)
    assert all(word in told for word in possible)


@pytest.mark.parametrize("line", [["--unit", "image:"], ["--profile", "no-such"], ["--profile", "P=tests"]])
def test_a_pair_that_cannot_be_is_refused_before_anything_is_built(
    line: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """One line and exit code 4."""
    assert main(["up", *line]) == USAGE
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.parametrize(
    ("kind", "on", "lit", "reason"),
    [
        (FaultKind.POWER_OFF, True, True, ""),
        (FaultKind.POWER_OFF, False, False, "unit P has no power"),
        (FaultKind.CRASH, False, False, "unit P has no power"),
        (FaultKind.POWER_ON, False, False, ""),
        (FaultKind.THAW, True, False, ""),
        (FaultKind.THAW, True, True, "unit P is not frozen"),
        (FaultKind.THAW, False, False, "unit P has no power"),
    ],
)
def test_a_fault_that_makes_no_sense_is_not_tried(kind: FaultKind, *, on: bool, lit: bool, reason: str) -> None:
    """A unit without power cannot crash, and one that does not stand still cannot go on."""
    power = SimpleNamespace(is_on=lambda: on, is_lit=lambda: lit)
    testbed: Any = SimpleNamespace(units={"P": SimpleNamespace(power=power)})
    assert why_not(Fault(kind, "P"), testbed) == reason

"""What a primary answers to a secondary that copies its queue."""

from __future__ import annotations

import json

import pytest

from node.exchange.queue_copies import Answer, Asked, answer_in, asked_in, compare, encode


def test_a_secondary_is_given_what_it_lacks_in_the_order_of_the_queue() -> None:
    """What it has is not given again."""
    assert compare(Asked(copies=("b",)), ["a", "b", "c"], ()).given == ("a", "c")


def test_a_copy_of_what_has_left_the_queue_is_gone() -> None:
    """The primary has delivered it."""
    assert compare(Asked(copies=("a", "b")), ["b"], ()).gone == ("a",)


def test_own_messages_that_the_primary_has_taken_are_known() -> None:
    """Whether it has delivered them or not. Source: HA-423."""
    assert compare(Asked((), queued=("a", "b")), [], ["b", "x"]).known == ("b",)


@pytest.mark.parametrize("asked", [Asked(()), Asked(("a",), ("b", "c"))])
def test_a_question_survives_the_wire(asked: Asked) -> None:
    """As a JSON object."""
    assert asked_in(json.loads(json.dumps(encode(asked)))) == asked


@pytest.mark.parametrize("answer", [Answer((), (), ()), Answer(("a",), ("b",), ("c", "d"))])
def test_an_answer_survives_the_wire(answer: Answer) -> None:
    """As a JSON object."""
    assert answer_in(json.loads(json.dumps(encode(answer)))) == answer


@pytest.mark.parametrize(
    "record", [{}, {"copy": "mail"}, {"copy": "queue"}, {"copy": "queue", "copies": 5, "queued": []}]
)
def test_anything_else_is_no_question(record: dict[str, object]) -> None:
    """It may be that of another synchronization."""
    assert asked_in(record) is None


@pytest.mark.parametrize("record", [{}, {"go": True}, {"gone": [], "known": [], "given": "all"}])
def test_anything_else_is_no_answer(record: dict[str, object]) -> None:
    """Nothing is dropped for it."""
    assert answer_in(record) is None

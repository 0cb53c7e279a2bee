"""How sentences are declared."""

from __future__ import annotations

import pytest

from steps import words


@pytest.fixture(autouse=True)
def own_list(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep what a test declares out of the vocabulary."""
    monkeypatch.setattr(words, "SENTENCES", [])


def test_a_sentence_that_is_declared_twice_is_an_error() -> None:
    """Which of the two functions ran would depend on the order of imports."""

    @words.when("the {unit:Unit} does something")
    def does() -> None:
        raise NotImplementedError

    with pytest.raises(ValueError, match="declared twice: when the"):

        @words.when("the {unit:Unit} does something")
        def does_too() -> None:
            raise NotImplementedError

    assert [each.function for each in words.SENTENCES] == [does]


def test_the_same_words_may_be_said_in_two_phases() -> None:
    """A Given and a Then may share one function."""

    @words.given("the {unit:Unit} is something")
    @words.then("the {unit:Unit} is something")
    def is_something() -> None:
        raise NotImplementedError

    assert {each.phase for each in words.SENTENCES} == {"given", "then"}
    assert {each.function for each in words.SENTENCES} == {is_something}

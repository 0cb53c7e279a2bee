"""The words of other versions, in one table."""

from __future__ import annotations

import pytest

from manual import AliasKind, alias_rows, aliases, settings


@pytest.mark.parametrize(
    ("old", "word"),
    [
        ("master", "primary"),
        ("slave", "secondary"),
        ("config-master", "config-primary"),
        ("config-slave", "config-secondary"),
        ("become-slave", "become-secondary"),
        ("action-on-primary", "status"),
        ("action-on-master", "status"),
        ("MASTER", "primary"),
        ("SLAVE", "secondary"),
        ("HOLD_OFF", "hold-off"),
        ("FAILED", "failed"),
        ("OFF", "off"),
    ],
)
def test_old_word(old: str, word: str) -> None:
    """An old word stands for one of 7.0 wherever it is used."""
    assert aliases()[old] == word


def test_scope_changes_the_meaning() -> None:
    """In 3.0 `slave` is a role, but as a value of on-failure it is what the unit becomes."""
    assert aliases()["slave"] == "secondary"
    assert aliases("on-failure")["slave"] == "become-secondary"
    assert aliases("on-failure")["master"] == "primary"


def test_scoped_words_do_not_leak() -> None:
    """A command's word is not taken for a value of a setting: `restore` is still `restore` elsewhere."""
    assert "restore" not in aliases()
    assert "interface" not in aliases()
    assert aliases("on-failure")["restore"] == "restore-role"


def test_words_of_7_0_are_never_replaced_by_other_settings_words() -> None:
    """No old word is a value or a keyword that the table of settings itself knows, so no valid line changes meaning."""
    known = {setting.keyword for setting in settings()} | {value for one in settings() for value in one.values}
    assert not known & {row.old for row in alias_rows() if row.within is None}


def test_keywords_and_values_stand_for_known_words() -> None:
    """What a keyword or a value is replaced by exists in the table of settings."""
    keywords = {setting.keyword for setting in settings()}
    values = {value for one in settings() for value in one.values}
    values |= {value for one in settings() for part in one.parts for value in part.values}
    for row in alias_rows():
        if row.kind is AliasKind.KEYWORD:
            assert row.word in keywords, row.old
        elif row.kind is AliasKind.VALUE:
            assert row.word in values, row.old

"""Each kind of malformed row is refused by an error that names file, row and field, and says what is expected."""

from __future__ import annotations

from pathlib import Path

import pytest

from manual import ManualError, alias_rows, ancestors, requirements, settings

from .conftest import Spoil

MODES = "requirements/01-modes.toml"
LINKS = "requirements/02-heartbeat-links.toml"
FLAT = "settings/flat.toml"
IFACE = "settings/interface.toml"
SERVICE = "settings/service.toml"
OTHER = "settings/other.toml"
SNMP = "settings/snmp.toml"
CLI = "requirements/18-cli-validation.toml"


def awaited(*ids: str) -> tuple[str, str, str]:
    """Put clauses that await a scenario before the pending topics: the columns file, old and new of a row below."""
    rows = "".join(f'[[clause]]\nid = "{id_}"\nscenario = "a unit that does it"\n\n' for id_ in ids)
    return ("pending.toml", "[[pending]]", f"{rows}[[pending]]")


MALFORMED = [
    # file, old text, new text, row named, field named, part of what is expected
    (MODES, 'section = "B.1"', "section = ", "the file", "syntax", "TOML"),
    (MODES, 'section = "B.1"', 'section = "1"', "the head", "section", "an id like B.1"),
    (LINKS, 'section = "B.2"', 'section = "B.1"', "the head", "section", "no other file has"),
    (MODES, 'topic = "modes"', "", "the head", "topic", "missing"),
    (MODES, 'topic = "modes"', 'topic = "modes"\nowner = "x"', "the file", "owner", "nothing but section"),
    (MODES, "[[requirement]]", "[[requirements]]", "the file", "requirements", "nothing but section"),
    (MODES, 'id = "HA-002"', 'id = "HA-2"', "requirement 2 (HA-2)", "id", "an id like HA-001"),
    (MODES, 'id = "HA-002"', 'id = "HA-001"', "requirement 2 (HA-001)", "id", "no other row has"),
    (MODES, 'id = "HA-002"', 'id = "HA-999"', "requirement 3 (HA-003)", "id", "rising order"),
    (MODES, 'level = "MUST"', 'level = "MAY"', "requirement 1 (HA-001)", "level", "one of MUST, SHOULD, INFO"),
    (MODES, 'level = "MUST"', 'level = "INFO"', "requirement 1 (HA-001)", "level", "level of one of its codes: MUST"),
    (MODES, 'codes = ["SEED"]', 'codes = "SEED"', "requirement 1 (HA-001)", "codes", "a list of texts"),
    (MODES, 'codes = ["SEED"]', "codes = []", "requirement 1 (HA-001)", "codes", "not empty"),
    (MODES, 'codes = ["SEED"]', 'codes = ["SURE"]', "requirement 1 (HA-001)", "codes", "one of SEED, DOC"),
    (MODES, 'codes = ["SEED"]', 'codes = ["SEED", "SEED"]', "requirement 1 (HA-001)", "codes", "each text once"),
    (MODES, 'codes = ["SEED"]', 'codes = ["INF", "SEED"]', "requirement 1 (HA-001)", "note", "leading code"),
    (MODES, 'source = ["S0"]', 'source = ["S9"]', "requirement 1 (HA-001)", "source", "a code of sources.toml"),
    (MODES, 'applies = "all"', "applies = 1", "requirement 1 (HA-001)", "applies", "a text"),
    (MODES, 'applies = "all"', 'aplies = "all"', "requirement 1 (HA-001)", "applies", "missing"),
    (MODES, 'applies = "all"', 'applies = "all"\nreson = "x"', "requirement 1 (HA-001)", "reson", "no such field"),
    (MODES, "`mode` is `off`.", "`mode` is `off`", "requirement 1 (HA-001)", "text", "full stop"),
    (LINKS, "See E-12.", "See E-99.", "requirement 11 (HA-060)", "note", "questions of questions.toml"),
    ("pending.toml", '"HA-352"', '"HA-999"', "(configuration synchronization)", "ids", "ids of requirements"),
    ("pending.toml", '"HA-352"', '"HA-616"', "(configuration synchronization)", "ids", "that can be tested"),
    ("pending.toml", '"HA-480"', '"HA-352"', "(config-only groups)", "ids", "no other topic has"),
    (CLI, 'clauses.a = "IP', 'clauses.d = "IP', "(HA-757)", "clauses", "a, b and so on"),
    (CLI, 'clauses.a = "IP fields', 'clause.a = "IP fields', "(HA-757)", "clauses", "a, b and so on"),
    (CLI, 'clauses.a = "IP', 'clauses.a = 1 # "IP', "(HA-757)", "clauses", "a table of texts"),
    (CLI, 'id = "HA-758"', 'id = "HA-758"\nclauses.a = "It fits."', "(HA-758)", "clauses", "a row with one needs none"),
    (
        CLI,
        'clauses.a = "IP',
        'reason = "advice"\nclauses.a = "IP',
        "(HA-757)",
        "clauses",
        "no scenario can judge the row",
    ),
    (CLI, 'clauses.a = "IP', 'reasons.z = "advice"\nclauses.a = "IP', "(HA-757)", "reasons", "letters of its clauses"),
    (CLI, "Counters refuse negatives.", "Counters refuse negatives", "(HA-757)", "clauses", "full stop"),
    (*awaited("HA-757"), "clause 1 (HA-757)", "id", "with its letter where there are several"),
    (*awaited("HA-757.A"), "clause 1 (HA-757.A)", "id", "an id like HA-757.b"),
    (*awaited("HA-001", "HA-001"), "clause 2 (HA-001)", "id", "no other row has"),
    (*awaited("HA-616"), "clause 1 (HA-616)", "id", "a clause that can be tested"),
    (*awaited("HA-480"), "clause 1 (HA-480)", "id", "whose topic is not pending"),
    (*awaited("HA-011"), "clause 1 (HA-011)", "id", "a requirement that binds"),
    ("sources.toml", 'code = "S1"', 'code = "S0"', "source 2 (S0)", "code", "no other row has"),
    ("questions.toml", 'id = "E-02"', 'id = "E-01"', "question 2 (E-01)", "id", "no other row has"),
    ("questions.toml", 'id = "E-02"', 'id = "02"', "question 2 (02)", "id", "an id like E-01"),
    (FLAT, 'kind = "enum"', 'kind = "word"', "setting 1 (system ha mode)", "kind", "one of enum, integer"),
    (FLAT, 'default = "off"', 'default = "on"', "setting 1 (system ha mode)", "default", "one of config-primary"),
    (FLAT, 'default = "off"', "default = false", "setting 1 (system ha mode)", "default", "a text"),
    (FLAT, 'default = "20000"', 'default = "65533"', "setting 3 (system ha hb-base-port)", "default", "1 to 65532"),
    (FLAT, 'default = "15"', 'default = "soon"', "setting 4 (system ha hb-lost-threshold)", "default", "from 1 up"),
    (FLAT, 'default = "10.0.0.2"', 'default = "peer"', "setting 12 (system ha heartbeat-1-peer)", "default", "ipv4"),
    (FLAT, "10.0.0.1 255.255.255.0", "10.0.0.1", "setting 11 (system ha heartbeat-1-ip)", "default", "with its mask"),
    (FLAT, 'default = "change_me"', 'default = ""', "setting 2 (system ha password)", "default", "at least 1"),
    (FLAT, "synchronized = false", "synchronized = 0", "setting 1 (system ha mode)", "synchronized", "true or false"),
    (FLAT, "minimum = 1\nmaximum", "minimum = true\nmaximum", "setting 3 (system ha hb-base-port)", "minimum", "whole"),
    (FLAT, "maximum = 65532", "maximum = 0", "setting 3 (system ha hb-base-port)", "maximum", "from 1 up"),
    (FLAT, 'form = "flat"', 'form = "round"', "setting 1 (system ha mode)", "form", "one of nested, flat, other"),
    (FLAT, 'keyword = "mode"', 'keyword = "modus"', "setting 1 (system ha mode)", "keyword", "last word of the path"),
    (
        FLAT,
        'path = ["system ha", "password"]\nkeyword = "password"',
        'path = ["system ha", "mode"]\nkeyword = "mode"',
        "setting 2 (system ha mode)",
        "path",
        "no other setting",
    ),
    (FLAT, '["system ha", "mode"]', '["mode"]', "setting 1 (mode)", "path", "object and keyword"),
    (FLAT, '"<name>", "heartbeat-status"]', '"<name>", "hb"]', "heartbeat-1-interface", "same_as", "another setting"),
    (FLAT, 'unprinted = ["range"]', 'unprinted = ["rang"]', "hb-base-port", "unprinted", "words out of default"),
    (FLAT, "key = true }", "key = false }", "setting 9 (system ha failover)", "parts", "in the first part"),
    (FLAT, 'name = "interface"', 'nam = "interface"', "(system ha failover), parts 1", "name", "missing"),
    (FLAT, '{ add = "use-vip"', '{ plus = "use-vip"', "parts 2", "words", "among the values"),
    (FLAT, '{ add = "use-vip"', "{ add = 1", "parts 2", "words", "a table of texts"),
    (FLAT, 'kind = "ipv4mask", twin', 'kind = "compound", twin', "parts 3", "kind", "one word"),
    (FLAT, "parts = [\n", "parts = [ 1,\n", "(system ha failover)", "parts", "a list of tables"),
    (FLAT, 'kind = "compound"', 'kind = "string"', "(system ha failover)", "parts", "only with it"),
    (IFACE, 'values = ["ignore-vip", "use-vip", "add-to-bridge"]\n', "", "status", "values", "words that are allowed"),
    (IFACE, 'kind = "ipv4"', 'kind = "ipv4"\nvalues = ["x"]', "peer-ip", "values", "no values"),
    (IFACE, 'kind = "ipv4"', 'kind = "ipv4"\nminimum = 1', "peer-ip", "minimum", "integer or a string"),
    (IFACE, 'form = "nested"', 'form = "nested"\nsame_as = ["system ha", "mode"]', "status", "same_as", "only a flat"),
    (IFACE, 'path = ["system ha", "interface"]', 'path = ["system ha", "port"]', "status", "path", "[[table]]"),
    (IFACE, '"virtual-ip"]', '"virtual-ip6"]', "virtual-ip6", "keyword", "last word of the path"),
    (SERVICE, '"remote-pop", "status"]', '"remote-ftp", "status"]', "remote-ftp", "path", "an entry of its table"),
    (SERVICE, "entries = [", "entry = [", "table 1 (system ha service)", "entry", "no such field"),
    (SERVICE, 'key = "enum"', 'key = "string"', "table 1 (system ha service)", "entries", "only with it"),
    (
        OTHER,
        'path = ["system interface"]',
        'path = ["a", "b", "c", "d"]',
        "table 1 (a b c d)",
        "path",
        "object and table",
    ),
    (OTHER, 'path = ["system interface"]', 'path = ["a", "b", "c"]', "table 1 (a b c)", "path", "[[table]]"),
    (
        SNMP,
        '"<name>", "host"]',
        '"1", "host"]',
        "table 2 (system snmp community 1 host)",
        "path",
        "an entry of its table",
    ),
    (
        OTHER,
        '["log alertemail recipient"]',
        '["system interface"]',
        "table 2 (system interface)",
        "path",
        "no other table",
    ),
    ("aliases.toml", 'word = "primary"', 'word = "master"', "alias 1 (master)", "word", "another word"),
    ("aliases.toml", 'old = "slave"', 'old = "master"', "alias 2 (master)", "old", "same scope"),
    ("aliases.toml", 'kind = "value"', 'kind = "verb"', "alias 1 (master)", "kind", "one of keyword, value"),
    ("ancestors.toml", '["hb-base-port", ', '["hb-port", ', "ancestor 1", "successor", "`config system ha` has"),
]


def read(root: Path, file: str) -> None:
    """Read the file of a copy, with those that it rests on."""
    if file.startswith("settings"):
        settings(root)
    else:
        readers = {"aliases.toml": alias_rows, "ancestors.toml": ancestors}
        readers.get(file, requirements)(root)


def expect(root: Path, file: str, row: str, field: str, expected: str) -> None:
    """Reading the copy fails with an error that names the place."""
    with pytest.raises(ManualError) as caught:
        read(root, file)
    problem = caught.value
    assert (problem.file, problem.field) == (file, field), str(problem)
    assert row in problem.row, str(problem)
    assert expected in problem.expected, str(problem)
    for part in (file, row, field, expected):
        assert part in str(problem)
    assert "\n" not in str(problem)


@pytest.mark.parametrize(("file", "old", "new", "row", "field", "expected"), MALFORMED)
def test_malformed_row_is_named(  # noqa: PLR0917 - one for each column of the table
    spoil: Spoil, file: str, old: str, new: str, row: str, field: str, expected: str
) -> None:
    """A malformed row is refused with its file, row and field, and with what is expected there."""
    expect(spoil(file, old, new), file, row, field, expected)


def test_unchanged_copy_is_read(spoil: Spoil) -> None:
    """A copy to which nothing was done is read, so that the refusals above come from the change alone."""
    root = spoil("pending.toml", "[[pending]]", "[[pending]]")
    for file in ("pending.toml", "settings/flat.toml", "aliases.toml", "ancestors.toml"):
        read(root, file)


def test_missing_file_is_named(spoil: Spoil) -> None:
    """A file that is not there is an error of that file, not of Python."""
    root = spoil("pending.toml", "[[pending]]", "[[pending]]")
    (root / "pending.toml").unlink()
    expect(root, "pending.toml", "the file", "content", "readable")


def test_empty_folder_is_named(spoil: Spoil) -> None:
    """A folder without data files is refused rather than read as an empty manual."""
    root = spoil("pending.toml", "[[pending]]", "[[pending]]")
    for file in (root / "settings").iterdir():
        file.unlink()
    expect(root, "settings/*.toml", "the folder", "files", "at least one file")


def test_text_that_is_not_utf8_is_named(spoil: Spoil) -> None:
    """A file in another encoding is an error of that file."""
    root = spoil("pending.toml", "[[pending]]", "[[pending]]")
    (root / "pending.toml").write_bytes(b'[[pending]]\ntopic = "\xff"\n')
    expect(root, "pending.toml", "the file", "content", "UTF-8")

"""Profiles: what a file must say, how each error is told, what holds by default, and what follows from it."""

from __future__ import annotations

import json
import re
import tomllib
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from lab import profiles
from lab.contract import Capability, Mode, Saying, Synchronized
from lab.errors import UsageError
from lab.profiles import __main__ as commands
from lab.profiles.fields import FIELDS, PLACEHOLDERS
from lab.profiles.read import line_of, read
from lab.profiles.record import HANDED_ON, UnitProfile, filled, no_password

LEAST = 'format = 1\nname = "unit"\n'
BY_CLI = '[reset]\nby = "cli"\nlines = ["reset"]\nshows = ["show"]\n'
VOLUME = '[container]\nvolume = "/data"\n'
STORES = "".join(
    f'{area} = "/data/{area}"\n' for area in ("system-quarantine", "quarantine", "archive", "mailboxes", "preferences")
)
PATTERNS = ("configured", "effective", "release", "peer_release")
RELEASE = '[release]\nfirst = "1.0"\nnext = "1.1"\nimage = "new"\ninstall = "install {release}"\ncodes = [67]\n'


def profile(text: str) -> UnitProfile:
    """Return the profile of a file `x.toml` with two lines before this text."""
    return read((LEAST + text).encode(), "x.toml")


def refusal(text: str) -> str:
    """Return how a file with two lines before this text is refused: one line."""
    with pytest.raises(UsageError) as refused:
        profile(text)
    assert "\n" not in str(refused.value)
    return str(refused.value)


def test_two_lines_are_a_profile() -> None:
    """All else has a default."""
    assert profile("").name == "unit"


def test_the_black_box_is_what_holds_by_default() -> None:
    """Its file is written out for readers, and says nothing that the table of fields does not."""
    known = profiles.named("black-box")
    least = read(b'format = 1\nname = "black box"', "black-box")
    assert {name: getattr(least, name) for name in UnitProfile.__slots__ if name != "digest"} == {
        name: getattr(known, name) for name in UnitProfile.__slots__ if name != "digest"
    }


def test_the_black_box_says_every_field() -> None:
    """A vendor who copies it sees all that may be said."""
    text = (Path(profiles.__file__).parent / "black-box.toml").read_text(encoding="utf-8")
    assert [field.name for field in FIELDS if not line_of(text, field.path)] == []


def test_page_and_schema_are_what_the_table_makes_of_them() -> None:
    """Nobody edits them by hand, and nobody forgets to write them."""
    assert commands.main(["--check"]) == 0


def test_a_stale_page_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each file that is missing or differs, with the command that writes it."""
    monkeypatch.setattr(commands, "ROOT", tmp_path)
    for folder in ("docs", "lab/profiles"):
        (tmp_path / folder).mkdir(parents=True)
    assert commands.main([]) == 0
    assert commands.main(["--check"]) == 0
    (tmp_path / "docs" / "profile.md").write_text("edited", encoding="utf-8")
    (tmp_path / "lab" / "profiles" / "schema.json").unlink()
    assert commands.main(["--check"]) == 1
    assert capsys.readouterr().err == "".join(
        f"{name} does not match lab/profiles/fields.py; run: python -m lab.profiles\n"
        for name in ("docs/profile.md", "lab/profiles/schema.json")
    )


def test_the_schema_knows_every_field() -> None:
    """An editor refuses a field that a run refuses."""
    schema = json.loads(commands.schema())
    for field in FIELDS:
        place = schema
        for key in field.path:
            assert place["additionalProperties"] is False
            place = place["properties"][key]
        assert place["description"] == field.meaning
    assert schema["required"] == ["format", "name"]


@pytest.mark.parametrize("name", profiles.SHIPPED)
def test_each_shipped_profile_is_well_formed(name: str) -> None:
    """It is found by its name alone, and reports can tell it from an edited one."""
    known = profiles.named(name)
    assert known.source == name
    assert re.fullmatch("[0-9a-f]{8}", known.digest)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "nonsense",
            "x.toml, line 3: expected TOML; expected '=' after a key in a key/value pair (at end of document)",
        ),
        ("[log]\nfile = /x\n", "x.toml, line 4: expected TOML; invalid value (column 8)"),
        ("[log", "x.toml, line 3: expected TOML; expected ']' at the end of a table declaration (at end of document)"),
        ("[pages]\n\nefective = 'x'", "x.toml, line 5, pages.efective: no such field; did you mean effective?"),
        ("[pags]", "x.toml, line 3, pags: no such field; did you mean pages?"),
        ('"a\\nb" = 1', "x.toml, line 3, 'a\\nb': no such field; use one of alerts, cli, container, "),
        ("# a\u2028b\r\n\r\n[login]\r\nport = 0", "x.toml, line 6, login.port: expected 1 to 65535; found 0"),
        ("[traps]\nx = 1", "x.toml, line 4, traps.x: no such field; use one of code, file, name, reason"),
        ("login = 'x'", "x.toml, line 3, login: expected a table; found 'x'"),
        ("[[login]]\nuser = 'x'", "x.toml, line 3, login: expected a table; found a list"),
        ("'login.user' = 'x'", "x.toml, line 3, login.user: no such field; did you mean login?"),
        ("wire = 'foo'", "x.toml, line 3, wire: expected one of none, switchover, vrrp; found 'foo'"),
        ("[login]\nport = 'ssh'", "x.toml, line 4, login.port: expected 1 to 65535; found 'ssh'"),
        ("[login]\nport = 0", "x.toml, line 4, login.port: expected 1 to 65535; found 0"),
        ("[login]\nport = true", "x.toml, line 4, login.port: expected 1 to 65535; found True"),
        (
            "[login]\nuser = ' '",
            "x.toml, line 4, login.user: expected one line of printable text that is not empty; found ' '",
        ),
        ("[login]\nterminal = 1", "x.toml, line 4, login.terminal: expected true or false; found 1"),
        ("[login]\nfirst = 'x'", "x.toml, line 4, login.first: expected a list of texts; found 'x'"),
        (
            "[login]\nfirst = [\n'a',\n'']",
            "x.toml, line 4, login.first: expected one line of printable text that is not",
        ),
        (
            "[setup]\nlines = ['a', \"b\\nc\"]",
            "x.toml, line 4, setup.lines: expected one line of printable text; found 'b\\nc'",
        ),
        (
            "[login]\npassword_from = 'MY PASSWORD'",
            "x.toml, line 4, login.password_from: expected the name of an environment variable; found 'MY PASSWORD'",
        ),
        (
            "[login]\npassword_from = 'NO_SUCH_VARIABLE'",
            "x.toml, line 4, login.password_from: the environment has no NO_SUCH_VARIABLE; ",
        ),
        (
            "[container]\nvolume = 'data'",
            'x.toml, line 4, container.volume: expected an absolute path without . and .., or "" for none; found ',
        ),
        (
            "[container]\ncapabilities = ['CAP_NET_RAW']",
            "x.toml, line 4, container.capabilities: expected the name of a Linux capability, without CAP_; ",
        ),
        (
            "[container]\nrestart_codes = [256]",
            "x.toml, line 4, container.restart_codes: expected an exit code from 0 to 255; found 256",
        ),
        *(
            (
                f"[container]\nvolume = '{folder}'",
                "x.toml, line 4, container.volume: expected a folder that the lab's own container, where it is ",
            )
            for folder in ("/usr", "/usr/lib/x", "/lib", "/lib64", "/bin", "/agent", "/proc", "/sys/fs", "/etc")
        ),
        ("[container]\nvolume = '/'", "x.toml, line 4, container.volume: expected an absolute path without . and .., "),
        *(
            (
                f'[container.environment]\nA = "x"\n{name} = "{{password}}"',
                f"x.toml, line 5, container.environment.{told}: expected the name of an environment variable; found ",
            )
            for name, told in (('""', ""), ('"A=B"', "A=B"), ('"A\\u0000"', "'A\\x00'"), ("1A", "1A"), ("'a b'", "a b"))
        ),
        (
            "[container.environment]\nA = '{ports}'\nB = '{port}'",
            "x.toml, line 5, container.environment.B: expected placeholders out of {ports}, {ports6}, ",
        ),
        ("[setup]\nlines = ['a', '{x}']", "x.toml, line 4, setup.lines: expected placeholders out of {ports}, "),
        (
            "[cli]\nprompt = '('",
            "x.toml, line 4, cli.prompt: expected a regular expression: missing ), unterminated subpattern at ",
        ),
        (
            "[cli]\nprompt = '[[x]'",
            "x.toml, line 4, cli.prompt: expected a regular expression: Possible nested set at position 1; found",
        ),
        ("[cli]\nprompt = ''", "x.toml, line 4, cli.prompt: expected a regular expression; found ''"),
        (
            "[cli]\nprompt = '.*'",
            "x.toml, line 4, cli.prompt: expected a regular expression that does not match an empty text; found '.*'",
        ),
        *(
            (f"[cli]\nprompt = '{pattern}'", "x.toml, line 4, cli.prompt: expected a regular expression: ")
            for pattern in (f"x{{{'9' * 5000}}}", "(?a)(?u)x", "(" * 5000)
        ),
        ('[cli]\nprompt = "(?\\n)"', "x.toml, line 4, cli.prompt: expected a regular expression: unknown extension"),
        *(
            (
                f"[cli]\nprompt = '{pattern}'",
                "x.toml, line 4, cli.prompt: expected a regular expression that ends soon on any line: ",
            )
            for pattern in (r"(?:\w+ ?)+# ?", r"(?:[0-9]+)*#", r"(?:.+ ?)+", r"(?:-+|-)+> ", r"(?:[a-z]+\.?){1,99}@")
        ),
        ("[cli]\nprompt = '(#) '", "x.toml, line 4, cli.prompt: expected no group but (?:...); found 1"),
        (
            "[cli]\nprompt = '> '\nquestion = '> '",
            "x.toml, line 5, cli.question: expected a pattern that is not the prompt's; found ",
        ),
        (
            "[cli]\nanswer_within = 0",
            "x.toml, line 4, cli.answer_within: expected seconds above 0, up to 3600; found 0",
        ),
        (
            "[cli]\nanswer_within = inf",
            "x.toml, line 4, cli.answer_within: expected seconds above 0, up to 3600; found inf",
        ),
        (
            "[pages]\neffective = 'a(.)(.)'",
            "x.toml, line 4, pages.effective: expected one group, the mode; found 2",
        ),
        (
            "[pages]\nlink = '(?P<link>.)(.)'",
            "x.toml, line 4, pages.link: expected the groups link and state; found ['link']",
        ),
        (
            "[words]\nAKTIV = 'primary'\n'aktiv ' = 'off'",
            "x.toml, line 5, words.aktiv : expected keys that differ in more than case, quotes and blanks; ",
        ),
        ("[words]\n'\" \"' = 'off'", "x.toml, line 4, words.\" \": expected a word that is printed; found ''"),
        (
            "[words]\nAKTIV = 'active'",
            "x.toml, line 4, words.AKTIV: expected one of off, primary, secondary, failed, hold-off, config-primary, ",
        ),
        ("[reset]\nby = 'hand'", "x.toml, line 4, reset.by: expected one of fresh, cli; found 'hand'"),
        ("[reset]\nby = 'cli'", "x.toml, line 3, reset.lines: expected lines, since reset.by is cli; there are none"),
        (
            "[reset]\nby = 'cli'\nlines = ['reset']",
            "x.toml, line 3, reset.shows: expected a page, since the lab sees no storage; there is none",
        ),
        (
            "[reset]\nlines = ['reset']",
            "x.toml, line 4, reset.lines: expected none, since reset.by is fresh; set reset.by",
        ),
        ("[reset]\nfirst = 'unreachable'", "x.toml, line 4, reset.first: expected one of off, primary, "),
        (
            RELEASE.replace('next = "1.1"\n', ""),
            "x.toml, line 3, release.next: expected a value, since release.first is set; there is none",
        ),
        (
            RELEASE.replace("codes = [67]\n", ""),
            "x.toml, line 3, release.codes: expected a value, since release.first is set; there is none",
        ),
        (
            RELEASE.replace("1.1", "1.0"),
            "x.toml, line 5, release.next: expected another release than release.first; found '1.0'",
        ),
        *(
            (
                RELEASE.replace('"new"', f'"{name}"'),
                "x.toml, line 6, release.image: expected the name of an image: lower case, no blanks, then ",
            )
            for name in ("Not A Ref!", "Vendor/Mail", "mail:", "-v")
        ),
        (
            f"[container]\nrestart_codes = [67]\n{RELEASE}",
            "x.toml, line 10, release.codes: expected codes that are none of container.restart_codes; found 67 in both",
        ),
        (
            "[log]\nfile = '/data/log'",
            "x.toml, line 4, log.file: expected a path below container.volume; there is none",
        ),
        (
            f"{VOLUME}[log]\nfile = '/database/log'",
            "x.toml, line 6, log.file: expected a path below container.volume; found '/database/log'",
        ),
        (
            "[container]\ndisk = '/mail'\n[log]\nfile = '/log'",
            "x.toml, line 6, log.file: expected a path below container.volume or container.disk; found '/log'",
        ),
        (
            f"{VOLUME}disk = '/data/mail'",
            "x.toml, line 5, container.disk: expected a folder that is not on container.volume; found '/data/mail'",
        ),
        ("[container]\ndisk = '/usr/lib'", "x.toml, line 4, container.disk: expected a folder that the lab's own "),
        *(
            (
                f"{VOLUME}[log]\nfile = '{path}'",
                'x.toml, line 6, log.file: expected an absolute path without . and .., or "" for none; found',
            )
            for path in ("/data/../etc/x", "/data/..", "/data/.", "/../data/x")
        ),
        (
            f"{VOLUME}[log]\nfile = '/data/log'\npage = 'show log'",
            "x.toml, line 7, log.page: expected one of log.file and log.page; leave one out",
        ),
        (
            "[log]\nstamp = '(?P<date>x)'",
            "x.toml, line 4, log.stamp: expected the groups date and time; found ['date']",
        ),
        (
            "[log.says]\ngiven-up = 'x'",
            "x.toml, line 4, log.says.given-up: expected one of given_up, peer_refused; found 'given-up'",
        ),
        ("[mail]\ngreeting = { P = 'mx', S = 'mx' }", "x.toml, line 4, mail.greeting: expected two names that differ"),
        ("[mail]\ngreeting = { P = 'MX', S = 'mx' }", "x.toml, line 4, mail.greeting: expected two names that differ"),
        ("[mail.greeting]\nP = 'mx'", "x.toml, line 3, mail.greeting: expected two names that differ, of P and of S"),
        (
            f"{VOLUME}[mail]\nqueue = '/data/q'",
            "x.toml, line 5, mail.stores.system-quarantine: expected all five areas of mail.stores and mail.queue, or ",
        ),
        (
            f"{VOLUME}[mail.stores]\n{STORES}",
            "x.toml, line 5, mail.queue: expected all five areas of mail.stores and mail.queue, or none",
        ),
        (
            "[mail.stores]\nspam = '/data/x'",
            "x.toml, line 4, mail.stores.spam: expected one of system-quarantine, quarantine, archive, mailboxes, ",
        ),
        (
            "[mail.stores]\narchive = ''",
            "x.toml, line 4, mail.stores.archive: expected an absolute path without . and ..; found ''",
        ),
        ("[times]\nslack = 0.1", "x.toml, line 4, times.slack: expected 0.25 to 60 s; found 0.1"),
        (
            "[times]\nslack = 0.5",
            "x.toml, line 3, times.reason: expected why, since times.slack is more than the lab's 0.25 s; there",
        ),
        *(
            (f"[times]\nboot = {number}", "x.toml, line 4, times.boot: expected seconds above 0, up to 3600; found ")
            for number in ("3601", "nan", "1" + "0" * 400, "0x" + "f" * 5000)
        ),
        (
            f"[times]\nslack = 1{'0' * 400}\nreason = 'slow'",
            "x.toml, line 4, times.slack: expected 0.25 to 60 s; found 1",
        ),
        *(
            (
                f"[{table}]\n{field} = {value}",
                f"x.toml, line 4, {table}.{field}: expected one line of printable text",
            )
            for table, field, value in (
                ("login", "user", '"ad\\u0007min"'),
                ("login", "user", '"admin\\u0000"'),
                ("login", "first", '["\\u001b[0m"]'),
                ("pages", "status", '"get\\tstatus"'),
                ("log", "page", '"x\\u0085"'),
                ("release", "install", '"x\\u2028"'),
                ("setup", "lines", '["x\\u007f"]'),
            )
        ),
        (f"[{'a' * 5000}]", f"x.toml, line 3, {'a' * 80}: no such field; use one of alerts, "),
        ("[lacks]\nbrigde = 'it has none'", "x.toml, line 4, lacks.brigde: expected one of power, "),
        ("[lacks]\nbridge = 'no'", "x.toml, line 4, lacks.bridge: expected a reason of some words; found 'no'"),
    ],
)
def test_an_error_names_file_line_and_field(text: str, told: str) -> None:
    """It says what was expected, and what was found or what to do."""
    assert refusal(text).startswith(told)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "x.toml, line 1, format: expected version of this schema: 1; the field is missing"),
        (b"format = 1", "x.toml, line 1, name: expected what reports call the unit; the field is missing"),
        (b"format = 2", "x.toml, line 1, format: expected 1, the only format there is; found 2"),
        (b"x = " + b"1" * 5000, "x.toml cannot be read (Exceeds the limit (4300 digits) for integer string conversion"),
        (b"x = " + b"[" * 5000, "x.toml cannot be read (nested too deep); no field needs such a value"),
        (b"x = " + b"{a=" * 3000, "x.toml cannot be read (nested too deep); no field needs such a value"),
        (b"#" * 65537, "x.toml cannot be read (more than 64 KiB); give the file of a profile"),
        (b"\xef\xbb\xbfformat = 2", "x.toml, line 1, format: expected 1, the only format there is; found 2"),
        (b"format = 1\nname = '\xff'", "x.toml cannot be read (not UTF-8 at byte 19); save it as UTF-8"),
    ],
)
def test_what_is_no_profile_is_refused(content: bytes, told: str) -> None:
    """A file of something else does not pass for a profile that says little."""
    with pytest.raises(UsageError) as refused:
        read(content, "x.toml")
    assert str(refused.value).startswith(told)


def test_a_profile_is_named_or_a_file(tmp_path: Path) -> None:
    """A file is read as it is named; what is neither is refused with the names that there are."""
    file = tmp_path / "own.toml"
    file.write_text(LEAST, encoding="utf-8")
    assert profiles.named(str(file)).source == str(file)
    with pytest.raises(UsageError) as refused:
        profiles.named("no-such")
    known = ", ".join(profiles.SHIPPED)
    assert str(refused.value) == f"there is no profile called 'no-such' and no such file; use one of {known}, or a path"
    for unreadable in (str(tmp_path), "", "x\0", "/dev/zero"):
        with pytest.raises(UsageError, match="cannot be read"):
            profiles.named(unreadable)


def test_a_line_is_found_behind_values_of_several_lines() -> None:
    """A list, a long text and a table in one line; a comment with the key in it; a quoted key."""
    text = '# b = 1\na = [\n1,\n]\n\nt = """\nb = 2\n"""\nb = 3\n[c]\nd = { e = 1 }\n"f.g" = 2\n[[h]]\n[[h]]\ni = 1\n'
    places: list[tuple[str | int, ...]] = [("a",), ("t",), ("b",), ("c",), ("c", "d", "e"), ("c", "f.g"), ("h", 1, "i")]
    assert [line_of(text, place) for place in places] == [2, 6, 9, 10, 11, 12, 15]
    assert line_of(text, ("c", "x")) == 0


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("# nothing\n" * 5000 + "wire = 'foo'", "x.toml, line 5003, wire: "),
        ("[login]\nfirst = [\n" + "'a',\n" * 5000 + "1]", "x.toml, line 4, login.first: "),
    ],
)
def test_an_error_at_the_end_of_a_large_file_is_told_at_once(
    monkeypatch: pytest.MonkeyPatch, text: str, told: str
) -> None:
    """Its line is not looked for line by line, also not in a list of thousands of lines."""
    asked: list[str] = []
    monkeypatch.setattr(tomllib, "loads", lambda text, loads=tomllib.loads: (asked.append(text), loads(text))[1])
    assert refusal(text).startswith(told)
    assert len(asked) < 50


@pytest.mark.parametrize("pattern", [r"(?:\S+ )+# ", r"(?:\x1b\[[0-9;]*m)*[^\n]*# ", r"(?:mx-[ps]\.?)+> "])
def test_a_repeated_group_that_ends_is_as_good_as_any(pattern: str) -> None:
    """Only what takes too long is refused."""
    assert profile(f"[cli]\nprompt = '{pattern}'").cli.prompt.pattern == pattern


def test_a_profile_is_read_in_any_thread() -> None:
    """Where no signal can come, no pattern is tried; nothing fails."""
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(profile, "[cli]\nprompt = '(?:x )+# '").result().name == "unit"


def test_a_folder_that_only_looks_like_one_of_the_agent_is_fine() -> None:
    """A vendor may keep its data almost anywhere."""
    for folder in ("/var", "/library", "/usr/local/vendor", "/etc/vendor", "/run/x", "/data/..x", "/opt/.x"):
        assert profile(f"[container]\nvolume = '{folder}'").container.volume == folder


def test_the_secret_is_the_environments(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is read when it is used, and prints as stars."""
    monkeypatch.setenv("VENDOR_PASSWORD", "s3cr3t")
    known = profile("[login]\npassword_from = 'VENDOR_PASSWORD'")
    secret = known.login.secret("made up")
    assert secret.reveal() == "s3cr3t"
    assert f"{secret} {secret!r} {known}".count("s3cr3t") == 0
    monkeypatch.delenv("VENDOR_PASSWORD")
    with pytest.raises(
        UsageError, match="the environment has no VENDOR_PASSWORD; set it to the password of the units;"
    ):
        known.login.secret("made up")
    assert profile("").login.secret("made up").reveal() == "made up"


def test_an_empty_password_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """CI hands on a secret that is not set as an empty variable."""
    monkeypatch.setenv("SWITCHOVER_VENDOR", "s3cr3t")
    known = profile("[login]\npassword_from = 'SWITCHOVER_VENDOR'")
    monkeypatch.setenv("SWITCHOVER_VENDOR", "")
    wrong = "SWITCHOVER_VENDOR is empty in the environment; set it to the password of the units"
    with pytest.raises(UsageError) as caught:
        known.login.secret("made up")
    assert str(caught.value) == wrong
    with pytest.raises(UsageError) as caught:
        profile("[login]\npassword_from = 'SWITCHOVER_VENDOR'")
    assert str(caught.value) == f"x.toml, line 4, login.password_from: {wrong}"


def test_a_variable_that_tox_keeps_back_is_told_as_that(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever has set it does not see why it is not there; one that is handed on was not set."""
    for variable, hint in (
        ("ACME_PW", "; tox hands on only what begins with SWITCHOVER_: rename it"),
        ("SWITCHOVER_X", ""),
    ):
        monkeypatch.delenv(variable, raising=False)
        told = no_password(variable)
        assert told == (f"the environment has no {variable}", f"set it to the password of the units{hint}")
    tox = (Path(profiles.__file__).parents[2] / "tox.ini").read_text(encoding="utf-8")
    assert f"    {HANDED_ON}*\n" in tox


@pytest.mark.parametrize(
    ("page", "configured", "effective"),
    [
        (
            "HA configured mode: primary\nHA effective mode: hold-off\nPeer effective mode: off",
            "primary",
            Mode.HOLD_OFF,
        ),
        ("Configured Operating Mode: config master\nEffective Operating Mode: SLAVE", "config-primary", Mode.SECONDARY),
        ("configured mode = backup\neffective mode = HOLD_OFF", "secondary", Mode.HOLD_OFF),
        ("  Configured mode:  Master \n  Effective mode:  hold off \n", "primary", Mode.HOLD_OFF),
        ("Configured mode: AKTIV\nEffective mode: störung", "primary", Mode.FAILED),
        ("Configured mode: other\nEffective mode: unreachable", "other", None),
        ("Peer configured mode: primary", "", None),
    ],
)
def test_modes_are_read_in_either_family_of_words(page: str, configured: str, effective: Mode | None) -> None:
    """The patterns of the black box find both families, and a profile may add words of its own."""
    pages = profile("[words]\nAktiv = 'primary'\n'Störung' = 'failed'").pages
    assert pages.word(pages.configured, page) == configured
    assert pages.mode(page) is effective


def test_quotes_around_a_word_do_not_matter() -> None:
    """As in `set mode "master"`."""
    assert profiles.named("reference").pages.mode('HA effective mode: "MASTER"') is Mode.PRIMARY


def test_a_log_tells_what_its_words_tell() -> None:
    """From the words to the end of the line."""
    events = profiles.named("reference").events
    log = ["x refused a peer (wrong password)", "the order is given up: no peer", "y"]
    assert events.told(Saying.PEER_REFUSED, log) == ("refused a peer (wrong password)",)
    assert events.told(Saying.GIVEN_UP, log) == ("given up: no peer",)


def test_the_reference_lacks_nothing() -> None:
    """Its profile names all that a lab can use."""
    assert dict(profiles.named("reference").lacks()) == {}


def test_the_black_box_lacks_what_needs_more_than_its_namespace() -> None:
    """For each there is a reason, which names the fields that would help."""
    lacks = dict(profiles.named("black-box").lacks())
    seen = ("storage", "nas", "copies", "schedule", "reading", "sayings")
    lost = (*seen, "disk", "crash", "memory", "boot-delay", "upgrade", "factory-reset")
    assert lacks.keys() == set(map(Capability, lost))
    assert lacks[Capability.SAYINGS] == "its profile 'black box' names no words of its log (log.says)"


@pytest.mark.parametrize(
    ("text", "granted"),
    [
        (f"{VOLUME}[mail]\nqueue = '/data/q'\n[mail.stores]\n{STORES}", "storage"),
        (f"{VOLUME}[log]\nfile = '/data/log'", "log"),
        ("[log]\npage = 'show log'", "log"),
        ("[log]\npage = 'show log'\nsays = { given_up = 'x', peer_refused = 'y' }", "log sayings"),
        ("[log]\npage = 'show log'\nsays = { given_up = 'x', peer_refused = '' }", "log"),
        ("[log.says]\ngiven_up = 'x'\npeer_refused = 'y'", ""),
        ("[log]\npage = 'x'\nsays = { given_up = 'x', peer_refused = 'y' }\n[lacks]\nlog = 'it is empty'", ""),
        (f"{VOLUME}[alerts]\nfile = '/data/alerts'", "alerts"),
        (f"{VOLUME}[traps]\nfile = '/data/traps'", "traps"),
        ("[container]\ndisk = '/mail'", "disk"),
        (f"{VOLUME}[mail]\ncopies = '/data/copies'", "copies"),
        ("[pages]\nnext_sync = '(?P<what>x) (?P<date>y) (?P<time>z)'", "schedule"),
        ("[container]\npid_file = '/run/pid'", "crash memory"),
        ("[container]\ndelay_file = '/run/delay'", "boot-delay"),
        ("[container]\nrestart_codes = [64]", "boot-delay"),
        (RELEASE, "upgrade"),
        ("[reset]\nby = 'cli'\nlines = ['execute factoryreset', 'y']\nshows = ['show']", "factory-reset"),
    ],
)
def test_each_capability_is_granted_by_its_fields(text: str, granted: str) -> None:
    """And by no others, of a unit that reports to nobody over the network."""
    mute = "\nsyslog = 'it sends none'\nalert-mail = 'it sends none'\nsnmp = 'it sends none'\n"
    text = f"{text}{mute}" if "[lacks]" in text else f"{text}\n[lacks]{mute}"
    bare = dict(profile(f"[lacks]{mute}").lacks())
    assert set(bare) - set(dict(profile(text).lacks())) == {*map(Capability, granted.split())}


@pytest.mark.parametrize(
    ("sink", "learned"), [("syslog", "log"), ("alert-mail", "alerts"), ("snmp", "traps"), ("bridge", "")]
)
def test_a_unit_that_reports_over_the_network_keeps_nothing_for_the_lab(sink: str, learned: str) -> None:
    """What it does not send, and does not keep where the lab can read it, nobody learns."""
    mute = profile(f"[lacks]\n{sink} = 'it sends none'\n")
    assert set(dict(mute.lacks())) - set(dict(profile("").lacks())) == {
        Capability(sink),
        *map(Capability, learned.split()),
    }
    assert {each.needs for each in mute.reports_to} == {
        each for each in (Capability.SYSLOG, Capability.ALERT_MAIL, Capability.SNMP) if each != sink
    }


def test_what_a_unit_lacks_is_told_in_its_own_words() -> None:
    """Also where the profile would allow it."""
    known = dict(profile("[container]\npid_file = '/run/pid'\n[lacks]\ncrash = 'it never dies'").lacks())
    assert known[Capability.CRASH] == "its profile 'unit' says: it never dies"
    assert Capability.MEMORY not in known


def test_a_template_is_filled() -> None:
    """A placeholder may have a colon in it."""
    values = dict.fromkeys(PLACEHOLDERS, "x") | {"address:port1": "10.0.1.1/24", "unit": "P"}
    assert filled("set ip {address:port1} of {unit}", values) == "set ip 10.0.1.1/24 of P"


def test_a_group_may_be_missing_where_a_pattern_finds_something() -> None:
    """It is read as nothing: a pattern may have its one group in one of two branches."""
    optional = "'^It is: (?:(\\d+)|none)'"
    pages = profile(f"[pages]\n{''.join(f'{name} = {optional}' + chr(10) for name in PATTERNS)}").pages
    assert (pages.word(pages.configured, "It is: none"), pages.mode("It is: none")) == ("", None)
    assert (pages.release_in("It is: none"), pages.peer_release_in("It is: none")) == ("", "")
    assert pages.release_in("It is: 7") == "7"


@pytest.mark.parametrize(
    ("line", "seconds"),
    [
        ("Data: periodic, next at 2026-01-01 00:10:01", 601.0),
        ("Data: periodic, next at 2026-01-01", None),
        ("Data: periodic, next at soon 00:10:01", None),
        ("Configuration: on change, next at 2026-01-01 00:10:01", None),
        ("", None),
    ],
)
def test_the_next_synchronization_is_read_from_the_page(line: str, seconds: float | None) -> None:
    """In UTC, of that kind; what is no date shows none."""
    page = f"Effective Operating Mode: secondary\n{line}\nMonitor: every second"
    found = profiles.named("reference").pages.next_sync_in(page, Synchronized.DATA)
    begun = datetime(2026, 1, 1, tzinfo=UTC)
    assert (None if found is None else (found - begun).total_seconds()) == seconds

"""Which implementation each unit of the pair is: how `--unit` and `--profile` are read, told and refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from lab import registry
from lab.errors import UsageError
from lab.registry import Options, open_lab
from lab.under_test import Implementation, UnderTest
from tests.lab.sim_pair import healthy

EARLY, LATE = "wrong:takes-over-early", "wrong:takes-over-late"
IMAGE = "image:vendor/mail:7.0"


@pytest.mark.parametrize(
    ("words", "primary", "secondary", "told"),
    [
        ((), "reference", "reference", "reference"),
        (("reference",), "reference", "reference", "reference"),
        ((LATE,), LATE, LATE, LATE),
        ((f"P={LATE}",), LATE, "reference", f"P={LATE}"),
        ((f"S={LATE}",), "reference", LATE, f"S={LATE}"),
        ((f"S={LATE}", "P=reference"), "reference", LATE, f"S={LATE}"),
        ((f"S={LATE}", f"P={EARLY}"), EARLY, LATE, f"P={EARLY} S={LATE}"),
        ((f"S={LATE}", f"P={LATE}"), LATE, LATE, LATE),
        ((IMAGE,), IMAGE, IMAGE, IMAGE),
        ((f"S={IMAGE}",), "reference", IMAGE, f"S={IMAGE}"),
    ],
)
def test_a_unit_that_is_not_named_is_the_reference(
    words: tuple[str, ...], primary: str, secondary: str, told: str
) -> None:
    """A name without a letter is both units'; what a report shows names no more than is needed."""
    units = UnderTest.named(*words)
    assert (str(units["P"]), str(units["S"])) == (primary, secondary)
    assert str(units) == told


@pytest.mark.parametrize("words", [(), (LATE,), (f"S={LATE}",), (f"P={EARLY}", f"S={LATE}"), (f"P={IMAGE}",)])
@pytest.mark.parametrize("profiles", [(), ("black-box",), ("P=reference",), ("P=reference", "S=black-box")])
def test_the_options_ask_for_the_same_units_again(words: tuple[str, ...], profiles: tuple[str, ...]) -> None:
    """What a report tells an operator to run is what ran."""
    units = UnderTest.named(*words, profiles=profiles)
    assert units.words == words
    assert units.options == (
        *(part for word in words for part in ("--unit", word)),
        *(part for word in profiles for part in ("--profile", word)),
    )


def test_each_kind_has_a_profile_of_its_own() -> None:
    """One that is asked for takes its place, of both units or of one."""
    units = UnderTest.named(f"P={IMAGE}", f"S={LATE}")
    assert (units["P"].described_by, units["S"].described_by) == ("black-box", "reference")
    units = UnderTest.named(IMAGE, profiles=["S=reference"])
    assert (units["P"].described_by, units["S"].described_by) == ("black-box", "reference")
    assert UnderTest.named(profiles=["black-box"])["S"] == Implementation(profile="black-box")


@pytest.mark.parametrize(
    "name",
    [
        *("mail", "vendor/mail", "vendor/mail:7.0", "registry.example:5000/a/b_c__d:V1.0-rc", "localhost:5000/mail"),
        *("vendor/mail@sha256:" + 64 * "a", "sha256:" + 12 * "a"),
    ],
)
def test_an_image_may_have_any_name_of_an_image(name: str) -> None:
    """With registry, folder, tag or digest."""
    assert UnderTest.named(f"image:{name}").primary == Implementation("image", name)


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        ((f"P={EARLY}", f"P={LATE}"), "--unit names unit P twice"),
        ((EARLY, LATE), "--unit names unit P twice"),
        ((EARLY, f"S={LATE}"), "--unit names unit S twice"),
        ((f"Q={LATE}",), "there is no unit 'Q' of the pair; say --unit P=... or --unit S=..."),
        ((f"p={LATE}",), "there is no unit 'p' of the pair"),
        ((f"={LATE}",), "there is no unit '' of the pair"),
        (("P=",), "there is no unit called ''; use reference, image:REF, or wrong:NAME with a name that "),
        (("wrong:no-such",), "there is no unit called 'wrong:no-such'; use reference, image:REF, or wrong:NAME"),
        (("S=wrong:no-such",), "there is no unit called 'wrong:no-such'"),
        (("wrong",), "there is no unit called 'wrong'"),
        (("image",), "there is no unit called 'image'; use reference, image:REF, or "),
        (
            ("acme/mail:9.2",),
            "there is no unit called 'acme/mail:9.2'; did you mean image:acme/mail:9.2? Or use reference,",
        ),
        (("S=acme/mail",), "there is no unit called 'acme/mail'; did you mean image:acme/mail? Or use reference,"),
        (("wrong:takes-over-lat",), f"there is no unit called 'wrong:takes-over-lat'; did you mean {LATE}? Or use"),
        (("takes-over-late",), f"there is no unit called 'takes-over-late'; did you mean {LATE}? Or use"),
        (("refrence",), "there is no unit called 'refrence'; did you mean reference? Or use"),
        (("reference:x",), "the reference unit has no id; say --unit reference"),
        (("image:",), "--unit image: names no image; say image:REF, such as image:vendor/mail:7.0"),
        (("image:Bad Name",), "'Bad Name' is no image name; use lower case, no blanks, then :TAG"),
        (("image:mail:",), "'mail:' is no image name"),
        (("image:-v",), "'-v' is no image name"),
    ],
)
def test_what_makes_no_sense_is_refused_in_one_line(words: tuple[str, ...], problem: str) -> None:
    """A typing error must not run the reference, nor one unit in place of another."""
    with pytest.raises(UsageError) as refused:
        UnderTest.named(*words)
    assert str(refused.value).startswith(problem)
    assert "\n" not in str(refused.value)
    assert len(str(refused.value)) < 200


@pytest.mark.parametrize(
    ("profiles", "problem"),
    [
        (("black-box", "P=reference"), "--profile names unit P twice; leave black-box or P=reference out"),
        (("Q=black-box",), "there is no unit 'Q' of the pair; say --profile P=... or --profile S=..."),
        (("no-such",), "there is no profile called 'no-such' and no such file; use one of black-box, "),
        (("S=no-such",), "there is no profile called 'no-such' and no such file"),
        (("P=",), "the profile '' cannot be read"),
    ],
)
def test_a_profile_that_is_none_is_refused(profiles: tuple[str, ...], problem: str) -> None:
    """Before any lab is built."""
    with pytest.raises(UsageError) as refused:
        UnderTest.named(profiles=profiles)
    assert str(refused.value).startswith(problem)


def test_units_that_speak_different_wires_make_no_pair(tmp_path: Path) -> None:
    """A unit whose wire is not known may be anybody's peer."""
    file = tmp_path / "other.toml"
    file.write_text('format = 1\nname = "other"\nwire = "vrrp"', encoding="utf-8")
    with pytest.raises(UsageError, match=r"units P and S speak different wires \(vrrp and switchover\)"):
        UnderTest.named(f"P={IMAGE}", profiles=[f"P={file}"])
    assert UnderTest.named(IMAGE, profiles=[f"P={file}"]).secondary.described_by == "black-box"


def test_units_that_greet_by_one_name_cannot_be_told_apart(tmp_path: Path) -> None:
    """Case does not tell them apart, and the name that counts is that of the unit which a profile describes."""
    first, second = tmp_path / "first.toml", tmp_path / "second=2.toml"
    first.write_text('format = 1\nname = "a"\n[mail]\ngreeting = { P = "MX", S = "a" }', encoding="utf-8")
    second.write_text('format = 1\nname = "b"\n[mail]\ngreeting = { P = "b", S = "mx" }', encoding="utf-8")
    with pytest.raises(
        UsageError, match=r"units P and S greet by one name \(MX and mx\); let their mail.greeting differ"
    ):
        UnderTest.named(IMAGE, profiles=[f"P={first}", f"S={second}"])
    units = UnderTest.named(IMAGE, profiles=[f"P={second}", f"S={first}"])
    assert units.primary.described_by == str(second)


def test_a_profile_may_have_an_equals_sign_in_its_path(tmp_path: Path) -> None:
    """Only a letter before the first one names a unit."""
    file = tmp_path / "a=b.toml"
    file.write_text('format = 1\nname = "a"', encoding="utf-8")
    assert UnderTest.named(IMAGE, profiles=[str(file)])["S"].described_by == str(file)


@pytest.mark.parametrize(
    ("units", "profiles", "problem"),
    [
        (
            f"P={IMAGE}",
            (),
            "the simulated lab runs the reference unit's own code and cannot run the image vendor/mail:7.0",
        ),
        ("reference", ("S=reference",), "the simulated lab uses no profile; leave --profile out"),
    ],
)
def test_the_simulated_lab_refuses_what_it_would_not_heed(units: str, profiles: tuple[str, ...], problem: str) -> None:
    """Before a run, and when a lab is opened without one."""
    options = Options(units=UnderTest.named(units, profiles=profiles))
    with pytest.raises(UsageError) as refused:
        registry.prepare("sim", options, print)
    assert str(refused.value).startswith(problem)
    with pytest.raises(UsageError):
        open_lab("sim", options)


def test_one_unit_alone_is_wrong_on_sim() -> None:
    """The simulated lab builds each unit of what it is, and says so."""
    units = UnderTest.named("S=wrong:shows-no-mode")
    lab = open_lab("sim", Options(units=units))
    lab.begin("one side")
    healthy(lab)
    assert (lab.primary.configured_mode(), lab.secondary.configured_mode()) == ("primary", "off")
    assert lab.facts["unit"] == "S=wrong:shows-no-mode"

"""What a sentence says of a unit that fails it: what was seen, and which field of its profile may be wrong."""

from __future__ import annotations

import ast
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from lab import profiles
from lab.contract import Capability, Mode, Reply, Saying
from lab.errors import NotReached
from lab.profiles.fields import FIELDS
from steps.fields import Refusals
from steps.operator import Given, _await_end, _await_surrender
from steps.restarts import show_releases, upgrades
from steps.scene import Scene
from steps.strangers import Intruder, has_logged
from tests.steps.test_late_looks import Clock, scene_of

HOUSE = Path(__file__).parents[2]
VENDOR, OURS = replace(profiles.named("black-box"), name="Acme", source="acme.toml"), profiles.named("reference")
TABLE = [["unit", "own", "peer"], ["primary", "new", "new"]]


def scene(profile: Any, **does: Any) -> Scene:  # noqa: ANN401 - a profile, and what a unit does
    """A scene with units of this profile."""
    scene = scene_of(Clock(every=1.0), releases=("7.0.0", "9.3"))
    own = {"reports_to": frozenset(), "log": tuple, "told": lambda *_: (), "look_first": profile.look_first}
    unit = SimpleNamespace(name="S", **own, **does)
    for name, what in (
        ("unit", lambda _name: unit),
        ("other", lambda _name: unit),
        ("mode_seen", lambda _name: Mode.SECONDARY),
        ("units", (unit,)),
        ("declared", frozenset[Capability]()),
    ):
        setattr(scene, name, what)
    scene.detection = {"P": 2.0, "S": 2.0}  # type: ignore[misc] # a paper scene
    return scene


def failed(profile: Any, own: str, peer: str) -> str:  # noqa: ANN401 - a profile
    """Return the reason of a unit that shows these releases where the new ones are awaited."""
    with pytest.raises(NotReached) as caught:
        show_releases(scene(profile, release=lambda: own, peer_release=lambda: peer), TABLE)
    return str(caught.value)


def test_a_release_that_the_profile_does_not_know_is_shown_with_the_field_that_may_be_wrong() -> None:
    """It fails; the unit has restarted into something, and `release.next` says how that is called."""
    awaited = "; awaited: the primary shows the releases 9.3 and 9.3"
    look = " (look first at release.next of its profile 'Acme')"
    assert failed(VENDOR, "7.0.1", "7.0.1") == f"the primary shows the releases 7.0.1 and 7.0.1{look}{awaited}"
    assert failed(VENDOR, "9.3", "7.0.1") == f"the primary shows the releases 9.3 and 7.0.1{look}{awaited}"


def test_a_unit_that_is_still_of_the_old_release_may_have_been_given_its_image() -> None:
    """The container of the next release's image shows the first one."""
    assert "7.0.0 and 7.0.0 (look first at release.image of its profile 'Acme');" in failed(VENDOR, "7.0.0", "7.0.0")


@pytest.mark.parametrize(("own", "peer", "told"), [("9.3", "7.0.0", "9.3 and 7.0.0;"), ("9.3", "", "9.3 and none;")])
def test_what_no_field_explains_is_told_without_one(own: str, peer: str, told: str) -> None:
    """An upgraded unit that shows its peer's former release, or none, is at fault itself."""
    assert f"shows the releases {told} awaited" in failed(VENDOR, own, peer)


def test_the_reference_units_own_profile_is_never_in_doubt() -> None:
    """A wrong unit is told by what it shows alone."""
    assert failed(OURS, "7.0.7", "9.3").startswith("the primary shows the releases 7.0.7 and 9.3; awaited")
    assert failed(OURS, "7.0.0", "9.3").startswith("the primary shows the releases 7.0.0 and 9.3; awaited")


@pytest.mark.parametrize(
    ("profile", "look"), [(VENDOR, " (look first at log.says.given_up of its profile 'Acme')"), (OURS, "")]
)
def test_an_order_that_is_not_given_up_is_told_with_what_was_awaited_and_how_long(profile: Any, look: str) -> None:  # noqa: ANN401
    """Nothing in it reads as if the unit had said so."""
    order = Given("failover", "S", {"P": Mode.SECONDARY, "S": Mode.PRIMARY})
    with pytest.raises(NotReached) as caught:
        _await_surrender(scene(profile), order, 30.0, 0.0, lambda: False)
    assert str(caught.value) == (
        "awaited: the log of unit S says within 30 s that the accepted failover is given up, which the lab sees up to"
        f" 10 s later{look}"
    )
    with pytest.raises(NotReached) as caught:
        _await_end(scene(profile), order, lambda: False)
    assert str(caught.value).endswith(f"; or the log of unit S says that it is given up{look}")
    with pytest.raises(NotReached) as caught:
        _await_end(scene(profile), order, None)
    assert "log" not in str(caught.value)


def test_a_refusal_that_is_not_logged_is_told_with_the_field_of_its_words() -> None:
    """The other of the two sayings."""
    assert {"given_up", "peer_refused"} == {saying.name.lower() for saying in Saying}
    with pytest.raises(
        NotReached, match=r"^awaited: the log .* \(look first at log\.says\.peer_refused of its profile"
    ):
        has_logged(scene(VENDOR), Intruder(), ("S",), Refusals.ONCE)


def test_a_unit_that_refuses_to_install_is_told_with_the_line_that_may_be_wrong() -> None:
    """The suite is the first to enter it."""
    does = upgrades(scene(VENDOR, install=lambda _release: Reply("Refused", accepted=False)), ("S",)).does
    look = r"\(look first at release\.install, release\.file of its profile 'Acme'\)"
    with pytest.raises(AssertionError, match=rf"^unit S refused to install 9\.3: Refused {look}"):
        does()


def named_fields() -> set[str]:
    """Fields that the code tells a vendor to look at."""
    found = set[str]()
    for path in (*HOUSE.glob("steps/*.py"), *HOUSE.glob("lab/docker/*.py")):
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "look_first":
                found |= {each.value for each in call.args if isinstance(each, ast.Constant)}  # type: ignore[misc]
    return found


def test_a_field_that_a_message_names_is_one_of_a_profile() -> None:
    """Nobody is sent to look for what is not there."""
    known = {field.name for field in FIELDS} | {f"log.says.{saying.name.lower()}" for saying in Saying}
    assert named_fields()
    assert named_fields() - known == set()

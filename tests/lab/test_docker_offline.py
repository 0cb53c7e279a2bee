"""What of the Docker lab needs no Docker: recipes, shells, traps, mail, the clock, and its errors."""

from __future__ import annotations

import io
import itertools
import re
import tarfile
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from docker.errors import ImageNotFound

from lab import __main__ as command
from lab.contract import MailKind, Sink, Trap
from lab.docker import images, recipes
from lab.docker.clock import PATIENCE, HostClock
from lab.docker.daemon import OWN, Engine, explain
from lab.docker.driver import happened_at, lines_in, logged_at
from lab.docker.inspection import alert_in, trap_in
from lab.docker.mail import ENDS, DockerMail, compose, host_of
from lab.docker.probing import Probing
from lab.docker.recipes import Recipe
from lab.docker.recorder import Recorder
from lab.docker.subnets import Plan
from lab.errors import LabError, NotReached
from lab.timeline import Kind, Timeline
from lab.under_test import UnderTest


def recipe(folder: Path, **arguments: str) -> Recipe:
    """Return a recipe of all files in a folder."""
    return Recipe("sample", tuple(recipes._files(folder, "")), tuple(arguments.items()))


def test_tag_changes_with_the_content(tmp_path: Path) -> None:
    """The same content has the same tag; another byte, name or argument has another."""
    (tmp_path / "Dockerfile").write_text("FROM scratch\n")
    first = recipe(tmp_path).tag()
    assert first.startswith("switchover/sample:")
    assert recipe(tmp_path).tag() == first
    assert recipe(tmp_path, BASE="x").tag() != first
    (tmp_path / "Dockerfile").write_text("FROM scratch\n\n")
    assert recipe(tmp_path).tag() != first


def test_caches_are_no_content(tmp_path: Path) -> None:
    """What Python or a linter leaves behind changes no image."""
    (tmp_path / "Dockerfile").write_text("FROM scratch\n")
    first = recipe(tmp_path).tag()
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__pycache__" / "a.pyc").write_bytes(b"x")
    assert recipe(tmp_path).tag() == first


def test_context_holds_the_files(tmp_path: Path) -> None:
    """The build context is a reproducible archive of the recipe's files."""
    (tmp_path / "Dockerfile").write_text("FROM scratch\n")
    content = recipe(tmp_path).context()
    assert content == recipe(tmp_path).context()
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        assert archive.getnames() == ["Dockerfile"]


def wrong_in(recipe: Recipe) -> list[str]:
    """Files of an image that have to do with the units that are wrong on purpose."""
    return [
        name
        for name, path in recipe.files
        if "wrong" in Path(name).parts or (name == "Dockerfile" and "wrong" in path.read_text(encoding="utf-8"))
    ]


def test_unit_image_holds_the_unit_and_the_manual() -> None:
    """The reference unit's image is made of its own Dockerfile, node/ and manual/."""
    names = [name for name, _ in recipes.unit().files]
    assert {"Dockerfile", "node/build.py"} <= set(names)
    assert any(name.startswith("manual/") for name in names)
    assert not any(name.endswith(".pyc") for name in names)


@pytest.mark.parametrize("release", recipes.RELEASES)
def test_the_products_image_holds_no_wrong_unit(release: str) -> None:
    """Nobody who has the product can run one by a typing error: neither files nor Dockerfile know of any."""
    assert wrong_in(recipes.unit(release)) == []


def test_a_wrong_unit_in_the_products_image_is_found(tmp_path: Path) -> None:
    """The search goes red for a folder of that name anywhere, and for a mention in the Dockerfile."""
    (tmp_path / "units.py").write_text("")
    (tmp_path / "Dockerfile").write_text("COPY wrong /opt/switchover/wrong\n")
    files = (("node/wrong/units.py", tmp_path / "units.py"), ("Dockerfile", tmp_path / "Dockerfile"))
    assert wrong_in(Recipe("unit", files)) == ["node/wrong/units.py", "Dockerfile"]


def test_a_wrong_units_image_is_a_layer_on_the_reference_units() -> None:
    """It holds the room of the wrong units and nothing of the reference, and changes with either."""
    recipe = recipes.wrong()
    names = [name for name, _ in recipe.files]
    assert {"Dockerfile", "wrong/catalogue.py", "wrong/linux/daemon.py"} <= set(names)
    assert all(name == "Dockerfile" or name.startswith("wrong/") for name in names)
    assert dict(recipe.arguments) == {"UNIT": recipes.unit().tag()}


def test_each_unit_of_a_pair_has_the_image_of_what_it_is() -> None:
    """The wrong unit's container is told its name; its peer is the reference unit, in the same releases."""
    tags = images.tags(UnderTest.named("S=wrong:keeps-its-address"))
    assert (tags.units["P"].first, tags.units["P"].command) == (recipes.unit().tag(), ())
    assert (tags.units["S"].first, tags.units["S"].command) == (recipes.wrong().tag(), ("keeps-its-address",))
    assert list(tags.units["S"].releases) == list(recipes.RELEASES)


def profile(folder: Path, text: str) -> str:
    """Return the name of a profile's file with this text."""
    path = folder / "vendor.toml"
    path.write_text(f'format = 1\nname = "a vendor\'s unit"\n{text}', encoding="utf-8")
    return str(path)


UPGRADES = """
[release]
first = "7.4"
next = "7.6"
image = "vendor/mail:7.6"
install = "load {release}"
codes = [66]
"""


def test_a_vendors_unit_has_the_images_that_are_named(tmp_path: Path) -> None:
    """By `--unit`, and the next release's by its profile; the command is the profile's."""
    described = profile(tmp_path, f'[container]\ncommand = ["/sbin/init"]\n{UPGRADES}')
    named = UnderTest.named("image:vendor/mail:7.4", profiles=[described])
    software = images.tags(named).units["P"]
    assert dict(software.releases) == {"7.4": "vendor/mail:7.4", "7.6": "vendor/mail:7.6"}
    assert (software.first, software.command) == ("vendor/mail:7.4", ("/sbin/init",))
    plain = images.tags(UnderTest.named("S=image:vendor/mail")).units["S"]
    assert (dict(plain.releases), plain.command, plain.profile.name) == ({"": "vendor/mail"}, (), "black box")


@pytest.mark.parametrize("missing", ["vendor/mail:7.4", "vendor/mail:7.6"])
def test_a_vendors_image_is_never_pulled(tmp_path: Path, missing: str) -> None:
    """Where it is not on the host nothing is built, and one line says what to do, and which field names it."""
    described = profile(tmp_path, UPGRADES)
    units = UnderTest.named("image:vendor/mail:7.4", profiles=[described])

    def get(tag: str) -> None:
        if tag == missing:
            raise ImageNotFound(tag)

    client: Any = SimpleNamespace(images=SimpleNamespace(get=get))
    with pytest.raises(LabError) as caught:
        images.ensure(client, units)
    which = "" if missing == "vendor/mail:7.4" else f", which {described} names in release.image"
    assert str(caught.value) == f"there is no image {missing} on this host{which}; build it, or docker pull {missing}"


def test_a_pair_of_vendors_units_needs_none_of_ours() -> None:
    """What is built for it is the lab's own alone; a wrong unit's image stands on the reference unit's."""
    assert list(images._recipes_of({"image"})) == []
    assert {recipe.name for recipe in images._recipes_of({"image", "reference"})} == {"unit"}
    assert [recipe.name for recipe in images._recipes_of({"wrong"})] == ["unit", "wrong", "unit", "wrong"]


def test_a_further_image_may_have_a_name_of_its_own() -> None:
    """For commands that a reader types: the hash is not for people."""
    tagged: list[tuple[str, str, str]] = []
    client: Any = SimpleNamespace(
        images=SimpleNamespace(get=lambda _tag: None), api=SimpleNamespace(tag=lambda *names: tagged.append(names))
    )
    tag = images.ensure_one(client, recipes.agent(), also="switchover/agent:1")
    assert tagged == [(tag, "switchover/agent", "1")]
    images.ensure_one(client, recipes.agent())
    assert len(tagged) == 1


def test_each_release_has_an_image_of_its_own() -> None:
    """The releases share every file and differ in one argument, so that only the last layers are built twice."""
    old, new = (recipes.unit(release) for release in recipes.RELEASES)
    assert old.files == new.files
    assert old.tag() != new.tag()
    assert images.tags(UnderTest()).units["P"].first == old.tag()


@pytest.mark.parametrize(
    ("line", "trap"),
    [
        ('{"trap": "fmlTrapSystemEvent", "event": 2, "serial": "x"}', Trap("fmlTrapSystemEvent", 2)),
        ('{"trap": "fmlTrapHAEvent", "event": 1, "reason": "alone"}', Trap("fmlTrapHAEvent", 1, "alone")),
        ('{"event": 1}', None),
        ("half a li", None),
        ('{"trap": "x", "event": Infinity}', None),
        ("[" * 100_000, None),
    ],
)
def test_traps_are_read_from_the_units_record(line: str, trap: Trap | None) -> None:
    """A line that is no trap is none."""
    assert trap_in(line, ("trap", "event", "reason")) == trap


def test_records_are_read_by_the_keys_of_their_profile() -> None:
    """Another unit calls the parts of a trap and the text of an alert by other names."""
    line = '{"oid": "fmlTrapHAEvent", "what": 3, "why": "down"}'
    assert trap_in(line, ("oid", "what", "why")) == Trap("fmlTrapHAEvent", 3, "down")
    assert alert_in('{"body": "it is off"}', "body") == "it is off"
    assert alert_in("no JSON", "body") == "no JSON"
    assert alert_in("[" * 100_000, "body") == "[" * 100_000


def test_message_carries_id_and_marker() -> None:
    """Each kind of message carries what it is to meet."""
    long = compose("s1-m0002", MailKind.LOCAL, "user@example.com", 5000)
    assert len(long) > 5000
    assert max(map(len, long.splitlines())) < 998
    assert long.rstrip().endswith(f"{ENDS}s1-m0002")
    text = compose("s1-m0001", MailKind.SPAM, "user@example.com")
    assert text.startswith("X-Test-Id: s1-m0001\n")
    assert "GTUBE" in text
    assert "X-Archive: yes" in compose("s1-m0001", MailKind.ARCHIVED, "user@example.com")
    assert host_of("10.9.3.100/24") == "10.9.3.100"


def test_log_lines_come_onto_the_labs_clock() -> None:
    """A unit's time of day becomes seconds on the lab's clock; a line without one has none."""
    stamp = re.compile(r"^(?P<time>\S+) (?P<date>\S+)")
    assert logged_at("00:00:10.500000 1970-01-01 msg", stamp, 5.0) == 15.5
    assert logged_at("noon today", stamp, 5.0) is None
    assert logged_at("nothing", stamp, 5.0) is None


@pytest.mark.parametrize(
    ("written", "at"), [(None, 10.0), (9.999, 9.999), (9.0, 9.0), (10.0, 10.0), (10.001, 10.0), (8.9, 10.0)]
)
def test_a_line_happened_before_it_arrived(written: float | None, at: float) -> None:
    """Its own time counts, unless the unit's clock is wrong: a whole second may have been cut off."""
    assert happened_at(written, 10.0) == at


def test_a_log_server_has_lines_of_a_log_without_their_priority() -> None:
    """What other sinks have received is none."""
    timeline = Timeline(0.0)
    timeline.add(1.0, Kind.REPORT, "P", sink=Sink.LOG_SERVER.value, text="<13>date=x msg=<1>y")
    timeline.add(2.0, Kind.REPORT, "P", sink=Sink.ALERT_MAIL.value, text="an alert", to="first@alerts.example")
    assert list(lines_in(timeline)) == [(1.0, "date=x msg=<1>y")]


@pytest.mark.parametrize(
    ("cause", "words"),
    [
        (PermissionError(13, "Permission denied"), "does not let this user in"),
        (FileNotFoundError(2, "No such file or directory"), "is not installed or not running"),
        (ConnectionRefusedError(111, "Connection refused"), "does not answer on its socket"),
        (OSError("odd"), "does not answer (odd)"),
    ],
)
def test_missing_docker_is_explained(cause: OSError, words: str) -> None:
    """Each way of having no Docker gets a clause of its own, and a hint."""
    error = explain(cause, Engine(OWN, "", {}))
    assert words in error.problem
    assert error.hint


def test_clock_waits_for_entries() -> None:
    """A condition is looked at again when something was observed, and a vain wait tells the last entries."""
    clock = HostClock()
    timeline = Timeline(clock.now())
    clock.follow(timeline)
    timeline.add(clock.now(), Kind.LOG, "P", message="hello")
    assert clock.wait_for(lambda: timeline.of(Kind.LOG), 1.0, "a log entry")
    with pytest.raises(NotReached, match="hello"):
        clock.wait_for(lambda: False, 0.01, "nothing")
    with pytest.raises(NotReached, match="ceased"):
        clock.hold(lambda: False, 0.01, "nothing")
    clock.hold(lambda: True, 0.01, "something")
    assert not clock.is_awaited
    ceased, held = timeline.of(Kind.WATCH)
    assert ceased.detail["seconds"] < held.detail["seconds"] == 0.01
    assert held.subject == "something"


def test_clock_does_not_wake_itself() -> None:
    """What a look itself enters, as a question to a unit does, is no reason to look again at once."""
    clock = HostClock()
    timeline = Timeline(clock.now())
    clock.follow(timeline)
    looks: list[float] = []

    def asks() -> bool:
        looks.append(clock.now())
        timeline.add(clock.now(), Kind.CLI, "P", line="show")
        return False

    with pytest.raises(NotReached):
        clock.wait_for(asks, 0.3, "nothing")
    pairs = list(itertools.pairwise(looks))[:-1]  # no pause goes beyond the deadline
    assert all(after - before >= PATIENCE for before, after in pairs)
    looks.clear()
    clock.hold(lambda: not asks(), 0.3, "nothing")
    assert all(after - before >= PATIENCE for before, after in list(itertools.pairwise(looks))[:-1])


def test_clock_has_an_expensive_look_less_often() -> None:
    """After a look the clock waits three times as long as it took, however much is observed meanwhile."""
    clock = HostClock()
    timeline = Timeline(clock.now())
    clock.follow(timeline)
    looks: list[tuple[float, float]] = []

    def expensive() -> bool:
        begun = clock.now()
        threading.Event().wait(0.03)
        timeline.add(clock.now(), Kind.LOG, "P", message="hello")
        looks.append((begun, clock.now()))
        return False

    with pytest.raises(NotReached):
        clock.wait_for(expensive, 0.5, "nothing")
    assert len(looks) > 2
    pairs = list(itertools.pairwise(looks))[:-1]  # no pause goes beyond the deadline
    assert all(after[0] - before[1] >= 3 * (before[1] - before[0]) for before, after in pairs)


def test_missing_docker_has_its_exit_code(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Without Docker a lab cannot be had: exit code 3, one line with a hint."""
    monkeypatch.setenv("DOCKER_HOST", "unix:///nonexistent/docker.sock")
    assert command.main(["up"]) == command.HARNESS
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert "the Docker engine at unix:///nonexistent/docker.sock, named by DOCKER_HOST, is not installed" in told


def test_probes_and_sessions_end_once_for_each_scenario() -> None:
    """At its end, and before the next one only if that end was not reached, or somebody else has left them."""
    asked = list[str]()
    note = lambda do, **_: asked.append(do)  # noqa: E731 - one of a record
    agent: Any = SimpleNamespace(ask=note, tell=note)
    mail = DockerMail(
        agent, agent, Plan(97), Recorder(), probing=Probing(agent), hardware={}, greetings={}, passwords={}
    )
    mail.stop()
    mail.stop()
    end = ["unwatch", "sessions-close", "take", "run"]
    assert asked == end
    mail.begin()
    mail.stop()
    mail.stop()
    assert asked == [*end, "watch", *end]

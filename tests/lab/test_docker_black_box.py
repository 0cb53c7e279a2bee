"""The reference unit's image as a vendor's: no volume, no file, no exec, a fresh container for each scenario."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import docker
import pytest

from lab.arguments import interpreter
from lab.contract import Capability, Mode
from lab.docker import names, recipes
from lab.docker.driver import DockerLab, open_lab
from lab.errors import BootFailed
from lab.registry import Options
from lab.standard_pair import configure
from lab.timeline import Kind
from lab.under_test import UnderTest

pytestmark = pytest.mark.docker

SETTLE = 30.0
RESTART = 64


@pytest.fixture(scope="module")
def lab(unit_image: str) -> Iterator[DockerLab]:
    """Build one lab for the tests that leave the units alone, or let them be reset."""
    with opened(unit_image) as made:
        yield made


@contextmanager
def opened(image: str, *profile: str) -> Iterator[DockerLab]:
    """Build a lab with two units of an image."""
    made = open_lab(Options(run="tests", units=UnderTest.named(f"image:{image}", profiles=profile)))
    assert isinstance(made, DockerLab)
    try:
        yield made
    finally:
        made.close()


@contextmanager
def built(client: docker.DockerClient, name: str, unit_image: str, lines: str) -> Iterator[str]:
    """Build an image on the reference unit's, and remove it again."""
    tag = f"switchover/tests:{name}"
    client.images.build(fileobj=io.BytesIO(f"FROM {unit_image}\n{lines}\n".encode()), tag=tag, rm=True)
    try:
        yield tag
    finally:
        client.images.remove(tag)


def described(folder: Path, container: str) -> str:
    """Return the name of a profile with this line about the container."""
    path = folder / "vendor.toml"
    path.write_text(f'format = 1\nname = "a vendor of tests"\n[container]\n{container}\n', encoding="utf-8")
    return str(path)


def containers(client: docker.DockerClient, lab: DockerLab) -> dict[str, docker.models.containers.Container]:
    """Return the containers of a lab by their part."""
    found = client.containers.list(filters={"label": f"{names.LAB}={lab.badge.lab}"})
    return {each.labels[names.PART]: each for each in found}


def healthy(lab: DockerLab) -> None:
    """Let both units become a healthy pair."""
    for unit, peer in ((lab.primary, lab.secondary), (lab.secondary, lab.primary)):
        configure(unit, peer, lab.mail.virtual_address)
    lab.clock.wait_for(
        lambda: (lab.primary.effective_mode(), lab.secondary.effective_mode()) == (Mode.PRIMARY, Mode.SECONDARY),
        SETTLE,
        "the pair is healthy",
    )


def test_no_agent_sees_a_file_of_the_unit(client: docker.DockerClient, lab: DockerLab) -> None:
    """The lab has no volume at all, and nothing is mounted in any of its containers."""
    mounts = {part: each.attrs["Mounts"] for part, each in containers(client, lab).items()}
    assert mounts.keys() >= {"chassis-p", "unit-p", "client"}
    assert not any(mounts.values())
    assert not client.api.volumes(filters={"label": f"{names.LAB}={lab.badge.lab}"})["Volumes"]


def test_what_the_lab_cannot_do_has_a_reason(lab: DockerLab) -> None:
    """The facts name the profile, and what the unit prints as its release."""
    assert {Capability.STORAGE, Capability.SAYINGS, Capability.CRASH, Capability.HEARTBEAT} <= lab.reasons.keys()
    assert lab.capabilities == frozenset(Capability) - lab.reasons.keys()
    assert lab.facts["unit profile"].startswith("black box (black-box, ")
    assert lab.facts["unit version"] == f"black box {recipes.RELEASES[0]}"
    assert lab.releases == ("",)


def test_a_scenario_begins_with_fresh_containers(client: docker.DockerClient, lab: DockerLab) -> None:
    """They are new ones, the units are off, and nothing of the scenario before is left."""
    lab.begin("one")
    healthy(lab)
    assert "primary" in lab.primary.cli("show system ha").text
    before = {part: each.id for part, each in containers(client, lab).items()}
    lab.begin("another")
    after = {part: each.id for part, each in containers(client, lab).items()}
    assert {part for part in before if before[part] != after[part]} == {"unit-p", "unit-s"}
    for unit in (lab.primary, lab.secondary):
        assert unit.configured_mode() == "off"
        assert unit.addresses("port3") == {unit.own_address("port3"), unit.own_address6("port3")}
    assert "set mode primary" not in lab.primary.cli("show system ha").text
    healthy(lab)
    lab.clock.wait_for(lambda: lab.heard("P") and lab.heard("S"), SETTLE, "both hear each other")


def test_settings_outlive_a_loss_of_power_without_a_volume(lab: DockerLab) -> None:
    """The container's own layer is its disk."""
    lab.begin("power")
    healthy(lab)
    lab.secondary.power_off()
    lab.secondary.power_on()
    assert lab.secondary.configured_mode() == "secondary"
    lab.clock.wait_for(lambda: lab.secondary.effective_mode() is Mode.SECONDARY, SETTLE, "the secondary is back")


def test_what_a_unit_puts_into_the_packet_filter_goes_with_its_power(lab: DockerLab) -> None:
    """A machine that starts has no rule of the run before; the lab's own tables stay."""
    lab.begin("a firewall")
    agent = lab.testbed.rack.chassis("P")
    before = agent.ask("run", command="nft list tables")["out"]
    agent.ask("run", command="nft add table inet vendor")
    assert "table inet vendor" in agent.ask("run", command="nft list tables")["out"]
    lab.primary.power_off()
    lab.primary.power_on()
    after = agent.ask("run", command="nft list tables")["out"]
    assert after == before
    assert "table inet switchover\n" in after


# The lab of this module is used no more: Toxiproxy's client knows one server in a process.


def test_a_volume_of_the_images_own_goes_with_its_container(client: docker.DockerClient, unit_image: str) -> None:
    """It outlives a loss of power, and nothing of it is left behind by a reset."""
    with built(client, "volume", unit_image, "VOLUME /kept") as image, opened(image) as lab:
        (mount,) = containers(client, lab)["unit-p"].attrs["Mounts"]
        lab.primary.power_off()
        lab.primary.power_on()
        assert containers(client, lab)["unit-p"].attrs["Mounts"] == [mount]
        lab.begin("a scenario")
        standing = {each.name for each in client.volumes.list()}
        assert mount["Name"] not in standing
        left = {containers(client, lab)[part].attrs["Mounts"][0]["Name"] for part in ("unit-p", "unit-s")}
    assert not left & {each.name for each in client.volumes.list()}


def test_a_unit_that_ends_with_a_restart_code_is_started_again(
    client: docker.DockerClient, unit_image: str, tmp_path: Path
) -> None:
    """The lab waits as long as the restart is to take; meanwhile the unit has power and answers nobody."""
    command = f'CMD ["sh", "-c", "/usr/bin/python3 -m node.linux; exit {RESTART}"]'
    profile = described(tmp_path, f"restart_codes = [{RESTART}]")
    with built(client, "restart", unit_image, command) as image, opened(image, profile) as lab:
        assert Capability.BOOT_DELAY in lab.capabilities
        lab.begin("a scenario")
        lab.secondary.set_boot_time(3.0)
        asked = lab.clock.now()
        assert lab.secondary.cli("execute shutdown", "y").accepted
        lab.clock.wait_for(lambda: not lab.secondary.addresses("port3"), SETTLE, "its machine is down")
        assert lab.secondary.is_powered()
        assert lab.secondary.effective_mode() is Mode.UNREACHABLE
        lab.clock.wait_for(lambda: lab.secondary.effective_mode() is Mode.OFF, SETTLE, "it is back")
        assert lab.clock.now() - asked >= 3.0
        assert not lab.timeline.of(Kind.FAULT, "S")


def test_an_image_that_ends_at_once_is_told_and_leaves_nothing(client: docker.DockerClient, unit_image: str) -> None:
    """Its exit code, its last words, what to look at, and the command that looks closer."""
    with built(client, "false", unit_image, 'CMD ["sh", "-c", "echo no licence; exit 3"]') as image:
        with pytest.raises(BootFailed) as caught, opened(image):
            pass
        told = str(caught.value)
        assert "'s container ended with 3 after " in told
        assert "its last words: no licence; look at container.command and container.environment" in told
        assert told.endswith(f"; `{interpreter()} -m lab check image:{image}` looks closer")
        assert not [each for each in client.containers.list(all=True) if each.attrs["Config"]["Image"] == image]


def test_an_image_whose_command_is_not_in_it_is_told(client: docker.DockerClient, unit_image: str) -> None:
    """Docker itself refuses to start it."""
    with (
        built(client, "nothing", unit_image, 'CMD ["/no/such/program"]') as image,
        pytest.raises(BootFailed, match=r"container does not start .*/no/such/program.* look at container.command"),
        opened(image),
    ):
        pass


def test_a_fresh_container_on_a_volume_finds_it_empty(unit_image: str, tmp_path: Path) -> None:
    """The unit keeps its settings there: they outlive a loss of power, and not a reset."""
    with opened(unit_image, described(tmp_path, 'volume = "/data"')) as lab:
        lab.begin("one")
        healthy(lab)
        lab.primary.power_off()
        lab.primary.power_on()
        assert lab.primary.configured_mode() == "primary"
        lab.begin("another")
        assert [unit.configured_mode() for unit in (lab.primary, lab.secondary)] == ["off", "off"]

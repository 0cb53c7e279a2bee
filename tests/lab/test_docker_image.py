"""Each unit that ships as an image is built, lets its operator in, and forms a pair, as its profile says."""

from __future__ import annotations

from collections.abc import Iterator

import docker
import pytest

from lab.contract import Mode
from lab.docker.driver import DockerLab, open_lab
from lab.docker.images import ensure_named
from lab.registry import Options
from lab.standard_pair import configure
from lab.timeline import Kind
from lab.under_test import UnderTest

pytestmark = pytest.mark.docker

SETTLE = 30.0


@pytest.fixture(scope="module", params=["foreign", "twin"])
def lab(client: docker.DockerClient, request: pytest.FixtureRequest) -> Iterator[DockerLab]:
    """Build a lab of two such units for all tests of this module."""
    name = str(request.param)
    units = UnderTest.named(f"image:{ensure_named(client, name)}", profiles=[name])
    opened = open_lab(Options(run="tests", units=units))
    assert isinstance(opened, DockerLab)
    opened.begin("a test")
    yield opened
    opened.close()


def test_each_unit_lets_its_operator_in(lab: DockerLab) -> None:
    """By its own login, prompt and page: both modes are off, and a line that makes no sense is refused."""
    for unit in (lab.primary, lab.secondary):
        assert (unit.configured_mode(), unit.effective_mode()) == ("off", Mode.OFF)
        assert not unit.cli("xyzzy").accepted


def test_a_unit_that_is_ordered_to_reboot_comes_back(lab: DockerLab) -> None:
    """Also while its operator is logged in, as the lab always is: who is cut off sees that it was down for a moment."""
    asked = lab.clock.now()
    assert lab.secondary.cli("execute reboot", "y").accepted

    def was_down() -> bool:
        changes = lab.timeline.of(Kind.ROLE, "S", since=asked)
        return any(change.detail["new"] == Mode.UNREACHABLE.value for change in changes)

    lab.clock.wait_for(was_down, SETTLE, "the secondary goes down")
    lab.clock.wait_for(lambda: lab.secondary.effective_mode() is Mode.OFF, SETTLE, "the secondary is back")


def test_a_pair_forms_and_the_other_takes_over(lab: DockerLab) -> None:
    """One leads, the other hears it; when the first loses its power, the virtual address moves."""
    for unit, peer in ((lab.primary, lab.secondary), (lab.secondary, lab.primary)):
        configure(unit, peer, lab.mail.virtual_address, {"hb-lost-threshold": "3"})
    modes = (Mode.PRIMARY, Mode.SECONDARY)
    lab.clock.wait_for(
        lambda: (lab.primary.effective_mode(), lab.secondary.effective_mode()) == modes, SETTLE, "the pair is healthy"
    )
    lab.clock.wait_for(lambda: lab.timeline.of(Kind.HEARTBEAT, "S"), SETTLE, "the secondary hears the primary")
    lab.clock.wait_for(lambda: lab.mail.answering(lab.mail.virtual_address) == "P", SETTLE, "the primary serves mail")
    assert lab.mail.send().outcome == "accepted"
    lab.primary.power_off()
    lab.clock.wait_for(lambda: lab.mail.answering(lab.mail.virtual_address) == "S", SETTLE, "the secondary serves mail")
    assert lab.mail.send().outcome == "accepted"

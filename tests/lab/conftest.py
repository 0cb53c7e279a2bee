"""What tests on real containers share."""

from __future__ import annotations

from collections.abc import Iterator

import docker
import pytest

from lab.docker import images
from lab.docker.daemon import connect
from lab.errors import DockerMissing
from lab.under_test import UnderTest


@pytest.fixture(scope="module")
def client() -> Iterator[docker.DockerClient]:
    """Return a client of Docker; skip where there is none."""
    try:
        docker_client = connect()
    except DockerMissing as error:
        pytest.skip(str(error))
    yield docker_client
    docker_client.close()


@pytest.fixture(scope="module")
def unit_image(client: docker.DockerClient) -> str:
    """Return the reference unit's image."""
    return images.ensure(client, UnderTest()).units["P"].first

"""What the reaper does when Docker does not let go of a leftover."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from docker.errors import APIError

from lab.docker import names, reaper
from lab.errors import LabError


class PaperDocker:
    """Knows one network of a dead run, and does not remove it."""

    def __init__(self, answer: str) -> None:
        """Answer every removal with these words."""
        labels = {names.LAB: "0badcafe", names.RUN: "r", names.OWNER: "1 1 another-boot pid"}
        self.api = SimpleNamespace(
            containers=lambda **_: [],
            networks=lambda **_: [{"Id": "n", "Labels": labels}],
            volumes=lambda **_: {"Volumes": []},
            remove_network=self._refuse,
        )
        self._answer = answer

    def _refuse(self, _identity: str) -> None:
        raise APIError("500", explanation=self._answer)


@pytest.fixture
def dead_owner(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every owner be certainly dead."""
    monkeypatch.setattr(names, "is_gone", lambda _owner: True)


@pytest.mark.usefixtures("dead_owner")
def test_a_network_that_docker_cannot_let_go_keeps_no_lab_from_starting() -> None:
    """It stays, and is not counted as removed."""
    docker: Any = PaperDocker("error while removing network: n has active endpoints")
    assert reaper.reap(docker) == []


@pytest.mark.usefixtures("dead_owner")
def test_any_other_refusal_is_told() -> None:
    """Whoever runs the suite must know that something is wrong with Docker."""
    docker: Any = PaperDocker("no space left on device")
    with pytest.raises(LabError, match="0badcafe"):
        reaper.reap(docker)

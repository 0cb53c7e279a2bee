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


class PaperShelf:
    """Holds a network for each lab, and lets go of those that it may."""

    def __init__(self, labs: dict[str, tuple[str, str]], *stuck: str) -> None:
        """Hold these labs, each with its run and owner."""
        self.labs = labs
        self._stuck = stuck
        self.api = SimpleNamespace(
            containers=lambda **_: [],
            networks=lambda filters: [self._network(lab) for lab in self.labs if filters["label"] in self._told(lab)],
            volumes=lambda **_: {"Volumes": []},
            remove_network=self._remove,
        )

    def _told(self, lab: str) -> set[str]:
        return {names.LAB, f"{names.LAB}={lab}"}

    def _network(self, lab: str) -> dict[str, Any]:
        run, owner = self.labs[lab]
        return {"Id": lab, "Labels": {names.LAB: lab, names.RUN: run, names.OWNER: owner}}

    def _remove(self, lab: str) -> None:
        if lab in self._stuck:
            raise APIError("500", explanation="no space left on device")
        del self.labs[lab]


def test_the_end_of_a_run_removes_its_labs_and_no_others() -> None:
    """Its own process uses none any more; a process that lives does, and what another run left is not its business."""
    dead, living, own = "1 1 another-boot pid", names.BY_HAND, names.this_process().text()
    labs = {"a": ("this", dead), "b": ("this", own), "c": ("this", living), "d": ("another", dead), "e": ("this", dead)}
    docker: Any = PaperShelf(dict(labs), "e")
    assert reaper.clear_away(docker, "this") == ["c", "e"]
    assert docker.labs.keys() == {"c", "d", "e"}

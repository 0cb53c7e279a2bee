"""Removes the leftovers of killed runs: only what carries our label and belongs to a process that is certainly dead."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass

import docker
from docker.errors import APIError

from lab.docker import names
from lab.docker.daemon import refused
from lab.docker.rack import remove_lab

STUCK = "has active endpoints"
"""Docker's error for a network that it cannot remove."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A lab that exists in Docker: id, run, owner label, and the names of its containers."""

    lab: str
    run: str
    owner: str
    containers: tuple[str, ...]

    @property
    def is_by_hand(self) -> bool:
        """Whether it is a lab by hand, which outlives the process that made it."""
        return self.owner == names.BY_HAND

    @property
    def is_orphan(self) -> bool:
        """Whether its owner is certainly dead."""
        return names.is_gone(self.owner)


def standing(client: docker.DockerClient) -> list[Standing]:
    """Every lab with an existing container, network or volume."""
    wanted = {"label": names.LAB}
    try:
        containers = client.api.containers(all=True, filters=wanted)
        networks = client.api.networks(filters=wanted)
        volumes = client.api.volumes(filters=wanted)["Volumes"] or []
    except APIError as error:
        raise refused(error, "looking for labs") from error
    found: dict[str, Mapping[str, str]] = {}
    parts: dict[str, list[str]] = {}
    for each in [*networks, *volumes, *containers]:
        labels = each["Labels"] or {}
        found[labels[names.LAB]] = labels
    for each in containers:
        parts.setdefault(each["Labels"][names.LAB], []).append(str(each["Names"][0]).lstrip("/"))
    return [
        Standing(lab, labels.get(names.RUN, ""), labels.get(names.OWNER, ""), tuple(sorted(parts.get(lab, []))))
        for lab, labels in found.items()
    ]


def reap(client: docker.DockerClient) -> list[str]:
    """Remove the labs of dead owners and return their ids.

    A network to which Docker still counts a removed container stays until Docker is restarted. That does no
    harm, since new labs use other subnets.
    """
    removed = []
    for lab in [each.lab for each in standing(client) if each.is_orphan]:
        try:
            remove_lab(client, lab)
        except APIError as error:
            if STUCK in str(error.explanation):
                continue
            raise refused(error, f"removing the leftover lab {lab}") from error
        removed.append(lab)
    return removed


def clear_away(client: docker.DockerClient, run: str) -> list[str]:
    """Remove a run's labs whose owner is dead or is this process, and return the ids of its labs that stay.

    For the end of a run, when this process uses none of them any more.
    """

    def left() -> list[Standing]:
        return [each for each in standing(client) if each.run == run]

    own = names.this_process().text()
    for each in left():
        if each.is_orphan or each.owner == own:
            with contextlib.suppress(APIError):  # what stays is told
                remove_lab(client, each.lab)
    return [each.lab for each in left()]

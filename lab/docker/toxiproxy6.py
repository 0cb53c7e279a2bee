"""Gives Toxiproxy its IPv6 addresses when a scenario first needs them: its image has no tool for that."""

from __future__ import annotations

from docker.errors import APIError

from lab.contract import Family
from lab.docker.daemon import refused
from lab.docker.rack import CAPABILITIES, Rack
from lab.docker.subnets import HEARTBEAT_PORTS
from lab.errors import LabError

PART = "toxiproxy-hand"
"""A short-lived container in Toxiproxy's namespace."""


def give_addresses(rack: Rack) -> None:
    """Put the addresses beside the IPv4 ones, wherever they are missing. Raises LabError."""
    api, plan = rack.client.api, rack.plan
    steps = [
        f"set -- $(ip -o address show to {plan.address('toxiproxy', port)}/32)"
        f" && ip address replace {plan.with_mask('toxiproxy', port, Family.IPV6)} dev $2 nodad"
        for port in HEARTBEAT_PORTS.values()
    ]
    try:
        identity = api.create_container(
            rack.images.agent,
            name=rack.badge.name(PART),
            labels=rack.badge.labels(PART),
            entrypoint=["sh", "-c"],
            command=[" && ".join(steps)],
            host_config=api.create_host_config(
                network_mode=f"container:{rack.badge.name('toxiproxy')}", cap_add=CAPABILITIES
            ),
        )["Id"]
        api.start(identity)
        code = api.wait(identity)["StatusCode"]
        said = api.logs(identity).decode(errors="replace").strip() if code else ""
        api.remove_container(identity)
    except APIError as error:
        raise refused(error, "giving Toxiproxy its IPv6 addresses") from error
    if code:
        raise LabError(f"Toxiproxy got no IPv6 addresses ({said})", "look whether the host's kernel has IPv6")

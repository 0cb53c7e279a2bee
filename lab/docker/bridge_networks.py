"""Two networks that only the units' Layer 2 bridges connect, and a neighbour that counts the copies of a frame."""

from __future__ import annotations

import uuid

from lab.contract import Crossing
from lab.docker.names import UNITS
from lab.docker.rack import Rack
from lab.docker.subnets import BRIDGE_PORTS

WITHIN = 0.1
"""Seconds for all copies of a frame to arrive; a bridge passes one on within a fraction of a millisecond."""


class DockerBridgeNetworks:
    """`lab.contract.BridgeNetworks`."""

    def __init__(self, rack: Rack) -> None:
        """Make the networks. Raises LabError."""
        first, second = BRIDGE_PORTS
        self.ports = first, second
        self._rack = rack
        self._neighbour = rack.lay_bridge_networks()

    def cross(self) -> Crossing:
        """Send one frame and count its copies at the neighbour, and those that each unit sends out."""
        token = uuid.uuid4().hex
        near, far = self.ports
        reply = self._neighbour.ask("cross", interface=near, token=token, within=WITHIN)
        arrived = reply["arrived"]
        through = {unit: int(self._rack.chassis(unit).ask("passed", token=token)["copies"]) for unit in UNITS}
        return Crossing(int(arrived[far]), int(arrived[near]), through)

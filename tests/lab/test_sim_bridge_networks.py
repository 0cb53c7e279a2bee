"""Bridges in the embedded lab: what crosses them, once, never or in circles."""

from __future__ import annotations

from lab.contract import Crossing, Lab, Mode
from tests.lab.sim_pair import healthy, new_lab, until

BRIDGED = ("set failover port2 bridge 0.0.0.0/0", "set failover port4 bridge 0.0.0.0/0")


def bridging(unit: str = "reference") -> Lab:
    """Return a healthy pair in transparent mode that bridges port2 and port4."""
    lab = new_lab(unit=unit)
    for each in (lab.primary, lab.secondary):
        each.cli("config system global", "set operation-mode transparent", "end")
    return healthy(lab, *BRIDGED)


def test_a_frame_crosses_the_primary_only() -> None:
    """One copy arrives, through P, and none comes back."""
    lab = bridging()
    assert lab.primary.bridged() == {"port2", "port4"}
    assert lab.bridge_networks().cross() == Crossing(1, 0, {"P": 1, "S": 0})


def test_nothing_crosses_without_a_bridge() -> None:
    """Without power, with a cable out, or without the action, a frame stays where it is."""
    assert new_lab().bridge_networks().cross() == Crossing(0, 0, {"P": 0, "S": 0})
    lab = bridging()
    lab.primary.pull_cable("port4")
    assert lab.bridge_networks().cross().arrived == 0
    lab.primary.plug_cable("port4")
    lab.primary.power_off()
    assert lab.bridge_networks().cross().arrived == 0
    until(lab, lab.secondary, Mode.PRIMARY)
    assert lab.bridge_networks().cross() == Crossing(1, 0, {"P": 0, "S": 1})


def test_two_bridges_make_a_loop_that_shows() -> None:
    """Copies arrive twice and come back, and the lab stays alive."""
    crossing = bridging("wrong:always-bridges").bridge_networks().cross()
    assert crossing.arrived > 1
    assert crossing.returned > 0

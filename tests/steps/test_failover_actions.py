"""What is read of failover actions from the settings that a unit shows."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

from steps.failover_actions import Row, shown
from steps.scene import Scene

PAGE = """config system ha
    set failover port2 set 10.0.2.77/24
    config interface
        edit port3
            set status use-vip
            set virtual-ip 10.0.3.100/24
        next
    end
    config service
        edit local-ports
            set status enable
        next
    end
end
"""


def test_the_status_of_a_service_is_no_failover_action() -> None:
    """Only entries of config interface have an action in their status; entries of config service do not."""
    scene = cast("Scene", SimpleNamespace(unit=lambda _: SimpleNamespace(cli=lambda _: SimpleNamespace(text=PAGE))))
    assert shown(scene, "P") == {
        "port2": Row("port2", "set", "10.0.2.77/24"),
        "port3": Row("port3", "add", "10.0.3.100/24"),
    }

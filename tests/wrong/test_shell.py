"""Shells that are wrong on purpose: each in one way, and like the reference's in every other."""

from __future__ import annotations

import pytest

from node.build import REFERENCE
from node.engine.modes import Effective
from tests.node.cli_desk import Desk
from wrong.catalogue import build

PORT3 = ("config system ha", "config interface", "edit port3")


def said(name: str, *lines: str, desk: Desk | None = None) -> tuple[str, bool]:
    """What the last line printed on this unit, and whether it was refused."""
    unit = REFERENCE if name == "reference" else build(name)
    shell = unit.shell(desk or Desk())
    text = [shell.feed(line) for line in lines][-1]
    return text, shell.refused


def test_a_unit_that_is_wrong_elsewhere_prints_as_the_reference_does() -> None:
    """Prompt, text, refusal and farewell are the reference's where no page is wrong."""
    true, told = REFERENCE.shell(Desk()), build("never-takes-over").shell(Desk())
    for line in ("get system status", "config system ha", "set mode nonsense", "end", "exit"):
        assert (told.feed(line), told.refused, told.prompt, told.closed) == (
            true.feed(line),
            true.refused,
            true.prompt,
            true.closed,
        )
    assert told.closed


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("offers-everything", (*PORT3, "set virtual-ip 10.0.3.100/24")),
        ("takes-malformed-actions", ("config system ha", "set failover port3 lend 10.0.3.100/24")),
        ("bridges-in-every-mode", ("config system ha", "set failover port4 bridge 0.0.0.0/0")),
        ("bridges-in-every-mode", (*PORT3, "set status add-to-bridge")),
    ],
)
def test_lax_shells_refuse_nothing_of_one_kind(name: str, lines: tuple[str, ...]) -> None:
    """What the reference refuses they take for accepted, and still refuse the rest."""
    assert said("reference", *lines)[1]
    assert said(name, *lines) == ("", False)
    assert said(name, *PORT3, "set heartbeat-status tertiary")[1]


def test_lying_shells_print_something_else() -> None:
    """One default is printed wrongly, the other settings as they are."""
    get = (*PORT3, "get")
    assert "status : use-vip" in said("adds-by-default", *get)[0]
    assert "heartbeat-status : disable" in said("adds-by-default", *get)[0]
    shown = said("invents-an-address", *PORT3, "set status use-vip", "get")[0]
    assert "virtual-ip : 192.0.2.1/24" in shown


def test_rows_are_hidden_while_the_unit_follows() -> None:
    """A secondary shows no failover actions; any other unit does."""
    desk = Desk()
    desk.enter("config system ha", "set failover port3 add 10.0.3.100/24", "end")
    assert "virtual-ip" in said("hides-the-rows-on-the-secondary", "show system ha", desk=desk)[0]
    desk.effective = Effective.SECONDARY
    assert "virtual-ip" not in said("hides-the-rows-on-the-secondary", "show system ha", desk=desk)[0]
    assert "virtual-ip" in said("reference", "show system ha", desk=desk)[0]


def test_a_virtual_address_is_offered_only_where_it_is_called_for() -> None:
    """`get` and `?` leave it out while the action is ignore-vip, and have it with use-vip."""
    desk = Desk()
    assert "virtual-ip" not in desk.enter(*PORT3, "get", "set ?")
    assert desk.enter("set status use-vip", "get", "set ?").count("virtual-ip6") == 2

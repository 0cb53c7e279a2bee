"""The standard pair takes the manual's defaults for granted, and is entered as the document wants it."""

from __future__ import annotations

import pytest

from lab.contract import Family
from lab.errors import LabError
from lab.standard_pair import PAIR, configure, failover_line, lines, quoted, unquoted
from manual import settings
from tests.lab.sim_pair import new_lab

ADDRESS = "10.0.3.100/24"


def test_its_defaults_are_those_of_the_manual() -> None:
    """What counts as unset in the lab is what the document says a unit has then."""
    defaults = {each.keyword: each.default for each in settings() if each.path[0] == "system ha"}
    assert PAIR.password == defaults["password"]
    assert str(PAIR.base_port) == defaults["hb-base-port"]
    assert f"{PAIR.detection:g}" == defaults["hb-lost-threshold"]
    assert PAIR.on_failure == defaults["on-failure"]


def test_the_mode_comes_after_what_every_mode_offers_and_failover_actions_on_the_primary_only() -> None:
    """A unit may offer some settings only in the mode of a pair; what the primary shares the secondary copies."""
    settings = {"mail-data-sync": "disable", "a": "b"}
    entered = {name: lines(name, ("links",), actions=("share",), settings=settings) for name in PAIR.configured}
    backup = "set mail-data-sync disable"
    assert entered["P"] == ("config system ha", "set a b", "share", "links", "set mode primary", backup, "end")
    assert entered["S"] == ("config system ha", "set a b", "links", "set mode secondary", backup, "end")


@pytest.mark.parametrize("value", ["", "plain", "two  spaces ", 'a "quote" and \\ a backslash', '"', "\\"])
def test_a_value_in_quotes_is_read_as_it_was_meant(value: str) -> None:
    """Whatever it holds; one without quotes is what it says."""
    assert unquoted(quoted(value)) == value
    assert unquoted("plain") == "plain"


def test_addresses_of_both_families_end_alike() -> None:
    """One can be read off the other, and labs on one host have networks of their own."""
    assert PAIR.address("port6", "S") == "10.0.6.2/24"
    assert PAIR.address("port6", "S", Family.IPV6) == "fd53:7769:0:6::2/64"
    assert PAIR.network("port6", lab=97) == "10.97.6."


def test_settings_that_a_unit_refuses_are_the_labs_trouble() -> None:
    """Without them there is no pair that could be judged."""
    lab = new_lab()
    with pytest.raises(LabError, match="unit P refused its settings"):
        configure(lab.primary, lab.secondary, "no address")
    assert failover_line(ADDRESS) == "set failover port3 add 10.0.3.100/24"

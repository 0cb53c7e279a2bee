"""The shell's top level: prompts, pages, orders and questions, and what it refuses."""

from __future__ import annotations

import pytest

from node.cli import QUESTION
from node.engine.modes import Effective, Rank
from node.settings import Configuration, checksum
from node.settings.schema import objects
from tests.node.cli_desk import Desk

HA = "system ha"
SECRET = "not-for-your-eyes"  # noqa: S105 - the text that must not be seen


def paired(mode: str = "primary") -> Desk:
    """Sit at one half of a healthy pair."""
    configuration = Configuration.factory()
    for path, value in (
        ((HA, "mode"), mode),
        ((HA, "password"), SECRET),
        ((HA, "heartbeat-1-interface"), "port6"),
        ((HA, "heartbeat-2-interface"), "port5"),
        ((HA, "failover"), "port3 add 10.0.3.100/24"),
    ):
        configuration = configuration.with_value(path, value)
    desk = Desk(configuration)
    desk.effective = Effective(mode)
    desk.peer = Effective.SECONDARY if mode == "primary" else Effective.PRIMARY
    desk.links = {Rank.PRIMARY: True, Rank.SECONDARY: True}
    return desk


def test_prompts() -> None:
    """The prompt is the host name, and in a scope the object in parentheses, one level at a time."""
    desk = Desk()
    seen = [desk.shell.prompt]
    for line in ("config system ha", "config interface", "edit port3", "end", "end"):
        desk.enter(line)
        seen.append(desk.shell.prompt)
    assert seen == ["unit-p # ", *(f"unit-p ({name}) # " for name in ("ha", "interface", "port3", "ha")), "unit-p # "]


def test_prompt_of_a_long_object() -> None:
    """The prompt names an object by its last word."""
    desk = Desk()
    desk.enter("config log alertemail recipient")
    assert desk.shell.prompt == "unit-p (recipient) # "


def test_system_status_alone() -> None:
    """A unit without HA prints its modes."""
    lines = Desk().enter("get system status").splitlines()
    assert "Version: Switchover 0.1" in lines
    assert "Serial-Number: FE00000001" in lines
    assert "HA configured mode: off" in lines
    assert "HA effective mode: off" in lines


def test_system_status_in_a_group() -> None:
    """Configured and effective mode are told apart."""
    desk = paired()
    desk.effective = Effective.HOLD_OFF
    lines = desk.enter("get system status").splitlines()
    assert lines[-2:] == ["HA configured mode: primary", "HA effective mode: hold-off"]


def test_ha_status_disabled() -> None:
    """With HA off, the status page says so and offers nothing else."""
    assert Desk().enter("get system ha status") == "HA mode is currently disabled\n"


def test_ha_status_of_a_pair() -> None:
    """The status page names modes, links with their interfaces, and the peer; a schedule is the secondary's."""
    page = paired().enter("get system ha status")
    assert "Configured Operating Mode: primary\nEffective Operating Mode: primary\n" in page
    assert "Heartbeat primary (port6): OK\nHeartbeat secondary (port5): OK\nPeer effective mode: secondary\n" in page
    assert "Monitor" not in page


def test_ha_status_names_a_failed_link() -> None:
    """Each link has its own state."""
    desk = paired()
    desk.links = {Rank.PRIMARY: False, Rank.SECONDARY: True}
    page = desk.enter("get system ha status")
    assert "Heartbeat primary (port6): FAILED\nHeartbeat secondary (port5): OK\n" in page


def test_ha_status_of_a_secondary() -> None:
    """A secondary shows what its daemon does, and that it synchronizes."""
    desk = paired("secondary")
    page = desk.enter("get system ha status")
    assert "Monitor: every second, lost after 15 seconds\nConfiguration: on change\nData: periodic\n" in page
    desk.synchronizing = True
    assert "secondary unit is currently synchronizing" in desk.enter("get system ha status")


def test_get_and_show_ha() -> None:
    """`get` prints every setting by name, `show` the lines that make them; the password stands in neither."""
    desk = paired()
    page = desk.enter("get system ha").splitlines()
    assert "mode : primary" in page
    assert "hb-lost-threshold : 15" in page
    assert "heartbeat-1-interface : port6" in page
    assert "failover : port3 add 10.0.3.100/24" in page
    assert "interface port3 virtual-ip : 10.0.3.100/24" in page
    assert "password : ******" in page
    script = desk.enter("show system ha")
    assert script.startswith("config system ha\n    set mode primary\n")
    assert script.endswith("\nend\n")
    inside = desk.enter("config system ha", "get", "show", "abort")
    everything = "\n".join([*page, script, inside, desk.enter("show"), desk.enter("get system status")])
    assert SECRET not in everything


def test_show_can_be_entered_again() -> None:
    """What `show` prints makes the same settings on a factory unit, but for the password."""
    desk, other = paired(), Desk()
    other.enter(*desk.enter("show").splitlines())
    assert other.configuration == desk.configuration.without((HA, "password"))


@pytest.mark.parametrize("name", objects())
def test_every_object_can_be_read(name: str) -> None:
    """`get` and `show` work on every object that can be configured."""
    desk = Desk()
    assert desk.enter(f"show {name}") == f"config {name}\nend\n"
    desk.enter(f"get {name}")


@pytest.mark.parametrize("order", ["sync", "failover", "restore", "restart"])
def test_orders(order: str) -> None:
    """An order goes to the engine at once, without a question."""
    desk = paired()
    assert desk.enter(f"diagnose system ha {order}") == ""
    assert desk.orders == [order]


def test_old_order() -> None:
    """The word of 3.0 for a synchronization is taken."""
    desk = paired()
    desk.enter("diagnose system ha resync")
    assert desk.orders == ["sync"]


@pytest.mark.parametrize("order", ["sync", "failover", "restore", "restart"])
def test_orders_need_ha(order: str) -> None:
    """Without HA there is nothing to order."""
    desk = Desk()
    assert "HA mode is currently disabled" in desk.refused(f"diagnose system ha {order}")
    assert desk.orders == []


def test_body_refuses_an_order() -> None:
    """A body's reason is printed as a refusal."""
    desk = paired()
    desk.refuses = "the peer does not answer"
    assert desk.refused("diagnose system ha sync") == "Command fail. the peer does not answer\n"


def test_event_log_and_checksum() -> None:
    """The event log is printed line by line, and the checksum is that of the synchronized part."""
    desk = Desk()
    assert desk.enter("diagnose system ha log").splitlines() == list(desk.event_log())
    assert desk.enter("diagnose system ha showcsum") == f"{checksum(desk.configuration)}\n"


@pytest.mark.parametrize("word", ["reboot", "reload", "shutdown", "factoryreset", "formatmaildisk"])
class TestQuestion:
    """`execute` asks before it acts."""

    @pytest.mark.parametrize("answer", ["y", "Y", " y "])
    def test_yes(self, word: str, answer: str) -> None:
        """The question stands in place of the prompt; y carries the command out once."""
        desk = Desk()
        assert desk.enter(f"execute {word}") == ""
        assert desk.shell.prompt == QUESTION == "Do you want to continue? (y/n)"
        assert desk.orders == []
        desk.enter(answer)
        assert desk.orders == [word]
        assert desk.shell.prompt == "unit-p # "

    def test_no(self, word: str) -> None:
        """N carries nothing out."""
        desk = Desk()
        assert desk.enter(f"execute {word}", "n") == ""
        assert desk.orders == []
        assert desk.shell.prompt == "unit-p # "

    @pytest.mark.parametrize("answer", ["", "yes please", "execute reboot", "config system ha"])
    def test_neither(self, word: str, answer: str) -> None:
        """Anything else is refused, and the question stays."""
        desk = Desk()
        desk.enter(f"execute {word}")
        assert "allowed: y, n" in desk.refused(answer)
        assert desk.shell.prompt == QUESTION
        assert desk.orders == []


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("bogus", "'bogus' is not known here; allowed: get, show, diagnose"),
        ("get", "not complete; allowed: system"),
        ("get system", "not complete; allowed: status, ha"),
        ("get system wrong", "'wrong' is not known here"),
        ("get system status now", "'now' is one word too many after get system status"),
        ("show system wrong", "'wrong' is not known here"),
        ("config", "not complete"),
        ("config system wrong", "'wrong' is not known here; allowed: ha, global, interface"),
        ("diagnose system ha wrong", "allowed: log, showcsum, sync, failover, restore, restart"),
        ("execute wrong", "allowed: reboot, reload, shutdown, factoryreset, formatmaildisk, restore"),
        ("execute reboot now", "one word too many"),
        ("execute reload smtpd", "one word too many after execute reload"),
        ("execute restore image tftp", "use execute restore image tftp <file> <server>"),
        ("execute restore image disk new.out 10.0.0.9", "allowed: ftp, tftp"),
        ("set mode primary", "'set' is not known here"),
        ("end", "'end' is not known here"),
        ("next", "'next' is not known here"),
        ("abort", "'abort' is not known here"),
        ('get "system', "a quote is not closed"),
        ("get\x07", "'get\\x07' is not known here"),
    ],
)
def test_wrong_words(line: str, reason: str) -> None:
    """A wrong word is refused with what is allowed there, and nothing happens."""
    desk = Desk()
    text = desk.refused(line)
    assert text.startswith("Command fail. ")
    assert reason in text
    assert desk.commits == []
    assert desk.orders == []
    assert desk.shell.prompt == "unit-p # "


def test_refusal_is_forgotten() -> None:
    """`refused` speaks of the last line only."""
    desk = Desk()
    desk.refused("bogus")
    desk.enter("get system status")


@pytest.mark.parametrize("line", ["", "   ", "# a comment", "\r\n"])
def test_nothing_to_do(line: str) -> None:
    """Empty lines and comments print nothing and are not refused."""
    assert Desk().enter(line) == ""


@pytest.mark.parametrize("word", ["exit", "quit"])
def test_exit(word: str) -> None:
    """Leaving closes the session; later lines do nothing."""
    desk = Desk()
    desk.enter(word)
    assert desk.shell.closed
    assert desk.enter("execute reboot") == ""
    assert desk.shell.prompt == "unit-p # "


def test_firmware_is_installed_after_a_question() -> None:
    """An image is named with its server, and installed only when the operator says yes."""
    desk = Desk()
    desk.enter("execute restore image tftp new.out 10.0.3.50", "n")
    assert desk.orders == []
    desk.enter("execute restore image ftp new.out 10.0.3.50", "y")
    assert desk.orders == ["install new.out from 10.0.3.50"]


def test_help() -> None:
    """A question mark lists what may follow."""
    desk = Desk()
    orders = ["reboot", "reload", "shutdown", "factoryreset", "formatmaildisk", "restore"]
    assert desk.enter("execute ?").split() == orders
    assert desk.enter("execute restore image ?").split() == ["ftp", "tftp"]
    desk.enter("config system ha")
    assert "unset" in desk.enter("?").split()
    assert desk.enter("config ?").split() == ["interface", "service"]
    assert desk.enter("set on-failure ?").split() == ["off", "restore-role", "become-secondary"]
    assert desk.enter("set hb-base-port ?") == "<integer>\n"
    assert "mode" in desk.enter("unset ?").split()
    assert desk.enter("config service", "edit ?").split()[0] == "remote-smtp"

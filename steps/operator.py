"""What an operator does: commands, changed settings, a planned reboot."""

from __future__ import annotations

from lab.contract import Area, Mode
from lab.schedule import What
from lab.standard_pair import PAIR
from steps.links import carried
from steps.mail_data import NOT_COPIED
from steps.pair import await_service
from steps.scene import Scene
from steps.words import given, said, then, when

_NOTICE = "switchover-"


@when(said(What.FAILOVER))
def forces_failover(scene: Scene, unit: str) -> None:
    """`diagnose system ha failover`: each unit takes the other's effective mode. Source: HA-578, HA-580."""
    scene.act()
    leads = scene.mode_seen("P") is Mode.PRIMARY
    scene.cause("P", Mode.SECONDARY if leads else Mode.PRIMARY)
    scene.cause("S", Mode.PRIMARY if leads else Mode.SECONDARY)
    scene.enter(unit, "diagnose system ha failover")


@given("the roles have been switched by a forced failover")
def roles_are_switched(scene: Scene) -> None:
    """The secondary is effective primary and the primary effective secondary; both units live."""
    forces_failover(scene, "P")
    scene.await_change("S", Mode.PRIMARY)
    scene.await_change("P", Mode.SECONDARY)
    await_service(scene, "S")
    scene.act()


@given("the roles have been switched back by a forced failover")
def roles_are_switched_back(scene: Scene) -> None:
    """Another forced failover: each unit does again what it is configured to do."""
    forces_failover(scene, "P")
    scene.await_change("P", Mode.PRIMARY)
    scene.await_change("S", Mode.SECONDARY)
    await_service(scene, "P")
    scene.act()


@when(said(What.RESTORE))
def restores(scene: Scene, unit: str) -> None:
    """`diagnose system ha restore`: both units end in their configured modes. Source: HA-572, HA-574."""
    scene.act()
    before = {each.name: scene.mode_seen(each.name) for each in scene.units}
    if before["S"] is not Mode.SECONDARY:
        scene.cause("S", Mode.SECONDARY)
    if before["P"] is not Mode.PRIMARY:
        scene.cause("P", Mode.PRIMARY)
    if before["P"] is Mode.OFF:
        scene.cause("P", Mode.SECONDARY)  # it rejoins and synchronizes before it asks for the role
    scene.enter(unit, "diagnose system ha restore")


@when(said(What.SYNC))
def starts_sync(scene: Scene, unit: str) -> None:
    """`diagnose system ha sync`: configuration and mail data are copied. Source: HA-354, HA-409."""
    scene.act()
    scene.carried = carried(scene)
    scene.enter(unit, "diagnose system ha sync")


@when(said(What.RESTART))
def restarts_ha(scene: Scene, unit: str) -> None:
    """`diagnose system ha restart`: the unit leaves the group and joins it again. Source: HA-576, HA-577."""
    scene.act()
    scene.cause(unit, Mode.SECONDARY)
    scene.enter(unit, "diagnose system ha restart")


@when("an operator enters the command {order:Order} on the {unit:Unit}")
def enters_order(scene: Scene, order: str, unit: str) -> None:
    """A command of `diagnose system ha`, which may be refused, and moves no role by itself. Source: HA-578."""
    scene.act()
    scene.ordered = (unit, scene.mode_seen(unit))
    scene.reply = scene.unit(unit).cli(f"diagnose system ha {order}")
    scene.replied = scene.lab.clock.now()


@given("an operator has started a synchronization on the {unit:Unit}, and it has ended")
def has_synchronized(scene: Scene, unit: str) -> None:
    """Configuration and mail data have reached the peer. Source: HA-409."""
    starts_sync(scene, unit)
    peer = scene.other(unit)

    def copied() -> bool:
        stored = scene.message is None or any(scene.message.id in peer.stored(area) for area in Area)
        return stored and scene.setting in peer.cli("show system global").text

    scene.lab.clock.wait_for(copied, scene.lab.profile.settle, "the synchronization has ended")
    scene.act()


@then("the command is accepted")
def order_accepted(scene: Scene) -> None:
    """The unit knows the command and carries it out. Source: HA-578."""
    assert scene.reply is not None, "no command was entered"
    assert scene.reply.accepted, f"the command was refused: {scene.reply.text}"


@then("the command is refused with a reason")
def order_refused(scene: Scene) -> None:
    """The unit does not carry the command out and says so; its words are its own. Source: HA-578."""
    assert scene.reply is not None, "no command was entered"
    assert not scene.reply.accepted, f"the command was accepted: {scene.reply.text}"
    assert len(scene.reply.text.split()) > 1, f"the refusal gives no reason: {scene.reply.text!r}"


@when("an operator changes a synchronized setting on the {unit:Unit} and restores its configured mode at once")
def changes_and_restores(scene: Scene, unit: str) -> None:
    """Both in one session, so that nothing but the restore itself can bring the change to the peer. Source: HA-574."""
    scene.act()
    for each, mode in PAIR.configured.items():
        if scene.mode_seen(each) is not mode:
            scene.cause(each, mode)
    scene.setting = f"{_NOTICE}{unit}-{len(scene.lab.timeline)}"
    change = ("config system global", f"set disclaimer {scene.setting}", "end")
    scene.enter(unit, *change, "diagnose system ha restore")


@given("an operator has changed a synchronized setting on the {unit:Unit}")
def has_changed_setting(scene: Scene, unit: str) -> None:
    """A notice in a setting that belongs to the synchronized configuration, new in this scenario. Source: HA-350."""
    scene.setting = f"{_NOTICE}{unit}-{len(scene.lab.timeline)}"
    scene.enter(unit, "config system global", f"set disclaimer {scene.setting}", "end")


@given("the changed setting has reached the {unit:Unit}")
@then("the changed setting is on the {unit:Unit}")
def setting_arrived(scene: Scene, unit: str) -> None:
    """The unit shows the notice that was set on the other. Source: HA-332, HA-350, HA-409."""
    assert scene.setting, "no setting was changed"

    def shown() -> bool:
        return scene.setting in scene.unit(unit).cli("show system global").text

    scene.lab.clock.wait_for(shown, scene.lab.profile.settle, f"unit {unit} shows {scene.setting}")


@then("the changed setting is not on the {unit:Unit}")
def setting_did_not_arrive(scene: Scene, unit: str) -> None:
    """For a second and a half the unit does not show the notice that was set on the other. Source: HA-003."""
    assert scene.setting, "no setting was changed"

    def absent() -> bool:
        return scene.setting not in scene.unit(unit).cli("show system global").text

    scene.lab.clock.hold(absent, NOT_COPIED, f"unit {unit} does not show {scene.setting}")

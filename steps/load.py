"""Mail under load: clients that hand in one message after another, and never give one up."""

from __future__ import annotations

from lab.ledger import deliveries
from steps.actions import Action
from steps.mail import LOAD, Clients
from steps.scene import Scene
from steps.words import action


@action("clients [keep|have kept] sending mail")
def keep_sending(scene: Scene, clients: Clients) -> Action:
    """One message after another to the virtual address, 20 a second on containers and 1000 in the simulation.

    Each is handed in again and again until a unit accepts it, as mail servers do, until the clients stop. The next
    sentence comes when eight have been delivered. Source: HA-110, HA-425.
    """

    def begin() -> None:
        load = clients.load = scene.lab.mail.load()
        what = f"{LOAD} messages of the clients are accepted and delivered"

        def flows() -> bool:
            return len(load.accepted() & deliveries(scene.lab).keys()) >= LOAD

        scene.lab.clock.wait_for(flows, scene.lab.timing.settle, what)

    return Action(does=begin)


@action("the clients [stop|have stopped] sending")
def stop_sending(scene: Scene, clients: Clients) -> Action:
    """No message begins; the next sentence comes when a unit has accepted each that was begun."""

    def stop() -> None:
        load = clients.load
        assert load is not None, "no clients were sending"
        load.stop()
        scene.lab.clock.wait_for(lambda: not load.waiting(), scene.lab.timing.settle, "each message is accepted")

    return Action(does=stop)

"""Units that are wrong about what lies where: messages that they hand over."""

from __future__ import annotations

import dataclasses
from typing import Any

from node.build import Exchange
from node.exchange.queue import Giver, Giving, Withhold
from wrong.record import Exchanging, WrongUnit


class Impatient(Giver[Any]):
    """Offers messages that stay in the queue meanwhile."""

    def read(self, item: Any, message: str, size: int) -> list[Giving[Any]]:  # noqa: ANN401 - the body's
        """Offer a message, and withhold it from nobody."""
        return [each for each in super().read(item, message, size) if not isinstance(each, Withhold)]


def _at_once(exchange: Exchange) -> Exchange:
    return dataclasses.replace(exchange, giver=Impatient)


UNITS = (
    WrongUnit(
        "delivers-what-it-offers",
        ("HA-423.b",),
        "Delivers a message itself that it has offered to its peer, when it has left the group before the answer.",
        (Exchanging(_at_once),),
    ),
)

"""Units that are wrong about what lies where, or stays open: messages that they offer, mail data, web sessions."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

from node.engine import effects as do
from node.engine.settings import HaSettings
from node.engine.state import State
from node.exchange.queue import Giver, Giving, Withhold
from wrong.common import exchanging, never
from wrong.record import OnLinux, Settings, WrongUnit


class Impatient(Giver[Any]):
    """Offers messages that stay in the queue meanwhile."""

    def read(self, item: Any, message: str, size: int) -> list[Giving[Any]]:  # noqa: ANN401 - the body's
        """Offer a message, and withhold it from nobody."""
        return [each for each in super().read(item, message, size) if not isinstance(each, Withhold)]


def _copying_in_place(copying: Callable[[str, str], list[str]]) -> Callable[[str, str], list[str]]:
    def in_place(source: str, target: str) -> list[str]:
        first, *words = copying(source, target)
        return [first, "--inplace", *(word for word in words if not word.startswith("--temp-dir"))]

    return in_place


def _always(settings: HaSettings, _: State) -> HaSettings:
    return dataclasses.replace(settings, mail_data_sync=True)


UNITS = (
    WrongUnit(
        "delivers-what-it-offers",
        ("HA-423.b",),
        "Delivers a message itself that it has offered to its peer, when it has left the group before the answer.",
        (exchanging(giver=Impatient),),
    ),
    WrongUnit(
        "keeps-mail-data-on-its-own-disk",
        ("HA-407",),
        "Keeps its mail data on its own disk, though network storage is set.",
        (exchanging(on_nas=lambda _: False),),
    ),
    WrongUnit(
        "keeps-web-sessions",
        ("HA-111.d",),
        "Goes on with the open sessions of its web server when it has given its role away.",
        (never(do.EndWebSessions),),
    ),
    WrongUnit(
        "copies-in-place",
        ("HA-120.b", "HA-401.c"),
        "Writes a message that it copies where it is read, so that a copy that is cut off leaves it in part.",
        (
            exchanging(coming=lambda own, path, part: {**own, path: part}),
            OnLinux("node.linux.sync", "copying", _copying_in_place),
        ),
    ),
    WrongUnit(
        "copies-from-the-nas-to-the-nas",
        ("HA-404",),
        "Copies mail data whatever is set, also where both units have them on one NAS.",
        (Settings(_always),),
    ),
)

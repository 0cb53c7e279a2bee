"""Units that are wrong about synchronization and about whom they listen to."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from node.engine import effects as do
from node.engine import events as on
from node.engine import messages as say
from node.engine.modes import Rank, Sync
from node.engine.state import State
from node.engine.states import Phase
from node.engine.turn import Rules
from wrong.common import changing, leaving_out
from wrong.record import Decision, Effects, React, Reaction, Remembering, Settings, WrongUnit


@dataclass(slots=True)
class Move:
    """Whether synchronization has moved to the secondary link."""

    done: bool = False


def admitting(*, everyone: bool) -> Decision:
    """Let everyone in, or no one."""
    return Decision(lambda rules: dataclasses.replace(rules, admits=lambda *_: everyone))


def copying_no(what: Sync) -> Effects:
    """Never begin one kind of synchronization."""
    return leaving_out(lambda effect, _: isinstance(effect, do.StartSync) and effect.what is what)


def syncing_over(rank: Rank) -> Effects:
    """Use one link for every synchronization."""
    return changing(
        lambda effect, _: dataclasses.replace(effect, rank=rank) if isinstance(effect, do.StartSync) else effect
    )


def pretending(which: Callable[[do.StartSync, State], bool]) -> Reaction:
    """Report some synchronizations as done without starting them."""

    def pretend(react: React, event: on.Event, unit: State) -> list[do.Effect]:
        done = []
        for effect in react(event):
            if isinstance(effect, do.StartSync) and which(effect, unit):
                done += pretend(react, on.SyncFinished(effect.what, ok=True, detail="", link_failed=False), unit)
            else:
                done.append(effect)
        return done

    return Reaction(pretend)


def _serve_as_secondary(rules: Rules) -> Rules:
    """Serve mail data in the wrong role."""

    def withholds(unit: State, what: Sync) -> str:
        if what is Sync.CONFIG:
            return rules.withholds(unit, what)
        return "" if unit.phase.follows else "this unit does not follow"

    return dataclasses.replace(rules, withholds=withholds)


def _copy_as_primary(effect: do.Effect, _: State) -> Iterable[do.Effect]:
    """Copy mail data from the peer instead of telling it to copy."""
    match effect:
        case do.Send(rank, say.SyncNow(what)):
            told = do.Send(rank, say.SyncNow(tuple(each for each in what if each is Sync.CONFIG)))
            return [told, do.StartSync(Sync.DATA, rank)] if Sync.DATA in what else [told]
    return [effect]


def _stay(move: Move) -> tuple[Effects]:
    def stay(effect: do.Effect, _: State) -> do.Effect:
        if not isinstance(effect, do.StartSync):
            return effect
        move.done = move.done or effect.rank is Rank.SECONDARY
        return dataclasses.replace(effect, rank=Rank.SECONDARY) if move.done else effect

    return (changing(stay),)


UNITS = (
    WrongUnit(
        "admits-strangers",
        ("HA-453.a", "HA-455"),
        "Listens to anyone, whatever the password and the address.",
        (admitting(everyone=True),),
    ),
    WrongUnit(
        "admits-nobody",
        ("HA-452",),
        "Refuses its own peer.",
        (admitting(everyone=False),),
    ),
    WrongUnit(
        "syncs-the-wrong-way",
        ("HA-405",),
        "Copies mail data from the secondary to the primary.",
        (Decision(_serve_as_secondary), Effects(_copy_as_primary)),
    ),
    WrongUnit(
        "copies-no-data",
        ("HA-120.b", "HA-401.a", "HA-401.b", "HA-401.c", "HA-401.e", "HA-570.b"),
        "Never copies mail data.",
        (copying_no(Sync.DATA),),
    ),
    WrongUnit(
        "copies-no-configuration",
        ("HA-120.a", "HA-354.b", "HA-704.c"),
        "Reports each configuration synchronization after the first as successful, without copying anything.",
        (pretending(lambda sync, unit: sync.what is Sync.CONFIG and unit.phase is Phase.SECONDARY),),
    ),
    WrongUnit(
        "always-copies-data",
        ("HA-403", "HA-404"),
        "Copies mail data although mail-data-sync is disabled.",
        (Settings(lambda settings, _: dataclasses.replace(settings, mail_data_sync=True)),),
    ),
    WrongUnit(
        "never-enables-data",
        ("HA-400.a",),
        "Treats mail-data-sync as disabled, whatever is set.",
        (Settings(lambda settings, _: dataclasses.replace(settings, mail_data_sync=False)),),
    ),
    WrongUnit(
        "syncs-over-the-primary-link-only",
        ("HA-061.b",),
        "Does not move synchronization to the secondary link when the primary link is lost.",
        (syncing_over(Rank.PRIMARY),),
    ),
    WrongUnit(
        "syncs-over-the-secondary-link",
        ("HA-059.b", "HA-060.b", "HA-350.c"),
        "Uses the secondary link for synchronization while the primary link works.",
        (syncing_over(Rank.SECONDARY),),
    ),
    WrongUnit(
        "stays-on-the-secondary-link",
        ("HA-062",),
        "Once it has used the secondary link for synchronization, it never moves back.",
        (Remembering(Move, _stay),),
    ),
)

"""Alert recipients: the entries of a table that is part of the synchronized configuration, and their comments."""

from __future__ import annotations

from steps.actions import Action
from steps.fields import WORDS
from steps.scene import Scene
from steps.words import Table, action, outcome

_RECIPIENTS = "config log alertemail recipient"


@action("an operator [adds|has added] the {recipient:Recipient} alert recipient on the {unit:Unit}")
def adds(scene: Scene, recipient: str, unit: str) -> Action:
    """An entry of a table that is part of the synchronized configuration. Source: HA-350, HA-663."""
    del scene  # every action is given it
    return Action(enters=[(unit, (_RECIPIENTS, f"edit {recipient}", "next", "end"))], counts=True)


@action("an operator [deletes|has deleted] the {recipient:Recipient} alert recipient on the {unit:Unit}")
def deletes(scene: Scene, recipient: str, unit: str) -> Action:
    """The entry is no longer in the configuration. Source: HA-350."""
    del scene  # every action is given it
    return Action(enters=[(unit, (_RECIPIENTS, f"delete {recipient}", "end"))], counts=True)


@outcome("the {recipient:Recipient} alert recipient is on {units:Units}")
def is_recipient(scene: Scene, recipient: str, units: tuple[str, ...]) -> None:
    """The unit shows the entry, or comes to show it. Source: HA-350."""
    what = f"{' and '.join(units)} shows {recipient}"
    scene.lab.clock.wait_for(lambda: _with_recipient(scene, recipient, units) == units, scene.lab.timing.settle, what)


@outcome("the {recipient:Recipient} alert recipient is gone from {units:Units}")
def is_no_recipient(scene: Scene, recipient: str, units: tuple[str, ...]) -> None:
    """The unit does not show the entry, or comes not to show it. Source: HA-350."""
    what = f"{' and '.join(units)} no longer shows {recipient}"
    scene.lab.clock.wait_for(lambda: not _with_recipient(scene, recipient, units), scene.lab.timing.settle, what)


@action("an operator [enters|has entered] these alert recipients on the {unit:Unit}")
def enters_recipients(scene: Scene, unit: str, datatable: Table) -> Action:
    """All in one session; table: recipient, and the comment of its entry, `unset`, or `deleted` for the whole entry.

    Source: HA-350, HA-663.
    """
    del scene  # every action is given it
    lines = [line for word, comment in datatable[1:] for line in _entered(_name(word), comment)]
    return Action(enters=[(unit, (_RECIPIENTS, *lines, "end"))], counts=True)


@outcome("{units:Units} shows these alert recipients")
def shows_recipients(scene: Scene, units: tuple[str, ...], datatable: Table) -> None:
    """The unit shows these entries and no others, or comes to; table: recipient, and its comment, `none` or `gone`.

    Source: HA-350.
    """
    there = [(word, comment) for word, comment in datatable[1:] if comment != "gone"]
    wanted = {_name(word): "" if comment == "none" else comment for word, comment in there}
    for unit in units:

        def are_shown() -> bool:
            return _shown(scene, unit) == wanted  # noqa: B023 - asked within this turn only

        scene.lab.clock.wait_for(are_shown, scene.lab.timing.settle, f"unit {unit} shows the recipients {wanted}")


def _name(word: str) -> str:
    return str(WORDS["Recipient"].read(word))


def _entered(name: str, comment: str) -> list[str]:
    """CLI lines inside the table that enter one row."""
    if comment == "deleted":
        return [f"delete {name}"]
    return [f"edit {name}", "unset comment" if comment == "unset" else f'set comment "{comment}"', "next"]


def _shown(scene: Scene, unit: str) -> dict[str, str]:
    """The entries that `show` prints, each with its comment; '' for none."""
    found: dict[str, str] = {}
    name = ""
    for line in scene.unit(unit).cli(f"show {_RECIPIENTS[7:]}").text.splitlines():
        match line.split(maxsplit=2):
            case ["edit", word]:
                name = word.strip("'\"")
                found[name] = ""
            case ["set", "comment", comment]:
                found[name] = comment.strip("'\"")
    return found


def _with_recipient(scene: Scene, recipient: str, units: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(unit for unit in units if recipient in scene.unit(unit).cli(f"show {_RECIPIENTS[7:]}").text)

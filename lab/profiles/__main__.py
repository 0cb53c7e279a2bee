"""Writes docs/profile.md and lab/profiles/schema.json from the table of fields; --check compares."""

from __future__ import annotations

import json
import sys
from itertools import groupby
from pathlib import Path
from typing import Any

from lab.arguments import Parser
from lab.profiles.fields import FIELDS, PLACEHOLDERS, Field

ROOT = Path(__file__).resolve().parents[2]

_HEAD = """\
# The profile of a unit

A profile says what the lab has to know of a kind of unit that no document says: how an operator logs in, how the shell
prompts and refuses, how pages show modes, how the unit gets its addresses, how it returns to its first state. It is a
TOML file. Written by `python -m lab.profiles` from `lab/profiles/fields.py`; do not edit this page by hand.

    tox run -e docker -- --unit image:vendor/mail:7.0 --profile mail.toml
    tox run -e docker -- --unit S=image:vendor/mail:7.0 --profile S=mail.toml    # beside the reference unit

- `--profile` names a file, or a profile that ships: `black-box` (the default of an image), `reference` (of the
  reference unit and of wrong units), `foreign` and `twin` (of images that `python -m lab image` builds). With `P=` or
  `S=` before it, it is that unit's alone.
- A profile says only what differs from the defaults. The defaults are the black box: SSH, SMTP, and what shows in the
  unit's network namespace. [black-box.toml](../lab/profiles/black-box.toml) has them all, to copy;
  [reference.toml](../lab/profiles/reference.toml) is an example that uses most fields.
- A table that a profile gives, such as `container.environment`, takes the place of the whole default.
- A scenario that needs more than the profile says is not applicable, and the report names the fields that are
  missing.
- An error ends the run with exit code 4, in one line with file, line and field:
  `mail.toml, line 3, login.port: expected 1 to 65535; found 'ssh'`. A file has 64 KiB at most.
- No password stands in a profile: `login.password_from` names an environment variable, and no report shows what it
  holds. Let its name begin with `SWITCHOVER_`: tox hands no other on. An image that is given `{password}` in
  `container.environment` takes any password; one that is not must have this one.
- A pattern is a regular expression of Python, read line by line (`^` and `$` are ends of a line). `'...'` is TOML's
  text without escapes, so that a backslash stands for itself. One that repeats a group with a repetition in it, such as
  `(?:\\w+ ?)+#`, may never come to an end: it is refused if it does not on some long lines.
- A path is absolute in the unit's container. Log, alerts, traps and mail are read on the volume; only `pid_file` lets
  the lab run a command in the container.
- An editor with TOML support completes and checks the fields by [schema.json](../lab/profiles/schema.json): put
  `#:schema PATH/TO/schema.json` into the first line.
- `python -m lab check` tells which field to set; [your-unit.md](your-unit.md) leads from an image to a first report.

## Placeholders

The lab fills these in where a field is a template.

| placeholder | stands for |
|---|---|
"""


def page() -> str:
    """Return the whole page."""
    rows = [f"| `{{{name}}}` | {meaning} |\n" for name, meaning in PLACEHOLDERS.items()]
    parts = [_HEAD, *rows, "\nFields of `release` have placeholders of their own, which their lines name.\n"]
    for table, fields in groupby(_ordered(), key=_table_of):
        title = f"`[{table}]`" if table else "At the top of the file"
        parts.append(f"\n## {title}\n\n| field | kind | default | meaning |\n|---|---|---|---|\n")
        parts += [f"| `{each.path[-1]}` | {each.kind.word} | {_default(each)} | {each.meaning} |\n" for each in fields]
    return "".join(parts)


def schema() -> str:
    """Return the JSON Schema of a profile's file."""
    whole = _object()
    for field in FIELDS:
        table = whole
        for key in field.path[:-1]:
            table = table["properties"].setdefault(key, _object())
        default = {} if field.default is None else {"default": field.default}
        table["properties"][field.path[-1]] = {"description": field.meaning, **field.kind.schema, **default}
    whole = {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Profile of a unit under test",
        "required": [field.name for field in FIELDS if field.default is None],
        **whole,
    }
    return json.dumps(whole, indent=1) + "\n"


def main(arguments: list[str] | None = None) -> int:
    """Write or check both files; 0 when all is as it should be, 1 when --check finds one that is not."""
    parser = Parser(prog="python -m lab.profiles", description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing; exit 1 for a file that is not up to date")
    options = parser.parse_args(arguments)
    stale = []
    for name, wanted in (("docs/profile.md", page()), ("lab/profiles/schema.json", schema())):
        path = ROOT / name
        if not options.check:
            path.write_text(wanted, encoding="utf-8")
        elif not path.is_file() or path.read_text(encoding="utf-8") != wanted:
            stale.append(f"{name} does not match lab/profiles/fields.py; run: python -m lab.profiles\n")
    sys.stderr.writelines(stale)
    return 1 if stale else 0


def _object() -> dict[str, Any]:
    return {"type": "object", "additionalProperties": False, "properties": {}}


def _ordered() -> list[Field]:
    """Return the fields with those outside any table first, as TOML wants them."""
    return sorted(FIELDS, key=lambda field: bool(_table_of(field)))


def _table_of(field: Field) -> str:
    return ".".join(field.path[:-1])


def _default(field: Field) -> str:
    return "required" if field.default is None else f"`{_toml(field.default)}`".replace("|", "\\|")


def _toml(value: object) -> str:
    """Return a value as it stands in a file."""
    match value:
        case dict():
            return f"{{ {', '.join(f'{key} = {_toml(item)}' for key, item in value.items())} }}" if value else "{}"
        case str() if "\\" in value:
            return f"'{value}'"
        case _:
            return json.dumps(value)


if __name__ == "__main__":
    sys.exit(main())

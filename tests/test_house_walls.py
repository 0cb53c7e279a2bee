"""Each wall between the rooms really stands: import-linter goes red when a forbidden import is planted in a copy."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[1]
ROOMS = ("explore", "fixtures", "gate", "lab", "manual", "node", "reports", "steps", "wrong")

PLANTED = [
    ("rooms", "lab/contract/words.py", "import steps"),
    ("rooms", "lab/timeline.py", "import fixtures"),
    ("rooms", "manual/__init__.py", "import node.engine.modes"),
    ("rooms", "gate/__init__.py", "import reports"),
    ("rooms", "explore/__init__.py", "import steps.words"),
    ("rooms", "lab/rules/__init__.py", "import explore"),
    ("rooms", "node/__init__.py", "import wrong.record"),
    ("rooms", "lab/sim/__init__.py", "import wrong.catalogue"),
    ("rooms", "wrong/__init__.py", "import lab.timeline"),
    ("suite-without-unit", "steps/__init__.py", "import node.engine.modes"),
    ("suite-without-unit", "fixtures/__init__.py", "import node.build"),
    ("suite-without-unit", "reports/__init__.py", "import node.settings"),
    ("suite-without-unit", "gate/__init__.py", "import wrong.catalogue"),
    ("suite-without-unit", "steps/__init__.py", "import wrong.catalogue"),
    ("suite-without-unit", "fixtures/__init__.py", "import wrong.catalogue"),
    ("suite-without-unit", "reports/__init__.py", "import wrong.catalogue"),
    ("suite-without-unit", "lab/contract/words.py", "import node.engine.modes"),
    ("suite-without-unit", "lab/rules/__init__.py", "import node.engine.modes"),
    ("suite-without-unit", "lab/invariants.py", "import node.engine.modes"),
    ("suite-without-unit", "lab/ledger.py", "import node.engine.modes"),
    ("suite-without-unit", "explore/__init__.py", "import wrong.catalogue"),
    ("suite-without-unit", "lab/docker/__init__.py", "import node.cli"),
    ("suite-without-unit", "lab/profiles/record.py", "import node.cli"),
    ("suite-without-unit", "lab/wires/wire.py", "import node.exchange"),
    ("suite-without-driver", "lab/wires/vrrp.py", "import lab.docker"),
    ("suite-without-driver", "steps/__init__.py", "import lab.sim"),
    ("suite-without-driver", "fixtures/__init__.py", "import lab.docker"),
    ("suite-without-driver", "explore/__init__.py", "import lab.sim"),
    ("drivers-apart", "lab/docker/__init__.py", "import lab.sim"),
    ("drivers-apart", "lab/sim/__init__.py", "import lab.docker"),
    ("steps-without-time", "steps/__init__.py", "import time"),
    ("steps-without-time", "steps/__init__.py", "import subprocess"),
    ("engine-sans-io", "node/engine/modes.py", "import socket"),
    ("engine-sans-io", "node/engine/modes.py", "import time"),
    ("engine-sans-io", "node/engine/modes.py", "import threading"),
    ("engine-sans-io", "node/engine/modes.py", "import random"),
    ("engine-sans-io", "node/exchange/__init__.py", "import time"),
    ("shell-sans-io", "node/cli/__init__.py", "import socket"),
    ("shell-sans-io", "node/settings/__init__.py", "import os"),
    ("shell-sans-io", "wrong/units/__init__.py", "import asyncio"),
    ("texts-sans-io", "node/texts.py", "import time"),
    ("engine-below", "node/engine/modes.py", "import node.linux"),
    ("engine-below", "node/engine/modes.py", "import node.cli"),
    ("engine-below", "node/engine/modes.py", "import node.exchange"),
    ("bodies-apart", "node/cli/__init__.py", "import node.linux"),
    ("bodies-apart", "node/exchange/__init__.py", "import node.linux"),
    ("sim-without-linux", "lab/sim/__init__.py", "import node.linux.paths"),
    ("manual-alone", "manual/__init__.py", "import jinja2"),
]


@pytest.fixture(scope="module")
def copied_house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Copy the rooms' Python files and the contracts to a place of their own."""
    copy = tmp_path_factory.mktemp("house")
    shutil.copy(HOUSE / "pyproject.toml", copy)
    for room in ROOMS:
        shutil.copytree(HOUSE / room, copy / room, ignore=shutil.ignore_patterns("out", "__pycache__", "*.toml"))
    return copy


def lint_imports(house: Path, *only: str) -> subprocess.CompletedProcess[str]:
    """Judge a house by one contract, or by all."""
    command = ["-c", "from importlinter.cli import lint_imports_command as run; run()", "--no-cache", "--no-logo"]
    for contract in only:
        command += ["--contract", contract]
    return subprocess.run(  # noqa: S603  # our own interpreter, our own arguments
        [sys.executable, *command],
        cwd=house,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize(("contract", "module", "line"), PLANTED)
def test_a_forbidden_import_breaks_its_contract(copied_house: Path, contract: str, module: str, line: str) -> None:
    """A forbidden import, planted in a copy, breaks exactly the contract that forbids it."""
    path = copied_house / module
    honest = path.read_text()
    path.write_text(f"{honest}\n{line}\n")
    try:
        outcome = lint_imports(copied_house, contract)
    finally:
        path.write_text(honest)
    assert outcome.returncode == 1, outcome.stdout + outcome.stderr
    assert "Contracts: 0 kept, 1 broken." in outcome.stdout


def test_every_contract_is_shown_going_red() -> None:
    """No contract is added without a planted import that breaks it."""
    contracts = tomllib.loads((HOUSE / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    assert {contract["id"] for contract in contracts} == {contract for contract, _, _ in PLANTED}


def test_the_house_keeps_its_walls() -> None:
    """The house as it stands breaks no contract."""
    outcome = lint_imports(HOUSE)
    assert outcome.returncode == 0, outcome.stdout
    assert " 0 broken." in outcome.stdout

"""Labels say whose a lab is, and the reaper's judgement of them errs on the side of leaving things alone."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import pytest

from lab.docker import names


def test_own_label_is_read_back() -> None:
    """What this process writes on a label names this process, and it is alive."""
    owner = names.this_process()
    assert names.parse_owner(owner.text()) == owner
    assert not names.is_gone(owner.text())


def test_ended_process_is_gone() -> None:
    """A label of a process that has ended marks a leftover."""
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        started = names._started(child.pid)
        assert started is not None
        owner = replace(names.this_process(), pid=child.pid, started=started)
        assert not names.is_gone(owner.text())
        child.communicate()
    assert names.is_gone(owner.text())


def test_reused_number_is_gone() -> None:
    """A later process with the same number is not the owner."""
    owner = names.this_process()
    assert names.is_gone(replace(owner, started=owner.started - 1).text())


def test_earlier_boot_is_gone() -> None:
    """Nothing of an earlier boot runs any more."""
    assert names.is_gone(replace(names.this_process(), boot="0" * 36).text())


def test_other_pid_namespace_is_left_alone() -> None:
    """Whether a process of another pid namespace lives cannot be told from here, so it counts as living."""
    owner = replace(names.this_process(), pid=1, started=1, space="pid[1]")
    assert not names.is_gone(owner.text())


@pytest.mark.parametrize("text", ["", names.BY_HAND, "1 2", "x y z w", "1 2 3 4 5"])
def test_what_is_no_owner_is_left_alone(text: str) -> None:
    """A lab made by hand, or a label that we did not write, is never a leftover."""
    assert names.parse_owner(text) is None
    assert not names.is_gone(text)


def test_labels_and_names_carry_the_lab() -> None:
    """Everything of a lab can be found by its id."""
    labels = names.labels("run1", "abcd", "unit-p", "me")
    assert labels == {names.RUN: "run1", names.LAB: "abcd", names.PART: "unit-p", names.OWNER: "me"}
    assert names.container_name("abcd", "unit-p") == "switchover-abcd-unit-p"
    assert names.new_lab_id() != names.new_lab_id()

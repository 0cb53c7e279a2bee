"""Preparing a host: what can be shown without touching one."""

from __future__ import annotations

from pathlib import Path

import pytest

from lab.host import forget_killed, missing_packages


@pytest.mark.parametrize(
    ("noted", "running", "kept"),
    [
        ("4711", {"4711": "dockerd"}, True),
        ("4711", {"4711": "sshd"}, False),
        ("4711", {}, False),
        ("", {}, False),
        ("not a number", {}, False),
    ],
    ids=["it runs", "another has its number", "nothing has it", "empty", "garbage"],
)
def test_only_the_pid_file_of_a_running_engine_is_kept(
    tmp_path: Path, noted: str, running: dict[str, str], *, kept: bool
) -> None:
    """A killed engine's note must not keep the next one from starting."""
    processes = tmp_path / "proc"
    processes.mkdir()
    for number, name in running.items():
        (processes / number).mkdir()
        (processes / number / "comm").write_text(name + "\n")
    pid_file = tmp_path / "docker.pid"
    pid_file.write_text(noted)
    forget_killed({pid_file: "dockerd", tmp_path / "absent.pid": "containerd"}, processes)
    assert pid_file.exists() is kept


def test_host_asks_only_for_what_is_missing() -> None:
    """Packages are named for programs that are not there; Go only where no Toxiproxy is."""
    assert missing_packages(lambda _program: "/usr/bin/it") == []
    assert missing_packages(lambda program: None if program == "mmdebstrap" else "/x") == ["mmdebstrap"]
    assert missing_packages(lambda _program: None) == ["docker.io", "iptables", "mmdebstrap", "golang-go"]
    there = {"toxiproxy-server", "dockerd", "iptables"}
    assert missing_packages(lambda program: "/x" if program in there else None) == ["mmdebstrap"]

"""Which engine the lab talks to, what it says of one that it cannot use, and that no HTTP proxy stands in between."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from lab import host
from lab.contract import Family
from lab.docker import daemon, proxies
from lab.docker.daemon import connect, demand_networks
from lab.docker.images import Images, Software
from lab.docker.names import UNITS
from lab.docker.proxies import Proxies
from lab.docker.rack import Badge, Rack
from lab.docker.subnets import Plan
from lab.errors import DockerMissing, LabError
from lab.profiles import named
from lab.standard_pair import PAIR
from lab.under_test import UnderTest
from tests.lab.paper_engine import PaperEngine, listening

NOBODY = "127.0.0.1:9"
"""The discard port, on which nothing listens."""


@pytest.fixture(autouse=True)
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Docker's folder of a user who has set nothing, on a host whose own engine does not run."""
    for name in ("DOCKER_HOST", "DOCKER_CONTEXT", "DOCKER_TLS_VERIFY", "DOCKER_CERT_PATH", "no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))
    monkeypatch.setattr(daemon, "OWN", f"unix://{tmp_path}/own")
    (tmp_path / "config.json").write_text("{}")
    return tmp_path


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[PaperEngine]:
    """Return an engine at the socket `other`."""
    with listening(tmp_path / "other") as (paper, _):
        yield paper


@pytest.fixture
def proxied(monkeypatch: pytest.MonkeyPatch) -> Iterator[PaperEngine]:
    """Return an HTTP proxy that every variable names."""
    with listening() as (paper, where):
        for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://{where}")
        yield paper


def context(folder: Path, name: str, text: str) -> None:
    """Make a Docker context of this name, with this text in its file."""
    place = folder / "contexts" / "meta" / hashlib.sha256(name.encode()).hexdigest()
    place.mkdir(parents=True)
    (place / "meta.json").write_text(text)


def at(folder: Path, socket: str) -> str:
    """Text of a context for an engine at a socket of the folder."""
    endpoints = {"docker": {"Host": f"unix://{folder}/{socket}", "SkipTLSVerify": False}}
    return json.dumps({"Name": "mine", "Metadata": {}, "Endpoints": endpoints})


def use(folder: Path, name: str) -> None:
    """Do what `docker context use` does."""
    (folder / "config.json").write_text(json.dumps({"currentContext": name}))


def rack(client: Any, plan: Plan | None = None) -> Rack:  # noqa: ANN401 - of Docker or of paper
    """Return a lab of reference units that is not built."""
    software = {unit: Software({"7.0.0": "unit"}, (), named("reference")) for unit in UNITS}
    return Rack(client, Badge("run", "lab", "me"), Images("agent", "toxiproxy", UnderTest(), software), plan)


def test_the_engine_is_that_of_the_context_in_use(settings: Path, engine: PaperEngine) -> None:
    """Nobody looks at the host's own socket then, which is not even there."""
    context(settings, "mine", at(settings, "other"))
    use(settings, "mine")
    connect().close()
    assert "GET /version" in engine.asked
    assert str(daemon.engine()) == f"the Docker engine at unix://{settings}/other, named by `docker context use mine`,"


def test_a_variable_outweighs_the_context_in_use(
    settings: Path, engine: PaperEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DOCKER_CONTEXT does, and DOCKER_HOST outweighs both, as for Docker's own command line."""
    context(settings, "mine", at(settings, "other"))
    context(settings, "dead", at(settings, "nothing"))
    use(settings, "dead")
    monkeypatch.setenv("DOCKER_CONTEXT", "mine")
    connect().close()
    monkeypatch.setenv("DOCKER_CONTEXT", "dead")
    monkeypatch.setenv("DOCKER_HOST", f"unix://{settings}/other")
    connect().close()
    assert len(engine.asked) == 2


@pytest.mark.parametrize(
    ("variables", "problem"),
    [
        ({}, "the Docker engine at unix://{}/own is not installed or not running (there is no socket); run `sudo"),
        (
            {"DOCKER_HOST": "unix://{}/nothing"},
            "/nothing, named by DOCKER_HOST, is not installed or not running (there is no socket); start it, or choose",
        ),
        ({"DOCKER_HOST": f"tcp://{NOBODY}"}, f"at tcp://{NOBODY}, named by DOCKER_HOST, does not answer on its socket"),
        ({"DOCKER_HOST": "carrier://pigeon"}, "at carrier://pigeon, named by DOCKER_HOST, does not answer (Invalid"),
        ({"DOCKER_CONTEXT": "dead"}, "the Docker engine at unix://{}/nothing, named by DOCKER_CONTEXT, is not"),
        ({"DOCKER_CONTEXT": "gone"}, "there is no Docker context 'gone'; choose one of `docker context ls`"),
        ({"DOCKER_CONTEXT": "torn"}, "Docker's settings cannot be read (Detected corrupted meta file for context torn"),
    ],
    ids=["own", "host", "port", "no address", "context", "no context", "torn context"],
)
def test_an_engine_that_does_not_answer_is_named(
    settings: Path, variables: dict[str, str], problem: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In one clause, with what has named it and what to do; the host's own engine never takes its place."""
    context(settings, "dead", at(settings, "nothing"))
    context(settings, "torn", "{")
    for name, value in variables.items():
        monkeypatch.setenv(name, value.format(settings))
    with pytest.raises(DockerMissing) as caught:
        connect()
    assert problem.format(settings) in str(caught.value)


@pytest.mark.parametrize("name", ["", "default"])
def test_the_hosts_own_engine_has_a_context_without_a_file(settings: Path, name: str) -> None:
    """Docker itself writes no name, an empty one or "default" for it."""
    use(settings, name)
    assert str(daemon.engine()) == f"the Docker engine at unix://{settings}/own"


def test_a_host_is_not_prepared_for_an_engine_elsewhere(settings: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Starting the host's own engine does not help a user who has chosen another one."""
    monkeypatch.setattr(host, "missing_packages", list)
    assert [step.announcement.partition(" (")[0] for step in host.plan(images=False)] == ["start the Docker engine"]
    monkeypatch.setenv("DOCKER_HOST", f"unix://{settings}/nothing")
    with pytest.raises(DockerMissing, match="nothing, named by DOCKER_HOST, is not installed or not running"):
        host.plan(images=False)


def test_a_host_that_is_ready_says_for_which_engine(
    settings: Path, engine: PaperEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Root may have another context than the user who then runs the suite."""
    monkeypatch.setattr(host, "missing_packages", list)
    monkeypatch.setattr(daemon, "OWN", f"unix://{settings}/other")
    said: list[str] = []
    host.prepare(said.append)
    assert engine.asked
    assert said == [f"this host is ready, nothing to do: the Docker engine at unix://{settings}/other answers"]


def test_an_engine_whose_networks_are_elsewhere_is_refused() -> None:
    """No operator reaches a unit of a rootless engine, of one in a virtual machine, or of one on another host."""
    demand_networks("127.0.0.1")
    with pytest.raises(LabError, match="own has its networks elsewhere: it runs without root, in a virtual machine"):
        demand_networks("192.0.2.254")


def test_a_lab_asks_for_its_networks_before_it_starts_anything() -> None:
    """The first network shows it: its end on this host, .254, is not there."""
    made: list[str] = []
    client: Any = SimpleNamespace(
        networks=SimpleNamespace(list=list), api=SimpleNamespace(create_network=lambda name, **_: made.append(name))
    )
    with ThreadPoolExecutor(1) as pool, pytest.raises(LabError, match="has its networks elsewhere"):
        rack(client)._make_networks(pool)
    assert made


def test_no_proxy_stands_before_the_engine(proxied: PaperEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    """From the first request, which asks for the engine's version, to the last."""
    with listening() as (engine, where):
        monkeypatch.setenv("DOCKER_HOST", f"tcp://{where}")
        client = connect()
        client.ping()
        client.close()
    assert engine.asked == ["GET /version", "GET /v1.41/_ping"]
    assert proxied.asked == []


def test_no_proxy_stands_before_toxiproxy(proxied: PaperEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy of the environment knows nothing of a lab's networks."""
    with listening() as (server, where):
        address, _, port = where.partition(":")
        monkeypatch.setattr(proxies, "API_PORT", int(port))
        plan: Any = SimpleNamespace(address=lambda *_: address)
        kept = Proxies(plan)
        kept.adopt()
        kept.add([20000], Family.IPV4)
    assert server.asked == ["GET /proxies", "POST /populate"]
    assert proxied.asked == []


def test_a_proxy_for_containers_is_not_for_the_labs(
    settings: Path, engine: PaperEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Docker's settings may name one for builds; a unit's environment is what its profile says."""
    proxy = {"httpProxy": "http://proxy.example", "noProxy": "example"}
    (settings / "config.json").write_text(json.dumps({"proxies": {"default": proxy}}))
    monkeypatch.setenv("DOCKER_HOST", f"unix://{settings}/other")
    client = connect()
    monkeypatch.setattr(client.api, "wait", lambda _: {"StatusCode": 0})
    lab = rack(client, Plan(97))
    told: list[list[str]] = []
    for make in (
        lambda: lab.make_unit("P", "unit"),
        lab._make_toxiproxy,
        lambda: lab._run_once("part", ["true"], {}, "trying", "no hint"),
    ):
        make()
        told.append(engine.records["/v1.41/containers/create"].get("Env") or [])
    client.close()
    assert told[0]
    assert [variable for variables in told for variable in variables if "proxy" in variable.lower()] == []


def test_the_engine_keeps_what_units_and_toxiproxy_say_and_nothing_of_the_agents(
    engine: PaperEngine, settings: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Errors point to `docker logs` of those; an agent tells whoever is attached to it, and without end."""
    monkeypatch.setenv("DOCKER_HOST", f"unix://{settings}/other")
    client = connect()
    lab = rack(client, Plan(97))
    kept: list[bool] = []
    for make in (
        lambda: lab.make_unit("P", "unit"),
        lab._make_toxiproxy,
        lambda: lab._create("client", "agent", "client", (PAIR.mail,)),
    ):
        make()
        host_config = engine.records["/v1.41/containers/create"]["HostConfig"]
        kept.append((host_config.get("LogConfig") or {}).get("Type") != "none")
    client.close()
    assert kept == [True, True, False]

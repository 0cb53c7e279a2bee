"""A keepalived pair beside the lab: how late the takeover of a plain VRRP router is on this machine."""

from __future__ import annotations

import json
import queue
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import docker
from docker.errors import APIError
from docker.types import IPAMConfig, IPAMPool

from lab.docker import images, names
from lab.docker.daemon import connect, refused
from lab.docker.rack import Badge, remove_lab
from lab.docker.recipes import IMAGES, Recipe, base_tag
from lab.docker.subnets import Plan, candidates, routed
from lab.errors import LabError
from lab.standard_pair import PAIR

ADVERT, PRIORITY = 1.0, 100
BOUND = 3 * ADVERT + (256 - PRIORITY) / 256
"""Seconds of silence after which a backup takes over: three intervals and the skew. Source: RFC 3768, section 6.1."""

NETWORK = PAIR.mail
ROUTERS = ("one", "two")
HOSTS = {"one": "P", "two": "S", "client": "client"}
"""Host of the lab's address plan whose address each container uses."""

WITHIN = 15.0


@dataclass(frozen=True, slots=True)
class Late:
    """One takeover: seconds after the documented bound at which the address was held and the banner was read."""

    address: float
    banner: float


@dataclass(slots=True)
class Watcher:
    """The events of the containers so far, in order of arrival."""

    events: list[dict[str, Any]] = field(default_factory=list)
    news: queue.SimpleQueue[None] = field(default_factory=queue.SimpleQueue)

    def follow(self, who: str, stream: Iterator[bytes]) -> None:
        """Read a container's output until it ends."""
        text = b""
        for chunk in stream:
            *lines, text = (text + chunk).split(b"\n")
            for line in lines:
                if line.startswith(b"{"):
                    self.events.append({"who": who, **json.loads(line)})
                    self.news.put(None)

    def wait(self, wanted: Callable[[dict[str, Any]], bool], what: str, since: float = 0.0) -> dict[str, Any]:
        """Return the first matching event at or after `since`. Raises LabError."""
        end = time.monotonic() + WITHIN
        while True:
            for event in self.events:
                if event["at"] >= since and wanted(event):
                    return event
            try:
                self.news.get(timeout=max(0.0, end - time.monotonic()))
            except queue.Empty:
                hint = "look at the log of its containers while `tox run -e bench` runs"
                raise LabError(f"the keepalived pair did not show within {WITHIN:g} s: {what}", hint) from None


def measure(rounds: int) -> list[Late]:
    """Kill the master `rounds` times and measure what the backup does. Raises LabError."""
    client = connect()
    files = tuple((path.name, path) for path in sorted((IMAGES / "keepalived").iterdir()) if path.is_file())
    image = images.ensure_one(client, Recipe("keepalived", files, (("BASE", base_tag()),)))
    with _pair(client, image) as (watcher, badge):
        master = str(watcher.wait(lambda e: e["event"] == "address" and e["held"], "one router leads")["who"])
        late = []
        for _ in range(rounds):
            backup = ROUTERS[1 - ROUTERS.index(master)]
            late.append(_take_over(client, badge, watcher, master, backup))
            client.api.wait(badge.name(master), condition="not-running")
            _start(client, badge, watcher, master)
            master = backup
        return late


def _take_over(client: docker.DockerClient, badge: Badge, watcher: Watcher, master: str, backup: str) -> Late:
    def advert(event: dict[str, Any]) -> bool:
        return bool(event["who"] == backup and event["event"] == "advert")

    now = time.monotonic()
    watcher.wait(advert, "the backup hears the master", now)
    watcher.wait(lambda e: e["event"] == "banner" and e["name"] == master, "the master answers")
    killed = time.monotonic()
    client.api.kill(badge.name(master), signal="SIGKILL")
    held = watcher.wait(
        lambda e: bool(e["who"] == backup and e["event"] == "address" and e["held"]), "the backup takes over", killed
    )
    answered = watcher.wait(lambda e: e["event"] == "banner" and e["name"] == backup, "the backup answers", killed)
    due = max(event["at"] for event in watcher.events if advert(event) and event["at"] < held["at"]) + BOUND
    return Late(held["at"] - due, answered["at"] - due)


@contextmanager
def _pair(client: docker.DockerClient, image: str) -> Iterator[tuple[Watcher, Badge]]:
    badge = Badge("bench", names.new_lab_id(), names.this_process().text())
    watcher = Watcher()
    try:
        plan = _network(client, badge)
        virtual = plan.with_mask("virtual", NETWORK)
        addresses = {who: plan.address(host, NETWORK) for who, host in HOSTS.items()}
        words = {
            "one": ["router", virtual, addresses["two"]],
            "two": ["router", virtual, addresses["one"]],
            "client": ["client", virtual.partition("/")[0]],
        }
        for who, address in addresses.items():
            _create(client, badge, who, address, image=image, words=words[who])
            _start(client, badge, watcher, who)
        yield watcher, badge
    except APIError as error:
        raise refused(error, "running the keepalived pair") from error
    finally:
        remove_lab(client, badge.lab)


def _network(client: docker.DockerClient, badge: Badge) -> Plan:
    taken = routed()
    for plan in candidates(taken):
        pool = IPAMPool(subnet=plan.subnet(NETWORK), gateway=plan.gateway(NETWORK))
        labels = badge.labels(NETWORK) | {names.SUBNET: str(plan.x)}
        try:
            client.api.create_network(
                badge.name(NETWORK), internal=True, ipam=IPAMConfig(pool_configs=[pool]), labels=labels
            )
        except APIError as error:
            if "overlap" not in str(error.explanation):
                raise
            continue
        return plan
    raise LabError("no free network is left", "run `python -m lab reap`")


def _create(client: docker.DockerClient, badge: Badge, who: str, address: str, *, image: str, words: list[str]) -> None:
    api = client.api
    endpoint = api.create_endpoint_config(ipv4_address=address)
    networking: Any = api.create_networking_config({badge.name(NETWORK): endpoint})  # type: ignore[arg-type]
    api.create_container(
        image,
        words,
        name=badge.name(who),
        hostname=who,
        labels=badge.labels(who),
        networking_config=networking,
        use_config_proxy=False,
        host_config=api.create_host_config(network_mode=badge.name(NETWORK), cap_add=["NET_ADMIN", "NET_RAW"]),
    )


def _start(client: docker.DockerClient, badge: Badge, watcher: Watcher, who: str) -> None:
    began = time.monotonic()
    client.api.start(badge.name(who))
    since = int(time.time()) - 1
    stream: Any = client.api.logs(badge.name(who), stream=True, follow=True, since=since)
    threading.Thread(target=watcher.follow, args=(who, stream), daemon=True, name=f"keepalived {who}").start()
    watcher.wait(lambda e: bool(e["who"] == who and e["event"] == "ready"), f"{who} runs", began)

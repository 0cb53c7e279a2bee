"""Toxiproxy in the path: one proxy for each link, dialling unit, TCP port and address family, and its faults."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

import requests
from toxiproxy import Proxy, Toxiproxy
from toxiproxy.api import APIConsumer
from toxiproxy.exceptions import InvalidToxic, NotFound, ProxyExists

from lab.contract import Family, Rank
from lab.docker.rules import Dial
from lab.docker.subnets import HEARTBEAT_PORTS, Plan
from lab.errors import LabError

API_PORT = 8474
FIRST_LISTEN = 61000
"""Toxiproxy's own listen ports start here, one for each proxy: above the ports that it dials from."""

PROBE_PORT = 7
"""Port (echo) on which only the lab's agents speak: it shows what a link carries without touching a unit."""

UNITS = ("P", "S")
_TROUBLE = (requests.RequestException, NotFound, InvalidToxic, ProxyExists, ValueError, KeyError)


@dataclass(frozen=True, slots=True)
class Way:
    """One way of dialling on a link: who dials, the peer's TCP port, and over which address family."""

    rank: Rank
    dialler: str
    port: int
    family: Family = Family.IPV4

    @property
    def name(self) -> str:
        """Name of its proxy, e.g. `primary-P-20000`, or `primary-P-20000-IPv6`."""
        mark = "" if self.family is Family.IPV4 else f"-{self.family}"
        return f"{self.rank}-{self.dialler}-{self.port}{mark}"

    @property
    def listener(self) -> str:
        """The unit that is dialled."""
        return other(self.dialler)


@dataclass(frozen=True, slots=True)
class Toxic:
    """A toxic that does not depend on who hears: its kind, the stream it sits on, and its figures."""

    kind: str
    stream: str
    attributes: dict[str, int]


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a way: refused altogether, units that hear nothing on it, seconds of delay and jitter, rate.

    `rate` is in kilobytes (of 1000 bytes) a second for each connection, 0 for no limit.
    """

    refused: bool = False
    deaf: frozenset[str] = frozenset()
    delay: float = 0.0
    jitter: float = 0.0
    rate: int = 0

    @property
    def toxics(self) -> dict[str, Toxic]:
        """The toxics that make it, by name."""
        found = {}
        for stream in ("upstream", "downstream"):
            if self.delay or self.jitter:
                late = {"latency": round(self.delay * 1000), "jitter": round(self.jitter * 1000)}
                found[f"delay-{stream}"] = Toxic("latency", stream, late)
            if self.rate:
                found[f"thin-{stream}"] = Toxic("bandwidth", stream, {"rate": self.rate})
        return found

    def __str__(self) -> str:
        """Describe the fault for a person."""
        told = ["refused"] if self.refused else []
        told += [f"{' and '.join(sorted(self.deaf))} hear nothing"] if self.deaf else []
        told += [f"{self.delay:g} s late"] if self.delay else []
        told += [f"give or take {self.jitter:g} s"] if self.jitter else []
        told += [f"{self.rate} kB/s"] if self.rate else []
        return ", ".join(told) or "well"


WELL = Fault()


def other(unit: str) -> str:
    """Name of the peer."""
    return "S" if unit == "P" else "P"


class Proxies:
    """All proxies of one lab. The toxiproxy client keeps its server in a class attribute: one lab for each process."""

    def __init__(self, plan: Plan) -> None:
        """Speak to the Toxiproxy of the lab with that plan."""
        self._plan = plan
        self._lock = threading.RLock()
        self._listens: dict[Way, int] = {}
        self.families = {Family.IPV4}
        """Families that the units use now. The ways of another exist, but no unit's packet filter leads to them."""
        self._faults: dict[Way, Fault] = {}
        self._handles: dict[str, Proxy] = {}
        self._server = Toxiproxy()
        self._server.update_api_consumer(plan.address("toxiproxy", HEARTBEAT_PORTS[Rank.PRIMARY]), API_PORT)

    def answers(self) -> bool:
        """Whether the server takes connections."""
        return bool(self._server.running())

    def add(self, ports: Iterable[int], family: Family = Family.IPV4) -> list[Way]:
        """Create the proxies of these TCP ports on both links, both ways, unless they exist; return the new ways."""
        with self._lock:
            new = [
                way
                for port in ports
                for rank in Rank
                for dialler in UNITS
                if (way := Way(rank, dialler, port, family)) not in self._listens
            ]
            for way in new:
                self._listens[way] = FIRST_LISTEN + len(self._listens)
            records = [self._record(way) for way in new]
            if records:
                # The client library's own populate asks three times for each proxy; the server takes them all at once.
                self._call(lambda: APIConsumer.post("/populate", json=records, timeout=5))
                self._handles |= {str(record["name"]): Proxy(**record) for record in records}
            return new

    def adopt(self) -> list[int]:
        """Learn from the server what proxies there are and what is wrong with each; return their TCP ports."""
        with self._lock:
            for name, record in self._call(lambda: APIConsumer.get("/proxies", timeout=5).json()).items():
                rank, dialler, port, *mark = name.split("-")
                way = Way(Rank(rank), dialler, int(port), Family(mark[0]) if mark else Family.IPV4)
                self.families.add(way.family)
                self._listens[way] = int(record["listen"].rpartition(":")[2])
                self._handles[name] = Proxy(**record)
                self._faults[way] = _read(record)
            return sorted({way.port for way in self._listens} - {PROBE_PORT})

    def ways(self, rank: Rank | None = None) -> list[Way]:
        """All ways that are in use, or those of one link."""
        return [way for way in self._listens if rank in {None, way.rank} and way.family in self.families]

    def dial(self, way: Way) -> Dial:
        """How the dialling unit's packet filter finds a way."""
        port = HEARTBEAT_PORTS[way.rank]
        return Dial(
            self._plan.address(way.listener, port, way.family),
            way.port,
            self._plan.address("toxiproxy", port, way.family),
            self._listens[way],
        )

    def number_behind(self, listen: int) -> int | None:
        """TCP port of the unit for which Toxiproxy listens on this one."""
        return next((way.port for way, port in self._listens.items() if port == listen), None)

    def fault(self, way: Way) -> Fault:
        """What is wrong with a way now."""
        return self._faults.get(way, WELL)

    def impose(self, way: Way, fault: Fault) -> None:
        """Make exactly this wrong with a way. Removing a black hole closes the connections that it held."""
        with self._lock:
            before = self.fault(way)
            if before == fault:
                return
            proxy = self._handles[way.name]
            for unit in before.deaf - fault.deaf:
                self._call(partial(proxy.destroy_toxic, f"deaf-{unit}"))
            for name in before.toxics.keys() - fault.toxics.keys():
                self._call(partial(proxy.destroy_toxic, name))
            for unit in fault.deaf - before.deaf:
                stream = "upstream" if unit == way.listener else "downstream"
                self._toxic(proxy, f"deaf-{unit}", "timeout", stream, {"timeout": 0})
            for name, toxic in fault.toxics.items():
                if name not in before.toxics:
                    self._toxic(proxy, name, toxic.kind, toxic.stream, toxic.attributes)
                elif toxic != before.toxics[name]:
                    # Changed in place: to remove it first would close the connections, or let them catch up.
                    change = {"attributes": toxic.attributes}
                    url = f"/proxies/{way.name}/toxics/{name}"
                    self._call(partial(APIConsumer.post, url, json=change, timeout=5))
            if fault.refused != before.refused:
                self._call(proxy.disable if fault.refused else proxy.enable)
            self._faults[way] = fault

    def in_force(self) -> dict[str, Fault]:
        """What the server itself says is wrong with each proxy, by name."""
        reply = self._call(lambda: APIConsumer.get("/proxies", timeout=5).json())
        return {name: _read(record) for name, record in reply.items()}

    def _record(self, way: Way) -> dict[str, object]:
        dial = self.dial(way)
        listen, upstream = f"{bracketed(dial.proxy)}:{dial.listen}", f"{bracketed(dial.peer)}:{dial.port}"
        return {"name": way.name, "listen": listen, "upstream": upstream, "enabled": True}

    def _toxic(self, proxy: Any, name: str, kind: str, stream: str, attributes: dict[str, int]) -> None:  # noqa: ANN401
        self._call(lambda: proxy.add_toxic(name=name, type=kind, stream=stream, attributes=attributes))

    @staticmethod
    def _call(request: Callable[[], Any]) -> Any:  # noqa: ANN401 - the client library has no types
        try:
            return request()
        except _TROUBLE as error:
            raise LabError(f"Toxiproxy refused or did not answer ({error!r})", "look at its container's log") from error


def bracketed(address: str) -> str:
    """An address as it stands before a port."""
    return f"[{address}]" if ":" in address else address


def _read(record: dict[str, Any]) -> Fault:
    deaf = set()
    delay = jitter = 0.0
    rate = 0
    for toxic in record["toxics"]:
        if toxic["type"] == "timeout":
            deaf.add(str(toxic["name"]).removeprefix("deaf-"))
        elif toxic["type"] == "latency":
            delay, jitter = (toxic["attributes"][name] / 1000 for name in ("latency", "jitter"))
        elif toxic["type"] == "bandwidth":
            rate = int(toxic["attributes"]["rate"])
    return Fault(not record["enabled"], frozenset(deaf), delay, jitter, rate)

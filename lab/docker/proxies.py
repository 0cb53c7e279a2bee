"""Toxiproxy in the path: one proxy for each link, dialling unit, TCP port and address family, and its toxics."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import requests
from toxiproxy import Proxy, Toxiproxy, api
from toxiproxy.api import APIConsumer
from toxiproxy.exceptions import InvalidToxic, NotFound, ProxyExists

from lab.contract import Family, Rank
from lab.docker.names import UNITS, other
from lab.docker.rules import Dial
from lab.docker.subnets import HEARTBEAT_PORTS, Plan
from lab.errors import LabError

API_PORT = 8474
FIRST_LISTEN = 61000
"""First of Toxiproxy's listen ports, one for each proxy, above the ports from which it dials."""

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
    """A toxic: its kind, the stream it sits on, and its figures."""

    kind: str
    stream: str
    attributes: dict[str, int]


@dataclass(frozen=True, slots=True)
class Impairment:
    """Faults of a way: refused connections, deaf units, seconds of delay and jitter, rate.

    `rate` is in kilobytes (of 1000 bytes) a second for each connection, 0 for no limit.
    """

    refused: bool = False
    deaf: frozenset[str] = frozenset()
    delay: float = 0.0
    jitter: float = 0.0
    rate: int = 0

    def toxics(self, listener: str) -> dict[str, Toxic]:
        """The toxics for it on a way to this unit, by name."""
        found = {}
        for unit in self.deaf:
            found[f"deaf-{unit}"] = Toxic("timeout", "upstream" if unit == listener else "downstream", {"timeout": 0})
        for stream in ("upstream", "downstream"):
            if self.delay or self.jitter:
                late = {"latency": round(self.delay * 1000), "jitter": round(self.jitter * 1000)}
                found[f"delay-{stream}"] = Toxic("latency", stream, late)
            if self.rate:
                found[f"thin-{stream}"] = Toxic("bandwidth", stream, {"rate": self.rate})
        return found

    def __str__(self) -> str:
        """Describe it for a person."""
        told = ["refused"] if self.refused else []
        told += [f"{' and '.join(sorted(self.deaf))} hear nothing"] if self.deaf else []
        told += [f"{self.delay:g} s late"] if self.delay else []
        told += [f"give or take {self.jitter:g} s"] if self.jitter else []
        told += [f"{self.rate} kB/s"] if self.rate else []
        return ", ".join(told) or "well"


WELL = Impairment()


class Proxies:
    """All proxies of one lab. The client library keeps its server in a class attribute: one lab for each process."""

    def __init__(self, plan: Plan) -> None:
        """Use the Toxiproxy of the lab with that plan."""
        self._plan = plan
        self._listens: dict[Way, int] = {}
        self._server = Toxiproxy()
        self._server.update_api_consumer(plan.address("toxiproxy", HEARTBEAT_PORTS[Rank.PRIMARY]), API_PORT)
        api.requests = _direct()  # the client library calls the functions of this module

    def answers(self) -> bool:
        """Whether the server takes connections."""
        return bool(self._server.running())

    def add(self, ports: Iterable[int], family: Family) -> list[Way]:
        """Create the proxies of these TCP ports on both links, both ways, unless they exist; return the new ways."""
        new = [
            way
            for port in ports
            for rank in Rank
            for dialler in UNITS
            if (way := Way(rank, dialler, port, family)) not in self._listens
        ]
        for way in new:
            self._listens[way] = FIRST_LISTEN + len(self._listens)
        if new:
            # The client library's populate makes three requests for each proxy; the server takes all proxies in one.
            records = [self._record(way) for way in new]
            _call(lambda: APIConsumer.post("/populate", json=records, timeout=5))
        return new

    def adopt(self) -> None:
        """Read the existing proxies from the server."""
        for name, record in _all_records().items():
            rank, dialler, port, *mark = name.split("-")
            way = Way(Rank(rank), dialler, int(port), Family(mark[0]) if mark else Family.IPV4)
            self._listens[way] = int(record["listen"].rpartition(":")[2])

    def ways(self, families: Collection[Family]) -> list[Way]:
        """All ways of these families."""
        return [way for way in self._listens if way.family in families]

    def dial(self, way: Way) -> Dial:
        """Return the entry of a way for the dialling unit's packet filter."""
        port = HEARTBEAT_PORTS[way.rank]
        return Dial(
            self._plan.address(way.listener, port, way.family),
            way.port,
            self._plan.address("toxiproxy", port, way.family),
            self._listens[way],
        )

    def number_behind(self, listen: int) -> int | None:
        """TCP port of the unit behind one of Toxiproxy's listen ports."""
        return next((way.port for way, port in self._listens.items() if port == listen), None)

    def impair(self, wanted: Mapping[Way, Impairment]) -> None:
        """Give each way exactly this impairment, in this order. The end of a black hole closes its connections."""
        records = _all_records()
        for way, impairment in wanted.items():
            _change(way, records[way.name], impairment)

    def impairments(self) -> dict[Way, Impairment]:
        """The impairment of each way, by the server's records."""
        records = _all_records()
        return {way: read(records[way.name]) for way in self._listens if way.name in records}

    def _record(self, way: Way) -> dict[str, object]:
        dial = self.dial(way)
        listen, upstream = f"{bracketed(dial.proxy)}:{dial.listen}", f"{bracketed(dial.peer)}:{dial.port}"
        return {"name": way.name, "listen": listen, "upstream": upstream, "enabled": True}


def _direct() -> requests.Session:
    """Return what sends requests as `requests` does, a connection for each, but never to a proxy of the environment."""
    session = requests.Session()
    session.trust_env = False
    session.headers["Connection"] = "close"
    return session


def bracketed(address: str) -> str:
    """An address in the form that precedes a port."""
    return f"[{address}]" if ":" in address else address


def read(record: Mapping[str, Any]) -> Impairment:
    """The impairment of a way, from the server's record of its proxy."""
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
    return Impairment(not record["enabled"], frozenset(deaf), delay, jitter, rate)


def _all_records() -> dict[str, Any]:
    """The server's record of each proxy, by name."""
    return dict(_call(lambda: APIConsumer.get("/proxies", timeout=5).json()))


def _change(way: Way, record: Mapping[str, Any], impairment: Impairment) -> None:
    """Change a proxy from its recorded state to the wanted one; black holes end last.

    Their end closes connections. A delay that still holds data for one of these can no longer be interrupted, and
    whoever tries stops Toxiproxy for ever (2.12.0).
    """
    before = read(record)
    old, new = before.toxics(way.listener), impairment.toxics(way.listener)
    proxy = Proxy(**record)
    gone = [name for name in old if name not in new]
    holes = [name for name in gone if old[name].kind == "timeout"]
    for name in gone:
        if name not in holes:
            _call(partial(proxy.destroy_toxic, name))
    for name, toxic in new.items():
        if name not in old:
            shape = {"type": toxic.kind, "stream": toxic.stream, "attributes": toxic.attributes}
            _call(partial(proxy.add_toxic, name=name, **shape))
        elif toxic != old[name]:
            # Changed in place: removing it first would close the connections, or let them catch up.
            change = {"attributes": toxic.attributes}
            _call(partial(APIConsumer.post, f"/proxies/{way.name}/toxics/{name}", json=change, timeout=5))
    for name in holes:
        _call(partial(proxy.destroy_toxic, name))
    if impairment.refused != before.refused:
        _call(proxy.disable if impairment.refused else proxy.enable)


def _call(request: Callable[[], Any]) -> Any:  # noqa: ANN401 - the client library has no types
    try:
        return request()
    except _TROUBLE as error:
        raise LabError(f"Toxiproxy refused or did not answer ({error!r})", "look at its container's log") from error

"""Text of the packet filter rules that put Toxiproxy into the units' path, and that cut a unit off altogether.

Two tables. `switchover` redirects: what a unit sends to `peer : port` goes to `toxiproxy : listen port` by an explicit
map, and what comes from Toxiproxy gets the peer's address as source, so that each unit sees the other's own address.
Connections to the peer that the map does not cover are counted: a fault could not reach them, and the lab says so.
`switchover_dark` drops every frame, ARP included, both ways, on all ports: a machine without power, or a frozen one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

TABLE = "switchover"
DARK = "switchover_dark"
PRIORITY_FIRST = -500


@dataclass(frozen=True, slots=True)
class Dial:
    """One redirected way of dialling: the peer's address and port, and where Toxiproxy listens for it."""

    peer: str
    port: int
    proxy: str
    listen: int

    def element(self) -> str:
        """Render as an element of the map."""
        return f"{self.peer} . {self.port} : {self.proxy} . {self.listen}"


def redirect(dials: Iterable[Dial], sources: Mapping[str, str]) -> str:
    """Render the redirecting table; `sources` maps Toxiproxy's address on each link to the peer's."""
    elements = ", ".join(dial.element() for dial in dials)
    origins = ", ".join(f"{proxy} : {peer}" for proxy, peer in sources.items())
    peers = ", ".join(sources.values())
    return f"""\
add table inet {TABLE}
delete table inet {TABLE}
table inet {TABLE} {{
  counter direct {{ }}
  counter redirected {{ }}
  set peers {{ type ipv4_addr; elements = {{ {peers} }} }}
  set proxies {{ type ipv4_addr; elements = {{ {", ".join(sources)} }} }}
  map dials {{ type ipv4_addr . inet_service : ipv4_addr . inet_service; elements = {{ {elements} }} }}
  map origins {{ type ipv4_addr : ipv4_addr; elements = {{ {origins} }} }}
  chain out {{
    type nat hook output priority -100; policy accept;
    dnat ip to ip daddr . tcp dport map @dials
  }}
  chain in {{
    type nat hook input priority 100; policy accept;
    meta l4proto tcp snat ip to ip saddr map @origins
  }}
  chain count {{
    type filter hook output priority 100; policy accept;
    ip daddr @peers tcp flags & (syn | ack) == syn counter name direct
    ip daddr @proxies tcp flags & (syn | ack) == syn counter name redirected
  }}
}}
"""


def more_dials(dials: Iterable[Dial]) -> str:
    """Render the addition of ways of dialling to a table that is in force."""
    elements = ", ".join(dial.element() for dial in dials)
    return f"add element inet {TABLE} dials {{ {elements} }}\n"


def darkness(ports: Iterable[str]) -> str:
    """Render the table that drops everything on these ports."""
    devices = ", ".join(ports)
    return f"""\
add table netdev {DARK}
delete table netdev {DARK}
table netdev {DARK} {{
  chain in {{
    type filter hook ingress devices = {{ {devices} }} priority {PRIORITY_FIRST}; policy drop;
  }}
  chain out {{
    type filter hook egress devices = {{ {devices} }} priority {PRIORITY_FIRST}; policy drop;
  }}
}}
"""


def light() -> str:
    """Render the end of darkness; harmless when there is none."""
    return f"add table netdev {DARK}\ndelete table netdev {DARK}\n"

"""Text of the packet filter rules that put Toxiproxy into the units' path, and that isolate a unit.

Four kinds of tables. `switchover` redirects: what a unit sends to `peer : port` goes to `toxiproxy : listen port` by
an explicit map, and what comes from Toxiproxy gets the peer's address as source, so that each unit sees the other's own
address. Connections to the peer that the map does not cover are counted: a fault would not reach them, so none is
proven then. `switchover_hole_PORT` is the part of a black hole that Toxiproxy cannot do: on that port a unit sends
nothing but TCP. `switchover_dark` drops every frame, ARP included, both ways, on all ports: a machine without power, or
a frozen one. `switchover_service_NUMBER` refuses, loses or redirects new connections to a service that is to fail.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from lab.contract import Family

TABLE = "switchover"
DARK = "switchover_dark"
HOLE = "switchover_hole"
SERVICE = "switchover_service"
PRIORITY_FIRST = -500

GROUPS_AND_NEIGHBOURS = (
    "mld-listener-query, mld-listener-report, mld-listener-done, mld2-listener-report, nd-router-solicit,"
    " nd-router-advert, nd-neighbor-solicit, nd-neighbor-advert, nd-redirect"
)
"""Types of ICMPv6 that Toxiproxy's connections need too."""

TYPES = {Family.IPV4: ("ip", "ipv4_addr", ""), Family.IPV6: ("ip6", "ipv6_addr", "6")}
"""For each family: the packet filter's words for its header and its addresses, and the suffix of its sets."""


@dataclass(frozen=True, slots=True)
class Dial:
    """One redirected way of dialling: the peer's address and port, and Toxiproxy's for it."""

    peer: str
    port: int
    proxy: str
    listen: int

    @property
    def family(self) -> Family:
        """The family that is dialled."""
        return Family.IPV6 if ":" in self.peer else Family.IPV4

    def element(self) -> str:
        """Render as an element of the map."""
        return f"{self.peer} . {self.port} : {self.proxy} . {self.listen}"


def redirect(dials: Iterable[Dial], sources: Mapping[str, str], services: Iterable[int]) -> str:
    """Render the redirecting table; `sources` maps each of Toxiproxy's addresses to the peer's.

    A unit may monitor a service of its peer there, too: connections to the ports of `services` are no heartbeat.
    """
    sets, out, into, count = [], [], [], []
    for family, (header, kind, mark) in TYPES.items():
        of = {proxy: peer for proxy, peer in sources.items() if (":" in proxy) == (family is Family.IPV6)}
        elements = [dial.element() for dial in dials if dial.family is family]
        origins = [f"{proxy} : {peer}" for proxy, peer in of.items()]
        service = f"{kind} . inet_service"
        sets += [
            f"set peers{mark} {{ type {kind}; {_elements(of.values())} }}",
            f"set proxies{mark} {{ type {kind}; {_elements(of)} }}",
            f"map dials{mark} {{ type {service} : {service}; {_elements(elements)} }}",
            f"map origins{mark} {{ type {kind} : {kind}; {_elements(origins)} }}",
        ]
        out.append(f"dnat {header} to {header} daddr . tcp dport map @dials{mark}")
        into.append(f"meta l4proto tcp snat {header} to {header} saddr map @origins{mark}")
        syn = "tcp flags & (syn | ack) == syn counter name"
        others = f"tcp dport != {{ {', '.join(map(str, sorted(services)))} }}"
        count += [
            f"{header} daddr @peers{mark} {others} {syn} direct",
            f"{header} daddr @proxies{mark} {syn} redirected",
        ]
    return f"""\
add table inet {TABLE}
delete table inet {TABLE}
table inet {TABLE} {{
  counter direct {{ }}
  counter redirected {{ }}
  {_lines(sets)}
  chain out {{
    type nat hook output priority -100; policy accept;
    {_lines(out)}
  }}
  chain in {{
    type nat hook input priority 100; policy accept;
    {_lines(into)}
  }}
  chain count {{
    type filter hook output priority 100; policy accept;
    {_lines(count)}
  }}
}}
"""


def more_dials(dials: Iterable[Dial]) -> str:
    """Render the addition of ways of dialling to an existing table."""
    return "".join(f"add element inet {TABLE} dials{TYPES[dial.family][2]} {{ {dial.element()} }}\n" for dial in dials)


def no_dials(family: Family) -> str:
    """Render the end of redirecting for a family; later connections count as bypassing Toxiproxy."""
    return f"flush map inet {TABLE} dials{TYPES[family][2]}\n"


def _elements(texts: Iterable[str]) -> str:
    text = ", ".join(texts)
    return f"elements = {{ {text} }}" if text else ""


def _lines(texts: Iterable[str]) -> str:
    """Join statements, one a line."""
    return "\n    ".join(texts)


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


def black_hole(port: str) -> str:
    """Render the table that drops what the unit sends on a port, but TCP and what finds neighbours and groups.

    It is dropped where it leaves, since the peer's packet tap would still see what the peer's packet filter drops.
    """
    return f"""\
{no_black_hole(port)}table netdev {HOLE}_{port} {{
  chain out {{
    type filter hook egress device {port} priority {PRIORITY_FIRST}; policy drop;
    meta protocol arp accept
    meta l4proto {{ tcp, igmp }} accept
    icmpv6 type {{ {GROUPS_AND_NEIGHBOURS} }} accept
  }}
}}
"""


def no_black_hole(port: str) -> str:
    """Render the end of a black hole on a port; harmless when there is none."""
    return f"add table netdev {HOLE}_{port}\ndelete table netdev {HOLE}_{port}\n"


def failing_service(number: int, verdict: str) -> str:
    """Render the table that decides what becomes of new connections from outside to a service's TCP port."""
    redirects = verdict.startswith("redirect")
    hook = "type nat hook prerouting priority -100" if redirects else "type filter hook input priority 0"
    return f"""\
{no_failing_service(number)}table inet {SERVICE}_{number} {{
  chain clients {{
    {hook}; policy accept;
    iifname != "lo" ct state new tcp dport {number} {verdict}
  }}
}}
"""


def no_failing_service(number: int) -> str:
    """Render the end of a service's failing; harmless when there is none."""
    return f"add table inet {SERVICE}_{number}\ndelete table inet {SERVICE}_{number}\n"


def light() -> str:
    """Render the end of darkness; harmless when there is none."""
    return f"add table netdev {DARK}\ndelete table netdev {DARK}\n"

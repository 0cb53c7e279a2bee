"""Who is sent SNMP traps, and who may ask for the modes: read from the configuration, the same for both bodies."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from node.settings import values
from node.settings.configuration import Configuration
from node.settings.schema import Path

_SYSINFO: Path = ("system snmp sysinfo",)
_COMMUNITIES: Path = ("system snmp community",)
_USERS: Path = ("system snmp user",)

SHORTEST_PASSWORD = 8
"""Characters of a user's passwords at least. Source: RFC 3414, 11.2."""


class Version(StrEnum):
    """A version of SNMP."""

    V1 = "1"
    V2C = "2c"
    V3 = "3"


class Level(StrEnum):
    """What protects the messages of a user of SNMP v3. Source: N1."""

    NOTHING = "noauthnopriv"
    AUTHENTICATED = "authnopriv"
    PRIVATE = "authpriv"


@dataclass(frozen=True, slots=True)
class Community:
    """The word in each message of SNMP v1 and v2c."""

    name: str
    version: Version


@dataclass(frozen=True, slots=True)
class User:
    """A user of SNMP v3; protocols and passwords are "" as far as the level needs none."""

    name: str
    level: Level
    auth_proto: str = ""
    auth_password: str = ""
    privacy_proto: str = ""
    privacy_password: str = ""

    @property
    def version(self) -> Version:
        """Users belong to SNMP v3."""
        return Version.V3


Identity = Community | User
"""In whose name messages pass."""


@dataclass(frozen=True, slots=True)
class TrapManager:
    """A manager that is sent traps, for the events that are chosen."""

    address: str
    port: int
    local_port: int
    identity: Identity
    events: frozenset[str]


@dataclass(frozen=True, slots=True)
class Reader:
    """A manager that may ask for the modes at a port; its address is 0.0.0.0 where any may."""

    address: str
    port: int
    identity: Identity


@dataclass(frozen=True, slots=True)
class SystemInfo:
    """What the agent tells of the unit itself; `engine` is the text in its engine's id. Source: HA-362."""

    contact: str = ""
    description: str = ""
    location: str = ""
    engine: str = ""


@dataclass(frozen=True, slots=True)
class Snmp:
    """All about a unit's SNMP agent; without managers and readers it has nothing to do."""

    managers: tuple[TrapManager, ...] = ()
    readers: tuple[Reader, ...] = ()
    info: SystemInfo = SystemInfo()


def engine_id(text: str) -> str:
    """Return an engine's id in hexadecimal: enterprise 12356, format 4 (text), and the text. Source: RFC 3411, 5."""
    return f"8000304404{text.encode().hex()}"


def snmp(configuration: Configuration) -> Snmp:
    """Return whom the unit sends traps, and whom it answers. Source: HA-534, HA-619, HA-658, HA-660."""
    if configuration.get((*_SYSINFO, "status")) != "enable":
        return Snmp()
    return Snmp(
        managers=tuple(_managers(configuration)),
        readers=tuple(_readers(configuration)),
        info=SystemInfo(
            *(configuration.get((*_SYSINFO, each)) for each in ("contact", "description", "location", "engine-id"))
        ),
    )


def _managers(configuration: Configuration) -> Iterator[TrapManager]:
    for entry, identity in _identities(configuration):
        of = _Fields(configuration, entry)
        if identity.version is Version.V3:
            on, remote, local = of["trap-status"], of["trapport-remote"], of["trapport-local"]
        else:
            name = f"v{identity.version}"
            on, remote, local = of[f"trap{name}_status"], of[f"trapport{name}_remote"], of[f"trapport{name}_local"]
        if on == "enable":
            events = frozenset(of["trapevent"].split())
            for address in _hosts(configuration, entry):
                if not values.is_unset(address):
                    yield TrapManager(address, int(remote), int(local), identity, events)


def _readers(configuration: Configuration) -> Iterator[Reader]:
    for entry, identity in _identities(configuration):
        of = _Fields(configuration, entry)
        if identity.version is Version.V3:
            on, port = of["query-status"], of["query-port"]
        else:
            on, port = of[f"queryv{identity.version}-status"], of[f"queryportv{identity.version}"]
        if on == "enable":
            for address in _hosts(configuration, entry):
                yield Reader(address, int(port), identity)


def _identities(configuration: Configuration) -> Iterator[tuple[Path, Identity]]:
    """Each entry that is enabled and complete, with the identities that it gives: a community's is one a version."""
    for name in configuration.entries(_COMMUNITIES):
        entry = (*_COMMUNITIES, name)
        community = configuration.get((*entry, "name"))
        if community and configuration.get((*entry, "status")) == "enable":
            yield from ((entry, Community(community, version)) for version in (Version.V1, Version.V2C))
    for name in configuration.entries(_USERS):
        entry = (*_USERS, name)
        user = _user(_Fields(configuration, entry), name)
        if user is not None and configuration.get((*entry, "status")) == "enable":
            yield entry, user


def _user(of: _Fields, name: str) -> User | None:
    """The user of an entry; None where a password that the level needs is too short."""
    level = Level(of["security-level"])
    auth = (of["auth-proto"], of["auth-pwd"]) if level is not Level.NOTHING else ("", "")
    privacy = (of["priv-proto"], of["priv-pwd"]) if level is Level.PRIVATE else ("", "")
    if any(proto and len(password) < SHORTEST_PASSWORD for proto, password in (auth, privacy)):
        return None
    return User(name, level, *auth, *privacy)


def _hosts(configuration: Configuration, entry: Path) -> Iterator[str]:
    """Addresses of an entry's managers, each once."""
    table = (*entry, "host")
    found = (configuration.get((*table, name, "ip")) for name in configuration.entries(table))
    yield from dict.fromkeys(found)


@dataclass(frozen=True, slots=True)
class _Fields:
    """The fields of an entry by their keywords."""

    configuration: Configuration
    entry: Path

    def __getitem__(self, keyword: str) -> str:
        return self.configuration.get((*self.entry, keyword))

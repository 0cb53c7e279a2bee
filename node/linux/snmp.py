"""SNMP by net-snmp's programs: `snmptrap` sends each trap once, `snmpd` answers managers that may ask for the modes.

Nothing runs where nobody is to be sent anything or to be answered.
"""

from __future__ import annotations

import asyncio
import contextlib
import queue
import subprocess
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from node.linux import processes
from node.linux.files import read_text, write_atomically
from node.reporting import HA_UNIT_IP, MIB, Notification, Object, Syntax
from node.settings.snmp import Community, Identity, Level, Reader, Snmp, User, Version, engine_id
from node.settings.values import NONE4

SNMPTRAP = "/usr/bin/snmptrap"
SNMPD = "/usr/sbin/snmpd"
OBJECTS = "/etc/switchover/snmp-objects"
"""Answers snmpd for the unit's objects (pass_persist)."""

SENT_WITHIN = 5.0
"""Seconds that sending one trap may take, after which it is lost."""

_LETTERS = {Syntax.INTEGER: "i", Syntax.STRING: "s", Syntax.ADDRESS: "a"}
_AUTHENTICATION = {"sha1": "SHA", "md5": "MD5"}
_PRIVACY = {"aes": "AES", "des": "DES"}
_LEVELS = {Level.NOTHING: "noAuthNoPriv", Level.AUTHENTICATED: "authNoPriv", Level.PRIVATE: "authPriv"}
_ACCESS = {Level.NOTHING: "noauth", Level.AUTHENTICATED: "auth", Level.PRIVATE: "priv"}
_MODELS = {Version.V1: "v1", Version.V2C: "v2c"}
_ENTERPRISE_SPECIFIC = "6"
_MODULES = "system_mib,sysORTable,vacm_conf,vacm_vars,usmConf,usmUser,snmpEngine,pass,pass_persist,versioninfo"
"""What of snmpd is started: the rest would look at disks and interfaces."""


class EngineClock:
    """How often the unit's SNMP engine has started, and for how long it runs. Source: RFC 3414, 2.2.

    It starts with its first use: a unit without SNMP keeps nothing on its disk.
    """

    def __init__(self, file: Path) -> None:
        """Keep the number of starts in a file, which must outlive each of them."""
        self._file = file
        self._boots = 0
        self._began = 0.0
        self._lock = threading.Lock()

    def now(self) -> tuple[int, float]:
        """Return how often the engine has started, and the seconds since then."""
        with self._lock:
            if not self._boots:
                self._start()
            return self._boots, time.monotonic() - self._began

    def start(self) -> int:
        """Start the engine once more, and return how often it has started."""
        with self._lock:
            self._start()
            return self._boots

    def _start(self) -> None:
        kept = ""
        with contextlib.suppress(OSError):
            kept = (read_text(self._file) or "").strip()
        self._boots = (int(kept) if kept.isdecimal() else self._boots) + 1
        self._began = time.monotonic()
        # A number that cannot be kept counts until the next start of the unit.
        with contextlib.suppress(OSError):
            write_atomically(self._file, f"{self._boots}\n")


def trap_command(notification: Notification, engine: str, boots: int, seconds: float) -> list[str]:
    """Return the command that sends a trap, by an engine with this text in its id."""
    manager, trap = notification.manager, notification.trap
    uptime = str(int(seconds * 100))
    said = [word for each in trap.objects for word in (f".{each.oid}", _LETTERS[each.syntax], each.value)]
    command = [SNMPTRAP, "-v", manager.identity.version.value, *_named(manager.identity)]
    if manager.identity.version is Version.V3:
        # Of 0 seconds the program makes those for which the machine runs, and a manager would drop all that follows.
        command += ["-e", f"0x{engine_id(engine)}", "-Z", f"{boots},{max(1, int(seconds))}"]
    command += ["--clientaddrUsesPort=yes", f"--clientaddr={NONE4}:{manager.local_port}", "-m", "", "-r", "0"]
    command.append(f"udp:{manager.address}:{manager.port}")
    if manager.identity.version is Version.V1:
        address = next((each.value for each in trap.objects if each.oid == HA_UNIT_IP), "")
        return [*command, f".{MIB}", address, _ENTERPRISE_SPECIFIC, str(trap.number), uptime, *said]
    return [*command, uptime, f".{MIB}.0.{trap.number}", *said]


def _named(identity: Identity) -> list[str]:
    """Options of net-snmp's programs that say in whose name a message passes."""
    match identity:
        case Community(name):
            return ["-c", name]
        case User(name, level, auth, auth_password, privacy, privacy_password):
            said = ["-u", name, "-l", _LEVELS[level]]
            said += ["-a", _AUTHENTICATION[auth], "-A", auth_password] if auth else []
            return said + (["-x", _PRIVACY[privacy], "-X", privacy_password] if privacy else [])


class TrapSender:
    """Sends traps one after the other, in a thread: neither a slow program nor the local port delays a heartbeat."""

    def __init__(self, clock: EngineClock, folder: Path, command: Callable[..., list[str]] = trap_command) -> None:
        """Send by an engine with this clock; net-snmp keeps its files in the folder. The thread starts with a trap."""
        self._clock = clock
        self._folder = folder
        self._command = command
        self._new: queue.SimpleQueue[tuple[Notification, str]] = queue.SimpleQueue()
        self._unsent = 0
        self._change = threading.Condition()
        self._thread: threading.Thread | None = None

    def send(self, notification: Notification, engine: str) -> None:
        """Send a trap by an engine with this text in its id; returns at once."""
        with self._change:
            self._unsent += 1
        self._new.put((notification, engine))
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, daemon=True)
            self._thread.start()

    def wait_until_sent(self, within: float) -> None:
        """Wait until all traps so far have been sent, at most so many seconds."""
        with self._change:
            self._change.wait_for(lambda: self._unsent == 0, within)

    def _run(self) -> None:
        while True:
            notification, engine = self._new.get()
            # A trap that cannot leave is lost, as one that nobody receives.
            with contextlib.suppress(OSError, subprocess.SubprocessError):
                self._folder.mkdir(parents=True, exist_ok=True)
                subprocess.run(  # noqa: S603 - a fixed program; its arguments pass no shell
                    self._command(notification, engine, *self._clock.now()),
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    env={"SNMP_PERSISTENT_DIR": str(self._folder), "SNMPCONFPATH": str(self._folder), "MIBS": ""},
                    timeout=SENT_WITHIN,
                    check=False,
                )
            with self._change:
                self._unsent -= 1
                self._change.notify_all()


def agent_settings(snmp: Snmp, engine: str, program: str, objects: Path) -> str:
    """Return snmpd's settings: who may ask for what, and the program that answers from a file of objects."""
    ports = dict.fromkeys(reader.port for reader in snmp.readers)
    info = {"sysContact": snmp.info.contact, "sysLocation": snmp.info.location, "sysDescr": snmp.info.description}
    lines = [
        f"agentAddress {','.join(f'udp:{port}' for port in ports)}",
        f"exactEngineID 0x{engine_id(engine)}",
        *(f"{keyword} {text}" for keyword, text in info.items() if text),
        "view shown included .1.3.6.1.2.1.1",
        "view shown included .1.3.6.1.6.3.10.2",
        f"view shown included .{MIB}",
        *_access(snmp.readers),
        f"pass_persist .{MIB}.1 {program} {objects}",
    ]
    return "\n".join([*lines, ""])


def _access(readers: Sequence[Reader]) -> Iterable[str]:
    """Lines that let these readers in, and nobody else."""
    sources: dict[tuple[str, str], str] = {}
    groups: list[str] = []
    for reader in readers:
        match reader.identity:
            case Community(name, version):
                source = "default" if reader.address == NONE4 else reader.address
                # snmpd finds a name by source and word alone, whatever the version.
                known = sources.setdefault((source, name), f"from{len(sources)}")
                group, model, level = f"by{len(groups)}", _MODELS[version], "noauth"
                if f"{known} {model}" in groups:
                    continue
                groups.append(f"{known} {model}")
                yield f"group {group} {model} {known}"
            case User(name, security):
                group, model, level = f"by{len(groups)}", "usm", _ACCESS[security]
                if f"{name} {model}" in groups:
                    continue
                groups.append(f"{name} {model}")
                yield _user(reader.identity)
                yield f"group {group} {model} {_quoted(name)}"
        yield f'access {group} "" {model} {level} exact shown none none'
    for (source, word), known in sources.items():
        yield f"com2sec {known} {source} {_quoted(word)}"


def _user(user: User) -> str:
    said = f"createUser {_quoted(user.name)}"
    if user.auth_proto:
        said += f" {_AUTHENTICATION[user.auth_proto]} {_quoted(user.auth_password)}"
    if user.privacy_proto:
        said += f" {_PRIVACY[user.privacy_proto]} {_quoted(user.privacy_password)}"
    return said


def _quoted(text: str) -> str:
    """A word as net-snmp's files have it."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def objects_file(objects: Iterable[Object]) -> str:
    """Return what `snmp-objects` reads: an object a line, in the order of their identifiers."""
    return "".join(f".{each.oid} {each.syntax} {each.value}\n" for each in objects)


class Agent:
    """`snmpd`, which runs only where some manager may ask."""

    def __init__(self, clock: EngineClock, folder: Path, log: Callable[[str], None]) -> None:
        """Prepare; its files are in the folder."""
        self._clock = clock
        self._folder = folder
        self._log = log
        self._settings = ""
        self._process: subprocess.Popen[bytes] | None = None
        self._watching: asyncio.Task[None] | None = None
        self._objects: tuple[Object, ...] = ()

    def follow(self, snmp: Snmp, engine: str) -> None:
        """Answer by these settings, as an engine with this text in its id; nothing runs if nobody may ask."""
        wanted = agent_settings(snmp, engine, OBJECTS, self._folder / "objects") if snmp.readers else ""
        if wanted == self._settings:
            return
        self._settings = wanted
        self._stop()
        if not wanted:
            return
        boots = self._clock.start()
        try:
            self._write_objects()
            write_atomically(self._folder / "settings" / "snmpd.conf", wanted)
            # snmpd counts its starts here, and would keep users that are no more.
            kept = f"engineBoots {boots - 1}\noldEngineID 0x{engine_id(engine)}\n"
            write_atomically(self._folder / "kept" / "snmpd.conf", kept)
            places = (
                f"SNMPCONFPATH={self._folder / 'settings'}:{self._folder / 'kept'}",
                f"SNMP_PERSISTENT_DIR={self._folder / 'kept'}",
            )
            self._process = processes.spawn("/usr/bin/env", *places, "MIBS=", SNMPD, "-f", "-Ln", "-I", _MODULES)
        except OSError as error:
            self._log(f"snmp: the agent cannot be started ({error.strerror})")
            return
        self._watching = asyncio.get_running_loop().create_task(self._watch(self._process))

    def show(self, objects: tuple[Object, ...]) -> None:
        """Show these objects from now on."""
        if objects != self._objects:
            self._objects = objects
            if self._settings:
                self._write_objects()

    def _write_objects(self) -> None:
        # Where the disk takes none, the objects stay as they were.
        with contextlib.suppress(OSError):
            write_atomically(self._folder / "objects", objects_file(self._objects))

    def _stop(self) -> None:
        process, self._process = self._process, None
        if self._watching is not None:
            self._watching.cancel()
            self._watching = None
        if process is not None:
            # At once: it keeps nothing that is needed later.
            processes.stop(process, 0)

    async def _watch(self, process: subprocess.Popen[bytes]) -> None:
        """Log that the program has ended by itself."""
        held = processes.hold(process)
        try:
            await processes.ended(held)
        finally:
            held.close()
        process.wait()
        self._process = None
        self._log("snmp: the agent has ended; nobody is answered until its settings change")

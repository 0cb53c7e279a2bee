"""Runs keepalived and reports events of the pair as JSON Lines on the monotonic clock: adverts, addresses, banners.

watch.py router ADDRESS/MASK   a VRRP router that also answers SMTP with its host name
watch.py client ADDRESS        probes the banner at that address
"""

from __future__ import annotations

import contextlib
import json
import queue
import socket
import struct
import subprocess
import sys
import threading
import time
from functools import partial
from pathlib import Path

CONFIGURATION = """\
global_defs {
  router_id bench
  vrrp_garp_master_refresh 0
}
vrrp_instance bench {
  state BACKUP
  nopreempt
  interface eth0
  virtual_router_id 51
  priority 100
  advert_int 1
  unicast_peer { %s }
  virtual_ipaddress { %s }
}
"""
VRRP = 112
NEW_ADDRESS, GONE_ADDRESS = 20, 21
IPV4_ADDRESSES = 0x10
HEADER = 16
PACE = 0.01
STAMP = getattr(socket, "SO_TIMESTAMPNS", 35)


def tell(event: str, at: float | None = None, **detail: object) -> None:
    """Write one line."""
    line = json.dumps({"event": event, "at": time.monotonic() if at is None else at, **detail})
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def adverts() -> None:
    """Report each advertisement, with the moment at which the kernel received it."""
    wire = socket.socket(socket.AF_INET, socket.SOCK_RAW, VRRP)
    wire.setsockopt(socket.SOL_SOCKET, STAMP, 1)
    own = socket.gethostbyname(socket.gethostname())
    while True:
        _, extra, _, (sender, _) = wire.recvmsg(2048, 128)
        offset = time.time_ns() - time.monotonic_ns()
        seconds, nanoseconds = struct.unpack("ll", extra[0][2][:16])
        if sender != own:
            tell("advert", (seconds * 1_000_000_000 + nanoseconds - offset) / 1e9)


def addresses(wanted: str) -> None:
    """Report when this machine takes the address, and when it gives it up."""
    kernel = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE)
    kernel.bind((0, IPV4_ADDRESSES))
    packed = socket.inet_aton(wanted.partition("/")[0])
    while True:
        data = kernel.recv(65536)
        at = time.monotonic()
        while len(data) >= HEADER:
            length, kind = struct.unpack_from("=IH", data)
            if kind in (NEW_ADDRESS, GONE_ADDRESS) and packed in data[24:length]:
                tell("address", at, held=kind == NEW_ADDRESS)
            data = data[(length + 3) & ~3 :]


def banners() -> None:
    """Answer every connection to port 25 with a greeting, also before the address is held."""
    server = socket.create_server(("", 25), backlog=64)
    while True:
        client, _ = server.accept()
        client.sendall(f"220 {socket.gethostname()} ESMTP\r\n".encode())
        client.close()


def router(wanted: str, peer: str) -> None:
    """Run a VRRP router."""
    path = Path("/run/keepalived.conf")
    path.write_text(CONFIGURATION % (peer, wanted))
    for work in (adverts, partial(addresses, wanted), banners):
        threading.Thread(target=work, daemon=True).start()
    tell("ready")
    command = ["/usr/sbin/keepalived", "-n", "-l", "-f", str(path)]
    sys.exit(subprocess.run(command, check=False).returncode)  # noqa: S603 - fixed words


def ask(wanted: str, answers: queue.SimpleQueue[tuple[float, str]]) -> None:
    """Probe once; an answer goes into the queue with its time."""
    with contextlib.suppress(OSError, IndexError), socket.create_connection((wanted, 25), timeout=0.2) as session:
        name = session.recv(512).split()[1].decode()
        answers.put((time.monotonic(), name))


def client(wanted: str) -> None:
    """Probe the banner every 10 ms, in parallel, and report each change of the answering router."""
    answers: queue.SimpleQueue[tuple[float, str]] = queue.SimpleQueue()
    last = ""
    tell("ready")
    while True:
        threading.Thread(target=ask, args=(wanted, answers), daemon=True).start()
        with contextlib.suppress(queue.Empty):
            at, name = answers.get(timeout=PACE)
            if name != last:
                tell("banner", at, name=name)
                last = name
            # The answer came early: wait for the rest of the interval before the next probe.
            time.sleep(max(0.0, PACE - (time.monotonic() - at)))


def main(role: str, *words: str) -> None:
    """Run the part that the first word names."""
    if role == "router":
        router(*words)
    else:
        client(*words)


if __name__ == "__main__":
    main(*sys.argv[1:])

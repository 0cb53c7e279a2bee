"""A Docker engine of paper, and whatever else speaks HTTP on this host: it keeps what it was asked."""

from __future__ import annotations

import contextlib
import json
import socketserver
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

VERSION = {"ApiVersion": "1.41", "Version": "20.10.0", "MinAPIVersion": "1.12"}


@dataclass
class PaperEngine:
    """What was asked, as method and path, and the records that came with it, by path."""

    asked: list[str] = field(default_factory=list)
    records: dict[str, Any] = field(default_factory=dict)


class _Local(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True


@contextlib.contextmanager
def listening(where: Path | None = None) -> Iterator[tuple[PaperEngine, str]]:
    """Serve at a local socket, or on a port of the loopback interface; yield the engine and `PATH` or `HOST:PORT`."""
    engine = PaperEngine()

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            path = self.path.partition("?")[0]
            engine.asked.append(f"{self.command} {path}")
            sent = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            if sent:
                engine.records[path] = json.loads(sent)
            told = VERSION if path.endswith("/version") else {"Id": "0" * 64, "Warnings": []}
            body = json.dumps({} if path == "/proxies" else told).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = do_DELETE = _answer  # noqa: N815 - the names are those of the standard library

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = _Local(str(where), Handler) if where else ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield engine, str(where) if where else f"127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()

"""Real servers on loopback, each as long as a test needs it: Redis, Postgres, and a bucket. A missing one fails."""

from __future__ import annotations

import json
import os
import pwd
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from kit import eventually

TOOL = Path(__file__).parents[1] / "tools" / "server"
PASSWORD = "geheim"


def found(name: str) -> Path:
    """The binary of a server."""
    done = subprocess.run([sys.executable, str(TOOL), name], check=True, stdout=subprocess.PIPE, text=True)
    return Path(done.stdout.strip())


@dataclass
class Server:
    """A server that runs."""

    address: str
    process: subprocess.Popen[bytes]

    def database(self, name: str) -> str:
        """The address of a new database, where this is a Postgres."""
        from psycopg import connect, sql

        with connect(self.address, autocommit=True) as connection:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        return self.address.replace("/postgres?", f"/{name}?")


class Answers(BaseHTTPRequestHandler):
    """What a small server of a test answers with."""

    def answer(self, value: Any) -> None:
        """This, as JSON."""
        body = json.dumps(value).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: object) -> None: ...


@contextmanager
def serving(handler: Callable[..., BaseHTTPRequestHandler]) -> Iterator[str]:
    """The address at which this handler answers."""
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def redis_server(folder: Path) -> Iterator[Server]:
    """Redis on a socket."""
    line = folder / "redis.sock"
    command = [str(found("redis-server")), "--port", "0", "--unixsocket", str(line), "--save", "", "--dir", str(folder)]
    with _running(command, "ready to accept", folder / "redis.log") as process:
        yield Server(f"unix://{line}", process)


@contextmanager
def postgres_server(folder: Path) -> Iterator[Server]:
    """Postgres on a port, whose user has a password, and whose clock is shown in a zone with summer time."""
    with tempfile.TemporaryDirectory(prefix="postgres-") as scratch:
        # It does not run as root, and nobody else may look into the folders of tests that root runs.
        somebody: dict[str, Any] = {"cwd": scratch}
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            somebody |= {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
            os.chown(scratch, nobody.pw_uid, nobody.pw_gid)
        binary, data, secret = found("postgres"), f"{scratch}/data", Path(scratch) / "password"
        secret.write_text(PASSWORD)
        make = [str(binary.with_name("initdb")), "-D", data, "-U", "somebody", "--auth=scram-sha-256", "--no-sync"]
        make += [f"--pwfile={secret}", "--encoding=UTF8", "--locale=C"]
        subprocess.run(make, check=True, stdout=subprocess.DEVNULL, **somebody)
        port = free_port()
        command = [str(binary), "-D", data, "-p", str(port), "-c", "listen_addresses=127.0.0.1", "-c", "fsync=off"]
        command += ["-c", "unix_socket_directories=", "-c", "timezone=America/New_York"]
        with _running(command, "ready to accept", folder / "postgres.log", signal.SIGQUIT, **somebody) as process:
            yield Server(f"postgres://somebody:{PASSWORD}@127.0.0.1:{port}/postgres?sslmode=disable", process)


@contextmanager
def bucket_server(folder: Path) -> Iterator[str]:
    """The address of what speaks S3, where a PUT of a name makes a bucket."""
    log = folder / "bucket.log"
    with _running([sys.executable, "-u", "-m", "moto.server", "-p", "0"], "Running on", log):
        (address,) = re.findall(r"Running on (http://\S+)", log.read_text())
        yield address


def free_port() -> int:
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        return int(line.getsockname()[1])


@contextmanager
def _running(
    command: list[str], ready: str, log: Path, end: int = signal.SIGKILL, **more: Any
) -> Iterator[subprocess.Popen[bytes]]:
    """A server that has said that it is ready; `end` is the signal that stops it at once."""
    with log.open("wb") as said, subprocess.Popen(command, stdout=said, stderr=said, **more) as process:
        try:
            eventually(lambda: ready.lower() in log.read_text().lower() or process.poll() is not None)
            assert process.poll() is None, f"{command[0]} does not start:\n{log.read_text()}"
            yield process
        finally:
            process.send_signal(end)

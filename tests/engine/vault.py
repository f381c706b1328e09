"""A keeper of keys for the stacks of tests, as Vault keeps them.

An engine takes 0.2 s of processor to make a key of a passphrase, which is half of what it takes for a small stack. Here
it asks once for the key of its stack to be opened, and encrypts with that key what is secret.
"""

from __future__ import annotations

import json
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

KEEPER = "hashivault://tests"
_closed: dict[str, str] = {}


class _Transit(BaseHTTPRequestHandler):
    """The two calls of Vault's transit engine that close a key and open it again."""

    def do_PUT(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if "plaintext" in asked:
            closed = f"vault:v1:{secrets.token_hex(16)}"
            _closed[closed] = asked["plaintext"]
            told = {"ciphertext": closed}
        else:
            told = {"plaintext": _closed[asked["ciphertext"]]}
        body = json.dumps({"data": told}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: object) -> None: ...


@contextmanager
def vault() -> Iterator[dict[str, str]]:
    """What points an engine at the keeper."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Transit) as server:
        threading.Thread(target=server.serve_forever, name="vault", daemon=True).start()
        try:
            yield {"VAULT_ADDR": f"http://127.0.0.1:{server.server_port}", "VAULT_TOKEN": "tests"}
        finally:
            server.shutdown()

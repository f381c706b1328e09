"""A keeper of keys for the stacks of tests, as Vault keeps them.

An engine takes 0.2 s of processor to make a key of a passphrase, which is half of what it takes for a small stack. Here
it asks once for the key of its stack to be opened, and encrypts with that key what is secret.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager

from servers_kit import Answers, serving

KEEPER = "hashivault://tests"


@contextmanager
def vault() -> Iterator[dict[str, str]]:
    """What points an engine at the keeper, which forgets all keys at its end."""
    closed: dict[str, str] = {}

    class Transit(Answers):
        """The two calls of Vault's transit engine that close a key and open it again."""

        def do_PUT(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if "plaintext" in asked:
                name = f"vault:v1:{secrets.token_hex(16)}"
                closed[name] = asked["plaintext"]
                self.answer({"data": {"ciphertext": name}})
            else:
                self.answer({"data": {"plaintext": closed[asked["ciphertext"]]}})

    with serving(Transit) as address:
        yield {"VAULT_ADDR": address, "VAULT_TOKEN": "tests"}

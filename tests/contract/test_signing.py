"""Signatures: the vendor's worked examples, and the official signing code on random requests."""

from __future__ import annotations

import json
import random
import string
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from wangsu.common.auth.AkSkAuth import AkSkAuth
from wangsu.common.auth.AkSkConfig import AkSkConfig

from pulumi_livechannels.emulator.wangsu.auth import cnc_signature
from pulumi_livechannels.vendors.wangsu.client import _unlike_any_other
from pulumi_livechannels.vendors.wangsu.signing import ApiKeySigner, KeyPairSigner

VECTORS = json.loads((Path(__file__).parent / "wangsu-signing-vectors.json").read_text())
KEY_PAIR_VECTORS = [vector for vector in VECTORS if "secret_key" in vector]
BASIC = next(vector for vector in VECTORS if vector["case"] == "H Basic")


def sent(vector: dict[str, Any]) -> bytes:
    """The body that a vector's client sends: with a DELETE the Python SDK sends none and the Go SDK does."""
    return b"" if vector["case"].startswith("G DELETE") else (vector["body"] or "").encode()


@pytest.mark.parametrize("vector", KEY_PAIR_VECTORS, ids=lambda vector: vector["case"])
def test_our_signature_is_the_vendors(vector: dict[str, Any]) -> None:
    signer = KeyPairSigner(vector["access_key"], vector["secret_key"])
    body = sent(vector)
    request = signer.sign(vector["method"], f"https://{vector['host']}", vector["uri"], body, vector["timestamp"])
    assert request.headers["Authorization"] == vector["authorization"]
    assert request.headers["x-cnc-timestamp"] == str(vector["timestamp"])
    assert request.headers["Host"] == vector["host"]


@pytest.mark.rule("E2")
@pytest.mark.parametrize("vector", KEY_PAIR_VECTORS, ids=lambda vector: vector["case"])
def test_the_emulator_computes_the_vendors_signature_too(vector: dict[str, Any]) -> None:
    headers = {"content-type": "application/json", "host": vector["host"], "x-cnc-timestamp": str(vector["timestamp"])}
    body = sent(vector)
    signature = cnc_signature(vector["secret_key"], vector["method"], vector["uri"], headers, "content-type;host", body)
    assert vector["authorization"].endswith(f"Signature={signature}")


def test_the_api_key_scheme_signs_the_date() -> None:
    signer = ApiKeySigner(BASIC["username"], BASIC["apiKey"])
    request = signer.sign("POST", "https://open.chinanetcenter.com", "/x", b"{}", 1700000000)
    assert request.headers["Date"] == BASIC["date"]
    assert request.headers["Authorization"] == BASIC["authorization"]
    assert request.headers["Content-Type"] == "application/json"


def random_text(source: random.Random, longest: int) -> str:
    letters = string.ascii_letters + string.digits + "-_.~ +/%&=äß中文播\U0001f3a5"
    return "".join(source.choice(letters) for _ in range(source.randrange(longest)))


@pytest.mark.rule("R34")
def test_1000_random_requests_are_signed_as_the_official_code_does(monkeypatch: pytest.MonkeyPatch) -> None:
    source = random.Random(20261121)
    for _ in range(1000):
        timestamp = source.randrange(1_600_000_000, 1_900_000_000)
        method = source.choice(["POST", "GET", "PUT"])
        query = "&".join(
            f"{quote(random_text(source, 9))}={quote(random_text(source, 20))}" for _ in range(source.randrange(4))
        )
        target = "/" + quote(random_text(source, 30)).replace("?", "") + (f"?{query}" if query else "")
        body = json.dumps({random_text(source, 8): random_text(source, 40)}, ensure_ascii=source.random() < 0.5)
        config = AkSkConfig()
        config.access_key, config.secret_key = f"AK{source.randrange(10**9)}", random_text(source, 40) or "sk"
        config.uri, config.method, config.end_point = target, method, "open.chinanetcenter.com"
        message = AkSkAuth.transfer_http_request_msg(config, body)
        message.headers.setdefault("Content-Type", "application/json")
        monkeypatch.setattr("time.time", lambda timestamp=timestamp: timestamp)
        AkSkAuth.get_auth_and_set_headers(message, config.access_key, config.secret_key, None)

        signer = KeyPairSigner(config.access_key, config.secret_key)
        ours = signer.sign(method, "https://open.chinanetcenter.com", target, body.encode(), timestamp)
        assert ours.headers["Authorization"] == message.headers["Authorization"]


@pytest.mark.rule("R22")
def test_equal_calls_never_share_a_signature() -> None:
    bodies = [_unlike_any_other({"pageIndex": 1}) for _ in range(1000)]
    assert len(set(bodies)) == 1000
    assert all(json.loads(body) == {"pageIndex": 1} for body in bodies)


def test_what_a_signer_holds_is_not_shown() -> None:
    assert "geheim" not in repr(KeyPairSigner("ak", "geheim"))
    assert "geheim" not in repr(ApiKeySigner("user", "geheim"))

"""Volcengine's signature: the worked examples, and the official signer on random requests."""

from __future__ import annotations

import json
import random
import string
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from volcengine.auth.SignerV4 import SignerV4
from volcengine.base.Request import Request as OfficialRequest
from volcengine.Credentials import Credentials

from pulumi_livechannels.vendors.volcengine.codes import meaning
from pulumi_livechannels.vendors.volcengine.signing import VolcengineSigner

VECTORS = json.loads((Path(__file__).parent / "volcengine-signing-vectors.json").read_text())


def seconds(date: str) -> float:
    from datetime import datetime, timezone

    return datetime.strptime(date, "%Y%m%dT%H%M%SZ").replace(tzinfo=timezone.utc).timestamp()


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_our_signature_is_the_vendors(vector: dict[str, Any]) -> None:
    signer = VolcengineSigner(vector["access_key"], vector["secret_key"], vector["session_token"])
    request = signer.sign(vector["method"], vector["url"], vector["body"].encode(), seconds(vector["x_date"]))
    assert {name: request.headers[name] for name in vector["headers"]} == vector["headers"]


def random_text(source: random.Random, longest: int) -> str:
    letters = string.ascii_letters + string.digits + "-_.~ +/%&=äß中文播\U0001f3a5"
    return "".join(source.choice(letters) for _ in range(source.randrange(longest)))


@pytest.mark.rule("R34")
def test_1000_random_requests_are_signed_as_the_official_signer_does(monkeypatch: pytest.MonkeyPatch) -> None:
    source = random.Random(20261121)
    for _ in range(1000):
        date = f"20{source.randrange(10, 40)}0{source.randrange(1, 10)}1{source.randrange(10)}T100405Z"
        query = {random_text(source, 9) or "k": random_text(source, 20) for _ in range(source.randrange(4))}
        method = source.choice(["POST", "GET"])
        host = source.choice(["live.volcengineapi.com", "localhost:8443", "example.com:443"])
        path = "/" + "".join(source.choice(string.ascii_letters + "-_.~/") for _ in range(source.randrange(8)))
        path = path.replace("//", "/")
        body = json.dumps({random_text(source, 8): random_text(source, 40)}, ensure_ascii=source.random() < 0.5)
        token = source.choice(["", random_text(source, 20)])

        official = OfficialRequest()
        official.set_shema("https")
        official.set_method(method)
        official.set_host(host)
        official.set_path(path)
        official.set_query(dict(query))
        official.set_body(body)
        official.set_headers({"Content-Type": "application/json", "Host": host})
        credentials = Credentials(f"AK{source.randrange(10**9)}", random_text(source, 40) or "sk", "live", "cn-north-1")
        credentials.session_token = token
        monkeypatch.setattr(SignerV4, "get_current_format_date", staticmethod(lambda date=date: date))
        SignerV4.sign(official, credentials)

        encoded = "&".join(f"{quote(key, safe='')}={quote(value, safe='')}" for key, value in query.items())
        url = f"https://{host}{path}" + (f"?{encoded}" if encoded else "")
        ours = VolcengineSigner(credentials.ak, credentials.sk, token).sign(method, url, body.encode(), seconds(date))
        assert ours.headers["Authorization"] == official.headers["Authorization"], (url, body)
        assert urlsplit(ours.url).path == path


def test_what_a_signer_holds_is_not_shown() -> None:
    assert "geheim" not in repr(VolcengineSigner("ak", "geheim", "geheimer"))


@pytest.mark.rule("R29")
@pytest.mark.parametrize(
    ("code", "status", "error"),
    [
        ("FlowLimitExceeded", 429, "ThrottledError"),
        ("InternalServiceTimeout", 504, "PlatformError"),
        ("InvalidTimestamp", 403, "ClockError"),
        ("InvalidParameter", 400, "RefusedError"),
        ("SignatureDoesNotMatch", 401, "CredentialsError"),
        ("AccessDenied", 403, "AccessDeniedError"),
        ("InvalidActionOrVersion", 404, "RefusedError"),
        ("BrandNew", 500, "PlatformError"),
        ("BrandNew", 429, "ThrottledError"),
        ("BrandNew", 401, "CredentialsError"),
        ("BrandNew", 403, "AccessDeniedError"),
        ("BrandNew", 400, "RefusedError"),
    ],
)
def test_a_code_is_judged_first_and_the_status_second(code: str, status: int, error: str) -> None:
    assert meaning(code, status).error.__name__ == error

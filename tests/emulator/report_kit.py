"""What tests of reports share: signed calls of both vendors, a day to ask about, and the contract's fields."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any
from unittest.mock import patch
from urllib.parse import urlencode

import requests
from volcengine.auth.SignerV4 import SignerV4
from volcengine.base.Request import Request as VolcengineRequest
from volcengine.Credentials import Credentials

from kit import PATIENCE, Stage
from pulumi_livechannels.emulator.volcengine import auth as volcengine_auth
from pulumi_livechannels.emulator.wangsu import auth
from pulumi_livechannels.vendors.wangsu.signing import ApiKeySigner, KeyPairSigner

CONTRACT = json.loads((Path(__file__).parent.parent / "contract" / "reports.json").read_text())
ZONE = timezone(timedelta(hours=8))
PULL, LIVE = "pull.example.com", "live.example.com"
BY_PLACE = {"domain": [PULL], "groupBy": ["domain", "isp", "province"]}
BY_DOMAIN = {"domain": [PULL], "groupBy": ["domain"]}
BY_COUNTRY = {"domain": [PULL], "groupBy": ["domain", "country"]}
STREAM = {"domainStream": [{"domain": PULL, "stream": ["live/main"]}]}
# A request for each report that makes every field of its answer appear.
ASKED: dict[str, dict[str, Any]] = {
    "/api/report/flow": {},
    "/api/report/flow/byte": {},
    "/api/report/domainflow": {"domain-list": {"domain-name": [PULL]}, "type": "hourly"},
    "/api/report/flow/exact-domain": {"domain": ["*.example.com"]},
    "/api/report/flow/area": {"areaCode": "cn;hk", "dataInterval": "1h"},
    "/api/report/flow/protocol": BY_DOMAIN,
    "/api/report/flow/parent-node": BY_DOMAIN,
    "/api/report/flow/dir/detail": {"domainDir": [{"domain": PULL}], "dataType": "flow"},
    "/api/report/flow/dir/info": {"domainDir": [{"domain": PULL}], "dirHierarchy": "2"},
    "/api/report/flow/stream/detail": {**STREAM, "dataType": "flow"},
    "/api/report/flow-bandwidth/stream/detail": {**STREAM, "dataInterval": "1m", "isReturnOnline": "true"},
    "/api/report/flow/domain-country": BY_COUNTRY,
    "/api/report/up-flow/domain-country": BY_COUNTRY,
    "/api/report/server/country-bandwidth": {"domain": [PULL]},
    "/api/report/flow/isp-province": BY_PLACE,
    "/api/report/flow/isp-province/byte": BY_PLACE,
    "/api/report/flow/isp-province/total": {"domain": [PULL]},
    "/api/report/flow/isp-province/shorttime": BY_PLACE,
    "/api/report/flow/hit-rate/isp-province": BY_PLACE,
    "/api/report/flow/hit-rate/isp-province/byte": BY_PLACE,
    "/api/report/flow/isp-province/hit-rate/total": {"domain": [PULL]},
    "/api/report/flow/isp-province/hit-rate/detail": BY_PLACE,
    "/api/report/flow/edge-hit-ratio/total": {},
    "/api/report/flow/origin/isp-province": BY_PLACE,
    "/api/report/flow/origin/isp-province/byte": BY_PLACE,
    "/api/report/flow-request": BY_DOMAIN,
    "/api/report/flow-request/origin": BY_DOMAIN,
    "/api/report/flow-request/multi-ip-version": BY_DOMAIN,
    "/api/report/flow/p2p/share-ratio": BY_DOMAIN,
    "/api/report/request/saving-bandwidth/total": {"domain": [PULL], "dataInterval": "1h"},
    "/api/report/domain/stream/duration": STREAM,
    "/myview/Flowchannel": {"channel": PULL, "dataformat": "json"},
    "/myview/flow-day": {"channel": PULL, "dataformat": "json"},
    "/myview/Wctquery": {"transcoding": "hevc", "dataformat": "json"},
}
KINDS: dict[str, Any] = {"string": str, "int": int, "bool": bool, "float": float, "double": float, "long": int}
KINDS["number"] = (int, float)


def at(stage: Stage, *, days: float = 0, hours: float = 0, minutes: float = 0) -> datetime:
    """A time counted from the midnight, at +08:00, two days ago."""
    today = datetime.fromtimestamp(stage.clock.now(), ZONE).replace(hour=0, minute=0, second=0, microsecond=0)
    return today - timedelta(days=2) + timedelta(days=days, hours=hours, minutes=minutes)


def window(stage: Stage, *, days: float = 0, hours: float = 1) -> dict[str, str]:
    """The dates of a window that is over."""
    return {"dateFrom": at(stage, days=days).isoformat(), "dateTo": at(stage, days=days, hours=hours).isoformat()}


def dated(stage: Stage, path: str, **span: float) -> dict[str, str]:
    """A window in the words of a report."""
    dates = window(stage, **span)
    if path == "/api/report/flow":
        return {"datefrom": dates["dateFrom"], "dateto": dates["dateTo"]}
    if path.endswith("duration"):
        return {"dateFrom": f"{at(stage):%Y-%m-%d}", "dateTo": f"{at(stage, days=1):%Y-%m-%d}"}
    return {"date": f"{at(stage):%Y-%m-%d}"} if path.startswith("/myview") else dates


def asked(stage: Stage, path: str, *, ago: float = 0, hours: float = 1, **fields: Any) -> dict[str, Any]:
    """A request for a window that begins some days earlier than usual, merged where it can be."""
    merged = {"groupBy": []} if isinstance(ASKED[path].get("groupBy"), list) else {}
    return {**ASKED[path], **merged, **dated(stage, path, days=-ago, hours=hours), **fields}


def send(
    stage: Stage,
    path: str,
    content: Any = None,
    method: str = "POST",
    *,
    by_api_key: bool = False,
    **headers: str | None,
) -> requests.Response:
    """A signed call of a Wangsu action; a header that is None is left out, underscores are hyphens."""
    stage.clock.let_pass(1)
    body = content if isinstance(content, bytes) else b"" if content is None else json.dumps(content).encode()
    key_pair = KeyPairSigner(auth.ACCESS_KEY, auth.SECRET_KEY)
    signer = ApiKeySigner(auth.USERNAME, auth.API_KEY) if by_api_key else key_pair
    signed = signer.sign(method, f"http://127.0.0.1:{stage.port}", path, body, stage.clock.now())
    changed = {**signed.headers, **{name.replace("_", "-"): value for name, value in headers.items()}}
    sent = {name: value for name, value in changed.items() if value is not None}
    return requests.request(method, signed.url, data=body, headers=sent, timeout=PATIENCE)


def ask(stage: Stage, path: str, fields: Mapping[str, Any], **headers: str) -> requests.Response:
    """A report, with each field where the contract has it."""
    words = CONTRACT["wangsu"][path]
    query = {name: value for name, value in fields.items() if words["request"].get(name, {}).get("in") == "query"}
    body = {name: value for name, value in fields.items() if name not in query}
    target = f"{path}?{urlencode(query)}" if query else path
    return send(stage, target, None if words["method"] == "GET" else body, words["method"], **headers)


def told(stage: Stage, path: str, fields: Mapping[str, Any], **headers: str) -> Any:
    """The answer of a report that has to succeed."""
    answer = ask(stage, path, fields, **headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


def refusal(answer: requests.Response) -> tuple[int, str]:
    """The HTTP status and the code of a report that is refused."""
    assert set(answer.json()) == {"code", "message"}
    return answer.status_code, answer.json()["code"]


def assert_shaped(value: Any, fields: Mapping[str, Any], needed: set[str], where: str) -> None:
    """Only the contract's fields, of its types, at every depth; the needed ones, and inside them all it requires."""
    assert needed <= set(value) <= set(fields), where
    for name, inner in value.items():
        kind = fields[name]["type"].replace("list<", "array<")
        is_list = kind.startswith("array<")
        assert isinstance(inner, list) == is_list, f"{where}.{name}"
        for item in inner if is_list else [inner]:
            if "fields" in fields[name]:
                held = fields[name]["fields"]
                assert_shaped(item, held, {key for key in held if held[key].get("required")}, f"{where}.{name}")
            else:
                wanted = KINDS[kind.removeprefix("array<").removesuffix(">")]
                assert isinstance(item, wanted), f"{where}.{name} is {item!r}"
                assert wanted is bool or not isinstance(item, bool), f"{where}.{name}"


def first_list(answer: Any) -> list[dict[str, Any]]:
    """The innermost first list of rows with a timestamp."""
    if isinstance(answer, list):
        return answer if answer and "timestamp" in answer[0] else first_list(answer[0])
    return first_list(next(value for value in answer.values() if isinstance(value, list)))


def values(answer: Any, name: str = "value") -> list[Decimal]:
    """A column of those rows."""
    return [Decimal(str(row[name])) for row in first_list(answer)]


def stamp(moment: float) -> str:
    """A time as Volcengine's signatures write it."""
    return datetime.fromtimestamp(moment, timezone.utc).strftime("%Y%m%dT%H%M%SZ")


def volcengine(
    stage: Stage,
    action: str,
    content: Any = None,
    *,
    access_key: str = volcengine_auth.ACCESS_KEY,
    secret_key: str = volcengine_auth.SECRET_KEY,
    token: str = "",
    late: float = 0,
    changed: bytes | None = None,
    headers: Mapping[str, str | None] | None = None,
    **query: str,
) -> requests.Response:
    """A call that the official code signs; `late`, `changed` and `headers` then spoil it."""
    body = content if isinstance(content, bytes) else json.dumps(content or {}).encode()
    request = VolcengineRequest()
    request.set_method("POST")
    request.set_path("/")
    request.set_query({"Action": action, "Version": "2023-01-01", **query})
    request.set_headers({"Content-Type": "application/json", "Host": f"127.0.0.1:{stage.port}"})
    request.set_body(body)
    moment = stamp(stage.clock.now() + late)
    with patch.object(SignerV4, "get_current_format_date", lambda: moment):
        SignerV4.sign(request, Credentials(access_key, secret_key, "live", "cn-north-1", token))
    sent = {name: value for name, value in {**request.headers, **(headers or {})}.items() if value is not None}
    url = f"http://127.0.0.1:{stage.port}/?{urlencode(request.query)}"
    return requests.post(url, data=body if changed is None else changed, headers=sent, timeout=PATIENCE)


def result(stage: Stage, action: str, content: Any) -> Any:
    """The result of an action that has to succeed."""
    answer = volcengine(stage, action, content)
    assert answer.status_code == 200, answer.text
    return answer.json()["Result"]


def error(answer: requests.Response) -> tuple[int, str]:
    """The HTTP status and the code of an action that is refused."""
    content = answer.json()
    assert "Result" not in content
    return answer.status_code, content["ResponseMetadata"]["Error"]["Code"]

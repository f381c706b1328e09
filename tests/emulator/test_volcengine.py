"""Volcengine's actions: who calls, what a request may hold, what a refusal says; the official client reads them all."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from volcengine.auth.SignerV4 import SignerV4
from volcengine.live.v20230101.live_service import LiveService

from kit import FakeClock, Stage
from pulumi_livechannels.emulator.exchange import Request
from pulumi_livechannels.emulator.server import running
from pulumi_livechannels.emulator.volcengine import auth
from pulumi_livechannels.emulator.volcengine.auth import volcengine_signature
from pulumi_livechannels.emulator.volcengine.wire import VOLCENGINE_ACTIONS
from report_kit import CONTRACT, LIVE, PULL, assert_shaped, at, error, result, stamp, volcengine

VECTORS = json.loads((Path(__file__).parent.parent / "contract" / "volcengine-signing-vectors.json").read_text())
SESSIONS = "DescribeLiveStreamSessionData"
EDGE = "DescribeLiveEdgeStatData"
ISPS = "DescribeLiveISPData"
PUSHES = "DescribeLivePushStreamInfoData"
TOP = "DescribeLiveTopPlayData"
ONE = {"Domain": PULL, "App": "live", "Stream": "main"}
TWO = {"DomainList": [PULL, LIVE], "DetailField": ["Domain"]}
UNTOLD = {"StreamPriority"}  # in SDKs only, on no page
# A request for each action that makes every field of its answer appear.
ASKED: dict[str, dict[str, Any]] = {
    "DescribeLiveRegionData": {},
    "DescribeLiveISPData": {},
    "DescribeIpInfo": {"Ips": ["1.2.3.4", "2001:db8::1"]},
    "DescribeLivePushStreamMetrics": ONE,
    "DescribeLiveBatchPushStreamMetrics": ONE,
    "DescribeLiveSourceStreamMetrics": ONE,
    "DescribeLiveBatchSourceStreamMetrics": {"Domain": PULL},
    "DescribeLiveStreamSessionData": TWO,
    "DescribeLiveBatchStreamSessionData": {"DomainList": [PULL]},
    "DescribeLiveBatchStreamTrafficData": {"DomainList": [PULL]},
    "DescribeLiveSourceTrafficData": TWO,
    "DescribeLivePlayStatusCodeData": TWO,
    "DescribeLiveStreamCountData": TWO,
    "DescribeLivePushStreamInfoData": {"DomainList": [PULL]},
    "DescribeLiveTranscodeInfoData": {"DomainList": [PULL]},
    "DescribeLiveTopPlayData": {},
    "DescribeLiveEdgeStatData": {"DetailField": ["Domain", "Protocol"]},
}


def window(stage: Stage, *, days: float = 0, hours: float = 1) -> dict[str, str]:
    """The times of a window that is over."""
    return {"StartTime": at(stage, days=days).isoformat(), "EndTime": at(stage, days=days, hours=hours).isoformat()}


def asked(stage: Stage, action: str, *, ago: float = 0, hours: float = 1, **fields: Any) -> dict[str, Any]:
    """A request for a window that begins some days earlier than usual."""
    when = window(stage, days=-ago, hours=hours) if VOLCENGINE_ACTIONS[action].reach else {}
    return {**ASKED[action], **when, **fields}


@pytest.mark.rule("E1", "E6")
@pytest.mark.parametrize("action", sorted(CONTRACT["volcengine"]))
def test_an_action_asks_for_the_fields_of_the_contract(action: str) -> None:
    kinds = {"list<Region>": "array<object>", "list<string>": "array<string>"}
    ours = {name: (form.kind, form.required) for name, form in VOLCENGINE_ACTIONS[action].forms.items()}
    assert ours == {
        name: (kinds.get(field["type"], field["type"]), field.get("required", False))
        for name, field in CONTRACT["volcengine"][action]["request"].items()
        if name not in UNTOLD
    }


@pytest.mark.parametrize("action", sorted(CONTRACT["volcengine"]))
def test_a_list_of_words_is_that_of_the_contract(action: str) -> None:
    for name, field in CONTRACT["volcengine"][action]["request"].items():
        if "enum" in field:
            assert VOLCENGINE_ACTIONS[action].forms[name].allowed == tuple(field["enum"]), name
    assert VOLCENGINE_ACTIONS[action].rate == CONTRACT["volcengine"][action]["rate"]


@pytest.fixture
def client(stage: Stage, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[LiveService]:
    """The official client. Its settings belong to the process, and files and variables go over them."""
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("VOLC_ACCESSKEY", "VOLC_SECRETKEY"):
        monkeypatch.delenv(name, raising=False)
    service = LiveService()
    held = service.service_info
    monkeypatch.setattr(held, "host", f"127.0.0.1:{stage.port}")
    monkeypatch.setattr(held, "scheme", "http")
    monkeypatch.setattr(held.credentials, "ak", auth.ACCESS_KEY)
    monkeypatch.setattr(held.credentials, "sk", auth.SECRET_KEY)
    monkeypatch.setattr(SignerV4, "get_current_format_date", lambda: stamp(stage.clock.now()))
    with service.session:
        yield service


@pytest.mark.rule("E1", "E14", "E15")
@pytest.mark.parametrize("action", sorted(CONTRACT["volcengine"]))
def test_the_official_client_reads_every_action(stage: Stage, client: LiveService, action: str) -> None:
    request = asked(stage, action, hours=24)
    method = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", action).lower()
    answer = getattr(client, method)(request)
    assert set(answer) == {"ResponseMetadata", "Result"}
    metadata = answer["ResponseMetadata"]
    assert metadata.pop("RequestId")
    assert metadata == {"Action": action, "Version": "2023-01-01", "Service": "live", "Region": "cn-north-1"}
    words = CONTRACT["volcengine"][action]
    repeated = set(words["request"]) - {*request, "Aggregation"}
    assert_shaped(answer["Result"], words["response"], set(words["response"]) - repeated - UNTOLD, action)
    assert all(answer["Result"].values()) or action == TOP, "nothing is empty"


def test_every_action_is_served_and_asked_here() -> None:
    assert set(VOLCENGINE_ACTIONS) == set(CONTRACT["volcengine"]) == set(ASKED)


@pytest.mark.rule("E2")
@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_the_emulator_computes_the_vendors_signature_too(vector: dict[str, Any]) -> None:
    headers = {name.lower(): value for name, value in vector["headers"].items()}
    url = urlsplit(vector["url"])
    request = Request(vector["method"], f"{url.path}?{url.query}", headers, vector["body"].encode())
    trace = vector["trace"]
    signature = volcengine_signature(vector["secret_key"], request, trace["scope"], trace["signed_headers"])
    assert signature == trace["signature"]


@pytest.mark.rule("E2")
@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"headers": {"Authorization": None}}, (401, "MissingAuthenticationToken")),
        ({"headers": {"Authorization": "HMAC-SHA256 Credential=x"}}, (401, "MissingSignature")),
        ({"access_key": "stranger"}, (401, "InvalidAccessKey")),
        ({"secret_key": "wrong"}, (401, "SignatureDoesNotMatch")),
        ({"changed": b'{"a": 1}'}, (401, "SignatureDoesNotMatch")),
        ({"headers": {"Content-Type": "text/plain"}}, (401, "SignatureDoesNotMatch")),
        ({"headers": {"X-Date": "yesterday"}}, (403, "InvalidTimestamp")),
        ({"late": 901}, (403, "InvalidTimestamp")),
        ({"late": -901}, (403, "InvalidTimestamp")),
        ({"token": "stolen"}, (401, "InvalidClientTokenId")),
        ({"headers": {"X-Security-Token": auth.SESSION_TOKEN}}, (401, "SignatureDoesNotMatch")),
    ],
)
def test_who_calls_is_proved_over_the_bytes_received(
    stage: Stage, changes: dict[str, Any], expected: tuple[int, str]
) -> None:
    assert error(volcengine(stage, ISPS, **changes)) == expected


@pytest.mark.rule("E2")
@pytest.mark.parametrize("changes", [{"late": 899}, {"late": -899}, {"token": auth.SESSION_TOKEN}, {"X": "a b/ä"}])
def test_what_is_signed_rightly_is_admitted_and_may_be_repeated(stage: Stage, changes: dict[str, Any]) -> None:
    assert [volcengine(stage, ISPS, **changes).status_code for _ in range(2)] == [200, 200]


def test_errors_carry_the_number_that_is_known(stage: Stage) -> None:
    answer = volcengine(stage, ISPS, secret_key="wrong").json()["ResponseMetadata"]
    assert answer["Error"].keys() == {"CodeN", "Code", "Message"}
    assert (answer["Error"]["CodeN"], answer["Action"]) == (100010, ISPS)
    assert answer["RequestId"]


@pytest.mark.rule("E11")
@pytest.mark.parametrize(("action", "rate"), [(ISPS, 30), ("DescribeIpInfo", 10), (PUSHES, 100)])
def test_each_action_has_its_rate_a_second(stage: Stage, action: str, rate: int) -> None:
    request = asked(stage, action)
    assert {volcengine(stage, action, request).status_code for _ in range(rate)} == {200}
    assert error(volcengine(stage, action, request)) == (429, "FlowLimitExceeded")
    other = "DescribeLiveRegionData"
    assert volcengine(stage, other).status_code == 200
    stage.clock.let_pass(1)
    assert volcengine(stage, action, request).status_code == 200


@pytest.mark.rule("E7", "E8")
@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ({"kind": "error-code", "code": "InternalServiceTimeout"}, (504, "InternalServiceTimeout")),
        ({"kind": "error-code", "code": "LackPolicy"}, (403, "LackPolicy")),
        ({"kind": "error-code", "code": "Anything"}, (400, "Anything")),
        ({"kind": "throttle"}, (429, "FlowLimitExceeded")),
        ({"kind": "refuse"}, (503, "ServiceUnavailableTemp")),
        ({"kind": "skew", "seconds": 901}, (403, "InvalidTimestamp")),
    ],
)
def test_faults_strike_by_action(stage: Stage, fault: dict[str, Any], expected: tuple[int, str]) -> None:
    stage.fault(ISPS, **fault)
    assert volcengine(stage, "DescribeLiveRegionData").status_code == 200
    assert error(volcengine(stage, ISPS)) == expected
    assert volcengine(stage, ISPS).status_code == 200


@pytest.mark.rule("E8")
def test_faults_of_the_transport(stage: Stage) -> None:
    for kind in ("reset", "lost-answer", "truncate"):
        stage.fault(ISPS, kind)
        with pytest.raises(requests.RequestException):
            volcengine(stage, ISPS)
    stage.fault(ISPS, "html")
    assert volcengine(stage, ISPS).headers["Content-Type"].startswith("text/html")
    outcomes = [(call["fault"], call["outcome"]) for call in stage.platform.journal]
    assert outcomes == [("reset", "reset"), ("lost-answer", "ok"), ("truncate", "ok"), ("html", "html")]


@pytest.mark.rule("E9")
def test_the_journal_names_the_vendor_and_the_action(stage: Stage) -> None:
    volcengine(stage, ISPS, secret_key="wrong")
    entry = stage.platform.journal[0]
    assert (entry["vendor"], entry["action"], entry["path"]) == ("volcengine", ISPS, ISPS)
    assert entry["outcome"] == "code SignatureDoesNotMatch"
    assert auth.ACCESS_KEY not in json.dumps(stage.platform.journal)


def test_only_known_actions_versions_and_methods_are_served(stage: Stage) -> None:
    assert error(volcengine(stage, "DescribeNothing")) == (404, "InvalidActionOrVersion")
    assert error(volcengine(stage, ISPS, Version="2022-01-01")) == (404, "InvalidActionOrVersion")
    assert volcengine(stage, ISPS, b"").status_code == 200
    assert error(volcengine(stage, ISPS, b"[]")) == (400, "InvalidParameter")
    assert error(volcengine(stage, ISPS, b"{")) == (400, "InvalidParameter")


REGION = {"Area": "CN", "Country": "CN", "Province": "beijing"}


@pytest.mark.parametrize(
    ("action", "changes", "code"),
    [
        (SESSIONS, {"StartTime": None}, "MissingParameter"),
        (SESSIONS, {"EndTime": ""}, "MissingParameter"),
        (SESSIONS, {"StartTime": "2026-11-01T00:00:00"}, "InvalidParameter"),
        (SESSIONS, {"StartTime": "2026-11-31T00:00:00Z"}, "InvalidParameter"),
        (SESSIONS, {"StartTime": "2026-11-01T00:00:00.5Z"}, "InvalidParameter"),
        (SESSIONS, {"EndTime": "2020-01-01T00:00:00Z"}, "InvalidParameter"),
        (SESSIONS, {"Aggregation": 30}, "InvalidParameter"),
        (SESSIONS, {"Aggregation": "300"}, "InvalidParameter"),
        (SESSIONS, {"Aggregation": True}, "InvalidParameter"),
        (SESSIONS, {"Domains": [PULL]}, "InvalidParameter"),
        (SESSIONS, {"DomainList": PULL}, "InvalidParameter"),
        (SESSIONS, {"DomainList": ["pull.elsewhere.net"]}, "InvalidDomain"),
        (SESSIONS, {"Domain": PULL}, "InvalidParameter"),
        (SESSIONS, {"DomainList": [], "App": "live", "Stream": "main"}, "InvalidParameter"),
        (SESSIONS, {"DomainList": [], "Domain": PULL, "App": "live"}, "InvalidParameter"),
        (SESSIONS, {"ProtocolList": ["QUIC", "RTMP"]}, "InvalidParameter"),
        (SESSIONS, {"ProtocolList": ["FTP"]}, "InvalidParameter"),
        (SESSIONS, {"ISPList": ["nobody"]}, "InvalidParameter"),
        (SESSIONS, {"DetailField": ["Area"]}, "InvalidParameter"),
        (SESSIONS, {"OnlineUserType": "Everybody"}, "InvalidParameter"),
        (SESSIONS, {"RegionList": [{"Country": "CN"}]}, "InvalidParameter"),
        (SESSIONS, {"RegionList": [{"Area": "CN", "Province": "beijing"}]}, "InvalidParameter"),
        (SESSIONS, {"RegionList": [{"Area": "AP", "Country": "SG", "Province": "beijing"}]}, "InvalidParameter"),
        (SESSIONS, {"RegionList": [{"Area": "XX"}]}, "InvalidParameter"),
        (SESSIONS, {"RegionList": [{"City": "x"}]}, "InvalidParameter"),
        (EDGE, {"RegionList": [REGION], "UserRegionList": [REGION]}, "InvalidParameter"),
        (EDGE, {"StreamList": ["a b"]}, "InvalidParameter"),
        (EDGE, {"AppList": ["x" * 31]}, "InvalidParameter"),
        ("DescribeLivePlayStatusCodeData", {"Type": "Push"}, "InvalidParameter"),
        ("DescribeLiveStreamCountData", {"StreamType": ["pull"]}, "InvalidParameter"),
        ("DescribeLivePushStreamMetrics", {"Domain": None}, "MissingParameter"),
        ("DescribeLivePushStreamMetrics", {"Stream": "x" * 101}, "InvalidParameter"),
        ("DescribeLivePushStreamMetrics", {"Aggregation": 60}, "InvalidParameter"),
        ("DescribeLiveSourceStreamMetrics", {"Aggregation": 60}, "InvalidParameter"),
        ("DescribeLiveBatchPushStreamMetrics", {"AggType": "min"}, "InvalidParameter"),
        ("DescribeLiveBatchSourceStreamMetrics", {"App": "live"}, "InvalidParameter"),
        ("DescribeLiveTranscodeInfoData", {"Stream": "main"}, "InvalidParameter"),
        ("DescribeLiveTranscodeInfoData", {"Resolution": ["360P"]}, "InvalidParameter"),
        ("DescribeLiveTranscodeInfoData", {"PageSize": 100_001}, "InvalidParameter"),
        ("DescribeLiveBatchStreamSessionData", {"PageSize": 99}, "InvalidParameter"),
        ("DescribeLiveBatchStreamSessionData", {"PageSize": 1001}, "InvalidParameter"),
        ("DescribeLiveBatchStreamSessionData", {"OnlineUserType": "ClientIP"}, "InvalidParameter"),
        ("DescribeLiveBatchStreamTrafficData", {"PageNum": 0}, "InvalidParameter"),
        (PUSHES, {"PageSize": 1001}, "InvalidParameter"),
        (PUSHES, {"PageSize": "10"}, "InvalidParameter"),
        (TOP, {"PageSize": 10}, "InvalidParameter"),
        (TOP, {"PageSize": "ten"}, "InvalidParameter"),
        (TOP, {"PageSize": "1001"}, "InvalidParameter"),
        (TOP, {"PageNum": "0"}, "InvalidParameter"),
        (TOP, {"SortBy": "Name"}, "InvalidParameter"),
        (TOP, {"VhostList": [PULL], "DomainList": [PULL]}, "InvalidParameter"),
        ("DescribeIpInfo", {"Ips": []}, "MissingParameter"),
        ("DescribeIpInfo", {"Ips": ["1.2.3"]}, "InvalidParameter"),
        ("DescribeIpInfo", {"Ips": ["1.2.3.4"] * 51}, "InvalidParameter"),
    ],
)
def test_a_request_holds_what_the_contract_says(stage: Stage, action: str, changes: dict[str, Any], code: str) -> None:
    request = {name: value for name, value in asked(stage, action, **changes).items() if value is not None}
    assert error(volcengine(stage, action, request)) == (400, code)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("action", "fields", "days"),
    [
        *((SESSIONS, {"Aggregation": size}, days) for size, days in ((60, 1), (300, 31), (3600, 31))),
        (SESSIONS, {"Aggregation": 60, "DetailField": ["Domain", "ISP"]}, 3 / 24),
        (SESSIONS, {"Aggregation": 300, "DetailField": ["Domain", "ISP"]}, 1),
        (SESSIONS, {"Aggregation": 3600, "DetailField": ["Domain", "ISP"]}, 7),
        ("DescribeLiveSourceTrafficData", {}, 31),
        ("DescribeLiveStreamCountData", {"DetailField": ["Domain", "ISP"]}, 1),
        (EDGE, {"Aggregation": 3600, "DetailField": ["ISP", "Protocol"]}, 7),
        (EDGE, {"DetailField": ["ISP"]}, 31),
        ("DescribeLivePlayStatusCodeData", {}, 1),
        ("DescribeLivePlayStatusCodeData", {"Aggregation": 3600, "DetailField": ["Domain", "ISP"]}, 93),
        ("DescribeLivePushStreamMetrics", {}, 1),
        ("DescribeLiveBatchPushStreamMetrics", {}, 1),
        ("DescribeLiveSourceStreamMetrics", {}, 1),
        ("DescribeLiveBatchSourceStreamMetrics", {}, 1),
        ("DescribeLiveBatchStreamSessionData", {}, 1),
        ("DescribeLiveBatchStreamTrafficData", {}, 1),
        (TOP, {}, 31),
    ],
)
def test_the_longest_window_is_answered_and_a_minute_more_is_refused(
    stage: Stage, action: str, fields: dict[str, Any], days: float
) -> None:
    assert volcengine(stage, action, asked(stage, action, ago=days, hours=24 * days, **fields)).status_code == 200
    longer = asked(stage, action, ago=days, hours=24 * days + 1 / 60, **fields)
    assert error(volcengine(stage, action, longer)) == (400, "InvalidParameter")


@pytest.mark.parametrize(("action", "days"), [(EDGE, 366), (TOP, 366), (PUSHES, 93)])
def test_an_action_looks_back_so_far_and_no_further(stage: Stage, action: str, days: float) -> None:
    """The window of a test begins two days before today."""
    assert volcengine(stage, action, asked(stage, action, ago=days - 3)).status_code == 200
    assert error(volcengine(stage, action, asked(stage, action, ago=days))) == (400, "InvalidParameter")


@pytest.mark.slow
def test_without_limits_windows_pages_and_rates_are_free(clock: FakeClock) -> None:
    with running(quota=0, now=clock.now, limits=False) as (port, platform):
        stage = Stage(port, platform, clock)
        assert {volcengine(stage, "DescribeIpInfo", {"Ips": ["1.2.3.4"] * 60}).status_code for _ in range(11)} == {200}
        request = asked(stage, PUSHES, ago=800, hours=24 * 700, PageSize=5000)
        answer = result(stage, PUSHES, request)
        assert 2000 < len(answer["PushStreamInfoDataList"]) == answer["Pagination"]["TotalCount"]
        bad = {**request, "StartTime": request["EndTime"], "EndTime": request["StartTime"]}
        assert error(volcengine(stage, PUSHES, bad)) == (400, "InvalidParameter")


def test_the_codes_of_places_and_carriers(stage: Stage) -> None:
    areas = result(stage, "DescribeLiveRegionData", {})["Areas"]
    home = next(area for area in areas if area["Code"] == "CN")
    assert home["Countries"][0]["Code"] == "CN"
    assert {"Code": "beijing", "Name": "北京"} in home["Countries"][0]["Provinces"]
    isps = [isp["Code"] for isp in result(stage, ISPS, {})["ISPList"]]
    assert isps == [
        "unicom",
        "railcom",
        "telecom",
        "mobile",
        "cernet",
        "tianwei",
        "alibaba",
        "tencent",
        "drpeng",
        "btvn",
        "huashu",
    ]


def test_some_public_addresses_are_nodes_and_private_ones_never(stage: Stage) -> None:
    private = ["127.0.0.1", "10.1.2.3", "192.168.0.1", "172.16.0.1", "::1", "fd00::1"]
    public = [f"8.8.{number}.1" for number in range(44)]
    rows = result(stage, "DescribeIpInfo", {"Ips": private + public})["List"]
    assert [row["Ip"] for row in rows] == private + public
    assert not any(row["LiveCdnIp"] for row in rows[:6])
    assert {row["Isp"] for row in rows if not row["LiveCdnIp"]} == {"-"}
    assert 0 < sum(row["LiveCdnIp"] for row in rows) < 44
    assert result(stage, "DescribeIpInfo", {"Ips": private + public})["List"] == rows

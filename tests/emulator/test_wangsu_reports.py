"""Wangsu's reports: what a request may hold, what a refusal says, and that each answer has the contract's words."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

import pytest
import requests

from kit import PATIENCE, FakeClock, Stage
from pulumi_livechannels.emulator.forms import Form
from pulumi_livechannels.emulator.server import running
from pulumi_livechannels.emulator.volcengine.wire import VOLCENGINE_ACTIONS
from pulumi_livechannels.emulator.wangsu import auth
from pulumi_livechannels.emulator.wangsu.report_wire import REPORTS
from pulumi_livechannels.vendors.wangsu.signing import KeyPairSigner
from report_kit import ASKED, BY_PLACE, CONTRACT, PULL, ask, assert_shaped, at, dated, refusal, send, told, window

LIST = "/live/channelManage/getChannelList"
PLACE = "/api/report/flow/isp-province"
BYTES = "/api/report/flow/byte"


@pytest.mark.rule("E1", "E6")
@pytest.mark.parametrize("path", sorted(CONTRACT["wangsu"]))
def test_a_report_asks_for_the_fields_of_the_contract(path: str) -> None:
    assert described(REPORTS[path].forms) == CONTRACT["wangsu"][path]["request"]


def described(forms: Mapping[str, Form]) -> dict[str, Any]:
    """Fields as the contract writes them."""
    return {
        name: {
            "type": form.kind,
            **({"required": True} if form.required else {}),
            **({"in": "query"} if form.in_query else {}),
            **({"fields": described(form.inner)} if form.inner else {}),
        }
        for name, form in forms.items()
    }


@pytest.mark.rule("E1", "E14")
@pytest.mark.parametrize("path", sorted(CONTRACT["wangsu"]))
def test_a_report_answers_with_the_words_of_the_contract(stage: Stage, path: str) -> None:
    answer = told(stage, path, {**ASKED[path], **dated(stage, path)})
    words = copy.deepcopy(CONTRACT["wangsu"][path]["response"])
    if path == "/api/report/domainflow":
        # Marked as int, yet told to have two decimals.
        words["flow-summary"]["type"] = words["flow-data"]["fields"]["flow"]["type"] = "number"
    if path.endswith("saving-bandwidth/total"):
        words["data"]["fields"]["totalAvg"]["type"] = "number"
    assert_shaped(answer, words, {name for name in words if words[name].get("required")}, path)
    if "code" in answer:
        assert (answer["code"], answer["message"]) == ("0", "success")


def test_every_report_is_served_and_asked_here() -> None:
    assert set(REPORTS) == set(CONTRACT["wangsu"]) == set(ASKED)


@pytest.mark.rule("E12", "E13")
def test_the_coverage_has_every_report_of_both_vendors(stage: Stage) -> None:
    coverage = requests.get(f"http://127.0.0.1:{stage.port}/_emulator/coverage", timeout=PATIENCE).json()
    served = {*REPORTS, *VOLCENGINE_ACTIONS}
    assert served <= set(coverage["actions"])
    assert served <= {item["subject"] for item in coverage["behaviours"]}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"dateFrom": None}, "24102006"),
        ({"dateTo": ""}, "24102006"),
        ({"dateFrom": "now"}, "24102006"),
        ({"dateFrom": "later"}, "24102006"),
        ({"dateFrom": "2026-11-01 00:00:00"}, "24102021"),
        ({"dateFrom": "2026-13-01T00:00:00+08:00"}, "24102021"),
        ({"dateTo": "2026-11-01T00:00:00"}, "24102021"),
        ({"domain": None}, "24102008"),
        ({"domain": []}, "24102008"),
        ({"domain": ["pull.elsewhere.net"]}, "24102008"),
        ({"domain": PULL}, "24102002"),
        ({"domain": [1]}, "24102002"),
        ({"domain": [""]}, "24102002"),
        ({"domain": [PULL], "isp": "telecom"}, "24102002"),
        ({"isp": ["nobody"]}, "24102002"),
        ({"province": ["nowhere"]}, "24102002"),
        ({"dataInterval": "1d"}, "24102002"),
        ({"dataInterval": 5}, "24102002"),
        ({"groupBy": ["city"]}, "24102002"),
        ({"groupBy": "domain"}, "24102002"),
        ({"domains": [PULL]}, "24102002"),
    ],
)
def test_a_report_holds_what_the_contract_says(stage: Stage, changes: dict[str, Any], code: str) -> None:
    fields = {**BY_PLACE, **window(stage), **changes}
    times = {"now": at(stage, hours=1).isoformat(), "later": at(stage, days=9).isoformat()}
    fields["dateFrom"] = times.get(fields["dateFrom"], fields["dateFrom"])
    fields = {name: value for name, value in fields.items() if value is not None}
    assert refusal(ask(stage, PLACE, fields)) == (400, code)


@pytest.mark.parametrize(
    ("path", "fields", "code"),
    [
        ("/api/report/domainflow", {"domain-list": {}}, "24102008"),
        ("/api/report/domainflow", {"domain-list": {"domain-name": []}}, "24102008"),
        ("/api/report/domainflow", {"type": "weekly"}, "24102002"),
        ("/api/report/flow/area", {"areaCode": ""}, "24102002"),
        ("/api/report/flow/area", {"areaCode": "cn,hk"}, "24102002"),
        ("/api/report/flow/dir/detail", {"dataType": "requests"}, "24102002"),
        ("/api/report/flow/dir/info", {"dirHierarchy": "5"}, "24102002"),
        ("/api/report/flow/stream/detail", {"filterEmptyStream": "1"}, "24102002"),
        ("/api/report/flow/stream/detail", {"filterEmptyStream": 2}, "24102002"),
        ("/api/report/flow/stream/detail", {"domainStream": [{"domain": PULL, "app": "x"}]}, "24102002"),
        ("/api/report/flow/stream/detail", {"domainStream": [{"stream": ["live/x"]}]}, "24102008"),
        ("/api/report/flow-bandwidth/stream/detail", {"keyword": "("}, "24102002"),
        ("/api/report/flow-request/origin", {"backsrcOnly": True}, "24102002"),
        ("/api/report/flow/domain-country", {"groupBy": ["country", "aggregatedOversea"]}, "24102002"),
        ("/api/report/flow/domain-country", {"countryCode": ["china"]}, "24102002"),
        ("/api/report/domain/stream/duration", {"dateFrom": "20261101"}, "24102006"),
        ("/myview/Flowchannel", {"resultType": "4"}, "24102002"),
        ("/myview/Flowchannel", {"region": "moon"}, "24102002"),
        ("/myview/Flowchannel", {"date": "", "startdate": "2026-11-01"}, "24102006"),
        ("/myview/flow-day", {"timezone": "+08:00"}, "24102002"),
        ("/myview/flow-day", {"timezone": "GMT+25:00"}, "24102002"),
        ("/myview/flow-day", {"date": "2026-11-01 10:00"}, "24102021"),
    ],
)
def test_other_reports_are_as_strict(stage: Stage, path: str, fields: dict[str, Any], code: str) -> None:
    assert refusal(ask(stage, path, {**ASKED[path], **dated(stage, path), **fields})) == (400, code)


@pytest.mark.parametrize("path", sorted(path for path in ASKED if REPORTS[path].window.usual is None))
def test_dates_are_required_where_the_contract_says_so(stage: Stage, path: str) -> None:
    assert refusal(ask(stage, path, ASKED[path])) == (400, "24102006")


@pytest.mark.parametrize(
    ("content", "headers", "code"),
    [
        (b"", {}, "24102014"),
        ({}, {"Content_Type": None}, "24102014"),
        (b"{", {}, "24102002"),
        ([], {}, "24102002"),
        ({}, {"X_Time_Zone": "GMT+08:00"}, None),
        ({}, {"X_Time_Zone": "Asia/Shanghai"}, "24102020"),
        ({}, {"Accept": "image/png"}, "24102013"),
        ({}, {"Accept": "application/json"}, None),
    ],
)
def test_body_and_headers(stage: Stage, content: Any, headers: dict[str, Any], code: str | None) -> None:
    answer = send(stage, BYTES, content, by_api_key=True, **headers)
    assert answer.status_code == (400 if code else 200)
    assert code in (None, answer.json()["code"])


@pytest.mark.rule("E2")
@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({"Authorization": None}, 401, "4001"),
        ({"x_cnc_accessKey": "stranger"}, 401, "4002"),
        ({"Content_Type": "text/plain"}, 401, "1001"),
        ({"x_cnc_timestamp": "soon"}, 400, "4003"),
        ({"x_cnc_timestamp": "1700000000"}, 400, "4004"),
    ],
)
def test_who_asks_is_proved(stage: Stage, headers: dict[str, str], status: int, code: str) -> None:
    assert refusal(send(stage, BYTES, {}, **headers)) == (status, code)


@pytest.mark.rule("E2")
def test_the_query_of_a_get_is_signed_and_that_of_a_post_is_not(stage: Stage) -> None:
    signer = KeyPairSigner(auth.ACCESS_KEY, auth.SECRET_KEY)
    for path, body, code in (
        ("/api/report/flow", b"", "1001"),
        ("/api/report/domainflow", b'{"domain-list": {"domain-name": ["pull.example.com"]}}', "24102002"),
    ):
        stage.clock.let_pass(1)
        method = "POST" if body else "GET"
        request = signer.sign(method, f"http://127.0.0.1:{stage.port}", f"{path}?type=daily", body, stage.clock.now())
        answer = requests.request(
            method, request.url.replace("daily", "weekly"), data=body, headers=request.headers, timeout=PATIENCE
        )
        assert answer.json()["code"] == code


def test_only_the_documented_method_reaches_a_report(stage: Stage) -> None:
    assert send(stage, "/api/report/flow", {}).status_code == 404
    assert send(stage, BYTES, None, "GET").status_code == 404
    assert send(stage, "/api/report/nothing", {}).json()["code"] == "NoSuchApi"


@pytest.mark.rule("E11")
def test_reports_and_live_actions_share_one_quota(clock: FakeClock) -> None:
    with running(quota=4, now=clock.now) as (port, platform):
        stage = Stage(port, platform, clock)
        paths = [BYTES, LIST, BYTES, LIST, BYTES, LIST]
        assert [send(stage, path, {}).status_code for path in paths] == [200] * 4 + [429] * 2
        assert refusal(send(stage, BYTES, {})) == (429, "WPLUS_AccountApiTooFrequence")
        clock.let_pass(300)
        assert send(stage, BYTES, {}).status_code == 200


@pytest.mark.rule("E7", "E8")
@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [
        ({"kind": "error-code", "code": "24102500"}, 500, "24102500"),
        ({"kind": "error-code", "code": "24102007"}, 400, "24102007"),
        ({"kind": "throttle"}, 429, "WPLUS_AccountApiTooFrequence"),
        ({"kind": "skew", "seconds": 900}, 400, "4004"),
    ],
)
def test_faults_strike_reports_too(stage: Stage, fault: dict[str, Any], status: int, code: str) -> None:
    stage.fault(BYTES, **fault)
    assert refusal(send(stage, BYTES, {})) == (status, code)
    assert send(stage, BYTES, {}).status_code == 200
    stage.fault(BYTES, "refuse")
    assert send(stage, BYTES, {}).status_code == 503
    entry = stage.platform.journal[0]
    assert (entry["vendor"], entry["action"], entry["path"]) == ("wangsu", "byte", BYTES)

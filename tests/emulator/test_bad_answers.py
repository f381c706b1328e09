"""The emulator can answer badly: another answer than the real one, times in another form."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest
import requests

from emulator_kit import PATHS, a_channel, a_pull_channel, ask, door, knock, objects
from kit import PATIENCE, Stage
from pulumi_livechannels.emulator.exchange import Answer
from pulumi_livechannels.emulator.faults import KINDS
from pulumi_livechannels.emulator.wangsu import auth
from pulumi_livechannels.vendors.wangsu.signing import KeyPairSigner
from report_kit import ZONE, told, volcengine

CREATE, LIST = PATHS["createChannel"], PATHS["getChannelList"]
CHANNEL = {"channelName": "Main", "channelType": "live", "pushDomain": "push.example.com", "pullRate": "0"}
LONG = 10**400
BODIES: list[tuple[Any, bytes]] = [
    ({"code": 59999, "message": "system busy"}, b'{"code": 59999, "message": "system busy"}'),
    ('{"flow": Infinity}', b'{"flow": Infinity}'),
    (r'{"name": "\ud800"}', rb'{"name": "\ud800"}'),
    ({"name": "\ud800"}, rb'{"name": "\ud800"}'),
    ({"total": LONG}, f'{{"total": {LONG}}}'.encode()),
    ("<html>Bad gateway</html>", b"<html>Bad gateway</html>"),
    ("直播", "直播".encode()),
    ("", b""),
    (None, b"null"),
    (True, b"true"),
    ([], b"[]"),
]


def signed(stage: Stage, action: str, fields: Mapping[str, Any]) -> tuple[str, dict[str, str], bytes]:
    """The address, the headers and the body of a call."""
    stage.clock.let_pass(1)
    body = json.dumps(fields).encode()
    signer = KeyPairSigner(auth.ACCESS_KEY, auth.SECRET_KEY)
    request = signer.sign("POST", f"http://127.0.0.1:{stage.port}", PATHS[action], body, stage.clock.now())
    return request.url, dict(request.headers), body


def send(stage: Stage, action: str, fields: Mapping[str, Any]) -> requests.Response:
    url, headers, body = signed(stage, action, fields)
    return requests.post(url, data=body, headers=headers, timeout=PATIENCE)


@pytest.mark.rule("E8")
@pytest.mark.parametrize(("body", "sent"), BODIES)
def test_another_answer_is_sent_as_it_was_scripted(stage: Stage, body: Any, sent: bytes) -> None:
    knock(stage, "POST", "faults", {"path": CREATE, "kind": "answer", "body": body}).raise_for_status()
    answer = send(stage, "createChannel", CHANNEL)
    assert (answer.status_code, answer.content) == (200, sent)
    assert len(objects(stage, "channel")) == 1


@pytest.mark.rule("E8")
@pytest.mark.parametrize("status", [200, 408, 499, 502])
def test_a_gateway_answers_after_the_call_was_carried_out(stage: Stage, status: int) -> None:
    stage.fault(CREATE, "answer", status=status, body={"code": 59999, "message": "system busy"})
    answer = send(stage, "createChannel", CHANNEL)
    assert (answer.status_code, answer.json()["code"]) == (status, 59999)
    assert [body["channelName"] for body in objects(stage, "channel").values()] == ["Main"]
    call = door(stage, "GET", "journal")[-1]
    assert (call["outcome"], call["fault"]) == ("ok", "answer")


def test_another_answer_than_a_refusal(stage: Stage) -> None:
    stage.fault(CREATE, "answer", body={"code": 200, "data": {}})
    assert send(stage, "createChannel", {}).json() == {"code": 200, "data": {}}
    assert not objects(stage, "channel")


def test_a_report_and_a_volcengine_action_are_answered_badly_too(stage: Stage) -> None:
    stage.fault("/api/report/flow", "answer", body='{"result": Infinity}')
    assert told(stage, "/api/report/flow", {}) == {"result": float("inf")}
    stage.fault("DescribeLiveRegionData", "answer", status=504, body="late")
    answer = volcengine(stage, "DescribeLiveRegionData")
    assert (answer.status_code, answer.text) == (504, "late")


def test_a_caller_inside_the_process_gets_the_same_answer(stage: Stage) -> None:
    stage.fault(CREATE, "answer", status=499, body={"name": "\ud800"})
    _, headers, body = signed(stage, "createChannel", CHANNEL)
    outcome = stage.platform.serve("POST", CREATE, {name.lower(): value for name, value in headers.items()}, body)
    assert (outcome.answer.status, outcome.answer.text) == (499, r'{"name": "\ud800"}')
    assert Answer(200, {"name": "直播"}).text == '{"name": "直播"}'


FORMS = [
    ("utc", lambda moment: f"{moment - timedelta(hours=8):%Y-%m-%d %H:%M:%S}"),
    ("ms", lambda moment: int(moment.timestamp()) * 1000),
    ("iso", lambda moment: moment.isoformat()),
    ("missing", lambda _: None),
    ("garbage", lambda _: "the day before yesterday"),
]


@pytest.mark.rule("E8")
@pytest.mark.parametrize(("form", "written"), FORMS)
def test_times_are_written_in_another_form(stage: Stage, form: str, written: Any) -> None:
    key = a_channel(stage)
    for action, fields, items in (
        ("getChannelConfigure", {"pullId": key}, None),
        ("getChannelList", {}, "channelList"),
    ):
        right, wrong = (ask_once(stage, action, fields, items, form) for form in (None, form))
        moment = datetime.strptime(right["createTime"], "%Y-%m-%d %H:%M:%S").replace(tzinfo=ZONE)
        assert wrong.get("createTime") == written(moment)
        assert {**wrong, "createTime": 0} == {**right, "createTime": 0}


def ask_once(stage: Stage, action: str, fields: dict[str, Any], items: str | None, form: str | None) -> Any:
    """An answer, or the first item of its list, with its times in a form."""
    if form:
        stage.fault(PATHS[action], "times", form=form)
    data = ask(stage, action, **fields)
    return data[items][0] if items else data


@pytest.mark.parametrize(("form", "factor"), [("utc", 1), ("ms", 1000)])
def test_times_that_are_numbers_keep_their_moment(stage: Stage, form: str, factor: int) -> None:
    ask(stage, "startForwardTask", pullId=a_pull_channel(stage), forwardUrl="rtmp://x/y")
    right, wrong = (ask_once(stage, "getForwardTaskList", {}, "forwardTastList", form) for form in (None, form))
    for name in ("startTime", "crreateTime"):
        assert wrong[name] == right[name] * factor
    assert wrong["endTime"] == right["endTime"] == 0, "no end is no time"


def test_a_scripted_form_changes_nothing_that_is_kept(stage: Stage) -> None:
    fields = {"directoryType": "d", "firstLevelDirectory": "a"}
    stage.fault(PATHS["directoryCreate"], "times", form="garbage")
    made = ask(stage, "directoryCreate", **fields)
    assert made["createTime"] == made["updateTime"] == "the day before yesterday"
    assert ask(stage, "getDirectory", directoryId=made["directoryId"])["createTime"].startswith("20")


@pytest.mark.rule("E7")
@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ({"path": "/live/channelManage/getChanelList", "kind": "refuse"}, "is it /live/channelManage/getChannelList?"),
        ({"path": "/", "kind": "refuse"}, "neither a Wangsu path nor a Volcengine action"),
        ({"path": "DescribeNothing", "kind": "refuse"}, "DescribeNothing is neither"),
        ({"path": LIST, "kind": "answer", "status": 99}, "from 200 to 599"),
        ({"path": LIST, "kind": "answer", "status": "200"}, "status must be a whole number"),
        ({"path": LIST, "kind": "stale-list", "seconds": 3601}, "from 0 to 3600"),
        ({"path": LIST, "kind": "stale-list", "seconds": -1}, "from 0 to 3600"),
        ({"path": LIST, "kind": "times"}, "utc, ms, iso, missing, garbage"),
        ({"path": CREATE, "kind": "stale-list"}, "actions that list by pages"),
        ({"path": CREATE, "kind": "shift-pages"}, "actions that list by pages"),
        ({"path": "/api/report/flow", "kind": "times", "form": "ms"}, "live actions"),
        ({"path": LIST, "kind": "slow", "nth": 0}, "count from 1"),
        ({"path": LIST, "kind": "slow", "seconds": -1}, "seconds of slow must be from 0"),
        ({"path": LIST, "kind": "slow"}, "slow needs seconds: the answer waits for `seconds`"),
        ({"path": LIST, "kind": "skew"}, "skew needs seconds"),
        ({"path": LIST, "kind": "error-code"}, "error-code needs code"),
        ({"path": "/api/report/flow", "kind": "longest-window"}, "longest-window needs seconds"),
        ({"path": "/api/report/flow", "kind": "most-domains"}, "most-domains needs most"),
    ],
)
def test_a_fault_that_nothing_can_meet_is_refused(stage: Stage, fault: dict[str, Any], said: str) -> None:
    answer = knock(stage, "POST", "faults", fault)
    assert answer.status_code == 400
    assert said in answer.json()["error"]
    assert knock(stage, "GET", "faults").json() == []


@pytest.mark.parametrize("path", sorted({LIST, "/api/report/flow", "DescribeLiveRegionData"}))
def test_a_fault_on_any_vendor_call_is_taken(stage: Stage, path: str) -> None:
    assert knock(stage, "POST", "faults", {"path": path, "kind": "refuse"}).status_code == 200
    knock(stage, "DELETE", "faults")


@pytest.mark.rule("E12")
def test_the_coverage_names_every_kind_of_fault(stage: Stage) -> None:
    assert door(stage, "GET", "coverage")["faults"] == KINDS
    assert {"answer", "shift-pages", "times"} <= set(KINDS)

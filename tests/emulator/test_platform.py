"""The emulator keeps the contract: who may call, what a request may hold, what is kept, what fails on demand."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import threading
import time
from pathlib import Path
from typing import Any

import pytest
import requests
from wangsu.common.auth.AkSkAuth import AkSkAuth
from wangsu.common.auth.AkSkConfig import AkSkConfig

from emulator_kit import knock, packed
from kinds import MAKES
from kit import KINDS, PATIENCE, FakeClock, Stage
from pulumi_livechannels.emulator.server import running
from pulumi_livechannels.emulator.wangsu import auth
from pulumi_livechannels.emulator.wangsu.wire import ACTIONS
from pulumi_livechannels.vendors.wangsu.signing import ApiKeySigner, KeyPairSigner

ELSEWHERE = {
    *("setChannelStateRealtimeBack", "channelForbidden", "channelReBrodcast", "disconnectStream", "setPushTsatc"),
    *("setPullTsatc", "getChannelLiveState", "getChannelShareUrl", "getSinglePullCode", "getRecordFileInfo"),
}
LIST = "/live/channelManage/getChannelList"
NO_UTF_8 = b"\xff"
CONTRACT = json.loads((Path(__file__).parent.parent / "contract" / "wangsu.json").read_text())["actions"]


def signed(stage: Stage, path: str, content: Any, **changes: Any) -> requests.Response:
    """A call signed as it should be, unless told otherwise."""
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    signer = changes.pop("signer", KeyPairSigner(auth.ACCESS_KEY, auth.SECRET_KEY))
    stage.clock.let_pass(1)
    request = signer.sign(
        "POST", f"http://127.0.0.1:{stage.port}", path, body, stage.clock.now() + changes.pop("late", 0)
    )
    headers = {**request.headers, **changes.pop("headers", {})}
    headers = {name: value for name, value in headers.items() if value is not None}
    return requests.post(request.url, data=changes.pop("body", body), headers=headers, timeout=PATIENCE)


@pytest.mark.rule("E2")
@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({}, 200),
        ({"headers": {"Authorization": None}}, 4001),
        ({"headers": {"x-cnc-timestamp": None}}, 4001),
        ({"signer": KeyPairSigner("stranger", auth.SECRET_KEY)}, 4002),
        ({"signer": KeyPairSigner(auth.ACCESS_KEY, "wrong")}, 1001),
        ({"body": b'{"pageSize": 2}'}, 1001),
        ({"headers": {"Content-Type": "text/plain"}}, 1001),
        *(({"headers": {"x-cnc-timestamp": odd}}, 4003) for odd in ("soon", "²".encode(), "٣".encode(), "9" * 5000)),
        ({"late": 299}, 200),
        ({"late": 301}, 4004),
        ({"late": -302}, 4004),
        ({"signer": ApiKeySigner(auth.USERNAME, auth.API_KEY)}, 200),
        ({"signer": ApiKeySigner(auth.USERNAME, "wrong")}, 1001),
        ({"signer": ApiKeySigner(auth.USERNAME, auth.API_KEY), "headers": {"Date": None}}, 4001),
        ({"signer": ApiKeySigner(auth.USERNAME, auth.API_KEY), "headers": {"Date": NO_UTF_8}}, 1001),
        ({"signer": ApiKeySigner(auth.USERNAME, auth.API_KEY), "headers": {"Authorization": b"Basic \xc3\xa9"}}, 4001),
        ({"headers": {"Host": NO_UTF_8}}, 1001),
        ({"signer": ApiKeySigner(auth.USERNAME, auth.API_KEY), "headers": {"x-cnc-auth-method": None}}, 200),
    ],
)
def test_who_calls_is_proved_over_the_bytes_received(stage: Stage, changes: dict[str, Any], code: int) -> None:
    answer = signed(stage, LIST, {"pageSize": 1}, **dict(changes))
    assert answer.json()["code"] == code
    assert answer.headers["x-cnc-request-id"]


@pytest.mark.rule("E2")
def test_a_repeated_signature_is_refused(stage: Stage) -> None:
    request = KeyPairSigner(auth.ACCESS_KEY, auth.SECRET_KEY).sign(
        "POST", f"http://127.0.0.1:{stage.port}", LIST, b"{}", stage.clock.now()
    )
    codes = [
        requests.post(request.url, data=request.body, headers=request.headers, timeout=PATIENCE).json()["code"]
        for _ in range(2)
    ]
    assert codes == [200, 4003]


@pytest.mark.rule("E15")
def test_the_official_signing_code_is_admitted(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.time", stage.clock.now)
    config = AkSkConfig()
    config.access_key, config.secret_key = auth.ACCESS_KEY, auth.SECRET_KEY
    config.uri, config.method, config.end_point = LIST, "POST", f"127.0.0.1:{stage.port}"
    message = AkSkAuth.transfer_http_request_msg(config, json.dumps({"pageSize": 3}))
    message.headers.update({"Content-Type": "application/json", "x-cnc-auth-method": "AKSK"})
    AkSkAuth.get_auth_and_set_headers(message, config.access_key, config.secret_key, None)
    monkeypatch.undo()
    answer = requests.post(
        message.url.replace("https", "http"), data=message.body, headers=message.headers, timeout=PATIENCE
    )
    assert answer.json() == {"code": 200, "message": "success", "data": {"channelToal": 0, "channelList": []}}


@pytest.mark.rule("E15")
def test_curl_is_a_client_too(stage: Stage) -> None:
    request = ApiKeySigner(auth.USERNAME, auth.API_KEY).sign(
        "POST", f"http://127.0.0.1:{stage.port}", LIST, b"{}", stage.clock.now()
    )
    headers = [part for name, value in request.headers.items() for part in ("-H", f"{name}: {value}")]
    done = subprocess.run(["curl", "-s", "-d", "{}", *headers, request.url], capture_output=True, check=True)
    assert json.loads(done.stdout)["code"] == 200


@pytest.mark.rule("E6")
@pytest.mark.parametrize(
    ("content", "code"),
    [
        ({"pageSise": 1}, 1006),
        ({"pageSize": "1"}, 1013),
        ({"pageSize": True}, 1013),
        ({"pageSize": None}, 1013),
        ({"pageSize": 51}, 1012),
        ({"pageSize": 0}, 1012),
        ({"pageIndex": 0}, 1012),
        ({"listOrder": 2}, 1012),
        ({"pageIndex": 2**31}, 1012),
        ([], 1013),
        (b"{", 1013),
        (b"", 200),
    ],
)
def test_a_request_holds_what_the_contract_says(stage: Stage, content: Any, code: int) -> None:
    assert signed(stage, LIST, content).json()["code"] == code


@pytest.mark.rule("E1", "E6")
@pytest.mark.parametrize("path", sorted(ACTIONS))
def test_the_emulator_asks_for_the_fields_of_the_contract(path: str) -> None:
    types = {"string": str, "int": int, "bool": bool}
    contract = CONTRACT[path]["request"]
    ours = {name: (field.kind, field.required) for name, field in ACTIONS[path].fields.items()}
    theirs = {name: (types[field["type"]], field["required"]) for name, field in contract.items()}
    if path.endswith("batchChannelLiveState"):
        # Marked as required, yet documented to mean every channel when empty.
        theirs["pullIds"] = (str, False)
    assert ours == theirs


def walk(value: Any, contract: dict[str, Any], where: str) -> None:
    for item in value if isinstance(value, list) else [value]:
        for name, inner in item.items():
            assert name in contract, f"{where}.{name} is not in the contract"
            if "fields" in contract[name] and inner:
                walk(inner, contract[name]["fields"], f"{where}.{name}")


@pytest.mark.rule("E1", "E14")
def test_every_answer_has_the_words_of_the_contract(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: set[str] = set()
    carry_out = stage.platform._carry_out

    def watched(method: str, path: str, body: bytes, fault: Any) -> Any:
        data = carry_out(method, path, body, fault)
        seen.add(path)
        if isinstance(data, (dict, list)):
            walk(data, CONTRACT[path]["response"]["data"]["fields"], path)
        return data

    monkeypatch.setattr(stage.platform, "_carry_out", watched)
    for name in MAKES:
        inputs = stage.sample(name)
        made = stage.up(name, **inputs)
        if "Channel" in name:
            stage.of(name).update(made.id, made.state, {**inputs, "channelName": "new"})
        list(stage.of(name).list())
        stage.new_run()
        stage.of(name).read(made.id, made.state)
        KINDS[name](stage.account).own(made.id)
        stage.of(name).delete(made.id, made.state)
    # The actions that only tell or only switch are shaped in test_switches.py and test_addresses.py.
    elsewhere = {path for path in ACTIONS if path.rsplit("/", 1)[-1] in ELSEWHERE}
    assert seen == set(ACTIONS) - elsewhere
    assert len(elsewhere) == len(ELSEWHERE)


@pytest.mark.rule("E1")
@pytest.mark.parametrize(
    ("path", "content", "code"),
    [
        ("Channel", {"channelName": "x" * 256}, 1012),
        ("Channel", {"channelType": "a b"}, 1013),
        ("Channel", {"pushDomain": "push.elsewhere.net"}, 1008),
        ("Channel", {"pushDomain": "notexample.com"}, 1008),
        ("Channel", {"pullRate": "5"}, 1012),
        ("Channel", {"pullRate": "0,0"}, 1012),
        ("Channel", {"pullProtocol": "2,3"}, 1000),
        ("Channel", {"live2vod": "2"}, 1012),
        ("Channel", {"directoryId": "none"}, 1000),
        ("Channel", {"whiteBoardConfig": "%%"}, 1013),
        ("Channel", {"whiteBoardConfig": packed({"open": 1})}, 1000),
        ("Channel", {"whiteBoardConfig": packed({"open": 2, "whiteBoardId": "w"})}, 1012),
        ("Channel", {"whiteBoardConfig": packed({"open": True, "whiteBoardId": "w"})}, 1012),
        ("Channel", {"whiteBoardConfig": packed({"open": 1, "whiteBoardId": 5})}, 1013),
        ("Channel", {"whiteBoardConfig": packed({"open": 0, "color": "red"})}, 1012),
        ("Channel", {"funcConfig": packed({"share": "1"})}, 1012),
        ("Channel", {"funcConfig": packed({"share": 0, "like": 1})}, 1012),
        ("Channel", {"funcConfig": packed([])}, 1013),
        ("Channel", {"videoEncrypted": 3}, 1012),
        ("Channel", {"channelName": ""}, 1004),
        ("PullChannel", {"sourcePullProtocol": "2"}, 1012),
        ("PullChannel", {"sourcePullUrl": "x"}, 1013),
        ("RecordDirectory", {"firstLevelDirectory": "record"}, 1000),
        ("RecordDirectory", {"firstLevelDirectory": "cloudv-x"}, 1013),
        ("RecordTask", {"quickStart": True, "startTime": 2_000_000_000}, 1000),
        ("RecordTask", {"quickStart": False}, 1004),
        ("RecordTask", {"endTime": 1}, 1000),
        ("RecordTask", {"endTime": 2_147_000_000}, 1012),
        ("RecordTask", {"isConcat": True}, 1000),
        ("RecordTask", {"pullId": "none"}, 1000),
        ("RecordTask", {"httpPullRecord": True}, 1000),
        ("RecordTask", {"notifyUrl": "ftp://x"}, 1013),
        ("ForwardTask", {"notifyUrl": "ftp://x"}, 1013),
        *(
            ("ForwardTask", {"codingParams": json.dumps({"resolution": size})}, 1013)
            for size in ("1280", "0x720", "a x b")
        ),
        *(("ForwardTask", {"codingParams": json.dumps({name: 0})}, 1012) for name in ("bitrate", "frameRate")),
        ("ForwardTask", {"forwardUrl": "http://x"}, 1013),
        ("ForwardTask", {"endTime": 1}, 1012),
        ("ForwardTask", {"codingParams": '{"vcodec":"h264"}'}, 1012),
        ("ForwardTask", {"codingParams": '{"wmimage":"x"}'}, 1000),
    ],
)
def test_documented_limits_are_enforced(stage: Stage, path: str, content: dict[str, Any], code: int) -> None:
    good: dict[str, dict[str, Any]] = {
        "Channel": {"channelName": "n", "channelType": "live", "pushDomain": "push.example.com", "pullRate": "0"},
        "PullChannel": {
            "channelName": "n",
            "sourcePullUrl": "rtmp://x/y",
            "sourcePullProtocol": "0",
            "pullDomain": "pull.example.com",
            "pullRate": "0",
        },
        "RecordDirectory": {"directoryType": "d", "firstLevelDirectory": "a"},
        "RecordTask": {"pullId": stage.a_channel(), "quickStart": True, "endTime": int(stage.clock.now()) + 3600},
        "ForwardTask": {"pullId": stage.a_channel(), "forwardUrl": "rtmp://x/y"},
    }
    before = stage.platform.objects()
    assert signed(stage, MAKES[path], {**good[path], **content}).json()["code"] == code
    assert stage.platform.objects() == before
    assert signed(stage, MAKES[path], good[path]).json()["code"] == 200


@pytest.mark.rule("E11")
def test_the_quota_is_enforced_and_comes_back(clock: FakeClock) -> None:
    with running(quota=5, now=clock.now) as (port, platform):
        stage = Stage(port, platform, clock)
        answers = [signed(stage, LIST, {}) for _ in range(6)]
        assert [answer.status_code for answer in answers] == [200] * 5 + [429]
        assert answers[-1].json()["code"] == "WPLUS_AccountApiTooFrequence"
        clock.let_pass(300)
        assert signed(stage, LIST, {}).status_code == 200


@pytest.mark.rule("E7", "E8", "R37")
def test_a_fault_strikes_the_nth_call_and_is_accounted_for(stage: Stage) -> None:
    fault = {"path": LIST, "kind": "error-code", "code": 900, "nth": 2, "times": 2}
    assert knock(stage, "POST", "faults", fault).json()["fired"] == 0
    codes = [signed(stage, LIST, {}).json()["code"] for _ in range(4)]
    assert codes == [200, 900, 900, 200]
    assert knock(stage, "GET", "faults").json()[0]["fired"] == 2
    assert knock(stage, "DELETE", "faults").json() == []
    assert knock(stage, "GET", "faults").json() == []


@pytest.mark.rule("E7")
@pytest.mark.parametrize(
    "fault", [{}, {"path": "/x"}, {"path": "/x", "kind": "melt"}, {"path": "/x", "kind": "slow", "n": 1}]
)
def test_a_fault_that_nobody_knows_is_refused(stage: Stage, fault: dict[str, Any]) -> None:
    assert knock(stage, "POST", "faults", fault).status_code == 400


@pytest.mark.rule("E8")
def test_a_slow_answer_comes_late(stage: Stage) -> None:
    stage.fault(LIST, "slow", seconds=0.2)
    started = time.monotonic()
    assert signed(stage, LIST, {}).json()["code"] == 200
    assert time.monotonic() - started >= 0.2


@pytest.mark.rule("E3", "E4")
def test_a_state_file_survives_a_restart(tmp_path: Path, clock: FakeClock) -> None:
    file = tmp_path / "platform.sqlite"
    with running(quota=0, file=file, now=clock.now) as (port, platform):
        made = Stage(port, platform, clock).up("Channel", **Stage(port, platform, clock).sample("Channel"))
        platform.store.move_clock(3600)
    clock.let_pass(1)
    with running(quota=0, file=file, now=clock.now) as (port, platform):
        stage = Stage(port, platform, clock)
        assert stage.of("Channel").read(made.id, made.state) == made.state
        assert stage.up("Channel", **stage.sample("Channel")).id != made.id
        assert platform.store.now() == int(clock.now()) + 3600
    with sqlite3.connect(file) as database:
        assert database.execute("SELECT COUNT(*) FROM objects").fetchone() == (2,)
    database.close()
    assert [path.name for path in tmp_path.iterdir()] == [file.name], "nothing is written elsewhere"


@pytest.mark.rule("E4")
def test_the_same_seed_gives_the_same_ids(clock: FakeClock) -> None:
    ids = []
    for seed in (7, 7, 8):
        with running(quota=0, seed=seed, now=clock.now) as (port, platform):
            stage = Stage(port, platform, clock)
            ids.append(stage.up("Channel", **stage.sample("Channel")).id)
    assert ids[0] == ids[1] != ids[2]


@pytest.mark.parametrize("path", ["/live/channelManage/nothing", "/"])
def test_an_unknown_path_is_no_api(stage: Stage, path: str) -> None:
    assert signed(stage, path, {}).status_code == 404


@pytest.mark.rule("E3")
def test_nobody_sees_a_half_written_object(stage: Stage) -> None:
    """Names and rates are edited together, so every reader has to see them together."""
    made = stage.up("Channel", **stage.sample("Channel"))
    pairs = {"even": "0", "odd": "0,1,2,3,4"}
    stop = threading.Event()
    torn: list[Any] = []

    def write() -> None:
        for number in range(20):
            name = ("even", "odd")[number % 2]
            signed(
                stage,
                "/live/channelManage/channelEdit",
                {"pullId": made.id, "channelName": name, "pullRate": pairs[name]},
            )
        stop.set()

    def look() -> None:
        while not stop.is_set():
            for item in knock(stage, "GET", "objects?kind=channel").json():
                if item["channelName"] in pairs and item["pullRate"] != pairs[item["channelName"]]:
                    torn.append(item)

    threads = [threading.Thread(target=write), threading.Thread(target=look)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert stop.is_set()
    assert not torn

"""Answers that say the usual in an unusual form: what nobody reads in them matters to nobody."""

from __future__ import annotations

from typing import Any

import pytest

from evidence_kit import ok
from kinds import LISTS
from kit import Stage
from pulumi_livechannels.ground import errors

MANAGE = "/live/channelManage/"
SEVERAL = 50


@pytest.mark.parametrize("data", ["success", "操作成功", 7, True, ["x"], {"x": 1}, "", None])
def test_the_answer_to_a_write_that_only_succeeds_is_not_read(stage: Stage, data: Any) -> None:
    key = stage.a_channel()
    stage.fault(MANAGE + "disconnectStream", "answer", body={**ok(), "data": data})
    stage.up("StreamDisconnect", pullId=key)
    assert stage.calls("disconnectStream") == 1
    stage.fault(MANAGE + "deleteChannel", "answer", body={**ok(), "data": data})
    made = stage.up("Channel", **stage.sample("Channel"))
    stage.of("Channel").delete(made.id, made.state)
    assert stage.calls("deleteChannel") == 1


def test_a_code_is_a_number_in_whatever_form(stage: Stage) -> None:
    made = stage.up("RecordDirectory", **stage.sample("RecordDirectory"))
    stage.new_run()
    whole = {"code": 200.0, "message": "ok", "data": [{"totalCount": 0, "directoryList": []}]}
    stage.fault("/live/recordDirectoryManage/getDirectoryList", "answer", body=whole)
    assert stage.of("RecordDirectory").read(made.id, made.state) is not None


def configured(stage: Stage, *urls: tuple[str, str]) -> dict[str, Any]:
    """What getChannelConfigure answers, with other push URLs."""
    told: dict[str, Any] = {
        "channelName": stage.objects("Channel")[0]["channelName"],
        "channelStatus": 0,
        "createTime": "2026-09-10 08:26:41",
        "videoEncrypted": 0,
        "pushConfigureInfo": [{"pushProtocol": protocol, "pushUrl": url} for protocol, url in urls],
        "pullConfigureList": [],
    }
    return ok(told)


def test_a_push_url_is_the_same_whatever_token_goes_with_it(stage: Stage) -> None:
    inputs = stage.sample("Channel", pushKeyRotation="1")
    made = stage.up("Channel", **inputs)
    url, live = made.state["pushUrl"], stage.of("Channel")
    for number in range(3):
        answer = configured(stage, ("RTMP", f"{url}?wsSecret=token{number}&wsABSTime={number}"))
        stage.fault(MANAGE + "getChannelConfigure", "answer", body=answer)
        state = live.read(made.id, {**made.state, "pushUrl": f"{url}?wsSecret=earlier"})
        assert state is not None
        assert state["pushUrl"] == url
    assert stage.told == [], "nobody has changed it"
    before = stage.objects("Channel")[0]["pushId"]
    stage.fault(MANAGE + "getChannelConfigure", "answer", body=configured(stage, ("RTMP", f"{url}?wsSecret=token4")))
    live.update(made.id, state, {**inputs, "pushKeyRotation": "2"})
    assert stage.objects("Channel")[0]["pushId"] != before, "and so it is rotated"


@pytest.mark.parametrize("first", ["RTMP", "SRT"])
def test_the_push_url_is_the_one_of_rtmp(stage: Stage, first: str) -> None:
    made = stage.up("Channel", **stage.sample("Channel"))
    urls = [("RTMP", made.state["pushUrl"]), ("SRT", "srt://push.example.com:1105?streamid=uplive/one")]
    answer = configured(stage, *(urls if first == "RTMP" else urls[::-1]))
    stage.fault(MANAGE + "getChannelConfigure", "answer", body=answer)
    state = stage.of("Channel").read(made.id, made.state)
    assert state is not None
    assert state["pushUrl"] == made.state["pushUrl"]


@pytest.mark.parametrize(
    "order", [("pull.example.com", "other.example.com"), ("other.example.com", "pull.example.com")]
)
def test_a_pull_channel_that_several_domains_serve_keeps_its_own(stage: Stage, order: tuple[str, str]) -> None:
    inputs = stage.sample("PullChannel", pullDomain="pull.example.com")
    serving = [{"pullProtocol": "RTMP", "pullUrlList": [{"originPullUrl": f"rtmp://{host}/a/b"}]} for host in order]
    source = {"sourcePullUrl": inputs["sourceUrl"], "sourcePullProtocol": "0", "pullConfigureList": serving}
    told = {"channelName": inputs["channelName"], "channelStatus": "1", "sourcePullConfigureInfoList": [source]}
    stage.fault(MANAGE + "getPullChannelConfigure", "answer", body=ok(told), times=SEVERAL)
    made = stage.up("PullChannel", **inputs)
    state = stage.of("PullChannel").read(made.id, made.state)
    assert state is not None
    assert (made.state["pullDomain"], state["pullDomain"]) == ("pull.example.com", "pull.example.com")
    assert stage.of("PullChannel").diff(state, inputs).replaces == []


@pytest.mark.parametrize(
    ("coding", "wanted"),
    [
        ({"bitrate": 0, "resolution": "", "frameRate": 0, "vcodec": "", "wmimage": ""}, None),
        ("", None),
        ([], None),
        ({"bitrate": 800, "frameRate": 0, "acodec": ""}, {"bitrateKbps": 800}),
        ('{"bitrate": 800}', {"bitrateKbps": 800}),
    ],
)
def test_an_encoding_of_nothing_is_the_channels(stage: Stage, coding: Any, wanted: dict[str, int] | None) -> None:
    inputs = stage.sample("ForwardTask", transcoding=wanted)
    made = stage.up("ForwardTask", **inputs)
    stage.new_run()
    row = {
        "taskId": made.id,
        "pullId": inputs["pullId"],
        "status": 1,
        "forwardUrl": inputs["forwardUrl"],
        "codingParams": coding,
    }
    answer = ok({"total": 1, "forwardTastList": [row]})
    stage.fault("/live/forwardTask/getForwardTaskList", "answer", body=answer)
    state = stage.of("ForwardTask").read(made.id, made.state)
    assert state is not None
    assert not stage.of("ForwardTask").diff(state, inputs).touches("transcoding")


@pytest.mark.parametrize("status", [400, 404])
def test_what_is_not_the_vendors_json_is_no_witness_of_an_end(stage: Stage, status: int) -> None:
    made = stage.up("Channel", **stage.sample("Channel"))
    stage.remove("Channel", made.id)
    stage.new_run()
    page = {"body": "<html>not here</html>", "status": status, "times": SEVERAL}
    stage.fault(MANAGE + "getChannelConfigure", "answer", **page)
    with pytest.raises(errors.NoAnswerError):
        stage.of("Channel").read(made.id, made.state)
    stage.platform.faults.clear()


@pytest.mark.parametrize("name", LISTS)
def test_a_list_that_counts_some_and_shows_none_is_no_witness_of_an_end(stage: Stage, name: str) -> None:
    made = stage.up(name, **stage.sample(name))
    stage.remove(name, made.id)
    stage.new_run()
    counts = {"channelToal": 3, "totalCount": 3, "recordTaskTotal": 3, "total": 3}
    rows = {"channelList": [], "directoryList": [], "recordTaskQueryResponseList": [], "forwardTastList": []}
    stage.fault(LISTS[name], "answer", body=ok({**counts, **rows}), times=SEVERAL)
    with pytest.raises(errors.LiveChannelsError, match=r"3 are counted|shows no forward task"):
        stage.of(name).read(made.id, made.state)
    stage.platform.faults.clear()

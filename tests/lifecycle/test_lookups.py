"""The functions of module index: what they answer, page by page, and what they say about what is not there."""

from __future__ import annotations

from typing import Any

import pytest

from kit import Stage
from pulumi_livechannels.core.asking import ask
from pulumi_livechannels.core.fields import properties
from pulumi_livechannels.core.function import secrets_in, without_secrets
from pulumi_livechannels.functions import of_module
from pulumi_livechannels.ground import errors
from pulumi_livechannels.vendors.wangsu.playback import GetRecordFileInfo

BY_NAME = {kind.name(): kind for kind in of_module("index")}


def asked(stage: Stage, name: str, **inputs: Any) -> dict[str, Any]:
    stage.clock.let_pass(60)
    return ask(stage.account, BY_NAME[name], inputs)


def test_these_are_the_thirteen() -> None:
    assert set(BY_NAME) == {
        *("getChannel", "getPullChannel", "getRecordDirectory", "getRecordTask", "getForwardTasks", "getChannels"),
        *("getPullChannels", "getRecordDirectories", "getChannelShareUrl", "getPlaybackCode", "getLiveState"),
        *("getLiveStates", "getRecordFiles"),
    }


@pytest.mark.parametrize(
    ("name", "function", "key"),
    [
        ("Channel", "getChannel", "pullId"),
        ("PullChannel", "getPullChannel", "pullId"),
        ("RecordDirectory", "getRecordDirectory", "directoryId"),
        ("RecordTask", "getRecordTask", "taskId"),
    ],
)
def test_an_object_is_told_as_its_resource_reads_it(stage: Stage, name: str, function: str, key: str) -> None:
    made = stage.up(name, **stage.sample(name))
    found = asked(stage, function, **{key: made.id})
    assert found[key] == made.id
    # Times are told as the platform has them, and details are no part of a state.
    elsewhere = {"startTime", "endTime", *properties(BY_NAME[function].Details)}
    assert {item: made.state[item] for item in found if item not in elsewhere} == {
        item: value for item, value in found.items() if item not in elsewhere
    }
    with pytest.raises(errors.NotFoundError, match=f"there is no {name} nobody"):
        asked(stage, function, **{key: "nobody"})


def test_a_record_task_is_found_by_its_trans_no(stage: Stage) -> None:
    made = stage.up("RecordTask", **stage.sample("RecordTask"))
    assert asked(stage, "getRecordTask", transNo=made.state["transNo"])["taskId"] == made.id
    with pytest.raises(errors.NotFoundError, match="transNo nothing"):
        asked(stage, "getRecordTask", transNo="nothing")


@pytest.mark.parametrize("inputs", [{}, {"taskId": "a", "transNo": "b"}])
def test_a_record_task_is_asked_for_by_one_key(stage: Stage, inputs: dict[str, str]) -> None:
    with pytest.raises(errors.InputError, match="so is transNo: set one of them"):
        asked(stage, "getRecordTask", **inputs)


def test_lists_answer_every_page(stage: Stage) -> None:
    for number in range(51):
        stage.up("PullChannel", **stage.sample("PullChannel", channelName=f"c{number}"))
    before = stage.calls()
    found = asked(stage, "getPullChannels")["items"]
    assert {item["channelName"] for item in found} == {f"c{number}" for number in range(51)}
    assert stage.calls() - before == 2


def test_channels_are_listed_with_what_the_list_shows(stage: Stage) -> None:
    one = stage.up("Channel", **stage.sample("Channel", appScenario=None))
    (item,) = asked(stage, "getChannels")["items"]
    assert item["pullId"] == one.id
    assert item["pushDomain"] == "push.example.com"
    assert item["status"] == "notLive"
    assert item["createTime"] == one.state["createTime"]
    assert asked(stage, "getChannels", appScenario="other")["items"] == []


def test_directories_and_tasks_are_listed(stage: Stage) -> None:
    directory = stage.up("RecordDirectory", **stage.sample("RecordDirectory"))
    assert asked(stage, "getRecordDirectories")["items"][0]["directoryId"] == directory.id
    task = stage.up("ForwardTask", **stage.sample("ForwardTask"))
    (item,) = asked(stage, "getForwardTasks", pullId=task.state["pullId"], statuses=["running"])["items"]
    assert (item["taskId"], item["status"]) == (task.id, "running")
    assert asked(stage, "getForwardTasks", statuses=["ended"])["items"] == []
    with pytest.raises(errors.InputError, match="statuses"):
        asked(stage, "getForwardTasks", statuses=["sleeping"])


def test_live_states_of_many_come_in_one_call_and_of_none_are_refused(stage: Stage) -> None:
    key = stage.a_channel()
    stage.platform.edit("channel", key, {"channelStatus": 1})
    assert asked(stage, "getLiveState", pullId=key) == {"pullId": key, "status": "live"}
    before = stage.calls()
    assert asked(stage, "getLiveStates", pullIds=[key, "nobody"])["items"] == [{"pullId": key, "status": "live"}]
    assert stage.calls() - before == 1
    with pytest.raises(errors.InputError, match="must name at least 1 value"):
        asked(stage, "getLiveStates", pullIds=[])
    with pytest.raises(errors.NotFoundError, match="there is no channel nobody"):
        asked(stage, "getLiveState", pullId="nobody")


def test_a_channel_is_shared_and_played(stage: Stage) -> None:
    key = stage.a_channel()
    assert asked(stage, "getChannelShareUrl", pullId=key)["url"].startswith("http")
    code = asked(stage, "getPlaybackCode", pullId=key, playerSize="1280x720", autoPlay=True, codeType="all")
    assert code["pullId"] == key
    assert {url["rate"] for url in code["urls"]} == {"source"}
    assert "1280" in code["videoCode"]
    for size in ("12x7", "4000x3000", "1280*720"):
        with pytest.raises(errors.InputError, match="WIDTHxHEIGHT from 480x360 to 1920x1080"):
            asked(stage, "getPlaybackCode", pullId=key, playerSize=size)


def test_recorded_files_are_asked_for_fifty_at_a_time(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    made = stage.up("RecordTask", **stage.sample("RecordTask"))
    stage.clock.let_pass(3 * 3600)
    (file,) = asked(stage, "getRecordFiles", pullIds=[made.state["pullId"]])["items"]
    assert file["pullId"] == made.state["pullId"]
    assert asked(stage, "getRecordFiles", videoIds=[file["videoId"]])["items"] == [file]
    sizes: list[int] = []
    call = stage.account.wangsu.call

    def counted(action: GetRecordFileInfo) -> Any:
        sizes.append((action.video_ids or "").count(",") + 1)
        return call(GetRecordFileInfo(video_ids=file["videoId"]))

    monkeypatch.setattr(stage.account.wangsu, "call", counted)
    assert len(asked(stage, "getRecordFiles", videoIds=[f"v{number}" for number in range(120)])["items"]) == 3
    assert sizes == [50, 50, 20]
    for wrong in ({}, {"pullIds": ["a"], "videoIds": ["b"]}, {"pullIds": ["a,b"]}):
        with pytest.raises(errors.InputError):
            asked(stage, "getRecordFiles", **wrong)


@pytest.mark.rule("R28")
def test_plain_answers_leave_secrets_out(stage: Stage) -> None:
    made = stage.up("Channel", **stage.sample("Channel"))
    for name, inputs, secret in (("getChannel", {"pullId": made.id}, "pushUrl"), ("getChannels", {}, "pushUrl")):
        found = asked(stage, name, **inputs)
        marks = secrets_in(BY_NAME[name].output(), found)
        assert secret in str(marks)
        plain = without_secrets(found, marks)
        assert made.state["pushUrl"] not in str(plain)
        assert made.id in str(plain)


def test_a_write_outdates_what_was_told(stage: Stage) -> None:
    assert ask(stage.account, BY_NAME["getChannels"], {})["items"] == []
    before = stage.calls()
    assert ask(stage.account, BY_NAME["getChannels"], {})["items"] == []
    assert stage.calls() == before, "asked twice, called once"
    stage.up("Channel", **stage.sample("Channel"))
    assert len(ask(stage.account, BY_NAME["getChannels"], {})["items"]) == 1


def test_a_fresh_question_takes_no_earlier_answer(stage: Stage) -> None:
    ask(stage.account, BY_NAME["getChannels"], {})
    stage.a_channel()
    assert len(ask(stage.account, BY_NAME["getChannels"], {}, anew=True)["items"]) == 1


@pytest.mark.parametrize("ids", [[""], ["a,b"], ["a", "b c"]])
def test_ids_are_single_ids(stage: Stage, ids: list[str]) -> None:
    with pytest.raises(errors.InputError, match="must be one id"):
        asked(stage, "getLiveStates", pullIds=ids)


def test_whoever_asks_again_hears_of_what_others_changed(stage: Stage) -> None:
    made = stage.up("Channel", **stage.sample("Channel"))
    task = stage.up("RecordTask", **stage.sample("RecordTask", pullId=made.id))
    # A program and what makes its resources are two processes, and each has its own lists.
    stage.new_run()
    assert asked(stage, "getChannel", pullId=made.id)["srtPushUrl"]
    assert asked(stage, "getRecordTask", taskId=task.id)["status"] == "running"
    program = stage.account
    stage.new_run()
    new = stage.up("Channel", **stage.sample("Channel", channelName="new"))
    assert ask(program, BY_NAME["getChannel"], {"pullId": new.id})["srtPushUrl"]
    stage.platform.edit("recordTask", task.id, {"status": 2})
    stage.clock.let_pass(11)
    assert ask(program, BY_NAME["getRecordTask"], {"taskId": task.id})["status"] == "ended"


@pytest.mark.rule("R41")
def test_many_lookups_share_the_pages_of_a_list(stage: Stage) -> None:
    ids = [stage.up("Channel", **stage.sample("Channel", channelName=str(number))).id for number in range(60)]
    stage.new_run()
    stage.platform.journal.clear()
    for key in ids:
        ask(stage.account, BY_NAME["getChannel"], {"pullId": key})
    assert stage.calls("getChannelList") <= 2


@pytest.mark.parametrize(
    ("name", "kind", "path", "words"),
    [
        ("getChannels", "Channel", "/live/channelManage/getChannelList", {"channelName": "c{}"}),
        ("getPullChannels", "PullChannel", "/live/channelManage/getPullChannelList", {"channelName": "c{}"}),
        (
            "getForwardTasks",
            "ForwardTask",
            "/live/forwardTask/getForwardTaskList",
            {"forwardUrl": "rtmp://relay.example.net/app/r{}"},
        ),
        (
            "getRecordDirectories",
            "RecordDirectory",
            "/live/recordDirectoryManage/getDirectoryList",
            {"directoryType": "d{}"},
        ),
    ],
)
def test_a_list_is_whole_though_something_is_deleted_while_it_is_read(
    stage: Stage, name: str, kind: str, path: str, words: dict[str, str]
) -> None:
    first = stage.sample(kind)
    made = {
        stage.up(kind, **{**first, **{key: text.format(number) for key, text in words.items()}}).id
        for number in range(60)
    }
    stage.new_run()
    # The page after the first misses the newest object, so the one at the pages' edge would be in neither.
    stage.fault(path, "shift-pages", nth=2)
    key = {"getForwardTasks": "taskId", "getRecordDirectories": "directoryId"}.get(name, "pullId")
    told = [item[key] for item in asked(stage, name)["items"]]
    assert len(told) == len(set(told)) == 60
    assert set(told) == made


def test_a_record_task_tells_the_files_that_it_has_left(stage: Stage) -> None:
    made = stage.up("RecordTask", **stage.sample("RecordTask"))
    assert asked(stage, "getRecordTask", taskId=made.id)["files"] == []
    stage.clock.let_pass(3 * 3600)
    found = asked(stage, "getRecordTask", taskId=made.id)
    (file,) = found["files"]
    assert file["url"].startswith("http")
    assert file["durationSeconds"] == 2 * 3600
    assert file["sizeBytes"] > 0
    assert file["startTime"] == found["startTime"]
    plain = without_secrets(found, secrets_in(BY_NAME["getRecordTask"].output(), found))
    assert file["url"] not in str(plain)
    assert file["videoId"] in str(plain)


def test_a_relay_is_told_with_its_callback_and_its_encoding(stage: Stage) -> None:
    encoding = {"bitrateKbps": 800, "resolution": "1280x720", "videoCodec": "libx264"}
    sample = stage.sample("ForwardTask", notifyUrl="https://hooks.example.net/relay", transcoding=encoding)
    stage.up("ForwardTask", **sample)
    (item,) = asked(stage, "getForwardTasks")["items"]
    assert item["notifyUrl"] == "https://hooks.example.net/relay"
    assert item["transcoding"] == encoding

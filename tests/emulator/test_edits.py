"""What an edit may change and what it leaves, and what a list is narrowed by."""

from __future__ import annotations

from typing import Any

import pytest

from emulator_kit import a_channel, a_pull_channel, ask, code, door, knock, objects, packed
from kit import Stage
from pulumi_livechannels.emulator.store import text_of

WEEK = 604_800


@pytest.mark.parametrize(
    ("before", "edit", "lasts"),
    [
        ({"videoEncrypted": 1, "hlsEncryptDuration": 3600}, {"channelName": "New"}, 3600),
        ({"videoEncrypted": 1, "hlsEncryptDuration": 3600}, {"videoEncrypted": 1}, 3600),
        ({"videoEncrypted": 0, "hlsEncryptDuration": 3600}, {"videoEncrypted": 1}, WEEK),
        ({"videoEncrypted": 2, "hlsEncryptDuration": 3600}, {"videoEncrypted": 1}, WEEK),
        ({"videoEncrypted": 0}, {"videoEncrypted": 1, "hlsEncryptDuration": 60}, 60),
    ],
)
def test_an_encryption_that_is_switched_on_lasts_a_week_unless_told(
    stage: Stage, before: dict[str, Any], edit: dict[str, Any], lasts: int
) -> None:
    key = a_channel(stage, **before)
    ask(stage, "channelEdit", pullId=key, **edit)
    assert ask(stage, "getChannelConfigure", pullId=key)["hlsEncryptDuration"] == lasts


def test_an_encryption_that_was_off_in_between_lasts_a_week_again(stage: Stage) -> None:
    key = a_channel(stage, videoEncrypted=1, hlsEncryptDuration=3600)
    for wanted in (0, 1):
        ask(stage, "channelEdit", pullId=key, videoEncrypted=wanted)
    assert ask(stage, "getChannelConfigure", pullId=key)["hlsEncryptDuration"] == WEEK


@pytest.mark.parametrize(
    ("edit", "wanted"),
    [
        ({"channelName": ""}, 1004),
        ({"pullRate": ""}, 1012),
        ({"whiteBoardConfig": packed({"open": 3})}, 1012),
        ({"funcConfig": packed({})}, 1012),
        ({"funcConfig": packed({"share": 1})}, 200),
    ],
)
def test_an_edit_is_held_to_what_a_create_is(stage: Stage, edit: dict[str, Any], wanted: int) -> None:
    assert code(stage, "channelEdit", pullId=a_channel(stage), **edit) == wanted


def test_a_pull_channel_keeps_its_name_when_an_edit_has_none(stage: Stage) -> None:
    assert code(stage, "editPullChannel", pullId=a_pull_channel(stage), channelName="") == 1004


@pytest.mark.parametrize(
    ("edits", "wanted"),
    [
        ([{"open": 1, "whiteBoardId": "a"}], 200),
        ([{"open": 0, "whiteBoardId": "a"}], 200),
        ([{"open": 0}], 200),
        ([{"open": 0}, {"open": 1, "whiteBoardId": "a"}], 200),
        ([{"open": 1, "whiteBoardId": "b"}], 1000),
        ([{"open": 0}, {"open": 0, "whiteBoardId": ""}, {"open": 1, "whiteBoardId": "b"}], 1000),
    ],
)
def test_a_whiteboard_has_one_id_for_good(stage: Stage, edits: list[dict[str, Any]], wanted: int) -> None:
    key = a_channel(stage, whiteBoardConfig=packed({"open": 1, "whiteBoardId": "a"}))
    *first, last = [{"pullId": key, "whiteBoardConfig": packed(board)} for board in edits]
    for edit in first:
        ask(stage, "channelEdit", **edit)
    assert code(stage, "channelEdit", **last) == wanted


@pytest.mark.parametrize("before", [None, packed({"open": 0}), "clicked"])
def test_a_channel_without_a_whiteboard_takes_any(stage: Stage, before: str | None) -> None:
    key = a_channel(stage)
    if before:
        door(stage, "PATCH", f"objects/channel/{key}", {"whiteBoardConfig": before})
    assert code(stage, "channelEdit", pullId=key, whiteBoardConfig=packed({"open": 1, "whiteBoardId": "b"})) == 200


@pytest.mark.parametrize(
    ("protocols", "over_http", "wanted"), [("0", None, 200), ("0", True, 1000), ("0,2", True, 200), ("1", True, 200)]
)
def test_a_recording_over_http_needs_a_protocol_that_is(
    stage: Stage, protocols: str, over_http: bool | None, wanted: int
) -> None:
    key = a_channel(stage, pullProtocol=protocols)
    more = {} if over_http is None else {"httpPullRecord": over_http}
    end = int(stage.clock.now()) + 3600
    assert code(stage, "createRecordTask", pullId=key, quickStart=True, endTime=end, **more) == wanted


def test_record_tasks_are_found_by_when_they_were_made(stage: Stage) -> None:
    made = []
    for _ in range(3):
        now = int(stage.clock.now())
        fields = {"pullId": a_channel(stage), "quickStart": False, "startTime": now + 7200, "endTime": now + 9000}
        made.append(ask(stage, "createRecordTask", **fields)["taskId"])
        stage.clock.let_pass(3600)
    times = [text_of(objects(stage, "recordTask")[key]["createdAt"]) for key in made]

    def found(**window: str) -> list[str]:
        answer = ask(stage, "recordTaskListQuery", listOrder=1, **window)
        return [task["taskId"] for task in answer["recordTaskQueryResponseList"]]

    assert found() == found(startTime="", endTime="") == made
    assert found(startTime=times[1]) == made[1:]
    assert found(endTime=times[1]) == made[:2]
    assert found(startTime=times[1], endTime=times[1]) == made[1:2]
    assert found(startTime=times[2], endTime=times[0]) == []


@pytest.mark.parametrize("name", ["startTime", "endTime"])
@pytest.mark.parametrize(
    "wrong", ["x", "2026-11-26", "2026-11-26T08:00:00", "2026-13-26 08:00:00", "2026-1-6 8:00:00", "1764144000"]
)
def test_when_a_record_task_was_made_is_asked_as_the_contract_writes_it(stage: Stage, name: str, wrong: str) -> None:
    assert code(stage, "recordTaskListQuery", **{name: wrong}) == 1013


@pytest.mark.parametrize(
    ("fields", "wanted"),
    [({"status": "4"}, 1012), ({"status": "0,x"}, 1012), ({"status": "0,1"}, 200), ({"status": ""}, 200)],
)
def test_relays_are_asked_for_by_a_status_that_is_one(stage: Stage, fields: dict[str, str], wanted: int) -> None:
    assert code(stage, "getForwardTaskList", **fields) == wanted


@pytest.mark.parametrize("empty", [{"taskId": ""}, {"pullId": ""}, {"taskId": "", "pullId": ""}])
def test_an_empty_id_leaves_no_relay_out(stage: Stage, empty: dict[str, str]) -> None:
    ask(stage, "startForwardTask", pullId=a_channel(stage), forwardUrl="rtmp://relay.example.net/a/b")
    assert ask(stage, "getForwardTaskList", **empty)["total"] == 1


def test_an_unknown_rate_may_be_clicked_and_is_read(stage: Stage) -> None:
    """A platform may have a new one any day."""
    key = a_channel(stage)
    assert knock(stage, "PATCH", f"objects/channel/{key}", {"pullRate": "0,9"}).status_code == 200
    (first, *_) = ask(stage, "getChannelConfigure", pullId=key)["pullConfigureList"]
    assert [name for name, url in first["pullUrlList"][0].items() if url] == ["originPullUrl"]

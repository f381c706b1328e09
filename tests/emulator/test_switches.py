"""The switches around a channel: ban, re-broadcast, disconnect, state callback; and that no action is missing."""

from __future__ import annotations

from typing import Any

import pytest

from emulator_kit import CONTRACT, PATHS, a_channel, a_pull_channel, ask, assert_shaped, call, code, door, objects
from kit import Stage
from pulumi_livechannels.emulator.wangsu.wire import ACTIONS

WEEK = 7 * 24 * 3600
MARGIN = 600
NOTIFY = {"domainName": "push.example.com", "notifyUrl": "https://hooks.example.net/live"}
PAGE = {
    "/live/channelManage": """
        getPullChannelConfigure getPullChannelList setChannelStateRealtimeBack createRecordTask endRecordTask
        recordTaskQuery getChannelShareUrl getRecordFileInfo disconnectStream createChannel getChannelConfigure
        getChannelList deleteChannel getChannelLiveState batchChannelLiveState channelForbidden channelReBrodcast
        channelEdit getSinglePullCode setPushTsatc createPullChannel editPullChannel setPullTsatc
    """,
    "/live/recordDirectoryManage": "directoryCreate getDirectoryList getDirectory",
    "/live/forwardTask": "startForwardTask endForwardTask getForwardTaskList",
}


def states(stage: Stage, key: str) -> list[Any]:
    """How a push channel stands, by every way to ask."""
    listed = {item["pullId"]: item for item in ask(stage, "getChannelList")["channelList"]}
    return [
        ask(stage, "getChannelConfigure", pullId=key)["channelStatus"],
        listed[key]["channelStatus"],
        ask(stage, "batchChannelLiveState", pullIds=key)[0]["channelStatus"],
        ask(stage, "getChannelLiveState", pullId=key)["channelState"],
        objects(stage, "channel")[key]["status"],
    ]


def state(stage: Stage, key: str) -> str:
    return ask(stage, "getChannelLiveState", pullId=key)["channelState"]


def go_live(stage: Stage, key: str) -> None:
    door(stage, "PATCH", f"objects/channel/{key}", {"channelStatus": 1})


def pass_on_the_platform(stage: Stage, seconds: int) -> None:
    door(stage, "POST", "clock", {"seconds": seconds})


@pytest.mark.rule("E1")
def test_every_action_of_the_page_is_served() -> None:
    page = {f"{folder}/{name}" for folder, names in PAGE.items() for name in names.split()}
    assert len(page) == 29
    assert page | {"/live/channelManage/recordTaskListQuery"} <= set(ACTIONS)


@pytest.mark.rule("E1", "E14")
@pytest.mark.parametrize(
    ("action", "fields"),
    [
        ("getChannelLiveState", {}),
        ("channelForbidden", {}),
        ("channelReBrodcast", {}),
        ("disconnectStream", {}),
        ("setChannelStateRealtimeBack", {**NOTIFY, "open": 1, "pullId": None}),
        ("getChannelShareUrl", {}),
        ("getSinglePullCode", {}),
        ("setPushTsatc", {"effectiveHourLong": "2"}),
        ("setPullTsatc", {"effectiveHourLong": "2"}),
        ("getRecordFileInfo", {"pullId": None, "pullIds": "the channel"}),
        ("recordTaskQuery", {"pullId": None, "transNo": "t"}),
    ],
)
def test_an_answer_has_exactly_the_words_of_the_contract(stage: Stage, action: str, fields: dict[str, Any]) -> None:
    key = a_channel(stage)
    ask(stage, "createRecordTask", pullId=key, transNo="t", quickStart=True, endTime=int(stage.clock.now()) + 3600)
    pass_on_the_platform(stage, 7200)
    if action == "channelReBrodcast":
        ask(stage, "channelForbidden", pullId=key)
    sent = {"pullId": key, **fields}
    sent = {name: key if value == "the channel" else value for name, value in sent.items() if value is not None}
    answer = call(stage, action, **sent)
    data = CONTRACT[PATHS[action]]["response"]["data"]
    assert set(answer) == {"code", "message", "data"}
    assert answer["data"] or data["type"] == "string" or not data["fields"], "there is something to compare"
    assert_shaped(answer["data"], data, action)


@pytest.mark.rule("E6")
@pytest.mark.parametrize("action", ["channelForbidden", "channelReBrodcast", "disconnectStream", "getChannelLiveState"])
def test_a_switch_needs_a_channel_that_exists(stage: Stage, action: str) -> None:
    key = a_channel(stage)
    assert code(stage, action, pullId="none") == 1000
    assert code(stage, action) == 1004
    assert code(stage, action, pullId="") == 1004
    assert code(stage, action, pullId=7) == 1013
    assert code(stage, action, pullId=key, more="x") == 1006


def test_a_ban_shows_in_every_read(stage: Stage) -> None:
    key = a_channel(stage)
    assert states(stage, key) == [2, 2, "2", "2", 2]
    assert ask(stage, "channelForbidden", pullId=key) == ""
    assert states(stage, key) == [3, 3, "3", "3", 3]


def test_a_pull_channel_can_be_banned_too(stage: Stage) -> None:
    key = a_pull_channel(stage)
    ask(stage, "channelForbidden", pullId=key)
    assert ask(stage, "getPullChannelConfigure", pullId=key)["channelStatus"] == "3"
    assert ask(stage, "batchChannelLiveState") == [{"pullId": key, "channelStatus": "3"}]
    assert state(stage, key) == "3"
    assert objects(stage, "pullChannel")[key]["status"] == 3


@pytest.mark.rule("E5")
def test_a_ban_lapses_by_itself_after_seven_days(stage: Stage) -> None:
    key = a_channel(stage)
    ask(stage, "channelForbidden", pullId=key)
    pass_on_the_platform(stage, WEEK - MARGIN)
    assert states(stage, key) == [3, 3, "3", "3", 3]
    pass_on_the_platform(stage, MARGIN)
    assert states(stage, key) == [2, 2, "2", "2", 2]
    assert code(stage, "channelReBrodcast", pullId=key) == 1000


def test_banning_again_lets_the_seven_days_begin_anew(stage: Stage) -> None:
    key = a_channel(stage)
    ask(stage, "channelForbidden", pullId=key)
    pass_on_the_platform(stage, WEEK - MARGIN)
    ask(stage, "channelForbidden", pullId=key)
    pass_on_the_platform(stage, WEEK - MARGIN)
    assert state(stage, key) == "3"
    pass_on_the_platform(stage, MARGIN)
    assert state(stage, key) == "2"


def test_re_broadcast_ends_a_ban(stage: Stage) -> None:
    key = a_channel(stage)
    ask(stage, "channelForbidden", pullId=key)
    assert ask(stage, "channelReBrodcast", pullId=key) == ""
    assert states(stage, key) == [2, 2, "2", "2", 2]
    assert objects(stage, "channelBan") == {}


def test_several_channels_are_banned_and_freed_in_one_call(stage: Stage) -> None:
    first, second = a_channel(stage), a_pull_channel(stage)
    ask(stage, "channelForbidden", pullId=f"{first},{second},{first}")
    assert set(objects(stage, "channelBan")) == {first, second}
    ask(stage, "channelReBrodcast", pullId=f"{first},{second},{first}")
    assert objects(stage, "channelBan") == {}


def test_one_wrong_id_refuses_the_whole_call(stage: Stage) -> None:
    banned, free = a_channel(stage), a_channel(stage)
    assert code(stage, "channelForbidden", pullId=f"{banned},none") == 1000
    assert objects(stage, "channelBan") == {}
    ask(stage, "channelForbidden", pullId=banned)
    assert code(stage, "channelReBrodcast", pullId=f"{banned},{free}") == 1000
    assert set(objects(stage, "channelBan")) == {banned}


def test_a_ban_cuts_the_stream_and_lets_no_other_in(stage: Stage) -> None:
    key = a_channel(stage)
    go_live(stage, key)
    ask(stage, "channelForbidden", pullId=key)
    ask(stage, "channelReBrodcast", pullId=key)
    assert state(stage, key) == "2", "somebody has to push again"
    ask(stage, "channelForbidden", pullId=key)
    go_live(stage, key)
    assert states(stage, key) == [3, 3, "3", "3", 3]


def test_a_ban_goes_with_its_channel(stage: Stage) -> None:
    key = a_channel(stage)
    ask(stage, "channelForbidden", pullId=key)
    ask(stage, "deleteChannel", pullId=f"{key},{key}")
    assert objects(stage, "channelBan") == {}
    assert code(stage, "getChannelLiveState", pullId=key) == 1000


def test_a_channel_that_was_banned_by_hand_is_freed_by_re_broadcast(stage: Stage) -> None:
    key = a_channel(stage)
    door(stage, "PATCH", f"objects/channel/{key}", {"channelStatus": 3})
    assert states(stage, key) == [3, 3, "3", "3", 3]
    ask(stage, "channelReBrodcast", pullId=key)
    assert states(stage, key) == [2, 2, "2", "2", 2]


@pytest.mark.rule("E5")
def test_a_ban_is_an_object_of_the_door(stage: Stage) -> None:
    key = a_channel(stage)
    ask(stage, "channelForbidden", pullId=key)
    ban = objects(stage, "channelBan")[key]
    left = ban["until"] - stage.platform.store.now()
    assert (ban["pullId"], ban["status"]) == (key, 3)
    assert 0 <= WEEK - left < MARGIN
    door(stage, "PATCH", f"objects/channelBan/{key}", {"until": stage.platform.store.now()})
    assert state(stage, key) == "2"
    assert objects(stage, "channelBan")[key]["status"] is None
    door(stage, "PATCH", f"objects/channelBan/{key}", {"until": ban["until"]})
    assert state(stage, key) == "3"
    door(stage, "DELETE", f"objects/channelBan/{key}")
    assert state(stage, key) == "2"


@pytest.mark.rule("E10")
def test_only_a_ban_that_holds_can_be_an_orphan(stage: Stage) -> None:
    def orphans() -> list[str]:
        return [item["kind"] for item in door(stage, "GET", "orphans")]

    key = a_channel(stage)
    ask(stage, "channelForbidden", pullId=key)
    assert orphans() == ["channel", "channelBan"]
    pass_on_the_platform(stage, WEEK)
    assert orphans() == ["channel"]
    ask(stage, "channelForbidden", pullId=key)
    door(stage, "DELETE", f"objects/channel/{key}")
    assert orphans() == []


def test_disconnecting_ends_a_live_stream(stage: Stage) -> None:
    key = a_channel(stage)
    go_live(stage, key)
    assert ask(stage, "disconnectStream", pullId=key) == ""
    assert states(stage, key) == [2, 2, "2", "2", 2]
    go_live(stage, key)
    assert state(stage, key) == "1", "it can be pushed again at once"


def test_disconnecting_what_is_not_live_changes_nothing(stage: Stage) -> None:
    quiet, banned = a_channel(stage), a_channel(stage)
    ask(stage, "channelForbidden", pullId=banned)
    before = door(stage, "GET", "objects")
    for key in (quiet, banned):
        assert ask(stage, "disconnectStream", pullId=key) == ""
    assert door(stage, "GET", "objects") == before


def test_a_pull_channel_cannot_be_disconnected(stage: Stage) -> None:
    assert code(stage, "disconnectStream", pullId=a_pull_channel(stage)) == 1000


def test_a_callback_is_set_changed_and_removed(stage: Stage) -> None:
    assert ask(stage, "setChannelStateRealtimeBack", **NOTIFY, open=1) == {}
    ask(stage, "setChannelStateRealtimeBack", **{**NOTIFY, "notifyUrl": "http://other.example.net/"}, open=1)
    assert [
        (item["id"], item["notifyUrl"], item["open"]) for item in objects(stage, "channelStateCallback").values()
    ] == [("push.example.com", "http://other.example.net/", 1)]
    assert ask(stage, "setChannelStateRealtimeBack", **NOTIFY, open=0) == {}
    assert objects(stage, "channelStateCallback") == {}
    assert ask(stage, "setChannelStateRealtimeBack", **NOTIFY, open=0) == {}, "there is nothing left to remove"


@pytest.mark.rule("E6")
@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ({"domainName": None}, 1004),
        ({"notifyUrl": None}, 1004),
        ({"notifyUrl": None, "open": 0}, 1004),
        ({"notifyUrl": "", "open": 0}, 1004),
        ({"open": None}, 1004),
        ({"open": 2}, 1012),
        ({"open": "1"}, 1013),
        ({"notifyUrl": "HTTP://hooks.example.net"}, 1013),
        ({"notifyUrl": "hooks.example.net", "open": 0}, 1013),
        ({"domainName": "push.elsewhere.net"}, 1008),
        ({"domainName": "push example"}, 1013),
        ({"pullId": "x"}, 1006),
    ],
)
def test_a_callback_is_held_to_the_contract(stage: Stage, changes: dict[str, Any], wanted: int) -> None:
    fields = {**NOTIFY, "open": 1, **changes}
    sent = {name: value for name, value in fields.items() if value is not None}
    assert code(stage, "setChannelStateRealtimeBack", **sent) == wanted
    assert objects(stage, "channelStateCallback") == {}


@pytest.mark.rule("E5")
def test_a_callback_is_an_object_of_the_door(stage: Stage) -> None:
    ask(stage, "setChannelStateRealtimeBack", **NOTIFY, open=1)
    one = "objects/channelStateCallback/push.example.com"
    assert door(stage, "PATCH", one, {"notifyUrl": "http://clicked.example.net/"})["notifyUrl"] == (
        "http://clicked.example.net/"
    )
    door(stage, "DELETE", one)
    assert objects(stage, "channelStateCallback") == {}


@pytest.mark.rule("E3", "E4")
def test_bans_and_callbacks_are_saved_and_brought_back(stage: Stage) -> None:
    key = a_channel(stage)
    ask(stage, "channelForbidden", pullId=key)
    ask(stage, "setChannelStateRealtimeBack", **NOTIFY, open=1)
    saved = door(stage, "POST", "snapshot")
    door(stage, "POST", "reset")
    door(stage, "POST", "restore", saved)
    assert state(stage, key) == "3"
    assert set(objects(stage, "channelStateCallback")) == {"push.example.com"}

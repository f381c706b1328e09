"""What an answer is believed: odd, empty, lagging and shifting answers lose, double, replace and end nothing."""

from __future__ import annotations

import json
from typing import Any

import pytest

from kit import KINDS, PATHS, Stage
from pulumi_livechannels.core.lifecycle import Made
from pulumi_livechannels.ground import errors

LISTS = {
    "Channel": "/live/channelManage/getChannelList",
    "PullChannel": "/live/channelManage/getPullChannelList",
    "RecordDirectory": "/live/recordDirectoryManage/getDirectoryList",
    "RecordTask": "/live/channelManage/recordTaskListQuery",
    "ForwardTask": "/live/forwardTask/getForwardTaskList",
}
OWN = {
    "Channel": "/live/channelManage/getChannelConfigure",
    "PullChannel": "/live/channelManage/getPullChannelConfigure",
    "RecordDirectory": "/live/recordDirectoryManage/getDirectory",
    "RecordTask": "/live/channelManage/recordTaskQuery",
    "ForwardTask": "/live/forwardTask/getForwardTaskList",
}
ENDS = {
    "Channel": "/live/channelManage/deleteChannel",
    "PullChannel": "/live/channelManage/deleteChannel",
    "RecordTask": "/live/channelManage/endRecordTask",
    "ForwardTask": "/live/forwardTask/endForwardTask",
}
STATES = "/live/channelManage/batchChannelLiveState"
LISTED = {
    "Channel": "channelList",
    "PullChannel": "channelList",
    "RecordDirectory": "directoryList",
    "RecordTask": "recordTaskQueryResponseList",
    "ForwardTask": "forwardTastList",
}
EVERY = pytest.mark.parametrize("name", sorted(KINDS))


def ok(data: Any = None, **more: Any) -> dict[str, Any]:
    """A success that says so little."""
    return {"code": 200, "message": "success", **({} if data is None else {"data": data}), **more}


EMPTY = [ok(), {"code": 200, "data": None}, ok(""), ok({}), ok({"total": 0, "totalCount": 0}), ok([])]


def is_there(stage: Stage, name: str, key: str) -> bool:
    over = {"RecordTask": 3, "ForwardTask": 2}.get(name, "none")
    return any(item["id"] == key and item["status"] != over for item in stage.objects(name))


@EVERY
@pytest.mark.rule("R9")
@pytest.mark.parametrize("body", EMPTY, ids=json.dumps)
@pytest.mark.parametrize("path", ["own", "list"])
@pytest.mark.parametrize("times", [1, 99])
def test_an_answer_that_says_nothing_is_no_end(stage: Stage, name: str, body: Any, path: str, times: int) -> None:
    inputs = stage.sample(name)
    made = stage.up(name, **inputs)
    stage.new_run()
    answered = (OWN if path == "own" else LISTS)[name]
    stage.platform.faults.add({"path": answered, "kind": "answer", "body": body, "times": times})
    said = ""
    try:
        state = stage.of(name).read(made.id, made.state)
    except errors.NoAnswerError as error:
        said = str(error)
    assert "cannot be understood" in said or not stage.of(name).diff(state or {}, inputs).any
    stage.platform.faults.clear()


@EVERY
@pytest.mark.parametrize("body", EMPTY, ids=json.dumps)
def test_an_answer_that_says_nothing_makes_no_second_object(stage: Stage, name: str, body: Any) -> None:
    """Relays are looked up before they are started, recordings and directories when they are refused."""
    inputs = stage.sample(name)
    stage.up(name, **inputs)
    before = len(stage.objects(name))
    stage.new_run()
    stage.platform.faults.add({"path": LISTS[name], "kind": "answer", "body": body, "times": 99})
    stage.platform.faults.add({"path": OWN["RecordTask"], "kind": "answer", "body": body, "times": 99})
    if name in ("Channel", "PullChannel"):
        # Nobody knows what was there before, so nothing is sent.
        with pytest.raises(errors.NoAnswerError):
            stage.up(name, **inputs)
    else:
        with pytest.raises(errors.LiveChannelsError):
            stage.up(name, **inputs)
    assert len(stage.objects(name)) == before
    stage.platform.faults.clear()


@pytest.mark.parametrize("name", sorted(ENDS))
@pytest.mark.parametrize("body", EMPTY, ids=json.dumps)
def test_a_refused_end_is_not_done_because_a_list_says_nothing(stage: Stage, name: str, body: Any) -> None:
    made = stage.up(name, **stage.sample(name))
    stage.new_run()
    stage.fault(ENDS[name], "error-code", code=1000, times=9)
    for path in {LISTS[name], OWN[name]}:
        stage.platform.faults.add({"path": path, "kind": "answer", "body": body, "times": 99})
    with pytest.raises(errors.LiveChannelsError):
        stage.of(name).delete(made.id, made.state)
    assert is_there(stage, name, made.id)
    stage.platform.faults.clear()


@pytest.mark.parametrize("name", ["Channel", "PullChannel"])
@pytest.mark.parametrize(
    "gap",
    [
        {"pullConfigureList": [], "sourcePullConfigureInfoList": []},
        {"pullConfigureList": None, "sourcePullConfigureInfoList": None},
        {"pushConfigureInfo": None},
        {"pushConfigureInfo": [{"pushProtocol": "RTMP"}]},
        {"pushConfigureInfo": [{"pushUrl": "rtmp://[not-an-address/live/k"}]},
        {"pullConfigureList": [{"pullProtocol": "RTMP", "pullUrlList": []}, {"pullProtocol": "HDL"}]},
        {"createTime": None, "playerId": None, "videoEncrypted": None, "live2vod": None, "appScenario": None},
    ],
    ids=json.dumps,
)
def test_what_is_not_told_is_no_difference(stage: Stage, name: str, gap: dict[str, Any]) -> None:
    inputs = stage.sample(name)
    made = stage.up(name, **inputs)
    stage.new_run()
    stage.platform.faults.add(
        {"path": OWN[name], "kind": "answer", "body": ok({"channelName": made.state["channelName"], **gap})}
    )
    state = stage.of(name).read(made.id, made.state)
    assert state is not None
    assert not stage.of(name).diff(state, inputs).any
    assert {key for key in made.state if key not in state} == set()


@EVERY
def test_nor_is_what_a_list_leaves_out(stage: Stage, name: str) -> None:
    inputs = stage.sample(name)
    made = stage.up(name, **inputs)
    stage.new_run(driftDepth="listed")
    bare = {
        "taskId": made.id, "pullId": made.id, "directoryId": made.id, "status": 1, "directoryType": "matches",
        "firstLevelDirectory": "matches", "secondLevelDirectory": "2026",
        "forwardUrl": made.state.get("forwardUrl", "-"),
    }  # fmt: skip
    if name in ("RecordTask", "ForwardTask"):
        bare["pullId"] = made.state["pullId"]
    page: Any = {LISTED[name]: [bare]}
    stage.platform.faults.add(
        {"path": LISTS[name], "kind": "answer", "body": ok([page] if name == "RecordDirectory" else page)}
    )
    state = stage.of(name).read(made.id, made.state)
    assert state is not None
    assert not stage.of(name).diff(state, inputs).any


@pytest.mark.parametrize("name", ["Channel", "PullChannel"])
@pytest.mark.rule("R11")
def test_an_import_of_what_is_not_told_is_an_error(stage: Stage, name: str) -> None:
    made = stage.up(name, **stage.sample(name))
    stage.new_run()
    stage.platform.faults.add({"path": OWN[name], "kind": "answer", "body": ok({"channelName": "x"}), "times": 2})
    with pytest.raises(errors.NoAnswerError, match=r"does not tell .*pull"):
        stage.of(name).read(made.id, {})
    with pytest.raises(errors.LiveChannelsError):
        stage.of(name).adopt(made.id, stage.sample(name))
    assert stage.writes() == 1


def test_a_relay_is_not_gone_while_its_list_lags(stage: Stage) -> None:
    made = stage.up("ForwardTask", **stage.sample("ForwardTask"))
    stage.clock.let_pass(60)
    stage.new_run()
    # For a moment the list is as it was before the relay, for its own read too.
    stage.platform.faults.add({"path": LISTS["ForwardTask"], "kind": "stale-list", "seconds": 3600, "times": 2})
    assert stage.of("ForwardTask").read(made.id, made.state) is not None
    stage.new_run()
    stage.fault(ENDS["ForwardTask"], "error-code", code=1000, times=1)
    stage.platform.faults.add({"path": LISTS["ForwardTask"], "kind": "stale-list", "seconds": 3600})
    with pytest.raises(errors.RefusedError):
        stage.of("ForwardTask").delete(made.id, made.state)
    assert is_there(stage, "ForwardTask", made.id)


def _many(stage: Stage, name: str, number: int) -> list[Any]:
    return [stage.up(name, **stage.sample(name, channelName=f"c{each}")) for each in range(number)]


@pytest.mark.parametrize("name", ["Channel", "PullChannel"])
@pytest.mark.rule("R9", "R12")
def test_a_page_that_shifts_while_a_list_is_read_is_noticed(stage: Stage, name: str) -> None:
    made = _many(stage, name, 60)
    hidden = made[-51]  # the first of the second page
    stage.new_run()
    stage.fault(ENDS[name], "error-code", code=1000, times=2)
    stage.fault(OWN[name], "error-code", code=1000)
    stage.fault(LISTS[name], "shift-pages", nth=2)
    with pytest.raises(errors.RefusedError):
        stage.of(name).delete(hidden.id, hidden.state)
    assert is_there(stage, name, hidden.id)
    assert hidden.id in {item.id for item in stage.of(name).list()}


@EVERY
def test_a_full_page_that_repeats_for_ever_ends_with_an_error(stage: Stage, name: str) -> None:
    made = stage.up(name, **stage.sample(name))
    stage.new_run()
    rows = [
        {"pullId": f"p{n}", "taskId": f"t{n}", "directoryId": f"d{n}", "directoryType": f"y{n}", "status": 1,
         "firstLevelDirectory": "a", "forwardUrl": "rtmp://a/b/c"}
        for n in range(50)
    ]  # fmt: skip
    page: Any = {LISTED[name]: rows}
    stage.platform.faults.add(
        {
            "path": LISTS[name],
            "kind": "answer",
            "times": 9999,
            "body": ok([page] if name == "RecordDirectory" else page),
        }
    )
    stage.platform.faults.add({"path": OWN[name], "kind": "error-code", "code": 1000, "times": 9999})
    with pytest.raises((errors.NoAnswerError, errors.RefusedError)):
        stage.of(name).read(made.id, made.state)
    with pytest.raises(errors.NoAnswerError):
        list(stage.of(name).list())
    assert stage.calls() < 60
    stage.platform.faults.clear()


def test_tasks_of_one_content_without_an_end_are_an_error(stage: Stage) -> None:
    inputs = stage.sample("RecordTask")
    ended = ok({"status": 2, "taskId": "t"})
    stage.platform.faults.add({"path": OWN["RecordTask"], "kind": "answer", "times": 9999, "body": ended})
    with pytest.raises(errors.NoAnswerError, match="no end of them"):
        stage.up("RecordTask", **inputs)
    stage.platform.faults.clear()


@pytest.mark.parametrize("name", ["Channel", "PullChannel"])
@pytest.mark.parametrize(
    "body",
    [ok([]), ok(), ok(""), ok([{"pullId": "another", "channelStatus": "2"}]), ok("it"), ok([{"channelStatus": "2"}])],
    ids=json.dumps,
)
def test_no_answer_about_on_air_is_on_air(stage: Stage, name: str, body: Any) -> None:
    made = stage.up(name, **stage.sample(name))
    stage.click(name, made.id, channelStatus=1)
    stage.new_run()
    stage.platform.faults.add({"path": STATES, "kind": "answer", "body": body, "times": 9})
    with pytest.raises(errors.LiveChannelsError):
        stage.of(name).delete(made.id, made.state)
    assert stage.objects(name)
    stage.platform.faults.clear()


@pytest.mark.parametrize("name", ["Channel", "PullChannel"])
@pytest.mark.parametrize("status", ["", "0", "7", None])
def test_a_status_that_nobody_knows_is_on_air(stage: Stage, name: str, status: Any) -> None:
    made = stage.up(name, **stage.sample(name))
    body = ok([{"pullId": made.id, "channelStatus": status}])
    stage.platform.faults.add({"path": STATES, "kind": "answer", "body": body, "times": 9})
    with pytest.raises(errors.ChannelLiveError):
        stage.of(name).delete(made.id, made.state)
    assert stage.objects(name)


@pytest.mark.parametrize("name", ["Channel", "PullChannel"])
@pytest.mark.rule("R10")
def test_deleting_what_is_gone_succeeds_where_the_vendor_refuses_unknown_ids(stage: Stage, name: str) -> None:
    made = stage.up(name, **stage.sample(name))
    stage.remove(name, made.id)
    stage.new_run()
    stage.fault(STATES, "error-code", code=1000, times=2)
    stage.of(name).delete(made.id, made.state)
    assert not stage.calls("deleteChannel")


ODD = {
    "an address that no parser takes": {"pushConfigureInfo": [{"pushUrl": "rtmp://[::bad/live/k"}]},
    "a time in ms": {"createTime": "1764144000000"},
    "a time of no calendar": {"createTime": "9" * 30},
    "a huge integer": {"videoEncrypted": 1, "hlsEncryptDuration": 10**400},
    "half a character": {"playerId": "x\ud800y"},
    "a list for a text": {"playerId": ["x"]},
    "an address with a port of no network": {"pullConfigureList": [
        {"pullProtocol": "RTMP", "pullUrlList": [{"originPullUrl": "rtmp://[x:99999999/live/k"}]}]},
}  # fmt: skip


@pytest.mark.rule("R21")
@pytest.mark.parametrize("odd", ODD, ids=list(ODD))
def test_once_the_id_is_known_nothing_raises(stage: Stage, odd: str) -> None:
    inputs = stage.sample("Channel")
    stage.platform.faults.add(
        {"path": OWN["Channel"], "kind": "answer", "body": ok({"channelName": "Main stage", **ODD[odd]}), "times": 9}
    )
    made = stage.of("Channel").create(inputs)
    assert made.id == stage.objects("Channel")[0]["id"]
    json.dumps(made.state, allow_nan=False, ensure_ascii=False).encode()
    stage.platform.faults.clear()


@EVERY
@pytest.mark.parametrize(
    "body", ['{"code": 200', "null", "[]", '{"code":200,"data":{"pullId":1e999}}', *map(json.dumps, EMPTY)]
)
@pytest.mark.rule("R16")
def test_a_create_whose_answer_says_nothing_is_looked_up(stage: Stage, name: str, body: str) -> None:
    inputs = stage.sample(name)
    stage.platform.faults.add({"path": PATHS[name], "kind": "answer", "body": body})
    made = stage.up(name, **inputs)
    assert [item["id"] for item in stage.objects(name) if item.get("channelName") != "host"] == [made.id]


@EVERY
@pytest.mark.rule("R16", "R22")
@pytest.mark.parametrize(
    ("status", "body"),
    [
        (408, {"message": "request timeout"}),
        (499, "<html>client closed request</html>"),
        (502, "bad gateway"),
        (200, {"code": 5003, "message": "system busy"}),
        (200, {"code": "GW_BUSY", "message": "try later"}),
        (403, {"code": "Blocked", "message": "by a gateway"}),
        (404, {"code": "NoRoute"}),
    ],
)
def test_a_code_that_nobody_has_documented_is_an_unknown_outcome(
    stage: Stage, name: str, status: int, body: Any
) -> None:
    inputs = stage.sample(name)
    stage.platform.faults.add({"path": PATHS[name], "kind": "answer", "status": status, "body": body})
    made = stage.up(name, **inputs)
    assert [item["id"] for item in stage.objects(name) if item.get("channelName") != "host"] == [made.id]
    assert stage.calls(PATHS[name].rsplit("/", 1)[-1]) == 1


@EVERY
def test_and_says_so_where_nothing_is_found(stage: Stage, name: str) -> None:
    inputs = stage.sample(name)
    stage.fault(PATHS[name], "error-code", code=5003)
    with pytest.raises(errors.LiveChannelsError) as caught:
        stage.up(name, **inputs)
    assert caught.value.changed is errors.Changed.UNKNOWN
    assert "livechannels orphans" in str(caught.value)
    assert stage.calls(PATHS[name].rsplit("/", 1)[-1]) == 1


@pytest.mark.parametrize("name", ["Channel", "PullChannel"])
@pytest.mark.parametrize("form", ["utc", "ms", "iso", "missing", "garbage"])
@pytest.mark.rule("R17")
def test_clocks_are_no_evidence(stage: Stage, name: str, form: str) -> None:
    inputs = stage.sample(name)
    foreign = stage.up(name, **inputs)
    stage.clock.let_pass(30 * 86400)
    stage.new_run()
    stage.platform.faults.add({"path": LISTS[name], "kind": "times", "form": form, "times": 99})
    stage.platform.faults.add({"path": OWN[name], "kind": "times", "form": form, "times": 99})
    stage.fault(PATHS[name], "lost-answer")
    made = stage.up(name, **inputs)
    assert made.id != foreign.id
    assert len(stage.objects(name)) == 2
    stage.platform.faults.clear()


@pytest.mark.parametrize("name", ["Channel", "PullChannel"])
@pytest.mark.rule("R17")
def test_a_name_that_the_platform_trimmed_is_found(stage: Stage, name: str) -> None:
    inputs = stage.sample(name, channelName="  Main   stage ")
    stage.platform.faults.add({"path": PATHS[name], "kind": "lost-answer"})
    put = stage.platform.store.put

    def trimmed(kind: str, key: str, body: dict[str, Any]) -> None:
        put(kind, key, {**body, **({"channelName": "Main stage"} if "channelName" in body else {})})

    stage.platform.store.put = trimmed  # type: ignore[method-assign]
    stage.of(name).create(inputs)
    assert len(stage.objects(name)) == 1


def _outcome(stage: Stage, name: str, inputs: dict[str, Any]) -> tuple[Made | None, errors.LiveChannelsError | None]:
    try:
        return stage.of(name).create(inputs), None
    except errors.LiveChannelsError as error:
        return None, error


@pytest.mark.parametrize("name", ["Channel", "PullChannel", "ForwardTask"])
@pytest.mark.rule("R16", "R17")
@pytest.mark.parametrize("lag", ["20 s", "40 s", "for ever"])
@pytest.mark.parametrize("lost", [1, 2])
def test_a_list_that_lags_makes_no_silent_double(stage: Stage, name: str, lag: str, lost: int) -> None:
    inputs = stage.sample(name)
    stage.clock.let_pass(60)
    stage.fault(PATHS[name], "lost-answer", times=lost)
    seconds = 3600 if lag == "for ever" else int(lag.split(maxsplit=1)[0])
    stage.platform.faults.add({"path": LISTS[name], "kind": "stale-list", "seconds": seconds, "nth": 2, "times": 99})
    made, error = _outcome(stage, name, inputs)
    if made is None:
        assert error is not None
        assert error.changed is errors.Changed.UNKNOWN
        assert "livechannels orphans" in str(error) or isinstance(error, errors.AmbiguousCreateError)
    else:
        there = [item["id"] for item in stage.objects(name) if is_there(stage, name, item["id"])]
        assert there == [made.id] or "`livechannels orphans` tells" in made.unfinished[0]
    stage.platform.faults.clear()


@pytest.mark.parametrize("name", ["Channel", "PullChannel", "ForwardTask"])
@pytest.mark.rule("R17", "R24")
def test_an_outage_while_looking_ends_nothing(stage: Stage, name: str) -> None:
    inputs = stage.sample(name)
    stage.fault(PATHS[name], "lost-answer")
    stage.fault(LISTS[name], "refuse", nth=2, times=9)
    made = stage.up(name, **inputs)
    assert [item["id"] for item in stage.objects(name) if item.get("channelName") != "host"] == [made.id]


@EVERY
@pytest.mark.rule("R22")
def test_what_is_known_is_never_more_than_after_the_worst_attempt(stage: Stage, name: str) -> None:
    inputs = stage.sample(name)
    stage.fault(PATHS[name], "reset")
    stage.fault(PATHS[name], "error-code", code=1008, nth=2)
    with pytest.raises(errors.LiveChannelsError) as caught:
        stage.up(name, **inputs)
    assert caught.value.changed is errors.Changed.UNKNOWN
    assert "Nothing was changed" not in str(caught.value)


@pytest.mark.rule("R18", "R22")
def test_nor_after_the_worst_attempt_of_an_update(stage: Stage) -> None:
    inputs = stage.sample("Channel")
    made = stage.up("Channel", **inputs)
    stage.fault("/live/channelManage/channelEdit", "lost-answer")
    stage.fault("/live/channelManage/channelEdit", "error-code", code=1008, nth=2)
    with pytest.raises(errors.AccessDeniedError) as caught:
        stage.of("Channel").update(made.id, made.state, {**inputs, "channelName": "New"})
    assert caught.value.changed is errors.Changed.UNKNOWN


CALLBACK = "/live/channelManage/setChannelStateRealtimeBack"
HOOK = {"pushDomain": "push.example.com", "notifyUrl": "https://hooks.example.com/live"}


@pytest.mark.rule("R18")
def test_a_callback_whose_answers_are_lost_is_kept_and_made_sure(stage: Stage) -> None:
    stage.fault(CALLBACK, "lost-answer", times=4)
    made = stage.of("ChannelStateCallback").create(HOOK)
    assert "is unknown" in made.unfinished[0]
    stage.new_run()
    assert stage.of("ChannelStateCallback").diff(made.state, HOOK).any
    sure = stage.of("ChannelStateCallback").update(made.id, made.state, HOOK)
    assert not sure.unfinished
    assert not stage.of("ChannelStateCallback").diff(sure.state, HOOK).any


@pytest.mark.rule("R18")
def test_a_change_of_a_callback_whose_answers_are_lost_is_told_with_what_makes_sure(stage: Stage) -> None:
    made = stage.up("ChannelStateCallback", **HOOK)
    news = {**HOOK, "notifyUrl": "https://hooks.example.com/other"}
    stage.fault(CALLBACK, "lost-answer", times=4)
    holder = stage.holder("ChannelStateCallback", "hook")
    with pytest.raises(errors.NoAnswerError, match=r"pulumi up --replace 'urn:.*::hook'") as caught:
        stage.of("ChannelStateCallback").update(made.id, made.state, news, holder)
    half = caught.value.half_made
    # The program goes back to what the state says, and it is sent all the same.
    stage.new_run()
    assert stage.of("ChannelStateCallback").diff(half, HOOK).any
    stage.of("ChannelStateCallback").update(made.id, half, HOOK)
    assert stage.platform.objects("channelStateCallback")[0]["notifyUrl"] == HOOK["notifyUrl"]


def _escaped(secret: str) -> dict[str, str]:
    from html import escape
    from urllib.parse import quote

    return {
        "plain": secret,
        "slashes": secret.replace("/", "\\/"),
        "percent": quote(secret, safe=""),
        "lower percent": quote(secret, safe="").replace("%2F", "%2f").replace("%3A", "%3a"),
        "twice": quote(quote(secret, safe=""), safe=""),
        "html": escape(secret).replace("/", "&#x2F;"),
        "unicode": "".join(f"\\u{ord(letter):04x}" for letter in secret),
        "its end": secret[-14:],
        "upper case": secret.upper(),
    }


@pytest.mark.rule("R28")
@pytest.mark.parametrize("how", list(_escaped("rtmp://a/b")))
@pytest.mark.parametrize(("name", "key", "secret"), [
    ("Channel", "streamCheck", "check-me-if-you-can"),
    ("PullChannel", "sourceUrl", "rtmp://origin.example.net/app/guest-secret-key"),
    ("ForwardTask", "forwardUrl", "rtmp://relay.example.net/app/relay-secret-key"),
])  # fmt: skip
def test_a_refusal_never_repeats_a_secret(stage: Stage, name: str, key: str, secret: str, how: str) -> None:
    inputs = stage.sample(name, **{key: secret})
    said = {"code": 1000, "message": f"wrong value {_escaped(secret)[how]} given"}
    stage.platform.faults.add({"path": PATHS[name], "kind": "answer", "body": said})
    with pytest.raises(errors.RefusedError) as caught:
        stage.of(name).create(inputs)
    text = str(caught.value).lower()
    tail = secret.rpartition("/")[2]
    assert tail not in text
    assert _escaped(tail)["unicode"] not in text
    assert _escaped(secret)[how].lower() not in text


def test_fifty_rows_without_ids_are_told_once(stage: Stage) -> None:
    rows = [{"channelName": f"c{n}"} for n in range(50)]
    stage.platform.faults.add(
        {"path": LISTS["Channel"], "kind": "answer", "body": ok({"channelList": rows}), "times": 4}
    )
    with pytest.raises(errors.NoAnswerError, match=r"channelList\[\*\]\.pullId \(50 times\)"):
        stage.up("Channel", **stage.sample("Channel"))

"""What an answer is believed: odd, empty, lagging and shifting answers lose, replace and end nothing."""

from __future__ import annotations

import json
from typing import Any

import pytest

from evidence_kit import EMPTY, EVERY, STATES, is_there, ok
from kinds import ENDS, KNOWN, LISTS, READS
from kit import Stage
from pulumi_livechannels.ground import errors


@EVERY
@pytest.mark.rule("R9")
@pytest.mark.parametrize("body", EMPTY, ids=json.dumps)
@pytest.mark.parametrize("path", ["own", "list"])
@pytest.mark.parametrize("times", [1, 99])
def test_an_answer_that_says_nothing_is_no_end(stage: Stage, name: str, body: Any, path: str, times: int) -> None:
    inputs = stage.sample(name)
    made = stage.up(name, **inputs)
    stage.new_run()
    answered = (READS if path == "own" else LISTS)[name]
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
    stage.platform.faults.add({"path": READS["RecordTask"], "kind": "answer", "body": body, "times": 99})
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
    for path in {LISTS[name], READS[name]}:
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
        {"path": READS[name], "kind": "answer", "body": ok({"channelName": made.state["channelName"], **gap})}
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
    page: Any = {KNOWN[name].rows: [KNOWN[name].row(made.id, made.state)]}
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
    stage.platform.faults.add({"path": READS[name], "kind": "answer", "body": ok({"channelName": "x"}), "times": 2})
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
    stage.fault(READS[name], "error-code", code=1000)
    stage.fault(LISTS[name], "shift-pages", nth=2)
    with pytest.raises(errors.RefusedError):
        stage.of(name).delete(hidden.id, hidden.state)
    assert is_there(stage, name, hidden.id)
    assert hidden.id in {item.id for item in stage.of(name).list()}


@EVERY
def test_a_full_page_that_repeats_for_ever_ends_with_an_error(stage: Stage, name: str) -> None:
    made = stage.up(name, **stage.sample(name))
    stage.new_run()
    page: Any = {KNOWN[name].rows: [KNOWN[name].row(f"o{number}", {}) for number in range(50)]}
    stage.platform.faults.add(
        {
            "path": LISTS[name],
            "kind": "answer",
            "times": 9999,
            "body": ok([page] if name == "RecordDirectory" else page),
        }
    )
    stage.platform.faults.add({"path": READS[name], "kind": "error-code", "code": 1000, "times": 9999})
    with pytest.raises((errors.NoAnswerError, errors.RefusedError)):
        stage.of(name).read(made.id, made.state)
    with pytest.raises(errors.NoAnswerError):
        list(stage.of(name).list())
    assert stage.calls() < 60
    stage.platform.faults.clear()


def test_tasks_of_one_content_without_an_end_are_an_error(stage: Stage) -> None:
    inputs = stage.sample("RecordTask")
    ended = ok({"status": 2, "taskId": "t"})
    stage.platform.faults.add({"path": READS["RecordTask"], "kind": "answer", "times": 9999, "body": ended})
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


def test_fifty_rows_without_ids_are_told_once(stage: Stage) -> None:
    rows = [{"channelName": f"c{n}"} for n in range(50)]
    stage.platform.faults.add(
        {"path": LISTS["Channel"], "kind": "answer", "body": ok({"channelList": rows}), "times": 4}
    )
    with pytest.raises(errors.NoAnswerError, match=r"channelList\[\*\]\.pullId \(50 times\)"):
        stage.up("Channel", **stage.sample("Channel"))

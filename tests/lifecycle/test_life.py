"""An object's life on the emulated platform, for every resource alike: what goes in comes out, and nothing is lost."""

from __future__ import annotations

from typing import Any

import pytest

from kinds import KNOWN, LISTS, OVER, READS
from kit import KINDS, OBJECTS, Stage
from pulumi_livechannels.core.fields import properties
from pulumi_livechannels.ground import errors

EVERY = pytest.mark.parametrize("name", sorted(KINDS))
OPEN = ("notStarted", "running")


@pytest.mark.rule("R4", "R5")
@EVERY
def test_what_was_asked_for_is_what_is_read(stage: Stage, name: str) -> None:
    inputs = stage.sample(name)
    made = stage.up(name, **inputs)
    stage.new_run()
    state = stage.of(name).read(made.id, made.state)
    assert state == made.state
    assert not stage.of(name).diff(state, inputs).any
    assert {key: state[key] for key in inputs} == inputs


@pytest.mark.rule("R5")
@EVERY
def test_a_second_look_writes_nothing(stage: Stage, name: str) -> None:
    made = stage.up(name, **stage.sample(name))
    writes = stage.writes()
    stage.new_run()
    stage.of(name).read(made.id, made.state)
    assert stage.writes() == writes


# Each input that can change in place, with a new value and how the console would change it.
EDITS: list[tuple[str, str, Any, dict[str, Any]]] = [
    ("Channel", "channelName", "New name", {"channelName": "clicked"}),
    ("Channel", "pullRates", ["source", "smooth", "sd"], {"pullRate": "0"}),
    ("Channel", "liveToVod", True, {"live2vod": "1"}),
    ("Channel", "videoEncryption", "drm", {"videoEncrypted": 2}),
    ("Channel", "appScenario", "stadium", {"appScenario": "clicked"}),
    ("PullChannel", "channelName", "New name", {"channelName": "clicked"}),
    ("PullChannel", "sourceUrl", "rtmp://origin2.example.net/app/key", {"sourcePullUrl": "rtmp://clicked.test/a/b"}),
    ("PullChannel", "sourceProtocol", "flv", {"sourcePullProtocol": "1"}),
    ("PullChannel", "pullRates", ["hd", "super"], {"pullRate": "0,1"}),
]


@pytest.mark.rule("R7")
@pytest.mark.parametrize(("name", "key", "value", "_click"), EDITS)
def test_a_change_in_place_touches_that_field_and_no_other(
    stage: Stage, name: str, key: str, value: Any, _click: dict[str, Any]
) -> None:
    inputs = stage.sample(name)
    made = stage.up(name, **inputs)
    before = stage.objects(name)[0]
    news = {**inputs, key: value}
    assert stage.of(name).diff(made.state, news).changed == [key]
    updated = stage.of(name).update(made.id, made.state, news)
    after = stage.objects(name)[0]
    assert len([field for field in after if after[field] != before.get(field)]) == 1
    assert updated.state[key] == value
    assert not stage.of(name).diff(updated.state, news).any


REPLACES = [
    (name, key) for name in KINDS for key, item in properties(KINDS[name].inputs).items() if item.flags.replaces
]


@pytest.mark.rule("R7")
@pytest.mark.parametrize(("name", "key"), REPLACES)
def test_an_input_without_an_edit_makes_a_new_object(stage: Stage, name: str, key: str) -> None:
    others: dict[str, Any] = {
        "pushDomain": "push2.example.com",
        "pullDomain": "pull2.example.com",
        "pullProtocols": ["hls"],
        "playerId": "mine",
        "startTime": stage.later(minutes=30),
        "endTime": stage.later(hours=3),
        "transcoding": {"frameRate": 25},
        "notifyUrl": "https://notify.example.net/",
        "fileType": "flv",
        "concat": True,
        "recordOverHttp": True,
        "objectKey": "key",
    }
    inputs = stage.sample(name)
    made = stage.up(name, **inputs)
    # A text is another one with anything behind it.
    other = others[key] if key in others else f"{inputs[key]}2"
    found = stage.of(name).diff(made.state, {**inputs, key: other})
    assert found.replaces == [key]


@pytest.mark.rule("R8")
@pytest.mark.parametrize(("name", "key", "_value", "click"), EDITS)
def test_a_click_in_the_console_is_seen_and_healed(
    stage: Stage, name: str, key: str, _value: Any, click: dict[str, Any]
) -> None:
    inputs = stage.sample(name, **({"appScenario": "arena"} if key == "appScenario" else {}))
    made = stage.up(name, **inputs)
    stage.click(name, made.id, **click)
    stage.new_run()
    live = stage.of(name).read(made.id, made.state)
    assert live is not None
    assert stage.of(name).diff(live, inputs).changed == [key]
    healed = stage.of(name).update(made.id, live, inputs)
    assert healed.state == made.state


REPLACING_CLICKS = [
    ("Channel", "channelType", {"channelType": "clicked"}),
    ("Channel", "pushDomain", {"pushDomain": "push2.example.com"}),
    ("Channel", "pullProtocols", {"pullProtocol": "2"}),
    ("PullChannel", "pullDomain", {"pullDomain": "pull2.example.com"}),
    ("PullChannel", "pullProtocols", {"pullProtocol": "2"}),
    ("RecordDirectory", "path", {"firstLevelDirectory": "clicked"}),
    ("RecordDirectory", "directoryType", {"directoryType": "clicked"}),
    ("RecordTask", "endTime", {"endTime": 4_000_000_000}),
    ("RecordTask", "fileType", {"fileType": "flv"}),
    ("RecordTask", "concat", {"isConcat": True}),
    ("ForwardTask", "forwardUrl", {"forwardUrl": "rtmp://clicked.test/a/b"}),
    ("ForwardTask", "endTime", {"endTime": 4_000_000_000}),
    ("ForwardTask", "transcoding", {"codingParams": {"bitrate": 100}}),
    ("ForwardTask", "notifyUrl", {"notifyUrl": "https://clicked.test/"}),
]


@pytest.mark.rule("R8")
@pytest.mark.parametrize(("name", "key", "click"), REPLACING_CLICKS)
def test_a_click_on_what_no_call_edits_is_seen_too(stage: Stage, name: str, key: str, click: dict[str, Any]) -> None:
    inputs = stage.sample(name)
    made = stage.up(name, **inputs)
    stage.click(name, made.id, **click)
    stage.new_run()
    live = stage.of(name).read(made.id, made.state)
    assert live is not None
    assert key in stage.of(name).diff(live, inputs).changed


@pytest.mark.rule("R9", "R10")
@EVERY
def test_an_object_that_disappeared_is_gone_and_comes_back(stage: Stage, name: str) -> None:
    inputs = stage.sample(name)
    made = stage.up(name, **inputs)
    stage.remove(name, made.id)
    stage.new_run()
    assert stage.of(name).read(made.id, made.state) is None
    again = stage.up(name, **inputs)
    assert again.id != made.id
    stage.of(name).delete(again.id, again.state)


@pytest.mark.rule("R10")
@EVERY
def test_deleting_what_is_gone_succeeds_twice(stage: Stage, name: str) -> None:
    made = stage.up(name, **stage.sample(name))
    stage.remove(name, made.id)
    stage.of(name).delete(made.id, made.state)
    stage.of(name).delete(made.id, made.state)


@pytest.mark.rule("R10")
@pytest.mark.parametrize("name", ["Channel", "PullChannel"])
def test_updating_what_is_gone_says_so(stage: Stage, name: str) -> None:
    inputs = stage.sample(name)
    made = stage.up(name, **inputs)
    stage.remove(name, made.id)
    with pytest.raises(errors.NotFoundError, match="pulumi refresh"):
        stage.of(name).update(made.id, made.state, {**inputs, "channelName": "x"})


@pytest.mark.rule("R10")
@EVERY
def test_after_the_end_only_what_the_vendor_keeps_is_left(stage: Stage, name: str) -> None:
    made = stage.up(name, **stage.sample(name))
    stage.of(name).delete(made.id, made.state)
    left = {item["id"]: item["status"] for item in stage.objects(name)}
    kept = {"RecordDirectory": None, **OVER}
    assert left == ({made.id: kept[name]} if name in kept else {})


def test_a_directory_that_stays_is_named(stage: Stage) -> None:
    made = stage.up("RecordDirectory", **stage.sample("RecordDirectory"))
    stage.of("RecordDirectory").delete(made.id, made.state)
    assert f"keeps the record directory matches ({made.id})" in stage.told[-1]


@pytest.mark.slow
@pytest.mark.rule("R12")
@EVERY
def test_a_list_names_every_object_once(stage: Stage, name: str) -> None:
    ids = [_another(stage, name, number) for number in range(103)]
    assert sorted(item.id for item in stage.of(name).list()) == sorted(ids)


def _another(stage: Stage, name: str, number: int) -> str:
    inputs = stage.sample(name)
    inputs |= KNOWN[name].another(number)
    made = stage.up(name, **inputs)
    if name == "RecordTask":
        stage.of(name).delete(made.id, made.state)
    return made.id


@pytest.mark.rule("R9")
@EVERY
def test_an_outage_is_never_read_as_gone(stage: Stage, name: str) -> None:
    made = stage.up(name, **stage.sample(name))
    stage.new_run()
    for path in {LISTS[name], READS[name]}:
        for kind in ("reset", "html", "truncate", "error-code"):
            stage.platform.faults.add({"path": path, "kind": kind, "times": 4, "code": 900})
    with pytest.raises(errors.LiveChannelsError) as caught:
        stage.of(name).read(made.id, made.state)
    assert isinstance(caught.value, errors.TransportError | errors.PlatformError)
    stage.platform.faults.clear()


@pytest.mark.rule("R9")
@EVERY
@pytest.mark.parametrize("code", [300, 900, 1001, 4002, 4004])
def test_platform_and_credential_errors_are_never_read_as_gone(stage: Stage, name: str, code: int) -> None:
    made = stage.up(name, **stage.sample(name))
    stage.remove(name, made.id)
    stage.new_run()
    stage.fault(READS[name], "error-code", code=code, times=4)
    with pytest.raises(errors.LiveChannelsError):
        stage.of(name).read(made.id, made.state)


@pytest.mark.rule("R9")
@pytest.mark.parametrize("name", ["Channel", "PullChannel", "RecordDirectory", "RecordTask"])
def test_a_refusal_alone_is_not_gone_while_the_list_has_it(stage: Stage, name: str) -> None:
    made = stage.up(name, **stage.sample(name))
    stage.new_run()
    if name in ("RecordDirectory", "RecordTask"):
        # The first look at the list misses it, as when rows move between pages.
        stage.fault(LISTS[name], "stale-list")
    stage.fault(READS[name], "error-code", code=1000)
    with pytest.raises(errors.RefusedError):
        stage.of(name).read(made.id, made.state)


@pytest.mark.rule("R9")
@EVERY
def test_absence_from_a_list_alone_is_not_gone(stage: Stage, name: str) -> None:
    made = stage.up(name, **stage.sample(name))
    stage.new_run()
    stage.platform.faults.add({"path": LISTS[name], "kind": "stale-list"})
    state = stage.of(name).read(made.id, made.state)
    assert state is not None
    assert state[KINDS[name].id_key] == made.id
    stage.platform.faults.clear()


@pytest.mark.rule("R4", "R33")
@pytest.mark.parametrize("text", ["直播 ünïcode \U0001f3a5", 'it\'s "quoted"', "<b>&amp;</b>", "a\\b\n c"])
def test_names_survive_in_any_script(stage: Stage, text: str) -> None:
    made = stage.up("Channel", **stage.sample("Channel", channelName=text))
    assert made.state["channelName"] == text
    assert stage.platform.store.all(OBJECTS["Channel"])[made.id]["channelName"] == text


@pytest.mark.rule("R8")
@pytest.mark.parametrize("outcome", ["done", "lost"])
def test_a_list_that_was_read_before_a_write_is_not_believed_of_what_was_written(stage: Stage, outcome: str) -> None:
    inputs = stage.sample("Channel")
    made = stage.up("Channel", **inputs)
    stage.new_run(driftDepth="listed")
    verbs = stage.of("Channel")
    assert verbs.read(made.id, made.state)
    if outcome == "done":
        verbs.update(made.id, made.state, {**inputs, "channelName": "Other"})
    else:
        stage.fault("/live/channelManage/channelEdit", "lost-answer", times=9)
        with pytest.raises(errors.NoAnswerError):
            verbs.update(made.id, made.state, {**inputs, "channelName": "Other"})
        stage.platform.faults.clear()
    state = verbs.read(made.id, made.state)
    assert state is not None
    assert state["channelName"] == "Other"

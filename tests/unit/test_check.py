"""Input rules: each documented limit, with the property, the rule, the value and the way out, all at once."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit import ALL, FakeClock
from pulumi_livechannels.core.check import check
from pulumi_livechannels.core.fields import UNKNOWN, prop, properties

NOW = FakeClock().now()


def at(seconds: float) -> str:
    from pulumi_livechannels.core.values.times import from_unix

    return str(from_unix(int(NOW + seconds)))


GOOD: dict[str, dict[str, Any]] = {name: kind.example for name, kind in ALL.items()} | {
    "Channel": {
        "channelName": "Main",
        "channelType": "live",
        "pushDomain": "push.example.com",
        "pullRates": ["source"],
    },
    "PullChannel": {
        "channelName": "Guest",
        "sourceUrl": "rtmp://origin.example.net/app/key",
        "sourceProtocol": "rtmp",
        "pullDomain": "pull.example.com",
        "pullRates": ["source"],
    },
    "RecordDirectory": {"directoryType": "matches", "path": "a/b/c"},
    "RecordTask": {"pullId": "p1", "endTime": at(3600)},
    "ForwardTask": {"pullId": "p1", "forwardUrl": "rtmp://relay.example.net/app/key"},
    "ChannelStateCallback": {"pushDomain": "push.example.com", "notifyUrl": "https://hooks.example.com/live"},
    "ChannelBan": {"pullId": "p1"},
    "StreamDisconnect": {"pullId": "p1", "triggers": ["a", 1]},
    "SignedPushUrl": {"pullId": "p1", "effectiveHours": 24},
    "SignedPullUrls": {"pullId": "p1", "effectiveHours": 1.5},
}
# What the SDKs make of an output in a text.
OF_PYTHON = "Calling __str__ on an Output[T] is not supported.\n\nTo get the value of an Output[T] as an Output[str]"
OF_NODE = "Calling [toString] on an [Output<T>] is not supported."
# Resource, changed inputs, the property that is named, and words of the rule.
BROKEN: list[tuple[str, dict[str, Any], str, str]] = [
    ("Channel", {"channelName": ""}, "channelName", "at least 1 character"),
    ("Channel", {"channelName": "x" * 256}, "channelName", "at most 255 characters"),
    ("Channel", {"channelName": 5}, "channelName", "must be text"),
    ("Channel", {"channelType": "live-1"}, "channelType", "letters, digits and underscores"),
    ("Channel", {"pushDomain": "rtmp://push.example.com"}, "pushDomain", "bare name"),
    ("Channel", {"pushDomain": "push"}, "pushDomain", "domain name"),
    ("Channel", {"pullRates": []}, "pullRates", "at least 1 value"),
    ("Channel", {"pullRates": ["4k"]}, "pullRates[0]", "'source', 'smooth', 'sd', 'hd' or 'super'"),
    ("Channel", {"pullRates": ["hd", "hd"]}, "pullRates", "twice"),
    ("Channel", {"pullRates": "hd"}, "pullRates", "must be a list"),
    ("Channel", {"pullProtocols": ["hls", "hds"]}, "pullProtocols", "both hls and hds"),
    ("Channel", {"pullProtocols": ["ts"]}, "pullProtocols[0]", "'rtmp', 'flv', 'hls' or 'hds'"),
    ("Channel", {"videoEncryption": "aes"}, "videoEncryption", "'none', 'hls' or 'drm'"),
    ("Channel", {"hlsEncryptionSeconds": 60}, "hlsEncryptionSeconds", "only with videoEncryption hls"),
    ("Channel", {"videoEncryption": "hls", "hlsEncryptionSeconds": 0}, "hlsEncryptionSeconds", "at least 1"),
    ("Channel", {"videoEncryption": "hls", "hlsEncryptionSeconds": 2**63}, "hlsEncryptionSeconds", "at most"),
    ("Channel", {"liveToVod": "yes"}, "liveToVod", "true or false"),
    ("Channel", {"whiteboard": {"enabled": True}}, "whiteboard.whiteboardId", "required with an enabled"),
    ("Channel", {"whiteboard": {"whiteboardId": "w"}}, "whiteboard.enabled", "is required"),
    ("Channel", {"whiteboard": {"enabled": True, "whiteBoardId": "w"}}, "whiteboard.whiteBoardId", "did you mean"),
    ("Channel", {"whiteboard": True}, "whiteboard", "give it some of enabled, whiteboardId"),
    ("Channel", {"channelName": ["x"]}, "channelName", "write it without brackets"),
    (
        "Channel",
        {"channelName": {"id": "", "4dabf18193072939515e22adb298388d": "5cf8"}},
        "channelName",
        "is a resource",
    ),
    ("Channel", {"channelName": f"of {OF_PYTHON}"}, "channelName", "is an output inside of text"),
    ("RecordTask", {"objectKey": f"of {OF_NODE}"}, "objectKey", "is an output inside of text"),
    ("RecordTask", {"endTime": 1795860000}, "endTime", "must be a time as text"),
    ("SignedPushUrl", {"effectiveHours": "24"}, "effectiveHours", "must be a number"),
    ("Channel", {"videoEncryption": "hls", "hlsEncryptionSeconds": 600.5}, "hlsEncryptionSeconds", "round it"),
    ("Channel", {"channelNmae": "x"}, "channelNmae", "did you mean channelName?"),
    ("PullChannel", {"sourceUrl": "ftp://x/y"}, "sourceUrl", "rtmp://, http:// or https://"),
    ("PullChannel", {"sourceUrl": " rtmp://x.example.com/app/y"}, "sourceUrl", "no spaces around it"),
    ("PullChannel", {"sourceUrl": "rtmp://x.example.com/app/y\n"}, "sourceUrl", "no line break in it"),
    ("ForwardTask", {"forwardUrl": "rtmp://x.example.com/app/y\t"}, "forwardUrl", "no spaces around it"),
    ("PullChannel", {"sourceProtocol": "hls"}, "sourceProtocol", "rtmp or flv for a new channel"),
    ("PullChannel", {"sourceProtocol": "srt"}, "sourceProtocol", "must be one of"),
    ("PullChannel", {"pullProtocols": ["hls", "hds"]}, "pullProtocols", "both hls and hds"),
    ("RecordDirectory", {"directoryType": "a b"}, "directoryType", "letters, digits and underscores"),
    ("RecordDirectory", {"directoryType": "x" * 41}, "directoryType", "at most 40"),
    ("RecordDirectory", {"path": "a/b/c/d"}, "path", "one to three levels"),
    ("RecordDirectory", {"path": "a//b"}, "path", "one to three levels"),
    ("RecordDirectory", {"path": "a/" + "x" * 129}, "path", "at most 128"),
    ("RecordDirectory", {"path": "A"}, "path", "lower-case"),
    ("RecordDirectory", {"path": "a/cloudv-1"}, "path", "begins with cloudv"),
    ("RecordDirectory", {"path": "record/a"}, "path", "keeps for itself"),
    ("RecordTask", {"endTime": "tomorrow"}, "endTime", "RFC 3339"),
    ("RecordTask", {"endTime": "2026-11-21T20:00:00"}, "endTime", "with an offset"),
    ("RecordTask", {"endTime": "2026-13-21T20:00:00Z"}, "endTime", "RFC 3339"),
    ("RecordTask", {"endTime": at(-60)}, "endTime", "in the future"),
    ("RecordTask", {"startTime": at(-60)}, "startTime", "in the future"),
    ("RecordTask", {"startTime": at(7200)}, "endTime", "after startTime"),
    ("RecordTask", {"endTime": at(73 * 3600)}, "endTime", "72 hours"),
    ("RecordTask", {"startTime": at(600), "endTime": at(600 + 73 * 3600)}, "endTime", "72 hours"),
    ("RecordTask", {"fileType": "mkv"}, "fileType", "'mp4', 'flv' or 'm3u8'"),
    ("RecordTask", {"concat": True}, "concat", "only with fileType m3u8"),
    ("RecordTask", {"concat": True, "fileType": "m3u8", "objectKey": "k"}, "concat", "third party"),
    ("RecordTask", {"notifyUrl": "HTTP://x"}, "notifyUrl", "http:// or https://"),
    ("ForwardTask", {"forwardUrl": "http://x/y"}, "forwardUrl", "rtmp://"),
    ("ForwardTask", {"forwardUrl": "rtmp://host"}, "forwardUrl", "a host and a path"),
    ("ForwardTask", {"endTime": at(240)}, "endTime", "5 minutes from now"),
    ("ForwardTask", {"startTime": at(3600), "endTime": at(3700)}, "endTime", "5 minutes after startTime"),
    ("ForwardTask", {"transcoding": {"bitrateKbps": 0}}, "transcoding.bitrateKbps", "at least 1"),
    ("ForwardTask", {"transcoding": {"bitrateKbps": 1.5}}, "transcoding.bitrateKbps", "whole number"),
    ("ForwardTask", {"transcoding": {"resolution": "720p"}}, "transcoding.resolution", "WIDTHxHEIGHT"),
    ("ForwardTask", {"transcoding": {"videoCodec": "h264"}}, "transcoding.videoCodec", "libx264"),
    ("ForwardTask", {"transcoding": {"audioCodec": "aac"}}, "transcoding.audioCodec", "libfaac"),
    (
        "ForwardTask",
        {"transcoding": {"watermarkImage": "https://x/y.png", "videoCodec": "libx264"}},
        "transcoding.watermarkPosition",
        "both or none",
    ),
    (
        "ForwardTask",
        {"transcoding": {"watermarkImage": "https://x/y.png", "watermarkPosition": "CENTER"}},
        "transcoding.videoCodec",
        "libx264 with a watermark",
    ),
]


@pytest.mark.rule("R1", "R29")
@pytest.mark.parametrize(("name", "change", "path", "words"), BROKEN)
def test_a_broken_rule_names_property_rule_and_way_out(
    name: str, change: dict[str, Any], path: str, words: str
) -> None:
    checked = check(ALL[name].inputs, {**GOOD[name], **change}, None, NOW)
    problems = {problem.path: problem.text for problem in checked.problems}
    assert path in problems, problems
    assert words in problems[path]
    assert ":" in problems[path], "there is a way out"


@pytest.mark.rule("R1")
@pytest.mark.parametrize("name", GOOD)
def test_each_required_input_is_asked_for(name: str) -> None:
    checked = check(ALL[name].inputs, {}, None, NOW)
    required = {key for key, item in properties(ALL[name].inputs).items() if item.required}
    assert {problem.path for problem in checked.problems} == required


@pytest.mark.rule("R2", "R1")
@pytest.mark.parametrize("name", GOOD)
def test_checking_what_was_checked_changes_nothing(name: str) -> None:
    once = check(ALL[name].inputs, GOOD[name], None, NOW)
    twice = check(ALL[name].inputs, once.inputs, None, NOW)
    assert once.problems == twice.problems == []
    assert once.inputs == twice.inputs


@pytest.mark.parametrize("old", [None, ""])
def test_what_was_never_set_is_taken_out_without_a_word(old: str | None) -> None:
    before = {**GOOD["Channel"], "appScenario": old}
    assert check(ALL["Channel"].inputs, GOOD["Channel"], before, NOW).warnings == []


def test_as_many_mistakes_as_there_are_are_told_at_once() -> None:
    wrong = {"channelName": "", "pushDomain": "x y", "pullRates": ["x", "y"], "liveToVod": 1, "foo": 1}
    paths = {problem.path for problem in check(ALL["Channel"].inputs, wrong, None, NOW).problems}
    assert paths == {
        *("channelName", "channelType", "pushDomain", "pullRates[0]", "pullRates[1]", "liveToVod", "foo"),
    }


@pytest.mark.rule("R28")
@pytest.mark.parametrize(("name", "key"), [("ForwardTask", "forwardUrl"), ("PullChannel", "sourceUrl")])
def test_a_secret_value_is_not_quoted(name: str, key: str) -> None:
    checked = check(ALL[name].inputs, {**GOOD[name], key: "geheim"}, None, NOW)
    assert "geheim" not in checked.problems[0].text
    assert "a secret that is not shown" in checked.problems[0].text


LONG = "geheim" + "x" * 100


@pytest.mark.rule("R28")
@pytest.mark.parametrize("name", GOOD)
@pytest.mark.parametrize(
    "value",
    [LONG, "geheim'\"\n\\", "geheim a: b", [LONG], {"a": LONG}, 98765.5, -98765],
    ids=lambda value: repr(value)[:12],
)
def test_what_a_program_has_marked_secret_is_not_quoted_in_any_form(name: str, value: Any) -> None:
    for key in properties(ALL[name].inputs):
        found = check(ALL[name].inputs, {**GOOD[name], key: value}, None, NOW, hidden=[key]).problems
        assert not [problem for problem in found if "geheim" in problem.text or "98765" in problem.text]


@pytest.mark.rule("R1", "R33")
@pytest.mark.parametrize("name", GOOD)
def test_what_is_not_known_yet_passes(name: str) -> None:
    for key in properties(ALL[name].inputs):
        checked = check(ALL[name].inputs, {**GOOD[name], key: UNKNOWN}, None, NOW)
        assert checked.problems == []
        assert checked.inputs[key] is UNKNOWN


@pytest.mark.rule("R33")
def test_what_is_known_beside_the_unknown_is_still_checked() -> None:
    change = {"pullRates": [UNKNOWN, "4k"], "whiteboard": {"enabled": UNKNOWN, "foo": 1}}
    problems = check(ALL["Channel"].inputs, {**GOOD["Channel"], **change}, None, NOW).problems
    assert {problem.path for problem in problems} == {"pullRates[0]", "whiteboard.foo"}


def test_rules_of_the_clock_leave_a_program_alone_that_does_not_change() -> None:
    old = {"pullId": "p", "startTime": at(-7200), "endTime": at(-3600)}
    model = ALL["RecordTask"].inputs
    assert check(model, old, old, NOW).problems == []
    same_minute = {**old, "endTime": old["endTime"].replace("+08:00", ".5+08:00")}
    assert check(model, same_minute, old, NOW).problems == []
    assert check(model, {**old, "endTime": at(-1800)}, old, NOW).problems != []
    assert check(model, {**old, "endTime": at(1800)}, old, NOW).problems == []


def test_a_directory_keeps_its_path() -> None:
    model, old = ALL["RecordDirectory"].inputs, GOOD["RecordDirectory"]
    assert "choose a new directoryType" in check(model, {**old, "path": "x"}, old, NOW).problems[0].text
    assert check(model, {"path": "x", "directoryType": "other"}, old, NOW).problems == []


def test_an_edit_may_pull_more_than_a_create() -> None:
    model, old = ALL["PullChannel"].inputs, GOOD["PullChannel"]
    assert check(model, {**old, "sourceProtocol": "hls"}, old, NOW).problems == []


def test_what_leaves_the_program_and_cannot_be_cleared_is_announced() -> None:
    model, old = ALL["Channel"].inputs, {**GOOD["Channel"], "directoryId": "d", "streamCheck": "s", "playerId": "p"}
    warnings = check(model, GOOD["Channel"], old, NOW).warnings
    assert [warning.split(" ")[0] for warning in warnings] == ["directoryId", "streamCheck"]


# What ends an object by being another time, by resource.
ENDING = {
    name: keys
    for name, kind in ALL.items()
    if (keys := [key for key, item in properties(kind.inputs).items() if item.is_instant and item.flags.replaces])
}
TIMES = [(name, key) for name, keys in ENDING.items() for key in keys]


def moved(name: str, old: dict[str, Any], new: dict[str, Any], **more: Any) -> list[str]:
    """The warnings of a check that the program's changed times bring."""
    return check(ALL[name].inputs, {**GOOD[name], **new}, {**GOOD[name], **old}, NOW, **more).warnings


@pytest.mark.parametrize(("name", "key"), TIMES)
def test_a_time_that_ends_the_object_is_announced_with_the_way_to_keep_it(name: str, key: str) -> None:
    (warning,) = moved(name, {key: at(1200)}, {key: at(1800)})
    assert warning.startswith(f"{key} is another time than in the run before, so the object is ended and another one")
    assert f"put {key} under ignoreChanges (ignore_changes in Python)" in warning


@pytest.mark.parametrize(("name", "key"), TIMES)
def test_nothing_is_announced_where_no_time_ends_an_object(name: str, key: str) -> None:
    soon = NOW // 60 * 60 - NOW + 1200
    assert moved(name, {key: at(soon)}, {key: at(soon + 59)}) == [], "the same minute"
    assert moved(name, {key: None}, {key: at(1800)}) == [], "there was none before"
    assert moved(name, {key: at(1200)}, {key: UNKNOWN}) == [], "not known yet"
    assert moved(name, {key: at(1200)}, {key: at(1800)}, adopting=True) == []
    assert check(ALL[name].inputs, {**GOOD[name], key: at(1800)}, None, NOW).warnings == [], "a create"


@pytest.mark.parametrize("name", ENDING)
def test_two_times_are_announced_once(name: str) -> None:
    old, new = {"startTime": at(600), "endTime": at(3600)}, {"startTime": at(900), "endTime": at(3900)}
    (warning,) = moved(name, old, new)
    both = " and ".join(ENDING[name])
    assert warning.startswith(f"{both} are other times than in the run before")
    assert f"put {both} under ignoreChanges" in warning


def test_hls_encryption_lasts_a_week_by_default() -> None:
    checked = check(ALL["Channel"].inputs, {**GOOD["Channel"], "videoEncryption": "hls"}, None, NOW)
    assert checked.inputs["hlsEncryptionSeconds"] == 604800


def test_whole_numbers_that_pulumi_sends_as_floats_are_taken() -> None:
    change = {"videoEncryption": "hls", "hlsEncryptionSeconds": 3600.0}
    checked = check(ALL["Channel"].inputs, {**GOOD["Channel"], **change}, None, NOW)
    assert checked.problems == []
    assert isinstance(checked.inputs["hlsEncryptionSeconds"], int)


def test_a_flag_that_nobody_knows_fails_at_import() -> None:
    with pytest.raises(TypeError):
        prop("text", replace=True)  # type: ignore[call-arg]


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.just(UNKNOWN),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=5,
)


@pytest.mark.rule("R1", "R2", "R33")
@given(data=st.data(), name=st.sampled_from(sorted(ALL)))
def test_no_input_breaks_the_check(data: st.DataObject, name: str) -> None:
    keys = st.sampled_from(sorted(properties(ALL[name].inputs))) | st.text(max_size=5)
    news = {**GOOD[name], **data.draw(st.dictionaries(keys, anything, max_size=4))}
    once = check(ALL[name].inputs, news, None, NOW)
    twice = check(ALL[name].inputs, once.inputs, None, NOW)
    assert twice.inputs == once.inputs
    assert twice.problems == once.problems

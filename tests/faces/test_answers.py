"""What a program can do with an answer: plain dictionaries for JSON, and data frames."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
from datetime import timedelta
from typing import Any

import pandas
import pulumi
import pytest
from pulumi.runtime.stack import massage

import pulumi_livechannels as live
from pulumi_livechannels import volcengine, wangsu
from pulumi_livechannels.core.fields import Property, bare, properties
from pulumi_livechannels.core.function import element
from pulumi_livechannels.core.values.times import moment
from pulumi_livechannels.dynamic.records import Record
from pulumi_livechannels.emulator.platform import Platform
from pulumi_livechannels.emulator.wangsu.channels import create_channel
from pulumi_livechannels.emulator.wangsu.wire import Call
from pulumi_livechannels.functions import FUNCTIONS, of_module
from pulumi_livechannels.ground.errors import ConfigurationError
from pulumi_livechannels.lookups.channels import Channel
from pulumi_livechannels.lookups.relaying import ForwardTasks
from pulumi_livechannels.stubs import models

FUNCTION = {kind.name(): kind for kind in FUNCTIONS}
CHANNEL = {"pullId": "p1", "pushUrl": "rtmp://push.example.com/live/key", "createTime": "2026-11-01T08:00:00+08:00"}
URLS = [{"protocol": "flv", "rate": "hd", "domain": "pull.example.com", "url": "http://pull.example.com/live/a.flv"}]
STREAMS = {
    "rows": [
        {
            "domain": "a.example.com",
            "stream": "live/one",
            "totalTrafficMb": 3.5,
            "series": [
                {"time": "2026-11-01T00:00:00+08:00", "trafficMb": 1.5},
                {"time": "2026-11-01T00:05:00+08:00", "trafficMb": 2.0},
            ],
        },
        {"domain": "b.example.com", "series": [{"time": "2026-11-01T00:05:00+08:00", "trafficMb": 4.0}]},
    ],
}


@pytest.fixture
def emulated_channel(program: Platform) -> str:
    """A channel that a program can ask about."""
    words = {"channelName": "Main", "channelType": "live", "pushDomain": "push.example.com", "pullRate": "0"}
    return str(create_channel(Call(words, program.store))["pullId"])


def answer(name: str, values: dict[str, Any]) -> Record:
    return Record(values, FUNCTION[name].output())


def empty(kind: Any) -> dict[str, Any]:
    """An answer that tells nothing."""
    many = [key for key, item in properties(kind.output()).items() if item.key in ("rows", "items")]
    return {key: [] for key in many}


def test_an_answer_is_plain_all_the_way_down() -> None:
    told = answer("getChannel", {**CHANNEL, "pullUrls": URLS}).to_dict()
    assert json.loads(json.dumps(told)) == told
    assert told["push_url"] == CHANNEL["pushUrl"], "a secret that is in the answer is one of its values"
    assert told["pull_urls"] == URLS
    told = answer("getStreamTraffic", STREAMS).to_dict()
    assert told["rows"][0]["total_traffic_mb"] == 3.5
    assert told["rows"][0]["series"][1] == {"time": "2026-11-01T00:05:00+08:00", "traffic_mb": 2.0}
    assert "stream" not in told["rows"][1], "what is absent is not there"


def test_what_a_function_answers_can_be_written_as_json(program: Platform) -> None:
    assert json.loads(json.dumps(volcengine.get_regions().to_dict()))["rows"][0]["area"] == "CN"
    assert json.dumps(live.get_channels().to_dict()) == '{"items": []}'


def test_a_report_has_a_line_for_each_slot() -> None:
    frame = answer("getStreamTraffic", STREAMS).to_dataframe()
    assert list(frame.columns) == ["domain", "stream", "time", "traffic_mb", "bandwidth_mbps"]
    assert list(frame["domain"]) == ["a.example.com", "a.example.com", "b.example.com"]
    assert list(frame["traffic_mb"]) == [1.5, 2.0, 4.0]
    assert frame["stream"].isna().tolist() == [False, False, True]
    assert frame["bandwidth_mbps"].isna().all(), "what was not asked for is missing, and its column is there"
    assert frame["time"][2] == moment("2026-11-01T00:05:00+08:00")
    assert frame["time"][0].utcoffset() == timedelta(hours=8)


def test_a_part_of_a_report_has_a_frame_too() -> None:
    rows = answer("getStreamTraffic", STREAMS).rows
    assert list(rows[0].to_dataframe()["traffic_mb"]) == [1.5, 2.0]
    assert list(rows[0].series[0].to_dataframe()["time"]) == [moment("2026-11-01T00:00:00+08:00")]


def test_the_words_for_what_a_row_is_about_stay_with_it() -> None:
    series = [{"time": "2026-11-01T00:00:00+08:00", "trafficMb": 1.0}]
    rows = [{"domain": "a.example.com", "country": "FR", "countryName": "法国", "series": series}]
    frame = answer("getTrafficByCountry", {"rows": rows}).to_dataframe()
    assert list(frame["country_name"]) == ["法国"]
    assert not {"total_traffic_mb", "traffic_percent"} & set(frame.columns)


def test_a_share_of_a_row_is_no_share_of_a_slot() -> None:
    row = {"statusCode": "200", "percent": 90.0, "series": [{"time": "2026-11-01T00:00:00+08:00", "count": 9}]}
    assert answer("getPlayStatusCodes", {"rows": [row]}).to_dataframe()["percent"].isna().all()


def test_rows_without_series_are_lines() -> None:
    rows = [
        {"taskId": "t1", "stream": "one", "startTime": "2026-11-01T00:00:00+08:00", "durationMinutes": 2.5},
        {"taskId": "t2", "stream": "two"},
    ]
    frame = answer("getTranscodeTasks", {"rows": rows}).to_dataframe()
    assert list(frame["task_id"]) == ["t1", "t2"]
    assert frame["start_time"][0] == moment("2026-11-01T00:00:00+08:00")
    assert pandas.isna(frame["start_time"][1])


def test_items_are_lines_and_anything_else_is_one() -> None:
    tasks = [{"taskId": "1", "startTime": "2026-11-01T00:00:00+08:00"}, {"taskId": "2", "pullId": "p1"}]
    frame = Record({"items": tasks}, ForwardTasks.output()).to_dataframe()
    assert list(frame["task_id"]) == ["1", "2"]
    assert frame["start_time"][0] == moment("2026-11-01T00:00:00+08:00")
    frame = Record({**CHANNEL, "pullUrls": URLS}, Channel.output()).to_dataframe()
    assert len(frame) == 1
    assert frame["pull_urls"][0] == URLS
    assert frame["create_time"][0] == moment(CHANNEL["createTime"])


def test_a_time_in_a_form_of_the_vendors_own_stays_a_text() -> None:
    assert list(Record({**CHANNEL, "createTime": "today"}, Channel.output()).to_dataframe()["create_time"]) == ["today"]


def test_times_keep_the_offset_of_the_answer() -> None:
    rows = [{"series": [{"time": "2026-11-01T00:00:00+02:00"}, {"time": "2026-11-01T01:00:00+02:00"}]}]
    times = answer("getAccountTraffic", {"rows": rows}).to_dataframe()["time"]
    assert [time.isoformat() for time in times] == ["2026-11-01T00:00:00+02:00", "2026-11-01T01:00:00+02:00"]


@pytest.mark.parametrize("kind", FUNCTIONS, ids=lambda kind: kind.name())
def test_the_columns_of_a_function_are_always_the_same(kind: Any) -> None:
    frame = Record(empty(kind), kind.output()).to_dataframe()
    assert len(frame) == (0 if empty(kind) else 1)
    assert len(set(frame.columns)) == len(frame.columns) > 0
    assert not {"rows", "items", "series"} & set(frame.columns)
    times = [name for name, kind in frame.dtypes.items() if isinstance(kind, pandas.DatetimeTZDtype)]
    assert {name for name in frame.columns if name.endswith("time")} <= set(times)


UNITS = ("_mb", "_gb", "_bytes", "_mbps", "_kbps", "_bps", "_seconds", "_minutes", "_ms", "percent", "_rate", "_ratio")
IN_A_UNIT_OF_ITS_OWN = {"usage", "total"}
COUNTS = {"count", "streams", "requests", "users", "viewers", "samples", "dropped"}


@pytest.mark.parametrize("kind", of_module("wangsu") + of_module("volcengine"), ids=lambda kind: kind.name())
def test_the_name_of_a_number_tells_its_unit(kind: Any) -> None:
    for name in numbers(kind.output()):
        assert name.endswith(UNITS) or name.rpartition("_")[2] in COUNTS or name in IN_A_UNIT_OF_ITS_OWN


def numbers(model: Any) -> set[str]:
    found: set[str] = set()
    for item in properties(model).values():
        nested = element(item.annotation)
        found |= numbers(nested) if nested else {item.name} if is_number(item) else set()
    return found


def is_number(item: Property) -> bool:
    return bare(item.annotation) in (int, float)


def test_without_pandas_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(ConfigurationError, match=r"pip install 'pulumi-livechannels\[dataframe\]'"):
        answer("getChannel", CHANNEL).to_dataframe()
    assert answer("getChannel", CHANNEL).to_dict()


def test_pandas_is_loaded_when_a_frame_is_asked_for(program: Platform) -> None:
    asked = (
        "import sys\nfrom pulumi_livechannels import volcengine\nanswer = volcengine.get_isps()\nanswer.to_dict()\n"
        "print('pandas' in sys.modules, answer.to_dataframe() is None, 'pandas' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False", "True"]


def test_a_week_of_a_report_can_be_summed_by_day(program: Platform) -> None:
    frame = wangsu.get_domain_traffic(domains=["pull.example.com"], interval="1h", **yesterday()).to_dataframe()
    assert len(frame) == 24
    assert len(frame.set_index("time")["traffic_mb"].resample("1D").sum()) == 1


def yesterday() -> dict[str, Any]:
    today = pandas.Timestamp.now(tz="+08:00").date()
    return {"start_time": today - timedelta(days=2), "end_time": today - timedelta(days=1)}


@pulumi.runtime.test
def test_an_exported_answer_is_its_content(emulated_channel: str) -> Any:
    """Pulumi makes plain values of what a stack exports; what is only a mapping would end as a list of its names."""
    answer = live.get_channels()
    exported = massage(answer, [])
    assert exported == answer.to_dict() == json.loads(json.dumps(answer))
    assert massage(answer.items, []) == exported["items"]
    assert massage(answer.items[0], [])["pull_id"] == emulated_channel

    def look(later: Any) -> None:
        assert later.items[0].channel_name == answer.items[0].channel_name
        assert massage(later, [])["items"][0]["pull_id"] == emulated_channel

    return live.get_channels_output().apply(look)


def test_an_answer_is_a_dictionary_that_nobody_changes(emulated_channel: str) -> None:
    answer = live.get_channel(pull_id=emulated_channel)
    assert dict(answer) == answer
    assert copy.deepcopy(answer) is copy.copy(answer) is answer
    for change in (
        lambda: answer.update(x=1),
        lambda: answer.__setitem__("pull_id", "x"),
        lambda: answer.pop("pull_id"),
        answer.clear,
    ):
        with pytest.raises(TypeError, match="cannot be changed"):
            change()
    with pytest.raises(AttributeError, match="cannot be changed"):
        answer.pull_id = "x"
    listed = live.get_channels()
    assert dict(listed.items()) == listed


def test_a_secret_of_a_plain_answer_names_the_twin(emulated_channel: str) -> None:
    answer = live.get_channel(pull_id=emulated_channel)
    with pytest.raises(
        AttributeError, match="push_url is a secret, which a plain function leaves out: call get_channel_output"
    ):
        answer.push_url  # noqa: B018
    with pytest.raises(KeyError, match="call get_channel_output"):
        answer["push_url"]
    assert answer.get("push_url") is None
    assert not hasattr(answer, "push_url")


def test_no_field_of_an_answer_hides_a_method_of_dictionaries_but_items() -> None:
    methods = {name for name in dir(dict) if not name.startswith("_")}
    names = {name for kind in FUNCTIONS for model in models(kind.output()) for name in model.model_fields}
    assert names & methods <= {"items"}

"""The oldest reports of Wangsu: their XML, their dates, and that they agree with each other."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any
from xml.etree import ElementTree

import pytest

from kit import Stage
from report_kit import LIVE, PULL, ask, at, dated, told


@pytest.fixture
def myview(stage: Stage) -> Iterator[Any]:
    def asked(path: str, **fields: Any) -> Any:
        return told(stage, f"/myview/{path}", {"dataformat": "json", **fields})["provider"]

    return asked


def test_myview_dates_and_channels_are_one_or_a_list(stage: Stage, myview: Any) -> None:
    first, second = (f"{at(stage, days=day):%Y-%m-%d}" for day in (-1, 0))
    one = myview("Flowchannel", channel=PULL, date=first)["date"]
    assert (one["name"], one["channel"]["name"]) == (first, PULL)
    assert [flow["time"] for flow in one["channel"]["flow"]][::287] == [f"{first} 00:05", f"{second} 00:00"]
    two = myview("Flowchannel", channel=f"{PULL};{LIVE}", startdate=first, enddate=second, resultType="3")["date"]
    assert [day["name"] for day in two] == [first, second]
    merged, *separate = two[0]["channel"]
    assert [channel["name"] for channel in separate] == [PULL, LIVE]
    assert separate[0]["flow"] == one["channel"]["flow"]
    parts = [[Decimal(flow["text"]) for flow in channel["flow"]] for channel in separate]
    assert [sum(pair) for pair in zip(*parts, strict=True)] == [Decimal(flow["text"]) for flow in merged["flow"]]
    part = myview("Flowchannel", channel=PULL, startdate=f"{first} 10:00", enddate=f"{first} 11:00")["date"]["channel"]
    assert part["flow"] == one["channel"]["flow"][120:132]
    until = myview("Flowchannel", channel=PULL, startdate=f"{first} 23:00", enddate=f"{first} 24:00")["date"]["channel"]
    assert until["flow"] == one["channel"]["flow"][276:]


def test_myview_peaks_are_those_of_the_busiest_minute(stage: Stage, myview: Any) -> None:
    first, second = (f"{at(stage, days=day):%Y-%m-%d}" for day in (-1, 0))
    flows = myview("Flowchannel", channel=PULL, date=first, optionalFields="flowInfo")["date"]["channel"]
    answer = myview("flow-day", channel=PULL, startdate=first, enddate=second)["date"]
    assert (answer["startdate"], answer["enddate"], answer["channel"]["name"]) == (first, second, PULL)
    peaks = answer["channel"]["channel-peak"]
    assert [peak["date"] for peak in peaks] == [first, second]
    assert Decimal(peaks[0]["totalFlow"]) == sum(Decimal(flow["text"]) for flow in flows["flow"])
    assert {name: peaks[0][name] for name in ("peakTime", "peakValue", "totalFlow")} == {
        name: flows[name] for name in ("peakTime", "peakValue", "totalFlow")
    }
    largest = max(Decimal(flow["text"]) for flow in flows["flow"])
    assert Decimal(peaks[0]["peakValue"]) > largest * 8 / 300
    assert peaks[0]["peakTime"].startswith(first)
    both = myview("flow-day", channel="example.com", isExactMatch="false", date=first)["date"]["channel"]
    assert [channel["name"] for channel in both] == [LIVE, PULL, "push.example.com"]


def test_myview_days_of_another_zone(stage: Stage, myview: Any) -> None:
    day = f"{at(stage):%Y-%m-%d}"
    here = myview("Wctquery", date=day)["date"]
    there = myview("Wctquery", date=day, timezone="GMT+09:00")["date"]
    assert [item["time"] for item in there["wct"][0]["data"]] == [item["time"] for item in here["wct"][0]["data"]]
    assert [item["text"] for item in there["wct"][0]["data"]][12:] == [item["text"] for item in here["wct"][0]["data"]][
        :-12
    ]


def test_transcodings_by_operation_and_size(stage: Stage, myview: Any) -> None:
    day = f"{at(stage):%Y-%m-%d}"
    answer = myview("Wctquery", date=day)["date"]
    assert int(answer["total"]) == sum(int(wct["total"]) for wct in answer["wct"]) > 0
    assert all(int(wct["total"]) == sum(int(item["text"]) for item in wct["data"]) for wct in answer["wct"])
    one = myview("Wctquery", date=day, transcoding="hevc")["date"]
    assert one["wct"] == next(wct for wct in answer["wct"] if wct["type"] == "hevc")
    sizes = [
        myview("Wctquery", date=day, transcodingType=size)["date"] for size in ("sd240;sd480;sd720", "hd1080;2k;4k")
    ]
    assert sum(int(size["total"]) for size in sizes) == int(answer["total"])
    assert (sizes[0]["transcodingType"], sizes[0]["transcoding"]) == ("sd240;sd480;sd720", "all")


def test_myview_without_any_valid_channel_is_forbidden(stage: Stage) -> None:
    answer = ask(stage, "/myview/flow-day", {"channel": "pull.elsewhere.net"})
    assert answer.status_code == 403


def test_myview_answers_xml_unless_asked_for_json(stage: Stage) -> None:
    fields = {"channel": PULL, **dated(stage, "/myview")}
    answer = ask(stage, "/myview/Flowchannel", fields)
    assert answer.headers["Content-Type"] == "text/xml;charset=UTF-8"
    tree = ElementTree.fromstring(answer.content)
    same = told(stage, "/myview/Flowchannel", {**fields, "dataformat": "json"})["provider"]
    assert (tree.tag, tree.attrib) == ("provider", {"name": "emulator", "type": "Flowchannel", "resultType": "1"})
    flows = [{"time": flow.attrib["time"], "text": flow.text} for flow in tree.iter("flow")]
    assert flows == same["date"]["channel"]["flow"]
    assert tree.find("date/channel").attrib == {"name": PULL}
    peaks = ElementTree.fromstring(ask(stage, "/myview/flow-day", fields).content)
    assert peaks.find("date/channel/channel-peak").attrib.keys() == {"date", "peakTime", "peakValue", "totalFlow"}

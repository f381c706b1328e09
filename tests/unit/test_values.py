"""What people write and what the wire carries, in both directions."""

from __future__ import annotations

import base64
import json
from datetime import datetime, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulumi_livechannels.core.values import media, times


@pytest.mark.parametrize(
    ("word", "wires"),
    [
        ("rtmp", ["RTMP", "0", "rtmp"]),
        ("flv", ["HDL", "Http flv", "1", "HTTP-FLV"]),
        ("hls", ["HLS", "2"]),
        ("hds", ["HDS", "3"]),
        ("ts", ["TS", "4", "Http TS"]),
        ("webrtc", ["WebRTC"]),
        ("9", ["9"]),
        ("", ["", None]),
    ],
)
def test_protocols_come_by_number_and_by_name(word: str, wires: list[str]) -> None:
    assert {media.protocol(wire) for wire in wires} == {word}


def test_several_values_travel_in_the_order_of_the_wire() -> None:
    assert media.codes(["super", "source", "hd"], media.RATES) == "0,3,4"


@given(st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2090, 1, 1)))
def test_a_vendor_time_is_at_plus_eight(time: datetime) -> None:
    text = time.strftime(times.VENDOR_TIME)
    assert times.moment(str(times.from_vendor(text))) == time.replace(microsecond=0, tzinfo=times.VENDOR_ZONE)


@given(st.integers(min_value=1, max_value=4_000_000_000))
def test_unix_seconds_survive_the_way_out_and_back(seconds: int) -> None:
    assert times.moment(str(times.from_unix(seconds))).timestamp() == seconds


def test_times_count_by_the_minute_whatever_the_offset() -> None:
    assert times.minute("2026-11-21T20:00:59+08:00") == times.minute("2026-11-21T12:00:00.25Z")
    assert times.moment("2026-11-21t12:00:00z").tzinfo == timezone.utc


@pytest.mark.parametrize("text", ["", "2026-11-21", "2026-11-21T12:00:00", "2026-11-21T25:00:00Z", "now"])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        times.moment(text)


def test_a_time_in_another_form_stays_as_it_is() -> None:
    assert times.from_vendor("yesterday") == "yesterday"
    assert times.from_vendor("1700000000000") == times.from_unix(1700000000)
    assert times.from_vendor("") is None
    assert times.from_vendor("9" * 400) is None
    assert times.from_unix(10**30) is None


def test_a_number_nobody_knows_stays_visible() -> None:
    assert media.word(7, media.RECORD_STATUSES) == "7"
    assert media.word(None, media.RECORD_STATUSES) is None


def test_config_objects_travel_as_base64() -> None:
    assert json.loads(base64.urlsafe_b64decode(media.packed({"share": 1}))) == {"share": 1}

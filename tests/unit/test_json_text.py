"""JSON of others: what is not finite is refused by its place, half characters do no harm; and places told in short."""

from __future__ import annotations

import json

import pytest

from pulumi_livechannels.ground.json_text import NotFiniteError, place, read_json
from pulumi_livechannels.vendors.calling import where


@pytest.mark.parametrize("word", ["Infinity", "-Infinity", "NaN", "1e999", "-1e999"])
def test_a_number_without_a_finite_value_is_refused_by_its_place(word: str) -> None:
    with pytest.raises(NotFiniteError) as refused:
        read_json(f'{{"result": [{{"value": 1.5}}, {{"value": {word}}}]}}'.encode())
    assert str(refused.value) == f"result[1].value is no finite number: {word}"


def test_a_number_without_a_finite_value_that_is_the_whole_or_overwritten_is_refused_too() -> None:
    for body in (b"NaN", b'{"a": NaN, "a": 1}'):
        with pytest.raises(NotFiniteError, match="it is no finite number: NaN"):
            read_json(body)


@pytest.mark.parametrize("body", [b"", b"<html>", b"\xff\xfe", b'"\xed\xa0\x80"', b"[" * 100_000])
def test_what_is_no_json_is_refused(body: bytes) -> None:
    with pytest.raises(ValueError, match=r".") as refused:
        read_json(body)
    assert not isinstance(refused.value, NotFiniteError)


def test_half_a_character_becomes_the_sign_for_one_and_pairs_and_all_else_stay() -> None:
    read = read_json(rb'{"\udc00key": ["\ud83d\ude00", "a\ud800b", "\\ud800", 1, null]}')
    assert read == {"\ufffdkey": ["\U0001f600", "a\ufffdb", "\\ud800", 1, None]}
    json.dumps(read, ensure_ascii=False).encode()


def test_a_byte_order_mark_is_no_content() -> None:
    assert read_json(b'\xef\xbb\xbf{"code": "0"}') == {"code": "0"}


def test_a_place_is_written_as_a_reader_of_json_would() -> None:
    assert place(("result", 0, "flowData", 3, "value")) == "result[0].flowData[3].value"
    assert place(()) == ""


def test_the_same_field_of_many_items_is_told_once_and_many_fields_are_cut() -> None:
    assert where([("channelList", index, "pullId") for index in range(50)]) == "channelList[*].pullId (50 times)"
    assert where([("channelList", 7, "pullId"), ("total",)]) == "channelList[7].pullId, total"
    assert where([()]) == "all of it"
    assert where([(name,) for name in "abcdefgh"]) == "a, b, c, d, e and 3 more"

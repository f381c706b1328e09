"""What the platform hands out when asked: share page, playback code, signed URLs, recorded files."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from emulator_kit import a_channel, a_pull_channel, ask, code, door, objects
from kit import Stage

HOUR = 3600


def expiry(stage: Stage, url: str) -> float:
    """In how many hours a signed URL expires, by the platform's clock."""
    return round((int(parse_qs(urlsplit(url).query)["wsABSTime"][0]) - stage.platform.store.now()) / HOUR, 2)


def token(url: str) -> str:
    return parse_qs(urlsplit(url).query)["wsSecret"][0]


def a_task(stage: Stage, key: str, **changes: Any) -> str:
    """A record task that begins now and lasts an hour."""
    end = stage.platform.store.now() + HOUR
    return ask(stage, "createRecordTask", **{"pullId": key, "quickStart": True, "endTime": end, **changes})["taskId"]


def pass_on_the_platform(stage: Stage, seconds: int) -> None:
    door(stage, "POST", "clock", {"seconds": seconds})


def test_each_channel_has_a_share_page_of_its_own(stage: Stage) -> None:
    keys = [a_channel(stage), a_channel(stage), a_pull_channel(stage)]
    pages = [ask(stage, "getChannelShareUrl", pullId=key) for key in keys]
    assert len(set(pages)) == 3
    assert all(page.startswith("http://") and key in page for page, key in zip(pages, keys, strict=True))


def test_the_playback_code_plays_what_the_channel_plays(stage: Stage) -> None:
    key = a_channel(stage)
    told = ask(stage, "getSinglePullCode", pullId=key)
    configured = ask(stage, "getChannelConfigure", pullId=key)["pullConfigureList"]
    assert [item["pullProtocol"] for item in told["videoUrl"]] == ["0", "2"]
    for item, known in zip(told["videoUrl"], configured, strict=True):
        assert {name: url for name, url in item["urlInfo"].items() if url} == {
            name: url for name, url in known["pullUrlList"][0].items() if url
        }


def test_a_player_is_as_it_was_asked_for(stage: Stage) -> None:
    key = a_channel(stage)
    plain = ask(stage, "getSinglePullCode", pullId=key)["autoCode"]
    assert 'width="480" height="360"' in plain
    assert "autoPlay=0" in plain
    wanted = {"playerId": 'my"player', "playerSize": "1000*700", "autoPlay": 1}
    told = ask(stage, "getSinglePullCode", pullId=key, **wanted)
    for embedded in (told["autoCode"], told["swfCode"], told["audioAutoCode"]):
        assert 'width="1000" height="700"' in embedded
        assert "my%22player" in embedded
        assert "autoPlay=1" in embedded


@pytest.mark.parametrize(
    ("wanted", "given"),
    [
        ("0", {"videoUrl", "autoCode", "swfCode", "audioAutoCode"}),
        ("2", {"swfCode"}),
        ("4", {"videoUrl"}),
        ("5", {"autoCode", "audioAutoCode"}),
    ],
)
def test_only_the_code_that_was_asked_for_is_given(stage: Stage, wanted: str, given: set[str]) -> None:
    told = ask(stage, "getSinglePullCode", pullId=a_channel(stage), codeType=wanted)
    assert {name for name, value in told.items() if value} == given | {"pullId"}


def test_an_encrypted_channel_has_no_embed_code(stage: Stage) -> None:
    told = ask(stage, "getSinglePullCode", pullId=a_channel(stage, videoEncrypted=1))
    assert (told["autoCode"], told["audioAutoCode"]) == ("", "")
    assert told["videoUrl"]


@pytest.mark.rule("E6")
@pytest.mark.parametrize(
    ("fields", "wanted"),
    [
        ({"codeType": "1"}, 1012),
        ({"codeType": 0}, 1013),
        ({"autoPlay": 2}, 1012),
        ({"autoPlay": "1"}, 1013),
        ({"playerSize": "big"}, 1013),
        ({"playerSize": "479*360"}, 1012),
        ({"playerSize": "1920*1081"}, 1012),
        ({"playerSize": "480*360"}, 200),
        ({"playerSize": "1920*1080"}, 200),
        ({"size": "x"}, 1006),
    ],
)
def test_a_player_is_held_to_the_contract(stage: Stage, fields: dict[str, Any], wanted: int) -> None:
    assert code(stage, "getSinglePullCode", pullId=a_channel(stage), **fields) == wanted


def test_a_signed_push_url_is_the_channels_own_for_some_hours(stage: Stage) -> None:
    key = a_channel(stage)
    plain = objects(stage, "channel")[key]["pushUrl"]
    for hours in ("2", "0.5", "48"):
        url = ask(stage, "setPushTsatc", pullId=key, effectiveHourLong=hours)["pushUrl"]
        assert url.partition("?")[0] == plain
        assert expiry(stage, url) == float(hours)


def test_signed_pull_urls_are_the_channels_own_for_some_hours(stage: Stage) -> None:
    key = a_channel(stage)
    signed = ask(stage, "setPullTsatc", pullId=key, effectiveHourLong="3")
    configured = ask(stage, "getChannelConfigure", pullId=key)["pullConfigureList"]
    assert len(signed) == len(configured) == 2
    for item, known in zip(signed, configured, strict=True):
        assert (item["pullDomain"], item["pullProtocol"]) == (known["pullDomain"], known["pullProtocol"])
        for name, url in known["pullUrlList"][0].items():
            assert item[name].partition("?")[0] == url
            assert not url or expiry(stage, item[name]) == 3


def test_the_signature_depends_on_the_hours_and_on_the_time(stage: Stage) -> None:
    key = a_channel(stage)
    short, long = (ask(stage, "setPushTsatc", pullId=key, effectiveHourLong=hours)["pushUrl"] for hours in ("1", "2"))
    pass_on_the_platform(stage, HOUR)
    later = ask(stage, "setPushTsatc", pullId=key, effectiveHourLong="1")["pushUrl"]
    assert len({token(url) for url in (short, long, later)}) == 3
    assert -0.1 < expiry(stage, short) <= 0, "it has expired by the platform's clock"


def test_signing_keeps_nothing_and_leaves_no_url_in_the_journal(stage: Stage) -> None:
    key = a_channel(stage)
    before = door(stage, "GET", "objects")
    url = ask(stage, "setPushTsatc", pullId=key, effectiveHourLong="1")["pushUrl"]
    assert door(stage, "GET", "objects") == before
    assert token(url) not in str(door(stage, "GET", "journal"))
    assert door(stage, "GET", "journal")[-1]["action"] == "setPushTsatc"


def test_a_pull_channel_has_signed_pull_urls_only(stage: Stage) -> None:
    key = a_pull_channel(stage)
    assert code(stage, "setPushTsatc", pullId=key, effectiveHourLong="1") == 1000
    item = ask(stage, "setPullTsatc", pullId=key, effectiveHourLong="1")[0]
    assert (item["pullDomain"], item["pullProtocol"]) == ("play.example.com", "RTMP")


@pytest.mark.rule("E6")
@pytest.mark.parametrize("action", ["setPushTsatc", "setPullTsatc"])
@pytest.mark.parametrize(
    ("hours", "wanted"),
    [
        (2, 1013),
        ("", 1004),
        ("two", 1013),
        ("-1", 1013),
        ("1" * 400, 1013),
        ("0", 1012),
        ("0.0001", 1012),
        ("0.001", 200),
    ],
)
def test_the_hours_are_a_number_as_text(stage: Stage, action: str, hours: Any, wanted: int) -> None:
    assert code(stage, action, pullId=a_channel(stage), effectiveHourLong=hours) == wanted


@pytest.mark.parametrize(
    ("action", "more"),
    [
        ("getChannelShareUrl", {}),
        ("getSinglePullCode", {}),
        ("setPushTsatc", {"effectiveHourLong": "1"}),
        ("setPullTsatc", {"effectiveHourLong": "1"}),
    ],
)
def test_a_channel_that_does_not_exist_is_refused(stage: Stage, action: str, more: dict[str, str]) -> None:
    assert code(stage, action, pullId="none", **more) == 1000


def test_an_ended_task_leaves_one_file(stage: Stage) -> None:
    key = a_channel(stage)
    task = a_task(stage, key)
    assert ask(stage, "getRecordFileInfo", pullIds=key) == []
    pass_on_the_platform(stage, 2 * HOUR)
    file = ask(stage, "getRecordFileInfo", pullIds=key)[0]
    assert (file["pullId"], file["startTime"]) == (key, objects(stage, "recordTask")[task]["startTime"])
    assert abs(file["videoDuration"] - HOUR) <= 60, "times are cut to the minute"
    assert file["videoName"].endswith(".mp4")
    assert file["videoId"] in file["sharePageUrl"]
    assert file["password"]
    assert ask(stage, "getRecordFileInfo", videoIds=file["videoId"]) == [file]


def test_a_task_and_its_file_tell_the_same(stage: Stage) -> None:
    folder = {"directoryType": "d", "firstLevelDirectory": "a", "secondLevelDirectory": "b"}
    key = a_channel(stage, directoryId=ask(stage, "directoryCreate", **folder)["directoryId"])
    task = a_task(stage, key, fileType="flv")
    assert ask(stage, "recordTaskQuery", taskId=task)["fileList"] == []
    pass_on_the_platform(stage, 2 * HOUR)
    file = ask(stage, "getRecordFileInfo", pullIds=key)[0]
    listed = ask(stage, "recordTaskQuery", taskId=task)["fileList"]
    assert [(item["videoId"], item["fileName"]) for item in listed] == [(file["videoId"], file["videoName"])]
    assert listed[0]["videoDuration"] == str(file["videoDuration"])
    assert listed[0]["fileUrl"].endswith(f"/a/b/{file['videoName']}")


def test_a_task_that_was_ended_early_has_a_shorter_file(stage: Stage) -> None:
    key = a_channel(stage)
    task = a_task(stage, key)
    pass_on_the_platform(stage, HOUR // 2)
    ask(stage, "endRecordTask", taskId=task)
    pass_on_the_platform(stage, 5 * HOUR)
    assert HOUR // 2 <= ask(stage, "getRecordFileInfo", pullIds=key)[0]["videoDuration"] < HOUR


def test_a_task_that_never_ran_leaves_nothing(stage: Stage) -> None:
    key = a_channel(stage)
    start = stage.platform.store.now() + HOUR
    ask(stage, "endRecordTask", taskId=a_task(stage, key, quickStart=False, startTime=start, endTime=start + HOUR))
    pass_on_the_platform(stage, 5 * HOUR)
    assert ask(stage, "getRecordFileInfo", pullIds=key) == []


def test_files_of_several_channels_come_in_one_call(stage: Stage) -> None:
    first, second, other = (a_channel(stage) for _ in range(3))
    for key in (first, second, other):
        a_task(stage, key)
    pass_on_the_platform(stage, 2 * HOUR)
    a_task(stage, first)
    pass_on_the_platform(stage, 2 * HOUR)
    files = ask(stage, "getRecordFileInfo", pullIds=f"{first},{second}")
    assert sorted(file["pullId"] for file in files) == sorted([first, first, second])
    assert len({file["videoId"] for file in files}) == 3


def test_files_outlive_their_channel(stage: Stage) -> None:
    key = a_channel(stage)
    a_task(stage, key)
    pass_on_the_platform(stage, HOUR // 2)
    ask(stage, "deleteChannel", pullId=key)
    assert code(stage, "getRecordFileInfo", pullIds=key) == 1000
    task = next(iter(objects(stage, "recordTask")))
    file = ask(stage, "recordTaskQuery", taskId=task)["fileList"][0]
    assert HOUR // 2 <= int(file["videoDuration"]) < HOUR
    assert ask(stage, "getRecordFileInfo", videoIds=file["videoId"])[0]["pullId"] == key


def test_a_file_of_an_encrypted_channel_has_no_share_page(stage: Stage) -> None:
    key = a_channel(stage, videoEncrypted=2)
    a_task(stage, key)
    pass_on_the_platform(stage, 2 * HOUR)
    assert ask(stage, "getRecordFileInfo", pullIds=key)[0]["sharePageUrl"] == ""


@pytest.mark.rule("E6")
@pytest.mark.parametrize(
    ("fields", "wanted"),
    [
        ({}, 1004),
        ({"pullIds": "", "videoIds": ""}, 1004),
        ({"pullIds": "a", "videoIds": "a"}, 1000),
        ({"pullIds": "a b"}, 1013),
        ({"videoIds": "a,"}, 1013),
        ({"pullIds": ",".join(["a"] * 51)}, 1012),
        ({"videoIds": ",".join(["a"] * 51)}, 1012),
        ({"pullIds": "none"}, 1000),
        ({"videoIds": "none"}, 1000),
        ({"pullIds": ["a"]}, 1013),
    ],
)
def test_files_are_asked_for_as_the_contract_says(stage: Stage, fields: dict[str, Any], wanted: int) -> None:
    assert code(stage, "getRecordFileInfo", **fields) == wanted


def test_fifty_channels_can_be_asked_about_at_once(stage: Stage) -> None:
    key = a_channel(stage)
    assert code(stage, "getRecordFileInfo", pullIds=",".join([key] * 50)) == 200

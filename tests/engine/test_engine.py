"""The promises of the main job, on the real engine."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone

import pytest

from engine_kit import DRIFT, DRIFT_FROM_THE_PROGRAM, DRIFT_ON_THE_PLATFORM, NOTHING_CHANGES, Stack

pytestmark = pytest.mark.engine

STOP = (datetime.now(timezone.utc) + timedelta(hours=2)).isoformat(timespec="seconds")
CHANNEL = """
    channel = live.Channel("main", channel_name="{name}", channel_type="{type}", push_domain="push.example.com",
                           pull_rates=["source", "hd"]{more})
"""
EVERYTHING = f"""
    recordings = live.RecordDirectory("recordings", directory_type="matches", path="matches/2026")
    main = live.Channel("main", channel_name="Main", channel_type="live", push_domain="push.example.com",
                        pull_rates=["source", "hd"], pull_protocols=["rtmp", "flv"],
                        directory_id=recordings.directory_id, stream_check="checkcanary")
    guest = live.PullChannel("guest", channel_name="Guest", source_url="rtmp://origin.example.net/app/guestcanary",
                             source_protocol="rtmp", pull_domain="pull.example.com", pull_rates=["source"])
    live.RecordTask("recording", pull_id=main.pull_id, end_time="{STOP}")
    live.ForwardTask("relay", pull_id=main.pull_id, forward_url="rtmp://relay.example.net/app/relaycanary",
                     end_time="{STOP}", transcoding={{"bitrate_kbps": 800, "video_codec": "libx264"}})
    pulumi.export("pushUrl", main.push_url)
    pulumi.export("pullUrls", main.pull_urls)
"""


def channel(name: str = "Main", type: str = "live", more: str = "") -> str:
    return CHANNEL.format(name=name, type=type, more=more)


def test_a_recording_whose_end_is_computed_stays_where_the_end_is_ignored(stack: Stack) -> None:
    task = """
        from datetime import datetime, timedelta, timezone
        end = (datetime.now(timezone.utc) + timedelta(hours={hours})).isoformat()
        main = live.Channel("main", channel_name="Main", channel_type="live", push_domain="push.example.com",
                            pull_rates=["source"])
        live.RecordTask("recording", pull_id=main.pull_id, end_time=end, opts=pulumi.ResourceOptions({opts}))
    """
    stack.program(task.format(hours=2, opts=""))
    assert "ignoreChanges" not in stack.up()
    stack.program(task.format(hours=3, opts=""))
    assert "put endTime under ignoreChanges (ignore_changes in Python)" in stack.up()
    assert stack.calls("endRecordTask") == 1
    stack.program(task.format(hours=4, opts="ignore_changes=['end_time']"))
    assert "ignoreChanges" not in stack.up()
    assert stack.calls("endRecordTask") == 1


@pytest.mark.rule("R5", "R9", "R10", "R28", "E10")
def test_everything_comes_stays_still_and_goes(stack: Stack) -> None:
    stack.program(EVERYTHING)
    stack.up()
    held = stack.platform.objects()
    assert sorted(item["kind"] for item in held) == [
        *("channel", "forwardTask", "pullChannel", "recordDirectory", "recordTask"),
    ]
    known = {item["id"] for item in stack.export()["deployment"]["resources"] if "id" in item}
    assert stack.platform.orphans(known) == []

    stack.pulumi(*NOTHING_CHANGES)
    stack.pulumi(*DRIFT_ON_THE_PLATFORM)
    stack.pulumi(*DRIFT_FROM_THE_PROGRAM)

    secrets = _secrets(stack)
    state = json.dumps(stack.export())
    journal = json.dumps(stack.platform.journal)
    for secret in secrets:
        assert secret not in state
        assert secret not in stack.said
        assert secret not in journal
    clear = json.dumps(stack.export("--show-secrets"))
    assert all(secret in clear for secret in secrets if "emulator" not in secret), "it is there, encrypted"
    assert all(len(item["inputs"]["__provider"]) <= 110 for item in stack.resources("Channel"))

    said = stack.destroy()
    assert "the platform keeps the record directory matches" in said
    left = {item["kind"]: item["status"] for item in stack.platform.objects()}
    assert left == {"recordDirectory": None, "recordTask": 3, "forwardTask": 2}
    assert "Traceback" not in stack.said


def _secrets(stack: Stack) -> list[str]:
    """Every push URL, key and password of the stack, and what it signs with."""
    main = stack.platform.objects("channel")[0]
    return [main["pushId"], main["pushUrl"], "guestcanary", "relaycanary", "checkcanary", "emulator-secret-key"]


@pytest.mark.rule("R7")
def test_an_update_happens_in_place_and_leaves_what_hangs_on_it_alone(stack: Stack) -> None:
    task = f"""
    live.RecordTask("recording", pull_id=channel.pull_id, end_time="{STOP}")
    """
    stack.program(channel() + task)
    stack.up()
    before = stack.platform.objects("channel")[0]
    stack.program(channel("Renamed") + task)
    preview = stack.pulumi("preview", "--non-interactive")
    assert "~ 1 to update" in preview
    assert "replace" not in preview
    stack.up()
    after = stack.platform.objects("channel")[0]
    assert (after["id"], after["channelName"], after["pushUrl"]) == (before["id"], "Renamed", before["pushUrl"])
    assert stack.calls("createRecordTask") == 1


@pytest.mark.rule("R7")
def test_a_replacement_ends_tasks_first(stack: Stack) -> None:
    text = (
        channel()
        + """
    live.RecordTask("recording", pull_id=channel.pull_id, end_time="{stop}", file_type="{type}")
    live.ForwardTask("relay", pull_id=channel.pull_id, forward_url="rtmp://relay.example.net/app/{type}")
    """
    )
    stack.program(text.format(stop=STOP, type="mp4"))
    stack.up()
    stack.program(text.format(stop=STOP, type="flv"))
    stack.up()
    assert stack.order("createRecordTask", "endRecordTask") == ["createRecordTask", "endRecordTask", "createRecordTask"]
    assert stack.order("startForwardTask", "endForwardTask") == [
        "startForwardTask",
        "endForwardTask",
        "startForwardTask",
    ]
    stack.program(channel(type="other"))
    stack.up()
    assert [item["channelType"] for item in stack.platform.objects("channel")] == ["other"]
    stack.pulumi(*NOTHING_CHANGES)


def test_a_live_channel_is_neither_deleted_nor_replaced(stack: Stack) -> None:
    stack.program(channel())
    stack.up()
    held = stack.platform.objects("channel")[0]
    stack.platform.edit("channel", held["id"], {"channelStatus": 1})
    assert "forceDestroy" in stack.destroy(code=1)
    stack.program(channel(type="other"))
    assert "is on air" in stack.up(code=1)
    assert [item["id"] for item in stack.platform.objects("channel")] == [held["id"]]
    stack.program(channel(more=", force_destroy=True"))
    stack.up()
    stack.destroy()
    assert stack.platform.objects("channel") == []


@pytest.mark.rule("R8", "R9")
def test_console_clicks_are_drift_until_healed(stack: Stack) -> None:
    stack.program(EVERYTHING)
    stack.up()
    main = stack.platform.objects("channel")[0]
    stack.platform.edit("channel", main["id"], {"channelName": "clicked"})
    stack.platform.store.remove("pullChannel", stack.platform.objects("pullChannel")[0]["id"])
    seen = stack.pulumi(*DRIFT_ON_THE_PLATFORM, code=DRIFT)
    assert "~ 1 to update" in seen
    assert "- 1 to delete" in seen
    stack.pulumi(*DRIFT_FROM_THE_PROGRAM, code=DRIFT)
    stack.refresh()
    assert stack.resources("PullChannel") == []
    stack.up()
    assert stack.platform.objects("channel")[0]["channelName"] == "Main"
    assert len(stack.platform.objects("pullChannel")) == 1
    stack.pulumi(*DRIFT_ON_THE_PLATFORM)
    stack.pulumi(*DRIFT_FROM_THE_PROGRAM)


def test_an_adopted_channel_is_untouched_and_adopt_can_go(stack: Stack) -> None:
    stack.program(channel())
    stack.up()
    there = stack.platform.objects("channel")[0]
    stack.pulumi("state", "delete", stack.resources("Channel")[0]["urn"], "--yes")
    writes = len(stack.platform.journal)
    stack.program(channel(more=f', adopt="{there["id"]}"'))
    stack.up()
    assert {call["action"] for call in stack.platform.journal[writes:]} == {"getChannelList", "getChannelConfigure"}
    assert stack.platform.objects("channel") == [there]
    stack.program(channel())
    stack.pulumi(*NOTHING_CHANGES)
    stack.destroy()
    assert stack.platform.objects("channel") == []


@pytest.mark.rule("R29")
def test_a_half_failed_up_is_continued_by_the_next(stack: Stack) -> None:
    stack.program(EVERYTHING)
    stack.platform.faults.add({"path": "/live/forwardTask/startForwardTask", "kind": "error-code", "code": 1000})
    said = stack.up(code=1)
    assert "create ForwardTask" in said
    assert "Vendor code 1000" in said
    assert "Traceback" not in said
    assert "relaycanary" not in said
    stack.up()
    kinds = [item["kind"] for item in stack.platform.objects()]
    assert sorted(kinds) == ["channel", "forwardTask", "pullChannel", "recordDirectory", "recordTask"]
    stack.pulumi(*NOTHING_CHANGES)


@pytest.mark.rule("R16", "R22", "R37")
def test_lost_answers_neither_double_nor_leak(stack: Stack) -> None:
    for path in (
        "/live/channelManage/createChannel",
        "/live/channelManage/createPullChannel",
        "/live/recordDirectoryManage/directoryCreate",
        "/live/channelManage/createRecordTask",
        "/live/forwardTask/startForwardTask",
    ):
        stack.platform.faults.add({"path": path, "kind": "lost-answer"})
    stack.program(EVERYTHING)
    stack.up()
    known = {item["id"] for item in stack.export()["deployment"]["resources"] if "id" in item}
    assert {item["id"] for item in stack.platform.objects()} <= known
    assert len(stack.platform.objects()) == 5
    stack.pulumi(*NOTHING_CHANGES)


def test_an_object_that_could_not_be_read_back_is_finished_by_the_next_up(stack: Stack) -> None:
    stack.platform.faults.add({"path": "/live/channelManage/getChannelConfigure", "kind": "refuse", "times": 4})
    stack.program(channel())
    assert "could not be read back" in stack.up()
    assert len(stack.resources("Channel")) == 1
    stack.up()
    assert len(stack.platform.objects("channel")) == 1
    assert "pushUrl" in stack.resources("Channel")[0]["outputs"]
    stack.pulumi(*NOTHING_CHANGES)


@pytest.mark.rule("R9", "R24")
def test_an_outage_during_refresh_is_an_error_and_drops_nothing(stack: Stack) -> None:
    stack.program(channel())
    stack.up()
    before = stack.resources("Channel")
    working = stack.surroundings["LIVECHANNELS_ENDPOINT"]
    stack.surroundings["LIVECHANNELS_ENDPOINT"] = "http://127.0.0.1:9"
    said = stack.refresh(code=1)
    assert "no connection to 127.0.0.1:9" in said
    assert "Traceback" not in said
    assert [item["id"] for item in stack.resources("Channel")] == [item["id"] for item in before]
    stack.surroundings["LIVECHANNELS_ENDPOINT"] = working
    stack.pulumi(*DRIFT_ON_THE_PLATFORM)


@pytest.mark.rule("R30")
def test_wrong_and_missing_credentials_are_told_plainly(stack: Stack) -> None:
    stack.program(channel())
    del stack.surroundings["LIVECHANNELS_ACCESS_KEY"]
    del stack.surroundings["LIVECHANNELS_SECRET_KEY"]
    said = stack.up(code=1)
    assert "pulumi config set --secret livechannels:accessKey" in said
    assert "LIVECHANNELS_ACCESS_KEY" in said
    assert "Traceback" not in said

    stack.pulumi("config", "set", "--secret", "livechannels:accessKey", "emulator-access-key")
    stack.pulumi("config", "set", "--secret", "livechannels:secretKey", "wrongcanary")
    said = stack.up(code=1)
    assert "Vendor code 1001" in said
    assert "Traceback" not in said

    stack.pulumi("config", "set", "--secret", "livechannels:secretKey", "emulator-secret-key")
    stack.up()
    stack.pulumi(*NOTHING_CHANGES)
    assert "wrongcanary" not in stack.said
    state = json.dumps(stack.export())
    assert "emulator-secret-key" not in state
    assert all("emulator" not in json.dumps(item) for item in stack.resources("Channel"))


@pytest.mark.rule("R1", "R28", "R29")
def test_mistakes_in_a_program_are_all_told_before_anything_is_sent(stack: Stack) -> None:
    stack.program("""
    live.Channel("main", channel_name="", channel_type="a-b", push_domain="rtmp://x", pull_rates=["4k"], nonsense=1)
    """)
    said = stack.pulumi("preview", "--non-interactive", code=1)
    for word in ("channelName", "channelType", "pushDomain", "pullRates[0]", "nonsense"):
        assert f"property {word} " in said
    stack.program("""
    live.ForwardTask("relay", pull_id="p", forward_url="http://relay.example.net/app/mistakecanary")
    """)
    said = stack.pulumi("preview", "--non-interactive", code=1)
    assert "must be an rtmp:// address" in said
    assert "mistakecanary" not in said
    assert stack.platform.journal == []

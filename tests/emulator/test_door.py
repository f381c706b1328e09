"""The emulator's own door: console clicks, time, memory, the journal, and what it says of itself."""

from __future__ import annotations

import json
import os
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import pytest
import requests

from emulator_kit import knock
from kit import PATIENCE, Stage
from pulumi_livechannels.emulator import exports
from pulumi_livechannels.emulator.server import running
from pulumi_livechannels.emulator.store import Store
from pulumi_livechannels.emulator.volcengine.wire import VOLCENGINE_ACTIONS
from pulumi_livechannels.emulator.wangsu import auth
from pulumi_livechannels.emulator.wangsu.report_wire import REPORTS
from pulumi_livechannels.emulator.wangsu.wire import ACTIONS
from pulumi_livechannels.vendors.wangsu.channels import GetChannelList


def test_a_door_that_is_not_there_names_those_that_are(stage: Stage) -> None:
    told = knock(stage, "GET", "clock")
    assert told.status_code == 404
    assert {"GET /_emulator/", "POST /_emulator/clock"} <= set(told.json()["calls"])
    assert knock(stage, "POST", "nonsense").json()["error"] == "no POST /_emulator/nonsense"


@pytest.mark.rule("E4")
def test_a_platform_is_saved_brought_back_and_forgotten(stage: Stage) -> None:
    made = stage.up("Channel", **stage.sample("Channel"))
    saved = knock(stage, "POST", "snapshot").json()
    stage.remove("Channel", made.id)
    knock(stage, "POST", "restore")
    assert [item["id"] for item in knock(stage, "GET", "objects").json()] == [made.id]
    assert knock(stage, "POST", "reset").json() == {}
    assert knock(stage, "GET", "objects").json() == []
    assert knock(stage, "GET", "journal").json() == []
    knock(stage, "POST", "restore", saved)
    assert [item["id"] for item in knock(stage, "GET", "objects?kind=channel").json()] == [made.id]
    assert knock(stage, "POST", "restore", {"objects": {}}).status_code == 400


@pytest.mark.rule("E5")
def test_the_console_and_the_clock_change_the_platform(stage: Stage) -> None:
    made = stage.up("RecordTask", **stage.sample("RecordTask"))
    shown = knock(stage, "GET", "objects?kind=recordTask").json()[0]
    assert (shown["id"], shown["kind"], shown["status"], shown["fileType"]) == (made.id, "recordTask", 1, "mp4")
    knock(stage, "POST", "clock", {"seconds": 3 * 3600})
    assert knock(stage, "GET", "objects?kind=recordTask").json()[0]["status"] == 2
    later = int(stage.clock.now()) + 9 * 3600
    knock(stage, "PATCH", f"objects/recordTask/{made.id}", {"endTime": later})
    assert knock(stage, "GET", "objects?kind=recordTask").json()[0]["status"] == 1
    assert knock(stage, "DELETE", f"objects/recordTask/{made.id}").status_code == 200
    assert knock(stage, "DELETE", f"objects/recordTask/{made.id}").status_code == 404
    assert knock(stage, "PATCH", f"objects/recordTask/{made.id}", {}).status_code == 404
    assert knock(stage, "POST", "clock", {"seconds": "1"}).status_code == 400


def test_a_push_url_is_rotated_in_the_console(stage: Stage) -> None:
    made = stage.up("Channel", **stage.sample("Channel"))
    shown = knock(stage, "PATCH", f"objects/channel/{made.id}", {"resetPushId": "1"}).json()
    assert shown["pushUrl"] != made.state["pushUrl"]
    assert "resetPushId" not in shown


def test_a_click_on_a_field_that_is_not_there_is_refused(stage: Stage) -> None:
    made = stage.up("Channel", **stage.sample("Channel"))
    answer = knock(stage, "PATCH", f"objects/channel/{made.id}", {"chanelName": "x"})
    assert answer.status_code == 400
    assert "channelName" in answer.json()["error"]


@pytest.mark.parametrize(
    ("kind", "wrong"),
    [("channel", {"channelStatus": "live"}), ("recordTask", {"endTime": "later"}), ("channelBan", {"until": None})],
)
def test_a_click_that_says_nothing_leaves_all_as_it_is(stage: Stage, kind: str, wrong: dict[str, Any]) -> None:
    task = stage.up("RecordTask", **stage.sample("RecordTask"))
    channel = knock(stage, "GET", "objects?kind=channel").json()[0]["id"]
    knock(stage, "POST", "objects", {"kind": "channelBan", "pullId": channel})
    before = knock(stage, "GET", "objects").json()
    key = task.id if kind == "recordTask" else channel
    answer = knock(stage, "PATCH", f"objects/{kind}/{key}", wrong)
    assert answer.status_code == 400
    assert answer.json()["error"] == f"{next(iter(wrong))} must be a whole number"
    assert knock(stage, "GET", "objects").json() == before


@pytest.mark.parametrize("seconds", ["1e13", "-1e13"])
def test_a_clock_that_no_date_could_tell_is_not_moved_there(stage: Stage, seconds: str) -> None:
    address = f"http://127.0.0.1:{stage.port}/_emulator/clock"
    answer = requests.post(address, data=f'{{"seconds": {seconds}}}', timeout=PATIENCE)
    assert answer.status_code == 400
    assert "1970 to 9999" in answer.json()["error"]
    assert knock(stage, "GET", "objects").status_code == 200


@pytest.mark.rule("E9", "R28")
def test_the_journal_counts_calls_and_keeps_no_secret(stage: Stage) -> None:
    stage.up("PullChannel", **stage.sample("PullChannel"))
    journal = knock(stage, "GET", "journal")
    assert [(call["action"], call["outcome"]) for call in journal.json()] == [
        ("getPullChannelList", "ok"),
        ("createPullChannel", "ok"),
        ("getPullChannelConfigure", "ok"),
    ]
    assert set(journal.json()[0]) >= {"vendor", "action", "path", "outcome", "time", "bodyHash"}
    for secret in ("guestkey", auth.SECRET_KEY, auth.ACCESS_KEY, "Signature"):
        assert secret not in journal.text


@pytest.mark.rule("E10")
def test_orphans_are_what_no_stack_knows(stage: Stage, tmp_path: Path) -> None:
    known, orphan = (stage.up("Channel", **stage.sample("Channel")) for _ in range(2))
    export = {"deployment": {"resources": [{"urn": "x"}, {"id": known.id}]}}
    (tmp_path / "stack.json").write_text(json.dumps(export))
    found = knock(stage, "GET", f"orphans?state={tmp_path / 'stack.json'}").json()
    assert [item["id"] for item in found] == [orphan.id]
    assert len(knock(stage, "GET", "orphans").json()) == 2
    assert knock(stage, "GET", f"orphans?state={tmp_path / 'none'}").status_code == 400


@pytest.mark.parametrize(
    "content",
    [
        *("", "[1]", "null", "1", "{}", '{"resources": [1]}', '{"resources": null}', '{"resources": {}}'),
        *('{"deployment": null}', '{"deployment": []}', '{"deployment": {"resources": [null]}}', "[" * 100_000),
    ],
)
def test_what_is_no_exported_stack_makes_no_orphans(stage: Stage, tmp_path: Path, content: str) -> None:
    (tmp_path / "stack.json").write_text(content)
    answer = knock(stage, "GET", f"orphans?state={tmp_path / 'stack.json'}")
    assert answer.status_code == 400
    assert "stack.json is not an exported stack: " in answer.json()["error"]


def test_only_a_plain_file_of_some_size_is_read_as_a_stack(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "long").write_text('{"resources": []}' + " " * 100)
    monkeypatch.setattr(exports, "LARGEST", 100)
    for path in ("/dev/zero", "/dev/stdin", tmp_path, tmp_path / "pipe", tmp_path / "long", "", "a%00b"):
        answer = knock(stage, "GET", f"orphans?state={path}")
        assert answer.status_code == 400, path
    (tmp_path / "long").write_text('{"resources": []}')
    assert knock(stage, "GET", f"orphans?state={tmp_path / 'long'}").json() == []


@pytest.mark.rule("E12", "E13")
def test_the_coverage_names_a_basis_for_everything(stage: Stage) -> None:
    coverage = knock(stage, "GET", "coverage").json()
    assert set(coverage["actions"]) == {*ACTIONS, *REPORTS, *VOLCENGINE_ACTIONS}
    assert {item["basis"] for item in coverage["behaviours"]} == {"documented", "observed", "assumed"}
    assert all(item["text"] and item["subject"] for item in coverage["behaviours"])
    assert set(ACTIONS) <= {item["subject"] for item in coverage["behaviours"]}


@pytest.mark.parametrize(
    ("kind", "fields", "shown"),
    [
        ("channelStateCallback", {"domainName": "Push.example.com", "notifyUrl": "https://x.test"}, "push.example.com"),
        ("recordDirectory", {"directoryType": "x", "firstLevelDirectory": "x"}, None),
    ],
)
def test_an_object_is_made_by_hand(stage: Stage, kind: str, fields: dict[str, Any], shown: str | None) -> None:
    made = knock(stage, "POST", "objects", {"kind": kind, **fields})
    assert made.status_code == 200
    assert knock(stage, "GET", f"objects?kind={kind}").json() == [made.json()]
    assert shown in (None, made.json()["id"])
    assert knock(stage, "GET", "journal").json() == []


def test_a_channel_that_is_made_by_hand_is_told_by_its_own_id(stage: Stage) -> None:
    directory = knock(
        stage, "POST", "objects", {"kind": "recordDirectory", "directoryType": "x", "firstLevelDirectory": "x"}
    )
    fields = {"channelName": "Foreign", "channelType": "live", "pushDomain": "push.example.com", "pullRate": "0"}
    made = knock(stage, "POST", "objects", {"kind": "channel", **fields, "directoryId": directory.json()["id"]}).json()
    assert (made["kind"], made["pullId"]) == ("channel", made["id"])
    banned = knock(stage, "POST", "objects", {"kind": "channelBan", "pullId": made["id"]}).json()
    assert (banned["id"], banned["status"]) == (made["id"], 3)
    assert knock(stage, "GET", "objects?kind=channel").json()[0]["status"] == 3


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({}, "kind must be one of channel, "),
        ({"kind": "chanel"}, "kind must be one of channel, "),
        ({"kind": "channel", "channelName": "x"}, "channelType is required (code 1004)"),
        ({"kind": "channelBan", "pullId": "none"}, "the channel does not exist or there is no permission (code 1000)"),
        ({"kind": "recordDirectory", "colour": "red"}, "unknown field colour (code 1006)"),
    ],
)
def test_what_the_vendor_would_not_make_is_not_made_by_hand(stage: Stage, fields: dict[str, Any], told: str) -> None:
    answer = knock(stage, "POST", "objects", fields)
    assert answer.status_code == 400
    assert told in answer.json()["error"]
    assert knock(stage, "GET", "objects").json() == []


def test_a_journal_is_told_in_parts(stage: Stage) -> None:
    for _ in range(3):
        stage.account.wangsu.call(GetChannelList(page_index=1, page_size=50))
    whole = knock(stage, "GET", "journal").json()
    late = knock(stage, "GET", "journal?after=2")
    assert late.json() == whole[2:]
    assert late.headers["X-Total-Count"] == "3"
    assert knock(stage, "GET", "journal?after=99").json() == []
    assert knock(stage, "GET", "journal?after=-1").status_code == 400


def test_objects_are_sent_again_only_when_something_changed(stage: Stage) -> None:
    made = stage.up("RecordTask", **stage.sample("RecordTask"))
    seen = knock(stage, "GET", "objects").headers["ETag"]

    def again() -> int:
        return knock(stage, "GET", "objects", headers={"If-None-Match": seen}).status_code

    assert again() == 304
    knock(stage, "GET", "journal")
    assert again() == 304
    stage.clock.let_pass(60)
    assert again() == 200, "a task may have ended"
    seen = knock(stage, "GET", "objects").headers["ETag"]
    knock(stage, "PATCH", f"objects/recordTask/{made.id}", {"fileType": "flv"})
    assert again() == 200
    for change in ("snapshot", "restore", "reset"):
        seen = knock(stage, "GET", "objects").headers["ETag"]
        knock(stage, "POST", change)
        assert again() == (304 if change == "snapshot" else 200), change


def test_the_door_dates_its_answers_by_the_platforms_clock(stage: Stage) -> None:
    knock(stage, "POST", "clock", {"seconds": 86400})
    unchanged = {"If-None-Match": knock(stage, "GET", "objects").headers["ETag"]}
    for path, headers in (("objects", {}), ("objects", unchanged), ("journal", {}), ("faults", {})):
        date = parsedate_to_datetime(knock(stage, "GET", path, headers=headers).headers["Date"]).timestamp()
        assert date == int(stage.clock.now()) + 86400


def test_the_figures_of_a_domain_are_told_for_a_picture(stage: Stage) -> None:
    day = knock(stage, "GET", "figures").json()
    assert day["domain"] == day["domains"][0]
    assert (day["minutes"], len(day["times"])) == (5, 288)
    assert all(len(day[name]) == 288 for name in ("bandwidth", "viewers", "requests"))
    week = knock(stage, "GET", "figures?domain=pull.example.com&hours=168").json()
    assert (week["domain"], week["minutes"], len(week["times"])) == ("pull.example.com", 60, 168)
    for wrong in ("domain=elsewhere.test", "hours=0", "hours=1000", "hours=many"):
        assert knock(stage, "GET", f"figures?{wrong}").status_code == 400


def send(stage: Stage, path: str, text: str) -> requests.Response:
    """A call of the door with a body as it is."""
    return requests.post(f"http://127.0.0.1:{stage.port}/_emulator/{path}", data=text, timeout=PATIENCE)


FAULT = '{"path": "/live/channelManage/getChannelList", "kind": '


@pytest.mark.parametrize(
    ("path", "text"),
    [
        *(("clock", f'{{"seconds": {number}}}') for number in ("NaN", "Infinity", "-Infinity", "1e999")),
        *(("faults", f'{FAULT}"slow", "seconds": {number}}}') for number in ("NaN", "-Infinity", "1e999", "1e300")),
        *(("faults", f'{FAULT}"skew", "seconds": {number}}}') for number in ("1" + "0" * 400, "-1e10")),
        ("faults", f'{FAULT}"answer", "body": [NaN]}}'),
        *(("restore", f'{{"objects": {{}}, "count": {number}, "ahead": 0}}') for number in ("NaN", "-1", "1.5")),
        *(("restore", f'{{"objects": {{}}, "count": 0, "ahead": {number}}}') for number in ("NaN", "1e999", "1e300")),
        ("restore", f'{{"objects": {{}}, "count": 0, "ahead": 1{"0" * 400}}}'),
        ("restore", '{"objects": {"recordDirectory": {"d": {"x": NaN}}}, "count": 0, "ahead": 0}'),
        *((path, '{"seconds": ' + "[" * 100_000) for path in ("clock", "faults", "objects", "restore")),
    ],
)
def test_a_number_without_end_and_a_body_without_bottom_are_refused(stage: Stage, path: str, text: str) -> None:
    stage.up("Channel", **stage.sample("Channel"))
    before = knock(stage, "GET", "objects").json()
    answer = send(stage, path, text)
    assert answer.status_code == 400
    assert answer.json()["error"]
    assert knock(stage, "GET", "objects").json() == before
    assert knock(stage, "GET", "faults").json() == []


@pytest.mark.parametrize(
    "objects",
    [
        {"chanel": {"x": {}}},
        {"recordDirectory": {"new": {"directoryId": "new"}}, "channel": {"x": {}}},
        {"channel": {"x": {"channelStatus": []}}},
        {"recordDirectory": {"\ud800": {}}},
    ],
)
def test_a_restore_that_fails_changes_nothing_in_memory_or_in_the_state_file(
    tmp_path: Path, objects: dict[str, Any]
) -> None:
    file = tmp_path / "platform.sqlite"
    saved = {"objects": {"recordDirectory": {"old": {"directoryId": "old"}}}, "count": 3, "ahead": 60}
    with running(file=file, seed=1) as (port, _):
        address = f"http://127.0.0.1:{port}/_emulator"
        requests.post(f"{address}/restore", json=saved, timeout=PATIENCE).raise_for_status()
        refused = requests.post(f"{address}/restore", json={**saved, "objects": objects}, timeout=PATIENCE)
        assert refused.status_code == 400
        assert requests.post(f"{address}/snapshot", timeout=PATIENCE).json() == saved
    with running(file=file, seed=1) as (_, platform):
        assert platform.store.snapshot() == saved


def test_a_restore_that_the_disk_refuses_changes_nothing(tmp_path: Path) -> None:
    store = Store(tmp_path / "platform.sqlite")
    store.put("recordDirectory", "old", {"directoryId": "old"})
    before = store.snapshot()
    with pytest.raises(UnicodeEncodeError):
        store.restore({"objects": {"recordDirectory": {"new": {}, "\ud800": {}}}, "count": 0, "ahead": 0})
    assert store.snapshot() == before
    store.close()


@pytest.mark.parametrize(
    "wrong", [{"objects": []}, {"objects": {}, "count": "1", "ahead": 0}, {"objects": {"channel": []}}]
)
def test_what_is_no_snapshot_costs_nothing(stage: Stage, wrong: dict[str, Any]) -> None:
    stage.up("Channel", **stage.sample("Channel"))
    assert knock(stage, "POST", "restore", {"count": 0, "ahead": 0, **wrong}).status_code == 400
    assert len(knock(stage, "GET", "objects").json()) == 1


def test_a_large_platform_is_brought_back_too(stage: Stage) -> None:
    name = "x" * 200
    fields = {"channelName": name, "channelType": "live", "pushDomain": "push.example.com", "pullRate": "0"}
    for _ in range(3000):
        stage.platform.make("channel", fields)
    saved = knock(stage, "POST", "snapshot")
    assert len(saved.content) > 1024**2
    knock(stage, "POST", "reset")
    assert knock(stage, "POST", "restore", saved.json()).json() == {"objects": 3000}

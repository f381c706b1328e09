"""The emulator's own door: console clicks, time, memory, the journal, and what it says of itself."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from emulator_kit import knock
from kit import Stage
from pulumi_livechannels.emulator.volcengine.wire import VOLCENGINE_ACTIONS
from pulumi_livechannels.emulator.wangsu import auth
from pulumi_livechannels.emulator.wangsu.report_wire import REPORTS
from pulumi_livechannels.emulator.wangsu.wire import ACTIONS


def test_a_door_that_is_not_there_names_those_that_are(stage: Stage) -> None:
    told = knock(stage, "GET", "clock")
    assert told.status_code == 404
    assert "POST /_emulator/clock" in told.json()["calls"]
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


@pytest.mark.rule("E12", "E13")
def test_the_coverage_names_a_basis_for_everything(stage: Stage) -> None:
    coverage = knock(stage, "GET", "coverage").json()
    assert set(coverage["actions"]) == {*ACTIONS, *REPORTS, *VOLCENGINE_ACTIONS}
    assert {item["basis"] for item in coverage["behaviours"]} == {"documented", "observed", "assumed"}
    assert all(item["text"] and item["subject"] for item in coverage["behaviours"])
    assert set(ACTIONS) <= {item["subject"] for item in coverage["behaviours"]}


def test_a_web_page_cannot_work_the_door(stage: Stage) -> None:
    assert knock(stage, "POST", "reset", headers={"Origin": "https://evil.test"}).status_code == 403

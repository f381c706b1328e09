"""What somebody watches in the console and does to the platform as a whole: calls, faults, time, snapshots, reports."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from console_kit import Console, furnish
from emulator_kit import call, knock
from kit import Stage, eventually
from report_kit import told

pytestmark = pytest.mark.browser
CREATE = "/live/channelManage/createChannel"

OF_REPORTS = ("longest-window", "most-domains", "finer-slots")


def test_calls_show_as_they_come_with_what_they_mean(console: Console, stage: Stage) -> None:
    console.open("journal")
    expect(console.page.locator("main")).to_contain_text("No call yet.")
    stage.up("Channel", **stage.sample("Channel"))
    made = console.row("createChannel")
    expect(made).to_contain_text("Makes a channel")
    expect(made).to_contain_text("changes")
    expect(made).to_contain_text("carried out")
    call(stage, "getChannelConfigure", pullId="none")
    refused = console.page.locator("main tbody tr").first
    expect(refused).to_contain_text("code 1000")
    expect(refused).to_contain_text("wrong parameter, or no such object")
    expect(refused).not_to_contain_text("changes")
    console.page.get_by_label("Only calls that change something").check()
    expect(console.page.locator("main tbody tr")).to_have_count(1)


def test_a_paused_journal_waits_and_goes_on(console: Console, stage: Stage) -> None:
    call(stage, "getChannelList")
    console.open("journal").press("Pause")
    call(stage, "getPullChannelList")
    expect(console.page.locator('nav a[href="#journal"]')).to_contain_text("2")
    expect(console.page.locator("main tbody tr")).to_have_count(1)
    console.press("Go on")
    expect(console.page.locator("main tbody tr")).to_have_count(2)


def test_a_journal_that_was_emptied_begins_anew(console: Console, stage: Stage) -> None:
    for _ in range(3):
        call(stage, "getChannelList")
    console.open("journal")
    expect(console.page.locator("main tbody tr")).to_have_count(3)
    knock(stage, "POST", "reset")
    call(stage, "getPullChannelList")
    expect(console.row("getPullChannelList")).to_have_count(1)
    expect(console.row("getChannelList")).to_have_count(0)


def test_a_fault_is_set_and_seen_to_fire(console: Console, stage: Stage) -> None:
    console.open("faults")
    console.page.get_by_label("Call", exact=True).select_option(CREATE)
    console.page.get_by_label("What happens").select_option("lost-answer")
    console.page.get_by_role("button", name="Set a fault").click()
    console.told(f"Set: lost-answer on {CREATE}")
    expect(console.row(CREATE)).to_contain_text("0 of 1")
    expect(console.row(CREATE)).to_contain_text("waiting")
    stage.up("Channel", **stage.sample("Channel"))
    console.told(f"Fired: lost-answer on {CREATE}")
    expect(console.row(CREATE)).to_contain_text("1 of 1")
    console.go("journal")
    expect(console.row("createChannel")).to_contain_text("fault lost-answer")


def test_each_kind_of_fault_asks_for_what_is_its_own(console: Console, stage: Stage) -> None:
    console.open("faults")
    kind = console.page.get_by_label("What happens")
    listed = "/live/channelManage/getChannelList"
    console.page.get_by_label("Call", exact=True).select_option(listed)
    for name in kind.locator("option").all_inner_texts():
        kind.select_option(name)
        console.page.get_by_role("button", name="Set a fault").click()
        if name in OF_REPORTS:
            expect(console.page.get_by_role("alert")).to_contain_text(f"{name} is for ")
        else:
            console.told(f"Set: {name} on {listed}")
    kind.select_option("answer")
    console.page.get_by_label("HTTP status").fill("502")
    console.page.get_by_label("Body").fill("<h1>Bad gateway</h1>")
    console.page.get_by_role("button", name="Set a fault").click()
    expect(console.page.locator("main tbody tr")).to_have_count(14)
    set_last = stage.platform.faults.account()[-1]
    assert (set_last["status"], set_last["body"]) == (502, "<h1>Bad gateway</h1>")
    console.press("Forget all faults")
    console.told("No fault is set any more")
    assert stage.platform.faults.account() == []


def test_the_clock_moves_and_tasks_end(console: Console, stage: Stage) -> None:
    furnish(stage.platform)
    console.open("recordTask")
    expect(console.row("Main stage")).to_contain_text("recording")
    console.press("1 day later")
    console.told("The platform's time is 2026-09-11 08:26:41")
    expect(console.row("Main stage")).to_contain_text("finished")
    expect(console.page.locator("header time")).to_contain_text("2026-09-11 08:26")


def test_a_snapshot_is_taken_and_brought_back(console: Console, stage: Stage, tmp_path: Path) -> None:
    furnish(stage.platform)
    console.open("snapshots").press("Take a snapshot")
    console.told("A snapshot of 7 objects was taken")
    with console.page.expect_download() as saved:
        console.page.get_by_role("button", name="Download").click()
    saved.value.save_as(tmp_path / "platform.json")
    console.page.locator("main").get_by_role("button", name="Forget everything").click()
    console.page.get_by_role("dialog").get_by_role("button", name="Forget everything").click()
    console.told("The platform is empty")
    assert stage.platform.objects() == []
    console.page.get_by_role("button", name="Restore: ").click()
    console.told("The platform holds 7 objects again")
    assert len(stage.platform.objects()) == 7
    knock(stage, "POST", "reset")
    console.page.get_by_label("Restore from a file").set_input_files(tmp_path / "platform.json")
    eventually(lambda: len(stage.platform.objects()) == 7)


@pytest.mark.parametrize(
    ("content", "problem"),
    [("not JSON", "wrong.json is not JSON"), (json.dumps({"objects": []}), "this is no snapshot")],
)
def test_a_file_that_is_no_snapshot_changes_nothing(
    console: Console, stage: Stage, tmp_path: Path, content: str, problem: str
) -> None:
    furnish(stage.platform)
    (tmp_path / "wrong.json").write_text(content)
    console.open("snapshots")
    console.page.get_by_label("Restore from a file").set_input_files(tmp_path / "wrong.json")
    expect(console.page.get_by_role("alert").filter(has_text=problem)).to_be_visible()
    assert len(stage.platform.objects()) == 7


def test_a_picture_of_a_domain_tells_what_its_report_tells(console: Console, stage: Stage) -> None:
    console.open("figures")
    console.page.get_by_label("Domain").select_option("pull.example.com")
    picture = console.page.get_by_role("img", name="Bandwidth of pull.example.com")
    expect(picture).to_be_visible()
    report = told(stage, "/api/report/flow-request", {"domain": ["pull.example.com"]})["result"][0]
    # The picture is of slots, and the report's own peak of a minute.
    peak = max(float(slot["bandwidth"]) for slot in report["flowRequestData"])
    expect(picture).to_have_attribute("aria-label", re.compile(f"peak {round(peak, 1):,} Mbps".replace(".0 ", " ")))
    expect(console.page.locator("main")).to_contain_text(f"{int(report['peakRequest']):,}")
    console.page.get_by_text("The figures as a table").click()
    expect(console.page.locator("main tbody tr")).to_have_count(288)
    console.page.get_by_label("Window").select_option("7 days")
    expect(console.page.locator("main tbody tr")).to_have_count(168)


def test_an_emulator_that_is_gone_is_told_and_found_again(console: Console, stage: Stage) -> None:
    console.open()
    expect(console.page.locator("header")).to_contain_text("Connected")
    console.page.route("**/_emulator/objects", lambda route: route.fulfill(status=400, body="{}"))
    expect(console.page.locator("header")).to_contain_text("The emulator does not answer")
    console.page.unroute("**/_emulator/objects")
    expect(console.page.locator("header")).to_contain_text("Connected")

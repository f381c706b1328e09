"""What somebody does to objects in the console, click by click, and what the platform holds then."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from console_kit import GROUPS, Console, furnish, secrets
from kit import Stage, eventually

pytestmark = pytest.mark.browser


def test_a_click_on_a_name_changes_it_and_leaves_the_focus_there(console: Console, stage: Stage) -> None:
    furnish(stage.platform)
    console.open()
    name = console.page.get_by_role("button", name="Change Main stage")
    name.click()
    dialog = console.page.get_by_role("dialog", name="Change Main stage")
    dialog.get_by_label("Name").fill("Renamed by hand")
    dialog.get_by_role("button", name="Save").click()
    console.told("Main stage was changed")
    assert stage.platform.objects("channel")[0]["channelName"] == "Renamed by hand"
    expect(dialog).to_have_count(0)
    expect(console.page.get_by_role("button", name="Change Renamed by hand")).to_be_focused()


def test_a_click_sends_only_what_differs(console: Console, stage: Stage) -> None:
    made = furnish(stage.platform)["channel"]
    stage.platform.edit("channel", made["id"], {"pullProtocol": "2,0"})
    console.open().press("Change Main stage")
    # Meanwhile somebody else changes another field.
    stage.platform.edit("channel", made["id"], {"pullRate": "0"})
    console.page.get_by_label("Name").fill("Renamed")
    console.press("Save")
    console.told("Main stage was changed")
    now = stage.platform.objects("channel")[0]
    assert (now["channelName"], now["pullRate"], now["pullProtocol"]) == ("Renamed", "0", "2,0")
    assert now["pushId"] == made["pushId"]


def test_what_may_be_left_out_can_be_emptied(console: Console, stage: Stage) -> None:
    levels = {"firstLevelDirectory": "one", "secondLevelDirectory": "two"}
    stage.platform.make("recordDirectory", {"directoryType": "deep", **levels})
    console.open("recordDirectory")
    expect(console.row("deep")).to_contain_text("one/two")
    console.press("Change deep")
    console.page.get_by_label("Second level").fill("")
    console.press("Save")
    console.told("deep was changed")
    assert stage.platform.objects("recordDirectory")[0]["secondLevelDirectory"] == ""


def test_a_form_that_is_saved_unchanged_changes_nothing(console: Console, stage: Stage) -> None:
    furnish(stage.platform)
    writes = stage.platform.store.writes
    console.open().press("Change Main stage")
    console.press("Save")
    expect(console.page.get_by_role("dialog")).to_have_count(0)
    assert stage.platform.store.writes == writes


def test_a_push_url_is_made_anew_when_asked_for(console: Console, stage: Stage) -> None:
    before = furnish(stage.platform)["channel"]["pushUrl"]
    console.open().press("Change Main stage")
    console.page.get_by_label("Make a new push URL").check()
    console.press("Save")
    console.told("Main stage was changed")
    assert stage.platform.objects("channel")[0]["pushUrl"] != before


def test_a_channel_goes_on_air_and_off(console: Console, stage: Stage) -> None:
    furnish(stage.platform)
    console.open().press("Go on air: Main stage")
    expect(console.row("Main stage")).to_contain_text("on air")
    assert stage.platform.objects("channel")[0]["status"] == 1
    console.press("Go off air: Main stage")
    expect(console.row("Main stage")).to_contain_text("not live")
    assert stage.platform.objects("channel")[0]["status"] == 2


def test_a_ban_holds_until_it_is_lifted_or_its_week_is_over(console: Console, stage: Stage) -> None:
    made = furnish(stage.platform)
    console.open().press("Ban: Main stage")
    expect(console.row("Main stage")).to_contain_text("banned")
    console.press("Lift the ban: Main stage")
    expect(console.row("Main stage")).to_contain_text("not live")
    assert [ban["id"] for ban in stage.platform.objects("channelBan")] == [made["pullChannel"]["id"]]
    console.go("channelBan")
    expect(console.row("Guest feed")).to_contain_text("in force")
    console.page.get_by_text("other", exact=True).click()
    console.press("Move the clock")
    expect(console.row("Guest feed")).to_contain_text("lapsed")


def test_a_channel_that_was_banned_by_its_status_is_freed(console: Console, stage: Stage) -> None:
    made = furnish(stage.platform)["channel"]
    stage.platform.edit("channel", made["id"], {"channelStatus": 3})
    console.open().press("Lift the ban: Main stage")
    expect(console.row("Main stage")).to_contain_text("not live")


@pytest.mark.parametrize(("kind", "final"), [("recordTask", 3), ("forwardTask", 2)])
def test_a_task_is_ended(console: Console, stage: Stage, kind: str, final: int) -> None:
    furnish(stage.platform)
    stage.clock.let_pass(600)
    console.open(kind).press("End: Main stage")
    console.told("Main stage has ended")
    assert stage.platform.objects(kind)[0]["status"] == final
    expect(console.page.get_by_role("button", name="End: Main stage")).to_have_count(0)


def test_deleting_asks_first(console: Console, stage: Stage) -> None:
    furnish(stage.platform)
    console.open().press("Delete: Main stage")
    expect(console.page.get_by_role("button", name="Cancel")).to_be_focused()
    console.page.keyboard.press("Escape")
    assert len(stage.platform.objects("channel")) == 1
    console.press("Delete: Main stage")
    console.page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    console.told("Main stage was deleted")
    assert stage.platform.objects("channel") == []


def test_a_foreign_object_of_each_kind_is_made_as_the_form_proposes_it(console: Console, stage: Stage) -> None:
    console.open()
    for kind in GROUPS:
        console.go(kind)
        console.page.get_by_role("button", name="New ").click()
        console.press("Create")
        expect(console.page.get_by_role("dialog")).to_have_count(0)
        expect(console.page.locator("main tbody tr")).to_have_count(1)
        assert len(stage.platform.objects(kind)) == 1, kind
    assert stage.platform.journal == []


def test_an_object_of_each_kind_can_be_changed_as_the_form_shows_it(console: Console, stage: Stage) -> None:
    before = furnish(stage.platform)
    console.open()
    later = 1789014400  # 2026-09-10 12:26:40 at UTC+8
    typed = {
        "channel": ("pullProtocol", "0,2", lambda form: form.get_by_label("HLS").check()),
        "pullChannel": (
            "sourcePullProtocol",
            "1",
            lambda form: form.get_by_label("Source protocol").select_option("HDL"),
        ),
        "recordDirectory": ("firstLevelDirectory", "m2", lambda form: form.get_by_label("First level").fill("m2")),
        "recordTask": ("endTime", later, lambda form: form.get_by_label("End").fill("2026-09-10T12:26:40")),
        "forwardTask": (
            "forwardUrl",
            "rtmp://x.test/y",
            lambda form: form.get_by_label("Target").fill("rtmp://x.test/y"),
        ),
        "channelStateCallback": (
            "notifyUrl",
            "http://x.test",
            lambda form: form.get_by_label("Address").fill("http://x.test"),
        ),
        "channelBan": ("until", later, lambda form: form.get_by_label("Until").fill("2026-09-10T12:26:40")),
    }
    for kind, (field, value, fill) in typed.items():
        console.go(kind)
        console.page.locator("main tbody th button").click()
        fill(console.page.get_by_role("dialog"))
        console.press("Save")
        expect(console.page.get_by_role("dialog")).to_have_count(0)
        now = stage.platform.objects(kind)[0]
        differing = {
            name for name in now if now[name] != before[kind].get(name) and name not in ("status", "channelStatus")
        }
        assert now[field] == value, kind
        assert differing == {field}, kind


def test_what_the_vendor_would_refuse_is_told_and_the_form_stays(console: Console, stage: Stage) -> None:
    console.open().press("New channel")
    console.page.get_by_label("Push domain").fill("push.elsewhere.test")
    console.press("Create")
    expect(console.page.get_by_role("alert")).to_contain_text("pushDomain does not belong to the account (code 1008)")
    console.page.get_by_label("Name").fill("")
    console.press("Create")
    expect(console.page.get_by_role("alert")).to_have_text("Name is needed")
    expect(console.page.get_by_label("Name")).to_be_focused()
    assert stage.platform.objects() == []


def test_nothing_secret_is_in_the_page_until_somebody_asks(console: Console, stage: Stage) -> None:
    made = furnish(stage.platform)
    shown = {
        "channel": ("Push URL Main stage", made["channel"]["pushUrl"]),
        "pullChannel": ("Source Guest feed", "rtmp://origin.example.net/a/secret-source"),
        "forwardTask": ("Target Main stage", "rtmp://relay.example.net/a/secret-target"),
        "channelStateCallback": ("Address push.example.com", "https://hooks.example.net/secret-hook"),
    }
    console.open()
    for kind, (label, value) in shown.items():
        console.go(kind)
        console.page.locator("main tbody th button").click()
        assert not [secret for secret in secrets(stage.platform) if secret in console.page.content()]
        assert not [
            secret
            for secret in secrets(stage.platform)
            for field in console.page.locator("input").all()
            if secret in field.input_value()
        ]
        console.press("Cancel")
        console.press(f"Show: {label}")
        expect(console.page.locator("main tbody")).to_contain_text(value)
        console.press(f"Hide: {label}")
        assert not [secret for secret in secrets(stage.platform) if secret in console.page.content()]


def test_a_name_is_never_markup(console: Console, stage: Stage) -> None:
    name = '<img src=x onerror="document.title=1"><b>{title}</b>'
    stage.platform.edit("channel", furnish(stage.platform)["channel"]["id"], {"channelName": name})
    console.open()
    expect(console.page.get_by_role("button", name=f"Change {name}", exact=True)).to_have_text(name)


def test_a_row_that_changes_under_the_hand_keeps_the_focus(console: Console, stage: Stage) -> None:
    made = furnish(stage.platform)["channel"]
    console.open()
    console.page.get_by_role("button", name="Ban: Main stage").focus()
    stage.platform.edit("channel", made["id"], {"channelName": "Second stage"})
    expect(console.page.get_by_role("button", name="Ban: Second stage")).to_be_focused()


def test_of_many_objects_some_are_shown_and_all_are_found(console: Console, stage: Stage) -> None:
    fields = {"channelType": "live", "pushDomain": "push.example.com", "pullRate": "0"}
    for number in range(230):
        stage.platform.make("channel", {**fields, "channelName": f"Stage {number}"})
    console.open()
    expect(console.page.locator("main tbody tr")).to_have_count(200)
    console.told("200 of 230 are shown")
    console.page.get_by_label("Search").fill("stage 7")
    expect(console.page.locator("main tbody tr")).to_have_count(11)
    console.page.get_by_label("Search").fill("none such")
    expect(console.page.locator("main")).to_contain_text("Nothing matches the search.")


def test_an_object_made_by_a_program_appears_by_itself(console: Console, stage: Stage) -> None:
    console.open()
    expect(console.page.locator("main")).to_contain_text("Nothing here.")
    stage.up("Channel", **stage.sample("Channel"))
    expect(console.page.locator("main tbody tr")).to_have_count(1)
    eventually(lambda: "1" in console.page.locator('nav a[href="#channel"]').inner_text())
